//! Names of namespaces: globals as guarded constants or as variables read and written in place; the names of a module's own code.
//!
//! Invariant: BUILD-3; a place in a namespace is good while the version of its key set stays (DICT-2); constants are guarded by the
//! identity of the value besides.

use super::scan::Instr;
use super::{Builder, Fact, Kind};
use crate::helpers::Helper;
use crate::hir::*;
use crate::namespaces::Namespace;
use adder_isa::reasons::Reason;
use adder_object::{Dict, Obj, ObjExt};

impl Builder<'_> {
    pub fn guard_cell(&mut self, address: usize, value: u32) {
        if self.facts.insert(Fact::Cell(address, value)) {
            let s = self.state();
            self.emit(Op::GuardCell(address, value, s), Repr::Raw, Ty::Any);
        }
    }

    /// A name of a namespace has its value at this place; 0: it is not there.
    fn guard_name(&mut self, dict: &Dict, name: &Obj, place: usize) {
        let n = match self.namespaces.iter().position(|n| n.is_of(dict)) {
            Some(n) => n,
            None => {
                self.namespaces.push(Namespace::new(dict));
                self.namespaces.len() - 1
            }
        };
        self.namespaces[n].expect(name, place);
        if self.facts.insert(Fact::Cell(dict.version_address(), dict.keys_version())) {
            let wanted = self.namespaces[n].wanted();
            let s = self.state();
            self.emit(Op::GuardNames(dict.version_address(), wanted, s), Repr::Raw, Ty::Any);
        }
    }

    /// At an entry: whether the frame at hand runs a module, whose names are its globals; later frames are tested.
    pub fn look_for_module(&mut self) {
        let plain = self.code.flags & adder_isa::code::co::OPTIMIZED == 0;
        let locals = adder_interp::frame::Frame::locals(self.req.frame);
        self.module = plain && self.one_namespace && locals.is_none_or(|l| l.is(&self.globals));
        if self.module {
            let state = self.state();
            let v = self.emit(Op::Call { helper: Helper::IsModule, args: vec![], state }, Repr::Bool, Ty::Bool);
            self.guard(v, Reason::OtherValue);
        }
    }

    pub fn load_global(&mut self, i: &Instr) -> bool {
        let name = self.code.names[i.arg as usize >> 1].clone();
        if !self.load_in_place(i, &name) {
            let n = self.word_of(&name);
            self.call(Helper::LoadGlobal, vec![n], 0, Repr::Word, Ty::Any);
        }
        if i.arg & 1 != 0 {
            self.stack.push(Entry::Null);
        }
        true
    }
    /// LOAD_NAME of a module.
    pub fn load_name(&mut self, i: &Instr) -> bool {
        let name = self.code.names[i.arg as usize].clone();
        self.module && self.inline.is_none() && self.load_in_place(i, &name)
    }
    fn load_in_place(&mut self, i: &Instr, name: &Obj) -> bool {
        let failed = self.failures_at(i.start);
        let guess = failed.count == 0 || failed.count == 1 && failed.value;
        self.one_namespace && guess && self.global_by_position(name, !failed.value)
    }
    /// A name or other object that the code object keeps alive.
    pub fn word_of(&mut self, o: &Obj) -> Val {
        self.emit(Op::Word(o.bits()), Repr::Word, Ty::Heap)
    }

    /// Pushes a global or builtin. `constant`: functions, classes and modules are taken for what they are now.
    fn global_by_position(&mut self, name: &Obj, constant: bool) -> bool {
        let (globals, builtins) = (self.globals.clone(), self.builtins.clone());
        let (Some(g), Some(b)) = (globals.get_exact::<Dict>(), builtins.get_exact::<Dict>()) else { return false };
        if !g.has_only_str_keys() || !b.has_only_str_keys() || g.keys_version() == 0 || b.keys_version() == 0 {
            return false;
        }
        let (dict, guard_builtins) = match g.position_of_name(name) {
            Some(p) => ((g, p), false),
            None => match b.position_of_name(name) {
                Some(p) => ((b, p), true),
                None => return false,
            },
        };
        let (d, position) = dict;
        let Some(value) = d.value_at(position) else { return false };
        let place = d.value_address(position) as usize;
        // The dicts stay alive as long as this code runs with them: the frame's function holds them, and the guard below is
        // reached only by functions of the same globals.
        if guard_builtins {
            self.guard_name(g, name, 0);
            self.guard_name(b, name, place);
        } else {
            self.guard_name(g, name, place);
        }
        self.variable(value, place, constant);
        true
    }

    /// Pushes what a namespace holds at a place: a constant under a guard, or the value as it is then.
    pub fn variable(&mut self, value: Obj, place: usize, constant: bool) {
        if constant && self.is_constant(&value) {
            self.guard_cell_word(place, &value);
            let v = self.word(value.bits());
            self.push(v, Own::Frame);
        } else {
            let v = self.emit(Op::LoadAbs(place), Repr::Word, Ty::Any);
            if value.is_int() {
                self.hints.insert(v, Kind::Int);
            } else if value.is_float() {
                self.hints.insert(v, Kind::Float);
            }
            self.push(v, Own::Heap);
        }
    }

    /// Functions, classes and modules are what they are; other globals are variables.
    fn is_constant(&self, o: &Obj) -> bool {
        o.is_exact(&adder_interp::function::FUNCTION)
            || o.is_exact(&adder_object::descr::BUILTIN_FUNCTION)
            || o.get::<adder_object::Type>().is_some()
            || o.is_exact(&adder_object::types::MODULE)
    }

    /// STORE_GLOBAL, and STORE_NAME of a module, of a name that is there: written in place.
    pub fn store_global(&mut self, i: &Instr, local: bool) -> bool {
        if !self.one_namespace || local && (!self.module || self.inline.is_some()) || self.failed_twice() {
            return false;
        }
        let name = self.code.names[i.arg as usize].clone();
        let globals = self.globals.clone();
        let Some(g) = globals.get_exact::<Dict>() else { return false };
        let Some(position) = g.position_of_name(&name).filter(|_| g.has_only_str_keys() && g.keys_version() != 0)
        else {
            return false;
        };
        let Some(value) = g.value_at(position) else { return false };
        let place = g.value_address(position) as usize;
        self.guard_name(g, &name, place);
        let base = self.emit(Op::Raw(place as i64), Repr::Raw, Ty::Any);
        let old = self.emit(Op::Load(base, 0, Width::U64), Repr::Word, Ty::Any);
        // A number that is replaced needs no release, so nothing can happen meanwhile.
        let quiet = !self.failed() && (value.is_int() || value.is_float());
        if quiet {
            let pointer = self.emit(Op::IsPointer(old), Repr::Bool, Ty::Bool);
            let number = self.emit(Op::Not(pointer), Repr::Bool, Ty::Bool);
            self.guard(number, Reason::OtherValue);
        }
        let Entry::Val(v, own) = self.pop() else { return self.exit(Reason::Unsupported) };
        let facts = quiet.then(|| self.facts.clone());
        self.before_effect();
        self.retain(v, own);
        self.emit(Op::Store(base, 0, v), Repr::Raw, Ty::Any);
        match facts {
            Some(f) => self.facts = f.into_iter().filter(|f| !matches!(f, Fact::Word(at, _) if *at == place)).collect(),
            None => {
                self.emit(Op::Decref(old), Repr::Raw, Ty::Any);
            }
        }
        self.state_changed();
        true
    }
}
