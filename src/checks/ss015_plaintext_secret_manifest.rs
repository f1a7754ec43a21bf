//! SS015: a Secret with readable values in a file.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{GitStatus, Inventory};
use crate::manifest::{Content, Node, path};
use crate::workload::plaintext::{Plain, is_public_key};
use crate::workload::{Object, Origin, Site};

use super::Settings;
use super::plaintext::{everywhere, folded, short};

pub static RULE: Rule = Rule {
    id: "SS015",
    name: "plaintext-secret-manifest",
    severity: Severity::Warning,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a file contains a Secret with readable values",
    why: "base64 is an encoding, not encryption: everybody who has the file has the values, and a \
          repository keeps them forever. The literals and files of a kustomization's \
          secretGenerator are checked too, and so are Secrets in its patches and in the texts of \
          ConfigMaps. Not reported are files encrypted by SOPS, templates that are filled in \
          later, and Secrets that have no values or only CA certificates. A generator's file that \
          git does not track is an info.",
    remedy: "Create the Secret with kubectl secretsafe create, or keep a SealedSecret or an \
             ExternalSecret in the repository instead. If the file was ever committed or shared, \
             rotate the values.",
    example: "kind: Secret\nstringData:\n  password: …   # found\n",
    source: "kubernetes/website content/en/docs/concepts/security/secrets-good-practices.md",
};

/// One finding per Secret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    in_manifests(inventory, results);
    elsewhere(inventory, results);
}

fn in_manifests(inventory: &Inventory, results: &mut Results) {
    for object in inventory.of_kind("", "Secret") {
        let Origin::File { document, .. } = object.origin else {
            continue;
        };
        let Some(source) = inventory.source(object.origin) else {
            continue;
        };
        let encrypted = source
            .documents
            .get(document)
            .is_some_and(|facts| facts.sops);
        let Some((first, keys)) = readable(object).filter(|_| !encrypted) else {
            continue;
        };
        let finding = Finding::new(
            &RULE,
            &object.id,
            format!(
                "The file contains readable values of {} {}.",
                keys.len(),
                if keys.len() == 1 { "key" } else { "keys" }
            ),
        )
        .about(&object.id.namespace, &object.id.name, None)
        .at(
            object.origin,
            &first,
            "readable by everybody who has the file",
        )
        .because(format!("Keys: {}.", folded(keys.iter().copied())));
        let finding = keys.iter().fold(finding, |finding, key| finding.part(*key));
        let finding = match source.git {
            GitStatus::Tracked => finding
                .because("Git tracks the file, so its history keeps the values.")
                .advise("Rotate the values: removing the file does not remove them from history."),
            GitStatus::Untracked => finding.because("Git does not track the file."),
            GitStatus::Outside => finding,
        };
        results.report(finding.advise(
            "Create it with kubectl secretsafe create, or keep a SealedSecret or ExternalSecret \
             in the repository.",
        ));
    }
}

/// Literals and files of generators, patches, manifests in ConfigMaps.
fn elsewhere(inventory: &Inventory, results: &mut Results) {
    for found in everywhere(inventory) {
        let Plain::Secret { name, keys } = &found.plain else {
            continue;
        };
        let secret = match name.as_str() {
            "" => "a Secret".to_owned(),
            name => format!("Secret {}", short(name)),
        };
        let finding = Finding::new(
            &RULE,
            &found.object.id,
            format!(
                "{} contains readable values of {} {} of {secret}.",
                found.holder,
                keys.len(),
                if keys.len() == 1 { "key" } else { "keys" }
            ),
        )
        .severity(if found.is_local() {
            Severity::Info
        } else {
            RULE.severity
        })
        .about(&found.object.id.namespace, name, None);
        let finding = keys.iter().fold(finding, Finding::part);
        results.report(
            found
                .located(finding)
                .because(format!(
                    "Keys: {}.",
                    folded(keys.iter().map(String::as_str))
                ))
                .advise(
                    "Create the Secret with kubectl secretsafe create, or keep a SealedSecret or \
                     ExternalSecret in the repository.",
                )
                .advise("Rotate the values if the file was ever committed or shared."),
        );
    }
}

/// The keys with readable values, and the position of the first.
fn readable(object: &Object) -> Option<(Site, Vec<&str>)> {
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
