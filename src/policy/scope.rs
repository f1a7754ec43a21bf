//! Which objects a policy judges.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::inventory::Inventory;
use crate::manifest::Node;
use crate::workload::selector::{Selector, is_label_key, is_label_value};
use crate::workload::{Workload, WorkloadKind};

/// The label that every namespace has with its own name
/// (kubernetes/api `core/v1/well_known_labels.go`, `LabelMetadataName`).
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Which namespaces and objects are judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub namespaces: NamespaceSelector,
    /// Objects with this label pass.
    pub exempt: Option<Exempt>,
}

/// Which namespaces are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceSelector {
    selector: Selector,
    text: String,
}

impl Default for NamespaceSelector {
    /// All but that of the cluster's own components: what updates them is not asked by a
    /// person, and nobody sees that it is refused.
    fn default() -> Self {
        let text = format!("{NAME_LABEL} notin (kube-system)");
        Self {
            selector: Selector::parse(&text).unwrap_or_default(),
            text,
        }
    }
}

impl NamespaceSelector {
    /// Reads it as kubectl takes labels; `None` for what is none, or no server would take.
    pub fn parse(text: &str) -> Option<Self> {
        let selector = Selector::parse(text).ok()?;
        selector.is_usable().then(|| Self {
            selector,
            text: text.to_owned(),
        })
    }

    /// One namespace; `None` for what is no name of one.
    pub fn only(namespace: &str) -> Option<Self> {
        Self::parse(&format!("{NAME_LABEL}={namespace}"))
    }

    /// As it is typed.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A label of objects that are not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exempt {
    key: String,
    /// `None` for any value.
    value: Option<String>,
}

impl Exempt {
    /// Reads `KEY` or `KEY=VALUE`.
    pub fn parse(text: &str) -> Option<Self> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (text, None),
        };
        let fits = is_label_key(key) && value.is_none_or(is_label_value);
        fits.then(|| Self {
            key: key.to_owned(),
            value: value.map(str::to_owned),
        })
    }

    /// As it is typed.
    pub fn text(&self) -> String {
        match &self.value {
            Some(value) => format!("{}={value}", self.key),
            None => self.key.clone(),
        }
    }

    fn fits(&self, labels: &BTreeMap<String, String>) -> bool {
        let found = labels.get(&self.key);
        found.is_some_and(|found| self.value.as_ref().is_none_or(|value| value == found))
    }

    fn expression(&self) -> String {
        let label = format!("object.metadata.?labels[?'{}']", self.key);
        match &self.value {
            Some(value) => format!("{label} != optional.of('{value}')"),
            None => format!("!{label}.hasValue()"),
        }
    }
}

/// Whether a policy judges an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    Yes,
    /// Its namespace or its label is left out by wish.
    LeftOut,
    /// The policy does not match its kind.
    Kind,
    /// A controller made it: its kind and name.
    Made(String),
    /// The labels of its namespace, which are not known, decide.
    NotKnown,
}

impl Scope {
    /// Whether a workload would be judged if it were created.
    pub fn judges(&self, inventory: &Inventory, workload: &Workload) -> Judged {
        let labels = &workload.metadata.labels;
        let is_exempt = self.exempt.as_ref().is_some_and(|label| label.fits(labels));
        let selected = self.selects(inventory, &workload.id.namespace);
        match selected {
            _ if is_exempt => Judged::LeftOut,
            Some(false) => Judged::LeftOut,
            Some(true) => covered(inventory, workload),
            None => match covered(inventory, workload) {
                Judged::Yes => Judged::NotKnown,
                other => other,
            },
        }
    }

    /// Whether the objects of a namespace are judged; `None` where its labels, which are not
    /// known, decide.
    pub fn selects(&self, inventory: &Inventory, namespace: &str) -> Option<bool> {
        let selector = &self.namespaces.selector;
        let known = inventory.namespaces.get(namespace);
        if known.is_none() && selector.keys().any(|key| key != NAME_LABEL) {
            return None;
        }
        let mut labels = known.cloned().unwrap_or_default();
        labels.insert(NAME_LABEL.to_owned(), namespace.to_owned());
        Some(selector.fits(&labels))
    }

    /// Kinds and operations, as `matchConstraints`. What has no controller of its own is matched
    /// by its kind; scale and status are subresources, which are not named.
    pub(super) fn constraints(&self) -> Value {
        let rule = |group: &str, resources: &[&str], operations: &[&str]| {
            json!({
                "apiGroups": [group], "apiVersions": ["v1"], "resources": resources,
                "operations": operations, "scope": "Namespaced",
            })
        };
        let written = ["CREATE", "UPDATE"];
        json!({
            "matchPolicy": "Equivalent",
            "namespaceSelector": self.namespaces.selector.to_object(),
            "resourceRules": [
                rule("apps", &["deployments", "statefulsets", "daemonsets", "replicasets"], &written),
                rule("batch", &["jobs", "cronjobs"], &written),
                rule("", &["replicationcontrollers"], &written),
                // Nothing of a pod that is judged can change later, but for containers that
                // are added to it.
                rule("", &["pods"], &["CREATE"]),
                rule("", &["pods/ephemeralcontainers"], &["UPDATE"]),
            ],
        })
    }

    /// What else must hold, as `matchConditions`: they cost little, so what does not concern
    /// the policy costs little.
    pub(super) fn conditions(&self) -> Value {
        let owned = "request.?subResource.orValue('') == 'ephemeralcontainers'
|| !object.metadata.?ownerReferences.orValue([]).exists(owner,
  request.resource.resource in ['pods', 'replicasets', 'replicationcontrollers', 'jobs']
    && (owner.?controller.orValue(false)
      || request.resource.resource == 'jobs' && owner.kind == 'CronJob' && owner.apiVersion.startsWith('batch/')))";
        let changed = format!(
            "oldObject == null || {} != {}",
            pod_of("object"),
            pod_of("oldObject")
        );
        let mut conditions = vec![
            json!({"name": "no-controller-makes-it", "expression": owned}),
            json!({"name": "the-pod-template-changes", "expression": changed}),
        ];
        if let Some(label) = &self.exempt {
            conditions.push(json!({"name": "not-exempt", "expression": label.expression()}));
        }
        json!(conditions)
    }
}

/// The specification of the pods of an object, in CEL.
pub(super) fn pod_of(object: &str) -> String {
    format!(
        "dyn({object}).spec.?jobTemplate.spec.template.spec.or(dyn({object}).spec.?template.spec).orValue(dyn({object}).spec)"
    )
}

/// Whether a workload is of a kind that is judged, and no controller has made it.
fn covered(inventory: &Inventory, workload: &Workload) -> Judged {
    let owner = match workload.kind {
        WorkloadKind::Deployment
        | WorkloadKind::StatefulSet
        | WorkloadKind::DaemonSet
        | WorkloadKind::CronJob => None,
        WorkloadKind::Pod | WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController => {
            made_by(workload)
        }
        WorkloadKind::Job => made_by(workload).or_else(|| cron_job(inventory, workload)),
        WorkloadKind::PodTemplate | WorkloadKind::Custom => return Judged::Kind,
    };
    owner.map_or(Judged::Yes, Judged::Made)
}

fn made_by(workload: &Workload) -> Option<String> {
    let owner = workload.metadata.owner.as_ref()?;
    Some(format!("{}/{}", owner.kind.to_lowercase(), owner.name))
}

/// The CronJob of a Job. Of one that an old `kubectl create job --from` made it is the owner
/// and not the controller.
fn cron_job(inventory: &Inventory, workload: &Workload) -> Option<String> {
    let object = inventory.object_of(workload);
    let owners = object.and_then(|object| object.root.at(&["metadata", "ownerReferences"]));
    let mut owners = owners.map_or(&[][..], Node::items).iter();
    let owner = owners.find(|owner| {
        let version = owner.text_of("apiVersion").unwrap_or_default();
        owner.text_of("kind") == Some("CronJob") && version.starts_with("batch/")
    })?;
    let name = owner.text_of("name").unwrap_or_default();
    Some(format!("cronjob/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Builder, FileSet, GitStatus, Scope as Place};
    use crate::manifest::SourceText;

    fn judged(scope: &Scope, kind: &str, metadata: &str) -> Judged {
        let place = Place::Files(FileSet::Open);
        let mut builder = Builder::new(place, "default", jiff::Timestamp::UNIX_EPOCH);
        let pod = "{containers: [{name: a, image: a}]}";
        let (version, spec) = match kind {
            "Pod" => ("v1", pod.to_owned()),
            "Job" => ("batch/v1", format!("{{template: {{spec: {pod}}}}}")),
            "Rollout" => (
                "argoproj.io/v1alpha1",
                format!("{{template: {{spec: {pod}}}}}"),
            ),
            _ => ("apps/v1", format!("{{template: {{spec: {pod}}}}}")),
        };
        let text = format!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {{name: known, labels: {{team: a}}}}\n---\n\
             apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x, {metadata}}}\nspec: {spec}\n"
        );
        builder.add_file(SourceText::new("file", text), GitStatus::Outside);
        let inventory = builder.finish();
        let all = inventory.workloads.iter().chain(&inventory.dormant);
        let found: Vec<_> = all.collect();
        assert_eq!(found.len(), 1, "{kind}");
        scope.judges(&inventory, found[0])
    }

    #[test]
    fn what_a_controller_makes_is_not_judged() {
        let scope = Scope::default();
        let owner = |version: &str, kind: &str, controller: bool| {
            format!(
                "ownerReferences: [{{apiVersion: {version}, kind: {kind}, name: o, uid: u, controller: {controller}}}]"
            )
        };
        let made = |owner: &str| Judged::Made(owner.to_owned());
        for (kind, metadata, expected) in [
            ("Pod", String::new(), Judged::Yes),
            (
                "Pod",
                owner("apps/v1", "ReplicaSet", true),
                made("replicaset/o"),
            ),
            ("Pod", owner("v1", "ConfigMap", false), Judged::Yes),
            (
                "ReplicaSet",
                owner("apps/v1", "Deployment", true),
                made("deployment/o"),
            ),
            (
                "ReplicaSet",
                owner("argoproj.io/v1alpha1", "Rollout", true),
                made("rollout/o"),
            ),
            (
                "Deployment",
                owner("example.org/v1", "App", true),
                Judged::Yes,
            ),
            (
                "Job",
                owner("batch/v1", "CronJob", false),
                made("cronjob/o"),
            ),
            ("Job", owner("example.org/v1", "App", true), made("app/o")),
            (
                "Job",
                owner("example.org/v1", "CronJob", false),
                Judged::Yes,
            ),
            ("Rollout", String::new(), Judged::Kind),
        ] {
            assert_eq!(
                judged(&scope, kind, &metadata),
                expected,
                "{kind} {metadata}"
            );
        }
    }

    #[test]
    fn labels_of_namespaces_and_objects_decide() {
        let scope = |selector: &str, exempt: Option<&str>| Scope {
            namespaces: NamespaceSelector::parse(selector).unwrap(),
            exempt: exempt.map(|label| Exempt::parse(label).unwrap()),
        };
        let standard = Scope::default();
        let one = |scope: &Scope, metadata: &str| judged(scope, "Deployment", metadata);
        assert_eq!(one(&standard, "namespace: kube-system"), Judged::LeftOut);
        assert_eq!(one(&standard, "namespace: shop"), Judged::Yes);
        let team = scope("team=a", None);
        assert_eq!(one(&team, "namespace: known"), Judged::Yes);
        assert_eq!(one(&team, "namespace: other"), Judged::NotKnown);
        let named = scope("kubernetes.io/metadata.name in (other)", None);
        assert_eq!(one(&named, "namespace: other"), Judged::Yes);
        assert_eq!(one(&named, "namespace: known"), Judged::LeftOut);
        for (label, expected) in [
            ("pass", Judged::LeftOut),
            ("pass=y", Judged::Yes),
            ("pass=x", Judged::LeftOut),
        ] {
            let exempt = scope("", Some(label));
            assert_eq!(one(&exempt, "labels: {pass: x}"), expected, "{label}");
            assert_eq!(one(&exempt, "labels: {other: x}"), Judged::Yes, "{label}");
        }
    }

    #[test]
    fn a_label_that_would_end_a_string_is_none() {
        for text in ["", "a'b", "a=b'", "a=b=c", "a b", "-a", "=x", "a\\"] {
            assert_eq!(Exempt::parse(text), None, "{text}");
        }
        for text in ["a", "example.org/pass", "a=", "a=B-c.d_e"] {
            let exempt = Exempt::parse(text).unwrap();
            assert_eq!(exempt.text(), text);
        }
    }
}
