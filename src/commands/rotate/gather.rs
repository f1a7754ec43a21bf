//! The Secrets that are to be changed, and their new values.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::cluster::{Cluster, ClusterError};
use crate::command_line::{CommandLine, Hint};
use crate::commands::input;
use crate::error::CommandError;
use crate::live::run::KeyChange;
use crate::live::successor;
use crate::output::rotation::{Changed, DERIVED};
use crate::ownership;
use crate::rotation::record::{self, Move, PREVIOUS, Record, RunId, Strategy, Subject};
use crate::secret::derived::{Derived, Role, derive, holds};
use crate::secret::inspection::{AsVariable, as_variable};
use crate::secret::key::check_object_name;
use crate::secret::redactor::Redactor;
use crate::secret::source::file::Reading;
use crate::secret::stored::StoredSecret;
use crate::secret::tls::{self, Expiry, Pair};
use crate::secret::{KeyName, SecretValue};
use crate::ui::{Questions, Ui};
use crate::values::gather::Collection;
use crate::workload::credential::is_credential_name;
use crate::workload::near::near;

use super::arguments::{RotateArgs, StrategyWord, ValueArgs};
use super::levels;
use super::run::Draft;
use super::subjects::Subjects;
use super::trust;

/// A Secret, and the keys that are to get other values.
pub(super) struct Found {
    stored: StoredSecret,
    /// Each with where its value comes from.
    changes: Vec<(KeyChange, String)>,
    unchanged: Vec<KeyName>,
    /// The Secret that takes its place.
    successor: Option<String>,
    /// Of the keys, those that follow another one.
    derived: Vec<KeyName>,
    /// Of the keys, the one with the user's name, where two take turns.
    user_key: Option<KeyName>,
}

/// Reads the Secrets and their new values; nothing is asked of anybody before it is
/// known that the Secrets can be changed.
///
/// # Errors
/// Status 2 for what cannot be changed, 3 for what may not be read.
pub(super) async fn gather(
    args: &RotateArgs,
    subjects: &Subjects,
    id: &RunId,
    cluster: &Cluster,
    ui: &Ui,
) -> Result<(Vec<Found>, Redactor), CommandError> {
    let protected = args.connection.named_files();
    let mut collection = Collection::new(ui, Reading::Plain, protected);
    collection.read(&args.sources)?;
    let mut stored = Vec::new();
    for (name, keys) in subjects {
        let secret = read(cluster, name).await?;
        changeable(&secret, keys)?;
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
    if let Some(step) = args.value.trust_step {
        trust::limit(&mut collection.entries, &stored, step)?;
    }
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
    let mut found = found;
    for secret in &mut found {
        let follows = &args.other_side.leave;
        secret.take_turns(&args.value)?;
        secret.derive(follows, ui)?;
    }
    name_successors(&mut found, &args.value, id)?;
    for secret in &found {
        secret.check_pair(ui)?;
        let keys: Vec<_> = secret.keys().collect();
        trust::check(&keys, &args.value)?;
    }
    let new = found.iter().flat_map(|secret| &secret.changes);
    let redactor = redactor.and(new.filter_map(|(change, _)| change.new.as_ref()));
    Ok((found, redactor))
}

async fn read(cluster: &Cluster, name: &str) -> Result<StoredSecret, CommandError> {
    let namespace = cluster.namespace();
    let body = cluster.get_secret(namespace, name).await;
    let Some(body) = body.map_err(ClusterError::unmasked)? else {
        input::is_in_a_namespace(cluster).await?;
        let missing = format!("secret/{name} does not exist in {namespace}");
        return Err(CommandError::usage(missing).hint(Hint::run(
            "To create it",
            CommandLine::secretsafe("create")
                .name(name)
                .namespace(namespace),
        )));
    };
    StoredSecret::parse(&body).map_err(|error| {
        CommandError::unavailable(format!("the answer for secret/{name} is {error}"))
            .hint("Check that the address in the kubeconfig is a Kubernetes API server.")
    })
}

/// Refuses what another one writes, and what cannot change.
fn changeable(secret: &StoredSecret, keys: &BTreeSet<KeyName>) -> Result<(), CommandError> {
    let name = &secret.name;
    let redactor = Redactor::new(secret.data.values());
    if let Some(owner) = ownership::find(secret) {
        let error = CommandError::usage(format!(
            "secret/{name} is written by {}, which would revert the change; nothing was changed",
            redactor.whole_or_masked(&owner.who)
        ))
        .hint(redactor.whole_or_masked(&owner.instead));
        return Err(match ownership::level(secret) {
            Some(level) => {
                let level = level.named_by(|name| redactor.whole_or_masked(name) == name);
                error.hint(levels::way(&level, name, &secret.namespace, keys))
            }
            None => error,
        });
    }
    if secret.labels.contains_key(record::RUN_LABEL) {
        return Err(CommandError::usage(format!(
            "secret/{name} belongs to a run of rotate; nothing was changed"
        )));
    }
    Ok(())
}

/// Says which Secrets take the places of those that are immutable.
fn name_successors(found: &mut [Found], args: &ValueArgs, id: &RunId) -> Result<(), CommandError> {
    let mut immutable: Vec<_> = found
        .iter_mut()
        .filter(|secret| secret.changes() && secret.stored.immutable)
        .collect();
    match (&args.new_name, immutable.as_mut_slice()) {
        (None, _) => {}
        (Some(name), [lone]) if *name != lone.stored.name => {
            check_object_name(name)
                .map_err(|_| CommandError::usage("--new-name: not a name for a Secret"))?;
            lone.successor = Some(name.clone());
        }
        (Some(_), []) => {
            return Err(CommandError::usage(
                "--new-name: no Secret here is immutable, so the values change where they are; nothing was changed",
            ));
        }
        (Some(_), _) => {
            return Err(CommandError::usage(
                "--new-name: give another name than that of the Secret, and rotate one immutable Secret at a time; nothing was changed",
            ));
        }
    }
    for secret in immutable {
        let stored = &secret.stored;
        if args.strategy != StrategyWord::InPlace || args.stage {
            return Err(CommandError::usage(format!(
                "secret/{} is immutable, so another Secret takes its place: neither --strategy nor --stage fits that; nothing was changed",
                stored.name
            )));
        }
        let made_by = stored.annotations.get(successor::MADE_BY);
        let name = record::successor_of(&stored.name, made_by.map(String::as_str), id);
        secret.successor.get_or_insert(name);
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
        successor: None,
        derived: Vec::new(),
        user_key: None,
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

/// What another key has to be.
enum Followed {
    No,
    /// This, because of these keys.
    New(SecretValue, String),
    /// It holds the value of this key, and nobody knows what it has to be.
    Unsure(String),
}

impl Found {
    /// Has the other one of two users take its turn.
    fn take_turns(&mut self, args: &ValueArgs) -> Result<(), CommandError> {
        let users = match (args.strategy, &args.users) {
            (StrategyWord::Alternate, Some(users)) => users,
            (StrategyWord::Alternate, None) => {
                return Err(CommandError::usage(
                    "--strategy alternate needs the two users; nothing was changed",
                )
                .hint("Name them with --users KEY=USER,USER."));
            }
            (_, Some(_)) => {
                return Err(CommandError::usage(
                    "--users needs --strategy alternate; nothing was changed",
                ));
            }
            (_, None) => return Ok(()),
        };
        if self.changes.is_empty() {
            return Ok(());
        }
        has_key(&self.stored, &users.key)?;
        if self
            .changes
            .iter()
            .any(|(change, _)| change.key == users.key)
        {
            return Err(CommandError::usage(format!(
                "{} gets its value from --users; nothing was changed",
                users.key
            )));
        }
        let names = users
            .names
            .each_ref()
            .map(|name| SecretValue::from_bytes(name.clone().into_bytes()));
        let now = &self.stored.data[&users.key];
        let next = match names.iter().position(|name| name.same_as(now)) {
            Some(0) => &names[1],
            Some(_) => &names[0],
            None => {
                return Err(CommandError::usage(format!(
                    "{} in secret/{} names neither of the two users; nothing was changed",
                    users.key, self.stored.name
                )));
            }
        };
        let change = KeyChange {
            key: users.key.clone(),
            old: Some(now.duplicate()),
            new: Some(next.duplicate()),
        };
        self.changes
            .insert(0, (change, "the user whose turn it is".to_owned()));
        self.unchanged.retain(|key| *key != users.key);
        self.user_key = Some(users.key.clone());
        Ok(())
    }

    /// Has keys follow that hold a changed value in some form.
    ///
    /// # Errors
    /// Status 2 where it is not known how.
    fn derive(&mut self, leave: &[KeyName], ui: &Ui) -> Result<(), CommandError> {
        let mut derived = Vec::new();
        for (key, text) in &self.stored.data {
            let is_named = self.unchanged.contains(key)
                || self.changes.iter().any(|(change, _)| change.key == *key);
            if is_named {
                continue;
            }
            let (now, of) = match self.followed(key, text) {
                Followed::No => continue,
                Followed::New(value, of) => (value, of),
                Followed::Unsure(_) if leave.contains(key) => continue,
                Followed::Unsure(of) => {
                    return Err(CommandError::usage(format!(
                        "{key} in secret/{} holds the old value of {of} in a form that is not written safely; nothing was changed",
                        self.stored.name
                    ))
                    .hint(format!(
                        "Give its new value in the same run, for example with --file {key}=PATH, or leave it as it is with --leave {key}."
                    )));
                }
            };
            if leave.contains(key) {
                ui.warn(format!(
                    "{key} in secret/{} is left as it is and holds the old value of {of}",
                    self.stored.name
                ));
                continue;
            }
            let change = KeyChange {
                key: key.clone(),
                old: Some(text.duplicate()),
                new: Some(now),
            };
            derived.push((change, format!("{DERIVED}{of}")));
        }
        self.derived = derived
            .iter()
            .map(|(change, _)| change.key.clone())
            .collect();
        self.changes.extend(derived);
        Ok(())
    }

    /// What another key has to be, when the changed ones change. Each is looked for in what
    /// is stored, not in what another one has made of it.
    fn followed(&self, key: &KeyName, text: &SecretValue) -> Followed {
        let is_credential = is_credential_name(key.as_str());
        let derived = |of: &KeyChange, text: &SecretValue| {
            let role = match self.user_key.as_ref() == Some(&of.key) {
                true => Role::User,
                false => Role::Password,
            };
            match (&of.old, &of.new) {
                (Some(old), Some(new)) => derive(text, old, new, role, is_credential),
                _ => Derived::Unrelated,
            }
        };
        let mut found: Option<(SecretValue, &KeyChange)> = None;
        for (change, _) in &self.changes {
            if self.user_key.as_ref() == Some(&change.key) {
                continue;
            }
            match (derived(change, text), &found) {
                (Derived::Unrelated, _) => {}
                (Derived::New(value), None) => found = Some((value, change)),
                // Which of two values it means nobody knows.
                (Derived::New(_), Some(_)) | (Derived::Unsure, _) => {
                    return Followed::Unsure(change.key.to_string());
                }
            }
        }
        let user = self
            .changes
            .iter()
            .find(|(change, _)| self.user_key.as_ref() == Some(&change.key));
        let Some((user, _)) = user else {
            return match found {
                Some((value, of)) => Followed::New(value, of.key.to_string()),
                None => Followed::No,
            };
        };
        let base = found.as_ref().map_or(text, |(value, _)| value);
        let names_user = user.old.as_ref().is_some_and(|old| holds(text, old));
        match (derived(user, base), found) {
            (Derived::New(value), Some((_, of))) => {
                Followed::New(value, format!("{} and {}", user.key, of.key))
            }
            // A login has a user and a password, or it is none of both.
            (Derived::New(_) | Derived::Unsure, None) => Followed::Unsure(user.key.to_string()),
            (_, Some((_, of))) if names_user => Followed::Unsure(of.key.to_string()),
            (_, Some((value, of))) => Followed::New(value, of.key.to_string()),
            (Derived::Unrelated, None) => Followed::No,
        }
    }

    /// Whether any value is another one.
    pub fn changes(&self) -> bool {
        !self.changes.is_empty()
    }

    pub fn name(&self) -> &str {
        &self.stored.name
    }

    /// Where references to it go, if they do.
    pub fn moved(&self) -> Option<Move> {
        Some(Move {
            from: self.stored.name.clone(),
            to: self.successor.clone()?,
        })
    }

    /// The keys that get other values, each with its old one.
    pub fn old_values(&self) -> impl Iterator<Item = (&KeyName, &SecretValue)> {
        let changes = self.changes.iter();
        changes.filter_map(|(change, _)| Some((&change.key, change.old.as_ref()?)))
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
            successor: self.successor.clone(),
            copies: Vec::new(),
            mirrors: Vec::new(),
            exposure: Vec::new(),
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
        let mut record = Record::new(
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
        record.successor = secret.successor;
        record.derived = secret.derived.iter().map(ToString::to_string).collect();
        record.user_key = secret.user_key.map(|key| key.to_string());
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
