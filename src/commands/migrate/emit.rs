//! Patches, for those who keep the files as they are.

use std::collections::{BTreeMap, BTreeSet};

use crate::command_line::Connection;
use crate::error::CommandError;
use crate::escape::escape_controls as safe;
use crate::inventory::Inventory;
use crate::manifest::json_patch;
use crate::migration::Plan;
use crate::output::migration;
use crate::ui::Ui;
use crate::workload::ObjectId;

use super::planned::Planned;

fn changes<'p>(planned: &'p [Planned<'_>]) -> impl Iterator<Item = &'p Plan> {
    planned
        .iter()
        .map(|planned| &planned.plan)
        .filter(|plan| plan.changes())
}

/// Commands for those who keep the files as they are.
pub(super) fn patches(
    planned: &[Planned<'_>],
    connection: &Connection,
    ui: &Ui,
) -> Result<(), CommandError> {
    ui.document(|out| {
        changes(planned).try_for_each(|plan| {
            let patch = json_patch::command(
                &plan.subject.short(),
                &plan.subject.namespace,
                &plan.operations,
            );
            // A name with control characters is none that a cluster has.
            writeln!(out, "{}", safe(&patch.on(connection).to_string()))
        })
    })
}

/// Patches for a kustomization that includes the workloads; `named` tells how a
/// workload is called there.
pub(super) fn kustomization(
    inventory: &Inventory,
    planned: &[Planned<'_>],
    named: impl Fn(&str) -> &str,
    ui: &Ui,
) -> Result<(), CommandError> {
    let namespaces = namespaces(inventory);
    let patches: Vec<_> = changes(planned)
        .map(|plan| {
            let subject = &plan.subject;
            let named_so = namespaces.get(&(subject.kind.as_str(), subject.name.as_str()));
            let target = migration::Target {
                kind: subject.kind.as_str().into(),
                name: named(&subject.name).replace('.', "\\."),
                // Another namespace may have one of this name, too.
                namespace: named_so
                    .is_some_and(|namespaces| namespaces.len() > 1)
                    .then_some(subject.namespace.as_str().into()),
            };
            (target, plan)
        })
        .collect();
    ui.document(|out| migration::kustomization(patches, out))
}

/// The namespaces that have a workload of a kind and name.
fn namespaces(inventory: &Inventory) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for workload in &inventory.workloads {
        let ObjectId {
            namespace,
            kind,
            name,
        } = &workload.id;
        let named = (kind.as_str(), name.as_str());
        found.entry(named).or_default().insert(namespace.as_str());
    }
    found
}
