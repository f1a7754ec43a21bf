//! What other checkers say of the same manifest, and what we say.
//!
//! `tests/peers/PEER/*.yaml` is one case each, made after the theme of one of
//! the peer's own tests. Comments at its head say what the peer's test expects
//! and what ours is:
//!
//! ```text
//! # peer: polaris sensitiveContainerEnvVar
//! # theirs: finding | nothing
//! # topic: SS013 SS014          (our rules on the same subject; others do not count)
//! # ours: SS014 | nothing       (those of the topic that must be found, no others)
//! # right: both | ours | theirs
//! # scope: complete             (the files are all there is)
//! # because: why, where the two differ
//! ```
//!
//! docs/peers.md is made from them: `UPDATE_GENERATED=1 cargo test --test peers`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(clippy::use_debug, reason = "a failing test tells what it compared")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A case, and what its head says.
struct Case {
    path: PathBuf,
    head: BTreeMap<String, String>,
}

impl Case {
    fn said(&self, word: &str) -> &str {
        self.head.get(word).map_or("", String::as_str)
    }

    fn rules(&self, word: &str) -> BTreeSet<&str> {
        self.said(word)
            .split_whitespace()
            .filter(|rule| *rule != "nothing")
            .collect()
    }

    fn name(&self) -> String {
        let name = self.path.file_stem().unwrap().to_string_lossy();
        let (_, name) = name.split_once("--").unwrap();
        name.replace('-', " ")
    }

    /// Rules that `doctor` reports on it.
    fn found(&self) -> BTreeSet<String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
        command
            .args(["doctor", "-o", "json", "--fail-on", "never", "-f"])
            .arg(&self.path)
            .env_clear();
        if self.said("scope") == "complete" {
            command.args(["--assume-complete", "-n", "shop"]);
        }
        let output = command.output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
        report["parts"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|part| part["findings"].as_array().unwrap())
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for peer in fs::read_dir(root().join("tests/peers")).unwrap() {
        for file in fs::read_dir(peer.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let head = text
                .lines()
                .map_while(|line| line.strip_prefix("# "))
                .filter_map(|line| line.split_once(": "))
                .map(|(word, rest)| (word.to_owned(), rest.to_owned()))
                .collect();
            cases.push(Case { path, head });
        }
    }
    cases.sort_by(|a, b| a.path.cmp(&b.path));
    cases
}

#[test]
fn we_find_what_the_table_says() {
    let mut wrong = String::new();
    let cases = cases();
    assert!(cases.len() >= 90, "only {} cases", cases.len());
    for case in &cases {
        let found = case.found();
        let topic = case.rules("topic");
        let found: BTreeSet<_> = found
            .iter()
            .map(String::as_str)
            .filter(|rule| topic.contains(rule))
            .collect();
        let ours = case.rules("ours");
        if found != ours {
            let path = case.path.strip_prefix(root()).unwrap().display();
            let _ = writeln!(wrong, "{path}: {ours:?} expected, {found:?} found");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Who differs says why, and nobody says why for nothing.
#[test]
fn every_difference_has_a_reason() {
    for case in cases() {
        let path = case.path.display();
        let same = (case.said("theirs") == "finding") != case.rules("ours").is_empty();
        assert!(
            matches!(case.said("theirs"), "finding" | "nothing"),
            "{path}"
        );
        assert!(
            case.rules("ours").is_subset(&case.rules("topic")) && !case.rules("topic").is_empty(),
            "{path}"
        );
        assert_eq!(
            same,
            case.said("because").is_empty(),
            "{path}: a reason exactly where the two differ"
        );
        assert!(
            matches!(case.said("right"), "both" | "ours" | "theirs"),
            "{path}"
        );
        assert!(
            !same || case.said("right") == "both",
            "{path}: both are right where both say the same"
        );
    }
}

#[test]
fn the_table_is_not_stale() {
    let path = root().join("docs/peers.md");
    let table = table(&cases());
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == table,
        "docs/peers.md is stale: UPDATE_GENERATED=1 cargo test --test peers"
    );
}

fn table(cases: &[Case]) -> String {
    let mut text = "<!-- Written by: UPDATE_GENERATED=1 cargo test --test peers. Do not edit. -->\n\
        # Comparison with other checkers\n\n\
        Each case is our own manifest for a subject of the public tests of another checker. The\n\
        tables show what each of the two reports. “Finding” and “nothing” are what the peer's own\n\
        test expects. Only our rules on the same subject are compared.\n\n\
        | Peer | Cases | Same answer | Ours is right | Theirs is right | Two views |\n|---|---|---|---|---|---|\n"
        .to_owned();
    let mut peers: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        let peer = case.said("peer").split(' ').next().unwrap();
        peers.entry(peer).or_default().push(case);
    }
    for (peer, cases) in &peers {
        let differ: Vec<_> = cases
            .iter()
            .filter(|case| !case.said("because").is_empty())
            .collect();
        let count = |who: &str| {
            differ
                .iter()
                .filter(|case| case.said("right") == who)
                .count()
        };
        let _ = writeln!(
            text,
            "| {peer} | {} | {} | {} | {} | {} |",
            cases.len(),
            cases.len() - differ.len(),
            count("ours"),
            count("theirs"),
            count("both"),
        );
    }
    for (peer, cases) in &peers {
        let _ = writeln!(
            text,
            "\n## {peer}\n\n| Its rule | Case | It says | We say | Right | Why |\n|---|---|---|---|---|---|"
        );
        for case in cases {
            let rule = case.said("peer").split_once(' ').unwrap().1;
            let link = case.path.strip_prefix(root()).unwrap().display();
            let _ = writeln!(
                text,
                "| {rule} | [{}](../{link}) | {} | {} | {} | {} |",
                case.name(),
                case.said("theirs"),
                case.said("ours"),
                case.said("right"),
                case.said("because"),
            );
        }
    }
    text
}
