//! The consumers of a Secret: each workload and object that refers to it, how they get the
//! content, and whether running pods have the newest. Pure.

mod freshness;
mod holders;
#[cfg(test)]
mod tests;
mod users;
mod uses;

pub use freshness::{Newest, PodUse, Unclear};
pub use holders::{Holder, Taken, holders};
pub use users::Users;
pub use uses::{File, Files, How, Mounted, Reach};

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::finding::SecretName;
use crate::inventory::Reason;
use crate::inventory::{Immutability, Inventory, Keys, Lookup, Realm, SecretFacts};
use crate::outcome::{Kind, Outcome};
use crate::report::{InputProblem, Unreachable, blind_spots};
use crate::workload::hidden::Hider;
use crate::workload::near::near;
use crate::workload::rollout::REVISION;
use crate::workload::{
    Confidence, ContainerClass, Need, ObjectId, Origin, Site, Strategy, Workload, WorkloadKind,
    reference,
};

/// The result of one run.
pub struct Report {
    /// One for the files, or one for each cluster, in the requested order.
    pub parts: Vec<Part>,
    /// Input that could not be read.
    pub problems: Vec<InputProblem>,
    /// Clusters that could not be reached.
    pub unreachable: Vec<Unreachable>,
    pub subject: Subject,
    /// What the run came to.
    pub outcome: Outcome,
}

/// Whether anything has, makes or uses a Secret of the name that was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Something,
    /// Nothing that was seen, and everything was.
    Nothing,
}

/// The result for one cluster, or for the files.
pub struct Part {
    /// What was read.
    pub inventory: Inventory,
    /// The Secrets of that name, by namespace.
    pub secrets: Vec<Consumption>,
}

/// The Secret to look for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub name: String,
    /// The key; `None` for all.
    pub key: Option<String>,
}

/// The consumers of one Secret.
#[derive(Clone, Debug)]
pub struct Consumption {
    pub secret: SecretName,
    pub state: State,
    /// Current consumers, by object.
    pub consumers: Vec<Consumer>,
    /// Consumers that would use it again: earlier revisions, and what has finished.
    pub dormant: Vec<Consumer>,
}

/// Whether a Secret exists.
#[derive(Clone, Debug)]
pub enum State {
    Present(Present),
    /// Not yet; this will create it.
    Expected(ObjectId),
    Missing {
        /// Namespaces that have a Secret of this name.
        elsewhere: Vec<String>,
        /// Similar names.
        near: Vec<String>,
    },
    Unknown(Reason),
}

/// What is known of a Secret that exists.
#[derive(Clone, Debug)]
pub struct Present {
    /// `type`.
    pub type_: String,
    pub keys: Keys,
    /// `immutable`.
    pub immutable: Immutability,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Upper bound of the last change of the requested key or keys.
    pub changed: Option<Timestamp>,
    /// Similar keys, if it does not have the requested one.
    pub near_keys: Option<Vec<String>>,
}

#[derive(Clone, Debug)]
pub struct Consumer {
    /// The workload that creates the pods, or another object.
    pub subject: ObjectId,
    /// Where it was read.
    pub origin: Origin,
    /// Where in it the Secret is named.
    pub site: Site,
    /// The container, if the use is in one.
    pub container: Option<ContainerName>,
    pub how: How,
    /// The keys; `None` for all, or if they are not listed.
    pub keys: Option<Vec<String>>,
    /// What happens when it is missing.
    pub need: Need,
    /// How certain it is that this names a Secret.
    pub confidence: Confidence,
    /// How a change arrives.
    pub reach: Reach,
    /// What hides it from the app: the app may need the Secret to start, but does not get its
    /// content.
    pub hider: Option<Hider>,
    /// Whether it runs, and what restarts it.
    pub activity: Activity,
    /// Pods that use it this way, live ones only.
    pub pods: Vec<PodUse>,
    /// For a ServiceAccount's pull secret: the workloads whose pods get it.
    pub workloads: Vec<ObjectId>,
}

/// A container, and the list it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerName {
    pub name: String,
    pub class: ContainerClass,
}

/// Whether a consumer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It does, or may at any time.
    Usual,
    /// `kubectl rollout restart` replaces its pods.
    Restartable,
    /// It has no replicas.
    NoReplicas,
    Suspended,
    /// Only its pods name the Secret, not its current template: earlier revisions, or what
    /// admission added to them.
    PodsOnly,
    EarlierRevision,
    /// It has finished.
    Finished,
}

impl Report {
    /// Everything about one Secret, and what the run came to.
    pub fn new(
        parts: Vec<Part>,
        problems: Vec<InputProblem>,
        unreachable: Vec<Unreachable>,
        wanted: &Wanted,
    ) -> Self {
        let mut outcome = Outcome::default();
        blind_spots(&problems, &unreachable, &mut outcome);
        for part in &parts {
            for grant in part.hidden_lists() {
                outcome.add(Kind::NotSeen, grant.words());
            }
            for found in &part.secrets {
                if matches!(&found.state, State::Unknown(reason) if reason.is_gap()) {
                    let secret = &found.secret;
                    outcome.add(
                        Kind::NotSeen,
                        format!("secret/{} in {}", secret.name, secret.namespace),
                    );
                }
            }
        }
        let is_known = parts.iter().any(Part::knows_it);
        let subject = if !is_known && outcome.is_complete() {
            outcome.add(Kind::Unmatched, format!("secret/{}", wanted.name));
            Subject::Nothing
        } else {
            Subject::Something
        };
        Self {
            parts,
            problems,
            unreachable,
            subject,
            outcome,
        }
    }

    /// Names that may have been meant.
    pub fn near_names(&self, name: &str) -> BTreeSet<&str> {
        let inventories = self.parts.iter().flat_map(|part| part.inventory.all());
        let known = inventories.flat_map(|inventory| {
            let own = inventory.secrets().map(|facts| facts.name.as_str());
            own.chain(inventory.uses().map(|used| used.reference.secret.as_str()))
        });
        near(name, known).into_iter().collect()
    }

    /// Other namespaces that have a Secret of the name.
    pub fn elsewhere(&self) -> BTreeSet<&str> {
        let secrets = self.parts.iter().flat_map(|part| &part.secrets);
        secrets
            .filter_map(|found| match &found.state {
                State::Missing { elsewhere, .. } => Some(elsewhere),
                _ => None,
            })
            .flatten()
            .map(String::as_str)
            .collect()
    }
}

impl Part {
    /// Whether anything has, makes or uses a Secret of the name. What is not
    /// among the files is no answer.
    fn knows_it(&self) -> bool {
        self.secrets.iter().any(|found| {
            !found.consumers.is_empty()
                || !found.dormant.is_empty()
                || matches!(found.state, State::Present(_) | State::Expected(_))
        })
    }

    /// Finds the consumers of a Secret of a namespace, or (`None`) of every namespace that has or
    /// uses one of that name.
    pub fn new(inventory: Inventory, namespace: Option<&str>, wanted: &Wanted) -> Self {
        let own = |inventory: &Inventory| {
            let known = namespaces(inventory, wanted);
            match namespace {
                Some(namespace) => BTreeSet::from([namespace.to_owned()])
                    .into_iter()
                    // The requested Secret is looked for in all kustomizations, and reported for
                    // those that know it.
                    .filter(|one| inventory.kustomization.is_none() || known.contains(one))
                    .collect(),
                None => known,
            }
        };
        let mut secrets: Vec<_> = own(&inventory)
            .into_iter()
            .map(|namespace| Consumption::new(&inventory, &namespace, wanted))
            .collect();
        for realm in &inventory.realms {
            for namespace in own(&realm.inventory) {
                let mut found = Consumption::new(&realm.inventory, &namespace, wanted);
                found.write_down(&inventory, realm);
                let known = secrets
                    .iter_mut()
                    .find(|known| known.secret.namespace == namespace);
                match known {
                    Some(known) => known.join(found),
                    None => secrets.push(found),
                }
            }
        }
        secrets.sort_by(|a, b| a.secret.namespace.cmp(&b.secret.namespace));
        Self { inventory, secrets }
    }

    /// Whether something requested could not be read: a list of objects that may use the Secret,
    /// or the Secret itself.
    pub fn is_incomplete(&self) -> bool {
        self.hidden_lists().next().is_some()
            || self.secrets.iter().any(|consumption| {
                matches!(&consumption.state, State::Unknown(reason) if reason.is_gap())
            })
    }

    /// Refused lists of possible consumers. Secrets need no list: each may have been readable by
    /// its name.
    pub fn hidden_lists(&self) -> impl Iterator<Item = &crate::inventory::Grant> {
        self.inventory
            .denied
            .iter()
            .filter(|grant| !(grant.group.is_empty() && grant.resource == "secrets"))
    }
}

impl Consumption {
    /// Maps positions in what a kustomization builds to where they were written.
    fn write_down(&mut self, inventory: &Inventory, realm: &Realm) {
        for consumer in self.consumers.iter_mut().chain(&mut self.dormant) {
            if let Some(written) = realm.place(consumer.origin, consumer.site.span) {
                consumer.origin = Origin::File {
                    source: written.source,
                    document: inventory.document_at(written.source, written.span),
                };
                consumer.site.span = written.span;
            }
        }
    }

    /// Adds what another kustomization builds in the same namespace.
    fn join(&mut self, other: Self) {
        let is_better = |state: &State| match state {
            State::Present(_) => 3,
            State::Expected(_) => 2,
            State::Unknown(_) => 1,
            State::Missing { .. } => 0,
        };
        if is_better(&other.state) > is_better(&self.state) {
            self.state = other.state;
        }
        for (own, more) in [
            (&mut self.consumers, other.consumers),
            (&mut self.dormant, other.dormant),
        ] {
            for consumer in more {
                let is_known = own.iter().any(|known| {
                    (&known.subject, known.origin, known.site.span, &known.how)
                        == (
                            &consumer.subject,
                            consumer.origin,
                            consumer.site.span,
                            &consumer.how,
                        )
                });
                if !is_known {
                    own.push(consumer);
                }
            }
            own.sort_by(|a, b| (&a.subject, a.origin).cmp(&(&b.subject, b.origin)));
        }
    }

    /// The consumers of a Secret of a namespace, in one inventory.
    pub fn new(inventory: &Inventory, namespace: &str, wanted: &Wanted) -> Self {
        let lookup = inventory.lookup(namespace, &wanted.name);
        let secret = SecretName {
            namespace: namespace.to_owned(),
            name: wanted.name.clone(),
            key: wanted.key.clone(),
        };
        let search = uses::Search {
            secret: &secret,
            keys: known_keys(&lookup),
            immutable: match &lookup {
                Lookup::Present(facts) => facts.immutable,
                _ => Immutability::No,
            },
        };
        let judge = freshness::Judge::new(inventory, &lookup, wanted.key.as_deref());
        let mut consumers: Vec<_> = inventory
            .workloads
            .iter()
            .chain(inventory.partials.iter().map(|partial| &partial.workload))
            .flat_map(|workload| of_workload(inventory, workload, &search, &judge))
            .collect();
        consumers.extend(of_objects(inventory, &search));
        let (dormant, mut consumers): (Vec<_>, Vec<_>) = consumers
            .into_iter()
            .chain(of_dormant(inventory, &search))
            .chain(of_finished_pods(inventory, &search))
            .partition(|consumer| {
                matches!(
                    consumer.activity,
                    Activity::EarlierRevision | Activity::Finished
                )
            });
        consumers.sort_by(|a, b| (&a.subject, a.origin).cmp(&(&b.subject, b.origin)));
        Self {
            state: state(inventory, &lookup, &secret),
            secret,
            consumers,
            dormant,
        }
    }
}

/// The namespaces that have or use a Secret of the name.
fn namespaces(inventory: &Inventory, wanted: &Wanted) -> BTreeSet<String> {
    let existing = inventory
        .secrets()
        .filter(|facts| facts.name == wanted.name)
        .map(|facts| &facts.namespace);
    let expected = inventory
        .producers
        .iter()
        .filter(|producer| producer.makes(&wanted.name))
        .map(|producer| &producer.namespace);
    let used = inventory
        .all_uses()
        .filter(|used| used.reference.secret.value == wanted.name)
        .map(|used| match &used.reference.namespace {
            Some(namespace) => namespace.clone(),
            None => used.subject.namespace.clone(),
        });
    let of_pods = inventory.pods.iter().filter(|pod| {
        reference::of_pod(&pod.spec)
            .iter()
            .any(|found| found.secret.value == wanted.name)
    });
    existing
        .chain(expected)
        .chain(of_pods.map(|pod| &pod.id.namespace))
        .cloned()
        .chain(used)
        .collect()
}

fn known_keys<'a>(lookup: &Lookup<'a>) -> Option<&'a BTreeSet<String>> {
    let keys = match lookup {
        Lookup::Present(facts) => &facts.keys,
        Lookup::Expected(producer) => &producer.keys,
        _ => return None,
    };
    keys.is_complete().then(|| keys.known())
}

fn state(inventory: &Inventory, lookup: &Lookup<'_>, secret: &SecretName) -> State {
    match lookup {
        Lookup::Present(facts) => State::Present(present(facts, secret.key.as_deref())),
        Lookup::Expected(producer) => State::Expected(producer.id.clone()),
        Lookup::Missing => {
            let names = inventory
                .secrets_in(&secret.namespace)
                .map(|facts| facts.name.as_str());
            State::Missing {
                elsewhere: inventory
                    .elsewhere(&secret.namespace, &secret.name)
                    .into_iter()
                    .map(|facts| facts.namespace.clone())
                    .collect(),
                near: owned(near(&secret.name, names)),
            }
        }
        Lookup::Unknown(reason) => State::Unknown(reason.clone()),
    }
}

fn present(facts: &SecretFacts, key: Option<&str>) -> Present {
    let near_keys = key
        .filter(|key| facts.keys.has(key) == crate::inventory::Answer::No)
        .map(|key| owned(near(key, facts.keys.known().iter().map(String::as_str))));
    let keys: Vec<_> = key.into_iter().collect();
    let changed =
        crate::inventory::staleness::written((!keys.is_empty()).then_some(keys.as_slice()), facts);
    Present {
        type_: facts.type_.clone(),
        keys: facts.keys.clone(),
        immutable: facts.immutable,
        created: facts.created,
        changed,
        near_keys,
    }
}

fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// The uses of a workload's template, each with the pods that have it, then those that only its
/// pods have.
fn of_workload(
    inventory: &Inventory,
    workload: &Workload,
    search: &uses::Search<'_>,
    judge: &freshness::Judge<'_>,
) -> Vec<Consumer> {
    let mut found: Vec<Consumer> = search
        .in_pod(&workload.pod, &workload.id.namespace)
        .into_iter()
        .map(|used| used.of(&workload.id, workload.origin, activity(workload)))
        .collect();
    for pod in inventory.pods_of(&workload.id) {
        if pod.is_finished() || pod.metadata.deleting {
            continue;
        }
        for used in search.in_pod(&pod.spec, &pod.id.namespace) {
            // Admission copies the pull secrets of the ServiceAccount, which is a consumer of its
            // own.
            let copied = used.how == How::ImagePull;
            // An app does not have what it does not get.
            let judged = match used.hider {
                None => judge.pod(pod, &used),
                Some(_) => None,
            };
            let at = found.iter().position(|known| {
                known.container == used.container
                    && known.how == used.how
                    && known.keys == used.keys
                    && known.hider == used.hider
            });
            let at = match at {
                Some(at) => at,
                None if copied => continue,
                None => {
                    found.push(used.of(&workload.id, workload.origin, Activity::PodsOnly));
                    found.len() - 1
                }
            };
            found[at].pods.extend(judged);
        }
    }
    found
}

fn activity(workload: &Workload) -> Activity {
    use WorkloadKind::{CronJob, DaemonSet, Deployment, Job, StatefulSet};

    match workload.kind {
        _ if workload.finished => Activity::Finished,
        _ if workload.replicas == Some(0) => Activity::NoReplicas,
        Job | CronJob if workload.paused => Activity::Suspended,
        // A paused Deployment does not replace pods, OnDelete leaves that to whoever deletes
        // them, and a partition keeps some unchanged.
        Deployment | StatefulSet | DaemonSet
            if !workload.paused
                && !matches!(
                    workload.strategy,
                    Strategy::OnDelete | Strategy::Partition(1..)
                ) =>
        {
            Activity::Restartable
        }
        _ => Activity::Usual,
    }
}

/// The uses of earlier revisions and of finished Jobs. What still has pods is reported with the
/// workload that owns it.
fn of_dormant(inventory: &Inventory, search: &uses::Search<'_>) -> Vec<Consumer> {
    inventory
        .dormant
        .iter()
        .filter_map(|workload| {
            let activity = match workload.kind {
                _ if workload.finished => Activity::Finished,
                WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController
                    if workload.replicas == Some(0) && !is_current(inventory, workload) =>
                {
                    Activity::EarlierRevision
                }
                _ => return None,
            };
            let uses = search.in_pod(&workload.pod, &workload.id.namespace);
            Some(
                uses.into_iter()
                    .map(move |used| used.of(&workload.id, workload.origin, activity)),
            )
        })
        .flatten()
        .collect()
}

/// Whether a ReplicaSet is the current revision of its Deployment, which may have no replicas
/// either.
fn is_current(inventory: &Inventory, replica_set: &Workload) -> bool {
    let revision = replica_set.metadata.annotations.get(REVISION);
    let owner = replica_set.id.owner(&replica_set.metadata);
    let has_it = |workload: &Workload| workload.metadata.annotations.get(REVISION) == revision;
    revision.is_some()
        && owner.is_some_and(|owner| inventory.workloads_of(&owner).iter().any(has_it))
}

/// Bare pods that have finished.
fn of_finished_pods(inventory: &Inventory, search: &uses::Search<'_>) -> Vec<Consumer> {
    inventory
        .pods
        .iter()
        .filter(|pod| pod.is_finished() && pod.top == pod.id)
        .flat_map(|pod| {
            search
                .in_pod(&pod.spec, &pod.id.namespace)
                .into_iter()
                .map(|used| used.of(&pod.id, Origin::Live, Activity::Finished))
        })
        .collect()
}

/// The uses of objects that create no pods.
fn of_objects(inventory: &Inventory, search: &uses::Search<'_>) -> Vec<Consumer> {
    inventory
        .uses_of(&search.secret.namespace, &search.secret.name)
        .filter(|used| used.workload.is_none() && !used.dormant)
        .filter_map(|used| {
            let found = search.in_reference(used.reference, &used.subject.namespace)?;
            let workloads = match found.how {
                How::ServiceAccountPull => workloads_of(inventory, used.subject),
                _ => Vec::new(),
            };
            Some(Consumer {
                confidence: used.reference.confidence,
                workloads,
                ..found.of(used.subject, used.origin, Activity::Usual)
            })
        })
        .collect()
}

/// The workloads of a ServiceAccount to whose pods admission adds its pull
/// secrets: those that name none themselves (kubernetes/kubernetes
/// `plugin/pkg/admission/serviceaccount/admission.go`).
fn workloads_of(inventory: &Inventory, account: &ObjectId) -> Vec<ObjectId> {
    inventory
        .workloads
        .iter()
        .filter(|workload| {
            let named = workload.pod.service_account.as_ref();
            workload.id.namespace == account.namespace
                && named.map_or("default", |named| named.as_str()) == account.name
                && workload.pod.image_pull_secrets.is_empty()
                && !workload.finished
        })
        .map(|workload| workload.id.clone())
        .collect()
}
