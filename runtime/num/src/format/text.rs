//! Formatting of str: padding with a cut.

use super::spec::{Align, FormatError, FormatSpec, Kind, SignMode};

/// Where a str goes inside its field, in characters; the caller may lay out texts that are not UTF-8 by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub left: usize,
    /// How many of the str's characters are kept.
    pub keep: usize,
    pub right: usize,
    pub fill: char,
}

/// `format(str, spec)` for a str of `chars` characters.
pub fn plan_str(spec: &str, chars: usize, type_name: &str) -> Result<Layout, FormatError> {
    let spec = FormatSpec::parse(spec, Kind::Str, type_name)?;
    if spec.code != 's' {
        return Err(FormatError::unknown_code(spec.code, type_name));
    }
    let refuse = |what: &str| Err(FormatError::Value(format!("{what} not allowed in string format specifier")));
    if spec.sign_given {
        return refuse(if spec.sign == SignMode::Space { "Space" } else { "Sign" });
    }
    if spec.no_neg_0 {
        return refuse("Negative zero coercion (z)");
    }
    if spec.alternate {
        return refuse("Alternate form (#)");
    }
    if spec.align == Align::AfterSign {
        return refuse("'=' alignment");
    }
    let keep = spec.precision.map_or(chars, |p| p.min(chars));
    let (left, right) = padding(&spec, keep);
    Ok(Layout { left, keep, right, fill: spec.fill })
}

/// Fill before and after `used` characters.
pub(super) fn padding(spec: &FormatSpec, used: usize) -> (usize, usize) {
    let free = spec.width.unwrap_or(0).saturating_sub(used);
    match spec.align {
        Align::Left => (0, free),
        Align::Center => (free / 2, free - free / 2),
        Align::Right | Align::AfterSign => (free, 0),
    }
}

/// `format(text, spec)`; `chars` is the number of characters in `text`.
pub fn format_str(spec: &str, text: &str, chars: usize, type_name: &str) -> Result<String, FormatError> {
    let layout = plan_str(spec, chars, type_name)?;
    let end = text.char_indices().nth(layout.keep).map_or(text.len(), |(i, _)| i);
    let mut out = String::with_capacity(layout.left + end + layout.right);
    out.extend(std::iter::repeat_n(layout.fill, layout.left));
    out.push_str(&text[..end]);
    out.extend(std::iter::repeat_n(layout.fill, layout.right));
    Ok(out)
}
