//! Type comments of a source, for `PyCF_TYPE_COMMENTS`.
//!
//! *Invariants*: offsets are byte offsets of the `#`, in rising order.

use crate::ast::TypeIgnore;
use crate::lines::LineIndex;

/// Every `# type:` comment of a source.
#[derive(Debug, Default)]
pub struct TypeComments {
    /// Offset of the `#` and the text of the type.
    comments: Vec<(u32, Box<str>)>,
    pub ignores: Vec<TypeIgnore>,
}

impl TypeComments {
    /// Collects from the ranges of all comments.
    pub fn new(source: &str, lines: &LineIndex, ranges: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut out = Self::default();
        for (start, end) in ranges {
            let text = source.get(start as usize..end as usize).unwrap_or("");
            let Some(body) = text.strip_prefix('#') else { continue };
            let Some(body) = body.trim_start_matches([' ', '\t']).strip_prefix("type:") else { continue };
            let body = body.trim_start_matches([' ', '\t']);
            match body.strip_prefix("ignore") {
                Some(tag) if !tag.starts_with(|c: char| c.is_alphanumeric() || !c.is_ascii()) => {
                    let (lineno, col) = lines.position(start);
                    let alone = lines.text(source, lineno).get(..col as usize).is_some_and(|t| t.trim().is_empty());
                    // Alone on its line, the comment takes the line end along, as in CPython.
                    let tag = if alone { format!("{tag}\n").into() } else { tag.into() };
                    out.ignores.push(TypeIgnore { lineno, tag });
                }
                _ => out.comments.push((start, body.into())),
            }
        }
        out
    }

    fn at(&self, offset: usize) -> Option<Box<str>> {
        let found = self.comments.binary_search_by_key(&(offset as u32), |c| c.0).ok()?;
        Some(self.comments[found].1.clone())
    }

    /// End of the comment that follows `end` on its line.
    pub fn end_after(&self, source: &str, end: u32) -> Option<u32> {
        let start = skip(source, end as usize, b" \t)");
        self.at(start)?;
        let rest = source.get(start..)?;
        Some((start + rest.find('\n').unwrap_or(rest.len())) as u32)
    }

    /// The comment that follows `end` on its line, closing brackets in between.
    pub fn after(&self, source: &str, end: u32) -> Option<Box<str>> {
        self.at(skip(source, end as usize, b" \t)"))
    }

    /// The comment that follows the colon of a block header.
    pub fn before_block(&self, source: &str, after: u32) -> Option<Box<str>> {
        let at = skip(source, after as usize, b" \t\n),");
        let rest = source.get(at..)?.strip_prefix(':')?;
        self.at(skip(source, source.len() - rest.len(), b" \t"))
    }

    /// The comment between a function's header and its first statement.
    pub fn first_in_block(&self, source: &str, after: u32, body: u32) -> Option<Box<str>> {
        let from = skip(source, after as usize, b" \t\n),") as u32;
        self.comments.iter().find(|c| (from..body).contains(&c.0)).map(|c| c.1.clone())
    }

    /// The comment after a parameter and its comma.
    pub fn after_parameter(&self, source: &str, end: u32) -> Option<Box<str>> {
        self.at(skip(source, end as usize, b" \t,")).or_else(|| self.at(skip(source, end as usize, b" \t\n")))
    }
}

fn skip(source: &str, from: usize, what: &[u8]) -> usize {
    from + source.as_bytes().get(from..).unwrap_or(&[]).iter().take_while(|b| what.contains(b)).count()
}
