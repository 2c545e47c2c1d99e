//! HIR as text, for dumps and golden tests.

use super::*;

pub fn function(f: &Func) -> String {
    let mut out = format!("function {}\n", f.name);
    for (_, line) in lines(f) {
        out += &line;
        out.push('\n');
    }
    out
}

/// Each line with the place it comes from.
pub fn lines(f: &Func) -> Vec<(Option<u32>, String)> {
    let mut out = vec![];
    let reachable = order::reachable(f);
    for (b, block) in f.blocks.iter().enumerate() {
        if !reachable.contains(&BlockId(b as u32)) {
            continue;
        }
        let params: Vec<String> = block.params.iter().map(|&p| format!("{}:{:?}", v(f, p), f.repr(p))).collect();
        let header = if block.loop_header { " loop" } else { "" };
        out.push((None, format!("b{b}({}) @{}{header}", params.join(", "), block.unit)));
        for &i in &block.insts {
            out.push((Some(f.origins[i.0 as usize]), format!("  {} = {}", v(f, i), op(f, i))));
        }
        out.push((Some(block.place), format!("  {}", term(f, &block.term))));
    }
    out
}
fn v(f: &Func, x: Val) -> String {
    format!("v{}", f.get(x).0)
}
fn op(f: &Func, i: Val) -> String {
    let inst = &f.insts[i.0 as usize];
    let text = format!("{:?}", inst.op);
    // Values are printed as what stands for them now.
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("Val(") {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 4..];
        let end = tail.find(')').unwrap_or(0);
        match tail[..end].parse::<u32>() {
            Ok(n) => out.push_str(&v(f, Val(n))),
            Err(_) => out.push_str("Val("),
        }
        rest = if tail[..end].parse::<u32>().is_ok() { &tail[end + 1..] } else { tail };
    }
    out.push_str(rest);
    format!("{out}: {:?} {:?}", inst.repr, inst.ty)
}
fn edge(f: &Func, e: &Edge) -> String {
    let args: Vec<String> = e.args.iter().map(|&a| v(f, a)).collect();
    format!("b{}({})", e.block.0, args.join(", "))
}
fn term(f: &Func, t: &Term) -> String {
    match t {
        Term::None => "nothing".into(),
        Term::Jump(e) => format!("jump {}", edge(f, e)),
        Term::Branch(c, a, b) => format!("branch {} {} {}", v(f, *c), edge(f, a), edge(f, b)),
        Term::Return(x, own, _) => format!("return {} {own:?}", v(f, *x)),
        Term::Yield(x, own, _) => format!("yield {} {own:?}", v(f, *x)),
        Term::Land(cases, _) | Term::Switch(cases) => {
            let cases: Vec<String> = cases.iter().map(|(u, e)| format!("@{u} {}", edge(f, e))).collect();
            format!("switch {}", cases.join(" "))
        }
        Term::Exit(s, why) => format!("exit {} @{}", why.name(), f.state(*s).unit),
    }
}
