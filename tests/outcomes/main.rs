//! Every command in every way it can end: what its exit status, its words and its
//! document say of one run is the same. `cargo test --test outcomes -- --nocapture`
//! prints the table.
//!
//! The exit status must be the one of the table, the document must have that
//! status and say the same about completeness, and the words must not claim what
//! the status denies.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(clippy::print_stdout, reason = "the table is for people")]

mod advise;
mod external;
mod rotation;
mod scenes;

use std::collections::BTreeMap;

use std::sync::atomic::{AtomicUsize, Ordering};

use scenes::{Cluster, Input, Ran, Scene};
use serde_json::Value;

/// Words that claim success; none of them may stand in a run that ended otherwise.
const CLAIMS: &[&str] = &["nothing found", "nothing to do", "unchanged (dry run)"];

/// Runs a scene once more for its document; `None` where there is none.
fn document(scene: &Scene) -> Option<(Ran, Value)> {
    let ran = scene.run(&["-o", "json"]);
    let document = serde_json::from_str(&ran.stdout).ok()?;
    Some((ran, document))
}

/// All of them.
fn scenes() -> impl Iterator<Item = &'static Scene> {
    scenes::SCENES
        .iter()
        .chain(rotation::SCENES)
        .chain(external::SCENES)
        .chain(advise::SCENES)
}

/// Does something with each of them, several at a time: runs mostly wait for pods.
fn of_each<T: Send>(each: impl Fn(&'static Scene) -> T + Sync) -> Vec<(&'static Scene, T)> {
    const AT_ONCE: usize = 12;
    let all: Vec<_> = scenes().collect();
    let next = AtomicUsize::new(0);
    let mut results: Vec<_> = std::thread::scope(|scope| {
        let work = || {
            let mut own = Vec::new();
            while let Some((place, scene)) = {
                let place = next.fetch_add(1, Ordering::SeqCst);
                all.get(place).map(|scene| (place, *scene))
            } {
                own.push((place, scene, each(scene)));
            }
            own
        };
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    results.sort_by_key(|(place, ..)| *place);
    results
        .into_iter()
        .map(|(_, scene, result)| (scene, result))
        .collect()
}

/// What is wrong with a run, and with its document; and whether it has one.
fn judge(scene: &Scene, ran: &Ran) -> (Vec<String>, bool) {
    let mut wrong = Vec::new();
    let mut complain = |why: String| {
        wrong.push(format!(
            "{} ({}): {why}\n{}{}",
            scene.what,
            scene.words.join(" "),
            ran.stdout,
            ran.stderr
        ));
    };
    if ran.status != scene.status {
        complain(format!(
            "status {} in place of {}",
            ran.status, scene.status
        ));
    }
    let said = format!("{}{}", ran.stdout, ran.stderr);
    if let Some(claim) = CLAIMS.iter().find(|claim| said.contains(**claim))
        && ran.status != 0
    {
        complain(format!("says {claim:?} and ends {}", ran.status));
    }
    for words in scene.says {
        if !said.contains(words) {
            complain(format!("does not say {words:?}"));
        }
    }
    if !scene.has_document() {
        return (wrong, false);
    }
    let Some((again, document)) = document(scene) else {
        // What cannot even begin has no document, and says so.
        if ran.status == 0 || !ran.stderr.contains("error: ") {
            complain("has no document".to_owned());
        }
        return (wrong, false);
    };
    let run = &document["run"];
    if again.status != ran.status || run["exitStatus"] != again.status {
        complain(format!(
            "as a document it ends {}, which says {}",
            again.status, run["exitStatus"]
        ));
    }
    let gaps = run["notSeen"].is_array() || run["unusable"].is_array();
    if run["complete"] == gaps {
        complain(format!("complete: {} beside {run}", run["complete"]));
    }
    if gaps && (ran.status == 0 || ran.status == 1) {
        complain(format!("ends {} with {run}", ran.status));
    }
    // A status that says that nothing, or not all, was changed is of a run that did that.
    let changed = run["changed"].is_array();
    if changed && matches!(ran.status, 2..=4) {
        complain(format!("ends {} with {run}", ran.status));
    }
    if ran.status == 0 && run["refused"].is_array() {
        complain(format!("ends 0 with {run}"));
    }
    if ran.status == 4 && !run["failed"].is_array() {
        complain(format!("ends 4 with {run}"));
    }
    if ran.status == 5 && !changed && !run["refused"].is_array() {
        complain(format!("ends 5 with {run}"));
    }
    if let Some(outcome) = document["outcome"].as_str() {
        let fits: &[&str] = match ran.status {
            0 => &["nothingToDo", "wouldChange", "done", "staged"],
            1 => &["wouldChange"],
            2 => &["notDone"],
            3 => &["notKnown"],
            4 => &["takenBack"],
            _ => &["notAll"],
        };
        if !fits.contains(&outcome) {
            complain(format!("ends {} with the outcome {outcome}", ran.status));
        }
        if outcome == "wouldChange" && !run["wouldChange"].is_array() {
            complain(format!("the outcome is {outcome} beside {run}"));
        }
        if matches!(outcome, "done" | "staged") && !changed {
            complain(format!("the outcome is {outcome} beside {run}"));
        }
    }
    for complete in [&document["complete"], &document["summary"]["complete"]] {
        if !complete.is_null() && *complete != run["complete"] {
            complain(format!("complete is {complete} and {}", run["complete"]));
        }
    }
    (wrong, true)
}

#[test]
fn every_command_says_the_same_in_status_words_and_documents() {
    let mut table: BTreeMap<(&str, i32), Vec<&str>> = BTreeMap::new();
    let (mut wrong, mut documents, mut runs) = (Vec::new(), 0, 0);
    let judged = of_each(|scene| {
        let ran = scene.run(&[]);
        (ran.status, judge(scene, &ran))
    });
    for (scene, (status, (bad, has_document))) in judged {
        table
            .entry((scene.command(), status))
            .or_default()
            .push(scene.what);
        wrong.extend(bad);
        runs += 1;
        documents += usize::from(has_document);
    }
    for ((command, status), scenes) in &table {
        println!("{command:<10} {status}  {}", scenes.join("; "));
    }
    println!("{runs} runs, {documents} documents");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Prometheus says of a run what its exit status says.
#[test]
fn metrics_are_complete_exactly_where_the_status_says_so() {
    for scene in scenes().filter(|scene| scene.command() == "doctor") {
        let ran = scene.run(&["-o", "prometheus"]);
        if ran.stdout.is_empty() {
            continue;
        }
        let lines = |name: &str| -> Vec<String> {
            let of_name = ran.stdout.lines().filter(|line| line.starts_with(name));
            of_name.map(str::to_owned).collect()
        };
        assert_eq!(
            lines("secretsafe_exit_status "),
            [format!("secretsafe_exit_status {}", ran.status)],
            "{}",
            scene.what
        );
        let whole = lines("secretsafe_complete{")
            .iter()
            .all(|line| line.ends_with(" 1"));
        assert_eq!(whole, ran.status < 2, "{}: {}", scene.what, ran.stdout);
    }
}

/// What this test relies on: a scene that is not complete ends otherwise when it is.
#[test]
fn the_scenes_reach_every_status() {
    let mut seen: Vec<i32> = scenes().map(|scene| scene.status).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
    assert!(scenes().any(|scene| scene.cluster != Cluster::None));
    assert!(scenes().any(|scene| matches!(scene.input, Input::Text(_))));
}
