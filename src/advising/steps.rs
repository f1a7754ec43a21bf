//! What to do first: commands that print or make the first manifests.

use crate::command_line::CommandLine;
use crate::external::store::StoreKind;

use super::place::{Presence, SeenStore};
use super::{Evidence, Level, Place};

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is for: a sentence without its full stop.
    pub words: String,
    pub command: Option<CommandLine>,
}

/// An app, and a Secret, where nothing was seen.
const APP: &str = "my-app";
const LOGIN: &str = "db:username,password";
/// A store that is not there yet.
const STORE: &str = "vault";

/// The first steps to a level.
pub(super) fn of(level: Level, evidence: &Evidence) -> Vec<Step> {
    match level {
        Level::Plain => plain(evidence),
        Level::Sealed => sealed(evidence),
        Level::External => external(evidence),
    }
}

fn step(words: impl Into<String>, command: CommandLine) -> Step {
    Step {
        words: words.into(),
        command: Some(command),
    }
}

fn words(words: &str) -> Step {
    Step {
        words: words.to_owned(),
        command: None,
    }
}

/// The places whose clusters were asked.
fn clusters(evidence: &Evidence) -> impl Iterator<Item = &Place> {
    evidence.places.iter().filter(|place| place.is_cluster)
}

/// A Secret that is there, of the first cluster that has one.
fn first(evidence: &Evidence) -> Option<(&Place, &super::place::Example)> {
    clusters(evidence).find_map(|place| Some((place, place.first.as_ref()?)))
}

fn plain(evidence: &Evidence) -> Vec<Step> {
    let mut steps = vec![
        step(
            "Print an app that reads its Secrets as files",
            CommandLine::secretsafe("scaffold")
                .name(APP)
                .flag("--secret", LOGIN),
        ),
        step(
            "Create its Secret; the values are prompted for",
            CommandLine::secretsafe("create")
                .name("db")
                .flag("--prompt", "username")
                .flag("--prompt", "password"),
        ),
    ];
    steps.extend(clusters(evidence).take(1).map(|place| {
        step(
            "See how old values are, and who can read them",
            CommandLine::secretsafe("audit")
                .switch("-A")
                .on(&place.connection),
        )
    }));
    steps
}

/// Whether nothing shows that the controller of a level is there.
fn is_missing(evidence: &Evidence, of: fn(&Place) -> (Presence, bool)) -> bool {
    !evidence.places.iter().any(|place| {
        let (presence, is_seen) = of(place);
        is_seen || matches!(presence, Presence::Objects(_))
    })
}

fn sealed(evidence: &Evidence) -> Vec<Step> {
    let mut steps = Vec::new();
    if is_missing(evidence, |place| {
        (place.sealed, place.sealed_controller.is_some())
    }) {
        steps.push(words(
            "Install the controller, unless it is there: https://github.com/bitnami-labs/sealed-secrets",
        ));
    }
    if let Some((place, example)) = first(evidence) {
        let file = format!("{}.sealed.yaml", example.name);
        steps.push(step(
            "Hand a Secret over to a SealedSecret, without a moment in which it is absent",
            CommandLine::secretsafe("seal")
                .name(&format!("secret/{}", example.name))
                .namespace(&example.namespace)
                .switch("--adopt")
                .flag("-w", &file)
                .on(&place.connection),
        ));
    }
    steps.push(step(
        "Seal the values of a new Secret, which are prompted for",
        CommandLine::secretsafe("create")
            .name("db")
            .flag("--prompt", "username")
            .flag("--prompt", "password")
            .switch("--seal")
            .flag("-w", "db.sealed.yaml"),
    ));
    steps.push(step(
        "Print an app that reads it as files",
        CommandLine::secretsafe("scaffold")
            .name(APP)
            .flag("--secret", LOGIN)
            .flag("--level", "sealed"),
    ));
    steps
}

fn external(evidence: &Evidence) -> Vec<Step> {
    let mut steps = Vec::new();
    if is_missing(evidence, |place| {
        (place.external, place.external_controller.is_some())
    }) {
        steps.push(words(
            "Install the operator in each cluster, unless it is there: https://external-secrets.io",
        ));
    }
    let store = store(evidence);
    let (name, kind) = match store {
        Some((_, store)) => (store.reference.name.as_str(), store.reference.kind),
        None => {
            steps.push(step(
                "Print a store to fill in; instead of vault, it can be aws, gcp, azure, 1password or kubernetes",
                CommandLine::secretsafe("external")
                    .flag("--store-skeleton", "vault")
                    .flag("--store", STORE)
                    .flag("--kind", StoreKind::ClusterWide.name()),
            ));
            (STORE, StoreKind::ClusterWide)
        }
    };
    let is_of = |example: &super::place::Example| match store {
        Some((_, store)) => store
            .namespace
            .as_ref()
            .is_none_or(|namespace| *namespace == example.namespace),
        None => true,
    };
    if let Some((place, example)) = first(evidence).filter(|(_, example)| is_of(example)) {
        let external = || {
            CommandLine::secretsafe("external")
                .name(&format!("secret/{}", example.name))
                .namespace(&example.namespace)
                .flag("--store", name)
                .flag("--kind", kind.name())
                .flag("--path", "{namespace}/{name}#{key}")
        };
        steps.push(step(
            "Print commands that load the values of a Secret into the store, here Vault",
            external()
                .flag("--push-commands", "vault")
                .on(&place.connection),
        ));
        steps.push(step(
            "Let an ExternalSecret take the Secret over, once the store is proven to have the same values",
            external()
                .switch("--adopt --compare-values --own")
                .on(&place.connection),
        ));
    }
    let scaffold = CommandLine::secretsafe("scaffold").name(APP);
    let namespace = store.and_then(|(_, store)| store.namespace.as_deref());
    steps.push(step(
        "Print an app that reads its Secrets as files, with their ExternalSecrets",
        scaffold
            .namespace(namespace.unwrap_or_default())
            .flag("--secret", LOGIN)
            .flag("--level", "external")
            .flag("--store", name)
            .flag("--store-kind", kind.name())
            .flag("--path", "{name}#{key}"),
    ));
    steps
}

/// A store that is there: one that works, if any does.
fn store(evidence: &Evidence) -> Option<(&Place, &SeenStore)> {
    clusters(evidence).find_map(|place| Some((place, place.stores.first()?)))
}
