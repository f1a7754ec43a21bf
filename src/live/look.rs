//! One look at workloads of a namespace, their pods and what kubelet says of them.

use crate::cluster::{Cluster, ClusterError};
use crate::inventory::Inventory;

use super::lookout::Lookout;
use super::target::Target;

/// Looks at workloads of one namespace: the same few requests for one and for many.
///
/// # Errors
/// When the cluster cannot be asked, or does not let a list be read without which
/// nothing can be said.
pub async fn at(
    cluster: &Cluster,
    namespace: &str,
    targets: &[Target<'_>],
) -> Result<Inventory, ClusterError> {
    let mut lookout = Lookout::without_watches(cluster, namespace);
    lookout.look(targets).await.map(|(seen, _)| seen)
}
