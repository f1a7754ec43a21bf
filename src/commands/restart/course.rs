//! Restarts by a plan, for every command that has one: what is made sure of before, the
//! waves, and the count at the end.

use std::collections::BTreeSet;
use std::time::Instant;

use jiff::Timestamp;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::cluster::Cluster;
use crate::command_line::{CommandLine, Hint};
use crate::commands::question;
use crate::commands::rotate::arguments::RestartFlags;
use crate::commands::rotate::carry::past_the_second_of;
use crate::commands::rotate::view::View;
use crate::commands::rotate::{members, preflight};
use crate::consumption::{Consumption, Newest, Wanted};
use crate::error::{CommandError, ExitStatus};
use crate::finding::SecretName;
use crate::inventory::Inventory;
use crate::live::restart::{Restarted, Stamp};
use crate::live::waves::{BehindOf, Event, Replacing, Stopped};
use crate::live::{self, Target};
use crate::outcome::{Kind, Outcome};
use crate::rotation::plan::{Fate, Left, Options, Plan};
use crate::rotation::record::Restarts;
use crate::secret::redactor::Redactor;
use crate::signals::Hold;
use crate::ui::Ui;
use crate::workload::ObjectId;

/// Of many things alike, so many have a hint of their own.
const MOST_HINTS: usize = 3;

/// A plan, and what carries it out.
pub(crate) struct Course<'a> {
    pub cluster: &'a Cluster,
    pub inventory: &'a Inventory,
    pub plan: &'a Plan,
    pub options: &'a Options,
    pub flags: &'a RestartFlags,
    /// How to print the Role that is enough for the command.
    pub role: Hint,
    /// When the last answer of the inventory had come.
    pub gathered: Instant,
    pub ui: &'a Ui,
}

/// Whether a plan is only looked at, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looking {
    /// It is carried out.
    No,
    /// Nothing is asked of the cluster for it.
    Here,
    /// The server checks it, too.
    AtServer,
}

/// Whether the user has agreed beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    Given,
    /// It is asked for.
    Asked,
}

/// What is left to do with a plan.
pub(crate) enum Ready {
    /// Nothing is restarted.
    Nothing,
    /// It was only to be shown.
    Shown,
    ToGo(Restarts),
}

impl Course<'_> {
    /// Makes sure that the plan can be carried out, and that it is wanted. Nothing is changed.
    ///
    /// # Errors
    /// Status 2 for a plan that cannot be carried out, 3 for what is not allowed.
    pub async fn prepare(&self, looking: Looking, consent: Consent) -> Result<Ready, CommandError> {
        let Self {
            cluster,
            inventory,
            plan,
            options,
            flags,
            role,
            ui,
            ..
        } = self;
        preflight::seen(plan, role)?;
        preflight::order(plan, &options.order)?;
        preflight::budget(plan, flags.budget)?;
        if plan.replaced().next().is_none() {
            return Ok(Ready::Nothing);
        }
        let now = Timestamp::now();
        let mut restarts = members::restarts(plan, inventory, &[], flags.settle, now)?;
        for restart in &mut restarts.workloads {
            // Nothing would lift it if this process were killed.
            restart.guard = None;
        }
        if looking != Looking::Here {
            let evicts = |fate| matches!(fate, Fate::Evict(_));
            preflight::may_restart(cluster, plan, evicts, role).await?;
            let nothing = Redactor::new([]);
            preflight::restarts_are_taken(cluster, plan, inventory, &restarts, &[], &nothing)
                .await?;
        }
        if looking != Looking::No {
            return Ok(Ready::Shown);
        }
        if consent == Consent::Asked {
            question::possible(
                ui,
                "Look at the plan with --plan, then run it again with --yes.",
            )?;
            let question = format!(
                "Restart {} workloads and replace {} pods?",
                plan.replaced().count(),
                plan.moved()
            );
            if !question::confirmed(ui, &question, "everything")? {
                return Err(CommandError::usage("not confirmed; nothing was changed"));
            }
        }
        // The question may have taken its time.
        restarts.stamp = members::stamp_now(&restarts.workloads, Timestamp::now());
        Ok(Ready::ToGo(restarts))
    }

    /// Restarts the workloads, wave by wave, and counts what is left of before.
    ///
    /// # Errors
    /// Status 4 when new pods are not well and nothing else was restarted, 5 when a part
    /// is done.
    pub async fn run(
        &self,
        restarts: &Restarts,
        outcome: &mut Outcome,
    ) -> Result<(), CommandError> {
        let hold = Hold::of(&[SIGINT, SIGTERM, SIGHUP])
            .map_err(|error| CommandError::usage(format!("signals cannot be handled: {error}")))?;
        // A pod of before is known by its uid.
        let before: BTreeSet<String> = (self.inventory.pods.iter())
            .map(|pod| pod.metadata.uid.clone())
            .collect();
        let behind = |seen: &Inventory, id: &ObjectId| -> Vec<String> {
            let old = seen
                .pods_of(id)
                .filter(|pod| !pod.is_finished() && before.contains(&pod.metadata.uid));
            old.map(|pod| pod.id.name.clone()).collect()
        };
        let namespaces: BTreeSet<&str> = self
            .plan
            .replaced()
            .map(|affected| affected.id.namespace.as_str())
            .collect();
        let mut view = View::new(self.ui);
        view.tells(Box::new(behind));
        // A value may have been written just before: what starts in the same second
        // cannot be told from what started before it.
        past_the_second_of(self.gathered).await;
        for wave in self.plan.waves() {
            for namespace in &namespaces {
                let mut members = members::members(
                    self.plan,
                    wave,
                    restarts,
                    &[],
                    self.inventory,
                    self.flags.settle,
                );
                members.retain(|member| member.id.namespace == *namespace);
                if members.is_empty() {
                    continue;
                }
                view.wave(wave, members.iter().map(|member| &member.id));
                let replacing = Replacing {
                    cluster: self.cluster,
                    namespace,
                    patience: self.flags.timeout,
                    at_once: usize::from(self.flags.max_parallel),
                    hold: &hold,
                };
                let mut pulse = async || Ok(());
                let (mut begun, mut by_hand) = (Vec::new(), Vec::new());
                let ended = replacing
                    .run(
                        &members,
                        &behind,
                        &mut |event| {
                            match &event {
                                Event::Restarting(id) => begun.push((*id).clone()),
                                Event::ByHand(id, _) => by_hand.push((*id).clone()),
                                _ => {}
                            }
                            view.on(&event);
                        },
                        &mut pulse,
                    )
                    .await;
                for id in &begun {
                    outcome.turn(Kind::WouldChange, Kind::Changed, &name(id));
                }
                for id in by_hand {
                    outcome.add(Kind::Refused, format!("pods of {}", name(&id)));
                }
                if let Err(stopped) = ended {
                    return Err(self.stopped(stopped, restarts, outcome).await);
                }
            }
        }
        drop(view);
        self.count(&behind, outcome).await
    }

    /// Counts what is left of before, however the restarts ended.
    async fn count(&self, behind: BehindOf<'_>, outcome: &mut Outcome) -> Result<(), CommandError> {
        let replaced: Vec<_> = self.plan.replaced().map(|affected| &affected.id).collect();
        let namespaces: BTreeSet<&str> = replaced.iter().map(|id| id.namespace.as_str()).collect();
        let (mut old, mut all) = (0, 0);
        for namespace in namespaces {
            let here = replaced.iter().filter(|id| id.namespace == namespace);
            let targets: Vec<_> = here
                .clone()
                .filter_map(|id| Target::restartable(self.cluster, id))
                .collect();
            let seen = live::look_at(self.cluster, namespace, &targets).await;
            let seen = seen.map_err(|error| CommandError::partial(error.unmasked().message()))?;
            for id in here {
                let ending = |pod: &str| {
                    (seen.pods_of(id)).any(|own| own.id.name == pod && own.metadata.deleting)
                };
                let left = behind(&seen, id);
                let left = left.iter().filter(|pod| !ending(pod)).count();
                old += left;
                all += seen.pods_of(id).filter(|pod| !pod.is_finished()).count();
                if left > 0 {
                    outcome.add(Kind::Refused, format!("pods of {}", name(id)));
                }
            }
        }
        self.ui
            .note(format!("{old} of {all} pods are from before the restart"));
        Ok(())
    }

    /// Takes the restart of the workload back whose new pods are not well.
    async fn stopped(
        &self,
        stopped: Stopped,
        restarts: &Restarts,
        outcome: &mut Outcome,
    ) -> CommandError {
        let all = self.plan.replaced().count();
        let done = outcome.count(Kind::Changed);
        let open = |done: usize, why: String| {
            CommandError::partial(format!("{done} of {all} workloads were restarted: {why}"))
        };
        let stopped_at = |why: String| open(done, why);
        match stopped {
            Stopped::Failed(id, failed) => {
                let why = format!("{}: {}", id.short(), failed.why);
                self.ui.warn(format!("{why}; taking its restart back"));
                match self.take_back(&id, restarts).await {
                    Ok(()) => {}
                    Err(error) => {
                        let error = open(
                            done,
                            format!("{why}, and it could not be taken back: {error}"),
                        );
                        return match id.kind.as_str() {
                            "Deployment" | "StatefulSet" | "DaemonSet" => error.hint(Hint::run(
                                "To take its restart back",
                                CommandLine::kubectl("rollout undo")
                                    .name(&id.short())
                                    .namespace(&id.namespace),
                            )),
                            _ => error,
                        };
                    }
                }
                outcome.turn(Kind::Changed, Kind::Failed, &name(&id));
                let why = format!("{why}; its pod template is what it was before");
                let error = match outcome.count(Kind::Changed) {
                    0 => CommandError::new(ExitStatus::RolledBack, why),
                    others => open(others, why),
                };
                error.hint(preflight::events(&id.namespace))
            }
            Stopped::NoEffect(id) => stopped_at(format!(
                "the restart of {} had no effect: the server took it and the pod template is what it was",
                id.short()
            )),
            Stopped::Cluster(id, error) => {
                let error = error.unmasked();
                let what = id.map_or_else(String::new, |id| format!("{}: ", id.short()));
                stopped_at(format!("{what}{}", error.message())).hints(error.next_steps().to_vec())
            }
            Stopped::Interrupted => stopped_at(
                "interrupted; the cluster continues to replace the pods of those that have begun"
                    .to_owned(),
            ),
            Stopped::Lost(why) => stopped_at(why),
        }
    }

    async fn take_back(&self, id: &ObjectId, restarts: &Restarts) -> Result<(), String> {
        let affected = self.plan.workloads.iter().find(|one| one.id == *id);
        let uid = affected.map_or("", |affected| affected.uid.as_str());
        let known = restarts.workloads.iter().find(|one| one.uid == uid);
        let target = Target::restartable(self.cluster, id);
        let (Some(known), Some(target)) = (known, target) else {
            return Err("its pods were evicted".to_owned());
        };
        let stamp = Stamp::new(restarts.stamp, None);
        let before = known.before.as_deref();
        match target.take_restart_back(uid, &stamp, before).await {
            Ok(Restarted::Yes(_)) => Ok(()),
            Ok(Restarted::Gone) => Err("it is gone".to_owned()),
            Ok(Restarted::NoEffect) => Err("its template does not change".to_owned()),
            Err(error) => Err(error.unmasked().message().to_owned()),
        }
    }
}

/// Tells how Deployments are resumed that would be restarted if they were not paused.
pub(crate) fn hint_at_paused(plan: &Plan, ui: &Ui) {
    for id in paused(plan).take(MOST_HINTS) {
        ui.hint(Hint::run(
            "To resume it",
            CommandLine::kubectl("rollout resume")
                .name(&id.short())
                .namespace(&id.namespace),
        ));
    }
}

/// Paused Deployments that would be restarted otherwise.
fn paused(plan: &Plan) -> impl Iterator<Item = &ObjectId> {
    let ids = plan
        .left()
        .filter(|(_, left)| *left == Left::Paused)
        .map(|(affected, _)| &affected.id);
    ids.filter(|id| id.kind == "Deployment")
}

/// How a workload is called in the outcome.
pub(crate) fn name(id: &ObjectId) -> String {
    format!("{} in {}", id.short(), id.namespace)
}

/// Workloads with a container that has an old value of one of these Secrets.
pub(crate) fn stale(inventory: &Inventory, secrets: &[SecretName]) -> BTreeSet<ObjectId> {
    let mut found = BTreeSet::new();
    for secret in secrets {
        let one = Wanted {
            name: secret.name.clone(),
            key: secret.key.clone(),
        };
        for consumer in Consumption::new(inventory, &secret.namespace, &one).consumers {
            let is_old = |pod: &crate::consumption::PodUse| matches!(pod.newest, Newest::No(_));
            if consumer.pods.iter().any(is_old) {
                found.insert(consumer.subject);
            }
        }
    }
    found
}
