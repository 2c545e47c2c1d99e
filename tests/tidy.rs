//! The house rules of docs/style.md that a program can check, one test for each rule.
//!
//! Invariants: plain Rust without dependencies; every rule names the file and line it objects to; exceptions are
//! either in a table here (with the reason) or a number in `tests/tidy_ledger.toml`, which may only fall.
//! Not here: what clippy and rustc already deny (see `[workspace.lints]`).

#[path = "tidy/docs.rs"]
mod docs;
#[path = "tidy/floors.rs"]
mod floors;
#[path = "tidy/ledger.rs"]
mod ledger;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/scan.rs"]
mod scan;

use ledger::Ledger;

/// Fails with one line for each complaint.
fn report(rule: &str, mut complaints: Vec<String>) {
    complaints.sort();
    assert!(complaints.is_empty(), "{rule}: {} complaint(s)\n  {}", complaints.len(), complaints.join("\n  "));
}

#[test]
fn every_rust_file_says_what_it_holds() {
    report("a .rs file starts with //!", rules::headers(&scan::rust_files()));
}

#[test]
fn files_are_short() {
    let found = rules::file_lengths(&scan::rust_files());
    report("a .rs file has at most 800 lines without its tests", Ledger::read().judge("file_length", &found));
}

#[test]
fn functions_are_short() {
    let found = rules::function_lengths(&scan::rust_files());
    report("a function has fewer than 100 lines", Ledger::read().judge("function_length", &found));
}

#[test]
fn runtime_code_does_not_panic() {
    let found = rules::panics(&scan::rust_files());
    report("runtime/ has no unwrap, expect, panic!, todo!, unimplemented!", Ledger::read().judge("panics", &found));
}

#[test]
fn unsafe_stays_at_home() {
    report("unsafe lives in few modules", rules::unsafe_homes(&scan::rust_files()));
}

#[test]
fn unsafe_gives_its_reason() {
    report("unsafe carries a SAFETY comment", rules::unsafe_reasons(&scan::rust_files()));
}

#[test]
fn safety_comments_cite_known_invariants() {
    report("a SAFETY comment cites ids of docs/invariants.md", docs::cited_invariants(&scan::rust_files()));
}

#[test]
fn crates_import_downwards() {
    report("a crate depends only on lower floors", floors::upward_edges());
}

#[test]
fn names_say_something() {
    report("no file is a drawer", rules::drawer_names(&scan::tracked_files()));
}

#[test]
fn top_level_is_given() {
    report("nothing new lies at the top", rules::strangers(&scan::tracked_files()));
}

#[test]
fn no_path_of_one_machine() {
    report("no absolute path of a machine", rules::machine_paths(&scan::tracked_files()));
}

#[test]
fn reminders_carry_an_issue() {
    report("a TODO carries an issue number", rules::reminders(&scan::tracked_files()));
}

#[test]
fn decisions_are_indexed() {
    report("docs/adr/README.md lists every decision", docs::decisions());
}

#[test]
fn links_lead_somewhere() {
    report("a relative link of a .md file exists", docs::links(&scan::tracked_files()));
}

#[test]
fn ledger_has_no_dead_rows() {
    report("tests/tidy_ledger.toml names files that exist", Ledger::read().dead_rows());
}

/// Writes the ledger anew with today's numbers when `TIDY_LEDGER=write` is set; growth shows in the diff.
#[test]
fn ledger_can_be_written() {
    if std::env::var("TIDY_LEDGER").as_deref() != Ok("write") {
        return;
    }
    let files = scan::rust_files();
    ledger::write(&[
        ("file_length", rules::file_lengths(&files)),
        ("function_length", rules::function_lengths(&files)),
        ("panics", rules::panics(&files)),
    ]);
}
