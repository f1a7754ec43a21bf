//! Liveness probes: how long they take to end a container, and whether one
//! finds new pods broken that it found well before.
//!
//! Kubelet ends what a liveness probe finds broken and starts it again in one
//! step, in which the pod stays ready (observed on a node), so no controller
//! counts that against a new pod: old ones go while it is ended over and over.
//! Its first failure must be the last one, then.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::api::EVENTS;
use crate::inventory::staleness::SKEW;
use crate::inventory::{ContainerState, Inventory, Pod};
use crate::manifest::Node;
use crate::manifest::path::pointer;
use crate::workload::{Object, Workload};

/// `terminationGracePeriodSeconds` of a pod that has none.
const GRACE: i64 = 30;
/// Most failures in a row that are told apart; a probe that may fail more often
/// is known by the ends of its container.
const MOST: i64 = 100;
/// How much later than it should kubelet may end a container, in seconds.
const LATE: i64 = 30;

/// Whether a container of a workload has a liveness probe, or this is not known.
pub fn is_probed(inventory: &Inventory, workload: &Workload) -> bool {
    let object = inventory.object_of(workload);
    object.is_none_or(|object| !Liveness::in_template(workload, object).is_empty())
}

/// The liveness probe of one container, with the API server's defaults.
pub(super) struct Liveness<'a> {
    pub container: &'a str,
    delay: i64,
    period: i64,
    failures: i64,
    timeout: i64,
    grace: i64,
    /// Whether it begins only when another probe has been content.
    after_startup: bool,
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
                    after_startup: container.get("startupProbe").is_some(),
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
        self.found_after().saturating_add(self.grace.min(GRACE))
    }

    /// The same to when the container is to end.
    fn found_after(&self) -> i64 {
        self.every()
            .saturating_mul(self.failures)
            .saturating_add(self.timeout)
            .saturating_add(self.delay)
    }

    /// From one failure to the next: a probe waits for the one before it.
    fn every(&self) -> i64 {
        self.period.max(self.timeout)
    }

    /// The same at least; of times in whole seconds one may be rounding.
    fn shortest(&self) -> i64 {
        self.period
            .saturating_mul(self.failures.saturating_sub(1))
            .saturating_add(self.delay)
            .saturating_sub(1)
    }

    /// What of a pod's end speaks for this probe, where its events may not be
    /// listed: killed, after the time that it takes.
    fn has_ended(&self, pod: &Pod) -> Option<&'static str> {
        let status = pod.status(self.container)?;
        let end = status.last_end.as_ref().filter(|_| status.restarts > 0)?;
        let longest = self.found_after().saturating_add(self.grace);
        let (shortest, longest) = (self.shortest(), longest.saturating_add(LATE));
        let fits = (shortest..=longest).contains(&end.ran?.as_secs());
        // 128 and the number of SIGKILL or SIGTERM.
        let killed = matches!(end.exit_code, 137 | 143) && end.reason != "OOMKilled";
        (fits && killed && !self.after_startup).then_some("was ended as its livenessProbe does")
    }

    /// Adds what the events say of failures since the last look.
    fn look(&self, inventory: &Inventory, pod: &Pod, seen: &mut Failures) {
        let (mut count, mut first, mut last) = (0i64, None, None);
        for event in failures_of(inventory, pod, self.container) {
            count = count.saturating_add(event.count);
            first = first.into_iter().chain(event.first).min();
            last = last.into_iter().chain(event.last).max();
        }
        let more = count.saturating_sub(seen.count);
        let last = last.unwrap_or(inventory.now);
        // Of what was counted at once only the first and the last have a time.
        let in_a_row = match seen.times.last() {
            Some(before) => last.duration_since(*before) <= self.span(more.saturating_add(1)),
            None => first.is_none_or(|first| last.duration_since(first) <= self.span(more)),
        };
        if more > 0 {
            // By our own clock, where the failure is new.
            seen.rose = seen.times.last().map(|_| inventory.now);
        }
        let told = if in_a_row {
            more.min(self.failures)
        } else {
            more.min(1)
        };
        // Counts and periods come from the cluster, and may be any numbers.
        for back in (0..told.min(MOST)).rev() {
            let before = SignedDuration::from_secs(self.every().saturating_mul(back));
            let time = last.checked_sub(before).unwrap_or(Timestamp::MIN);
            seen.times.push(time);
        }
        let most = usize::try_from(MOST).unwrap_or(0);
        let old = seen.times.len().saturating_sub(most);
        seen.times.drain(..old);
        seen.count = count;
    }

    /// The time between the first and the last of so many failures in a row, at
    /// most. A success between them leaves no event, but takes a period.
    fn span(&self, failures: i64) -> SignedDuration {
        let slack = self.timeout.min(self.every() / 2).max(1);
        let periods = self.every().saturating_mul(failures.saturating_sub(1));
        SignedDuration::from_secs(periods.saturating_add(slack))
    }

    /// Whether it has failed as often in a row as it may, and not long ago.
    fn has_failed(&self, seen: &Failures, now: Timestamp) -> bool {
        let needed = usize::try_from(self.failures).unwrap_or(usize::MAX).max(1);
        let Some(last) = seen.times.last() else {
            return false;
        };
        let longest = SignedDuration::from_secs(self.longest());
        let recently = match seen.rose {
            Some(rose) => now.duration_since(rose) <= longest,
            None => now.duration_since(*last) <= longest.saturating_add(SKEW),
        };
        let first = seen.times.len().checked_sub(needed);
        recently
            && first.is_some_and(|first| {
                last.duration_since(seen.times[first]) <= self.span(self.failures)
            })
    }
}

/// Failures of one container's probe that were seen.
#[derive(Clone, Debug, Default)]
struct Failures {
    count: i64,
    times: Vec<Timestamp>,
    /// When a look last found more than the look before.
    rose: Option<Timestamp>,
}

/// The containers that their liveness probes find well before a change, as far
/// as old pods tell, and what they find after it.
#[derive(Clone, Debug, Default)]
pub struct Steady {
    well: BTreeSet<String>,
    ended: BTreeSet<String>,
    /// Whether events may not be listed: then too little is told of a failure.
    blind: bool,
    /// Of new pods, by their uid and the container.
    failures: BTreeMap<(String, String), Failures>,
}

impl Steady {
    /// What the pods of a workload tell of a change that is to come.
    pub fn before(inventory: &Inventory, workload: &Workload) -> Self {
        let mut steady = Self {
            blind: is_blind(inventory, workload),
            ..Self::default()
        };
        let pods = inventory.pods_of(&workload.id);
        for pod in pods.filter(|pod| !pod.metadata.deleting && !pod.is_finished()) {
            steady.look_at_old(inventory, workload, pod);
        }
        steady
    }

    /// Takes a look at a pod that does not have the change.
    pub fn look_at_old(&mut self, inventory: &Inventory, workload: &Workload, pod: &Pod) {
        let Some(object) = inventory.object_of(workload) else {
            return;
        };
        for probe in Liveness::in_template(workload, object) {
            let Some(status) = pod.status(probe.container) else {
                continue;
            };
            let ran = match status.state {
                ContainerState::Running { since: Some(since) } => {
                    inventory.now.duration_since(since)
                }
                _ => SignedDuration::ZERO,
            };
            // Ends of long ago say nothing of a container that has run on since.
            let long = SignedDuration::from_secs(probe.longest().saturating_mul(2));
            let failures = || failures_of(inventory, pod, probe.container);
            let fails = failures().any(|event| {
                event
                    .last
                    .is_none_or(|last| inventory.now.duration_since(last) <= long)
            });
            let unharmed = status.ready && status.restarts == 0 && failures().next().is_none();
            let list = if ran > long && !fails || unharmed {
                &mut self.well
            } else if status.restarts > 0 || failures().next().is_some() {
                &mut self.ended
            } else {
                continue;
            };
            list.insert(probe.container.to_owned());
        }
    }

    /// Takes a look at the pods that have it.
    pub fn look_at_new(&mut self, inventory: &Inventory, workload: &Workload, pods: &[&Pod]) {
        let Some(object) = inventory.object_of(workload) else {
            return;
        };
        for probe in Liveness::in_template(workload, object) {
            for pod in pods {
                let key = (pod.metadata.uid.clone(), probe.container.to_owned());
                probe.look(inventory, pod, self.failures.entry(key).or_default());
            }
        }
    }

    fn is_steady(&self, container: &str) -> bool {
        self.well.contains(container) && !self.ended.contains(container)
    }

    /// The seconds that the slowest of the probes takes of which nothing is known
    /// so that its first failure would say nothing; 0 without one.
    pub fn longest_unknown(&self, workload: &Workload, object: &Object) -> i64 {
        Liveness::in_template(workload, object)
            .iter()
            .filter(|probe| self.blind || !self.is_steady(probe.container))
            .map(Liveness::longest)
            .max()
            .unwrap_or(0)
    }

    /// Why a new pod is broken: by the first failure that its liveness probe
    /// finds, where it found no old pod so; elsewhere by the second.
    pub fn broken(
        &self,
        inventory: &Inventory,
        workload: &Workload,
        pods: &[&Pod],
    ) -> Option<String> {
        let object = inventory.object_of(workload)?;
        let blind = is_blind(inventory, workload);
        let probes = Liveness::in_template(workload, object);
        let mut each = probes
            .iter()
            .flat_map(|probe| pods.iter().map(move |pod| (probe, *pod)));
        each.find_map(|(probe, pod)| {
            let container = probe.container;
            let key = (pod.metadata.uid.clone(), container.to_owned());
            let seen = self.failures.get(&key);
            let failed = seen.is_some_and(|seen| probe.has_failed(seen, inventory.now));
            let ended = || probe.has_ended(pod).filter(|_| blind);
            let how = if !self.is_steady(container) {
                let twice = pod.status(container)?.restarts >= 2;
                let why = failed.then_some("fails its livenessProbe").or_else(ended);
                format!("{}, and has been ended before", why.filter(|_| twice)?)
            } else if failed {
                "fails its livenessProbe, which was well before the change".to_owned()
            } else {
                format!("{}, which it did not before the change", ended()?)
            };
            Some(format!("pod/{}: container {container} {how}", pod.id.name))
        })
    }
}

/// Whether the events of a workload's pods may not be listed.
fn is_blind(inventory: &Inventory, workload: &Workload) -> bool {
    let (group, events) = (EVENTS.group, EVENTS.plural);
    let denied = inventory.denied(group, events, &workload.id.namespace);
    denied.is_some()
}

/// The events of failures of a container's liveness probe. Those without the
/// container's name are of any.
fn failures_of<'a>(
    inventory: &'a Inventory,
    pod: &'a Pod,
    container: &'a str,
) -> impl Iterator<Item = &'a crate::inventory::Event> {
    inventory.events_of(pod).filter(move |event| {
        event.is_liveness_failure() && (event.container.is_empty() || event.container == container)
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
        Steady::before(old, &old.workloads[0])
    }

    /// What looks at the new pod come to, one after the other.
    fn broken(steady: &Steady, looks: &[Inventory]) -> Option<String> {
        let mut steady = steady.clone();
        let mut found = None;
        for new in looks {
            let pods: Vec<_> = new.pods.iter().collect();
            steady.look_at_new(new, &new.workloads[0], &pods);
            found = steady.broken(new, &new.workloads[0], &pods);
        }
        found
    }

    #[test]
    fn the_first_failure_counts() {
        let steady = steady(&inventory(WELL, None, ""));
        let of = |failures, container| inventory(WELL, Some(failures), container);
        for (looks, expected) in [
            (vec![inventory(WELL, None, "main")], false),
            (vec![of((2, 10), "main")], false),
            (vec![of((3, 20), "main")], true),
            // With a success between them they end nothing.
            (vec![of((3, 30), "main")], false),
            (vec![of((3, 20), "side")], false),
            // One long before, and two; then three.
            (vec![of((1, 0), "main"), of((3, 50), "main")], false),
            (
                [(1, 0), (2, 35), (3, 45), (4, 55)]
                    .map(|failures| of(failures, "main"))
                    .into(),
                true,
            ),
            // Counted at once, and with room for successes.
            (vec![of((1, 0), "main"), of((4, 55), "main")], false),
            (vec![of((1, 0), "main"), of((3, 20), "main")], true),
            // The end alone says nothing where events would have told more.
            (vec![inventory(&ended(65), None, "main")], false),
        ] {
            let found = broken(&steady, &looks);
            assert_eq!(found.is_some(), expected, "{found:?}");
        }
        assert_eq!(
            broken(&steady, &[of((3, 20), "main")]).unwrap(),
            "pod/db-0: container main fails its livenessProbe, which was well before the change"
        );
    }

    #[test]
    fn any_numbers_are_borne() {
        for (field, value) in [
            ("periodSeconds", i64::MAX),
            ("periodSeconds", -1),
            ("failureThreshold", i64::MAX),
            ("failureThreshold", -5),
            ("initialDelaySeconds", i64::MIN),
        ] {
            let mut probe = Liveness {
                container: "main",
                delay: 0,
                period: 10,
                failures: 3,
                timeout: 1,
                grace: 30,
                after_startup: false,
            };
            match field {
                "periodSeconds" => probe.period = value,
                "failureThreshold" => probe.failures = value,
                _ => probe.delay = value,
            }
            let mut seen = Failures::default();
            for count in [1, i64::MAX, -7, 3] {
                let new = inventory(WELL, Some((count, 20)), "main");
                probe.look(&new, &new.pods[0], &mut seen);
                let _ = probe.has_failed(&seen, new.now);
                let _ = (probe.longest(), probe.shortest());
            }
            assert!(seen.times.len() <= 100, "{field} {value}");
        }
    }

    #[test]
    fn without_events_a_kill_after_that_time_counts() {
        let steady = steady(&inventory(WELL, None, ""));
        let blind = |status: &str| {
            let mut inventory = inventory(status, None, "");
            inventory.denied.insert(crate::inventory::Grant {
                verb: "list".to_owned(),
                group: String::new(),
                resource: "events".to_owned(),
                namespace: None,
            });
            inventory
        };
        for (status, expected) in [
            (WELL.to_owned(), false),
            // 25 s at least, 66 s and some more at most.
            (ended(23), false),
            (ended(24), true),
            (ended(65), true),
            (ended(97), false),
            (ended(65).replace("137", "1"), false),
            (ended(65).replace("137", "137, reason: OOMKilled"), false),
        ] {
            let found = broken(&steady, &[blind(&status)]);
            assert_eq!(found.is_some(), expected, "{status}: {found:?}");
        }
    }

    #[test]
    fn what_was_so_before_says_nothing() {
        let new = || inventory(WELL, Some((3, 20)), "main");
        for old in [
            inventory(&ended(2000), None, ""),
            inventory(WELL, Some((1, 0)), "main"),
            inventory("name: other, restartCount: 0", None, ""),
        ] {
            let steady = steady(&old);
            assert_eq!(broken(&steady, &[new()]), None);
            let (workload, object) = (&old.workloads[0], old.object_of(&old.workloads[0]));
            assert_eq!(steady.longest_unknown(workload, object.unwrap()), 66);
        }
        assert_eq!(broken(&Steady::default(), &[new()]), None);
        // Its second end counts.
        let unsteady = steady(&inventory(&ended(2000), None, ""));
        let twice = ended(65).replace("restartCount: 1", "restartCount: 2");
        let second = inventory(&twice, Some((3, 20)), "main");
        assert!(broken(&unsteady, &[second]).is_some());
        assert_eq!(broken(&unsteady, &[inventory(&twice, None, "")]), None);
        // It has run on for long since it ended last.
        let since = "1969-12-31T23:00:00Z";
        let running = format!(
            "{}, state: {{running: {{startedAt: '{since}'}}}}",
            ended(20)
        );
        let old = inventory(&running, None, "");
        assert!(broken(&steady(&old), &[new()]).is_some());
        let object = old.object_of(&old.workloads[0]).unwrap();
        assert_eq!(steady(&old).longest_unknown(&old.workloads[0], object), 0);
    }
}
