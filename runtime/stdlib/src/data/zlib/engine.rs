//! The two engines: pieces of input to pieces of output, with copies by replay.
//!
//! Invariant: feeding an engine the same operations gives the same state, so a copy is a new engine fed with the log. The log
//! stops at `LOG_LIMIT` bytes; later copies are refused.

use super::zlib_error;
use crate::data::incremental::{Step, Then, drive};
use adder_object::{PyErr, PyResult, error};
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateError, InflateFlush, Method, Status, Strategy};

const LOG_LIMIT: usize = 16 << 20;
const FIRST_BLOCK: usize = 16 << 10;

/// How a stream is made.
#[derive(Clone)]
pub struct Settings {
    pub level: i32,
    pub wbits: i32,
    pub mem_level: i32,
    pub strategy: i32,
    pub dictionary: Option<Vec<u8>>,
}

fn copy_refused() -> PyErr {
    error::not_implemented_error(format!("copying a compression stream after {LOG_LIMIT} bytes of input"))
}

pub struct Compressor {
    deflate: Deflate,
    settings: Settings,
    /// Input so far, and where in it which flush was asked for.
    log: Option<(Vec<u8>, Vec<(usize, DeflateFlush)>)>,
    pub finished: bool,
}

impl Compressor {
    /// None when the settings are invalid.
    pub fn new(settings: Settings) -> Option<Compressor> {
        let wrapped = matches!(settings.wbits, -15..=-9 | 8..=15 | 25..=31);
        let valid = wrapped && (-1..=9).contains(&settings.level) && (1..=9).contains(&settings.mem_level);
        let strategy = Strategy::try_from(settings.strategy).ok().filter(|_| valid)?;
        let config = DeflateConfig {
            level: settings.level,
            method: Method::Deflated,
            window_bits: settings.wbits,
            mem_level: settings.mem_level,
            strategy,
        };
        let mut deflate = Deflate::new_with_config(config);
        if let Some(d) = &settings.dictionary {
            deflate.set_dictionary(d).ok()?;
        }
        Some(Compressor { deflate, settings, log: Some((vec![], vec![])), finished: false })
    }
    pub fn feed(&mut self, data: &[u8], flush: DeflateFlush) -> PyResult<Vec<u8>> {
        if let Some((input, marks)) = &mut self.log {
            if input.len() + data.len() > LOG_LIMIT {
                self.log = None;
            } else {
                input.extend_from_slice(data);
                marks.push((input.len(), flush));
            }
        }
        self.run(data, flush)
    }
    fn run(&mut self, data: &[u8], flush: DeflateFlush) -> PyResult<Vec<u8>> {
        let engine = &mut self.deflate;
        let (out, _, ended) = drive(data, None, FIRST_BLOCK, |input, output| {
            let before = (engine.total_in(), engine.total_out());
            let status = engine.compress(input, output, flush).map_err(|_| {
                let verb = if flush == DeflateFlush::NoFlush { "compressing data" } else { "flushing" };
                zlib_error(&format!("Error -2 while {verb}: inconsistent stream state"))
            })?;
            Ok(Step::between(before, (engine.total_in(), engine.total_out()), |taken, made| match status {
                Status::StreamEnd => Then::End,
                _ if made < output.len() && taken == input.len() => Then::Enough,
                _ => Then::More,
            }))
        })?;
        self.finished |= ended;
        Ok(out)
    }
    pub fn copy(&self) -> PyResult<Compressor> {
        let (input, marks) = self.log.as_ref().ok_or_else(copy_refused)?;
        let mut c = Compressor::new(self.settings.clone()).ok_or_else(copy_refused)?;
        let mut at = 0;
        for &(end, flush) in marks {
            c.run(&input[at..end], flush)?;
            at = end;
        }
        c.log = Some((input.clone(), marks.clone()));
        Ok(c)
    }
}

/// What one call of a decompressor did.
pub struct Fed {
    pub out: Vec<u8>,
    pub consumed: usize,
}

pub struct Decompressor {
    inflate: Inflate,
    wbits: i32,
    dictionary: Option<Vec<u8>>,
    log: Option<Vec<u8>>,
    /// Input that counts as consumed but that a replay did not need yet.
    prefix: Vec<u8>,
    made: usize,
    pub eof: bool,
}

impl Decompressor {
    /// None when the window size is invalid.
    pub fn new(wbits: i32, dictionary: Option<Vec<u8>>) -> PyResult<Option<Decompressor>> {
        let valid = matches!(wbits, -15..=-8 | 0 | 8..=15 | 24..=31 | 40..=47 | 16 | 32);
        if !valid {
            return Ok(None);
        }
        let mut inflate = Inflate::new(wbits >= 0, wbits.unsigned_abs() as u8);
        if let Some(d) = dictionary.as_ref().filter(|_| wbits < 0) {
            inflate.set_dictionary(d).map_err(|_| bad_dictionary())?;
        }
        Ok(Some(Decompressor { inflate, wbits, dictionary, log: Some(vec![]), prefix: vec![], made: 0, eof: false }))
    }
    /// Decompresses until the input, the limit of output, or the stream ends.
    pub fn feed(&mut self, data: &[u8], limit: Option<usize>) -> PyResult<Fed> {
        let step = if self.prefix.is_empty() {
            self.run(data, limit)?
        } else {
            let kept = std::mem::take(&mut self.prefix);
            let step = self.run(&[&kept, data].concat(), limit)?;
            self.prefix = kept.get(step.consumed..).unwrap_or(&[]).to_vec();
            Fed { consumed: step.consumed.saturating_sub(kept.len()), ..step }
        };
        self.made += step.out.len();
        if let Some(log) = &mut self.log {
            if log.len() + step.consumed > LOG_LIMIT {
                self.log = None;
            } else {
                log.extend_from_slice(&data[..step.consumed]);
            }
        }
        Ok(step)
    }
    fn run(&mut self, data: &[u8], limit: Option<usize>) -> PyResult<Fed> {
        if self.eof || limit == Some(0) {
            return Ok(Fed { out: vec![], consumed: 0 });
        }
        let (engine, dictionary) = (&mut self.inflate, &self.dictionary);
        let (out, consumed, ended) = drive(data, limit, FIRST_BLOCK, |input, output| {
            let before = (engine.total_in(), engine.total_out());
            let status = match engine.decompress(input, output, InflateFlush::SyncFlush) {
                Ok(status) => Some(status),
                Err(InflateError::NeedDict { .. }) => {
                    let Some(d) = dictionary else { return Err(zlib_error("Error 2 while decompressing data")) };
                    engine.set_dictionary(d).map_err(|_| bad_dictionary())?;
                    None
                }
                Err(_) => {
                    let why = engine.error_message().unwrap_or("invalid input data");
                    return Err(zlib_error(&format!("Error -3 while decompressing data: {why}")));
                }
            };
            Ok(Step::between(before, (engine.total_in(), engine.total_out()), |_, made| match status {
                Some(Status::StreamEnd) => Then::End,
                Some(_) if made < output.len() => Then::Enough,
                _ => Then::More,
            }))
        })?;
        self.eof = ended;
        Ok(Fed { out, consumed })
    }
    pub fn copy(&self) -> PyResult<Decompressor> {
        let log = self.log.as_ref().ok_or_else(copy_refused)?;
        let mut d = Decompressor::new(self.wbits, self.dictionary.clone())?.ok_or_else(copy_refused)?;
        if !log.is_empty() {
            // One byte of room more than was made lets the end of the stream be seen where it was seen.
            let step = d.run(log, Some(self.made + usize::from(self.eof)))?;
            d.prefix = log[step.consumed..].to_vec();
        }
        d.made = self.made;
        d.log = Some(log.clone());
        Ok(d)
    }
}
fn bad_dictionary() -> PyErr {
    zlib_error("Error -3 while setting zdict: invalid input data")
}
