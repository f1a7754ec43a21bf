//! SS066: a change that the API server refuses.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, ProducerKind};
use crate::manifest::Node;
use crate::workload::{Object, ObjectId, Origin, Site};

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS066",
    name: "immutable-field-change",
    severity: Severity::Error,
    data: &[Data::Files, Data::Producers],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a manifest changes the type of a Secret, or the data of an immutable one",
    why: "The type of a Secret cannot change, and neither can the data of an immutable Secret: \
          the API server refuses the second manifest, and with it the Helm upgrade or the \
          controller's write. This rule reports two documents of one Secret among the files that \
          contradict each other, and an object (SealedSecret, ExternalSecret) that sets another \
          type than the existing Secret has. Files are never compared with a cluster, so a \
          manifest whose Secret is only in the cluster is not checked, and neither are earlier \
          commits. Names that end with a hash are new Secrets, not changes.",
    remedy: "Use another name and change the references. Or delete the Secret first; its \
             consumers do not start until it exists again.",
    example: "kind: Secret\nmetadata: {name: web}\ntype: Opaque\n---\nkind: Secret\nmetadata: {name: \
              web}\ntype: kubernetes.io/tls   # found\n",
    source: "kubernetes/kubernetes pkg/apis/core/validation ValidateSecretUpdate",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut documents: BTreeMap<&ObjectId, Vec<&Object>> = BTreeMap::new();
    for object in content::in_files(inventory).filter(|object| !object.id.name.is_empty()) {
        documents.entry(&object.id).or_default().push(object);
    }
    for twins in documents.into_values() {
        for pair in twins.windows(2) {
            if let Some(finding) = between(pair[0], pair[1]) {
                results.report(finding);
            }
        }
    }
    by_producers(inventory, results);
}

fn between(first: &Object, second: &Object) -> Option<Finding> {
    let name = &first.id.name;
    // A kustomize patch sets no type.
    let types = first.root.text_of("type").zip(second.root.text_of("type"));
    let (severity, message) = match types {
        Some((one, other)) if one != other => (
            Severity::Error,
            format!(
                "Secret {name} is here with type {one} and with type {other}; a type cannot be \
                 changed."
            ),
        ),
        _ => {
            let is_immutable = |object: &Object| {
                object.root.get("immutable").and_then(Node::as_bool) == Some(true)
            };
            if !(is_immutable(first) || is_immutable(second)) || keys(first) == keys(second) {
                return None;
            }
            // They may be for two clusters.
            (
                Severity::Warning,
                format!("Secret {name} is immutable, but is here twice with different keys."),
            )
        }
    };
    Some(
        Finding::new(&RULE, &second.id, message)
            .severity(severity)
            .about(&second.id.namespace, name, None)
            .at(
                second.origin,
                &content::name_site(second),
                "this one is refused",
            )
            .at(
                first.origin,
                &content::name_site(first),
                "once this one is applied",
            )
            .advise("Give one of them another name, and change the references."),
    )
}

fn keys(object: &Object) -> BTreeSet<&str> {
    content::entries(object).map(|(_, key, _)| key).collect()
}

/// A producer that sets another type than the Secret has. cert-manager keeps the existing type.
fn by_producers(inventory: &Inventory, results: &mut Results) {
    for producer in &inventory.producers {
        let Some((facts, type_)) = inventory
            .secret(&producer.namespace, &producer.secret)
            .zip(producer.type_.as_deref())
        else {
            continue;
        };
        let keeps = matches!(
            producer.kind,
            ProducerKind::Certificate
                | ProducerKind::IngressShim
                | ProducerKind::KustomizeGenerator
                | ProducerKind::SecretProviderClass
        );
        if keeps || facts.type_ == type_ {
            continue;
        }
        let site = match producer.origin {
            Origin::Live => Site::default(),
            Origin::File { .. } => inventory
                .object(&producer.id, producer.origin)
                .map(content::name_site)
                .unwrap_or_default(),
        };
        results.report(
            Finding::new(
                &RULE,
                &producer.id,
                format!(
                    "It creates Secret {} with type {type_}, but the existing one has type {}, \
                     which cannot be changed.",
                    facts.name, facts.type_
                ),
            )
            .about(&facts.namespace, &facts.name, None)
            .at(producer.origin, &site, "sets the type")
            .advise("Delete the Secret, so that it is created again, or set the type that it has."),
        );
    }
}
