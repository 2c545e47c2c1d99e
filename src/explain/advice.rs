//! What to change in a program, by reason.
//!
//! Invariant: every reason of `isa/src/reasons.rs` has a row; `every_reason_has_advice` fails on one that has none.

/// (reason, what compiled code had counted on, what to change)
const ADVICE: &[(&str, &str, &str)] = &[
    ("NotInt", "int", "let a variable keep one type: convert before the loop (0.0 instead of 0), or use two functions"),
    ("NotFloat", "float", "let a variable keep one type: convert with float() before the loop, or use two functions"),
    ("NotBool", "bool", "compare explicitly (x is not None, n != 0) so that the condition is always a bool"),
    ("OtherType", "the type of before", "let each place meet one type; sort mixed values into separate lists first"),
    (
        "OtherShape",
        "a class and attributes met before",
        "set the same attributes in the same order in __init__; treat classes in separate loops",
    ),
    (
        "OtherValue",
        "the same object",
        "the name is bound anew while it is used: keep it in a local variable, an argument or an attribute",
    ),
    (
        "OtherNamespace",
        "the globals of the same module",
        "define a function once, in a module that is imported; do not run the same code in one namespace after another",
    ),
    (
        "ClassChanged",
        "an unchanged class",
        "finish classes before they are used; do not assign to their attributes in a loop",
    ),
    (
        "NamespaceChanged",
        "the same global names",
        "create global names before the loop; keep changing values in an object or a dict",
    ),
    (
        "IntOverflow",
        "an int below 2**61",
        "mask or reduce the number (x & mask, x % m) before it grows, or use float where that is enough",
    ),
    ("DivisionByZero", "another divisor", "test the divisor first"),
    ("IndexOutOfRange", "an index inside", "test the length instead of waiting for IndexError"),
    (
        "Refused",
        "an operator method that cannot return NotImplemented",
        "nothing: the method is called instead of built in",
    ),
    ("Watched", "no tracer, profiler or monitoring tool", "take the tool off: watched code is interpreted"),
    ("NeverRun", "a path that had run", "nothing, if it is rare: the code is made anew with that path"),
    (
        "Unsupported",
        "an instruction that is compiled",
        "move this construct out of the hot loop, into a function of its own",
    ),
    (
        "ExceptionPath",
        "no exception",
        "handlers run in the interpreter: test first (key in d, dict.get) where exceptions are frequent",
    ),
    ("LocalsWritten", "untouched locals", "do not change frame.f_locals while the function runs"),
    ("StackDeep", "room on the stack", "turn the recursion into a loop"),
    ("TooLarge", "a function of at most 1500 instructions", "split it: put the hot loop into a function of its own"),
    ("CompilerError", "code that the generator accepts", "this is a defect of adder: please report it"),
    ("NoMemory", "memory for machine code", "give it more: -X jit-memory=SIZE"),
    ("TooManyVersions", "types that settle", "what this function meets keeps changing: split it by type"),
];

pub fn expected(reason: &str) -> &'static str {
    ADVICE.iter().find(|a| a.0 == reason).map_or("", |a| a.1)
}
pub fn change(reason: &str) -> &'static str {
    ADVICE.iter().find(|a| a.0 == reason).map_or("", |a| a.2)
}

/// As [`change`], knowing what was met.
pub fn for_exit(e: &super::findings::Exit) -> &'static str {
    // What is called is a value of the program, whatever its name.
    if e.reason == "OtherValue" && e.op.starts_with("CALL") {
        return "several functions are called at this place: give each a loop of its own, or call one that decides";
    }
    let large = e.seen.iter().any(|t| t.contains("beyond 62 bits"));
    change(if large { "IntOverflow" } else { &e.reason })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_reason_has_advice() {
        for r in adder_isa::reasons::Reason::ALL {
            assert!(!super::change(r.name()).is_empty(), "{}", r.name());
        }
        assert_eq!(super::ADVICE.len(), adder_isa::reasons::Reason::ALL.len());
    }
}
