//! What is asked of a cluster, and the role that allows it.

/// A kind of object that can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Versions, the preferred one first.
    pub versions: &'static [&'static str],
    pub plural: &'static str,
    /// Kind of its items.
    pub kind: &'static str,
    /// Whether it lives in namespaces.
    pub scope: ResourceScope,
    /// How much of each object is asked for.
    pub form: Form,
    /// Field selector, empty for none.
    pub fields: &'static str,
}

/// Whether objects live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceScope {
    Namespaced,
    Cluster,
}

/// How much of an object is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Whole,
    Metadata,
}

const fn core(plural: &'static str, kind: &'static str) -> Resource {
    Resource {
        group: "",
        versions: &["v1"],
        plural,
        kind,
        scope: ResourceScope::Namespaced,
        form: Form::Whole,
        fields: "",
    }
}

const fn grouped(
    group: &'static str,
    versions: &'static [&'static str],
    plural: &'static str,
    kind: &'static str,
) -> Resource {
    Resource {
        group,
        versions,
        ..core(plural, kind)
    }
}

const fn cluster_wide(resource: Resource) -> Resource {
    Resource {
        scope: ResourceScope::Cluster,
        ..resource
    }
}

pub const PODS: Resource = core("pods", "Pod");
pub const REPLICA_SETS: Resource = grouped("apps", &["v1"], "replicasets", "ReplicaSet");
/// What kubelet and others complain of about pods.
pub const EVENTS: Resource = Resource {
    fields: "type=Warning,involvedObject.kind=Pod",
    ..core("events", "Event")
};
pub const DEPLOYMENTS: Resource = grouped("apps", &["v1"], "deployments", "Deployment");
pub const STATEFUL_SETS: Resource = grouped("apps", &["v1"], "statefulsets", "StatefulSet");
pub const DAEMON_SETS: Resource = grouped("apps", &["v1"], "daemonsets", "DaemonSet");
/// Those of Argo Rollouts.
pub const ROLLOUTS: Resource = grouped("argoproj.io", &["v1alpha1"], "rollouts", "Rollout");
/// What evictions wait for.
pub const DISRUPTION_BUDGETS: Resource = grouped(
    "policy",
    &["v1"],
    "poddisruptionbudgets",
    "PodDisruptionBudget",
);
/// What new pods have to fit.
pub const QUOTAS: Resource = core("resourcequotas", "ResourceQuota");
pub const CRON_JOBS: Resource = grouped("batch", &["v1"], "cronjobs", "CronJob");
pub const REPLICATION_CONTROLLERS: Resource =
    core("replicationcontrollers", "ReplicationController");

/// Nodes, for the versions of their kubelets. They are asked for where values
/// are looked at, or files are to have an owner.
pub const NODES: Resource = cluster_wide(core("nodes", "Node"));

const RBAC: &str = "rbac.authorization.k8s.io";

/// Field selector for Secrets that are no releases of Helm, which are the largest
/// ones of most clusters, and used by no pod.
pub const NO_HELM_RELEASES: &str = "type!=helm.sh/release.v1";

/// Everything that is listed besides Secrets, in the order it is asked for.
pub const RESOURCES: &[Resource] = &[
    PODS,
    DEPLOYMENTS,
    REPLICA_SETS,
    STATEFUL_SETS,
    DAEMON_SETS,
    CRON_JOBS,
    grouped("batch", &["v1"], "jobs", "Job"),
    REPLICATION_CONTROLLERS,
    EVENTS,
    core("serviceaccounts", "ServiceAccount"),
    grouped("networking.k8s.io", &["v1"], "ingresses", "Ingress"),
    Resource {
        form: Form::Metadata,
        ..core("configmaps", "ConfigMap")
    },
    cluster_wide(core("namespaces", "Namespace")),
    grouped(RBAC, &["v1"], "roles", "Role"),
    grouped(RBAC, &["v1"], "rolebindings", "RoleBinding"),
    cluster_wide(grouped(RBAC, &["v1"], "clusterroles", "ClusterRole")),
    cluster_wide(grouped(
        RBAC,
        &["v1"],
        "clusterrolebindings",
        "ClusterRoleBinding",
    )),
    cluster_wide(core("persistentvolumes", "PersistentVolume")),
    cluster_wide(grouped(
        "storage.k8s.io",
        &["v1"],
        "storageclasses",
        "StorageClass",
    )),
    grouped(
        "gateway.networking.k8s.io",
        &["v1", "v1beta1"],
        "gateways",
        "Gateway",
    ),
    grouped(
        "gateway.networking.k8s.io",
        &["v1", "v1beta1"],
        "referencegrants",
        "ReferenceGrant",
    ),
    grouped(
        "bitnami.com",
        &["v1alpha1"],
        "sealedsecrets",
        "SealedSecret",
    ),
    grouped(
        "external-secrets.io",
        &["v1", "v1beta1"],
        "externalsecrets",
        "ExternalSecret",
    ),
    grouped(
        "external-secrets.io",
        &["v1", "v1beta1"],
        "secretstores",
        "SecretStore",
    ),
    cluster_wide(grouped(
        "external-secrets.io",
        &["v1", "v1beta1"],
        "clustersecretstores",
        "ClusterSecretStore",
    )),
    grouped(
        "secrets-store.csi.x-k8s.io",
        &["v1", "v1alpha1"],
        "secretproviderclasses",
        "SecretProviderClass",
    ),
    grouped("cert-manager.io", &["v1"], "certificates", "Certificate"),
    grouped("cert-manager.io", &["v1"], "issuers", "Issuer"),
    cluster_wide(grouped(
        "cert-manager.io",
        &["v1"],
        "clusterissuers",
        "ClusterIssuer",
    )),
    grouped(
        "secrets.hashicorp.com",
        &["v1beta1"],
        "vaultstaticsecrets",
        "VaultStaticSecret",
    ),
    grouped(
        "secrets.hashicorp.com",
        &["v1beta1"],
        "vaultdynamicsecrets",
        "VaultDynamicSecret",
    ),
    ROLLOUTS,
    grouped("serving.knative.dev", &["v1"], "services", "Service"),
    grouped("apps.kruise.io", &["v1alpha1"], "clonesets", "CloneSet"),
    grouped(
        "apps.kruise.io",
        &["v1beta1", "v1alpha1"],
        "statefulsets",
        "StatefulSet",
    ),
    grouped("apps.kruise.io", &["v1alpha1"], "daemonsets", "DaemonSet"),
    grouped(
        "apps.kruise.io",
        &["v1alpha1"],
        "broadcastjobs",
        "BroadcastJob",
    ),
    grouped(
        "apps.kruise.io",
        &["v1alpha1"],
        "advancedcronjobs",
        "AdvancedCronJob",
    ),
];

/// Whether such objects can name a Secret, or make pods or Secrets.
pub fn may_name_secrets(resource: &Resource) -> bool {
    resource.group != RBAC
        && resource.form == Form::Whole
        && !matches!(resource.kind, "Event" | "Namespace" | "ReferenceGrant")
}

/// How much of a cluster a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleScope<'a> {
    Namespace(&'a str),
    Cluster,
}

/// The name of that role.
pub const ROLE: &str = "secretsafe-doctor";

/// The smallest role that lets `doctor` see everything, as YAML. RBAC cannot
/// express that only metadata of Secrets is read.
pub fn role(scope: RoleScope<'_>) -> String {
    lists(scope, ROLE)
}

/// The workloads that are changed, by their group.
const CHANGED: [(&str, &str); 3] = [
    ("apps", "daemonsets, deployments, replicasets, statefulsets"),
    ("batch", "cronjobs"),
    ("", "replicationcontrollers"),
];

/// The role that is enough for all of `migrate`: what it looks at, and the workloads that
/// it changes.
pub fn migration_role(namespace: &str) -> String {
    use std::fmt::Write as _;

    let mut text = lists(RoleScope::Namespace(namespace), "secretsafe-migrate");
    for (group, plurals) in CHANGED {
        let _ = write!(
            text,
            "- apiGroups: [\"{group}\"]\n  resources: [{plurals}]\n  verbs: [get, patch]\n"
        );
    }
    text
}

/// A role that may list everything.
fn lists(scope: RoleScope<'_>, name: &str) -> String {
    use std::fmt::Write as _;

    let mut text = String::from("apiVersion: rbac.authorization.k8s.io/v1\n");
    let wanted = |resource: &&Resource| match scope {
        RoleScope::Cluster => true,
        RoleScope::Namespace(_) => resource.scope == ResourceScope::Namespaced,
    };
    match scope {
        RoleScope::Cluster => {
            let _ = write!(
                text,
                "kind: ClusterRole\nmetadata:\n  name: {name}\nrules:\n"
            );
        }
        RoleScope::Namespace(namespace) => {
            let namespace = serde_json::Value::from(namespace);
            let _ = write!(
                text,
                "kind: Role\nmetadata:\n  name: {name}\n  namespace: {namespace}\nrules:\n"
            );
        }
    }
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    let secrets = core("secrets", "Secret");
    for resource in RESOURCES.iter().chain([&secrets, &NODES]).filter(wanted) {
        match groups
            .iter_mut()
            .find(|(group, _)| *group == resource.group)
        {
            Some((_, plurals)) => plurals.push(resource.plural),
            None => groups.push((resource.group, vec![resource.plural])),
        }
    }
    for (group, mut plurals) in groups {
        plurals.sort_unstable();
        let _ = write!(
            text,
            "- apiGroups: [\"{group}\"]\n  resources: [{}]\n  verbs: [list]\n",
            plurals.join(", ")
        );
    }
    text
}
