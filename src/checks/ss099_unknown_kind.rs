//! SS099: a document that is meant to be an object, of a kind that no API server knows.

use super::Settings;
use crate::finding::{
    Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity, Tier,
};
use crate::inventory::Inventory;
use crate::manifest::Operation;
use crate::workload::kinds::{self, Unknown};
use crate::workload::nameless::Nameless;
use crate::workload::{Object, Origin, Site};

pub static RULE: Rule = Rule {
    id: "SS099",
    name: "unknown-kind",
    severity: Severity::Error,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::File(Tier::Unsafe),
    summary: "a document has no kind, or one that no API server knows, so it was not checked",
    why: "An object is read by its apiVersion and kind. If one of them is missing or misspelled, \
          kubectl apply refuses the file, and this plugin does not see a workload or a Secret in \
          it: without this rule, a Deplyment would have no findings. Custom resources are never \
          reported: their group contains a dot, and only the groups of Kubernetes itself do not. \
          A document without kind or apiVersion is reported only if it has the metadata and the \
          body of an object, so values of Helm, Compose files and workflows are not.",
    remedy: "Correct apiVersion and kind. If the document is a kustomize patch, pass the \
             directory of its kustomization.",
    example: "apiVersion: app/v1      # use: apps/v1\nkind: Deplyment         # use: Deployment\n\
              metadata: {name: api}\n",
    source: "kubernetes/api register.go of each group; kubernetes/apiextensions-apiserver \
             pkg/apis/apiextensions/validation/validation.go",
};

/// A cluster has only what it knows.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for nameless in &inventory.nameless {
        results.report(without_kind(nameless));
    }
    for object in &inventory.objects {
        if object.origin != Origin::Live
            && let Some(unknown) = kinds::unknown(object)
        {
            results.report(of_no_server(object, &unknown));
        }
    }
}

fn without_kind(nameless: &Nameless) -> Finding {
    let message = format!("{}, so it was not checked.", nameless.lacks);
    Finding::new(&RULE, &nameless.id, message)
        .at(
            nameless.place.origin,
            &nameless.site,
            "which kind of object?",
        )
        .advise(
            "Add what is missing. If it is a kustomize patch, pass the directory of its \
         kustomization too.",
        )
}

fn of_no_server(object: &Object, unknown: &Unknown) -> Finding {
    let message = format!("{}, so it was not checked.", kinds::words(object));
    let field = match unknown {
        Unknown::Kind { .. } | Unknown::Nothing => "kind",
        Unknown::Version { .. } => "apiVersion",
    };
    let site = Site {
        path: field.to_owned(),
        span: object
            .root
            .get(field)
            .map_or(object.root.span, |node| node.span),
    };
    let finding = Finding::new(&RULE, &object.id, message).at(object.origin, &site, "unknown");
    match unknown {
        Unknown::Kind { meant, version } => {
            finding.fix(said(object, &[("kind", meant), ("apiVersion", version)]))
        }
        Unknown::Version { meant } => finding.fix(said(object, &[("apiVersion", meant)])),
        Unknown::Nothing => {
            finding.advise("Correct the kind; a custom resource has a group with a dot.")
        }
    }
}

/// The change that says what was meant.
fn said(object: &Object, fields: &[(&str, &str)]) -> Fix {
    let mut operations = Vec::new();
    let mut meant = Vec::new();
    for (field, right) in fields {
        let found = object.root.text_of(field).unwrap_or_default();
        if found == *right {
            continue;
        }
        let pointer = format!("/{field}");
        operations.push(Operation::Test {
            pointer: pointer.clone(),
            value: found.into(),
        });
        operations.push(Operation::Replace {
            pointer,
            value: (*right).into(),
        });
        meant.push(format!("{field}: {right}"));
    }
    Fix::Patch {
        what: format!("Write {}.", meant.join(", ")),
        operations,
        // It is a guess, though a near one.
        applies: Applies::Unsafe("What was meant is a guess."),
    }
}
