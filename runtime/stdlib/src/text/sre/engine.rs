//! The matcher: a backtracking machine over the compiled pattern language.
//!
//! All state that backtracking must undo is either in a choice point or in the log of old marks, both on one stack, so that
//! depth is bounded by memory alone.
//! *Invariants*: SRE-1: `pos` is at most `end`, which is at most the length of the text. SRE-2: a repeat frame is referred to
//! only by frames and choice points younger than it, so frames are dropped in stack order.
//! *CPython*: Modules/_sre/sre_lib.h, whose results this gives without its layout.

use super::chars::{self, in_set, in_set_loc_ignore, lower_ascii, lower_unicode, upper_ascii};
use super::codes::{MAXREPEAT, at, op};
use super::learnt::Table;
use super::prefix::Known;
use adder_object::{PyResult, Vm};

pub use super::unit::Unit;

/// No position.
pub const NONE: usize = usize::MAX;
const NO_FRAME: u32 = u32::MAX;

/// What a match must be beyond matching the pattern.
#[derive(Clone, Copy, Default)]
pub struct Wants {
    /// The match reaches the end of the text.
    pub all: bool,
    /// The match does not end here, where the last one ended (`NONE`: anywhere).
    pub not_at: Option<usize>,
}

/// The round of a repeat that is under way.
#[derive(Clone, Copy)]
struct Frame {
    /// Place of REPEAT's arguments.
    pc: u32,
    count: u32,
    /// Where the round began; `NONE` before the first optional one.
    last: usize,
    prev: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inner {
    Assert,
    AssertNot,
    Atomic,
    /// A round of a possessive repeat: how many came before.
    Possessive(u32),
}

/// What is undone or tried next when matching fails.
#[derive(Clone, Copy)]
enum Entry {
    /// Go on at `pc`, `pos`.
    Choice { pc: u32, pos: usize, frame: u32, frames: u32 },
    /// Try the next alternative of a branch.
    Branch { pc: u32, pos: usize, frame: u32, frames: u32 },
    /// Give back one character of a greedy single-character repeat.
    Greedy { tail: u32, pos: usize, min: usize, frame: u32, frames: u32 },
    /// Take one more character in a lazy single-character repeat.
    Lazy { pc: u32, pos: usize, left: u32, frame: u32, frames: u32 },
    /// Put a mark back.
    Mark { index: u32, old: usize, last_index: i32 },
    /// The pattern inside an assertion or group that is matched on its own.
    Barrier { kind: Inner, pc: u32, pos: usize, frame: u32, frames: u32, outer: u32 },
}

/// Memory of a machine that a pattern keeps for the next one, and what it learnt about its sets.
#[derive(Default)]
pub struct Scratch {
    pub marks: Vec<usize>,
    stack: Vec<Entry>,
    frames: Vec<Frame>,
    /// By place of a single-character item: how often it was asked, or (from `LEARNT` on) which table it has.
    pub(super) items: Vec<u16>,
    pub(super) tables: Vec<Table>,
    pub(super) prefix: Known,
}
pub struct Machine<'a, T> {
    vm: &'a Vm,
    code: &'a [u32],
    pub(super) text: &'a [T],
    /// Matching stops here.
    pub(super) end: usize,
    pub wants: Wants,
    pub s: Box<Scratch>,
    /// The group closed last, 0 for none.
    pub last_index: i32,
    /// Some mark may be set.
    marked: bool,
    polls: u32,
}

enum Flow {
    Next(usize),
    Fail,
}

impl<'a, T: Unit> Machine<'a, T> {
    #[inline(always)]
    pub fn new(
        vm: &'a Vm,
        code: &'a [u32],
        groups: usize,
        text: &'a [T],
        end: usize,
        wants: Wants,
        mut s: Box<Scratch>,
    ) -> Machine<'a, T> {
        s.marks.clear();
        s.marks.resize(groups * 2, NONE);
        s.items.resize(code.len(), 0);
        let end = end.min(text.len());
        Machine { vm, code, text, end, wants, s, last_index: 0, marked: false, polls: 0 }
    }

    #[inline(always)]
    fn arg(&self, i: usize) -> u32 {
        match self.code.get(i) {
            Some(&c) => c,
            None => op::FAILURE,
        }
    }
    #[inline(always)]
    fn char_at(&self, pos: usize) -> Option<u32> {
        if pos < self.end { self.text.get(pos).map(|c| c.cp()) } else { None }
    }
    fn set(&self, pc: usize) -> &'a [u32] {
        self.code.get(pc..).unwrap_or_default()
    }

    /// Forgets everything about an earlier attempt.
    fn reset(&mut self) {
        if self.last_index != 0 || !self.s.stack.is_empty() || self.marked {
            self.s.marks.fill(NONE);
            self.last_index = 0;
            self.marked = false;
        }
        self.s.stack.clear();
        self.s.frames.clear();
    }

    fn set_mark(&mut self, index: usize, value: usize) {
        if index >= self.s.marks.len() {
            self.s.marks.resize(index + 1, NONE);
        }
        if !self.s.stack.is_empty() {
            let old = self.s.marks[index];
            self.s.stack.push(Entry::Mark { index: index as u32, old, last_index: self.last_index });
        }
        self.s.marks[index] = value;
        self.marked = true;
        if index & 1 == 1 {
            self.last_index = (index / 2 + 1) as i32;
        }
    }

    /// The span of a group, when it took part.
    fn group(&self, index: usize) -> Option<(usize, usize)> {
        let (s, e) = (*self.s.marks.get(2 * index)?, *self.s.marks.get(2 * index + 1)?);
        if s == NONE || e == NONE || e < s { None } else { Some((s, e)) }
    }

    fn at(&self, what: u32, pos: usize) -> bool {
        let this = |i: usize, f: fn(u32) -> bool| self.char_at(i).is_some_and(f);
        let boundary = |f: fn(u32) -> bool| {
            let before = pos > 0 && self.text.get(pos - 1).is_some_and(|c| f(c.cp()));
            before != this(pos, f)
        };
        match what {
            at::BEGINNING | at::BEGINNING_STRING => pos == 0,
            at::BEGINNING_LINE => pos == 0 || self.text.get(pos - 1).is_some_and(|c| c.cp() == 10),
            at::END => pos == self.end || (pos + 1 == self.end && self.char_at(pos) == Some(10)),
            at::END_LINE => pos == self.end || self.char_at(pos) == Some(10),
            at::END_STRING => pos == self.end,
            at::BOUNDARY | at::LOC_BOUNDARY => boundary(chars::is_word_ascii),
            at::NON_BOUNDARY | at::LOC_NON_BOUNDARY => !boundary(chars::is_word_ascii),
            at::UNI_BOUNDARY => boundary(chars::is_word_unicode),
            at::UNI_NON_BOUNDARY => !boundary(chars::is_word_unicode),
            _ => false,
        }
    }

    /// Whether the single-character item at `pc` matches `c`.
    #[inline]
    pub fn item(&self, pc: usize, c: u32) -> bool {
        let p = self.arg(pc + 1);
        match self.arg(pc) {
            op::ANY => c != 10,
            op::ANY_ALL => true,
            op::LITERAL => c == p,
            op::NOT_LITERAL => c != p,
            op::IN => in_set(self.set(pc + 2), c),
            op::CATEGORY => chars::category(p, c),
            op::LITERAL_IGNORE => lower_ascii(c) == p,
            op::NOT_LITERAL_IGNORE => lower_ascii(c) != p,
            op::LITERAL_UNI_IGNORE => lower_unicode(c) == p,
            op::NOT_LITERAL_UNI_IGNORE => lower_unicode(c) != p,
            op::LITERAL_LOC_IGNORE => c == p || lower_ascii(c) == p || upper_ascii(c) == p,
            op::NOT_LITERAL_LOC_IGNORE => !(c == p || lower_ascii(c) == p || upper_ascii(c) == p),
            op::IN_IGNORE => in_set(self.set(pc + 2), lower_ascii(c)),
            op::IN_UNI_IGNORE => in_set(self.set(pc + 2), lower_unicode(c)),
            op::IN_LOC_IGNORE => in_set_loc_ignore(self.set(pc + 2), c),
            _ => false,
        }
    }

    /// The place behind a single-character item.
    pub fn after_item(&self, pc: usize) -> usize {
        match self.arg(pc) {
            op::ANY | op::ANY_ALL => pc + 1,
            op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => pc + 1 + self.arg(pc + 1) as usize,
            _ => pc + 2,
        }
    }

    /// How far the item at `pc` matches from `pos` on, at most `max` times.
    fn run_of(&mut self, pc: usize, pos: usize, max: u32) -> usize {
        let limit = if max == MAXREPEAT { self.end } else { self.end.min(pos.saturating_add(max as usize)) };
        let all = self.text;
        let Some(text) = all.get(pos..limit) else { return pos };
        let p = self.arg(pc + 1);
        let plain = matches!(self.arg(pc), op::ANY | op::ANY_ALL | op::LITERAL | op::NOT_LITERAL);
        if !plain && let Some(t) = self.table(pc) {
            let t = &self.s.tables[t];
            let stop = text.iter().position(|c| {
                let c = c.cp();
                !(if c < 256 { t[c as usize] } else { self.item(pc, c) })
            });
            return stop.map_or(limit, |i| pos + i);
        }
        let stop = match self.arg(pc) {
            op::ANY => T::find(text, 0, 10),
            op::ANY_ALL => None,
            op::LITERAL => text.iter().position(|c| c.cp() != p),
            op::NOT_LITERAL => T::find(text, 0, p),
            op::IN => {
                let set = self.set(pc + 2);
                match set {
                    // A lone category is the commonest set of all.
                    [op::CATEGORY, n, op::FAILURE, ..] => text.iter().position(|c| !chars::category(*n, c.cp())),
                    set => text.iter().position(|c| !in_set(set, c.cp())),
                }
            }
            _ => text.iter().position(|c| !self.item(pc, c.cp())),
        };
        stop.map_or(limit, |i| pos + i)
    }

    /// Matches at `start`; on success the end of the match.
    pub fn match_at(&mut self, start: usize, pc: usize) -> PyResult<Option<usize>> {
        self.reset();
        self.run(start, pc)
    }

    fn run(&mut self, start: usize, pc: usize) -> PyResult<Option<usize>> {
        let (mut pc, mut pos) = (pc, start);
        let mut frame = NO_FRAME;
        let mut barrier = u32::MAX;
        loop {
            let flow = match self.arg(pc) {
                op::LITERAL => {
                    if pos < self.end && self.text[pos].cp() == self.arg(pc + 1) {
                        pos += 1;
                        pc += 2;
                        continue;
                    }
                    Flow::Fail
                }
                op::SUCCESS => {
                    if barrier == u32::MAX {
                        if (self.wants.all && pos != self.end) || self.wants.not_at == Some(pos) {
                            Flow::Fail
                        } else {
                            return Ok(Some(pos));
                        }
                    } else {
                        self.leave(&mut barrier, &mut pos, &mut frame)
                    }
                }
                op::IN => {
                    if pos < self.end
                        && let Some(c) = self.text.get(pos)
                        && self.matches(pc, c.cp())
                    {
                        pos += 1;
                        pc += 1 + self.arg(pc + 1) as usize;
                        continue;
                    }
                    Flow::Fail
                }
                op::AT => {
                    if self.at(self.arg(pc + 1), pos) {
                        Flow::Next(pc + 2)
                    } else {
                        Flow::Fail
                    }
                }
                op::MARK => {
                    self.set_mark(self.arg(pc + 1) as usize, pos);
                    pc += 2;
                    continue;
                }
                op::JUMP | op::INFO => Flow::Next(pc + 1 + self.arg(pc + 1) as usize),
                op::BRANCH => self.branch(pc + 1, &mut pos, frame),
                op::REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => self.greedy(pc, &mut pos, frame),
                op::MIN_REPEAT_ONE => self.lazy(pc, &mut pos, frame),
                op::REPEAT => {
                    self.s.frames.push(Frame { pc: pc as u32 + 1, count: u32::MAX, last: NONE, prev: frame });
                    frame = self.s.frames.len() as u32 - 1;
                    Flow::Next(pc + 1 + self.arg(pc + 1) as usize)
                }
                op::MAX_UNTIL => self.max_until(pc, pos, &mut frame),
                op::MIN_UNTIL => self.min_until(pc, pos, &mut frame),
                op::GROUPREF | op::GROUPREF_IGNORE | op::GROUPREF_UNI_IGNORE | op::GROUPREF_LOC_IGNORE => {
                    self.same_again(pc, &mut pos)
                }
                op::GROUPREF_EXISTS => match self.group(self.arg(pc + 1) as usize) {
                    Some(_) => Flow::Next(pc + 3),
                    None => Flow::Next(pc + 1 + self.arg(pc + 2) as usize),
                },
                op::ASSERT | op::ASSERT_NOT => self.assertion(pc, &mut pos, frame, &mut barrier),
                op::ATOMIC_GROUP => {
                    self.enter(Inner::Atomic, pc, pos, frame, &mut barrier);
                    Flow::Next(pc + 2)
                }
                op::POSSESSIVE_REPEAT => self.possessive(pc, pos, frame, 0, &mut barrier),
                _ => self.single(pc, &mut pos),
            };
            match flow {
                Flow::Next(next) => pc = next,
                Flow::Fail => {
                    self.polls = self.polls.wrapping_add(1);
                    if self.polls & 0xFFF == 0 {
                        self.vm.check_breaker()?;
                    }
                    match self.backtrack(&mut pos, &mut frame, &mut barrier) {
                        Some(next) => pc = next,
                        None => return Ok(None),
                    }
                }
            }
        }
    }

    /// A single-character item; what is no item matches nothing.
    #[inline]
    fn single(&mut self, pc: usize, pos: &mut usize) -> Flow {
        match self.char_at(*pos) {
            Some(c) if self.matches(pc, c) => {
                *pos += 1;
                Flow::Next(self.after_item(pc))
            }
            _ => Flow::Fail,
        }
    }

    /// Chooses the first alternative that can match here; `pc` is the place of its skip. Its leading literals are behind it then.
    fn branch(&mut self, pc: usize, pos: &mut usize, frame: u32) -> Flow {
        let Some((first, behind)) = self.viable(pc, *pos) else { return Flow::Fail };
        // What cannot begin here need not be remembered.
        let next = first + self.arg(first) as usize;
        if let Some((other, _)) = self.viable(next, *pos) {
            let frames = self.s.frames.len() as u32;
            self.s.stack.push(Entry::Branch { pc: other as u32, pos: *pos, frame, frames });
        }
        *pos += (behind - first - 1) / 2;
        Flow::Next(behind)
    }

    /// The first alternative from `pc` on that may match at `pos`, and the place behind its leading literals.
    #[inline]
    fn viable(&mut self, mut pc: usize, pos: usize) -> Option<(usize, usize)> {
        let text = self.text.get(pos..self.end).unwrap_or_default();
        loop {
            let skip = self.arg(pc) as usize;
            if skip == 0 {
                return None;
            }
            let mut at = pc + 1;
            let mut chars = text.iter();
            let viable = loop {
                match self.arg(at) {
                    op::LITERAL => match chars.next() {
                        Some(c) if c.cp() == self.arg(at + 1) => at += 2,
                        _ => break false,
                    },
                    op::IN => match chars.next() {
                        Some(c) => break self.matches(at, c.cp()),
                        None => break false,
                    },
                    _ => break true,
                }
            };
            if viable {
                return Some((pc, at));
            }
            pc += skip;
        }
    }

    /// `<op> <skip> <min> <max> item SUCCESS tail`
    fn greedy(&mut self, pc: usize, pos: &mut usize, frame: u32) -> Flow {
        let (min, max) = (self.arg(pc + 2) as usize, self.arg(pc + 3));
        let tail = pc + 1 + self.arg(pc + 1) as usize;
        let far = self.run_of(pc + 4, *pos, max);
        if far - *pos < min {
            return Flow::Fail;
        }
        let least = *pos + min;
        if self.arg(pc) == op::POSSESSIVE_REPEAT_ONE || far == least {
            *pos = far;
            return Flow::Next(tail);
        }
        self.give_back(tail, far, least, frame, pos)
    }

    /// Takes the longest run up to `far` behind which `tail` may match.
    fn give_back(&mut self, tail: usize, far: usize, least: usize, frame: u32, pos: &mut usize) -> Flow {
        let mut at = far;
        if self.arg(tail) == op::LITERAL {
            let c = self.arg(tail + 1);
            loop {
                if self.char_at(at) == Some(c) {
                    break;
                }
                if at == least {
                    return Flow::Fail;
                }
                at -= 1;
            }
        }
        if at > least {
            let frames = self.s.frames.len() as u32;
            self.s.stack.push(Entry::Greedy { tail: tail as u32, pos: at, min: least, frame, frames });
        }
        *pos = at;
        Flow::Next(tail)
    }

    fn lazy(&mut self, pc: usize, pos: &mut usize, frame: u32) -> Flow {
        let (min, max) = (self.arg(pc + 2), self.arg(pc + 3));
        let tail = pc + 1 + self.arg(pc + 1) as usize;
        if min > 0 {
            let far = self.run_of(pc + 4, *pos, min);
            if far - *pos < min as usize {
                return Flow::Fail;
            }
            *pos = far;
        }
        let left = if max == MAXREPEAT { MAXREPEAT } else { max - min };
        self.take_more(pc, tail, left, frame, pos)
    }

    /// Tries the tail here, or where it may match next.
    fn take_more(&mut self, pc: usize, tail: usize, mut left: u32, frame: u32, pos: &mut usize) -> Flow {
        if self.arg(tail) == op::LITERAL {
            let c = self.arg(tail + 1);
            while self.char_at(*pos) != Some(c) {
                let Some(x) = self.char_at(*pos).filter(|_| left != 0) else { return Flow::Fail };
                if !self.matches(pc + 4, x) {
                    return Flow::Fail;
                }
                *pos += 1;
                left = if left == MAXREPEAT { left } else { left - 1 };
            }
        }
        if left > 0 {
            let frames = self.s.frames.len() as u32;
            self.s.stack.push(Entry::Lazy { pc: pc as u32, pos: *pos, left, frame, frames });
        }
        Flow::Next(tail)
    }

    fn choice(&mut self, pc: usize, pos: usize, frame: u32) {
        let frames = self.s.frames.len() as u32;
        self.s.stack.push(Entry::Choice { pc: pc as u32, pos, frame, frames });
    }

    /// The next round of the repeat of `frame`.
    fn round(&mut self, f: Frame, count: u32, last: usize) -> u32 {
        self.s.frames.push(Frame { count, last, ..f });
        self.s.frames.len() as u32 - 1
    }

    /// Frame, count of rounds so far, minimum, maximum of the repeat under way.
    fn repeat(&self, frame: u32) -> Option<(Frame, u32, u32, u32)> {
        let f = *self.s.frames.get(frame as usize)?;
        let p = f.pc as usize;
        Some((f, f.count.wrapping_add(1), self.arg(p + 1), self.arg(p + 2)))
    }

    fn max_until(&mut self, pc: usize, pos: usize, frame: &mut u32) -> Flow {
        let Some((f, count, min, max)) = self.repeat(*frame) else { return Flow::Fail };
        let body = f.pc as usize + 3;
        if count < min {
            *frame = self.round(f, count, f.last);
            return Flow::Next(body);
        }
        if (count < max || max == MAXREPEAT) && pos != f.last {
            self.choice(pc + 1, pos, f.prev);
            *frame = self.round(f, count, pos);
            return Flow::Next(body);
        }
        *frame = f.prev;
        Flow::Next(pc + 1)
    }

    fn min_until(&mut self, pc: usize, pos: usize, frame: &mut u32) -> Flow {
        let Some((f, count, min, max)) = self.repeat(*frame) else { return Flow::Fail };
        let body = f.pc as usize + 3;
        if count < min {
            *frame = self.round(f, count, f.last);
            return Flow::Next(body);
        }
        if (count < max || max == MAXREPEAT) && pos != f.last {
            let again = self.round(f, count, pos);
            self.choice(body, pos, again);
        }
        *frame = f.prev;
        Flow::Next(pc + 1)
    }

    fn same_again(&mut self, pc: usize, pos: &mut usize) -> Flow {
        let Some((s, e)) = self.group(self.arg(pc + 1) as usize) else { return Flow::Fail };
        let n = e - s;
        if self.end - *pos < n {
            return Flow::Fail;
        }
        let fold: fn(u32) -> u32 = match self.arg(pc) {
            op::GROUPREF => |c| c,
            op::GROUPREF_UNI_IGNORE => lower_unicode,
            _ => lower_ascii,
        };
        let same = (0..n).all(|i| fold(self.text[s + i].cp()) == fold(self.text[*pos + i].cp()));
        if !same {
            return Flow::Fail;
        }
        *pos += n;
        Flow::Next(pc + 2)
    }

    fn enter(&mut self, kind: Inner, pc: usize, pos: usize, frame: u32, barrier: &mut u32) {
        let frames = self.s.frames.len() as u32;
        self.s.stack.push(Entry::Barrier { kind, pc: pc as u32, pos, frame, frames, outer: *barrier });
        *barrier = self.s.stack.len() as u32 - 1;
    }

    /// `<op> <skip> <back> pattern SUCCESS`
    fn assertion(&mut self, pc: usize, pos: &mut usize, frame: u32, barrier: &mut u32) -> Flow {
        let back = self.arg(pc + 2) as usize;
        let not = self.arg(pc) == op::ASSERT_NOT;
        if *pos < back {
            return if not { Flow::Next(pc + 1 + self.arg(pc + 1) as usize) } else { Flow::Fail };
        }
        self.enter(if not { Inner::AssertNot } else { Inner::Assert }, pc, *pos, frame, barrier);
        *pos -= back;
        Flow::Next(pc + 3)
    }

    /// `POSSESSIVE_REPEAT <skip> <min> <max> item SUCCESS tail`: the next round, or the tail.
    fn possessive(&mut self, pc: usize, pos: usize, frame: u32, count: u32, barrier: &mut u32) -> Flow {
        let max = self.arg(pc + 3);
        if count < max || max == MAXREPEAT {
            self.enter(Inner::Possessive(count), pc, pos, frame, barrier);
            return Flow::Next(pc + 4);
        }
        Flow::Next(pc + 2 + self.arg(pc + 1) as usize)
    }

    /// The pattern inside the innermost barrier matched.
    fn leave(&mut self, barrier: &mut u32, pos: &mut usize, frame: &mut u32) -> Flow {
        let base = *barrier as usize;
        let Some(&Entry::Barrier { kind, pc, pos: start, frame: f, frames, outer }) = self.s.stack.get(base) else {
            return Flow::Fail;
        };
        *barrier = outer;
        *frame = f;
        let pc = pc as usize;
        if kind == Inner::AssertNot {
            while self.s.stack.len() > base {
                if let Some(Entry::Mark { index, old, last_index }) = self.s.stack.pop() {
                    self.s.marks[index as usize] = old;
                    self.last_index = last_index;
                }
            }
            return Flow::Fail;
        }
        // Its choices are gone for good, its marks can still be undone.
        let mut kept = base;
        for i in base + 1..self.s.stack.len() {
            if let m @ Entry::Mark { .. } = self.s.stack[i] {
                self.s.stack[kept] = m;
                kept += 1;
            }
        }
        self.s.stack.truncate(kept);
        self.s.frames.truncate(frames as usize);
        match kind {
            Inner::Assert => {
                *pos = start;
                Flow::Next(pc + 1 + self.arg(pc + 1) as usize)
            }
            Inner::Possessive(count) => {
                let min = self.arg(pc + 2);
                if *pos == start && count >= min {
                    return Flow::Next(pc + 2 + self.arg(pc + 1) as usize);
                }
                self.possessive(pc, *pos, *frame, count + 1, barrier)
            }
            _ => Flow::Next(pc + 1 + self.arg(pc + 1) as usize),
        }
    }

    /// Undoes until there is something else to try; None when there is nothing left.
    fn backtrack(&mut self, pos: &mut usize, frame: &mut u32, barrier: &mut u32) -> Option<usize> {
        loop {
            let entry = self.s.stack.pop()?;
            let flow = match entry {
                Entry::Mark { index, old, last_index } => {
                    self.s.marks[index as usize] = old;
                    self.last_index = last_index;
                    continue;
                }
                Entry::Choice { pc, pos: p, frame: f, frames } => {
                    (*pos, *frame) = (p, f);
                    self.s.frames.truncate(frames as usize);
                    return Some(pc as usize);
                }
                Entry::Branch { pc, pos: p, frame: f, frames } => {
                    (*pos, *frame) = (p, f);
                    self.s.frames.truncate(frames as usize);
                    self.branch(pc as usize, pos, f)
                }
                Entry::Greedy { tail, pos: p, min, frame: f, frames } => {
                    *frame = f;
                    self.s.frames.truncate(frames as usize);
                    self.give_back(tail as usize, p - 1, min, f, pos)
                }
                Entry::Lazy { pc, pos: p, left, frame: f, frames } => {
                    (*pos, *frame) = (p, f);
                    self.s.frames.truncate(frames as usize);
                    let pc = pc as usize;
                    let Some(c) = self.char_at(p) else { continue };
                    if !self.matches(pc + 4, c) {
                        continue;
                    }
                    *pos = p + 1;
                    let left = if left == MAXREPEAT { left } else { left - 1 };
                    self.take_more(pc, pc + 1 + self.arg(pc + 1) as usize, left, f, pos)
                }
                Entry::Barrier { kind, pc, pos: p, frame: f, frames, outer } => {
                    *barrier = outer;
                    self.s.frames.truncate(frames as usize);
                    let pc = pc as usize;
                    match kind {
                        Inner::AssertNot => {
                            (*pos, *frame) = (p, f);
                            return Some(pc + 1 + self.arg(pc + 1) as usize);
                        }
                        Inner::Possessive(count) if count >= self.arg(pc + 2) => {
                            (*pos, *frame) = (p, f);
                            return Some(pc + 2 + self.arg(pc + 1) as usize);
                        }
                        _ => continue,
                    }
                }
            };
            if let Flow::Next(pc) = flow {
                return Some(pc);
            }
        }
    }

    /// The single-character item that every match of the code at `pc` begins with, if it is plain to see.
    pub fn first_item(&self, mut pc: usize) -> Option<usize> {
        while self.arg(pc) == op::MARK {
            pc += 2;
        }
        if matches!(self.arg(pc), op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE) {
            return if self.arg(pc + 2) > 0 { Some(pc + 4) } else { None };
        }
        matches!(
            self.arg(pc),
            op::LITERAL
                | op::NOT_LITERAL
                | op::ANY
                | op::IN
                | op::IN_IGNORE
                | op::IN_UNI_IGNORE
                | op::LITERAL_IGNORE
                | op::LITERAL_UNI_IGNORE
        )
        .then_some(pc)
    }

    /// What `match_at` needs from the caller of `search`.
    pub fn text(&self) -> &'a [T] {
        self.text
    }
    pub fn end(&self) -> usize {
        self.end
    }
    /// A whole match found without running the machine.
    pub fn forget_marks(&mut self) {
        self.reset();
    }
    pub fn code_at(&self, i: usize) -> u32 {
        self.arg(i)
    }
    pub fn set_at(&self, i: usize) -> &'a [u32] {
        self.set(i)
    }
}
