//! Which workloads would not pass if they were created anew today: what to repair before
//! a policy refuses, for whoever restores a backup, renames a workload or moves it.

use std::collections::BTreeSet;

use crate::inventory::{Inventory, Realm};
use crate::outcome::{Kind, Outcome};
use crate::report::{InputProblem, Unreachable, blind_spots};
use crate::workload::{ObjectId, Origin, Workload};

use super::breach::{Breach, breaches};
use super::scope::{Judged, Scope};

/// The result of one run.
pub struct Report {
    /// One for the files, or one for each cluster, in the requested order.
    pub parts: Vec<Part>,
    /// Input that could not be read.
    pub problems: Vec<InputProblem>,
    /// Clusters that could not be reached.
    pub unreachable: Vec<Unreachable>,
    /// What the run came to.
    pub outcome: Outcome,
}

/// The result for one cluster, or for the files.
pub struct Part {
    /// What was read.
    pub inventory: Inventory,
    /// Workloads that would not pass.
    pub refused: Vec<Refused>,
    /// How many would.
    pub passed: usize,
    /// Namespaces whose labels, which are not known, decide whether they are judged.
    pub unlabelled: BTreeSet<String>,
    /// Kustomizations that could not be built.
    pub unbuilt: BTreeSet<String>,
}

/// A workload that would not pass.
pub struct Refused {
    pub id: ObjectId,
    /// The folder of the kustomization that builds it.
    pub kustomization: Option<String>,
    /// Why, each with where it was read.
    pub breaches: Vec<(Origin, Breach)>,
}

impl Part {
    /// Judges everything that was gathered.
    pub fn new(inventory: Inventory, scope: &Scope) -> Self {
        let mut verdicts = Verdicts::default();
        verdicts.add(&inventory, None, scope);
        for realm in &inventory.realms {
            verdicts.add(&inventory, Some(realm), scope);
        }
        let unbuilt = inventory.unbuilt.iter();
        let unbuilt = unbuilt.map(|unbuilt| unbuilt.name.clone()).collect();
        verdicts.refused.sort_by(|one, other| {
            (&one.id, &one.kustomization).cmp(&(&other.id, &other.kustomization))
        });
        Self {
            inventory,
            refused: verdicts.refused,
            passed: verdicts.passed,
            unlabelled: verdicts.unlabelled,
            unbuilt,
        }
    }
}

#[derive(Default)]
struct Verdicts {
    refused: Vec<Refused>,
    passed: usize,
    unlabelled: BTreeSet<String>,
}

impl Verdicts {
    /// The workloads of files or of a cluster, or those that a kustomization builds. What
    /// finished or has an owner that was seen is judged like all others.
    fn add(&mut self, all: &Inventory, realm: Option<&Realm>, scope: &Scope) {
        let own = realm.map_or(all, |realm| &realm.inventory);
        for workload in own.workloads.iter().chain(&own.dormant) {
            match scope.judges(own, workload) {
                Judged::No => continue,
                Judged::NotKnown => {
                    self.unlabelled.insert(workload.id.namespace.clone());
                    continue;
                }
                Judged::Yes => {}
            }
            let breaches = breaches(&workload.pod);
            match breaches.is_empty() {
                true => self.passed += 1,
                false => self.refused.push(refused(all, realm, workload, breaches)),
            }
        }
    }
}

/// With the places in the files that were read, where a kustomization built it.
fn refused(
    all: &Inventory,
    realm: Option<&Realm>,
    workload: &Workload,
    breaches: Vec<Breach>,
) -> Refused {
    let located = breaches.into_iter().map(|mut breach| {
        let written = realm.map(|realm| realm.place(workload.origin, breach.site.span));
        let origin = match written {
            None => workload.origin,
            // What no file says has no place.
            Some(None) => Origin::Live,
            Some(Some(written)) => {
                breach.site.span = written.span;
                Origin::File {
                    source: written.source,
                    document: all.document_at(written.source, written.span),
                }
            }
        };
        (origin, breach)
    });
    Refused {
        id: workload.id.clone(),
        kustomization: realm.map(|realm| realm.name.clone()),
        breaches: located.collect(),
    }
}

impl Report {
    /// Everything, and what the run came to.
    pub fn new(
        parts: Vec<Part>,
        problems: Vec<InputProblem>,
        unreachable: Vec<Unreachable>,
    ) -> Self {
        let mut outcome = Outcome::default();
        blind_spots(&problems, &unreachable, &mut outcome);
        for part in &parts {
            for grant in &part.inventory.denied {
                outcome.add(Kind::NotSeen, grant.words());
            }
            for namespace in &part.unlabelled {
                outcome.add(Kind::NotSeen, format!("labels of namespace {namespace}"));
            }
            for folder in &part.unbuilt {
                outcome.add(Kind::NotSeen, format!("kustomization {folder}"));
            }
            let breaches = part.refused.iter().flat_map(|refused| &refused.breaches);
            for (_, breach) in breaches {
                outcome.add(Kind::Found, breach.concern.rule().id);
            }
        }
        Self {
            parts,
            problems,
            unreachable,
            outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ExitStatus;
    use crate::inventory::{Builder, FileSet, GitStatus, Grant, Scope as Place};
    use crate::manifest::SourceText;
    use crate::policy::NamespaceSelector;

    const LIVE: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec: {template: {spec: {containers: [{name: app, image: x, envFrom: [{secretRef: {name: db}}]}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: made, namespace: shop, ownerReferences: [{kind: ReplicaSet, apiVersion: apps/v1, name: r, uid: u, controller: true}]}
spec: {containers: [{name: app, image: x, envFrom: [{secretRef: {name: db}}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: shop}
spec: {containers: [{name: app, image: x}]}
";

    fn inventory() -> Inventory {
        let mut builder = Builder::new(
            Place::Files(FileSet::Open),
            "default",
            jiff::Timestamp::UNIX_EPOCH,
        );
        builder.add_file(
            SourceText::new("app.yaml", LIVE.to_owned()),
            GitStatus::Outside,
        );
        builder.finish()
    }

    fn report(inventory: Inventory, scope: &Scope) -> Report {
        Report::new(vec![Part::new(inventory, scope)], Vec::new(), Vec::new())
    }

    #[test]
    fn those_that_would_not_pass_are_findings() {
        let report = report(inventory(), &Scope::default());
        let part = &report.parts[0];
        let names: Vec<_> = part
            .refused
            .iter()
            .map(|refused| refused.id.short())
            .collect();
        assert_eq!((names, part.passed), (vec!["deployment/api".to_owned()], 1));
        assert_eq!(report.outcome.status(), ExitStatus::Findings);
    }

    /// Never clean where something was not seen.
    #[test]
    fn what_was_not_seen_is_told() {
        let mut denied = inventory();
        denied.denied.insert(Grant {
            verb: "list".to_owned(),
            group: "apps".to_owned(),
            resource: "deployments".to_owned(),
            namespace: None,
        });
        assert_eq!(
            report(denied, &Scope::default()).outcome.status(),
            ExitStatus::Unavailable
        );
        let by_team = Scope {
            namespaces: NamespaceSelector::parse("team=a").unwrap(),
            exempt: None,
        };
        let report = report(inventory(), &by_team);
        assert_eq!(report.outcome.status(), ExitStatus::Unavailable);
        assert!(report.parts[0].refused.is_empty());
        assert_eq!(report.parts[0].unlabelled.len(), 1);
    }
}
