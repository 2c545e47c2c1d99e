//! Text: _sre, unicodedata, _json, _csv, _locale. The modules _codecs and _string are with str in adder-builtins.

pub mod sre;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[&sre::MODULE];
