//! Statements: blocks of bounded cost, with the variables they bind.
//!
//! Invariant: a loop's turns are fixed before it begins, so every program ends; `cost` bounds what calls inside loops add up to.

use super::program::{Gen, Ty};

const ASSIGNABLE: &[Ty] = &[
    Ty::Int,
    Ty::Int,
    Ty::Int,
    Ty::Float,
    Ty::Float,
    Ty::Str,
    Ty::Ints,
    Ty::Floats,
    Ty::Dict,
    Ty::Bool,
    Ty::Obj,
    Ty::Pair,
];

impl Gen {
    pub fn block(&mut self, n: usize, depth: usize) {
        self.indent += 1;
        self.push_scope();
        let before = self.size();
        for _ in 0..n.max(1) {
            self.stmt(depth);
        }
        if self.size() == before {
            self.line("pass");
        }
        self.pop_scope();
        self.indent -= 1;
    }

    pub fn stmt(&mut self, depth: usize) {
        let n = 1 + self.rng.below(3);
        match self.rng.below(if depth == 0 { 14 } else { 30 }) {
            0..=5 => self.assign(),
            6 | 7 => self.augment(),
            8 => self.store(),
            9 => self.unpack(),
            10 => self.global(),
            11 => self.append(),
            12 => self.delete(),
            13 => self.jump(),
            14..=17 => self.branch(n, depth - 1),
            18..=22 => self.for_loop(n, depth - 1),
            23 => self.while_loop(n, depth - 1),
            24 | 25 => self.try_block(n, depth - 1),
            26 => self.with_block(n, depth - 1),
            27 => self.closure(),
            28 => self.match_block(depth - 1),
            _ => {
                let e = self.expr(Ty::Bool, 2);
                let t = *self.rng.pick(&["AssertionError", "ValueError", "KeyError"]);
                say!(self, "if {e} and {}:", self.leaf_bool());
                say!(self, "    raise {t}({})", self.rng.below(100));
            }
        }
    }
    fn leaf_bool(&mut self) -> String {
        let (a, b) = (self.leaf(Ty::Int), self.leaf(Ty::Int));
        format!("{a} == {b}")
    }

    fn assign(&mut self) {
        let ty = *self.rng.pick(ASSIGNABLE);
        let vars = self.own_vars(ty);
        let depth = 1 + self.rng.below(3);
        let e = self.expr(ty, depth);
        let name = if !vars.is_empty() && !self.rng.one_in(3) { self.rng.pick(&vars).clone() } else { self.fresh("v") };
        say!(self, "{name} = {e}");
        self.tame(&name, ty);
        self.bind(&name, ty);
    }
    /// Keeps what loops build up small; the bounds are around the borders of machine ints.
    fn tame(&mut self, name: &str, ty: Ty) {
        if self.turns < 2 {
            return;
        }
        match ty {
            Ty::Int => {
                let bound = *self.rng.pick(&["1 << 40", "1 << 61", "1 << 62", "1 << 63", "1 << 64", "1 << 90"]);
                let by = *self.rng.pick(&["1000003", "(1 << 61) - 1", "97"]);
                say!(self, "if not -({bound}) < {name} < ({bound}): {name} %= {by}");
            }
            Ty::Str => say!(self, "{name} = {name}[-9:]"),
            _ => {}
        }
    }

    fn augment(&mut self) {
        let ty = *self.rng.pick(&[Ty::Int, Ty::Int, Ty::Float, Ty::Str, Ty::Ints]);
        let vars = self.own_vars(ty);
        if vars.is_empty() {
            return self.assign();
        }
        let name = self.rng.pick(&vars).clone();
        let op = match ty {
            Ty::Int => *self.rng.pick(&["+", "-", "*", "^", "&", "|", "+", "+"]),
            Ty::Float => *self.rng.pick(&["+", "-", "*", "/"]),
            _ => "+",
        };
        let e = self.expr(ty, 2);
        say!(self, "{name} {op}= {e}");
        self.tame(&name, ty);
        if ty == Ty::Ints {
            say!(self, "del {name}[8:]");
        }
    }

    /// Into attributes and items.
    fn store(&mut self) {
        let d = 2;
        match self.rng.below(7) {
            0 | 1 => {
                let (o, e) = (self.leaf(Ty::Obj), self.expr(Ty::Int, d));
                let op = *self.rng.pick(&["=", "=", "+=", "^="]);
                say!(self, "{o}.n {op} ({e}) & 0xFFFFF");
            }
            2 => {
                let (o, e) = (self.leaf(Ty::Obj), self.expr(Ty::Float, d));
                say!(self, "{o}.f = {e}");
            }
            3 => {
                let (o, e) = (self.leaf(Ty::Obj), self.expr(Ty::Obj, 1));
                say!(self, "{o}.other = {e}");
            }
            4 => {
                let (xs, i, e) = (self.leaf(Ty::Ints), self.leaf(Ty::Int), self.expr(Ty::Int, d));
                say!(self, "{xs}[{i} & 3] = {e}");
            }
            5 => {
                let (xs, i, e) = (self.leaf(Ty::Floats), self.leaf(Ty::Int), self.expr(Ty::Float, d));
                say!(self, "{xs}[{i} % 3] = {e}");
            }
            _ => {
                let (xs, k, e) = (self.leaf(Ty::Dict), self.key(1), self.expr(Ty::Int, d));
                say!(self, "{xs}[{k}] = ({e}) % 1000");
            }
        }
    }

    fn unpack(&mut self) {
        let (a, b) = (self.fresh("v"), self.fresh("v"));
        match self.rng.below(4) {
            0 => {
                let e = self.expr(Ty::Pair, 2);
                say!(self, "{a}, {b} = {e}");
                self.bind(&a, Ty::Int);
                self.bind(&b, Ty::Float);
            }
            1 => {
                let e = self.expr(Ty::Ints, 2);
                say!(self, "{a}, *{b} = {e}");
                self.bind(&a, Ty::Int);
                self.bind(&b, Ty::Ints);
            }
            2 => {
                let vars = self.own_vars(Ty::Int);
                if vars.len() > 1 {
                    let (x, y) = (self.rng.pick(&vars).clone(), self.rng.pick(&vars).clone());
                    say!(self, "{x}, {y} = {y}, {x}");
                }
            }
            _ => {
                let e = self.expr(Ty::Int, 2);
                say!(self, "{a} = {b} = {e}");
                self.bind(&a, Ty::Int);
                self.bind(&b, Ty::Int);
            }
        }
    }

    fn global(&mut self) {
        let k = self.rng.below(3);
        let e = self.expr(Ty::Int, 2);
        if self.owns_globals {
            say!(self, "G{k} = ({e}) % 1000003");
        } else {
            say!(self, "LOG.append(({e}) % 1000003)");
            self.line("del LOG[:-5]");
        }
    }

    fn append(&mut self) {
        let (t, item) = if self.rng.one_in(2) { (Ty::Ints, Ty::Int) } else { (Ty::Floats, Ty::Float) };
        let vars = self.own_vars(t);
        if vars.is_empty() {
            return self.assign();
        }
        let (xs, e) = (self.rng.pick(&vars).clone(), self.expr(item, 2));
        match self.rng.below(4) {
            0 => say!(self, "{xs}.pop()"),
            1 => say!(self, "{xs}.insert(0, {e})"),
            2 => say!(self, "{xs} = {xs} + [{e}]"),
            _ => say!(self, "{xs}.append({e})"),
        }
        say!(self, "{xs} = {xs}[-8:]");
    }

    /// Now and then a name is gone afterwards.
    fn delete(&mut self) {
        let vars = self.own_vars(Ty::Obj);
        match vars.first().cloned() {
            Some(v) if self.rng.one_in(3) => say!(self, "del {v}"),
            Some(v) => say!(self, "{v} = None"),
            None => {
                let v = self.fresh("v");
                let e = self.expr(Ty::Obj, 1);
                say!(self, "{v} = {e}");
                self.bind(&v, Ty::Obj);
            }
        }
    }

    fn jump(&mut self) {
        let c = self.expr(Ty::Bool, 2);
        if self.in_loop && !self.rng.one_in(4) {
            let word = *self.rng.pick(&["break", "continue"]);
            say!(self, "if {c}: {word}");
        } else if self.rng.one_in(3) {
            let e = self.expr(self.returns, 2);
            let e = if self.is_generator { String::new() } else { e };
            say!(self, "if {c}: return {e}");
        }
    }

    fn branch(&mut self, n: usize, depth: usize) {
        let t = *self.rng.pick(&[Ty::Bool, Ty::Bool, Ty::Bool, Ty::Int, Ty::Ints, Ty::Any, Ty::Str]);
        let c = self.expr(t, 2);
        say!(self, "if {c}:");
        self.block(n, depth);
        if self.rng.one_in(3) {
            let c = self.expr(Ty::Bool, 2);
            say!(self, "elif {c}:");
            self.block(n, depth);
        }
        if self.rng.one_in(2) {
            self.line("else:");
            self.block(n, depth);
        }
    }

    fn for_loop(&mut self, n: usize, depth: usize) {
        let turns = 2 + self.rng.below(9) as u64;
        let i = self.fresh("i");
        self.push_scope();
        match self.rng.below(10) {
            0..=3 => {
                let (a, step) = (self.rng.below(3) as i64 - 1, 1 + self.rng.below(2) as i64);
                let text = match self.rng.below(4) {
                    0 => format!("{turns}"),
                    1 => format!("{a}, {}", a + turns as i64),
                    2 => format!("{a}, {}, {step}", a + turns as i64 * step),
                    _ => format!("{turns}, 0, -{step}"),
                };
                say!(self, "for {i} in range({text}):");
                self.bind(&i, Ty::Int);
            }
            4 => {
                let xs = self.expr(Ty::Ints, 2);
                say!(self, "for {i} in {xs}[:10]:");
                self.bind(&i, Ty::Int);
            }
            5 => {
                let (j, xs) = (self.fresh("i"), self.expr(Ty::Floats, 2));
                say!(self, "for {i}, {j} in enumerate({xs}[:10]):");
                self.bind(&i, Ty::Int);
                self.bind(&j, Ty::Float);
            }
            6 => {
                let (j, xs, ys) = (self.fresh("i"), self.expr(Ty::Ints, 2), self.expr(Ty::Floats, 1));
                say!(self, "for {i}, {j} in zip({xs}[:10], {ys}):");
                self.bind(&i, Ty::Int);
                self.bind(&j, Ty::Float);
            }
            7 => {
                let (j, xs) = (self.fresh("i"), self.expr(Ty::Dict, 2));
                say!(self, "for {i}, {j} in list({xs}.items())[:10]:");
                self.bind(&i, Ty::Any);
                self.bind(&j, Ty::Int);
            }
            8 => {
                say!(self, "for {i} in OBJS[:{}]:", 2 + self.rng.below(5));
                self.bind(&i, Ty::Obj);
            }
            _ => {
                let g = self.generator_call(2);
                say!(self, "for {i} in {g}:");
                self.bind(&i, Ty::Int);
            }
        }
        self.turned(10, |g| g.block(n, depth));
        self.pop_scope();
        if self.rng.one_in(6) {
            self.line("else:");
            self.block(1, 0);
        }
    }

    fn while_loop(&mut self, n: usize, depth: usize) {
        let (w, turns) = (self.fresh("w"), 2 + self.rng.below(9));
        say!(self, "{w} = {turns}");
        let c = if self.rng.one_in(2) { format!(" and {}", self.expr(Ty::Bool, 2)) } else { String::new() };
        say!(self, "while {w} > 0{c}:");
        say!(self, "    {w} -= 1");
        self.turned(10, |g| g.block(n, depth));
    }

    fn try_block(&mut self, n: usize, depth: usize) {
        self.line("try:");
        let jumps = std::mem::replace(&mut self.in_loop, false);
        self.in_loop = jumps;
        self.block(n + 1, depth);
        let kind = self.rng.below(4);
        if kind != 3 {
            let t = *self.rng.pick(&[
                "ZeroDivisionError",
                "(IndexError, KeyError)",
                "TypeError",
                "Exception",
                "ArithmeticError",
                "(ValueError, AttributeError)",
            ]);
            say!(self, "except {t} as err:");
            self.line("    LOG.append(type(err).__name__); del LOG[:-5]");
            self.block(1, 0);
            if self.rng.one_in(4) {
                self.line("    raise");
            }
        }
        if kind == 2 {
            self.line("else:");
            self.block(1, 0);
        }
        if kind >= 2 {
            self.line("finally:");
            let inside = std::mem::replace(&mut self.in_loop, false);
            self.no_jumps += 1;
            self.indent += 1;
            self.assign();
            self.indent -= 1;
            self.no_jumps -= 1;
            self.in_loop = inside;
        }
    }

    fn with_block(&mut self, n: usize, depth: usize) {
        let v = self.fresh("v");
        say!(self, "with Guard({}) as {v}:", self.rng.below(3));
        self.push_scope();
        self.bind(&v, Ty::Int);
        self.block(n, depth);
        self.pop_scope();
    }

    fn closure(&mut self) {
        if self.is_class_body {
            return self.assign();
        }
        let (f, a) = (self.fresh("f"), self.fresh("a"));
        let vars = self.own_vars(Ty::Int);
        let cell = (!vars.is_empty() && self.rng.one_in(2)).then(|| self.rng.pick(&vars).clone());
        say!(self, "def {f}({a}, *, s={}):", self.rng.below(5));
        if let Some(c) = &cell {
            say!(self, "    nonlocal {c}");
            say!(self, "    {c} = ({c} + {a}) % 1000003");
        }
        self.push_scope();
        self.add(&a, Ty::Int);
        self.add("s", Ty::Int);
        let e = self.expr(Ty::Int, 2);
        self.pop_scope();
        say!(self, "    return {e}");
        let v = self.fresh("v");
        let arg = self.expr(Ty::Int, 1);
        match self.rng.below(3) {
            0 => say!(self, "{v} = {f}({arg})"),
            1 => say!(self, "{v} = {f}({arg}, s={})", self.leaf(Ty::Int)),
            _ => say!(self, "{v} = sum({f}(q) for q in range(4))"),
        }
        self.tame(&v, Ty::Int);
        self.bind(&v, Ty::Int);
    }

    fn match_block(&mut self, depth: usize) {
        let t = *self.rng.pick(&[Ty::Any, Ty::Ints, Ty::Pair, Ty::Int, Ty::Dict]);
        let subject = self.expr(t, 2);
        say!(self, "match {subject}:");
        self.indent += 1;
        for case in ["0 | 1", "int(q) if q > 3", "[q, *_]", "{'a': q}", "str()", "_"] {
            if self.rng.one_in(3) || case == "_" {
                say!(self, "case {case}:");
                self.block(1, depth);
            }
        }
        self.indent -= 1;
    }
}
