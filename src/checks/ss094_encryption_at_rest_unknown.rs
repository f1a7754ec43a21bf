//! SS094: an API server that is not configured to encrypt.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Pod};
use crate::workload::{Container, Origin};

/// The flag that names the EncryptionConfiguration.
const FLAG: &str = "--encryption-provider-config";

pub static RULE: Rule = Rule {
    id: "SS094",
    name: "encryption-at-rest-unknown",
    severity: Severity::Warning,
    data: &[Data::Pods],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "kube-apiserver runs without a configuration for encryption at rest",
    why: "Without one, Secrets are stored unencrypted in etcd and in its backups. The API does \
          not show whether they are encrypted; only the arguments of a kube-apiserver that runs \
          as a static pod are visible, in kube-system. If no such pod is visible, as in managed \
          clusters, nothing is known and nothing is reported. With the flag nothing is reported \
          either: a file on the control plane decides whether its first provider encrypts. \
          Without the flag, the disk or storage may still be encrypted.",
    remedy: "This is for the admin of the cluster: create an EncryptionConfiguration whose first \
             provider encrypts, then write every Secret again. See Encrypting Confidential Data \
             at Rest in the Kubernetes documentation.",
    example: "command: [kube-apiserver, --etcd-servers=…]   # without --encryption-provider-config\n",
    source: "kubernetes/website tasks/administer-cluster/encrypt-data",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let without: Vec<&Pod> = inventory
        .pods
        .iter()
        .filter(|pod| pod.mirror && pod.id.namespace == "kube-system")
        .filter(|pod| {
            let mut servers = pod.spec.containers.iter().filter(|c| is_api_server(c));
            servers.next().is_some_and(|server| !has_flag(server))
        })
        .collect();
    let Some(first) = without.first() else {
        return;
    };
    let mut finding = Finding::new(
        &RULE,
        &first.id,
        format!(
            "Kube-apiserver runs without {FLAG}, so it is not configured to encrypt Secrets in \
             etcd."
        ),
    );
    if let Some(server) = first.spec.containers.iter().find(|c| is_api_server(c)) {
        finding = finding.at(Origin::Live, &server.site, "its arguments");
    }
    for pod in &without[1..] {
        finding = finding.because(format!("The same is true of {}.", pod.id.short()));
    }
    results.report(finding.advise(
        "Read https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/ and decide with the \
         admin of the cluster.",
    ));
}

fn is_api_server(container: &Container) -> bool {
    container.name == "kube-apiserver"
        || words(container)
            .next()
            .is_some_and(|word| word.rsplit('/').next() == Some("kube-apiserver"))
}

fn has_flag(container: &Container) -> bool {
    words(container).any(|word| word.split('=').next() == Some(FLAG))
}

fn words(container: &Container) -> impl Iterator<Item = &str> {
    container
        .command
        .iter()
        .chain(&container.args)
        .map(|word| word.value.as_str())
}
