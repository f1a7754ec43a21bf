//! SS046: a _FILE variable that names a file that does not exist.

use std::collections::BTreeSet;

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::file_convention::companion_of;
use crate::workload::image_facts::ImageFacts;
use crate::workload::near::near;
use crate::workload::{Container, EnvSource, EnvVar, Located, Mount, Volume, Workload};

use super::volume_files::{Made, made};
use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS046",
    name: "x-file-without-mount",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a NAME_FILE variable names a file that no mount provides",
    why: "The app reads the value from the file that NAME_FILE names. If the file does not exist, \
          it stops, or continues with an empty value. This is reported if the path is in a \
          Secret's mount that has no such file, and, for images that are known to read such \
          files, if nothing is mounted there at all. Files of other volumes are unknown.",
    remedy: "Correct the path: the mount's path and the name of the key, or the path of its item.",
    example: "env:\n- name: POSTGRES_PASSWORD_FILE\n  value: /etc/secrets/db/pasword   # found; the key \
              is password\nvolumeMounts:\n- {name: db, mountPath: /etc/secrets/db}\n",
    source: "kubernetes/kubernetes pkg/volume/secret/secret.go; docker-library/postgres \
             docker-entrypoint.sh (file_env)",
};

/// One finding per variable.
pub fn check(inventory: &Inventory, settings: &Settings, results: &mut Results) {
    for workload in inventory
        .workloads
        .iter()
        .filter(|workload| !workload.pod.windows)
    {
        for container in &workload.pod.containers {
            for entry in &container.env {
                if let Some(text) = file_of(entry) {
                    judge(
                        inventory, settings, workload, container, entry, text, results,
                    );
                }
            }
        }
    }
}

/// The path of a variable that names a file; a path that is filled in later is unknown.
fn file_of(entry: &EnvVar) -> Option<&Located<String>> {
    companion_of(&entry.name.value)?;
    match &entry.source {
        EnvSource::Literal(text)
            if text.value.starts_with('/') && !text.value.contains(['$', '{', '*']) =>
        {
            Some(text)
        }
        _ => None,
    }
}

fn judge(
    inventory: &Inventory,
    settings: &Settings,
    workload: &Workload,
    container: &Container,
    entry: &EnvVar,
    text: &Located<String>,
    results: &mut Results,
) {
    let name = &entry.name.value;
    let Some(mount) = container.mount_of(&text.value) else {
        if reads_it(settings, container, name) {
            let finding = Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "{name} of container {} names a file where nothing is mounted.",
                    container.name
                ),
            )
            .advise("Mount the Secret there, or correct the path.");
            results.report(placed(inventory, workload, container, text, finding));
        }
        return;
    };
    let Some(volume) = workload.pod.volume(&mount.volume.value) else {
        return;
    };
    if !volume.has_secrets() {
        return;
    }
    let Some(file) = mount.inside(&text.value) else {
        return;
    };
    match made(inventory, workload, volume) {
        Made::All(files) if !files.contains(&file) => {
            let finding = missing(
                workload,
                container,
                name,
                &text.value,
                (mount, volume),
                &files,
            );
            results.report(placed(inventory, workload, container, text, finding));
        }
        Made::Unknown(secret, reason) => results.unknown(
            &RULE,
            Some(&workload.id),
            format!("the file of {name} from secret/{secret}"),
            reason,
        ),
        Made::All(_) | Made::Silent => {}
    }
}

/// Whether the image is known to read the variable.
fn reads_it(settings: &Settings, container: &Container, name: &str) -> bool {
    let Some(base) = companion_of(name) else {
        return false;
    };
    let decision = settings
        .conventions
        .decide(container, base, &ImageFacts::default());
    decision
        .certain()
        .is_some_and(|reads| reads.form.of(base) == name)
}

fn placed(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    text: &Located<String>,
    finding: Finding,
) -> Finding {
    let finding =
        finding
            .in_container(&container.name)
            .at(workload.origin, &text.site, "no such file");
    if mounts::runs_well(inventory, workload) {
        finding
            .severity(Severity::Info)
            .because("Its pods run anyway: the app may not read it.")
    } else {
        finding
    }
}

fn missing(
    workload: &Workload,
    container: &Container,
    name: &str,
    path: &str,
    (mount, volume): (&Mount, &Volume),
    files: &BTreeSet<String>,
) -> Finding {
    const MOST: usize = 12;
    let secret = volume.secret_name();
    let shown: Vec<&str> = files
        .iter()
        .map(|file| file.trim_start_matches('/'))
        .take(MOST)
        .collect();
    let base = path.rsplit('/').next().unwrap_or(path);
    let candidates = near(base, shown.iter().copied());
    let mut finding = Finding::new(
        &RULE,
        &workload.id,
        format!(
            "{name} of container {} names a file in {} that volume {} with Secret {secret} does \
             not contain.",
            container.name, mount.path.value, volume.name.value
        ),
    )
    .about(&workload.id.namespace, secret, None)
    .because(match shown.len() {
        0 => format!("There are no files in {}.", mount.path.value),
        _ => format!("The volume's files are: {}.", shown.join(", ")),
    });
    if let [one] = candidates[..] {
        finding = finding.advise(format!("If you meant {one}, use that name."));
    }
    finding.advise("Correct the path, or add the key to the Secret.")
}
