//! The scenes of `sync` and `external`.

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
        input: Input::Nothing,
        cluster,
        status,
        says,
    }
}

/// `external secret/db` from a store, and more.
macro_rules! external {
    ($($more:literal),*) => {
        &["external", "secret/db", "--store", "vault", "--path", "{name}#{key}", "--sync-timeout", "1s" $(, $more)*]
    };
}

pub const SCENES: &[Scene] = &[
    live(
        "a sync is asked for",
        &["sync", "db"],
        Cluster::External,
        0,
        &["sync requested"],
    ),
    live(
        "a sync, planned",
        &["sync", "db", "--dry-run"],
        Cluster::External,
        0,
        &["would be synced"],
    ),
    live(
        "a sync, planned with the server",
        &["sync", "secret/db", "--dry-run=server"],
        Cluster::External,
        0,
        &["would be synced"],
    ),
    live(
        "a sync that is not seen",
        &["sync", "db", "--wait", "--sync-timeout", "1s"],
        Cluster::External,
        5,
        &["not over after 1 s", "kubectl describe externalsecret/db"],
    ),
    live(
        "a sync from a store that is not ready",
        &["sync", "--all", "--wait"],
        Cluster::StoreNotReady,
        5,
        &["not ready"],
    ),
    live(
        "a sync of what is not there",
        &["sync", "bd"],
        Cluster::External,
        2,
        &["does not exist", "nothing was changed"],
    ),
    live(
        "a sync with restarts, without a terminal",
        &["sync", "db", "--restart"],
        Cluster::External,
        2,
        &["nothing was changed"],
    ),
    live(
        "a sync in a namespace that does not exist",
        &["sync", "db", "-n", "nope"],
        Cluster::Working,
        2,
        &["nope"],
    ),
    live(
        "sync without a cluster",
        &["sync", "db"],
        Cluster::Gone,
        3,
        &["cannot reach"],
    ),
    live(
        "sync of nothing",
        &["sync"],
        Cluster::None,
        2,
        &["nothing says what to sync"],
    ),
    live(
        "an ExternalSecret is printed",
        external!(),
        Cluster::Store,
        0,
        &["kind: ExternalSecret", "property: password"],
    ),
    Scene {
        input: Input::Text(
            "{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {password: value}}",
        ),
        ..live(
            "an ExternalSecret of a manifest",
            &[
                "external",
                "-f",
                "-",
                "--store",
                "vault",
                "--path",
                "{name}#{key}",
            ],
            Cluster::None,
            0,
            &["kind: ExternalSecret"],
        )
    },
    live(
        "two values at one place",
        &[
            "external",
            "-f",
            "clean.yaml",
            "--store",
            "vault",
            "--path",
            "{ns}",
        ],
        Cluster::None,
        2,
        &["unknown placeholder"],
    ),
    live(
        "a store to fill in",
        &["external", "--store-skeleton", "vault"],
        Cluster::None,
        0,
        &["kind: SecretStore"],
    ),
    live(
        "an ExternalSecret of what is not there",
        &[
            "external",
            "secret/bd",
            "--store",
            "vault",
            "--path",
            "{key}",
        ],
        Cluster::Store,
        2,
        &["does not exist"],
    ),
    live(
        "external without a cluster",
        external!(),
        Cluster::Gone,
        3,
        &["cannot reach"],
    ),
    live(
        "an adoption that the operator does not do",
        external!("--adopt", "-y"),
        Cluster::Store,
        4,
        &["externalsecret/db is removed"],
    ),
    live(
        "an adoption, planned",
        external!("--adopt", "--dry-run"),
        Cluster::Store,
        0,
        &["creationPolicy: Merge"],
    ),
    live(
        "an adoption without a terminal",
        external!("--adopt"),
        Cluster::Store,
        2,
        &["nothing was changed"],
    ),
    live(
        "an adoption of what another one makes",
        external!("--adopt", "-y", "--own"),
        Cluster::Owned,
        2,
        &["nothing was changed"],
    ),
    live(
        "an adoption from a store that is not ready",
        external!("--adopt", "-y"),
        Cluster::StoreNotReady,
        2,
        &["not ready", "nothing was changed"],
    ),
    live(
        "an adoption where the name is taken",
        external!("--adopt", "-y"),
        Cluster::External,
        2,
        &["does something else", "nothing was changed"],
    ),
];
