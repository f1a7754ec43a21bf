//! What can be seen of encryption at rest: the arguments of an API server that runs as a
//! static pod. The API itself says nothing of it (kubernetes/website
//! `tasks/administer-cluster/encrypt-data`).

use crate::workload::Container;

use super::{Inventory, Pod};

/// The flag that names the EncryptionConfiguration.
pub const FLAG: &str = "--encryption-provider-config";

/// What is seen of encryption at rest.
pub enum AtRest<'i> {
    /// No API server is seen, as in managed clusters and in files.
    NotSeen,
    /// These run without a configuration for it.
    NotConfigured(Vec<&'i Pod>),
    /// A file on the control plane decides whether its first provider encrypts.
    Configured,
}

impl Inventory {
    /// What is seen of encryption at rest.
    pub fn at_rest(&self) -> AtRest<'_> {
        let servers: Vec<_> = self
            .pods
            .iter()
            .filter(|pod| pod.mirror && pod.id.namespace == "kube-system")
            .filter_map(|pod| Some((pod, api_server(pod)?)))
            .collect();
        let without: Vec<_> = servers
            .iter()
            .filter(|(_, server)| !has_flag(server))
            .map(|(pod, _)| *pod)
            .collect();
        match (servers.is_empty(), without.is_empty()) {
            (true, _) => AtRest::NotSeen,
            (false, true) => AtRest::Configured,
            (false, false) => AtRest::NotConfigured(without),
        }
    }
}

/// The container that is the API server.
pub fn api_server(pod: &Pod) -> Option<&Container> {
    pod.spec.containers.iter().find(|container| {
        container.name == "kube-apiserver"
            || words(container)
                .next()
                .is_some_and(|word| word.rsplit('/').next() == Some("kube-apiserver"))
    })
}

fn has_flag(container: &Container) -> bool {
    words(container).any(|word| word.split('=').next() == Some(FLAG))
}

fn words(container: &Container) -> impl Iterator<Item = &str> {
    container
        .command
        .iter()
        .chain(&container.args)
        .map(|word| word.value.as_str())
}
