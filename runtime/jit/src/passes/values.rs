//! Gives every value once: an instruction that a dominating one has done already is that one; memory is read again only after it may
//! have changed.
//!
//! Invariants: GVN-1: what depends on operands alone is the same wherever it is dominated. GVN-2: what depends on memory is the same as
//! long as no instruction on any way between could have written that kind of place; what may run Python code may write all of them.
//! Source: dominator-based value numbering (Briggs, Cooper, Simpson, "Value Numbering").

use crate::hir::*;
use adder_object::types;
use std::collections::{HashMap, HashSet};

/// An instruction but for its state: its kind and its operands.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key(u8, [u64; 4]);

/// Kinds of places.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// A field of an object, by its offset.
    Field(i32),
    /// Words of lists, tuples and dicts, by the offset from their start.
    Items(i32),
    Packed,
    Shape,
    /// Words at addresses known at compile time: namespaces, cells.
    Fixed,
    /// Versions of classes and namespaces.
    Version,
}

/// What an instruction may write.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Writes {
    One(Place),
    /// A word at an address known at compile time.
    Global,
    /// May run anything.
    All,
}

pub fn run(f: &mut Func) {
    let order = order::order(f);
    let mut pass = Pass::new(f, &order);
    pass.walk(f, BlockId(0), HashMap::new());
}

struct Pass {
    children: HashMap<BlockId, Vec<BlockId>>,
    before: HashMap<BlockId, Vec<BlockId>>,
    writes: HashMap<BlockId, HashSet<Writes>>,
    /// Values that depend on operands alone, in the blocks that dominate the one at hand.
    pure: HashMap<Key, Val>,
}
/// What was read from memory and still is there.
type Read = HashMap<Key, (Val, Place)>;

impl Pass {
    fn new(f: &Func, order: &[BlockId]) -> Pass {
        let before = order::predecessors(f, order);
        let dominator = dominators(order, &before);
        let mut children: HashMap<BlockId, Vec<BlockId>> = HashMap::new();
        for &b in order.iter().skip(1) {
            children.entry(dominator[&b]).or_default().push(b);
        }
        let writes = order.iter().map(|&b| (b, f.block(b).insts.iter().filter_map(|&v| writes(f, v)).collect()));
        let writes = writes.collect();
        Pass { children, before, writes, pure: HashMap::new() }
    }

    fn walk(&mut self, f: &mut Func, first: BlockId, read: Read) {
        // A stack of its own: functions may have thousands of blocks. None ends a block's part of the dominator tree.
        let mut work: Vec<(Option<(BlockId, Read)>, Vec<Key>)> = vec![(Some((first, read)), vec![])];
        while let Some((step, gone)) = work.pop() {
            let Some((b, mut read)) = step else {
                for k in gone {
                    self.pure.remove(&k);
                }
                continue;
            };
            let added = self.block(f, b, &mut read);
            work.push((None, added));
            for &c in self.children.get(&b).into_iter().flatten() {
                let kept = self.kept(c, b, &read);
                work.push((Some((c, kept)), vec![]));
            }
        }
    }

    /// What of the end of its dominator holds at the start of a block.
    fn kept(&self, block: BlockId, dominator: BlockId, read: &Read) -> Read {
        let before = &self.before[&block];
        if read.is_empty() || before[..] == [dominator] {
            return read.clone();
        }
        let mut between: HashSet<BlockId> = HashSet::new();
        let mut work: Vec<BlockId> = before.clone();
        while let Some(b) = work.pop() {
            if b != dominator && between.insert(b) {
                if self.writes[&b].contains(&Writes::All) {
                    return Read::new();
                }
                work.extend(self.before.get(&b).into_iter().flatten());
            }
        }
        let mut kept = read.clone();
        for w in between.iter().flat_map(|b| &self.writes[b]) {
            forget(&mut kept, *w);
        }
        kept
    }

    /// Goes through a block; the keys that it added to `pure`.
    fn block(&mut self, f: &mut Func, b: BlockId, read: &mut Read) -> Vec<Key> {
        let mut added = vec![];
        for v in f.block(b).insts.clone() {
            if f.get(v) != v {
                continue;
            }
            if let Some((key, place)) = key(f, v) {
                let known = match place {
                    None => self.pure.get(&key).copied(),
                    Some(_) => read.get(&key).map(|k| k.0),
                };
                match (known, place) {
                    (Some(old), _) if f.repr(old) == f.repr(v) => f.replace(v, old),
                    (Some(_), _) => {}
                    (None, Some(place)) => {
                        read.insert(key, (v, place));
                    }
                    (None, None) => {
                        self.pure.insert(key.clone(), v);
                        added.push(key);
                    }
                }
            }
            if let Some(w) = writes(f, v) {
                forget(read, w);
            }
        }
        added
    }
}

fn forget(read: &mut Read, w: Writes) {
    match w {
        Writes::All => read.clear(),
        Writes::Global => read.retain(|_, k| !matches!(k.1, Place::Fixed | Place::Field(0))),
        Writes::One(Place::Field(at)) => {
            read.retain(|_, k| !matches!(k.1, Place::Field(other) if (other - at).abs() < 8));
        }
        Writes::One(place) => read.retain(|_, k| k.1 != place),
    }
}

/// The immediate dominator of every block but the first. Source: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm".
fn dominators(order: &[BlockId], before: &HashMap<BlockId, Vec<BlockId>>) -> HashMap<BlockId, BlockId> {
    let place: HashMap<BlockId, usize> = order.iter().enumerate().map(|(i, &b)| (b, i)).collect();
    let mut found: Vec<Option<usize>> = vec![None; order.len()];
    found[0] = Some(0);
    let mut changed = true;
    while changed {
        changed = false;
        for i in 1..order.len() {
            let mut new: Option<usize> = None;
            for p in before.get(&order[i]).into_iter().flatten() {
                let p = place[p];
                if found[p].is_none() {
                    continue;
                }
                new = Some(match new {
                    None => p,
                    Some(n) => meet(&found, n, p),
                });
            }
            if new.is_some() && new != found[i] {
                found[i] = new;
                changed = true;
            }
        }
    }
    let pairs = order.iter().enumerate().skip(1);
    pairs.map(|(i, &b)| (b, order[found[i].unwrap_or(0)])).collect()
}
fn meet(found: &[Option<usize>], a: usize, b: usize) -> usize {
    let (mut a, mut b) = (a, b);
    while a != b {
        while a > b {
            a = found[a].unwrap_or(0);
        }
        while b > a {
            b = found[b].unwrap_or(0);
        }
    }
    a
}

/// What an instruction may write; None when it writes nothing that is read here.
pub fn writes(f: &Func, v: Val) -> Option<Writes> {
    Some(match &f.insts[v.0 as usize].op {
        Op::Call { helper, .. } if helper.is_quiet() => return None,
        Op::Call { .. } => Writes::All,
        Op::CallMem { .. } | Op::CallPython { .. } | Op::Poll(_) | Op::Sync(_) => Writes::All,
        Op::Decref(a) | Op::DecrefMaybe(a) if !is_quiet(f, *a) => Writes::All,
        Op::SetLocal { old, .. } if !old.val().map_or(*old == Local::Unbound, |o| is_quiet(f, o)) => Writes::All,
        Op::Store(a, ..) if matches!(f.inst(*a).op, Op::Raw(_)) => Writes::Global,
        Op::Store(_, at, _) => Writes::One(Place::Field(*at)),
        Op::Store32(..) => Writes::One(Place::Shape),
        Op::StoreIndex(_, _, at, _) => Writes::One(Place::Items(*at)),
        Op::StorePacked(..) => Writes::One(Place::Packed),
        _ => return None,
    })
}
/// Whether giving up a value runs no Python code.
fn is_quiet(f: &Func, v: Val) -> bool {
    let plain = [&types::STR, &types::BYTES, &types::INT, &types::FLOAT];
    f.repr(v) != Repr::Word
        || f.uncounted(v)
        || matches!(f.ty(v), Ty::Exact(t) if plain.iter().any(|p| crate::build::feedback::type_address(p) == t))
}

/// What tells a value from others, and the kind of place it is read from; None for what is not compared.
fn key(f: &Func, v: Val) -> Option<(Key, Option<Place>)> {
    let n = |v: &Val| u64::from(f.get(*v).0);
    let pure = |tag: u8, a: [u64; 4]| Some((Key(tag, a), None));
    match &f.insts[v.0 as usize].op {
        Op::Word(w) => match f.ty(v) {
            Ty::Const(_) => pure(0, [*w, 0, 0, 0]),
            Ty::Exact(t) => pure(0, [*w, 1, t as u64, 0]),
            _ => pure(0, [*w, 2, 0, 0]),
        },
        Op::Int(k) => pure(1, [*k as u64, 0, 0, 0]),
        Op::Float(x) => pure(2, [x.to_bits(), 0, 0, 0]),
        Op::Bool(b) => pure(3, [u64::from(*b), 0, 0, 0]),
        Op::Raw(k) => pure(4, [*k as u64, 0, 0, 0]),
        Op::UnboxInt(a, _) => pure(5, [n(a), 0, 0, 0]),
        Op::UnboxFloat(a, _) => pure(6, [n(a), 0, 0, 0]),
        Op::UnboxBool(a, _) => pure(7, [n(a), 0, 0, 0]),
        Op::IntToFloat(a) => pure(8, [n(a), 0, 0, 0]),
        Op::Int2(o, a, b, _) => pure(9, [*o as u64, n(a), n(b), 0]),
        Op::Int2Wrap(o, a, b) => pure(10, [*o as u64, n(a), n(b), 0]),
        Op::IntNeg(a, _) => pure(11, [n(a), 0, 0, 0]),
        Op::Float2(o, a, b) => pure(12, [*o as u64, n(a), n(b), 0]),
        Op::ToFloat(a, _) => pure(13, [n(a), 0, 0, 0]),
        Op::FloatNeg(a) => pure(14, [n(a), 0, 0, 0]),
        Op::FloatAbs(a) => pure(15, [n(a), 0, 0, 0]),
        Op::FloatSqrt(a) => pure(16, [n(a), 0, 0, 0]),
        Op::IntTrueDiv(a, b, _) => pure(17, [n(a), n(b), 0, 0]),
        Op::CmpInt(o, a, b) => pure(18, [*o as u64, n(a), n(b), 0]),
        Op::CmpFloat(o, a, b) => pure(19, [*o as u64, n(a), n(b), 0]),
        Op::CmpNumber(o, a, b, _) => pure(20, [*o as u64, n(a), n(b), 0]),
        Op::Is(a, b) => pure(21, [n(a), n(b), 0, 0]),
        Op::Not(a) => pure(22, [n(a), 0, 0, 0]),
        Op::BoolAnd(a, b) => pure(23, [n(a), n(b), 0, 0]),
        Op::IsPointer(a) => pure(24, [n(a), 0, 0, 0]),
        Op::InBounds(a, b) => pure(25, [n(a), n(b), 0, 0]),
        Op::WrapIndex(a, b) => pure(26, [n(a), n(b), 0, 0]),
        Op::RawToInt(a) => pure(27, [n(a), 0, 0, 0]),
        Op::IntToRaw(a) => pure(28, [n(a), 0, 0, 0]),
        Op::FarFromBorder(a) => pure(29, [n(a), 0, 0, 0]),
        Op::FitsInt(a) => pure(30, [n(a), 0, 0, 0]),
        Op::IsWithin(a, x, y) => pure(31, [n(a), *x as u64, *y as u64, 0]),
        Op::RawShr(a, k) => pure(32, [n(a), u64::from(*k), 0, 0]),
        Op::GuardType(a, t, _) => pure(33, [n(a), *t as u64, 0, 0]),
        Op::GuardWord(a, w, _) => pure(34, [n(a), *w, 0, 0]),
        Op::Guard(c, ..) => pure(35, [n(c), 0, 0, 0]),
        Op::GuardGlobals(w, _) => pure(36, [*w, 0, 0, 0]),
        Op::UnboxU64(a, _) => pure(37, [n(a), 0, 0, 0]),
        Op::Raw2(o, a, b) => pure(38, [*o as u64, n(a), n(b), 0]),
        op => read_key(f, op),
    }
}
/// As `key`, of what reads memory.
fn read_key(f: &Func, op: &Op) -> Option<(Key, Option<Place>)> {
    let n = |v: &Val| u64::from(f.get(*v).0);
    let read = |tag: u8, a: [u64; 4], place: Place| Some((Key(tag, a), Some(place)));
    match op {
        Op::Load(a, at, w) => read(64, [n(a), *at as u64, *w as u64, 0], Place::Field(*at)),
        Op::LoadIndex(a, i, at) => read(65, [n(a), n(i), *at as u64, 0], Place::Items(*at)),
        Op::LoadPacked(a, i, at, e) => read(66, [n(a), n(i), *at as u64, *e as u64], Place::Packed),
        Op::LoadAbs(at) => read(67, [*at as u64, 0, 0, 0], Place::Fixed),
        Op::GuardCell(at, k, _) => read(68, [*at as u64, u64::from(*k), 0, 0], Place::Version),
        Op::GuardNames(at, want, _) => read(72, [*at as u64, *want as u64, 0, 0], Place::Version),
        Op::GuardShape(a, s, _) => read(69, [n(a), u64::from(*s), 0, 0], Place::Shape),
        Op::ShapeIs(a, s) => read(70, [n(a), u64::from(*s), 0, 0], Place::Shape),
        Op::GuardVersion(a, k, _) => read(71, [n(a), u64::from(*k), 0, 0], Place::Shape),
        _ => None,
    }
}
