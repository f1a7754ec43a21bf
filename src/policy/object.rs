//! The objects of the API server: the policies and their bindings
//! (kubernetes/api `admissionregistration/v1/types.go`).

use serde_json::{Value, json};

use super::expression::{
    MESSAGE, PASSES, correcting_variables, correction, short_message, variables,
};
use super::{Correction, Delivery, Wish};

const API_VERSION: &str = "admissionregistration.k8s.io/v1";

/// Names of policies, and of their bindings.
const VALIDATING: &str = "secretsafe-workloads";
const MUTATING: &str = "secretsafe-read-only";

/// How names of objects end that the API server reads from files
/// (kubernetes/apiserver `pkg/admission/plugin/manifest/validation.go`, `StaticConfigSuffix`).
pub const STATIC_SUFFIX: &str = ".static.k8s.io";

/// What a policy says of itself on the server.
const NOT_COVERED_ANNOTATION: &str = "secretsafe.dev/not-covered";
const NOT_COVERED: &str = "Pods, ReplicaSets, ReplicationControllers and Jobs that any controller \
    makes, as their owner references say: the template they come from is judged if it is in a \
    Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job or CronJob, and \
    not if it is in a custom resource (Argo Rollout, Tekton, Knative). PodTemplates. Objects \
    with the label of --exempt-label. What the annotation secretsafe.dev/migration says can be \
    taken back.";

fn metadata(name: &str) -> Value {
    json!({"name": name, "annotations": {NOT_COVERED_ANNOTATION: NOT_COVERED}})
}

impl Delivery {
    fn name(self, name: &str) -> String {
        match self {
            Self::Api => name.to_owned(),
            Self::Manifests => format!("{name}{STATIC_SUFFIX}"),
        }
    }
}

/// All objects that are wanted, each policy before its binding. There are no parameters, which
/// files could not have, so nothing can be missing.
///
/// In files the two kinds of policies must not be together: the plugin for each has a
/// directory of its own, and does not start with a kind that it does not know
/// (kubernetes/apiserver `pkg/admission/plugin/policy/manifest/loader/loader.go`).
pub fn objects(wish: &Wish) -> Vec<Value> {
    match (wish.delivery, wish.correction) {
        (_, Correction::None) => validating(wish).into(),
        (Delivery::Api, Correction::ReadOnly) => {
            mutating(wish).into_iter().chain(validating(wish)).collect()
        }
        (Delivery::Manifests, Correction::ReadOnly) => mutating(wish).into(),
    }
}

/// Kinds and names, in the order in which they are removed: first what makes a policy count.
pub fn names(wish: &Wish) -> Vec<String> {
    let mut names: Vec<_> = objects(wish)
        .iter()
        .filter_map(|object| {
            let kind = object["kind"].as_str()?.to_lowercase();
            Some(format!("{kind}/{}", object["metadata"]["name"].as_str()?))
        })
        .collect();
    names.reverse();
    names
}

/// An object that cannot be judged is not let pass: whoever makes it large enough would go by.
fn validating(wish: &Wish) -> [Value; 2] {
    let name = wish.delivery.name(VALIDATING);
    [
        json!({
            "apiVersion": API_VERSION,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": metadata(&name),
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": wish.scope.constraints(),
                "matchConditions": wish.scope.conditions(),
                "variables": variables(wish.mode),
                "validations": [{
                    "expression": PASSES,
                    "messageExpression": MESSAGE,
                    "message": short_message(),
                    "reason": "Forbidden",
                }],
            },
        }),
        json!({
            "apiVersion": API_VERSION,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name},
            "spec": {"policyName": name, "validationActions": wish.mode.actions()},
        }),
    ]
}

/// What cannot be corrected stays as it is, and is for the other policy to judge.
fn mutating(wish: &Wish) -> [Value; 2] {
    let name = wish.delivery.name(MUTATING);
    [
        json!({
            "apiVersion": API_VERSION,
            "kind": "MutatingAdmissionPolicy",
            "metadata": metadata(&name),
            "spec": {
                "failurePolicy": "Ignore",
                "reinvocationPolicy": "IfNeeded",
                "matchConstraints": wish.scope.constraints(),
                "matchConditions": wish.scope.conditions(),
                "variables": correcting_variables(),
                "mutations": [{
                    "patchType": "JSONPatch",
                    "jsonPatch": {"expression": correction()},
                }],
            },
        }),
        json!({
            "apiVersion": API_VERSION,
            "kind": "MutatingAdmissionPolicyBinding",
            "metadata": {"name": name},
            "spec": {"policyName": name},
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Mode, Scope};

    fn wish(mode: Mode, delivery: Delivery, correction: Correction) -> Wish {
        Wish {
            mode,
            delivery,
            correction,
            scope: Scope::default(),
        }
    }

    /// Deny and Warn together are refused by the server.
    #[test]
    fn every_mode_acts_once() {
        for (mode, expected) in [
            (Mode::Warn, json!(["Warn", "Audit"])),
            (Mode::Audit, json!(["Audit"])),
            (Mode::Deny, json!(["Deny", "Audit"])),
        ] {
            let objects = objects(&wish(mode, Delivery::Api, Correction::None));
            assert_eq!(objects.len(), 2);
            assert_eq!(objects[1]["spec"]["validationActions"], expected);
        }
    }

    /// What KEP-5793 asks of objects in files, in one directory.
    #[test]
    fn objects_of_files_have_the_names_and_no_parameters() {
        for correction in [Correction::None, Correction::ReadOnly] {
            let objects = objects(&wish(Mode::Deny, Delivery::Manifests, correction));
            let [policy, binding] = &objects[..] else {
                panic!("a policy and its binding");
            };
            let name = policy["metadata"]["name"].as_str().unwrap();
            assert!(name.ends_with(".static.k8s.io"), "{name}");
            assert_eq!(binding["metadata"]["name"], name);
            assert_eq!(binding["spec"]["policyName"], name);
            assert_eq!(policy["apiVersion"], "admissionregistration.k8s.io/v1");
            assert!(policy["spec"].get("paramKind").is_none());
            assert!(binding["spec"].get("paramRef").is_none());
            let kind = policy["kind"].as_str().unwrap();
            assert_eq!(binding["kind"], format!("{kind}Binding"));
        }
    }

    #[test]
    fn a_binding_is_removed_before_its_policy() {
        let names = names(&wish(Mode::Deny, Delivery::Api, Correction::ReadOnly));
        assert_eq!(
            names,
            [
                "validatingadmissionpolicybinding/secretsafe-workloads",
                "validatingadmissionpolicy/secretsafe-workloads",
                "mutatingadmissionpolicybinding/secretsafe-read-only",
                "mutatingadmissionpolicy/secretsafe-read-only",
            ]
        );
    }
}
