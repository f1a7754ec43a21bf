//! The plans of live workloads: from the template, and from what running
//! containers show.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::subjects::Subjects;
use crate::error::CommandError;
use crate::inventory::Inventory;
use crate::migration::{Observed, Options, Phase, Plan, plan, preflight};
use crate::watch::settle::Settle;
use crate::workload::{Object, ObjectId, Usage, Workload, references};

use super::arguments::MigrateArgs;
use super::images::Images;

/// The files a container can read, by the container's name.
pub(super) type Readable = BTreeMap<String, BTreeSet<String>>;

/// Plans from one look at the cluster.
pub(super) struct Planner<'a> {
    args: &'a MigrateArgs,
    pub inventory: &'a Inventory,
    pub options: Options,
    /// What registries say of images.
    pub images: Images,
    readable: BTreeMap<ObjectId, Readable>,
}

impl<'a> Planner<'a> {
    pub fn new(
        args: &'a MigrateArgs,
        inventory: &'a Inventory,
        options: Options,
        images: Images,
    ) -> Self {
        Self {
            args,
            inventory,
            options,
            images,
            readable: BTreeMap::new(),
        }
    }

    /// Takes into account what running containers were found to be able to read.
    pub fn learn(&mut self, subject: &ObjectId, readable: Readable) {
        self.readable.insert(subject.clone(), readable);
    }

    /// The plans of all chosen workloads.
    pub fn plans(&self, subjects: &Subjects) -> Result<Vec<Plan>, CommandError> {
        let chosen = subjects.chosen(self.inventory)?;
        let plans = self
            .inventory
            .workloads
            .iter()
            .filter(|workload| chosen.contains(&workload.id))
            .filter(|workload| !subjects.are_all() || self.has_variables(workload))
            .map(|workload| self.known(workload))
            .collect();
        Ok(plans)
    }

    /// The plan of one workload; `None` when it is gone.
    pub fn plan_of(&self, subject: &ObjectId) -> Option<Plan> {
        self.inventory
            .workload(subject)
            .map(|workload| self.known(workload))
    }

    fn known(&self, workload: &Workload) -> Plan {
        match self.inventory.object_of(workload) {
            Some(object) => self.plan(workload, object),
            None => preflight::unseen(workload),
        }
    }

    fn has_variables(&self, workload: &Workload) -> bool {
        references(workload).iter().any(|reference| {
            self.options.wants(reference.secret.as_str())
                && matches!(
                    reference.usage,
                    Usage::Variable { .. } | Usage::AllVariables { .. }
                )
        })
    }

    /// The plan of one workload as `object` has it now, with what speaks
    /// against it in a cluster.
    pub fn plan(&self, workload: &Workload, object: &Object) -> Plan {
        let observed = self.observed(workload);
        let mut plan = plan(self.inventory, workload, object, &self.options, &observed);
        let settle = self.settle(workload, object);
        preflight::check(
            self.inventory,
            workload,
            self.args.others(),
            &settle,
            &mut plan,
        );
        if self.options.phase == Phase::RemoveVariables {
            preflight::rolled_out(self.inventory, workload, &mut plan);
        }
        plan
    }

    /// How long new pods of a workload are to be watched.
    pub fn settle(&self, workload: &Workload, object: &Object) -> Settle {
        settle(self.args, self.inventory, workload, object)
    }

    /// The uids that running containers have, where all pods agree, and what
    /// they were found to be able to read.
    fn observed(&self, workload: &Workload) -> Observed {
        let mut observed = Observed {
            readable: self.readable.get(&workload.id).cloned().unwrap_or_default(),
            images: self.images.of(workload),
            ..Observed::default()
        };
        for container in &workload.pod.containers {
            let uids: BTreeSet<_> = self
                .inventory
                .pods_of(&workload.id)
                .filter_map(|pod| pod.status(&container.name))
                .map(|status| status.uid)
                .collect();
            if let (1, Some(Some(uid))) = (uids.len(), uids.first()) {
                observed.uids.insert(container.name.clone(), *uid);
            }
        }
        observed
    }
}

/// How long new pods of a workload are to be watched.
pub(super) fn settle(
    args: &MigrateArgs,
    inventory: &Inventory,
    workload: &Workload,
    object: &Object,
) -> Settle {
    let pods = inventory.pods_of(&workload.id);
    Settle::for_workload(args.result.settle, workload, object, pods)
}

/// The same for a workload by its name; the usual time for one that is not
/// there.
pub(super) fn settle_of(args: &MigrateArgs, inventory: &Inventory, subject: &ObjectId) -> Settle {
    let found = inventory
        .workload(subject)
        .and_then(|workload| Some((workload, inventory.object_of(workload)?)));
    match found {
        Some((workload, object)) => settle(args, inventory, workload, object),
        None => Settle::of_the_way_back(),
    }
}
