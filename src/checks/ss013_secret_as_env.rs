//! SS013: a Secret as environment variable.

use crate::finding::{Finding, Results, Severity, quoted};
use crate::inventory::Inventory;
use crate::workload::{Origin, Usage, Workload, WorkloadKind, references};

use super::{AutoFix, Data, Offline, Rule};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS013",
    name: "secret-as-env",
    severity: Severity::Warning,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::FileAndLive,
    summary: "a workload gets Secrets as environment variables",
    why: "The environment of a process can be read in /proc/PID/environ, goes to every child, and \
          ends in crash dumps, debug pages and logs. It is fixed when the process starts: a rotated \
          value arrives only with a restart. Files of a mounted Secret have none of that: they are \
          in memory, have an owner and a mode, and follow the Secret.",
    remedy: "Mount the Secret read-only in a directory of its own with mode 0400 and let the program \
             read the files; kubectl secretsafe migrate plans and makes the change.",
    example: "env:\n- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: password}}   # \
              found; mount it instead:\nvolumeMounts:\n- {name: db, mountPath: /etc/secrets/db, readOnly: \
              true}\n",
    source: "kubernetes/website content/en/docs/concepts/security/secrets-good-practices.md; proc(5)",
};

/// Looks for it: one finding a workload.
pub fn check(inventory: &Inventory, results: &mut Results) {
    for workload in &inventory.workloads {
        // Nothing can be changed in a pod that runs; its owner tells.
        let variables: Vec<_> = references(workload)
            .into_iter()
            .filter(|reference| {
                matches!(
                    reference.usage,
                    Usage::Variable { .. } | Usage::AllVariables { .. }
                )
            })
            .collect();
        if variables.is_empty() {
            continue;
        }
        let mut finding = Finding::new(
            &RULE,
            &workload.id,
            format!(
                "{} of Secrets reach its processes as environment variables.",
                match variables.len() {
                    1 => "One value".to_owned(),
                    number => format!("{number} values"),
                }
            ),
        );
        for reference in &variables {
            let container = reference.container.as_deref().unwrap_or_default();
            let (what, label) = match (&reference.usage, &reference.key) {
                (Usage::Variable { name }, Some(key)) => (
                    format!(
                        "{name} of container {container} is key {} of Secret {}.",
                        key.value, reference.secret.value
                    ),
                    format!("as variable {name}"),
                ),
                _ => (
                    format!(
                        "All keys of Secret {} are variables of container {container}.",
                        reference.secret.value
                    ),
                    "all keys as variables".to_owned(),
                ),
            };
            finding = finding
                .because(what)
                .at(workload.origin, &reference.secret.site, label);
        }
        results.report(finding.run("Move them to files; this shows the plan first.", command(inventory, workload)));
    }
}

fn command(inventory: &Inventory, workload: &Workload) -> String {
    match inventory.source(workload.origin) {
        Some(source) => {
            let name = source.text.name();
            let name = if name == "standard input" { "-" } else { name };
            format!("kubectl secretsafe migrate -f {}", quoted(name))
        }
        None => {
            let kind = match workload.kind {
                WorkloadKind::Deployment => "deploy".to_owned(),
                _ => workload.id.kind.to_lowercase(),
            };
            debug_assert_eq!(workload.origin, Origin::Live);
            format!(
                "kubectl secretsafe migrate {kind}/{} -n {} --dry-run",
                quoted(&workload.id.name),
                quoted(&workload.id.namespace)
            )
        }
    }
}
