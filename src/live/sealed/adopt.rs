//! Handing a Secret of a cluster over to a SealedSecret, without a moment in which it is
//! absent: the Secret is marked first, then the SealedSecret is created, and the
//! controller writes what it unseals into the Secret that is there. What it wrote is
//! compared byte for byte; otherwise all is taken back.

use std::time::{Duration, Instant};

use serde_json::Value;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::api::SEALED_SECRETS;
use crate::cluster::{
    Cluster, ClusterError, Dependents, Ownership, ServerDryRun, WriteOptions, WriteOutcome,
};
use crate::command_line::{CommandLine, Hint};
use crate::error::{CommandError, ExitStatus};
use crate::escape::escape_controls;
use crate::levels::sealed::{KIND, MANAGED};
use crate::manifest::Node;
use crate::secret::redactor::Redactor;
use crate::secret::stored::StoredSecret;
use crate::secret::{source::Entry, wire};
use crate::signals::Hold;
use crate::ui::Ui;

use super::super::secret;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// A controller tries again after it failed: this long a failure has to stay.
const STAYS: Duration = Duration::from_secs(4);
/// For what is taken back.
const PATIENCE_BACK: Duration = Duration::from_secs(60);
/// How often it is looked for what a lost answer was about.
const LOOKS: u32 = 5;
/// Bytes of a controller's message that are shown.
const MOST_WORDS: usize = 500;

/// A Secret that is to be handed over.
pub struct Adoption<'a> {
    pub cluster: &'a Cluster,
    pub before: &'a StoredSecret,
    pub redactor: &'a Redactor,
    /// The SealedSecret.
    pub document: &'a Value,
    pub manager: &'a str,
    pub patience: Duration,
}

impl Adoption<'_> {
    /// Lets the server try it.
    ///
    /// # Errors
    /// What it says.
    pub async fn try_out(&self) -> Result<(), CommandError> {
        self.mark(ServerDryRun::Yes)
            .await
            .map_err(|error| self.not_marked(error))?;
        self.create(ServerDryRun::Yes)
            .await
            .map(|_| ())
            .map_err(|error| self.told(error))
    }

    /// Does it.
    ///
    /// # Errors
    /// Status 4 when it failed and was taken back, 5 when some of it stays.
    pub async fn run(&self, ui: &Ui) -> Result<(), CommandError> {
        let unheld =
            |error| CommandError::unavailable(format!("signals cannot be handled: {error}"));
        let hold = Hold::of(&[SIGINT, SIGTERM, SIGHUP]).map_err(unheld)?;
        if let Err(error) = self.mark(ServerDryRun::No).await {
            let is_lost = error.outcome() == WriteOutcome::Unknown;
            let why = self.not_marked(error);
            return Err(match is_lost {
                // It may be stored all the same.
                true => self.back(&Created::No, &why, ui).await,
                false => why,
            });
        }
        let created = match self.create(ServerDryRun::No).await {
            Ok(made) => Created::of(&made),
            // It may be there all the same.
            Err(error) if error.outcome() == WriteOutcome::Unknown => match self.made().await {
                Created::No => return Err(self.back(&Created::No, &self.told(error), ui).await),
                Created::NotKnown => {
                    return Err(self.back(&Created::NotKnown, &self.told(error), ui).await);
                }
                made @ Created::Uid(_) => made,
            },
            Err(error) => return Err(self.back(&Created::No, &self.told(error), ui).await),
        };
        let progress = ui.progress();
        progress.step("waiting for the controller to unseal it");
        let synced = self.synced(&hold).await;
        drop(progress);
        let result = match synced {
            Ok(()) => self.compare().await,
            Err(why) => Err(why),
        };
        match result {
            Ok(()) => Ok(()),
            Err(why) => Err(self.back(&created, &why, ui).await),
        }
    }

    /// Allows the controller to write the Secret.
    async fn mark(&self, dry_run: ServerDryRun) -> Result<(), ClusterError> {
        let annotations = [(MANAGED.to_owned(), "true".to_owned())].into();
        let body = wire::patch_to_annotate(self.before, &annotations);
        self.patch(body, dry_run).await
    }

    fn not_marked(&self, error: ClusterError) -> CommandError {
        let changed = matches!(
            error,
            ClusterError::Invalid { .. } | ClusterError::Conflict { .. }
        );
        match changed {
            true => CommandError::usage(format!(
                "secret/{} was changed by somebody else since it was read; nothing was written",
                self.before.name
            ))
            .hint("Run the command again."),
            false => self.told(error),
        }
    }

    /// What a lost answer to the creation was about.
    async fn made(&self) -> Created {
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            match self.look().await {
                Ok(Some(found)) if self.is_ours(&found) => return Created::of(&found),
                Ok(_) => return Created::No,
                Err(_) => {}
            }
        }
        Created::NotKnown
    }

    async fn patch(
        &self,
        body: crate::secret::SecretValue,
        dry_run: ServerDryRun,
    ) -> Result<(), ClusterError> {
        let options = WriteOptions {
            field_manager: self.manager.to_owned(),
            ownership: Ownership::Respect,
            dry_run,
        };
        let (namespace, name) = (&self.before.namespace, &self.before.name);
        self.cluster
            .patch_secret(namespace, name, body, &options)
            .await
            .map(|_| ())
    }

    async fn create(&self, dry_run: ServerDryRun) -> Result<Node, ClusterError> {
        let namespace = &self.before.namespace;
        self.cluster
            .create_object(
                &SEALED_SECRETS,
                namespace,
                self.document,
                self.manager,
                dry_run,
            )
            .await
    }

    async fn look(&self) -> Result<Option<Node>, ClusterError> {
        self.cluster
            .get_object(&SEALED_SECRETS, &self.before.namespace, &self.before.name)
            .await
    }

    /// Whether a SealedSecret is the one that was to be created.
    fn is_ours(&self, found: &Node) -> bool {
        let own = self.document["spec"]["encryptedData"].as_object();
        let map = found.at(&["spec", "encryptedData"]);
        own.is_some_and(|own| {
            own.iter()
                .all(|(key, text)| map.and_then(|map| map.text_of(key)) == text.as_str())
        })
    }

    /// Waits until the controller says that it has unsealed what was created.
    async fn synced(&self, hold: &Hold) -> Result<(), CommandError> {
        let start = Instant::now();
        let mut failing: Option<Instant> = None;
        let mut said: Option<String> = None;
        loop {
            if hold.has_arrived() {
                return Err(CommandError::unavailable("the wait was interrupted"));
            }
            match self.look().await.map_err(|error| self.told(error))? {
                None => {
                    return Err(CommandError::unavailable(
                        "the SealedSecret was deleted by somebody else",
                    ));
                }
                Some(found) => match State::of(&found) {
                    State::Synced => return Ok(()),
                    State::Failed(why) => {
                        let since = *failing.get_or_insert_with(Instant::now);
                        if since.elapsed() >= STAYS {
                            return Err(CommandError::unavailable(format!(
                                "the controller does not unseal it: {why}"
                            )));
                        }
                        said = Some(why);
                    }
                    State::Waiting => failing = None,
                },
            }
            if start.elapsed() >= self.patience {
                let seconds = self.patience.as_secs();
                return Err(CommandError::unavailable(match said {
                    Some(why) => format!(
                        "the controller did not unseal it within {seconds} s, and said last: {why}"
                    ),
                    None => format!(
                        "the controller did not report on it within {seconds} s; is it running?"
                    ),
                }));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether the Secret is the one it was, and belongs to the SealedSecret now.
    async fn compare(&self) -> Result<(), CommandError> {
        let before = self.before;
        let after = secret::read(self.cluster, &before.namespace, &before.name)
            .await?
            .ok_or_else(|| CommandError::unavailable("the Secret is gone"))?;
        let mut differences = Vec::new();
        if after.uid != before.uid {
            differences.push("it was made anew".to_owned());
        }
        for key in before.data.keys().chain(after.data.keys()) {
            let same = match (before.data.get(key), after.data.get(key)) {
                (Some(one), Some(other)) => one.same_as(other),
                _ => false,
            };
            let words = format!("key {key} has other bytes");
            if !same && !differences.contains(&words) {
                differences.push(words);
            }
        }
        if after.secret_type != before.secret_type {
            differences.push("its type is another".to_owned());
        }
        let owned = after
            .controller
            .as_ref()
            .is_some_and(|owner| owner.kind == KIND && owner.name == before.name);
        if !owned {
            differences.push("the SealedSecret does not own it".to_owned());
        }
        match differences.is_empty() {
            true => Ok(()),
            false => Err(CommandError::unavailable(format!(
                "the Secret is not what it was: {}",
                differences.join(", ")
            ))),
        }
    }

    /// Takes back what was done, and says what came of that.
    async fn back(&self, created: &Created, why: &CommandError, ui: &Ui) -> CommandError {
        let name = &self.before.name;
        ui.note(format!("taking back: {}", why.message()));
        match self.undo(created).await {
            Ok(()) => CommandError::new(
                ExitStatus::RolledBack,
                format!(
                    "secret/{name} was not handed over, and is as it was: {}",
                    why.message()
                ),
            )
            .hints(why.next_steps().to_vec()),
            Err(error) => CommandError::partial(format!(
                "secret/{name} was not handed over ({}), and it could not be taken back: {}",
                why.message(),
                error.message()
            ))
            .hint(
                Hint::from("Look at both objects: `")
                    .command(
                        CommandLine::kubectl("get")
                            .name(&format!("secret/{name}"))
                            .name(&format!("sealedsecret/{name}"))
                            .namespace(&self.before.namespace),
                    )
                    .words("`. Deleting the SealedSecret deletes a Secret that it owns, unless it is deleted with --cascade=orphan."),
            ),
        }
    }

    async fn undo(&self, created: &Created) -> Result<(), CommandError> {
        let found;
        let created = match created {
            Created::NotKnown => {
                found = self.made().await;
                &found
            }
            known => known,
        };
        match created {
            Created::No => self.give_back().await,
            Created::Uid(uid) => {
                self.delete(uid).await?;
                self.give_back().await
            }
            // Without its mark, the controller leaves the Secret alone.
            Created::NotKnown => {
                self.give_back().await?;
                Err(CommandError::unavailable(format!(
                    "whether sealedsecret/{} was created is not known",
                    self.before.name
                )))
            }
        }
    }

    async fn delete(&self, uid: &str) -> Result<(), CommandError> {
        // What it owns must stay.
        self.cluster
            .delete_object(
                &SEALED_SECRETS,
                &self.before.namespace,
                &self.before.name,
                uid,
                Dependents::Kept,
            )
            .await
            .map_err(|error| self.told(error))?;
        self.gone(uid).await
    }

    /// Writes what the Secret had, until a look shows that it has it.
    async fn give_back(&self) -> Result<(), CommandError> {
        let before = self.before;
        let start = Instant::now();
        loop {
            let now = secret::read(self.cluster, &before.namespace, &before.name).await?;
            let Some(now) = now else {
                return self.create_again().await;
            };
            let Some(body) = wire::patch_to_give_back(&now, before, &[MANAGED]) else {
                return Ok(());
            };
            match self.patch(body, ServerDryRun::No).await {
                Ok(()) => return Ok(()),
                // Somebody wrote it meanwhile, such as the garbage collector.
                Err(ClusterError::Invalid { .. } | ClusterError::Conflict { .. })
                    if start.elapsed() < PATIENCE_BACK => {}
                // The next look shows what was stored.
                Err(error)
                    if error.outcome() == WriteOutcome::Unknown
                        && start.elapsed() < PATIENCE_BACK => {}
                Err(error) => return Err(self.told(error)),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until the SealedSecret is gone, so that its controller writes no more.
    async fn gone(&self, uid: &str) -> Result<(), CommandError> {
        let start = Instant::now();
        loop {
            let found = self.look().await.map_err(|error| self.told(error))?;
            let own = found
                .as_ref()
                .and_then(|found| found.at(&["metadata", "uid"]));
            if own.and_then(Node::as_str) != Some(uid) {
                return Ok(());
            }
            if start.elapsed() >= PATIENCE_BACK {
                return Err(CommandError::unavailable(
                    "the SealedSecret is still being deleted",
                ));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The Secret is gone: what was read of it is stored again.
    async fn create_again(&self) -> Result<(), CommandError> {
        let before = self.before;
        let entries = before.data.iter().map(|(key, value)| {
            let entry = Entry {
                key: key.clone(),
                value: value.duplicate(),
                origin: crate::secret::source::Origin::Composed,
            };
            (key.clone(), entry)
        });
        let draft = crate::secret::draft::SecretDraft {
            name: before.name.clone(),
            secret_type: Some(before.secret_type.clone()),
            labels: before.labels.clone(),
            annotations: before.annotations.clone(),
            mutability: match before.immutable {
                true => crate::secret::draft::Mutability::Immutable,
                false => crate::secret::draft::Mutability::Mutable,
            },
            entries: entries.collect(),
        };
        let options = WriteOptions {
            field_manager: self.manager.to_owned(),
            ownership: Ownership::Respect,
            dry_run: ServerDryRun::No,
        };
        self.cluster
            .apply_secret(
                &before.namespace,
                &before.name,
                wire::body_to_create(&draft),
                &options,
            )
            .await
            .map(|_| ())
            .map_err(|error| self.told(error))
    }

    fn told(&self, error: ClusterError) -> CommandError {
        error.into_command_error(self.redactor, &[])
    }
}

/// What is known of the SealedSecret that was to be created.
enum Created {
    /// It is not there.
    No,
    /// It is there.
    Uid(String),
    /// The answer was lost, and looking for it failed.
    NotKnown,
}

impl Created {
    fn of(made: &Node) -> Self {
        let uid = made.at(&["metadata", "uid"]).and_then(Node::as_str);
        uid.map_or(Self::NotKnown, |uid| Self::Uid(uid.to_owned()))
    }
}

/// What a SealedSecret says of itself (`updateSealedSecretStatus` of the controller).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// What is there now was unsealed.
    Synced,
    /// It could not be; why, in the controller's words.
    Failed(String),
    /// Nothing is said of what is there now.
    Waiting,
}

impl State {
    /// Reads `status` and `metadata.generation`.
    pub fn of(node: &Node) -> Self {
        let number = |path: &[&str]| node.at(path).and_then(Node::as_integer);
        let (generation, observed) = (
            number(&["metadata", "generation"]),
            number(&["status", "observedGeneration"]),
        );
        if observed.is_none() || observed < generation {
            return Self::Waiting;
        }
        let conditions = node.at(&["status", "conditions"]);
        let synced = conditions
            .map_or(&[][..], Node::items)
            .iter()
            .find(|condition| condition.text_of("type") == Some("Synced"));
        match synced.and_then(|condition| condition.text_of("status")) {
            Some("True") => Self::Synced,
            Some("False") => {
                let words = synced.and_then(|condition| condition.text_of("message"));
                let words = words.unwrap_or("it does not say why");
                let end = words.floor_char_boundary(MOST_WORDS);
                Self::Failed(escape_controls(&words[..end]))
            }
            _ => Self::Waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse_json;

    #[test]
    fn a_state_is_that_of_the_newest_generation() {
        let state = |status: &str| {
            let text = format!(r#"{{"metadata": {{"generation": 2}}, "status": {status}}}"#);
            State::of(&parse_json(&text).unwrap())
        };
        let of = |observed: u32, status: &str| {
            state(&format!(
                r#"{{"observedGeneration": {observed}, "conditions": [{{"type": "Synced", "status": "{status}", "message": "no key\u001b"}}]}}"#
            ))
        };
        assert_eq!(of(2, "True"), State::Synced);
        assert_eq!(of(3, "True"), State::Synced);
        assert_eq!(of(1, "True"), State::Waiting);
        assert_eq!(of(2, "Unknown"), State::Waiting);
        assert_eq!(of(2, "False"), State::Failed("no key\\u{1b}".to_owned()));
        for odd in [
            "{}",
            "null",
            "7",
            r#"{"observedGeneration": "2"}"#,
            r#"{"observedGeneration": 2, "conditions": {}}"#,
        ] {
            assert_eq!(state(odd), State::Waiting, "{odd}");
        }
    }
}
