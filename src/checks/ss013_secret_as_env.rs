//! SS013: a Secret as environment variable.

use super::{Settings, next_step};
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Reason};
use crate::workload::object_reference::is_of_a_container;
use crate::workload::{Usage, references};

pub static RULE: Rule = Rule {
    id: "SS013",
    name: "secret-as-env",
    severity: Severity::Warning,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a workload gets Secrets as environment variables",
    why: "An environment variable leaks in six ways: process listings (/proc/PID/environ, ps e), \
          container inspection on the node (crictl inspect), crash dumps, logging and \
          error-reporting libraries that record the environment, every child process, and the \
          API. It is also fixed when the process starts: a rotated value only takes effect after \
          a restart.\nFiles of a mounted Secret avoid the first five: they are in memory, have an \
          owner and a mode, and follow the Secret. They do not avoid the last: the Secret itself \
          stays in the API and in etcd, base64 is not encryption, and whoever can read Secrets or \
          create pods there can read the value. (A secretKeyRef does not copy the value into the \
          pod's specification; a literal value does, see SS014.)",
    remedy: "Mount the Secret read-only in a directory of its own with mode 0400, update the app \
             to read the files, then remove the variables. kubectl secretsafe migrate makes these \
             changes in the manifests.",
    example: "env:\n- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: password}}   # \
              found; mount it instead:\nvolumeMounts:\n- {name: db, mountPath: /etc/secrets/db, readOnly: \
              true}\n",
    source: "kubernetes/website content/en/docs/concepts/security/secrets-good-practices.md; proc(5)",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let names = next_step::Names::of(inventory);
    for workload in &inventory.workloads {
        // A running pod cannot be changed; its owner is reported.
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
            match variables.len() {
                1 => "A value of a Secret is an environment variable of its processes.".to_owned(),
                number => format!(
                    "{number} values of Secrets are environment variables of its processes."
                ),
            },
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
            let variable = match &reference.usage {
                Usage::Variable { name } => name.as_str(),
                _ => "*",
            };
            let key = reference.key.as_ref().map_or("*", |key| key.value.as_str());
            finding = finding
                .part(format!(
                    "{container} {variable} {}:{key}",
                    reference.secret.value
                ))
                .because(what)
                .at(workload.origin, &reference.secret.site, label);
        }
        let finding = next_step::with_next(finding, inventory, &names, workload, &variables);
        results.report(finding);
    }
    for used in inventory.uses() {
        if used.workload.is_none() && is_of_own_containers(&used.reference.usage) {
            let what = "containers that take Secrets as variables";
            results.unknown(&RULE, Some(used.subject), what, Reason::OwnContainers);
        }
    }
}

/// Whether a reference is a variable of a custom resource's own containers (steps of Tekton,
/// templates of Argo); what a chart makes of its values is unknown.
fn is_of_own_containers(usage: &Usage) -> bool {
    let Usage::Custom { path } = usage else {
        return false;
    };
    is_of_a_container(path) && !path.contains(".values.") && !path.contains(".valuesObject.")
}
