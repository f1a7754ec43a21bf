//! SS015: a Secret with readable values in a file.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{GitStatus, Inventory};
use crate::workload::Origin;
use crate::workload::plaintext::Plain;

use super::Settings;
use super::plaintext::{everywhere, folded, short};
use super::plaintext_secret::{beside_sealed, readable};

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
          git does not track is an info. A Secret that is sealed in the same files is SS105.",
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
    // SS105 reports these.
    let beside: Vec<_> = beside_sealed(inventory)
        .into_iter()
        .map(|(object, _)| (&object.id, object.origin, object.base.as_str()))
        .collect();
    for object in inventory.of_kind("", "Secret") {
        if beside.contains(&(&object.id, object.origin, object.base.as_str())) {
            continue;
        }
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
