//! SS023: a pull secret that does not exist.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{Applies, AutoFix, Data, Finding, Offline, Results, Rule, Severity, Tier};
use crate::inventory::{Inventory, Lookup, Reason, Use};
use crate::workload::Usage;

use super::{Settings, account, pull, resolve};

pub static RULE: Rule = Rule {
    id: "SS023",
    name: "pull-secret-missing",
    severity: Severity::Warning,
    data: &[
        Data::Workloads,
        Data::ServiceAccounts,
        Data::SecretNames,
        Data::Pods,
        Data::Events,
    ],
    offline: Offline::Partly,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "imagePullSecrets names a Secret that does not exist in the namespace",
    why: "The kubelet warns and pulls without it. That works for public images, images that are \
          already on the node, and registries that the node itself can access. For all other \
          images the pod waits with ErrImagePull: then this is an error. Pull secrets are per \
          namespace; admission copies those of a ServiceAccount into new pods that list none.",
    remedy: "Create the Secret in that namespace, or remove the name. Waiting pods retry by \
             themselves within five minutes.",
    example: "spec:\n  imagePullSecrets:\n  - name: registry   # found when no Secret registry is in \
              the namespace\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go; kubernetes/kubernetes#120188, \
             openshift/release#69528",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut told = BTreeSet::new();
    for used in pull::uses(inventory) {
        let name = used.reference.secret.as_str();
        let namespace = resolve::namespace(&used);
        if crate::secret::key::check_object_name(name).is_err()
            || !told.insert((used.subject.clone(), used.origin, name.to_owned()))
        {
            continue;
        }
        let words = kubelets_words(inventory, &used);
        match inventory.lookup(namespace, name) {
            Lookup::Missing => {}
            Lookup::Unknown(Reason::Forbidden(_)) if words.is_some() => {}
            Lookup::Unknown(reason @ Reason::Forbidden(_)) => {
                results.unknown(&RULE, Some(used.subject), format!("secret/{name}"), reason);
                continue;
            }
            _ => continue,
        }
        let failing = pull::failing(inventory, &used);
        let mut finding = Finding::new(
            &RULE,
            used.subject,
            format!("Pull secret {name} does not exist in namespace {namespace}."),
        )
        .severity(if failing.is_empty() {
            Severity::Warning
        } else {
            Severity::Error
        })
        .about(namespace, name, None)
        .at(used.origin, &used.reference.secret.site, "named here");
        for sentence in pull::sentences(&failing) {
            finding = finding.because(sentence);
        }
        if let Some(words) = words {
            finding = finding.because(format!("The kubelet reports: {words}"));
        }
        for facts in inventory.elsewhere(namespace, name) {
            finding = finding.because(format!(
                "Namespace {} has a Secret of that name, but a pod here cannot use it.",
                facts.namespace
            ));
        }
        finding = resolve::with_near(
            finding,
            "a Secret",
            &used.reference.secret.site,
            name,
            &resolve::near_secrets(inventory, &used),
            Applies::Unsafe(
                "Images that are pulled without credentials today are pulled with this Secret.",
            ),
        );
        results.report(
            finding
                .run(
                    "Create it from a Docker configuration file; or use --docker-server and \
                     --docker-username instead of --from-file, then it prompts for the password.",
                    CommandLine::secretsafe("create docker-registry")
                        .name(name)
                        .namespace(namespace)
                        .switch("--from-file=PATH"),
                )
                .advise("If the images are public, remove the name from imagePullSecrets."),
        );
    }
}

/// The kubelet's event about this pull secret.
fn kubelets_words<'a>(inventory: &'a Inventory, used: &Use<'_>) -> Option<&'a str> {
    let name = used.reference.secret.as_str();
    inventory
        .pods
        .iter()
        .filter(|pod| match used.reference.usage {
            Usage::ServiceAccountPull => account::of_pod(pod) == *used.subject,
            _ => pod.top == *used.subject,
        })
        .flat_map(|pod| inventory.events_of(pod))
        .filter(|event| event.reason == "FailedToRetrieveImagePullSecret")
        .map(|event| event.message.as_str())
        .find(|words| pull::not_retrieved(words).contains(&name))
}
