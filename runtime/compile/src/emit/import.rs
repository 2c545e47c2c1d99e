//! `import` and `from ... import`.

use adder_isa::Const;
use adder_isa::location::Location;
use adder_isa::operands::Intrinsic1;
use adder_syntax::ast::{Alias, ExprContext};

use super::Emitter;
use crate::error::Result;
use crate::ir::Op;

impl Emitter<'_> {
    pub(super) fn import(&mut self, loc: Location, aliases: &[Alias]) -> Result<()> {
        for alias in aliases {
            self.load_const(loc, Const::Int(0));
            self.load_const(loc, Const::None);
            let name = self.intern(&alias.name);
            self.op_name(loc, Op::IMPORT_NAME, name);
            match &alias.asname {
                Some(asname) => self.import_as(loc, &alias.name, asname)?,
                None => {
                    let bound = alias.name.split('.').next().unwrap_or(&alias.name);
                    let bound = self.intern(bound);
                    self.nameop(loc, bound, ExprContext::Store)?;
                }
            }
        }
        Ok(())
    }

    /// `import a.b.c as d` binds the innermost module: walk down from `a`.
    fn import_as(&mut self, loc: Location, name: &str, asname: &str) -> Result<()> {
        let asname = self.intern(asname);
        let Some((_, rest)) = name.split_once('.') else { return self.nameop(loc, asname, ExprContext::Store) };
        for (index, part) in rest.split('.').enumerate() {
            if index > 0 {
                self.op_i(loc, Op::SWAP, 2);
                self.op(loc, Op::POP_TOP);
            }
            let part = self.intern(part);
            let index = self.unit().name_index(part);
            self.op_i(loc, Op::IMPORT_FROM, index);
        }
        self.nameop(loc, asname, ExprContext::Store)?;
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    pub(super) fn import_from(
        &mut self,
        loc: Location,
        module: Option<&str>,
        aliases: &[Alias],
        level: u32,
    ) -> Result<()> {
        self.load_const(loc, Const::Int(i64::from(level)));
        let names = aliases.iter().map(|alias| Const::str(&alias.name)).collect();
        self.load_const(loc, Const::Tuple(names));
        let module = self.intern(module.unwrap_or_default());
        self.op_name(loc, Op::IMPORT_NAME, module);
        if aliases.first().is_some_and(|alias| &*alias.name == "*") {
            self.intrinsic_1(loc, Intrinsic1::ImportStar);
            self.op(Location::NONE, Op::POP_TOP);
            return Ok(());
        }
        for alias in aliases {
            let name = self.intern(&alias.name);
            self.op_name(loc, Op::IMPORT_FROM, name);
            let bound = alias.asname.as_deref().unwrap_or(&alias.name);
            let bound = self.intern(bound);
            self.nameop(loc, bound, ExprContext::Store)?;
        }
        self.op(loc, Op::POP_TOP);
        Ok(())
    }
}
