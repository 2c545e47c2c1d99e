//! What the second parser keeps of a construct: its place and as much of its kind as an error message needs.

/// Handle of a [`Node`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct N(pub u32);

/// Line and byte column; the column is -1 for tokens without a place.
pub(crate) type Place = (u32, i32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Name,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    Call,
    /// `and`, `or`, binary and unary operations.
    Operation,
    Generator,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    FString,
    TString,
    True,
    False,
    None,
    Ellipsis,
    Literal,
    Bytes,
    Compare,
    /// A comparison whose first operator is `in`; its child is the left side.
    CompareIn,
    IfExp,
    Named,
    /// Arguments of a call: children are the positional ones.
    Args,
    /// The same, with a `**` among the keywords.
    ArgsUnpacking,
    Keyword,
    KeywordUnpacking,
    /// A clause of a comprehension; its child is its last expression.
    Clause,
    /// Anything that no message names.
    Other,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub what: What,
    pub start: Place,
    pub end: Place,
    pub kids: Vec<N>,
    /// Index of the token for names and single literals.
    pub token: u32,
}

impl What {
    /// How a message calls the expression.
    pub(crate) fn name(self) -> &'static str {
        match self {
            What::Name => "name",
            What::Attribute => "attribute",
            What::Subscript => "subscript",
            What::Starred => "starred",
            What::List => "list",
            What::Tuple => "tuple",
            What::Lambda => "lambda",
            What::Call => "function call",
            What::Operation => "expression",
            What::Generator => "generator expression",
            What::Yield => "yield expression",
            What::Await => "await expression",
            What::ListComp => "list comprehension",
            What::SetComp => "set comprehension",
            What::DictComp => "dict comprehension",
            What::Dict => "dict literal",
            What::Set => "set display",
            What::FString => "f-string expression",
            What::TString => "t-string expression",
            What::True => "True",
            What::False => "False",
            What::None => "None",
            What::Ellipsis => "ellipsis",
            What::Compare | What::CompareIn => "comparison",
            What::IfExp => "conditional expression",
            What::Named => "named expression",
            _ => "literal",
        }
    }
}

/// Rules whose results are kept, the same ones as in CPython: what a kept result hides from the rules for errors
/// decides which error is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    SimpleStmt,
    Block,
    ClosedPattern,
    StarPattern,
    TypeParam,
    Expression,
    StarExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitwiseOr,
    BitwiseXor,
    BitwiseAnd,
    Shift,
    Sum,
    Term,
    Factor,
    AwaitPrimary,
    Primary,
    TPrimary,
    Strings,
    TString,
    Arguments,
    StarTarget,
    TargetWithStarAtom,
    DelTarget,
    InvalidNamedExpression,
    DottedName,
    Attr,
}
