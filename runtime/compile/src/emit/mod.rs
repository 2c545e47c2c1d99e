//! Emission: one visitor over the tree that writes instructions with labels.
//!
//! *Reading order.* This file (the emitter, scopes, helpers), `names`, `stmt`, `expr`, then the rest by construct.
//! *Invariants.* Every path leaves the evaluation stack as the construct promises; the flow graph checks it. What an
//! instruction's location is decides tracebacks and tracing, so it is part of the contract of each emitter function.
//! *CPython:* Python/codegen.c, Python/compile.c.

mod annotations;
mod call;
mod class;
mod compare;
mod comprehension;
mod expr;
mod fstring;
mod function;
mod import;
mod loops;
mod matching;
mod names;
mod patterns;
mod stmt;
mod try_star;
mod trys;
mod type_params;
mod unwind;
mod withs;

use adder_isa::Const;
use adder_isa::code::co;
use adder_isa::location::Location;
use adder_isa::operands::{Intrinsic1, ResumeKind};
use adder_syntax::ast::{Loc, Mod};

use crate::assemble;
use crate::error::{CompileError, Result, Warning};
use crate::future::Future;
use crate::ir::{Label, Op, location};
use crate::names::{Name, known};
use crate::symtable::{Key, Reach, SymbolTable};
use crate::unit::{Datum, FrameBlock, FrameBlockKind, MAX_BLOCKS, Parameters, Unit, UnitKind};

/// Most items that an expression keeps on the stack before it builds its container piecewise.
pub(crate) const STACK_USE_GUIDELINE: usize = 30;

/// The emitter.
pub(crate) struct Emitter<'a> {
    pub(crate) table: SymbolTable,
    /// Open units; the last is the current one.
    pub(crate) units: Vec<Unit<'a>>,
    pub(crate) filename: &'a str,
    pub(crate) future: Future,
    /// Flags that every code object inherits.
    pub(crate) inherited: u32,
    pub(crate) optimize: u8,
    pub(crate) interactive: bool,
    pub(crate) warnings: Vec<Warning>,
    /// Above zero while code is emitted a second time (`finally`).
    pub(crate) quiet: u32,
    pub(crate) depth: u32,
}

/// Emits the code of a module.
pub(crate) fn module<'a>(mut e: Emitter<'a>, module: &'a Mod) -> Result<(adder_isa::Code, Vec<Warning>)> {
    e.enter_scope(known::ANON_MODULE, UnitKind::Module, Key::Module, 1, None, Parameters::default())?;
    let add_none = match module {
        Mod::Module { body, .. } => {
            e.module_body(body, false)?;
            true
        }
        Mod::Interactive { body } => {
            e.interactive = true;
            e.module_body(body, true)?;
            true
        }
        Mod::Expression { body } => {
            e.expr(body)?;
            false
        }
        Mod::FunctionType { .. } => return Err(CompileError::system("module kind 4 should not be possible")),
    };
    let code = e.finish_unit(add_none)?;
    Ok((code, e.warnings))
}

impl<'a> Emitter<'a> {
    pub(crate) fn unit(&mut self) -> &mut Unit<'a> {
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    pub(crate) fn unit_ref(&self) -> &Unit<'a> {
        &self.units[self.units.len() - 1]
    }

    pub(crate) fn scope(&self) -> &crate::symtable::Scope {
        self.table.scope(self.unit_ref().scope)
    }

    pub(crate) fn future_annotations(&self) -> bool {
        self.future.features & co::FUTURE_ANNOTATIONS != 0
    }

    pub(crate) fn intern(&mut self, text: &str) -> Name {
        self.table.names.intern(text)
    }

    pub(crate) fn text(&self, name: Name) -> adder_isa::code::Text {
        self.table.names.text(name).clone()
    }

    /// Starts a unit for the scope that `key` opens.
    pub(crate) fn enter_scope(
        &mut self,
        name: Name,
        kind: UnitKind,
        key: Key,
        lineno: i32,
        private: Option<Name>,
        params: Parameters,
    ) -> Result<()> {
        let scope = self.table.lookup(key).ok_or_else(|| CompileError::system("unknown symbol table entry"))?;
        let mut unit = Unit::new(&self.table, kind, scope, name, lineno, params);
        unit.private = private.or_else(|| self.units.last().and_then(|parent| parent.private));
        if kind != UnitKind::Module {
            unit.qualname = self.qualname(&unit);
        }
        self.units.push(unit);
        let mut loc = Location { line: lineno, end_line: lineno, col: 0, end_col: 0 };
        if kind == UnitKind::Module {
            loc.line = 0;
        }
        self.op_i(loc, Op::RESUME, ResumeKind::FuncStart as u32);
        if kind == UnitKind::Module {
            self.op(loc, Op::ANNOTATIONS_PLACEHOLDER);
        }
        Ok(())
    }

    fn qualname(&mut self, unit: &Unit<'a>) -> adder_isa::code::Text {
        let name = self.text(unit.name);
        if self.units.len() <= 1 {
            return name;
        }
        let mut parent = self.units.len() - 1;
        if self.units[parent].kind == UnitKind::Annotations {
            // The type parameters of a definition are no part of its name.
            if self.units.len() == 2 {
                return name;
            }
            parent -= 1;
        }
        if matches!(unit.kind, UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Class) {
            let mangled = self.table.names.mangle(self.units[parent].private, unit.name);
            if self.table.scope(self.units[parent].scope).reach(mangled) == Reach::GlobalExplicit {
                return name;
            }
        }
        let parent = &self.units[parent];
        let locals = matches!(parent.kind, UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Lambda);
        let base = &parent.qualname;
        if locals { format!("{base}.<locals>.{name}").into() } else { format!("{base}.{name}").into() }
    }

    /// Ends the current unit and makes its code object.
    pub(crate) fn finish_unit(&mut self, add_none: bool) -> Result<adder_isa::Code> {
        if add_none {
            self.load_const(Location::NONE, Const::None);
        }
        self.op(Location::NONE, Op::RETURN_VALUE);
        let flags = self.code_flags();
        let Some(unit) = self.units.pop() else { return Err(CompileError::system("no unit to finish")) };
        assemble::assemble(unit, &self.table.names, flags, self.filename)
    }

    fn code_flags(&self) -> u32 {
        let scope = self.scope();
        let mut flags = self.inherited;
        if scope.is_function_like() {
            flags |= co::NEWLOCALS | co::OPTIMIZED;
            let facts = [
                (scope.nested, co::NESTED),
                (scope.generator && !scope.coroutine, co::GENERATOR),
                (scope.generator && scope.coroutine, co::ASYNC_GENERATOR),
                (scope.varargs, co::VARARGS),
                (scope.varkeywords, co::VARKEYWORDS),
                (scope.has_docstring, co::HAS_DOCSTRING),
                (scope.method, co::METHOD),
            ];
            flags |= facts.iter().filter(|(fact, _)| *fact).map(|(_, flag)| flag).sum::<u32>();
        }
        if scope.coroutine && !scope.generator {
            flags |= co::COROUTINE;
        }
        flags
    }

    pub(crate) fn op(&mut self, loc: Location, op: Op) {
        self.unit().seq.push(op, 0, loc);
    }

    pub(crate) fn op_i(&mut self, loc: Location, op: Op, arg: u32) {
        self.unit().seq.push(op, arg, loc);
    }

    pub(crate) fn intrinsic_1(&mut self, loc: Location, which: Intrinsic1) {
        self.op_i(loc, Op::CALL_INTRINSIC_1, which as u32);
    }

    pub(crate) fn intrinsic_2(&mut self, loc: Location, which: adder_isa::operands::Intrinsic2) {
        self.op_i(loc, Op::CALL_INTRINSIC_2, which as u32);
    }

    pub(crate) fn jump(&mut self, loc: Location, op: Op, target: Label) {
        self.unit().seq.push(op, target.0, loc);
    }

    pub(crate) fn new_label(&mut self) -> Label {
        self.unit().seq.new_label()
    }

    pub(crate) fn use_label(&mut self, label: Label) {
        self.unit().seq.use_label(label);
    }

    pub(crate) fn load_const(&mut self, loc: Location, value: Const) {
        let index = self.unit().const_index(value);
        self.op_i(loc, Op::LOAD_CONST, index);
    }

    pub(crate) fn load_name_const(&mut self, loc: Location, name: Name) {
        let text = self.text(name);
        self.load_const(loc, Const::str(&text));
    }

    /// An op on an attribute or imported name.
    pub(crate) fn op_name(&mut self, loc: Location, op: Op, name: Name) {
        let index = self.mangled_name_index(name);
        self.op_i(loc, op, index);
    }

    pub(crate) fn mangled_name_index(&mut self, name: Name) -> u32 {
        let mangled = self.maybe_mangle(name);
        self.unit().name_index(mangled)
    }

    pub(crate) fn maybe_mangle(&mut self, name: Name) -> Name {
        let (private, scope) = (self.unit_ref().private, self.unit_ref().scope);
        self.table.maybe_mangle(private, scope, name)
    }

    pub(crate) fn push_block(
        &mut self,
        loc: Location,
        kind: FrameBlockKind,
        block: Option<Label>,
        exit: Option<Label>,
        datum: Datum<'a>,
    ) -> Result<()> {
        if self.unit_ref().blocks.len() >= MAX_BLOCKS {
            return Err(self.error_at("too many statically nested blocks", loc));
        }
        if kind == FrameBlockKind::FinallyEnd {
            self.quiet += 1;
        }
        self.unit().blocks.push(FrameBlock { kind, block, exit, loc, datum });
        Ok(())
    }

    pub(crate) fn pop_block(&mut self) {
        if let Some(block) = self.unit().blocks.pop()
            && block.kind == FrameBlockKind::FinallyEnd
        {
            self.quiet -= 1;
        }
    }

    pub(crate) fn error_at(&self, message: impl Into<String>, at: Location) -> CompileError {
        CompileError {
            kind: crate::error::ErrorKind::Syntax,
            message: message.into(),
            lineno: at.line,
            col: at.col + 1,
            end_lineno: at.end_line,
            end_col: at.end_col + 1,
        }
    }

    pub(crate) fn error<T>(&self, message: impl Into<String>, at: Loc) -> Result<T> {
        Err(CompileError::syntax(message, at))
    }

    pub(crate) fn warn(&mut self, message: impl Into<String>, at: Loc) {
        if self.quiet == 0 {
            self.warnings.push(Warning::new(message, at));
        }
    }

    /// Makes a function of a finished code object, with the attributes whose values are on the stack.
    pub(crate) fn make_closure(&mut self, loc: Location, code: adder_isa::Code, flags: u32) -> Result<()> {
        use adder_isa::operands::FunctionAttribute as Attr;
        let mut flags = flags;
        let free: Vec<String> = code.freevars().map(str::to_owned).collect();
        if !free.is_empty() {
            for text in &free {
                let name = self.intern(text);
                let index = self.closure_index(name)?;
                self.op_i(loc, Op::LOAD_CLOSURE, index);
            }
            flags |= Attr::Closure as u32;
            self.op_i(loc, Op::BUILD_TUPLE, free.len() as u32);
        }
        self.load_const(loc, Const::Code(std::sync::Arc::new(code)));
        self.op(loc, Op::MAKE_FUNCTION);
        for attr in [Attr::Closure, Attr::Annotations, Attr::Annotate, Attr::KwDefaults, Attr::Defaults] {
            if flags & attr as u32 != 0 {
                self.op_i(loc, Op::SET_FUNCTION_ATTRIBUTE, attr as u32);
            }
        }
        Ok(())
    }

    fn closure_index(&mut self, name: Name) -> Result<u32> {
        let unit = self.unit_ref();
        let class_cell = unit.kind == UnitKind::Class
            && [known::CLASS, known::CLASSDICT, known::CONDITIONAL_ANNOTATIONS].contains(&name);
        let index = if class_cell || self.scope().reach(name) == Reach::Cell {
            unit.cellvars.get_index_of(&name).map(|index| index as u32)
        } else {
            unit.free_index(name)
        };
        index.ok_or_else(|| CompileError::system(format!("no cell for free variable '{}'", self.text(name))))
    }

    pub(crate) fn loc(&self, loc: Loc) -> Location {
        location(loc)
    }
}
