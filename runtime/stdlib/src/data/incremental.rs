//! What zlib, bz2 and lzma share: driving an engine until it has taken its input or given enough, refusing data after the end, and for
//! decompressors input kept between calls, and the state attributes.

use adder_object::{Obj, PyErr, PyResult, Vm, buffer, bytes, error, ops, singletons};
use std::cell::{Cell, RefCell};

/// Blocks of output double up to this size.
const LARGEST_BLOCK: usize = 16 << 20;

/// What one call of an engine did with the input and the room that it got.
pub struct Step {
    pub taken: usize,
    pub made: usize,
    pub then: Then,
}
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Then {
    More,
    Enough,
    /// The stream has ended.
    End,
}
impl Step {
    /// From the totals (taken, made) of an engine before and after.
    pub fn between(before: (u64, u64), after: (u64, u64), then: impl FnOnce(usize, usize) -> Then) -> Step {
        let (taken, made) = ((after.0 - before.0) as usize, (after.1 - before.1) as usize);
        Step { taken, made, then: then(taken, made) }
    }
}

/// Calls an engine, with room for `block` bytes at first, until it has enough, or `limit` bytes were made. Gives the output, bytes
/// taken, and whether the stream ended. A limit of 0 still calls it once.
pub fn drive(
    data: &[u8],
    limit: Option<usize>,
    mut block: usize,
    mut engine: impl FnMut(&[u8], &mut [u8]) -> PyResult<Step>,
) -> PyResult<(Vec<u8>, usize, bool)> {
    let (mut out, mut pos) = (Vec::new(), 0);
    loop {
        let room = limit.map_or(block, |l| block.min(l - out.len()));
        let at = out.len();
        out.try_reserve(room).map_err(|_| error::no_memory())?;
        out.resize(at + room, 0);
        let step = engine(&data[pos..], &mut out[at..])?;
        pos += step.taken;
        out.truncate(at + step.made);
        if step.then != Then::More || limit.is_some_and(|l| out.len() >= l) {
            return Ok((out, pos, step.then == Then::End));
        }
        block = (block * 2).min(LARGEST_BLOCK);
    }
}

/// Whether a compressor object was flushed, after which it takes nothing more.
#[derive(Default)]
pub struct Flushed(Cell<bool>);

impl Flushed {
    pub fn compress(&self, vm: &Vm, data: &Obj, run: impl FnOnce(&[u8]) -> PyResult) -> PyResult {
        let data = buffer::get(vm, data, buffer::SIMPLE)?;
        if self.0.get() {
            return Err(error::value_error("Compressor has been flushed"));
        }
        run(data.bytes())
    }
    pub fn flush(&self, run: impl FnOnce() -> PyResult) -> PyResult {
        if self.0.replace(true) {
            return Err(error::value_error("Repeated call to flush()"));
        }
        run()
    }
}

pub struct Incremental {
    pending: RefCell<Vec<u8>>,
    unused: RefCell<Vec<u8>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}
impl Default for Incremental {
    fn default() -> Self {
        Incremental {
            pending: RefCell::default(),
            unused: RefCell::default(),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
        }
    }
}
#[cold]
fn ended() -> PyErr {
    error::eof_error("End of stream already reached")
}

impl Incremental {
    /// Runs `engine` on what was kept and the new data; it gives output, bytes consumed, and whether the stream ended.
    pub fn decompress(
        &self,
        vm: &Vm,
        data: &Obj,
        max_length: Option<&Obj>,
        engine: impl FnOnce(&[u8], Option<usize>) -> PyResult<(Vec<u8>, usize, bool)>,
    ) -> PyResult {
        let limit = match max_length {
            Some(o) => ops::size_isize(vm, o)?,
            None => -1,
        };
        let data = buffer::get(vm, data, buffer::SIMPLE)?;
        if self.eof.get() {
            return Err(ended());
        }
        let limit = usize::try_from(limit).ok();
        let kept = self.pending.take();
        let joined;
        let input = if kept.is_empty() {
            data.bytes()
        } else {
            joined = [kept.as_slice(), data.bytes()].concat();
            &joined
        };
        let (out, consumed, eof) = match engine(input, limit) {
            Ok(r) => r,
            Err(e) => {
                self.needs_input.set(false);
                return Err(e);
            }
        };
        let rest = input[consumed..].to_vec();
        if eof {
            self.eof.set(true);
            self.needs_input.set(false);
            *self.unused.borrow_mut() = rest;
        } else {
            // With the output at its limit there may be more to give without new input.
            let full = limit.is_some_and(|l| out.len() >= l);
            self.needs_input.set(rest.is_empty() && !full);
            *self.pending.borrow_mut() = rest;
        }
        Ok(bytes::new(&out))
    }
    pub fn is_at_end(&self) -> bool {
        self.eof.get()
    }
    pub fn eof(&self) -> Obj {
        singletons::bool_obj(self.eof.get())
    }
    pub fn needs_input(&self) -> Obj {
        singletons::bool_obj(self.needs_input.get())
    }
    pub fn unused(&self) -> Obj {
        bytes::new(&self.unused.borrow())
    }
}
