//! SS025: pull secrets for other registries than those of the images.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Pod, SecretFacts};
use crate::workload::{Located, Workload, image};

use super::{Settings, account, pull};

pub static RULE: Rule = Rule {
    id: "SS025",
    name: "pull-secret-host-mismatch",
    severity: Severity::Warning,
    data: &[Data::Values, Data::Workloads, Data::ServiceAccounts],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "none of a workload's pull secrets is for the registry of any of its images",
    why: "For an image, the kubelet tries only the entries of the pull secrets that match its \
          registry. An image without a registry is on docker.io, whose entry is usually called \
          https://index.docker.io/v1/. It is a warning if pods cannot pull, otherwise an info: \
          mirrors and credential providers of the node are unknown here, and public images need \
          no entry. Only host names are kept from the values (--inspect-values).",
    remedy: "Create the Secret again with the registry of the images as --docker-server.",
    example: "image: registry.example.org/api:1   # found when the pull secret only has an entry \
              for ghcr.io\n",
    source: "kubernetes/website concepts/containers/images (interpretation of config.json)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for workload in &inventory.workloads {
        let images: Vec<_> = workload
            .pod
            .containers
            .iter()
            .filter_map(|container| container.image.as_ref())
            .filter(|image| !image.value.is_empty())
            .collect();
        let (Some(first), Some(registries)) = (images.first(), registries(inventory, workload))
        else {
            continue;
        };
        let covers = |image: &&&Located<String>| {
            let mut hosts = registries.iter().flat_map(|(_, hosts)| *hosts);
            hosts.any(|host| image::covers(host, &image.value))
        };
        if images.iter().any(|image| covers(&image)) {
            continue;
        }
        let failing: Vec<&Pod> = inventory
            .pods_of(&workload.id)
            .filter(|pod| !pod.metadata.deleting && pull::pull_failure(pod).is_some())
            .collect();
        let mut finding = Finding::new(
            &RULE,
            &workload.id,
            "None of its pull secrets is for the registry of any of its images.".to_owned(),
        )
        .severity(if failing.is_empty() {
            Severity::Info
        } else {
            Severity::Warning
        })
        .at(workload.origin, &first.site, "no pull secret is for this");
        let mut wanted = BTreeSet::new();
        for image in &images {
            wanted.insert(image::parts(&image.value).0);
        }
        let wanted: Vec<_> = wanted.into_iter().collect();
        finding = finding.because(format!("Its images are at: {}.", wanted.join(", ")));
        for (facts, hosts) in &registries {
            finding = finding.because(if hosts.is_empty() {
                format!("Pull secret {} is for no registry.", facts.name)
            } else {
                format!("Pull secret {} is for: {}.", facts.name, hosts.join(", "))
            });
        }
        for sentence in pull::sentences(&failing) {
            finding = finding.because(sentence);
        }
        if let [(facts, _)] = registries[..] {
            finding = finding.about(&facts.namespace, &facts.name, None);
        }
        results.report(with_remedy(finding, workload, &wanted, registries[0].0));
    }
}

fn with_remedy(
    finding: Finding,
    workload: &Workload,
    wanted: &[&str],
    secret: &SecretFacts,
) -> Finding {
    let server = match wanted.first() {
        Some(&image::DEFAULT_REGISTRY) | None => "https://index.docker.io/v1/",
        Some(registry) => registry,
    };
    finding
        .run(
            "Create the Secret again for that registry; replace NAME by the user name. It prompts \
             for the password.",
            CommandLine::secretsafe("create docker-registry")
                .name(&secret.name)
                .namespace(&workload.id.namespace)
                .switch("--replace")
                .joined("--docker-server", server)
                .switch("--docker-username=NAME"),
        )
        .advise("If the images are public or the node has credentials of its own, do nothing.")
}

/// The hosts of each pull secret; `None` if there is no pull secret, or if the entries of one are
/// unknown.
fn registries<'a>(
    inventory: &'a Inventory,
    workload: &'a Workload,
) -> Option<Vec<(&'a SecretFacts, &'a [String])>> {
    let own: Vec<_> = workload
        .pod
        .image_pull_secrets
        .iter()
        .map(|name| name.value.as_str())
        .collect();
    let names = if own.is_empty() {
        pull::of_account(inventory, &account::of_workload(workload))
            .into_iter()
            .map(|reference| reference.secret.as_str())
            .collect()
    } else {
        own
    };
    let found: Option<Vec<_>> = names
        .into_iter()
        .map(|name| {
            let facts = inventory.secret(&workload.id.namespace, name)?;
            let mut verdicts = facts.values.as_ref()?.keys.values();
            let registries = verdicts.find_map(|verdict| verdict.docker.as_ref())?;
            Some((facts, registries.as_ref().ok()?.hosts.as_slice()))
        })
        .collect();
    found.filter(|found| !found.is_empty())
}
