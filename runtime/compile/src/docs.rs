//! Docstrings as code objects keep them: without the indentation of the source (as `inspect.cleandoc`, but blank lines
//! at the ends stay, so that lines keep their numbers).

use adder_syntax::ast::Wtf8;

/// Expands tabs and removes the common margin of all lines but the first.
pub fn clean(text: &Wtf8) -> Box<[u8]> {
    let text = expand_tabs(text.as_bytes());
    let mut lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    let indent = |line: &[u8]| line.iter().take_while(|b| **b == b' ').count();
    let margin = lines[1..].iter().filter(|line| indent(line) < line.len()).map(|line| indent(line)).min();
    let margin = margin.unwrap_or(0);
    let first = indent(lines[0]);
    if first == 0 && margin == 0 {
        return text.into();
    }
    lines[0] = &lines[0][first..];
    for line in &mut lines[1..] {
        *line = &line[indent(line).min(margin)..];
    }
    lines.join(&b'\n').into()
}

/// Tabs become spaces up to the next multiple of eight columns; a column is a code point.
fn expand_tabs(text: &[u8]) -> Vec<u8> {
    if !text.contains(&b'\t') {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                let spaces = 8 - column % 8;
                out.resize(out.len() + spaces, b' ');
                column += spaces;
            }
            b'\n' | b'\r' => {
                out.push(byte);
                column = 0;
            }
            // Continuation bytes of a code point take no column.
            0x80..0xC0 => out.push(byte),
            _ => {
                out.push(byte);
                column += 1;
            }
        }
    }
    out
}
