//! One table of all syntax node classes, from which the `_ast` module and its docs are made.
//!
//! *Invariants*: rows are in the order of CPython 3.14's ASDL, a base before its constructors; `lib` tests nothing
//! here, the script that compares trees does. The names match those of [`crate::ast`].

/// How often a field occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    One,
    /// `?`: may be `None`, which is then the default.
    Optional,
    /// `*`: a list, empty by default.
    Many,
    /// `?*`: a list whose items may be `None`.
    ManyOptional,
}

/// A field of a node: ASDL type, multiplicity and name.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub ty: &'static str,
    pub count: Count,
    pub name: &'static str,
}

/// A node class.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub name: &'static str,
    /// Name of the sum type that it is a constructor of; `AST` for sum and product types themselves.
    pub base: &'static str,
    pub fields: &'static [Field],
    /// Whether it carries `lineno`, `col_offset`, `end_lineno?` and `end_col_offset?`.
    pub located: bool,
    /// A sum type: abstract, with constructors in the rows that follow.
    pub sum: bool,
}

const fn one(ty: &'static str, name: &'static str) -> Field {
    Field { ty, count: Count::One, name }
}

const fn opt(ty: &'static str, name: &'static str) -> Field {
    Field { ty, count: Count::Optional, name }
}

const fn many(ty: &'static str, name: &'static str) -> Field {
    Field { ty, count: Count::Many, name }
}

const fn many_opt(ty: &'static str, name: &'static str) -> Field {
    Field { ty, count: Count::ManyOptional, name }
}

const fn sum(name: &'static str, located: bool) -> Node {
    Node { name, base: "AST", fields: &[], located, sum: true }
}

const fn product(name: &'static str, fields: &'static [Field], located: bool) -> Node {
    Node { name, base: "AST", fields, located, sum: false }
}

const fn node(base: &'static str, name: &'static str, fields: &'static [Field], located: bool) -> Node {
    Node { name, base, fields, located, sum: false }
}

/// Names of the attributes of a located node, the last two of which are optional.
pub const ATTRIBUTES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// Every node class.
pub const NODES: &[Node] = &[
    sum("mod", false),
    node("mod", "Module", &[many("stmt", "body"), many("type_ignore", "type_ignores")], false),
    node("mod", "Interactive", &[many("stmt", "body")], false),
    node("mod", "Expression", &[one("expr", "body")], false),
    node("mod", "FunctionType", &[many("expr", "argtypes"), one("expr", "returns")], false),
    sum("stmt", true),
    node(
        "stmt",
        "FunctionDef",
        &[
            one("identifier", "name"),
            one("arguments", "args"),
            many("stmt", "body"),
            many("expr", "decorator_list"),
            opt("expr", "returns"),
            opt("string", "type_comment"),
            many("type_param", "type_params"),
        ],
        true,
    ),
    node(
        "stmt",
        "AsyncFunctionDef",
        &[
            one("identifier", "name"),
            one("arguments", "args"),
            many("stmt", "body"),
            many("expr", "decorator_list"),
            opt("expr", "returns"),
            opt("string", "type_comment"),
            many("type_param", "type_params"),
        ],
        true,
    ),
    node(
        "stmt",
        "ClassDef",
        &[
            one("identifier", "name"),
            many("expr", "bases"),
            many("keyword", "keywords"),
            many("stmt", "body"),
            many("expr", "decorator_list"),
            many("type_param", "type_params"),
        ],
        true,
    ),
    node("stmt", "Return", &[opt("expr", "value")], true),
    node("stmt", "Delete", &[many("expr", "targets")], true),
    node("stmt", "Assign", &[many("expr", "targets"), one("expr", "value"), opt("string", "type_comment")], true),
    node("stmt", "TypeAlias", &[one("expr", "name"), many("type_param", "type_params"), one("expr", "value")], true),
    node("stmt", "AugAssign", &[one("expr", "target"), one("operator", "op"), one("expr", "value")], true),
    node(
        "stmt",
        "AnnAssign",
        &[one("expr", "target"), one("expr", "annotation"), opt("expr", "value"), one("int", "simple")],
        true,
    ),
    node(
        "stmt",
        "For",
        &[
            one("expr", "target"),
            one("expr", "iter"),
            many("stmt", "body"),
            many("stmt", "orelse"),
            opt("string", "type_comment"),
        ],
        true,
    ),
    node(
        "stmt",
        "AsyncFor",
        &[
            one("expr", "target"),
            one("expr", "iter"),
            many("stmt", "body"),
            many("stmt", "orelse"),
            opt("string", "type_comment"),
        ],
        true,
    ),
    node("stmt", "While", &[one("expr", "test"), many("stmt", "body"), many("stmt", "orelse")], true),
    node("stmt", "If", &[one("expr", "test"), many("stmt", "body"), many("stmt", "orelse")], true),
    node("stmt", "With", &[many("withitem", "items"), many("stmt", "body"), opt("string", "type_comment")], true),
    node("stmt", "AsyncWith", &[many("withitem", "items"), many("stmt", "body"), opt("string", "type_comment")], true),
    node("stmt", "Match", &[one("expr", "subject"), many("match_case", "cases")], true),
    node("stmt", "Raise", &[opt("expr", "exc"), opt("expr", "cause")], true),
    node(
        "stmt",
        "Try",
        &[many("stmt", "body"), many("excepthandler", "handlers"), many("stmt", "orelse"), many("stmt", "finalbody")],
        true,
    ),
    node(
        "stmt",
        "TryStar",
        &[many("stmt", "body"), many("excepthandler", "handlers"), many("stmt", "orelse"), many("stmt", "finalbody")],
        true,
    ),
    node("stmt", "Assert", &[one("expr", "test"), opt("expr", "msg")], true),
    node("stmt", "Import", &[many("alias", "names")], true),
    node("stmt", "ImportFrom", &[opt("identifier", "module"), many("alias", "names"), opt("int", "level")], true),
    node("stmt", "Global", &[many("identifier", "names")], true),
    node("stmt", "Nonlocal", &[many("identifier", "names")], true),
    node("stmt", "Expr", &[one("expr", "value")], true),
    node("stmt", "Pass", &[], true),
    node("stmt", "Break", &[], true),
    node("stmt", "Continue", &[], true),
    sum("expr", true),
    node("expr", "BoolOp", &[one("boolop", "op"), many("expr", "values")], true),
    node("expr", "NamedExpr", &[one("expr", "target"), one("expr", "value")], true),
    node("expr", "BinOp", &[one("expr", "left"), one("operator", "op"), one("expr", "right")], true),
    node("expr", "UnaryOp", &[one("unaryop", "op"), one("expr", "operand")], true),
    node("expr", "Lambda", &[one("arguments", "args"), one("expr", "body")], true),
    node("expr", "IfExp", &[one("expr", "test"), one("expr", "body"), one("expr", "orelse")], true),
    node("expr", "Dict", &[many_opt("expr", "keys"), many("expr", "values")], true),
    node("expr", "Set", &[many("expr", "elts")], true),
    node("expr", "ListComp", &[one("expr", "elt"), many("comprehension", "generators")], true),
    node("expr", "SetComp", &[one("expr", "elt"), many("comprehension", "generators")], true),
    node("expr", "DictComp", &[one("expr", "key"), one("expr", "value"), many("comprehension", "generators")], true),
    node("expr", "GeneratorExp", &[one("expr", "elt"), many("comprehension", "generators")], true),
    node("expr", "Await", &[one("expr", "value")], true),
    node("expr", "Yield", &[opt("expr", "value")], true),
    node("expr", "YieldFrom", &[one("expr", "value")], true),
    node("expr", "Compare", &[one("expr", "left"), many("cmpop", "ops"), many("expr", "comparators")], true),
    node("expr", "Call", &[one("expr", "func"), many("expr", "args"), many("keyword", "keywords")], true),
    node("expr", "FormattedValue", &[one("expr", "value"), one("int", "conversion"), opt("expr", "format_spec")], true),
    node(
        "expr",
        "Interpolation",
        &[one("expr", "value"), one("constant", "str"), one("int", "conversion"), opt("expr", "format_spec")],
        true,
    ),
    node("expr", "JoinedStr", &[many("expr", "values")], true),
    node("expr", "TemplateStr", &[many("expr", "values")], true),
    node("expr", "Constant", &[one("constant", "value"), opt("string", "kind")], true),
    node("expr", "Attribute", &[one("expr", "value"), one("identifier", "attr"), one("expr_context", "ctx")], true),
    node("expr", "Subscript", &[one("expr", "value"), one("expr", "slice"), one("expr_context", "ctx")], true),
    node("expr", "Starred", &[one("expr", "value"), one("expr_context", "ctx")], true),
    node("expr", "Name", &[one("identifier", "id"), one("expr_context", "ctx")], true),
    node("expr", "List", &[many("expr", "elts"), one("expr_context", "ctx")], true),
    node("expr", "Tuple", &[many("expr", "elts"), one("expr_context", "ctx")], true),
    node("expr", "Slice", &[opt("expr", "lower"), opt("expr", "upper"), opt("expr", "step")], true),
    sum("expr_context", false),
    node("expr_context", "Load", &[], false),
    node("expr_context", "Store", &[], false),
    node("expr_context", "Del", &[], false),
    sum("boolop", false),
    node("boolop", "And", &[], false),
    node("boolop", "Or", &[], false),
    sum("operator", false),
    node("operator", "Add", &[], false),
    node("operator", "Sub", &[], false),
    node("operator", "Mult", &[], false),
    node("operator", "MatMult", &[], false),
    node("operator", "Div", &[], false),
    node("operator", "Mod", &[], false),
    node("operator", "Pow", &[], false),
    node("operator", "LShift", &[], false),
    node("operator", "RShift", &[], false),
    node("operator", "BitOr", &[], false),
    node("operator", "BitXor", &[], false),
    node("operator", "BitAnd", &[], false),
    node("operator", "FloorDiv", &[], false),
    sum("unaryop", false),
    node("unaryop", "Invert", &[], false),
    node("unaryop", "Not", &[], false),
    node("unaryop", "UAdd", &[], false),
    node("unaryop", "USub", &[], false),
    sum("cmpop", false),
    node("cmpop", "Eq", &[], false),
    node("cmpop", "NotEq", &[], false),
    node("cmpop", "Lt", &[], false),
    node("cmpop", "LtE", &[], false),
    node("cmpop", "Gt", &[], false),
    node("cmpop", "GtE", &[], false),
    node("cmpop", "Is", &[], false),
    node("cmpop", "IsNot", &[], false),
    node("cmpop", "In", &[], false),
    node("cmpop", "NotIn", &[], false),
    product(
        "comprehension",
        &[one("expr", "target"), one("expr", "iter"), many("expr", "ifs"), one("int", "is_async")],
        false,
    ),
    sum("excepthandler", true),
    node(
        "excepthandler",
        "ExceptHandler",
        &[opt("expr", "type"), opt("identifier", "name"), many("stmt", "body")],
        true,
    ),
    product(
        "arguments",
        &[
            many("arg", "posonlyargs"),
            many("arg", "args"),
            opt("arg", "vararg"),
            many("arg", "kwonlyargs"),
            many_opt("expr", "kw_defaults"),
            opt("arg", "kwarg"),
            many("expr", "defaults"),
        ],
        false,
    ),
    product("arg", &[one("identifier", "arg"), opt("expr", "annotation"), opt("string", "type_comment")], true),
    product("keyword", &[opt("identifier", "arg"), one("expr", "value")], true),
    product("alias", &[one("identifier", "name"), opt("identifier", "asname")], true),
    product("withitem", &[one("expr", "context_expr"), opt("expr", "optional_vars")], false),
    product("match_case", &[one("pattern", "pattern"), opt("expr", "guard"), many("stmt", "body")], false),
    sum("pattern", true),
    node("pattern", "MatchValue", &[one("expr", "value")], true),
    node("pattern", "MatchSingleton", &[one("constant", "value")], true),
    node("pattern", "MatchSequence", &[many("pattern", "patterns")], true),
    node(
        "pattern",
        "MatchMapping",
        &[many("expr", "keys"), many("pattern", "patterns"), opt("identifier", "rest")],
        true,
    ),
    node(
        "pattern",
        "MatchClass",
        &[
            one("expr", "cls"),
            many("pattern", "patterns"),
            many("identifier", "kwd_attrs"),
            many("pattern", "kwd_patterns"),
        ],
        true,
    ),
    node("pattern", "MatchStar", &[opt("identifier", "name")], true),
    node("pattern", "MatchAs", &[opt("pattern", "pattern"), opt("identifier", "name")], true),
    node("pattern", "MatchOr", &[many("pattern", "patterns")], true),
    sum("type_ignore", false),
    node("type_ignore", "TypeIgnore", &[one("int", "lineno"), one("string", "tag")], false),
    sum("type_param", true),
    node(
        "type_param",
        "TypeVar",
        &[one("identifier", "name"), opt("expr", "bound"), opt("expr", "default_value")],
        true,
    ),
    node("type_param", "ParamSpec", &[one("identifier", "name"), opt("expr", "default_value")], true),
    node("type_param", "TypeVarTuple", &[one("identifier", "name"), opt("expr", "default_value")], true),
];

impl Node {
    /// `Name(type field, ...)`, as in the class's `__doc__`.
    #[must_use]
    pub fn signature(&self) -> String {
        if self.fields.is_empty() {
            return self.name.to_owned();
        }
        let fields: Vec<String> = self.fields.iter().map(Field::signature).collect();
        format!("{}({})", self.name, fields.join(", "))
    }

    /// The class's `__doc__`.
    #[must_use]
    pub fn doc(&self) -> String {
        if !self.sum {
            return self.signature();
        }
        let all: Vec<String> = NODES.iter().filter(|n| n.base == self.name).map(Node::signature).collect();
        let bare = NODES.iter().filter(|n| n.base == self.name).all(|n| n.fields.is_empty());
        let separator = if bare { " | ".to_owned() } else { format!("\n{}| ", " ".repeat(self.name.len() + 1)) };
        format!("{} = {}", self.name, all.join(&separator))
    }
}

impl Field {
    fn signature(&self) -> String {
        let mark = match self.count {
            Count::One => "",
            Count::Optional => "?",
            Count::Many => "*",
            Count::ManyOptional => "?*",
        };
        format!("{}{mark} {}", self.ty, self.name)
    }
}
