//! `--adopt`: an ExternalSecret takes a Secret over. At no moment the Secret is absent: with
//! `Merge` the operator only adds to it, and `Owner` comes when it is known that nothing
//! would be removed. What fails is taken back.

use serde_json::Value;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::cluster::{ClusterError, ServerDryRun};
use crate::command_line::{CommandLine, Hint};
use crate::commands::dry_run::DryRun;
use crate::commands::question;
use crate::commands::sync::not_served;
use crate::error::{CommandError, ExitStatus};
use crate::external::adoption::{all_keys, obstacle, removed_by_owner, would_remove};
use crate::external::likeness::difference;
use crate::external::manifest::external_secret;
use crate::external::object::{Creation, External, Refresh};
use crate::external::store::Store;
use crate::live::external as live;
use crate::signals::Hold;
use crate::words::folded;

use super::arguments::is_zero;
use super::sources::Wanted;
use super::take_over::{Adoption, Owned};
use super::{Live, emit, wish};

/// What is there of the ExternalSecret.
enum Present {
    Nothing,
    /// One that does what is wished, but for its policy and interval.
    Ours(Box<External>),
}

/// What the ExternalSecret is to be.
struct Wished {
    object: Value,
    creation: Creation,
}

impl Wished {
    /// The manifest of what is there.
    fn manifest(&self, owned: Owned) -> Value {
        let mut object = self.object.clone();
        if owned == Owned::Yes {
            object["spec"]["target"]["creationPolicy"] = Creation::Owner.name().into();
        }
        object
    }
}

impl Live<'_> {
    /// Takes one Secret over.
    ///
    /// # Errors
    /// Status 2 for what cannot be adopted, 3 when the cluster cannot be asked, 4 when it
    /// failed and was taken back, 5 when a part is done, 130 where it was interrupted before
    /// anything was changed.
    pub(super) async fn adopt(
        &self,
        wanted: &Wanted,
        store: Option<&Store>,
    ) -> Result<ExitStatus, CommandError> {
        let (args, cluster, ui) = (self.args, self.cluster, self.ui);
        let before = &wanted.facts;
        let name = before.name.as_str();
        let namespace = cluster.namespace();
        let others = live::all(cluster, Some(namespace)).await;
        let others = others
            .map_err(ClusterError::unmasked)?
            .ok_or_else(not_served)?;
        if let Some(obstacle) = obstacle(before, &others, name) {
            return Err(CommandError::usage(format!(
                "secret/{name} cannot be adopted: {}; nothing was changed",
                obstacle.why
            ))
            .hint(obstacle.way));
        }
        let keys = all_keys(&before.keys).map_err(|why| {
            CommandError::usage(format!(
                "the keys of secret/{name} are not all known: {why}; nothing was changed"
            ))
        })?;
        let made = wanted.places.keys().cloned().collect();
        let removed = removed_by_owner(keys, &made);
        if args.adoption.own && !removed.is_empty() {
            return Err(CommandError::usage(format!(
                "{}; nothing was changed",
                would_remove(&removed)
            ))
            .hint("Leave out --own to keep Merge, or put these keys into the store, too."));
        }
        let wished = self.wished(wanted).await;
        let present = self.present(name, &wished.object).await?;
        self.can_become_owner(&present)?;
        let wished = match &present {
            // It is printed and written as it is there.
            Present::Ours(there) => self.as_there(wanted, there),
            Present::Nothing => wished,
        };
        let from = store.map_or_else(|| self.reference.short(), Store::words);
        ui.note(format!(
            "externalsecret/{name} takes secret/{name} in {namespace} over: {} from {from}",
            folded(wanted.places.keys().map(String::as_str))
        ));
        if !removed.is_empty() {
            ui.note(format!(
                "it stays with {}: {}",
                wished.creation.name(),
                would_remove(&removed)
            ));
        }
        if args.dry_run.mode == DryRun::None {
            emit::possible(
                args,
                &[Owned::No, Owned::Yes].map(|owned| wished.manifest(owned)),
            )?;
        }
        if let (Present::Nothing, DryRun::None | DryRun::Server) = (&present, args.dry_run.mode) {
            let tried = live::create(cluster, namespace, &wished.object, ServerDryRun::Yes).await;
            tried.map_err(ClusterError::unmasked)?;
        }
        if args.dry_run.mode != DryRun::None {
            return emit::objects(args, std::slice::from_ref(&wished.object), ui);
        }
        if !args.yes {
            question::possible(
                ui,
                "Look at it with --dry-run, then run it again with --yes.",
            )?;
            let question = format!("Let the External Secrets Operator write secret/{name}?");
            if !question::confirmed(ui, &question, name)? {
                return Err(CommandError::usage("not confirmed; nothing was changed"));
            }
        }
        let hold = Hold::of(&[SIGINT, SIGTERM, SIGHUP])
            .map_err(|error| CommandError::usage(format!("signals cannot be handled: {error}")))?;
        let adoption = Adoption {
            live: self,
            wanted,
            hold: &hold,
        };
        adoption.values().await?;
        if hold.has_arrived() {
            return Err(CommandError::new(
                ExitStatus::Interrupted,
                "interrupted; nothing was changed",
            ));
        }
        let external = match present {
            Present::Ours(external) => adoption.as_it_is(*external).await?,
            Present::Nothing => adoption.merge(&wished.object).await?,
        };
        let owned = adoption.own(external, &wished.object, &removed).await?;
        drop(hold);
        self.finish(wanted, owned, &wished)
    }

    /// The ExternalSecret with the policy that adds, as far as the operator knows it.
    async fn wished(&self, wanted: &Wanted) -> Wished {
        let creation = match live::features(self.cluster).await {
            Some(features) if features.create_or_merge => Creation::CreateOrMerge,
            Some(_) => Creation::Merge,
            None => {
                self.ui.note("the operator's schema cannot be read: only fields that every version has are used");
                Creation::Merge
            }
        };
        Wished {
            object: external_secret(&wanted.source(), &wish(self.args, self.reference, creation)),
            creation,
        }
    }

    /// The same with the policy and the interval of the one that is there.
    fn as_there(&self, wanted: &Wanted, there: &External) -> Wished {
        let mut wish = wish(self.args, self.reference, there.creation);
        if let Some(interval) = &there.interval {
            wish.refresh = interval;
        }
        Wished {
            object: external_secret(&wanted.source(), &wish),
            creation: there.creation,
        }
    }

    /// Whether there is such an ExternalSecret, from a run that was interrupted or has
    /// stopped at `Merge`.
    async fn present(&self, name: &str, object: &Value) -> Result<Present, CommandError> {
        let cluster = self.cluster;
        let found = live::object(cluster, cluster.namespace(), name).await;
        let Some(found) = found.map_err(ClusterError::unmasked)? else {
            return Ok(Present::Nothing);
        };
        let look = || {
            Hint::run(
                "What it does",
                CommandLine::kubectl("get")
                    .name(&format!("externalsecret/{name}"))
                    .namespace(cluster.namespace())
                    .switch("-o yaml"),
            )
        };
        let refused = |why: &str| {
            Err(CommandError::usage(format!(
                "externalsecret/{name} exists and {why}; nothing was changed"
            ))
            .hint(look()))
        };
        let Some(there) = External::read(&found) else {
            return refused("has no specification");
        };
        if there.deleting {
            return refused("is being deleted");
        }
        if let Some(owner) = &there.cluster_owner {
            return refused(&format!("belongs to clusterexternalsecret/{owner}"));
        }
        if there.target != name {
            return refused("does something else (spec.target.name)");
        }
        if let Some(field) = difference(&found.root, object) {
            return refused(&format!("does something else ({field})"));
        }
        let takes = there.creation.keeps_other_keys() || there.creation == Creation::Owner;
        match takes {
            true => Ok(Present::Ours(Box::new(there))),
            false => refused("does something else (spec.target.creationPolicy)"),
        }
    }

    /// With an interval of 0 the operator heeds no change after its first sync, so it would
    /// never see the new policy.
    fn can_become_owner(&self, present: &Present) -> Result<(), CommandError> {
        if !self.args.adoption.own {
            return Ok(());
        }
        let name = match present {
            Present::Ours(there) if there.creation == Creation::Owner => return Ok(()),
            Present::Ours(there) if there.refresh == Refresh::Never => &there.name,
            Present::Nothing if is_zero(&self.args.store.refresh_interval) => {
                return Err(CommandError::usage(
                    "with --refresh-interval 0 the operator syncs once and would not see the change to Owner; nothing was changed",
                )
                .hint("Choose another interval, or leave out --own."));
            }
            Present::Ours(_) | Present::Nothing => return Ok(()),
        };
        Err(CommandError::usage(format!(
            "externalsecret/{name}: its refreshInterval is 0, so the operator would not see the change to Owner; nothing was changed"
        ))
        .hint("Give it another interval, or leave out --own."))
    }

    /// Says what is there, and writes the manifest where that is wished.
    fn finish(
        &self,
        wanted: &Wanted,
        owned: Owned,
        wished: &Wished,
    ) -> Result<ExitStatus, CommandError> {
        let (args, ui) = (self.args, self.ui);
        let name = &wanted.facts.name;
        if args.output.is_some() || args.write.is_some() {
            let object = wished.manifest(owned);
            let written = emit::objects(args, &[object], ui);
            written.map_err(|error| {
                CommandError::partial(format!(
                    "secret/{name} is adopted, and then: {}",
                    error.message()
                ))
            })?;
        } else {
            let creation = match owned {
                Owned::Yes => Creation::Owner,
                Owned::No => wished.creation,
            };
            let line = format!(
                "secret/{name} adopted by externalsecret/{name} ({})",
                creation.name()
            );
            ui.document(|out| writeln!(out, "{line}"))?;
            ui.hint("To keep the ExternalSecret in git, run the command again with --write FILE: it changes nothing more.");
        }
        match owned {
            Owned::Yes => ui.note(format!(
                "from now on, deleting externalsecret/{name} also deletes secret/{name}"
            )),
            Owned::No => ui.note(format!(
                "secret/{name} stays when externalsecret/{name} is deleted; --own changes that"
            )),
        }
        Ok(ExitStatus::Ok)
    }
}
