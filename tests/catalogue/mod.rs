//! The list of `docs/security-tests.md`: what the security tests show, and which
//! tests show it.
//!
//! A test says it itself: `/// Shows M1, M3. Seen to fail …` above the function.
//! What follows names a change of the program that the test was seen to fail for;
//! a row without one says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

mod asks;
mod table;

use super::invariants::reader::{self, Shown, Trials};
use super::invariants::{link, root, texts};
use table::{ROWS, Row, State};

/// Where the figures begin, which other commands write.
const FIGURES: &str = "\n## `cargo test --test real -- security`";

/// The tests of one row, and what they were seen to fail for.
#[derive(Default)]
struct Evidence {
    tests: BTreeSet<Shown>,
    breaks: BTreeSet<String>,
}

/// `M1, M3. Seen to fail …`: the ids and the rest.
fn ids(words: &str) -> Option<(Vec<String>, Option<String>)> {
    let rest = words.strip_prefix("Shows ")?;
    let (ids, rest) = rest.split_once('.').unwrap_or((rest, ""));
    let ids: Vec<String> = ids.split(", ").map(str::to_owned).collect();
    let is_id = |id: &String| {
        let mut letters = id.chars();
        letters
            .next()
            .is_some_and(|family| family.is_ascii_uppercase())
            && !letters.as_str().is_empty()
            && letters.all(|letter| letter.is_ascii_digit())
    };
    if !ids.iter().all(is_id) {
        return None;
    }
    let seen = rest.trim().strip_prefix("Seen to fail ");
    assert!(
        seen.is_some() || rest.trim().is_empty(),
        "neither nothing nor what it was seen to fail for: {words}"
    );
    Some((ids, seen.map(|seen| seen.trim_end_matches('.').to_owned())))
}

/// Which rows the tests name.
fn evidence(texts: &BTreeMap<String, String>) -> BTreeMap<String, Evidence> {
    let trials = Trials::of(texts);
    let mut found: BTreeMap<String, Evidence> = BTreeMap::new();
    for (file, text) in texts.iter().filter(|(file, _)| file.ends_with(".rs")) {
        let mark = |line: &str| ids_begin(line).then(|| line.to_owned());
        for (words, test) in reader::marked(file, text, &trials, mark) {
            let Some((ids, seen)) = ids(&words) else {
                panic!("{file}: {words}");
            };
            for id in ids {
                let row = found.entry(id).or_default();
                row.tests.insert(test.clone());
                row.breaks.extend(seen.clone());
            }
        }
    }
    found
}

/// Whether a line of a comment names rows: other sentences begin with "Shows" too.
fn ids_begin(line: &str) -> bool {
    line.strip_prefix("Shows ").is_some_and(|rest| {
        let mut letters = rest.chars();
        letters
            .next()
            .is_some_and(|letter| letter.is_ascii_uppercase())
            && letters.next().is_some_and(|letter| letter.is_ascii_digit())
    })
}

fn told(row: &Row, evidence: Option<&Evidence>) -> String {
    let Row { id, rule, state } = row;
    let (tests, breaks) = match (state, evidence) {
        (State::Shown(_), Some(evidence)) => {
            let tests: Vec<_> = evidence.tests.iter().map(link).collect();
            let breaks: Vec<_> = evidence.breaks.iter().map(String::as_str).collect();
            let breaks = match breaks.as_slice() {
                [] => "*not tried*".to_owned(),
                some => some.join("; "),
            };
            (tests.join(", "), breaks)
        }
        (State::By(how, seen), None) => ((*how).to_owned(), (*seen).to_owned()),
        (State::Not(why), None) => (format!("*{why}*"), String::new()),
        (State::Shown(_), None) => panic!("no test shows {id}"),
        (State::By(..) | State::Not(_), Some(_)) => panic!("tests show {id}: say so in the table"),
    };
    let short = match state {
        State::Shown(Some(short)) => format!(" *{short}*"),
        _ => String::new(),
    };
    format!("| {id} | {rule}{short} | {tests} | {breaks} |\n")
}

#[test]
fn security_tests() {
    let all = evidence(&texts());
    for id in all.keys() {
        assert!(ROWS.iter().any(|row| row.id == id), "there is no row {id}");
    }
    let count = |of: fn(&State) -> bool| ROWS.iter().filter(|row| of(&row.state)).count();
    let shown = count(|state| !matches!(state, State::Not(_)));
    let mut text = format!(
        "<!-- {}\nThe figures: UPDATE_FIGURES=1 with the commands above their tables. -->\n{HEAD}\n\
         {shown} of {} rows are shown.\n\n\
         | Row | What holds | Shown by | Seen to fail |\n|---|---|---|---|\n",
        super::WRITTEN_BY,
        ROWS.len(),
    );
    for row in ROWS {
        text.push_str(&told(row, all.get(row.id)));
    }
    let path = root().join("docs/security-tests.md");
    let found = fs::read_to_string(path).unwrap();
    let (_, figures) = found.split_once(FIGURES).expect("the figures");
    write!(text, "{FIGURES}{figures}").unwrap();
    super::check("docs/security-tests.md", text.as_bytes());
}

const HEAD: &str = "\
# Security tests

The first list says what holds, which tests show it, and which change of the program
made these tests fail. The other tables have the measured figures.
[audit.md](audit.md) explains how to repeat them.

The tests search for a canary in plain, base64 (three alignments), hex, decimal, JSON,
URL and UTF-16 form, as a whole and in windows of 16 bytes. Each leak test first
searches where protection is off and must find the canary there. That is the positive
control.

## What holds

M is about memory, S about shredding, I about hostile input, N about faults of the
network and of a server, L about leaks, C about the build. `cargo test --test generated`
fails if a test does not exist or does not run.
";

#[test]
fn rows_are_read_from_comments() {
    let read = |line: &str| ids(line).map(|(ids, seen)| (ids.join(" "), seen));
    assert_eq!(read("Shows M1."), Some(("M1".to_owned(), None)));
    assert_eq!(
        read("Shows M1, S12. Seen to fail without a sync."),
        Some(("M1 S12".to_owned(), Some("without a sync".to_owned())))
    );
    assert_eq!(read("Shows a plan."), None);
    assert!(!ids_begin("Shows A plan"));
    let refused = std::panic::catch_unwind(|| ids("Shows M1. And more."));
    assert!(refused.is_err());
}

#[test]
fn a_row_without_a_test_is_noticed() {
    let row = |state| Row {
        id: "M1",
        rule: "",
        state,
    };
    let seen = Evidence {
        breaks: BTreeSet::from(["without it".to_owned()]),
        ..Evidence::default()
    };
    let fails = |state, evidence: Option<&Evidence>| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| told(&row(state), evidence)))
            .is_err()
    };
    assert!(!fails(State::Shown(None), Some(&seen)));
    assert!(fails(State::Shown(None), None));
    let untried = told(&row(State::Shown(None)), Some(&Evidence::default()));
    assert!(untried.contains("not tried"), "{untried}");
    assert!(fails(State::Not("later"), Some(&seen)));
    assert!(!fails(State::Not("later"), None));
}
