//! Declarations of native types and functions as plain tables, and `ready`, which turns a declaration into a live type.
//!
//! A method's text signature is its declaration: name, arity, defaults, keyword names (see bind.rs).

use crate::bind::{Bound, Places, Signature, check_positional};
use crate::call::Args;
use crate::descr;
use crate::slots::{BinaryFn, CallFn, SlotInit, UnaryFn};
use crate::typeobj::{StaticType, Type};
use crate::{Obj, ObjExt, PyResult, Vm, error, slotdefs, str, types};
use adder_mem::header::TypeFlags;
use adder_mem::heap::Global;

/// How a native function takes its arguments. The first `&Obj` is `self` (the class for class methods, the module for functions).
#[derive(Clone, Copy)]
pub enum Native {
    NoArgs(UnaryFn),
    One(BinaryFn),
    /// Positional only, between the two counts.
    Pos(usize, usize, fn(&Vm, &Obj, &[Obj]) -> PyResult),
    /// Bound to the signature's parameters.
    Bound(fn(&Vm, &Obj, &Bound<'_>) -> PyResult),
    /// Anything: the function looks at the arguments itself.
    Raw(CallFn),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    Instance,
    Class,
    Static,
}

pub struct MethodDef {
    /// `"name($self, a, b=None, /)"`; only the name where CPython gives no signature.
    pub sig: &'static str,
    pub doc: &'static str,
    pub f: Native,
    pub binding: Binding,
    /// Of `sig`, so that a call by position looks no signature up.
    places: Places,
}

impl MethodDef {
    const fn new(sig: &'static str, f: Native, doc: &'static str, binding: Binding) -> MethodDef {
        MethodDef { sig, doc, f, binding, places: Places::of(sig) }
    }
}
pub const fn method(sig: &'static str, f: Native, doc: &'static str) -> MethodDef {
    MethodDef::new(sig, f, doc, Binding::Instance)
}
pub const fn class_method(sig: &'static str, f: Native, doc: &'static str) -> MethodDef {
    MethodDef::new(sig, f, doc, Binding::Class)
}
pub const fn static_method(sig: &'static str, f: Native, doc: &'static str) -> MethodDef {
    MethodDef::new(sig, f, doc, Binding::Static)
}

/// Parsed signatures by the address of their text: a table beside the definitions, which are plain constants.
/// Open addressing, a power of two of places, at most half of them taken.
struct Signatures {
    places: Vec<(usize, Option<&'static Signature>)>,
    taken: usize,
}
static SIGNATURES: Global<Signatures> = Global::new(Signatures { places: Vec::new(), taken: 0 });

impl Signatures {
    #[inline]
    fn place(&self, key: usize) -> usize {
        let mask = self.places.len().wrapping_sub(1);
        let mut i = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        while self.places.get(i & mask).is_some_and(|&(k, _)| k != key && k != 0) {
            i += 1;
        }
        i & mask
    }
    #[cold]
    fn add(&mut self, key: usize, text: &'static str) -> &'static Signature {
        let parsed: &'static Signature = Box::leak(Box::new(Signature::parse(text)));
        #[cfg(debug_assertions)]
        assert!(Places::of(text).agree(parsed), "{text}");
        if (self.taken + 1) * 2 > self.places.len() {
            let size = (self.places.len() * 2).max(256);
            let old = std::mem::replace(&mut self.places, vec![(0, None); size]);
            for entry in old.into_iter().filter(|e| e.0 != 0) {
                let i = self.place(entry.0);
                self.places[i] = entry;
            }
        }
        let i = self.place(key);
        self.places[i] = (key, Some(parsed));
        self.taken += 1;
        parsed
    }
}

/// The parsed signature of a text of the program's.
pub fn signature_of(text: &'static str) -> &'static Signature {
    let key = text.as_ptr() as usize;
    let table = SIGNATURES.get();
    match table.places.get(table.place(key)) {
        Some((_, Some(parsed))) => parsed,
        _ => table.add(key, text),
    }
}

impl MethodDef {
    pub fn name(&self) -> &'static str {
        self.sig.split('(').next().unwrap_or(self.sig)
    }
    pub fn signature(&self) -> &'static Signature {
        signature_of(self.sig)
    }
    pub fn text_signature(&self) -> Option<&'static str> {
        Signature::text(self.sig)
    }

    /// Calls the function with `this` as self; `owner` names the type in arity errors.
    #[inline]
    pub fn call(&self, vm: &Vm, this: &Obj, args: Args<'_>, owner: Option<&Type>) -> PyResult {
        match self.f {
            Native::NoArgs(f) if args.is_empty() => f(vm, this),
            Native::One(f) if args.len() == 1 && !args.has_keywords() => f(vm, this, &args.positional()[0]),
            Native::Pos(min, max, f) => {
                if args.has_keywords() {
                    return Err(self.arity_error(this, args, owner));
                }
                if args.len() < min || args.len() > max {
                    check_positional(self.name(), args.len(), min, max)?;
                }
                f(vm, this, args.positional())
            }
            Native::Bound(f) if self.places.fit(args) => f(vm, this, &Bound::given(args.positional())),
            Native::Bound(f) => f(vm, this, &self.signature().bind(args)?),
            Native::Raw(f) => f(vm, this, args),
            _ => Err(self.arity_error(this, args, owner)),
        }
    }

    #[cold]
    fn arity_error(&self, this: &Obj, args: Args<'_>, owner: Option<&Type>) -> crate::PyErr {
        let module = || this.get::<crate::Module>().and_then(|_| crate::module::dict(this).get_str("__name__"));
        let name = match (owner, module().map(|m| crate::ops::text(&m))) {
            (Some(t), _) => format!("{}.{}", t.name(), self.name()),
            (None, Some(m)) if m != "builtins" => format!("{m}.{}", self.name()),
            (None, _) => self.name().to_owned(),
        };
        let n = args.len();
        error::type_error(match self.f {
            _ if args.has_keywords() => format!("{name}() takes no keyword arguments"),
            Native::NoArgs(_) => format!("{name}() takes no arguments ({n} given)"),
            _ => format!("{name}() takes exactly one argument ({n} given)"),
        })
    }
}

pub type GetFn = UnaryFn;
pub type SetFn = fn(&Vm, &Obj, Option<&Obj>) -> PyResult<()>;

/// A computed attribute; without a setter it is read-only.
pub struct GetSetDef {
    pub name: &'static str,
    pub get: GetFn,
    pub set: Option<SetFn>,
    pub doc: &'static str,
    /// Offset in the object of the word that is the attribute, 0 when there is none; see [`word`].
    pub word: u32,
}
pub const fn getter(name: &'static str, get: GetFn, doc: &'static str) -> GetSetDef {
    GetSetDef { name, get, set: None, doc, word: 0 }
}
/// A computed attribute that stands for a field of C: its refusal to be set reads differently.
pub const fn member(name: &'static str, get: GetFn, doc: &'static str) -> GetSetDef {
    GetSetDef { name, get, set: Some(readonly), doc, word: 0 }
}
pub fn readonly(_: &Vm, _: &Obj, _: Option<&Obj>) -> PyResult<()> {
    Err(error::attribute_error_text("readonly attribute"))
}
pub const fn getset(name: &'static str, get: GetFn, set: SetFn, doc: &'static str) -> GetSetDef {
    GetSetDef { name, get, set: Some(set), doc, word: 0 }
}
/// An attribute that is an `ObjCell` of the payload, at `offset` there: any value may be stored, and one that is found there is the
/// attribute's, so that neither needs a call. The functions stand for an empty cell, for deletion, and for all other ways.
pub const fn word(name: &'static str, get: GetFn, set: SetFn, offset: usize) -> GetSetDef {
    GetSetDef { word: (crate::handle::PAYLOAD + offset) as u32, ..getset(name, get, set, "") }
}

/// A class attribute: its name and what makes its value.
pub type Attr = (&'static str, fn() -> Obj);

/// Everything that makes a static type what it is.
pub struct TypeSpec {
    pub ty: &'static StaticType,
    /// None for `object`.
    pub base: Option<&'static StaticType>,
    pub slots: &'static [SlotInit],
    pub methods: &'static [MethodDef],
    pub getset: &'static [GetSetDef],
    /// Class attributes that are not methods, made when the type becomes ready.
    pub attrs: &'static [Attr],
    pub doc: &'static str,
}

impl TypeSpec {
    /// A spec with nothing in it, for struct update syntax: `TypeSpec { slots: &[..], ..TypeSpec::of(&LIST) }`.
    pub const fn of(ty: &'static StaticType) -> TypeSpec {
        TypeSpec { ty, base: Some(&types::OBJECT), slots: &[], methods: &[], getset: &[], attrs: &[], doc: "" }
    }
}

/// Makes the type usable: base, MRO, dict with descriptors, inherited slots. Idempotent.
pub fn ready(spec: &'static TypeSpec) {
    let ty: &'static Type = spec.ty;
    if ty.has(TypeFlags::READY) {
        return;
    }
    ty.spec.set(Some(spec));
    let base: Option<&'static Type> = spec.base.map(|b| &**b);
    ty.base.set(base);
    let mut mro = vec![ty];
    if let Some(b) = base {
        if !b.has(TypeFlags::READY) {
            match b.spec.get() {
                Some(s) => ready(s),
                None => debug_assert!(false, "base {} of {} has no spec", b.name(), ty.name()),
            }
        }
        mro.extend(b.mro_types());
        b.subclasses.borrow_mut().push(ty);
        ty.bases.set(crate::tuple::new(vec![b.to_obj()]));
        inherit_memory(ty, b);
    } else {
        ty.bases.set(crate::tuple::new(vec![]));
    }
    ty.set_mro(mro);
    let own_payload = base.is_none_or(|b| b.head.basicsize.get() != ty.head.basicsize.get() || b.solid.get().is_none());
    ty.solid.set(if own_payload { Some(ty) } else { base.and_then(|b| b.solid.get()) });
    let (root, dict) = crate::shape::new_roots(ty);
    ty.head.root_shape.set(root);
    ty.head.dict_shape.set(dict);
    for s in spec.slots {
        ty.slots.set_raw(s.id, s.f);
    }
    fill_dict(ty, spec);
    slotdefs::add_wrappers(ty);
    if let Some(b) = base {
        let makes_own = ty.new().is_some();
        slotdefs::inherit_slots(ty, b);
        // The base's `__new__` would leave this type's larger payload unwritten.
        if !makes_own && ty.head.basicsize.get() != b.head.basicsize.get() {
            ty.slots.set_raw(crate::slots::SlotId::NEW, std::ptr::null());
        }
    }
    // A type that compares and does not say how to hash cannot be hashed, nor can classes derived from it.
    let own = |id: crate::slots::SlotId| spec.slots.iter().any(|s| s.id == id);
    if own(crate::slots::SlotId::RICHCOMPARE)
        && !own(crate::slots::SlotId::HASH)
        && ty.dict().get_str("__hash__").is_none()
    {
        ty.dict().set_str("__hash__", crate::singletons::none());
    }
    if ty.finalize().is_some() {
        ty.set_flag(TypeFlags::HAS_FINALIZER);
        ty.head.finalize.set(Some(slotdefs::run_finalizer));
    }
    ty.set_flag(TypeFlags::READY);
}

/// Subclass flags and the prefix come from the base.
fn inherit_memory(ty: &Type, base: &Type) {
    const INHERITED: u64 = TypeFlags::INT_SUBCLASS
        | TypeFlags::LIST_SUBCLASS
        | TypeFlags::TUPLE_SUBCLASS
        | TypeFlags::BYTES_SUBCLASS
        | TypeFlags::STR_SUBCLASS
        | TypeFlags::DICT_SUBCLASS
        | TypeFlags::EXC_SUBCLASS
        | TypeFlags::EXC_FIELDS
        | TypeFlags::TYPE_SUBCLASS
        | TypeFlags::FLOAT_SUBCLASS
        | TypeFlags::SET_SUBCLASS
        | TypeFlags::VAR_SIZED
        | TypeFlags::SEQUENCE
        | TypeFlags::MAPPING
        | TypeFlags::MATCH_SELF
        | TypeFlags::MANAGED_DICT
        | TypeFlags::MANAGED_WEAKREF
        | TypeFlags::PREFIX
        | TypeFlags::GC;
    ty.set_flag(base.head.flags.get() & INHERITED);
    if ty.head.traverse.get().is_none() {
        ty.head.traverse.set(base.head.traverse.get());
        ty.head.clear.set(base.head.clear.get());
    }
}

fn fill_dict(ty: &'static Type, spec: &'static TypeSpec) {
    let dict = ty.dict();
    for def in spec.methods {
        let name = str::intern_str(def.name());
        dict.set_name(name.obj(), descr::method_object(ty, def));
    }
    for def in spec.getset {
        dict.set_str(def.name, descr::getset_object(ty, def));
    }
    for (name, make) in spec.attrs {
        dict.set_str(name, make());
    }
    if dict.get_str("__doc__").is_some() {
        return;
    }
    let doc =
        if spec.doc.is_empty() { crate::singletons::none() } else { str::from_str(doc_body(spec.doc)).into_obj() };
    dict.set_str("__doc__", doc);
}

/// A type's doc without a leading signature part (as CPython splits `name(...)\n--\n\n`).
pub fn doc_body(doc: &str) -> &str {
    doc.split_once("\n--\n\n").map_or(doc, |(_, body)| body)
}

/// Fills a module with what is computed.
pub type ModuleInit = fn(&Vm, &crate::Ref<crate::Module>) -> PyResult<()>;

/// Declaration of a native module.
pub struct ModuleSpec {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [MethodDef],
    /// Types that become attributes of the module (readied first).
    pub types: &'static [&'static TypeSpec],
    /// Constants and everything computed.
    pub init: Option<ModuleInit>,
}

impl ModuleSpec {
    pub const fn new(name: &'static str) -> ModuleSpec {
        ModuleSpec { name, doc: "", functions: &[], types: &[], init: None }
    }
}
