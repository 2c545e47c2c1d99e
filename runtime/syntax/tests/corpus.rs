//! Trees and errors of small programs are those of CPython 3.14, which `corpus.txt` holds.
//! It is written by `scripts/syntax-diff.py bless`.

mod answer;

struct Case<'a> {
    mode: &'a str,
    flags: &'a str,
    source: &'a str,
    outcome: &'a str,
}

/// Cuts the next case off the text.
fn next<'a>(text: &mut &'a str) -> Option<Case<'a>> {
    let (header, rest) = text.split_once('\n')?;
    let words: Vec<&str> = header.split(' ').collect();
    let [mode, flags, source_length, outcome_length] = words[..] else { return None };
    let (source, rest) = rest.split_at(source_length.parse().ok()?);
    let (outcome, rest) = rest[1..].split_at(outcome_length.parse().ok()?);
    *text = &rest[1..];
    Some(Case { mode, flags, source, outcome })
}

#[test]
fn agrees_with_cpython() {
    let mut text = include_str!("corpus.txt");
    let mut count = 0;
    let mut wrong = String::new();
    while let Some(case) = next(&mut text) {
        count += 1;
        let source = adder_syntax::source::normalize(case.source);
        let ours = answer::answer(&source, case.mode, case.flags);
        if ours != case.outcome {
            let Case { mode, flags, source, outcome } = case;
            wrong += &format!("{mode} {flags} {source:?}\n  cpython {outcome:?}\n  ours    {ours:?}\n");
        }
    }
    assert!(text.is_empty() && count > 1000, "the corpus is cut at case {count}");
    assert!(wrong.is_empty(), "{wrong}");
}
