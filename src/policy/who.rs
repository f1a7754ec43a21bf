//! Which workloads would not pass if they were created anew today: what to repair before
//! a policy refuses, for whoever restores a backup, renames a workload or moves it.

use std::collections::BTreeSet;

use crate::inventory::{Inventory, Realm};
use crate::manifest::Span;
use crate::outcome::{Kind, Outcome};
use crate::report::{InputProblem, Unreachable, blind_spots};
use crate::words::bounded;
use crate::workload::partial::Because;
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
    /// Workloads of which nothing is said.
    pub not_judged: Vec<NotJudged>,
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

/// A workload of which nothing is said.
pub struct NotJudged {
    pub id: ObjectId,
    /// The folder of the kustomization that builds it.
    pub kustomization: Option<String>,
    /// Where it was read.
    pub origin: Origin,
    pub why: Why,
}

/// Why a workload was not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The policy does not match its kind.
    Kind,
    /// A controller made it, as its owner references say: kind and name.
    Made(String),
    /// It is only a part of a workload: why it is taken for one.
    Patch(String),
}

impl Why {
    /// In JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Made(_) => "made",
            Self::Patch(_) => "patch",
        }
    }

    /// Behind the name of the workload.
    pub fn words(&self) -> String {
        match self {
            Self::Kind => "the policy does not judge this kind".to_owned(),
            Self::Made(owner) => {
                format!("the policy does not judge it, because {owner} makes it")
            }
            Self::Patch(because) => {
                format!("it looks like a patch, so it was not checked: {because}")
            }
        }
    }
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
        let mut not_judged = verdicts.not_judged;
        not_judged.sort_by(|one, other| {
            (&one.id, &one.kustomization).cmp(&(&other.id, &other.kustomization))
        });
        verdicts.refused.sort_by(|one, other| {
            (&one.id, &one.kustomization).cmp(&(&other.id, &other.kustomization))
        });
        Self {
            inventory,
            refused: verdicts.refused,
            passed: verdicts.passed,
            not_judged,
            unlabelled: verdicts.unlabelled,
            unbuilt,
        }
    }
}

#[derive(Default)]
struct Verdicts {
    refused: Vec<Refused>,
    passed: usize,
    not_judged: Vec<NotJudged>,
    unlabelled: BTreeSet<String>,
}

impl Verdicts {
    /// The workloads of files or of a cluster, or those that a kustomization builds. What
    /// finished or has an owner that was seen is judged like all others, and where it is not,
    /// its owner is told.
    fn add(&mut self, all: &Inventory, realm: Option<&Realm>, scope: &Scope) {
        let own = realm.map_or(all, |realm| &realm.inventory);
        let told = own.workloads.iter().map(|workload| (workload, true));
        let owned = own.dormant.iter().map(|workload| (workload, false));
        for (workload, is_told) in told.chain(owned) {
            let why = match scope.judges(own, workload) {
                Judged::LeftOut => continue,
                Judged::NotKnown => {
                    self.unlabelled.insert(workload.id.namespace.clone());
                    continue;
                }
                Judged::Yes => None,
                Judged::Kind => Some(Why::Kind),
                Judged::Made(owner) => Some(Why::Made(owner)),
            };
            if let Some(why) = why {
                if is_told {
                    self.not_judged.push(not_judged(all, realm, workload, why));
                }
                continue;
            }
            let breaches = breaches(&workload.pod);
            match breaches.is_empty() {
                true => self.passed += 1,
                false => self.refused.push(refused(all, realm, workload, breaches)),
            }
        }
        // A patch that a kustomization names is judged in what is built.
        let patches = own.partials.iter().filter(|partial| {
            !matches!(partial.because, Because::Named(_))
                && scope.selects(own, &partial.workload.id.namespace) != Some(false)
        });
        for partial in patches {
            let why = Why::Patch(partial.because.to_string());
            self.not_judged
                .push(not_judged(all, realm, &partial.workload, why));
        }
    }
}

fn not_judged(all: &Inventory, realm: Option<&Realm>, workload: &Workload, why: Why) -> NotJudged {
    let (origin, _) = place(all, realm, workload.origin, workload.pod.site.span);
    NotJudged {
        id: workload.id.clone(),
        kustomization: realm.map(|realm| realm.name.clone()),
        origin,
        why,
    }
}

/// Where something is written in the files that were read, if a kustomization built it.
fn place(all: &Inventory, realm: Option<&Realm>, origin: Origin, span: Span) -> (Origin, Span) {
    match realm.map(|realm| realm.place(origin, span)) {
        None => (origin, span),
        // What no file says has no place.
        Some(None) => (Origin::Live, span),
        Some(Some(written)) => {
            let origin = Origin::File {
                source: written.source,
                document: all.document_at(written.source, written.span),
            };
            (origin, written.span)
        }
    }
}

fn refused(
    all: &Inventory,
    realm: Option<&Realm>,
    workload: &Workload,
    breaches: Vec<Breach>,
) -> Refused {
    let located = breaches.into_iter().map(|mut breach| {
        let (origin, span) = place(all, realm, workload.origin, breach.site.span);
        breach.site.span = span;
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
            for not_judged in &part.not_judged {
                if let Why::Patch(_) = not_judged.why {
                    outcome.add(Kind::NotSeen, bounded(&not_judged.id.short()));
                }
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

    /// What is not judged is told; a part of a workload makes the run incomplete.
    #[test]
    fn what_is_not_judged_is_told() {
        const OTHERS: &str = "apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: canary, namespace: shop}
spec: {selector: {}, template: {spec: {containers: [{name: app, image: x, envFrom: [{secretRef: {name: db}}]}]}}}
---
apiVersion: v1
kind: PodTemplate
metadata: {name: shape, namespace: shop}
template: {spec: {containers: [{name: app, image: x, envFrom: [{secretRef: {name: db}}]}]}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: made, namespace: shop, ownerReferences: [{kind: Rollout, apiVersion: argoproj.io/v1alpha1, name: gone, uid: u, controller: true}]}
spec: {selector: {}, template: {spec: {containers: [{name: app, image: x, envFrom: [{secretRef: {name: db}}]}]}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: system, namespace: kube-system}
spec: {selector: {}, template: {spec: {containers: [{name: app, image: x}]}}}
";
        const PATCH: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: patched, namespace: shop}
spec: {template: {spec: {containers: [{name: app, envFrom: [{secretRef: {name: db}}]}]}}}
";
        let told = |texts: &[&str]| {
            let place = Place::Files(FileSet::Open);
            let mut builder = Builder::new(place, "default", jiff::Timestamp::UNIX_EPOCH);
            for text in texts {
                let text = SourceText::new("app.yaml", (*text).to_owned());
                builder.add_file(text, GitStatus::Outside);
            }
            let report = report(builder.finish(), &Scope::default());
            let told: Vec<_> = report.parts[0]
                .not_judged
                .iter()
                .map(|one| format!("{} {}", one.id.short(), one.why.name()))
                .collect();
            assert_eq!(report.parts[0].refused.len(), 0);
            (told, report.outcome.status())
        };
        let (others, status) = told(&[OTHERS]);
        assert_eq!(
            others,
            [
                "podtemplate/shape kind",
                "replicaset/made made",
                "rollout/canary kind"
            ]
        );
        assert_eq!(status, ExitStatus::Ok);
        let (patch, status) = told(&[PATCH]);
        assert_eq!(patch, ["deployment/patched patch"]);
        assert_eq!(status, ExitStatus::Unavailable);
    }
}
