//! SS100: a SealedSecret that is not unsealed.

use jiff::Timestamp;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::levels::sealed::{Disagreement, SealedSecret};
use crate::manifest::Node;
use crate::workload::{Object, read};

use super::sealed::{self, State};
use super::{Settings, content, external};

pub static RULE: Rule = Rule {
    id: "SS100",
    name: "sealedsecret-not-synced",
    severity: Severity::Error,
    data: &[Data::Producers, Data::SecretNames, Data::Workloads],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "a SealedSecret is not unsealed",
    why: "The controller says so (Synced is False), or has not looked at the newest version of \
          the object for more than two minutes. The usual reason, \"no key could decrypt \
          secret\", is a file that was sealed for another cluster, or with a key that is lost; \
          for another name, namespace or scope it is SS101 or SS102, and a Secret in the way is \
          SS103. A Secret that exists keeps its old values.",
    remedy: "Seal the values again with the certificate of this cluster. If the controller has \
             not looked at it, check that it runs.",
    example: "kind: SealedSecret\nstatus:\n  conditions:\n  - {type: Synced, status: \"False\", message: \
              no key could decrypt secret (password)}   # found\n",
    source: "bitnami-labs/sealed-secrets pkg/controller/controller.go; #315, #450",
};

/// One finding per SealedSecret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if !inventory.is_live() {
        return;
    }
    for (object, found) in sealed::all(inventory) {
        let namespace = &object.id.namespace;
        let name = &object.id.name;
        let secret = inventory.secret(namespace, name);
        let finding = match sealed::state(object) {
            State::Synced => continue,
            State::Failed(condition) => {
                if is_told_elsewhere(&found) || condition.message.contains("not managed by") {
                    continue;
                }
                let message = format!("{} is not unsealed.", object.id.short());
                let finding = Finding::new(&RULE, &object.id, message)
                    .because(format!("The controller says: {}", condition.words()));
                match condition.message.contains("no key could decrypt") {
                    true => finding.advise(
                        "Seal the values again with the certificate of this cluster: they were \
                         sealed for another one, or with a key that is lost, or for another name, \
                         namespace or scope.",
                    ),
                    false => finding,
                }
            }
            // Controllers may be told not to write any status (--update-status=false).
            State::Unknown if secret.is_some() || !inventory.lists_secrets_of(namespace) => {
                continue;
            }
            State::Unknown | State::Behind => {
                if !is_settled(inventory, object) {
                    continue;
                }
                let message = format!(
                    "The controller has not looked at {}.",
                    match sealed::state(object) {
                        State::Behind => format!("the newest version of {}", object.id.short()),
                        _ => object.id.short(),
                    }
                );
                Finding::new(&RULE, &object.id, message)
                    .because("It does not run, or may not look at this namespace.")
            }
        };
        let finding = finding
            .severity(external::severity(inventory, object, RULE.severity))
            .about(namespace, name, None)
            .at(object.origin, &content::name_site(object), "not unsealed");
        let finding = external::with_users(inventory, namespace, name, finding);
        results.report(
            finding.run(
                "See its events.",
                CommandLine::kubectl("describe")
                    .name(&object.id.short())
                    .namespace(namespace),
            ),
        );
    }
}

/// Whether SS101 or SS102 says why it cannot be unsealed.
fn is_told_elsewhere(found: &SealedSecret<'_>) -> bool {
    found.renamed_from().is_some()
        || matches!(
            found.disagreement(),
            Some(Disagreement::TemplateIsWider { .. })
        )
}

/// Whether nobody has written it for a while; its own status does not count.
fn is_settled(inventory: &Inventory, object: &Object) -> bool {
    let written: Option<Timestamp> = read::managed_fields(&object.root)
        .iter()
        .filter(|entry| entry.get("subresource").is_none_or(Node::is_null))
        .filter_map(|entry| read::time(entry.get("time")))
        .max()
        .or(object.metadata.created);
    written.is_some() && !external::is_new(inventory, written)
}
