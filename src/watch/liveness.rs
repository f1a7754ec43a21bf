//! Liveness probes: how long they take to end a container, and whether one
//! finds new pods broken that it found well before.
//!
//! Kubelet ends what a liveness probe finds broken and starts it again in one
//! step, in which the pod stays ready (observed on a node), so no controller
//! counts that against a new pod: old ones go while it is ended over and over.
//! Its first failure must be the last one, then.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::inventory::{Inventory, Pod};
use crate::manifest::Node;
use crate::manifest::path::pointer;
use crate::workload::{Object, Workload};

/// `terminationGracePeriodSeconds` of a pod that has none.
const GRACE: i64 = 30;

/// The liveness probe of one container, with the API server's defaults.
pub(super) struct Liveness<'a> {
    pub container: &'a str,
    delay: i64,
    period: i64,
    failures: i64,
    timeout: i64,
    grace: i64,
}

impl<'a> Liveness<'a> {
    /// Those of a template.
    pub fn in_template(workload: &Workload, object: &'a Object) -> Vec<Self> {
        let pod = pointer(&workload.pod.site.path);
        let grace = number(object.root.lookup(&pod), "terminationGracePeriodSeconds");
        ["initContainers", "containers"]
            .into_iter()
            .filter_map(|list| object.root.lookup(&format!("{pod}/{list}")))
            .flat_map(Node::items)
            .filter_map(|container| {
                let probe = container.get("livenessProbe")?;
                let of = |field, usual| number(Some(probe), field).unwrap_or(usual);
                Some(Self {
                    container: container.text_of("name").unwrap_or_default(),
                    delay: of("initialDelaySeconds", 0),
                    period: of("periodSeconds", 10),
                    failures: of("failureThreshold", 3),
                    timeout: of("timeoutSeconds", 1),
                    grace: of("terminationGracePeriodSeconds", grace.unwrap_or(GRACE)),
                })
            })
            .collect()
    }

    /// The seconds from the start of a container to its end by this probe, at
    /// most: one probe a period from the delay on (kubernetes/kubernetes
    /// `pkg/kubelet/prober/worker.go`). A program that does not heed SIGTERM
    /// runs on for its grace period; of a longer one than usual the probe's
    /// failures tell before it is over.
    pub fn longest(&self) -> i64 {
        self.period
            .saturating_mul(self.failures)
            .saturating_add(self.timeout)
            .saturating_add(self.delay)
            .saturating_add(self.grace.min(GRACE))
    }

    /// The same at least; of times in whole seconds one may be rounding.
    fn shortest(&self) -> i64 {
        self.period
            .saturating_mul(self.failures.saturating_sub(1))
            .saturating_add(self.delay)
            .saturating_sub(1)
    }

    /// Whether this probe has failed as often in a row as it may.
    fn has_failed(&self, inventory: &Inventory, pod: &Pod) -> bool {
        let mut failures = 0i64;
        let mut times = Vec::new();
        for event in failures_of(inventory, pod, self.container) {
            failures = failures.saturating_add(event.count);
            times.extend(event.first.into_iter().chain(event.last));
        }
        let between = match (times.iter().min(), times.iter().max()) {
            (Some(first), Some(last)) => last.duration_since(*first),
            _ => SignedDuration::ZERO,
        };
        // Successes leave no event, but take a period each.
        failures >= self.failures.max(1)
            && between < SignedDuration::from_secs(self.period.saturating_mul(failures))
    }

    /// What speaks for this probe having found the container broken.
    fn broken(&self, inventory: &Inventory, pod: &Pod) -> Option<String> {
        let status = pod.status(self.container)?;
        let end = status.last_end.as_ref().filter(|_| status.restarts > 0);
        let ended = end.is_some_and(|end| {
            end.ran
                .is_some_and(|ran| ran >= SignedDuration::from_secs(self.shortest()))
        });
        let how = match end.filter(|_| ended) {
            Some(end) => format!("ended {}", end.words()),
            None if self.has_failed(inventory, pod) => "fails its livenessProbe".to_owned(),
            None => return None,
        };
        Some(format!(
            "pod/{}: container {} {how}, and its livenessProbe did not end it before the change",
            pod.id.name, self.container
        ))
    }
}

/// The containers that no liveness probe ended before a change, as far as their
/// old pods tell.
#[derive(Clone, Debug, Default)]
pub struct Steady {
    seen: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Steady {
    /// Takes a look at an old pod.
    pub fn look(&mut self, inventory: &Inventory, pod: &Pod) {
        for status in &pod.containers {
            let failed = failures_of(inventory, pod, &status.name).next().is_some();
            let list = if status.restarts > 0 || failed {
                &mut self.ended
            } else if status.ready {
                &mut self.seen
            } else {
                continue;
            };
            list.insert(status.name.clone());
        }
    }

    /// Why a new pod is broken by its first failure: a liveness probe finds it
    /// so, and found no old pod so.
    pub fn broken(
        &self,
        inventory: &Inventory,
        workload: &Workload,
        pods: &[&Pod],
    ) -> Option<String> {
        let object = inventory.object_of(workload)?;
        Liveness::in_template(workload, object)
            .iter()
            .filter(|probe| {
                self.seen.contains(probe.container) && !self.ended.contains(probe.container)
            })
            .find_map(|probe| pods.iter().find_map(|pod| probe.broken(inventory, pod)))
    }
}

/// The events of failures of a container's liveness probe. Those without the
/// container's name are of any.
fn failures_of<'a>(
    inventory: &'a Inventory,
    pod: &'a Pod,
    container: &'a str,
) -> impl Iterator<Item = &'a crate::inventory::Event> {
    inventory.events_of(pod).filter(move |event| {
        event.reason == "Unhealthy"
            && event.message.starts_with("Liveness")
            && (event.container.is_empty() || event.container == container)
    })
}

pub(super) fn number(node: Option<&Node>, field: &str) -> Option<i64> {
    node?.get(field).and_then(Node::as_integer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Builder, Scope};
    use crate::manifest::{SourceText, parse};

    /// One pod's status and the event of its probe, if it failed: how often,
    /// and over how many seconds.
    fn inventory(status: &str, failures: Option<(i64, i64)>, container: &str) -> Inventory {
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, "prod", jiff::Timestamp::UNIX_EPOCH);
        let event = failures.map_or(String::new(), |(count, seconds)| {
            format!(
                "---\n{{apiVersion: v1, kind: Event, metadata: {{name: e, namespace: prod}}, type: Warning, \
                 reason: Unhealthy, message: 'Liveness probe failed: x', count: {count}, firstTimestamp: \
                 '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:{seconds:02}Z', involvedObject: \
                 {{kind: Pod, name: db-0, namespace: prod, fieldPath: 'spec.containers{{{container}}}'}}}}\n"
            )
        });
        let pod = "{containers: [{name: main, image: x, livenessProbe: {initialDelaySeconds: 5}}, {name: \
                   side, image: x}]}";
        let text = format!(
            "{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: db, namespace: prod}}, spec: \
             {{template: {{spec: {pod}}}}}}}\n---\n{{apiVersion: v1, kind: Pod, metadata: {{name: db-0, \
             namespace: prod, ownerReferences: [{{kind: StatefulSet, name: db, controller: true}}]}}, spec: \
             {pod}, status: {{containerStatuses: [{{{status}, ready: true}}]}}}}\n{event}"
        );
        for document in parse(&SourceText::new("live", text)).documents {
            builder.add_live(document.root);
        }
        builder.finish()
    }

    const WELL: &str = "name: main, restartCount: 0";

    fn ended(after: i64) -> String {
        format!(
            "name: main, restartCount: 1, lastState: {{terminated: {{exitCode: 137, startedAt: \
             '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:{:02}:{:02}Z'}}}}",
            after / 60,
            after % 60
        )
    }

    fn steady(old: &Inventory) -> Steady {
        let mut steady = Steady::default();
        for pod in &old.pods {
            steady.look(old, pod);
        }
        steady
    }

    fn broken(steady: &Steady, new: &Inventory) -> Option<String> {
        let pods: Vec<_> = new.pods.iter().collect();
        steady.broken(new, &new.workloads[0], &pods)
    }

    #[test]
    fn the_first_failure_counts() {
        let steady = steady(&inventory(WELL, None, ""));
        for (status, failures, container, expected) in [
            (WELL.to_owned(), None, "main", false),
            // Three in a row end it; three with a success between them do not.
            (WELL.to_owned(), Some((2, 10)), "main", false),
            (WELL.to_owned(), Some((3, 20)), "main", true),
            (WELL.to_owned(), Some((3, 30)), "main", false),
            (WELL.to_owned(), Some((3, 20)), "side", false),
            // The shortest time to an end by the probe is 25 s.
            (ended(23), None, "main", false),
            (ended(24), None, "main", true),
            (ended(65), None, "main", true),
        ] {
            let found = broken(&steady, &inventory(&status, failures, container));
            assert_eq!(found.is_some(), expected, "{status} {failures:?} {found:?}");
        }
        assert_eq!(
            broken(&steady, &inventory(&ended(65), None, "")).unwrap(),
            "pod/db-0: container main ended with exit code 137, 65 s after its start, and its \
             livenessProbe did not end it before the change"
        );
    }

    #[test]
    fn what_was_so_before_says_nothing() {
        let new = inventory(&ended(65), Some((3, 20)), "main");
        for old in [
            inventory(&ended(2000), None, ""),
            inventory(WELL, Some((1, 0)), "main"),
            inventory("name: other, restartCount: 0", None, ""),
        ] {
            assert_eq!(broken(&steady(&old), &new), None);
        }
        assert_eq!(broken(&Steady::default(), &new), None);
    }
}
