//! ServiceAccounts of workloads, shared by the rules about pull secrets and access.

use std::collections::BTreeMap;

use crate::inventory::{Inventory, Pod};
use crate::workload::secret_controller::is_secret_controller;
use crate::workload::{ObjectId, Workload, WorkloadKind};

/// The ServiceAccount a pod runs as when it names none (ServiceAccount
/// admission, kubernetes/website concepts/security/service-accounts).
pub(super) const DEFAULT: &str = "default";

/// Namespaces of the cluster itself: whoever can write there is its admin.
pub(super) const SYSTEM_NAMESPACES: &[&str] = &["kube-system", "kube-public", "kube-node-lease"];

/// The ServiceAccount a workload's pods run as.
pub(super) fn of_workload(workload: &Workload) -> ObjectId {
    let named = workload.pod.service_account.as_ref();
    id(&workload.id.namespace, named.map(|name| name.as_str()))
}

/// The ServiceAccount a pod runs as.
pub(super) fn of_pod(pod: &Pod) -> ObjectId {
    let named = pod.spec.service_account.as_ref();
    id(&pod.id.namespace, named.map(|name| name.as_str()))
}

fn id(namespace: &str, name: Option<&str>) -> ObjectId {
    ObjectId {
        namespace: namespace.to_owned(),
        kind: "ServiceAccount".to_owned(),
        name: name
            .filter(|name| !name.is_empty())
            .unwrap_or(DEFAULT)
            .to_owned(),
    }
}

/// Whether pods get the token of their ServiceAccount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Nobody set the field, so they do.
    ByDefault,
    Asked,
    /// It is disabled, or there is no ServiceAccount.
    Off,
}

/// What ServiceAccounts set for their tokens.
pub(super) struct Accounts<'a>(BTreeMap<&'a ObjectId, bool>);

impl<'a> Accounts<'a> {
    pub fn new(inventory: &'a Inventory) -> Self {
        let said = inventory
            .of_kind("", "ServiceAccount")
            .filter_map(|object| {
                let mount = object.root.get("automountServiceAccountToken")?.as_bool()?;
                Some((&object.id, mount))
            });
        Self(said.collect())
    }

    /// The effective `automountServiceAccountToken`: the pod's value takes precedence over its
    /// ServiceAccount's.
    pub fn token(&self, workload: &Workload) -> Token {
        let is_static = workload
            .metadata
            .annotations
            .contains_key("kubernetes.io/config.mirror");
        let accounts_word = || self.0.get(&of_workload(workload)).copied();
        let pods_word = workload.pod.automount_token.as_ref();
        match pods_word.map(|mount| mount.value).or_else(accounts_word) {
            _ if is_static => Token::Off,
            None => Token::ByDefault,
            Some(true) => Token::Asked,
            Some(false) => Token::Off,
        }
    }
}

/// Whether a workload belongs to the cluster, or is an app that needs Secrets.
pub(super) fn is_controller(workload: &Workload) -> bool {
    let account = of_workload(workload);
    let images = workload
        .pod
        .containers
        .iter()
        .filter_map(|container| container.image.as_ref())
        .map(|image| image.value.as_str());
    let labels = ["app.kubernetes.io/name", "app.kubernetes.io/part-of", "app"]
        .into_iter()
        .filter_map(|label| workload.metadata.labels.get(label))
        .map(String::as_str);
    is_system(&workload.id.namespace)
        || is_controllers_account(&account)
        || images.chain(labels).any(is_secret_controller)
}

/// Whether a ServiceAccount belongs to the cluster, or to an app that needs Secrets (by its
/// name).
pub(super) fn is_controllers_account(account: &ObjectId) -> bool {
    is_system(&account.namespace)
        || is_secret_controller(&account.namespace)
        || is_secret_controller(&account.name)
}

pub(super) fn is_system(namespace: &str) -> bool {
    SYSTEM_NAMESPACES.contains(&namespace)
}

/// Whether a workload is an application with a token of its own account.
pub(super) fn concerns(accounts: &Accounts<'_>, workload: &Workload) -> bool {
    workload.kind != WorkloadKind::PodTemplate
        && of_workload(workload).name != DEFAULT
        && !is_controller(workload)
        && accounts.token(workload) != Token::Off
}
