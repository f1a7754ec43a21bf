//! What running containers hold of their Secrets, told once for SS050 to SS057.
//!
//! One trouble is one finding. A stale content is told by the rule that knows
//! why it stays: SS055 when kubelet keeps an immutable Secret, SS054 when the
//! Deployment is paused, SS056 when a restart does not reach the pod, else
//! SS051 for sub-paths and SS050 for variables.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::creation::owner::{self, Owner, OwnerKind};
use crate::finding::{Finding, Reason, Results, Severity, quoted};
use crate::inventory::staleness::{self, Cause, Doubt, Freshness, SKEW, Start};
use crate::inventory::{Answer, ContainerState, Inventory, Pod, SecretFacts};
use crate::workload::delivery::{Delivery, Way, deliveries};
use crate::workload::rollout::{Progress, Rollout, Wait};
use crate::workload::{Container, ObjectId, Site, Strategy, Workload, WorkloadKind};

use super::{
    Rule, ss050_stale_env, ss051_stale_subpath, ss052_mixed_generation, ss054_paused_deployment,
    ss055_immutable_recreated, ss056_restart_ineffective_strategy, ss057_gitops_would_revert,
    ss086_recreate_strategy_risk,
};

/// What a running container holds of a Secret, in one way.
pub(super) struct Held<'a> {
    pub pod: &'a Pod,
    pub container: &'a Container,
    pub delivery: Delivery<'a>,
    pub facts: &'a SecretFacts,
    /// When the container started.
    pub since: Timestamp,
    /// When the Secret was last written, at the latest.
    pub written: Option<Timestamp>,
    pub freshness: Freshness,
}

/// A workload and what its running containers hold.
pub(super) struct Running<'a> {
    inventory: &'a Inventory,
    pub workload: &'a Workload,
    pub held: Vec<Held<'a>>,
    /// Of a Deployment, StatefulSet or DaemonSet.
    pub rollout: Option<Rollout>,
    reach: Reach,
}

/// Whether a restart replaces every stale pod.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    All,
    NotAll,
}

impl Held<'_> {
    /// What happened to the Secret since it started, and when.
    pub fn stale(&self) -> Option<(Cause, Timestamp)> {
        match self.freshness {
            Freshness::Stale { cause, changed } => Some((cause, changed)),
            _ => None,
        }
    }

    /// The revision of its pod.
    pub fn revision(&self) -> &str {
        self.pod.revision()
    }
}

/// Every workload that has running containers with content of Secrets.
pub(super) fn all(inventory: &Inventory) -> impl Iterator<Item = Running<'_>> {
    inventory
        .workloads
        .iter()
        .map(|workload| Running::of(inventory, workload))
        .filter(|running| !running.held.is_empty())
}

impl<'a> Running<'a> {
    /// What the running containers of a workload hold.
    pub fn of(inventory: &'a Inventory, workload: &'a Workload) -> Self {
        let rollout = inventory
            .object_of(workload)
            .and_then(|object| Rollout::of(workload, object));
        let mut running = Self {
            inventory,
            workload,
            held: held(inventory, &workload.id),
            rollout,
            reach: Reach::All,
        };
        if running
            .held
            .iter()
            .any(|held| running.is_out_of_reach(held))
        {
            running.reach = Reach::NotAll;
        }
        running
    }

    /// What is stale and told by a rule.
    pub fn told_by(&self, rule: &Rule) -> Vec<&Held<'a>> {
        self.held
            .iter()
            .filter(|held| self.teller(held) == Some(rule))
            .collect()
    }

    /// The same, for each Secret.
    pub fn told_by_secret(&self, rule: &Rule) -> Vec<(&'a SecretFacts, Vec<&Held<'a>>)> {
        let mut groups: BTreeMap<&str, (&'a SecretFacts, Vec<&Held<'a>>)> = BTreeMap::new();
        for held in self.told_by(rule) {
            groups
                .entry(&held.facts.name)
                .or_insert_with(|| (held.facts, Vec::new()))
                .1
                .push(held);
        }
        groups.into_values().collect()
    }

    /// The rule that tells of a stale content; `None` for one that is not.
    fn teller(&self, held: &Held<'_>) -> Option<&'static Rule> {
        let (cause, _) = held.stale()?;
        Some(if cause == Cause::Frozen {
            &ss055_immutable_recreated::RULE
        } else if self.workload.kind == WorkloadKind::Deployment && self.workload.paused {
            &ss054_paused_deployment::RULE
        } else if self.reach == Reach::NotAll {
            &ss056_restart_ineffective_strategy::RULE
        } else if held.is_sub_path() {
            &ss051_stale_subpath::RULE
        } else {
            &ss050_stale_env::RULE
        })
    }

    /// Whether it is stale and a restart does not replace its pod.
    pub fn is_out_of_reach(&self, held: &Held<'_>) -> bool {
        let reached = self
            .rollout
            .as_ref()
            .is_none_or(|rollout| rollout.replaces(&held.pod.id.name));
        !reached && held.stale().is_some()
    }

    /// Whether old pods are being replaced right now. One that is merely not
    /// available, because it crashes, say, is not.
    pub fn rolls(&self) -> bool {
        let Some(rollout) = &self.rollout else {
            return false;
        };
        matches!(
            self.inventory.progress(rollout, self.workload),
            Progress::Waiting(Wait::Observed | Wait::Updated(..) | Wait::Ended(_))
        )
    }

    /// Whether a rollout under way replaces all these.
    fn is_replacing(&self, told: &[&Held<'_>]) -> bool {
        let newest = self.newest_revision();
        self.rolls()
            && newest.is_none_or(|newest| told.iter().all(|held| held.revision() != newest))
    }

    /// The revision of new pods, where it is known.
    fn newest_revision(&self) -> Option<&str> {
        match &self.rollout {
            Some(rollout) if rollout.kind == WorkloadKind::StatefulSet => {
                Some(&rollout.status.update_revision)
            }
            _ => self.inventory.newest_revision(self.workload),
        }
    }

    /// Where the workload asks for what a container holds; nowhere, when its
    /// pods got it from admission.
    pub fn site(&self, held: &Held<'_>) -> Site {
        let pod = &self.workload.pod;
        pod.containers
            .iter()
            .filter(|container| container.name == held.container.name)
            .flat_map(|container| deliveries(pod, container))
            .find(|delivery| {
                delivery.secret.value == held.facts.name
                    && delivery.holder() == held.delivery.holder()
            })
            .map(|delivery| delivery.site().clone())
            .unwrap_or_default()
    }

    /// Who would undo a restart by `kubectl`. Helm merges, so an annotation of
    /// somebody else stays.
    pub fn owner(&self) -> Option<Owner> {
        owner::find(self.workload).filter(|owner| owner.kind != OwnerKind::Helm)
    }

    /// The start of a finding about what some containers hold of one Secret:
    /// the places, the proofs and what else is known of it.
    pub fn finding(&self, rule: &'static Rule, told: &[&Held<'a>], message: String) -> Finding {
        let mut finding = Finding::new(rule, &self.workload.id, message);
        let secrets: BTreeSet<_> = told
            .iter()
            .map(|held| (&held.facts.namespace, &held.facts.name))
            .collect();
        if let (1, Some((namespace, name))) = (secrets.len(), secrets.first()) {
            finding = finding.about(namespace, name, only_key(told));
        }
        let containers: BTreeSet<_> = told.iter().map(|held| &held.container.name).collect();
        if let (1, Some(name)) = (containers.len(), containers.first()) {
            finding = finding.in_container(name);
        }
        let mut holders = BTreeSet::new();
        for held in told {
            if holders.insert((&held.container.name, held.delivery.holder())) {
                let label = format!(
                    "{} of container {}",
                    held.delivery.holder(),
                    held.container.name
                );
                finding = finding.at(self.workload.origin, &self.site(held), label);
            }
        }
        for words in proofs(told) {
            finding = finding.because(words);
        }
        finding
    }

    /// Adds the restart that brings the new content, or what to do where there
    /// is none, and what stands in its way.
    pub fn restart(&self, told: &[&Held<'_>], mut finding: Finding) -> Finding {
        if self.is_replacing(told) {
            finding = finding
                .severity(Severity::Info)
                .because("A rollout is under way and replaces these pods.");
        }
        if stops_all(self.workload) {
            finding = finding
                .because("A restart stops all its pods before it starts new ones.")
                .related(&ss086_recreate_strategy_risk::RULE);
        }
        let owner = self.owner();
        if let Some(owner) = &owner {
            finding = finding
                .because(format!("{} manages it and may undo a restart.", owner.who))
                .related(&ss057_gitops_would_revert::RULE);
        }
        match restart_command(self.workload, owner.as_ref()) {
            Some(command) => finding.run("Restart its pods.", command),
            None => finding.advise(match self.workload.kind {
                WorkloadKind::CronJob => {
                    "Nothing, if the running Job may end so: the next one gets the new content."
                }
                WorkloadKind::Job => {
                    "Let it end, or delete it and create it again from its manifest."
                }
                WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController => {
                    "Delete its pods one after the other; new ones get the new content."
                }
                WorkloadKind::Pod => "Delete the pod and create it again from its manifest.",
                _ => "Restart its pods with the tool of its controller.",
            }),
        }
    }
}

/// `kubectl rollout restart`, for the kinds that have it; Flux takes away what
/// other field managers than its own write.
pub(super) fn restart_command(workload: &Workload, owner: Option<&Owner>) -> Option<String> {
    if !matches!(
        workload.kind,
        WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet
    ) {
        return None;
    }
    let manager = match owner.map(|owner| &owner.kind) {
        Some(OwnerKind::Flux) => " --field-manager=flux-client-side-apply",
        _ => "",
    };
    Some(format!(
        "kubectl rollout restart {} -n {}{manager}",
        quoted(&workload.id.short()),
        quoted(&workload.id.namespace)
    ))
}

/// Whether a rollout takes all pods away before it makes new ones.
pub(super) fn stops_all(workload: &Workload) -> bool {
    let replicas = workload.replicas.unwrap_or(1);
    replicas > 0
        && match workload.strategy {
            Strategy::Recreate => true,
            // Kubernetes makes at least 1 of a percentage when no pod is extra.
            Strategy::RollingInPlace { max_unavailable } => {
                replicas <= max_unavailable.unwrap_or(1)
            }
            _ => false,
        }
}

impl Held<'_> {
    fn is_sub_path(&self) -> bool {
        matches!(self.delivery.way, Way::SubPath { .. })
    }
}

fn held<'a>(inventory: &'a Inventory, top: &'a ObjectId) -> Vec<Held<'a>> {
    let mut found = Vec::new();
    for pod in inventory.pods_of(top) {
        if pod.metadata.deleting || pod.is_finished() || pod.mirror {
            continue;
        }
        for container in &pod.spec.containers {
            let Some(ContainerState::Running { since: Some(since) }) =
                pod.status(&container.name).map(|status| &status.state)
            else {
                continue;
            };
            for mut delivery in deliveries(&pod.spec, container) {
                let Some(facts) = inventory.secret(&pod.id.namespace, &delivery.secret.value)
                else {
                    continue;
                };
                let has = |key: &str| facts.keys.has(key) != Answer::No;
                if let Some(keys) = &mut delivery.keys {
                    // A key that is gone is told by the rules for missing ones.
                    keys.retain(|key| has(key));
                }
                let nothing = match &delivery.keys {
                    Some(keys) => keys.is_empty(),
                    None => facts.keys.is_complete() && facts.keys.known().is_empty(),
                };
                if nothing {
                    continue;
                }
                let start = Start::of(pod, *since);
                found.push(Held {
                    pod,
                    container,
                    written: staleness::written(delivery.keys.as_deref(), facts),
                    freshness: staleness::freshness(&delivery, start, facts, inventory.now),
                    delivery,
                    facts,
                    since: *since,
                });
            }
        }
    }
    found
}

/// `a, b and 3 more`.
pub(super) fn listed<'t>(words: impl IntoIterator<Item = &'t str>) -> String {
    const MOST: usize = 4;
    let words: BTreeSet<_> = words.into_iter().collect();
    let more = words.len().saturating_sub(MOST);
    let told: Vec<_> = words.into_iter().take(MOST).collect();
    match more {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// The one key that all of them are about.
fn only_key<'a>(told: &[&Held<'a>]) -> Option<&'a str> {
    let mut keys = BTreeSet::new();
    for held in told {
        keys.extend(held.delivery.keys.as_ref()?.iter().copied());
    }
    keys.first().copied().filter(|_| keys.len() == 1)
}

/// Both times, for three pods at most.
fn proofs(told: &[&Held<'_>]) -> Vec<String> {
    const MOST: usize = 3;
    let mut words = Vec::new();
    let mut pods = BTreeSet::new();
    for held in told {
        let Some((cause, changed)) = held.stale() else {
            continue;
        };
        if !pods.insert(&held.pod.id.name) || pods.len() > MOST {
            continue;
        }
        let what = match cause {
            Cause::Changed => "last written",
            Cause::Created => "created",
            Cause::Recreated | Cause::Frozen => "created again",
        };
        words.push(format!(
            "pod/{} runs container {} since {}; the Secret was {what} at {changed}.",
            held.pod.id.name, held.container.name, held.since
        ));
    }
    if pods.len() > MOST {
        words.push(format!("{} more pods are as old.", pods.len() - MOST));
    }
    words
}

/// Reports what could not be told, once a Secret, for the ways a rule is about.
pub(super) fn doubts(
    running: &Running<'_>,
    rule: &'static Rule,
    concerns: impl Fn(Way<'_>) -> bool,
    results: &mut Results,
) {
    let mut told = BTreeSet::new();
    for held in running
        .held
        .iter()
        .filter(|held| concerns(held.delivery.way))
    {
        let why = match held.freshness {
            // Most pods start right after their Secret is written. Only one
            // that seems to have started before it is worth a word.
            Freshness::Uncertain(Doubt::TooClose { changed }) if held.since < changed => format!(
                "container {} of pod/{} started at {}, the Secret was written at {changed}, and \
                 clocks may differ by {} seconds",
                held.container.name,
                held.pod.id.name,
                held.since,
                SKEW.as_secs()
            ),
            Freshness::Uncertain(Doubt::NotRecorded) => {
                "the server does not record when it was written (managedFields)".to_owned()
            }
            _ => continue,
        };
        if told.insert(&held.facts.name) {
            results.unknown(
                rule,
                Some(&running.workload.id),
                format!(
                    "whether its pods hold what secret/{} holds",
                    held.facts.name
                ),
                Reason::Incomplete(why),
            );
        }
    }
}

/// Adds that only some pods are stale.
pub(super) fn with_mixed(running: &Running<'_>, secret: &str, finding: Finding) -> Finding {
    if ss052_mixed_generation::is_mixed(running, secret) {
        finding.related(&ss052_mixed_generation::RULE)
    } else {
        finding
    }
}
