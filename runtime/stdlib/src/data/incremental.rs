//! What the incremental decompressors of zlib, bz2 and lzma share: input kept between calls, and the state attributes.

use adder_object::{Obj, PyErr, PyResult, Vm, buffer, bytes, error, ops, singletons};
use std::cell::{Cell, RefCell};

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
