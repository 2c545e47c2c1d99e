//! Interned identifiers of one compilation.
//!
//! *Invariants.* Equal text has an equal [`Name`]; the fixed names of [`known`] have the numbers of their constants.

use crate::maps::HashMap;
use adder_isa::code::Text;

/// An interned identifier.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name(pub u32);

macro_rules! known_names {
    ($($constant:ident = $text:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u32)]
        enum Known { $($constant),* }

        /// Names the compiler itself uses.
        pub mod known {
            use super::{Known, Name};
            $(#[doc = $text] pub const $constant: Name = Name(Known::$constant as u32);)*
        }

        const KNOWN: &[&str] = &[$($text),*];
    };
}

known_names! {
    ANNOTATE = "__annotate__";
    ANNOTATE_FUNC = "__annotate_func__";
    ANNOTATIONS = "__annotations__";
    ANON_DICTCOMP = "<dictcomp>";
    ANON_GENEXPR = "<genexpr>";
    ANON_LAMBDA = "<lambda>";
    ANON_LISTCOMP = "<listcomp>";
    ANON_MODULE = "<module>";
    ANON_SETCOMP = "<setcomp>";
    CLASS = "__class__";
    CLASSCELL = "__classcell__";
    CLASSDICT = "__classdict__";
    CLASSDICTCELL = "__classdictcell__";
    CONDITIONAL_ANNOTATIONS = "__conditional_annotations__";
    DEBUG = "__debug__";
    DICTCOMP = "dictcomp";
    DOC = "__doc__";
    DOT_DEFAULTS = ".defaults";
    DOT_FORMAT = ".format";
    DOT_GENERIC_BASE = ".generic_base";
    DOT_KWDEFAULTS = ".kwdefaults";
    DOT_TYPE_PARAMS = ".type_params";
    DOT_ZERO = ".0";
    FIRSTLINENO = "__firstlineno__";
    GENEXPR = "genexpr";
    JOIN = "join";
    LAMBDA = "lambda";
    LISTCOMP = "listcomp";
    MODULE = "__module__";
    NAME = "__name__";
    QUALNAME = "__qualname__";
    RETURN = "return";
    SETCOMP = "setcomp";
    STATIC_ATTRIBUTES = "__static_attributes__";
    SUPER = "super";
    TOP = "top";
    TYPE_PARAMS = "__type_params__";
}

/// The interner.
#[derive(Debug)]
pub struct Names {
    map: HashMap<Text, Name>,
    texts: Vec<Text>,
}

impl Default for Names {
    fn default() -> Names {
        let mut names = Names { map: HashMap::default(), texts: Vec::new() };
        for text in KNOWN {
            names.intern(text);
        }
        names
    }
}

impl Names {
    /// The name with this text.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(name) = self.map.get(text) {
            return *name;
        }
        let text: Text = text.into();
        let name = Name(self.texts.len() as u32);
        self.texts.push(text.clone());
        self.map.insert(text, name);
        name
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &Text {
        &self.texts[name.0 as usize]
    }

    /// The text of a name as code objects keep it.
    pub fn shared(&self, name: Name) -> Text {
        self.text(name).clone()
    }

    /// The name of the class-private identifier: `__x` in class `C` is `_C__x`.
    pub fn mangle(&mut self, class: Option<Name>, name: Name) -> Name {
        let Some(class) = class else { return name };
        let text = self.text(name).clone();
        if !text.starts_with("__") || text.ends_with("__") || text.contains('.') {
            return name;
        }
        let class = self.text(class).clone();
        let class = class.trim_start_matches('_');
        if class.is_empty() {
            return name;
        }
        self.intern(&format!("_{class}{text}"))
    }
}
