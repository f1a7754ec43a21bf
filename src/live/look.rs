//! One look at workloads of a namespace, their pods and what kubelet says of them.

use jiff::Timestamp;

use crate::api::{EVENTS, PODS, REPLICA_SETS, Resource};
use crate::cluster::{Cluster, ClusterError};
use crate::inventory::{Builder, Grant, Inventory, Scope};

use super::target::Target;

/// More workloads of one kind than these are listed instead of read one by one.
const FEW: usize = 3;

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
    let scope = Scope::Cluster {
        name: String::new(),
        minor: None,
    };
    let mut builder = Builder::new(scope, namespace, Timestamp::now());
    for resource in [PODS, REPLICA_SETS, EVENTS] {
        let listed = cluster
            .list(&resource, Some(namespace), &mut |node| {
                builder.add_live(node);
            })
            .await;
        match listed {
            Ok(_) => {}
            Err(ClusterError::Forbidden { .. })
                if resource != PODS && !targets.iter().any(|target| target.needs(&resource)) =>
            {
                builder.deny(Grant {
                    verb: "list".to_owned(),
                    group: resource.group.to_owned(),
                    resource: resource.plural.to_owned(),
                    namespace: Some(namespace.to_owned()),
                });
            }
            Err(error) => return Err(error),
        }
    }
    let mut listed: Vec<Resource> = Vec::new();
    for target in targets {
        let resource = target.resource;
        let alike = targets.iter().filter(|one| one.resource == resource);
        if alike.count() > FEW {
            if !listed.contains(&resource) {
                listed.push(resource);
                cluster
                    .list(&resource, Some(namespace), &mut |node| {
                        builder.add_live(node);
                    })
                    .await?;
            }
        } else if let Some(node) = cluster
            .get_object(&resource, namespace, &target.id.name)
            .await?
        {
            builder.add_live(node.with_type(&target.api_version(), resource.kind));
        }
    }
    Ok(builder.finish())
}
