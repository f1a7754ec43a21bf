//! SS017: a kustomization whose objects are unknown.

use std::path::Path;

use super::Settings;
use crate::command_line::CommandLine;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{FileSet, Generates, Inventory, Reason, Scope, Unbuilt, Verdict};
use crate::workload::{ObjectId, Site};

pub static RULE: Rule = Rule {
    id: "SS017",
    name: "kustomization-not-built",
    severity: Severity::Warning,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a kustomization among the files cannot be built, so what it deploys was not checked",
    why: "What a kustomization deploys is only known after its bases, patches and generators are \
          applied. If kustomize refuses it (a missing file, a patch without a target), kubectl \
          apply -k fails too, and this is a finding. If it needs a plugin or something that is \
          not on this machine, it may be correct, and the result is \"unknown\": the files it \
          includes are never checked without it. A file that a generator takes and that is not \
          there is listed too: it may be made later, so it is a finding only with \
          --assume-complete.",
    remedy: "Run kubectl kustomize on the directory to see kustomize's error. If a kustomization \
             has parts on other machines, render it there and pass the result with -f.",
    example: "resources:\n- deployment.yaml\npatches:\n- path: not-there.yaml   # kustomize refuses \
              it\n",
    source: "kubernetes-sigs/kustomize api/internal/target/kusttarget.go",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for unbuilt in own(inventory) {
        match unbuilt.by {
            Verdict::NotSure => not_known(unbuilt, results),
            Verdict::Refused => results.report(
                Finding::new(
                    &RULE,
                    &subject(unbuilt),
                    format!("Kustomize refuses it: {}.", unbuilt.reason),
                )
                .at(unbuilt.origin, &Site::default(), "cannot be built")
                .run(
                    "See kustomize's error.",
                    CommandLine::program("kubectl kustomize").name(&unbuilt.name),
                ),
            ),
        }
    }
    missing_files(inventory, results);
}

/// Files that generators name and that are not there. Many are made before a deployment
/// and never committed, so that is no mistake, unless the files are all there is.
fn missing_files(inventory: &Inventory, results: &mut Results) {
    for named in &inventory.missing_files {
        let Some(source) = inventory.source(named.origin) else {
            continue;
        };
        let folder = match Path::new(source.text.name()).parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.display().to_string(),
            _ => ".".to_owned(),
        };
        let subject = ObjectId {
            namespace: String::new(),
            kind: "Kustomization".to_owned(),
            name: folder,
        };
        let generator = match named.generates {
            Generates::Secret => "secretGenerator",
            Generates::ConfigMap => "configMapGenerator",
        };
        if inventory.scope != Scope::Files(FileSet::Complete) {
            let what = format!("{} of {generator} {}", named.file, named.object);
            results.unknown(&RULE, Some(&subject), what, Reason::NotInFiles);
            continue;
        }
        let site = Site {
            path: named.path.clone(),
            span: named.span,
        };
        results.report(
            Finding::new(
                &RULE,
                &subject,
                format!(
                    "Kustomize refuses it: {} of {generator} {} does not exist.",
                    named.file, named.object
                ),
            )
            .at(named.origin, &site, "there is no such file")
            .advise("Correct the path, or create the file before kustomize runs."),
        );
    }
}

/// What is unknown without this rule, if the rule is not selected.
pub fn unseen(inventory: &Inventory, results: &mut Results) {
    for unbuilt in own(inventory) {
        not_known(unbuilt, results);
    }
}

/// Every set of files has it; it is reported once.
fn own(inventory: &Inventory) -> &[Unbuilt] {
    match &inventory.kustomization {
        Some(_) => &[],
        None => &inventory.unbuilt,
    }
}

fn not_known(unbuilt: &Unbuilt, results: &mut Results) {
    results.unknown(
        &RULE,
        Some(&subject(unbuilt)),
        "what it deploys",
        Reason::Incomplete(unbuilt.reason.clone()),
    );
}

fn subject(unbuilt: &Unbuilt) -> ObjectId {
    ObjectId {
        namespace: String::new(),
        kind: "Kustomization".to_owned(),
        name: unbuilt.name.clone(),
    }
}
