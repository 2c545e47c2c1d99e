//! Where a pickle is written: one buffer, cut into frames, handed to the file now and then.
//!
//! Invariant: `frame` is the place of an open frame's header, whose bytes are reserved.

use super::ops::*;
use adder_object::{Obj, PyResult, Vm, bytes, call};

#[derive(Default)]
pub struct Output {
    pub data: Vec<u8>,
    pub framing: bool,
    frame: Option<usize>,
}

impl Output {
    #[inline]
    fn open(&mut self) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.data.len());
            self.data.extend([0xFE; FRAME_HEADER]);
        }
    }
    #[inline]
    pub fn byte(&mut self, b: u8) {
        self.open();
        self.data.push(b);
    }
    #[inline]
    pub fn write(&mut self, b: &[u8]) {
        self.open();
        self.data.extend_from_slice(b);
    }
    /// An int of protocols from 1 on.
    #[inline]
    pub fn int(&mut self, n: i32) {
        let b = n.to_le_bytes();
        match n {
            0..=0xFF => self.write(&[BININT1, b[0]]),
            0x100..=0xFFFF => self.write(&[BININT2, b[0], b[1]]),
            _ => self.write(&[BININT, b[0], b[1], b[2], b[3]]),
        }
    }
    /// A text of less than 256 bytes and the opcode that memoises it.
    #[inline]
    pub fn short_text(&mut self, text: &[u8]) {
        self.open();
        self.data.reserve(text.len() + 3);
        self.data.extend_from_slice(&[SHORT_BINUNICODE, text.len() as u8]);
        self.data.extend_from_slice(text);
        self.data.push(MEMOIZE);
    }
    /// Closes the open frame.
    pub fn commit(&mut self) {
        let Some(at) = self.frame.take() else { return };
        let len = self.data.len() - at - FRAME_HEADER;
        if len >= FRAME_MIN {
            self.data[at] = FRAME;
            self.data[at + 1..at + FRAME_HEADER].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.data.drain(at..at + FRAME_HEADER);
        }
    }
    /// Between two opcodes: a frame that is large enough ends; the file gets what there is.
    #[inline]
    pub fn boundary(&mut self, vm: &Vm, file: Option<&Obj>) -> PyResult<()> {
        match self.frame {
            Some(at) if self.data.len() - at - FRAME_HEADER >= FRAME_TARGET => {
                self.commit();
                self.flush(vm, file)
            }
            _ => Ok(()),
        }
    }
    pub fn flush(&mut self, vm: &Vm, file: Option<&Obj>) -> PyResult<()> {
        let Some(write) = file else { return Ok(()) };
        let data = std::mem::take(&mut self.data);
        call::call1(vm, write, &bytes::new(&data)).map(drop)
    }
    /// A header and its data; large data stands outside frames and goes to the file as it is.
    pub fn write_large(
        &mut self,
        vm: &Vm,
        file: Option<&Obj>,
        header: &[u8],
        data: &[u8],
        payload: Option<&Obj>,
    ) -> PyResult<()> {
        let bypass = data.len() >= FRAME_TARGET;
        if !bypass {
            self.write(header);
            self.write(data);
            return Ok(());
        }
        self.commit();
        let framing = std::mem::replace(&mut self.framing, false);
        self.write(header);
        let r = match file {
            Some(write) => {
                let r = self.flush(vm, file);
                let o = payload.cloned().unwrap_or_else(|| bytes::new(data));
                r.and_then(|()| call::call1(vm, write, &o).map(drop))
            }
            None => {
                self.write(data);
                Ok(())
            }
        };
        self.framing = framing;
        r
    }
}
