//! SS102: a SealedSecret that was renamed or moved after it was sealed.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::levels::sealed::SealedSecret;
use crate::levels::stamp::{self, Stamped};
use crate::workload::{Object, Site};

use super::{Settings, content, sealed};

pub static RULE: Rule = Rule {
    id: "SS102",
    name: "sealed-renamed",
    severity: Severity::Error,
    data: &[Data::Files, Data::Producers],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a SealedSecret has another name or namespace than it was sealed for",
    why: "With the strict scope a value is encrypted together with namespace and name, with \
          namespace-wide together with the namespace. Renamed, moved, or built with namePrefix or \
          namespace of a kustomization, it cannot be unsealed: \"no key could decrypt secret\". \
          The template, or the stamp of kubectl secretsafe, still has the old name. A template \
          without metadata says nothing, and nothing is reported; neither is what the controller \
          has unsealed.",
    remedy: "Seal the values again for the final name, or for a wider scope.",
    example: "metadata: {name: prod-db}\nspec:\n  template:\n    metadata: {name: db}   # found: sealed \
              for db\n",
    source: "bitnami-labs/sealed-secrets pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go; \
             #378, #480, #113",
};

/// One finding per SealedSecret.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (object, found) in sealed::all(inventory) {
        let Some(severity) = sealed::severity(inventory, object) else {
            continue;
        };
        if sealed::is_filled_in(object, &found) {
            continue;
        }
        let Some((was, site, by)) = sealed_for(object, &found) else {
            continue;
        };
        let now = format!("{}/{}", object.id.namespace, object.id.name);
        results.report(
            Finding::new(
                &RULE,
                &object.id,
                format!("{} is {now}, and was sealed for {was}.", object.id.short()),
            )
            .severity(severity)
            .about(&object.id.namespace, &object.id.name, None)
            .at(
                object.origin,
                &content::name_site(object),
                "the name it has",
            )
            .at(object.origin, &site, "the name it was sealed for")
            .because(format!(
                "Its scope is {}, and {by} says {was}.",
                found.scope().as_str()
            ))
            .advise("Seal the values again for the final name, or for a wider scope."),
        );
    }
}

/// What it was sealed for, and where that is said.
fn sealed_for(object: &Object, found: &SealedSecret<'_>) -> Option<(String, Site, &'static str)> {
    match stamp::compare(found, None) {
        // It is as it was sealed, whatever the template says.
        Stamped::Fits(_) => return None,
        // A wider or narrower scope than the stamp's is SS101's as long as the name fits.
        Stamped::Elsewhere(stamp) if stamp.scope == found.scope() => {
            let was = format!("{}/{}", stamp.namespace, stamp.name);
            let site = site(object, &["metadata", "annotations", stamp::STAMP]);
            return Some((was, site, "its stamp"));
        }
        Stamped::Elsewhere(_) | Stamped::No | Stamped::Unreadable | Stamped::Changed(_) => {}
    }
    let (namespace, name) = found.renamed_from()?;
    let was = format!(
        "{}/{}",
        namespace.unwrap_or(&object.id.namespace),
        name.unwrap_or(&object.id.name)
    );
    let field = if name.is_some() { "name" } else { "namespace" };
    let site = site(object, &["spec", "template", "metadata", field]);
    Some((was, site, "its template"))
}

fn site(object: &Object, keys: &[&str]) -> Site {
    let path = keys.iter().fold(String::new(), |path, key| {
        crate::manifest::path::child(&path, key)
    });
    Site {
        path,
        span: object
            .root
            .at(keys)
            .map(|node| node.span)
            .unwrap_or_default(),
    }
}
