//! SS069: a Secret that is too large, or almost.

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
    summary: "a Secret is near a size limit, or over it",
    why: "The API server stores at most 1 MiB of values in a Secret, decoded. kubectl apply \
          stores the whole manifest in an annotation, which is limited to 256 KiB: a Secret with \
          a longer manifest cannot be applied client-side, even below 1 MiB. Server-side apply, \
          create and replace write no annotation. Sizes are reported as classes only.",
    remedy: "Split it, or use kubectl apply --server-side or kubectl secretsafe create. Large \
             files often need not be secret.",
    example: "# The Secret \"big\" is invalid: metadata.annotations: Too long: must have at most \
              262144 bytes\n",
    source: "kubernetes/kubernetes pkg/apis/core/types.go MaxSecretSize; kubernetes/kubectl#712",
};

/// Checks files and inspected values.
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

const SPLIT: &str = "Split the keys into several Secrets.";

fn trouble(size: SizeClass) -> Option<(Severity, &'static str)> {
    match size {
        SizeClass::Fine => None,
        SizeClass::Near => Some((
            Severity::Warning,
            "is near the limit of what the API server stores in one Secret (1 MiB)",
        )),
        SizeClass::Over => Some((
            Severity::Error,
            "is over the limit of what the API server stores in one Secret (1 MiB)",
        )),
    }
}
