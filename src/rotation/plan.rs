//! Who takes a new value, how, and in what order: from what was gathered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::consumption::{Activity, Consumer, Consumption, How, Reach, Wanted};
use crate::finding::SecretName;
use crate::inventory::{Grant, Inventory};
use crate::ownership::{self, Owner};
use crate::workload::{ObjectId, Strategy, Workload, WorkloadKind};

use super::hooks::Task;
use super::init_only::{self, InitOnly};
use super::record::Move;
use super::waves::{Order, wave_of};

/// What happens to a workload that uses a changed key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its template is given a new annotation, so its controller replaces the pods.
    Restart,
    /// The same by `spec.restartAt` of an Argo Rollout.
    RestartRollout,
    /// Its pods are evicted one after the other: nothing else replaces them.
    Evict(Evicted),
    /// Its template names another Secret, and nothing is replaced: it takes the new
    /// value later, by itself.
    Rewrite(Later),
    /// Nothing: the kubelet refreshes the files.
    Refresh,
    /// Nothing: it takes the new value later, by itself.
    Later(Later),
    /// Nothing, and it goes on with the old value: somebody has to act.
    Left(Left),
}

/// Why pods are evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evicted {
    /// `updateStrategy: OnDelete`.
    OnDelete,
    /// `partition` keeps pods as they are.
    Partition,
    /// A ReplicaSet or ReplicationController makes new pods, and replaces none.
    NothingRolls,
}

/// When a workload takes a new value by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// A CronJob.
    NextRun,
    /// A suspended Job or CronJob.
    Resumed,
    /// It has no replicas.
    ScaledUp,
}

/// Why a workload keeps the old value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// A paused Deployment.
    Paused,
    /// A Job that runs.
    RunningJob,
    /// A pod without a controller: nothing would make another one.
    BarePod,
    /// A custom resource with pods.
    Custom,
}

/// What to do with workloads that take the value by files only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Volumes {
    /// The kubelet refreshes them.
    #[default]
    Refresh,
    /// They are restarted, too (`--include-volumes`).
    Restart,
}

/// A workload that uses a changed key.
#[derive(Clone, Debug)]
pub struct Affected {
    pub id: ObjectId,
    pub uid: String,
    pub fate: Fate,
    /// Workloads of a smaller number come first, and are waited for.
    pub wave: i64,
    /// How it gets which value.
    pub uses: Vec<Use>,
    /// Its pods now, those that are ending not counted.
    pub pods: usize,
    /// Whether all of its pods go before the first new one comes.
    pub outage: Option<Outage>,
    /// Who else changes it.
    pub owner: Option<Owner>,
}

/// Why there is a time without a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// `Recreate`.
    Recreate,
    /// Its only pod goes before the new one comes.
    OnlyPod,
}

/// One use of a changed key.
#[derive(Clone, Debug)]
pub struct Use {
    pub secret: SecretName,
    pub consumer: Consumer,
}

/// A user of a changed key that has no pods of its own.
#[derive(Clone, Debug)]
pub struct Other {
    pub id: ObjectId,
    pub how: How,
    pub reach: Reach,
    /// For a pull secret of a ServiceAccount: whose pods get it.
    pub workloads: Vec<ObjectId>,
}

/// What a run is about to do after the value is written.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// By wave, then by name.
    pub workloads: Vec<Affected>,
    pub others: Vec<Other>,
    /// Lists that were refused: there may be more consumers.
    pub not_seen: Vec<Grant>,
    /// Annotations of workloads that say no wave.
    pub bad_waves: BTreeSet<ObjectId>,
    /// Consumers that take the value once, when they initialise their data.
    pub init_only: Vec<InitOnly>,
    /// Programs that work on the other side, each by what it is to do.
    pub hooks: Vec<(Task, String)>,
}

/// What the plan is to be like.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub order: Order,
    pub volumes: Volumes,
    /// References that move from one Secret to another: whoever has one is to have the
    /// other, however it takes it.
    pub moves: Vec<Move>,
}

impl Options {
    fn moves(&self, secret: &str) -> bool {
        (self.moves.iter()).any(|one| one.from == secret || one.to == secret)
    }
}

impl Plan {
    /// Of the keys that get new values.
    pub fn new(inventory: &Inventory, keys: &[SecretName], options: &Options) -> Self {
        let mut by_workload: BTreeMap<ObjectId, Vec<Use>> = BTreeMap::new();
        let mut plan = Self::default();
        for secret in keys {
            let wanted = Wanted {
                name: secret.name.clone(),
                key: secret.key.clone(),
            };
            let found = Consumption::new(inventory, &secret.namespace, &wanted);
            for consumer in found.consumers {
                if inventory.workload(&consumer.subject).is_some() {
                    let uses = by_workload.entry(consumer.subject.clone()).or_default();
                    uses.push(Use {
                        secret: secret.clone(),
                        consumer,
                    });
                } else {
                    plan.add_other(consumer);
                }
            }
        }
        for (id, uses) in by_workload {
            if let Some(workload) = inventory.workload(&id) {
                plan.add(inventory, workload, uses, options);
            }
        }
        let refused = |grant: &&Grant| !(grant.group.is_empty() && grant.resource == "secrets");
        plan.not_seen = inventory.denied.iter().filter(refused).cloned().collect();
        plan.sort();
        plan.init_only = init_only::of_plan(&plan, inventory);
        plan
    }

    /// Of workloads that are restarted whatever they use (`restart TYPE/NAME`).
    pub fn of_workloads(
        inventory: &Inventory,
        ids: &BTreeSet<ObjectId>,
        options: &Options,
    ) -> Self {
        let mut plan = Self::default();
        for workload in inventory
            .workloads
            .iter()
            .filter(|one| ids.contains(&one.id))
        {
            plan.add_restarted(inventory, workload, Vec::new(), options);
        }
        plan.sort();
        plan
    }

    fn sort(&mut self) {
        (self.workloads).sort_by(|one, other| (one.wave, &one.id).cmp(&(other.wave, &other.id)));
    }

    fn add_other(&mut self, consumer: Consumer) {
        let known = (self.others.iter())
            .any(|other| other.id == consumer.subject && other.how == consumer.how);
        if !known {
            self.others.push(Other {
                id: consumer.subject,
                how: consumer.how,
                reach: consumer.reach,
                workloads: consumer.workloads,
            });
        }
    }

    fn add(
        &mut self,
        inventory: &Inventory,
        workload: &Workload,
        mut uses: Vec<Use>,
        options: &Options,
    ) {
        // What its app does not get is no use of it.
        uses.retain(|used| used.consumer.hider.is_none());
        if uses.is_empty() {
            return;
        }
        let starts = |used: &Use| used.consumer.reach == Reach::Restart;
        let pulls = |used: &Use| matches!(used.consumer.reach, Reach::NextPull | Reach::NextMount);
        let moves = uses.iter().any(|used| options.moves(&used.secret.name));
        if uses.iter().all(pulls) && !moves {
            for used in uses {
                self.add_other(used.consumer);
            }
            return;
        }
        let by_files = !uses.iter().any(starts);
        if by_files && options.volumes == Volumes::Refresh && !moves {
            let fate = match later(workload, &uses) {
                Some(later) => Fate::Later(later),
                None => Fate::Refresh,
            };
            let affected = self.affected(inventory, workload, fate, uses, options);
            self.workloads.push(affected);
        } else {
            self.add_restarted(inventory, workload, uses, options);
        }
    }

    fn add_restarted(
        &mut self,
        inventory: &Inventory,
        workload: &Workload,
        uses: Vec<Use>,
        options: &Options,
    ) {
        let moves = uses.iter().any(|used| options.moves(&used.secret.name));
        let fate = match fate(workload, &uses) {
            Fate::Later(later) if moves && workload.kind != WorkloadKind::Job => {
                Fate::Rewrite(later)
            }
            fate => fate,
        };
        let affected = self.affected(inventory, workload, fate, uses, options);
        self.workloads.push(affected);
    }

    fn affected(
        &mut self,
        inventory: &Inventory,
        workload: &Workload,
        fate: Fate,
        uses: Vec<Use>,
        options: &Options,
    ) -> Affected {
        let wave = wave_of(workload, &options.order).unwrap_or_else(|_| {
            self.bad_waves.insert(workload.id.clone());
            0
        });
        let live = |pod: &&crate::inventory::Pod| !pod.metadata.deleting && !pod.is_finished();
        let pods = inventory.pods_of(&workload.id).filter(live).count();
        Affected {
            id: workload.id.clone(),
            uid: workload.metadata.uid.clone(),
            fate,
            wave,
            outage: outage(workload, fate, pods),
            uses,
            pods,
            owner: ownership::find(workload),
        }
    }

    /// The workloads whose pods are replaced, in order.
    pub fn replaced(&self) -> impl Iterator<Item = &Affected> {
        self.workloads.iter().filter(|affected| {
            matches!(
                affected.fate,
                Fate::Restart | Fate::RestartRollout | Fate::Evict(_)
            )
        })
    }

    /// The workloads that a run changes, or whose pods it replaces, in order.
    pub fn changed(&self) -> impl Iterator<Item = &Affected> {
        self.workloads.iter().filter(|affected| {
            matches!(
                affected.fate,
                Fate::Restart | Fate::RestartRollout | Fate::Evict(_) | Fate::Rewrite(_)
            )
        })
    }

    /// The numbers of the waves, in order.
    pub fn waves(&self) -> BTreeSet<i64> {
        self.changed().map(|affected| affected.wave).collect()
    }

    /// How many pods are replaced.
    pub fn moved(&self) -> usize {
        self.replaced().map(|affected| affected.pods).sum()
    }

    /// Those that keep the old value.
    pub fn left(&self) -> impl Iterator<Item = (&Affected, Left)> {
        self.workloads
            .iter()
            .filter_map(|affected| match affected.fate {
                Fate::Left(left) => Some((affected, left)),
                _ => None,
            })
    }

    /// Whether anybody takes the value when a container starts: then it has to be
    /// text.
    pub fn has_variables(&self, secret: &str, key: &str) -> bool {
        let of_key = |used: &&Use| {
            used.secret.name == secret && used.secret.key.as_deref().is_none_or(|one| one == key)
        };
        (self.workloads.iter().flat_map(|affected| &affected.uses))
            .filter(of_key)
            .any(|used| {
                matches!(
                    used.consumer.how,
                    How::Variable { .. } | How::AllVariables { .. }
                )
            })
    }
}

/// When a workload takes a new value by itself, if it does.
fn later(workload: &Workload, uses: &[Use]) -> Option<Later> {
    let suspended = uses
        .iter()
        .any(|used| used.consumer.activity == Activity::Suspended);
    match workload.kind {
        WorkloadKind::CronJob | WorkloadKind::Job if suspended => Some(Later::Resumed),
        WorkloadKind::CronJob => Some(Later::NextRun),
        _ if workload.replicas == Some(0) => Some(Later::ScaledUp),
        _ => None,
    }
}

fn fate(workload: &Workload, uses: &[Use]) -> Fate {
    use WorkloadKind as Kind;

    if let Some(later) = later(workload, uses) {
        return Fate::Later(later);
    }
    match workload.kind {
        Kind::Deployment if workload.paused => Fate::Left(Left::Paused),
        Kind::Deployment => Fate::Restart,
        Kind::StatefulSet | Kind::DaemonSet => match workload.strategy {
            Strategy::OnDelete => Fate::Evict(Evicted::OnDelete),
            Strategy::Partition(1..) => Fate::Evict(Evicted::Partition),
            _ => Fate::Restart,
        },
        Kind::ReplicaSet | Kind::ReplicationController => Fate::Evict(Evicted::NothingRolls),
        Kind::Custom if is_rollout(workload) => match workload.paused {
            true => Fate::Left(Left::Paused),
            false => Fate::RestartRollout,
        },
        Kind::Job | Kind::CronJob => Fate::Left(Left::RunningJob),
        Kind::Pod => Fate::Left(Left::BarePod),
        Kind::PodTemplate | Kind::Custom => Fate::Left(Left::Custom),
    }
}

/// Whether it is a Rollout of Argo Rollouts.
fn is_rollout(workload: &Workload) -> bool {
    workload.id.kind == "Rollout" && workload.api_version.starts_with("argoproj.io/")
}

fn outage(workload: &Workload, fate: Fate, pods: usize) -> Option<Outage> {
    match (fate, workload.strategy) {
        (Fate::Restart, Strategy::Recreate) if pods > 0 => Some(Outage::Recreate),
        (Fate::Restart, Strategy::RollingInPlace { max_unavailable }) if pods > 0 => {
            let all = max_unavailable
                .and_then(|most| usize::try_from(most).ok())
                .is_some_and(|most| most >= pods);
            all.then_some(Outage::OnlyPod)
        }
        (Fate::Restart, _) if workload.kind == WorkloadKind::StatefulSet && pods == 1 => {
            Some(Outage::OnlyPod)
        }
        (Fate::Evict(_), _) if pods == 1 => Some(Outage::OnlyPod),
        _ => None,
    }
}
