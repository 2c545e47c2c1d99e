//! Text: _codecs, _sre, unicodedata, _string.

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[];
