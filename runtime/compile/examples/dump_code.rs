//! Prints the code objects of source files as JSON, one line a file, for scripts/compare-compile.py.

use std::fmt::Write;

use adder_compile::{Options, compile};
use adder_isa::exctable::Entries;
use adder_isa::location::Runs;
use adder_isa::{Code, Const, Instructions};
use adder_syntax::{Mode, parse};

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn list<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut each: impl FnMut(&mut String, T)) {
    out.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(out, item);
    }
    out.push(']');
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn constant(out: &mut String, value: &Const) {
    let simple = match value {
        Const::None => "None".to_owned(),
        Const::Bool(true) => "True".to_owned(),
        Const::Bool(false) => "False".to_owned(),
        Const::Ellipsis => "Ellipsis".to_owned(),
        Const::Int(value) => format!("i{value}"),
        Const::BigInt { negative, magnitude } => {
            let digits: Vec<u8> = magnitude.iter().rev().copied().collect();
            format!("I{}{}", if *negative { "-" } else { "" }, hex(&digits).trim_start_matches('0'))
        }
        Const::Float(value) => format!("f{:016x}", value.to_bits()),
        Const::Complex(re, im) => format!("c{:016x},{:016x}", re.to_bits(), im.to_bits()),
        Const::Str(text) => format!("s{}", hex(text)),
        Const::Bytes(bytes) => format!("b{}", hex(bytes)),
        Const::Tuple(items) => return group(out, "t", items),
        Const::FrozenSet(items) => return group(out, "fs", items),
        Const::Slice(parts) => return group(out, "sl", &parts[..]),
        Const::Code(inner) => return code(out, inner),
    };
    quote(out, &simple);
}

fn group(out: &mut String, tag: &str, items: &[Const]) {
    let _ = write!(out, "{{\"{tag}\":");
    list(out, items, constant);
    out.push('}');
}

fn code(out: &mut String, code: &Code) {
    out.push_str("{\"name\":");
    quote(out, &code.name);
    out.push_str(",\"qualname\":");
    quote(out, &code.qualname);
    let _ = write!(
        out,
        ",\"argcount\":{},\"posonly\":{},\"kwonly\":{},\"stacksize\":{},\"flags\":{},\"firstlineno\":{},\"caches\":{}",
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.stacksize,
        code.flags,
        code.firstlineno,
        code.cache_count
    );
    out.push_str(",\"names\":");
    list(out, &code.names, |out, name| quote(out, name));
    for (key, names) in [
        ("varnames", code.varnames().collect::<Vec<_>>()),
        ("cellvars", code.cellvars().collect()),
        ("freevars", code.freevars().collect()),
    ] {
        let _ = write!(out, ",\"{key}\":");
        list(out, names, quote);
    }
    out.push_str(",\"instrs\":");
    let runs: Vec<_> = Runs::new(&code.linetable, code.firstlineno).collect();
    let instrs: Vec<_> = Instructions::new(&code.units).map_while(Result::ok).collect();
    let index_of = |offset: usize| instrs.iter().position(|instr| instr.start >= offset).unwrap_or(instrs.len());
    let mut run = 0;
    list(out, &instrs, |out, instr| {
        while run + 1 < runs.len() && runs[run].end <= instr.offset {
            run += 1;
        }
        let at = runs.get(run).map_or(adder_isa::location::Location::NONE, |run| run.location);
        let arg = instr.jump_target().map_or(instr.arg as usize, index_of);
        let _ = write!(out, "[\"{}\",{arg},{},{},{},{}]", instr.op.name(), at.line, at.end_line, at.col, at.end_col);
    });
    out.push_str(",\"exceptions\":");
    list(out, Entries::new(&code.exceptiontable), |out, entry| {
        let _ = write!(
            out,
            "[{},{},{},{},{}]",
            index_of(entry.start as usize),
            index_of(entry.end as usize),
            index_of(entry.target as usize),
            entry.depth,
            entry.lasti
        );
    });
    out.push_str(",\"consts\":");
    list(out, &code.consts, constant);
    out.push('}');
}

fn main() {
    let optimize = std::env::var("OPTIMIZE").ok().and_then(|level| level.parse().ok()).unwrap_or(0);
    let mode = match std::env::var("MODE").as_deref() {
        Ok("single") => Mode::Single,
        Ok("eval") => Mode::Eval,
        _ => Mode::Exec,
    };
    let args: Vec<String> = std::env::args().skip(1).collect();
    let sources: Vec<Option<String>> = if args == ["-"] {
        // Many short sources on standard input, with NUL between them.
        let all = std::io::read_to_string(std::io::stdin()).unwrap_or_default();
        all.split('\0').map(|source| Some(source.to_owned())).collect()
    } else {
        args.iter().map(|path| std::fs::read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok())).collect()
    };
    for source in sources {
        let mut out = String::new();
        let Some(source) = source else {
            println!("{{\"error\":\"unreadable\"}}");
            continue;
        };
        let source = source.strip_prefix('\u{feff}').unwrap_or(&source).replace("\r\n", "\n").replace('\r', "\n");
        let parsed = match parse(&source, mode, &adder_syntax::Options::default()) {
            Ok(parsed) => parsed,
            Err(error) => {
                out.push_str("{\"error\":");
                quote(&mut out, &format!("parse: {error}"));
                println!("{out}}}");
                continue;
            }
        };
        let valid = adder_compile::validate(&parsed.ast);
        match valid.and_then(|()| compile(&parsed.ast, "x", Options { optimize, ..Options::default() })) {
            Ok((result, warnings)) => {
                // What the compiler makes must pass the checks that cache files pass.
                let stored = adder_isa::marshal::write(&result).map_err(|error| error.to_string());
                let checked = stored.and_then(|bytes| {
                    let back = adder_isa::marshal::read(&bytes).map_err(|error| error.to_string())?;
                    let same = if back == result { Ok(()) } else { Err("differs when read back".to_owned()) };
                    same.and_then(|()| adder_isa::verify::verify(&back).map_err(|error| error.to_string()))
                });
                if let Err(error) = checked {
                    out.push_str("{\"error\":");
                    quote(&mut out, &error);
                    println!("{out}}}");
                    continue;
                }
                out.push_str("{\"warnings\":");
                list(&mut out, &warnings, |out, warning| {
                    quote(out, &format!("{}:{}", warning.lineno, warning.message));
                });
                out.push_str(",\"code\":");
                code(&mut out, &result);
                out.push('}');
            }
            Err(error) => {
                out.push_str("{\"error\":");
                let kind = error.kind;
                quote(
                    &mut out,
                    &format!(
                        "{kind:?} {}:{}-{}:{}: {}",
                        error.lineno, error.col, error.end_lineno, error.end_col, error.message
                    ),
                );
                out.push('}');
            }
        }
        println!("{out}");
    }
}
