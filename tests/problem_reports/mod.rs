//! Public problem reports, the rule that names each, and the case that shows
//! it: docs/problem-reports.md is made from this.
//!
//! A case made for a report is called `report_NN_….yaml` in the folder of its
//! rule; `tests/checks.rs` makes sure that the rule finds it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

mod table;

use table::REPORTS;

/// One kind of trouble that people reported.
struct Row {
    /// Its number; gaps are not allowed.
    number: usize,
    /// Where: `owner/repository#number`, or as people call it.
    reports: &'static [&'static str],
    /// What they saw.
    seen: &'static str,
    /// What it was, as it was found there or as it seems.
    cause: &'static str,
    /// What shows it.
    shown: &'static [Shown],
}

/// What shows a report.
enum Shown {
    /// A case of `tests/checks`, in which the rule of its folder finds it.
    Case(&'static str),
    /// Another test of ours.
    Test {
        /// Its file.
        file: &'static str,
        /// A word that stands in it.
        word: &'static str,
    },
    /// Nothing: why.
    OutOfReach(&'static str),
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> impl Iterator<Item = (&'static Row, &'static str)> {
    REPORTS.iter().flat_map(|row| {
        row.shown.iter().filter_map(move |shown| match shown {
            Shown::Case(case) => Some((row, *case)),
            _ => None,
        })
    })
}

#[test]
fn every_report_is_told_once_and_shown() {
    let numbers: Vec<_> = REPORTS.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=72).collect::<Vec<_>>());
    for row in REPORTS {
        assert!(!row.shown.is_empty(), "report {} is not shown", row.number);
        assert!(
            !row.reports.is_empty(),
            "report {} has no place",
            row.number
        );
    }
}

#[test]
fn every_case_is_one_in_which_its_rule_finds_something() {
    for (row, case) in cases() {
        let text = fs::read_to_string(root().join("tests/checks").join(case))
            .unwrap_or_else(|error| panic!("report {}: {case}: {error}", row.number));
        let finds = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .any(|line| line.starts_with("# expect: "));
        assert!(finds, "report {}: {case} finds nothing", row.number);
    }
    for row in REPORTS {
        for shown in row.shown {
            if let Shown::Test { file, word } = shown {
                let text = fs::read_to_string(root().join(file)).unwrap();
                assert!(text.contains(word), "report {}: {file}: {word}", row.number);
            }
        }
    }
}

#[test]
fn every_case_of_a_report_is_in_the_table() {
    let listed: BTreeSet<_> = cases()
        .map(|(row, case)| (row.number, case.to_owned()))
        .collect();
    for (id, paths) in super::folders() {
        for path in paths {
            let name = path.file_name().unwrap().to_str().unwrap();
            let Some((number, _)) = name
                .strip_prefix("report_")
                .and_then(|rest| rest.split_once('_'))
            else {
                continue;
            };
            let case = (number.parse().unwrap(), format!("{id}/{name}"));
            assert!(listed.contains(&case), "{case:?}");
        }
    }
}

/// A report's place, as a link where it says all of it.
fn link(report: &str) -> String {
    match report.split_once('#') {
        Some((repository, number))
            if repository.contains('/') && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("[{report}](https://github.com/{repository}/issues/{number})")
        }
        _ => report.to_owned(),
    }
}

fn shown(row: &Row) -> (String, String) {
    let mut rules = BTreeSet::new();
    let mut places = Vec::new();
    for shown in row.shown {
        match shown {
            Shown::Case(case) => {
                let (rule, name) = case.split_once('/').unwrap();
                rules.insert(rule);
                places.push(format!("[{rule}/{name}](../tests/checks/{case})"));
            }
            Shown::Test { file, word } => {
                places.push(format!("[{file}](../{file}) ({word})"));
            }
            Shown::OutOfReach(why) => places.push((*why).to_owned()),
        }
    }
    let rules = rules
        .into_iter()
        .map(|id| {
            let rule = kubectl_secretsafe::checks::find(id).unwrap();
            format!("[{id}](checks.md#{}-{})", id.to_lowercase(), rule.name)
        })
        .collect::<Vec<_>>();
    let rules = if rules.is_empty() {
        "–".to_owned()
    } else {
        rules.join(", ")
    };
    (rules, places.join("<br>"))
}

#[test]
fn the_document_is_not_stale() {
    let mut text = String::from(
        "<!-- Written by: UPDATE_GENERATED=1 cargo test --test checks problem_reports. Do not edit. -->\n\
         # Problem reports\n\n\
         Public reports of problems with Secrets, and the rule of `doctor` that finds each. Every\n\
         case is a manifest, or a snapshot of a cluster, modelled on the report. A test checks\n\
         that the rule finds the problem there. The cause is the one given in the report, or the\n\
         likely one if the report gives none.\n\n\
         | # | Reports | Symptom | Cause | Rule | Shown by |\n|---|---|---|---|---|---|\n",
    );
    for row in REPORTS {
        let reports: Vec<_> = row.reports.iter().map(|report| link(report)).collect();
        let (rules, places) = shown(row);
        writeln!(
            text,
            "| {} | {} | {} | {} | {rules} | {places} |",
            row.number,
            reports.join(", "),
            row.seen,
            row.cause
        )
        .unwrap();
    }
    let file = root().join("docs/problem-reports.md");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&file, text).unwrap();
    } else {
        assert!(
            fs::read_to_string(&file).unwrap_or_default() == text,
            "docs/problem-reports.md is stale: run UPDATE_GENERATED=1 cargo test --test checks problem_reports"
        );
    }
}
