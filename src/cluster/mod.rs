//! Talking to a cluster. The only module that names `kube`.
//!
//! It finds the cluster and the credentials as kubectl does ([`flags`],
//! `kubeconfig`, `credentials`), and makes the few requests this program needs
//! through a stack of its own (`transport`): one deadline, bounded retries, new
//! credentials when the old ones expire, a cap on every answer, and not one
//! byte of a body in a log or an error. Every failure leaves as a
//! [`ClusterError`].

mod client;
mod credentials;
mod environment;
mod error;
mod exec;
pub mod flags;
mod kubeconfig;
mod lists;
mod logs;
mod names;
mod objects;
mod own_credentials;
mod plugin;
mod plugin_policy;
mod proxy;
mod proxy_credentials;
mod report;
mod request;
mod request_log;
mod retry;
mod role;
mod secrets;
mod server;
mod services;
mod status;
mod table;
mod transport;
mod warnings;
mod watching;

pub use client::Cluster;
pub use error::{ClusterError, WriteOutcome};
pub use exec::Exit;
pub use flags::{ConnectionFlags, RequestTimeout, duration};
pub use kubeconfig::{context_names, context_namespace, effective_namespace};
pub use lists::Listed;
pub use logs::Run as LogRun;
pub use objects::Dependents;
pub use secrets::{Creation, Ownership, ServerDryRun, WriteOptions, Written};
pub use services::{Ask, Service, ServiceError};
pub use watching::{Change, Raw, Snapshot, Watching};
