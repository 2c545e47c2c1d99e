//! [`Trace`]: how the collector walks what a payload holds, and how it breaks a dead cycle.

use crate::{Obj, ObjCell};
use std::cell::{Cell, OnceCell, RefCell};

/// The visitor a traversal calls with each owned reference.
pub type Visit<'a> = dyn FnMut(&Obj) + 'a;

/// Walks every owned reference of a value exactly once (GC-2); `clear` drops those that can be dropped behind `&self`.
pub trait Trace {
    fn trace(&self, visit: &mut Visit<'_>);
    fn clear(&self) {}
}

macro_rules! leaf { ($($t:ty),*) => { $(impl Trace for $t { #[inline] fn trace(&self, _: &mut Visit<'_>) {} })* } }
leaf!(u8, i8, u16, i16, u32, i32, u64, i64, usize, isize, f32, f64, bool, char, str, String, &'static str, ());

impl Trace for Obj {
    #[inline]
    fn trace(&self, visit: &mut Visit<'_>) {
        visit(self)
    }
}
impl Trace for ObjCell {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.with(|o| {
            if let Some(o) = o {
                visit(o)
            }
        })
    }
    fn clear(&self) {
        drop(self.take())
    }
}
impl<T: Trace> Trace for Option<T> {
    fn trace(&self, visit: &mut Visit<'_>) {
        if let Some(x) = self {
            x.trace(visit)
        }
    }
    fn clear(&self) {
        if let Some(x) = self {
            x.clear()
        }
    }
}
impl<T: Trace> Trace for [T] {
    fn trace(&self, visit: &mut Visit<'_>) {
        for x in self {
            x.trace(visit)
        }
    }
}
impl<T: Trace> Trace for Vec<T> {
    fn trace(&self, visit: &mut Visit<'_>) {
        self[..].trace(visit)
    }
}
impl<T: Trace> Trace for std::collections::VecDeque<T> {
    fn trace(&self, visit: &mut Visit<'_>) {
        for x in self {
            x.trace(visit)
        }
    }
}
impl<T: Trace + ?Sized> Trace for Box<T> {
    fn trace(&self, visit: &mut Visit<'_>) {
        (**self).trace(visit)
    }
    fn clear(&self) {
        (**self).clear()
    }
}
impl<T: Trace + Default> Trace for RefCell<T> {
    /// A payload that is borrowed while the collector runs is skipped: its references then look external, which keeps it alive.
    fn trace(&self, visit: &mut Visit<'_>) {
        if let Ok(x) = self.try_borrow() {
            x.trace(visit)
        }
    }
    fn clear(&self) {
        let old = self.try_borrow_mut().ok().map(|mut x| std::mem::take(&mut *x));
        drop(old)
    }
}
impl<T: Trace> Trace for OnceCell<T> {
    fn trace(&self, visit: &mut Visit<'_>) {
        if let Some(x) = self.get() {
            x.trace(visit)
        }
    }
}
impl<T: Copy> Trace for Cell<T> {
    fn trace(&self, _: &mut Visit<'_>) {}
}
impl<A: Trace, B: Trace> Trace for (A, B) {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.0.trace(visit);
        self.1.trace(visit)
    }
}
impl<A: Trace, B: Trace, C: Trace> Trace for (A, B, C) {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.0.trace(visit);
        self.1.trace(visit);
        self.2.trace(visit)
    }
}

/// `trace_fields!(Type { a, b })` implements [`Trace`] by walking the named fields; `trace_fields!(Type)` for a leaf payload.
#[macro_export]
macro_rules! trace_fields {
    ($t:ty) => { $crate::trace_fields!($t {}); };
    ($t:ty { $($f:ident),* $(,)? }) => {
        impl $crate::Trace for $t {
            #[allow(unused_variables)]
            fn trace(&self, visit: &mut $crate::Visit<'_>) { $($crate::Trace::trace(&self.$f, visit);)* }
            fn clear(&self) { $($crate::Trace::clear(&self.$f);)* }
        }
    };
}
