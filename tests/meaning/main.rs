//! One meaning has one set of findings, however it is written; and whatever is
//! done to a manifest, `doctor` neither falls over nor tells a value.
//!
//! Meanings are objects as data: those of `meanings.rs`, and the cases of
//! `tests/checks` that are files. `spelling.rs` writes them in every way that
//! kubectl reads; `tests/meaning/*.yaml` are spellings by hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(
    clippy::print_stdout,
    reason = "how much was compared is worth telling"
)]

mod meanings;
mod mutations;
mod random;
mod spelling;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Scope};
use kubectl_secretsafe::manifest::SourceText;
use kubectl_secretsafe::report::{Examined, Selection};

use meanings::Meaning;
use random::Random;
use spelling::{SPELLINGS, spell};

/// Mixed spellings of each meaning, besides the pure ones.
const MIXED: u64 = 3;

/// Rules that point at the first of several keys, in the order of the text.
const FIRST_OF_THE_TEXT: &[&str] = &["SS015"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|found| found == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn examine(text: &str, meaning: &Meaning) -> (Examined, usize) {
    let mut builder = Builder::new(
        Scope::Files(if meaning.complete {
            FileSet::Complete
        } else {
            FileSet::Open
        }),
        "default",
        meaning.now.parse().unwrap(),
    );
    if meaning.inspect {
        builder.inspect_values();
    }
    let problems = builder.add_file(
        SourceText::new("x.yaml", text.to_owned()),
        GitStatus::Outside,
    );
    (
        Examined::new(builder.finish(), &Selection::default()),
        problems.len(),
    )
}

/// Rules that judge which of YAML's words for the same thing is written.
const ABOUT_SPELLING: &[&str] = &["SS073", "SS019"];

/// What must not depend on the spelling: everything but lines and columns, and
/// the order of the places, which is that of the text.
fn told(text: &str, meaning: &Meaning) -> Vec<String> {
    let (part, problems) = examine(text, meaning);
    let findings = part
        .findings
        .iter()
        .filter(|finding| !ABOUT_SPELLING.contains(&finding.rule.id))
        .map(|finding| {
            let mut paths: Vec<_> = finding
                .places
                .iter()
                .map(|place| {
                    let path = place.site.path.as_str();
                    match path.find(['.', '[']) {
                        Some(end) if FIRST_OF_THE_TEXT.contains(&finding.rule.id) => &path[..end],
                        _ => path,
                    }
                })
                .collect();
            paths.sort_unstable();
            format!(
                "{} {} {:?} {:?} {:?} {} at {}",
                finding.rule.id,
                finding.severity,
                finding.subject,
                finding.secret,
                finding.container,
                finding.message,
                paths.join(" ")
            )
        });
    let unknown = part.unknown.iter().map(|unknown| {
        format!(
            "unknown {} {:?} {}",
            unknown.rule.id, unknown.subject, unknown.what
        )
    });
    let mut told: Vec<_> = findings
        .chain(unknown)
        .chain((problems > 0).then(|| format!("{problems} problems")))
        .collect();
    told.sort();
    told
}

/// The difference, or nothing.
fn difference(name: &str, wanted: &[String], found: &[String]) -> Option<String> {
    let only = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|line| !b.contains(line)).cloned().collect()
    };
    (wanted != found).then(|| {
        format!(
            "{name}\n  missing: {:#?}\n  too many: {:#?}",
            only(wanted, found),
            only(found, wanted)
        )
    })
}

#[test]
fn one_meaning_has_one_set_of_findings() {
    let meanings = meanings::all();
    let mut wrong = Vec::new();
    let mut rules: BTreeMap<String, usize> = BTreeMap::new();
    let mut spellings = 0;
    for meaning in &meanings {
        let wanted = told(
            &spell(&meaning.objects, &SPELLINGS[0], &mut Random::new(0)),
            meaning,
        );
        for line in &wanted {
            let rule = line.split(' ').next().unwrap_or_default();
            *rules.entry(rule.to_owned()).or_default() += 1;
        }
        if let Some(text) = &meaning.text {
            wrong.extend(difference(&meaning.name, &wanted, &told(text, meaning)));
        }
        for spelling in SPELLINGS {
            let text = spell(&meaning.objects, spelling, &mut Random::new(1));
            let name = format!("{} as {}:\n{text}", meaning.name, spelling.name);
            wrong.extend(difference(&name, &wanted, &told(&text, meaning)));
            spellings += 1;
        }
        for seed in 0..MIXED {
            let mut random = Random::new(seed + 2);
            let spelling = spelling::mixed(&mut random);
            let text = spell(&meaning.objects, &spelling, &mut random);
            let name = format!("{} mixed by {seed}:\n{text}", meaning.name);
            wrong.extend(difference(&name, &wanted, &told(&text, meaning)));
            spellings += 1;
        }
    }
    let shown: Vec<_> = wrong.iter().take(5).cloned().collect();
    assert!(
        wrong.is_empty(),
        "{} of {spellings} spellings differ, such as\n{}",
        wrong.len(),
        shown.join("\n")
    );
    // A test that finds nothing anywhere would compare nothing.
    assert!(rules.len() > 15, "{rules:?}");
    println!(
        "{} meanings, {spellings} spellings, {} rules",
        meanings.len(),
        rules.len()
    );
}

#[test]
fn spellings_by_hand_mean_the_same() {
    let meanings = meanings::by_hand();
    let mut wrong = Vec::new();
    let files = yaml_files(&root().join("tests/meaning"));
    assert!(files.len() >= 8);
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = text
            .lines()
            .find_map(|line| line.split_once("# means: "))
            .map(|(_, name)| name.trim())
            .unwrap();
        let meaning = meanings.iter().find(|meaning| meaning.name == name);
        let meaning = meaning.unwrap_or_else(|| panic!("{}: no meaning {name}", path.display()));
        let wanted = told(
            &spell(&meaning.objects, &SPELLINGS[0], &mut Random::new(0)),
            meaning,
        );
        wrong.extend(difference(
            &path.display().to_string(),
            &wanted,
            &told(&text, meaning),
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
