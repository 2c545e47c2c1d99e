//! [`PyErr`], the exception in flight, and one constructor a common exception type.
//!
//! The texts of messages that several callers share are here, so that each is written once.

use crate::exceptions as exc;
use crate::exceptions::BaseException;
use crate::{Obj, ObjExt, StaticType, Type, singletons, str};

/// An exception on its way to a handler: owns the exception instance.
#[derive(Clone)]
pub struct PyErr(Obj);

pub type PyResult<T = Obj> = Result<T, PyErr>;

impl std::fmt::Debug for PyErr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PyErr({}: {:?})", self.0.ty().name(), self.message())
    }
}

impl PyErr {
    /// An exception of a built-in type with one str argument.
    #[cold]
    pub fn new(ty: &'static StaticType, message: impl AsRef<::std::primitive::str>) -> PyErr {
        PyErr::with_args(ty, vec![str::from_str(message.as_ref()).into_obj()])
    }
    /// An exception of a built-in type; `args` becomes `exc.args` and fills the type's own fields.
    #[cold]
    pub fn with_args(ty: &'static StaticType, args: Vec<Obj>) -> PyErr {
        PyErr(exc::make(ty, args))
    }
    /// Takes an exception instance; the caller checked that it is one.
    pub fn from_obj(e: Obj) -> PyErr {
        PyErr(e)
    }
    pub fn obj(&self) -> &Obj {
        &self.0
    }
    pub fn into_obj(self) -> Obj {
        self.0
    }
    pub fn is(&self, ty: &Type) -> bool {
        self.0.ty().is_subtype(ty)
    }
    #[inline]
    pub fn exception(&self) -> Option<&BaseException> {
        self.0.get::<BaseException>()
    }
    /// First argument as text, for diagnostics of the runtime itself.
    pub fn message(&self) -> String {
        self.exception()
            .and_then(|e| {
                crate::tuple::to_vec(&e.args()).first().and_then(|a| a.get::<crate::Str>().map(|s| s.to_string_lossy()))
            })
            .unwrap_or_default()
    }
    /// Sets `__cause__` (and so suppresses the context).
    pub fn with_cause(self, cause: PyErr) -> PyErr {
        if let Some(e) = self.exception() {
            e.cause.set(cause.0.clone());
            e.suppress_context.set(true);
            e.context.set(cause.0);
        }
        self
    }
}

macro_rules! constructors {
    ($($f:ident $t:ident;)*) => { $(
        #[cold]
        pub fn $f(message: impl AsRef<::std::primitive::str>) -> PyErr { PyErr::new(&exc::$t, message) }
    )* };
}
constructors! {
    type_error TYPE_ERROR; value_error VALUE_ERROR; index_error INDEX_ERROR; attribute_error_text ATTRIBUTE_ERROR;
    overflow_error OVERFLOW_ERROR; zero_division_error ZERO_DIVISION_ERROR; runtime_error RUNTIME_ERROR;
    not_implemented_error NOT_IMPLEMENTED_ERROR; memory_error MEMORY_ERROR; system_error SYSTEM_ERROR;
    recursion_error RECURSION_ERROR; lookup_error LOOKUP_ERROR; buffer_error BUFFER_ERROR; assertion_error ASSERTION_ERROR;
    arithmetic_error ARITHMETIC_ERROR; floating_point_error FLOATING_POINT_ERROR; unbound_local_error UNBOUND_LOCAL_ERROR;
    eof_error EOF_ERROR; reference_error REFERENCE_ERROR; os_error_text OS_ERROR;
}

/// Adds a line to `__notes__`.
#[cold]
pub fn with_note(e: PyErr, note: &::std::primitive::str) -> PyErr {
    if crate::Vm::has_current() {
        let notes = crate::List::new(vec![str::from_str(note).into_obj()]).into_obj();
        // An exception that refuses the attribute keeps its message; the note is only a help.
        let _ = crate::attr::set(crate::Vm::current(), e.obj(), &crate::names().__notes__, &notes);
    }
    e
}
/// KeyError with the key itself as argument.
#[cold]
pub fn key_error(key: &Obj) -> PyErr {
    PyErr::with_args(&exc::KEY_ERROR, vec![key.clone()])
}
#[cold]
pub fn stop_iteration(value: Obj) -> PyErr {
    PyErr::with_args(&exc::STOP_ITERATION, if value.is_none() { vec![] } else { vec![value] })
}
/// MemoryError without a message, as CPython raises it.
#[cold]
pub fn no_memory() -> PyErr {
    PyErr::with_args(&exc::MEMORY_ERROR, vec![])
}
/// The error of hashing a key of a dict or an element of a set: TypeErrors name the use.
#[cold]
pub fn unhashable(e: PyErr, key: &Obj, role: &::std::primitive::str) -> PyErr {
    if !e.obj().is_exact(&exc::TYPE_ERROR) {
        return e;
    }
    let text =
        if crate::Vm::has_current() { crate::ops::str_lossy(crate::Vm::current(), e.obj()) } else { e.message() };
    type_error(format!("cannot use '{}' as {role} ({text})", key.ty().tp_name()))
}
/// NameError that knows the name (for suggestions).
#[cold]
pub fn name_error(name: &Obj, message: &::std::primitive::str) -> PyErr {
    let e = PyErr::new(&exc::NAME_ERROR, message);
    if let Some(b) = e.exception() {
        b.set_field(0, name.clone());
    }
    e
}
/// AttributeError that knows object and name (for suggestions).
#[cold]
pub fn attribute_error(obj: &Obj, name: &Obj, message: &::std::primitive::str) -> PyErr {
    let e = PyErr::new(&exc::ATTRIBUTE_ERROR, message);
    if let Some(b) = e.exception() {
        b.set_field(0, name.clone());
        b.set_field(1, obj.clone());
    }
    e
}
/// The AttributeError of a plain missing attribute.
#[cold]
pub fn no_attribute(obj: &Obj, name: &Obj) -> PyErr {
    let text = name.get::<crate::Str>().map(|s| s.to_string_lossy()).unwrap_or_default();
    let message = match obj.get::<Type>() {
        Some(t) => format!("type object '{}' has no attribute '{text}'", t.name()),
        None => match obj.get::<crate::Module>() {
            Some(m) => return m.missing_attribute(obj, name),
            None => format!("'{}' object has no attribute '{text}'", obj.ty().tp_name()),
        },
    };
    attribute_error(obj, name, &message)
}
/// OSError of an errno, with its subclass (FileNotFoundError, ...) and up to two file names.
#[cold]
pub fn os_error(errno: i32, filename: Option<Obj>, filename2: Option<Obj>) -> PyErr {
    let text = errno_text(errno);
    let mut args = vec![Obj::int_unchecked(errno as i64), str::from_str(&text).into_obj()];
    if let Some(f) = filename {
        args.push(f);
        if let Some(g) = filename2 {
            args.push(singletons::none());
            args.push(g);
        }
    }
    PyErr::with_args(exc::os_error_type(errno), args)
}
/// strerror without Rust's suffix.
pub fn errno_text(errno: i32) -> String {
    let s = std::io::Error::from_raw_os_error(errno).to_string();
    s.split(" (os error").next().unwrap_or("").to_owned()
}
#[cold]
pub fn io_error(e: &std::io::Error, filename: Option<Obj>) -> PyErr {
    match e.raw_os_error() {
        Some(n) => os_error(n, filename, None),
        None => PyErr::new(&exc::OS_ERROR, e.to_string()),
    }
}
#[cold]
pub fn import_error(
    ty: &'static StaticType,
    message: &::std::primitive::str,
    name: Option<Obj>,
    path: Option<Obj>,
) -> PyErr {
    let e = PyErr::new(ty, message);
    if let Some(b) = e.exception() {
        b.set_field(exc::IMPORT_NAME, name.unwrap_or_else(singletons::none));
        b.set_field(exc::IMPORT_PATH, path.unwrap_or_else(singletons::none));
    }
    e
}
