//! SS094: an API server that is not configured to encrypt.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::at_rest::{AtRest, FLAG, api_server};
use crate::workload::Origin;

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
    let AtRest::NotConfigured(without) = inventory.at_rest() else {
        return;
    };
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
    if let Some(server) = api_server(first) {
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
