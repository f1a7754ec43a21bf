//! SS013: a Secret as environment variable.

use std::collections::BTreeSet;

use super::Settings;
use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup, ReadFrom, Reason};
use crate::ownership;
use crate::words::listed;
use crate::workload::mount_path::clean;
use crate::workload::object_reference::is_of_a_container;
use crate::workload::{
    Located, ObjectId, Origin, SecretReference, SecretSource, Usage, Workload, WorkloadKind,
    references,
};

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
        const MOUNT: &str = "Mount the Secret as files: a volume with its secretName and \
             defaultMode: 0400, and a volumeMount below /etc/secrets with readOnly: true.";
        const READ: &str =
            "Update the app to read the file instead of the variable, then remove the variable.";
        let is_mounted = are_mounted(workload, &variables);
        let skipped = skipped(inventory, workload, &variables);
        let what = match (is_mounted, &skipped) {
            (true, _) => READ.to_owned(),
            (false, Some((Skips::All, why))) => {
                finding = finding.advise(MOUNT);
                why.clone()
            }
            (false, _) => MOUNT.to_owned(),
        };
        // The command would change nothing where all is skipped.
        let is_left = !is_mounted && matches!(skipped, Some((Skips::All, _)));
        let command = command(inventory, workload, &variables).filter(|_| !is_left);
        finding = finding.fix(match command {
            Some(command) => Fix::Command {
                what,
                command: match is_mounted {
                    true => command
                        .switch("--remove-env")
                        .flag("--reads-files", &confirmed(&variables)),
                    false => command,
                },
            },
            None => Fix::Advice(what),
        });
        if let (false, Some((Skips::Some, why))) = (is_mounted, skipped) {
            finding = finding.advise(why);
        }
        if let Some(place) = elsewhere(workload) {
            finding = finding.advise(place);
        }
        if !is_mounted {
            finding = finding.advise(READ);
        }
        results.report(finding);
    }
    for used in inventory.uses() {
        if used.workload.is_none() && is_of_own_containers(&used.reference.usage) {
            let what = "containers that take Secrets as variables";
            results.unknown(&RULE, Some(used.subject), what, Reason::OwnContainers);
        }
    }
}

/// How much of a workload `migrate` skips.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skips {
    Some,
    All,
}

/// What `migrate` skips in files, and what to do about it: an `envFrom` whose keys are not known.
fn skipped(
    inventory: &Inventory,
    workload: &Workload,
    variables: &[SecretReference],
) -> Option<(Skips, String)> {
    if workload.origin == Origin::Live {
        return None;
    }
    let is_known = |reference: &SecretReference| match inventory
        .lookup(&workload.id.namespace, &reference.secret.value)
    {
        Lookup::Present(facts) => facts.keys.is_complete(),
        Lookup::Expected(producer) => producer.keys.is_complete(),
        Lookup::Missing | Lookup::Unknown(_) => false,
    };
    let unknown: BTreeSet<&str> = variables
        .iter()
        .filter(|reference| matches!(reference.usage, Usage::AllVariables { .. }))
        .filter(|reference| !is_known(reference))
        .map(|reference| reference.secret.value.as_str())
        .collect();
    if unknown.is_empty() {
        return None;
    }
    let skips = match variables.iter().all(|reference| {
        matches!(reference.usage, Usage::AllVariables { .. })
            && unknown.contains(reference.secret.value.as_str())
    }) {
        true => Skips::All,
        false => Skips::Some,
    };
    let names = listed(unknown);
    Some((
        skips,
        format!(
            "migrate skips envFrom of Secret {names}, since its keys are not known here: give its \
             manifest too, with a further -f, or list the keys under env with secretKeyRef."
        ),
    ))
}

/// The variables of which the next step says that the app reads their files.
fn confirmed(variables: &[SecretReference]) -> String {
    let names: Option<Vec<_>> = variables
        .iter()
        .map(|reference| match &reference.usage {
            Usage::Variable { name } if is_plain(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    // Of an envFrom entry nothing here tells the names, and some cannot stand in a list.
    names.map_or_else(|| "all".to_owned(), |names| names.join(","))
}

fn is_plain(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

/// Whether each container has the values of its variables as files too, where `migrate`
/// mounts them: the first step is done. A mount elsewhere is none that it would use.
fn are_mounted(workload: &Workload, variables: &[SecretReference]) -> bool {
    let is_mounted = |variable: &SecretReference| {
        let secret = variable.secret.value.as_str();
        let folder = format!("/etc/secrets/{secret}");
        let mut containers = workload.pod.containers.iter();
        let own = containers.find(|one| Some(&one.name) == variable.container.as_ref());
        own.is_some_and(|container| {
            container.mounts.iter().any(|mount| {
                let volume = workload.pod.volume(&mount.volume.value);
                mount.sub_path.is_none()
                    && clean(&mount.path.value) == folder
                    && volume.is_some_and(|volume| {
                        let sources = volume.kind.secret_sources();
                        sources.iter().any(|source| {
                            source.secret.value == secret && shows(source, variable.key.as_ref())
                        })
                    })
            })
        })
    };
    variables.iter().all(is_mounted)
}

/// Whether a volume has a key as a file of its name; without a key, all of them.
fn shows(source: &SecretSource, key: Option<&Located<String>>) -> bool {
    match (&source.items, key) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(items), Some(key)) => items
            .iter()
            .any(|item| item.key.value == key.value && item.path.value == key.value),
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

/// Where to change a live workload, if not with `migrate`: its owner would revert the change, a
/// running pod cannot get a volume, and nothing replaces the pods of a ReplicaSet.
fn elsewhere(workload: &Workload) -> Option<String> {
    if workload.origin != Origin::Live {
        return None;
    }
    if let Some(owner) = ownership::find(workload) {
        return Some(format!(
            "{} manages it and would revert a change. {}",
            owner.who, owner.instead
        ));
    }
    let place = match workload.kind {
        WorkloadKind::Pod => {
            "Change the file the pod was created from, then delete and create the pod: volumes \
             cannot be added to an existing pod."
        }
        WorkloadKind::Job => {
            "Change the file (or the CronJob) the Job was created from: volumes cannot be added \
             to an existing Job."
        }
        WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController => {
            "Change the file it was created from, then delete its pods one by one: nothing else \
             replaces them. A Deployment would."
        }
        WorkloadKind::PodTemplate => "Change the file it was created from.",
        WorkloadKind::Deployment
        | WorkloadKind::StatefulSet
        | WorkloadKind::DaemonSet
        | WorkloadKind::CronJob
        | WorkloadKind::Custom => return None,
    };
    Some(place.to_owned())
}

/// The command that shows how; `None` where `migrate` could change nothing, or is not the way to
/// change it.
fn command(
    inventory: &Inventory,
    workload: &Workload,
    variables: &[SecretReference],
) -> Option<CommandLine> {
    let migrate = CommandLine::secretsafe("migrate");
    if workload.kind == WorkloadKind::Custom {
        return None;
    }
    let Some(source) = inventory.source(workload.origin) else {
        let ObjectId { namespace, .. } = &workload.id;
        return elsewhere(workload)
            .is_none()
            .then(|| migrate.name(&workload.id.short()).namespace(namespace));
    };
    if let Some(folder) = &inventory.kustomization {
        return Some(migrate.flag("-k", folder));
    }
    match &source.read_from {
        ReadFrom::StandardInput => None,
        ReadFrom::Kustomization(folder) => Some(migrate.flag("-k", folder)),
        ReadFrom::File | ReadFrom::Reached => {
            let mut files = vec![source.text.name()];
            // The keys behind envFrom are in another file.
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
            Some(
                files
                    .iter()
                    .fold(migrate, |migrate, file| migrate.file(file)),
            )
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
        check(inventory, &Settings::default(), &mut results);
        let [finding] = &results.findings[..] else {
            panic!("one finding is expected");
        };
        finding.fixes.iter().find_map(|fix| match fix {
            Fix::Command { command, .. } => Some(command.to_string()),
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
            ("ReplicaSet", template.as_str(), None),
        ] {
            let scope = Scope::Cluster {
                name: "test".to_owned(),
                minor: None,
            };
            let mut builder = Builder::new(scope, "default", jiff::Timestamp::UNIX_EPOCH);
            let text = workload(kind, spec).replace(
                "apps/v1",
                match kind {
                    "Job" => "batch/v1",
                    _ => "apps/v1",
                },
            );
            for document in parse(&SourceText::new("live", text)).documents {
                builder.add_live(document.root);
            }
            let found = told(&builder.finish());
            assert_eq!(found.as_deref(), expected, "{kind}");
        }
    }

    /// All that is proposed for a live workload.
    fn proposed(kind: &str, metadata: &str) -> String {
        let scope = Scope::Cluster {
            name: "test".to_owned(),
            minor: None,
        };
        let mut builder = Builder::new(scope, "default", jiff::Timestamp::UNIX_EPOCH);
        let spec = match kind {
            "Pod" => POD.to_owned(),
            "CronJob" => format!("{{jobTemplate: {{spec: {{template: {{spec: {POD}}}}}}}}}"),
            _ => format!("{{template: {{spec: {POD}}}}}"),
        };
        let version = match kind {
            "Job" | "CronJob" => "batch/v1",
            "Pod" | "ReplicationController" => "v1",
            _ => "apps/v1",
        };
        let text = workload(kind, &spec)
            .replace("apps/v1", version)
            .replace("namespace: prod", &format!("namespace: prod{metadata}"));
        for document in parse(&SourceText::new("live", text)).documents {
            builder.add_live(document.root);
        }
        let mut results = Results::default();
        check(&builder.finish(), &Settings::default(), &mut results);
        let [finding] = &results.findings[..] else {
            panic!("one finding is expected");
        };
        let words = |fix: &Fix| match fix {
            Fix::Command { what, command } => format!("{what} {command}\n"),
            Fix::Advice(advice) => format!("{advice}\n"),
            Fix::Patch { .. } => String::new(),
        };
        finding.fixes.iter().map(words).collect()
    }

    #[test]
    fn the_place_to_change_follows_who_writes_it() {
        for (kind, metadata, place) in [
            (
                "Deployment",
                ", labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: shop}",
                "run helm upgrade",
            ),
            (
                "CronJob",
                ", annotations: {argocd.argoproj.io/tracking-id: 'shop:batch/CronJob:prod/api'}",
                "git repository of that Application",
            ),
            (
                "StatefulSet",
                ", labels: {kustomize.toolkit.fluxcd.io/name: shop}",
                "in git",
            ),
            (
                "Deployment",
                ", ownerReferences: [{apiVersion: x/v1, kind: Shop, name: s, uid: u, controller: true}]",
                "Shop",
            ),
            ("Pod", "", "the file the pod was created from"),
            ("Job", "", "or the CronJob"),
            ("ReplicaSet", "", "the file it was created from"),
            ("ReplicationController", "", "the file it was created from"),
        ] {
            let proposed = proposed(kind, metadata);
            assert!(proposed.contains(place), "{kind}{metadata}: {proposed}");
            assert!(!proposed.contains("secretsafe migrate"), "{proposed}");
        }
        for kind in ["Deployment", "StatefulSet", "DaemonSet", "CronJob"] {
            let command = format!(
                "kubectl secretsafe migrate {}/api -n prod",
                kind.to_lowercase()
            );
            assert!(proposed(kind, "").contains(&command));
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
