//! A real Kubernetes for tests: etcd, API server, controller manager,
//! scheduler and, where the machine allows it, a node that runs pods.
//!
//! * [`binaries`] builds the programs from pinned Go modules, once per user;
//! * [`beds`] does the same for further controllers, and starts them;
//! * [`cluster`] starts a cluster and is the handle tests hold;
//! * [`namespace`] is what a test works in, with restricted users;
//! * [`keeper`] is the process which owns all others and ends them, however
//!   the program that asked for the cluster ends;
//! * [`control_plane`] and [`node`] know how the components are started;
//! * [`fault`] is another server, for injecting faults only;
//! * [`reading`] is kubectl's own reader of manifests, without a cluster;
//! * [`leftovers`] removes what a run that crashed left behind.
//!
//! A program that starts a cluster calls [`keeper_entry`] first in `main`,
//! because the keeper is that same program, executed again.

pub mod beds;
pub mod binaries;
mod certificates;
pub mod cluster;
pub mod control_plane;
pub mod fault;
mod image;
pub mod keeper;
mod kubeconfig;
pub mod leftovers;
mod modules;
pub mod namespace;
pub mod node;
mod prerequisites;
pub mod process;
pub mod progress;
pub mod reading;

pub use beds::Bed;
pub use cluster::{Cluster, NodeWish, StartError};
pub use keeper::keeper_entry;
pub use modules::krew;
pub use namespace::{Namespace, Rule, User};
