//! Which places kustomize changes: its defaults, and what `configurations` add
//! (`api/internal/konfig/builtinpluginconsts`).

use std::sync::{Arc, LazyLock};

use super::Failure;
use super::fieldspec::{self, FieldSpec};
use super::resource::Gvk;
use super::tree::Tree;

/// The places of all transformers.
#[derive(Clone, Default)]
pub(super) struct Config {
    pub name_prefix: Vec<FieldSpec>,
    pub name_suffix: Vec<FieldSpec>,
    pub namespace: Vec<FieldSpec>,
    pub common_labels: Vec<FieldSpec>,
    pub labels: Vec<FieldSpec>,
    pub template_labels: Vec<FieldSpec>,
    pub common_annotations: Vec<FieldSpec>,
    pub name_reference: Vec<Reference>,
    pub var_reference: Vec<FieldSpec>,
    pub images: Vec<FieldSpec>,
    pub replicas: Vec<FieldSpec>,
}

/// Places that hold names of objects of a kind.
#[derive(Clone)]
pub(super) struct Reference {
    pub target: Gvk,
    pub places: Vec<FieldSpec>,
}

static DEFAULT: LazyLock<Arc<Config>> = LazyLock::new(|| Arc::new(defaults()));

/// What kustomize knows by itself.
pub(super) fn default() -> Arc<Config> {
    Arc::clone(&DEFAULT)
}

/// Where a kind has its pod's specification.
const TEMPLATES: [(&str, &str); 9] = [
    ("Pod", ""),
    ("PodTemplate", "template/"),
    ("Deployment", "spec/template/"),
    ("ReplicaSet", "spec/template/"),
    ("ReplicationController", "spec/template/"),
    ("DaemonSet", "spec/template/"),
    ("StatefulSet", "spec/template/"),
    ("Job", "spec/template/"),
    ("CronJob", "spec/jobTemplate/spec/template/"),
];

/// A path below the pods' specification, of these kinds.
fn in_pods<'a>(kinds: &'a [&str], path: &'a str) -> impl Iterator<Item = FieldSpec> + 'a {
    let of_kind = |(kind, _): &&(&str, &str)| kinds.contains(kind);
    TEMPLATES
        .iter()
        .filter(of_kind)
        .map(move |(kind, template)| {
            FieldSpec::new("", kind, &format!("{template}spec/{path}"), false)
        })
}

fn specs(list: &[(&str, &str, &str, bool)]) -> Vec<FieldSpec> {
    list.iter()
        .map(|(group, kind, path, create)| FieldSpec::new(group, kind, path, *create))
        .collect()
}

fn defaults() -> Config {
    let name = specs(&[("", "", "metadata/name", false)]);
    let metadata_labels = metadata_labels();
    let mut common_labels = selectors();
    common_labels.extend(metadata_labels.iter().cloned());
    let mut config = Config {
        name_prefix: name.clone(),
        name_suffix: name,
        namespace: specs(&[
            ("", "Namespace", "metadata/name", true),
            (
                "apiregistration.k8s.io/",
                "APIService",
                "spec/service/namespace",
                true,
            ),
            (
                "apiextensions.k8s.io/",
                "CustomResourceDefinition",
                "spec/conversion/webhook/clientConfig/service/namespace",
                false,
            ),
        ]),
        common_labels,
        labels: Vec::new(),
        template_labels: metadata_labels,
        common_annotations: specs(&[
            ("", "", "metadata/annotations", true),
            (
                "v1",
                "ReplicationController",
                "spec/template/metadata/annotations",
                true,
            ),
            ("", "Deployment", "spec/template/metadata/annotations", true),
            ("", "ReplicaSet", "spec/template/metadata/annotations", true),
            ("", "DaemonSet", "spec/template/metadata/annotations", true),
            (
                "",
                "StatefulSet",
                "spec/template/metadata/annotations",
                true,
            ),
            ("batch/", "Job", "spec/template/metadata/annotations", true),
            (
                "batch/",
                "CronJob",
                "spec/jobTemplate/metadata/annotations",
                true,
            ),
            (
                "batch/",
                "CronJob",
                "spec/jobTemplate/spec/template/metadata/annotations",
                true,
            ),
        ]),
        name_reference: references(),
        var_reference: variables(),
        images: ["", "template/"]
            .iter()
            .flat_map(|template| {
                let spec = if template.is_empty() {
                    "spec/"
                } else {
                    "spec/template/spec/"
                };
                [
                    "containers[]/image",
                    "initContainers[]/image",
                    "volumes[]/image/reference",
                ]
                .map(|path| FieldSpec::new("", "", &format!("{spec}{path}"), true))
            })
            .collect(),
        replicas: specs(&[
            ("", "Deployment", "spec/replicas", true),
            ("", "ReplicationController", "spec/replicas", true),
            ("", "ReplicaSet", "spec/replicas", true),
            ("", "StatefulSet", "spec/replicas", true),
        ]),
    };
    config.sort();
    config
}

fn metadata_labels() -> Vec<FieldSpec> {
    specs(&[
        ("", "", "metadata/labels", true),
        (
            "v1",
            "ReplicationController",
            "spec/template/metadata/labels",
            true,
        ),
        ("", "Deployment", "spec/template/metadata/labels", true),
        ("", "ReplicaSet", "spec/template/metadata/labels", true),
        ("", "DaemonSet", "spec/template/metadata/labels", true),
        (
            "apps/",
            "StatefulSet",
            "spec/template/metadata/labels",
            true,
        ),
        (
            "apps/",
            "StatefulSet",
            "spec/volumeClaimTemplates[]/metadata/labels",
            true,
        ),
        ("batch/", "Job", "spec/template/metadata/labels", true),
        (
            "batch/",
            "CronJob",
            "spec/jobTemplate/metadata/labels",
            true,
        ),
        (
            "batch/",
            "CronJob",
            "spec/jobTemplate/spec/template/metadata/labels",
            true,
        ),
    ])
}

fn selectors() -> Vec<FieldSpec> {
    let mut found = specs(&[
        ("v1", "Service", "spec/selector", true),
        ("v1", "ReplicationController", "spec/selector", true),
        ("", "Deployment", "spec/selector/matchLabels", true),
        ("", "ReplicaSet", "spec/selector/matchLabels", true),
        ("", "DaemonSet", "spec/selector/matchLabels", true),
        ("apps/", "StatefulSet", "spec/selector/matchLabels", true),
        ("batch/", "Job", "spec/selector/matchLabels", false),
        (
            "batch/",
            "CronJob",
            "spec/jobTemplate/spec/selector/matchLabels",
            false,
        ),
        (
            "policy/",
            "PodDisruptionBudget",
            "spec/selector/matchLabels",
            false,
        ),
        (
            "networking.k8s.io/",
            "NetworkPolicy",
            "spec/podSelector/matchLabels",
            false,
        ),
        (
            "networking.k8s.io/",
            "NetworkPolicy",
            "spec/ingress/from/podSelector/matchLabels",
            false,
        ),
        (
            "networking.k8s.io/",
            "NetworkPolicy",
            "spec/egress/to/podSelector/matchLabels",
            false,
        ),
    ]);
    for kind in ["Deployment", "StatefulSet"] {
        for path in [
            "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
            "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
            "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
            "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
            "topologySpreadConstraints/labelSelector/matchLabels",
        ] {
            let path = format!("spec/template/spec/{path}");
            found.push(FieldSpec::new("apps/", kind, &path, false));
        }
    }
    found
}

/// Kinds whose pods take ConfigMaps and Secrets by name.
const CONSUMERS: [&str; 8] = [
    "Pod",
    "PodTemplate",
    "Deployment",
    "ReplicaSet",
    "DaemonSet",
    "StatefulSet",
    "Job",
    "CronJob",
];
/// Kinds whose pods name claims, accounts and priorities.
const CLAIMANTS: [&str; 7] = [
    "Pod",
    "StatefulSet",
    "Deployment",
    "ReplicationController",
    "CronJob",
    "Job",
    "DaemonSet",
];

fn references() -> Vec<Reference> {
    let to = |api_version: &str, kind: &str, places: Vec<FieldSpec>| Reference {
        target: FieldSpec::new(api_version, kind, "", false).gvk,
        places,
    };
    let mut all: Vec<Reference> = [
        "Deployment",
        "ReplicationController",
        "ReplicaSet",
        "StatefulSet",
    ]
    .into_iter()
    .map(|kind| {
        let scaler = (
            "",
            "HorizontalPodAutoscaler",
            "spec/scaleTargetRef/name",
            false,
        );
        to("", kind, specs(&[scaler]))
    })
    .collect();
    let rbac = "rbac.authorization.k8s.io/";
    all.push(to("v1", "ConfigMap", config_map_places()));
    all.push(to("v1", "Secret", secret_places()));
    let admission = "admissionregistration.k8s.io/";
    all.push(to(
        "v1",
        "Service",
        specs(&[
            ("apps/", "StatefulSet", "spec/serviceName", false),
            (
                "",
                "Ingress",
                "spec/rules/http/paths/backend/serviceName",
                false,
            ),
            ("", "Ingress", "spec/backend/serviceName", false),
            (
                "",
                "Ingress",
                "spec/rules/http/paths/backend/service/name",
                false,
            ),
            ("", "Ingress", "spec/defaultBackend/service/name", false),
            (
                "apiregistration.k8s.io/",
                "APIService",
                "spec/service/name",
                false,
            ),
            (
                admission,
                "ValidatingWebhookConfiguration",
                "webhooks/clientConfig/service",
                false,
            ),
            (
                admission,
                "MutatingWebhookConfiguration",
                "webhooks/clientConfig/service",
                false,
            ),
        ]),
    ));
    all.push(to(
        rbac,
        "Role",
        specs(&[(rbac, "RoleBinding", "roleRef/name", false)]),
    ));
    all.push(to(
        rbac,
        "ClusterRole",
        specs(&[
            (rbac, "RoleBinding", "roleRef/name", false),
            (rbac, "ClusterRoleBinding", "roleRef/name", false),
        ]),
    ));
    let mut accounts = specs(&[
        (rbac, "RoleBinding", "subjects", false),
        (rbac, "ClusterRoleBinding", "subjects", false),
    ]);
    accounts.extend(in_pods(&CLAIMANTS, "serviceAccountName"));
    all.push(to("v1", "ServiceAccount", accounts));
    let claims = in_pods(&CLAIMANTS, "volumes/persistentVolumeClaim/claimName").collect();
    all.push(to("v1", "PersistentVolumeClaim", claims));
    all.push(to(
        "v1",
        "PersistentVolume",
        specs(&[
            ("", "PersistentVolumeClaim", "spec/volumeName", false),
            ("", "ClusterRole", "rules/resourceNames", false),
        ]),
    ));
    all.push(to(
        "storage.k8s.io/v1",
        "StorageClass",
        specs(&[
            ("", "PersistentVolume", "spec/storageClassName", false),
            ("", "PersistentVolumeClaim", "spec/storageClassName", false),
            (
                "",
                "StatefulSet",
                "spec/volumeClaimTemplates/spec/storageClassName",
                false,
            ),
        ]),
    ));
    let priorities = in_pods(&CLAIMANTS, "priorityClassName").collect();
    all.push(to("scheduling.k8s.io/v1", "PriorityClass", priorities));
    // For IngressClass kustomize gives a group that no object has.
    all.push(to(
        admission,
        "ValidatingAdmissionPolicy",
        specs(&[(
            admission,
            "ValidatingAdmissionPolicyBinding",
            "spec/policyName",
            false,
        )]),
    ));
    all
}

fn config_map_places() -> Vec<FieldSpec> {
    let mut places = Vec::new();
    for path in [
        "volumes/configMap/name",
        "containers/env/valueFrom/configMapKeyRef/name",
        "initContainers/env/valueFrom/configMapKeyRef/name",
        "containers/envFrom/configMapRef/name",
        "initContainers/envFrom/configMapRef/name",
        "volumes/projected/sources/configMap/name",
    ] {
        places.extend(in_pods(&CONSUMERS, path));
    }
    places.extend(specs(&[
        ("", "Node", "spec/configSource/configMap", false),
        ("", "Role", "rules/resourceNames", false),
        ("", "ClusterRole", "rules/resourceNames", false),
        (
            "",
            "Ingress",
            "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap",
            false,
        ),
    ]));
    places
}

fn secret_places() -> Vec<FieldSpec> {
    let mut places = Vec::new();
    for path in [
        "volumes/secret/secretName",
        "containers/env/valueFrom/secretKeyRef/name",
        "initContainers/env/valueFrom/secretKeyRef/name",
        "containers/envFrom/secretRef/name",
        "initContainers/envFrom/secretRef/name",
        "imagePullSecrets/name",
        "volumes/projected/sources/secret/name",
    ] {
        places.extend(in_pods(&CONSUMERS, path));
    }
    places.extend(specs(&[
        ("", "Ingress", "spec/tls/secretName", false),
        (
            "",
            "Ingress",
            "metadata/annotations/ingress.kubernetes.io\\/auth-secret",
            false,
        ),
        (
            "",
            "Ingress",
            "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret",
            false,
        ),
        (
            "",
            "Ingress",
            "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret",
            false,
        ),
        ("", "ServiceAccount", "imagePullSecrets/name", false),
        ("", "StorageClass", "parameters/secretName", false),
        ("", "StorageClass", "parameters/adminSecretName", false),
        ("", "StorageClass", "parameters/userSecretName", false),
        ("", "StorageClass", "parameters/secretRef", false),
        ("", "Role", "rules/resourceNames", false),
        ("", "ClusterRole", "rules/resourceNames", false),
        (
            "serving.knative.dev/v1",
            "Service",
            "spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
            false,
        ),
        ("", "PersistentVolume", "spec/azureFile/secretName", false),
    ]));
    places
}

fn variables() -> Vec<FieldSpec> {
    const KINDS: [&str; 7] = [
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "ReplicaSet",
        "StatefulSet",
    ];
    let mut places = Vec::new();
    for containers in ["containers", "initContainers"] {
        for path in ["args", "command", "env/value", "volumeMounts/mountPath"] {
            places.extend(in_pods(&KINDS, &format!("{containers}/{path}")));
        }
    }
    places.extend(in_pods(
        &["DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet"],
        "volumes/nfs/server",
    ));
    places.extend(specs(&[
        (
            "",
            "CronJob",
            "spec/jobTemplate/spec/template/volumes/nfs/server",
            false,
        ),
        (
            "",
            "Deployment",
            "spec/template/metadata/annotations",
            false,
        ),
        ("", "Ingress", "spec/rules/host", false),
        ("", "Ingress", "spec/tls/hosts", false),
        ("", "Ingress", "spec/tls/secretName", false),
        ("", "Service", "spec/ports/port", false),
        ("", "Service", "spec/ports/targetPort", false),
        (
            "",
            "StatefulSet",
            "spec/volumeClaimTemplates/spec/nfs/server",
            false,
        ),
        ("", "PersistentVolume", "spec/nfs/server", false),
        ("", "", "metadata/labels", false),
        ("", "", "metadata/annotations", false),
    ]));
    places
}

impl Config {
    /// Reads a file that `configurations` names.
    ///
    /// # Errors
    /// A field that is not known, or of another form.
    pub fn read(tree: &Tree) -> Result<Self, Failure> {
        let mut config = Self::default();
        for field in super::fields::configuration(tree)?.fields() {
            let value = &field.value;
            let list = match &*field.key.text {
                "namePrefix" => &mut config.name_prefix,
                "nameSuffix" => &mut config.name_suffix,
                "namespace" => &mut config.namespace,
                "commonLabels" => &mut config.common_labels,
                "labels" => &mut config.labels,
                "templateLabels" => &mut config.template_labels,
                "commonAnnotations" => &mut config.common_annotations,
                "varReference" => &mut config.var_reference,
                "images" => &mut config.images,
                "replicas" => &mut config.replicas,
                "nameReference" => {
                    for item in value.items() {
                        config.name_reference.push(Reference {
                            target: gvk_of(item),
                            places: field_specs(item.get("fieldSpecs"))?,
                        });
                    }
                    continue;
                }
                _ => continue,
            };
            *list = field_specs(Some(value))?;
        }
        config.sort();
        Ok(config)
    }

    /// Both.
    ///
    /// # Errors
    /// Where they contradict each other.
    pub fn merged(&self, other: &Self) -> Result<Self, Failure> {
        let mut both = self.clone();
        for (own, more) in [
            (&mut both.name_prefix, &other.name_prefix),
            (&mut both.name_suffix, &other.name_suffix),
            (&mut both.namespace, &other.namespace),
            (&mut both.common_labels, &other.common_labels),
            (&mut both.labels, &other.labels),
            (&mut both.template_labels, &other.template_labels),
            (&mut both.common_annotations, &other.common_annotations),
            (&mut both.var_reference, &other.var_reference),
            (&mut both.images, &other.images),
            (&mut both.replicas, &other.replicas),
        ] {
            for spec in more {
                fieldspec::add(own, spec)?;
            }
        }
        for reference in &other.name_reference {
            let same = |known: &&mut Reference| known.target == reference.target;
            match both.name_reference.iter_mut().find(same) {
                Some(known) => {
                    for place in &reference.places {
                        fieldspec::add(&mut known.places, place)?;
                    }
                }
                None => both.name_reference.push(reference.clone()),
            }
        }
        both.sort();
        Ok(both)
    }

    /// The order in which references are looked up.
    fn sort(&mut self) {
        self.name_reference
            .sort_by_key(|reference| order(&reference.target));
    }
}

/// Kinds in the order of `kyaml/resid/gvk.go`, `IsLessThan`.
const FIRST: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

fn order(gvk: &Gvk) -> (usize, String) {
    let rank = match gvk.kind.as_str() {
        "MutatingWebhookConfiguration" => FIRST.len() + 1,
        "ValidatingWebhookConfiguration" => FIRST.len() + 2,
        kind => FIRST
            .iter()
            .position(|known| *known == kind)
            .unwrap_or(FIRST.len()),
    };
    let or = |text: &str, missing: &str| match text {
        "" => missing.to_owned(),
        text => text.to_owned(),
    };
    let (group, version) = (or(&gvk.group, "~G"), or(&gvk.version, "~V"));
    (rank, format!("{group}_{version}_{}", or(&gvk.kind, "~K")))
}

fn gvk_of(tree: &Tree) -> Gvk {
    let text = |key| tree.value_of(key).to_owned();
    Gvk {
        group: text("group"),
        version: text("version"),
        kind: text("kind"),
    }
}

/// The field specs of a list.
///
/// # Errors
/// What is no list of mappings.
pub(super) fn field_specs(tree: Option<&Tree>) -> Result<Vec<FieldSpec>, Failure> {
    let Some(tree) = tree.filter(|tree| !tree.is_null()) else {
        return Ok(Vec::new());
    };
    if !tree.is_sequence() || tree.items().iter().any(|item| !item.is_mapping()) {
        return Err(Failure::refused("field specs are not a list of mappings"));
    }
    let spec = |item: &Tree| FieldSpec {
        gvk: gvk_of(item),
        path: item.value_of("path").to_owned(),
        create: item.value_of("create") == "true",
    };
    Ok(tree.items().iter().map(spec).collect())
}
