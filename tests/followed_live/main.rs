//! Commands that `migrate`, `rotate`, `restart`, `consumers`, `doctor`, `edit`, `advise` and
//! `policy` print about a cluster, each run in the situation that printed it: it does what
//! it promises. And the Roles that they print: with one of them, a command does all of its
//! work.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(
    clippy::print_stdout,
    reason = "how many were run is what the test shows"
)]

mod documents;
#[path = "../external/operator.rs"]
#[expect(dead_code, reason = "most of it is for the tests of external and sync")]
mod operator;
mod promises;
mod roles;
mod scene;
mod situations;
mod stage;
mod transcript;

use std::collections::BTreeSet;

use promises::judge;
use scene::at_once;
use situations::SITUATIONS;

/// The commands that a text names: up to the end of the line, of the code or the clause.
fn commands(text: &str) -> BTreeSet<String> {
    const NAME: &str = "kubectl ";
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let mut from = 0;
        while let Some(at) = line[from..].find(NAME) {
            let start = from + at;
            let rest = &line[start..];
            let end = match line[..start].chars().next_back() {
                Some('`') => rest.find('`'),
                Some('(') => rest.find(')'),
                _ => rest.find(", or "),
            };
            let end = start + end.unwrap_or(rest.len());
            found.insert(line[start..end].trim_end_matches('.').to_owned());
            from = end.max(start + NAME.len());
        }
    }
    found
}

#[test]
fn what_is_printed_about_a_cluster_does_what_it_says() {
    let printed: Vec<_> = {
        let all: std::sync::Mutex<Vec<_>> = std::sync::Mutex::default();
        at_once(SITUATIONS, |situation| {
            let (_, ran) = situation.play();
            assert_eq!(
                ran.status, situation.status,
                "{}: {}",
                situation.what, ran.said
            );
            let found = commands(&ran.said);
            assert!(
                !found.is_empty() || situation.silent,
                "{} prints no command: {}",
                situation.what,
                ran.said
            );
            all.lock()
                .unwrap()
                .extend(found.into_iter().map(|command| (situation, command)));
        });
        all.into_inner().unwrap()
    };
    let wrong: std::sync::Mutex<Vec<String>> = std::sync::Mutex::default();
    let (own, foreign): (Vec<_>, Vec<_>) = printed
        .into_iter()
        .partition(|(_, command)| command.starts_with("kubectl secretsafe "));
    at_once(&own, |(situation, command)| {
        let (scene, _) = situation.play();
        if let Err(why) = judge(&scene, situation, command) {
            let mut wrong = wrong.lock().unwrap();
            wrong.push(format!("{}: {command}\n  {why}", situation.what));
        }
    });
    let kinds: BTreeSet<&str> = own.iter().map(|(_, command)| command.as_str()).collect();
    let others: BTreeSet<&str> = foreign
        .iter()
        .map(|(_, command)| command.as_str())
        .collect();
    println!(
        "{} situations printed {} commands, {} different: {} did not do what they say",
        SITUATIONS.len(),
        own.len(),
        kinds.len(),
        wrong.lock().unwrap().len()
    );
    for command in kinds {
        println!("  {command}");
    }
    println!("{} of kubectl itself:", others.len());
    for command in others {
        println!("  {command}");
    }
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(own.len() >= 30, "only {} were printed", own.len());
}
