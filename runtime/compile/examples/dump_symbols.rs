//! Prints the symbol tables of source files as JSON, one line a file, for scripts/compare-compile.py --symbols.

use adder_compile::{ScopeId, SymbolTable, symbol_table};
use adder_syntax::{Mode, parse};

fn scope(out: &mut String, table: &SymbolTable, id: ScopeId) {
    let scope = table.scope(id);
    let kind = scope.kind as u32;
    let name = table.names.text(scope.name);
    out.push_str(&format!(
        "{{\"name\":{name:?},\"type\":{kind},\"nested\":{},\"lineno\":{}",
        scope.nested, scope.loc.lineno
    ));
    out.push_str(",\"symbols\":{");
    for (index, (name, bits)) in scope.symbols.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        out.push_str(&format!("{comma}\"{}\":{bits}", table.names.text(*name)));
    }
    out.push_str("},\"varnames\":[");
    let names: Vec<String> = scope.varnames.iter().map(|name| format!("\"{}\"", table.names.text(*name))).collect();
    out.push_str(&names.join(","));
    out.push_str("],\"children\":[");
    for (index, child) in scope.children.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        self::scope(out, table, *child);
    }
    out.push_str("]}");
}

fn main() {
    for path in std::env::args().skip(1) {
        let mut out = String::new();
        let source = std::fs::read_to_string(&path).unwrap_or_default();
        let parsed = parse(&source, Mode::Exec, &adder_syntax::Options::default());
        match parsed.map(|parsed| symbol_table(&parsed.ast, 0)) {
            Ok(Ok(table)) => scope(&mut out, &table, SymbolTable::TOP),
            _ => out.push_str("null"),
        }
        println!("{out}");
    }
}
