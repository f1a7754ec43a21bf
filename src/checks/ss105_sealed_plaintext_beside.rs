//! SS105: readable values beside a SealedSecret.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{GitStatus, Inventory};
use crate::levels::sealed::SealedSecret;
use crate::manifest::path;
use crate::secret::copies;
use crate::workload::{Object, Origin, Site};

use super::{Settings, plaintext_secret, sealed};

pub static RULE: Rule = Rule {
    id: "SS105",
    name: "sealed-plaintext-beside",
    severity: Severity::Error,
    data: &[Data::Files, Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a SealedSecret protects values that are readable beside it",
    why: "The Secret that was sealed is still among the files, or the template of the \
          SealedSecret has the annotation in which kubectl apply keeps a copy of the values. \
          Whoever has the files has the values, and applying both, the plain Secret and the \
          SealedSecret overwrite each other. Documents encrypted by SOPS, templates that are \
          filled in later and Secrets of another namespace are not reported. SS015 does not \
          report the same Secret again.",
    remedy: "Delete the plain document, or the annotation; rotate the values, since the history \
             keeps them, and seal the new ones: kubectl create --dry-run=client -o yaml writes no \
             such annotation.",
    example: "kind: SealedSecret\nmetadata: {name: db}\n---\nkind: Secret   # found\nmetadata: {name: db}\n\
              stringData: {password: …}\n",
    source: "bitnami-labs/sealed-secrets#227, sealedsecret_expansion.go \
             (StripLastAppliedAnnotations)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (object, sealed) in plaintext_secret::beside_sealed(inventory) {
        let Some((first, keys)) = plaintext_secret::readable(object) else {
            continue;
        };
        let finding = Finding::new(
            &RULE,
            &object.id,
            format!(
                "Secret {} is readable here, and sealed in {}.",
                object.id.name,
                sealed.id.short()
            ),
        )
        .about(&object.id.namespace, &object.id.name, None)
        .at(
            object.origin,
            &first,
            "readable by everybody who has the file",
        )
        .at(
            sealed.origin,
            &super::content::name_site(sealed),
            "the same Secret, sealed",
        )
        .because(format!(
            "Keys: {}.",
            crate::words::folded(keys.iter().copied())
        ));
        let finding = keys.iter().fold(finding, |finding, key| finding.part(*key));
        let finding = match inventory.source(object.origin).map(|source| source.git) {
            Some(GitStatus::Tracked) => {
                finding.because("Git tracks the file, so its history keeps the values.")
            }
            Some(GitStatus::Untracked) => finding.because("Git does not track the file."),
            Some(GitStatus::Outside) | None => finding,
        };
        results.report(
            finding
                .advise("Delete this document; the SealedSecret makes the Secret.")
                .advise("Rotate the values if the file was ever committed or shared."),
        );
    }
    for (object, _) in sealed::all(inventory) {
        results.findings.extend(in_template(object));
    }
}

/// A copy of the values in the template, which is no secret.
fn in_template(object: &Object) -> Option<Finding> {
    debug_assert!(SealedSecret::of(&object.root).is_some());
    const AT: [&str; 4] = ["spec", "template", "metadata", "annotations"];
    let annotations = object.root.at(&AT)?;
    let entry = annotations
        .entries()
        .iter()
        .find(|entry| entry.key.scalar_text().is_some_and(copies::repeats_values))?;
    let name = entry.key.scalar_text()?;
    let site = Site {
        path: path::child(&AT.join("."), name),
        span: entry.key.span,
    };
    let where_ = match object.origin {
        Origin::Live => "Whoever can read the SealedSecret can read the values.",
        Origin::File { .. } => "Whoever has the file has the values.",
    };
    Some(
        Finding::new(
            &RULE,
            &object.id,
            format!(
                "The template of {} has a copy of the values.",
                object.id.short()
            ),
        )
        .about(&object.id.namespace, &object.id.name, None)
        .at(object.origin, &site, "a copy of the values")
        .because(format!(
            "Annotation {name} repeats the Secret that was sealed. {where_}"
        ))
        .advise("Remove the annotation, rotate the values, and seal the new ones."),
    )
}
