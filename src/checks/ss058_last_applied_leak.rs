//! SS058: a copy of the values in an annotation.

use crate::command_line::CommandLine;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::{Inventory, SecretFacts};
use crate::manifest::{Operation, path};
use crate::ownership::{self, OwnerKind};
use crate::secret::{copies, kind};
use crate::workload::{Origin, Site};

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS058",
    name: "last-applied-leak",
    severity: Severity::Warning,
    data: &[Data::SecretMetadata],
    offline: Offline::Yes,
    auto_fix: AutoFix::FileAndLive(Tier::Safe),
    summary: "an annotation of a Secret repeats its values",
    why: "kubectl apply stores the whole manifest in an annotation, values included, and other \
          tools do the same. Whoever can read the metadata, a dump of it or a controller's log, \
          can read the values; kubectl describe hides data, but not annotations of other tools. \
          Only the names of annotations are checked. Not reported are Secrets that a SealedSecret \
          creates, files that SOPS encrypted, and requests for tokens, which have no values when \
          they are applied.",
    remedy: "Remove the annotation. From then on use kubectl apply --server-side or kubectl \
             secretsafe create, which never write it. A later client-side apply writes the \
             annotation again, and cannot delete keys that it does not know of.",
    example: "metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: …   # \
              found\n",
    source: "kubernetes/kubernetes#23564, #29923",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for facts in inventory.secrets() {
        let sealed = ownership::find(facts).is_some_and(|owner| {
            owner.kind == OwnerKind::Controller
                && facts
                    .owner
                    .as_ref()
                    .is_some_and(|owner| owner.kind == "SealedSecret")
        });
        if sealed
            || facts.type_ == kind::SERVICE_ACCOUNT_TOKEN
            || content::is_encrypted(inventory, facts.origin)
        {
            continue;
        }
        for annotation in facts
            .annotations
            .iter()
            .filter(|name| copies::repeats_values(name))
        {
            let at = path::child("metadata.annotations", annotation);
            let span = inventory
                .object(&facts.id(), facts.origin)
                .and_then(|object| {
                    object
                        .root
                        .at(&["metadata", "annotations"])?
                        .entry(annotation)
                })
                .map(|entry| entry.key.span)
                .unwrap_or_default();
            let site = Site { path: at, span };
            let finding = Finding::new(
                &RULE,
                &facts.id(),
                format!(
                    "Annotation {annotation} of Secret {} repeats its values.",
                    facts.name
                ),
            )
            .about(&facts.namespace, &facts.name, None)
            .at(facts.origin, &site, "contains a copy of the values");
            results.report(removed(finding, facts, annotation, &site));
        }
    }
}

fn removed(finding: Finding, facts: &SecretFacts, annotation: &str, site: &Site) -> Finding {
    let finding = match facts.origin {
        Origin::Live => finding.run(
            "Remove it.",
            CommandLine::kubectl("annotate secret")
                .name(&facts.name)
                .name(&format!("{annotation}-"))
                .namespace(&facts.namespace),
        ),
        Origin::File { .. } => finding.fix(Fix::Patch {
            what: "Remove it.".to_owned(),
            operations: vec![Operation::Remove {
                pointer: path::pointer(&site.path),
            }],
            applies: Applies::Safe,
        }),
    };
    finding
        .advise("From now on use kubectl apply --server-side: it does not write this annotation.")
}
