//! The exception types and their one payload: args, traceback, chain, and the fields that particular types add.
//!
//! CPython: Objects/exceptions.c. The methods are in builtins::exceptions; here are layout, hierarchy, construction.

use crate::typeobj::{StaticType, Type};
use crate::{Obj, ObjExt, Ref, tuple};
use adder_mem::header::TypeFlags as F;
use adder_mem::{ObjCell, Trace, Visit};
use std::cell::{Cell, RefCell};

pub struct BaseException {
    args: ObjCell,
    pub traceback: ObjCell,
    pub context: ObjCell,
    pub cause: ObjCell,
    pub suppress_context: Cell<bool>,
    /// Fields of OSError, SyntaxError, ImportError, ... in the order of [`FIELDS`].
    fields: RefCell<Vec<Option<Obj>>>,
}

impl Trace for BaseException {
    fn trace(&self, visit: &mut Visit<'_>) {
        for c in [&self.args, &self.traceback, &self.context, &self.cause] {
            c.trace(visit)
        }
        self.fields.trace(visit)
    }
    fn clear(&self) {
        for c in [&self.args, &self.traceback, &self.context, &self.cause] {
            c.clear()
        }
        self.fields.clear()
    }
}

impl BaseException {
    /// With this tuple of arguments.
    pub fn new(args: Obj) -> BaseException {
        BaseException {
            args: ObjCell::new(args),
            traceback: ObjCell::empty(),
            context: ObjCell::empty(),
            cause: ObjCell::empty(),
            suppress_context: Cell::new(false),
            fields: RefCell::default(),
        }
    }
    pub fn args(&self) -> Obj {
        self.args.get().unwrap_or_else(|| tuple::new(vec![]))
    }
    pub fn set_args(&self, args: Obj) {
        self.args.set(args)
    }
    pub fn field(&self, i: usize) -> Option<Obj> {
        self.fields.borrow().get(i).cloned().flatten()
    }
    pub fn set_field(&self, i: usize, value: Obj) {
        self.set_field_option(i, Some(value))
    }
    pub fn set_field_option(&self, i: usize, value: Option<Obj>) {
        let mut fields = self.fields.borrow_mut();
        if fields.len() <= i {
            fields.resize(i + 1, None);
        }
        let old = std::mem::replace(&mut fields[i], value);
        drop(fields);
        drop(old);
    }
}
crate::payload!(BaseException, BASE_EXCEPTION, adder_mem::header::TypeFlags::EXC_SUBCLASS);

macro_rules! exceptions {
    ($($id:ident $name:literal $base:ident [$($field:literal)*] $doc:literal;)*) => {
        $(pub static $id: StaticType = StaticType::new::<BaseException>(
            $name, F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS | own_fields(&[$($field),*]));)*
        /// Each type with its base, the names of the fields it adds (inherited ones come first, by the base's row) and its doc.
        pub static TABLE: &[(&StaticType, &StaticType, &[&str], &str)] = &[$((&$id, &$base, &[$($field),*], $doc)),*];
    };
}
use crate::types::OBJECT;
const fn own_fields(names: &[&str]) -> u64 {
    if names.is_empty() { 0 } else { F::EXC_FIELDS }
}

exceptions! {
    BASE_EXCEPTION "BaseException" OBJECT [] "Common base class for all exceptions.";
    BASE_EXCEPTION_GROUP "BaseExceptionGroup" BASE_EXCEPTION ["message" "exceptions"] "A combination of multiple unrelated exceptions.";
    GENERATOR_EXIT "GeneratorExit" BASE_EXCEPTION [] "Request that a generator exit.";
    KEYBOARD_INTERRUPT "KeyboardInterrupt" BASE_EXCEPTION [] "Program interrupted by user.";
    SYSTEM_EXIT "SystemExit" BASE_EXCEPTION ["code"] "Request to exit from the interpreter.";
    EXCEPTION "Exception" BASE_EXCEPTION [] "Common base class for all non-exit exceptions.";
    ARITHMETIC_ERROR "ArithmeticError" EXCEPTION [] "Base class for arithmetic errors.";
    FLOATING_POINT_ERROR "FloatingPointError" ARITHMETIC_ERROR [] "Floating-point operation failed.";
    OVERFLOW_ERROR "OverflowError" ARITHMETIC_ERROR [] "Result too large to be represented.";
    ZERO_DIVISION_ERROR "ZeroDivisionError" ARITHMETIC_ERROR [] "Second argument to a division or modulo operation was zero.";
    ASSERTION_ERROR "AssertionError" EXCEPTION [] "Assertion failed.";
    ATTRIBUTE_ERROR "AttributeError" EXCEPTION ["name" "obj"] "Attribute not found.";
    BUFFER_ERROR "BufferError" EXCEPTION [] "Buffer error.";
    EOF_ERROR "EOFError" EXCEPTION [] "Read beyond end of file.";
    IMPORT_ERROR "ImportError" EXCEPTION ["msg" "name" "path" "name_from"] "Import can't find module, or can't find name in module.";
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" IMPORT_ERROR [] "Module not found.";
    LOOKUP_ERROR "LookupError" EXCEPTION [] "Base class for lookup errors.";
    INDEX_ERROR "IndexError" LOOKUP_ERROR [] "Sequence index out of range.";
    KEY_ERROR "KeyError" LOOKUP_ERROR [] "Mapping key not found.";
    MEMORY_ERROR "MemoryError" EXCEPTION [] "Out of memory.";
    NAME_ERROR "NameError" EXCEPTION ["name"] "Name not found globally.";
    UNBOUND_LOCAL_ERROR "UnboundLocalError" NAME_ERROR [] "Local name referenced but not bound to a value.";
    OS_ERROR "OSError" EXCEPTION ["errno" "strerror" "filename" "filename2" "characters_written"] "Base class for I/O related errors.";
    BLOCKING_IO_ERROR "BlockingIOError" OS_ERROR [] "I/O operation would block.";
    CHILD_PROCESS_ERROR "ChildProcessError" OS_ERROR [] "Child process error.";
    CONNECTION_ERROR "ConnectionError" OS_ERROR [] "Connection error.";
    BROKEN_PIPE_ERROR "BrokenPipeError" CONNECTION_ERROR [] "Broken pipe.";
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" CONNECTION_ERROR [] "Connection aborted.";
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" CONNECTION_ERROR [] "Connection refused.";
    CONNECTION_RESET_ERROR "ConnectionResetError" CONNECTION_ERROR [] "Connection reset.";
    FILE_EXISTS_ERROR "FileExistsError" OS_ERROR [] "File already exists.";
    FILE_NOT_FOUND_ERROR "FileNotFoundError" OS_ERROR [] "File not found.";
    INTERRUPTED_ERROR "InterruptedError" OS_ERROR [] "Interrupted by signal.";
    IS_A_DIRECTORY_ERROR "IsADirectoryError" OS_ERROR [] "Operation doesn't work on directories.";
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" OS_ERROR [] "Operation only works on directories.";
    PERMISSION_ERROR "PermissionError" OS_ERROR [] "Not enough permissions.";
    PROCESS_LOOKUP_ERROR "ProcessLookupError" OS_ERROR [] "Process not found.";
    TIMEOUT_ERROR "TimeoutError" OS_ERROR [] "Timeout expired.";
    REFERENCE_ERROR "ReferenceError" EXCEPTION [] "Weak ref proxy used after referent went away.";
    RUNTIME_ERROR "RuntimeError" EXCEPTION [] "Unspecified run-time error.";
    NOT_IMPLEMENTED_ERROR "NotImplementedError" RUNTIME_ERROR [] "Method or function hasn't been implemented yet.";
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError" RUNTIME_ERROR [] "Operation blocked during Python finalization.";
    RECURSION_ERROR "RecursionError" RUNTIME_ERROR [] "Recursion limit exceeded.";
    STOP_ASYNC_ITERATION "StopAsyncIteration" EXCEPTION [] "Signal the end from iterator.__anext__().";
    STOP_ITERATION "StopIteration" EXCEPTION ["value"] "Signal the end from iterator.__next__().";
    SYNTAX_ERROR "SyntaxError" EXCEPTION ["msg" "filename" "lineno" "offset" "text" "end_lineno" "end_offset" "print_file_and_line" "_metadata"] "Invalid syntax.";
    INCOMPLETE_INPUT_ERROR "_IncompleteInputError" SYNTAX_ERROR [] "incomplete input.";
    INDENTATION_ERROR "IndentationError" SYNTAX_ERROR [] "Improper indentation.";
    TAB_ERROR "TabError" INDENTATION_ERROR [] "Improper mixture of spaces and tabs.";
    SYSTEM_ERROR "SystemError" EXCEPTION [] "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    TYPE_ERROR "TypeError" EXCEPTION [] "Inappropriate argument type.";
    VALUE_ERROR "ValueError" EXCEPTION [] "Inappropriate argument value (of correct type).";
    UNICODE_ERROR "UnicodeError" VALUE_ERROR [] "Unicode related error.";
    UNICODE_DECODE_ERROR "UnicodeDecodeError" UNICODE_ERROR ["encoding" "object" "start" "end" "reason"] "Unicode decoding error.";
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" UNICODE_ERROR ["encoding" "object" "start" "end" "reason"] "Unicode encoding error.";
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" UNICODE_ERROR ["encoding" "object" "start" "end" "reason"] "Unicode translation error.";
    WARNING "Warning" EXCEPTION [] "Base class for warning categories.";
    BYTES_WARNING "BytesWarning" WARNING [] "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    DEPRECATION_WARNING "DeprecationWarning" WARNING [] "Base class for warnings about deprecated features.";
    ENCODING_WARNING "EncodingWarning" WARNING [] "Base class for warnings about encodings.";
    FUTURE_WARNING "FutureWarning" WARNING [] "Base class for warnings about constructs that will change semantically\nin the future.";
    IMPORT_WARNING "ImportWarning" WARNING [] "Base class for warnings about probable mistakes in module imports";
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" WARNING [] "Base class for warnings about features which will be deprecated\nin the future.";
    RESOURCE_WARNING "ResourceWarning" WARNING [] "Base class for warnings about resource usage.";
    RUNTIME_WARNING "RuntimeWarning" WARNING [] "Base class for warnings about dubious runtime behavior.";
    SYNTAX_WARNING "SyntaxWarning" WARNING [] "Base class for warnings about dubious syntax.";
    UNICODE_WARNING "UnicodeWarning" WARNING [] "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    USER_WARNING "UserWarning" WARNING [] "Base class for warnings generated by user code.";
}

/// Positions of ImportError's fields.
pub const IMPORT_MSG: usize = 0;
pub const IMPORT_NAME: usize = 1;
pub const IMPORT_PATH: usize = 2;
pub const IMPORT_NAME_FROM: usize = 3;
/// Positions of SyntaxError's fields: msg, filename, lineno, offset, text, end_lineno, end_offset.
pub const SYNTAX_MSG: usize = 0;

/// The type for an errno: OSError or the subclass CPython maps it to (Linux numbers).
pub fn os_error_type(errno: i32) -> &'static StaticType {
    match errno {
        11 | 114 | 115 => &BLOCKING_IO_ERROR,
        10 => &CHILD_PROCESS_ERROR,
        32 | 108 => &BROKEN_PIPE_ERROR,
        103 => &CONNECTION_ABORTED_ERROR,
        111 => &CONNECTION_REFUSED_ERROR,
        104 => &CONNECTION_RESET_ERROR,
        17 => &FILE_EXISTS_ERROR,
        2 => &FILE_NOT_FOUND_ERROR,
        4 => &INTERRUPTED_ERROR,
        21 => &IS_A_DIRECTORY_ERROR,
        20 => &NOT_A_DIRECTORY_ERROR,
        1 | 13 => &PERMISSION_ERROR,
        3 => &PROCESS_LOOKUP_ERROR,
        110 => &TIMEOUT_ERROR,
        _ => &OS_ERROR,
    }
}

/// An exception instance of a built-in type, its fields filled from `args` as the type's `__init__` would.
pub fn make(ty: &'static StaticType, args: Vec<Obj>) -> Obj {
    let args = tuple::new(args);
    if !ty.has(F::EXC_FIELDS) {
        return Ref::with_type(ty, BaseException::new(args)).into_obj();
    }
    let e = Ref::with_type(ty, BaseException::new(args.clone()));
    fill_fields(ty, &e, tuple::as_slice(&args).unwrap_or(&[]));
    e.into_obj()
}

/// Fills the fields that positional arguments determine.
pub fn fill_fields(ty: &Type, e: &BaseException, args: &[Obj]) {
    if ty.is_subtype(&STOP_ITERATION) {
        e.set_field_option(0, args.first().cloned());
    } else if ty.is_subtype(&SYSTEM_EXIT) {
        match args {
            [] => {}
            [code] => e.set_field(0, code.clone()),
            _ => e.set_field(0, tuple::from_slice(args)),
        }
    } else if ty.is_subtype(&OS_ERROR) {
        fill_os_error(e, args);
    } else if ty.is_subtype(&IMPORT_ERROR) {
        if let [msg] = args {
            e.set_field(IMPORT_MSG, msg.clone());
        }
    } else if ty.is_subtype(&SYNTAX_ERROR) {
        if let Some(msg) = args.first() {
            e.set_field(SYNTAX_MSG, msg.clone());
        }
        if let [_, info] = args {
            for (i, v) in tuple::to_vec(info).into_iter().enumerate().take(8) {
                e.set_field(if i < 6 { i + 1 } else { 8 }, v);
            }
        }
    } else if ty.is_subtype(&UNICODE_DECODE_ERROR) || ty.is_subtype(&UNICODE_ENCODE_ERROR) {
        args.iter().enumerate().take(5).for_each(|(i, a)| e.set_field(i, a.clone()));
    } else if ty.is_subtype(&UNICODE_TRANSLATE_ERROR) {
        args.iter().enumerate().take(4).for_each(|(i, a)| e.set_field(i + 1, a.clone()));
    }
}

/// `OSError(errno, strerror[, filename[, winerror[, filename2]]])`.
fn fill_os_error(e: &BaseException, args: &[Obj]) {
    if !(2..=5).contains(&args.len()) {
        return;
    }
    e.set_field(0, args[0].clone());
    e.set_field(1, args[1].clone());
    if let Some(f) = args.get(2).filter(|f| !f.is_none()) {
        e.set_field(2, f.clone());
        if let Some(g) = args.get(4).filter(|g| !g.is_none()) {
            e.set_field(3, g.clone());
        }
        e.set_args(tuple::from_slice(&args[..2]));
    }
}
