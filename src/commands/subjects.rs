//! Which objects the report is about.

use std::collections::BTreeSet;

use crate::api::RESOURCES;
use crate::error::CommandError;
use crate::inventory::{Grant, Inventory};
use crate::report::Examined;
use crate::words::listed;
use crate::workload::ObjectId;
use crate::workload::selector::Selector;

/// `deploy/api`, `-l app=api`: what the report is narrowed to. Everything is
/// looked at all the same, so that what is told of these is right.
#[derive(Clone, Debug, Default)]
pub(super) struct Subjects {
    named: Vec<(String, String)>,
    selector: Option<Selector>,
}

/// What is left of a part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Narrowed {
    ToSome,
    ToNothing,
}

impl Subjects {
    pub fn new(objects: &[String], selector: Option<&str>) -> Result<Self, CommandError> {
        let named = objects
            .iter()
            .map(|word| {
                let parts = word.split_once('/').filter(|(kind, name)| {
                    !kind.is_empty() && !name.is_empty() && !name.contains('/')
                });
                parts
                    .map(|(kind, name)| (kind_of(kind), name.to_owned()))
                    .ok_or_else(|| {
                        CommandError::usage("an object is named as TYPE/NAME, such as deploy/api")
                    })
            })
            .collect::<Result<_, _>>()?;
        let selector = selector
            .map(Selector::parse)
            .transpose()
            .map_err(CommandError::usage)?;
        Ok(Self { named, selector })
    }

    /// Whether nothing was named.
    pub fn are_all(&self) -> bool {
        self.named.is_empty() && self.selector.is_none()
    }

    /// Whether no object was named, though labels may be.
    pub fn names_none(&self) -> bool {
        self.named.is_empty()
    }

    /// Leaves the chosen ones.
    ///
    /// # Errors
    /// When a named object does not exist.
    pub fn narrow(&self, part: &mut Examined) -> Result<Narrowed, CommandError> {
        if self.are_all() {
            return Ok(Narrowed::ToSome);
        }
        let chosen = self.chosen(&part.inventory)?;
        part.findings
            .retain(|finding| chosen.contains(&finding.subject));
        part.unknown.retain(|unknown| {
            unknown
                .subject
                .as_ref()
                .is_none_or(|id| chosen.contains(id))
        });
        Ok(if chosen.is_empty() {
            Narrowed::ToNothing
        } else {
            Narrowed::ToSome
        })
    }

    /// The chosen objects: all when none is named.
    ///
    /// # Errors
    /// When a named object does not exist (status 2), or may not be looked for (3).
    pub fn chosen(&self, inventory: &Inventory) -> Result<BTreeSet<ObjectId>, CommandError> {
        let chosen: BTreeSet<_> = inventory
            .all()
            .flat_map(|inventory| self.fitting(inventory))
            .collect();
        for (kind, name) in &self.named {
            let found = chosen
                .iter()
                .any(|id| id.kind.to_lowercase() == *kind && id.name == *name);
            if let Some(grant) = (!found).then(|| not_seen(inventory, kind)).flatten() {
                return Err(CommandError::unavailable(format!(
                    "you may not {}, so it is not known whether {kind}/{name} is there",
                    grant.words()
                ))
                .hint(grant.role_command()));
            }
            if !found {
                return Err(
                    CommandError::usage(format!("there is no {kind}/{name} here"))
                        .hint("Name its namespace with -n, or look at all with -A."),
                );
            }
        }
        Ok(chosen)
    }

    /// That the labels are those of nothing that was looked at.
    pub fn match_nothing<'i>(
        &self,
        inventories: impl IntoIterator<Item = &'i Inventory>,
    ) -> CommandError {
        let error = CommandError::usage("no workload here has the labels of -l");
        let keys = self.selector.iter().flat_map(Selector::keys);
        let keys: BTreeSet<&str> = keys.collect();
        let mut labels = BTreeSet::new();
        for inventory in inventories.into_iter().flat_map(Inventory::all) {
            for workload in &inventory.workloads {
                let own = workload.metadata.labels.iter();
                labels.extend(
                    own.filter(|(key, _)| keys.contains(key.as_str()))
                        .map(|(key, value)| format!("{key}={value}")),
                );
            }
        }
        if labels.is_empty() {
            return error;
        }
        error.hint(format!(
            "Labels here: {}.",
            listed(labels.iter().map(String::as_str))
        ))
    }

    /// Whether labels were named.
    pub fn has_labels(&self) -> bool {
        self.selector.is_some()
    }

    fn fitting(&self, inventory: &Inventory) -> BTreeSet<ObjectId> {
        let fits = |id: &ObjectId, labels: &_| {
            let named = self.named.is_empty()
                || self
                    .named
                    .iter()
                    .any(|(kind, name)| id.kind.to_lowercase() == *kind && id.name == *name);
            named
                && self
                    .selector
                    .as_ref()
                    .is_none_or(|selector| selector.fits(labels))
        };
        let workloads = inventory
            .workloads
            .iter()
            .filter(|workload| fits(&workload.id, &workload.metadata.labels))
            .map(|workload| workload.id.clone());
        let objects = inventory
            .objects
            .iter()
            .filter(|object| fits(&object.id, &object.metadata.labels))
            .map(|object| object.id.clone());
        let secrets = inventory.secrets().filter_map(|facts| {
            let id = facts.id();
            fits(&id, &facts.labels).then_some(id)
        });
        // A pod that was named is part of its workload.
        let pods = inventory
            .pods
            .iter()
            .filter(|pod| fits(&pod.id, &pod.metadata.labels))
            .flat_map(|pod| [pod.id.clone(), pod.top.clone()]);
        workloads
            .chain(objects)
            .chain(secrets)
            .chain(pods)
            .collect()
    }
}

/// The permission without which objects of a kind, in lower case, are not seen.
/// Of several groups that have such a kind Kubernetes' own is meant: it comes
/// first among those that are listed.
pub(super) fn not_seen<'i>(inventory: &'i Inventory, kind: &str) -> Option<&'i Grant> {
    let (group, plural) = RESOURCES
        .iter()
        .find(|resource| resource.kind.to_lowercase() == kind)
        .map(|resource| (resource.group, resource.plural))
        .or_else(|| (kind == "secret").then_some(("", "secrets")))?;
    inventory
        .denied
        .iter()
        .chain(&inventory.hidden)
        .find(|grant| grant.group == group && grant.resource == plural)
}

/// The kind a word of kubectl's means, in lower case.
fn kind_of(word: &str) -> String {
    let word = word.split('.').next().unwrap_or(word).to_lowercase();
    let kind = match word.as_str() {
        "deploy" | "deployments" => "deployment",
        "sts" | "statefulsets" => "statefulset",
        "ds" | "daemonsets" => "daemonset",
        "rs" | "replicasets" => "replicaset",
        "rc" | "replicationcontrollers" => "replicationcontroller",
        "cj" | "cronjobs" => "cronjob",
        "jobs" => "job",
        "po" | "pods" => "pod",
        "secrets" => "secret",
        "ing" | "ingresses" => "ingress",
        "sa" | "serviceaccounts" => "serviceaccount",
        "cm" | "configmaps" => "configmap",
        "ns" | "namespaces" => "namespace",
        other => other,
    };
    kind.to_owned()
}
