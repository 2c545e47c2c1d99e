//! Frames of inlined calls: written to the data stack before Python code may look at them, taken back afterwards.
//!
//! Invariants: INL-3; FRAME-5: an inlined frame lies where a call would have put it, behind the outermost frame. What is written here is
//! borrowed: the compiled code still owns the values, and an exit makes the frames whole (exits.rs, `FrameRecord`). The word at
//! `Frame::returns` is written once, where the call begins, so that a frame object made meanwhile is not forgotten. The data stack ends
//! behind all of them as long as the code runs; leaving it and returning put its end right.

use super::Lower;
use crate::hir::*;
use crate::layout::{self, Callee};
use adder_interp::frame::HEADER_WORDS;
use adder_isa::reasons::Reason;
use cranelift_codegen::ir::{self, InstBuilder, types};
use std::collections::HashMap;

/// What memory holds of inlined frames, by their origins.
pub type Headers = HashMap<u32, Header>;
/// The header of an inlined frame is written.
#[derive(Clone, PartialEq)]
pub struct Header {
    parent: StateId,
    callee: usize,
}

/// Inlined frames that are written now.
pub struct Written {
    frames: i64,
    /// Boxes of doubles made for their slots.
    boxes: Vec<(Val, ir::Value)>,
    /// Tuples made for them.
    tuples: Vec<ir::Value>,
}

impl Lower<'_, '_> {
    /// The header of an inlined frame.
    fn header(&self, origin: u32, nlocals: u32) -> (ir::Value, i32) {
        self.stack_place(origin - nlocals - HEADER_WORDS as u32)
    }

    /// Where the code begins: keeps the room of inlined frames free, which other frames would take that run meanwhile.
    pub fn reserve(&mut self) {
        if self.f.extent == 0 {
            return;
        }
        let top = if self.suspends() {
            let room = self.load(types::I64, self.vm, layout::VM_STACK_TOP);
            self.room = Some(room);
            self.b.ins().iadd_imm_s(room, 8 * i64::from(self.f.extent))
        } else {
            let words = HEADER_WORDS + self.code.frame_words + self.f.extent as usize;
            self.b.ins().iadd_imm_s(self.frame, 8 * words as i64)
        };
        self.store(top, self.vm, layout::VM_STACK_TOP);
    }
    /// Where a generator's code ends: gives the room back.
    pub fn give_back(&mut self) {
        if let Some(room) = self.room {
            self.store(room, self.vm, layout::VM_STACK_TOP);
        }
    }

    /// What is written for certain where a block begins.
    pub fn headers_at(&self, id: BlockId) -> Headers {
        let mut before = self.before.get(&id).into_iter().flatten().map(|b| self.left.get(b));
        let Some(Some(first)) = before.next() else { return Headers::default() };
        let mut all = first.clone();
        for other in before {
            let Some(other) = other else { return Headers::default() };
            all.retain(|origin, h| other.get(origin) == Some(h));
        }
        all
    }

    pub fn enter_inline(&mut self, origin: u32, nlocals: u32, returns: Returns) {
        let start = origin - nlocals - HEADER_WORDS as u32;
        self.written.retain(|&other, _| other <= start);
        self.homes.retain(|&depth, _| depth < start);
        let (base, at) = self.header(origin, nlocals);
        let word = self.iconst(returns.word());
        self.store(word, base, at + layout::FRAME_RETURNS);
    }

    /// Before code that may look at frames: slots, instruction pointers and inlined frames are brought up to date.
    pub fn observe(&mut self, s: StateId) -> Written {
        self.sync(s);
        let f = self.f;
        let frames = f.frames(s);
        let pc = self.pc_of(frames[0].op_unit);
        self.store(pc, self.frame, layout::FRAME_PC);
        let mut written = Written { frames: frames.len() as i64 - 1, boxes: vec![], tuples: vec![] };
        if frames.len() == 1 {
            return written;
        }
        let mut prev = self.frame;
        for state in &frames[1..] {
            prev = self.write_frame(state, prev, &mut written);
        }
        self.at = prev;
        self.running(prev, written.frames);
        written
    }

    /// After the call: the outermost frame is the thread's newest again.
    pub fn observed(&mut self, w: Written) {
        if w.frames == 0 {
            return;
        }
        self.at = self.frame;
        self.running(self.frame, -w.frames);
        for (v, word) in w.boxes {
            self.drop_temporary(v, word);
        }
        for tuple in w.tuples {
            self.decref_word(tuple, true, false);
        }
    }

    fn running(&mut self, frame: ir::Value, frames: i64) {
        self.store(frame, self.vm, layout::VM_FRAME);
        let depth = self.load(types::I32, self.vm, layout::VM_DEPTH);
        let depth = self.b.ins().iadd_imm_s(depth, frames);
        self.store(depth, self.vm, layout::VM_DEPTH);
    }

    /// Leaves when a local of the outermost frame was changed through `f_locals`.
    pub fn guard_locals(&mut self, s: StateId) {
        let written = self.locals_written();
        self.deopt_if(written, s, Reason::LocalsWritten);
    }
    fn locals_written(&mut self) -> ir::Value {
        let flags = self.b.ins().uload8(types::I64, super::flags(), self.frame, layout::FRAME_RARE);
        self.b.ins().band_imm_u(flags, i64::from(adder_interp::frame::rare::WRITTEN))
    }
    /// Leaves, too, when an inlined frame has a frame object: whoever holds it may look at any moment.
    pub fn guard_frames(&mut self, s: StateId) {
        let mut any = self.locals_written();
        let f = self.f;
        for i in f.frames(s).iter().filter_map(|x| x.inlined.as_ref()) {
            let (base, at) = self.header(i.origin, i.callee.nlocals as u32);
            let rare = self.b.ins().uload8(types::I64, super::flags(), base, at + layout::FRAME_RARE);
            any = self.b.ins().bor(any, rare);
        }
        self.deopt_if(any, s, Reason::LocalsWritten);
    }

    fn write_frame(&mut self, state: &FrameState, prev: ir::Value, w: &mut Written) -> ir::Value {
        let Some(i) = &state.inlined else { return prev };
        let c = i.callee;
        let (base, at) = self.header(i.origin, c.nlocals as u32);
        let this = self.b.ins().iadd_imm_s(base, i64::from(at));
        let pc = self.address(c.units as i64 + 2 * i64::from(state.op_unit));
        self.store(pc, this, layout::FRAME_PC);
        let header = Header { parent: i.parent, callee: std::ptr::from_ref(c) as usize };
        let first = i.origin - c.nlocals as u32;
        if self.written.get(&i.origin) != Some(&header) {
            self.write_header(c, this, prev);
            self.homes.retain(|&depth, _| depth + (HEADER_WORDS as u32) < first || depth >= first);
            self.written.insert(i.origin, header);
        }
        for (slot, l) in state.locals.iter().enumerate() {
            let home = first + slot as u32;
            let before = self.homes.remove(&home);
            let word = match l.val().map(|v| self.f.get(v)) {
                None if matches!(l, Local::Tuple(_)) => self.shown_tuple(*l, w),
                None => self.iconst(0),
                Some(v) => {
                    let float = self.f.repr(v) == Repr::Float;
                    if !float {
                        self.homes.insert(home, v);
                    }
                    if before == Some(v) && !float {
                        continue;
                    }
                    let word = self.boxed(v);
                    if float {
                        // The box goes after the call.
                        w.boxes.push((v, word));
                    }
                    word
                }
            };
            self.store(word, this, Self::slot_offset(slot as u32));
        }
        this
    }
    /// A tuple in registers, as others may see it; the code keeps its items.
    fn shown_tuple(&mut self, l: Local, w: &mut Written) -> ir::Value {
        let Local::Tuple(t) = l else { return self.iconst(0) };
        let items = self.f.tuples[t as usize].clone();
        items.iter().for_each(|&v| self.incref(v));
        let tuple = self.new_tuple(&items);
        w.tuples.push(tuple);
        tuple
    }
    /// What of a header stays as long as the frame runs.
    fn write_header(&mut self, c: &Callee, this: ir::Value, prev: ir::Value) {
        let fields = [
            (layout::FRAME_CODE, c.code as i64),
            (layout::FRAME_FUNC, c.func as i64),
            (layout::FRAME_GLOBALS, c.globals as i64),
            (layout::FRAME_BUILTINS, c.builtins as i64),
        ];
        for (at, n) in fields {
            let n = self.address(n);
            self.store(n, this, at);
        }
        self.store(prev, this, layout::FRAME_PREV);
        let sp = self.b.ins().iadd_imm_s(this, i64::from(layout::SLOTS) + 8 * c.nlocals as i64);
        self.store(sp, this, layout::FRAME_SP);
    }
}
