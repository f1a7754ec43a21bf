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
    /// Label selector, empty for none.
    pub labels: &'static str,
    /// The resource of its group without which nobody asks for it: a server that does not have
    /// that one does not have this one, and gets one request less.
    pub beside: Option<&'static str>,
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
        labels: "",
        beside: None,
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
/// Earlier templates of StatefulSets and DaemonSets.
pub const CONTROLLER_REVISIONS: Resource =
    grouped("apps", &["v1"], "controllerrevisions", "ControllerRevision");
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
pub const JOBS: Resource = grouped("batch", &["v1"], "jobs", "Job");
pub const CRON_JOBS: Resource = grouped("batch", &["v1"], "cronjobs", "CronJob");
pub const REPLICATION_CONTROLLERS: Resource =
    core("replicationcontrollers", "ReplicationController");

const ESO: &str = "external-secrets.io";

/// What the External Secrets Operator makes Secrets of.
pub const EXTERNAL_SECRETS: Resource =
    grouped(ESO, &["v1", "v1beta1"], "externalsecrets", "ExternalSecret");
pub const SECRET_STORES: Resource = grouped(ESO, &["v1", "v1beta1"], "secretstores", "SecretStore");
pub const CLUSTER_SECRET_STORES: Resource = cluster_wide(grouped(
    ESO,
    &["v1", "v1beta1"],
    "clustersecretstores",
    "ClusterSecretStore",
));
/// What makes ExternalSecrets in several namespaces.
pub const CLUSTER_EXTERNAL_SECRETS: Resource = cluster_wide(grouped(
    ESO,
    &["v1"],
    "clusterexternalsecrets",
    "ClusterExternalSecret",
));
/// Why ExternalSecrets did not sync.
pub const SYNC_EVENTS: Resource = Resource {
    fields: "type=Warning,involvedObject.kind=ExternalSecret",
    ..core("events", "Event")
};

/// Nodes, for the versions of their kubelets. They are asked for where values
/// are looked at, or files are to have an owner.
pub const NODES: Resource = cluster_wide(core("nodes", "Node"));

const RBAC: &str = "rbac.authorization.k8s.io";

/// SealedSecrets; their controller writes a Secret of the same name for each.
pub const SEALED_SECRETS: Resource = grouped(
    "bitnami.com",
    &["v1alpha1"],
    "sealedsecrets",
    "SealedSecret",
);
pub const SERVICES: Resource = core("services", "Service");
/// Services of controllers of SealedSecrets: as the Helm chart labels them, and as the
/// plain manifest does (bitnami/sealed-secrets `helm/sealed-secrets/templates/_helpers.tpl`,
/// `vendor_jsonnet/kube-libsonnet`).
pub const SEALED_SECRETS_SERVICES: [Resource; 2] = [
    Resource {
        labels: "app.kubernetes.io/name=sealed-secrets",
        ..SERVICES
    },
    Resource {
        labels: "name=sealed-secrets-controller",
        ..SERVICES
    },
];

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
    JOBS,
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
    SEALED_SECRETS,
    EXTERNAL_SECRETS,
    SECRET_STORES,
    CLUSTER_SECRET_STORES,
    Resource {
        beside: Some("externalsecrets"),
        ..grouped(
            "external-secrets.io",
            &["v1alpha1"],
            "pushsecrets",
            "PushSecret",
        )
    },
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

/// Whether such objects make pods, or are some; and namespaces, whose labels decide which.
pub fn makes_pods(resource: &Resource) -> bool {
    matches!(
        (resource.group, resource.kind),
        ("", "Pod" | "ReplicationController" | "Namespace")
            | (
                "apps",
                "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet"
            )
            | ("batch", "Job" | "CronJob")
    )
}

/// Whether `audit` lists such objects: what may name or make a Secret, and who can read
/// one.
pub fn is_audited(resource: &Resource) -> bool {
    (may_name_secrets(resource) || resource.group == RBAC) && *resource != NODES
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
    lists(scope, ROLE, &|_| true)
}

/// The name of the roles for `audit`.
pub const AUDIT_ROLE: &str = "secretsafe-audit";

/// The name of the ClusterRole for `audit` of one namespace.
pub const AUDIT_CLUSTER_ROLE: &str = "secretsafe-audit-cluster";

/// The smallest roles that let `audit` see everything. For one namespace there are two:
/// who can read its Secrets is decided by roles of the whole cluster too.
pub fn audit_roles(scope: RoleScope<'_>) -> String {
    let namespaced = lists(scope, AUDIT_ROLE, &is_audited);
    match scope {
        RoleScope::Cluster => namespaced,
        RoleScope::Namespace(_) => {
            let outside = |resource: &Resource| {
                is_audited(resource) && resource.scope == ResourceScope::Cluster
            };
            format!(
                "{namespaced}---\n{}",
                lists(RoleScope::Cluster, AUDIT_CLUSTER_ROLE, &outside)
            )
        }
    }
}

/// A rule: the group, the resources and the verbs.
type Allowed = (&'static str, &'static str, &'static str);

/// The workloads that `migrate` changes, and `rotate` where a Secret gets a successor.
const CHANGED: [Allowed; 3] = [
    (
        "apps",
        "daemonsets, deployments, replicasets, statefulsets",
        "get, patch",
    ),
    ("batch", "cronjobs", "get, patch"),
    ("", "replicationcontrollers", "get, patch"),
];

/// The workloads that are restarted, or whose pods are evicted, and what tells how far
/// that is: who may not watch it lists it again and again.
const RESTARTED: [Allowed; 5] = [
    (
        "apps",
        "daemonsets, deployments, statefulsets",
        "get, watch, patch",
    ),
    ("apps", "replicasets", "get, watch"),
    ("", "replicationcontrollers", "get, watch"),
    ("", "events, pods", "watch"),
    ("argoproj.io", "rollouts", "get, watch, patch"),
];

/// How a pod is replaced that no controller replaces, if only on the way back.
const EVICTION: Allowed = ("", "pods/eviction", "create");

/// What `rotate` changes besides: any workload may name a Secret whose place another one
/// takes. What is watched would be listed again and again otherwise.
const WATCHED: [Allowed; 4] = [
    ("argoproj.io", "rollouts", "get, watch, patch"),
    ("", "events, pods", "watch"),
    ("", "replicationcontrollers", "watch"),
    (
        "apps",
        "daemonsets, deployments, replicasets, statefulsets",
        "watch",
    ),
];

/// What `rotate` does besides restarting: with the Secrets and the Secret of the run, and
/// to say why pods are not well, or what keeps them from being replaced.
const ROTATED: [Allowed; 7] = [
    ("", "secrets", "get, create, patch, delete"),
    ("", "pods/log", "get"),
    ("", "resourcequotas", "list"),
    // Pods and Jobs that try a value, or tell it the other side.
    ("", "pods", "get, create, delete"),
    ("batch", "jobs", "get, create, delete"),
    // What still names an immutable Secret whose place another one took.
    ("apps", "controllerrevisions", "list"),
    ("policy", "poddisruptionbudgets", "list"),
];

/// What `sync` does besides restarting: it asks for a sync by an annotation, and looks at
/// what comes of it.
const SYNCED: [Allowed; 3] = [
    (ESO, "externalsecrets", "get, list, patch"),
    (ESO, "secretstores", "list"),
    ("", "secrets", "get"),
];

/// What tells `sync` why something did not sync.
const SYNC_EXPLAINED: Allowed = ("", "events", "list");

/// What `sync` does in the whole cluster, where a ClusterRole is printed.
const SYNCED_EVERYWHERE: [Allowed; 2] = [
    (ESO, "clustersecretstores", "list"),
    (ESO, "clusterexternalsecrets", "get, patch"),
];

/// What `external --adopt` does: with the ExternalSecret and one that it makes to try the
/// store, and to take the operator's label from the Secret again.
const ADOPTED: [Allowed; 3] = [
    (ESO, "externalsecrets", "get, list, create, patch, delete"),
    (ESO, "secretstores", "get"),
    ("", "secrets", "get, patch, delete"),
];

/// A command that changes something in a cluster, and has a role that is enough for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Migrate,
    Rotate(Exec),
    Restart,
    Sync(Restarts),
    External,
}

/// Whether consumers are restarted after a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarts {
    No,
    Yes,
}

/// Whether a command is run in pods, to check a new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exec {
    No,
    Yes,
}

impl Task {
    /// The command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Migrate => "migrate",
            Self::Rotate(_) => "rotate",
            Self::Restart => "restart",
            Self::Sync(_) => "sync",
            Self::External => "external",
        }
    }

    /// The role that is enough for all of it, as YAML: what it looks at, and what it
    /// changes.
    pub fn role(self, scope: RoleScope<'_>) -> String {
        use std::fmt::Write as _;

        let name = format!("secretsafe-{}", self.name());
        let restarts = !matches!(self, Self::Sync(Restarts::No) | Self::External);
        let mut text = match restarts {
            true => lists(scope, &name, &|_| true),
            false => head(scope, &name),
        };
        let mut rules = match self {
            Self::Migrate | Self::Rotate(_) => CHANGED.to_vec(),
            Self::Restart => RESTARTED.to_vec(),
            Self::Sync(Restarts::Yes) => [&RESTARTED[..], &SYNCED].concat(),
            Self::Sync(Restarts::No) => [&SYNCED[..], &[SYNC_EXPLAINED]].concat(),
            Self::External => [&ADOPTED[..], &[SYNC_EXPLAINED]].concat(),
        };
        if let Self::Rotate(_) = self {
            rules.extend(WATCHED);
        }
        if restarts {
            rules.push(EVICTION);
        }
        if scope == RoleScope::Cluster && matches!(self, Self::Sync(_)) {
            rules.extend(SYNCED_EVERYWHERE);
        }
        if let Self::Rotate(exec) = self {
            rules.extend(ROTATED);
            if exec == Exec::Yes {
                rules.push(("", "pods/exec", "get, create"));
            }
        }
        for (group, resources, verbs) in rules {
            let _ = write!(
                text,
                "- apiGroups: [\"{group}\"]\n  resources: [{resources}]\n  verbs: [{verbs}]\n"
            );
        }
        text
    }
}

/// The head of a role, up to its rules.
fn head(scope: RoleScope<'_>, name: &str) -> String {
    match scope {
        RoleScope::Cluster => format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: {name}\nrules:\n"
        ),
        RoleScope::Namespace(namespace) => {
            let namespace = serde_json::Value::from(namespace);
            format!(
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: {name}\n  namespace: {namespace}\nrules:\n"
            )
        }
    }
}

/// A role that may list everything of some kinds.
fn lists(scope: RoleScope<'_>, name: &str, kinds: &dyn Fn(&Resource) -> bool) -> String {
    use std::fmt::Write as _;

    let mut text = head(scope, name);
    let wanted = |resource: &&Resource| match scope {
        RoleScope::Cluster => true,
        RoleScope::Namespace(_) => resource.scope == ResourceScope::Namespaced,
    };
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    let secrets = core("secrets", "Secret");
    let all = RESOURCES.iter().chain([&secrets, &NODES]);
    for resource in all.filter(wanted).filter(|resource| kinds(resource)) {
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
