//! Watches that lie, and what watching costs.

use testcluster::fault::{PodOutcome, Watches};

use crate::scene::{Scene, at_once};

const ALL: [Watches; 8] = [
    Watches::Refused,
    Watches::Told,
    Watches::Twice,
    Watches::Silent,
    Watches::Marks,
    Watches::Cut,
    Watches::Expired,
    Watches::Late,
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

/// A watch that still shows a workload as it was before its restart, with all of its
/// pods well, makes nobody go on to the next one.
#[test]
fn a_workload_of_before_its_restart_is_not_done() {
    let scene = Scene::of(2);
    scene.server.watches(Watches::Late);
    let mut words = WORDS.to_vec();
    words.push("--max-parallel=1");
    let said = scene.run(&words).ends(0);
    scene.is_rotated();
    for app in ["app-0", "app-1"] {
        let of_app = |what: &str| said.find(&format!("deployment/{app}: {what}"));
        let [waits, stays] = ["waiting for its controller", "looking whether its pods"].map(of_app);
        assert!(waits.is_some() && waits < stays, "{said}");
    }
    let [done, next] = ["app-0: done", "app-1: restarting"].map(|what| said.find(what));
    assert!(done.is_some() && done < next, "{said}");
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
