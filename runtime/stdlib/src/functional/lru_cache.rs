//! `functools._lru_cache_wrapper`: uncached, unbounded or bounded.
//!
//! Invariants: LRU-1: `map` gives each key's index in `links`; live links form a ring through link 0, most recent first after it.
//! LRU-2: no borrow of `links` is held while Python code runs.
//! CPython: Modules/_functoolsmodule.c.

use super::shared::bind;
use adder_mem::heap::Global;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, Dict, Obj, ObjExt, PyResult, Ref, StaticType, Trace, Type, TypeFlags as F, Visit, Vm, attr, call, class,
    descr, error, int, names, ops, payload, singletons, tuple, types,
};
use std::cell::{Cell, RefCell};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// maxsize 0: only counts.
    Uncached,
    Unbounded,
    Max(usize),
}

struct Link {
    prev: usize,
    next: usize,
    hash: i64,
    key: Option<Obj>,
    value: Option<Obj>,
}

pub struct LruCache {
    func: Obj,
    maxsize: Obj,
    bound: Bound,
    typed: bool,
    info_type: Obj,
    hits: Cell<usize>,
    misses: Cell<usize>,
    map: Ref<Dict>,
    links: RefCell<Vec<Link>>,
    free: RefCell<Vec<usize>>,
}
impl Trace for LruCache {
    fn trace(&self, visit: &mut Visit<'_>) {
        visit(&self.func);
        visit(&self.maxsize);
        visit(&self.info_type);
        visit(self.map.obj());
        if let Ok(links) = self.links.try_borrow() {
            for l in links.iter() {
                l.key.iter().chain(&l.value).for_each(&mut *visit);
            }
        }
    }
    fn clear(&self) {
        self.empty();
    }
}
static LRU_CACHE: StaticType = StaticType::new::<LruCache>(
    "functools._lru_cache_wrapper",
    F::GC | F::BASETYPE | F::MANAGED_DICT | F::MANAGED_WEAKREF | F::METHOD_DESCRIPTOR,
);
payload!(LruCache, LRU_CACHE);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::call(call_cached), slot::descr_get(get)],
    methods: &[
        method("cache_info($self, /)", Native::NoArgs(cache_info), "Report cache statistics"),
        method("cache_clear($self, /)", Native::NoArgs(cache_clear), "Clear the cache and cache statistics"),
        method("__reduce__($self, /)", Native::NoArgs(|vm, o| attr::get(vm, o, &names().__qualname__)), ""),
        method("__copy__", Native::NoArgs(ops::iter_self), ""),
        method("__deepcopy__", Native::One(|_, o, _| Ok(o.clone())), ""),
    ],
    getset: &[class::dict_getset()],
    doc: "Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize",
    ..TypeSpec::of(&LRU_CACHE)
};

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("lru_cache(user_function, maxsize, typed, cache_info_type)", args)?;
    let (func, maxsize) = (args.req(0), args.req(1));
    if !call::is_callable(func) {
        return Err(error::type_error("the first argument must be callable"));
    }
    let (bound, maxsize) = if maxsize.is_none() {
        (Bound::Unbounded, maxsize.clone())
    } else if int::is_int(maxsize) || maxsize.ty().index().is_some() {
        match ops::index_isize(vm, maxsize)?.max(0) as usize {
            0 => (Bound::Uncached, int::from_i64(0)),
            n => (Bound::Max(n), int::from_usize(n)),
        }
    } else {
        return Err(error::type_error("maxsize should be integer or None"));
    };
    let cache = LruCache {
        func: func.clone(),
        maxsize,
        bound,
        typed: ops::truth(vm, args.req(2))?,
        info_type: args.req(3).clone(),
        hits: Cell::new(0),
        misses: Cell::new(0),
        map: Dict::new(),
        links: RefCell::new(vec![Link { prev: 0, next: 0, hash: 0, key: None, value: None }]),
        free: RefCell::default(),
    };
    let o = Ref::with_type(ty, cache).into_obj();
    Ok(o)
}

static KEYWORD_MARK: Global<Option<Obj>> = Global::new(None);

/// The key of a call: the sole argument if it is an exact int or str, else a tuple of everything.
fn make_key(typed: bool, args: Args<'_>) -> Obj {
    if !typed
        && let ([only], false) = (args.positional(), args.has_keywords())
        && (only.is_exact(&types::STR) || only.is_exact(&types::INT))
    {
        return only.clone();
    }
    if !typed && !args.has_keywords() {
        return tuple::from_slice(args.positional());
    }
    let mut parts = args.positional().to_vec();
    if args.has_keywords() {
        parts.push(KEYWORD_MARK.get().get_or_insert_with(|| class::bare_instance(&types::OBJECT)).clone());
        for (k, v) in args.keywords() {
            parts.extend([k.clone(), v.clone()]);
        }
    }
    if typed {
        parts.extend(args.all().iter().map(|a| a.ty().to_obj()));
    }
    tuple::new(parts)
}

fn call_cached(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let c = o.this::<LruCache>()?;
    if c.bound == Bound::Uncached {
        c.misses.set(c.misses.get() + 1);
        return call::call(vm, &c.func, args);
    }
    let key = make_key(c.typed, args);
    let hash = ops::hash(vm, &key)?;
    let found = c.map.get_item_hashed(vm, &key, hash)?;
    if let Some(found) = found {
        let value = if c.bound == Bound::Unbounded { Some(found) } else { c.touch(&found) };
        if let Some(value) = value {
            c.hits.set(c.hits.get() + 1);
            return Ok(value);
        }
    }
    c.misses.set(c.misses.get() + 1);
    let result = call::call(vm, &c.func, args)?;
    match c.bound {
        Bound::Max(max) => c.store(vm, key, hash, &result, max)?,
        _ => c.map.set_item_hashed(vm, &key, hash, result.clone())?,
    }
    Ok(result)
}

impl LruCache {
    /// Makes a link the most recent one; its value.
    fn touch(&self, index: &Obj) -> Option<Obj> {
        let i = index.small_int()? as usize;
        let mut links = self.links.borrow_mut();
        let value = links.get(i)?.value.clone()?;
        unlink(&mut links, i);
        link_first(&mut links, i);
        Some(value)
    }

    /// Adds a result, dropping the oldest where the cache is full.
    fn store(&self, vm: &Vm, key: Obj, hash: i64, value: &Obj, max: usize) -> PyResult<()> {
        if self.map.get_item_hashed(vm, &key, hash)?.is_some() {
            // A call of the function itself put it there already.
            return Ok(());
        }
        let mut dropped = None;
        if self.map.len() >= max {
            let oldest = {
                let links = self.links.borrow();
                let i = links[0].prev;
                links[i].key.clone().map(|k| (i, k, links[i].hash))
            };
            if let Some((i, k, h)) = oldest {
                dropped = Some((self.map.remove_item_hashed(vm, &k, h)?, k));
                let old = {
                    let mut links = self.links.borrow_mut();
                    if links.get(i).is_some_and(|l| l.value.is_some()) {
                        unlink(&mut links, i);
                        self.free.borrow_mut().push(i);
                        (links[i].key.take(), links[i].value.take())
                    } else {
                        (None, None)
                    }
                };
                drop(old);
            }
        }
        let i = {
            let mut links = self.links.borrow_mut();
            let link = Link { prev: 0, next: 0, hash, key: Some(key.clone()), value: Some(value.clone()) };
            let i = match self.free.borrow_mut().pop() {
                Some(i) => i,
                None => links.len(),
            };
            if i < links.len() {
                links[i] = link;
            } else {
                links.push(link);
            }
            link_first(&mut links, i);
            i
        };
        self.map.set_item_hashed(vm, &key, hash, int::from_usize(i))?;
        drop(dropped);
        Ok(())
    }

    fn empty(&self) {
        let fresh = vec![Link { prev: 0, next: 0, hash: 0, key: None, value: None }];
        let old = self.links.try_borrow_mut().map(|mut l| std::mem::replace(&mut *l, fresh));
        if let Ok(mut f) = self.free.try_borrow_mut() {
            f.truncate(0)
        }
        self.map.clear_all();
        drop(old);
    }
}

fn unlink(links: &mut [Link], i: usize) {
    let (prev, next) = (links[i].prev, links[i].next);
    links[prev].next = next;
    links[next].prev = prev;
}
fn link_first(links: &mut [Link], i: usize) {
    let first = links[0].next;
    (links[i].prev, links[i].next) = (0, first);
    links[first].prev = i;
    links[0].next = i;
}

fn get(_: &Vm, o: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    match obj.filter(|x| !x.is_none()) {
        Some(x) => Ok(descr::bound_method(o.clone(), x.clone())),
        None => Ok(o.clone()),
    }
}

fn cache_info(vm: &Vm, o: &Obj) -> PyResult {
    let c = o.this::<LruCache>()?;
    let n = int::from_usize;
    call::call_pos(vm, &c.info_type, &[n(c.hits.get()), n(c.misses.get()), c.maxsize.clone(), n(c.map.len())])
}
fn cache_clear(_: &Vm, o: &Obj) -> PyResult {
    let c = o.this::<LruCache>()?;
    c.hits.set(0);
    c.misses.set(0);
    c.empty();
    Ok(singletons::none())
}
