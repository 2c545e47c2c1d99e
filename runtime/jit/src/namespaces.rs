//! What compiled code takes for granted of its namespaces: where names lie, and that others are not there. A new name changes the version of the
//! key set, though nothing that the code relies on: then the version that its guards look for is changed, and the code stays.
//!
//! Invariant: NAMES-1: the version that guards compare with is one of a key set in which every expectation holds (DICT-2).

use adder_interp::frame::{Frame, builtins_of, globals_of};
use adder_object::{Dict, Obj, ObjExt};
use std::cell::Cell;

/// One dict that the code reads names of. It is not kept alive: whoever reads it has come from a frame that runs with it.
pub struct Namespace {
    dict: usize,
    /// The version that the guards look for; they know its address.
    wanted: Box<Cell<u32>>,
    /// Names (owned), and where their values lie; 0 where a name is not to be there.
    names: Vec<(Obj, usize)>,
}

impl Namespace {
    pub fn new(dict: &Dict) -> Namespace {
        Namespace { dict: address(dict), wanted: Box::new(Cell::new(dict.keys_version())), names: vec![] }
    }
    pub fn is_of(&self, dict: &Dict) -> bool {
        self.dict == address(dict)
    }
    /// The address of the version that guards look for.
    pub fn wanted(&self) -> usize {
        self.wanted.as_ptr() as usize
    }
    pub fn expect(&mut self, name: &Obj, place: usize) {
        if !self.names.iter().any(|n| n.0.is(name)) {
            self.names.push((name.clone(), place));
        }
    }
    /// Whether all is where it was.
    fn holds(&self, dict: &Dict) -> bool {
        dict.keys_version() != 0
            && dict.has_only_str_keys()
            && self.names.iter().all(|(name, place)| {
                *place == dict.position_of_name(name).map_or(0, |p| dict.value_address(p) as usize)
            })
    }
}
fn address(dict: &Dict) -> usize {
    std::ptr::from_ref(dict) as usize
}

/// A guard found another version in a namespace of one of the frames from `top` to `this`: whether only names were added that the code does not
/// know, so that it may be entered again.
pub fn renew<'a>(all: impl Iterator<Item = &'a Namespace> + Clone, this: *mut Frame, top: *mut Frame) -> bool {
    let (mut frame, mut renewed) = (top, false);
    loop {
        for space in [globals_of(frame), builtins_of(frame)] {
            let Some(dict) = space.get_exact::<Dict>() else { continue };
            for n in all.clone().filter(|n| n.is_of(dict) && n.wanted.get() != dict.keys_version()) {
                if !n.holds(dict) {
                    return false;
                }
                n.wanted.set(dict.keys_version());
                renewed = true;
            }
        }
        if frame == this {
            return renewed;
        }
        // SAFETY: FRAME-1: the frames from `top` to `this` are whole.
        frame = unsafe { (*frame).prev.get() };
    }
}
