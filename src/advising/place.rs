//! What one cluster, or the files, show: counts and names, never a value.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::auditing::{self, Part, Wish};
use crate::command_line::Connection;
use crate::external::object::ready;
use crate::external::store::{StoreKind, StoreRef};
use crate::inventory::at_rest::AtRest;
use crate::inventory::{GitStatus, Inventory, Scope};
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
    /// `None` where its controller has not said it.
    pub ready: Option<bool>,
}

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
    /// `cluster prod`, `the files`.
    pub words: String,
    pub is_cluster: bool,
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
    /// Keys that are older than wanted, of how many, and than what.
    pub old: (usize, usize, SignedDuration),
    /// The Secret that most can read, and how many can.
    pub most_read: Option<(String, usize)>,
    pub encryption: Encryption,
    /// The Secret that is moved to another level first.
    pub first: Option<Example>,
    /// What needs no Secret.
    pub avoidable: Vec<Avoidable>,
}

impl Place {
    /// Looks at what was gathered, and gives it back for what else it tells: what could not
    /// be listed is in the part. `max_age` is the interval that is wanted.
    pub fn of(inventory: Inventory, max_age: Option<SignedDuration>) -> (Self, Part) {
        let max_age = max_age.unwrap_or(OLD);
        let wish = Wish {
            max_age,
            selector: None,
            receipts: None,
        };
        let part = Part::new(inventory, &wish);
        let inventory = &part.inventory;
        let (words, is_cluster) = match &inventory.scope {
            Scope::Cluster { name, .. } => (format!("cluster {name}"), true),
            Scope::Files(_) => ("the files".to_owned(), false),
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
            is_cluster,
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
            old: (part.overdue(), part.rows.len(), max_age),
            most_read: most_read(&part),
            encryption: match inventory.at_rest() {
                AtRest::NotSeen => Encryption::NotSeen,
                AtRest::NotConfigured(_) => Encryption::NotConfigured,
                AtRest::Configured => Encryption::Configured,
            },
            first: first(&part),
            avoidable: Avoidable::of(inventory),
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
            ready: ready(&object.root).map(|ready| ready.is_true),
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
    let sources = inventory.sources.iter();
    let tracked = sources
        .filter(|source| source.git == GitStatus::Tracked)
        .count();
    match (tracked, inventory.sources.len()) {
        (0, _) => None,
        (1, 1) => Some("git tracks the file".to_owned()),
        (tracked, all) => Some(format!("git tracks {tracked} of {all} files")),
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
    let is_own = |namespace: &str| namespace.starts_with("kube-");
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
