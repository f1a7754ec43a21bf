//! What an adoption does with the cluster: each step is proven before the next one.

use serde_json::Value;

use crate::cluster::{Cluster, ServerDryRun, WriteOutcome};
use crate::command_line::{CommandLine, Hint};
use crate::error::CommandError;
use crate::external::adoption::all_keys;
use crate::external::aftermath::{Aftermath, aftermath};
use crate::external::object::{Creation, External};
use crate::external::sync::{Change, change, ignores};
use crate::inventory::SecretFacts;
use crate::live::external::{self as live, Ended, Failures, Pending, Request, Waiting};
use crate::signals::Hold;
use crate::words::folded;

use super::prove::{Compared, Trial, differ};
use super::sources::Wanted;
use super::{Live, wish};

/// Whether the ExternalSecret owns the Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owned {
    Yes,
    No,
}

/// What is done with the cluster.
pub(super) struct Adoption<'a> {
    pub live: &'a Live<'a>,
    pub wanted: &'a Wanted,
    pub hold: &'a Hold,
}

/// Why a step is not proven.
pub(super) enum Failure {
    Failed(String),
    /// Nobody knows how it ended.
    Interrupted(String),
}

impl Failure {
    pub fn why(self) -> String {
        match self {
            Self::Failed(why) | Self::Interrupted(why) => why,
        }
    }
}

pub(super) const GO_ON: &str = "Run the command again: it continues where it stopped.";

impl Adoption<'_> {
    pub(super) fn cluster(&self) -> &Cluster {
        self.live.cluster
    }

    pub(super) fn name(&self) -> &str {
        &self.wanted.facts.name
    }

    fn waiting(&self, failures: Failures) -> Waiting<'_> {
        Waiting {
            cluster: self.cluster(),
            patience: self.live.args.adoption.sync_timeout,
            failures,
            hold: self.hold,
        }
    }

    /// Compares the values, where that is wished.
    pub async fn values(&self) -> Result<(), CommandError> {
        if !self.live.args.adoption.compare_values {
            return Ok(());
        }
        let trial = Trial {
            cluster: self.cluster(),
            wanted: self.wanted,
            wish: wish(self.live.args, self.live.reference, Creation::Owner),
            waiting: self.waiting(Failures::PassSoon),
        };
        trial.clean().await?;
        let why = match trial.run().await? {
            Compared::Equal => {
                self.live.ui.note("the store has the same values");
                return Ok(());
            }
            Compared::Differ(keys) => differ(&keys),
            Compared::NotGiven(why) => format!("the store does not give the values: {why}"),
        };
        Err(CommandError::usage(format!(
            "{why}; secret/{} was not changed",
            self.name()
        ))
        .hint("Load the values into the store: external --push-commands or --push-secret shows how."))
    }

    /// Makes the ExternalSecret with `Merge` and proves what it did.
    pub async fn merge(&self, object: &Value) -> Result<External, CommandError> {
        let (cluster, name) = (self.cluster(), self.name());
        let namespace = cluster.namespace();
        let made = live::create(cluster, namespace, object, ServerDryRun::No).await;
        let pending = match made {
            Ok(pending) => pending,
            Err(error) => {
                let unknown = error.outcome() == WriteOutcome::Unknown;
                let error = error.unmasked();
                return Err(match unknown {
                    false => error,
                    true => CommandError::partial(format!(
                        "it is not known whether externalsecret/{name} was made: {}",
                        error.message()
                    ))
                    .hint(GO_ON),
                });
            }
        };
        let made = pending.external.clone();
        match self.proven(pending).await {
            Ok((external, facts)) => {
                self.tell_changes(&facts);
                Ok(external)
            }
            Err(Failure::Interrupted(why)) => Err(CommandError::partial(format!(
                "externalsecret/{name} is there with Merge, and its sync was not seen: {why}"
            ))
            .hint(GO_ON)),
            Err(Failure::Failed(why)) => Err(self.take_back(&made, why).await),
        }
    }

    /// Proves what one does that is there already: by its status, if that is of the present
    /// specification, and else by another sync. Nothing of it is taken back.
    pub async fn as_it_is(&self, external: External) -> Result<External, CommandError> {
        let (cluster, name) = (self.cluster(), self.name());
        let unproven = |why: &str| {
            CommandError::partial(format!(
                "externalsecret/{name} is there with {}, and it is not proven that it takes secret/{name} over: {why}",
                external.creation.name()
            ))
            .hint(Hint::run(
                "What the operator says of it",
                CommandLine::kubectl("describe")
                    .name(&format!("externalsecret/{name}"))
                    .namespace(&self.wanted.facts.namespace),
            ))
        };
        let proven = if external.is_current() {
            let looked = self.compared(name).await;
            looked.map(|facts| (external.clone(), facts))
        } else if let Some(why) = ignores(&external) {
            return Err(unproven(why));
        } else {
            let asked = live::ask(cluster, &external, ServerDryRun::No).await;
            match asked.map_err(|error| unproven(error.unmasked().message()))? {
                Request::Made(asked) => self.proven(Pending::new(external.clone(), asked)).await,
                Request::Gone | Request::NotPassedOn => {
                    return Err(unproven("somebody removed it"));
                }
                Request::KeepsChanging => {
                    return Err(unproven("somebody else changes it all the time"));
                }
            }
        };
        let (now, facts) = proven.map_err(|failure| unproven(&failure.why()))?;
        if now.creation == Creation::Owner && !is_owned(&facts, name) {
            return Err(unproven(NOT_OWNED));
        }
        self.tell_changes(&facts);
        Ok(now)
    }

    /// Waits for a sync, and compares the Secret with what it was.
    pub(super) async fn proven(
        &self,
        pending: Pending,
    ) -> Result<(External, SecretFacts), Failure> {
        let waiting = self.waiting(Failures::MayPass);
        let mut ended = waiting.run(vec![pending], &mut |_, _| {}).await;
        let external = match ended.pop() {
            Some((external, Ended::Done)) => external,
            Some((_, Ended::NotOver(why))) if self.hold.has_arrived() => {
                return Err(Failure::Interrupted(why));
            }
            Some((_, Ended::NotSeen(why))) => return Err(Failure::Interrupted(why)),
            Some((_, Ended::Failed(why) | Ended::NotOver(why))) => {
                return Err(Failure::Failed(why));
            }
            Some((_, Ended::Gone)) | None => {
                return Err(Failure::Failed(
                    "somebody removed the ExternalSecret".to_owned(),
                ));
            }
        };
        let facts = self.compared(self.name()).await?;
        Ok((external, facts))
    }

    /// Looks whether the Secret is the one that it was, with its keys.
    pub(super) async fn compared(&self, name: &str) -> Result<SecretFacts, Failure> {
        let before = &self.wanted.facts;
        let facts = self
            .cluster()
            .secret_facts(&before.namespace, name)
            .await
            .map_err(|error| Failure::Interrupted(error.unmasked().message().to_owned()))?;
        let Some(facts) = facts else {
            return Err(Failure::Failed(format!("secret/{name} is gone")));
        };
        if facts.uid != before.uid {
            return Err(Failure::Failed(format!("secret/{name} is another one now")));
        }
        match (all_keys(&before.keys), all_keys(&facts.keys)) {
            (Ok(was), Ok(is)) if was == is => Ok(facts),
            (Ok(was), Ok(is)) => {
                let differs: Vec<&str> = was.symmetric_difference(is).map(String::as_str).collect();
                Err(Failure::Failed(format!(
                    "secret/{name} has not the keys that it had: {}",
                    folded(differs)
                )))
            }
            (_, Err(why)) | (Err(why), _) => Err(Failure::Failed(format!(
                "the keys of secret/{name} are not all known: {why}"
            ))),
        }
    }

    /// Says which values are others now. Of keys that the operator has written, it is the
    /// last writer.
    fn tell_changes(&self, facts: &SecretFacts) {
        const MANAGER: &str = "externalsecrets.external-secrets.io/";
        let (ui, name, before) = (self.live.ui, self.name(), &self.wanted.facts);
        let by_operator = |key: &String| {
            let writer = facts.key_writers.of(key);
            writer.is_some_and(|writer| writer.starts_with(MANAGER))
        };
        let now = aftermath(before, Some(facts));
        match &now {
            Aftermath::AsBefore if change(Some(before), facts) == Change::Same => {}
            Aftermath::AsBefore => ui.note("the operator changed no value"),
            Aftermath::Changed { written, .. } if written.iter().all(by_operator) => {
                ui.warn(format!(
                    "the store had another value of {}: secret/{name} has the value of the store now",
                    folded(written.iter().map(String::as_str))
                ));
            }
            now => ui.warn(now.words(name)),
        }
        if now.may_be_new() {
            ui.hint(self.restart());
        }
    }

    /// How what has an old value is restarted.
    pub(super) fn restart(&self) -> Hint {
        Hint::run(
            "To restart what has the old value",
            CommandLine::secretsafe("restart")
                .switch("--stale")
                .flag("--secret", self.name())
                .namespace(&self.wanted.facts.namespace),
        )
    }
}

pub(super) const NOT_OWNED: &str = "the Secret does not name the ExternalSecret as its owner";

pub(super) fn is_owned(facts: &SecretFacts, name: &str) -> bool {
    let owner = facts.owner.as_ref();
    owner.is_some_and(|owner| owner.kind == "ExternalSecret" && owner.name == name)
}
