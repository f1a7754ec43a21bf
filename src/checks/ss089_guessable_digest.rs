//! SS089: digests of Secrets where everybody can read them.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Lookup};
use crate::manifest::path;
use crate::workload::digest::{self, Digest};
use crate::workload::{EnvSource, Site, Workload, references};

pub static RULE: Rule = Rule {
    id: "SS089",
    name: "guessable-digest",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::SecretKeys],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a pod template publishes a digest of a Secret's content",
    why: "Charts and reloaders put a digest of a Secret into the template, so that a change of \
          the Secret changes the template and starts new pods. Everybody who can read Deployments \
          can then test guesses against it, offline and unnoticed: a password chosen by a person \
          is found in minutes. It is a warning if the digest is known to be that of a Secret with \
          one key. The short suffix of a generated name reveals too little for that.",
    remedy: "Have the template change with something that is not derived from the content: the \
             Secret's resourceVersion, or the time of a restart.",
    example: "template:\n  metadata:\n    annotations:\n      checksum/secret: 9f86d08…   # \
              sha256sum of the rendered Secret\n",
    source: "stakater/Reloader internal/pkg/handler; Helm's tips about checksum annotations",
};

/// One finding per workload.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for workload in &inventory.workloads {
        let found = published(inventory, workload);
        let Some(first) = found.first() else { continue };
        let message = match found.len() {
            1 => format!(
                "Its {} publishes a digest of a Secret's content.",
                first.what
            ),
            number => format!(
                "It publishes {number} digests of Secrets, one in {}.",
                first.what
            ),
        };
        let pinned = found
            .iter()
            .find_map(|found| secret_of_one_key(inventory, workload, &found.digest));
        let mut finding = Finding::new(&RULE, &workload.id, message);
        if let Some(secret) = pinned {
            finding = finding
                .severity(Severity::Warning)
                .about(&workload.id.namespace, &secret, None)
                .because(format!(
                    "Secret {secret} has one key, so the digest is that of one \
                                  value."
                ));
        }
        for found in &found {
            finding = finding.at(workload.origin, &found.site, "a digest");
        }
        let reloader = found
            .iter()
            .any(|found| matches!(found.digest, Digest::Reloader(_)));
        results.report(if reloader {
            finding.advise(
                "Stakater Reloader writes it: use a reloader that compares resourceVersions, or \
                 mount the Secret and have the app reread it.",
            )
        } else {
            finding.advise(
                "Have the template change with the Secret's resourceVersion or the time of a \
                 restart instead of a digest of its content.",
            )
        });
    }
}

struct Published {
    what: String,
    site: Site,
    digest: Digest,
}

fn published(inventory: &Inventory, workload: &Workload) -> Vec<Published> {
    let mut all = Vec::new();
    let template = workload.pod.site.path.trim_end_matches("spec");
    let own = "metadata.annotations";
    let of_template = format!("{template}{own}");
    let lists = [
        (of_template.as_str(), &workload.template_annotations),
        (own, &workload.metadata.annotations),
    ];
    // A pod only has one list.
    let lists = &lists[usize::from(template.is_empty())..];
    for (list, annotations) in lists {
        for (name, text) in *annotations {
            if let Some(digest) = digest::of_annotation(name, text) {
                all.push(Published {
                    what: format!("annotation {name}"),
                    site: site(inventory, workload, list, name),
                    digest,
                });
            }
        }
    }
    for container in &workload.pod.containers {
        for entry in &container.env {
            if let EnvSource::Literal(text) = &entry.source
                && let Some(digest) = digest::of_variable(&entry.name.value, &text.value)
            {
                all.push(Published {
                    what: format!(
                        "variable {} of container {}",
                        entry.name.value, container.name
                    ),
                    site: entry.name.site.clone(),
                    digest,
                });
            }
        }
    }
    all
}

fn site(inventory: &Inventory, workload: &Workload, list: &str, name: &str) -> Site {
    let keys: Vec<_> = list.split('.').collect();
    let span = inventory
        .object_of(workload)
        .and_then(|object| object.root.at(&keys)?.get(name))
        .map(|node| node.span)
        .unwrap_or_default();
    Site {
        path: path::child(list, name),
        span,
    }
}

/// The Secret of Reloader's digest, if it has one key.
fn secret_of_one_key(
    inventory: &Inventory,
    workload: &Workload,
    digest: &Digest,
) -> Option<String> {
    let Digest::Reloader(wanted) = digest else {
        return None;
    };
    let reference = references(workload)
        .into_iter()
        .find(|reference| digest::reloader_name(&reference.secret.value) == *wanted)?;
    let name = reference.secret.value;
    match inventory.lookup(&workload.id.namespace, &name) {
        Lookup::Present(facts) if facts.keys.is_complete() && facts.keys.known().len() == 1 => {
            Some(name)
        }
        _ => None,
    }
}
