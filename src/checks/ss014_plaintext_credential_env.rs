//! SS014: a credential in a manifest.

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::credential::{is_credential, known_shape};
use crate::workload::plaintext::{Plain, Why};
use crate::workload::{EnvSource, digest};

use super::Settings;
use super::plaintext::{create, everywhere, short};

pub static RULE: Rule = Rule {
    id: "SS014",
    name: "plaintext-credential-env",
    severity: Severity::Warning,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a variable contains what looks like a credential, as text in the manifest",
    why: "Everybody who can read the workload can read the value: with kubectl get, in the \
          repository and its history, and in the last-applied annotation. A value is reported by \
          the variable's name (PASSWORD, TOKEN, API_KEY …) or by the form of its text (keys of \
          well-known services, private keys, URLs with a password; then it is an error). The text \
          itself is never shown. Patches in a kustomization and manifests in the texts of \
          ConfigMaps are checked too.",
    remedy: "Create a Secret from standard input or a prompt, mount it as a file that the app \
             reads, and rotate the value.",
    example: "env:\n- {name: API_KEY, value: \"…\"}   # found; mount a Secret instead:\nvolumeMounts:\n- \
              {name: api, mountPath: /etc/secrets/api, readOnly: true}\n",
    source: "kubernetes/website content/en/docs/concepts/security/secrets-good-practices.md",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    in_workloads(inventory, results);
    elsewhere(inventory, results);
}

/// Patches, and manifests in ConfigMaps.
fn elsewhere(inventory: &Inventory, results: &mut Results) {
    for found in everywhere(inventory) {
        let Plain::Variable {
            name,
            container,
            why,
        } = &found.plain
        else {
            continue;
        };
        let variable = match name {
            Some(name) => format!("a credential in variable {}", short(name)),
            None => "a credential in a variable".to_owned(),
        };
        let message = match container.as_str() {
            "" => format!("{} has {variable}.", found.holder),
            container => format!("{} has {variable} of {}.", found.holder, short(container)),
        };
        let severity = match why {
            Why::Shape(_) => Severity::Error,
            Why::Name => RULE.severity,
        };
        let key = name.as_deref().unwrap_or("value");
        let finding = Finding::new(&RULE, &found.object.id, message).severity(severity);
        results.report(
            found
                .located(finding)
                .because(why.sentence())
                .run(
                    "Put it into a Secret, and mount that as a file.",
                    create(
                        &found.object.id.namespace,
                        "app-credentials",
                        &key.to_lowercase().replace('_', "-"),
                    ),
                )
                .advise("Rotate the value: it was readable until now."),
        );
    }
}

fn in_workloads(inventory: &Inventory, results: &mut Results) {
    for (workload, container) in inventory.containers() {
        for entry in &container.env {
            let EnvSource::Literal(text) = &entry.source else {
                continue;
            };
            let name = &entry.name.value;
            if digest::of_variable(name, &text.value).is_some() {
                // SS089 reports it.
                continue;
            }
            let by_name = is_credential(name, &text.value);
            // A name can be misleading; a token of a well-known service is not.
            let (severity, why) = match known_shape(&text.value) {
                Some(what) => (Severity::Error, format!("Its text has the form of {what}.")),
                None if by_name => (
                    Severity::Warning,
                    "Its name is that of a credential.".to_owned(),
                ),
                None => continue,
            };
            let secret = format!("{}-{}", workload.id.name, "credentials");
            results.report(
                Finding::new(
                    &RULE,
                    &workload.id,
                    format!(
                        "Variable {name} of container {} contains a credential as text in the \
                         manifest.",
                        container.name
                    ),
                )
                .severity(severity)
                .in_container(&container.name)
                .at(
                    workload.origin,
                    &text.site,
                    "readable by everybody who can see this",
                )
                .because(why)
                .run(
                    "Put it into a Secret, and mount that as a file.",
                    CommandLine::secretsafe("create")
                        .name(&secret)
                        .namespace(&workload.id.namespace)
                        .flag("--prompt", &name.to_lowercase().replace('_', "-")),
                )
                .advise("Rotate the value: it was readable until now."),
            );
        }
    }
}
