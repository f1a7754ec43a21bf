//! SS045: a variable and its _FILE twin, both set.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::{Inventory, Lookup};
use crate::manifest::{Operation, path};
use crate::workload::credential::is_credential_name;
use crate::workload::environment::{self, Environment, Origin, environment};
use crate::workload::file_convention::{Both, Decision, companion_of};
use crate::workload::image_facts::ImageFacts;
use crate::workload::{Container, EnvFromSource, EnvSource, Workload};

use super::{Settings, mounts};

pub static RULE: Rule = Rule {
    id: "SS045",
    name: "both-x-and-x-file",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "a container gets both NAME and NAME_FILE",
    why: "Images that read a value from the file that NAME_FILE names stop if NAME is set too \
          (\"both … are set (but are exclusive)\"). For images that are known to do so this is an \
          error. For other images it is a warning if the name is that of a credential, or if the \
          configuration says that the image reads the file: the image ignores one of the two, and \
          you cannot see which.",
    remedy: "Remove NAME and keep NAME_FILE.",
    example: "env:\n- name: POSTGRES_PASSWORD        # remove\n  valueFrom: {secretKeyRef: {name: db, key: \
              password}}\n- name: POSTGRES_PASSWORD_FILE\n  value: /etc/secrets/db/password\n",
    source: "docker-library/mysql and docker-library/postgres docker-entrypoint.sh (file_env)",
};

/// One finding per pair.
pub fn check(inventory: &Inventory, settings: &Settings, results: &mut Results) {
    for (workload, container) in inventory.containers() {
        let found = variables(inventory, workload, container);
        for (file, origin) in &found.names {
            let Some(name) = companion_of(file) else {
                continue;
            };
            let Some(other) = found.names.get(name) else {
                continue;
            };
            if is_empty(container, *origin) || is_empty(container, *other) {
                continue;
            }
            let decision = settings
                .conventions
                .decide(container, name, &ImageFacts::default());
            let reads = match decision {
                Decision::Reads(reads) if reads.form.of(name) == *file => Some(reads),
                _ => None,
            };
            if reads.is_some() || is_credential_name(name) {
                let both = reads.map_or(Both::NotKnown, |reads| reads.both);
                let pair = Pair { name, file, both };
                results.report(report(inventory, workload, container, &pair, *other));
            }
        }
    }
}

struct Pair<'a> {
    name: &'a str,
    file: &'a str,
    /// What the image is known to do if both are set.
    both: Both,
}

/// The variables that a container gets, including those of known keys.
fn variables<'a>(
    inventory: &'a Inventory,
    workload: &Workload,
    container: &Container,
) -> Environment<'a> {
    let keys = |source: &EnvFromSource| {
        let secret = match source {
            EnvFromSource::Secret(secret) => secret,
            EnvFromSource::ConfigMap(map) => {
                let keys = inventory.config_map_keys(&workload.id.namespace, &map.value)?;
                return Some(keys.into_iter().collect());
            }
            EnvFromSource::Other => return None,
        };
        let keys = match inventory.lookup(&workload.id.namespace, &secret.value) {
            Lookup::Present(facts) => facts.keys.known(),
            Lookup::Expected(producer) => producer.keys.known(),
            Lookup::Missing | Lookup::Unknown(_) => return None,
        };
        Some(keys.iter().map(String::as_str).collect())
    };
    environment(container, keys, |_| true)
}

/// Whether a variable is certainly empty, which counts as not set.
fn is_empty(container: &Container, origin: Origin<'_>) -> bool {
    let Origin::Entry(index) = origin else {
        return false;
    };
    match &container.env[index].source {
        EnvSource::Nothing => true,
        EnvSource::Literal(text) => text.value.is_empty(),
        _ => false,
    }
}

fn report(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    pair: &Pair<'_>,
    origin: Origin<'_>,
) -> Finding {
    let Pair { name, file, both } = *pair;
    let known = both == Both::Stops;
    let what = match both {
        Both::Stops => "its image stops if both are set",
        Both::FileCounts => "its image reads the file and ignores the variable",
        Both::NotKnown => "one of them is ignored",
    };
    let mut finding = Finding::new(
        &RULE,
        &workload.id,
        format!(
            "Container {} gets both {name} and {file}: {what}.",
            container.name
        ),
    )
    .severity(if known {
        Severity::Error
    } else {
        Severity::Warning
    })
    .in_container(&container.name);
    if known && mounts::runs_well(inventory, workload) {
        finding = finding.severity(Severity::Info).because(
            "Its pods run anyway: the entrypoint is not used, or one of the two is \
                      empty.",
        );
    }
    finding = match origin {
        Origin::Entry(index) => {
            let entry = &container.env[index];
            if let EnvSource::SecretKey { secret, key, .. } = &entry.source {
                let namespace = &workload.id.namespace;
                finding = finding.about(namespace, &secret.value, Some(&key.value));
            }
            finding.at(workload.origin, &entry.name.site, "remove this one")
        }
        Origin::Source(index, key) => {
            let source = &container.env_from[index];
            if let EnvFromSource::Secret(secret) = &source.source {
                finding = finding.about(&workload.id.namespace, &secret.value, Some(key));
            }
            finding.at(
                workload.origin,
                &source.site,
                format!("{name} comes from here"),
            )
        }
    };
    if let Some(entry) = container.env.iter().find(|entry| entry.name.value == file) {
        finding = finding.at(workload.origin, &entry.name.site, "names the file");
    }
    with_fix(finding, workload, container, pair, origin)
}

fn with_fix(
    finding: Finding,
    workload: &Workload,
    container: &Container,
    pair: &Pair<'_>,
    origin: Origin<'_>,
) -> Finding {
    let name = pair.name;
    let Origin::Entry(index) = origin else {
        return finding.advise(format!(
            "List the variables one by one instead of envFrom, without {name}."
        ));
    };
    let entry = &container.env[index];
    let is_used = !environment::consumers(&workload.pod, container, name).is_empty();
    let finding = if is_used {
        finding.because(format!("{name} is used elsewhere in the manifest."))
    } else {
        finding
    };
    finding.fix(Fix::Patch {
        what: format!("Remove {name} and keep {}.", pair.file),
        operations: vec![
            Operation::Test {
                pointer: path::pointer(&entry.name.site.path),
                value: name.into(),
            },
            Operation::Remove {
                pointer: path::pointer(&entry.site.path),
            },
        ],
        applies: if pair.both != Both::NotKnown && !is_used {
            Applies::Unsafe(
                "Another program in the container, a script or a probe may read the variable.",
            )
        } else {
            Applies::Never
        },
    })
}
