//! What the arguments of some ops enumerate: operators, comparisons, intrinsics, special methods.
//!
//! *Invariants.* Numbers are CPython 3.14's (`_opcode` shows them).

macro_rules! operands {
    ($(#[doc = $doc:literal])+ $name:ident { $($variant:ident = $number:literal, $label:literal, $text:literal;)* }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $(#[doc = $text] $variant = $number,)* }

        impl $name {
            /// Every member in number order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The member with this number.
            #[inline]
            pub const fn from_u32(number: u32) -> Option<$name> {
                match number { $($number => Some($name::$variant),)* _ => None }
            }

            /// CPython's name of the member.
            pub const fn label(self) -> &'static str { match self { $($name::$variant => $label,)* } }

            /// The member as source text (or its meaning).
            pub const fn text(self) -> &'static str { match self { $($name::$variant => $text,)* } }
        }
    };
}

operands! {
    /// Argument of BINARY_OP.
    BinaryOperator {
        Add = 0, "NB_ADD", "+";
        And = 1, "NB_AND", "&";
        FloorDivide = 2, "NB_FLOOR_DIVIDE", "//";
        Lshift = 3, "NB_LSHIFT", "<<";
        MatrixMultiply = 4, "NB_MATRIX_MULTIPLY", "@";
        Multiply = 5, "NB_MULTIPLY", "*";
        Remainder = 6, "NB_REMAINDER", "%";
        Or = 7, "NB_OR", "|";
        Power = 8, "NB_POWER", "**";
        Rshift = 9, "NB_RSHIFT", ">>";
        Subtract = 10, "NB_SUBTRACT", "-";
        TrueDivide = 11, "NB_TRUE_DIVIDE", "/";
        Xor = 12, "NB_XOR", "^";
        InplaceAdd = 13, "NB_INPLACE_ADD", "+=";
        InplaceAnd = 14, "NB_INPLACE_AND", "&=";
        InplaceFloorDivide = 15, "NB_INPLACE_FLOOR_DIVIDE", "//=";
        InplaceLshift = 16, "NB_INPLACE_LSHIFT", "<<=";
        InplaceMatrixMultiply = 17, "NB_INPLACE_MATRIX_MULTIPLY", "@=";
        InplaceMultiply = 18, "NB_INPLACE_MULTIPLY", "*=";
        InplaceRemainder = 19, "NB_INPLACE_REMAINDER", "%=";
        InplaceOr = 20, "NB_INPLACE_OR", "|=";
        InplacePower = 21, "NB_INPLACE_POWER", "**=";
        InplaceRshift = 22, "NB_INPLACE_RSHIFT", ">>=";
        InplaceSubtract = 23, "NB_INPLACE_SUBTRACT", "-=";
        InplaceTrueDivide = 24, "NB_INPLACE_TRUE_DIVIDE", "/=";
        InplaceXor = 25, "NB_INPLACE_XOR", "^=";
        Subscr = 26, "NB_SUBSCR", "[]";
    }
}

operands! {
    /// Argument of COMPARE_OP, above its 5 low bits.
    CompareOperator {
        Lt = 0, "Py_LT", "<";
        Le = 1, "Py_LE", "<=";
        Eq = 2, "Py_EQ", "==";
        Ne = 3, "Py_NE", "!=";
        Gt = 4, "Py_GT", ">";
        Ge = 5, "Py_GE", ">=";
    }
}

/// BINARY_OP's argument for `a[b]`.
pub const SUBSCR: u32 = BinaryOperator::Subscr as u32;
/// Bit of COMPARE_OP's argument: the result is converted to bool.
pub const COMPARE_TO_BOOL: u32 = 16;

operands! {
    /// Argument of CALL_INTRINSIC_1.
    Intrinsic1 {
        Invalid = 0, "INTRINSIC_1_INVALID", "never emitted";
        Print = 1, "INTRINSIC_PRINT", "sys.displayhook(value)";
        ImportStar = 2, "INTRINSIC_IMPORT_STAR", "bind the module's public names in the locals mapping";
        StopIterationError = 3, "INTRINSIC_STOPITERATION_ERROR", "StopIteration out of a generator becomes RuntimeError";
        AsyncGenWrap = 4, "INTRINSIC_ASYNC_GEN_WRAP", "wrap a value that an async generator yields";
        UnaryPositive = 5, "INTRINSIC_UNARY_POSITIVE", "+value";
        ListToTuple = 6, "INTRINSIC_LIST_TO_TUPLE", "tuple(list)";
        TypeVar = 7, "INTRINSIC_TYPEVAR", "TypeVar(name)";
        ParamSpec = 8, "INTRINSIC_PARAMSPEC", "ParamSpec(name)";
        TypeVarTuple = 9, "INTRINSIC_TYPEVARTUPLE", "TypeVarTuple(name)";
        SubscriptGeneric = 10, "INTRINSIC_SUBSCRIPT_GENERIC", "Generic[params]";
        TypeAlias = 11, "INTRINSIC_TYPEALIAS", "TypeAliasType from (name, type_params, compute_value)";
    }
}

operands! {
    /// Argument of CALL_INTRINSIC_2.
    Intrinsic2 {
        Invalid = 0, "INTRINSIC_2_INVALID", "never emitted";
        PrepReraiseStar = 1, "INTRINSIC_PREP_RERAISE_STAR", "exception group to raise after except* (orig, list) or None";
        TypeVarWithBound = 2, "INTRINSIC_TYPEVAR_WITH_BOUND", "TypeVar(name, evaluate_bound)";
        TypeVarWithConstraints = 3, "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS", "TypeVar(name, evaluate_constraints)";
        SetFunctionTypeParams = 4, "INTRINSIC_SET_FUNCTION_TYPE_PARAMS", "function.__type_params__ = params";
        SetTypeParamDefault = 5, "INTRINSIC_SET_TYPEPARAM_DEFAULT", "type parameter's lazily evaluated default";
    }
}

operands! {
    /// Argument of LOAD_COMMON_CONSTANT.
    CommonConstant {
        AssertionError = 0, "CONSTANT_ASSERTIONERROR", "AssertionError";
        NotImplementedError = 1, "CONSTANT_NOTIMPLEMENTEDERROR", "NotImplementedError";
        Tuple = 2, "CONSTANT_BUILTIN_TUPLE", "tuple";
        All = 3, "CONSTANT_BUILTIN_ALL", "all";
        Any = 4, "CONSTANT_BUILTIN_ANY", "any";
    }
}

operands! {
    /// Argument of LOAD_SPECIAL.
    SpecialMethod {
        Enter = 0, "SPECIAL___ENTER__", "__enter__";
        Exit = 1, "SPECIAL___EXIT__", "__exit__";
        AEnter = 2, "SPECIAL___AENTER__", "__aenter__";
        AExit = 3, "SPECIAL___AEXIT__", "__aexit__";
    }
}

operands! {
    /// Argument of SET_FUNCTION_ATTRIBUTE.
    FunctionAttribute {
        Defaults = 1, "MAKE_FUNCTION_DEFAULTS", "defaults";
        KwDefaults = 2, "MAKE_FUNCTION_KWDEFAULTS", "kwdefaults";
        Annotations = 4, "MAKE_FUNCTION_ANNOTATIONS", "annotations";
        Closure = 8, "MAKE_FUNCTION_CLOSURE", "closure";
        Annotate = 16, "MAKE_FUNCTION_ANNOTATE", "annotate";
    }
}

operands! {
    /// The two low bits of RESUME's argument.
    ResumeKind {
        FuncStart = 0, "RESUME_AT_FUNC_START", "at the start of a function";
        AfterYield = 1, "RESUME_AFTER_YIELD", "after a yield";
        AfterYieldFrom = 2, "RESUME_AFTER_YIELD_FROM", "after a yield from";
        AfterAwait = 3, "RESUME_AFTER_AWAIT", "after an await";
    }
}

/// Bit of RESUME's argument: an exception handler covers it at stack depth 1.
pub const RESUME_EXCEPT_DEPTH1: u32 = 4;

operands! {
    /// Argument of CONVERT_VALUE.
    Conversion {
        Str = 1, "FVC_STR", "str";
        Repr = 2, "FVC_REPR", "repr";
        Ascii = 3, "FVC_ASCII", "ascii";
    }
}
