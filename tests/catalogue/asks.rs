//! `docs/hierarchy-asks.md`: every row names evidence, and the evidence exists.

use std::collections::BTreeMap;
use std::fs;

use super::super::invariants::{root, texts};

/// Why a piece of evidence is none, if it is none: `FILE` is a case, `FILE: TEST` a test of
/// that name, or a trial of the real cluster.
fn flaw(evidence: &str, texts: &BTreeMap<String, String>) -> Option<String> {
    let (file, test) = match evidence.split_once(": ") {
        Some((file, test)) => (file, Some(test)),
        None => (evidence, None),
    };
    let Some(text) = texts.get(file) else {
        return Some(format!("there is no file {file}"));
    };
    let Some(test) = test else {
        let is_case = file.ends_with(".yaml") || file.ends_with(".toml");
        return (!is_case).then(|| format!("{file} is no case, and no test of it is named"));
    };
    let is_there = match test.contains("::") {
        true => text.contains(&format!("\"{test}\"")),
        false => {
            let begins = format!("fn {test}(");
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            lines
                .windows(2)
                .any(|pair| pair[0] == "#[test]" && pair[1].starts_with(&begins))
        }
    };
    (!is_there).then(|| format!("{file} has no test {test}"))
}

/// The evidence of each row, by its number.
fn rows(page: &str) -> Vec<(usize, Vec<&str>)> {
    page.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let number = cells.first()?.parse().ok()?;
            let evidence = cells.last()?.split('`').skip(1).step_by(2).collect();
            Some((number, evidence))
        })
        .collect()
}

#[test]
fn every_ask_of_the_hierarchy_names_tests_that_exist() {
    let page = fs::read_to_string(root().join("docs/hierarchy-asks.md")).unwrap();
    let texts = texts();
    let rows = rows(&page);
    let numbers: Vec<usize> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
    for (number, evidence) in &rows {
        assert!(!evidence.is_empty(), "row {number} names nothing");
        for one in evidence {
            assert_eq!(flaw(one, &texts), None, "row {number}");
        }
    }
}

#[test]
fn evidence_that_is_none_is_told() {
    let texts = [
        (
            "a.rs".to_owned(),
            "#[test]\nfn it_is() {}\nfn helper() {}\n\"real::one\"".to_owned(),
        ),
        ("case.yaml".to_owned(), String::new()),
    ]
    .into();
    for good in ["a.rs: it_is", "a.rs: real::one", "case.yaml"] {
        assert_eq!(flaw(good, &texts), None, "{good}");
    }
    for bad in [
        "a.rs: helper",
        "a.rs: it_is_not",
        "a.rs: real::two",
        "a.rs",
        "b.rs: it_is",
        "b.yaml",
    ] {
        assert!(flaw(bad, &texts).is_some(), "{bad}");
    }
    assert_eq!(
        rows("| # | a |\n|---|---|\n| 3 | x | `a.rs: it_is`, `b` |\n"),
        [(3, vec!["a.rs: it_is", "b"])]
    );
}
