//! Why compiled code was left, or not made: the one table of reasons.
//!
//! *Invariants.* Every compile that fails, every exit and every invalidation counts one of these rows; texts say what a
//! programmer can change.

macro_rules! reasons {
    ($($name:ident = $text:literal;)*) => {
        /// A reason why native code stops or is not made.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Reason { $(#[doc = $text] $name,)* }
        impl Reason {
            /// Every reason, in table order.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];
            /// The row's name.
            pub const fn name(self) -> &'static str { match self { $(Reason::$name => stringify!($name),)* } }
            /// What it means, in plain words.
            pub const fn text(self) -> &'static str { match self { $(Reason::$name => $text,)* } }
        }
    };
}

reasons! {
    NotInt = "a value that had always been a small int was something else";
    NotFloat = "a value that had always been a float was something else";
    NotBool = "a condition that had always been a bool was something else";
    OtherType = "a value had another type than before";
    OtherShape = "an object had other attributes or another class than before";
    OtherValue = "a global, builtin or function was not the same object as before";
    OtherNamespace = "the function ran with the globals of another module than before";
    ClassChanged = "a class was changed after code for it was compiled";
    NamespaceChanged = "names were added to or removed from a module's or builtins' namespace";
    IntOverflow = "an int grew beyond 62 bits";
    DivisionByZero = "a division by zero, or a shift by a negative or large count";
    IndexOutOfRange = "an index was outside the sequence";
    Refused = "an operator method may return NotImplemented";
    NeverRun = "a path was taken that had never run before the function was compiled";
    Unsupported = "an instruction that is not compiled";
    ExceptionPath = "an exception was raised or handled";
    LocalsWritten = "a local variable was changed through frame.f_locals";
    Watched = "a tracer, profiler or monitoring tool was installed";
    StackDeep = "the recursion limit or the end of the stack was near";
    TooLarge = "the function is too large to compile";
    CompilerError = "the code generator refused the function";
    NoMemory = "there was no memory for machine code (see -X jit-memory)";
    TooManyVersions = "the function was recompiled too often";
}
