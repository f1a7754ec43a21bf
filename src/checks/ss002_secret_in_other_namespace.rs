//! SS002: a Secret that only another namespace has.

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Doubtful, Inventory, Reason, Use};

use super::resolve::{self, Trouble};
use super::{Settings, table};

pub static RULE: Rule = Rule {
    id: "SS002",
    name: "secret-in-other-namespace",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretNames, Data::Namespaces],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a workload needs a Secret that exists only in other namespaces",
    why: "A pod can only use Secrets of its own namespace; there are no references across \
          namespaces. This is reported instead of SS001 if another namespace has a Secret of the \
          same name. With a common name (tls, db) that may be chance: the report says where the \
          Secret is, not that it is the one you need.",
    remedy: "Create the Secret in the namespace of the workload, with the value from its original \
             source. To keep copies in sync, use External Secrets Operator or a replicator. Never \
             copy tokens of ServiceAccounts.",
    example: "metadata: {name: api, namespace: prod}   # db-creds exists in staging only\nspec:\n  \
              volumes:\n  - name: db\n    secret: {secretName: db-creds}\n",
    source: "kubernetes/website content/en/docs/concepts/configuration/secret.md; \
             kubernetes/kubernetes#107495",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let wanted = |trouble: &Trouble| {
        matches!(
            trouble,
            Trouble::Elsewhere(_) | Trouble::NoSecret | Trouble::Unknown(Reason::NotInFiles)
        )
    };
    for (trouble, uses) in resolve::grouped(inventory, wanted) {
        let Some(used) = uses.first() else { continue };
        if let Some(found) = resolve::in_doubt(inventory, used).first() {
            results.report(doubt(inventory, used, &uses, found));
            continue;
        }
        let Trouble::Elsewhere(others) = trouble else {
            continue;
        };
        let namespace = resolve::namespace(used);
        let name = used.reference.secret.as_str();
        let mut finding = Finding::new(
            &RULE,
            used.subject,
            format!(
                "Secret {name} does not exist in namespace {namespace}; a Secret of that name is in {}.",
                others.join(", ")
            ),
        )
        .severity(resolve::severity(used))
        .about(namespace, name, None)
        .related(&table::SS001);
        finding.container.clone_from(&used.reference.container);
        for used in &uses {
            finding = finding.at(
                used.origin,
                &used.reference.secret.site,
                format!("referenced by {}", resolve::asker(used.reference)),
            );
        }
        finding = resolve::with_symptoms(inventory, used, finding).run(
            "Create it in this namespace, with the value from its original source.",
            resolve::create_command(inventory, namespace, name),
        );
        if let [other] = &others[..] {
            finding = finding.run(
                format!(
                    "Or copy the one from {other}, if it is the same (needs jq; prints no \
                     values)."
                ),
                CommandLine::kubectl("get secret")
                    .name(name)
                    .namespace(other)
                    .switch("-o json")
                    .pipe(CommandLine::program(
                        "jq '{apiVersion,kind,type,data,metadata:{name:.metadata.name}}'",
                    ))
                    .pipe(
                        CommandLine::kubectl("create")
                            .namespace(namespace)
                            .switch("-f -"),
                    ),
            );
        }
        results.report(finding);
    }
}

/// One of the two sets its namespace, the other is created in the namespace that kubectl is
/// given.
fn doubt(inventory: &Inventory, used: &Use<'_>, uses: &[Use<'_>], found: &Doubtful) -> Finding {
    let name = used.reference.secret.as_str();
    let file = inventory
        .source(found.origin)
        .map_or("", |source| source.text.name());
    let who = used.subject.short();
    let message = match found.says_namespace {
        false => format!(
            "Secret {name} in {file} sets no namespace, and {who} is in {}: whether they are in \
             the same namespace depends on where kubectl creates the Secret.",
            used.subject.namespace
        ),
        true => format!(
            "Secret {name} in {file} is in {}, and {who} sets no namespace: whether they are in \
             the same namespace depends on where kubectl creates {who}.",
            found.namespace
        ),
    };
    let mut finding = Finding::new(&RULE, used.subject, message)
        .severity(Severity::Warning)
        .about(resolve::namespace(used), name, None);
    finding.container.clone_from(&used.reference.container);
    for used in uses {
        finding = finding.at(
            used.origin,
            &used.reference.secret.site,
            format!("referenced by {}", resolve::asker(used.reference)),
        );
    }
    finding.advise(
        "Set the namespace in both, or pass -n with the namespace that you pass to kubectl.",
    )
}
