//! SS101: a SealedSecret whose scope is not the same for everybody who reads it.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::levels::sealed::{CLUSTER_WIDE, Disagreement, NAMESPACE_WIDE, Scope, SealedSecret};
use crate::manifest::path;
use crate::workload::{Object, Site};

use super::{Settings, content, external, sealed};

pub static RULE: Rule = Rule {
    id: "SS101",
    name: "sealed-scope-mismatch",
    severity: Severity::Error,
    data: &[Data::Files, Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "the scope of a SealedSecret and that of its template differ",
    why: "The controller takes the scope from the annotations of the SealedSecret, kubeseal from \
          those of spec.template.metadata. If the template says a wider scope, the values were \
          sealed for that one, and the controller cannot unseal them: an error. The other way \
          round unsealing may work, but the next kubeseal --merge-into or --re-encrypt seals for \
          the narrower scope: a warning, and so are both annotations at once, of which \
          cluster-wide wins. Only the text \"true\" counts.",
    remedy: "Write the same annotation in both places, and seal the values again for that scope.",
    example: "metadata:\n  name: db   # no annotation: strict\nspec:\n  template:\n    metadata:\n      \
              annotations: {sealedsecrets.bitnami.com/namespace-wide: \"true\"}   # found\n",
    source: "bitnami-labs/sealed-secrets pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go; \
             #322",
};

/// One finding per SealedSecret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (object, found) in sealed::all(inventory) {
        if let Some(field) = found.not_text() {
            results.report(not_text(object, &field));
            continue;
        }
        let disagreement = found.disagreement();
        let Some((severity, message)) = disagreement.map(|how| judged(object, &found, how)) else {
            results.findings.extend(ignored(object, found.scope()));
            continue;
        };
        // What was unsealed was sealed for the scope that the controller reads.
        let severity = match sealed::severity(inventory, object) {
            None => Severity::Warning,
            Some(_) => external::severity(inventory, object, severity),
        };
        results.report(
            Finding::new(&RULE, &object.id, message)
                .severity(severity)
                .about(&object.id.namespace, &object.id.name, None)
                .at(object.origin, &site(object), "its scope")
                .because(format!(
                    "The controller reads {}, kubeseal reads {}.",
                    found.scope().as_str(),
                    found.template_scope().as_str()
                ))
                .advise(
                    "Write the same annotation in metadata and spec.template.metadata, and seal \
                     the values again for that scope.",
                ),
        );
    }
}

fn judged(object: &Object, found: &SealedSecret<'_>, how: Disagreement) -> (Severity, String) {
    let who = object.id.short();
    match how {
        Disagreement::TemplateIsWider { own, template } => (
            Severity::Error,
            format!(
                "{who} is sealed {} by its template, and is unsealed {}.",
                template.as_str(),
                own.as_str()
            ),
        ),
        Disagreement::TemplateIsNarrower { own, template } => (
            Severity::Warning,
            format!(
                "{who} is unsealed {}, and its template says {}.",
                own.as_str(),
                template.as_str()
            ),
        ),
        Disagreement::BothSet => {
            // The wider one wins in each place; what counts is whether they then agree.
            let severity = match found.scope() < found.template_scope() {
                true => Severity::Error,
                false => Severity::Warning,
            };
            (
                severity,
                format!("{who} says cluster-wide and namespace-wide."),
            )
        }
    }
}

/// The API server refuses the object.
fn not_text(object: &Object, field: &str) -> Finding {
    Finding::new(
        &RULE,
        &object.id,
        format!("{} has a {field} that is not text.", object.id.short()),
    )
    .about(&object.id.namespace, &object.id.name, None)
    .at(object.origin, &site(object), "must be text")
    .because("The API server refuses the object, and a tool may seal for another scope.")
    .advise("Put the value into quotes.")
}

/// An annotation that is meant to widen the scope and does not.
fn ignored(object: &Object, scope: Scope) -> Option<Finding> {
    let (name, text) = [CLUSTER_WIDE, NAMESPACE_WIDE]
        .into_iter()
        .find_map(|name| {
            let text = object.metadata.annotations.get(name)?;
            let means_yes = matches!(text.to_lowercase().as_str(), "true" | "yes" | "on" | "1");
            (means_yes && text != "true").then_some((name, text))
        })?;
    Some(
        Finding::new(
            &RULE,
            &object.id,
            format!(
                "{} has an annotation {name} that does not count.",
                object.id.short()
            ),
        )
        .severity(Severity::Warning)
        .about(&object.id.namespace, &object.id.name, None)
        .at(object.origin, &site(object), "not \"true\"")
        .because(format!(
            "It says \"{text}\"; only \"true\" counts, so the scope is {}.",
            scope.as_str()
        ))
        .advise("Write \"true\" in both places, and seal the values for that scope."),
    )
}

/// The annotation, or the name where there is none.
fn site(object: &Object) -> Site {
    let annotations = object.root.at(&["metadata", "annotations"]);
    [CLUSTER_WIDE, NAMESPACE_WIDE]
        .into_iter()
        .find_map(|name| {
            Some(Site {
                path: path::child("metadata.annotations", name),
                span: annotations?.entry(name)?.key.span,
            })
        })
        .unwrap_or_else(|| content::name_site(object))
}
