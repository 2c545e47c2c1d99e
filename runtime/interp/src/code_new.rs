//! Making code objects from Python: `types.CodeType(...)` and `code.replace()`.
//!
//! Invariant: what comes out has passed the bytecode verifier, as cache files do. CPython: Objects/codeobject.c.

use crate::code::CodeObject;
use adder_isa::code::{Code, Const, Instructions, Text, co, slot};
use adder_object::call::Args;
use adder_object::{
    Bytes, Obj, ObjExt, PyResult, Set, Slice, Str, Type, Vm, error, float, int, ops, singletons, tuple, types,
};
use std::sync::Arc;

type Names = Vec<Text>;

/// A code object taken apart; `code` holds what needs no check.
struct Parts {
    code: Code,
    nlocals: i32,
    varnames: Names,
    cellvars: Names,
    freevars: Names,
    consts: Vec<Obj>,
    filename: Obj,
    /// Some name of a variable or a parameter count changed: slot kinds are made anew.
    variables_changed: bool,
    /// New units: caches are counted anew.
    units_changed: bool,
    /// Stack that frames get at least.
    stack: u32,
}

fn boxed<'a>(it: impl Iterator<Item = &'a ::std::primitive::str>) -> Names {
    it.map(Into::into).collect()
}

impl Parts {
    fn of(c: &CodeObject) -> Parts {
        Parts {
            code: (*c.code).clone(),
            nlocals: c.code.varnames().count() as i32,
            varnames: boxed(c.code.varnames()),
            cellvars: boxed(c.code.cellvars()),
            freevars: boxed(c.code.freevars()),
            consts: c.consts.to_vec(),
            filename: c.filename.clone(),
            variables_changed: false,
            units_changed: false,
            stack: c.code.stacksize,
        }
    }

    /// Sets a field by its attribute name; false when there is none.
    fn set(
        &mut self,
        vm: &Vm,
        function: &::std::primitive::str,
        field: &::std::primitive::str,
        v: &Obj,
    ) -> PyResult<bool> {
        let count = || -> PyResult<u32> {
            let n = ops::to_i32(vm, v)?;
            u32::try_from(n).map_err(|_| error::value_error(format!("{field} must be a positive integer")))
        };
        let typed = |what: &::std::primitive::str| {
            error::type_error(format!("{function}() argument '{field}' must be {what}, not {}", v.ty().tp_name()))
        };
        let names = || -> PyResult<Names> {
            let items = tuple::as_slice(v).ok_or_else(|| typed("tuple"))?;
            let text = |o: &Obj| match o.get::<Str>() {
                Some(s) => Ok(s.to_string_lossy().into()),
                None => Err(error::system_error("non-string found in code slot")),
            };
            items.iter().map(text).collect()
        };
        let text = || match v.get::<Str>() {
            Some(s) => Ok(s.to_string_lossy().into()),
            None => Err(typed("str")),
        };
        let data = || v.get::<Bytes>().map(|b| b.as_slice().to_vec()).ok_or_else(|| typed("bytes"));
        let c = &mut self.code;
        match field {
            "co_argcount" => (c.argcount, self.variables_changed) = (count()?, true),
            "co_posonlyargcount" => (c.posonlyargcount, self.variables_changed) = (count()?, true),
            "co_kwonlyargcount" => (c.kwonlyargcount, self.variables_changed) = (count()?, true),
            "co_nlocals" => self.nlocals = count()? as i32,
            "co_stacksize" => c.stacksize = count()?,
            "co_flags" => {
                let old = c.flags;
                c.flags = count()?;
                self.variables_changed |= (old ^ c.flags) & (co::VARARGS | co::VARKEYWORDS) != 0;
            }
            "co_firstlineno" => c.firstlineno = ops::to_i32(vm, v)?,
            "co_code" => {
                let bytes = data()?;
                if bytes.len() % 2 != 0 {
                    return Err(error::value_error("code: co_code is malformed"));
                }
                let units: Box<[u16]> = bytes.as_chunks::<2>().0.iter().map(|p| u16::from_le_bytes(*p)).collect();
                self.units_changed = units != c.units;
                c.units = units;
            }
            "co_consts" => self.consts = tuple::as_slice(v).ok_or_else(|| typed("tuple"))?.to_vec(),
            "co_names" => c.names = names()?.into(),
            "co_varnames" => (self.varnames, self.variables_changed) = (names()?, true),
            "co_freevars" => (self.freevars, self.variables_changed) = (names()?, true),
            "co_cellvars" => (self.cellvars, self.variables_changed) = (names()?, true),
            "co_filename" => {
                c.filename = text()?;
                self.filename = v.clone();
            }
            "co_name" => c.name = text()?,
            "co_qualname" => c.qualname = text()?,
            "co_linetable" => c.linetable = data()?.into(),
            "co_exceptiontable" => c.exceptiontable = data()?.into(),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn lay_out_variables(&mut self) {
        let c = &self.code;
        let (args, kw) = (c.argcount as usize, c.kwonlyargcount as usize);
        let star = args + kw;
        let star_star = star + usize::from(c.flags & co::VARARGS != 0);
        let parameter = |i: usize| match i {
            i if i < c.posonlyargcount as usize => slot::ARG_POS,
            i if i < args => slot::ARG_POS | slot::ARG_KW,
            i if i < star => slot::ARG_KW,
            i if i == star && star_star > star => slot::ARG_VAR | slot::ARG_POS,
            i if i == star_star && c.flags & co::VARKEYWORDS != 0 => slot::ARG_VAR | slot::ARG_KW,
            _ => 0,
        };
        let mut names = self.varnames.clone();
        let mut kinds: Vec<u8> = (0..names.len()).map(|i| slot::LOCAL | parameter(i)).collect();
        for n in &self.cellvars {
            match self.varnames.iter().position(|v| v == n) {
                Some(i) => kinds[i] |= slot::CELL,
                None => {
                    names.push(n.clone());
                    kinds.push(slot::CELL);
                }
            }
        }
        names.extend(self.freevars.iter().cloned());
        kinds.resize(names.len(), slot::FREE);
        self.code.localsplusnames = names.into();
        self.code.localspluskinds = kinds.into();
    }

    fn build(mut self, vm: &Vm) -> PyResult {
        let bad = |what: &::std::primitive::str| Err(error::value_error(format!("code: {what}")));
        if self.code.posonlyargcount > self.code.argcount {
            return bad("co_posonlyargcount > co_argcount");
        }
        if self.nlocals as usize != self.varnames.len() {
            return bad("co_nlocals != len(co_varnames)");
        }
        if self.code.argcount as usize > self.varnames.len() || self.code.parameter_slots() > self.varnames.len() {
            return bad("co_varnames is too small");
        }
        if self.variables_changed {
            self.lay_out_variables();
        }
        if self.units_changed {
            let caches = Instructions::new(&self.code.units).filter_map(|i| i.ok()?.cache).filter(|&c| c != u16::MAX);
            self.code.cache_count = caches.max().map_or(0, |c| u32::from(c) + 1);
        }
        let plain: Option<Box<[Const]>> = self.consts.iter().map(|o| constant_of(vm, o, 0)).collect();
        let known = plain.is_some();
        self.code.consts = plain
            .unwrap_or_else(|| self.consts.iter().map(|o| constant_of(vm, o, 0).unwrap_or(Const::Ellipsis)).collect());
        let shown = self.code.stacksize;
        self.code.stacksize = shown.max(self.stack);
        if let Err(e) = adder_isa::verify::verify(&self.code) {
            return Err(error::value_error(format!("code: co_code is malformed ({})", e.reason)));
        }
        let words = self.code.stacksize;
        self.code.stacksize = shown;
        if !known {
            // Constants that are no plain data exist in the runtime object alone; marshal refuses such code.
            self.code.consts = Box::new([]);
        }
        Ok(CodeObject::from_parts(vm, Arc::new(self.code), self.consts, &self.filename, words).into_obj())
    }
}

/// The plain data that a value stands for in a constant table.
fn constant_of(vm: &Vm, o: &Obj, depth: usize) -> Option<Const> {
    if depth > 100 {
        return None;
    }
    let all = |items: &[Obj]| -> Option<Box<[Const]>> { items.iter().map(|i| constant_of(vm, i, depth + 1)).collect() };
    if o.is_none() {
        return Some(Const::None);
    }
    if o.is(&singletons::true_obj()) || o.is(&singletons::false_obj()) {
        return Some(Const::Bool(o.is(&singletons::true_obj())));
    }
    if o.is(&singletons::ellipsis()) {
        return Some(Const::Ellipsis);
    }
    if o.is_exact(&types::INT) {
        let n = int::as_int(o)?;
        return Some(match n.to_i64() {
            Some(n) => Const::Int(n),
            None => {
                let (sign, magnitude) = n.to_big().into_parts();
                let negative = sign == dashu_int::Sign::Negative;
                Const::BigInt { negative, magnitude: magnitude.to_le_bytes() }
            }
        });
    }
    if o.is_exact(&types::FLOAT) {
        return float::as_float(o).map(Const::Float);
    }
    if o.is_exact(&types::STR) {
        return Some(Const::Str(o.get::<Str>()?.to_wtf8().into()));
    }
    if let Some(c) = o.get_exact::<float::Complex>() {
        return Some(Const::Complex(c.re, c.im));
    }
    if let Some(b) = o.get_exact::<Bytes>() {
        return Some(Const::Bytes(b.as_slice().into()));
    }
    if o.is_exact(&types::TUPLE) {
        return Some(Const::Tuple(all(tuple::as_slice(o)?)?));
    }
    if o.is_exact(&types::FROZENSET) {
        o.get::<Set>()?;
        return Some(Const::FrozenSet(all(&ops::collect(vm, o).ok()?)?));
    }
    if let Some(s) = o.get_exact::<Slice>() {
        let [a, b, c] = [&s.start, &s.stop, &s.step].map(|p| constant_of(vm, p, depth + 1));
        return Some(Const::Slice(Box::new([a?, b?, c?])));
    }
    o.get::<CodeObject>().filter(|c| c.is_plain()).map(|c| Const::Code(c.code.clone()))
}

/// `code.replace(**changes)`.
pub fn replace(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    if !args.positional().is_empty() {
        return Err(error::type_error("replace() takes 0 positional arguments"));
    }
    let mut parts = Parts::of(o.this::<CodeObject>()?);
    for (k, v) in args.keywords() {
        let field = ops::text(k);
        if !parts.set(vm, "replace", &field, v)? {
            return Err(error::type_error(format!("replace() got an unexpected keyword argument '{field}'")));
        }
    }
    parts.build(vm)
}

const FIELDS: [&::std::primitive::str; 18] = [
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_nlocals",
    "co_stacksize",
    "co_flags",
    "co_code",
    "co_consts",
    "co_names",
    "co_varnames",
    "co_filename",
    "co_name",
    "co_qualname",
    "co_firstlineno",
    "co_linetable",
    "co_exceptiontable",
    "co_freevars",
    "co_cellvars",
];

/// `types.CodeType(...)`.
pub fn new(vm: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    args.no_keywords("code")?;
    args.arity("code", 16, 18)?;
    let empty = || Text::from("");
    let code = Code {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 0,
        flags: 0,
        units: Box::new([]),
        consts: Box::new([]),
        names: Box::new([]),
        localsplusnames: Box::new([]),
        localspluskinds: Box::new([]),
        filename: empty(),
        name: empty(),
        qualname: empty(),
        firstlineno: 0,
        linetable: Box::new([]),
        exceptiontable: Box::new([]),
        cache_count: 0,
    };
    let mut parts = Parts {
        code,
        nlocals: 0,
        varnames: vec![],
        cellvars: vec![],
        freevars: vec![],
        consts: vec![],
        filename: singletons::none(),
        variables_changed: true,
        units_changed: true,
        stack: 0,
    };
    for (field, v) in FIELDS.iter().zip(args.positional()) {
        parts.set(vm, "code", field, v)?;
    }
    (parts.units_changed, parts.variables_changed) = (true, true);
    parts.build(vm)
}

/// `code._varname_from_oparg(i)`.
pub fn varname_from_oparg(_: &Vm, o: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let c = o.this::<CodeObject>()?;
    let i = ops::to_i64(Vm::current(), a.req(0))?;
    match usize::try_from(i).ok().and_then(|i| c.localsplusnames.get(i)) {
        Some(n) => Ok(n.clone()),
        None => Err(error::index_error("tuple index out of range")),
    }
}
