//! Events to calls of the handlers, with expat's rules for what the default handler sees.

use super::event::{Code, Event, Model};
use super::lex::declaration_tokens;
use super::parser::{Handler, Parser};
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
        if let Some(o) = self.known.borrow().get(s) {
            return Ok(o.clone());
        }
        let mut o = text(s);
        if let Some(d) = self.intern.get::<Dict>() {
            o = d.set_default(vm, &o.clone(), o)?;
        }
        self.known.borrow_mut().insert(s.to_owned(), o.clone());
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
        if !self.has(h) {
            return self.default(vm, false);
        }
        self.flush(vm)?;
        // The text's handler may have taken this one away.
        match self.handler(h) {
            Some(f) => call_pos(vm, &f, &args()?).map(drop),
            None => Ok(()),
        }
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
                let raw = self.scanner.borrow().raw().to_owned();
                self.characters(vm, &raw)
            }
            Event::Text(s) if s.is_empty() => Ok(()),
            Event::Text(s) if self.has(Handler::CharacterData) => self.characters(vm, &s),
            Event::Chars | Event::Text(_) | Event::Other => self.default(vm, false),
            Event::Start { name, attributes, specified } => self.report(vm, Handler::StartElement, || {
                let attributes = self.attributes(vm, &attributes, specified)?;
                Ok(vec![self.name(vm, &name)?, attributes])
            }),
            Event::End { name } => self.report(vm, Handler::EndElement, || Ok(vec![self.name(vm, &name)?])),
            Event::StartNamespace { prefix, uri } => self.quiet(vm, Handler::StartNamespace, || {
                Ok(vec![self.optional_name(vm, prefix.as_ref())?, self.optional_name(vm, uri.as_ref())?])
            }),
            Event::EndNamespace { prefix } => {
                self.quiet(vm, Handler::EndNamespace, || Ok(vec![self.optional_name(vm, prefix.as_ref())?]))
            }
            Event::Comment(s) => self.report(vm, Handler::Comment, || Ok(vec![text(&s)])),
            Event::Instruction { target, data } => {
                self.report(vm, Handler::Instruction, || Ok(vec![self.name(vm, &target)?, text(&data)]))
            }
            Event::StartCdata => self.report(vm, Handler::StartCdata, || Ok(vec![])),
            Event::EndCdata => self.report(vm, Handler::EndCdata, || Ok(vec![])),
            Event::NotStandalone => self.not_standalone(vm),
            Event::ExternalEntity { context, system, public } => self.external_entity(vm, &context, &system, &public),
            Event::Skipped { name, parameter } => self.report(vm, Handler::SkippedEntity, || {
                Ok(vec![self.name(vm, &name)?, int::from_i64(parameter.into())])
            }),
            declaration => self.declaration(vm, declaration),
        }
    }
    /// A handler without source text of its own.
    fn quiet(&self, vm: &Vm, h: Handler, args: impl FnOnce() -> PyResult<Vec<Obj>>) -> PyResult<()> {
        if self.has(h) { self.report(vm, h, args) } else { Ok(()) }
    }
    fn attributes(&self, vm: &Vm, all: &[(String, String)], specified: usize) -> PyResult {
        let shown = if self.specified_attributes.get() { &all[..specified] } else { all };
        if self.ordered_attributes.get() {
            let mut items = Vec::with_capacity(shown.len() * 2);
            for (n, v) in shown {
                items.push(self.name(vm, n)?);
                items.push(text(v));
            }
            return Ok(List::new(items).into_obj());
        }
        let d = Dict::new();
        for (n, v) in shown {
            d.set_item(vm, &self.name(vm, n)?, text(v))?;
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
        context: &str,
        system: &Option<String>,
        public: &Option<String>,
    ) -> PyResult<()> {
        let Some(f) = self.handler(Handler::ExternalEntity) else { return self.default(vm, false) };
        self.flush(vm)?;
        let args = [
            text(context),
            self.base(),
            self.optional_name(vm, system.as_ref())?,
            self.optional_name(vm, public.as_ref())?,
        ];
        let r = call_pos(vm, &f, &args)?;
        if ops::to_i64(vm, &r)? == 0 { Err(self.fail_here(vm, Code::ExternalHandling)) } else { Ok(()) }
    }

    fn declaration(&self, vm: &Vm, event: Event) -> PyResult<()> {
        let none = singletons::none;
        match event {
            Event::XmlDecl { version, encoding, standalone } => self.report(vm, Handler::XmlDecl, || {
                Ok(vec![optional(version.as_ref()), optional(encoding.as_ref()), int::from_i64(standalone)])
            }),
            Event::StartDoctype { name, system, public, subset } => self.declare(vm, Handler::StartDoctype, || {
                Ok(vec![
                    self.name(vm, &name)?,
                    self.optional_name(vm, system.as_ref())?,
                    self.optional_name(vm, public.as_ref())?,
                    int::from_i64(subset.into()),
                ])
            }),
            Event::EndDoctype => self.declare(vm, Handler::EndDoctype, || Ok(vec![])),
            Event::ElementDecl { name, model } => {
                self.declare(vm, Handler::ElementDecl, || Ok(vec![self.name(vm, &name)?, model_object(&model)]))
            }
            Event::AttlistDecl { element, name, kind, default, required } => {
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
            Event::EntityDecl { name, parameter, value, system, public } => {
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
            Event::UnparsedEntity { name, system, public, notation } => {
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
            Event::NotationDecl { name, system, public } => self.declare(vm, Handler::NotationDecl, || {
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
