//! Reads a Secret, sends one, and proves that the cluster holds it.

use crate::cluster::{
    Cluster, ClusterError, Ownership, ServerDryRun, WriteOptions, WriteOutcome, Written,
};
use crate::command_line::Hint;
use crate::creation::Plan;
use crate::creation::plan::{Action, Request};
use crate::creation::proof::{Expectation, Proof};
use crate::error::CommandError;
use crate::secret::redactor::Redactor;
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;

pub struct Write<'a> {
    pub cluster: &'a Cluster,
    pub redactor: &'a Redactor,
    pub plan: &'a Plan,
    pub manager: &'a str,
    /// What to do where a Secret of the name is there already.
    pub ways_to_change: Vec<Hint>,
    pub expectation: Expectation<'a>,
}

impl Write<'_> {
    /// Lets the server check the write without storing it.
    pub async fn try_out(&self) -> Result<(), CommandError> {
        match self.request(ServerDryRun::Yes).await {
            None | Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(self.refused(error).await),
        }
    }

    /// Writes, reads back, compares. Only an equal read-back is success.
    pub async fn send_and_prove(mut self, ui: &Ui) -> Result<(StoredSecret, Proof), CommandError> {
        let answer = match self.request(ServerDryRun::No).await {
            None => None,
            Some(Ok(written)) => StoredSecret::parse(&written.body).ok(),
            Some(Err(error)) if error.outcome() == WriteOutcome::Unknown => {
                return self.settle(error, ui).await;
            }
            Some(Err(error)) => return Err(self.refused(error).await),
        };
        self.expectation.uid = answer.as_ref().map(|answer| answer.uid.as_str());
        match self.prove().await {
            Ok(proven) => Ok(proven),
            Err(error) => Err(match error {
                NotProven::Unread(error) => self.unverified(
                    "was written, but could not be read back and is not verified",
                    error,
                ),
                NotProven::Missing => CommandError::partial(format!(
                    "{} was written, but is gone at read-back",
                    self.subject()
                ))
                .hint("It was deleted by somebody else; find out by whom before you write it again."),
                NotProven::Differs(differences) => CommandError::partial(format!(
                    "{} was written, but the stored copy differs: {differences}",
                    self.subject()
                ))
                .hint("An admission webhook or another writer changed it; nothing was removed from this machine."),
            }),
        }
    }

    /// The answer to the write got lost: what the cluster holds now decides.
    async fn settle(
        self,
        lost: ClusterError,
        ui: &Ui,
    ) -> Result<(StoredSecret, Proof), CommandError> {
        match self.prove().await {
            Ok(proven) => {
                ui.note("the server's answer was lost; reading back shows that the Secret is stored");
                Ok(proven)
            }
            Err(NotProven::Missing) => Err(lost
                .into_command_error(self.redactor, &[])
                .hint(format!("{} is not stored; run the command again.", self.subject()))),
            Err(NotProven::Differs(differences)) if self.expectation.before.is_some() => {
                Err(CommandError::partial(format!(
                    "the answer to the write of {} was lost, and the stored copy differs from what was sent: {differences}",
                    self.subject()
                ))
                .hint("Run the command again: the write either did not happen or was changed by somebody else."))
            }
            Err(NotProven::Differs(differences)) => Err(CommandError::partial(format!(
                "the answer to the write of {} was lost, and the stored copy is not what was sent: {differences}",
                self.subject()
            ))
            .hint("Somebody else wrote it at the same time; look at it before you write it again.")),
            Err(NotProven::Unread(error)) => Err(self.unverified(
                "may have been written: the answer was lost, and reading back failed",
                error,
            )),
        }
    }

    /// `None` when there is nothing to do.
    async fn request(&self, dry_run: ServerDryRun) -> Option<Result<Written, ClusterError>> {
        let expected = &self.expectation;
        let request = self
            .plan
            .request(expected.draft, expected.before, self.manager)?;
        let options = WriteOptions {
            field_manager: self.manager.to_owned(),
            // Changing a key that somebody else set is what --update is for;
            // a new Secret has no other owners.
            ownership: match self.plan.action {
                Action::Update | Action::Replace => Ownership::Take,
                Action::Create | Action::Nothing => Ownership::Respect,
            },
            dry_run,
        };
        let (namespace, name) = (expected.namespace, expected.draft.name.as_str());
        Some(match request {
            Request::Apply(body) => {
                self.cluster
                    .apply_secret(namespace, name, body, &options)
                    .await
            }
            Request::Patch(body) => {
                self.cluster
                    .patch_secret(namespace, name, body, &options)
                    .await
            }
        })
    }

    async fn prove(&self) -> Result<(StoredSecret, Proof), NotProven> {
        let expected = &self.expectation;
        let body = self
            .cluster
            .get_secret(expected.namespace, &expected.draft.name)
            .await
            .map_err(|error| NotProven::Unread(error.into_command_error(self.redactor, &[])))?
            .ok_or(NotProven::Missing)?;
        let after = StoredSecret::parse(&body).map_err(|error| {
            NotProven::Unread(CommandError::unavailable(format!("the answer is {error}")))
        })?;
        match Proof::compare(expected, &after) {
            Ok(proof) => Ok((after, proof)),
            Err(differences) => {
                let texts: Vec<_> = differences.iter().map(ToString::to_string).collect();
                Err(NotProven::Differs(texts.join(", ")))
            }
        }
    }

    async fn refused(&self, error: ClusterError) -> CommandError {
        let taken = matches!(error, ClusterError::Conflict { .. });
        let error = tell(self.cluster, error, self.redactor).await;
        match (taken, self.plan.action) {
            (true, Action::Create) => CommandError::usage(format!(
                "{} exists already: it cannot be read, or was created just now; nothing was changed",
                self.subject()
            ))
            .hints(self.ways_to_change.iter().cloned()),
            (true, _) => CommandError::usage(format!(
                "{} was changed by somebody else since it was read; nothing was written",
                self.subject()
            ))
            .hint("Run the command again to see the change against the new state."),
            (false, _) => error,
        }
    }

    fn unverified(&self, what: &str, error: CommandError) -> CommandError {
        CommandError::partial(format!("{} {what}: {}", self.subject(), error.message()))
            .hints(error.next_steps().iter().cloned())
    }

    fn subject(&self) -> String {
        format!("secret/{}", self.expectation.draft.name)
    }
}

/// Why it is not known that the cluster holds what was sent.
enum NotProven {
    Unread(CommandError),
    Missing,
    Differs(String),
}

/// Reads a Secret; `None` where there is none.
///
/// # Errors
/// When the cluster cannot be asked, or its answer is no Secret.
pub async fn read(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
) -> Result<Option<StoredSecret>, CommandError> {
    match cluster.get_secret(namespace, name).await {
        Ok(None) => Ok(None),
        Ok(Some(body)) => StoredSecret::parse(&body).map(Some).map_err(|error| {
            CommandError::unavailable(format!("the answer for secret/{name} is {error}"))
                .hint("Check that the address in the kubeconfig is a Kubernetes API server.")
        }),
        // Without permission to read, a new Secret can still be written; it
        // is then reported as not verified.
        Err(ClusterError::Forbidden { .. }) => Ok(None),
        Err(error) => Err(tell(cluster, error, &Redactor::new([])).await),
    }
}

/// The error in the user's words, with the names that do exist.
async fn tell(cluster: &Cluster, error: ClusterError, redactor: &Redactor) -> CommandError {
    let candidates = match error {
        ClusterError::NamespaceMissing { .. } => {
            cluster.namespace_names().await.unwrap_or_default()
        }
        _ => Vec::new(),
    };
    error.into_command_error(redactor, &candidates)
}

/// Tells what the server warned of.
pub fn show_warnings(cluster: &Cluster, redactor: &Redactor, ui: &Ui) {
    for warning in cluster.take_warnings() {
        ui.warn(redactor.show(&warning));
    }
}
