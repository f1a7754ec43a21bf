//! Secrets of files with readable values, and those that are sealed beside them: SS015 reports
//! the first, SS105 the second, each Secret once.

use std::path::Path;

use crate::inventory::Inventory;
use crate::levels::sealed::SealedSecret;
use crate::manifest::{Content, Node, path};
use crate::workload::plaintext::is_public_key;
use crate::workload::{Object, Origin, Site};

use super::{content, sealed};

/// The keys with readable values, and the position of the first.
pub(super) fn readable(object: &Object) -> Option<(Site, Vec<&str>)> {
    let type_ = object.root.text_of("type").unwrap_or_default();
    let mut first = None;
    let mut keys = Vec::new();
    for field in ["data", "stringData"] {
        for entry in object.root.get(field).map_or(&[][..], Node::entries) {
            let key = entry.key.scalar_text().unwrap_or_default();
            if is_public_key(key) || !is_filled(&entry.value) {
                continue;
            }
            // A key in both fields is one key.
            if !keys.contains(&key) {
                keys.push(key);
            }
            first.get_or_insert_with(|| Site {
                path: path::child(field, key),
                span: entry.key.span,
            });
        }
    }
    // The token controller fills these in; the file only has a name.
    let is_request = type_ == "kubernetes.io/service-account-token" && keys.is_empty();
    first.filter(|_| !is_request).map(|first| (first, keys))
}

fn is_filled(value: &Node) -> bool {
    match &value.content {
        Content::Sealed(scalar) => {
            !scalar.value.is_empty()
                && !crate::secret::inspection::is_filled_in_later(&scalar.value)
        }
        _ => false,
    }
}

/// Secrets of files that a SealedSecret of the same files makes, with that one.
pub(super) fn beside_sealed(inventory: &Inventory) -> Vec<(&Object, &Object)> {
    let sealed: Vec<_> = sealed::all(inventory)
        .filter(|(object, _)| object.origin != Origin::Live)
        .collect();
    if sealed.is_empty() {
        return Vec::new();
    }
    content::in_files(inventory)
        .filter_map(|object| {
            let (one, _) = sealed
                .iter()
                .find(|(sealed, read)| are_the_same(inventory, object, sealed, read))?;
            Some((object, *one))
        })
        .collect()
}

/// Whether a Secret and a SealedSecret are of one namespace and name. A namespace that a file
/// does not say is only known to be the same in the same folder, or in what one kustomization
/// builds.
fn are_the_same(
    inventory: &Inventory,
    secret: &Object,
    sealed: &Object,
    read: &SealedSecret<'_>,
) -> bool {
    if secret.id.name != sealed.id.name || secret.id.name.is_empty() {
        return false;
    }
    // A SealedSecret that is to be applied with -n says in its template for where it was
    // sealed.
    let of_template = read
        .template_namespace
        .filter(|_| !sealed.metadata.says_namespace);
    let says = (
        secret.metadata.says_namespace,
        sealed.metadata.says_namespace || of_template.is_some(),
    );
    let namespace = of_template.unwrap_or(&sealed.id.namespace);
    let same_namespace = secret.id.namespace == namespace;
    match says {
        (true, true) => same_namespace,
        _ => {
            let is_one_set = inventory.kustomization.is_some()
                || folder(inventory, secret) == folder(inventory, sealed);
            is_one_set && (says != (false, false) || same_namespace)
        }
    }
}

fn folder<'a>(inventory: &'a Inventory, object: &Object) -> Option<&'a Path> {
    Path::new(inventory.source(object.origin)?.text.name()).parent()
}
