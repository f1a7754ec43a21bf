//! Talking to a cluster. The only module that names `kube`.
//!
//! It finds the cluster and the credentials as kubectl does ([`flags`],
//! `kubeconfig`, `credentials`), and makes the few requests this program needs
//! through a stack of its own (`transport`): one deadline, bounded retries, a
//! cap on every answer, and not one byte of a body in a log or an error.
//! Every failure leaves as a [`ClusterError`].

mod credentials;
mod environment;
mod error;
pub mod flags;
mod kubeconfig;
mod lists;
mod plugin;
mod plugin_policy;
mod proxy;
mod proxy_credentials;
mod report;
mod retry;
mod role;
mod secrets;
mod server;
mod status;
mod table;
mod transport;
mod warnings;

pub use error::{ClusterError, WriteOutcome};
pub use flags::{ConnectionFlags, context_names, effective_namespace};
pub use lists::{Form, Listed, Resource, ResourceScope};
pub use secrets::{Cluster, Creation, Ownership, ServerDryRun, WriteOptions, Written};

/// Log targets that are never enabled, whatever `-v` or `RUST_LOG` say.
///
/// Libraries below this module log addresses, headers and, on errors, whole
/// bodies; this program has messages of its own.
pub const QUIET_TARGETS: &[&str] = &[
    "h2",
    "hyper",
    "hyper_rustls",
    "hyper_util",
    "kube",
    "kube_client",
    "kube_core",
    "rustls",
    "rustls_platform_verifier",
    "serde_saphyr",
    "tower",
    "tower_http",
];
