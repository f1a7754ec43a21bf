//! The scenes of `advise` and `scaffold`.

use crate::scenes::{Cluster, Input, Scene};

const fn scene(
    what: &'static str,
    words: &'static [&'static str],
    cluster: Cluster,
    status: i32,
    says: &'static [&'static str],
) -> Scene {
    Scene {
        what,
        words,
        input: Input::Nothing,
        cluster,
        status,
        says,
    }
}

pub const SCENES: &[Scene] = &[
    scene(
        "advice from answers",
        &[
            "advise",
            "--clusters",
            "5",
            "--rotate-every",
            "90d",
            "--audit",
        ],
        Cluster::None,
        0,
        &["external"],
    ),
    scene(
        "advice from files",
        &["advise", "-f", "clean.yaml"],
        Cluster::None,
        0,
        &["Recommended: level 1"],
    ),
    scene(
        "advice from files that cannot be read",
        &["advise", "-f", "broken.yaml"],
        Cluster::None,
        2,
        &["broken.yaml"],
    ),
    scene(
        "advice from a cluster",
        &["advise", "-A"],
        Cluster::Working,
        0,
        &[
            "Kubernetes Secrets (recommended)",
            "cannot be seen through the API",
        ],
    ),
    scene(
        "advice from a cluster that refuses lists",
        &["advise", "-A"],
        Cluster::Refusing,
        3,
        &["deployments"],
    ),
    scene(
        "advice from a cluster with a store",
        &["advise", "-A"],
        Cluster::External,
        0,
        &["external", "secretstore/vault"],
    ),
    scene(
        "advice without an answer",
        &["advise", "-A"],
        Cluster::Gone,
        3,
        &["cannot reach"],
    ),
    scene(
        "advice from two clusters without an answer",
        &["advise", "--all-contexts"],
        Cluster::Gone,
        3,
        &["cluster"],
    ),
    scene(
        "advice from nothing, without a terminal",
        &["advise"],
        Cluster::Working,
        2,
        &["no input is given"],
    ),
    scene(
        "advice of a namespace that does not exist",
        &["advise", "-n", "nope"],
        Cluster::Working,
        2,
        &["nope"],
    ),
    scene(
        "an app is printed",
        &["scaffold", "api", "--secret", "db:password"],
        Cluster::None,
        0,
        &["kind: Deployment", "create db --prompt password"],
    ),
    scene(
        "an app without a Secret",
        &["scaffold", "api"],
        Cluster::None,
        2,
        &["no Secret is named", "nothing was made"],
    ),
    scene(
        "an app at a level without its store",
        &[
            "scaffold",
            "api",
            "--secret",
            "db:password",
            "--level",
            "external",
        ],
        Cluster::None,
        2,
        &["requires --store and --path", "nothing was made"],
    ),
];
