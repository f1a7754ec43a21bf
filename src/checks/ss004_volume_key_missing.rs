//! SS004: a file from a key that the Secret has not.

use crate::finding::{Results, Severity};
use crate::inventory::Inventory;
use crate::workload::Usage;

use super::{AutoFix, Data, Offline, Rule, ss003_env_key_missing};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS004",
    name: "volume-key-missing",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretKeys, Data::Producers],
    offline: Offline::Partly,
    auto_fix: AutoFix::File,
    summary: "a volume lists a key that its Secret does not have",
    why: "No container of the pod starts, init containers included: kubelet cannot make the volume. \
          Only an event says so (references non-existent secret key), and it does not name the \
          Secret.",
    remedy: "Correct the key, take the item out, or add the key to the Secret. optional: true on the \
             source tolerates all of its missing keys.",
    example: "volumes:\n- name: db\n  secret:\n    secretName: db-creds\n    items:\n    - key: passwd   \
              # found when db-creds has only password\n      path: password\n",
    source: "kubernetes/kubernetes pkg/volume/secret/secret.go",
};

/// Looks for it.
pub fn check(inventory: &Inventory, results: &mut Results) {
    ss003_env_key_missing::report(inventory, results, &RULE, |used| {
        matches!(
            used.reference.usage,
            Usage::Volume { .. } | Usage::Projected { .. }
        )
    });
}
