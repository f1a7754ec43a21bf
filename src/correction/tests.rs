use std::convert::Infallible;

use crate::inventory::{Builder, FileSet, GitStatus, Scope};
use crate::manifest::SourceText;
use crate::report::Selection;

use super::*;

fn examine(texts: &[Zeroizing<String>]) -> Result<Examined, Infallible> {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(Scope::Files(FileSet::Open), "default", now);
    for (index, text) in texts.iter().enumerate() {
        let source = SourceText::new(format!("{index}.yaml"), text.clone());
        builder.add_file(source, GitStatus::Outside);
    }
    let selection = Selection {
        only: BTreeSet::from(["SS003", "SS006", "SS009"]),
        skip: BTreeSet::new(),
        ..Selection::default()
    };
    Ok(Examined::new(builder.finish(), &selection))
}

fn planned(texts: &[&str]) -> Plan {
    let texts: Vec<_> = texts
        .iter()
        .map(|text| Zeroizing::new((*text).to_owned()))
        .collect();
    let writable = vec![Writable::Yes; texts.len()];
    plan(texts, &writable, examine).unwrap()
}

/// The texts and the number of changes when a person agrees to everything that
/// may break something, too.
fn agreed(texts: &[&str]) -> (Vec<Zeroizing<String>>, usize) {
    let writable = vec![Writable::Yes; texts.len()];
    let plan = planned(texts);
    let (mut texts, mut changes) = (plan.texts, plan.changes.len());
    let mut settled = Settled::new();
    loop {
        let next = proposal(&texts, &writable, &|_| true, &mut settled, examine);
        match next.unwrap() {
            Next::Proposal(proposal) => {
                texts = proposal.texts;
                changes += 1;
            }
            Next::Done(hindered) => {
                assert!(hindered.is_empty());
                return (texts, changes);
            }
        }
    }
}

const SECRET: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: x\n";

fn pod(name: &str, variables: &[(&str, &str)]) -> String {
    let mut text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n  - name: app\n    image: app\n    env:\n"
    );
    for (variable, key) in variables {
        text += &format!(
            "    - name: {variable}   # why\n      valueFrom:\n        secretKeyRef: {{name: db, key: {key}}}\n"
        );
    }
    text
}

#[test]
fn removing_items_does_not_mislead_later_changes() {
    let before = pod(
        "a",
        &[
            ("A", "password"),
            ("A", "password"),
            ("B", "passwrod"),
            ("C", "password"),
            ("C", "password"),
        ],
    );
    let (texts, changes) = agreed(&[SECRET, &before]);
    let wanted = pod(
        "a",
        &[("A", "password"), ("B", "password"), ("C", "password")],
    );
    assert_eq!(*texts[1], wanted);
    assert_eq!(*texts[0], SECRET);
    assert_eq!(changes, 3);
    assert!(examine(&texts).unwrap().findings.is_empty());
}

#[test]
fn every_document_of_a_file_is_changed() {
    let wrong = [("A", "passwrod"), ("A", "passwrod")];
    let before = [
        SECRET.to_owned(),
        pod("a", &wrong),
        pod("b", &wrong),
        pod("c", &wrong),
    ]
    .join("---\n");
    let right = [("A", "password")];
    let after = [
        SECRET.to_owned(),
        pod("a", &right),
        pod("b", &right),
        pod("c", &right),
    ]
    .join("---\n");
    let (texts, _) = agreed(&[&before]);
    assert_eq!(*texts[0], after);
}

#[test]
fn items_of_a_list_are_changed_in_turn() {
    let list = |key: &str| {
        let item = |name: &str| {
            let pod = pod(name, &[("A", key), ("B", "password")]);
            let lines: Vec<_> = pod.lines().map(|line| format!("  {line}\n")).collect();
            format!("- {}", lines.concat().trim_start())
        };
        format!(
            "kind: List\napiVersion: v1\nitems:\n{}{}",
            item("a"),
            item("b")
        )
    };
    let found = planned(&[SECRET, &list("passwd-word")]);
    assert!(found.changes.is_empty(), "nothing is near enough");
    let found = planned(&[SECRET, &list("passwrod")]);
    assert_eq!(*found.texts[1], list("password"));
}

#[test]
fn what_is_refused_is_told_and_stays() {
    let shared = format!(
        "{}  - name: other\n    image: app\n    env: *env\n",
        pod("a", &[("A", "passwrod")]).replace("env:\n", "env: &env\n")
    );
    let sops = format!("{}sops: {{mac: x}}\n", pod("b", &[("A", "passwrod")]));
    let good = pod("c", &[("A", "passwrod")]);
    let text = format!("{shared}---\n{sops}---\n{good}");
    let found = planned(&[SECRET, &text]);
    let fixed = pod("c", &[("A", "password")]);
    assert_eq!(*found.texts[1], format!("{shared}---\n{sops}---\n{fixed}"));
    let why: Vec<_> = found
        .hindered
        .iter()
        .map(|hindered| (hindered.subject.short(), &hindered.why))
        .collect();
    assert!(why.iter().any(|(subject, why)| subject == "pod/a"
        && matches!(why, Hindrance::Refused(edit::Refusal::Shared(_)))));
    assert!(why.contains(&("pod/b".to_owned(), &Hindrance::Sops)));
    assert!(!why.iter().any(|(subject, _)| subject == "pod/c"));
}

#[test]
fn what_is_no_file_is_not_changed() {
    let text = pod("a", &[("A", "passwrod")]);
    let texts = [SECRET, &text].map(|text| Zeroizing::new(text.to_owned()));
    let found = plan(texts.to_vec(), &[Writable::Yes, Writable::No], examine).unwrap();
    assert!(found.changes.is_empty());
    assert_eq!(found.hindered[0].why, Hindrance::NotAFile);
    assert!(found.texts == texts);
}

#[test]
fn a_change_that_does_not_help_is_taken_back() {
    let text = pod("a", &[("A", "passwrod"), ("B", "password")]);
    let first = examine(&[SECRET, &text].map(|text| Zeroizing::new(text.to_owned()))).unwrap();
    assert_eq!(first.findings.len(), 1);
    let stubborn = |texts: &[Zeroizing<String>]| {
        // The same findings, whatever the texts say.
        let mut part = examine(texts)?;
        part.findings = first.findings.clone();
        Ok::<_, Infallible>(part)
    };
    let texts = [SECRET, &text].map(|text| Zeroizing::new(text.to_owned()));
    let found = plan(texts.to_vec(), &[Writable::Yes; 2], stubborn).unwrap();
    assert!(found.texts == texts);
    assert_eq!(found.hindered[0].why, Hindrance::NoEffect);
}

#[test]
fn what_may_break_something_waits_for_a_person() {
    let text = pod(
        "a",
        &[("A", "passwrod"), ("B", "password"), ("B", "password")],
    );
    let found = planned(&[SECRET, &text]);
    let rules: Vec<_> = found.changes.iter().map(|change| change.rule.id).collect();
    assert_eq!(rules, ["SS003"]);

    let writable = [Writable::Yes; 2];
    let mut settled = Settled::new();
    let next = |wanted: &dyn Fn(&Rule) -> bool, settled: &mut Settled| match proposal(
        &found.texts,
        &writable,
        wanted,
        settled,
        examine,
    )
    .unwrap()
    {
        Next::Proposal(proposal) => Some(proposal),
        Next::Done(_) => None,
    };
    assert!(next(&|rule| rule.id == "SS006", &mut settled).is_none());
    let offered = next(&|_| true, &mut settled).unwrap();
    assert_eq!(offered.change.rule.id, "SS009");
    assert!(offered.texts[1].len() < found.texts[1].len());
    offered.decline(&mut settled);
    assert!(next(&|_| true, &mut settled).is_none(), "it is asked once");
}

/// Whether a fix helps where it stands is not enough: another rule may find
/// something that was not there.
#[test]
fn a_change_that_brings_up_another_finding_is_taken_back() {
    let wrong = pod("a", &[("A", "passwrod")]);
    let good = pod("b", &[("A", "passwrod")]);
    let texts = [SECRET, &wrong, &good].map(|text| Zeroizing::new(text.to_owned()));
    let finding = examine(&texts).unwrap().findings.remove(0);
    let allergic = |texts: &[Zeroizing<String>]| {
        let mut part = examine(texts)?;
        if *texts[1] != wrong {
            part.findings.push(Finding {
                rule: crate::checks::find("SS006").unwrap(),
                ..finding.clone()
            });
        }
        Ok::<_, Infallible>(part)
    };
    let found = plan(texts.to_vec(), &[Writable::Yes; 3], allergic).unwrap();
    assert_eq!(*found.texts[1], wrong);
    assert_eq!(
        *found.texts[2],
        pod("b", &[("A", "password")]),
        "the other one is made"
    );
    assert_eq!(found.hindered.len(), 1);
    assert_eq!(found.hindered[0].why, Hindrance::BringsUp("SS006"));
}
