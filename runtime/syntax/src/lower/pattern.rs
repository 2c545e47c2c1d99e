//! Patterns of `match`.

use ruff_python_ast as r;
use ruff_text_size::Ranged;

use super::{Lower, Res};
use crate::ast::{Constant, Pattern, PatternKind};

impl Lower<'_> {
    pub(super) fn pattern(&mut self, pattern: &r::Pattern) -> Res<Pattern> {
        self.nested(|this| {
            let loc = this.loc(pattern.range());
            Ok(Pattern { kind: this.pattern_kind(pattern)?, loc })
        })
    }

    fn patterns(&mut self, list: &[r::Pattern]) -> Res<Vec<Pattern>> {
        list.iter().map(|p| self.pattern(p)).collect()
    }

    fn pattern_kind(&mut self, pattern: &r::Pattern) -> Res<PatternKind> {
        Ok(match pattern {
            r::Pattern::MatchValue(p) => PatternKind::MatchValue { value: self.boxed(&p.value)? },
            r::Pattern::MatchSingleton(p) => PatternKind::MatchSingleton {
                value: match p.value {
                    r::Singleton::None => Constant::None,
                    r::Singleton::True => Constant::Bool(true),
                    r::Singleton::False => Constant::Bool(false),
                },
            },
            r::Pattern::MatchSequence(p) => PatternKind::MatchSequence { patterns: self.patterns(&p.patterns)? },
            r::Pattern::MatchMapping(p) => PatternKind::MatchMapping {
                keys: self.exprs(&p.keys)?,
                patterns: self.patterns(&p.patterns)?,
                rest: self.opt_ident(p.rest.as_ref()),
            },
            r::Pattern::MatchClass(p) => PatternKind::MatchClass {
                cls: self.boxed(&p.cls)?,
                patterns: self.patterns(&p.arguments.patterns)?,
                kwd_attrs: p.arguments.keywords.iter().map(|k| self.ident(&k.attr)).collect(),
                kwd_patterns: p.arguments.keywords.iter().map(|k| self.pattern(&k.pattern)).collect::<Res<_>>()?,
            },
            r::Pattern::MatchStar(p) => PatternKind::MatchStar { name: self.opt_ident(p.name.as_ref()) },
            r::Pattern::MatchAs(p) => PatternKind::MatchAs {
                pattern: p.pattern.as_deref().map(|p| self.pattern(p).map(Box::new)).transpose()?,
                name: self.opt_ident(p.name.as_ref()),
            },
            r::Pattern::MatchOr(p) => PatternKind::MatchOr { patterns: self.patterns(&p.patterns)? },
        })
    }
}
