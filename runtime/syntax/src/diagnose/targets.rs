//! Targets of assignments, loops and `del`.

use super::node::{N, Rule, What};
use super::state::{B, Parser, R, Raised, Rs};
use crate::kind::Kind;

/// Where an invalid target was found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Targets {
    Star,
    Del,
    For,
}

impl Parser<'_> {
    pub(super) fn star_targets(&mut self) -> R {
        let from = self.mark;
        let Some(first) = self.star_target()? else { return Ok(None) };
        if !self.at(&[Kind::Comma])? {
            return Ok(Some(first));
        }
        self.mark = from;
        let kids = self.list(Self::star_target)?.unwrap_or_default();
        self.ok(Kind::Comma)?;
        self.some(What::Tuple, from, kids)
    }

    pub(super) fn star_target(&mut self) -> R {
        self.keep(Rule::StarTarget, |p| {
            let from = p.mark;
            if p.ok(Kind::Star)?
                && !p.at(&[Kind::Star])?
                && let Some(n) = p.star_target()?
            {
                return p.some(What::Starred, from, vec![n]);
            }
            p.mark = from;
            p.target_with_star_atom()
        })
    }

    fn target_with_star_atom(&mut self) -> R {
        self.keep(Rule::TargetWithStarAtom, |p| {
            if let Some(n) = p.attribute_or_subscript()? {
                return Ok(Some(n));
            }
            p.star_atom()
        })
    }

    /// A name, or targets in brackets.
    fn star_atom(&mut self) -> R {
        let from = self.mark;
        if let Some(n) = self.name()? {
            return Ok(Some(n));
        }
        if self.ok(Kind::LPar)?
            && let Some(n) = self.target_with_star_atom()?
            && self.ok(Kind::RPar)?
        {
            return Ok(Some(n));
        }
        self.mark = from;
        if self.ok(Kind::LPar)? {
            let kids = self.tuple_targets()?.unwrap_or_default();
            if self.ok(Kind::RPar)? {
                return self.some(What::Tuple, from, kids);
            }
        }
        self.mark = from;
        if self.ok(Kind::LSqb)? {
            let kids = self.list(Self::star_target)?;
            if kids.is_some() {
                self.ok(Kind::Comma)?;
            }
            if self.ok(Kind::RSqb)? {
                return self.some(What::List, from, kids.unwrap_or_default());
            }
        }
        self.mark = from;
        Ok(None)
    }

    /// Two targets or more, or one with a comma.
    fn tuple_targets(&mut self) -> Rs {
        let from = self.mark;
        let Some(kids) = self.list(Self::star_target)? else { return Ok(None) };
        let comma = self.ok(Kind::Comma)?;
        if kids.len() > 1 || comma {
            return Ok(Some(kids));
        }
        self.mark = from;
        Ok(None)
    }

    pub(super) fn single_target(&mut self) -> R {
        if let Some(n) = self.attribute_or_subscript()? {
            return Ok(Some(n));
        }
        if let Some(n) = self.name()? {
            return Ok(Some(n));
        }
        let from = self.mark;
        if self.ok(Kind::LPar)?
            && let Some(n) = self.deeper(Self::single_target)?
            && self.ok(Kind::RPar)?
        {
            return Ok(Some(n));
        }
        self.mark = from;
        Ok(None)
    }

    /// A target that ends in `.name` or `[...]`.
    pub(super) fn attribute_or_subscript(&mut self) -> R {
        let from = self.mark;
        if self.t_primary()?.is_none() {
            return Ok(None);
        }
        let after = self.mark;
        if self.ok(Kind::Dot)? && self.ok(Kind::Name)? && !self.t_lookahead()? {
            return self.some(What::Attribute, from, Vec::new());
        }
        self.mark = after;
        if self.subscript()? && !self.t_lookahead()? {
            return self.some(What::Subscript, from, Vec::new());
        }
        self.mark = from;
        Ok(None)
    }

    fn t_lookahead(&mut self) -> B {
        self.at(&[Kind::LPar, Kind::LSqb, Kind::Dot])
    }

    /// The part of a target before its last trailer.
    fn t_primary(&mut self) -> R {
        self.keep(Rule::TPrimary, |p| {
            let from = p.mark;
            let Some(mut left) = p.atom()? else { return Ok(None) };
            if !p.t_lookahead()? {
                p.mark = from;
                return Ok(None);
            }
            loop {
                let before = p.mark;
                match p.t_trailer()? {
                    Some(what) if p.t_lookahead()? => left = p.make(what, from, Vec::new()),
                    _ => {
                        p.mark = before;
                        return Ok(Some(left));
                    }
                }
            }
        })
    }

    fn t_trailer(&mut self) -> Result<Option<What>, Raised> {
        let from = self.mark;
        if self.ok(Kind::Dot)? && self.ok(Kind::Name)? {
            return Ok(Some(What::Attribute));
        }
        self.mark = from;
        if self.subscript()? {
            return Ok(Some(What::Subscript));
        }
        self.mark = from;
        if self.genexp()?.is_some() {
            return Ok(Some(What::Call));
        }
        self.mark = from;
        if self.ok(Kind::LPar)? {
            self.arguments()?;
            if self.ok(Kind::RPar)? {
                return Ok(Some(What::Call));
            }
        }
        self.mark = from;
        Ok(None)
    }

    pub(super) fn del_targets(&mut self) -> Rs {
        let Some(all) = self.list(Self::del_target)? else { return Ok(None) };
        self.ok(Kind::Comma)?;
        Ok(Some(all))
    }

    fn del_target(&mut self) -> R {
        self.keep(Rule::DelTarget, |p| {
            if let Some(n) = p.attribute_or_subscript()? {
                return Ok(Some(n));
            }
            let from = p.mark;
            if let Some(n) = p.name()? {
                return Ok(Some(n));
            }
            if p.ok(Kind::LPar)?
                && let Some(n) = p.del_target()?
                && p.ok(Kind::RPar)?
            {
                return Ok(Some(n));
            }
            p.mark = from;
            for (open, close, what) in [(Kind::LPar, Kind::RPar, What::Tuple), (Kind::LSqb, Kind::RSqb, What::List)] {
                if p.ok(open)? {
                    let kids = p.del_targets()?.unwrap_or_default();
                    if p.ok(close)? {
                        return p.some(what, from, kids);
                    }
                }
                p.mark = from;
            }
            Ok(None)
        })
    }

    /// The first part of an expression that cannot be a target.
    fn invalid_target(&self, n: N, targets: Targets) -> Option<N> {
        let node = self.node(n);
        match node.what {
            What::List | What::Tuple => node.kids.iter().find_map(|&k| self.invalid_target(k, targets)),
            What::Starred if targets == Targets::Del => Some(n),
            What::Starred => self.invalid_target(*node.kids.first()?, targets),
            What::CompareIn if targets == Targets::For => self.invalid_target(*node.kids.first()?, targets),
            What::Compare if targets == Targets::For => None,
            What::Name | What::Subscript | What::Attribute => None,
            _ => Some(n),
        }
    }

    pub(super) fn raise_invalid_target(&mut self, targets: Targets, n: N) -> Result<(), Raised> {
        let Some(bad) = self.invalid_target(n, targets) else { return Ok(()) };
        let verb = if targets == Targets::Del { "delete" } else { "assign to" };
        let name = self.name_of(bad);
        Err(self.raise_node(bad, format!("cannot {verb} {name}")))
    }
}
