//! Workloads: objects that make pods.

use crate::manifest::Node;

use super::object::{Metadata, Object, ObjectId, Origin};
use super::pod::PodSpec;
use super::{path, read};

/// What kind of workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// A bare pod.
    Pod,
    /// `apps` Deployment.
    Deployment,
    /// `apps` StatefulSet.
    StatefulSet,
    /// `apps` DaemonSet.
    DaemonSet,
    /// `apps` ReplicaSet.
    ReplicaSet,
    /// Core ReplicationController.
    ReplicationController,
    /// `batch` Job.
    Job,
    /// `batch` CronJob.
    CronJob,
    /// Core PodTemplate.
    PodTemplate,
    /// A custom resource with a pod template (Argo Rollout, Knative Service,
    /// OpenKruise): reported on, never changed.
    Custom,
}

/// How changes reach the pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Rolling, or none that matters.
    Rolling,
    /// Rolling with at most this many pods missing and none extra.
    RollingInPlace {
        /// `maxUnavailable` as a number of pods; `None` for a percentage.
        max_unavailable: Option<i64>,
    },
    /// `Recreate`: all pods go first.
    Recreate,
    /// `OnDelete`: pods change when somebody deletes them.
    OnDelete,
    /// StatefulSet with ordinals below this left alone.
    Partition(i64),
}

/// A workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Which.
    pub id: ObjectId,
    /// Kind.
    pub kind: WorkloadKind,
    /// `apiVersion`.
    pub api_version: String,
    /// Where from.
    pub origin: Origin,
    /// Metadata of the workload itself.
    pub metadata: Metadata,
    /// Annotations of its pod template.
    pub template_annotations: std::collections::BTreeMap<String, String>,
    /// Labels of its pod template.
    pub template_labels: std::collections::BTreeMap<String, String>,
    /// Its pods' specification; paths are those within the object.
    pub pod: PodSpec,
    /// `spec.replicas`; for a DaemonSet `None`.
    pub replicas: Option<i64>,
    /// `spec.paused` or, for Jobs and CronJobs, `spec.suspend`.
    pub paused: bool,
    /// Whether a Job has run to its end, well or not.
    pub finished: bool,
    /// How changes reach the pods.
    pub strategy: Strategy,
    /// `spec.revisionHistoryLimit`.
    pub revision_history_limit: Option<i64>,
    /// Which object's List it came from: prefix of its paths in the document.
    pub base: String,
}

impl Workload {
    /// Reads the workload of an object; `None` if it makes no pods.
    pub fn of(object: &Object) -> Option<Self> {
        let (kind, spec_path) = template_of(object)?;
        let pod_node = object.root.at(&spec_path)?;
        let at = spec_path
            .iter()
            .fold(String::new(), |path, key| path::child(&path, key));
        let template = object.root.at(&spec_path[..spec_path.len() - 1]);
        let meta = template.and_then(|template| template.get("metadata"));
        let (template_labels, template_annotations) = match kind {
            WorkloadKind::Pod => (
                object.metadata.labels.clone(),
                object.metadata.annotations.clone(),
            ),
            _ => meta
                .map(|meta| {
                    let meta = read::metadata(meta);
                    (meta.labels, meta.annotations)
                })
                .unwrap_or_default(),
        };
        let spec = object.root.get("spec");
        let integer = |key: &str| {
            spec.and_then(|spec| spec.get(key))
                .and_then(Node::as_integer)
        };
        let truth = |key: &str| {
            spec.and_then(|spec| spec.get(key))
                .and_then(Node::as_bool)
                .unwrap_or(false)
        };
        Some(Self {
            id: object.id.clone(),
            kind,
            api_version: object.api_version.clone(),
            origin: object.origin,
            metadata: object.metadata.clone(),
            template_annotations,
            template_labels,
            pod: read::pod_spec(pod_node, &at, object.numbers),
            replicas: integer("replicas"),
            paused: truth("paused") || truth("suspend"),
            finished: kind == WorkloadKind::Job && has_ended(&object.root),
            strategy: strategy(kind, &object.root),
            revision_history_limit: integer("revisionHistoryLimit"),
            base: object.base.clone(),
        })
    }
}

/// Whether a Job's conditions say that it ended (kubernetes/kubernetes
/// `pkg/controller/job/utils.go` IsJobFinished).
fn has_ended(root: &Node) -> bool {
    root.at(&["status", "conditions"])
        .map_or(&[][..], Node::items)
        .iter()
        .any(|condition| {
            matches!(condition.text_of("type"), Some("Complete" | "Failed"))
                && condition.text_of("status") == Some("True")
        })
}

/// Kind and path of the pod specification.
fn template_of(object: &Object) -> Option<(WorkloadKind, Vec<&'static str>)> {
    const TEMPLATE: &[&str] = &["spec", "template", "spec"];
    let (kind, path): (_, &[&str]) = match (object.group(), object.id.kind.as_str()) {
        ("", "Pod") => (WorkloadKind::Pod, &["spec"]),
        ("apps" | "extensions", "Deployment") => (WorkloadKind::Deployment, TEMPLATE),
        ("apps", "StatefulSet") => (WorkloadKind::StatefulSet, TEMPLATE),
        ("apps" | "extensions", "DaemonSet") => (WorkloadKind::DaemonSet, TEMPLATE),
        ("apps" | "extensions", "ReplicaSet") => (WorkloadKind::ReplicaSet, TEMPLATE),
        ("", "ReplicationController") => (WorkloadKind::ReplicationController, TEMPLATE),
        ("batch", "Job") => (WorkloadKind::Job, TEMPLATE),
        ("batch", "CronJob") => (
            WorkloadKind::CronJob,
            &["spec", "jobTemplate", "spec", "template", "spec"],
        ),
        ("", "PodTemplate") => (WorkloadKind::PodTemplate, &["template", "spec"]),
        ("argoproj.io", "Rollout")
        | ("serving.knative.dev", "Service" | "Configuration")
        | ("apps.kruise.io", "CloneSet" | "StatefulSet" | "DaemonSet" | "BroadcastJob") => {
            (WorkloadKind::Custom, TEMPLATE)
        }
        ("apps.kruise.io", "AdvancedCronJob") => {
            (WorkloadKind::Custom, advanced_cron_job(&object.root))
        }
        _ => return None,
    };
    Some((kind, path.to_vec()))
}

/// OpenKruise's CronJob makes either Jobs or BroadcastJobs
/// (openkruise/kruise `apis/apps/v1alpha1/advancedcronjob_types.go`).
fn advanced_cron_job(root: &Node) -> &'static [&'static str] {
    const JOB: &[&str] = &[
        "spec",
        "template",
        "jobTemplate",
        "spec",
        "template",
        "spec",
    ];
    const BROADCAST: &[&str] = &[
        "spec",
        "template",
        "broadcastJobTemplate",
        "spec",
        "template",
        "spec",
    ];
    if root.at(BROADCAST).is_some() {
        BROADCAST
    } else {
        JOB
    }
}

/// Whether an object has the template of pods.
pub(super) fn makes_pods(object: &Object) -> bool {
    template_of(object).is_some()
}

fn strategy(kind: WorkloadKind, root: &Node) -> Strategy {
    let field = match kind {
        WorkloadKind::Deployment => "strategy",
        WorkloadKind::StatefulSet | WorkloadKind::DaemonSet => "updateStrategy",
        _ => return Strategy::Rolling,
    };
    let Some(node) = root.at(&["spec", field]) else {
        return Strategy::Rolling;
    };
    let rolling = node.get("rollingUpdate");
    let number = |key: &str| {
        rolling
            .and_then(|rolling| rolling.get(key))
            .and_then(Node::as_integer)
    };
    match node.text_of("type") {
        Some("Recreate") => Strategy::Recreate,
        Some("OnDelete") => Strategy::OnDelete,
        _ if kind == WorkloadKind::StatefulSet => match number("partition") {
            Some(partition) if partition > 0 => Strategy::Partition(partition),
            _ => Strategy::Rolling,
        },
        _ if kind == WorkloadKind::Deployment && number("maxSurge") == Some(0) => {
            Strategy::RollingInPlace {
                max_unavailable: number("maxUnavailable"),
            }
        }
        _ => Strategy::Rolling,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::Place;

    #[test]
    fn custom_resources_with_templates_are_workloads() {
        const TEMPLATE: &str = "{template: {spec: {containers: [{name: c}]}}}";
        let job = format!("{{template: {{jobTemplate: {{spec: {TEMPLATE}}}}}}}");
        let broadcast = format!("{{template: {{broadcastJobTemplate: {{spec: {TEMPLATE}}}}}}}");
        for (version, kind, spec, path) in [
            (
                "argoproj.io/v1alpha1",
                "Rollout",
                TEMPLATE,
                "spec.template.spec",
            ),
            (
                "serving.knative.dev/v1",
                "Service",
                TEMPLATE,
                "spec.template.spec",
            ),
            (
                "apps.kruise.io/v1alpha1",
                "CloneSet",
                TEMPLATE,
                "spec.template.spec",
            ),
            (
                "apps.kruise.io/v1beta1",
                "StatefulSet",
                TEMPLATE,
                "spec.template.spec",
            ),
            (
                "apps.kruise.io/v1alpha1",
                "DaemonSet",
                TEMPLATE,
                "spec.template.spec",
            ),
            (
                "apps.kruise.io/v1alpha1",
                "BroadcastJob",
                TEMPLATE,
                "spec.template.spec",
            ),
            (
                "apps.kruise.io/v1alpha1",
                "AdvancedCronJob",
                &job,
                "spec.template.jobTemplate.spec.template.spec",
            ),
            (
                "apps.kruise.io/v1alpha1",
                "AdvancedCronJob",
                &broadcast,
                "spec.template.broadcastJobTemplate.spec.template.spec",
            ),
        ] {
            let text = format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
            );
            let source = SourceText::new("case.yaml", text);
            let root = parse(&source).documents.remove(0).root;
            let object = Object::new(root, Place::live(), "n").unwrap();
            let workload = Workload::of(&object).unwrap();
            assert_eq!(workload.kind, WorkloadKind::Custom, "{kind}");
            assert_eq!(workload.pod.site.path, path, "{kind}");
            assert_eq!(workload.pod.containers.len(), 1, "{kind}");
        }
    }

    #[test]
    fn kinds_of_the_same_name_in_other_groups_make_no_pods() {
        let source = SourceText::new(
            "case.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {template: {spec: {}}}\n"
                .to_owned(),
        );
        let root = parse(&source).documents.remove(0).root;
        let object = Object::new(root, Place::live(), "n").unwrap();
        assert!(Workload::of(&object).is_none());
    }
}
