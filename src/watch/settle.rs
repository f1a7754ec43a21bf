//! How long a new pod has to stay up before that says anything.
//!
//! No time proves that a program will not end: what was watched is told. What
//! is known of the workload says how long its troubles take to show.

use std::time::Duration;

use crate::inventory::Pod;
use crate::manifest::Node;
use crate::manifest::path::pointer;
use crate::workload::{Object, Workload};

use super::liveness::{Liveness, number};

/// Without anything known: longer than programs wait for others (10 to 20 s in
/// the clients of common databases) before they give up.
const USUAL: i64 = 30;
/// A container that ran longer than this before it ended says nothing of how
/// it starts.
const LONGEST_RUN: i64 = 300;
/// A rollout waits this long for each batch of pods.
pub(super) const LONGEST: i64 = 600;

/// How long new pods are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settle {
    /// Whole seconds, at least 1.
    pub seconds: i64,
    /// What asks for that long.
    pub because: Because,
}

/// What a time comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// Nothing special is known.
    Usual,
    /// The user said so (`--settle`).
    Asked,
    /// `minReadySeconds` of the workload.
    MinReady,
    /// A probe may take that long to end a container, or to find it not ready:
    /// the container and the probe.
    Probe(String, Probe),
    /// A container ended after that long before.
    EarlierRun(String),
}

/// A probe that tells on a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It ends the container.
    Liveness,
    /// It finds the container not ready.
    Readiness,
}

impl Probe {
    /// Its field of a container.
    fn field(self) -> &'static str {
        match self {
            Self::Liveness => "livenessProbe",
            Self::Readiness => "readinessProbe",
        }
    }
}

impl Settle {
    /// The time for a workload, from its template and from pods of its that
    /// were seen.
    pub fn for_workload<'a>(
        asked: Option<Duration>,
        workload: &Workload,
        object: &Object,
        pods: impl Iterator<Item = &'a Pod>,
    ) -> Self {
        if let Some(asked) = asked {
            let seconds = i64::try_from(asked.as_secs()).unwrap_or(i64::MAX);
            return Self {
                seconds: seconds.max(1),
                because: Because::Asked,
            };
        }
        let usual = Self {
            seconds: USUAL,
            because: Because::Usual,
        };
        let ready = number(object.root.get("spec"), "minReadySeconds").map(|seconds| Self {
            seconds,
            because: Because::MinReady,
        });
        let longest = ready
            .into_iter()
            .chain(probes(workload, object))
            .chain(pods.flat_map(earlier_runs))
            // Of equals the first one, which is the simplest.
            .fold(usual, |longest, other| {
                if other.seconds > longest.seconds {
                    other
                } else {
                    longest
                }
            });
        Self {
            seconds: longest.seconds.min(LONGEST),
            ..longest
        }
    }

    /// The time of a change that only restores what was there before.
    pub fn of_the_way_back() -> Self {
        Self {
            seconds: 5,
            because: Because::Usual,
        }
    }

    pub fn time(&self) -> Duration {
        Duration::from_secs(self.seconds.unsigned_abs())
    }

    /// Why that long, as a fragment that stands behind it; empty without a
    /// reason to tell.
    pub fn reason(&self) -> String {
        match &self.because {
            Because::Usual | Because::Asked => String::new(),
            Because::MinReady => ", as its minReadySeconds say".to_owned(),
            Because::Probe(container, probe) => format!(
                ", for the {} of container {container} may take that long to find it broken",
                probe.field()
            ),
            Because::EarlierRun(container) => {
                format!(", for container {container} has ended before after nearly that long")
            }
        }
    }
}

/// How long a run has to last that is not to end like an earlier one.
pub fn longer_than(run: i64) -> i64 {
    run + (run / 4).max(5)
}

/// The times that probes take.
fn probes(workload: &Workload, object: &Object) -> Vec<Settle> {
    let pod = pointer(&workload.pod.site.path);
    let liveness = Liveness::in_template(workload, object)
        .into_iter()
        .map(|probe| Settle {
            seconds: probe.longest(),
            because: Because::Probe(probe.container.to_owned(), Probe::Liveness),
        });
    let readiness = ["initContainers", "containers"]
        .into_iter()
        .filter_map(|list| object.root.lookup(&format!("{pod}/{list}")))
        .flat_map(Node::items)
        .filter_map(|container| {
            let probe = container.get("readinessProbe")?;
            let of = |field, usual| number(Some(probe), field).unwrap_or(usual);
            let name = container.text_of("name").unwrap_or_default();
            // The delay is over when it is ready.
            Some(Settle {
                seconds: of("periodSeconds", 10)
                    .saturating_mul(of("failureThreshold", 3))
                    .saturating_add(of("timeoutSeconds", 1)),
                because: Because::Probe(name.to_owned(), Probe::Readiness),
            })
        });
    liveness.chain(readiness).collect()
}

/// The times after which containers of a pod have ended.
fn earlier_runs(pod: &Pod) -> impl Iterator<Item = Settle> {
    pod.containers.iter().filter_map(|status| {
        let ran = status.last_end.as_ref()?.ran?.as_secs();
        // An init container ends well when it is done.
        let is_end = status.restarts > 0 && ran <= LONGEST_RUN;
        is_end.then(|| Settle {
            seconds: longer_than(ran),
            because: Because::EarlierRun(status.name.clone()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Builder, Scope};
    use crate::manifest::{SourceText, parse};

    fn settle(asked: Option<u64>, spec: &str, container: &str, status: &str) -> Settle {
        let scope = Scope::Cluster {
            name: String::new(),
            minor: None,
        };
        let mut builder = Builder::new(scope, "prod", jiff::Timestamp::UNIX_EPOCH);
        let pod = format!("{{containers: [{{name: main, image: x{container}}}]}}");
        let text = format!(
            "{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: db, namespace: prod}}, spec: \
             {{{spec}template: {{spec: {pod}}}}}}}\n---\n{{apiVersion: v1, kind: Pod, metadata: {{name: \
             db-0, namespace: prod, ownerReferences: [{{kind: StatefulSet, name: db, controller: true}}]}}, \
             spec: {pod}, status: {{containerStatuses: [{{name: main{status}}}]}}}}\n"
        );
        for document in parse(&SourceText::new("live", text)).documents {
            builder.add_live(document.root);
        }
        let inventory = builder.finish();
        let [workload] = &inventory.workloads[..] else {
            panic!("one workload");
        };
        assert_eq!(inventory.pods_of(&workload.id).count(), 1);
        Settle::for_workload(
            asked.map(Duration::from_secs),
            workload,
            inventory.object_of(workload).unwrap(),
            inventory.pods_of(&workload.id),
        )
    }

    fn ended(after: &str, restarts: i64) -> String {
        format!(
            ", restartCount: {restarts}, lastState: {{terminated: {{exitCode: 1, startedAt: \
             '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T{after}Z'}}}}"
        )
    }

    #[test]
    fn it_is_what_is_known_to_take_longest() {
        let probe = |kind| Because::Probe("main".to_owned(), kind);
        let earlier = || Because::EarlierRun("main".to_owned());
        for (spec, container, status, seconds, because) in [
            ("", "", String::new(), 30, Because::Usual),
            (
                "minReadySeconds: 20, ",
                "",
                String::new(),
                30,
                Because::Usual,
            ),
            (
                "minReadySeconds: 45, ",
                "",
                String::new(),
                45,
                Because::MinReady,
            ),
            (
                "",
                ", readinessProbe: {}",
                String::new(),
                31,
                probe(Probe::Readiness),
            ),
            (
                "",
                ", readinessProbe: {periodSeconds: 1}",
                String::new(),
                30,
                Because::Usual,
            ),
            (
                "",
                ", startupProbe: {failureThreshold: 90}",
                String::new(),
                30,
                Because::Usual,
            ),
            (
                "",
                ", livenessProbe: {}",
                String::new(),
                61,
                probe(Probe::Liveness),
            ),
            (
                "",
                ", livenessProbe: {initialDelaySeconds: 60, periodSeconds: 5, failureThreshold: 2, \
                 timeoutSeconds: 4, terminationGracePeriodSeconds: 1}",
                String::new(),
                75,
                probe(Probe::Liveness),
            ),
            (
                "",
                ", livenessProbe: {initialDelaySeconds: 9000}",
                String::new(),
                600,
                probe(Probe::Liveness),
            ),
            ("", "", ended("00:00:40", 2), 50, earlier()),
            ("", "", ended("00:00:08", 2), 30, Because::Usual),
            // It had served for long, or has ended as it should.
            ("", "", ended("00:06:00", 2), 30, Because::Usual),
            ("", "", ended("00:00:40", 0), 30, Because::Usual),
        ] {
            let found = settle(None, spec, container, &status);
            let expected = Settle { seconds, because };
            assert_eq!(found, expected, "{spec}{container}{status}");
        }
    }

    #[test]
    fn what_is_asked_for_counts_alone() {
        let found = settle(Some(2), "minReadySeconds: 45, ", ", livenessProbe: {}", "");
        assert_eq!(found.seconds, 2);
        assert_eq!(found.because, Because::Asked);
        assert_eq!(settle(Some(0), "", "", "").seconds, 1);
    }
}
