//! What one cluster, or the files, show: counts and names, never a value.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::auditing::{self, Part, Wish};
use crate::command_line::Connection;
use crate::external::object::ready;
use crate::external::store::{StoreKind, StoreRef};
use crate::inventory::at_rest::AtRest;
use crate::inventory::{GitStatus, Grant, Inventory, Keys, Scope, SecretFacts};
use crate::ownership::{self, OwnerKind};
use crate::secret::kind;
use crate::workload::{Workload, image};

use super::Avoidable;

/// Values that nobody has changed for so long are worth a word where no interval is said.
const OLD: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Whether a level is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// So many of its objects were seen.
    Objects(usize),
    /// The API server has its kind, and there is no object of it.
    Served,
    /// The API server does not have its kind.
    NotServed,
    /// It may not be listed, or only files were read.
    NotSeen,
}

/// A store of the External Secrets Operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenStore {
    pub reference: StoreRef,
    /// `None` for one of the cluster.
    pub namespace: Option<String>,
    /// `None` where its controller has not said it, and in files.
    pub ready: Option<bool>,
}

/// One object among several clusters: its UID, and the keys of its values.
pub type Shape = (String, BTreeSet<String>);

/// A Secret to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub namespace: String,
    pub name: String,
}

/// What is seen of encryption at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    NotSeen,
    NotConfigured,
    /// What the configuration says is not seen.
    Configured,
}

/// One cluster, or the files.
#[derive(Clone, Debug)]
pub struct Place {
    /// `cluster prod`, `namespace shop in cluster prod`, `the files`.
    pub words: String,
    /// The cluster alone, or the files.
    pub server: String,
    pub is_cluster: bool,
    /// The one namespace that was looked at, of a cluster.
    pub namespace: Option<String>,
    /// Which cluster its commands are for.
    pub connection: Connection,
    /// How many Secrets were seen, those of Helm's releases left out.
    pub secrets: usize,
    /// How many of them come from where.
    pub sources: BTreeMap<auditing::Level, usize>,
    /// Those of which that is not known.
    pub of_unknown_source: usize,
    pub sealed: Presence,
    pub external: Presence,
    /// The workloads that are the controllers of these levels, where they were seen.
    pub sealed_controller: Option<String>,
    pub external_controller: Option<String>,
    pub stores: Vec<SeenStore>,
    /// What shows that manifests are kept in git.
    pub git: Option<String>,
    pub ages: Ages,
    /// The Secret that most can read, and how many can.
    pub most_read: Option<(String, usize)>,
    pub encryption: Encryption,
    /// The Secret that is moved to another level first.
    pub first: Option<Example>,
    /// What needs no Secret.
    pub avoidable: Vec<Avoidable>,
    /// By namespace and name; those that other clusters may have too have a shape.
    pub shapes: BTreeMap<(String, String), Option<Shape>>,
    /// Whether stores for all namespaces may not be listed.
    pub hides_stores: bool,
}

/// How old values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Keys whose value is older than `than`.
    pub old: usize,
    /// Keys whose age is known.
    pub known: usize,
    /// Keys whose age nobody has recorded.
    pub unknown: usize,
    pub than: SignedDuration,
}

impl Place {
    /// Looks at what was gathered, and gives it back for what else it tells: what could not
    /// be listed is in the part. `namespace` is the only one that was looked at, `max_age`
    /// the interval that is wanted.
    pub fn of(
        inventory: Inventory,
        namespace: Option<String>,
        max_age: Option<SignedDuration>,
    ) -> (Self, Part) {
        let max_age = max_age.unwrap_or(OLD);
        let wish = Wish {
            max_age,
            selector: None,
            receipts: None,
        };
        let part = Part::new(inventory, &wish);
        let inventory = &part.inventory;
        let (server, is_cluster) = match &inventory.scope {
            Scope::Cluster { name, .. } => (format!("cluster {name}"), true),
            Scope::Files(_) => ("the files".to_owned(), false),
        };
        let namespace = namespace.filter(|_| is_cluster);
        let words = match &namespace {
            Some(namespace) => format!("namespace {namespace} in {server}"),
            None => server.clone(),
        };
        let (sources, of_unknown_source) = match is_cluster {
            true => sources(&part),
            false => (
                [(auditing::Level::Plain, inventory.secret_count())].into(),
                0,
            ),
        };
        let place = Self {
            words,
            server,
            is_cluster,
            namespace,
            connection: inventory.connection.clone(),
            secrets: inventory.secret_count(),
            sources,
            of_unknown_source,
            sealed: presence(inventory, ("bitnami.com", "SealedSecret", "sealedsecrets")),
            external: presence(
                inventory,
                ("external-secrets.io", "ExternalSecret", "externalsecrets"),
            ),
            sealed_controller: controller(inventory, "sealed-secrets-controller"),
            external_controller: controller(inventory, "external-secrets"),
            stores: stores(inventory),
            git: git(inventory),
            ages: Ages {
                old: part.overdue(),
                known: part.rows.len() - part.undated(),
                unknown: part.undated(),
                than: max_age,
            },
            most_read: most_read(&part),
            encryption: match inventory.at_rest() {
                AtRest::NotSeen => Encryption::NotSeen,
                AtRest::NotConfigured(_) => Encryption::NotConfigured,
                AtRest::Configured => Encryption::Configured,
            },
            first: first(&part),
            avoidable: Avoidable::of(inventory),
            shapes: match is_cluster {
                true => shapes(inventory),
                false => BTreeMap::new(),
            },
            hides_stores: inventory.hidden.iter().any(is_of_cluster_stores),
        };
        (place, part)
    }

    /// How many Secrets are made by hand or from manifests.
    pub fn plain(&self) -> usize {
        self.sources
            .get(&auditing::Level::Plain)
            .copied()
            .unwrap_or_default()
    }
}

/// What of each Secret can be compared with another cluster. Kubernetes' own, and those of
/// which not all keys are known, say nothing.
fn shapes(inventory: &Inventory) -> BTreeMap<(String, String), Option<Shape>> {
    let of = |facts: &SecretFacts| {
        let counts = !is_own(&facts.namespace) && facts.type_ != kind::SERVICE_ACCOUNT_TOKEN;
        match &facts.keys {
            Keys::Complete(keys) if counts && !keys.is_empty() => {
                Some((facts.uid.clone(), keys.clone()))
            }
            _ => None,
        }
    };
    let secrets = inventory.secrets();
    secrets
        .map(|facts| ((facts.namespace.clone(), facts.name.clone()), of(facts)))
        .collect()
}

/// Roles that are printed do not allow them: they are no namespace's.
pub fn is_of_cluster_stores(grant: &Grant) -> bool {
    grant.group == "external-secrets.io" && grant.resource == "clustersecretstores"
}

/// Whether a namespace is Kubernetes' own.
fn is_own(namespace: &str) -> bool {
    namespace.starts_with("kube-")
}

/// Where Secrets come from, each counted once.
fn sources(part: &Part) -> (BTreeMap<auditing::Level, usize>, usize) {
    let mut seen = BTreeSet::new();
    let mut counts = BTreeMap::new();
    let mut unknown = 0;
    for row in &part.rows {
        if !seen.insert((&row.secret.namespace, &row.secret.name)) {
            continue;
        }
        match &row.owned {
            Ok(owned) => *counts.entry(owned.level).or_default() += 1,
            Err(_) => unknown += 1,
        }
    }
    (counts, unknown)
}

fn presence(
    inventory: &Inventory,
    (group, kind, plural): (&'static str, &str, &'static str),
) -> Presence {
    // Several overlays may build one and the same file.
    let objects: BTreeSet<_> = inventory
        .all()
        .flat_map(|inventory| inventory.of_kind(group, kind))
        // What has no name is no object of a cluster.
        .filter(|object| !object.id.name.is_empty())
        .map(|object| (object.origin, &object.id))
        .collect();
    let is_refused = inventory
        .denied
        .iter()
        .chain(&inventory.hidden)
        .any(|grant| grant.group == group && grant.resource == plural);
    match objects.len() {
        1.. => Presence::Objects(objects.len()),
        0 if !inventory.is_live() || is_refused => Presence::NotSeen,
        0 if inventory.not_served.contains(&(group, plural)) => Presence::NotServed,
        0 => Presence::Served,
    }
}

/// The first workload whose image has this name: those of the projects end so, whatever
/// registry they come from.
fn controller(inventory: &Inventory, name: &str) -> Option<String> {
    let is_it = |workload: &&Workload| {
        let mut containers = workload.pod.containers.iter();
        containers.any(|container| {
            container.image.as_ref().is_some_and(|image| {
                let repository = image::repository(&image.value);
                repository.rsplit('/').next() == Some(name)
            })
        })
    };
    let mut all = inventory.all().flat_map(|inventory| &inventory.workloads);
    let found = all.find(is_it)?;
    Some(format!("{} in {}", found.id.short(), found.id.namespace))
}

fn stores(inventory: &Inventory) -> Vec<SeenStore> {
    let kinds = [StoreKind::ClusterWide, StoreKind::Namespaced];
    let all = kinds.into_iter().flat_map(|kind| {
        let objects = inventory.of_kind("external-secrets.io", kind.name());
        objects.map(move |object| SeenStore {
            reference: StoreRef {
                kind,
                name: object.id.name.clone(),
            },
            namespace: (kind == StoreKind::Namespaced).then(|| object.id.namespace.clone()),
            ready: ready(&object.root)
                .filter(|_| inventory.is_live())
                .map(|ready| ready.is_true),
        })
    });
    let mut all: Vec<_> = all.collect();
    // One that works first.
    all.sort_by_key(|store| store.ready != Some(true));
    all
}

/// What shows that manifests are kept in git: objects that GitOps applied, or files that
/// git knows.
fn git(inventory: &Inventory) -> Option<String> {
    let by = |owner: Option<ownership::Owner>| match owner.map(|owner| owner.kind) {
        Some(OwnerKind::Flux) => Some("Flux"),
        Some(OwnerKind::ArgoCd(_)) => Some("Argo CD"),
        _ => None,
    };
    let mut applied: BTreeMap<&str, usize> = BTreeMap::new();
    let workloads = inventory
        .workloads
        .iter()
        .filter_map(|workload| by(ownership::find(workload)));
    let secrets = inventory
        .secrets()
        .filter_map(|facts| by(ownership::find(facts)));
    for tool in workloads.chain(secrets) {
        *applied.entry(tool).or_default() += 1;
    }
    if let Some((tool, count)) = applied.into_iter().max_by_key(|(_, count)| *count) {
        return Some(match count {
            1 => format!("{tool} applies an object"),
            _ => format!("{tool} applies {count} objects"),
        });
    }
    let of = |status: GitStatus| {
        let sources = inventory.sources.iter();
        sources.filter(|source| source.git == status).count()
    };
    // Git is asked only about files that may hold a Secret.
    let (tracked, untracked) = (of(GitStatus::Tracked), of(GitStatus::Untracked));
    match (tracked, tracked + untracked) {
        (0, _) => None,
        (1, 1) => Some("git tracks the one file that may hold a Secret".to_owned()),
        (tracked, all) => Some(format!(
            "git tracks {tracked} of {all} files that may hold a Secret"
        )),
    }
}

fn most_read(part: &Part) -> Option<(String, usize)> {
    let known = part.rows.iter().filter_map(|row| {
        let readers = row.readers.as_ref().ok()?;
        Some((&row.secret, readers.count - readers.built_in))
    });
    let (secret, count) = known
        .max_by_key(|(_, count)| *count)
        .filter(|(_, count)| *count > 0)?;
    Some((
        format!("secret/{} in {}", secret.name, secret.namespace),
        count,
    ))
}

/// The most urgent Secret that is made by hand; not one of Kubernetes' own.
fn first(part: &Part) -> Option<Example> {
    let is_plain = |row: &&auditing::Row| {
        let owned = row.owned.as_ref();
        owned.is_ok_and(|owned| owned.level == auditing::Level::Plain)
            && !is_own(&row.secret.namespace)
    };
    let is_usual = |row: &&auditing::Row| {
        let secret = &row.secret;
        let facts = part.inventory.secret(&secret.namespace, &secret.name);
        facts.is_some_and(|facts| {
            matches!(
                facts.type_.as_str(),
                "Opaque" | kind::TLS | kind::BASIC_AUTH
            )
        })
    };
    let mut plain = part.rows.iter().filter(is_plain);
    plain.find(is_usual).map(|row| Example {
        namespace: row.secret.namespace.clone(),
        name: row.secret.name.clone(),
    })
}
