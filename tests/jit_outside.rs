//! The JIT from outside: its memory, what profilers see of it, programs that are hard on a speculating compiler.
//!
//! Invariant: outputs are what CPython printed (`benches/robust/expected.txt`), or the same with the JIT off.

mod child;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const MODES: &[child::Mode] = &[
    child::Mode { name: "interp", env: &[("ADDER_JIT", "off")] },
    child::Mode { name: "jit", env: &[("ADDER_JIT", "on"), ("ADDER_JIT_THRESHOLD", "20")] },
    child::Mode { name: "eager", env: &[("ADDER_JIT", "eager-own")] },
];
const LIMIT: Duration = Duration::from_secs(120);

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
fn adder(args: &[&str]) -> child::Outcome {
    let mut c = Command::new(env!("CARGO_BIN_EXE_adder"));
    c.args(args);
    child::run(c, "", LIMIT)
}
fn prints(args: &[&str]) -> String {
    let o = adder(args);
    assert_eq!((o.exit.as_str(), o.stderr.as_str()), ("0", ""), "{args:?}");
    o.stdout
}

/// Many functions, each compiled at its first call, twice over.
const MANY: &str = "
space = {}
for i in range(150):
    exec(f'def f{i}(a):\\n    t = 0\\n    for k in range(a): t += k * {i}\\n    return t', space)
print(sum(space[f'f{i}'](9) for _ in range(6) for i in range(150)))
";

#[test]
fn a_limit_on_code_memory_gives_old_code_up() {
    let all = prints(&["-X", "jit=eager-own", "-c", MANY]);
    for limit in ["0", "4K", "64K", "16M"] {
        let o = adder(&["-X", "jit=eager-own", "-X", "jit-trace", "-X", &format!("jit-memory={limit}"), "-c", MANY]);
        assert_eq!((o.exit.as_str(), &o.stdout), ("0", &all), "{limit}");
        assert_eq!(o.stderr.contains("given up for room"), limit.ends_with('K'), "{limit}: {}", o.stderr);
        assert!(limit != "0" || o.stderr.contains("NoMemory"), "{limit}: {}", o.stderr);
    }
}

#[test]
fn loops_in_loops_and_calls_that_wait_are_compiled() {
    let program = folder("tests/lang/jit_merges.py");
    let o = adder(&["-X", "jit=eager-own", "-X", "jit-trace", &program.to_string_lossy()]);
    assert_eq!(o.exit, "0", "{}", o.stderr);
    let refused: Vec<&str> = o.stderr.lines().filter(|l| l.contains("not compiled")).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(o.stderr.contains("jit: common at "), "{}", o.stderr);
}

#[test]
fn refused_memory_leaves_the_program_interpreted() {
    // Address space for little more than there is.
    let program = format!(
        "import resource\npages = int(open('/proc/self/statm').read().split()[0])\n\
         resource.setrlimit(resource.RLIMIT_AS, (pages * 4096 + (4 << 20),) * 2)\n{}",
        MANY.replace("range(6)", "range(300)")
    );
    let o = adder(&["-X", "jit-trace", "-c", &program]);
    assert_eq!((o.exit.as_str(), o.stdout), ("0", prints(&["-X", "jit=off", "-c", &program])), "{}", o.stderr);
    assert!(o.stderr.contains("NoMemory"), "{}", o.stderr);
}

#[test]
fn parent_and_child_compile_apart() {
    let program = format!(
        "import os\npid = os.fork()\nfor _ in range(3):\n    exec({MANY:?})\nif pid:\n    os.waitpid(pid, 0)\nelse:\n    os._exit(0)\n"
    );
    let program = program.replace("print(", "assert 6 * 36 * 11175 == (");
    assert_eq!(prints(&["-X", "jit=eager-own", "-X", "jit-memory=96K", "-c", &program]), "");
}

#[test]
fn perf_reads_the_names_of_compiled_functions() {
    let program = "
import os, sys
def hot(n):
    return n + 1
for i in range(2000): hot(i)
print(sys.is_stack_trampoline_active())
path = f'/tmp/perf-{os.getpid()}.map'
print(any('py::hot:<string>' in line for line in open(path)))
os.remove(path)
sys.deactivate_stack_trampoline()
print(sys.is_stack_trampoline_active())
sys.activate_stack_trampoline('perf_jit')
path = f'/tmp/jit-{os.getpid()}.dump'
print(b'py::hot:<string>' in open(path, 'rb').read())
os.remove(path)
for bad in 'other', 3:
    try:
        sys.activate_stack_trampoline(bad)
    except (ValueError, TypeError) as e:
        print(e)
";
    let wanted =
        "True\nTrue\nFalse\nTrue\ninvalid backend: other\nactivate_stack_trampoline() argument must be str, not int\n";
    assert_eq!(prints(&["-X", "perf", "-c", program]), wanted);
}

#[test]
fn machine_code_is_dumped() {
    let program = "def hot(n):\n    return n + 1\nfor i in range(2000): hot(i)\n";
    let o = adder(&["-X", "jit-gdb", "-X", "jit-dump=bytecode,asm:hot", "-c", program]);
    assert!(o.stderr.contains("RETURN_VALUE") && o.stderr.contains("ret"), "{}", o.stderr);
}

#[test]
fn hard_programs_print_what_cpython_prints() {
    let expected = std::fs::read_to_string(folder("benches/robust/expected.txt")).expect("it is there");
    let mut seen = 0;
    for line in expected.lines() {
        let mut words = line.splitn(3, ' ');
        let (name, size, wanted) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let program = folder("benches/robust").join(format!("{name}.py"));
        for mode in MODES {
            let mut c = Command::new(env!("CARGO_BIN_EXE_adder"));
            c.arg(&program).arg(size).envs(mode.env.iter().copied());
            let o = child::run(c, "", LIMIT);
            let out = o.stdout.trim_end().replace('\n', " ");
            assert_eq!((o.exit.as_str(), out.as_str()), ("0", wanted), "{name} {}", mode.name);
        }
        seen += 1;
    }
    let programs = std::fs::read_dir(folder("benches/robust")).expect("it is there").flatten();
    assert_eq!(seen, programs.filter(|p| p.path().extension().is_some_and(|e| e == "py")).count());
}
