//! Source lines for error reports.

/// Line `n` (from 1) of a file, None when it cannot be read.
pub fn line(filename: &str, n: i32) -> Option<String> {
    let text = std::fs::read(filename).ok()?;
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    let text = String::from_utf8_lossy(text);
    text.split_inclusive('\n').nth((n - 1).max(0) as usize).map(str::to_owned)
}
