//! SS013: a Secret as environment variable.

use crate::finding::{Finding, Fix, Results, Severity, quoted};
use crate::inventory::{Inventory, Lookup, ReadFrom};
use crate::workload::{ObjectId, SecretReference, Usage, Workload, WorkloadKind, references};

use super::{AutoFix, Data, Offline, Rule};

/// The description.
pub static RULE: Rule = Rule {
    id: "SS013",
    name: "secret-as-env",
    severity: Severity::Warning,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a workload gets Secrets as environment variables",
    why: "Six ways lead from an environment variable to somebody else: process listings \
          (/proc/PID/environ, ps e), container inspection on the node (crictl inspect), crash dumps, \
          logging and error-reporting libraries that record the environment, every child process, \
          and the API. It is also fixed when the process starts: a rotated value arrives only with a \
          restart.\nFiles of a mounted Secret close the first five: they are in memory, have an owner \
          and a mode, and follow the Secret. They do not close the last: the Secret itself stays in \
          the API and in etcd, base64 is no encryption, and whoever may read Secrets or create pods \
          there has the value. (A secretKeyRef does not copy the value into the pod's specification; \
          a literal value does, see SS014.)",
    remedy: "Mount the Secret read-only in a directory of its own with mode 0400, let the program \
             read the files, then remove the variables.",
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
            match variables.len() {
                1 => "A value of a Secret reaches its processes as an environment variable.".to_owned(),
                number => format!(
                    "{number} values of Secrets reach its processes as environment variables."
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
            finding = finding
                .because(what)
                .at(workload.origin, &reference.secret.site, label);
        }
        const MOUNT: &str = "Mount the Secret as files: a volume with its secretName and defaultMode: \
             0400, a volumeMount below /etc/secrets with readOnly: true.";
        let mount = match command(inventory, workload, &variables) {
            Some(command) => Fix::Command {
                what: MOUNT.to_owned(),
                command,
            },
            None => Fix::Advice(MOUNT.to_owned()),
        };
        results.report(finding.fix(mount).advise(
            "Let the program read the file in place of the variable, then remove the variable.",
        ));
    }
}

/// The command that shows how; `None` where `migrate` could change nothing.
fn command(
    inventory: &Inventory,
    workload: &Workload,
    variables: &[SecretReference],
) -> Option<String> {
    let migrate = "kubectl secretsafe migrate";
    if workload.kind == WorkloadKind::Custom {
        return None;
    }
    let Some(source) = inventory.source(workload.origin) else {
        // What is there cannot get another volume.
        let fixed = matches!(workload.kind, WorkloadKind::Pod | WorkloadKind::Job);
        let ObjectId { namespace, .. } = &workload.id;
        return (!fixed).then(|| {
            format!("{migrate} {} -n {}", quoted(&workload.id.short()), quoted(namespace))
        });
    };
    match &source.read_from {
        ReadFrom::StandardInput => None,
        ReadFrom::Kustomization(folder) => Some(format!("{migrate} -k {}", quoted(folder))),
        ReadFrom::File => {
            let mut files = vec![source.text.name()];
            // The keys behind envFrom are those of another file.
            let keys = variables
                .iter()
                .filter(|reference| matches!(reference.usage, Usage::AllVariables { .. }))
                .filter_map(|reference| {
                    let namespace = &workload.id.namespace;
                    let origin = match inventory.lookup(namespace, &reference.secret.value) {
                        Lookup::Present(facts) => facts.origin,
                        Lookup::Expected(producer) => producer.origin,
                        Lookup::Missing | Lookup::Unknown(_) => return None,
                    };
                    let source = inventory.source(origin)?;
                    (source.read_from == ReadFrom::File).then(|| source.text.name())
                });
            for file in keys {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
            let files: Vec<_> = files.iter().map(|file| format!("-f {}", quoted(file))).collect();
            Some(format!("{migrate} {}", files.join(" ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Builder, FileSet, GitStatus, Scope};
    use crate::manifest::{SourceText, parse};

    fn workload(kind: &str, spec: &str) -> String {
        format!(
            "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: api, namespace: prod}}\nspec: {spec}\n"
        )
    }

    /// The command of the one finding.
    fn told(inventory: &Inventory) -> Option<String> {
        let mut results = Results::default();
        check(inventory, &mut results);
        let [finding] = &results.findings[..] else {
            panic!("one finding is expected");
        };
        finding.fixes.iter().find_map(|fix| match fix {
            Fix::Command { command, .. } => Some(command.clone()),
            _ => None,
        })
    }

    const POD: &str =
        "{containers: [{name: api, image: api:1, envFrom: [{secretRef: {name: db}}]}]}";

    #[test]
    fn live_workloads_are_named_where_they_can_be_changed() {
        let template = format!("{{template: {{spec: {POD}}}}}");
        for (kind, spec, expected) in [
            (
                "Deployment",
                template.as_str(),
                Some("kubectl secretsafe migrate deployment/api -n prod"),
            ),
            ("Job", template.as_str(), None),
        ] {
            let scope = Scope::Cluster {
                name: "test".to_owned(),
                minor: None,
            };
            let mut builder = Builder::new(scope, "default", jiff::Timestamp::UNIX_EPOCH);
            let text = workload(kind, spec).replace("apps/v1", match kind {
                "Job" => "batch/v1",
                _ => "apps/v1",
            });
            for document in parse(&SourceText::new("live", text)).documents {
                builder.add_live(document.root);
            }
            let found = told(&builder.finish());
            assert_eq!(found.as_deref(), expected, "{kind}");
        }
    }

    #[test]
    fn texts_are_named_as_they_were_read() {
        let template = format!("{{template: {{spec: {POD}}}}}");
        let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: prod}\n";
        for (read_from, expected) in [
            (
                ReadFrom::File,
                Some("kubectl secretsafe migrate -f 'my app.yaml' -f secret.yaml"),
            ),
            (ReadFrom::StandardInput, None),
            (
                ReadFrom::Kustomization("overlays/prod".to_owned()),
                Some("kubectl secretsafe migrate -k overlays/prod"),
            ),
        ] {
            let scope = Scope::Files(FileSet::Open);
            let mut builder = Builder::new(scope, "default", jiff::Timestamp::UNIX_EPOCH);
            let app = SourceText::new("my app.yaml", workload("Deployment", &template));
            builder.add_source(app, GitStatus::Outside, read_from);
            let secret = SourceText::new("secret.yaml", secret.to_owned());
            builder.add_file(secret, GitStatus::Outside);
            assert_eq!(told(&builder.finish()).as_deref(), expected);
        }
    }
}
