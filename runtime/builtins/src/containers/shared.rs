//! What several containers share: reprs of item sequences, index arithmetic, constructor checks, reductions of iterators.

use adder_object::call::Args;
use adder_object::slots::{InitFn, NewFn};
use adder_object::{CompareOp, Obj, ObjExt, PyResult, Str, Type, Vm, attr, error, int, ops, singletons, str, tuple};

/// A repr under construction: ASCII text in one buffer, anything else as strs to be joined.
#[derive(Default)]
pub struct Parts {
    done: Vec<Obj>,
    ascii: String,
}

impl Parts {
    pub fn text(&mut self, s: &str) {
        if s.is_ascii() {
            self.ascii.push_str(s)
        } else {
            self.flush();
            self.done.push(str::from_str(s).into_obj());
        }
    }
    pub fn push(&mut self, s: Obj) {
        match s.get::<Str>().and_then(Str::as_ascii) {
            Some(text) => self.ascii.push_str(text),
            None => {
                self.flush();
                self.done.push(s);
            }
        }
    }
    /// The repr of an item; that of an immediate int needs no object.
    pub fn repr(&mut self, vm: &Vm, o: &Obj) -> PyResult<()> {
        match o.small_int() {
            Some(n) => self.ascii.push_str(&n.to_string()),
            None => self.push(ops::repr(vm, o)?),
        }
        Ok(())
    }
    fn flush(&mut self) {
        if !self.ascii.is_empty() {
            self.done.push(str::from_ascii(std::mem::take(&mut self.ascii).as_bytes()).into_obj());
        }
    }
    pub fn join(mut self) -> Obj {
        if self.done.is_empty() {
            return str::from_ascii(self.ascii.as_bytes()).into_obj();
        }
        self.flush();
        let parts: Vec<&Str> = self.done.iter().filter_map(|o| o.get::<Str>()).collect();
        str::concat_all(&parts).into_obj()
    }
}

/// `open` + reprs separated by ", " + `close`; `item(i)` gives the items one by one, since a repr may change the container.
pub fn repr_items(vm: &Vm, open: &str, close: &str, item: impl Fn(usize) -> Option<Obj>) -> PyResult {
    let mut parts = Parts::default();
    parts.text(open);
    let mut i = 0;
    while let Some(x) = item(i) {
        if i > 0 {
            parts.text(", ");
        }
        parts.repr(vm, &x)?;
        i += 1;
    }
    parts.text(close);
    Ok(parts.join())
}

/// Runs `f` unless the repr of `o` is under way already; `again` stands for the inner one.
pub fn guarded_repr(vm: &Vm, o: &Obj, again: &str, f: impl FnOnce() -> PyResult) -> PyResult {
    if !vm.repr_enter(o) {
        return Ok(str::from_str(again).into_obj());
    }
    let r = f();
    vm.repr_leave(o);
    r
}

/// A position argument of `index()` methods: clamped, negative ones counted from the end.
pub fn search_bound(vm: &Vm, o: &Obj, len: usize) -> PyResult<usize> {
    if !int::is_int(o) && o.ty().index().is_none() {
        return Err(error::type_error("slice indices must be integers or have an __index__ method"));
    }
    let i = ops::index_clamped(vm, o)?;
    Ok(if i < 0 { i.saturating_add(len as isize).max(0) } else { i } as usize)
}

/// Whether the type's constructor is the native one: then keyword arguments are refused.
pub fn has_native_new(o: &Obj, new: NewFn) -> bool {
    o.ty().new().is_some_and(|f| std::ptr::fn_addr_eq(f, new))
}
pub fn has_native_init(ty: &Type, init: InitFn) -> bool {
    ty.init().is_some_and(|f| std::ptr::fn_addr_eq(f, init))
}

/// The one optional argument of `list()`, `tuple()`, `set()`.
pub fn optional_argument<'a>(args: Args<'a>, name: &str) -> PyResult<Option<&'a Obj>> {
    adder_object::bind::check_positional(name, args.len(), 0, 1)?;
    Ok(args.positional().first())
}

/// A function of the builtins module, for pickling iterators.
pub fn builtin(vm: &Vm, name: &str) -> PyResult {
    let key = adder_object::str::intern_str(name).into_obj();
    let found = match vm.globals().and_then(|g| g.get_name(&adder_object::names().__builtins__)) {
        Some(b) if b.get::<adder_object::Module>().is_none() => match adder_object::ops::getitem(vm, &b, &key) {
            Err(e) if e.is(&adder_object::exceptions::KEY_ERROR) => None,
            r => Some(r?),
        },
        Some(b) => attr::lookup(vm, &b, &key)?,
        None => attr::lookup(vm, &vm.import("builtins")?, &key)?,
    };
    found.ok_or_else(|| adder_object::error::attribute_error_text(name))
}

/// `(iter, (seq,), index)`, or `(iter, (empty,))` for an exhausted iterator.
pub fn reduce_iterator(vm: &Vm, function: &str, seq: Option<Obj>, index: Option<i64>, empty: fn() -> Obj) -> PyResult {
    match (seq, index) {
        (Some(seq), Some(i)) => {
            Ok(tuple::from_array([builtin(vm, function)?, tuple::from_array([seq]), int::from_i64(i)]))
        }
        (Some(seq), None) => Ok(tuple::from_array([builtin(vm, function)?, tuple::from_array([seq])])),
        (None, _) => Ok(tuple::from_array([builtin(vm, "iter")?, tuple::from_array([empty()])])),
    }
}

/// Comparison of two sequences whose items are `at(i)`, the first `plain` of them known as equal; lengths are asked again, since
/// `__eq__` may change them.
pub fn compare_sequences(
    vm: &Vm,
    op: CompareOp,
    plain: usize,
    lens: impl Fn() -> (usize, usize),
    at: impl Fn(usize) -> Option<(Obj, Obj)>,
) -> PyResult {
    let (n, m) = lens();
    if n != m && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::bool_obj(op == CompareOp::Ne));
    }
    vm.check_stack(" in comparison")?;
    let mut i = plain;
    while let Some((x, y)) = at(i) {
        if !ops::key_equals(vm, &x, &y)? {
            if at(i).is_none() {
                // The comparison itself cut a sequence short: the lengths decide.
                break;
            }
            return match op {
                CompareOp::Eq => Ok(singletons::false_obj()),
                CompareOp::Ne => Ok(singletons::true_obj()),
                _ => ops::compare(vm, &x, &y, op),
            };
        }
        i += 1;
    }
    let (n, m) = lens();
    Ok(singletons::bool_obj(op.holds(n.cmp(&m))))
}
