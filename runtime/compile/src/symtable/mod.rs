//! The symbol table: which names each scope has, and how each is reached.
//!
//! *Reading order.* This file (the data), `build` (first pass: facts from the tree), `analyze` (second pass: scopes).
//! *Invariants.* Symbols are in order of first mention; after `analyze` every symbol has a scope in its bits above
//! [`SCOPE_OFFSET`]. Names are mangled. *CPython:* Python/symtable.c.

mod analyze;
mod build;
mod visit;

use crate::maps::{HashMap, HashSet};

use crate::maps::IndexMap;
use adder_syntax::ast::Loc;

use crate::names::{Name, Names, known};

pub use build::{Settings, build};

/// Facts about a symbol, and its scope above [`SCOPE_OFFSET`]. The numbers are CPython's (`_symtable` shows them).
pub mod flag {
    /// `global` statement.
    pub const DEF_GLOBAL: u32 = 1;
    /// Assigned in this scope.
    pub const DEF_LOCAL: u32 = 2;
    /// Parameter.
    pub const DEF_PARAM: u32 = 4;
    /// `nonlocal` statement.
    pub const DEF_NONLOCAL: u32 = 8;
    /// Read.
    pub const USE: u32 = 16;
    /// Free in a method although the class binds it too.
    pub const DEF_FREE_CLASS: u32 = 64;
    /// Bound by an import.
    pub const DEF_IMPORT: u32 = 128;
    /// Has a simple annotation.
    pub const DEF_ANNOT: u32 = 256;
    /// Iteration variable of a comprehension.
    pub const DEF_COMP_ITER: u32 = 512;
    /// Type parameter.
    pub const DEF_TYPE_PARAM: u32 = 1024;
    /// A cell inside an inlined comprehension.
    pub const DEF_COMP_CELL: u32 = 2048;
    /// Anything that binds.
    pub const DEF_BOUND: u32 = DEF_LOCAL | DEF_PARAM | DEF_IMPORT | DEF_TYPE_PARAM;
}

/// Bit position of a symbol's scope.
pub const SCOPE_OFFSET: u32 = 12;

/// How a name is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not a symbol of the scope.
    Unknown,
    /// A local.
    Local,
    /// A global by declaration.
    GlobalExplicit,
    /// A global or builtin for want of another binding.
    GlobalImplicit,
    /// A cell of an enclosing function.
    Free,
    /// A local that inner functions use.
    Cell,
}

/// The scope in a symbol's bits.
pub fn reach(symbol: u32) -> Reach {
    match symbol >> SCOPE_OFFSET & 15 {
        1 => Reach::Local,
        2 => Reach::GlobalExplicit,
        3 => Reach::GlobalImplicit,
        4 => Reach::Free,
        5 => Reach::Cell,
        _ => Reach::Unknown,
    }
}

/// What kind of block a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Function, lambda or comprehension.
    Function,
    /// Class body.
    Class,
    /// Module.
    Module,
    /// `__annotate__` function.
    Annotation,
    /// Value of a `type` statement.
    TypeAlias,
    /// Type parameters of a function, class or alias.
    TypeParameters,
    /// Bound, constraints or default of a type parameter.
    TypeVariable,
}

/// Which comprehension a function scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comprehension {
    /// None.
    No,
    /// `[... for ...]`.
    List,
    /// `{... for ...}`.
    Set,
    /// `{k: v for ...}`.
    Dict,
    /// `(... for ...)`.
    Generator,
}

/// Index of a scope in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeId(pub usize);

/// What a scope is found by: the address of the node that opens it, and the role of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// The module.
    Module,
    /// A `def`.
    Function(usize),
    /// A `class`.
    Class(usize),
    /// A lambda.
    Lambda(usize),
    /// A comprehension.
    Comprehension(usize),
    /// The annotations of a function, by its arguments.
    Annotations(usize),
    /// Type parameters, by their vector.
    TypeParams(usize),
    /// A `type` statement.
    TypeAlias(usize),
    /// The bound or constraints of a type parameter.
    Bound(usize),
    /// The default of a type parameter.
    Default(usize),
    /// The `__annotate__` of a class or module, by its parent scope.
    Annotate(usize),
}

/// Address of a node, for a [`Key`].
pub fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

/// One scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Name of the block.
    pub name: Name,
    /// Kind of the block.
    pub kind: BlockKind,
    /// Symbols with their flags.
    pub symbols: IndexMap<Name, u32>,
    /// Parameters in order.
    pub varnames: Vec<Name>,
    /// Inner scopes.
    pub children: Vec<ScopeId>,
    /// The node.
    pub loc: Loc,
    /// `global` and `nonlocal` declarations.
    pub directives: Vec<(Name, Loc)>,
    /// Inside a function.
    pub nested: bool,
    /// Has a `yield`.
    pub generator: bool,
    /// Has an `await` or is `async def`.
    pub coroutine: bool,
    /// Which comprehension.
    pub comprehension: Comprehension,
    /// Has `*args`.
    pub varargs: bool,
    /// Has `**kwargs`.
    pub varkeywords: bool,
    /// Has `return` with a value.
    pub returns_value: bool,
    /// A class whose methods use `__class__`.
    pub needs_class_closure: bool,
    /// A class whose annotation scopes use `__classdict__`.
    pub needs_classdict: bool,
    /// A comprehension compiled into its parent.
    pub comp_inlined: bool,
    /// Visiting the target of a comprehension.
    pub comp_iter_target: bool,
    /// Sees the names of the class around it.
    pub can_see_class_scope: bool,
    /// Nesting of iterable expressions of comprehensions.
    pub comp_iter_expr: u32,
    /// Has annotations.
    pub annotations_used: bool,
    /// Some annotation is executed conditionally.
    pub has_conditional_annotations: bool,
    /// Inside `if`, a loop, `try`, ...
    pub in_conditional_block: bool,
    /// Visiting an annotation that is never evaluated.
    pub in_unevaluated_annotation: bool,
    /// Begins with a docstring.
    pub has_docstring: bool,
    /// A function defined directly in a class.
    pub method: bool,
    /// What a type-variable scope evaluates, for messages.
    pub scope_info: Option<&'static str>,
    /// The `__annotate__` scope of a class or module.
    pub annotation_block: Option<ScopeId>,
    /// Which set of names is mangled (index of [`SymbolTable::mangled`]); all when there is none.
    pub mangled: Option<usize>,
}

impl Scope {
    /// Whether names are in frame slots.
    pub fn is_function_like(&self) -> bool {
        !matches!(self.kind, BlockKind::Class | BlockKind::Module)
    }

    /// The symbol's bits, 0 when it is none of the scope.
    pub fn symbol(&self, name: Name) -> u32 {
        self.symbols.get(&name).copied().unwrap_or(0)
    }

    /// How a name is reached.
    pub fn reach(&self, name: Name) -> Reach {
        reach(self.symbol(name))
    }
}

/// All scopes of a module.
#[derive(Debug)]
pub struct SymbolTable {
    /// The interned names.
    pub names: Names,
    /// The scopes; the module is the first.
    pub scopes: Vec<Scope>,
    keys: HashMap<Key, ScopeId>,
    /// Names mangled in the type-parameter scopes of generic classes.
    pub mangled: Vec<HashSet<Name>>,
}

impl SymbolTable {
    /// The module's scope.
    pub const TOP: ScopeId = ScopeId(0);

    /// The scope a node opens.
    pub fn lookup(&self, key: Key) -> Option<ScopeId> {
        self.keys.get(&key).copied()
    }

    /// A scope.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0]
    }

    /// A scope, to change.
    pub fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0]
    }

    /// Mangles a name as the scope asks: in the type-parameter scope of a generic class only type parameters are.
    pub fn maybe_mangle(&mut self, class: Option<Name>, scope: ScopeId, name: Name) -> Name {
        if let Some(set) = self.scopes[scope.0].mangled
            && !self.mangled[set].contains(&name)
        {
            return name;
        }
        self.names.mangle(class, name)
    }

    /// Whether the module imports this name.
    pub fn is_import(&self, name: Name) -> bool {
        self.scopes[0].symbol(name) & flag::DEF_IMPORT != 0
    }

    /// Whether a builtin may be meant by this name everywhere in the module.
    pub fn is_builtin_super(&self, scope: ScopeId) -> bool {
        self.scope(scope).reach(known::SUPER) == Reach::GlobalImplicit
            && self.scopes[0].reach(known::SUPER) == Reach::Unknown
    }
}
