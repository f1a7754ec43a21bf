//! Old pods stay until new ones have shown that they stay up.
//!
//! A pod counts as available when it has been ready for `minReadySeconds`
//! (kubernetes/kubernetes `pkg/api/v1/pod/util.go`: `IsPodAvailable`), and
//! controllers take an old pod away for each one that is: with 0 although it
//! may end the next moment, and a readiness probe says no more than that it
//! has not yet (observed on a node: two of two old pods were gone within two
//! seconds). So `minReadySeconds` is raised in the same patch as such a change,
//! and goes back when all pods have it, or with the patch that takes it back.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::manifest::{Node, Operation};
use crate::workload::{Object, Strategy, Workload, WorkloadKind};

use super::liveness::Steady;
use super::settle::{Because, LONGEST, Settle};

const POINTER: &str = "/spec/minReadySeconds";
/// How late kubelet may tell that a container has ended, on a node that is busy.
const LATE: i64 = 10;
/// What versions before this one wrote.
const EARLIER: Guard = Guard {
    seconds: 5,
    before: None,
};

/// How long a new pod has to stay up before it takes an old one's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// `minReadySeconds` while pods are replaced.
    pub seconds: i64,
    /// What they are otherwise; `None` where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
}

impl Guard {
    /// The one that a workload needs so that nothing takes old pods away before
    /// new ones have stayed up; `None` where that is so already, or where
    /// nothing rolls.
    pub fn needed(
        workload: &Workload,
        object: &Object,
        settle: &Settle,
        steady: &Steady,
    ) -> Option<Self> {
        let rolls = matches!(
            workload.kind,
            WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet
        ) && !workload.paused
            && workload.replicas != Some(0)
            && !matches!(workload.strategy, Strategy::OnDelete | Strategy::Recreate);
        let before = number(object, "minReadySeconds").filter(|seconds| *seconds != 0);
        let once = settle.seconds;
        // Where the first failure of a liveness probe would say nothing, the second
        // end has to be seen.
        let ends = match settle.because {
            Because::Asked => once,
            _ => {
                let unknown = steady.longest_unknown(workload, object).min(LONGEST);
                once.max(unknown.saturating_mul(2))
            }
        };
        let wanted = ends.saturating_add(LATE.min(once));
        let seconds = longest(object).map_or(wanted, |longest| longest.min(wanted));
        (rolls && seconds > before.unwrap_or(0)).then_some(Self { seconds, before })
    }

    /// What a journal of an earlier version means by its guard.
    pub fn of_earlier_version() -> Self {
        EARLIER
    }

    /// Whether it is one that could have been written here: it is only ever
    /// raised.
    pub fn is_sane(&self) -> bool {
        let range = 0..=i64::from(i32::MAX);
        range.contains(&self.seconds)
            && self
                .before
                .is_none_or(|before| (0..self.seconds).contains(&before))
    }

    /// The operation that sets it.
    pub fn set(&self) -> Operation {
        Operation::Add {
            pointer: POINTER.to_owned(),
            value: json!(self.seconds),
        }
    }

    /// The operations that lift it; none where somebody has set another time
    /// since.
    pub fn lift(&self, object: &Object) -> Vec<Operation> {
        if number(object, "minReadySeconds") != Some(self.seconds) {
            return Vec::new();
        }
        let pointer = POINTER.to_owned();
        vec![
            Operation::Test {
                pointer: pointer.clone(),
                value: json!(self.seconds),
            },
            match self.before {
                Some(before) => Operation::Replace {
                    pointer,
                    value: json!(before),
                },
                None => Operation::Remove { pointer },
            },
        ]
    }
}

/// The most that `progressDeadlineSeconds` leave room for: the API wants less
/// than them, and pods that become ready late are no reason to fail.
pub fn longest(object: &Object) -> Option<i64> {
    number(object, "progressDeadlineSeconds").map(|deadline| deadline.saturating_mul(2) / 3)
}

fn number(object: &Object, field: &str) -> Option<i64> {
    object.root.at(&["spec", field]).and_then(Node::as_integer)
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::manifest::json_patch;
    use crate::workload::Place;

    fn object(text: &str) -> Object {
        let source = crate::manifest::SourceText::new("workload", text.to_owned());
        let root = crate::manifest::parse(&source).documents.remove(0).root;
        Object::new(root, Place::live(), "default").unwrap()
    }

    fn needed(kind: &str, spec: &str, seconds: i64) -> Option<Guard> {
        let object = object(&format!(
            "{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: api}}, spec: {{{spec}template: {{spec: \
             {{containers: [{{name: main, image: x, readinessProbe: {{}}}}]}}}}}}}}"
        ));
        let settle = Settle {
            seconds,
            because: Because::Usual,
        };
        Guard::needed(
            &Workload::from_object(&object).unwrap(),
            &object,
            &settle,
            &Steady::default(),
        )
    }

    #[test]
    fn a_new_pod_stays_up_for_longer_than_it_is_watched() {
        for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
            for (settle, seconds) in [(1, 2), (5, 10), (30, 40), (300, 310)] {
                let expected = Some(Guard {
                    seconds,
                    before: None,
                });
                assert_eq!(needed(kind, "", settle), expected, "{kind}");
            }
        }
        for (spec, seconds, before) in [
            ("minReadySeconds: 0, ", 40, None),
            ("minReadySeconds: 10, ", 40, Some(10)),
            ("progressDeadlineSeconds: 600, ", 40, None),
            ("progressDeadlineSeconds: 45, ", 30, None),
        ] {
            let expected = Some(Guard { seconds, before });
            assert_eq!(needed("Deployment", spec, 30), expected, "{spec}");
        }
    }

    #[test]
    fn what_waits_already_or_does_not_roll_is_left_alone() {
        for spec in [
            "minReadySeconds: 40, ",
            "minReadySeconds: 30, progressDeadlineSeconds: 45, ",
            "progressDeadlineSeconds: 1, ",
            "paused: true, ",
            "replicas: 0, ",
            "strategy: {type: Recreate}, ",
        ] {
            assert_eq!(needed("Deployment", spec, 30), None, "{spec}");
        }
        assert_eq!(
            needed("StatefulSet", "updateStrategy: {type: OnDelete}, ", 30),
            None
        );
        assert_eq!(needed("ReplicaSet", "", 30), None);
    }

    #[test]
    fn it_is_lifted_to_what_was_there_and_another_time_stays() {
        let with = |seconds: &str| {
            object(&format!(
                "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: api}}, spec: {{replicas: 1{seconds}}}}}"
            ))
        };
        for (before, spec) in [
            (None, json!({"replicas": 1})),
            (Some(10), json!({"replicas": 1, "minReadySeconds": 10})),
        ] {
            let guard = Guard {
                seconds: 40,
                before,
            };
            let guarded = with(", minReadySeconds: 40");
            let mut value = json_patch::value(&guarded.root).unwrap();
            json_patch::apply(&mut value, &guard.lift(&guarded)).unwrap();
            assert_eq!(value["spec"], spec);
            assert!(guard.lift(&with(", minReadySeconds: 30")).is_empty());
            assert!(guard.lift(&with("")).is_empty());
        }
    }
}
