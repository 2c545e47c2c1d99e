//! Parameters, type parameters and the type comments that belong to them.

use ruff_python_ast as r;
use ruff_text_size::Ranged;

use super::{Lower, Res, end_of};
use crate::ast::{Arg, Arguments, TypeParam, TypeParamKind};

impl Lower<'_> {
    pub(super) fn parameters(&mut self, parameters: &r::Parameters) -> Res<Arguments> {
        let mut out = Arguments::default();
        for (from, to) in [(&parameters.posonlyargs, &mut out.posonlyargs), (&parameters.args, &mut out.args)] {
            for parameter in from {
                to.push(self.arg(&parameter.parameter)?);
                if let Some(default) = &parameter.default {
                    out.defaults.push(self.expr(default)?);
                }
            }
        }
        if let Some(vararg) = &parameters.vararg {
            out.vararg = Some(Box::new(self.arg(vararg)?));
        }
        for parameter in &parameters.kwonlyargs {
            out.kwonlyargs.push(self.arg(&parameter.parameter)?);
            let default = parameter.default.as_deref().map(|d| self.expr(d)).transpose()?;
            out.kw_defaults.push(default);
        }
        if let Some(kwarg) = &parameters.kwarg {
            out.kwarg = Some(Box::new(self.arg(kwarg)?));
        }
        Ok(out)
    }

    fn arg(&mut self, parameter: &r::Parameter) -> Res<Arg> {
        // The star of `*args` is outside the node in CPython.
        let start = parameter.name.range.start().to_u32();
        let end = end_of(parameter);
        Ok(Arg {
            arg: self.ident(&parameter.name),
            annotation: self.opt_boxed(parameter.annotation.as_deref())?,
            type_comment: None,
            loc: self.loc_of(start, end),
        })
    }

    pub(super) fn type_params(&mut self, list: Option<&r::TypeParams>) -> Res<Vec<TypeParam>> {
        let Some(list) = list else { return Ok(Vec::new()) };
        list.type_params
            .iter()
            .map(|param| {
                let loc = self.loc(param.range());
                let kind = match param {
                    r::TypeParam::TypeVar(p) => TypeParamKind::TypeVar {
                        name: self.ident(&p.name),
                        bound: self.opt_boxed(p.bound.as_deref())?,
                        default_value: self.opt_boxed(p.default.as_deref())?,
                    },
                    r::TypeParam::ParamSpec(p) => TypeParamKind::ParamSpec {
                        name: self.ident(&p.name),
                        default_value: self.opt_boxed(p.default.as_deref())?,
                    },
                    r::TypeParam::TypeVarTuple(p) => TypeParamKind::TypeVarTuple {
                        name: self.ident(&p.name),
                        default_value: self.opt_boxed(p.default.as_deref())?,
                    },
                };
                Ok(TypeParam { kind, loc })
            })
            .collect()
    }

    /// Type comment at the end of the logical line that a statement ends on.
    pub(super) fn comment_after(&self, end: u32) -> Option<Box<str>> {
        self.comments?.after(self.source, end)
    }

    /// Type comment between a block's colon and its first statement.
    pub(super) fn comment_before_block(&self, after: u32) -> Option<Box<str>> {
        self.comments?.before_block(self.source, after)
    }

    /// Type comment of a function, which may sit on the line after the colon; fills those of the parameters too.
    pub(super) fn function_comment(&self, def: &r::StmtFunctionDef, args: &mut Arguments) -> Option<Box<str>> {
        let comments = self.comments?;
        let parameters = &def.parameters;
        let mut all: Vec<&mut Arg> = Vec::new();
        all.extend(&mut args.posonlyargs);
        all.extend(&mut args.args);
        all.extend(args.vararg.as_deref_mut());
        all.extend(&mut args.kwonlyargs);
        all.extend(args.kwarg.as_deref_mut());
        let ends = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .map(end_of)
            .chain(parameters.vararg.as_deref().map(end_of))
            .chain(parameters.kwonlyargs.iter().map(end_of))
            .chain(parameters.kwarg.as_deref().map(end_of));
        for (arg, end) in all.into_iter().zip(ends) {
            arg.type_comment = comments.after_parameter(self.source, end);
        }
        let after = def.returns.as_deref().map_or(end_of(&**parameters), end_of);
        comments.before_block(self.source, after).or_else(|| {
            let body = def.body.first()?;
            comments.first_in_block(self.source, after, body.start().to_u32())
        })
    }
}
