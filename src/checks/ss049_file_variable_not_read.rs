//! SS049: a _FILE variable that the image does not read.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::file_convention::companion_of;
use crate::workload::near::near;
use crate::workload::{Container, EnvSource, EnvVar, Mount, PodSpec};

pub static RULE: Rule = Rule {
    id: "SS049",
    name: "file-variable-not-read",
    severity: Severity::Info,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a NAME_FILE variable names a Secret's file, but its image is not known to read that \
              variable",
    why: "An image only reads the file variables that its entrypoint supports. For some official \
          images these are known: any other name with _FILE is an ordinary variable there, and \
          the image does not open the file. This is reported only for those images, for variables \
          with the same prefix as theirs, if nothing in the pod's commands uses the variable. It \
          is not reported if the entrypoint is replaced.",
    remedy: "Use a name that the image reads, or remove the variable. If the app does read it, \
             add it to .secretsafe.yaml.",
    example: "image: postgres:17\nenv:\n- name: POSTGRES_DB_PASSWORD_FILE   # found: the image reads \
              POSTGRES_PASSWORD_FILE\n  value: /etc/secrets/db/password\n",
    source: "docker-library/postgres, docker-library/mysql docker-entrypoint.sh (file_env)",
};

/// Variables of this form, without `_FILE`, that a library of the image reads: MySQL's client
/// (mysql/mysql-server `mysys/my_default.cc`).
const OF_LIBRARIES: &[&str] = &["MYSQL_TEST_LOGIN"];

/// One finding per variable.
pub fn check(inventory: &Inventory, settings: &Settings, results: &mut Results) {
    for workload in &inventory.workloads {
        let pod = &workload.pod;
        for container in &pod.containers {
            for entry in &container.env {
                let Some((base, mount)) = file_of(pod, container, entry) else {
                    continue;
                };
                let Some(known) = read_by(settings, container, base) else {
                    continue;
                };
                let name = &entry.name.value;
                if is_used(container, pod, name) {
                    continue;
                }
                let mut finding = Finding::new(
                    &RULE,
                    &workload.id,
                    format!(
                        "The image of container {} is not known to read {name}, which names a file \
                         of a Secret.",
                        container.name
                    ),
                )
                .in_container(&container.name)
                .at(
                    workload.origin,
                    &entry.name.site,
                    "the image reads no variable of this name",
                )
                .at(workload.origin, &mount.site, "the file is here");
                let names: Vec<_> = known.iter().map(String::as_str).collect();
                finding = finding.because(format!(
                    "The known file variables of this image: {}.",
                    names.join(", ")
                ));
                if let [one] = near(name, names.iter().copied())[..] {
                    finding = finding.advise(format!("If you meant {one}, use that name."));
                }
                results.report(
                    finding.advise("Use a name that the image reads, or remove the variable."),
                );
            }
        }
    }
}

/// The variable that an entry replaces, and the mount of the Secret's file that it names.
fn file_of<'a>(
    pod: &PodSpec,
    container: &'a Container,
    entry: &'a EnvVar,
) -> Option<(&'a str, &'a Mount)> {
    let base = companion_of(&entry.name.value)?;
    let EnvSource::Literal(text) = &entry.source else {
        return None;
    };
    if !text.value.starts_with('/') || text.value.contains(['$', '{']) {
        return None;
    }
    let mount = container.mount_of(&text.value)?;
    let has_secrets = pod.volume(&mount.volume.value)?.has_secrets();
    has_secrets.then_some((base, mount))
}

/// The file variables that the image of a container is known to read, if this is not one of them;
/// `None` if the image is unknown, or its entrypoint does not run.
fn read_by(settings: &Settings, container: &Container, base: &str) -> Option<Vec<String>> {
    let image = container.image.as_ref()?.as_str();
    if !container.command.is_empty() {
        return None;
    }
    let known = settings.conventions.variables_of(image)?;
    let is_read = known.iter().any(|(name, _)| name == base);
    let family = base.split('_').next()?;
    let is_of_family = known
        .iter()
        .any(|(name, _)| name.split('_').next() == Some(family));
    (!is_read && is_of_family && !OF_LIBRARIES.contains(&base))
        .then(|| known.into_iter().map(|(_, file)| file).collect())
}

/// Whether anything visible uses the variable.
fn is_used(container: &Container, pod: &PodSpec, name: &str) -> bool {
    !crate::workload::environment::consumers(pod, container, name).is_empty()
}
