//! The Secret of a run: it holds the old and the new values before anything else is
//! changed, says how far the run is, and keeps others from changing the same Secret
//! at the same time. And the one write of new values, and of old ones.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError, Ownership, ServerDryRun, WriteOptions, WriteOutcome};
use crate::rotation::record::{
    self, Foreign, OWNER_LABEL, PREVIOUS, RECORD, RUN_LABEL, Record, Strategy,
};
use crate::rotation::state::{RunState, STATE};
use crate::secret::draft::{Mutability, SecretDraft};
use crate::secret::source::{Entry, Origin};
use crate::secret::stored::StoredSecret;
use crate::secret::{KeyName, SecretValue, wire};

use super::successor;
use super::target::{ATTEMPTS, FIELD_MANAGER, PAUSE};

/// The name in `managedFields` under which a run tells how far it is: not the one
/// that writes values, so that the time of those does not move.
const STATE_MANAGER: &str = "kubectl-secretsafe-run";

/// One key, and what it held and is to hold. `None` where there was, or will be,
/// no such key.
pub struct KeyChange {
    pub key: KeyName,
    pub old: Option<SecretValue>,
    pub new: Option<SecretValue>,
}

/// The Secret of a run, as the cluster has it.
pub struct RunSecret {
    stored: StoredSecret,
    pub record: Record,
    pub state: RunState,
    pub changes: Vec<KeyChange>,
}

/// Why the Secret of a run cannot be used.
pub enum RunError {
    Cluster(ClusterError),
    /// It is there already: another run.
    Taken,
    /// It is not what was stored: its values, or somebody else's annotation.
    Foreign(String),
}

impl From<ClusterError> for RunError {
    fn from(error: ClusterError) -> Self {
        Self::Cluster(error)
    }
}

impl From<Foreign> for RunError {
    fn from(foreign: Foreign) -> Self {
        Self::Foreign(foreign.to_string())
    }
}

impl RunSecret {
    /// Reads the Secret of the run that changes a Secret; `None` where there is none.
    ///
    /// # Errors
    /// [`RunError`]; what is there is believed only as far as a run can have written
    /// it.
    pub async fn read(
        cluster: &Cluster,
        namespace: &str,
        secret: &str,
    ) -> Result<Option<Self>, RunError> {
        Self::read_named(cluster, namespace, &record::name_of(secret)).await
    }

    /// The same by the name of the run's own Secret.
    ///
    /// # Errors
    /// [`RunError`].
    pub async fn read_named(
        cluster: &Cluster,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Self>, RunError> {
        let read = again(async || cluster.get_secret(namespace, name).await);
        match read.await? {
            Some(body) => Self::parse(&body).map(Some),
            None => Ok(None),
        }
    }

    fn parse(body: &SecretValue) -> Result<Self, RunError> {
        let foreign = |what: &str| RunError::Foreign(what.to_owned());
        let mut stored =
            StoredSecret::parse(body).map_err(|error| RunError::Foreign(error.to_string()))?;
        let annotation = |name: &str| stored.annotations.get(name).map(String::as_str);
        let record = Record::read(annotation(RECORD).unwrap_or_default(), &stored.name)?;
        let state = annotation(STATE).and_then(RunState::read);
        let state = state.ok_or_else(|| foreign("its annotation of the state is unreadable"))?;
        if stored.labels.get(RUN_LABEL).map(String::as_str) != Some(record.run.as_str()) {
            return Err(foreign("its label is of another run"));
        }
        if !stored.immutable {
            return Err(foreign("it is not immutable"));
        }
        let mut changes = Vec::new();
        for (index, key) in record.keys.iter().enumerate() {
            let (old, new) = record::slots(index);
            let change = KeyChange {
                key: KeyName::new(key).map_err(|_| foreign("a key is illegal"))?,
                old: stored.data.remove(&old),
                new: stored.data.remove(&new),
            };
            changes.push(change);
        }
        if !changes
            .iter()
            .all(|change| is_whole(change, &changes, record.strategy))
        {
            return Err(foreign("a value is missing"));
        }
        if !stored.data.is_empty() {
            return Err(foreign("it has more values than its record"));
        }
        Ok(Self {
            stored,
            record,
            state,
            changes,
        })
    }

    /// The Secret as it will be stored.
    fn draft(record: &Record, state: &RunState, changes: &[KeyChange]) -> SecretDraft {
        let mut entries = BTreeMap::new();
        let mut add = |key: KeyName, value: Option<&SecretValue>| {
            if let Some(value) = value {
                let entry = Entry {
                    key: key.clone(),
                    value: value.duplicate(),
                    origin: Origin::Generated,
                };
                entries.insert(key, entry);
            }
        };
        for (index, change) in changes.iter().enumerate() {
            let (old, new) = record::slots(index);
            add(old, change.old.as_ref());
            add(new, change.new.as_ref());
        }
        let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        SecretDraft {
            name: record::name_of(&record.secret.name),
            secret_type: None,
            labels: BTreeMap::from([
                text(OWNER_LABEL.0, OWNER_LABEL.1),
                text(RUN_LABEL, record.run.as_str()),
            ]),
            annotations: BTreeMap::from([
                text(RECORD, &record.write()),
                text(STATE, &state.write()),
            ]),
            mutability: Mutability::Immutable,
            entries,
        }
    }

    /// Stores both values, or has the server say whether it would. `None` after a
    /// dry run.
    ///
    /// # Errors
    /// [`RunError`]: nothing else has been changed.
    pub async fn create(
        cluster: &Cluster,
        namespace: &str,
        record: &Record,
        state: &RunState,
        changes: &[KeyChange],
        dry_run: ServerDryRun,
    ) -> Result<Option<Self>, RunError> {
        let draft = Self::draft(record, state, changes);
        let options = WriteOptions {
            field_manager: STATE_MANAGER.to_owned(),
            ownership: Ownership::Respect,
            dry_run,
        };
        let mut tries = 0..ATTEMPTS;
        let body = loop {
            let body = wire::body_to_create(&draft);
            let written = cluster
                .apply_secret(namespace, &draft.name, body, &options)
                .await;
            match written {
                Ok(_) if dry_run == ServerDryRun::Yes => return Ok(None),
                Ok(written) => break written.body,
                Err(ClusterError::Conflict { .. }) if tries.start == 0 => {
                    return Err(RunError::Taken);
                }
                Err(error)
                    if matches!(error, ClusterError::Conflict { .. })
                        || error.outcome() == WriteOutcome::Unknown =>
                {
                    if tries.next().is_none() {
                        return Err(error.into());
                    }
                    tokio::time::sleep(PAUSE).await;
                    let there = async || cluster.get_secret(namespace, &draft.name).await;
                    // Whose it is, its record tells.
                    if let Some(body) = again(there).await? {
                        break body;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        };
        let stored = Self::parse(&body)?;
        if stored.record.run != record.run {
            return Err(RunError::Taken);
        }
        let same = |one: &Option<SecretValue>, other: &Option<SecretValue>| match (one, other) {
            (Some(one), Some(other)) => one.same_as(other),
            (None, None) => true,
            _ => false,
        };
        let whole = stored.changes.len() == changes.len()
            && (stored.changes.iter().zip(changes)).all(|(stored, given)| {
                same(&stored.old, &given.old) && same(&stored.new, &given.new)
            });
        match whole {
            true => Ok(Some(stored)),
            false => Err(RunError::Foreign(
                "the stored values are not those that were sent".to_owned(),
            )),
        }
    }

    /// Says how far the run is.
    ///
    /// # Errors
    /// What the server says; [`RunError::Foreign`] when another run has it now.
    pub async fn tell(
        &mut self,
        cluster: &Cluster,
        namespace: &str,
        state: RunState,
    ) -> Result<(), RunError> {
        let annotations = BTreeMap::from([(STATE.to_owned(), state.write())]);
        let options = WriteOptions {
            field_manager: STATE_MANAGER.to_owned(),
            ownership: Ownership::Take,
            dry_run: ServerDryRun::No,
        };
        let mut failed = None;
        for _ in 0..ATTEMPTS {
            let body = wire::patch_to_annotate(&self.stored, &annotations);
            let written = cluster
                .patch_secret(namespace, &self.stored.name, body, &options)
                .await;
            let body = match written {
                Ok(written) => Some(written.body),
                Err(error @ (ClusterError::Invalid { .. } | ClusterError::Conflict { .. })) => {
                    failed = Some(error);
                    cluster.get_secret(namespace, &self.stored.name).await?
                }
                Err(error) if error.outcome() == WriteOutcome::Unknown => {
                    failed = Some(error);
                    tokio::time::sleep(PAUSE).await;
                    match cluster.get_secret(namespace, &self.stored.name).await {
                        Ok(body) => body,
                        Err(error) if error.outcome() == WriteOutcome::Unknown => continue,
                        Err(error) => return Err(error.into()),
                    }
                }
                Err(error) => return Err(error.into()),
            };
            let gone = || RunError::Foreign("the run's Secret is gone".to_owned());
            let now = Self::parse(&body.ok_or_else(gone)?)?;
            if now.record.run != self.record.run || now.stored.uid != self.stored.uid {
                return Err(RunError::Foreign(
                    "another run has taken its place".to_owned(),
                ));
            }
            let done = now.state == state;
            if now.state != self.state && !done {
                return Err(RunError::Foreign(
                    "another process is continuing the run".to_owned(),
                ));
            }
            *self = now;
            if done {
                return Ok(());
            }
        }
        Err(failed.map_or_else(
            || RunError::Foreign("it keeps changing".to_owned()),
            RunError::Cluster,
        ))
    }

    /// Deletes it: its values are needed no more.
    ///
    /// # Errors
    /// What the server says.
    pub async fn remove(&mut self, cluster: &Cluster, namespace: &str) -> Result<(), RunError> {
        let mut failed = None;
        for _ in 0..ATTEMPTS {
            let StoredSecret {
                name,
                uid,
                resource_version,
                ..
            } = &self.stored;
            let deleted = cluster
                .delete_secret(namespace, name, uid, resource_version, ServerDryRun::No)
                .await;
            match deleted {
                Ok(_) => return Ok(()),
                Err(error @ ClusterError::Conflict { .. }) => failed = Some(error),
                Err(error) if error.outcome() == WriteOutcome::Unknown => {
                    failed = Some(error);
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error.into()),
            }
            let now = again(async || cluster.get_secret(namespace, &self.stored.name).await);
            let Some(now) = now.await? else {
                return Ok(());
            };
            let now = Self::parse(&now)?;
            if now.stored.uid != self.stored.uid {
                return Ok(());
            }
            *self = now;
        }
        Err(failed.map_or_else(
            || RunError::Foreign("it keeps changing".to_owned()),
            RunError::Cluster,
        ))
    }

    /// When the run last told of itself, by the server's clock.
    pub fn told_at(&self) -> Option<Timestamp> {
        let own = |manager: &&crate::secret::stored::Manager| manager.name == STATE_MANAGER;
        (self.stored.managers.iter())
            .filter(own)
            .filter_map(|manager| manager.time.as_deref()?.parse().ok())
            .max()
    }

    /// The name of the object.
    pub fn name(&self) -> &str {
        &self.stored.name
    }
}

/// Whether a run can have stored a change: it knows the value before and the one
/// after. Only the key that keeps an old value meanwhile was not there, and holds
/// just that. So whoever does not know the present value can have nothing written.
fn is_whole(change: &KeyChange, all: &[KeyChange], strategy: Strategy) -> bool {
    match (&change.old, &change.new) {
        (Some(_), Some(_)) => true,
        (None, Some(kept)) => {
            let base = change.key.as_str().strip_suffix(PREVIOUS);
            let base = all.iter().find(|one| Some(one.key.as_str()) == base);
            let old = base.and_then(|base| base.old.as_ref());
            strategy == Strategy::Overlap && old.is_some_and(|old| old.same_as(kept))
        }
        _ => false,
    }
}

/// Which values of a run a Secret has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    Old,
    New,
    /// Somebody else has written another value of this key since.
    Another(usize),
}

/// Looks which values of a run a Secret has. A key that keeps an old value meanwhile
/// may be there or not.
pub fn which(stored: &StoredSecret, changes: &[KeyChange]) -> Has {
    let is = |wanted: &Option<SecretValue>, key: &KeyName| match (wanted, stored.data.get(key)) {
        (Some(wanted), Some(now)) => wanted.same_as(now),
        (None, None) => true,
        _ => false,
    };
    let fits = |change: &KeyChange, wanted: &Option<SecretValue>| match change.old {
        None => !stored.data.contains_key(&change.key) || is(&change.new, &change.key),
        Some(_) => is(wanted, &change.key),
    };
    if changes.iter().all(|change| fits(change, &change.new)) {
        return Has::New;
    }
    match changes.iter().position(|change| !fits(change, &change.old)) {
        None => Has::Old,
        Some(other) => Has::Another(other),
    }
}

/// Whether the keys that keep old values are there on the way forward, and not on the
/// way back.
fn extras_fit(stored: &StoredSecret, changes: &[KeyChange], direction: Direction) -> bool {
    let extras = changes.iter().filter(|change| change.old.is_none());
    extras
        .into_iter()
        .all(|change| stored.data.contains_key(&change.key) == (direction == Direction::Forward))
}

/// Looks which values of a run its Secret has, and when they were written.
///
/// # Errors
/// [`NotWritten`].
pub async fn probe(
    cluster: &Cluster,
    namespace: &str,
    record: &Record,
    changes: &[KeyChange],
) -> Result<(Has, Timestamp), NotWritten> {
    if let Some(name) = &record.successor {
        return successor::probe(cluster, namespace, record, name, changes).await;
    }
    let read = again(async || cluster.get_secret(namespace, &record.secret.name).await);
    let body = read.await?.ok_or(NotWritten::Gone)?;
    let stored = StoredSecret::parse(&body).map_err(|_| NotWritten::Gone)?;
    if stored.uid != record.secret.uid {
        return Err(NotWritten::Gone);
    }
    Ok((which(&stored, changes), written_at(&stored, changes)))
}

/// Which way values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Back,
}

/// Why values were not written.
pub enum NotWritten {
    Cluster(ClusterError),
    /// The Secret is gone, or another one has its name.
    Gone,
    /// Somebody else has written this key since the run began.
    Foreign(KeyName),
    /// There is another Secret of the name that the run wants to give.
    Exists(String),
}

impl From<ClusterError> for NotWritten {
    fn from(error: ClusterError) -> Self {
        Self::Cluster(error)
    }
}

/// Writes the new values of a run, or the old ones back: only over the other ones of
/// the run, and only in this Secret. Tells when, by the server's clock.
///
/// # Errors
/// [`NotWritten`].
pub async fn write(
    cluster: &Cluster,
    namespace: &str,
    record: &Record,
    changes: &[KeyChange],
    direction: Direction,
    dry_run: ServerDryRun,
) -> Result<Timestamp, NotWritten> {
    match (&record.successor, direction) {
        (Some(name), Direction::Forward) => {
            return successor::make(cluster, namespace, record, name, changes, dry_run).await;
        }
        // It is not changed: what names the other one goes back to it.
        (Some(_), Direction::Back) => return Ok(Timestamp::now()),
        (None, _) => {}
    }
    let (wanted, from) = match direction {
        Direction::Forward => (Has::New, Has::Old),
        Direction::Back => (Has::Old, Has::New),
    };
    let options = WriteOptions {
        field_manager: manager_of(&record.keys),
        ownership: Ownership::Take,
        dry_run,
    };
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        let read = again(async || cluster.get_secret(namespace, &record.secret.name).await);
        let body = read.await?.ok_or(NotWritten::Gone)?;
        let stored = StoredSecret::parse(&body).map_err(|_| NotWritten::Gone)?;
        if stored.uid != record.secret.uid {
            return Err(NotWritten::Gone);
        }
        match which(&stored, changes) {
            has if has == wanted && extras_fit(&stored, changes, direction) => {
                return Ok(written_at(&stored, changes));
            }
            has if has == from || has == wanted => {}
            Has::Another(index) => return Err(NotWritten::Foreign(changes[index].key.clone())),
            Has::Old | Has::New => {}
        }
        let values = changes.iter().map(|change| {
            let value = match direction {
                Direction::Forward => change.new.as_ref(),
                Direction::Back => change.old.as_ref(),
            };
            (&change.key, value)
        });
        let present = |(key, value): &(&KeyName, Option<&SecretValue>)| {
            value.is_some() || stored.data.contains_key(*key)
        };
        let body = wire::patch_to_set(&stored, values.filter(present));
        let written = cluster
            .patch_secret(namespace, &record.secret.name, body, &options)
            .await;
        match written {
            Ok(written) => {
                let now = StoredSecret::parse(&written.body).map_err(|_| NotWritten::Gone)?;
                if which(&now, changes) == wanted {
                    return Ok(written_at(&now, changes));
                }
                // Admission has made something else of it: looked at once more.
                if let Has::Another(index) = which(&now, changes) {
                    return Err(NotWritten::Foreign(changes[index].key.clone()));
                }
            }
            // Another writer was faster, or it is no longer that version.
            Err(error @ (ClusterError::Invalid { .. } | ClusterError::Conflict { .. })) => {
                if failed.is_some() {
                    return Err(error.into());
                }
                failed = Some(error);
            }
            Err(error) if error.outcome() == WriteOutcome::Unknown => {
                failed = Some(error);
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(failed.map_or(NotWritten::Gone, NotWritten::Cluster))
}

/// The name under which keys are written. `managedFields` has one time for each name,
/// so that these keys have one of their own: a later write of another key does not
/// move it, and nobody is restarted for that.
pub(super) fn manager_of(keys: &[String]) -> String {
    let mut sorted: Vec<_> = keys.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    // Of names, which a key's own characters cannot join.
    let digest = digest(&SHA256, sorted.join(" ").as_bytes());
    let digest = digest.as_ref().iter().take(5);
    let digest: String = digest.map(|byte| format!("{byte:02x}")).collect();
    format!("{FIELD_MANAGER}-rotate-{digest}")
}

/// When the keys were last written, by the server's clock; now where it does not say.
fn written_at(stored: &StoredSecret, changes: &[KeyChange]) -> Timestamp {
    let owns = |keys: &std::collections::BTreeSet<String>| {
        changes
            .iter()
            .any(|change| keys.contains(change.key.as_str()))
    };
    (stored.managers.iter())
        .filter(|manager| owns(&manager.fields.keys))
        .filter_map(|manager| manager.time.as_deref()?.parse().ok())
        .max()
        .unwrap_or_else(Timestamp::now)
}

/// Asks again while the answer gets lost.
pub(super) async fn again<T>(
    ask: impl AsyncFn() -> Result<T, ClusterError>,
) -> Result<T, ClusterError> {
    let mut tries = 0..ATTEMPTS;
    loop {
        match ask().await {
            Err(error) if error.outcome() == WriteOutcome::Unknown && tries.next().is_some() => {
                tokio::time::sleep(PAUSE).await;
            }
            answer => return answer,
        }
    }
}
