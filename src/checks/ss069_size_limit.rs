//! SS069: a Secret that is too large, or nearly.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::verdict::{Apply, form_of};
use crate::secret::limits::SizeClass;
use crate::workload::Origin;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS069",
    name: "size-limit",
    severity: Severity::Warning,
    data: &[Data::Files, Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a Secret is near a limit of its size, or over it",
    why: "The API server stores at most 1 MiB of values in a Secret, decoded. kubectl apply keeps \
          the whole manifest in an annotation, which holds 256 KiB: a Secret whose text is longer \
          cannot be applied by the client, whatever the first limit says. Server-side apply, create \
          and replace write no annotation. Sizes are told as classes only.",
    remedy: "Split it, or use kubectl apply --server-side or kubectl secretsafe create. Large files \
             are often no secrets.",
    example: "# The Secret \"big\" is invalid: metadata.annotations: Too long: must have at most \
              262144 bytes\n",
    source: "kubernetes/kubernetes pkg/apis/core/types.go MaxSecretSize; kubernetes/kubectl#712",
};

/// Looks for it, in files and in values that were looked at.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for object in content::in_files(inventory) {
        let form = form_of(object);
        let finding = |words: &str| {
            Finding::new(
                &RULE,
                &object.id,
                format!("Secret {} {words}.", object.id.name),
            )
            .about(&object.id.namespace, &object.id.name, None)
            .at(object.origin, &content::name_site(object), "this Secret")
        };
        if let Some((severity, words)) = trouble(form.size) {
            results.report(finding(words).severity(severity).advise(SPLIT));
        } else if form.apply == Apply::TooLong {
            results.report(
                finding("is too long for the annotation that kubectl apply writes").advise(
                    "Apply it with kubectl apply --server-side, or create it with kubectl \
                     secretsafe create.",
                ),
            );
        }
    }
    for (facts, values) in content::inspected(inventory) {
        if facts.origin == Origin::Live
            && let Some((severity, words)) = trouble(values.size)
        {
            results.report(
                content::finding(
                    &RULE,
                    inventory,
                    facts,
                    None,
                    format!("Secret {} {words}.", facts.name),
                    "this Secret",
                )
                .severity(severity)
                .advise(SPLIT),
            );
        }
    }
}

const SPLIT: &str = "Split the keys over several Secrets.";

fn trouble(size: SizeClass) -> Option<(Severity, &'static str)> {
    match size {
        SizeClass::Fine => None,
        SizeClass::Near => Some((
            Severity::Warning,
            "holds nearly as much as the API server stores in one Secret (1 MiB)",
        )),
        SizeClass::Over => Some((
            Severity::Error,
            "holds more than the API server stores in one Secret (1 MiB)",
        )),
    }
}
