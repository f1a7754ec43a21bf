//! The Secret that takes the place of an immutable one: the same keys, type, labels
//! and annotations under another name, with the new values of the run.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError, Ownership, ServerDryRun, WriteOptions, WriteOutcome};
use crate::rotation::record::Record;
use crate::secret::draft::{Mutability, SecretDraft};
use crate::secret::source::{Entry, Origin};
use crate::secret::stored::StoredSecret;
use crate::secret::{KeyName, SecretValue, wire};

use super::run::{Has, KeyChange, NotWritten, again, manager_of};
use super::target::{ATTEMPTS, PAUSE};

/// On a successor: the run that made it.
pub const MADE_BY: &str = "secretsafe.dev/made-by-run";
/// On an immutable Secret that is not used any more: what took its place.
pub const REPLACED_BY: &str = "secretsafe.dev/replaced-by";

/// The Secret that is replaced, and the one that replaces it, if it is there.
struct Pair {
    old: StoredSecret,
    new: Option<StoredSecret>,
}

async fn read(
    cluster: &Cluster,
    namespace: &str,
    record: &Record,
    successor: &str,
) -> Result<Pair, NotWritten> {
    let body = again(async || cluster.get_secret(namespace, &record.secret.name).await);
    let old = body.await?.ok_or(NotWritten::Gone)?;
    let old = StoredSecret::parse(&old).map_err(|_| NotWritten::Gone)?;
    if old.uid != record.secret.uid {
        return Err(NotWritten::Gone);
    }
    let body = again(async || cluster.get_secret(namespace, successor).await);
    let new = body.await?;
    let new = new.and_then(|body| StoredSecret::parse(&body).ok());
    Ok(Pair { old, new })
}

/// Refuses a Secret that is not the successor that a run makes.
fn check(
    pair: &Pair,
    new: &StoredSecret,
    record: &Record,
    changes: &[KeyChange],
) -> Result<(), NotWritten> {
    let made_by = new.annotations.get(MADE_BY).map(String::as_str);
    if made_by != Some(record.run.as_str()) || !new.immutable {
        return Err(NotWritten::Exists(new.name.clone()));
    }
    let wanted = values(&pair.old, changes);
    if let Some(other) = new.data.keys().find(|key| !wanted.contains_key(*key)) {
        return Err(NotWritten::Foreign(other.clone()));
    }
    let differs = |key: &KeyName, value: &SecretValue| {
        !new.data.get(key).is_some_and(|now| now.same_as(value))
    };
    match wanted.iter().find(|(key, value)| differs(key, value)) {
        None => Ok(()),
        Some((key, _)) => Err(NotWritten::Foreign((*key).clone())),
    }
}

fn values<'v>(
    old: &'v StoredSecret,
    changes: &'v [KeyChange],
) -> BTreeMap<&'v KeyName, &'v SecretValue> {
    let mut all: BTreeMap<_, _> = old.data.iter().collect();
    let changed = changes.iter();
    all.extend(changed.filter_map(|change| Some((&change.key, change.new.as_ref()?))));
    all
}

/// All values of a Secret, with the new ones of a run, as another Secret is made of them.
pub(super) fn entries(old: &StoredSecret, changes: &[KeyChange]) -> BTreeMap<KeyName, Entry> {
    let entry = |(key, value): (&KeyName, &SecretValue)| {
        let entry = Entry {
            key: key.clone(),
            value: value.duplicate(),
            origin: Origin::Generated,
        };
        (key.clone(), entry)
    };
    values(old, changes).into_iter().map(entry).collect()
}

fn draft(pair: &Pair, name: &str, record: &Record, changes: &[KeyChange]) -> SecretDraft {
    let mut annotations = pair.old.annotations.clone();
    annotations.remove(REPLACED_BY);
    annotations.insert(MADE_BY.to_owned(), record.run.as_str().to_owned());
    SecretDraft {
        name: name.to_owned(),
        secret_type: Some(pair.old.secret_type.clone()),
        labels: pair.old.labels.clone(),
        annotations,
        mutability: Mutability::Immutable,
        entries: entries(&pair.old, changes),
    }
}

fn created(secret: &StoredSecret) -> Timestamp {
    let time = secret.creation_timestamp.as_deref();
    time.and_then(|time| time.parse().ok())
        .unwrap_or_else(Timestamp::now)
}

/// Whether the successor is there, and since when.
///
/// # Errors
/// [`NotWritten::Exists`] when another Secret has its name.
pub(super) async fn probe(
    cluster: &Cluster,
    namespace: &str,
    record: &Record,
    successor: &str,
    changes: &[KeyChange],
) -> Result<(Has, Timestamp), NotWritten> {
    let pair = read(cluster, namespace, record, successor).await?;
    match &pair.new {
        None => Ok((Has::Old, created(&pair.old))),
        Some(new) => {
            check(&pair, new, record, changes)?;
            Ok((Has::New, created(new)))
        }
    }
}

/// Makes the successor, unless it is there.
///
/// # Errors
/// [`NotWritten`].
pub(super) async fn make(
    cluster: &Cluster,
    namespace: &str,
    record: &Record,
    successor: &str,
    changes: &[KeyChange],
    dry_run: ServerDryRun,
) -> Result<Timestamp, NotWritten> {
    let options = WriteOptions {
        field_manager: manager_of(&record.keys),
        ownership: Ownership::Respect,
        dry_run,
    };
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        let pair = read(cluster, namespace, record, successor).await?;
        if let Some(new) = &pair.new {
            check(&pair, new, record, changes)?;
            return Ok(created(new));
        }
        let body = wire::body_to_create(&draft(&pair, successor, record, changes));
        let written = cluster
            .apply_secret(namespace, successor, body, &options)
            .await;
        match written {
            Ok(_) if dry_run == ServerDryRun::Yes => return Ok(Timestamp::now()),
            // Looked at once more: admission may have made something else of it.
            Ok(_) => {}
            Err(error)
                if matches!(error, ClusterError::Conflict { .. })
                    || error.outcome() == WriteOutcome::Unknown =>
            {
                failed = Some(error);
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(failed.map_or(NotWritten::Gone, NotWritten::Cluster))
}

/// Removes the successor again, if the run has made it.
///
/// # Errors
/// What the server says.
pub async fn unmake(
    cluster: &Cluster,
    namespace: &str,
    record: &Record,
) -> Result<(), ClusterError> {
    let Some(name) = &record.successor else {
        return Ok(());
    };
    let of_the_run = |secret: &StoredSecret| {
        secret.annotations.get(MADE_BY).map(String::as_str) == Some(record.run.as_str())
    };
    remove(cluster, namespace, name, of_the_run).await
}

/// Removes a Secret if it still is the one that is meant.
///
/// # Errors
/// What the server says.
pub async fn remove(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    is_meant: impl Fn(&StoredSecret) -> bool,
) -> Result<(), ClusterError> {
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        let body = again(async || cluster.get_secret(namespace, name).await).await?;
        let secret = body.and_then(|body| StoredSecret::parse(&body).ok());
        let Some(secret) = secret.filter(|secret| is_meant(secret)) else {
            return Ok(());
        };
        let (uid, version) = (&secret.uid, &secret.resource_version);
        let dry_run = ServerDryRun::No;
        let deleted = cluster.delete_secret(namespace, name, uid, version, dry_run);
        match deleted.await {
            Ok(_) => return Ok(()),
            Err(error)
                if matches!(error, ClusterError::Conflict { .. })
                    || error.outcome() == WriteOutcome::Unknown =>
            {
                failed = Some(error);
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Says of a Secret what has taken its place, so that it can be removed when nothing
/// names it any more.
///
/// # Errors
/// What the server says.
pub async fn retire(
    cluster: &Cluster,
    namespace: &str,
    record: &Record,
) -> Result<(), ClusterError> {
    let Some(successor) = &record.successor else {
        return Ok(());
    };
    let options = WriteOptions {
        field_manager: super::target::FIELD_MANAGER.to_owned(),
        ownership: Ownership::Take,
        dry_run: ServerDryRun::No,
    };
    let annotations = BTreeMap::from([(REPLACED_BY.to_owned(), successor.clone())]);
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        let name = &record.secret.name;
        let body = again(async || cluster.get_secret(namespace, name).await).await?;
        let old = body.and_then(|body| StoredSecret::parse(&body).ok());
        let Some(old) = old.filter(|old| old.uid == record.secret.uid) else {
            return Ok(());
        };
        if old.annotations.get(REPLACED_BY) == Some(successor) {
            return Ok(());
        }
        let body = wire::patch_to_annotate(&old, &annotations);
        match cluster.patch_secret(namespace, name, body, &options).await {
            Ok(_) => return Ok(()),
            Err(error)
                if matches!(
                    error,
                    ClusterError::Invalid { .. } | ClusterError::Conflict { .. }
                ) || error.outcome() == WriteOutcome::Unknown =>
            {
                failed = Some(error);
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
    failed.map_or(Ok(()), Err)
}
