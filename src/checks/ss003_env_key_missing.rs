//! SS003: a variable from a key that the Secret does not have.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity, Tier};
use crate::inventory::Inventory;
use crate::workload::Usage;

use super::{Settings, missing_key};

pub static RULE: Rule = Rule {
    id: "SS003",
    name: "env-key-missing",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretKeys, Data::Producers],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "a variable, or a custom resource, names a key that its Secret does not have",
    why: "The container is not created (CreateContainerConfigError, couldn't find key). Keys are \
          case-sensitive. A running container is not affected, but it fails at its next start, \
          perhaps months later.",
    remedy: "Correct the key in the reference, or add it to the Secret.",
    example: "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-creds\n      \
              key: passwd   # found when db-creds has only password\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go; keptn/lifecycle-toolkit#588, \
             hetznercloud/csi-driver#1389",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    missing_key::report(inventory, results, &RULE, |used| {
        matches!(
            used.reference.usage,
            Usage::Variable { .. } | Usage::Custom { .. }
        )
    });
}
