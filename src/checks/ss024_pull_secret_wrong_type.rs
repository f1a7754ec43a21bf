//! SS024: a pull secret that the kubelet ignores.

use std::collections::BTreeSet;

use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Answer, Inventory, Keys, Lookup};
use crate::secret::kind::{DOCKER_CONFIG, DOCKER_CONFIG_JSON};

use super::{Settings, pull, resolve};

pub static RULE: Rule = Rule {
    id: "SS024",
    name: "pull-secret-wrong-type",
    severity: Severity::Error,
    data: &[Data::Workloads, Data::ServiceAccounts, Data::SecretNames],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "imagePullSecrets names a Secret that contains no registry credentials",
    why: "The kubelet reads pull secrets of type kubernetes.io/dockerconfigjson (key \
          .dockerconfigjson) and kubernetes.io/dockercfg (key .dockercfg). It silently ignores \
          all others: images are pulled as if there were none.",
    remedy: "The type of a Secret cannot be changed: delete the Secret and create it again with \
             the right type.",
    example: "apiVersion: v1\nkind: Secret\nmetadata: {name: registry}\ntype: Opaque   # found when \
              imagePullSecrets names it; must be kubernetes.io/dockerconfigjson\n",
    source: "kubernetes/kubernetes pkg/credentialprovider/secrets/secrets.go, \
             pkg/apis/core/validation/validation.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut told = BTreeSet::new();
    for used in pull::uses(inventory) {
        let name = used.reference.secret.as_str();
        let namespace = resolve::namespace(&used);
        if !told.insert((used.subject.clone(), used.origin, name.to_owned())) {
            continue;
        }
        let (type_, keys, producer) = match inventory.lookup(namespace, name) {
            Lookup::Present(facts) => (facts.type_.as_str(), &facts.keys, None),
            Lookup::Expected(producer) => match &producer.type_ {
                Some(type_) => (type_.as_str(), &producer.keys, Some(producer)),
                None => continue,
            },
            _ => continue,
        };
        let Some(wrong) = wrong(type_, keys) else {
            continue;
        };
        let finding = Finding::new(
            &RULE,
            used.subject,
            format!("The kubelet ignores pull secret {name}: {wrong}."),
        )
        .about(namespace, name, None)
        .at(used.origin, &used.reference.secret.site, "named here");
        results.report(match producer {
            Some(producer) => finding.advise(format!(
                "Change {} to create a Secret of type {DOCKER_CONFIG_JSON}, and delete the \
                 existing one: the type of a Secret cannot be changed.",
                producer.id.short()
            )),
            None => finding
                .run(
                    "Delete it, because the type of a Secret cannot be changed.",
                    CommandLine::kubectl("delete secret")
                        .name(name)
                        .namespace(namespace),
                )
                .run(
                    "Create it again from a Docker configuration file.",
                    CommandLine::secretsafe("create docker-registry")
                        .name(name)
                        .namespace(namespace)
                        .switch("--from-file=PATH"),
                ),
        });
    }
}

/// What is wrong with a pull secret of this type and these keys.
fn wrong(type_: &str, keys: &Keys) -> Option<String> {
    let key = match type_ {
        DOCKER_CONFIG_JSON => ".dockerconfigjson",
        DOCKER_CONFIG => ".dockercfg",
        other => return Some(format!("its type is {other}")),
    };
    (keys.has(key) == Answer::No).then(|| format!("it has no key {key}"))
}
