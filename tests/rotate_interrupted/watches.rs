//! Watches that lie, and what watching costs.

use testcluster::fault::{PodOutcome, Watches};

use crate::scene::{Scene, at_once};

const ALL: [Watches; 7] = [
    Watches::Refused,
    Watches::Told,
    Watches::Twice,
    Watches::Silent,
    Watches::Marks,
    Watches::Cut,
    Watches::Expired,
];
const WORDS: [&str; 7] = [
    "password",
    "--stdin",
    "password",
    "--yes",
    "--settle",
    "1s",
    "--timeout=60s",
];

/// N13: whatever a watch tells, a run ends as the pods do.
#[test]
fn n13_no_watch_makes_a_run_end_wrongly() {
    at_once(&ALL, |mode| {
        let scene = Scene::of(3);
        scene.server.watches(*mode);
        scene.run(&WORDS).ends(0);
        scene.is_rotated();
    });
    at_once(&ALL, |mode| {
        let scene = Scene::of(3);
        scene.server.watches(*mode);
        scene.server.pods_become(|template| {
            let marks = &template["metadata"]["annotations"];
            match marks["kubectl.kubernetes.io/restartedAt"].is_null() {
                true => PodOutcome::Ready,
                false => PodOutcome::Crashes,
            }
        });
        let said = scene.run(&WORDS).ends(4);
        assert!(said.contains("taking everything back"), "{mode:?}: {said}");
        scene.is_untouched();
    });
}

/// How many requests a rotation of so many workloads takes, those to watch among them.
fn requests(workloads: usize) -> usize {
    let scene = Scene::of(workloads);
    scene.server.watches(Watches::Told);
    let mut words = WORDS.to_vec();
    words.push("--max-parallel=100");
    scene.run(&words).ends(0);
    scene.is_rotated();
    scene.server.requests().len()
}

/// Issue of `rotate`, must show 6: a constant, and at most four for each workload.
#[test]
fn a_workload_more_takes_at_most_four_requests() {
    let (few, many) = (requests(2), requests(12));

    assert!(many <= few + 10 * 4, "{few} and {many}");
}
