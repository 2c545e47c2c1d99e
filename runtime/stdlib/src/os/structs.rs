//! Struct sequence types of this folder's modules, each made when first used.

use adder_mem::heap::Global;
use adder_object::structseq::{self, SeqDef};
use adder_object::{Obj, Ref, Type, Vm, tuple};

/// A declaration and the class once it is made.
pub struct Seq {
    pub def: SeqDef,
    class: Global<Option<Ref<Type>>>,
}

impl Seq {
    pub const fn new(def: SeqDef) -> Seq {
        Seq { def, class: Global::new(None) }
    }
    fn ready(&'static self) -> Option<&'static Ref<Type>> {
        if self.class.get().is_none() {
            *self.class.get() = structseq::make_type(Vm::current(), &self.def).ok();
        }
        self.class.get().as_ref()
    }
    /// The class, as the module's attribute.
    pub fn class(&'static self) -> Obj {
        self.ready().map_or_else(adder_object::singletons::none, |t| t.obj().clone())
    }
    pub fn is_instance(&'static self, o: &Obj) -> bool {
        use adder_object::ObjExt;
        self.ready().is_some_and(|t| o.ty().is(t))
    }
}

/// An instance; `items` has one value a field.
pub fn make(seq: &'static Seq, items: Vec<Obj>) -> Obj {
    match seq.ready() {
        Some(t) => structseq::new(t, items),
        None => tuple::new(items),
    }
}

/// `struct_seq!(STAT "os.stat_result" visible=10 "doc" { "st_mode"; ... })`; "" is an item without a name.
#[macro_export]
macro_rules! struct_seq {
    ($def:ident $name:literal visible=$n:literal $doc:literal { $($f:literal;)* }) => {
        pub static $def: $crate::os::structs::Seq = $crate::os::structs::Seq::new(adder_object::structseq::SeqDef {
            name: $name, doc: $doc, fields: &[$($f),*], visible: $n,
        });
    };
}
