//! Events to calls of the handlers, with expat's rules for what the default handler sees.

use super::event::{Code, Event, Model, Rare};
use super::lex::declaration_tokens;
use super::parser::{Handler, Parser};
use super::symbols::Symbol;
use adder_object::call::call_pos;
use adder_object::{Dict, List, Obj, ObjExt, PyResult, Vm, int, ops, singletons, str, tuple};

fn text(s: &str) -> Obj {
    str::from_str(s).into_obj()
}
fn optional(s: Option<&String>) -> Obj {
    s.map_or_else(singletons::none, |s| text(s))
}
fn model_object(m: &Model) -> Obj {
    let children = tuple::new(m.children.iter().map(model_object).collect());
    tuple::from_array([int::from_i64(m.kind), int::from_i64(m.quantifier), optional(m.name.as_ref()), children])
}

impl Parser {
    pub fn handler(&self, h: Handler) -> Option<Obj> {
        self.handlers[h as usize].get()
    }
    fn has(&self, h: Handler) -> bool {
        self.handlers[h as usize].is_some()
    }
    /// The shared string of a name.
    fn name(&self, vm: &Vm, s: &str) -> PyResult {
        let o = text(s);
        match self.intern.get::<Dict>() {
            Some(d) => d.set_default(vm, &o.clone(), o),
            None => Ok(o),
        }
    }
    fn symbol(&self, vm: &Vm, s: Symbol) -> PyResult {
        if let Some(Some(o)) = self.known.borrow().get(s.index()) {
            return Ok(o.clone());
        }
        let o = self.name(vm, self.scanner.borrow().names.expanded.text(s))?;
        let mut known = self.known.borrow_mut();
        if known.len() <= s.index() {
            known.resize(s.index() + 1, None);
        }
        known[s.index()] = Some(o.clone());
        Ok(o)
    }
    fn optional_name(&self, vm: &Vm, s: Option<&String>) -> PyResult {
        s.map_or_else(|| Ok(singletons::none()), |s| self.name(vm, s))
    }
    fn base(&self) -> Obj {
        self.base.get().unwrap_or_else(singletons::none)
    }

    /// Gives buffered text to its handler.
    pub fn flush(&self, vm: &Vm) -> PyResult<()> {
        if self.buffered.borrow().is_empty() {
            return Ok(());
        }
        let s = self.buffered.take();
        if let Some(h) = self.handler(Handler::CharacterData) {
            call_pos(vm, &h, &[text(&s)])?;
        }
        Ok(())
    }
    fn characters(&self, vm: &Vm, s: &str) -> PyResult<()> {
        if !self.buffer_text.get() {
            if let Some(h) = self.handler(Handler::CharacterData) {
                call_pos(vm, &h, &[text(s)])?;
            }
            return Ok(());
        }
        if self.buffered.borrow().len() + s.len() > self.buffer_size.get() {
            self.flush(vm)?;
            if s.len() > self.buffer_size.get() {
                if let Some(h) = self.handler(Handler::CharacterData) {
                    call_pos(vm, &h, &[text(s)])?;
                }
                return Ok(());
            }
        }
        self.buffered.borrow_mut().push_str(s);
        Ok(())
    }

    /// Calls a handler that is set, else the default handler with the source text.
    fn report(&self, vm: &Vm, h: Handler, args: impl FnOnce() -> PyResult<Vec<Obj>>) -> PyResult<()> {
        match self.ready(vm, h)? {
            Some(f) => call_pos(vm, &f, &args()?).map(drop),
            None => Ok(()),
        }
    }
    /// The handler to call, text before the event having been reported; without one the default handler has been called.
    fn ready(&self, vm: &Vm, h: Handler) -> PyResult<Option<Obj>> {
        if !self.has(h) {
            self.default(vm, false)?;
            return Ok(None);
        }
        self.flush(vm)?;
        // The text's handler may have taken this one away.
        Ok(self.handler(h))
    }
    /// As `report`, for declarations, which the default handler sees token by token.
    fn declare(&self, vm: &Vm, h: Handler, args: impl FnOnce() -> PyResult<Vec<Obj>>) -> PyResult<()> {
        if self.has(h) { self.report(vm, h, args) } else { self.default(vm, true) }
    }
    fn default(&self, vm: &Vm, by_token: bool) -> PyResult<()> {
        let Some(f) = self.handler(self.default.get()) else { return Ok(()) };
        let raw = self.scanner.borrow().raw().to_owned();
        if raw.is_empty() {
            return Ok(());
        }
        self.flush(vm)?;
        if !by_token {
            return call_pos(vm, &f, &[text(&raw)]).map(drop);
        }
        declaration_tokens(&raw).into_iter().try_for_each(|t| call_pos(vm, &f, &[text(t)]).map(drop))
    }

    pub fn dispatch(&self, vm: &Vm, event: Event) -> PyResult<()> {
        match event {
            Event::Chars if self.has(Handler::CharacterData) => {
                if self.buffer_text.get() {
                    let s = self.scanner.borrow();
                    let raw = s.raw();
                    if self.buffered.borrow().len() + raw.len() <= self.buffer_size.get() {
                        self.buffered.borrow_mut().push_str(raw);
                        return Ok(());
                    }
                }
                if !self.buffer_text.get() {
                    let raw = text(self.scanner.borrow().raw());
                    return match self.handler(Handler::CharacterData) {
                        Some(f) => call_pos(vm, &f, &[raw]).map(drop),
                        None => Ok(()),
                    };
                }
                let raw = self.scanner.borrow().raw().to_owned();
                self.characters(vm, &raw)
            }
            Event::Text(s) if s.is_empty() => Ok(()),
            Event::Text(s) if self.has(Handler::CharacterData) => self.characters(vm, &s),
            Event::Chars | Event::Text(_) | Event::Other => self.default(vm, false),
            Event::Start { name, specified } => match self.ready(vm, Handler::StartElement)? {
                Some(f) => {
                    let attributes = self.attributes(vm, specified)?;
                    call_pos(vm, &f, &[self.symbol(vm, name)?, attributes]).map(drop)
                }
                None => Ok(()),
            },
            Event::End { name } => match self.ready(vm, Handler::EndElement)? {
                Some(f) => call_pos(vm, &f, &[self.symbol(vm, name)?]).map(drop),
                None => Ok(()),
            },
            Event::Comment(s) => self.report(vm, Handler::Comment, || Ok(vec![text(&s)])),
            Event::StartCdata => self.report(vm, Handler::StartCdata, || Ok(vec![])),
            Event::EndCdata => self.report(vm, Handler::EndCdata, || Ok(vec![])),
            Event::NotStandalone => self.not_standalone(vm),
            Event::EndDoctype => self.declare(vm, Handler::EndDoctype, || Ok(vec![])),
            Event::Rare(e) => self.rare(vm, *e),
        }
    }
    /// A handler without source text of its own.
    fn quiet(&self, vm: &Vm, h: Handler, args: impl FnOnce() -> PyResult<Vec<Obj>>) -> PyResult<()> {
        if self.has(h) { self.report(vm, h, args) } else { Ok(()) }
    }
    /// The attributes of the start tag that was read last.
    fn attributes(&self, vm: &Vm, specified: usize) -> PyResult {
        let scanner = self.scanner.borrow();
        let shown = if self.specified_attributes.get() { specified } else { usize::MAX };
        let shown = scanner.tag.attributes.iter().take(shown);
        if self.ordered_attributes.get() {
            let mut items = Vec::with_capacity(shown.len() * 2);
            for a in shown {
                items.push(self.symbol(vm, a.name)?);
                items.push(text(scanner.tag.value(a)));
            }
            return Ok(List::new(items).into_obj());
        }
        let d = Dict::new();
        for a in shown {
            d.set_item(vm, &self.symbol(vm, a.name)?, text(scanner.tag.value(a)))?;
        }
        Ok(d.into_obj())
    }
    fn not_standalone(&self, vm: &Vm) -> PyResult<()> {
        let Some(f) = self.handler(Handler::NotStandalone) else { return Ok(()) };
        self.flush(vm)?;
        let r = call_pos(vm, &f, &[])?;
        if ops::to_i64(vm, &r)? == 0 { Err(self.fail_here(vm, Code::NotStandalone)) } else { Ok(()) }
    }
    fn external_entity(
        &self,
        vm: &Vm,
        context: &Option<String>,
        system: &Option<String>,
        public: &Option<String>,
    ) -> PyResult<()> {
        let Some(f) = self.handler(Handler::ExternalEntity) else {
            return if context.is_some() { self.default(vm, false) } else { Ok(()) };
        };
        self.flush(vm)?;
        let args = [
            optional(context.as_ref()),
            self.base(),
            self.optional_name(vm, system.as_ref())?,
            self.optional_name(vm, public.as_ref())?,
        ];
        let r = call_pos(vm, &f, &args)?;
        if ops::to_i64(vm, &r)? == 0 {
            return Err(self.fail_here(vm, Code::ExternalHandling));
        }
        let read = std::mem::take(&mut self.scanner.borrow_mut().dtd.was_read);
        let standalone = self.scanner.borrow().dtd.standalone;
        if read && !standalone { self.not_standalone(vm) } else { Ok(()) }
    }

    fn rare(&self, vm: &Vm, event: Rare) -> PyResult<()> {
        match event {
            Rare::StartNamespace { prefix, uri } => self.quiet(vm, Handler::StartNamespace, || {
                Ok(vec![self.optional_name(vm, prefix.as_ref())?, self.optional_name(vm, uri.as_ref())?])
            }),
            Rare::EndNamespace { prefix } => {
                self.quiet(vm, Handler::EndNamespace, || Ok(vec![self.optional_name(vm, prefix.as_ref())?]))
            }
            Rare::Instruction { target, data } => {
                self.report(vm, Handler::Instruction, || Ok(vec![self.name(vm, &target)?, text(&data)]))
            }
            Rare::ExternalEntity { context, system, public } => self.external_entity(vm, &context, &system, &public),
            Rare::Skipped { name, parameter } => self.report(vm, Handler::SkippedEntity, || {
                Ok(vec![self.name(vm, &name)?, int::from_i64(parameter.into())])
            }),
            declaration => self.declaration(vm, declaration),
        }
    }

    fn declaration(&self, vm: &Vm, event: Rare) -> PyResult<()> {
        let none = singletons::none;
        match event {
            Rare::XmlDecl { version, encoding, standalone } => self.report(vm, Handler::XmlDecl, || {
                Ok(vec![optional(version.as_ref()), optional(encoding.as_ref()), int::from_i64(standalone)])
            }),
            Rare::StartDoctype { name, system, public, subset } => self.declare(vm, Handler::StartDoctype, || {
                Ok(vec![
                    self.name(vm, &name)?,
                    self.optional_name(vm, system.as_ref())?,
                    self.optional_name(vm, public.as_ref())?,
                    int::from_i64(subset.into()),
                ])
            }),
            Rare::ElementDecl { name, model } => {
                self.declare(vm, Handler::ElementDecl, || Ok(vec![self.name(vm, &name)?, model_object(&model)]))
            }
            Rare::AttlistDecl { element, name, kind, default, required } => {
                self.declare(vm, Handler::AttlistDecl, || {
                    Ok(vec![
                        self.name(vm, &element)?,
                        self.name(vm, &name)?,
                        text(&kind),
                        optional(default.as_ref()),
                        int::from_i64(required.into()),
                    ])
                })
            }
            Rare::EntityDecl { name, parameter, value, system, public } => {
                self.declare(vm, Handler::EntityDecl, || {
                    Ok(vec![
                        self.name(vm, &name)?,
                        int::from_i64(parameter.into()),
                        optional(value.as_ref()),
                        self.base(),
                        self.optional_name(vm, system.as_ref())?,
                        self.optional_name(vm, public.as_ref())?,
                        none(),
                    ])
                })
            }
            Rare::UnparsedEntity { name, system, public, notation } => {
                let unparsed = self.has(Handler::UnparsedEntityDecl);
                let h = if unparsed { Handler::UnparsedEntityDecl } else { Handler::EntityDecl };
                self.declare(vm, h, || {
                    let (name, notation) = (self.name(vm, &name)?, self.name(vm, &notation)?);
                    let (system, public) =
                        (self.optional_name(vm, system.as_ref())?, self.optional_name(vm, public.as_ref())?);
                    Ok(if unparsed {
                        vec![name, self.base(), system, public, notation]
                    } else {
                        vec![name, int::from_i64(0), none(), self.base(), system, public, notation]
                    })
                })
            }
            Rare::NotationDecl { name, system, public } => self.declare(vm, Handler::NotationDecl, || {
                Ok(vec![
                    self.name(vm, &name)?,
                    self.base(),
                    self.optional_name(vm, system.as_ref())?,
                    self.optional_name(vm, public.as_ref())?,
                ])
            }),
            _ => Ok(()),
        }
    }
}
