//! First pass of the symbol table: entering blocks, recording definitions and uses, and their errors.
//!
//! *Not here:* the walk over the tree (`visit`).

use crate::maps::HashSet;

use crate::maps::IndexMap;
use adder_isa::code::co;
use adder_syntax::ast::{Expr, ExprContext, ExprKind, Loc, Mod};

use super::flag::{DEF_COMP_ITER, DEF_GLOBAL, DEF_IMPORT, DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM, DEF_TYPE_PARAM, USE};
use super::{BlockKind, Comprehension, Key, Scope, ScopeId, SymbolTable, analyze};
use crate::error::{CompileError, ErrorKind, Result};
use crate::future::{Future, docstring};
use crate::names::{Name, Names, known};

/// The first pass at work.
pub(super) struct Builder<'a> {
    pub(super) table: SymbolTable,
    pub(super) stack: Vec<ScopeId>,
    /// The class whose private names are mangled.
    pub(super) private: Option<Name>,
    pub(super) future: &'a Future,
    pub(super) optimize: u8,
    pub(super) top_level_await: bool,
    pub(super) depth: u32,
}

/// Options of the first pass.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// `await` at module level makes the module a coroutine.
    pub top_level_await: bool,
    /// Level 2 has no docstrings.
    pub optimize: u8,
}

/// Builds and analyzes the symbol table of a module.
pub fn build(module: &Mod, future: &Future, settings: Settings) -> Result<SymbolTable> {
    let table = SymbolTable {
        names: Names::default(),
        scopes: Vec::new(),
        keys: crate::maps::HashMap::default(),
        mangled: Vec::new(),
    };
    let mut builder = Builder {
        table,
        stack: Vec::new(),
        private: None,
        future,
        optimize: settings.optimize,
        top_level_await: settings.top_level_await,
        depth: 0,
    };
    builder.enter(known::TOP, BlockKind::Module, Key::Module, Loc::default())?;
    match module {
        Mod::Module { body, .. } => {
            builder.mark_docstring(body);
            builder.stmts(body)?;
        }
        Mod::Interactive { body } => builder.stmts(body)?,
        Mod::Expression { body } => builder.expr(body)?,
        Mod::FunctionType { .. } => {
            return Err(CompileError::plain(ErrorKind::Runtime, "this compiler does not handle FunctionTypes"));
        }
    }
    builder.exit();
    let mut table = builder.table;
    analyze::analyze(&mut table)?;
    Ok(table)
}

impl Builder<'_> {
    pub(super) fn current(&self) -> ScopeId {
        self.stack.last().copied().unwrap_or(SymbolTable::TOP)
    }

    pub(super) fn cur(&self) -> &Scope {
        self.table.scope(self.current())
    }

    pub(super) fn cur_mut(&mut self) -> &mut Scope {
        let id = self.current();
        self.table.scope_mut(id)
    }

    pub(super) fn future_annotations(&self) -> bool {
        self.future.features & co::FUTURE_ANNOTATIONS != 0
    }

    pub(super) fn mark_docstring(&mut self, body: &[adder_syntax::ast::Stmt]) {
        if self.optimize < 2 && docstring(body).is_some() {
            self.cur_mut().has_docstring = true;
        }
    }

    /// Makes a scope without entering it.
    pub(super) fn new_scope(&mut self, name: Name, kind: BlockKind, key: Key, loc: Loc) -> ScopeId {
        let (nested, method) = match self.stack.last() {
            Some(parent) => {
                let parent = self.table.scope(*parent);
                let method = parent.kind == BlockKind::Class && kind == BlockKind::Function;
                (parent.nested || parent.is_function_like(), method)
            }
            None => (false, false),
        };
        let id = ScopeId(self.table.scopes.len());
        self.table.scopes.push(Scope {
            name,
            kind,
            symbols: IndexMap::default(),
            varnames: Vec::new(),
            children: Vec::new(),
            loc,
            directives: Vec::new(),
            nested,
            generator: false,
            coroutine: false,
            comprehension: Comprehension::No,
            varargs: false,
            varkeywords: false,
            returns_value: false,
            needs_class_closure: false,
            needs_classdict: false,
            comp_inlined: false,
            comp_iter_target: false,
            can_see_class_scope: false,
            comp_iter_expr: 0,
            annotations_used: false,
            has_conditional_annotations: false,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            has_docstring: false,
            method,
            scope_info: None,
            annotation_block: None,
            mangled: None,
        });
        self.table.keys.insert(key, id);
        id
    }

    /// Enters a scope; a new one becomes a child of the current one.
    pub(super) fn enter_existing(&mut self, id: ScopeId, new: bool) {
        let previous = self.stack.last().copied();
        self.stack.push(id);
        if let Some(previous) = previous {
            let (iter_expr, mangled) = {
                let scope = self.table.scope(previous);
                (scope.comp_iter_expr, scope.mangled)
            };
            let scope = self.table.scope_mut(id);
            scope.comp_iter_expr = iter_expr;
            if mangled.is_some() && scope.kind != BlockKind::Class {
                scope.mangled = mangled;
            }
            // Under `from __future__ import annotations` they become text and bind nothing.
            if self.future_annotations() && self.table.scope(id).kind == BlockKind::Annotation {
                return;
            }
            if new {
                self.table.scope_mut(previous).children.push(id);
            }
        }
    }

    pub(super) fn enter(&mut self, name: Name, kind: BlockKind, key: Key, loc: Loc) -> Result<ScopeId> {
        let id = self.new_scope(name, kind, key, loc);
        self.enter_existing(id, true);
        if matches!(kind, BlockKind::Annotation | BlockKind::TypeVariable | BlockKind::TypeAlias) {
            self.define(known::DOT_FORMAT, DEF_PARAM, loc)?;
            self.define(known::DOT_FORMAT, USE, loc)?;
        }
        Ok(id)
    }

    pub(super) fn exit(&mut self) {
        self.stack.pop();
    }

    /// Enters the scope of type parameters.
    pub(super) fn enter_type_params(
        &mut self,
        name: Name,
        key: Key,
        (defaults, kwdefaults): (bool, bool),
        is_class: bool,
        loc: Loc,
    ) -> Result<()> {
        let in_class = self.cur().kind == BlockKind::Class;
        self.enter(name, BlockKind::TypeParameters, key, loc)?;
        if in_class {
            self.cur_mut().can_see_class_scope = true;
            self.define(known::CLASSDICT, USE, loc)?;
        }
        if is_class {
            for name in [known::DOT_TYPE_PARAMS, known::DOT_GENERIC_BASE] {
                self.define(name, DEF_LOCAL, loc)?;
                self.define(name, USE, loc)?;
            }
        }
        if defaults {
            self.define(known::DOT_DEFAULTS, DEF_PARAM, loc)?;
        }
        if kwdefaults {
            self.define(known::DOT_KWDEFAULTS, DEF_PARAM, loc)?;
        }
        Ok(())
    }

    /// The bits of a name in a scope, mangled as there.
    pub(super) fn lookup_in(&mut self, id: ScopeId, name: Name) -> u32 {
        let mangled = self.table.maybe_mangle(self.private, id, name);
        self.table.scope(id).symbol(mangled)
    }

    pub(super) fn lookup(&mut self, name: Name) -> u32 {
        self.lookup_in(self.current(), name)
    }

    pub(super) fn intern(&mut self, text: &str) -> Name {
        self.table.names.intern(text)
    }

    fn text(&self, name: Name) -> adder_isa::code::Text {
        self.table.names.text(name).clone()
    }

    /// Records a fact about a name in a given scope.
    pub(super) fn define_in(&mut self, id: ScopeId, name: Name, flags: u32, loc: Loc) -> Result<()> {
        let mangled = self.table.maybe_mangle(self.private, self.current(), name);
        let mut bits = self.table.scope(id).symbol(mangled);
        if flags & DEF_PARAM != 0 && bits & DEF_PARAM != 0 {
            let message = format!("duplicate argument '{}' in function definition", self.text(name));
            return Err(CompileError::syntax(message, loc));
        }
        if flags & DEF_TYPE_PARAM != 0 && bits & DEF_TYPE_PARAM != 0 {
            return Err(CompileError::syntax(format!("duplicate type parameter '{}'", self.text(name)), loc));
        }
        bits |= flags;
        if self.table.scope(id).comp_iter_target {
            if bits & (DEF_GLOBAL | DEF_NONLOCAL) != 0 {
                let message = format!(
                    "comprehension inner loop cannot rebind assignment expression target '{}'",
                    self.text(name)
                );
                return Err(CompileError::syntax(message, loc));
            }
            bits |= DEF_COMP_ITER;
        }
        let scope = self.table.scope_mut(id);
        scope.symbols.insert(mangled, bits);
        if flags & DEF_PARAM != 0 {
            scope.varnames.push(mangled);
        } else if flags & DEF_GLOBAL != 0 {
            *self.table.scope_mut(SymbolTable::TOP).symbols.entry(mangled).or_insert(0) |= flags;
        }
        Ok(())
    }

    /// Records a fact about a name in the current scope.
    pub(super) fn define(&mut self, name: Name, flags: u32, loc: Loc) -> Result<()> {
        let ctx = if flags == USE { ExprContext::Load } else { ExprContext::Store };
        self.define_ctx(name, flags, loc, ctx)
    }

    pub(super) fn define_ctx(&mut self, name: Name, flags: u32, loc: Loc, ctx: ExprContext) -> Result<()> {
        if flags & (DEF_PARAM | DEF_LOCAL | DEF_IMPORT) != 0 {
            check_name(name, loc, ctx)?;
        }
        if flags & DEF_TYPE_PARAM != 0
            && let Some(set) = self.cur().mangled
        {
            self.table.mangled[set].insert(name);
        }
        self.define_in(self.current(), name, flags, loc)
    }

    /// Starts a set of mangled names for the type parameters of a class.
    pub(super) fn start_mangled_set(&mut self) {
        let set = self.table.mangled.len();
        self.table.mangled.push(HashSet::default());
        self.cur_mut().mangled = Some(set);
    }

    pub(super) fn record_directive(&mut self, name: Name, loc: Loc) {
        let id = self.current();
        let mangled = self.table.maybe_mangle(self.private, id, name);
        self.table.scope_mut(id).directives.push((mangled, loc));
    }

    /// A named expression inside a comprehension binds in the function, class or module around it.
    pub(super) fn extend_namedexpr_scope(&mut self, target: &Expr) -> Result<()> {
        let ExprKind::Name { id, .. } = &target.kind else {
            return Err(CompileError::plain(crate::error::ErrorKind::Type, "NamedExpr target must be a Name"));
        };
        let name = self.intern(id);
        let loc = target.loc;
        for index in (0..self.stack.len()).rev() {
            let scope = self.stack[index];
            if self.table.scope(scope).comprehension != Comprehension::No {
                let bits = self.lookup_in(scope, name);
                if bits & DEF_COMP_ITER != 0 && bits & DEF_LOCAL != 0 {
                    let message = format!(
                        "assignment expression cannot rebind comprehension iteration variable '{}'",
                        self.text(name)
                    );
                    return Err(CompileError::syntax(message, loc));
                }
                continue;
            }
            let message = match self.table.scope(scope).kind {
                BlockKind::Function => {
                    let global = self.lookup_in(scope, name) & DEF_GLOBAL != 0;
                    self.define(name, if global { DEF_GLOBAL } else { DEF_NONLOCAL }, loc)?;
                    self.record_directive(name, loc);
                    return self.define_in(scope, name, DEF_LOCAL, loc);
                }
                BlockKind::Module => {
                    self.define(name, DEF_GLOBAL, loc)?;
                    self.record_directive(name, loc);
                    return self.define_in(scope, name, DEF_GLOBAL, loc);
                }
                BlockKind::Class => "assignment expression within a comprehension cannot be used in a class body",
                BlockKind::TypeParameters => {
                    "assignment expression within a comprehension cannot be used within the definition of a generic"
                }
                BlockKind::TypeAlias => "assignment expression within a comprehension cannot be used in a type alias",
                BlockKind::TypeVariable => {
                    "assignment expression within a comprehension cannot be used in a TypeVar bound"
                }
                BlockKind::Annotation => continue,
            };
            return Err(CompileError::syntax(message, loc));
        }
        Err(CompileError::system("named expression outside of every scope"))
    }

    /// Named, yield and await expressions are not allowed in annotation-like scopes.
    pub(super) fn forbid_in_annotation(&self, what: &str, e: &Expr) -> Result<()> {
        let scope = self.cur();
        let message = match scope.kind {
            BlockKind::Annotation => format!("{what} cannot be used within an annotation"),
            BlockKind::TypeVariable => {
                format!("{what} cannot be used within {}", scope.scope_info.unwrap_or("a TypeVar bound"))
            }
            BlockKind::TypeAlias => format!("{what} cannot be used within a type alias"),
            BlockKind::TypeParameters => format!("{what} cannot be used within the definition of a generic"),
            _ => return Ok(()),
        };
        Err(CompileError::syntax(message, e.loc))
    }
}

/// `__debug__` is not a variable.
pub(super) fn check_name(name: Name, loc: Loc, ctx: ExprContext) -> Result<()> {
    if name != known::DEBUG {
        return Ok(());
    }
    match ctx {
        ExprContext::Load => Ok(()),
        ExprContext::Store => Err(CompileError::syntax("cannot assign to __debug__", loc)),
        ExprContext::Del => Err(CompileError::syntax("cannot delete __debug__", loc)),
    }
}
