//! Proving that a store has the values of a Secret, before the Secret is touched: the
//! operator makes another Secret from the same places, which is compared in memory and
//! removed.

use serde_json::{Value, json};

use crate::cluster::{Cluster, ClusterError, Dependents, ServerDryRun, WriteOutcome};
use crate::error::CommandError;
use crate::external::manifest::{Source, Wish, external_secret};
use crate::external::object::{Creation, External};
use crate::live::external::{self as live, Ended, Waiting};
use crate::secret::stored::StoredSecret;
use crate::words::folded;

use super::sources::Wanted;

/// What a trial of this program is known by.
const TRIAL: &str = "secretsafe.dev/trial";

/// The longest name of an object.
const LONGEST: usize = 253;

/// Whether the store has the values of the Secret.
pub(super) enum Compared {
    Equal,
    /// These keys have other values there.
    Differ(Vec<String>),
    /// It does not give them: what the operator says.
    NotGiven(String),
}

pub(super) struct Trial<'a> {
    pub cluster: &'a Cluster,
    pub wanted: &'a Wanted,
    pub wish: Wish<'a>,
    pub waiting: Waiting<'a>,
}

impl Trial<'_> {
    fn name(&self) -> Result<String, CommandError> {
        let name = format!("secretsafe-trial.{}", self.wanted.facts.name);
        match name.len() <= LONGEST {
            true => Ok(name),
            false => Err(CommandError::usage(
                "the name of the Secret is too long for a trial beside it; nothing was changed",
            )),
        }
    }

    /// Removes what a run that was killed has left.
    ///
    /// # Errors
    /// Status 2 where somebody else has that name.
    pub async fn clean(&self) -> Result<(), CommandError> {
        let (cluster, name) = (self.cluster, self.name()?);
        let namespace = cluster.namespace();
        let left = live::one(cluster, namespace, &name).await;
        match left.map_err(ClusterError::unmasked)? {
            Some(left) if left.labels.contains_key(TRIAL) => self.remove(&left).await,
            Some(_) => Err(foreign(&format!("externalsecret/{name}"))),
            None => match self.secret(&name).await? {
                Some((facts, true)) => self.remove_secret(&facts.0, &facts.1, &name).await,
                Some((_, false)) => Err(foreign(&format!("secret/{name}"))),
                None => Ok(()),
            },
        }
    }

    /// Compares the values. Whatever comes of it, what was made for it is removed.
    ///
    /// # Errors
    /// Status 3 where the cluster does not answer, 5 where the trial cannot be removed.
    pub async fn run(&self) -> Result<Compared, CommandError> {
        let (cluster, name) = (self.cluster, self.name()?);
        let namespace = cluster.namespace();
        let object = self.object(&name);
        let made = live::create(cluster, namespace, &object, ServerDryRun::No).await;
        let pending = match made {
            Ok(pending) => pending,
            Err(error) => return Err(self.not_made(&name, error).await),
        };
        let made = pending.external.clone();
        let mut ended = self.waiting.run(vec![pending], &mut |_, _| {}).await;
        let compared = match ended.pop() {
            Some((_, Ended::Done)) => self.compare(&name).await,
            Some((_, Ended::Failed(why) | Ended::NotOver(why))) => Ok(Compared::NotGiven(why)),
            Some((_, Ended::NotSeen(why))) => Err(CommandError::unavailable(why)),
            Some((_, Ended::Gone)) | None => Ok(Compared::NotGiven(
                "the ExternalSecret of the trial was removed by somebody else".to_owned(),
            )),
        };
        self.remove(&made).await?;
        compared
    }

    /// The answer may have been lost after the trial was made: it would keep a copy of every
    /// value.
    async fn not_made(&self, name: &str, error: ClusterError) -> CommandError {
        let unknown = error.outcome() == WriteOutcome::Unknown;
        let error = error.unmasked();
        if !unknown {
            return error;
        }
        match self.clean().await {
            Ok(()) => error,
            Err(more) => CommandError::partial(format!(
                "{}; externalsecret/{name} and secret/{name} of the trial may be there, with every value, and could not be removed: {}",
                error.message(),
                more.message()
            ))
            .hint("Run the command again: it removes them first."),
        }
    }

    fn object(&self, name: &str) -> Value {
        let source = Source {
            name,
            ..self.wanted.source()
        };
        let wish = Wish {
            creation: Creation::Owner,
            // Once is enough.
            refresh: "0s",
            ..self.wish
        };
        let mut object = external_secret(&source, &wish);
        object["metadata"]["labels"] = json!({TRIAL: "adopt"});
        object["spec"]["target"]["template"]["metadata"] = json!({"labels": {TRIAL: "adopt"}});
        object
    }

    async fn compare(&self, name: &str) -> Result<Compared, CommandError> {
        let own = self.read(&self.wanted.facts.name).await?;
        let given = self.read(name).await?;
        let differs = self.wanted.places.keys().filter(|key| {
            let of = |secret: &StoredSecret| {
                let found = secret.data.iter().find(|(known, _)| known.as_str() == *key);
                found.map(|(_, value)| value.duplicate())
            };
            match (of(&own), of(&given)) {
                (Some(own), Some(given)) => !own.same_as(&given),
                _ => true,
            }
        });
        let differs: Vec<String> = differs.cloned().collect();
        Ok(match differs.is_empty() {
            true => Compared::Equal,
            false => Compared::Differ(differs),
        })
    }

    async fn read(&self, name: &str) -> Result<StoredSecret, CommandError> {
        let body = self
            .cluster
            .get_secret(self.cluster.namespace(), name)
            .await;
        let body = body.map_err(ClusterError::unmasked)?.ok_or_else(|| {
            CommandError::unavailable(format!("secret/{name} is gone; nothing was changed"))
        })?;
        StoredSecret::parse(&body).map_err(|error| {
            CommandError::unavailable(format!("the answer for secret/{name} is {error}"))
        })
    }

    /// The uid and version of a Secret, and whether it is one of a trial.
    async fn secret(&self, name: &str) -> Result<Option<((String, String), bool)>, CommandError> {
        let facts = self
            .cluster
            .secret_facts(self.cluster.namespace(), name)
            .await
            .map_err(ClusterError::unmasked)?;
        Ok(facts.map(|facts| {
            let is_trial = facts.labels.contains_key(TRIAL);
            ((facts.uid, facts.resource_version), is_trial)
        }))
    }

    /// Removes the trial: first what makes the Secret, then the Secret.
    async fn remove(&self, made: &External) -> Result<(), CommandError> {
        let left = |why: String| {
            CommandError::partial(format!(
                "externalsecret/{0} and secret/{0} of the trial could not be removed: {why}",
                made.name
            ))
            .hint("Run the command again: it removes them first.")
        };
        match live::remove(self.cluster, made, Dependents::Deleted).await {
            Ok(true) => {}
            Ok(false) => return Err(left("the operator does not let it go".to_owned())),
            Err(error) => return Err(left(error.unmasked().message().to_owned())),
        }
        match self.secret(&made.target).await {
            Ok(Some(((uid, version), true))) => {
                let removed = self.remove_secret(&uid, &version, &made.target).await;
                removed.map_err(|error| left(error.message().to_owned()))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(left(error.message().to_owned())),
        }
    }

    async fn remove_secret(
        &self,
        uid: &str,
        version: &str,
        name: &str,
    ) -> Result<(), CommandError> {
        let namespace = self.cluster.namespace();
        let mut version = version.to_owned();
        // The operator or the garbage collector may be at it, too.
        for _ in 0..3 {
            let removed = self
                .cluster
                .delete_secret(namespace, name, uid, &version, ServerDryRun::No)
                .await;
            match removed {
                Ok(_) => return Ok(()),
                Err(ClusterError::Conflict { .. }) => {}
                Err(error) => return Err(error.unmasked()),
            }
            match self.secret(name).await? {
                Some(((now, newer), true)) if now == uid => version = newer,
                _ => return Ok(()),
            }
        }
        Err(CommandError::partial(format!(
            "secret/{name} keeps changing"
        )))
    }
}

fn foreign(what: &str) -> CommandError {
    CommandError::usage(format!(
        "{what} has the name of a trial and is none; nothing was changed"
    ))
    .hint("Rename or delete it, or leave out --compare-values.")
}

/// That the values differ, as a sentence fragment.
pub(super) fn differ(keys: &[String]) -> String {
    format!(
        "the store has another value of {}",
        folded(keys.iter().map(String::as_str))
    )
}
