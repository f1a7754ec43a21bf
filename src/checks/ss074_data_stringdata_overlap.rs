//! SS074: a key that is given twice.

use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::{Node, Operation, path};
use crate::workload::{Object, Origin, Site};

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS074",
    name: "data-stringdata-overlap",
    severity: Severity::Warning,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Safe),
    summary: "a Secret has a key both in data and in stringData, or twice in one of them",
    why: "stringData overrides data, and of two equal keys the last one takes effect. kubectl \
          does not report this unless it validates strictly. An edit of the other one changes \
          nothing. Documents rendered by a template, which only contain one of the two, are not \
          valid YAML before that and are not reported.",
    remedy: "Keep the one that takes effect.",
    example: "data: {password: b2xk}      # has no effect: found\nstringData: {password: new}\n",
    source: "kubernetes/kubernetes pkg/registry/core/secret/strategy.go; sigs.k8s.io/yaml",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for object in content::in_files(inventory) {
        overlap(object, results);
        twice(inventory, object, results);
    }
}

fn overlap(object: &Object, results: &mut Results) {
    let Some(texts) = object.root.get("stringData") else {
        return;
    };
    let data = object.root.get("data").map_or(&[][..], Node::entries);
    for (entry, key) in data
        .iter()
        .filter_map(|entry| Some((entry, entry.key.scalar_text()?)))
    {
        let Some(counts) = texts.entry(key) else {
            continue;
        };
        let site = |field: &str, span| Site {
            path: path::child(field, key),
            span,
        };
        let unused = site("data", entry.key.span);
        results.report(
            Finding::new(
                &RULE,
                &object.id,
                format!(
                    "Key {key} of Secret {} is in data and in stringData; stringData takes \
                     effect.",
                    object.id.name
                ),
            )
            .about(&object.id.namespace, &object.id.name, Some(key))
            .at(object.origin, &unused, "has no effect")
            .at(
                object.origin,
                &site("stringData", counts.key.span),
                "takes effect",
            )
            .fix(Fix::Patch {
                what: format!("Remove {key} from data."),
                operations: vec![Operation::Remove {
                    pointer: path::pointer(&unused.path),
                }],
                applies: Applies::Safe,
            }),
        );
    }
}

/// Equal keys of one mapping. An editor would not know which one is meant, so there is no
/// autofix.
fn twice(inventory: &Inventory, object: &Object, results: &mut Results) {
    let Origin::File { document, .. } = object.origin else {
        return;
    };
    let duplicates = inventory
        .source(object.origin)
        .and_then(|source| source.documents.get(document))
        .map_or(&[][..], |facts| &facts.duplicates);
    for duplicate in duplicates {
        let Some(path) = duplicate.path.strip_prefix(&object.base) else {
            continue;
        };
        let path = path.trim_start_matches('.').to_owned();
        let site = |span| Site {
            path: path.clone(),
            span,
        };
        results.report(
            Finding::new(
                &RULE,
                &object.id,
                format!(
                    "{path} is listed twice in Secret {}; the last one takes effect.",
                    object.id.name
                ),
            )
            .about(&object.id.namespace, &object.id.name, None)
            .at(object.origin, &site(duplicate.first), "has no effect")
            .at(object.origin, &site(duplicate.last), "takes effect")
            .advise("Remove the first one."),
        );
    }
}
