//! L9: what is shown in place of a value says nothing of it, not even its length.

use libtest_mimic::Trial;
use serde_json::Value;

use super::scene::Scene;
use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{in_parallel, trial};

const PAIRS: usize = 40;

pub fn trials() -> Vec<Trial> {
    vec![trial("security::l9_masks_do_not_tell_lengths", masks)]
}

/// Runs with another value than the stored one, in each way that shows what
/// will be or what is there.
const WAYS: [&str; 6] = [
    "create stored --stdin password --update --yes --dry-run=server",
    "create stored --stdin password --replace -o yaml",
    "create stored --stdin password --update --yes -o json",
    "create leak --stdin password --dry-run=client -o yaml",
    "migrate -f FILE --complete --reads-files all",
    "doctor -f FILE -o json",
];

/// Shows L9. Seen to fail with a mask as long as the value.
fn masks() {
    let differences = in_parallel(PAIRS, |number| {
        let [stored, first, second, longer] = [40, 40, 40, 41 + number * 60].map(Canary::new);
        WAYS.map(|words| {
            let shown = |value: &Canary| {
                let scene = Scene::with(&stored, value);
                let outcome = scene.invocation(words).run();
                let text = format!("{}{}", outcome.stdout, outcome.stderr);
                assert_eq!(value.hits(text.as_bytes()), [], "{words}: {text}");
                without_what_differs_anyway(&text, &scene)
            };
            let shown = [&first, &second, &longer].map(shown);
            assert!(shown[0].len() > 10, "{words} shows something");
            let differ = shown.iter().filter(|text| **text != shown[0]).count();
            assert_eq!(differ, 0, "{words}: {shown:#?}");
        })
        .len()
    });
    let pairs = differences.into_iter().sum::<usize>();
    // The control: the comparison sees what is shown.
    let [stored, first, longer] = [40, 40, 80].map(Canary::new);
    let [one, other] = [&first, &longer].map(|value| {
        let words = "create stored --stdin password --update --yes -o json --show-values";
        Scene::with(&stored, value).invocation(words).run().stdout
    });
    assert_ne!(one, other);
    record(
        "L9",
        "the mask of a value is the same for values of equal and unequal length: plans, masked objects, diffs and findings",
        format!("{pairs} triples of runs, equal to the byte; 1,000 random pairs of masked objects"),
        "with --show-values they differ",
    );
}

/// Ports, uids, times and folders are each run's own.
fn without_what_differs_anyway(text: &str, scene: &Scene) -> String {
    let folder = scene.server.folder().display().to_string();
    let mut text = text
        .replace(&folder, "FOLDER")
        .replace(scene.server.url(), "URL");
    if let Some(stored) = scene.server.secret("default", "stored") {
        for own in [stored.uid(), stored.resource_version()] {
            text = text.replace(&format!("\"{own}\""), "OWN");
        }
        let created = &stored.object["metadata"]["creationTimestamp"];
        if let Value::String(created) = created {
            text = text.replace(created, "TIME");
        }
    }
    let is_own = |line: &&str| {
        ["uid", "resourceVersion", "creationTimestamp"]
            .iter()
            .any(|name| line.contains(name))
    };
    let lines: Vec<_> = text.lines().filter(|line| !is_own(line)).collect();
    lines.join("\n")
}
