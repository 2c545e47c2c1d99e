//! Kinds of tokens.
//!
//! *Invariants*: numbers and names of the exact types are those of CPython 3.14's `token` module; keywords come last
//! and are `NAME`s to the outside.

macro_rules! kinds {
    ($($name:ident $text:literal),* ; $($kw:ident $word:literal),* $(,)?) => {
        /// Kind of a token; operators and keywords each have their own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Kind {
            $($name,)*
            $($kw,)*
        }

        const ALL: &[(Kind, &str)] = &[$((Kind::$name, $text),)* $((Kind::$kw, $word),)*];
        const KEYWORDS: &[(&str, Kind)] = &[$(($word, Kind::$kw),)*];
    };
}

kinds! {
    EndMarker "", Name "", Number "", String "", Newline "", Indent "", Dedent "",
    LPar "(", RPar ")", LSqb "[", RSqb "]", Colon ":", Comma ",", Semi ";", Plus "+", Minus "-", Star "*", Slash "/",
    VBar "|", Amper "&", Less "<", Greater ">", Equal "=", Dot ".", Percent "%", LBrace "{", RBrace "}",
    EqEqual "==", NotEqual "!=", LessEqual "<=", GreaterEqual ">=", Tilde "~", Circumflex "^", LeftShift "<<",
    RightShift ">>", DoubleStar "**", PlusEqual "+=", MinusEqual "-=", StarEqual "*=", SlashEqual "/=",
    PercentEqual "%=", AmperEqual "&=", VBarEqual "|=", CircumflexEqual "^=", LeftShiftEqual "<<=",
    RightShiftEqual ">>=", DoubleStarEqual "**=", DoubleSlash "//", DoubleSlashEqual "//=", At "@", AtEqual "@=",
    RArrow "->", Ellipsis "...", ColonEqual ":=", Exclamation "!", Op "", TypeIgnore "", TypeComment "",
    SoftKeyword "", FStringStart "", FStringMiddle "", FStringEnd "", TStringStart "", TStringMiddle "",
    TStringEnd "", Comment "", Nl "", Error "";
    KwFalse "False", KwNone "None", KwTrue "True", KwAnd "and", KwAs "as", KwAssert "assert", KwAsync "async",
    KwAwait "await", KwBreak "break", KwClass "class", KwContinue "continue", KwDef "def", KwDel "del",
    KwElif "elif", KwElse "else", KwExcept "except", KwFinally "finally", KwFor "for", KwFrom "from",
    KwGlobal "global", KwIf "if", KwImport "import", KwIn "in", KwIs "is", KwLambda "lambda",
    KwNonlocal "nonlocal", KwNot "not", KwOr "or", KwPass "pass", KwRaise "raise", KwReturn "return",
    KwTry "try", KwWhile "while", KwWith "with", KwYield "yield",
}

impl Kind {
    /// Number in the `token` module; keywords are names, and an error is `ERRORTOKEN`.
    #[must_use]
    pub fn number(self) -> u8 {
        if self >= Kind::KwFalse { Kind::Name as u8 } else { self as u8 }
    }

    /// Spelling of an operator or keyword, else empty.
    #[must_use]
    pub fn text(self) -> &'static str {
        ALL.get(self as usize).map_or("", |row| row.1)
    }

    /// Whether this is an operator: `OP` to the `tokenize` module.
    #[must_use]
    pub fn is_operator(self) -> bool {
        (Kind::LPar..=Kind::Op).contains(&self)
    }

    /// The keyword of that spelling.
    #[must_use]
    pub fn keyword(word: &str) -> Option<Kind> {
        KEYWORDS.binary_search_by_key(&word, |row| row.0).ok().map(|i| KEYWORDS[i].1)
    }

    /// The longest operator that the bytes start with, and its length.
    #[must_use]
    pub fn operator(bytes: &[u8]) -> Option<(Kind, usize)> {
        let take = |n: usize| {
            let text = bytes.get(..n)?;
            let ops = &ALL[Kind::LPar as usize..Kind::Op as usize];
            ops.iter().find(|row| row.1.as_bytes() == text).map(|row| (row.0, n))
        };
        let two = take(2);
        // A third character counts only after a two-character operator; `...` is read apart.
        two.and_then(|_| take(3)).or(two).or_else(|| take(1))
    }
}
