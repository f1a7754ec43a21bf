//! How far workloads are: from variables to files that the app reads.

use std::collections::BTreeMap;

use crate::workload::{ObjectId, SecretReference, Usage, Workload, references};

use super::plan::{Fate, Plan};

/// How far a variable is, or the last one of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// No file has its value.
    NotMounted,
    /// A file has its value, and the variable has to stay: mostly for the app.
    Mounted,
    /// The app reads the file, so that the variable can go.
    AppReady,
    /// There are only files.
    Removed,
}

impl Stage {
    pub const ALL: [Self; 4] = [
        Self::NotMounted,
        Self::Mounted,
        Self::AppReady,
        Self::Removed,
    ];

    /// What people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotMounted => "not mounted",
            Self::Mounted => "mounted",
            Self::AppReady => "app ready",
            Self::Removed => "removed",
        }
    }

    /// What programs read.
    pub fn id(self) -> &'static str {
        match self {
            Self::NotMounted => "notMounted",
            Self::Mounted => "mounted",
            Self::AppReady => "appReady",
            Self::Removed => "removed",
        }
    }
}

/// How far a workload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub workload: ObjectId,
    /// Its file; `None` in a cluster.
    pub file: Option<String>,
    /// How many of its variables from Secrets are how far.
    pub variables: BTreeMap<Stage, usize>,
}

impl Progress {
    /// By the plan that would remove its variables. What the plan leaves out, such as an
    /// `envFrom` whose keys are not known, is not mounted, and counts as one variable.
    pub fn of(plan: &Plan, workload: Option<&Workload>, file: Option<&str>) -> Self {
        let mut variables = BTreeMap::new();
        let left_out = match workload {
            Some(workload) => left_out(plan, workload),
            // All that is known is that something is refused.
            None => usize::from(plan.variables.is_empty() && plan.refuses()),
        };
        if left_out > 0 {
            variables.insert(Stage::NotMounted, left_out);
        }
        for variable in &plan.variables {
            let stage = match &variable.fate {
                Fate::Removed | Fate::Replaced { .. } | Fate::Shimmed => Stage::AppReady,
                _ if variable.file.is_some() => Stage::Mounted,
                _ => Stage::NotMounted,
            };
            *variables.entry(stage).or_default() += 1;
        }
        Self {
            workload: plan.subject.clone(),
            file: file.map(str::to_owned),
            variables,
        }
    }

    /// A workload without a plan, although it has variables from Secrets: no Secret can have
    /// their names. `None` for others.
    pub fn without_plan(workload: &Workload, file: Option<&str>) -> Option<Self> {
        let uses = references(workload);
        let left_out = uses.iter().filter(|used| is_variable(&used.usage)).count();
        (left_out > 0).then(|| Self {
            workload: workload.id.clone(),
            file: file.map(str::to_owned),
            variables: [(Stage::NotMounted, left_out)].into(),
        })
    }

    /// A workload that has Secrets as files only; `None` for others.
    pub fn of_files(workload: &Workload, file: Option<&str>) -> Option<Self> {
        let uses = references(workload);
        let has = |wanted: fn(&Usage) -> bool| uses.iter().any(|used| wanted(&used.usage));
        let mounts = has(|usage| matches!(usage, Usage::Volume { .. } | Usage::Projected { .. }));
        (mounts && !has(is_variable)).then(|| Self {
            workload: workload.id.clone(),
            file: file.map(str::to_owned),
            variables: BTreeMap::new(),
        })
    }

    /// As far as the last of its variables.
    pub fn stage(&self) -> Stage {
        self.variables
            .keys()
            .next()
            .copied()
            .unwrap_or(Stage::Removed)
    }

    /// How many of its variables are at a stage.
    pub fn count(&self, stage: Stage) -> usize {
        self.variables.get(&stage).copied().unwrap_or_default()
    }
}

fn is_variable(usage: &Usage) -> bool {
    matches!(usage, Usage::Variable { .. } | Usage::AllVariables { .. })
}

/// How many uses of Secrets as variables a plan says nothing of.
fn left_out(plan: &Plan, workload: &Workload) -> usize {
    let is_planned = |used: &SecretReference| {
        plan.variables.iter().any(|variable| {
            let is_it = match &used.usage {
                Usage::Variable { name } => variable.name == *name,
                _ => true,
            };
            is_it
                && variable.secret == used.secret.value
                && used.container.as_ref() == Some(&variable.container)
        })
    };
    let uses = references(workload);
    uses.iter()
        .filter(|used| is_variable(&used.usage) && !is_planned(used))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_is_as_far_as_the_last_of_its_variables() {
        let progress = |variables: &[(Stage, usize)]| Progress {
            workload: ObjectId {
                namespace: String::new(),
                kind: "Deployment".to_owned(),
                name: "api".to_owned(),
            },
            file: None,
            variables: variables.iter().copied().collect(),
        };
        for (variables, stage) in [
            (&[][..], Stage::Removed),
            (&[(Stage::AppReady, 2)], Stage::AppReady),
            (&[(Stage::AppReady, 2), (Stage::Mounted, 1)], Stage::Mounted),
            (
                &[(Stage::Mounted, 1), (Stage::NotMounted, 1)],
                Stage::NotMounted,
            ),
        ] {
            assert_eq!(progress(variables).stage(), stage);
        }
    }
}
