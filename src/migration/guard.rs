//! Old pods stay until new ones have shown that they stay up.
//!
//! A container without a readiness probe is ready the moment it starts, and
//! with `minReadySeconds` 0 its pod is available then: controllers take an old
//! pod away for it although it may end the next moment (kubernetes/kubernetes
//! `pkg/api/v1/pod/util.go`: `IsPodAvailable`; observed on a node: two of two
//! old pods were gone within two seconds). So `minReadySeconds` is set in the
//! same patch as such a change, and lifted when all pods have it, or with the
//! patch that takes it back.

use serde_json::json;

use crate::finding::Operation;
use crate::manifest::Node;
use crate::workload::path::pointer;
use crate::workload::{Object, Strategy, Workload, WorkloadKind};

/// How long a new pod has to stay up before it takes an old one's place.
pub const SECONDS: i64 = 5;
const POINTER: &str = "/spec/minReadySeconds";

/// Whether nothing else keeps old pods until new ones stay up.
pub fn is_needed(workload: &Workload, object: &Object) -> bool {
    let rolls = matches!(
        workload.kind,
        WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet
    ) && !workload.paused
        && workload.replicas != Some(0)
        && !matches!(workload.strategy, Strategy::OnDelete | Strategy::Recreate);
    // The API refuses minReadySeconds that reach the deadline.
    let deadline = number(object, "progressDeadlineSeconds");
    rolls
        && number(object, "minReadySeconds").unwrap_or(0) == 0
        && deadline.is_none_or(|deadline| deadline > SECONDS)
        && is_ready_at_once(workload, object)
}

/// Whether a container is ready without being asked.
fn is_ready_at_once(workload: &Workload, object: &Object) -> bool {
    let containers = format!("{}/containers", pointer(&workload.pod.site.path));
    object
        .root
        .lookup(&containers)
        .map_or(&[][..], Node::items)
        .iter()
        .any(|container| {
            let probes = ["readinessProbe", "startupProbe"];
            probes.iter().all(|probe| container.get(probe).is_none())
        })
}

fn number(object: &Object, field: &str) -> Option<i64> {
    object.root.at(&["spec", field]).and_then(Node::as_integer)
}

/// The operation that sets it.
pub fn set() -> Operation {
    Operation::Add {
        pointer: POINTER.to_owned(),
        value: json!(SECONDS),
    }
}

/// The operations that lift it; none where somebody has set another time since.
pub fn lift(object: &Object) -> Vec<Operation> {
    if !holds(object) {
        return Vec::new();
    }
    vec![
        Operation::Test {
            pointer: POINTER.to_owned(),
            value: json!(SECONDS),
        },
        Operation::Remove {
            pointer: POINTER.to_owned(),
        },
    ]
}

/// Whether it is as it was set.
pub fn holds(object: &Object) -> bool {
    number(object, "minReadySeconds") == Some(SECONDS)
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

    fn needed(kind: &str, spec: &str, container: &str) -> bool {
        let object = object(&format!(
            "{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: api}}, spec: {{{spec}template: {{spec: \
             {{containers: [{{name: main, image: x, readinessProbe: {{}}}}, {{name: second, image: x{container}}}]}}}}}}}}"
        ));
        is_needed(&Workload::of(&object).unwrap(), &object)
    }

    #[test]
    fn pods_that_are_ready_at_once_are_guarded() {
        for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
            assert!(needed(kind, "", ""), "{kind}");
        }
        assert!(needed("Deployment", "minReadySeconds: 0, ", ""));
        assert!(needed("Deployment", "progressDeadlineSeconds: 600, ", ""));
    }

    #[test]
    fn what_is_asked_or_does_not_roll_is_left_alone() {
        assert!(!needed("Deployment", "", ", readinessProbe: {}"));
        assert!(!needed("Deployment", "", ", startupProbe: {}"));
        for spec in [
            "minReadySeconds: 1, ",
            "progressDeadlineSeconds: 5, ",
            "paused: true, ",
            "replicas: 0, ",
            "strategy: {type: Recreate}, ",
        ] {
            assert!(!needed("Deployment", spec, ""), "{spec}");
        }
        assert!(!needed(
            "StatefulSet",
            "updateStrategy: {type: OnDelete}, ",
            ""
        ));
        assert!(!needed("ReplicaSet", "", ""));
    }

    #[test]
    fn another_time_is_not_lifted() {
        let with = |seconds: &str| {
            object(&format!(
                "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: api}}, spec: {{replicas: 1{seconds}}}}}"
            ))
        };
        let mut value = json_patch::value(&with(", minReadySeconds: 5").root).unwrap();
        json_patch::apply(&mut value, &lift(&with(", minReadySeconds: 5"))).unwrap();
        assert_eq!(value["spec"], json!({"replicas": 1}));
        assert!(lift(&with(", minReadySeconds: 30")).is_empty());
        assert!(lift(&with("")).is_empty());
    }
}
