//! A cluster, without one value of a Secret.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _};

use crate::api::{Form, NO_HELM_RELEASES, NODES, Resource, ResourceScope};
use crate::cluster::{Cluster, ClusterError, Listed};
use crate::inventory::{Builder, Grant, ManagedFields};
use crate::manifest::Node;

/// Requests under way at once: enough to hide the way to the server, few
/// enough not to be throttled by it.
const AT_ONCE: usize = 4;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespaces {
    One(String),
    /// All (`-A`).
    All,
}

impl Namespaces {
    fn one(&self) -> Option<&str> {
        match self {
            Namespaces::One(name) => Some(name),
            Namespaces::All => None,
        }
    }
}

/// Reads the given resources and all Secrets into `builder`. What may not be listed is noted there and
/// is not an error.
///
/// # Errors
/// When the cluster cannot be asked at all.
pub async fn gather(
    cluster: &Cluster,
    resources: &[&Resource],
    namespaces: &Namespaces,
    builder: &mut Builder,
    progress: &dyn Fn(&str),
) -> Result<(), ClusterError> {
    if let Namespaces::One(name) = namespaces {
        builder.look_only_at(name);
    }
    let shared = RefCell::new(&mut *builder);
    let of = |wanted: bool| {
        let chosen = resources.iter().copied();
        chosen.filter(move |resource| resource.beside.is_some() == wanted)
    };
    let served = list_all(cluster, of(false), namespaces, &shared, progress).await?;
    let beside = of(true).filter(|resource| {
        resource
            .beside
            .is_some_and(|plural| served.contains(&(resource.group, plural)))
    });
    list_all(cluster, beside, namespaces, &shared, progress).await?;
    if builder.leaves_out_secrets() {
        return Ok(());
    }
    progress("secrets");
    secrets(cluster, namespaces, builder).await
}

/// Lists resources, and tells which of them the server has.
async fn list_all(
    cluster: &Cluster,
    resources: impl Iterator<Item = &Resource>,
    namespaces: &Namespaces,
    builder: &RefCell<&mut Builder>,
    progress: &dyn Fn(&str),
) -> Result<BTreeSet<(&'static str, &'static str)>, ClusterError> {
    let outcomes: Vec<_> = stream::iter(resources)
        .map(|resource| async {
            progress(resource.plural);
            let listed = list(cluster, resource, namespaces, builder).await?;
            Ok((listed, (resource.group, resource.plural)))
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let listed = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
    let served = listed
        .into_iter()
        .filter(|(listed, _)| *listed == Listed::All);
    Ok(served.map(|(_, resource)| resource).collect())
}

/// Lists a resource; what may not be listed is something that the server has.
async fn list(
    cluster: &Cluster,
    resource: &Resource,
    namespaces: &Namespaces,
    builder: &RefCell<&mut Builder>,
) -> Result<Listed, ClusterError> {
    let add = |node: Node| {
        let node = match resource.form {
            Form::Whole => node,
            Form::Metadata => with_key_names(node),
        };
        builder.borrow_mut().add_live(node);
    };
    match cluster.list(resource, namespaces.one(), &mut { add }).await {
        Ok(listed) => {
            if listed == Listed::NotServed {
                builder.borrow_mut().is_not_served(resource);
            }
            Ok(listed)
        }
        Err(error) => match denied(&error) {
            // Nobody who looks at one namespace is expected to see the rest, and
            // who needs nodes says so.
            Some(grant)
                if resource.scope == ResourceScope::Cluster
                    && (namespaces.one().is_some() || *resource == NODES) =>
            {
                builder.borrow_mut().hide(grant);
                Ok(Listed::All)
            }
            Some(grant) => {
                builder.borrow_mut().deny(grant);
                Ok(Listed::All)
            }
            None => Err(error),
        },
    }
}

/// Metadata tells the keys of a ConfigMap, as it does those of a Secret.
fn with_key_names(node: Node) -> Node {
    let fields = ManagedFields::from_list(node.at(&["metadata", "managedFields"]));
    let data = fields.keys.iter().fold(Node::mapping(), |data, key| {
        data.with_entry(key, Node::text(""))
    });
    node.with_entry("data", data)
}

async fn secrets(
    cluster: &Cluster,
    namespaces: &Namespaces,
    builder: &mut Builder,
) -> Result<(), ClusterError> {
    if builder.inspects_values() {
        return whole_secrets(cluster, namespaces, builder).await;
    }
    // Names in other namespaces tell where a missing Secret is; without the
    // permission for that, one namespace is enough.
    let everywhere = cluster
        .list_secrets(None, &mut |facts| match namespaces {
            Namespaces::One(name) if facts.namespace != *name => builder.add_secret_outside(facts),
            _ => builder.add_secret(facts),
        })
        .await;
    let error = match (everywhere, namespaces) {
        (Ok(()), _) => return Ok(()),
        (Err(error), _) if denied(&error).is_none() => return Err(error),
        (Err(error), Namespaces::All) => error,
        (Err(_), Namespaces::One(name)) => {
            builder.secrets_only_of(name);
            match cluster
                .list_secrets(Some(name), &mut |facts| builder.add_secret(facts))
                .await
            {
                Ok(()) => return Ok(()),
                Err(error) => error,
            }
        }
    };
    let Some(grant) = denied(&error) else {
        return Err(error);
    };
    builder.deny(grant);
    by_name(cluster, builder).await
}

/// Without `list`, each Secret that somebody names may still be readable.
async fn by_name(cluster: &Cluster, builder: &mut Builder) -> Result<(), ClusterError> {
    const MOST_REFUSALS: usize = 20;
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for (namespace, name) in builder.wanted() {
        if refused
            .get(&namespace)
            .is_some_and(|refusals| *refusals >= MOST_REFUSALS)
            || crate::secret::key::check_object_name(&name).is_err()
        {
            continue;
        }
        match cluster.secret_facts(&namespace, &name).await {
            Ok(Some(facts)) => builder.add_secret(facts),
            Ok(None) => builder.add_missing_secret(&namespace, &name),
            Err(error) if denied(&error).is_some() => {
                // A role may name single Secrets, so one refusal says nothing
                // of the others; several in a row do.
                let refusals = refused.entry(namespace).or_insert(0);
                *refusals += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// With `--inspect-values`: whole Secrets, whose values are sealed while they
/// are read.
async fn whole_secrets(
    cluster: &Cluster,
    namespaces: &Namespaces,
    builder: &mut Builder,
) -> Result<(), ClusterError> {
    const SECRETS: Resource = Resource {
        group: "",
        versions: &["v1"],
        plural: "secrets",
        kind: "Secret",
        scope: ResourceScope::Namespaced,
        form: Form::Whole,
        labels: "",
        fields: NO_HELM_RELEASES,
        beside: None,
    };
    if let Namespaces::One(name) = namespaces {
        builder.secrets_only_of(name);
    }
    let listed = cluster
        .list(&SECRETS, namespaces.one(), &mut |node| {
            builder.add_live(node)
        })
        .await;
    match listed {
        Ok(_) => Ok(()),
        Err(error) => match denied(&error) {
            Some(grant) => {
                builder.deny(grant);
                Ok(())
            }
            None => Err(error),
        },
    }
}

/// The permission that is missing.
fn denied(error: &ClusterError) -> Option<Grant> {
    match error {
        ClusterError::Forbidden {
            verb,
            group,
            resource,
            namespace,
            ..
        } => Some(Grant {
            verb: verb.clone(),
            group: group.clone(),
            resource: resource.clone(),
            namespace: namespace.clone(),
        }),
        _ => None,
    }
}
