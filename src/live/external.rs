//! ExternalSecrets of a cluster: listing them, asking for a sync in one guarded patch, and
//! watching what comes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::api::{
    CLUSTER_EXTERNAL_SECRETS, CLUSTER_SECRET_STORES, EXTERNAL_SECRETS, Resource, SECRET_STORES,
    SYNC_EVENTS,
};
use crate::cluster::{Cluster, ClusterError, Dependents, Listed, ServerDryRun, WriteOutcome};
use crate::external::adoption::MANAGED;
use crate::external::features::Features;
use crate::external::object::{Creation, External, cut};
use crate::external::store::{Store, StoreKind, StoreRef};
use crate::external::sync::{Asked, Step, is_final, step};
use crate::external::{FORCE_SYNC, FORCE_SYNC_OF_ALL};
use crate::inventory::{ContentMark, SecretFacts};
use crate::manifest::{Node, Operation};
use crate::signals::Hold;
use crate::workload::{Object, Place};

use super::target::{ATTEMPTS, FIELD_MANAGER, PAUSE};

/// The version whose objects are read and written here.
const VERSIONS: &[&str] = &["v1"];
/// Before an object is read anew that somebody else has changed; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// What is seen counts when it has been so for this long: the operator tries again at once.
const GRACE: Duration = Duration::from_secs(3);
/// From so many on, a namespace is listed instead of asking for each of them.
const LISTED: usize = 5;

/// ExternalSecrets, in the version that is written here.
pub const RESOURCE: Resource = Resource {
    versions: VERSIONS,
    ..EXTERNAL_SECRETS
};

fn read_as(node: Node, namespace: &str) -> Option<External> {
    let object = Object::new(node, Place::live(), namespace)?;
    External::read(&object)
}

/// All ExternalSecrets of one namespace, or (`None`) of all; `None` where the server has no
/// such objects.
///
/// # Errors
/// As for reading.
pub async fn all(
    cluster: &Cluster,
    namespace: Option<&str>,
) -> Result<Option<Vec<External>>, ClusterError> {
    let mut found = Vec::new();
    let mut keep = |node| found.extend(read_as(node, namespace.unwrap_or_default()));
    match cluster.list(&RESOURCE, namespace, &mut keep).await? {
        Listed::All => Ok(Some(found)),
        Listed::NotServed => Ok(None),
    }
}

/// One ExternalSecret; `None` if it does not exist.
///
/// # Errors
/// As for reading.
pub async fn one(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
) -> Result<Option<External>, ClusterError> {
    let object = object(cluster, namespace, name).await?;
    Ok(object.as_ref().and_then(External::read))
}

/// The same with all that it says.
///
/// # Errors
/// As for reading.
pub async fn object(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
) -> Result<Option<Object>, ClusterError> {
    let node = cluster.get_object(&RESOURCE, namespace, name).await?;
    Ok(node.and_then(|node| Object::new(node, Place::live(), namespace)))
}

/// The stores that ExternalSecrets of a namespace, or of all, can name; and what may not be
/// listed of them.
///
/// # Errors
/// As for reading; a refusal is none.
pub async fn stores(
    cluster: &Cluster,
    namespace: Option<&str>,
) -> Result<(Vec<Store>, BTreeSet<StoreKind>), ClusterError> {
    let (mut found, mut refused) = (Vec::new(), BTreeSet::new());
    for (kind, resource, within) in [
        (StoreKind::Namespaced, SECRET_STORES, namespace),
        (StoreKind::ClusterWide, CLUSTER_SECRET_STORES, None),
    ] {
        let mut keep = |node: Node| found.extend(Store::read(kind, &node));
        match cluster.list(&resource, within, &mut keep).await {
            Ok(_) => {}
            Err(ClusterError::Forbidden { .. }) => {
                refused.insert(kind);
            }
            Err(error) => return Err(error),
        }
    }
    Ok((found, refused))
}

/// Makes an ExternalSecret, or has the server say whether it would.
///
/// # Errors
/// [`ClusterError::outcome`] says whether it may be stored.
pub async fn create(
    cluster: &Cluster,
    namespace: &str,
    object: &serde_json::Value,
    dry_run: ServerDryRun,
) -> Result<Pending, ClusterError> {
    let node = cluster
        .create_object(&RESOURCE, namespace, object, FIELD_MANAGER, dry_run)
        .await?;
    let made = node
        .at(&["metadata", "creationTimestamp"])
        .and_then(Node::as_str)
        .and_then(|time| time.parse().ok())
        .unwrap_or_else(|| whole(Timestamp::now()));
    let external = read_as(node, namespace).ok_or_else(|| cluster.no_object())?;
    let asked = Asked {
        at: made,
        version: String::new(),
        refreshed: None,
    };
    Ok(Pending::new(external, asked))
}

/// How often a change is tried that others may be faster than.
pub const TRIES: u32 = ATTEMPTS;

/// Waits before the next try, each time longer.
pub async fn pause(tries: u32) {
    tokio::time::sleep(FIRST_PAUSE * 2u32.pow(tries.min(ATTEMPTS))).await;
}

/// What became of a change of the policy.
pub enum Changed {
    Made(Box<Pending>),
    /// Somebody else has changed the object since it was read.
    Raced,
}

/// Changes what an ExternalSecret does to its Secret, if it still is what was read.
///
/// # Errors
/// What the server says.
pub async fn set_creation(
    cluster: &Cluster,
    external: &External,
    creation: Creation,
) -> Result<Changed, ClusterError> {
    let operations = [
        Operation::Test {
            pointer: "/metadata/uid".to_owned(),
            value: external.uid.clone().into(),
        },
        Operation::Test {
            pointer: "/metadata/resourceVersion".to_owned(),
            value: external.resource_version.clone().into(),
        },
        Operation::Add {
            pointer: "/spec/target/creationPolicy".to_owned(),
            value: creation.name().into(),
        },
    ];
    let (namespace, name) = (&external.namespace, &external.name);
    let sent = Timestamp::now();
    let patched = cluster
        .patch_object(
            &RESOURCE,
            namespace,
            name,
            &operations,
            FIELD_MANAGER,
            ServerDryRun::No,
        )
        .await;
    let error = match patched {
        Ok(node) => {
            let asked = asked(&node, external, sent);
            let external = read_as(node, namespace).ok_or_else(|| cluster.no_object())?;
            return Ok(Changed::Made(Box::new(Pending::new(external, asked))));
        }
        Err(error) => error,
    };
    let may_be_there = error.outcome() == WriteOutcome::Unknown;
    let is_refused = matches!(
        error,
        ClusterError::Invalid { .. } | ClusterError::Conflict { .. }
    );
    if !may_be_there && !is_refused {
        return Err(error);
    }
    let read = match one(cluster, namespace, name).await? {
        Some(read) if read.uid == external.uid => read,
        _ => return Err(error),
    };
    // The answer was lost, and the change is there.
    if may_be_there && read.creation == creation {
        let asked = Asked {
            at: whole(sent),
            version: external.synced_version.clone(),
            refreshed: external.refreshed,
        };
        return Ok(Changed::Made(Box::new(Pending::new(read, asked))));
    }
    match may_be_there || read.resource_version != external.resource_version {
        true => Ok(Changed::Raced),
        false => Err(error),
    }
}

/// Removes an ExternalSecret and waits until it is gone; `false` where it is not after a
/// while. Its Secret stays, or goes with it where it owns it.
///
/// # Errors
/// What the server says.
pub async fn remove(
    cluster: &Cluster,
    external: &External,
    secret: Dependents,
) -> Result<bool, ClusterError> {
    const PATIENCE: Duration = Duration::from_secs(20);
    let (namespace, name) = (&external.namespace, &external.name);
    cluster
        .delete_object(&RESOURCE, namespace, name, &external.uid, secret)
        .await?;
    let begun = Instant::now();
    loop {
        match one(cluster, namespace, name).await? {
            Some(left) if left.uid == external.uid => {}
            _ => return Ok(true),
        }
        if begun.elapsed() > PATIENCE {
            return Ok(false);
        }
        tokio::time::sleep(PAUSE / 4).await;
    }
}

/// Takes the label and the annotation of the operator from a Secret that it does not write
/// any longer, if it still is this Secret.
///
/// # Errors
/// What the server says.
pub async fn unmark(cluster: &Cluster, before: &SecretFacts) -> Result<(), ClusterError> {
    for tries in 0..ATTEMPTS {
        let now = cluster
            .secret_facts(&before.namespace, &before.name)
            .await?;
        let Some(now) = now.filter(|now| now.uid == before.uid) else {
            return Ok(());
        };
        let mut operations = vec![Operation::Test {
            pointer: "/metadata/resourceVersion".to_owned(),
            value: now.resource_version.clone().into(),
        }];
        let marks = [
            (
                "labels",
                MANAGED,
                now.labels.contains_key(MANAGED) && !before.labels.contains_key(MANAGED),
            ),
            (
                "annotations",
                ContentMark::ANNOTATION,
                now.annotations.contains(ContentMark::ANNOTATION)
                    && !before.annotations.contains(ContentMark::ANNOTATION),
            ),
        ];
        let new = marks.into_iter().filter(|(.., is_new)| *is_new);
        operations.extend(new.map(|(field, name, _)| Operation::Remove {
            pointer: format!("/metadata/{field}/{}", name.replace('/', "~1")),
        }));
        if operations.len() == 1 {
            return Ok(());
        }
        let patched = cluster
            .patch_secret_metadata(&now.namespace, &now.name, &operations, FIELD_MANAGER)
            .await;
        match patched {
            Ok(()) => return Ok(()),
            Err(ClusterError::Invalid { .. } | ClusterError::Conflict { .. })
                if tries + 1 < ATTEMPTS => {}
            Err(error) => return Err(error),
        }
        tokio::time::sleep(FIRST_PAUSE * 2u32.pow(tries)).await;
    }
    Ok(())
}

/// One store; `None` if it does not exist.
///
/// # Errors
/// As for reading.
pub async fn store(
    cluster: &Cluster,
    namespace: &str,
    reference: &StoreRef,
) -> Result<Option<Store>, ClusterError> {
    let resource = match reference.kind {
        StoreKind::Namespaced => SECRET_STORES,
        StoreKind::ClusterWide => CLUSTER_SECRET_STORES,
    };
    let resource = Resource {
        versions: VERSIONS,
        ..resource
    };
    let node = match cluster
        .get_object(&resource, namespace, &reference.name)
        .await
    {
        Ok(node) => node,
        // There are no stores at all.
        Err(ClusterError::UnusableAnswer { .. }) if !cluster.is_served(&resource).await => None,
        Err(error) => return Err(error),
    };
    Ok(node.and_then(|node| Store::read(reference.kind, &node)))
}

/// What the operator of the cluster knows; `None` where that cannot be asked.
pub async fn features(cluster: &Cluster) -> Option<Features> {
    let document = cluster.openapi(RESOURCE.group, "v1").await;
    Features::read(&document.ok()??)
}

/// What became of asking for a sync.
pub enum Request {
    Made(Asked),
    Gone,
    /// Somebody else changes the object each time before it can be.
    KeepsChanging,
    /// It was made of a ClusterExternalSecret, whose operator does not hand it on.
    NotPassedOn,
}

/// What became of asking for all that a ClusterExternalSecret makes.
pub enum AskedForAll {
    /// When, by the clock of the server, and with which text.
    Made {
        at: Timestamp,
        text: String,
    },
    Gone,
    /// Somebody else changes the object each time before it can be.
    KeepsChanging,
}

/// Asks for a sync: the annotation gets another text, if the object still is what was read.
///
/// # Errors
/// What the server says. [`ClusterError::outcome`] tells whether it may be stored.
pub async fn ask(
    cluster: &Cluster,
    external: &External,
    dry_run: ServerDryRun,
) -> Result<Request, ClusterError> {
    let sent = Timestamp::now();
    let text = sent.to_string();
    let mut now = external.clone();
    for tries in 0..ATTEMPTS {
        let operations = forcing(
            &now.resource_version,
            now.has_annotations,
            FORCE_SYNC,
            &text,
        );
        let (namespace, name) = (&external.namespace, &external.name);
        let patched = cluster
            .patch_object(
                &RESOURCE,
                namespace,
                name,
                &operations,
                FIELD_MANAGER,
                dry_run,
            )
            .await;
        let error = match patched {
            Ok(node) => return Ok(Request::Made(asked(&node, &now, sent))),
            Err(ClusterError::NotFound { .. }) => return Ok(Request::Gone),
            Err(error) => error,
        };
        let again = matches!(
            error,
            ClusterError::Invalid { .. } | ClusterError::Conflict { .. }
        );
        if !again && error.outcome() != WriteOutcome::Unknown {
            return Err(error);
        }
        let Some(read) = one(cluster, namespace, name).await? else {
            return Ok(Request::Gone);
        };
        if read.uid != external.uid {
            return Ok(Request::Gone);
        }
        // The answer was lost, and the change is there.
        if read.forced.as_deref() == Some(text.as_str()) {
            return Ok(Request::Made(Asked {
                at: whole(sent),
                version: now.synced_version,
                refreshed: now.refreshed,
            }));
        }
        if again && read.resource_version == now.resource_version {
            return Err(error);
        }
        now = read;
        tokio::time::sleep(FIRST_PAUSE * 2u32.pow(tries)).await;
    }
    Ok(Request::KeepsChanging)
}

/// Whether a request at a ClusterExternalSecret reaches one that it makes, after a while:
/// operators before 0.18 copy the annotation only when they make it.
///
/// # Errors
/// As for reading.
pub async fn is_passed_on(
    cluster: &Cluster,
    external: &External,
    text: &str,
) -> Result<bool, ClusterError> {
    const PATIENCE: Duration = Duration::from_secs(10);
    let begun = Instant::now();
    loop {
        let found = object(cluster, &external.namespace, &external.name).await?;
        let has = |found: &Object| {
            let annotation = found.metadata.annotations.get(FORCE_SYNC_OF_ALL);
            annotation.is_some_and(|known| known == text)
        };
        // One that is gone is told by whoever waits for it.
        if found.as_ref().is_none_or(has) {
            return Ok(true);
        }
        if begun.elapsed() > PATIENCE {
            return Ok(false);
        }
        tokio::time::sleep(PAUSE / 4).await;
    }
}

/// Asks for a sync of all that a ClusterExternalSecret makes.
///
/// # Errors
/// What the server says.
pub async fn ask_for_all(
    cluster: &Cluster,
    name: &str,
    dry_run: ServerDryRun,
) -> Result<AskedForAll, ClusterError> {
    let sent = Timestamp::now();
    let text = sent.to_string();
    let made = |node: &Node| AskedForAll::Made {
        at: written(node, sent),
        text: text.clone(),
    };
    let resource = CLUSTER_EXTERNAL_SECRETS;
    for tries in 0..ATTEMPTS {
        let Some(node) = cluster.get_object(&resource, "", name).await? else {
            return Ok(AskedForAll::Gone);
        };
        let version = node
            .at(&["metadata", "resourceVersion"])
            .and_then(Node::as_str)
            .unwrap_or_default();
        let annotations = node.at(&["metadata", "annotations"]);
        let is_there = annotations.and_then(|all| all.text_of(FORCE_SYNC_OF_ALL));
        if is_there == Some(text.as_str()) {
            return Ok(made(&node));
        }
        let has_some = annotations.is_some_and(Node::is_mapping);
        let operations = forcing(version, has_some, FORCE_SYNC_OF_ALL, &text);
        let patched = cluster
            .patch_object(&resource, "", name, &operations, FIELD_MANAGER, dry_run)
            .await;
        match patched {
            Ok(node) => return Ok(made(&node)),
            Err(ClusterError::NotFound { .. }) => return Ok(AskedForAll::Gone),
            Err(ClusterError::Conflict { .. }) => {}
            Err(ClusterError::Invalid { .. }) if tries + 1 < ATTEMPTS => {}
            Err(error) if error.outcome() == WriteOutcome::Unknown && tries + 1 < ATTEMPTS => {}
            Err(error) => return Err(error),
        }
        tokio::time::sleep(FIRST_PAUSE * 2u32.pow(tries)).await;
    }
    Ok(AskedForAll::KeepsChanging)
}

fn forcing(version: &str, has_annotations: bool, name: &str, text: &str) -> Vec<Operation> {
    let mut operations = vec![Operation::Test {
        pointer: "/metadata/resourceVersion".to_owned(),
        value: version.into(),
    }];
    if !has_annotations {
        operations.push(Operation::Add {
            pointer: "/metadata/annotations".to_owned(),
            value: serde_json::json!({}),
        });
    }
    operations.push(Operation::Add {
        pointer: format!("/metadata/annotations/{}", name.replace('/', "~1")),
        value: text.into(),
    });
    operations
}

/// When it was asked for, by the clock of the server: it is what `managedFields` says of
/// our change. The operator's clock is compared with it.
fn asked(node: &Node, before: &External, sent: Timestamp) -> Asked {
    let text = |field: &str| node.at(&["status", field]).and_then(Node::as_str);
    let refreshed = text("refreshTime").and_then(|time| time.parse().ok());
    Asked {
        at: written(node, sent),
        version: text("syncedResourceVersion")
            .unwrap_or(&before.synced_version)
            .to_owned(),
        refreshed: refreshed.or(before.refreshed),
    }
}

/// When we last wrote an object, by the clock of the server; where it does not tell that,
/// when the request was sent.
fn written(node: &Node, sent: Timestamp) -> Timestamp {
    let fields = node.at(&["metadata", "managedFields"]);
    let ours = fields
        .map_or(&[][..], Node::items)
        .iter()
        .filter(|entry| entry.text_of("manager") == Some(FIELD_MANAGER))
        .filter_map(|entry| entry.text_of("time")?.parse::<Timestamp>().ok())
        .max();
    ours.unwrap_or_else(|| whole(sent))
}

/// Times of Kubernetes have whole seconds.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// A sync that was asked for.
pub struct Pending {
    pub external: External,
    pub asked: Asked,
    /// Since when the same has been seen that is no end yet.
    since: Option<Instant>,
    /// What the operator says of its last attempt, if that failed.
    failed: Option<String>,
    why: String,
}

impl Pending {
    pub fn new(external: External, asked: Asked) -> Self {
        Self {
            external,
            asked,
            since: None,
            failed: None,
            why: "the operator has not looked at it".to_owned(),
        }
    }
}

/// How a sync ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// The operator says why not.
    Failed(String),
    /// It is not over: what was seen last.
    NotOver(String),
    Gone,
    /// The cluster did not answer.
    NotSeen(String),
}

/// How long a failure is waited out that may pass: the operator tries again and again, each
/// time later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failures {
    /// For half a minute: most that pass do so by then.
    PassSoon,
    /// As long as patience lasts, for what is to be taken back else.
    MayPass,
}

impl Failures {
    fn grace(self, why: &str) -> Duration {
        match self {
            _ if is_final(why) => GRACE,
            Self::PassSoon => Duration::from_secs(30),
            Self::MayPass => Duration::MAX,
        }
    }
}

/// How syncs are waited for.
pub struct Waiting<'a> {
    pub cluster: &'a Cluster,
    pub patience: Duration,
    pub failures: Failures,
    /// Ctrl-C and its kind.
    pub hold: &'a Hold,
}

/// The latest complaint about an ExternalSecret, by namespace and name.
type Complaints = BTreeMap<(String, String), (Timestamp, String)>;

impl Waiting<'_> {
    /// Looks again and again until each sync is over, or patience is. `on` is told of each
    /// that ends.
    pub async fn run(
        &self,
        pending: Vec<Pending>,
        on: &mut dyn FnMut(&External, &Ended),
    ) -> Vec<(External, Ended)> {
        let begun = Instant::now();
        let (mut pending, mut ended) = (pending, Vec::new());
        let mut finish = |external: External, how: Ended| {
            on(&external, &how);
            ended.push((external, how));
        };
        while !pending.is_empty() {
            let seen = match self.look(&pending).await {
                Ok(seen) => seen,
                Err(error) => {
                    let error = error.unmasked();
                    for one in pending {
                        finish(one.external, Ended::NotSeen(error.message().to_owned()));
                    }
                    break;
                }
            };
            let complaints = self.complaints(&pending).await;
            let mut left = Vec::new();
            for mut one in pending {
                let key = (one.external.namespace.clone(), one.external.name.clone());
                let same = |now: &&External| now.uid == one.external.uid;
                let Some(now) = seen.get(&key).filter(same) else {
                    finish(one.external, Ended::Gone);
                    continue;
                };
                let complaint = complaints
                    .get(&key)
                    .filter(|(time, _)| *time >= one.asked.at)
                    .map(|(_, text)| text.clone());
                match judged(&one.asked, now, complaint) {
                    Step::Done => {
                        finish(now.clone(), Ended::Done);
                        continue;
                    }
                    // The operator asks a store that did not answer again, each time later.
                    Step::Failed(why) => {
                        let since = *one.since.get_or_insert_with(Instant::now);
                        if since.elapsed() >= self.failures.grace(&why) {
                            finish(now.clone(), Ended::Failed(why));
                            continue;
                        }
                        one.failed = Some(why.clone());
                        one.why = why;
                    }
                    // A sync that was under way when this one was asked for is followed by it.
                    Step::DoneByAnotherClock(why) => {
                        let since = *one.since.get_or_insert_with(Instant::now);
                        if since.elapsed() >= GRACE {
                            finish(now.clone(), Ended::Done);
                            continue;
                        }
                        one.failed = None;
                        one.why = why;
                    }
                    Step::Wait(why) => {
                        one.since = None;
                        one.failed = None;
                        one.why = why;
                    }
                }
                left.push(one);
            }
            pending = left;
            if pending.is_empty() {
                break;
            }
            let stop = match () {
                () if self.hold.has_arrived() => Some("interrupted; ".to_owned()),
                () if begun.elapsed() >= self.patience => {
                    Some(format!("not over after {} s: ", self.patience.as_secs()))
                }
                () => None,
            };
            if let Some(stop) = stop {
                for one in pending {
                    let how = match one.failed {
                        Some(why) if !self.hold.has_arrived() => Ended::Failed(why),
                        _ => Ended::NotOver(format!("{stop}{}", one.why)),
                    };
                    finish(one.external, how);
                }
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        ended
    }

    async fn look(
        &self,
        pending: &[Pending],
    ) -> Result<BTreeMap<(String, String), External>, ClusterError> {
        let mut by_namespace: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in pending {
            by_namespace
                .entry(&one.external.namespace)
                .or_default()
                .push(&one.external.name);
        }
        let mut seen = BTreeMap::new();
        let mut keep = |external: External| {
            seen.insert(
                (external.namespace.clone(), external.name.clone()),
                external,
            );
        };
        for (namespace, names) in by_namespace {
            if names.len() >= LISTED {
                let found = all(self.cluster, Some(namespace)).await?;
                found.into_iter().flatten().for_each(&mut keep);
                continue;
            }
            for name in names {
                let found = one(self.cluster, namespace, name).await?;
                found.into_iter().for_each(&mut keep);
            }
        }
        Ok(seen)
    }

    /// What events say. Who may not list them waits for conditions alone.
    async fn complaints(&self, pending: &[Pending]) -> Complaints {
        let mut complaints = Complaints::new();
        let namespaces: BTreeSet<&str> = pending
            .iter()
            .map(|one| one.external.namespace.as_str())
            .collect();
        for namespace in namespaces {
            let mut keep = |node: Node| {
                if let Some((name, time, text)) = complaint(&node) {
                    let known = complaints
                        .entry((namespace.to_owned(), name))
                        .or_insert_with(|| (time, text.clone()));
                    if known.0 < time {
                        *known = (time, text);
                    }
                }
            };
            let _ = self
                .cluster
                .list(&SYNC_EVENTS, Some(namespace), &mut keep)
                .await;
        }
        complaints
    }
}

/// What conditions say, and events where those say nothing new: a condition that is as it
/// was is not written again.
fn judged(asked: &Asked, now: &External, complaint: Option<String>) -> Step {
    match (step(asked, now), complaint) {
        (Step::Failed(_), Some(complaint)) => Step::Failed(complaint),
        (Step::Wait(_), Some(complaint))
            if now.ready.as_ref().is_some_and(|ready| !ready.is_true) =>
        {
            Step::Failed(complaint)
        }
        (step, _) => step,
    }
}

/// The ExternalSecret that an event complains of, when last, and how.
fn complaint(event: &Node) -> Option<(String, Timestamp, String)> {
    let object = event.get("involvedObject")?;
    if object.text_of("kind") != Some("ExternalSecret") {
        return None;
    }
    let time = ["lastTimestamp", "eventTime", "firstTimestamp"]
        .into_iter()
        .find_map(|field| event.text_of(field)?.parse().ok())?;
    Some((
        object.text_of("name")?.to_owned(),
        time,
        cut(event.text_of("message")?),
    ))
}
