//! A whole program: classes, functions, generators, and the driver that calls them, warm and changed.
//!
//! Invariants: names are bound before use on the straight path (elsewhere UnboundLocalError is part of the test); what a function costs
//! is known when calls of it are made, so that a program runs in well under a second.

use super::rng::Rng;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    Int,
    Float,
    Bool,
    Str,
    Ints,
    Floats,
    Dict,
    Pair,
    Obj,
    Any,
}

pub const CLASSES: usize = 4;
/// Turns of all loops around a call, times the cost of the callee, stay below this.
const BUDGET: u64 = 600;

struct Function {
    name: String,
    params: Vec<Ty>,
    returns: Ty,
    cost: u64,
    generator: bool,
}

pub struct Gen {
    pub rng: Rng,
    out: String,
    pub indent: usize,
    /// Variables by scope: (name, type, whether this function may bind it).
    scopes: Vec<Vec<(String, Ty, bool)>>,
    names: usize,
    functions: Vec<Function>,
    /// Turns of the loops around this place, and the cost of the function so far.
    pub turns: u64,
    cost: u64,
    pub in_loop: bool,
    pub no_jumps: usize,
    pub returns: Ty,
    pub is_generator: bool,
    pub is_class_body: bool,
    pub owns_globals: bool,
    methods: Option<u64>,
}

const PARAMS: &[Ty] =
    &[Ty::Int, Ty::Int, Ty::Float, Ty::Str, Ty::Ints, Ty::Floats, Ty::Obj, Ty::Dict, Ty::Any, Ty::Any];

/// The program of a seed.
pub fn program(seed: u64) -> String {
    let mut g = Gen {
        rng: Rng::new(seed),
        out: String::new(),
        indent: 0,
        scopes: vec![],
        names: 0,
        functions: vec![],
        turns: 1,
        cost: 0,
        in_loop: false,
        no_jumps: 0,
        returns: Ty::Int,
        is_generator: false,
        is_class_body: false,
        owns_globals: false,
        methods: None,
    };
    g.out.push_str(&PRELUDE.replace("@SEED@", &seed.to_string()));
    let mut most = 0;
    for i in 0..CLASSES {
        most = most.max(g.class(i));
    }
    g.methods = Some(most);
    g.out.push_str("OBJS = [C0(1), C1(2), C2(3), C3(4), C0(5), C1(6)]\n");
    let n = 3 + g.rng.below(4);
    for i in 0..n {
        let generator = g.rng.one_in(3);
        g.function(i, generator);
    }
    g.driver();
    g.out
}

impl Gen {
    pub fn line(&mut self, text: &str) {
        self.cost += self.turns;
        for _ in 0..self.indent {
            self.out.push_str("    ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }
    pub fn size(&self) -> usize {
        self.out.len()
    }
    pub fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }
    pub fn push_scope(&mut self) {
        self.scopes.push(vec![]);
    }
    pub fn pop_scope(&mut self) {
        self.scopes.pop();
    }
    /// A name that must not be bound again here: a comprehension's variable, a parameter of another function.
    pub fn add(&mut self, name: &str, ty: Ty) {
        self.scopes.last_mut().expect("a scope is open").push((name.to_owned(), ty, false));
    }
    pub fn bind(&mut self, name: &str, ty: Ty) {
        if !self.scopes.iter().flatten().any(|v| v.0 == name) {
            self.scopes.last_mut().expect("a scope is open").push((name.to_owned(), ty, true));
        }
    }
    pub fn vars(&self, ty: Ty) -> Vec<String> {
        self.scopes.iter().flatten().filter(|v| v.1 == ty).map(|v| v.0.clone()).collect()
    }
    pub fn own_vars(&self, ty: Ty) -> Vec<String> {
        self.scopes.iter().flatten().filter(|v| v.1 == ty && v.2).map(|v| v.0.clone()).collect()
    }
    /// Runs `f` as the body of a loop.
    pub fn turned(&mut self, turns: u64, f: impl FnOnce(&mut Gen)) {
        let (before, inside) = (self.turns, self.in_loop);
        self.turns *= turns;
        self.in_loop = self.no_jumps == 0;
        f(self);
        self.turns = before;
        self.in_loop = inside;
    }

    pub fn method_cost(&mut self, _kind: &str) -> Option<u64> {
        let cost = self.methods?;
        if self.turns * cost > BUDGET {
            return None;
        }
        self.cost += self.turns * cost;
        Some(cost)
    }

    pub fn call_returning(&mut self, ty: Ty, depth: usize) -> Option<String> {
        let turns = self.turns;
        let fit = |f: &&Function| f.returns == ty && !f.generator && f.cost * turns < BUDGET;
        let all: Vec<usize> = self.functions.iter().enumerate().filter(|(_, f)| fit(f)).map(|(i, _)| i).collect();
        if all.is_empty() {
            return None;
        }
        let i = *self.rng.pick(&all);
        self.cost += turns * self.functions[i].cost;
        Some(self.call(i, depth.saturating_sub(1).min(1)))
    }
    fn call(&mut self, i: usize, depth: usize) -> String {
        let (name, params) = (self.functions[i].name.clone(), self.functions[i].params.clone());
        let args: Vec<String> = params.iter().map(|&t| self.expr(t, depth)).collect();
        match self.rng.below(8) {
            0 => {
                let named: Vec<String> = args.iter().enumerate().map(|(k, a)| format!("p{k}={a}")).collect();
                format!("{name}({})", named.join(", "))
            }
            1 => format!("{name}(*({},))", args.join(", ")),
            _ => format!("{name}({})", args.join(", ")),
        }
    }
    /// An iterable of ints.
    pub fn generator_call(&mut self, depth: usize) -> String {
        let turns = self.turns;
        let all: Vec<usize> = (0..self.functions.len())
            .filter(|&i| self.functions[i].generator && self.functions[i].cost * turns < BUDGET)
            .collect();
        if all.is_empty() {
            return format!("range({})", 2 + self.rng.below(6));
        }
        let i = *self.rng.pick(&all);
        self.cost += turns * self.functions[i].cost;
        let call = self.call(i, depth.min(1));
        if self.rng.one_in(4) { format!("islice({call}, {})", 1 + self.rng.below(4)) } else { call }
    }

    /// A function body with these parameters; returns its cost.
    fn body(&mut self, params: &[(String, Ty)], returns: Ty, stmts: usize, end: &str) -> u64 {
        self.cost = 1;
        self.turns = 1;
        self.returns = returns;
        self.indent += 1;
        self.push_scope();
        for (name, ty) in params {
            self.bind(name, *ty);
        }
        for _ in 0..stmts {
            self.stmt(2);
        }
        let e = self.expr(returns, 3);
        say!(self, "{end} {e}");
        self.pop_scope();
        self.indent -= 1;
        self.cost
    }

    fn function(&mut self, i: usize, generator: bool) {
        let name = format!("fn{i}");
        let params: Vec<Ty> = (0..1 + self.rng.below(3)).map(|_| *self.rng.pick(PARAMS)).collect();
        let returns = if generator {
            Ty::Int
        } else {
            *self.rng.pick(&[Ty::Int, Ty::Int, Ty::Float, Ty::Str, Ty::Ints, Ty::Bool, Ty::Pair, Ty::Dict])
        };
        let named: Vec<(String, Ty)> = params.iter().enumerate().map(|(k, &t)| (format!("p{k}"), t)).collect();
        let mut head: Vec<String> = named.iter().map(|p| p.0.clone()).collect();
        if self.rng.one_in(3) {
            let t = *params.last().expect("a parameter");
            let default = self.leaf_outside(t);
            *head.last_mut().expect("a parameter") += &format!("={default}");
        }
        say!(self, "def {name}({}):", head.join(", "));
        self.owns_globals = self.rng.one_in(2);
        if self.owns_globals {
            self.line("    global G0, G1, G2");
        }
        self.is_generator = generator;
        let stmts = 2 + self.rng.below(6);
        let cost = if generator {
            self.line("    yield 0");
            let turns = 2 + self.rng.below(5);
            say!(self, "    for step in range({turns}):");
            self.indent += 1;
            let mut with_step = named.clone();
            with_step.push(("step".into(), Ty::Int));
            let cost = self.body(&with_step, Ty::Int, stmts.min(3), "yield");
            self.indent -= 1;
            cost * turns as u64
        } else {
            self.body(&named, returns, stmts, "return")
        };
        self.owns_globals = false;
        self.is_generator = false;
        self.out.push('\n');
        self.functions.push(Function { name, params, returns, cost, generator });
    }
    /// A value that needs no local.
    fn leaf_outside(&mut self, ty: Ty) -> String {
        let scopes = std::mem::take(&mut self.scopes);
        let text = self.leaf(ty);
        self.scopes = scopes;
        text
    }

    /// One class; each has the same members, made in its own order and way. Returns the cost of its dearest method.
    fn class(&mut self, i: usize) -> u64 {
        let base = if i > 0 && self.rng.one_in(2) { format!("C{}", self.rng.below(i)) } else { "Base".to_owned() };
        say!(self, "class C{i}({base}):");
        if base == "Base" && self.rng.one_in(3) {
            self.line("    __slots__ = ('n', 'f', 'xs', 'other')");
        }
        say!(self, "    k = {}", i * 3);
        let mut attrs = ["self.n = n", "self.f = n * 0.5", "self.xs = [n & 7, 1, 2]", "self.other = None"];
        for k in (1..4).rev() {
            attrs.swap(k, self.rng.below(k + 1));
        }
        self.line("    def __init__(self, n):");
        self.line("        Base.__init__(self)");
        attrs.iter().for_each(|a| say!(self, "        {a}"));
        let mut most = 4;
        self.is_class_body = true;
        for (kind, ty) in [("m", Ty::Int), ("g", Ty::Float)] {
            if base != "Base" && self.rng.one_in(2) {
                continue;
            }
            say!(self, "    def {kind}(self, a):");
            self.indent += 1;
            if base != "Base" && self.rng.one_in(2) {
                say!(self, "    a = super().{kind}(a)");
            }
            let stmts = self.rng.below(3);
            most = most.max(self.body(&[("self".into(), Ty::Obj), ("a".into(), ty)], ty, stmts, "return"));
            self.indent -= 1;
        }
        self.is_class_body = false;
        let special = [
            "    def __len__(self): return self.n & 3",
            "    def __eq__(self, o): return isinstance(o, Base) and self.n == o.n",
            "    def __getitem__(self, i): return self.xs[i]",
            "    def __add__(self, o): return type(self)(self.n + (o.n if isinstance(o, Base) else 1))",
            "    def __bool__(self): return self.n != 3",
            "    def __getattr__(self, name): return len(name)",
            "    @property\n    def p(self): return self.n + 1",
            "    def __call__(self, a): return a + self.n",
            "    def __contains__(self, a): return a in self.xs",
        ];
        for text in special {
            if self.rng.one_in(3) {
                self.out.push_str(text);
                self.out.push('\n');
            }
        }
        self.out.push('\n');
        most.min(200)
    }

    /// Calls everything, with values of the right types and others, before and after changes.
    fn driver(&mut self) {
        let n = self.functions.len();
        for i in 0..n {
            let sets = 3 + self.rng.below(3);
            self.out.push_str(&format!("def args{i}(r):\n    return [\n"));
            for k in 0..sets {
                let params = self.functions[i].params.clone();
                let values: Vec<String> = params
                    .iter()
                    .map(|&t| {
                        let wild = if k + 1 == sets && self.rng.one_in(2) { *self.rng.pick(PARAMS) } else { t };
                        match wild {
                            Ty::Int if k == 0 => "r".to_owned(),
                            Ty::Float if k == 0 => "r * 0.25".to_owned(),
                            t => self.leaf_outside(t),
                        }
                    })
                    .collect();
                self.out.push_str(&format!("        ({},),\n", values.join(", ")));
            }
            self.out.push_str("    ]\n");
            let rounds = 12 + self.rng.below(30);
            self.out.push_str(&format!("phase('fn{i}', args{i}, {rounds})\n"));
        }
        for _ in 0..1 + self.rng.below(3) {
            let change = *self.rng.pick(CHANGES);
            let (a, b) = (self.rng.below(CLASSES), self.rng.below(n));
            let change = change.replace("@C@", &format!("C{a}")).replace("@F@", &format!("fn{b}"));
            self.out.push_str(&change);
            for i in 0..n {
                self.out.push_str(&format!("phase('fn{i}', args{i}, {})\n", 3 + self.rng.below(8)));
            }
        }
        self.out.push_str(EPILOGUE);
    }
}

/// What changes the world that compiled code has relied on.
const CHANGES: &[&str] = &[
    "def m2(self, a): return a - 1\ntry: @C@.m = m2\nexcept Exception as e: print(e)\n",
    "@C@.k = 2.5\n",
    "@C@.k = property(lambda self: self.n * 2)\n",
    "G0 = 0.5\n",
    "G1 = 'x'\n",
    "del G2\n",
    "def len(x): return 7\n",
    "def abs(x): return x\n",
    "try: OBJS[0].__class__ = C3\nexcept TypeError as e: print('no class')\n",
    "for o in OBJS:\n    try: o.extra = 1\n    except AttributeError: print('no extra')\n",
    "for o in OBJS:\n    try: del o.f\n    except AttributeError: print('no f')\n",
    "@F@.__defaults__ = (1,)\n",
    "def other(*args, **kw): return len(args)\n@F@.__code__ = other.__code__\n",
    "@F@ = lambda *a, **k: 3\n",
    "for o in OBJS: o.n = 1 << 62\n",
    "for o in OBJS: o.n = 1.5\n",
    "for o in OBJS: o.xs = (1.5, 'a', None)\n",
    "OBJS = OBJS[::-1]\n",
    "OBJS.append(None); OBJS[1] = OBJS[2]\n",
    "@C@.__add__ = lambda a, b: a\n",
    "import builtins; builtins.min = lambda a, b: b\n",
    "sys.setrecursionlimit(120)\nprint(deep(0))\n",
    "Guard.swallow = True\n",
    "@C@.__bases__ = @C@.__bases__\n",
];

const PRELUDE: &str = "# seed @SEED@
import gc, sys
from itertools import islice
from math import inf, nan, sqrt
G0, G1, G2 = 1, 2, 3
LOG = []
EVENTS = []
LIVE = 0

class Base:
    __slots__ = ('__dict__', '__weakref__')
    def __init__(self):
        global LIVE
        LIVE += 1
    def __del__(self):
        global LIVE
        LIVE -= 1
    def __repr__(self):
        return f'<{type(self).__name__}>'
    def __len__(self): return 2
    def m(self, a): return a
    def g(self, a): return a
    def __getitem__(self, i): return self.xs[i]
    def __add__(self, o): return self
    p = 5

class Guard:
    swallow = False
    def __init__(self, n): self.n = n
    def __enter__(self): return self.n
    def __exit__(self, t, e, tb):
        LOG.append(None if t is None else t.__name__)
        del LOG[:-5]
        return self.swallow

def tracer(frame, event, arg):
    if frame.f_code.co_name.startswith(('fn', 'm', 'g')) and builtin_len(EVENTS) < 200:
        EVENTS.append((frame.f_code.co_name, event, frame.f_lineno))
    return tracer
builtin_len = len

def deep(n):
    try:
        return deep(n + 1)
    except RecursionError:
        return n > 50

def where(e):
    tb, lines = e.__traceback__, []
    while tb:
        lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    return lines[1:][-8:]

def show(v):
    return repr(v)[:300]

def phase(name, args, rounds):
    out = []
    for r in range(rounds):
        rows = args(r)
        row = rows[(r * r) % 7 % builtin_len(rows)] if r > 8 else rows[0]
        try:
            v = globals()[name](*row)
            if hasattr(v, 'send'):
                v = list(islice(v, 12))
            out.append(show(v))
        except Exception as e:
            out.append(f'{type(e).__name__}: {str(e)[:200]} {where(e)}')
    last = None
    for r, v in enumerate(out):
        if v != last:
            print(name, r, v)
        last = v
    gc.collect()
    print(name, 'state', show((G0, G1, globals().get('G2'))), LOG, LIVE)

";

const EPILOGUE: &str = "sys.settrace(None)
print(EVENTS)
kept = OBJS[:3]
counts = [sys.getrefcount(x) for x in OBJS]
OBJS.clear(); LOG.clear()
del kept
gc.collect()
print('live', LIVE)
print('counts', counts, file=sys.stderr)
";
