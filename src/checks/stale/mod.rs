//! What running containers have of their Secrets, shared by SS050 to SS057.
//!
//! One problem is one finding. Stale content is reported by the rule that knows why it stays:
//! SS055 if the kubelet keeps an immutable Secret, SS054 if the Deployment is paused, SS056 if a
//! restart does not reach the pod, otherwise SS051 for sub-paths and SS050 for variables.

pub(super) mod mixed;
mod restart;
mod rollout;
mod sub_path;
mod words;

pub(super) use restart::{restart_command, stops_all};
pub(super) use sub_path::is_told_of_sub_path;
pub(super) use words::doubts;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::inventory::staleness::{self, Cause, Freshness, Start};
use crate::inventory::{Answer, ContainerState, Inventory, Pod, SecretFacts};
use crate::workload::delivery::{Delivery, Way, deliveries};
use crate::workload::hidden::hider;
use crate::workload::rollout::Rollout;
use crate::workload::{Container, ObjectId, Workload, WorkloadKind};

use super::table;
use crate::finding::Rule;

/// What a running container has of a Secret, in one way.
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

/// A workload and what its running containers have.
pub(super) struct Running<'a> {
    inventory: &'a Inventory,
    pub workload: &'a Workload,
    pub held: Vec<Held<'a>>,
    /// For a Deployment, StatefulSet or DaemonSet.
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

    fn is_sub_path(&self) -> bool {
        matches!(self.delivery.way, Way::SubPath { .. })
    }
}

/// Every workload with running containers that have content of Secrets.
pub(super) fn all(inventory: &Inventory) -> impl Iterator<Item = Running<'_>> {
    inventory
        .workloads
        .iter()
        .filter(|workload| inventory.pods_of(&workload.id).next().is_some())
        .map(|workload| Running::gather(inventory, workload))
        .filter(|running| !running.held.is_empty())
}

impl<'a> Running<'a> {
    /// What the running containers of a workload have.
    pub fn gather(inventory: &'a Inventory, workload: &'a Workload) -> Self {
        let rollout = inventory
            .object_of(workload)
            .and_then(|object| Rollout::from_object(workload, object));
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

    /// The stale contents that a rule reports.
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

    /// The rule that reports a stale content; `None` if it is not stale.
    fn teller(&self, held: &Held<'_>) -> Option<&'static Rule> {
        let (cause, _) = held.stale()?;
        Some(if cause == Cause::Frozen {
            &table::SS055
        } else if self.workload.kind == WorkloadKind::Deployment && self.workload.paused {
            &table::SS054
        } else if self.reach == Reach::NotAll {
            &table::SS056
        } else if held.is_sub_path() {
            &table::SS051
        } else {
            &table::SS050
        })
    }

    /// The rules that report stale contents, each once.
    pub fn tellers(&self, told: &[&Held<'_>]) -> Vec<&'static Rule> {
        let mut rules: Vec<&'static Rule> = Vec::new();
        for rule in told.iter().filter_map(|held| self.teller(held)) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
        rules
    }

    /// Whether a restart brings the new content to all these: it is not refused, it reaches their
    /// pods, and their nodes have the new content.
    pub fn restart_is_enough(&self, told: &[&Held<'_>]) -> bool {
        self.tellers(told)
            .into_iter()
            .all(|rule| [&table::SS050, &table::SS051].contains(&rule))
    }

    /// Whether it is stale and a restart does not replace its pod.
    pub fn is_out_of_reach(&self, held: &Held<'_>) -> bool {
        let reached = self
            .rollout
            .as_ref()
            .is_none_or(|rollout| rollout.replaces(&held.pod.id.name));
        !reached && held.stale().is_some()
    }
}

/// Leaves out the keys that an app does not get: removed keys, which the rules for missing keys
/// report, and hidden ones.
fn narrow<'a>(
    delivery: &mut Delivery<'a>,
    pod: &Pod,
    container: &Container,
    facts: &'a SecretFacts,
) {
    let is_hidden = |key: &str| hider(&pod.spec, container, delivery, key).is_some();
    let keys = match &delivery.keys {
        Some(keys) => keys
            .iter()
            .copied()
            .filter(|key| facts.keys.has(key) != Answer::No && !is_hidden(key))
            .collect(),
        None if facts.keys.is_complete() => {
            let all = facts.keys.known();
            let seen: Vec<&str> = all
                .iter()
                .map(String::as_str)
                .filter(|key| !is_hidden(key))
                .collect();
            if seen.len() == all.len() {
                return;
            }
            seen
        }
        None => return,
    };
    delivery.keys = Some(keys);
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
                narrow(&mut delivery, pod, container, facts);
                let nothing = match &delivery.keys {
                    Some(keys) => keys.is_empty(),
                    None => facts.keys.is_complete() && facts.keys.known().is_empty(),
                };
                if nothing {
                    continue;
                }
                let start = Start::in_pod(pod, *since);
                found.push(Held {
                    pod,
                    container,
                    written: staleness::written(delivery.keys.as_deref(), facts),
                    freshness: staleness::freshness(
                        &delivery,
                        start,
                        facts,
                        inventory.earlier_use(facts, pod).map(|earlier| earlier.how),
                        inventory.now,
                    ),
                    delivery,
                    facts,
                    since: *since,
                });
            }
        }
    }
    found
}
