//! Second pass of the symbol table: decides for every name of every scope how it is reached.
//!
//! *Invariants.* Class bindings are invisible to inner functions; free names travel outwards until a function binds
//! them. Comprehensions that are no generators are merged into the scope around them (PEP 709).

use crate::maps::HashSet;

use crate::maps::IndexMap;

use super::flag::{DEF_BOUND, DEF_COMP_CELL, DEF_FREE_CLASS, DEF_GLOBAL, DEF_NONLOCAL, DEF_PARAM, DEF_TYPE_PARAM, USE};
use super::{BlockKind, Comprehension, Reach, SCOPE_OFFSET, ScopeId, SymbolTable, reach};
use crate::error::{CompileError, Result, deeper};
use crate::names::{Name, known};

type Set = HashSet<Name>;

/// What a block sees of the blocks around it.
#[derive(Clone)]
struct Outer {
    /// Bound in enclosing functions; none for the module.
    bound: Option<Set>,
    /// Declared global.
    global: Set,
    /// Type parameters.
    type_params: Set,
}

struct Analyzer<'a> {
    table: &'a mut SymbolTable,
    depth: u32,
}

/// Analyzes the whole table.
pub fn analyze(table: &mut SymbolTable) -> Result<()> {
    let mut outer = Outer { bound: None, global: Set::default(), type_params: Set::default() };
    let mut free = Set::default();
    Analyzer { table, depth: 0 }.block(SymbolTable::TOP, &mut outer, &mut free, None)
}

fn reach_bits(reach: Reach) -> u32 {
    reach as u32
}

impl Analyzer<'_> {
    fn directive_error<T>(&self, id: ScopeId, name: Name, message: String) -> Result<T> {
        let at = self.table.scope(id).directives.iter().find(|(declared, _)| *declared == name).map(|(_, loc)| *loc);
        Err(CompileError::syntax(message, at.unwrap_or_default()))
    }

    fn text(&self, name: Name) -> adder_isa::code::Text {
        self.table.names.text(name).clone()
    }

    /// Decides one name; the sets of `outer` change so that the children see this block's view.
    fn name(
        &mut self,
        id: ScopeId,
        (name, flags): (Name, u32),
        outer: &mut Outer,
        local: &mut Set,
        free: &mut Set,
        class_entry: Option<ScopeId>,
    ) -> Result<Reach> {
        if flags & DEF_GLOBAL != 0 {
            if flags & DEF_NONLOCAL != 0 {
                return self.directive_error(id, name, format!("name '{}' is nonlocal and global", self.text(name)));
            }
            outer.global.insert(name);
            if let Some(bound) = &mut outer.bound {
                bound.remove(&name);
            }
            return Ok(Reach::GlobalExplicit);
        }
        if flags & DEF_NONLOCAL != 0 {
            return self.nonlocal(id, name, outer, free);
        }
        if flags & DEF_BOUND != 0 {
            local.insert(name);
            outer.global.remove(&name);
            if flags & DEF_TYPE_PARAM != 0 {
                outer.type_params.insert(name);
            } else {
                outer.type_params.remove(&name);
            }
            return Ok(Reach::Local);
        }
        // A scope that sees a class body finds the class's own names there at run time, before anything a function
        // around the class binds.
        if let Some(class) = class_entry
            && name != known::CLASSDICT
        {
            let class_flags = self.table.scope(class).symbol(name);
            if class_flags & DEF_GLOBAL != 0 {
                return Ok(Reach::GlobalExplicit);
            }
            if class_flags & DEF_BOUND != 0 && class_flags & DEF_NONLOCAL == 0 {
                return Ok(Reach::GlobalImplicit);
            }
        }
        if outer.bound.as_ref().is_some_and(|bound| bound.contains(&name)) {
            free.insert(name);
            return Ok(Reach::Free);
        }
        Ok(Reach::GlobalImplicit)
    }

    fn nonlocal(&mut self, id: ScopeId, name: Name, outer: &Outer, free: &mut Set) -> Result<Reach> {
        let Some(bound) = &outer.bound else {
            return self.directive_error(id, name, "nonlocal declaration not allowed at module level".into());
        };
        if !bound.contains(&name) {
            return self.directive_error(id, name, format!("no binding for nonlocal '{}' found", self.text(name)));
        }
        if outer.type_params.contains(&name) {
            let message = format!("nonlocal binding not allowed for type parameter '{}'", self.text(name));
            return self.directive_error(id, name, message);
        }
        free.insert(name);
        Ok(Reach::Free)
    }

    fn block(&mut self, id: ScopeId, outer: &mut Outer, free: &mut Set, class_entry: Option<ScopeId>) -> Result<()> {
        let kind = self.table.scope(id).kind;
        let function_like = self.table.scope(id).is_function_like();
        let mut local = Set::default();
        let mut scopes: IndexMap<Name, Reach> = IndexMap::default();
        // What a class hands to its children does not include its own bindings.
        let class_view = (kind == BlockKind::Class).then(|| (outer.bound.clone(), outer.global.clone()));
        let symbols: Vec<(Name, u32)> =
            self.table.scope(id).symbols.iter().map(|(name, flags)| (*name, *flags)).collect();
        for symbol in symbols {
            let reach = self.name(id, symbol, outer, &mut local, free, class_entry)?;
            scopes.insert(symbol.0, reach);
        }
        let (mut new_bound, new_global) = match class_view {
            Some((bound, global)) => (bound.unwrap_or_default(), global),
            None => (outer.bound.clone().unwrap_or_default(), outer.global.clone()),
        };
        if kind == BlockKind::Class {
            new_bound.extend([known::CLASS, known::CLASSDICT, known::CONDITIONAL_ANNOTATIONS]);
        } else if function_like {
            new_bound.extend(local.iter().copied());
        }
        let mut new_free = Set::default();
        let mut inlined_cells = Set::default();
        let inner = Outer { bound: Some(new_bound), global: new_global, type_params: outer.type_params.clone() };
        self.children(id, &inner, &mut new_free, &mut scopes, &mut inlined_cells, class_entry)?;
        if function_like {
            bind_cells(&mut scopes, &mut new_free, &inlined_cells);
        } else if kind == BlockKind::Class {
            self.drop_class_free(id, &mut new_free);
        }
        self.update_symbols(id, &scopes, outer.bound.as_ref(), &new_free, &inlined_cells);
        free.extend(new_free);
        Ok(())
    }

    fn children(
        &mut self,
        id: ScopeId,
        inner: &Outer,
        new_free: &mut Set,
        scopes: &mut IndexMap<Name, Reach>,
        inlined_cells: &mut Set,
        class_entry: Option<ScopeId>,
    ) -> Result<()> {
        let children = self.table.scope(id).children.clone();
        let parent_sees_class = self.table.scope(id).can_see_class_scope;
        for &child in &children {
            let entry = self.table.scope(child);
            let child_class = if !entry.can_see_class_scope {
                None
            } else if self.table.scope(id).kind == BlockKind::Class {
                Some(id)
            } else {
                class_entry
            };
            let inline = entry.comprehension != Comprehension::No && !entry.generator && !parent_sees_class;
            let mut view = inner.clone();
            let mut child_free = new_free.clone();
            let mut depth = self.depth;
            deeper(&mut depth, |depth| {
                self.depth = *depth;
                self.block(child, &mut view, &mut child_free, child_class)
            })?;
            self.depth = depth;
            if inline {
                self.inline(id, child, scopes, &mut child_free, inlined_cells);
                self.table.scope_mut(child).comp_inlined = true;
            }
            new_free.extend(child_free);
        }
        // The children of an inlined comprehension become children of this block.
        let mut spliced = Vec::with_capacity(children.len());
        for child in children {
            if self.table.scope(child).comp_inlined {
                spliced.extend(self.table.scope(child).children.iter().copied());
            } else {
                spliced.push(child);
            }
        }
        self.table.scope_mut(id).children = spliced;
        Ok(())
    }

    fn free_in_any_child(&self, id: ScopeId, name: Name) -> bool {
        self.table.scope(id).children.iter().any(|child| self.table.scope(*child).reach(name) == Reach::Free)
    }

    fn inline(
        &mut self,
        id: ScopeId,
        comp: ScopeId,
        scopes: &mut IndexMap<Name, Reach>,
        comp_free: &mut Set,
        inlined_cells: &mut Set,
    ) {
        let symbols: Vec<(Name, u32)> =
            self.table.scope(comp).symbols.iter().map(|(name, flags)| (*name, *flags)).collect();
        let in_class = self.table.scope(id).kind == BlockKind::Class;
        let cells = [known::CLASS, known::CLASSDICT, known::CONDITIONAL_ANNOTATIONS];
        let mut remove = Vec::new();
        for (name, bits) in symbols {
            if bits & DEF_PARAM != 0 {
                continue;
            }
            let mut scope = reach(bits);
            let only_flags = bits & ((1 << SCOPE_OFFSET) - 1);
            if scope == Reach::Cell || only_flags & DEF_COMP_CELL != 0 {
                inlined_cells.insert(name);
            }
            if scope == Reach::Free && in_class && cells.contains(&name) {
                scope = Reach::GlobalImplicit;
                if !self.free_in_any_child(comp, name) {
                    comp_free.remove(&name);
                }
                remove.push(name);
            }
            match self.table.scope(id).symbols.get(&name).copied() {
                None => {
                    self.table.scope_mut(id).symbols.insert(name, only_flags);
                    scopes.insert(name, scope);
                }
                Some(existing) => {
                    if scope == Reach::Free {
                        // What the comprehension reads is now read here.
                        self.table.scope_mut(id).symbols.insert(name, existing | bits & USE);
                    }
                    if existing & DEF_BOUND != 0 && !in_class && !self.free_in_any_child(comp, name) {
                        comp_free.remove(&name);
                    }
                }
            }
        }
        for name in remove {
            self.table.scope_mut(comp).symbols.shift_remove(&name);
        }
    }

    fn drop_class_free(&mut self, id: ScopeId, free: &mut Set) {
        let scope = self.table.scope_mut(id);
        if free.remove(&known::CLASS) {
            scope.needs_class_closure = true;
        }
        if free.remove(&known::CLASSDICT) {
            scope.needs_classdict = true;
        }
        if free.remove(&known::CONDITIONAL_ANNOTATIONS) {
            scope.has_conditional_annotations = true;
        }
    }

    fn update_symbols(
        &mut self,
        id: ScopeId,
        scopes: &IndexMap<Name, Reach>,
        bound: Option<&Set>,
        free: &Set,
        inlined_cells: &Set,
    ) {
        let scope = self.table.scope_mut(id);
        let class_like = scope.kind == BlockKind::Class || scope.can_see_class_scope;
        for (name, bits) in &mut scope.symbols {
            if inlined_cells.contains(name) {
                *bits |= DEF_COMP_CELL;
            }
            if let Some(reach) = scopes.get(name) {
                *bits |= reach_bits(*reach) << SCOPE_OFFSET;
            }
        }
        // Order of a hash set must not decide the order of symbols.
        let mut names: Vec<Name> = free.iter().copied().collect();
        names.sort_unstable();
        for name in names {
            if let Some(bits) = scope.symbols.get_mut(&name) {
                if class_like {
                    *bits |= DEF_FREE_CLASS;
                }
                continue;
            }
            if bound.is_some_and(|bound| !bound.contains(&name)) {
                continue;
            }
            scope.symbols.insert(name, reach_bits(Reach::Free) << SCOPE_OFFSET);
        }
    }
}

/// Locals that inner scopes use become cells, and stop being free.
fn bind_cells(scopes: &mut IndexMap<Name, Reach>, free: &mut Set, inlined_cells: &Set) {
    for (name, reach) in scopes.iter_mut() {
        if *reach == Reach::Local && (free.contains(name) || inlined_cells.contains(name)) {
            *reach = Reach::Cell;
            free.remove(name);
        }
    }
}
