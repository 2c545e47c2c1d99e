//! The second parser's machinery: tokens on demand, kept results, nodes, and the raising of errors.
//!
//! *Invariants*: a rule that does not match leaves `mark` where it was; `Err(Raised)` ends the parse at once, with the
//! error in `error`.

use super::node::{N, Node, Place, Rule, What};
use crate::error::{ErrorClass, SyntaxError};
use crate::kind::Kind;
use crate::options::{Mode, Options};
use crate::tokenizer::{Done, Token, Tokenizer};

/// An error was raised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raised;

/// Result of a rule with a node.
pub(crate) type R = Result<Option<N>, Raised>;
/// Result of a rule that only matches.
pub(crate) type B = Result<bool, Raised>;
/// Result of a rule with many nodes.
pub(crate) type Rs = Result<Option<Vec<N>>, Raised>;

/// Deepest nesting of rules that recurse.
const MAX_DEPTH: u32 = 6000;

pub(crate) struct Parser<'s> {
    pub(crate) tok: Tokenizer<'s>,
    pub(crate) options: &'s Options,
    pub(crate) mode: Mode,
    pub(crate) tokens: Vec<Token>,
    pub(crate) mark: usize,
    nodes: Vec<Node>,
    kept: Vec<Vec<(Rule, Option<N>, u32)>>,
    pub(crate) error: Option<SyntaxError>,
    /// The second pass, in which the rules for errors take part.
    pub(crate) invalid: bool,
    /// A token has been read since the start, or since the newline that `single` mode adds.
    started: bool,
    depth: u32,
    pub(crate) last_stmt: (u32, u32),
}

impl<'s> Parser<'s> {
    pub(crate) fn new(source: &'s str, mode: Mode, options: &'s Options) -> Self {
        let mut tok = Tokenizer::new(source, false, options.type_comments);
        tok.barry = options.barry_as_bdfl;
        Self {
            tok,
            options,
            mode,
            tokens: Vec::new(),
            mark: 0,
            nodes: Vec::new(),
            kept: Vec::new(),
            error: None,
            invalid: false,
            started: false,
            depth: 0,
            last_stmt: (0, 0),
        }
    }

    /// Back to the first token, for the second pass.
    pub(crate) fn restart(&mut self) {
        self.mark = 0;
        self.invalid = true;
        self.kept.iter_mut().for_each(Vec::clear);
        self.nodes.clear();
        self.depth = 0;
    }

    /// Makes sure that the token at `mark` has been read.
    pub(crate) fn fill(&mut self) -> Result<(), Raised> {
        while self.mark >= self.tokens.len() {
            let mut token = self.tok.get();
            while token.kind == Kind::TypeIgnore {
                token = self.tok.get();
            }
            if self.mode == Mode::Single && token.kind == Kind::EndMarker && self.started {
                token.kind = Kind::Newline;
                self.started = false;
                if self.tok.indents.len() > 1 && !self.options.dont_imply_dedent {
                    self.tok.pending = 1 - self.tok.indents.len() as i32;
                    self.tok.indents.truncate(1);
                }
            } else {
                self.started = true;
            }
            let failed = token.kind == Kind::Error;
            self.tokens.push(token);
            if failed {
                return Err(self.tokenizer_error());
            }
        }
        Ok(())
    }

    fn tokenizer_error(&mut self) -> Raised {
        if let Some(error) = self.tok.error.take() {
            self.error = Some(error);
            return Raised;
        }
        let line = self.tok.lineno;
        match self.tok.done {
            Done::Eof => match self.tok.parens.last() {
                Some(_) => self.raise_unclosed(),
                None => self.raise_last("unexpected EOF while parsing"),
            },
            Done::Dedent => self.raise_indentation("unindent does not match any outer indentation level".to_owned()),
            Done::TabSpace => {
                let message = "inconsistent use of tabs and spaces in indentation";
                self.raise_columns(ErrorClass::TabError, message.to_owned(), (line, 1), (line, 0))
            }
            Done::TooDeep => {
                let message = "too many levels of indentation";
                self.raise_columns(ErrorClass::IndentationError, message.to_owned(), (line, 1), (line, 0))
            }
            Done::LineCont => {
                let col = (self.tok.cur - self.tok.buf) as i32;
                let message = "unexpected character after line continuation character";
                self.raise_columns(ErrorClass::SyntaxError, message.to_owned(), (line, col), (line, 0))
            }
            Done::Ok | Done::Error => self.raise_last("unknown parsing error"),
        }
    }

    pub(crate) fn raise_unclosed(&mut self) -> Raised {
        let Some(&(bracket, line, col)) = self.tok.parens.last() else { return Raised };
        let message = format!("'{}' was never closed", char::from(bracket));
        self.raise_columns(ErrorClass::SyntaxError, message, (line, col as i32 + 1), (line, 0))
    }

    /// Raises over columns that count bytes from 1.
    pub(crate) fn raise_columns(&mut self, class: ErrorClass, message: String, start: Place, end: Place) -> Raised {
        let text = self.error_line(start.0);
        let chars = |col: i32| {
            let col = col.max(0) as usize;
            let mut bytes = col.min(text.len());
            let past = usize::from(col > text.len());
            // A column inside a character counts that character.
            while !text.is_char_boundary(bytes) {
                bytes += 1;
            }
            (text[..bytes].chars().count() + past) as i32
        };
        let offset = chars(start.1);
        let end_offset = if end.1 > 0 { chars(end.1) } else { end.1 };
        self.error = Some(SyntaxError {
            class,
            message,
            lineno: start.0 as i32,
            offset,
            end_lineno: end.0 as i32,
            end_offset,
            text: Some(text),
            statement: None,
        });
        Raised
    }

    /// The source text shown with an error: what has been read of it, or the one line.
    fn error_line(&self, line: u32) -> String {
        let tok = &self.tok;
        if tok.lineno <= line && tok.inp > tok.line_start {
            return tok.text.get(tok.line_start..tok.inp).unwrap_or("").to_owned();
        }
        tok.text.split('\n').nth((line as usize).saturating_sub(1)).unwrap_or("").to_owned()
    }

    fn raise_token(&mut self, class: ErrorClass, message: String, index: usize) -> Raised {
        let Some(token) = self.tokens.get(index) else {
            return self.raise_columns(class, message, (0, 0), (0, -1));
        };
        let (line, end_line) = (token.lineno, token.end_lineno);
        let col =
            if token.col < 0 { (self.tok.cur - self.tok.line_start.min(self.tok.cur)) as i32 } else { token.col + 1 };
        let end_col = if token.end_col < 0 { -1 } else { token.end_col + 1 };
        self.raise_columns(class, message, (line, col), (end_line, end_col))
    }

    /// Raises at the last token read.
    pub(crate) fn raise_last(&mut self, message: impl Into<String>) -> Raised {
        let last = self.tokens.len().wrapping_sub(1);
        self.raise_token(ErrorClass::SyntaxError, message.into(), last)
    }

    pub(crate) fn raise_indentation(&mut self, message: String) -> Raised {
        let last = self.tokens.len().wrapping_sub(1);
        self.raise_token(ErrorClass::IndentationError, message, last)
    }

    /// Raises at the next token to be matched.
    pub(crate) fn raise_next(&mut self, message: impl Into<String>) -> Raised {
        match self.fill() {
            Ok(()) => self.raise_token(ErrorClass::SyntaxError, message.into(), self.mark),
            Err(raised) => raised,
        }
    }

    /// Raises from one place to another.
    pub(crate) fn raise_range(&mut self, start: Place, end: Place, message: impl Into<String>) -> Raised {
        self.raise_columns(ErrorClass::SyntaxError, message.into(), (start.0, start.1 + 1), (end.0, end.1 + 1))
    }

    pub(crate) fn raise_node(&mut self, node: N, message: impl Into<String>) -> Raised {
        let Node { start, end, .. } = *self.node(node);
        self.raise_range(start, end, message)
    }

    pub(crate) fn raise_nodes(&mut self, first: N, last: N, message: impl Into<String>) -> Raised {
        let (start, end) = (self.node(first).start, self.node(last).end);
        self.raise_range(start, end, message)
    }

    pub(crate) fn raise_at_token(&mut self, token: usize, message: impl Into<String>) -> Raised {
        let (start, end) = (self.start_of(token), self.end_of(token));
        self.raise_range(start, end, message)
    }

    /// Raises from a token to the end of what has been read.
    pub(crate) fn raise_from(&mut self, start: Place, message: impl Into<String>) -> Raised {
        let end = (self.tok.lineno, (self.tok.cur - self.tok.line_start) as i32);
        self.raise_columns(ErrorClass::SyntaxError, message.into(), (start.0, start.1 + 1), end)
    }

    pub(crate) fn start_of(&self, token: usize) -> Place {
        self.tokens.get(token).map_or((1, 0), |t| (t.lineno, t.col))
    }

    pub(crate) fn end_of(&self, token: usize) -> Place {
        self.tokens.get(token).map_or((1, 0), |t| (t.end_lineno, t.end_col))
    }

    /// Refuses a construct newer than the version asked for.
    pub(crate) fn since(&mut self, minor: u8, what: &str) -> Result<(), Raised> {
        if self.options.feature_version >= minor {
            return Ok(());
        }
        Err(self.raise_last(format!("{what} only supported in Python 3.{minor} and greater")))
    }

    pub(crate) fn node(&self, n: N) -> &Node {
        &self.nodes[n.0 as usize]
    }

    pub(crate) fn what(&self, n: N) -> What {
        self.node(n).what
    }

    /// How a message calls a node.
    pub(crate) fn name_of(&self, n: N) -> &'static str {
        self.what(n).name()
    }

    /// Source text of a name.
    pub(crate) fn text_of(&self, n: N) -> &'s str {
        let node = self.node(n);
        if node.what == What::Name { self.token_text(node.token as usize) } else { "" }
    }

    pub(crate) fn token_text(&self, token: usize) -> &'s str {
        self.tokens.get(token).and_then(|t| self.tok.text.get(t.start..t.end)).unwrap_or("")
    }

    fn push(&mut self, node: Node) -> N {
        self.nodes.push(node);
        N(self.nodes.len() as u32 - 1)
    }

    /// A node from the token `from` to the last one matched that is not white space.
    pub(crate) fn make(&mut self, what: What, from: usize, kids: Vec<N>) -> N {
        let start = self.start_of(from);
        let mut last = self.mark.saturating_sub(1);
        while last > 0
            && matches!(
                self.tokens.get(last).map(|t| t.kind),
                Some(Kind::EndMarker | Kind::Newline | Kind::Indent | Kind::Dedent)
            )
        {
            last -= 1;
        }
        let end = self.end_of(last);
        self.push(Node { what, start, end, kids, token: from as u32 })
    }

    /// `Ok(Some(node))` from `from` to here.
    pub(crate) fn some(&mut self, what: What, from: usize, kids: Vec<N>) -> R {
        Ok(Some(self.make(what, from, kids)))
    }

    /// Matches a token of that kind.
    pub(crate) fn ok(&mut self, kind: Kind) -> B {
        self.fill()?;
        let found = self.tokens[self.mark].kind == kind;
        self.mark += usize::from(found);
        Ok(found)
    }

    /// Matches a token of that kind: its index.
    pub(crate) fn tok(&mut self, kind: Kind) -> Result<Option<usize>, Raised> {
        let at = self.mark;
        Ok(self.ok(kind)?.then_some(at))
    }

    pub(crate) fn any(&mut self, kinds: &[Kind]) -> Result<Option<usize>, Raised> {
        self.fill()?;
        let at = self.mark;
        let found = kinds.contains(&self.tokens[at].kind);
        self.mark += usize::from(found);
        Ok(found.then_some(at))
    }

    /// Whether the next token is of one of these kinds.
    pub(crate) fn at(&mut self, kinds: &[Kind]) -> B {
        self.fill()?;
        Ok(kinds.contains(&self.tokens[self.mark].kind))
    }

    /// Matches a token or raises that it was expected.
    pub(crate) fn forced(&mut self, kind: Kind) -> B {
        self.fill()?;
        if self.tokens[self.mark].kind != kind {
            let at = self.mark;
            return Err(self.raise_at_token(at, format!("expected '{}'", kind.text())));
        }
        self.mark += 1;
        Ok(true)
    }

    /// Matches a name with that spelling.
    pub(crate) fn soft(&mut self, word: &str) -> Result<Option<usize>, Raised> {
        self.fill()?;
        let at = self.mark;
        let found = self.tokens[at].kind == Kind::Name && self.token_text(at) == word;
        self.mark += usize::from(found);
        Ok(found.then_some(at))
    }

    pub(crate) fn name(&mut self) -> R {
        let from = self.mark;
        if self.ok(Kind::Name)? { self.some(What::Name, from, Vec::new()) } else { Ok(None) }
    }

    /// Whether the rule would match here.
    pub(crate) fn ahead(&mut self, rule: impl Fn(&mut Self) -> R) -> B {
        let mark = self.mark;
        let found = rule(self)?.is_some();
        self.mark = mark;
        Ok(found)
    }

    pub(crate) fn many(&mut self, rule: impl Fn(&mut Self) -> R) -> Result<Vec<N>, Raised> {
        let mut all = Vec::new();
        while let Some(n) = rule(self)? {
            all.push(n);
        }
        Ok(all)
    }

    pub(crate) fn many1(&mut self, rule: impl Fn(&mut Self) -> R) -> Rs {
        let all = self.many(rule)?;
        Ok((!all.is_empty()).then_some(all))
    }

    /// One or more, with commas between.
    pub(crate) fn list(&mut self, rule: impl Fn(&mut Self) -> R) -> Rs {
        self.separated(Kind::Comma, rule)
    }

    pub(crate) fn separated(&mut self, separator: Kind, rule: impl Fn(&mut Self) -> R) -> Rs {
        let Some(first) = rule(self)? else { return Ok(None) };
        let mut all = vec![first];
        loop {
            let mark = self.mark;
            if self.ok(separator)?
                && let Some(n) = rule(self)?
            {
                all.push(n);
                continue;
            }
            self.mark = mark;
            return Ok(Some(all));
        }
    }

    /// A rule whose result at a token is kept.
    pub(crate) fn keep(&mut self, rule: Rule, run: fn(&mut Self) -> R) -> R {
        self.fill()?;
        let mark = self.mark;
        if let Some(found) = self.kept.get(mark).and_then(|k| k.iter().find(|k| k.0 == rule)) {
            self.mark = found.2 as usize;
            return Ok(found.1);
        }
        let result = self.deeper(run)?;
        if self.kept.len() <= mark {
            self.kept.resize_with(self.tokens.len().max(mark + 1), Vec::new);
        }
        self.kept[mark].push((rule, result, self.mark as u32));
        Ok(result)
    }

    /// Counts a level of nesting.
    pub(crate) fn deeper(&mut self, run: impl FnOnce(&mut Self) -> R) -> R {
        if self.depth >= MAX_DEPTH {
            self.error = Some(SyntaxError::too_complex());
            return Err(Raised);
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    /// Runs a rule for errors, which only the second pass has.
    pub(crate) fn check(&mut self, rule: impl FnOnce(&mut Self) -> Result<(), Raised>) -> Result<(), Raised> {
        if self.invalid {
            let mark = self.mark;
            rule(self)?;
            self.mark = mark;
        }
        Ok(())
    }
}
