//! Workloads: objects that make pods.

use crate::manifest::{Node, path};

use super::object::{Metadata, Object, ObjectId, Origin, is_custom};
use super::object_reference::{self, policy};
use super::pod::PodSpec;
use super::read::{self, At};

/// What kind of workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    Pod,
    /// `apps` Deployment.
    Deployment,
    /// `apps` StatefulSet.
    StatefulSet,
    /// `apps` DaemonSet.
    DaemonSet,
    /// `apps` ReplicaSet.
    ReplicaSet,
    ReplicationController,
    /// `batch` Job.
    Job,
    /// `batch` CronJob.
    CronJob,
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

#[derive(Clone, Debug)]
pub struct Workload {
    pub id: ObjectId,
    pub kind: WorkloadKind,
    /// `apiVersion`.
    pub api_version: String,
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
    /// Reads the workload of an object; `None` if it makes no pods. Of a custom
    /// resource with several templates the first.
    pub fn from_object(object: &Object) -> Option<Self> {
        Self::all_of(object).into_iter().next()
    }

    /// Reads the workloads of an object: more than one where a custom resource
    /// has several pod templates.
    pub fn all_of(object: &Object) -> Vec<Self> {
        let Some(templates) = templates_of(object) else {
            return Vec::new();
        };
        let one = |spec: &At<'_>| Self::from_template(object, templates.kind, spec);
        templates.specs.iter().map(one).collect()
    }

    /// A built-in workload whose pods are specified nowhere in its object.
    pub fn without_pods(object: &Object) -> Option<Self> {
        let (kind, keys) = known_path(object)?;
        if kind == WorkloadKind::Custom || object.root.at(keys).is_some() {
            return None;
        }
        let nothing = Node::mapping();
        let spec = At::new(&nothing, keys.join("."));
        let mut workload = Self::from_template(object, kind, &spec);
        // Where it would have to be.
        let deepest = (0..keys.len())
            .rev()
            .find_map(|end| object.root.at(&keys[..end]));
        workload.pod.site.span = deepest.unwrap_or(&object.root).span;
        Some(workload)
    }

    fn from_template(object: &Object, kind: WorkloadKind, template: &At<'_>) -> Self {
        let (template_labels, template_annotations) = match kind {
            WorkloadKind::Pod => (
                object.metadata.labels.clone(),
                object.metadata.annotations.clone(),
            ),
            _ => template
                .path
                .strip_suffix(".spec")
                .and_then(|path| object.root.lookup(&path::pointer(path)))
                .and_then(|template| template.get("metadata"))
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
        Self {
            id: object.id.clone(),
            kind,
            api_version: object.api_version.clone(),
            origin: object.origin,
            metadata: object.metadata.clone(),
            template_annotations,
            template_labels,
            pod: read::pod_spec(template.node, &template.path, object.numbers),
            replicas: integer("replicas"),
            paused: truth("paused") || truth("suspend"),
            finished: kind == WorkloadKind::Job && has_ended(&object.root),
            strategy: strategy(kind, &object.root),
            revision_history_limit: integer("revisionHistoryLimit"),
            base: object.base.clone(),
        }
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

/// The specifications of pods in an object.
struct Templates<'a> {
    kind: WorkloadKind,
    specs: Vec<At<'a>>,
}

fn templates_of(object: &Object) -> Option<Templates<'_>> {
    let root = At::new(&object.root, String::new());
    if let Some((kind, path)) = known_path(object) {
        let spec = path
            .iter()
            .try_fold(root, |at, key| at.node.get(key).map(|_| at.child(key)))?;
        return Some(Templates {
            kind,
            specs: vec![spec],
        });
    }
    if !is_custom(object.group()) || policy::is_policy(object.group()) {
        return None;
    }
    let mut specs = Vec::new();
    if let Some(spec) = root.get("spec") {
        pod_templates(&spec, 0, &mut specs);
    }
    (!specs.is_empty()).then_some(Templates {
        kind: WorkloadKind::Custom,
        specs,
    })
}

/// Deeper than this no custom resource has its templates.
const DEEPEST: usize = 12;

/// Pod templates of a custom resource whose kind is not known: what is called a
/// template and has a `spec` with whole containers. One whose containers have
/// no image is laid over something that its controller makes: its defaults are
/// not known, so only its references count.
fn pod_templates<'a>(at: &At<'a>, depth: usize, found: &mut Vec<At<'a>>) {
    if depth > DEEPEST {
        return;
    }
    let name = path::last_key(&at.path).to_ascii_lowercase();
    if name.ends_with("template")
        && let Some(spec) = at.get("spec")
        && has_whole_containers(&spec)
    {
        found.push(spec);
        return;
    }
    object_reference::each_child(at, |child| pod_templates(child, depth + 1, found));
}

fn has_whole_containers(spec: &At) -> bool {
    let containers = spec.items("containers");
    !containers.is_empty()
        && containers
            .iter()
            .all(|container| container.node.text_of("image").is_some())
}

/// Where the specifications of pods stand in an object.
pub(super) fn pod_specs(object: &Object) -> Vec<At<'_>> {
    templates_of(object).map_or_else(Vec::new, |templates| templates.specs)
}

/// The mappings between the root of a built-in workload and its pod's
/// specification, the outermost first.
pub(super) fn levels_above(object: &Object) -> Vec<At<'_>> {
    let Some((kind, keys)) = known_path(object) else {
        return Vec::new();
    };
    if kind == WorkloadKind::Custom {
        return Vec::new();
    }
    let mut levels = Vec::new();
    let mut at = At::new(&object.root, String::new());
    for key in &keys[..keys.len() - 1] {
        let Some(child) = at.get(key) else { break };
        levels.push(child.clone());
        at = child;
    }
    levels
}

/// Kind and path of the pod specification of kinds that are known.
fn known_path(object: &Object) -> Option<(WorkloadKind, &'static [&'static str])> {
    const TEMPLATE: &[&str] = &["spec", "template", "spec"];
    Some(match (object.group(), object.id.kind.as_str()) {
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
        | ("apps.openshift.io", "DeploymentConfig")
        | ("serving.knative.dev", "Service" | "Configuration")
        | ("apps.kruise.io", "CloneSet" | "StatefulSet" | "DaemonSet" | "BroadcastJob") => {
            (WorkloadKind::Custom, TEMPLATE)
        }
        // Before OpenShift 3.9 it had no group.
        ("", "DeploymentConfig") => (WorkloadKind::Custom, TEMPLATE),
        ("apps.kruise.io", "AdvancedCronJob") => {
            (WorkloadKind::Custom, advanced_cron_job(&object.root))
        }
        _ => return None,
    })
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
            let workload = Workload::from_object(&object).unwrap();
            assert_eq!(workload.kind, WorkloadKind::Custom, "{kind}");
            assert_eq!(workload.pod.site.path, path, "{kind}");
            assert_eq!(workload.pod.containers.len(), 1, "{kind}");
        }
    }

    fn paths(head: &str, spec: &str) -> Vec<String> {
        let text = format!("{head}\nmetadata: {{name: a}}\nspec: {spec}\n");
        let source = SourceText::new("case.yaml", text);
        let root = parse(&source).documents.remove(0).root;
        let object = Object::new(root, Place::live(), "n").unwrap();
        Workload::all_of(&object)
            .into_iter()
            .map(|workload| workload.pod.site.path)
            .collect()
    }

    #[test]
    fn templates_of_any_custom_resource_are_found() {
        const THING: &str = "apiVersion: example.org/v1\nkind: Thing";
        const SPEC: &str = "{spec: {containers: [{name: c, image: i}]}}";
        for (spec, expected) in [
            (format!("{{template: {SPEC}}}"), &["spec.template.spec"][..]),
            (
                format!("{{podTemplate: {SPEC}}}"),
                &["spec.podTemplate.spec"],
            ),
            (
                format!("{{jobTemplate: {{spec: {{template: {SPEC}}}}}}}"),
                &["spec.jobTemplate.spec.template.spec"],
            ),
            (
                format!("{{head: {{template: {SPEC}}}, workers: [{{template: {SPEC}}}]}}"),
                &["spec.head.template.spec", "spec.workers[0].template.spec"],
            ),
            (
                format!("{{replicas: {{'a.b': {{template: {SPEC}}}}}}}"),
                &["spec.replicas['a.b'].template.spec"],
            ),
            // Laid over what a controller makes, or no template at all.
            (
                "{podTemplate: {spec: {containers: [{name: c}]}}}".to_owned(),
                &[],
            ),
            ("{containers: [{name: c, image: i}]}".to_owned(), &[]),
            ("{template: {spec: {containers: []}}}".to_owned(), &[]),
        ] {
            assert_eq!(paths(THING, &spec), expected, "{spec}");
        }
        let template = format!("{{template: {SPEC}}}");
        for other in [
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy",
            "apiVersion: networking.k8s.io/v1\nkind: Ingress",
            "apiVersion: v1\nkind: ConfigMap",
        ] {
            assert_eq!(paths(other, &template), [""; 0], "{other}");
        }
        let openshift = "apiVersion: apps.openshift.io/v1\nkind: DeploymentConfig";
        assert_eq!(paths(openshift, &template), ["spec.template.spec"]);
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
        assert!(Workload::from_object(&object).is_none());
    }
}
