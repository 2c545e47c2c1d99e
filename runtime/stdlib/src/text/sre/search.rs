//! Finding the first match: candidates by the pattern's prefix or first characters, then the machine.
//!
//! *CPython*: Modules/_sre/sre_lib.h, SRE(search).

use super::codes::{at, info, op};
use super::engine::{Machine, Unit};
use super::prefix::{Known, Prefix};
use adder_object::PyResult;

/// The span of the first match that starts at `start` or later.
pub fn search<T: Unit>(m: &mut Machine<'_, T>, start: usize) -> PyResult<Option<(usize, usize)>> {
    let (mut pc, mut last) = (0, m.end());
    let mut flags = 0;
    if m.code_at(0) == op::INFO {
        flags = m.code_at(2);
        let min = m.code_at(3) as usize;
        if min > m.end().saturating_sub(start) {
            return Ok(None);
        }
        last = m.end() - min;
        pc = 1 + m.code_at(1) as usize;
    }
    // A match that begins where the last one ended must not be empty; then a prefix is there anyway.
    if flags & info::PREFIX != 0 {
        return by_prefix(m, start, last, pc, flags & info::LITERAL != 0);
    }
    let known = m.take_prefix(pc, m.end().saturating_sub(start));
    if let Known::Sets(p) = &known {
        let found = by_sets(m, start, last, pc, p);
        m.keep_prefix(known);
        return found;
    }
    m.keep_prefix(known);
    if flags & info::CHARSET != 0 {
        let mut from = start;
        while from <= last && from < m.end() {
            let Some(i) = find_in_set(m, from) else { break };
            from = i;
            if from > last {
                break;
            }
            if let Some(end) = m.match_at(from, pc)? {
                return Ok(Some((from, end)));
            }
            from += 1;
        }
        m.forget_marks();
        return Ok(None);
    }
    let anchored = m.code_at(pc) == op::AT && matches!(m.code_at(pc + 1), at::BEGINNING | at::BEGINNING_STRING);
    if anchored {
        return Ok(m.match_at(start, pc)?.map(|end| (start, end)));
    }
    let first = m.first_item(pc);
    let mut from = start;
    while from <= last {
        if let Some(f) = first {
            let Some(i) = m.find_item(f, from, m.end()).filter(|i| *i <= last) else { break };
            from = i;
        }
        if let Some(end) = m.match_at(from, pc)? {
            return Ok(Some((from, end)));
        }
        from += 1;
    }
    m.forget_marks();
    Ok(None)
}

fn by_sets<T: Unit>(
    m: &mut Machine<'_, T>,
    mut from: usize,
    last: usize,
    pc: usize,
    prefix: &Prefix,
) -> PyResult<Option<(usize, usize)>> {
    let text = m.text().get(..m.end()).unwrap_or_default();
    while let Some(i) = prefix.find(text, from).filter(|i| *i <= last) {
        if let Some(end) = m.match_at(i, pc)? {
            return Ok(Some((i, end)));
        }
        from = i + 1;
    }
    m.forget_marks();
    Ok(None)
}

/// First position from `from` on with a character of the set of the pattern's INFO block.
fn find_in_set<T: Unit>(m: &mut Machine<'_, T>, from: usize) -> Option<usize> {
    let set = m.set_at(5);
    // A set of one literal needs no set.
    if let [op::LITERAL, c, op::FAILURE, ..] = set {
        return T::find(&m.text()[..m.end()], from, *c);
    }
    m.find_set(from, set)
}

fn by_prefix<T: Unit>(
    m: &mut Machine<'_, T>,
    start: usize,
    last: usize,
    pc: usize,
    literal: bool,
) -> PyResult<Option<(usize, usize)>> {
    let n = m.code_at(5) as usize;
    let prefix = m.set_at(7).get(..n).unwrap_or_default();
    let Some((&first, rest)) = prefix.split_first() else { return Ok(None) };
    let (text, end) = (m.text(), m.end());
    let mut from = start;
    while from <= last {
        let Some(i) = T::find_all(&text[..end], from, first, prefix) else { return Ok(None) };
        if i > last {
            return Ok(None);
        }
        from = i + 1;
        let Some(behind) = text.get(i + 1..i + n).filter(|_| i + n <= end) else { return Ok(None) };
        if !behind.iter().zip(rest).all(|(c, &p)| c.cp() == p) {
            continue;
        }
        if literal {
            m.forget_marks();
            return Ok(Some((i, i + n)));
        }
        if let Some(e) = m.match_at(i, pc)? {
            return Ok(Some((i, e)));
        }
    }
    Ok(None)
}
