//! Bases and overlays: what a change of a base means where patches are applied,
//! and patches that only look like workloads.

use std::collections::BTreeMap;

use crate::command_line::CommandLine;
use crate::finding::Severity;
use crate::gathering::files::InputFile;
use crate::gathering::neighbours;
use crate::inventory::Inventory;
use crate::migration::collision::{Kustomizations, Weight};
use crate::migration::{Note, Plan, Refusal};
use crate::report::{Examined, Selection};
use crate::words::listed;
use crate::workload::partial::Because;
use crate::workload::{ObjectId, Origin, Usage, Workload, references};

use super::arguments::MigrateArgs;
use super::built::{built, has_kustomizations};
use super::planned::{Changed, Planned};
use super::rendered;

/// Plans of documents that are only a part of a workload: none is made.
pub(super) fn of_parts(
    inventory: &Inventory,
    wants: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (&Workload, Plan)> {
    inventory.partials.iter().filter_map(move |partial| {
        let workload = &partial.workload;
        let takes = references(workload).iter().any(|reference| {
            wants(reference.secret.as_str())
                && matches!(
                    reference.usage,
                    Usage::Variable { .. } | Usage::AllVariables { .. }
                )
        });
        let refusal = takes.then(|| part(inventory, workload, &partial.because))?;
        Some((workload, Plan::refused(workload, refusal?)))
    })
}

/// Adds to each plan what the kustomizations among the files do to it.
pub(super) fn heed(inventory: &Inventory, planned: &mut [Planned<'_>]) {
    let kustomizations = Kustomizations::from_inventory(inventory);
    for Planned { plan, workload, .. } in planned {
        if !plan.changes() {
            continue;
        }
        for collision in kustomizations.collisions(workload, plan) {
            match collision.weight {
                // What is refused has nothing to warn of.
                Weight::Warns if !plan.changes() => {}
                Weight::Warns => plan
                    .notes
                    .push(Note(format!("{} {}", collision.reason, collision.next))),
                Weight::Breaks => {
                    plan.refuse(Refusal {
                        path: collision.path,
                        reason: collision.reason,
                        next: vec![collision.next],
                    });
                }
            }
        }
    }
}

/// Gives up plans after which something would be found in what a kustomization
/// builds that is not found there now; whether there are any.
pub(super) fn refuse_harmful(
    args: &MigrateArgs,
    files: &[InputFile],
    changed: &[Changed<'_>],
    planned: &mut [Planned<'_>],
) -> bool {
    let wanted = changed
        .iter()
        .map(|changed| changed.file.name.as_str())
        .collect();
    let around = neighbours::builders(files, &wanted);
    if around.is_cut {
        note_everywhere(
            planned,
            "Not all directories around the files were searched for overlays: \
             name those of its overlays with -f too.",
        );
    }
    let files: Vec<InputFile> = files.iter().cloned().chain(around.files).collect();
    if changed.is_empty() || !has_kustomizations(&files) {
        return false;
    }
    let by_name: BTreeMap<&str, &Changed<'_>> = changed
        .iter()
        .map(|changed| (changed.file.name.as_str(), changed))
        .collect();
    let after = files
        .iter()
        .map(|file| {
            let own = by_name.get(file.name.as_str());
            let text = own.map_or(&file.text, |changed| &changed.after);
            InputFile {
                text: text.clone(),
                ..file.clone()
            }
        })
        .collect();
    let before = examined(args, files);
    let after = examined(args, after);
    for unbuilt in &before.inventory.unbuilt {
        let folder = std::fs::canonicalize(&unbuilt.name);
        if folder.is_ok_and(|folder| around.folders.contains(&folder)) {
            let note = format!(
                "{} builds on files that are to change and could not be built ({}), so the effect of \
                 the change there is unknown.",
                unbuilt.name, unbuilt.reason
            );
            note_everywhere(planned, &note);
        }
    }
    let rendered = before.inventory.realms.iter();
    for realm in rendered.filter(|realm| !realm.is_of_files()) {
        let note = format!(
            "{} is built by kubectl from the files as they are, so the effect of the change there \
             is unknown.",
            realm.name
        );
        note_everywhere(planned, &note);
    }
    let mut refused = false;
    let stopped = stops(&before);
    for ((source, overlays, rule, subject), message) in stops(&after) {
        let place = (source, overlays, rule, subject);
        if stopped.contains_key(&place) {
            continue;
        }
        for planned in planned
            .iter_mut()
            .filter(|planned| planned.source == source && planned.plan.changes())
        {
            refused = true;
            planned.plan.refuse(Refusal {
                path: planned.workload.pod.site.path.clone(),
                reason: format!(
                    "In {} its pods would no longer start: {message}",
                    listed(place.1.iter().map(String::as_str))
                ),
                next: alike_first(place.1.first()),
            });
        }
    }
    refuse_unlike(&before.inventory, &after.inventory, planned) || refused
}

/// What is to be known of every change that is made.
fn note_everywhere(planned: &mut [Planned<'_>], note: &str) {
    for planned in planned.iter_mut().filter(|own| own.plan.changes()) {
        planned.plan.notes.push(Note(note.to_owned()));
    }
}

/// Gives up plans that come to something else in some overlay than they say;
/// whether there are any.
fn refuse_unlike(before: &Inventory, after: &Inventory, planned: &mut [Planned<'_>]) -> bool {
    let mut by_plan: BTreeMap<(usize, String), Vec<String>> = BTreeMap::new();
    for unlike in rendered::unlike(before, after, planned) {
        let place = (unlike.planned, unlike.why);
        by_plan.entry(place).or_default().push(unlike.overlay);
    }
    let any = !by_plan.is_empty();
    for ((index, why), overlays) in by_plan {
        let Planned { plan, workload, .. } = &mut planned[index];
        plan.refuse(Refusal {
            path: workload.pod.site.path.clone(),
            reason: format!(
                "In {} {why}, so the change of the base would be wrong there.",
                listed(overlays.iter().map(String::as_str))
            ),
            next: alike_first(overlays.first()),
        });
    }
    any
}

/// What to do about overlays that are not alike; the first of them as an
/// example.
fn alike_first(overlay: Option<&String>) -> Vec<String> {
    let alike = "Make the overlays alike first";
    vec![match overlay {
        Some(overlay) => format!(
            "{alike}, or take patches for one of them: {}",
            patch_of(overlay)
        ),
        None => format!("{alike}."),
    }]
}

fn patch_of(folder: &str) -> CommandLine {
    CommandLine::secretsafe("migrate")
        .flag("-k", folder)
        .switch("--emit kustomize")
}

/// Findings of these rules keep pods from starting, or the API refuses the pod.
const STOPS: [&str; 8] = [
    "SS001", "SS002", "SS003", "SS004", "SS030", "SS038", "SS039", "SS042",
];

type Stop = (usize, Vec<String>, &'static str, ObjectId);

/// What keeps the pods of overlays from starting.
fn stops(examined: &Examined) -> BTreeMap<Stop, String> {
    let mut found = BTreeMap::new();
    let stopping = examined
        .findings
        .iter()
        // Less than an error is no more than a doubt.
        .filter(|finding| finding.rule.id != "SS030" || finding.severity == Severity::Error);
    for finding in stopping {
        let place = finding.places.first().map(|place| place.origin);
        if let (false, Some(Origin::File { source, .. })) = (finding.overlays.is_empty(), place) {
            let key = (
                source,
                finding.overlays.clone(),
                finding.rule.id,
                finding.subject.clone(),
            );
            found.insert(key, finding.message.clone());
        }
    }
    found
}

fn examined(args: &MigrateArgs, files: Vec<InputFile>) -> Examined {
    let selection = Selection {
        only: STOPS.into(),
        ..Selection::default()
    };
    Examined::new(built(args, files), &selection)
}

/// A patch names the containers it changes, and so looks like a workload. What
/// becomes of its variables is known only with the base it is applied to.
fn part(inventory: &Inventory, workload: &Workload, because: &Because) -> Option<Refusal> {
    let name = workload.id.short();
    let file = inventory.source(workload.origin)?.text.name();
    let (reason, next) = match because {
        Because::Named(kustomization) => (
            format!(
                "{file} is not a complete {name} but a patch of {kustomization}, so it cannot be \
                 planned without its base."
            ),
            format!(
                "Move its variables by hand, or print a patch for the rendered workload: {}",
                patch_of(folder(kustomization))
            ),
        ),
        other => (
            format!("{file} is not a complete {name}: {other}."),
            "If it is a patch, give the folder of its kustomization too, or give that with -k."
                .to_owned(),
        ),
    };
    Some(Refusal {
        path: workload.pod.site.path.clone(),
        reason,
        next: vec![next],
    })
}

/// The folder of a file, as `kubectl kustomize` takes it.
fn folder(file: &str) -> &str {
    match file.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => ".",
    }
}
