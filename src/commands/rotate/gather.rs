//! The Secrets that are to be changed, and their new values.

use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError};
use crate::command_line::{CommandLine, Hint};
use crate::error::CommandError;
use crate::live::run::KeyChange;
use crate::output::rotation::Changed;
use crate::ownership;
use crate::rotation::record::{self, PREVIOUS, Record, RunId, Strategy, Subject};
use crate::secret::inspection::{AsVariable, as_variable};
use crate::secret::redactor::Redactor;
use crate::secret::source::file::Reading;
use crate::secret::stored::StoredSecret;
use crate::secret::tls::{self, Expiry, Pair};
use crate::secret::{KeyName, SecretValue};
use crate::ui::{Questions, Ui};
use crate::values::gather::Collection;
use crate::workload::near::near;

use super::arguments::RotateArgs;
use super::run::Draft;
use super::subjects::Subjects;

/// A Secret, and the keys that are to get other values.
pub(super) struct Found {
    stored: StoredSecret,
    /// Each with where its value comes from.
    changes: Vec<(KeyChange, String)>,
    unchanged: Vec<KeyName>,
}

/// Reads the Secrets and their new values; nothing is asked of anybody before it is
/// known that the Secrets can be changed.
///
/// # Errors
/// Status 2 for what cannot be changed, 3 for what may not be read.
pub(super) async fn gather(
    args: &RotateArgs,
    subjects: &Subjects,
    cluster: &Cluster,
    ui: &Ui,
) -> Result<(Vec<Found>, Redactor), CommandError> {
    let protected = args.connection.named_files();
    let mut collection = Collection::new(ui, Reading::Plain, protected);
    collection.read(&args.sources)?;
    let mut stored = Vec::new();
    for (name, keys) in subjects {
        let secret = read(cluster, name).await?;
        changeable(&secret)?;
        for key in keys {
            has_key(&secret, key)?;
        }
        stored.push(secret);
    }
    collection.ask(&args.sources)?;
    let named = subjects.values().flatten();
    for key in named {
        if collection.entries.contains_key(key) {
            continue;
        }
        if ui.questions() == Questions::Forbidden {
            return Err(CommandError::usage(format!(
                "nothing gives a new value for the key {key}; nothing was changed"
            ))
            .hint(format!(
                "Use --generate {key}, --stdin {key}, --file {key}=PATH or another source."
            )));
        }
        collection.prompt(key.clone())?;
    }
    collection.warn_about_values();
    // A program that was to write the value may have failed.
    if let Some((key, entry)) =
        (collection.entries.iter()).find(|(_, entry)| entry.value.is_empty())
    {
        return Err(CommandError::usage(format!(
            "the new value of {key} is empty (from {}); nothing was changed",
            entry.origin
        )));
    }
    let lone = subjects.len() == 1;
    for key in collection.entries.keys() {
        let named = subjects.values().any(|keys| keys.contains(key));
        let all = lone && subjects.values().all(std::collections::BTreeSet::is_empty);
        if !named && !all {
            return Err(CommandError::usage(format!(
                "a source gives the key {key}, and no Secret is named with it; nothing was changed"
            ))
            .hint("Name each key behind its Secret, or no key of a lone Secret."));
        }
        if all {
            has_key(&stored[0], key)?;
        }
    }
    if collection.entries.is_empty() {
        return Err(CommandError::usage(
            "no key is named, and no source of a value; nothing was changed",
        )
        .hint("Name the keys behind the Secret, or give sources such as --generate KEY."));
    }
    let redactor = Redactor::new(
        (collection.entries.values().map(|entry| &entry.value))
            .chain(stored.iter().flat_map(|secret| secret.data.values())),
    );
    let found = stored
        .into_iter()
        .map(|secret| found(secret, subjects, &collection))
        .collect::<Vec<_>>();
    for secret in &found {
        secret.check_pair(ui)?;
    }
    Ok((found, redactor))
}

async fn read(cluster: &Cluster, name: &str) -> Result<StoredSecret, CommandError> {
    let namespace = cluster.namespace();
    let body = cluster.get_secret(namespace, name).await;
    let body = body.map_err(ClusterError::unmasked)?.ok_or_else(|| {
        CommandError::usage(format!("secret/{name} does not exist in {namespace}")).hint(Hint::run(
            "To create it",
            CommandLine::secretsafe("create")
                .name(name)
                .namespace(namespace),
        ))
    })?;
    StoredSecret::parse(&body).map_err(|error| {
        CommandError::unavailable(format!("the answer for secret/{name} is {error}"))
            .hint("Check that the address in the kubeconfig is a Kubernetes API server.")
    })
}

/// Refuses what another one writes, and what cannot change.
fn changeable(secret: &StoredSecret) -> Result<(), CommandError> {
    let name = &secret.name;
    let redactor = Redactor::new(secret.data.values());
    if let Some(owner) = ownership::find(secret) {
        return Err(CommandError::usage(format!(
            "secret/{name} is written by {}, which would revert the change; nothing was changed",
            redactor.whole_or_masked(&owner.who)
        ))
        .hint(redactor.whole_or_masked(&owner.instead)));
    }
    if secret.labels.contains_key(record::RUN_LABEL) {
        return Err(CommandError::usage(format!(
            "secret/{name} belongs to a run of rotate; nothing was changed"
        )));
    }
    if secret.immutable {
        return Err(CommandError::usage(format!(
            "secret/{name} is immutable: its values can never change; nothing was changed"
        ))
        .hint("Create a Secret with a new name and change the references: nodes may go on serving the old values of a re-created one."));
    }
    Ok(())
}

fn has_key(secret: &StoredSecret, key: &KeyName) -> Result<(), CommandError> {
    if secret.data.contains_key(key) {
        return Ok(());
    }
    let name = &secret.name;
    let error = CommandError::usage(format!(
        "secret/{name} has no key {key}; nothing was changed"
    ));
    let near = near(key.as_str(), secret.data.keys().map(KeyName::as_str));
    Err(match near.is_empty() {
        false => error.hint(format!("Did you mean {}?", near.join(" or "))),
        true => error.hint(format!(
            "It has {}. A key is added with create --update.",
            crate::words::folded(secret.data.keys().map(KeyName::as_str))
        )),
    })
}

fn found(secret: StoredSecret, subjects: &Subjects, collection: &Collection<'_>) -> Found {
    let named = &subjects[&secret.name];
    let mut found = Found {
        changes: Vec::new(),
        unchanged: Vec::new(),
        stored: secret,
    };
    for (key, entry) in &collection.entries {
        if !named.is_empty() && !named.contains(key) {
            continue;
        }
        let old = found.stored.data.get(key);
        if old.is_some_and(|old| old.same_as(&entry.value)) {
            found.unchanged.push(key.clone());
            continue;
        }
        let change = KeyChange {
            key: key.clone(),
            old: old.map(SecretValue::duplicate),
            new: Some(entry.value.duplicate()),
        };
        found.changes.push((change, entry.origin.to_string()));
    }
    found
}

impl Found {
    /// Whether any value is another one.
    pub fn changes(&self) -> bool {
        !self.changes.is_empty()
    }

    pub fn name(&self) -> &str {
        &self.stored.name
    }

    /// The keys that get other values.
    pub fn keys(&self) -> impl Iterator<Item = &KeyName> {
        self.changes.iter().map(|(change, _)| &change.key)
    }

    /// For the plan.
    pub fn shown(&self) -> Changed {
        Changed {
            name: self.stored.name.clone(),
            keys: (self.changes.iter())
                .map(|(change, origin)| (change.key.to_string(), origin.clone()))
                .collect(),
            unchanged: self.unchanged.iter().map(ToString::to_string).collect(),
            run_secret: record::name_of(&self.stored.name),
        }
    }

    /// Refuses a new value that cannot become a variable.
    ///
    /// # Errors
    /// Status 2, naming the key.
    pub fn check_variables(
        &self,
        minor: Option<u32>,
        is_variable: impl Fn(&str) -> bool,
    ) -> Result<(), CommandError> {
        // Below these, kubelets do not start such a container (kubernetes#139132).
        const FIXED: u32 = 37;
        for (change, _) in &self.changes {
            let Some(value) = change
                .new
                .as_ref()
                .filter(|_| is_variable(change.key.as_str()))
            else {
                continue;
            };
            let why = match as_variable(value) {
                AsVariable::HasNul => "has a NUL byte",
                AsVariable::NotUtf8 if minor.is_none_or(|minor| minor < FIXED) => {
                    "is not UTF-8, which kubelets before Kubernetes 1.37 may refuse"
                }
                _ => continue,
            };
            return Err(CommandError::usage(format!(
                "the new value of {} in secret/{} {why}, and containers take it as a variable: they would not start; nothing was changed",
                change.key, self.stored.name
            ))
            .hint("Mount the key as a file first (migrate), or use another value."));
        }
        Ok(())
    }

    /// A certificate has to fit its key, as `create tls` has it.
    fn check_pair(&self, ui: &Ui) -> Result<(), CommandError> {
        const TLS: &str = "kubernetes.io/tls";
        let value = |name: &str| {
            let new = self
                .changes
                .iter()
                .find(|(change, _)| change.key.as_str() == name);
            let new = new.and_then(|(change, _)| change.new.as_ref());
            let kept = || {
                let key = KeyName::new(name).ok()?;
                self.stored.data.get(&key)
            };
            new.or_else(kept)
        };
        let touched = (self.changes.iter())
            .any(|(change, _)| matches!(change.key.as_str(), "tls.crt" | "tls.key" | "ca.crt"));
        let (Some(certificate), Some(key)) = (value("tls.crt"), value("tls.key")) else {
            return Ok(());
        };
        if self.stored.secret_type != TLS || !touched {
            return Ok(());
        }
        let pair = Pair {
            certificate,
            key,
            ca: value("ca.crt"),
        };
        for warning in tls::check(&pair, Timestamp::now(), Expiry::Refuse)? {
            ui.warn(format!("secret/{}: {warning}", self.stored.name));
        }
        Ok(())
    }
}

/// The records of a new run, without its restarts.
pub(super) fn drafts(
    found: Vec<Found>,
    run: &RunId,
    strategy: Strategy,
    now: Timestamp,
) -> Result<Vec<Draft>, CommandError> {
    let mut secrets: Vec<_> = found
        .iter()
        .map(|secret| secret.stored.name.clone())
        .collect();
    secrets.sort();
    let mut drafts = Vec::new();
    for secret in found {
        let mut changes: Vec<_> = secret
            .changes
            .into_iter()
            .map(|(change, _)| change)
            .collect();
        if strategy == Strategy::Overlap {
            let previous = (changes.iter())
                .map(|change| previous(change, &secret.stored))
                .collect::<Result<Vec<_>, _>>()?;
            changes.extend(previous);
        }
        let record = Record::new(
            run.clone(),
            Subject {
                name: secret.stored.name.clone(),
                uid: secret.stored.uid.clone(),
            },
            changes
                .iter()
                .map(|change| change.key.to_string())
                .collect(),
            secrets.clone(),
            now,
            strategy,
        );
        drafts.push(Draft { record, changes });
    }
    drafts.sort_by(|one, other| one.record.secret.name.cmp(&other.record.secret.name));
    Ok(drafts)
}

/// The key that keeps the old value meanwhile.
fn previous(change: &KeyChange, stored: &StoredSecret) -> Result<KeyChange, CommandError> {
    let name = format!("{}{PREVIOUS}", change.key);
    let key = KeyName::new(&name)
        .map_err(|_| CommandError::usage(format!("{name} is too long for a key")))?;
    if stored.data.contains_key(&key) {
        return Err(CommandError::usage(format!(
            "secret/{} has a key {key} already; nothing was changed",
            stored.name
        ))
        .hint("Remove it, or rotate without --strategy overlap."));
    }
    Ok(KeyChange {
        key,
        old: None,
        new: change.old.as_ref().map(SecretValue::duplicate),
    })
}
