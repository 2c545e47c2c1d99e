//! Expressions by type: each is valid wherever its variables are, and ends.
//!
//! Invariant: an expression may raise, but never loops or grows without bound.

use super::program::{Gen, Ty};

const INTS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "7",
    "10",
    "-1",
    "-2",
    "-3",
    "63",
    "64",
    "255",
    "256",
    "257",
    "-5",
    "-6",
    "1000003",
    "(1 << 31) - 1",
    "(1 << 31)",
    "-(1 << 31)",
    "(1 << 61) - 1",
    "(1 << 61)",
    "-(1 << 61)",
    "-(1 << 61) - 1",
    "(1 << 62) - 1",
    "(1 << 62)",
    "(1 << 63) - 1",
    "(1 << 63)",
    "-(1 << 63)",
    "(1 << 64) - 1",
    "0xDEADBEEFCAFEF00D",
    "(1 << 60)",
    "(1 << 53) + 1",
];
const FLOATS: &[&str] = &[
    "0.0",
    "-0.0",
    "1.0",
    "-1.5",
    "0.1",
    "2.5",
    "3.75",
    "1e10",
    "1e16",
    "1e100",
    "1e300",
    "1.7976931348623157e308",
    "5e-324",
    "1e-310",
    "1e-200",
    "inf",
    "-inf",
    "nan",
];
const STRINGS: &[&str] =
    &["''", "'a'", "'b'", "'abc'", "'hello world'", "'\\xe9t\\xe9'", "'\\u20ac10'", "'\\U0001f600x'", "'0'", "'12'"];

impl Gen {
    pub fn expr(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 || self.rng.one_in(6) {
            return self.leaf(ty);
        }
        // A rare surprise: another type than the one expected.
        if self.rng.one_in(60) {
            let other = *self.rng.pick(&[Ty::Int, Ty::Float, Ty::Str, Ty::Bool]);
            return format!("({})", self.expr(other, depth - 1));
        }
        if self.rng.one_in(9)
            && let Some(call) = self.call_returning(ty, depth)
        {
            return call;
        }
        if self.rng.one_in(10) {
            let (c, a, b) = (self.expr(Ty::Bool, depth - 1), self.expr(ty, depth - 1), self.expr(ty, depth - 1));
            return format!("({a} if {c} else {b})");
        }
        match ty {
            Ty::Int => self.int(depth - 1),
            Ty::Float => self.float(depth - 1),
            Ty::Bool => self.bool(depth - 1),
            Ty::Str => self.str(depth - 1),
            Ty::Ints => self.list(Ty::Int, depth - 1),
            Ty::Floats => self.list(Ty::Float, depth - 1),
            Ty::Dict => self.dict(depth - 1),
            Ty::Pair => format!("({}, {})", self.expr(Ty::Int, depth - 1), self.expr(Ty::Float, depth - 1)),
            Ty::Obj => self.object(depth - 1),
            Ty::Any => {
                let t = *self.rng.pick(&[Ty::Int, Ty::Float, Ty::Str, Ty::Any]);
                let op = *self.rng.pick(&["+", "+", "*", "-"]);
                let (a, b) = (self.leaf(Ty::Any), self.leaf(t));
                if op == "*" { format!("({a} * {})", self.rng.below(4)) } else { format!("({a} {op} {b})") }
            }
        }
    }

    pub fn leaf(&mut self, ty: Ty) -> String {
        let vars = self.vars(ty);
        if !vars.is_empty() && !self.rng.one_in(5) {
            return self.rng.pick(&vars).clone();
        }
        if self.rng.one_in(6) && ty == Ty::Int {
            return format!("G{}", self.rng.below(3));
        }
        match ty {
            Ty::Int if self.rng.one_in(3) => format!("({})", self.rng.pick(INTS)),
            Ty::Int => format!("({})", self.rng.below(12)),
            Ty::Float => (*self.rng.pick(FLOATS)).to_owned(),
            Ty::Bool => (*self.rng.pick(&["True", "False"])).to_owned(),
            Ty::Str => (*self.rng.pick(STRINGS)).to_owned(),
            Ty::Ints => (*self.rng.pick(&["[1, 2, 3]", "[0]", "[5, -4, 1 << 61, 2]", "list(range(4))"])).to_owned(),
            Ty::Floats => (*self.rng.pick(&["[1.5, 2.5]", "[0.0, -0.0, nan]", "[1e300, 2.0, 0.25]"])).to_owned(),
            Ty::Dict => (*self.rng.pick(&["{'a': 1, 'b': 2}", "{}", "{1: 2, 2: 3}", "{'x': 1 << 62}"])).to_owned(),
            Ty::Pair => "(3, 0.5)".to_owned(),
            Ty::Obj => format!("OBJS[{}]", self.rng.below(6)),
            Ty::Any => {
                let t = *self.rng.pick(&[Ty::Int, Ty::Float, Ty::Str, Ty::Bool]);
                self.leaf(t)
            }
        }
    }

    fn int(&mut self, d: usize) -> String {
        match self.rng.below(26) {
            0..=4 => {
                let op = *self.rng.pick(&["+", "-", "+", "-", "*"]);
                format!("({} {op} {})", self.expr(Ty::Int, d), self.expr(Ty::Int, d))
            }
            5 | 6 => {
                let op = *self.rng.pick(&["&", "|", "^"]);
                format!("({} {op} {})", self.expr(Ty::Int, d), self.expr(Ty::Int, d))
            }
            7 => {
                let op = *self.rng.pick(&["//", "%"]);
                let b = self.expr(Ty::Int, d);
                let b = if self.rng.one_in(3) { b } else { format!("({b} | 1)") };
                format!("({} {op} {b})", self.expr(Ty::Int, d))
            }
            8 => {
                let op = *self.rng.pick(&["<<", ">>"]);
                let n = if self.rng.one_in(2) {
                    self.rng.pick(&["1", "3", "13", "31", "59", "60", "61", "62", "63", "64", "70"]).to_string()
                } else {
                    format!("({} & {})", self.expr(Ty::Int, d), self.rng.pick(&["7", "63"]))
                };
                format!("({} {op} {n})", self.expr(Ty::Int, d))
            }
            9 => format!("({}{})", self.rng.pick(&["-", "~", "+"]).to_owned(), self.expr(Ty::Int, d)),
            10 => format!("abs({})", self.expr(Ty::Int, d)),
            11 => {
                let t = *self.rng.pick(&[Ty::Ints, Ty::Str, Ty::Dict, Ty::Floats]);
                format!("len({})", self.expr(t, d))
            }
            12 | 13 => {
                let (xs, i) = (self.expr(Ty::Ints, d), self.index(d));
                format!("{xs}[{i}]")
            }
            14 => format!("{}.get({}, {})", self.expr(Ty::Dict, d), self.key(d), self.expr(Ty::Int, d)),
            15 => format!("{}[{}]", self.expr(Ty::Dict, d), self.key(d)),
            16 => format!("sum({})", self.expr(Ty::Ints, d)),
            17 => {
                let f = *self.rng.pick(&["min", "max"]);
                format!("{f}({}, {})", self.expr(Ty::Int, d), self.expr(Ty::Int, d))
            }
            18 => {
                let m = *self.rng.pick(&["n", "n", "p", "k"]);
                format!("{}.{m}", self.expr(Ty::Obj, d))
            }
            19 => self.method_call("m", Ty::Int, d),
            20 => format!("{}[0]", self.expr(Ty::Pair, d)),
            21 => format!("ord({}[{}])", self.expr(Ty::Str, d), self.index(d)),
            22 => {
                let f = *self.rng.pick(&["count", "find"]);
                format!("{}.{f}({})", self.expr(Ty::Str, d), self.leaf(Ty::Str))
            }
            23 => format!("int({})", self.expr(Ty::Float, d)),
            24 => format!("({} + {})", self.expr(Ty::Bool, d), self.expr(Ty::Int, d)),
            _ => match self.rng.below(5) {
                0 => {
                    format!("divmod({}, ({} | 1))[{}]", self.expr(Ty::Int, d), self.expr(Ty::Int, d), self.rng.below(2))
                }
                1 => format!("({} ** ({} & 3))", self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
                2 => format!("pow({}, {} & 15, 1000003)", self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
                3 => format!("len(OBJS[{}])", self.rng.below(6)),
                _ => format!(
                    "(({}) & ((1 << {}) - 1))",
                    self.expr(Ty::Int, d),
                    self.rng.pick(&["8", "32", "61", "63", "64"])
                ),
            },
        }
    }

    fn index(&mut self, d: usize) -> String {
        match self.rng.below(5) {
            0 => "-1".to_owned(),
            1 => "0".to_owned(),
            2 => format!("({} & 3)", self.expr(Ty::Int, d.min(1))),
            3 => format!("({} % 3)", self.expr(Ty::Int, d.min(1))),
            _ => self.leaf(Ty::Int),
        }
    }
    pub fn key(&mut self, d: usize) -> String {
        match self.rng.below(4) {
            0 => "'a'".to_owned(),
            1 => self.leaf(Ty::Str),
            2 => self.leaf(Ty::Int),
            _ => self.expr(Ty::Int, d.min(1)),
        }
    }

    fn float(&mut self, d: usize) -> String {
        match self.rng.below(14) {
            0..=4 => {
                let op = *self.rng.pick(&["+", "-", "*", "*", "+"]);
                let t = if self.rng.one_in(4) { Ty::Int } else { Ty::Float };
                format!("({} {op} {})", self.expr(Ty::Float, d), self.expr(t, d))
            }
            5 => format!("({} / {})", self.expr(Ty::Float, d), self.expr(Ty::Float, d)),
            6 => format!("({} / {})", self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
            7 => format!("(-{})", self.expr(Ty::Float, d)),
            8 => format!("abs({})", self.expr(Ty::Float, d)),
            9 => format!("float({})", self.expr(Ty::Int, d)),
            10 => format!("{}[{}]", self.expr(Ty::Floats, d), self.index(d)),
            11 => format!("{}.f", self.expr(Ty::Obj, d)),
            12 => match self.rng.below(4) {
                0 => format!("sqrt(abs({}))", self.expr(Ty::Float, d)),
                1 => format!("({} ** 2)", self.expr(Ty::Float, d)),
                2 => format!("({} // {})", self.expr(Ty::Float, d), self.expr(Ty::Float, d)),
                _ => format!("({} % {})", self.expr(Ty::Float, d), self.expr(Ty::Float, d)),
            },
            _ => match self.rng.below(4) {
                0 => format!("min({}, {})", self.expr(Ty::Float, d), self.expr(Ty::Float, d)),
                1 => format!("{}[1]", self.expr(Ty::Pair, d)),
                2 => self.method_call("g", Ty::Float, d),
                _ => format!("sum({})", self.expr(Ty::Floats, d)),
            },
        }
    }

    fn bool(&mut self, d: usize) -> String {
        let t = *self.rng.pick(&[Ty::Int, Ty::Int, Ty::Float, Ty::Str]);
        match self.rng.below(12) {
            0..=4 => {
                let op = *self.rng.pick(&["<", "<=", "==", "!=", ">", ">="]);
                format!("({} {op} {})", self.expr(t, d), self.expr(t, d))
            }
            5 => format!("({} < {} <= {})", self.expr(t, d), self.expr(t, d), self.expr(t, d)),
            6 => {
                let op = *self.rng.pick(&["and", "or"]);
                format!("({} {op} {})", self.expr(Ty::Bool, d), self.expr(Ty::Bool, d))
            }
            7 => format!("(not {})", self.expr(Ty::Bool, d)),
            8 => {
                let op = *self.rng.pick(&["in", "not in"]);
                let (t, c) = *self.rng.pick(&[(Ty::Int, Ty::Ints), (Ty::Str, Ty::Dict), (Ty::Str, Ty::Str)]);
                format!("({} {op} {})", self.expr(t, d), self.expr(c, d))
            }
            9 => {
                let c = *self.rng.pick(&["int", "float", "str", "C0", "C1", "(int, str)"]);
                let t = *self.rng.pick(&[Ty::Any, Ty::Obj, Ty::Int]);
                format!("isinstance({}, {c})", self.expr(t, d))
            }
            10 => format!("({} is {}None)", self.leaf(Ty::Any), self.rng.pick(&["", "not "])),
            _ => {
                let t = *self.rng.pick(&[Ty::Int, Ty::Str, Ty::Ints, Ty::Float, Ty::Dict, Ty::Obj]);
                format!("bool({})", self.expr(t, d))
            }
        }
    }

    fn str(&mut self, d: usize) -> String {
        match self.rng.below(10) {
            0 | 1 => format!("({} + {})", self.expr(Ty::Str, d), self.leaf(Ty::Str)),
            2 => format!("({} * ({} & 3))", self.leaf(Ty::Str), self.leaf(Ty::Int)),
            3 => format!("{}[{}]", self.expr(Ty::Str, d), self.index(d)),
            4 => format!("{}[{}:{}]", self.expr(Ty::Str, d), self.rng.below(3), self.rng.pick(&["", "2", "-1"])),
            5 => format!("f'{{{}}}-{{{}!r:>5}}'", self.plain(Ty::Int), self.plain(Ty::Str)),
            6 => format!("str({})", self.expr(Ty::Int, d)),
            7 => {
                let m = *self.rng.pick(&["upper()", "strip()", "replace('a', 'xy')", "join(['p', 'q'])", "split()[0]"]);
                format!("{}.{m}", self.expr(Ty::Str, d))
            }
            8 => format!("chr(97 + {} % 26)", self.expr(Ty::Int, d)),
            _ => format!("repr({})", self.expr(Ty::Float, d)),
        }
    }
    /// A variable or number without quotes or braces, for f-strings.
    fn plain(&mut self, ty: Ty) -> String {
        let vars = self.vars(ty);
        if vars.is_empty() { format!("{}", self.rng.below(9)) } else { self.rng.pick(&vars).clone() }
    }

    fn list(&mut self, item: Ty, d: usize) -> String {
        let own = if item == Ty::Int { Ty::Ints } else { Ty::Floats };
        match self.rng.below(9) {
            0 => format!("[{}, {}]", self.expr(item, d), self.expr(item, d)),
            1 => format!("({} + {})[:12]", self.expr(own, d), self.expr(own, d)),
            2 => format!("{}[{}:{}]", self.expr(own, d), self.rng.below(2), self.rng.pick(&["", "3", "-1"])),
            3 => format!("sorted({})", self.expr(own, d)),
            4 => {
                let v = self.fresh("c");
                self.push_scope();
                self.add(&v, Ty::Int);
                let (body, cond) = (self.expr(item, d), self.expr(Ty::Bool, d));
                self.pop_scope();
                let cond = if self.rng.one_in(2) { format!(" if {cond}") } else { String::new() };
                format!("[{body} for {v} in range({}){cond}]", 1 + self.rng.below(6))
            }
            5 => {
                let v = self.fresh("c");
                let from = self.expr(own, d);
                self.push_scope();
                self.add(&v, item);
                let body = self.expr(item, d);
                self.pop_scope();
                format!("[{body} for {v} in {from}]")
            }
            6 => format!("[{}] * {}", self.leaf(item), 1 + self.rng.below(3)),
            7 => format!("{}[::-1]", self.expr(own, d)),
            _ if item == Ty::Int => match self.rng.below(3) {
                0 => format!("OBJS[{}].xs", self.rng.below(6)),
                1 => format!("list({})", self.generator_call(d)),
                _ => format!(
                    "sorted({}, key=lambda q: (q {} 7, -q))",
                    self.expr(own, d),
                    self.rng.pick(&["%", "&", "^"])
                ),
            },
            _ => self.leaf(own),
        }
    }

    fn dict(&mut self, d: usize) -> String {
        match self.rng.below(4) {
            0 => format!("{{{}: {}, 'b': {}}}", self.key(d), self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
            1 => {
                let v = self.fresh("c");
                self.push_scope();
                self.add(&v, Ty::Int);
                let body = self.expr(Ty::Int, d);
                self.pop_scope();
                format!("{{{v}: {body} for {v} in range({})}}", 1 + self.rng.below(5))
            }
            2 => format!("dict({})", self.expr(Ty::Dict, d)),
            _ => format!("({} | {})", self.expr(Ty::Dict, d), self.leaf(Ty::Dict)),
        }
    }

    fn object(&mut self, d: usize) -> String {
        match self.rng.below(4) {
            0 => format!("C{}({})", self.rng.below(super::program::CLASSES), self.expr(Ty::Int, d)),
            1 => format!("OBJS[{} % 6]", self.expr(Ty::Int, d)),
            2 => format!("({} + {})", self.leaf(Ty::Obj), self.leaf(Ty::Obj)),
            _ => format!("{}.other", self.leaf(Ty::Obj)),
        }
    }

    /// A call of a method that every class has, when calls are affordable here.
    fn method_call(&mut self, kind: &str, ty: Ty, d: usize) -> String {
        match self.method_cost(kind) {
            Some(_) => format!("{}.{kind}({})", self.expr(Ty::Obj, d), self.expr(ty, d)),
            None => self.leaf(ty),
        }
    }
}
