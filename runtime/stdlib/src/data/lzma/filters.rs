//! Filter chains of `_lzma`: from lists of dicts to liblzma's, and the encoded properties of one filter.
//!
//! A specifier is checked whole before a chain is built, so a chain never holds half a filter.

use super::lzma_error;
use adder_object::{Obj, PyErr, PyResult, Vm, dict, error, exceptions as exc, int, ops, str};
use adder_object::{ObjExt, buffer, bytes};
use liblzma::stream::{Filters, LzmaOptions, MatchFinder, Mode};

pub const LZMA1: u64 = 0x4000_0000_0000_0001;
pub const LZMA2: u64 = 0x21;
pub const DELTA: u64 = 3;
/// x86, PowerPC, IA-64, ARM, ARM Thumb, SPARC.
const BRANCHES: std::ops::RangeInclusive<u64> = 4..=9;

/// One checked specifier.
pub enum Filter {
    Lzma { id: u64, options: Options },
    Delta { distance: u32 },
    Branch { id: u64, start: Option<u32> },
}
/// What an LZMA filter can be told; the numbers that a properties field holds are kept beside liblzma's own form.
pub struct Options {
    raw: LzmaOptions,
    dict_size: u32,
    lc: u32,
    lp: u32,
    pb: u32,
}

#[cold]
pub fn unsupported() -> PyErr {
    lzma_error("Invalid or unsupported options")
}
#[cold]
fn internal() -> PyErr {
    lzma_error("Internal error")
}
pub fn unsigned32(vm: &Vm, o: &Obj) -> PyResult<u32> {
    u32::try_from(ops::to_u64(vm, o, "unsigned long long")?)
        .map_err(|_| error::overflow_error("Value too large for uint32_t type"))
}

/// The entries of a specifier, read through the mapping protocol.
struct Entries<'a> {
    vm: &'a Vm,
    spec: &'a Obj,
}
impl Entries<'_> {
    fn entry(&self, name: &str) -> PyResult<Option<Obj>> {
        match ops::getitem(self.vm, self.spec, str::intern_str(name).obj()) {
            Ok(v) => Ok(Some(v)),
            Err(e) if e.is(&exc::KEY_ERROR) => Ok(None),
            Err(e) => Err(e),
        }
    }
    fn number(&self, name: &str) -> PyResult<Option<u32>> {
        self.entry(name)?.map(|o| unsigned32(self.vm, &o)).transpose()
    }
    /// TypeErrors and wrong names read as one message, as CPython's keyword parsing has it.
    fn check(&self, allowed: &[&str], kind: &str) -> PyResult<()> {
        let mut ok = true;
        ops::for_each(self.vm, self.spec, |k| {
            let known = k.get::<adder_object::Str>().is_some_and(|k| allowed.iter().any(|a| k.eq_str(a)));
            ok &= known;
            Ok(())
        })?;
        for name in allowed.iter().filter(|n| **n != "id") {
            ok &= self.number(name).is_ok();
        }
        if ok { Ok(()) } else { Err(error::value_error(format!("Invalid filter specifier for {kind} filter"))) }
    }
    fn options(&self) -> PyResult<Options> {
        let preset = self.number("preset")?.unwrap_or(liblzma::stream::PRESET_DEFAULT);
        let Ok(mut raw) = LzmaOptions::new_preset(preset) else {
            return Err(lzma_error(&format!("Invalid compression preset: {preset}")));
        };
        let names = ["id", "preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
        self.check(&names, "LZMA")?;
        let level = preset & liblzma::stream::PRESET_LEVEL_MASK;
        let (mut dict_size, mut lc, mut lp, mut pb) = (preset_dict_size(level), 3, 0, 2);
        for (name, field) in [("dict_size", &mut dict_size), ("lc", &mut lc), ("lp", &mut lp), ("pb", &mut pb)] {
            if let Some(n) = self.number(name)? {
                *field = n;
            }
        }
        raw.dict_size(dict_size).literal_context_bits(lc).literal_position_bits(lp).position_bits(pb);
        match self.number("mode")? {
            None => {}
            Some(1) => drop(raw.mode(Mode::Fast)),
            Some(2) => drop(raw.mode(Mode::Normal)),
            Some(_) => return Err(unsupported()),
        }
        match self.number("mf")? {
            None => {}
            Some(3) => drop(raw.match_finder(MatchFinder::HashChain3)),
            Some(4) => drop(raw.match_finder(MatchFinder::HashChain4)),
            Some(0x12) => drop(raw.match_finder(MatchFinder::BinaryTree2)),
            Some(0x13) => drop(raw.match_finder(MatchFinder::BinaryTree3)),
            Some(0x14) => drop(raw.match_finder(MatchFinder::BinaryTree4)),
            Some(_) => return Err(unsupported()),
        }
        if let Some(n) = self.number("nice_len")? {
            raw.nice_len(n);
        }
        if let Some(n) = self.number("depth")? {
            raw.depth(n);
        }
        Ok(Options { raw, dict_size, lc, lp, pb })
    }
}
/// The dictionary of a preset level, in bytes.
fn preset_dict_size(level: u32) -> u32 {
    const BITS: [u32; 10] = [18, 20, 21, 22, 22, 23, 23, 24, 25, 26];
    1 << BITS.get(level as usize).copied().unwrap_or(23)
}

pub fn read(vm: &Vm, spec: &Obj) -> PyResult<Filter> {
    if spec.ty().getitem().is_none() || adder_object::tuple::as_slice(spec).is_some() {
        return Err(error::type_error("Filter specifier must be a dict or dict-like object"));
    }
    let e = Entries { vm, spec };
    let Some(id) = e.entry("id")? else {
        return Err(error::value_error("Filter specifier must have an \"id\" entry"));
    };
    let id = ops::to_u64(vm, &id, "unsigned long long")?;
    match id {
        LZMA1 | LZMA2 => Ok(Filter::Lzma { id, options: e.options()? }),
        DELTA => {
            e.check(&["id", "dist"], "delta")?;
            Ok(Filter::Delta { distance: e.number("dist")?.unwrap_or(1) })
        }
        id if BRANCHES.contains(&id) => {
            e.check(&["id", "start_offset"], "BCJ")?;
            Ok(Filter::Branch { id, start: e.number("start_offset")? })
        }
        id => Err(error::value_error(format!("Invalid filter ID: {id}"))),
    }
}

impl Filter {
    pub fn properties(&self) -> PyResult<Vec<u8>> {
        match self {
            Filter::Lzma { id: LZMA1, options: o } => {
                if o.lc > 4 || o.lp > 4 || o.lc + o.lp > 4 || o.pb > 4 {
                    return Err(internal());
                }
                let mut out = vec![((o.pb * 5 + o.lp) * 9 + o.lc) as u8];
                out.extend_from_slice(&o.dict_size.to_le_bytes());
                Ok(out)
            }
            Filter::Lzma { options: o, .. } => Ok(vec![encode_size(o.dict_size)]),
            Filter::Delta { distance } => match distance.checked_sub(1).and_then(|d| u8::try_from(d).ok()) {
                Some(d) => Ok(vec![d]),
                None => Err(internal()),
            },
            Filter::Branch { start: None | Some(0), .. } => Ok(vec![]),
            Filter::Branch { start: Some(n), .. } => Ok(n.to_le_bytes().to_vec()),
        }
    }
    fn add(&self, chain: &mut Filters) -> PyResult<()> {
        if let Filter::Lzma { id, options } = self {
            if *id == LZMA1 {
                chain.lzma1(&options.raw)
            } else {
                chain.lzma2(&options.raw)
            };
            return Ok(());
        }
        let p = self.properties().map_err(|_| unsupported())?;
        let added = match self {
            Filter::Branch { id: 4, .. } => chain.x86_properties(&p),
            Filter::Branch { id: 5, .. } => chain.powerpc_properties(&p),
            Filter::Branch { id: 6, .. } => chain.ia64_properties(&p),
            Filter::Branch { id: 7, .. } => chain.arm_properties(&p),
            Filter::Branch { id: 8, .. } => chain.arm_thumb_properties(&p),
            Filter::Branch { .. } => chain.sparc_properties(&p),
            _ => chain.delta_properties(&p),
        };
        added.map(drop).map_err(|_| unsupported())
    }
}
/// A dictionary size as LZMA2's properties hold it: 2^n or 3 * 2^n, rounded up.
fn encode_size(size: u32) -> u8 {
    let size = u64::from(size.max(4096));
    (0..40u8).find(|&n| decode_size(n) >= size).unwrap_or(40)
}
fn decode_size(n: u8) -> u64 {
    if n == 40 { u64::from(u32::MAX) } else { (2 | u64::from(n & 1)) << (n / 2 + 11) }
}

/// The specifiers of a list; at most four.
pub fn read_all(vm: &Vm, list: &Obj) -> PyResult<Vec<Filter>> {
    if list.get::<adder_object::Dict>().is_some() {
        return Err(error::type_error("dict is not a sequence"));
    }
    let n = ops::len(vm, list)?;
    if n > 4 {
        return Err(error::value_error("Too many filters - liblzma supports a maximum of 4"));
    }
    (0..n).map(|i| read(vm, &ops::getitem(vm, list, &int::from_usize(i))?)).collect()
}
pub fn chain(filters: &[Filter]) -> PyResult<Filters> {
    let mut chain = Filters::new();
    filters.iter().try_for_each(|f| f.add(&mut chain))?;
    Ok(chain)
}
/// A chain for FORMAT_ALONE: liblzma's options of its only filter.
pub fn alone(filters: &[Filter]) -> PyResult<&LzmaOptions> {
    match filters {
        [Filter::Lzma { id: LZMA1, options }] => Ok(&options.raw),
        _ => Err(error::value_error("Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter")),
    }
}
/// Whether liblzma would refuse the chain as such: empty, LZMA1 inside .xz, or not ended by an LZMA filter.
pub fn fits(filters: &[Filter], raw: bool) -> PyResult<()> {
    match filters.last() {
        None => Err(internal()),
        Some(Filter::Lzma { id: LZMA1, .. }) if !raw => Err(internal()),
        _ => Ok(()),
    }
}

pub fn encode_properties(vm: &Vm, _: &Obj, spec: &Obj) -> PyResult {
    Ok(bytes::new(&read(vm, spec)?.properties()?))
}
pub fn decode_properties(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let id = ops::to_u64(vm, a.req(0), "unsigned long long")?;
    let data = buffer::get(vm, a.req(1), buffer::SIMPLE)?;
    let data = data.bytes();
    let mut fields: Vec<(&str, u64)> = vec![("id", id)];
    let word = |b: &[u8]| b.try_into().map(u32::from_le_bytes).map(u64::from).map_err(|_| unsupported());
    match id {
        LZMA1 => {
            let [first, size @ ..] = data else { return Err(unsupported()) };
            let (pb, lp, lc) = (first / 45, first / 9 % 5, first % 9);
            if *first > (4 * 5 + 4) * 9 + 8 || lc + lp > 4 {
                return Err(unsupported());
            }
            let dict_size = word(size)?;
            fields.extend([("lc", lc.into()), ("lp", lp.into()), ("pb", pb.into()), ("dict_size", dict_size)]);
        }
        LZMA2 => match data {
            [n @ 0..=40] => fields.push(("dict_size", decode_size(*n))),
            _ => return Err(unsupported()),
        },
        DELTA => match data {
            [d] => fields.push(("dist", u64::from(*d) + 1)),
            _ => return Err(unsupported()),
        },
        id if BRANCHES.contains(&id) => match data {
            [] => {}
            data => match word(data)? {
                0 => {}
                n => fields.push(("start_offset", n)),
            },
        },
        _ => return Err(unsupported()),
    }
    let d = dict::Dict::new();
    fields.iter().for_each(|(k, v)| d.set_str(k, int::from_u64(*v)));
    Ok(d.into_obj())
}
