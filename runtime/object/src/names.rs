//! Interned strings that native code names: `names().__init__`.

use crate::{Obj, str};
use adder_mem::heap::Global;

macro_rules! names {
    ($($n:ident)*) => {
        /// One immortal str for each name used by native code.
        #[allow(non_snake_case)]
        pub struct Names { $(pub $n: Obj),* }
        impl Names {
            fn make() -> Names {
                let mut texts = [$(stringify!($n)),*].iter();
                // Fields are made in the order they are written here.
                let mut next = || str::intern_str(texts.next().map_or("", |t| t.trim_start_matches("r#"))).into_obj();
                Names { $($n: next()),* }
            }
        }
    };
}

static NAMES: Global<Option<Names>> = Global::new(None);

#[inline(always)]
pub fn names() -> &'static Names {
    match NAMES.get() {
        Some(n) => n,
        None => make(),
    }
}

#[cold]
fn make() -> &'static Names {
    NAMES.get().get_or_insert_with(Names::make)
}

names! {
    __abs__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__ __annotate__ __annotate_func__ __annotations__
    __annotations_cache__ __args__ __await__ __bases__ __bool__ __buffer__ __build_class__ __builtins__ __bytes__ __call__
    __cached__ __cause__ __ceil__ __class__ __class_getitem__ __classcell__ __classdict__ __classdictcell__ __closure__
    __code__ __complex__ __conditional_annotations__ __contains__ __context__ __copy__ __debug__ __deepcopy__ __defaults__
    __del__ __delattr__ __delete__ __delitem__ __dict__ __dir__ __divmod__ __doc__ __enter__ __eq__ __exit__ __file__
    __firstlineno__ __float__ __floor__ __floordiv__ __format__ __fspath__ __func__ __future__ __ge__ __get__ __getattr__
    __getattribute__ __getinitargs__ __getitem__ __getnewargs__ __getnewargs_ex__ __getstate__ __globals__ __gt__ __hash__
    __iadd__ __iand__ __ifloordiv__ __ilshift__ __imatmul__ __imod__ __import__ __imul__ __index__ __init__
    __init_subclass__ __instancecheck__ __int__ __invert__ __ior__ __ipow__ __irshift__ __isabstractmethod__ __isub__ __iter__
    __itruediv__ __ixor__ __kwdefaults__ __le__ __len__ __length_hint__ __loader__ __lshift__ __lt__ __main__ __match_args__
    __matmul__ __missing__ __mod__ __module__ __mro__ __mro_entries__ __mul__ __name__ __ne__ __neg__ __new__ __next__
    __notes__ __objclass__ __or__ __orig_bases__ __orig_class__ __origin__ __package__ __parameters__ __path__ __pos__ __pow__
    __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __reduce__ __reduce_ex__ __release_buffer__ __repr__ __reversed__
    __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__
    __rtruediv__ __rxor__ __self__ __set__ __set_name__ __setattr__ __setitem__ __setstate__ __signature__ __sizeof__ __slots__
    __spec__ __static_attributes__ __str__ __sub__ __subclasscheck__ __subclasshook__ __suppress_context__
    __text_signature__ __traceback__ __truediv__ __trunc__ __type_params__ __typing_subst__
    __typing_unpacked_tuple_args__ __typing_prepare_subst__ __typing_is_unpacked_typevartuple__ __unpacked__ __weakref__
    __wrapped__ __xor__ __abstractmethods__ __new_member__ __subclasses__
    _abc_impl _fields _attributes _initializing _uninitialized_submodules _make append args attr builtins cause close code
    context copy encode decode encoding errors end end_lineno end_offset exceptions extend file filename filename2 flush fileno
    format fset fget fdel get getattr insert items join key keys lineno last_exc last_traceback last_type last_value main
    message metaclass mode modules msg name name_from newline newlines obj object offset opener pop path print_file_and_line
    read readable readinto readline reason reload repr reset return_ r#return reverse seek seekable self_ send sep setdefault
    sort split start stderr stdin stdout step stop strict string sys tell text throw truncate update value values warn
    warn_explicit warnings writable write zip_ errno strerror isatty line closed default displayhook excepthook
    unraisablehook ps1 ps2 threading _shutdown builtins_ locals globals level fromlist _find_and_load
    _handle_fromlist __lazy_import__ origin submodule_search_locations has_location cached loader parent
    big little inf nan strip lower upper real imag conjugate numerator denominator characters_written add_note
    with_traceback n_fields n_sequence_fields n_unnamed_fields __getformat__ fromkeys maxlen typing initial iterable r
    w a __prepare_subst__ bound covariant contravariant infer_variance constraints
}
