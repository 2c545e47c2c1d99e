//! `_json.make_encoder`: objects to JSON text.
//!
//! *CPython*: Modules/_json.c, encoder_call and the functions it uses.

use super::strings;
use adder_num::int as num;
use adder_object::descr::BuiltinFunction;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, getter, method};
use adder_object::str::Chars;
use adder_object::{
    Args, Dict, List, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags, TypeSpec, Vm, call, error,
    float, int, ops, singletons, str, trace_fields, tuple, types,
};

/// Which of the native string writers the encoder argument is, if any.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fast {
    Ascii,
    Plain,
    No,
}

pub struct Encoder {
    markers: Obj,
    default: Obj,
    encoder: Obj,
    indent: Obj,
    key_separator: Obj,
    item_separator: Obj,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
    fast: Fast,
}
trace_fields!(Encoder { markers, default, encoder, indent, key_separator, item_separator });
static ENCODER: StaticType = StaticType::new::<Encoder>("_json.Encoder", TypeFlags::GC | TypeFlags::BASETYPE);
adder_object::payload!(Encoder, ENCODER);

const NEVER: Native = Native::Raw(|_, o, _| Ok(o.clone()));

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    static SIG: MethodDef = method(
        "make_encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
        NEVER,
        "",
    );
    let a = SIG.signature().bind(args)?;
    for i in [4, 5] {
        if a.req(i).get::<Str>().is_none() {
            let t = a.req(i).ty().tp_name();
            return Err(error::type_error(format!("make_encoder() argument {} must be str, not {t}", i + 1)));
        }
    }
    let markers = a.req(0).clone();
    if !markers.is_none() && markers.get::<Dict>().is_none() {
        let t = markers.ty().tp_name();
        return Err(error::type_error(format!("make_encoder() argument 1 must be dict or None, not {t}")));
    }
    let encoder = a.req(2).clone();
    let fast = match encoder.get::<BuiltinFunction>().map(|f| f.def.name()) {
        Some("encode_basestring_ascii") => Fast::Ascii,
        Some("encode_basestring") => Fast::Plain,
        _ => Fast::No,
    };
    let e = Encoder {
        markers,
        default: a.req(1).clone(),
        encoder,
        indent: a.req(3).clone(),
        key_separator: a.req(4).clone(),
        item_separator: a.req(5).clone(),
        sort_keys: ops::truth(vm, a.req(6))?,
        skipkeys: ops::truth(vm, a.req(7))?,
        allow_nan: ops::truth(vm, a.req(8))?,
        fast,
    };
    Ok(Ref::with_type(ty, e).into_obj())
}

/// Output: bytes while all is ASCII, characters afterwards.
enum Out {
    Ascii(Vec<u8>),
    Wide(Vec<u32>),
}
impl Out {
    fn ascii(&mut self, s: &[u8]) {
        match self {
            Out::Ascii(v) => v.extend_from_slice(s),
            Out::Wide(v) => v.extend(s.iter().map(|&b| u32::from(b))),
        }
    }
    fn text(&mut self, s: &Str) {
        match (&mut *self, s.chars(), s.is_ascii()) {
            (_, Chars::One(b), true) => self.ascii(b),
            (Out::Wide(v), chars, _) => v.extend(chars.iter()),
            (Out::Ascii(v), chars, _) => {
                let mut wide: Vec<u32> = v.iter().map(|&b| u32::from(b)).collect();
                wide.extend(chars.iter());
                *self = Out::Wide(wide);
            }
        }
    }
}

struct Writer<'a> {
    vm: &'a Vm,
    e: &'a Encoder,
    out: Out,
    /// The text of the last float.
    shown: String,
}

fn encoder_call(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    static SIG: MethodDef = method("_iterencode(obj, _current_indent_level)", NEVER, "");
    let a = SIG.signature().bind(args)?;
    let level = ops::size_isize(vm, a.req(1))?;
    let mut w = Writer { vm, e: o.this::<Encoder>()?, out: Out::Ascii(Vec::with_capacity(128)), shown: String::new() };
    w.value(a.req(0), usize::try_from(level).unwrap_or(0))?;
    let text = match w.out {
        Out::Ascii(v) => str::from_ascii(&v),
        Out::Wide(v) => str::from_code_points(&v),
    };
    Ok(tuple::from_array([text.into_obj()]))
}

/// Adds where in the tree an error happened.
fn noted(vm: &Vm, e: PyErr, note: &::std::primitive::str) -> PyErr {
    match call::call_method_str(vm, e.obj(), "add_note", &[str::from_str(note).into_obj()]) {
        Ok(_) => e,
        Err(other) => other,
    }
}

impl Writer<'_> {
    fn value(&mut self, o: &Obj, level: usize) -> PyResult<()> {
        if o.is_none() {
            self.out.ascii(b"null");
        } else if o.is_true_singleton() {
            self.out.ascii(b"true");
        } else if o.is(singletons::false_ref()) {
            self.out.ascii(b"false");
        } else if o.get::<Str>().is_some() {
            self.string(o)?;
        } else if let Some(n) = o.small_int() {
            let digits = num::Short::new(n.unsigned_abs(), 10);
            if n < 0 {
                self.out.ascii(b"-");
            }
            self.out.ascii(digits.bytes());
        } else if int::is_int(o) {
            self.number(&types::INT, o)?;
        } else if let Some(x) = float::as_float(o) {
            self.float(x, o)?;
        } else if o.get::<List>().is_some() || tuple::as_slice(o).is_some() {
            self.vm.check_stack(" while encoding a JSON object")?;
            self.list(o, level)?;
        } else if o.get::<Dict>().is_some() {
            self.vm.check_stack(" while encoding a JSON object")?;
            self.dict(o, level)?;
        } else {
            return self.other(o, level);
        }
        Ok(())
    }

    fn string(&mut self, o: &Obj) -> PyResult<()> {
        let s = o.this::<Str>()?;
        match self.e.fast {
            Fast::Ascii => {
                if let Out::Ascii(v) = &mut self.out {
                    strings::quote_ascii(s, v);
                } else {
                    let mut v = Vec::new();
                    strings::quote_ascii(s, &mut v);
                    self.out.ascii(&v);
                }
            }
            Fast::Plain => self.out.text(strings::quote(s).this::<Str>()?),
            Fast::No => {
                let r = call::call1(self.vm, &self.e.encoder, o)?;
                let Some(s) = r.get::<Str>() else {
                    let t = r.ty().tp_name();
                    return Err(error::type_error(format!("encoder() must return a string, not {t}")));
                };
                self.out.text(s);
            }
        }
        Ok(())
    }

    /// The repr that the base type gives, whatever a subclass says.
    fn base_repr(&self, ty: &'static StaticType, o: &Obj) -> PyResult {
        match ty.repr() {
            Some(f) => f(self.vm, o),
            None => ops::repr(self.vm, o),
        }
    }
    fn number(&mut self, ty: &'static StaticType, o: &Obj) -> PyResult<()> {
        let r = self.base_repr(ty, o)?;
        self.out.text(r.this::<Str>()?);
        Ok(())
    }
    fn float_text(&self, x: f64, o: &Obj) -> PyResult {
        if x.is_finite() {
            return self.base_repr(&types::FLOAT, o);
        }
        if !self.e.allow_nan {
            let shown = ops::repr_string(self.vm, o)?;
            return Err(error::value_error(format!("Out of range float values are not JSON compliant: {shown}")));
        }
        let text = match (x.is_nan(), x > 0.0) {
            (true, _) => "NaN",
            (_, true) => "Infinity",
            _ => "-Infinity",
        };
        Ok(str::intern_str(text).into_obj())
    }
    fn float(&mut self, x: f64, o: &Obj) -> PyResult<()> {
        if x.is_finite() {
            self.shown.clear();
            adder_num::float::repr_into(x, &mut self.shown);
            self.out.ascii(self.shown.as_bytes());
            return Ok(());
        }
        let r = self.float_text(x, o)?;
        self.out.text(r.this::<Str>()?);
        Ok(())
    }

    /// Notes that `o` is being written; ValueError when it already is.
    fn mark(&self, o: &Obj) -> PyResult<Option<Obj>> {
        let Some(d) = self.e.markers.get::<Dict>() else { return Ok(None) };
        let id = int::from_u64(o.bits());
        if d.contains(self.vm, &id)? {
            return Err(error::value_error("Circular reference detected"));
        }
        d.set_item(self.vm, &id, o.clone())?;
        Ok(Some(id))
    }
    fn unmark(&self, id: Option<Obj>) -> PyResult<()> {
        if let (Some(id), Some(d)) = (id, self.e.markers.get::<Dict>()) {
            d.remove_item(self.vm, &id)?;
        }
        Ok(())
    }

    fn other(&mut self, o: &Obj, level: usize) -> PyResult<()> {
        let id = self.mark(o)?;
        self.vm.check_stack(" while encoding a JSON object")?;
        let new = call::call1(self.vm, &self.e.default, o)?;
        self.value(&new, level)
            .map_err(|e| noted(self.vm, e, &format!("when serializing {} object", o.ty().tp_name())))?;
        self.unmark(id)
    }

    /// A new line with the indentation of a level.
    fn line(&mut self, level: usize) -> PyResult<()> {
        if self.e.indent.is_none() {
            return Ok(());
        }
        let Some(s) = self.e.indent.get::<Str>() else {
            let t = self.e.indent.ty().tp_name();
            return Err(error::type_error(format!("can only concatenate str (not \"{t}\") to str")));
        };
        self.out.ascii(b"\n");
        (0..level).for_each(|_| self.out.text(s));
        Ok(())
    }
    fn separate(&mut self, first: &mut bool, level: usize) -> PyResult<()> {
        if !std::mem::take(first) {
            self.out.text(self.e.item_separator.this::<Str>()?);
        }
        self.line(level)
    }

    fn list(&mut self, o: &Obj, level: usize) -> PyResult<()> {
        // A list may change while its items are written: it is read item by item.
        let live = o.get::<List>();
        let fixed = tuple::as_slice(o).unwrap_or_default();
        if live.map_or(fixed.len(), List::len) == 0 {
            self.out.ascii(b"[]");
            return Ok(());
        }
        let id = self.mark(o)?;
        self.out.ascii(b"[");
        let mut first = true;
        let mut i = 0;
        while let Some(x) = live.map_or_else(|| fixed.get(i).cloned(), |l| l.get(i)) {
            self.separate(&mut first, level + 1)?;
            self.value(&x, level + 1)
                .map_err(|e| noted(self.vm, e, &format!("when serializing {} item {i}", o.ty().tp_name())))?;
            i += 1;
        }
        self.unmark(id)?;
        self.line(level)?;
        self.out.ascii(b"]");
        Ok(())
    }

    fn items(&self, o: &Obj) -> PyResult<Vec<(Obj, Obj)>> {
        let items = ops::to_list(self.vm, &call::call_method_str(self.vm, o, "items", &[])?)?;
        if self.e.sort_keys {
            call::call_method_str(self.vm, items.obj(), "sort", &[])?;
        }
        items
            .to_vec()
            .into_iter()
            .map(|x| match tuple::as_slice(&x) {
                Some([k, v]) => Ok((k.clone(), v.clone())),
                _ => Err(error::value_error("items must return 2-tuples")),
            })
            .collect()
    }

    /// The str that stands for a key; None to skip it.
    fn key(&self, k: &Obj) -> PyResult<Option<Obj>> {
        let word = |s: &::std::primitive::str| Ok(Some(str::intern_str(s).into_obj()));
        if k.get::<Str>().is_some() {
            Ok(Some(k.clone()))
        } else if let Some(x) = float::as_float(k) {
            self.float_text(x, k).map(Some)
        } else if k.is_true_singleton() {
            word("true")
        } else if k.is(singletons::false_ref()) {
            word("false")
        } else if k.is_none() {
            word("null")
        } else if int::is_int(k) {
            self.base_repr(&types::INT, k).map(Some)
        } else if self.e.skipkeys {
            Ok(None)
        } else {
            let t = k.ty().tp_name();
            Err(error::type_error(format!("keys must be str, int, float, bool or None, not {t}")))
        }
    }

    /// One item of the dict `o`.
    fn item(&mut self, o: &Obj, k: &Obj, v: &Obj, first: &mut bool, level: usize) -> PyResult<()> {
        let Some(key) = self.key(k)? else { return Ok(()) };
        self.separate(first, level + 1)?;
        self.string(&key)?;
        self.out.text(self.e.key_separator.this::<Str>()?);
        if let Err(e) = self.value(v, level + 1) {
            let shown = ops::repr_string(self.vm, k)?;
            return Err(noted(self.vm, e, &format!("when serializing {} item {shown}", o.ty().tp_name())));
        }
        Ok(())
    }

    fn dict(&mut self, o: &Obj, level: usize) -> PyResult<()> {
        let d = o.this::<Dict>()?;
        if d.is_empty() {
            self.out.ascii(b"{}");
            return Ok(());
        }
        let id = self.mark(o)?;
        self.out.ascii(b"{");
        let mut first = true;
        if o.is_exact(&types::DICT) && !self.e.sort_keys {
            let mut at = 0;
            while let Some((k, v)) = d.next_entry(&mut at) {
                self.item(o, &k, &v, &mut first, level)?;
            }
        } else {
            for (k, v) in self.items(o)? {
                self.item(o, &k, &v, &mut first, level)?;
            }
        }
        self.unmark(id)?;
        if !first {
            self.line(level)?;
        }
        self.out.ascii(b"}");
        Ok(())
    }
}

macro_rules! field {
    ($name:ident) => {
        getter(stringify!($name), |_, o| Ok(o.this::<Encoder>()?.$name.clone()), stringify!($name))
    };
}
pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::call(encoder_call)],
    getset: &[
        field!(markers),
        field!(default),
        field!(encoder),
        field!(indent),
        field!(key_separator),
        field!(item_separator),
        getter("sort_keys", |_, o| Ok(singletons::bool_obj(o.this::<Encoder>()?.sort_keys)), "sort_keys"),
        getter("skipkeys", |_, o| Ok(singletons::bool_obj(o.this::<Encoder>()?.skipkeys)), "skipkeys"),
    ],
    doc: "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    ..TypeSpec::of(&ENCODER)
};
