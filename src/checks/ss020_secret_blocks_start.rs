//! SS020: pods whose status says which Secret they wait for.

use std::collections::BTreeMap;

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::symptom::{self, Symptom};
use crate::inventory::{Inventory, Lookup, Pod, Readiness, Use};
use crate::workload::{ObjectId, Origin, Site};

use super::resolve::{self, Trouble};
use super::{Settings, csi};

pub static RULE: Rule = Rule {
    id: "SS020",
    name: "secret-blocks-start",
    severity: Severity::Error,
    data: &[Data::Pods, Data::Events],
    offline: Offline::No,
    auto_fix: AutoFix::No,
    summary: "pods wait because the kubelet cannot find a Secret or a key",
    why: "The kubelet's message names the Secret or the key. Usually the message is part of a \
          finding of SS001 to SS004. This rule reports it if those rules cannot find the cause: \
          because Secrets may not be listed, or because the pod's specification has changed \
          since.",
    remedy: "Create what is missing, or correct the reference; the pods then continue without a \
             restart.",
    example: "status:\n  containerStatuses:\n  - state:\n      waiting:\n        reason: \
              CreateContainerConfigError\n        message: secret \"db-creds\" not found\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go, pkg/volume/secret/secret.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let explained = explained(inventory);
    type Missing = (ObjectId, String, Option<String>);
    let mut found: BTreeMap<Missing, Vec<(&Pod, String)>> = BTreeMap::new();
    for pod in &inventory.pods {
        if pod.ready || pod.metadata.deleting || pod.is_finished() {
            continue;
        }
        for words in words(inventory, pod) {
            let (secret, key) = match symptom::symptom(words) {
                Some(Symptom::NoSecret(name)) => (name, None),
                Some(Symptom::NoKey { key, secret }) => {
                    let named = secret.or_else(|| only_secret_with(pod, &key));
                    (named.unwrap_or_default(), Some(key))
                }
                None => continue,
            };
            let told = explained.iter().any(|(top, name, wanted)| {
                *top == pod.top
                    && (secret.is_empty() || *name == secret)
                    && (wanted.is_none() || *wanted == key || key.is_none())
            });
            // The kubelet repeats its message after the cause is gone.
            let gone = !secret.is_empty()
                && inventory
                    .secret(&pod.id.namespace, &secret)
                    .is_some_and(|facts| {
                        key.as_ref()
                            .is_none_or(|key| facts.keys.has(key) == crate::inventory::Answer::Yes)
                    });
            if !told && !gone {
                let pods = found.entry((pod.top.clone(), secret, key)).or_default();
                if !pods.iter().any(|(known, _)| known.id == pod.id) {
                    pods.push((pod, words.to_owned()));
                }
            }
        }
    }
    for ((top, secret, key), pods) in found {
        let missing = match (&key, secret.as_str()) {
            (None, _) => format!("Secret {secret}"),
            (Some(key), "") => format!("key {key} of one of its Secrets"),
            (Some(key), _) => format!("key {key} of Secret {secret}"),
        };
        let mut finding = Finding::new(
            &RULE,
            &top,
            format!("Its pods wait for {missing}, which the kubelet cannot find."),
        )
        .about(&top.namespace, &secret, key.as_deref())
        .at(Origin::Live, &Site::default(), "pods of this workload wait");
        for (pod, words) in pods.iter().take(3) {
            finding = finding.because(format!("pod/{} waits: {words}", pod.id.name));
        }
        results.report(if secret.is_empty() {
            finding.advise("Correct the key in the volume's items, or add it to the Secret.")
        } else {
            finding.run(
                "Create it, if it is missing.",
                resolve::create_command(inventory, &top.namespace, &secret),
            )
        });
    }
}

/// The messages of waiting containers, and of recent events.
fn words<'a>(inventory: &'a Inventory, pod: &'a Pod) -> impl Iterator<Item = &'a str> {
    let events = inventory
        .events_of(pod)
        .filter(move |event| {
            event.reason == "FailedMount"
                // Events outlive their cause; a pod that still waits gets new ones.
                && event.last.is_none_or(|last| {
                    inventory.now.duration_since(last).as_mins() < 10
                })
                && (event.count > 1 || pod.metadata.created.is_none_or(|created| {
                    inventory.now.duration_since(created).as_secs() > 60
                }))
        })
        .map(|event| event.message.as_str());
    symptom::waiting(pod).chain(events)
}

/// The Secret that a volume's message about a key refers to, if only one lists it.
fn only_secret_with(pod: &Pod, key: &str) -> Option<String> {
    let mut secrets = pod
        .spec
        .volumes
        .iter()
        .flat_map(|volume| volume.kind.secret_sources())
        .filter(|source| {
            source
                .items
                .as_ref()
                .is_some_and(|items| items.iter().any(|item| item.key.value == key))
        })
        .map(|source| source.secret.value.clone());
    let first = secrets.next()?;
    secrets.all(|other| other == first).then_some(first)
}

/// Workload, Secret and key of every finding of another rule: SS001 to SS004, SS121, and those of
/// what is to make the Secret.
fn explained(inventory: &Inventory) -> Vec<(ObjectId, String, Option<String>)> {
    let of_use = |used: &Use<'_>| (used.subject.clone(), used.reference.secret.value.clone());
    let unmounted = csi::unmounted(inventory)
        .into_iter()
        .map(|found| of_use(&found.used));
    let waiting = inventory
        .uses()
        .filter(|used| {
            let namespace = resolve::namespace(used);
            match inventory.lookup(namespace, used.reference.secret.as_str()) {
                Lookup::Expected(producer) => matches!(producer.ready, Readiness::NotReady { .. }),
                Lookup::Present(_) | Lookup::Missing | Lookup::Unknown(_) => false,
            }
        })
        .map(|used| of_use(&used));
    let whole = unmounted
        .chain(waiting)
        .map(|(subject, secret)| (subject, secret, None));
    resolve::grouped(inventory, |trouble| !matches!(trouble, Trouble::Unknown(_)))
        .flat_map(|(trouble, uses)| {
            uses.into_iter().map(move |used| {
                let key = match trouble {
                    Trouble::NoKey => used.reference.key.as_ref().map(|key| key.value.clone()),
                    _ => None,
                };
                (
                    used.subject.clone(),
                    used.reference.secret.value.clone(),
                    key,
                )
            })
        })
        .chain(whole)
        .collect()
}
