//! One code object in the making: its names, constants, instructions and open blocks.

use crate::maps::{IndexMap, IndexSet};
use adder_isa::Const;
use adder_isa::location::Location;
use adder_syntax::ast::Stmt;

use crate::ir::{Label, Sequence};
use crate::names::{Name, known};
use crate::symtable::flag::{DEF_COMP_CELL, DEF_FREE_CLASS};
use crate::symtable::{Reach, ScopeId, SymbolTable, reach};

/// What a unit compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// A module, expression or interactive statement.
    Module,
    /// A class body.
    Class,
    /// A `def`.
    Function,
    /// An `async def`.
    AsyncFunction,
    /// A lambda.
    Lambda,
    /// A comprehension.
    Comprehension,
    /// Type parameters, annotations, aliases.
    Annotations,
}

/// Kind of an open block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameBlockKind {
    /// `while`.
    WhileLoop,
    /// `for`: the iterator is on the stack.
    ForLoop,
    /// Body of `try` with handlers.
    TryExcept,
    /// Body of `try` with `finally`.
    FinallyTry,
    /// `finally` after an exception.
    FinallyEnd,
    /// `with`.
    With,
    /// `async with`.
    AsyncWith,
    /// Body of an except clause.
    HandlerCleanup,
    /// A value on the stack that unwinding drops.
    PopValue,
    /// All except clauses of a `try`.
    ExceptionHandler,
    /// All except* clauses of a `try`.
    ExceptionGroupHandler,
    /// An asynchronous comprehension.
    AsyncComprehension,
    /// The handler around a generator that turns StopIteration into RuntimeError.
    StopIteration,
}

/// What a block's unwinding needs besides its kind.
#[derive(Clone, Copy, Debug)]
pub enum Datum<'a> {
    /// Nothing.
    None,
    /// The statements of a `finally`.
    Finally(&'a [Stmt]),
    /// The name an except clause binds.
    Handler(Name),
}

/// An open block.
#[derive(Clone, Copy, Debug)]
pub struct FrameBlock<'a> {
    /// Its kind.
    pub kind: FrameBlockKind,
    /// Where `continue` goes.
    pub block: Option<Label>,
    /// Where `break` goes.
    pub exit: Option<Label>,
    /// Its source.
    pub loc: Location,
    /// More.
    pub datum: Datum<'a>,
}

/// Most blocks that may be open at once.
pub const MAX_BLOCKS: usize = 21;

/// One code object in the making.
#[derive(Debug)]
pub struct Unit<'a> {
    /// What it compiles.
    pub kind: UnitKind,
    /// Its scope.
    pub scope: ScopeId,
    /// Its name.
    pub name: Name,
    /// Its dotted name.
    pub qualname: adder_isa::code::Text,
    /// The class whose private names are mangled.
    pub private: Option<Name>,
    /// First line.
    pub firstlineno: i32,
    /// Parameters and locals.
    pub varnames: IndexSet<Name>,
    /// Cells made here.
    pub cellvars: IndexSet<Name>,
    /// Cells of the closure; numbered after `cellvars`.
    pub freevars: IndexSet<Name>,
    /// Names of inlined comprehensions in a class or module; true while they are fast locals.
    pub fasthidden: IndexMap<Name, bool>,
    /// Globals and attributes.
    pub names: IndexSet<Name>,
    /// Constants.
    pub consts: IndexSet<Const>,
    /// Positional parameters that are not positional-only.
    pub argcount: u32,
    /// Positional-only parameters.
    pub posonlyargcount: u32,
    /// Keyword-only parameters.
    pub kwonlyargcount: u32,
    /// Parameters of all kinds.
    pub param_count: usize,
    /// The instructions.
    pub seq: Sequence,
    /// The module's instructions while its `__annotate__` is made.
    pub stashed: Option<Sequence>,
    /// Open blocks.
    pub blocks: Vec<FrameBlock<'a>>,
    /// Depth of inlined comprehensions.
    pub inlined_comp: u32,
    /// Depth of conditionally executed blocks.
    pub conditional_block: u32,
    /// Annotated assignments, with their index when they are conditional.
    pub deferred_annotations: Vec<(&'a Stmt, Option<u32>)>,
    /// Next index of a conditional annotation.
    pub next_conditional_annotation: u32,
    /// Attributes that methods set on `self`.
    pub static_attributes: std::collections::BTreeSet<String>,
}

/// Parameter counts of a new unit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parameters {
    /// Positional, without the positional-only ones.
    pub args: usize,
    /// Positional-only.
    pub posonly: usize,
    /// Keyword-only.
    pub kwonly: usize,
}

impl<'a> Unit<'a> {
    /// An empty unit for a scope.
    pub fn new(
        table: &SymbolTable,
        kind: UnitKind,
        scope: ScopeId,
        name: Name,
        firstlineno: i32,
        params: Parameters,
    ) -> Unit<'a> {
        let entry = table.scope(scope);
        let by_text = |wanted: Reach, flag: u32| {
            let mut found: Vec<Name> = (entry.symbols.iter())
                .filter(|(_, bits)| reach(**bits) == wanted || **bits & flag != 0)
                .map(|(name, _)| *name)
                .collect();
            found.sort_by(|a, b| table.names.text(*a).cmp(table.names.text(*b)));
            found.into_iter().collect::<IndexSet<Name>>()
        };
        let mut cellvars = by_text(Reach::Cell, DEF_COMP_CELL);
        if entry.needs_class_closure {
            cellvars.insert(known::CLASS);
        }
        if entry.needs_classdict {
            cellvars.insert(known::CLASSDICT);
        }
        if entry.has_conditional_annotations {
            cellvars.insert(known::CONDITIONAL_ANNOTATIONS);
        }
        Unit {
            kind,
            scope,
            name,
            qualname: table.names.text(name).clone(),
            private: None,
            firstlineno,
            varnames: entry.varnames.iter().copied().collect(),
            cellvars,
            freevars: by_text(Reach::Free, DEF_FREE_CLASS),
            fasthidden: IndexMap::default(),
            names: IndexSet::default(),
            consts: IndexSet::default(),
            argcount: params.args as u32,
            posonlyargcount: params.posonly as u32,
            kwonlyargcount: params.kwonly as u32,
            param_count: entry.varnames.len(),
            seq: Sequence::default(),
            stashed: None,
            blocks: Vec::new(),
            inlined_comp: 0,
            conditional_block: 0,
            deferred_annotations: Vec::new(),
            next_conditional_annotation: 0,
            static_attributes: std::collections::BTreeSet::new(),
        }
    }

    /// Index of a name.
    pub fn name_index(&mut self, name: Name) -> u32 {
        self.names.insert_full(name).0 as u32
    }

    /// Index of a local.
    pub fn var_index(&mut self, name: Name) -> u32 {
        self.varnames.insert_full(name).0 as u32
    }

    /// Index of a cell or free variable, cells first.
    pub fn deref_index(&self, name: Name) -> Option<u32> {
        match self.cellvars.get_index_of(&name) {
            Some(index) => Some(index as u32),
            None => self.free_index(name),
        }
    }

    /// Index of a free variable.
    pub fn free_index(&self, name: Name) -> Option<u32> {
        self.freevars.get_index_of(&name).map(|index| (index + self.cellvars.len()) as u32)
    }

    /// Index of a free variable that the emitter alone knows of: the symbol table has no such use in this scope.
    pub fn capture(&mut self, name: Name) -> u32 {
        (self.freevars.insert_full(name).0 + self.cellvars.len()) as u32
    }

    /// Index of a constant.
    pub fn const_index(&mut self, value: Const) -> u32 {
        self.consts.insert_full(value).0 as u32
    }
}
