//! Shared by the rules about Secrets and their values.

use crate::command_line::CommandLine;
use crate::finding::{Finding, Rule};
use crate::inventory::verdict::{KeyFacts, ValueFacts};
use crate::inventory::{Inventory, SecretFacts};
use crate::manifest::{Node, path};
use crate::ownership;
use crate::workload::{Confidence, Object, Origin, Site};

use super::resolve;

/// The Secrets whose values were inspected.
pub(super) fn inspected(
    inventory: &Inventory,
) -> impl Iterator<Item = (&SecretFacts, &ValueFacts)> {
    inventory
        .secrets()
        .filter_map(|facts| Some((facts, facts.values.as_ref()?)))
}

/// Their values, one by one.
pub(super) fn values(
    inventory: &Inventory,
) -> impl Iterator<Item = (&SecretFacts, &str, &KeyFacts)> {
    inspected(inventory).flat_map(|(facts, values)| {
        values
            .keys
            .iter()
            .map(move |(key, verdict)| (facts, key.as_str(), verdict))
    })
}

/// The Secrets in files, one per document, without those that SOPS encrypted.
pub(super) fn in_files(inventory: &Inventory) -> impl Iterator<Item = &Object> {
    inventory
        .of_kind("", "Secret")
        .filter(|object| object.origin != Origin::Live && !is_encrypted(inventory, object.origin))
}

/// Whether SOPS encrypted the document.
pub(super) fn is_encrypted(inventory: &Inventory, origin: Origin) -> bool {
    let Origin::File { document, .. } = origin else {
        return false;
    };
    inventory
        .source(origin)
        .and_then(|source| source.documents.get(document))
        .is_some_and(|facts| facts.sops)
}

/// A finding about a Secret, or one of its keys.
pub(super) fn finding(
    rule: &'static Rule,
    inventory: &Inventory,
    facts: &SecretFacts,
    key: Option<&str>,
    message: String,
    label: &str,
) -> Finding {
    Finding::new(rule, &facts.id(), message)
        .about(&facts.namespace, &facts.name, key)
        .at(facts.origin, &site(inventory, facts, key), label)
}

/// The position of a Secret, or of one of its keys.
fn site(inventory: &Inventory, facts: &SecretFacts, key: Option<&str>) -> Site {
    match (inventory.object(&facts.id(), facts.origin), key) {
        (Some(object), Some(key)) => key_site(object, key),
        (Some(object), None) => name_site(object),
        (None, Some(key)) => Site {
            path: path::child("data", key),
            ..Site::default()
        },
        (None, None) => Site::default(),
    }
}

/// The position of a key of a Secret in a file; in `stringData` if it is there.
pub(super) fn key_site(object: &Object, key: &str) -> Site {
    ["stringData", "data"]
        .into_iter()
        .find_map(|field| {
            let entry = object.root.get(field)?.entry(key)?;
            Some(Site {
                path: path::child(field, key),
                span: entry.key.span,
            })
        })
        .unwrap_or_default()
}

/// The position of the name of an object in a file.
pub(super) fn name_site(object: &Object) -> Site {
    Site {
        path: "metadata.name".to_owned(),
        span: object
            .root
            .at(&["metadata", "name"])
            .map(|node| node.span)
            .unwrap_or_default(),
    }
}

/// Adds how to set a value again: by its owner, in the file, or with this plugin.
pub(super) fn set_again(finding: Finding, facts: &SecretFacts, key: &str, what: &str) -> Finding {
    if facts.origin != Origin::Live {
        return finding.advise(format!(
            "{what} Then create the Secret with kubectl secretsafe create instead of from a file."
        ));
    }
    match ownership::find(facts) {
        Some(owner) => finding.advise(owner.instead),
        None => finding.run(
            what,
            CommandLine::secretsafe("create")
                .name(&facts.name)
                .namespace(&facts.namespace)
                .switch("--update")
                .flag("--prompt", key),
        ),
    }
}

/// What refers to a key of a Secret by its name: `variable DB_PASSWORD of
/// container api in deployment/api`.
pub(super) fn askers(inventory: &Inventory, facts: &SecretFacts, key: &str) -> Vec<String> {
    inventory
        .uses_of(&facts.namespace, &facts.name)
        .filter(|used| {
            used.reference.confidence == Confidence::Certain
                && !used.dormant
                && used
                    .reference
                    .key
                    .as_ref()
                    .is_some_and(|named| named.value == key)
        })
        .map(|used| {
            format!(
                "{} in {}",
                resolve::asker(used.reference),
                used.subject.short()
            )
        })
        .collect()
}

/// Whether anything here refers to a Secret.
pub(super) fn is_used(inventory: &Inventory, facts: &SecretFacts) -> bool {
    let mut uses = inventory.uses_of(&facts.namespace, &facts.name);
    uses.any(|used| !used.dormant)
}

/// The entries of `data` and `stringData`, with the field.
pub(super) fn entries(object: &Object) -> impl Iterator<Item = (&'static str, &str, &Node)> {
    ["data", "stringData"].into_iter().flat_map(|field| {
        object
            .root
            .get(field)
            .map_or(&[][..], Node::entries)
            .iter()
            .filter_map(move |entry| Some((field, entry.key.scalar_text()?, &entry.value)))
    })
}
