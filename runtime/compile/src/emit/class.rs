//! Classes.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::Intrinsic1;
use adder_syntax::ast::{ClassDef, ExprContext, Loc};

use super::Emitter;
use crate::error::{CompileError, Result};
use crate::ir::Op;
use crate::names::{Name, known};
use crate::symtable::{Key, address};
use crate::unit::{Parameters, UnitKind};

impl<'a> Emitter<'a> {
    /// `NAME = __build_class__(function of the body, name, *bases, **keywords)`.
    pub(super) fn class(&mut self, def: &'a ClassDef, at: Loc) -> Result<()> {
        self.exprs(&def.decorator_list)?;
        let first = def.decorator_list.first().map_or(at, |decorator| decorator.loc).lineno as i32;
        let loc = self.loc(at);
        let name = self.intern(&def.name);
        let generic = !def.type_params.is_empty();
        if generic {
            let scope_name = self.intern(&format!("<generic parameters of {}>", def.name));
            let key = Key::TypeParams(address(&def.type_params));
            self.enter_scope(scope_name, UnitKind::Annotations, key, first, Some(name), Parameters::default())?;
            self.type_params(&def.type_params)?;
            self.nameop(loc, known::DOT_TYPE_PARAMS, ExprContext::Store)?;
        }
        self.class_body(def, at, name, first)?;
        if generic {
            self.nameop(loc, known::DOT_TYPE_PARAMS, ExprContext::Load)?;
            self.intrinsic_1(loc, Intrinsic1::SubscriptGeneric);
            self.nameop(loc, known::DOT_GENERIC_BASE, ExprContext::Store)?;
            self.call_args(loc, 2, &def.bases, Some(known::DOT_GENERIC_BASE), &def.keywords)?;
            let code = self.finish_unit(false)?;
            self.make_closure(loc, code, 0)?;
            self.op(loc, Op::PUSH_NULL);
            self.op_i(loc, Op::CALL, 0);
        } else {
            self.call_args(loc, 2, &def.bases, None, &def.keywords)?;
        }
        self.apply_decorators(&def.decorator_list);
        self.nameop(loc, name, ExprContext::Store)
    }

    fn class_body(&mut self, def: &'a ClassDef, at: Loc, name: Name, first: i32) -> Result<()> {
        let key = Key::Class(address(def));
        self.enter_scope(name, UnitKind::Class, key, first, Some(name), Parameters::default())?;
        let loc = Location { line: first, end_line: first, col: 0, end_col: 0 };
        self.class_prologue(loc, !def.type_params.is_empty())?;
        self.body(loc, &def.body, false)?;
        self.class_epilogue()?;
        let code = self.finish_unit(true)?;
        // From here on the code belongs to the class statement, not to a decorator's line.
        let loc = self.loc(at);
        self.op(loc, Op::LOAD_BUILD_CLASS);
        self.op(loc, Op::PUSH_NULL);
        self.make_closure(loc, code, 0)?;
        self.load_name_const(loc, name);
        Ok(())
    }

    fn class_prologue(&mut self, loc: Location, generic: bool) -> Result<()> {
        self.nameop(loc, known::NAME, ExprContext::Load)?;
        self.nameop(loc, known::MODULE, ExprContext::Store)?;
        let qualname = self.unit_ref().qualname.clone();
        self.load_const(loc, Const::str(&qualname));
        self.nameop(loc, known::QUALNAME, ExprContext::Store)?;
        let first = i64::from(self.unit_ref().firstlineno);
        self.load_const(loc, Const::Int(first));
        self.nameop(loc, known::FIRSTLINENO, ExprContext::Store)?;
        if generic {
            self.nameop(loc, known::DOT_TYPE_PARAMS, ExprContext::Load)?;
            self.nameop(loc, known::TYPE_PARAMS, ExprContext::Store)?;
        }
        if self.scope().needs_classdict {
            self.op(loc, Op::LOAD_LOCALS);
            let cell = self.class_cell(known::CLASSDICT)?;
            self.op_i(loc, Op::STORE_DEREF, cell);
        }
        if self.scope().has_conditional_annotations {
            self.op_i(loc, Op::BUILD_SET, 0);
            let cell = self.class_cell(known::CONDITIONAL_ANNOTATIONS)?;
            self.op_i(loc, Op::STORE_DEREF, cell);
        }
        Ok(())
    }

    fn class_cell(&self, name: Name) -> Result<u32> {
        let index = self.unit_ref().cellvars.get_index_of(&name);
        index.map(|index| index as u32).ok_or_else(|| CompileError::system("class without its cell"))
    }

    fn class_epilogue(&mut self) -> Result<()> {
        let none = Location::NONE;
        let attributes = self.unit_ref().static_attributes.iter().map(|text| Const::str(text)).collect();
        self.load_const(none, Const::Tuple(attributes));
        self.nameop(none, known::STATIC_ATTRIBUTES, ExprContext::Store)?;
        if self.scope().needs_classdict {
            let cell = self.class_cell(known::CLASSDICT)?;
            self.op_i(none, Op::LOAD_CLOSURE, cell);
            self.nameop(none, known::CLASSDICTCELL, ExprContext::Store)?;
        }
        if self.scope().needs_class_closure {
            let cell = self.class_cell(known::CLASS)?;
            self.op_i(none, Op::LOAD_CLOSURE, cell);
            self.op_i(none, Op::COPY, 1);
            self.nameop(none, known::CLASSCELL, ExprContext::Store)?;
        } else {
            self.load_const(none, Const::None);
        }
        self.op(none, Op::RETURN_VALUE);
        Ok(())
    }
}
