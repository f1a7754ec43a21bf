//! The change of an adopted Secret to `Owner`, and back where it fails.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cluster::ClusterError;
use crate::commands::question;
use crate::error::CommandError;
use crate::external::adoption::{all_keys, removed_by_owner, would_remove};
use crate::external::likeness::difference;
use crate::external::object::{Creation, External, Refresh};
use crate::live::external::{self as live, Changed, Pending};
use crate::ui::Questions;
use crate::workload::Object;

use super::take_over::{Adoption, Failure, GO_ON, NOT_OWNED, Owned, is_owned};

impl Adoption<'_> {
    /// Changes to `Owner`, where that is wished and removes nothing. `object` is the
    /// ExternalSecret as it was made, `removed` what `Owner` would remove.
    pub async fn own(
        &self,
        external: External,
        object: &Value,
        removed: &BTreeSet<String>,
    ) -> Result<Owned, CommandError> {
        let name = self.name();
        if external.creation == Creation::Owner {
            return Ok(Owned::Yes);
        }
        if !self.is_wished(&external, removed)? {
            return Ok(Owned::No);
        }
        let merge = external.creation;
        let pending = self.change(Creation::Owner, Some(object)).await;
        let pending = pending.map_err(|why| self.stays(merge, &why))?;
        let why = match self.proven(pending).await {
            Ok((_, facts)) if is_owned(&facts, name) => return Ok(Owned::Yes),
            Ok(_) => NOT_OWNED.to_owned(),
            Err(Failure::Failed(why)) => why,
            Err(Failure::Interrupted(why)) => {
                return Err(CommandError::partial(format!(
                    "externalsecret/{name} has the policy Owner, and its sync was not seen: {why}"
                ))
                .hint(GO_ON));
            }
        };
        let ui = self.live.ui;
        ui.warn(format!("{why}; going back to {}", merge.name()));
        Err(self.back_to(merge, &why).await)
    }

    /// Whether `Owner` is wished; where nothing says so, it is asked. What was done until
    /// then stays, whatever the answer.
    fn is_wished(
        &self,
        external: &External,
        removed: &BTreeSet<String>,
    ) -> Result<bool, CommandError> {
        let (args, ui, name) = (self.live.args, self.live.ui, self.name());
        let stays = |why: &str| self.stays(external.creation, why);
        let can_be = removed.is_empty() && external.refresh != Refresh::Never;
        let is_wished = match (args.adoption.own, can_be) {
            (true, _) => true,
            (false, true) if !args.yes && ui.questions() == Questions::Allowed => {
                let question = format!(
                    "Change to Owner, so that deleting the ExternalSecret also deletes secret/{name}?"
                );
                question::confirmed(ui, &question, name)
                    .map_err(|_| stays("there was no answer about Owner"))?
            }
            (false, _) => false,
        };
        match is_wished && self.hold.has_arrived() {
            true => Err(stays("interrupted")),
            false => Ok(is_wished),
        }
    }

    fn stays(&self, merge: Creation, why: &str) -> CommandError {
        CommandError::partial(format!(
            "secret/{} is adopted and stays with {}: {why}",
            self.name(),
            merge.name()
        ))
    }

    /// Whether `Owner` removes nothing now: somebody may have added a key, or changed what
    /// the ExternalSecret makes.
    async fn may_own(&self, found: &Object, object: &Value) -> Result<(), String> {
        let name = self.name();
        let read = External::read(found).ok_or("the ExternalSecret has no specification")?;
        if let Some(field) = difference(&found.root, object) {
            return Err(format!("somebody changed externalsecret/{name} ({field})"));
        }
        if read.deleting {
            return Err(format!("externalsecret/{name} is being deleted"));
        }
        let made = all_keys(&read.keys)?;
        let facts = self.compared(name).await.map_err(Failure::why)?;
        let removed = removed_by_owner(all_keys(&facts.keys)?, made);
        match removed.is_empty() {
            true => Ok(()),
            false => Err(would_remove(&removed)),
        }
    }

    /// Changes the policy; whoever writes to the object meanwhile is waited for. With
    /// `object` it has to be as that is, and to make all keys of the Secret, each time.
    async fn change(&self, creation: Creation, object: Option<&Value>) -> Result<Pending, String> {
        let (cluster, name) = (self.cluster(), self.name());
        let told = |error: ClusterError| error.unmasked().message().to_owned();
        for tries in 0..live::TRIES {
            let found = live::object(cluster, cluster.namespace(), name).await;
            let found = found.map_err(told)?;
            let found = found.ok_or("somebody removed the ExternalSecret")?;
            if let Some(object) = object {
                self.may_own(&found, object).await?;
            }
            let read = External::read(&found).ok_or("the ExternalSecret has no specification")?;
            match live::set_creation(cluster, &read, creation)
                .await
                .map_err(told)?
            {
                Changed::Made(pending) => return Ok(*pending),
                Changed::Raced => live::pause(tries).await,
            }
        }
        Err("somebody else changes the ExternalSecret all the time".to_owned())
    }

    /// Goes back to the policy of before, and says how far that came.
    async fn back_to(&self, merge: Creation, why: &str) -> CommandError {
        let (name, policy) = (self.name(), merge.name());
        let pending = match self.change(merge, None).await {
            Ok(pending) => pending,
            Err(more) => {
                return CommandError::partial(format!(
                    "{why}, and externalsecret/{name} could not be changed back to {policy}: {more}"
                ));
            }
        };
        match self.proven(pending).await {
            Ok(_) => self.stays(merge, why),
            Err(Failure::Interrupted(more)) => CommandError::partial(format!(
                "{why}; externalsecret/{name} has the policy {policy} again, and its sync was not seen: {more}"
            )),
            Err(Failure::Failed(more)) => CommandError::partial(format!(
                "{why}; externalsecret/{name} has the policy {policy} again, and then: {more}"
            )),
        }
    }
}
