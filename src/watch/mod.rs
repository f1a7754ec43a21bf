//! What is seen of a workload's pods after a change: how long they are watched,
//! when they stay up, when one is broken, and what keeps old ones meanwhile.
//! Nothing here asks a cluster.

pub mod guard;
pub mod liveness;
pub mod settle;
pub mod staying;
pub mod step;
