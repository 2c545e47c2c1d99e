//! Functions and lambdas.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::{FunctionAttribute, Intrinsic1, Intrinsic2};
use adder_syntax::ast::{Arguments, Expr, ExprContext, FunctionDef, Loc};

use super::Emitter;
use crate::error::Result;
use crate::future::docstring;
use crate::ir::Op;
use crate::names::known;
use crate::symtable::{Key, address};
use crate::unit::{Datum, FrameBlockKind, Parameters, UnitKind};

fn parameters(args: &Arguments) -> Parameters {
    Parameters { args: args.args.len(), posonly: args.posonlyargs.len(), kwonly: args.kwonlyargs.len() }
}

impl<'a> Emitter<'a> {
    pub(super) fn apply_decorators(&mut self, decorators: &'a [Expr]) {
        for decorator in decorators.iter().rev() {
            let loc = self.loc(decorator.loc);
            self.op_i(loc, Op::CALL, 0);
        }
    }

    /// Pushes the defaults of a function; gives the attribute flags of what it pushed.
    fn default_arguments(&mut self, loc: Location, args: &'a Arguments) -> Result<u32> {
        let mut flags = 0;
        if !args.defaults.is_empty() {
            self.exprs(&args.defaults)?;
            self.op_i(loc, Op::BUILD_TUPLE, args.defaults.len() as u32);
            flags |= FunctionAttribute::Defaults as u32;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            let Some(default) = default else { continue };
            let name = self.intern(&arg.arg);
            let mangled = self.maybe_mangle(name);
            self.load_name_const(loc, mangled);
            self.expr(default)?;
            count += 1;
        }
        if count > 0 {
            self.op_i(loc, Op::BUILD_MAP, count);
            flags |= FunctionAttribute::KwDefaults as u32;
        }
        Ok(flags)
    }

    pub(super) fn function(&mut self, def: &'a FunctionDef, at: Loc, is_async: bool) -> Result<()> {
        self.exprs(&def.decorator_list)?;
        let first = def.decorator_list.first().map_or(at, |decorator| decorator.loc).lineno as i32;
        let loc = self.loc(at);
        let mut flags = self.default_arguments(loc, &def.args)?;
        let name = self.intern(&def.name);
        let generic = !def.type_params.is_empty();
        let default_count = flags.count_ones();
        if generic {
            if default_count == 2 {
                self.op_i(loc, Op::SWAP, 2);
            }
            let scope_name = self.intern(&format!("<generic parameters of {}>", def.name));
            let params = Parameters { args: default_count as usize, ..Parameters::default() };
            let key = Key::TypeParams(address(&def.type_params));
            self.enter_scope(scope_name, UnitKind::Annotations, key, first, None, params)?;
            self.type_params(&def.type_params)?;
            for index in 0..default_count {
                self.op_i(loc, Op::LOAD_FAST, index);
            }
        }
        flags |= self.function_annotations(loc, &def.args, def.returns.as_deref())?;
        self.function_body(def, at, is_async, flags, first)?;
        if generic {
            self.op_i(loc, Op::SWAP, 2);
            self.intrinsic_2(loc, Intrinsic2::SetFunctionTypeParams);
            let code = self.finish_unit(false)?;
            self.make_closure(loc, code, 0)?;
            if default_count > 0 {
                self.op_i(loc, Op::SWAP, default_count + 1);
                self.op_i(loc, Op::CALL, default_count - 1);
            } else {
                self.op(loc, Op::PUSH_NULL);
                self.op_i(loc, Op::CALL, 0);
            }
        }
        self.apply_decorators(&def.decorator_list);
        self.nameop(loc, name, ExprContext::Store)
    }

    fn function_body(&mut self, def: &'a FunctionDef, at: Loc, is_async: bool, flags: u32, first: i32) -> Result<()> {
        let kind = if is_async { UnitKind::AsyncFunction } else { UnitKind::Function };
        let name = self.intern(&def.name);
        self.enter_scope(name, kind, Key::Function(address(def)), first, None, parameters(&def.args))?;
        let mut body = self.without_docstring(&def.body);
        if let Some(text) = docstring(&def.body)
            && self.scope().has_docstring
        {
            let text = crate::docs::clean(text);
            self.unit().const_index(Const::Str(text));
            body = &body[1..];
        }
        let start = self.new_label();
        self.use_label(start);
        let generator = self.scope().coroutine || self.scope().generator;
        if generator {
            let kind = FrameBlockKind::StopIteration;
            self.push_block(Location::NONE, kind, Some(start), None, Datum::None)?;
        }
        if self.optimize >= 2 {
            self.docstring_place(&def.body, body);
        }
        self.stmts(body)?;
        if generator {
            self.wrap_in_stopiteration_handler();
            self.pop_block();
        }
        let code = self.finish_unit(true)?;
        let loc = self.loc(at);
        self.make_closure(loc, code, flags)
    }

    /// StopIteration that leaves a generator becomes RuntimeError (PEP 479).
    pub(super) fn wrap_in_stopiteration_handler(&mut self) {
        let handler = self.new_label();
        self.unit().seq.push_front(Op::SETUP_CLEANUP, handler.0, Location::NONE);
        self.load_const(Location::NONE, Const::None);
        self.op(Location::NONE, Op::RETURN_VALUE);
        self.use_label(handler);
        self.intrinsic_1(Location::NONE, Intrinsic1::StopIterationError);
        self.op_i(Location::NONE, Op::RERAISE, 1);
    }

    pub(super) fn lambda(&mut self, e: &'a Expr, args: &'a Arguments, body: &'a Expr) -> Result<()> {
        let loc = self.loc(e.loc);
        let flags = self.default_arguments(loc, args)?;
        let key = Key::Lambda(address(e));
        self.enter_scope(known::ANON_LAMBDA, UnitKind::Lambda, key, e.loc.lineno as i32, None, parameters(args))?;
        self.expr(body)?;
        let code = if self.scope().generator {
            self.finish_unit(false)?
        } else {
            let at = self.loc(body.loc);
            self.op(at, Op::RETURN_VALUE);
            self.finish_unit(true)?
        };
        self.make_closure(loc, code, flags)
    }
}
