//! The one table of runtime helpers that compiled code calls.
//!
//! Invariants: HELP-1: a helper takes the thread, the frame and words; it borrows its arguments unless its row says otherwise, and
//! owns what it returns. A fallible one returns the sentinel of its result kind with the error in `native::PENDING`. HELP-2: a row
//! marked OBSERVES may run Python code or look at frames: its caller has brought the frame up to date.

pub mod containers;
pub mod numbers;
pub mod objects;
pub mod plain;
pub mod running;
pub mod walks;

use adder_interp::frame::Frame;
use adder_object::Vm;

/// What a helper's result word means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Returns {
    /// An owned value; 0 is an error.
    Word,
    /// 1, or 0 for an error.
    Status,
    /// 0 or 1; 2 is an error.
    Truth,
    /// An owned value, [`NO_WORD`] at the end of the iteration, 0 for an error.
    Next,
    /// Any word; never an error.
    Plain,
}

/// No value is this word: the end of an iteration, or of what was resumed; a question that only the interpreter can answer.
pub const NO_WORD: u64 = 4;

/// May run Python code, or look at frames.
pub const OBSERVES: u8 = 1;
/// Writes nothing that compiled code has read.
pub const QUIET: u8 = 2;

macro_rules! helpers {
    ($($(#[doc = $doc:literal])* $name:ident = $path:path, $args:literal, $returns:ident, $flags:expr;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Helper { $($(#[doc = $doc])* $name,)* }
        impl Helper {
            pub const ALL: &'static [Helper] = &[$(Helper::$name),*];
            pub fn name(self) -> &'static str { match self { $(Helper::$name => concat!("adder_", stringify!($name)),)* } }
            pub fn address(self) -> *const u8 { match self { $(Helper::$name => $path as *const u8,)* } }
            /// Words after thread and frame.
            pub fn args(self) -> usize { match self { $(Helper::$name => $args,)* } }
            pub fn returns(self) -> Returns { match self { $(Helper::$name => Returns::$returns,)* } }
            pub fn observes(self) -> bool { match self { $(Helper::$name => $flags & OBSERVES != 0,)* } }
            pub fn is_quiet(self) -> bool { match self { $(Helper::$name => $flags & QUIET != 0,)* } }
        }
    };
}

helpers! {
    /// a, b, argument of BINARY_OP.
    Binary = objects::binary, 3, Word, OBSERVES;
    /// a, b: `a += b`, a local that is about to be overwritten.
    Append = objects::append, 2, Word, OBSERVES;
    /// a, b, argument of COMPARE_OP.
    Compare = objects::compare, 3, Word, OBSERVES;
    /// a, b, argument of COMPARE_OP with the conversion to bool.
    CompareTruth = objects::compare_truth, 3, Truth, OBSERVES;
    /// container, item.
    Contains = objects::contains, 2, Truth, OBSERVES;
    /// value.
    IsTrue = objects::truth, 1, Truth, OBSERVES;
    Negative = objects::negative, 1, Word, OBSERVES;
    Invert = objects::invert, 1, Word, OBSERVES;
    GetIter = objects::get_iter, 1, Word, OBSERVES;
    ForNext = objects::for_next, 1, Next, OBSERVES;
    /// base, number, argument of LOAD_ATTR: leaves what the instruction pushes on the frame's stack.
    LoadAttr = running::load_attr, 3, Status, OBSERVES;
    StoreAttr = running::store_attr, 3, Status, OBSERVES;
    StoreSubscr = running::store_subscr, 2, Status, OBSERVES;
    /// name.
    LoadGlobal = objects::load_global, 1, Word, OBSERVES;
    /// container, key.
    GetItem = objects::get_item, 2, Word, OBSERVES;
    DelItem = objects::del_item, 2, Status, OBSERVES;
    /// base of callable, self or NULL, arguments; number of words: consumes them.
    Call = running::call, 2, Word, OBSERVES;
    /// As Call, with the tuple of keyword names on top.
    CallKw = running::call_kw, 2, Word, OBSERVES;
    /// callable, NULL, args, kwargs: consumes them.
    CallEx = running::call_ex, 2, Word, OBSERVES;
    /// base of callable, NULL, values of all parameters, anywhere in memory; number of words: consumes them.
    CallExact = running::call_exact, 2, Word, OBSERVES;
    /// base, number, argument: one op of the interpreter at the frame's pc, operands on the frame's stack.
    Step = running::step, 3, Status, OBSERVES;
    /// As Step, with the function of the op (`eval::step_function`).
    StepWith = running::step_with, 4, Status, OBSERVES;
    /// Ends the frame with a value (consumed).
    Finish = running::finish, 1, Word, 0;
    /// Suspends the generator with a value (consumed).
    Suspend = running::suspend, 1, Word, 0;
    /// As Finish, of a generator.
    FinishGenerator = running::finish_generator, 1, Word, 0;
    /// The code of a generator has no way in where the frame stands.
    NoEntry = running::no_entry, 0, Plain, 0;
    /// exception: the one that was handled before, owned.
    PushExcInfo = running::push_exc_info, 1, Plain, 0;
    /// what PushExcInfo gave (consumed).
    PopExcept = running::pop_except, 1, Plain, OBSERVES;
    /// receiver, value: what it yields, or the end, with its result in `native::RESULT`.
    Send = running::send, 2, Next, OBSERVES;
    Poll = running::poll, 0, Status, OBSERVES;
    /// The record of the exit.
    Leave = running::leave, 1, Plain, 0;
    /// base, number: consumes them.
    BuildList = containers::build_list, 2, Word, 0;
    BuildTuple = containers::build_tuple, 2, Word, QUIET;
    /// list, value (consumed).
    ListAppend = containers::list_append, 2, Plain, 0;
    SetAdd = containers::set_add, 2, Status, OBSERVES;
    MapAdd = containers::map_add, 3, Status, OBSERVES;
    /// sequence, number, place: the items, last first.
    Unpack = containers::unpack, 3, Status, OBSERVES;
    /// value.
    FormatSimple = objects::format_simple, 1, Word, OBSERVES;
    /// Cell.
    LoadCell = objects::load_cell, 2, Word, OBSERVES;
    /// Cell, value (consumed).
    StoreCell = objects::store_cell, 2, Plain, OBSERVES;
    /// range iterator, step (0: any that is positive and not large): its stop as a scaled int, 1 when it is not one that may live in registers.
    AdoptRange = containers::adopt_range, 2, Plain, 0;
    /// next, stop, step.
    MakeRange = containers::make_range_iter, 3, Word, QUIET;
    /// container (consumed), index, number of the [`Walk`](crate::hir::Walk), what goes with it (consumed).
    MakeWalk = walks::make, 4, Word, 0;
    /// iterator, number of the walk: whether it may live in registers; if so its parts are in `walks::PARTS`.
    AdoptWalk = walks::adopt, 2, Truth, 0;
    /// bits of a double that no word holds.
    BoxFloat = objects::box_float, 1, Word, QUIET;
    /// An object whose count has reached zero.
    Destroy = objects::destroy, 1, Plain, OBSERVES;
    /// this, native function.
    NativeNoArgs = running::native_no_args, 2, Word, OBSERVES;
    /// this, argument, native function.
    NativeOne = running::native_one, 3, Word, OBSERVES;
    /// base, number, native function, this (0: the word above the callable): consumes the words.
    NativePos = running::native_pos, 4, Word, OBSERVES;
    /// base, number, definition, this: as NativePos, of a function that binds its arguments itself.
    NativeDef = running::native_def, 4, Word, OBSERVES;
    /// base of a built-in class, NULL and arguments; number of words: consumes them.
    CallClass = running::call_class, 2, Word, OBSERVES;
    /// object, class.
    IsInstance = objects::isinstance, 2, Truth, OBSERVES;
    /// length of any object.
    Len = objects::len, 1, Word, OBSERVES;
    /// str, index within it.
    StrIndex = containers::str_index, 2, Word, QUIET;
    /// Whether the frame's names are its globals.
    IsModule = running::is_module, 0, Truth, 0;
    /// number, number, operation of [`FloatOp`](crate::hir::FloatOp): 0 where the interpreter has to do it.
    Number = numbers::number, 3, Plain, 0;
    /// number, number, comparison of [`Cmp`](crate::hir::Cmp): 2 where the interpreter has to do it.
    CompareNumbers = numbers::compare, 3, Plain, 0;
    /// What `__init__` gave.
    CheckInit = running::check_init, 1, Status, 0;
    /// class.
    NewInstance = running::new_instance, 1, Word, 0;
    /// a, b, position in [`CompareOp::ALL`](adder_object::CompareOp::ALL): 0, 1, or `plain::UNKNOWN`.
    PlainCompare = plain::compare, 3, Plain, QUIET;
    /// value: its class, borrowed.
    TypeOf = plain::type_of, 1, Plain, QUIET;
    /// value: as PlainCompare.
    PlainTruth = plain::truth, 1, Plain, QUIET;
    /// container, item: as PlainCompare.
    PlainContains = plain::contains, 2, Plain, QUIET;
    /// exception, its class or another of exceptions: as PlainCompare.
    ExcMatches = plain::exc_matches, 2, Plain, QUIET;
    /// object, class or tuple of classes: as PlainCompare.
    PlainIsInstance = plain::isinstance, 2, Plain, QUIET;
    /// dict, key: its value, borrowed from the dict; [`NO_WORD`] where only the interpreter can tell.
    DictItem = plain::dict_item, 2, Word, QUIET;
    /// dict, key, value: the value before, owned; 0 when there was none, [`NO_WORD`] when nothing was done.
    DictStore = plain::dict_store, 3, Plain, 0;
    /// container, start, stop: an owned value, or 0.
    PlainSlice = plain::slice, 3, Plain, QUIET;
    /// value: an owned str, or 0.
    PlainFormat = plain::format, 1, Plain, QUIET;
    /// a, b, position in `BinOp::ALL`: an owned value, or 0.
    PlainBinary = plain::arithmetic, 3, Plain, QUIET;
    /// int: whether it lies between 0 and 2^64, and so is in `numbers::WORD` now.
    WordOfInt = numbers::word_of_int, 1, Plain, QUIET;
    /// raw word: an int, not a small one.
    IntOfWord = numbers::int_of_word, 1, Plain, QUIET;
    /// base, number of strs: consumes them.
    BuildString = plain::build_string, 2, Word, 0;
    /// float, float.
    FloatPower = objects::float_power, 2, Word, OBSERVES;
}

/// The signature all helpers share; rows take fewer words.
pub type Any = unsafe extern "C" fn(*const Vm, *mut Frame, u64, u64, u64, u64) -> u64;
