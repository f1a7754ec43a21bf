//! The scenes of `rotate` and `restart`.

use crate::scenes::{Cluster, Input, Scene};

const fn live(
    what: &'static str,
    words: &'static [&'static str],
    cluster: Cluster,
    status: i32,
    says: &'static [&'static str],
) -> Scene {
    Scene {
        what,
        words,
        input: Input::Text("other"),
        cluster,
        status,
        says,
    }
}

const fn equal(scene: Scene) -> Scene {
    Scene {
        input: Input::Text("value"),
        ..scene
    }
}

/// `rotate secret/db password --stdin password`, and more.
macro_rules! rotate {
    ($($more:literal),*) => {
        &["rotate", "secret/db", "password", "--stdin", "password", "--settle", "1s", "--timeout", "20s" $(, $more)*]
    };
}

/// `restart`, and more.
macro_rules! restart {
    ($($more:literal),*) => {
        &["restart", "--settle", "1s", "--timeout", "20s" $(, $more)*]
    };
}

pub const SCENES: &[Scene] = &[
    live(
        "rotated",
        rotate!("-y"),
        Cluster::Working,
        0,
        &["secret/db rotated"],
    ),
    equal(live(
        "rotated to the same value",
        rotate!("-y"),
        Cluster::Working,
        0,
        &["nothing to do"],
    )),
    equal(live(
        "the same value counts for nothing",
        rotate!("--dry-run", "--exit-code"),
        Cluster::Working,
        0,
        &["nothing to do"],
    )),
    live(
        "a rotation, planned",
        rotate!("--dry-run"),
        Cluster::Working,
        0,
        &["deployment/api"],
    ),
    live(
        "a rotation, planned without the server",
        rotate!("--dry-run=client"),
        Cluster::Working,
        0,
        &["deployment/api"],
    ),
    live(
        "a rotation, planned, that counts",
        rotate!("--dry-run", "--exit-code"),
        Cluster::Working,
        1,
        &["deployment/api"],
    ),
    live(
        "rotate without a terminal",
        rotate!(),
        Cluster::Working,
        2,
        &["nothing was changed"],
    ),
    live(
        "rotate a key that is not there",
        &["rotate", "secret/db", "pasword", "--stdin", "pasword", "-y"],
        Cluster::Working,
        2,
        &["Did you mean password?", "nothing was changed"],
    ),
    live(
        "rotate a Secret that is not there",
        &[
            "rotate",
            "secret/bd",
            "password",
            "--stdin",
            "password",
            "-y",
        ],
        Cluster::Working,
        2,
        &["does not exist"],
    ),
    live(
        "rotate in a namespace that does not exist",
        rotate!("-n", "nope", "-y"),
        Cluster::Working,
        2,
        &["namespace", "nope"],
    ),
    live(
        "rotate what cannot change",
        rotate!("-y"),
        Cluster::Immutable,
        0,
        &["takes its place", "change the name in your manifests"],
    ),
    live(
        "rotate what cannot change and be staged",
        rotate!("-y", "--stage"),
        Cluster::Immutable,
        2,
        &["immutable", "nothing was changed"],
    ),
    live(
        "rotate what another one writes",
        rotate!("-y"),
        Cluster::Owned,
        2,
        &["SealedSecret/db", "nothing was changed"],
    ),
    live(
        "rotate without the lists",
        rotate!("-y"),
        Cluster::Refusing,
        3,
        &["may not list deployments", "nothing was changed"],
    ),
    live(
        "plan a rotation without the lists",
        rotate!("--dry-run", "--exit-code"),
        Cluster::Refusing,
        3,
        &["may not list deployments", "nothing was changed"],
    ),
    live(
        "rotate, taken back",
        rotate!("-y"),
        Cluster::Failing,
        4,
        &["what it was before"],
    ),
    live(
        "rotate, one of two fails",
        rotate!("-y", "--max-parallel", "1"),
        Cluster::Half,
        4,
        &["what it was before"],
    ),
    live(
        "rotate, and not back",
        rotate!("-y"),
        Cluster::NoWayBack,
        5,
        &[],
    ),
    live(
        "rotate, and a paused workload",
        rotate!("-y"),
        Cluster::Paused,
        5,
        &["old value"],
    ),
    live(
        "stage",
        rotate!("--stage", "-y"),
        Cluster::Working,
        0,
        &["staged"],
    ),
    live(
        "rotate, with a smaller budget",
        rotate!("-y", "--budget", "0"),
        Cluster::Working,
        2,
        &["--budget allows 0", "nothing was changed"],
    ),
    live(
        "rotate, with a canary that is not there",
        rotate!("-y", "--canary", "deploy/ap"),
        Cluster::Working,
        2,
        &["nothing was changed"],
    ),
    live("rotate, no answer", rotate!("-y"), Cluster::Gone, 3, &[]),
    live(
        "runs, none",
        &["rotate", "--status"],
        Cluster::Working,
        0,
        &[],
    ),
    live(
        "runs, none, that count",
        &["rotate", "--status", "--exit-code"],
        Cluster::Working,
        0,
        &[],
    ),
    live(
        "runs of a namespace that does not exist",
        &["rotate", "--status", "-n", "nope"],
        Cluster::Working,
        2,
        &["nope"],
    ),
    live(
        "nothing to resume",
        &["rotate", "secret/db", "--resume", "-y"],
        Cluster::Working,
        2,
        &["secret/db"],
    ),
    live(
        "nothing to abort",
        &["rotate", "secret/db", "--abort", "-y"],
        Cluster::Working,
        2,
        &["secret/db"],
    ),
    live(
        "no rotation to take back",
        &["rotate", "secret/db", "--undo", "-y"],
        Cluster::Working,
        2,
        &["secret/db"],
    ),
    live(
        "nothing to collect",
        &["rotate", "--gc", "-y"],
        Cluster::Working,
        0,
        &[],
    ),
    live(
        "plan a rotation with a paused workload",
        rotate!("--dry-run"),
        Cluster::Paused,
        5,
        &["keep the old value"],
    ),
    // restart
    live(
        "restarted, by labels",
        restart!("-l", "app=api", "-y"),
        Cluster::Working,
        0,
        &["0 of 1 pods are from before"],
    ),
    live(
        "restart, planned, half of it paused",
        restart!("deploy", "--dry-run"),
        Cluster::HalfPaused,
        5,
        &["it is paused"],
    ),
    live(
        "restarted, half of it paused",
        restart!("deploy", "-y"),
        Cluster::HalfPaused,
        5,
        &["it is paused"],
    ),
    live(
        "restarted",
        restart!("deploy/api", "-y"),
        Cluster::Working,
        0,
        &["0 of 1 pods are from before"],
    ),
    live(
        "restarted, by its Secret",
        restart!("--secret", "db", "-y"),
        Cluster::Working,
        0,
        &["0 of 1 pods are from before"],
    ),
    live(
        "stale ones restarted",
        restart!("--stale", "-y"),
        Cluster::Working,
        0,
        &["0 of 1 pods are from before"],
    ),
    live(
        "nothing is stale, which counts for nothing",
        restart!("--secret", "unused", "--stale", "--dry-run", "--exit-code"),
        Cluster::Working,
        0,
        &["nothing to do"],
    ),
    live(
        "a restart, planned",
        restart!("deploy/api", "--dry-run"),
        Cluster::Working,
        0,
        &["deployment/api"],
    ),
    live(
        "a restart, planned, --plan",
        restart!("deploy/api", "--plan"),
        Cluster::Working,
        0,
        &["deployment/api"],
    ),
    live(
        "a restart, planned, that counts",
        restart!("deploy/api", "--dry-run", "--exit-code"),
        Cluster::Working,
        1,
        &["deployment/api"],
    ),
    live(
        "a Secret that nothing uses, restarted",
        restart!("--secret", "unused", "-y"),
        Cluster::Working,
        0,
        &["nothing to do"],
    ),
    live(
        "restart without a terminal",
        restart!("deploy/api"),
        Cluster::Working,
        2,
        &["nothing was changed"],
    ),
    live(
        "restart nothing",
        restart!("-y"),
        Cluster::Working,
        2,
        &["nothing was changed"],
    ),
    live(
        "restart what is not there",
        restart!("deploy/apo", "-y"),
        Cluster::Working,
        2,
        &["apo"],
    ),
    live(
        "restart users of a Secret that is not there",
        restart!("--secret", "bd", "-y"),
        Cluster::Working,
        2,
        &["bd"],
    ),
    live(
        "restart users of a key that is not there",
        restart!("--secret", "db:pasword", "-y"),
        Cluster::Working,
        2,
        &["pasword"],
    ),
    live(
        "restart labels of nothing",
        restart!("-l", "app=nope", "-y"),
        Cluster::Working,
        2,
        &["-l"],
    ),
    live(
        "restart in a namespace that does not exist",
        restart!("deploy/api", "-n", "nope", "-y"),
        Cluster::Working,
        2,
        &["nope"],
    ),
    live(
        "restart stale ones of a namespace that does not exist",
        restart!("--stale", "-n", "nope", "-y"),
        Cluster::Working,
        2,
        &["nope"],
    ),
    live(
        "restart without the lists",
        restart!("--secret", "db", "-y"),
        Cluster::Refusing,
        3,
        &["may not list deployments", "nothing was changed"],
    ),
    live(
        "restart one without the lists",
        restart!("deploy/api", "-y"),
        Cluster::Refusing,
        3,
        &["you may not list deployments"],
    ),
    live(
        "restart stale ones without the lists",
        restart!("--stale", "-y"),
        Cluster::Refusing,
        3,
        &["nothing was changed"],
    ),
    live(
        "restart, taken back",
        restart!("deploy/api", "-y"),
        Cluster::Failing,
        4,
        &["what it was before"],
    ),
    live(
        "restart, one of two fails",
        restart!("--secret", "db", "-y", "--max-parallel", "1"),
        Cluster::Half,
        5,
        &["of 2 workloads"],
    ),
    live(
        "restart, and not back",
        restart!("deploy/api", "-y"),
        Cluster::NoWayBack,
        5,
        &["could not be taken back"],
    ),
    live(
        "restart a paused one",
        restart!("deploy/api", "-y"),
        Cluster::Paused,
        5,
        &["paused"],
    ),
    live(
        "restart, with a smaller budget",
        restart!("deploy/api", "-y", "--budget", "0"),
        Cluster::Working,
        2,
        &["nothing was changed"],
    ),
    live(
        "restart, no answer",
        restart!("deploy/api", "-y"),
        Cluster::Gone,
        3,
        &[],
    ),
];
