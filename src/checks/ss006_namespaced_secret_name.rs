//! SS006: a Secret named by something that cannot be a Secret's name.

use crate::finding::{Applies, Finding, Fix, Operation, Results, Severity};
use crate::inventory::Inventory;
use crate::secret::key::check_object_name;
use crate::workload::path;

use super::{AutoFix, Data, Offline, Rule};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS006",
    name: "namespaced-secret-name",
    severity: Severity::Error,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::File,
    summary: "a reference names a Secret as namespace/name, or by something that is no Secret name",
    why: "A pod can use Secrets of its own namespace only, so a reference is a plain name. The API \
          accepts `prod/db` as the name of a volume's Secret, and the pod then waits for ever: \
          kubelet reports `failed to sync secret cache`, which does not name the mistake.",
    remedy: "Write the name alone, and create the Secret in the namespace of the workload.",
    example: "volumes:\n- name: db\n  secret:\n    secretName: prod/db   # found; write: db\n",
    source: "kubernetes/kubernetes#57325; pkg/apis/core/validation/validation.go (secretName is \
             only required to be non-empty)",
};

/// Looks for it.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for use_ in inventory.uses() {
        let name = &use_.reference.secret;
        if name.value.is_empty() || check_object_name(&name.value).is_ok() {
            continue;
        }
        let subject = use_.subject;
        let finding = Finding::new(
            &RULE,
            subject,
            format!(
                "{} names a Secret as {:?}, which cannot be a Secret's name.",
                subject.short(),
                name.value
            ),
        )
        .about(&subject.namespace, &name.value, None)
        .at(use_.origin, &name.site, "no Secret can have this name");
        results.report(match name.value.rsplit_once('/') {
            Some((namespace, plain)) if check_object_name(plain).is_ok() => finding
                .because(format!(
                    "A pod in {} cannot use a Secret of {namespace}.",
                    subject.namespace
                ))
                .fix(Fix::Patch {
                    what: format!("Name it {plain}, and create it in {}.", subject.namespace),
                    operations: vec![Operation::Replace {
                        pointer: path::pointer(&name.site.path),
                        value: plain.into(),
                    }],
                    applies: Applies::OnRequest,
                }),
            _ => finding.advise(
                "Use lower-case letters, digits, '-' and '.' only (a DNS-1123 subdomain).",
            ),
        });
    }
}
