//! SS022: the producer of a Secret does not create it.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup, ProducerKind, Readiness};

use super::{Settings, resolve};

pub static RULE: Rule = Rule {
    id: "SS022",
    name: "producer-not-ready",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretNames, Data::Producers],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "a needed Secret does not exist because its producer is not ready",
    why: "The Secret is not missing by mistake: a Certificate, VaultStaticSecret or the like \
          creates it, and reports that it could not. If you create the Secret by hand, that hides \
          the error, and the producer may never take it over. SealedSecrets and ExternalSecrets \
          are reported by SS100 to SS103 and SS110 to SS115, with the workloads that wait.",
    remedy: "Read the producer's status and fix what it reports.",
    example: "kind: Certificate\nspec: {secretName: web-tls}\nstatus:\n  conditions:\n  - {type: Ready, \
              status: \"False\", reason: IncorrectIssuer}\n",
    source: "cert-manager, External Secrets Operator and Sealed Secrets documentation of their status \
             conditions; kserve/kserve#2688, milvus-io/milvus#33827",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    if !inventory.is_live() {
        return;
    }
    let mut told = BTreeSet::new();
    for used in inventory.uses() {
        let namespace = resolve::namespace(&used);
        let name = used.reference.secret.as_str();
        let Lookup::Expected(producer) = inventory.lookup(namespace, name) else {
            continue;
        };
        let Readiness::NotReady { why } = &producer.ready else {
            continue;
        };
        // SS100 to SS115 report these, once for all who wait.
        if matches!(
            producer.kind,
            ProducerKind::SealedSecret | ProducerKind::ExternalSecret
        ) {
            continue;
        }
        if !told.insert((used.subject.clone(), name.to_owned())) {
            continue;
        }
        let young = producer
            .created
            .is_some_and(|created| inventory.now.duration_since(created).as_mins() < 2);
        let severity = if young {
            Severity::Info
        } else {
            resolve::severity(&used)
        };
        let finding = Finding::new(
            &RULE,
            used.subject,
            format!(
                "Secret {name} does not exist yet: {} should create it but is not ready.",
                producer.id.short()
            ),
        )
        .severity(severity)
        .about(namespace, name, None)
        .at(used.origin, &used.reference.secret.site, "waits for it")
        .because(format!("{} reports: {why}", producer.id.short()))
        .run(
            "See its status.",
            CommandLine::kubectl("describe")
                .name(&producer.id.short())
                .namespace(namespace),
        );
        results.report(resolve::with_symptoms(inventory, &used, finding));
    }
}
