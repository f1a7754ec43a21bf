//! SS001: a Secret that does not exist.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity, Tier};
use crate::inventory::{Inventory, Lookup, Part, Reason};

use super::resolve::{self, Trouble};
use super::{Settings, table};

pub static RULE: Rule = Rule {
    id: "SS001",
    name: "secret-not-found",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretNames, Data::Producers],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Either),
    summary: "a workload needs a Secret that does not exist in its namespace",
    why: "A container whose variable comes from a missing Secret is not created \
          (CreateContainerConfigError). If the Secret of a volume is missing, no container of the \
          pod starts, init containers included. The pod's status does not say why: only an event \
          does, for an hour. Both wait forever, and continue without a restart once the Secret \
          exists.",
    remedy: "Create the Secret in the namespace of the workload, or correct the name. If the \
             workload can do without it, set optional: true. A Secret that a SealedSecret, \
             ExternalSecret, Certificate or the like will create counts as existing.",
    example: "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-creds   # found \
              when no Secret db-creds is in the namespace\n      key: password\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go, pkg/volume/secret/secret.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (trouble, uses) in resolve::grouped(inventory, |trouble| {
        matches!(trouble, Trouble::NoSecret | Trouble::Unknown(_))
    }) {
        let Some(used) = uses.first() else { continue };
        // SS027 reports a token Secret that nothing creates any more.
        if super::token_secret::expected_account(inventory, used).is_some() {
            continue;
        }
        // SS002 reports files of which one sets no namespace.
        if !resolve::in_doubt(inventory, used).is_empty() {
            continue;
        }
        let namespace = resolve::namespace(used);
        let name = used.reference.secret.as_str();
        if let Trouble::Unknown(reason) = trouble {
            // SS003 and SS004 report unknown keys, SS005 a similar name among the files.
            let of_key = reason == Reason::Template
                && matches!(
                    inventory.lookup(namespace, name),
                    Lookup::Present(_) | Lookup::Expected(_)
                );
            let told_elsewhere = matches!(reason, Reason::Incomplete(_) | Reason::Outside(_))
                || of_key
                || !resolve::near_secrets(inventory, used).is_empty();
            if !told_elsewhere {
                results.unknown(&RULE, Some(used.subject), format!("secret/{name}"), reason);
            }
            continue;
        }
        let mut finding = Finding::new(
            &RULE,
            used.subject,
            format!("Secret {name} does not exist in namespace {namespace}."),
        )
        .severity(resolve::severity(used))
        .about(namespace, name, None);
        finding.container.clone_from(&used.reference.container);
        for used in &uses {
            finding = finding.at(
                used.origin,
                &used.reference.secret.site,
                format!("referenced by {}", resolve::asker(used.reference)),
            );
        }
        finding = resolve::with_symptoms(inventory, used, finding);
        let adding = inventory.producers.iter().filter(|producer| {
            producer.part == Part::Adds
                && producer.namespace == namespace
                && producer.secret == name
        });
        for producer in adding {
            finding = finding
                .because(format!(
                    "{} adds keys to it, and does not create it (creationPolicy: Merge).",
                    producer.id.short()
                ))
                .related(&table::SS115);
        }
        let near = resolve::near_secrets(inventory, used);
        finding = resolve::with_near(
            finding,
            "a Secret",
            &used.reference.secret.site,
            name,
            &near,
            resolve::near_secret_applies(inventory, &uses, &near),
        );
        results.report(finding.run(
            "Create it.",
            resolve::create_command(inventory, namespace, name),
        ));
    }
}
