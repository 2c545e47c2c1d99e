//! [`Home`]s by number: code objects as programmers know them, which outlive the objects.
//!
//! Invariant: a number means the same home as long as the process lives; equal code objects made again share it.

use adder_interp::code::CodeObject;
use adder_mem::heap::Global;
use adder_object::{Obj, ops};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A code object as programmers know it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Home {
    pub name: String,
    pub file: String,
    pub first_line: i32,
}

#[derive(Default)]
struct Homes {
    list: Vec<Rc<Home>>,
    numbers: BTreeMap<Rc<Home>, u32>,
}
static HOMES: Global<Option<Homes>> = Global::new(None);

pub fn home(code: &CodeObject) -> Rc<Home> {
    let text = |o: &Obj| ops::text(o);
    Rc::new(Home { name: text(&code.qualname), file: text(&code.filename), first_line: code.code.firstlineno })
}

pub fn number(code: &CodeObject) -> u32 {
    let homes = HOMES.get().get_or_insert_default();
    let home = home(code);
    if let Some(&n) = homes.numbers.get(&home) {
        return n;
    }
    let n = homes.list.len() as u32;
    homes.list.push(home.clone());
    homes.numbers.insert(home, n);
    n
}

pub fn line(code: &CodeObject, unit: u32) -> i32 {
    code.line_at(unit as usize).unwrap_or(code.code.firstlineno)
}

pub fn as_json() -> Value {
    let list = HOMES.get().get_or_insert_default().list.iter();
    list.map(|h| json!({ "name": h.name, "file": h.file, "first_line": h.first_line })).collect()
}
