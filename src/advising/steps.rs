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
/// The Secret of its login, and another one where that name is taken.
const LOGINS: [&str; 2] = ["db", "my-app-db"];
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

fn words(words: impl Into<String>) -> Step {
    Step {
        words: words.into(),
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

/// A command for the first cluster that was looked at, and its namespace, where there is
/// one; anywhere else it is for the current context.
fn here(evidence: &Evidence, command: CommandLine) -> CommandLine {
    match clusters(evidence).next() {
        Some(place) => command
            .namespace(place.namespace.as_deref().unwrap_or_default())
            .on(&place.connection),
        None => command,
    }
}

/// A name that no Secret was seen to have.
fn login(evidence: &Evidence) -> &'static str {
    let is_taken = |name: &str| {
        let mut all = clusters(evidence).flat_map(|place| place.shapes.keys());
        all.any(|(_, taken)| taken == name)
    };
    let [first, other] = LOGINS;
    match is_taken(first) {
        true => other,
        false => first,
    }
}

/// The same with its keys, as `scaffold` takes it.
fn login_keys(evidence: &Evidence) -> String {
    format!("{}:username,password", login(evidence))
}

fn create(evidence: &Evidence) -> CommandLine {
    let command = CommandLine::secretsafe("create")
        .name(login(evidence))
        .flag("--prompt", "username")
        .flag("--prompt", "password");
    here(evidence, command)
}

/// An app, in the namespace that was looked at.
fn scaffold(evidence: &Evidence) -> CommandLine {
    let namespace = clusters(evidence).find_map(|place| place.namespace.as_deref());
    CommandLine::secretsafe("scaffold")
        .name(APP)
        .namespace(namespace.unwrap_or_default())
        .flag("--secret", &login_keys(evidence))
}

fn plain(evidence: &Evidence) -> Vec<Step> {
    let mut steps = vec![
        step(
            "Print an app that reads its Secrets as files",
            scaffold(evidence),
        ),
        step(
            "Create its Secret; the values are prompted for",
            create(evidence),
        ),
    ];
    steps.extend(clusters(evidence).take(1).map(|place| {
        let audit = CommandLine::secretsafe("audit");
        let audit = match &place.namespace {
            Some(namespace) => audit.namespace(namespace),
            None => audit.switch("-A"),
        };
        step(
            "See how old values are, and who can read them",
            audit.on(&place.connection),
        )
    }));
    steps
}

/// Where nothing shows that the controller of a level is there, as the end of a sentence:
/// files prove no installation.
fn missing_in(evidence: &Evidence, of: fn(&Place) -> (Presence, bool)) -> Option<String> {
    let mut lacking = clusters(evidence).filter(|place| {
        let (presence, is_seen) = of(place);
        !is_seen && !matches!(presence, Presence::Objects(_))
    });
    match (clusters(evidence).count(), lacking.next()) {
        (0, _) => Some(String::new()),
        (_, None) => None,
        (1, Some(_)) => Some(String::new()),
        (_, Some(first)) => {
            let names: Vec<_> = std::iter::once(first)
                .chain(lacking)
                .map(|place| place.server.as_str())
                .collect();
            Some(format!(" in {}", crate::words::folded(names)))
        }
    }
}

fn sealed(evidence: &Evidence) -> Vec<Step> {
    let mut steps = Vec::new();
    let missing = missing_in(evidence, |place| {
        (place.sealed, place.sealed_controller.is_some())
    });
    if let Some(place) = missing {
        steps.push(words(format!(
            "Install the controller{place}, unless it is there: https://github.com/bitnami-labs/sealed-secrets"
        )));
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
        create(evidence)
            .switch("--seal")
            .flag("-w", &format!("{}.sealed.yaml", login(evidence))),
    ));
    steps.push(step(
        "Print an app that reads it as files",
        scaffold(evidence).flag("--level", "sealed"),
    ));
    steps
}

/// A store, and the Secret that it takes over first: one of its own cluster, and of its
/// namespace where it has one.
struct Start<'a> {
    place: &'a Place,
    store: Option<&'a SeenStore>,
    example: Option<&'a super::place::Example>,
}

/// Where to begin: with a store that works, if any cluster has one.
fn start(evidence: &Evidence) -> Option<Start<'_>> {
    let of_store = |place, store: &'_ SeenStore| {
        let is_of = |example: &&super::place::Example| {
            let namespace = store.namespace.as_ref();
            namespace.is_none_or(|namespace| *namespace == example.namespace)
        };
        let place: &Place = place;
        place.first.as_ref().filter(is_of)
    };
    let all = || {
        // Files name a store where no cluster has one.
        let files = evidence.places.iter().filter(|place| !place.is_cluster);
        clusters(evidence)
            .chain(files)
            .flat_map(|place| place.stores.iter().map(move |store| (place, store)))
    };
    let working = ready_store(evidence);
    if let Some((place, store)) = working.or_else(|| all().next()) {
        return Some(Start {
            place,
            store: Some(store),
            example: of_store(place, store).filter(|_| place.is_cluster),
        });
    }
    first(evidence).map(|(place, example)| Start {
        place,
        store: None,
        example: Some(example),
    })
}

/// A store whose controller says that it works.
pub(super) fn ready_store(evidence: &Evidence) -> Option<(&Place, &SeenStore)> {
    clusters(evidence).find_map(|place| {
        let ready = place.stores.iter().find(|store| store.ready == Some(true));
        Some((place, ready?))
    })
}

fn external(evidence: &Evidence) -> Vec<Step> {
    let mut steps = Vec::new();
    let missing = missing_in(evidence, |place| {
        (place.external, place.external_controller.is_some())
    });
    if let Some(place) = missing {
        let place = match place.as_str() {
            "" => " in each cluster",
            place => place,
        };
        steps.push(words(format!(
            "Install the operator{place}, unless it is there: https://external-secrets.io"
        )));
    }
    let start = start(evidence);
    let store = start.as_ref().and_then(|start| start.store);
    let (name, kind) = match store {
        Some(store) => (store.reference.name.as_str(), store.reference.kind),
        None => {
            let is_offline = evidence.offline.as_ref().is_some_and(|fact| fact.value);
            let others = match is_offline {
                true => "it can be kubernetes: Secrets of another namespace or cluster",
                false => "it can be aws, gcp, azure, 1password or kubernetes",
            };
            steps.push(step(
                format!("Print a store to fill in; instead of vault, {others}"),
                CommandLine::secretsafe("external")
                    .flag("--store-skeleton", "vault")
                    .flag("--store", STORE)
                    .flag("--kind", StoreKind::ClusterWide.name()),
            ));
            (STORE, StoreKind::ClusterWide)
        }
    };
    if let Some((place, example)) = start
        .as_ref()
        .and_then(|start| Some((start.place, start.example?)))
    {
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
    // One of a namespace is for that namespace.
    let app = match store.and_then(|store| store.namespace.as_deref()) {
        Some(namespace) => CommandLine::secretsafe("scaffold")
            .name(APP)
            .namespace(namespace)
            .flag("--secret", &login_keys(evidence)),
        None => scaffold(evidence),
    };
    steps.push(step(
        "Print an app that reads its Secrets as files, with their ExternalSecrets",
        app.flag("--level", "external")
            .flag("--store", name)
            .flag("--store-kind", kind.name())
            .flag("--path", "{name}#{key}"),
    ));
    steps
}
