//! Text: _sre, unicodedata, _json, _csv, _locale. The modules _codecs and _string are with str in adder-builtins.

pub mod csv;
pub mod json;
pub mod locale;
pub mod sre;
pub mod unicodedata;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] =
    &[&sre::MODULE, &json::MODULE, &unicodedata::MODULE, &locale::MODULE, &csv::MODULE];
