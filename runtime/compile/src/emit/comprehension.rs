//! Comprehensions: inlined into the function around them (PEP 709), generator expressions as functions.

use crate::maps::IndexMap;
use adder_isa::Const;
use adder_isa::location::Location;
use adder_syntax::ast::{Comprehension as Clause, Expr, ExprKind};

use super::Emitter;
use crate::error::{CompileError, Result, deeper};
use crate::ir::{Label, Op};
use crate::names::{Name, known};
use crate::symtable::flag::{DEF_LOCAL, DEF_NONLOCAL};
use crate::symtable::{BlockKind, Key, Reach, ScopeId, address, reach};
use crate::unit::{Datum, FrameBlockKind, Parameters, UnitKind};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Generator,
    List,
    Set,
    Dict,
}

/// What a comprehension yields per item.
#[derive(Clone, Copy)]
struct Element<'a> {
    kind: Kind,
    elt: &'a Expr,
    value: Option<&'a Expr>,
}

/// What must be undone after an inlined comprehension.
#[derive(Default)]
struct Inlined {
    /// Locals whose outer values are on the stack.
    pushed: Vec<Name>,
    /// Symbols of the outer scope that the comprehension sees otherwise.
    symbols: IndexMap<Name, u32>,
    /// Names that are fast locals only inside.
    hidden: Vec<Name>,
    cleanup: Option<Label>,
}

impl<'a> Emitter<'a> {
    pub(super) fn comprehension(&mut self, e: &'a Expr) -> Result<()> {
        let (kind, name, generators, elt, value) = match &e.kind {
            ExprKind::GeneratorExp { elt, generators } => (Kind::Generator, known::ANON_GENEXPR, generators, elt, None),
            ExprKind::ListComp { elt, generators } => (Kind::List, known::ANON_LISTCOMP, generators, elt, None),
            ExprKind::SetComp { elt, generators } => (Kind::Set, known::ANON_SETCOMP, generators, elt, None),
            ExprKind::DictComp { key, value, generators } => {
                (Kind::Dict, known::ANON_DICTCOMP, generators, key, Some(&**value))
            }
            _ => return Err(CompileError::system("not a comprehension")),
        };
        let element = Element { kind, elt, value };
        let key = Key::Comprehension(address(e));
        let entry = self.table.lookup(key).ok_or_else(|| CompileError::system("unknown symbol table entry"))?;
        let Some(outermost) = generators.first() else {
            return Err(CompileError::system("comprehension with no generators"));
        };
        let loc = self.loc(e.loc);
        let is_async = self.table.scope(entry).coroutine;
        if self.table.scope(entry).comp_inlined {
            self.outermost_iter(outermost)?;
            let inlined = self.enter_inlined(loc, entry)?;
            self.start_container(loc, kind);
            if kind != Kind::Generator {
                self.op_i(loc, Op::SWAP, 2);
            }
            self.clauses(loc, generators, 0, 0, element, true)?;
            self.leave_inlined(loc, inlined)?;
            return Ok(());
        }
        let params = Parameters { args: 1, ..Parameters::default() };
        self.enter_scope(name, UnitKind::Comprehension, key, e.loc.lineno as i32, None, params)?;
        self.start_container(loc, kind);
        self.clauses(loc, generators, 0, 0, element, false)?;
        if kind == Kind::Generator {
            self.wrap_in_stopiteration_handler();
        } else {
            self.op(loc, Op::RETURN_VALUE);
        }
        let code = self.finish_unit(true)?;
        self.make_closure(loc, code, 0)?;
        self.outermost_iter(outermost)?;
        self.op_i(loc, Op::CALL, 0);
        if is_async && kind != Kind::Generator {
            self.await_top(loc, 0);
        }
        Ok(())
    }

    fn outermost_iter(&mut self, clause: &'a Clause) -> Result<()> {
        self.expr(&clause.iter)?;
        let loc = self.loc(clause.iter.loc);
        self.op(loc, if clause.is_async { Op::GET_AITER } else { Op::GET_ITER });
        Ok(())
    }

    fn start_container(&mut self, loc: Location, kind: Kind) {
        match kind {
            Kind::Generator => {}
            Kind::List => self.op_i(loc, Op::BUILD_LIST, 0),
            Kind::Set => self.op_i(loc, Op::BUILD_SET, 0),
            Kind::Dict => self.op_i(loc, Op::BUILD_MAP, 0),
        }
    }

    fn clauses(
        &mut self,
        loc: Location,
        generators: &'a [Clause],
        index: usize,
        depth: u32,
        element: Element<'a>,
        iter_on_stack: bool,
    ) -> Result<()> {
        let mut level = self.depth;
        deeper(&mut level, |level| {
            self.depth = *level;
            if generators[index].is_async {
                self.async_clause(loc, generators, index, depth, element, iter_on_stack)
            } else {
                self.sync_clause(loc, generators, index, depth, element, iter_on_stack)
            }
        })?;
        self.depth = level;
        Ok(())
    }

    fn sync_clause(
        &mut self,
        loc: Location,
        generators: &'a [Clause],
        index: usize,
        mut depth: u32,
        element: Element<'a>,
        iter_on_stack: bool,
    ) -> Result<()> {
        let (start, if_cleanup, anchor) = (self.new_label(), self.new_label(), self.new_label());
        let clause = &generators[index];
        let iter_loc = self.loc(clause.iter.loc);
        let mut loops = true;
        if !iter_on_stack {
            if index == 0 {
                self.op_i(loc, Op::LOAD_FAST, 0);
            } else if let Some(only) = single_item(&clause.iter) {
                // `for x in [value]` just binds.
                self.expr(only)?;
                loops = false;
            } else {
                self.expr(&clause.iter)?;
                self.op(iter_loc, Op::GET_ITER);
            }
        }
        if loops {
            depth += 1;
            self.use_label(start);
            self.jump(iter_loc, Op::FOR_ITER, anchor);
        }
        self.expr(&clause.target)?;
        for test in &clause.ifs {
            self.jump_if(loc, test, if_cleanup, false)?;
        }
        let elt_loc = self.inner(loc, generators, index, depth, element)?;
        self.use_label(if_cleanup);
        if loops {
            self.jump(elt_loc, Op::JUMP, start);
            self.use_label(anchor);
            self.op(Location::NONE, Op::END_FOR);
            self.op(Location::NONE, Op::POP_ITER);
        }
        Ok(())
    }

    /// The next clause, or the element after the last; gives the location of the element.
    fn inner(
        &mut self,
        loc: Location,
        generators: &'a [Clause],
        index: usize,
        depth: u32,
        element: Element<'a>,
    ) -> Result<Location> {
        if index + 1 < generators.len() {
            self.clauses(loc, generators, index + 1, depth, element, false)?;
            return Ok(self.loc(element.elt.loc));
        }
        let mut at = self.loc(element.elt.loc);
        self.expr(element.elt)?;
        match element.kind {
            Kind::Generator => {
                self.yield_top(at);
                self.op(at, Op::POP_TOP);
            }
            Kind::List => self.op_i(at, Op::LIST_APPEND, depth + 1),
            Kind::Set => self.op_i(at, Op::SET_ADD, depth + 1),
            Kind::Dict => {
                if let Some(value) = element.value {
                    self.expr(value)?;
                    let end = self.loc(value.loc);
                    at = Location { end_line: end.end_line, end_col: end.end_col, ..at };
                }
                self.op_i(at, Op::MAP_ADD, depth + 1);
            }
        }
        Ok(at)
    }

    fn async_clause(
        &mut self,
        loc: Location,
        generators: &'a [Clause],
        index: usize,
        depth: u32,
        element: Element<'a>,
        iter_on_stack: bool,
    ) -> Result<()> {
        let (start, send, except, if_cleanup) =
            (self.new_label(), self.new_label(), self.new_label(), self.new_label());
        let clause = &generators[index];
        if !iter_on_stack {
            if index == 0 {
                self.op_i(loc, Op::LOAD_FAST, 0);
            } else {
                self.expr(&clause.iter)?;
                let at = self.loc(clause.iter.loc);
                self.op(at, Op::GET_AITER);
            }
        }
        self.use_label(start);
        self.push_block(loc, FrameBlockKind::AsyncComprehension, Some(start), None, Datum::None)?;
        self.jump(loc, Op::SETUP_FINALLY, except);
        self.op(loc, Op::GET_ANEXT);
        self.load_const(loc, Const::None);
        self.use_label(send);
        self.yield_from(loc, true);
        self.op(loc, Op::POP_BLOCK);
        self.expr(&clause.target)?;
        for test in &clause.ifs {
            self.jump_if(loc, test, if_cleanup, false)?;
        }
        let elt_loc = self.inner(loc, generators, index, depth + 1, element)?;
        self.use_label(if_cleanup);
        self.jump(elt_loc, Op::JUMP, start);
        self.pop_block();
        self.use_label(except);
        self.jump(loc, Op::END_ASYNC_FOR, send);
        Ok(())
    }

    /// Makes the names of a comprehension local to it: saves outer values, switches symbols.
    fn enter_inlined(&mut self, loc: Location, entry: ScopeId) -> Result<Inlined> {
        let mut state = Inlined::default();
        let scope = self.unit_ref().scope;
        let in_class = self.table.scope(scope).kind == BlockKind::Class && self.unit_ref().inlined_comp == 0;
        let function_like = self.table.scope(scope).is_function_like();
        self.unit().inlined_comp += 1;
        let symbols: Vec<(Name, u32)> =
            self.table.scope(entry).symbols.iter().map(|(name, bits)| (*name, *bits)).collect();
        let outer_reach: Vec<Reach> = symbols.iter().map(|(name, _)| self.table.scope(scope).reach(*name)).collect();
        for ((name, bits), outer) in symbols.iter().zip(&outer_reach) {
            let inner = reach(*bits);
            let differs = inner != *outer && inner != Reach::Free && !(inner == Reach::Cell && *outer == Reach::Free);
            if differs || in_class {
                let outer_bits = self.table.scope(scope).symbol(*name);
                self.table.scope_mut(scope).symbols.insert(*name, *bits);
                state.symbols.insert(*name, outer_bits);
            }
            if is_local(*bits) && !function_like {
                let hidden = &mut self.unit().fasthidden;
                if hidden.get(name) != Some(&true) {
                    hidden.insert(*name, true);
                    state.hidden.push(*name);
                }
            }
        }
        for (name, bits) in &symbols {
            if !is_local(*bits) {
                continue;
            }
            let index = self.unit().var_index(*name);
            self.op_i(loc, Op::LOAD_FAST_AND_CLEAR, index);
            if reach(*bits) == Reach::Cell {
                let outer_free = self.table.scope(scope).reach(*name) == Reach::Free;
                let unit = self.unit_ref();
                let cell = if outer_free { unit.free_index(*name) } else { unit.deref_index(*name) };
                let cell = cell.ok_or_else(|| CompileError::system("no cell in inlined comprehension"))?;
                self.op_i(loc, Op::MAKE_CELL, cell);
            }
            state.pushed.push(*name);
        }
        if !state.pushed.is_empty() {
            // The outermost iterator was pushed first and is needed on top.
            self.op_i(loc, Op::SWAP, state.pushed.len() as u32 + 1);
            let cleanup = self.new_label();
            state.cleanup = Some(cleanup);
            self.jump(loc, Op::SETUP_FINALLY, cleanup);
        }
        Ok(state)
    }

    fn leave_inlined(&mut self, loc: Location, state: Inlined) -> Result<()> {
        let none = Location::NONE;
        if let Some(cleanup) = state.cleanup {
            self.op(none, Op::POP_BLOCK);
            let end = self.new_label();
            self.jump(none, Op::JUMP_NO_INTERRUPT, end);
            self.use_label(cleanup);
            // Below the exception lies the unfinished container.
            self.op_i(none, Op::SWAP, 2);
            self.op(none, Op::POP_TOP);
            self.restore_locals(loc, &state.pushed);
            self.op_i(none, Op::RERAISE, 0);
            self.use_label(end);
            self.restore_locals(loc, &state.pushed);
        }
        let scope = self.unit_ref().scope;
        self.unit().inlined_comp -= 1;
        for (name, bits) in state.symbols {
            self.table.scope_mut(scope).symbols.insert(name, bits);
        }
        for name in state.hidden {
            self.unit().fasthidden.insert(name, false);
        }
        Ok(())
    }

    fn restore_locals(&mut self, loc: Location, pushed: &[Name]) {
        self.op_i(loc, Op::SWAP, pushed.len() as u32 + 1);
        for name in pushed.iter().rev() {
            let index = self.unit().var_index(*name);
            self.op_i(loc, Op::STORE_FAST_MAYBE_NULL, index);
        }
    }
}

fn is_local(bits: u32) -> bool {
    bits & DEF_LOCAL != 0 && bits & DEF_NONLOCAL == 0
}

fn single_item(iter: &Expr) -> Option<&Expr> {
    let (ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. }) = &iter.kind else { return None };
    match &elts[..] {
        [only] if !matches!(only.kind, ExprKind::Starred { .. }) => Some(only),
        _ => None,
    }
}
