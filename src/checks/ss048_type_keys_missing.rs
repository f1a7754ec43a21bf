//! SS048: a Secret without the keys that its type requires.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::secret::kind::{self, KindProblem};
use crate::workload::placeholder::is_placeholder;
use crate::workload::{Object, Site};

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS048",
    name: "type-keys-missing",
    severity: Severity::Error,
    data: &[Data::Files, Data::SecretKeys],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a Secret lacks keys that its type requires, so the API server refuses it",
    why: "The API server checks Secrets of the types kubernetes.io/tls (tls.crt and tls.key), \
          dockerconfigjson (.dockerconfigjson), dockercfg (.dockercfg), basic-auth (username or \
          password), ssh-auth (ssh-privatekey) and service-account-token (the annotation \
          kubernetes.io/service-account.name). Without these keys it does not create the Secret, \
          and what refers to it waits. kubectl secretsafe create checks the same before it sends \
          anything.",
    remedy: "Add the keys, or use the type Opaque. A type cannot be changed later.",
    example: "kind: Secret\ntype: kubernetes.io/tls\ndata: {cert.pem: …, key.pem: …}   # found: tls.crt \
              and tls.key are missing\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateSecret)",
};

/// One finding per Secret of a file.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for object in content::in_files(inventory) {
        let secret_type = object.root.text_of("type").unwrap_or_default();
        let keys: Vec<&str> = content::entries(object).map(|(_, key, _)| key).collect();
        if is_placeholder(secret_type) || keys.iter().any(|key| is_placeholder(key)) {
            continue;
        }
        let annotations = &object.metadata.annotations;
        let has = |key: &str| keys.contains(&key);
        if let Err(problem) = kind::check_keys(secret_type, has, annotations) {
            results.report(finding(object, secret_type, &keys, &problem));
        }
    }
}

fn finding(object: &Object, secret_type: &str, keys: &[&str], problem: &KindProblem) -> Finding {
    let name = &object.id.name;
    let (message, advice) = match problem {
        KindProblem::Missing { key, .. } => (
            format!("Secret {name} of type {secret_type} has no {key}."),
            "Add the key, or use the type Opaque.",
        ),
        _ => (
            format!(
                "Secret {name} of type {secret_type} does not name its ServiceAccount in the \
                 annotation kubernetes.io/service-account.name."
            ),
            "Add the annotation; or better, give the pods a token that expires.",
        ),
    };
    let site = Site {
        path: "type".to_owned(),
        span: object
            .root
            .get("type")
            .map(|node| node.span)
            .unwrap_or_default(),
    };
    let finding = Finding::new(&RULE, &object.id, message)
        .about(&object.id.namespace, name, None)
        .at(
            object.origin,
            &site,
            "the API server refuses this type without it",
        );
    let finding = match keys {
        [] => finding,
        keys => {
            let keys = crate::words::listed(keys.iter().copied());
            finding.because(format!("Its keys are: {keys}."))
        }
    };
    finding.advise(advice)
}
