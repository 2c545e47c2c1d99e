//! Binding arguments to a text signature such as `"index($self, value, start=0, stop=sys.maxsize, /)"`.
//!
//! The signature of a native function is data: it gives `__text_signature__`, the arity errors with CPython's texts, and the order
//! in which bound arguments reach the Rust function. CPython: Python/getargs.c (vgetargskeywords and the Argument Clinic texts).

use crate::call::Args;
use crate::{Obj, ObjExt, PyResult, Str, error};

/// A parsed signature without its `$self`.
#[derive(Debug)]
pub struct Signature {
    pub function: String,
    pub params: Vec<Param>,
    /// Parameters before `/`.
    pub posonly: usize,
    /// Parameters that can be given by position.
    pub positional: usize,
    pub required: usize,
    /// The required ones come first, so a call without keywords has them all when it has enough arguments.
    required_first: bool,
}

#[derive(Debug)]
pub struct Param {
    pub name: String,
    /// The name as an interned str, which a call's keyword nearly always is too.
    word: Obj,
    pub required: bool,
}

impl Signature {
    /// Parses the text after the function name; `*args`/`**kwargs` are not supported (use a raw function).
    pub fn parse(text: &str) -> Signature {
        let (function, rest) = text.split_once('(').unwrap_or((text, ")"));
        let inner = rest.trim_end().trim_end_matches(')');
        let mut s = Signature {
            function: function.to_owned(),
            params: vec![],
            posonly: 0,
            positional: usize::MAX,
            required: 0,
            required_first: true,
        };
        for part in split_params(inner) {
            match part.trim() {
                "" => {}
                "/" => s.posonly = s.params.len(),
                "*" => s.positional = s.params.len(),
                p if p.starts_with('$') => {}
                p => {
                    let (name, default) = p.split_once('=').map_or((p, false), |(n, _)| (n, true));
                    let name = name.trim();
                    s.params.push(Param {
                        name: name.to_owned(),
                        word: crate::str::intern_str(name).into_obj(),
                        required: !default,
                    });
                }
            }
        }
        s.positional = s.positional.min(s.params.len());
        s.required = s.params.iter().filter(|p| p.required).count();
        s.required_first = s.params.iter().take(s.required).all(|p| p.required);
        s
    }

    /// Puts each argument at its parameter's place; missing optional ones are None.
    #[inline]
    pub fn bind<'a>(&self, args: Args<'a>) -> PyResult<Bound<'a>> {
        let n = args.len();
        if n <= self.positional && n >= self.required && self.required_first && !args.has_keywords() {
            return Ok(Bound::given(args.positional()));
        }
        self.bind_any(args)
    }

    /// As `bind`, for every form of call.
    #[inline(never)]
    fn bind_any<'a>(&self, args: Args<'a>) -> PyResult<Bound<'a>> {
        let n = args.len();
        if n > self.positional || (self.posonly == self.params.len() && args.has_keywords()) {
            return Err(self.too_many(args));
        }
        let mut bound = Bound(Found::Given(&[]));
        let slots = bound.slots(self.params.len());
        for (slot, o) in slots.iter_mut().zip(args.positional()) {
            *slot = Some(o);
        }
        for (name, value) in args.keywords() {
            let text = || name.get::<Str>().map(Str::to_string_lossy).unwrap_or_default();
            let same = |p: &Param| name.is(&p.word);
            let equal = |p: &Param| name.get::<Str>().is_some_and(|s| s.eq_str(&p.name));
            match self.params.iter().position(same).or_else(|| self.params.iter().position(equal)) {
                Some(i) if i < self.posonly => return Err(self.posonly_keyword(&text())),
                Some(i) if slots[i].is_some() && i < n => {
                    return Err(error::type_error(format!(
                        "argument for {} given by name ('{}') and position ({})",
                        self.callee(),
                        text(),
                        i + 1
                    )));
                }
                Some(i) => slots[i] = Some(value),
                None => return Err(self.unexpected_keyword(&text())),
            }
        }
        for (i, p) in self.params.iter().enumerate() {
            if p.required && slots[i].is_none() {
                return Err(self.missing(i, args));
            }
        }
        Ok(bound)
    }

    /// The function in messages; an empty name stands for one whose C code does not say it.
    fn callee(&self) -> String {
        if self.function.is_empty() { "function".to_owned() } else { format!("{}()", self.function) }
    }

    #[cold]
    fn posonly_keyword(&self, name: &str) -> crate::PyErr {
        error::type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{name}'",
            self.function
        ))
    }

    #[cold]
    fn unexpected_keyword(&self, name: &str) -> crate::PyErr {
        let names: Vec<&str> = self.params[self.posonly..].iter().map(|p| p.name.as_str()).collect();
        let hint = crate::suggest::closest(name, &names).map(|s| format!(". Did you mean '{s}'?")).unwrap_or_default();
        let this = if self.function.is_empty() { "this " } else { "" };
        error::type_error(format!("{this}{} got an unexpected keyword argument '{name}'{hint}", self.callee()))
    }

    #[cold]
    fn too_many(&self, args: Args<'_>) -> crate::PyErr {
        if self.posonly == self.params.len() {
            if args.has_keywords() {
                return error::type_error(format!("{}() takes no keyword arguments", self.function));
            }
            return match check_positional(&self.function, args.len(), self.required, self.params.len()) {
                Err(e) => e,
                Ok(()) => error::system_error("argument count"),
            };
        }
        let (max, given) = (self.positional, args.len() + args.names().len());
        if self.positional == 0 {
            return error::type_error(format!("{}() takes no positional arguments", self.function));
        }
        let positional = if self.positional < self.params.len() { "positional " } else { "" };
        let exact = self.required >= self.positional;
        let bound = if exact && !self.function.is_empty() { "exactly" } else { "at most" };
        let given = if positional.is_empty() { given } else { args.len() };
        error::type_error(format!(
            "{} takes {bound} {max} {positional}argument{} ({given} given)",
            self.callee(),
            if max == 1 { "" } else { "s" },
        ))
    }

    #[cold]
    fn missing(&self, i: usize, args: Args<'_>) -> crate::PyErr {
        if i < self.posonly {
            let min = self.params[..self.posonly].iter().filter(|p| p.required).count();
            if self.posonly == self.params.len()
                && let Err(e) = check_positional(&self.function, args.len(), self.required, self.params.len())
            {
                return e;
            }
            return error::type_error(format!(
                "{}() takes {} {min} positional argument{} ({} given)",
                self.function,
                if min == self.positional { "exactly" } else { "at least" },
                if min == 1 { "" } else { "s" },
                args.len()
            ));
        }
        error::type_error(format!(
            "{} missing required argument '{}' (pos {})",
            self.callee(),
            self.params[i].name,
            i + 1
        ))
    }

    /// `__text_signature__`: the part in parentheses.
    pub fn text(full: &str) -> Option<&str> {
        full.find('(').map(|i| &full[i..])
    }
}

fn split_params(s: &str) -> Vec<&str> {
    let (mut depth, mut start, mut out, mut quote) = (0, 0, vec![], None);
    for (i, c) in s.char_indices() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                out.push(&s[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push(&s[start..]);
    out
}

/// "f expected at least 1 argument, got 0" and its siblings.
pub fn check_positional(function: &str, n: usize, min: usize, max: usize) -> PyResult<()> {
    if n >= min && n <= max {
        return Ok(());
    }
    let (bound, limit) = if min == max {
        ("", min)
    } else if n < min {
        ("at least ", min)
    } else {
        ("at most ", max)
    };
    let s = if limit == 1 { "" } else { "s" };
    Err(error::type_error(format!("{function} expected {bound}{limit} argument{s}, got {n}")))
}

/// How many positional arguments need no binding: what `Signature` says of a text, known when the program is built.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    required: u8,
    positional: u8,
}

impl Places {
    /// Of no number of arguments.
    const NONE: Places = Places { required: 1, positional: 0 };

    #[inline(always)]
    pub(crate) fn fit(self, args: Args<'_>) -> bool {
        args.len() >= self.required as usize && args.len() <= self.positional as usize && !args.has_keywords()
    }

    #[cfg(debug_assertions)]
    pub(crate) fn agree(self, s: &Signature) -> bool {
        let simple = s.required_first && s.required <= s.positional;
        let (required, positional) = if simple { (s.required, s.positional) } else { (1, 0) };
        usize::from(self.required) == required && usize::from(self.positional) == positional
    }

    /// Reads the text of a signature as `Signature::parse` does.
    pub(crate) const fn of(text: &str) -> Places {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() && text[i] != b'(' {
            i += 1;
        }
        let (mut required, mut positional, mut by_name, mut depth, mut quote) = (0, 0, false, 0, 0);
        // Of the parameter that is being read: its first character, and whether it has a default.
        let (mut first, mut default) = (0, false);
        i += 1;
        while i < text.len() {
            let c = text[i];
            if quote != 0 {
                if c == quote {
                    quote = 0;
                }
            } else if c == b'\'' || c == b'"' {
                quote = c;
            } else if depth > 0 || c == b'(' || c == b'[' || c == b'{' {
                match c {
                    b'(' | b'[' | b'{' => depth += 1,
                    b')' | b']' | b'}' => depth -= 1,
                    _ => {}
                }
            } else if c == b',' || c == b')' {
                match first {
                    0 | b'/' | b'$' => {}
                    b'*' => by_name = true,
                    _ if default && by_name => {}
                    // One that is required after one that is not, or by name.
                    _ if !default && (by_name || required < positional) => return Places::NONE,
                    _ => {
                        positional += 1;
                        required += !default as u8;
                    }
                }
                (first, default) = (0, false);
            } else if c == b'=' {
                default = true;
            } else if first == 0 && c != b' ' {
                first = c;
            }
            i += 1;
        }
        Places { required, positional }
    }
}

/// Bound arguments, one place a parameter of the signature.
pub struct Bound<'a>(Found<'a>);

enum Found<'a> {
    /// The positional arguments are those of the first parameters; the others have none.
    Given(&'a [Obj]),
    Few([Option<&'a Obj>; FEW]),
    Many(Vec<Option<&'a Obj>>),
}
const FEW: usize = 6;

impl<'a> Bound<'a> {
    /// Positional arguments, as many as there are parameters or fewer.
    #[inline(always)]
    pub(crate) fn given(args: &'a [Obj]) -> Bound<'a> {
        Bound(Found::Given(args))
    }
    fn slots(&mut self, len: usize) -> &mut [Option<&'a Obj>] {
        self.0 = if len > FEW { Found::Many(vec![None; len]) } else { Found::Few([None; FEW]) };
        match &mut self.0 {
            Found::Given(_) => &mut [],
            Found::Few(places) => &mut places[..len],
            Found::Many(places) => places,
        }
    }
    /// A required argument (binding made sure it is there).
    #[inline]
    pub fn req(&self, i: usize) -> &'a Obj {
        self.opt(i).unwrap_or(crate::singletons::none_ref())
    }
    #[inline]
    pub fn opt(&self, i: usize) -> Option<&'a Obj> {
        match &self.0 {
            Found::Given(args) => args.get(i),
            Found::Few(places) => places.get(i).copied().flatten(),
            Found::Many(places) => places.get(i).copied().flatten(),
        }
    }
    /// As `opt`, None for Python's None too.
    #[inline]
    pub fn opt_not_none(&self, i: usize) -> Option<&'a Obj> {
        self.opt(i).filter(|o| !o.is_none())
    }
    #[inline]
    pub fn clone_or_none(&self, i: usize) -> Obj {
        self.opt(i).cloned().unwrap_or_else(crate::singletons::none)
    }
}
