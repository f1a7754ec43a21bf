//! The texts about stale contents.

use std::collections::BTreeSet;

use crate::finding::{Finding, Results, Rule};
use crate::inventory::Reason;
use crate::inventory::staleness::{Cause, Doubt, Freshness, SKEW};
use crate::workload::Site;
use crate::workload::delivery::{Way, deliveries};

use super::super::table;
use super::{Held, Running, mixed};

impl<'a> Running<'a> {
    /// The start of a finding about what some containers have of one Secret: the places, the
    /// evidence and what else is known.
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

    /// Where the workload refers to what a container has; nowhere, if its pods got it from
    /// admission.
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

    /// Adds that only some pods are stale.
    pub fn with_mixed(&self, secret: &str, finding: Finding) -> Finding {
        if mixed::is_mixed(self, secret) {
            finding.related(&table::SS052)
        } else {
            finding
        }
    }
}

/// The one key that all of them have.
fn only_key<'a>(told: &[&Held<'a>]) -> Option<&'a str> {
    let mut keys = BTreeSet::new();
    for held in told {
        keys.extend(held.delivery.keys.as_ref()?.iter().copied());
    }
    keys.first().copied().filter(|_| keys.len() == 1)
}

/// Both times, for at most three pods.
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
        let subject = match (cause, held.delivery.keys.as_deref()) {
            (Cause::Changed, Some([key])) => format!("key {key} of the Secret"),
            _ => "the Secret".to_owned(),
        };
        words.push(format!(
            "pod/{} has run container {} since {}; {subject} was {what} at {changed}.",
            held.pod.id.name, held.container.name, held.since
        ));
    }
    if pods.len() > MOST {
        words.push(format!("{} more pods are as old.", pods.len() - MOST));
    }
    words
}

/// Reports what is unknown, once per Secret, for the ways that a rule covers.
pub fn doubts(
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
            // Most pods start right after their Secret is written. Only one that seems to have
            // started before it is worth reporting.
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
                    "whether its pods have the current content of secret/{}",
                    held.facts.name
                ),
                Reason::Incomplete(why),
            );
        }
    }
}
