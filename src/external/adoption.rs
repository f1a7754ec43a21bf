//! What has to be true before an ExternalSecret takes a Secret over. Pure.
//!
//! With `Owner` (and `Orphan`) the operator removes every key that the ExternalSecret does
//! not make, and a Secret that it owns is deleted with the ExternalSecret
//! (external-secrets/external-secrets#2416, #4214; `ApplyTemplate`). With `Merge` it adds its
//! keys and leaves the others.

use std::collections::BTreeSet;

use crate::command_line::{CommandLine, Hint};
use crate::inventory::{Immutability, Keys, SecretFacts};
use crate::ownership::{self, Level};
use crate::words::folded;

use super::object::External;

/// Types whose Secrets are made by controllers, or are no use to anybody else.
const MADE: [&str; 3] = [
    "kubernetes.io/service-account-token",
    "bootstrap.kubernetes.io/token",
    "helm.sh/release.v1",
];

/// The labels and annotations that the operator puts on a Secret which it writes.
pub const MANAGED: &str = "reconcile.external-secrets.io/managed";

/// Why a Secret cannot be taken over, as a fragment with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    pub why: String,
    pub way: Hint,
}

impl Obstacle {
    fn new(why: impl Into<String>, way: impl Into<Hint>) -> Self {
        Self {
            why: why.into(),
            way: way.into(),
        }
    }
}

/// Why nothing is made of a Secret of this type.
pub fn made_by_others(type_: &str) -> Option<Obstacle> {
    MADE.contains(&type_).then(|| {
        Obstacle::new(
            format!("it is of the type {type_}, which a controller makes"),
            "Leave it to that controller; do not copy its values to a store.",
        )
    })
}

/// Why a Secret cannot be adopted; `None` if it can. `others` are the ExternalSecrets of
/// its namespace, `own` is the name of the one that is to adopt it.
pub fn obstacle(secret: &SecretFacts, others: &[External], own: &str) -> Option<Obstacle> {
    if let Some(obstacle) = made_by_others(&secret.type_) {
        return Some(obstacle);
    }
    match secret.immutable {
        Immutability::Yes | Immutability::Probably => {
            return Some(Obstacle::new(
                "it is immutable, or was made so: the operator could never write a new value",
                "Make a Secret of another name with an ExternalSecret, and change the references to it.",
            ));
        }
        Immutability::No => {}
    }
    let writer = others
        .iter()
        .find(|other| other.writes(&secret.name) && other.name != own);
    if let Some(other) = writer {
        return Some(Obstacle::new(
            format!("{} writes it", other.short()),
            "One ExternalSecret writes a Secret: add the keys to that one.",
        ));
    }
    let is_ours = secret
        .owner
        .as_ref()
        .is_some_and(|owner| owner.kind == "ExternalSecret" && owner.name == own);
    if let Some(source) = &secret.mirror_of {
        return Some(Obstacle::new(
            format!(
                "it is a copy of secret/{} in {}, which would be written over it again",
                source.name, source.namespace
            ),
            "Adopt the Secret that it is a copy of, or remove the annotation that makes it one.",
        ));
    }
    // Marks that the operator has left hide no other owner.
    let owner = ownership::all(secret)
        .into_iter()
        .find(|owner| match owner.kind {
            ownership::OwnerKind::ExternalSecrets => false,
            ownership::OwnerKind::Controller => !is_ours,
            _ => true,
        });
    owner.map(|owner| {
        Obstacle::new(
            format!(
                "it is written by {}, which would fight the operator",
                owner.who
            ),
            way_from(secret),
        )
    })
}

/// How whoever writes a Secret now lets go of it.
fn way_from(secret: &SecretFacts) -> Hint {
    match ownership::level(secret) {
        // The garbage collector takes the owner reference away and leaves the Secret.
        Some(Level::Sealed(name)) => Hint::run(
            "Take the SealedSecret out of Git, if it is there, and delete it without the Secret",
            CommandLine::kubectl("delete")
                .name(&format!("sealedsecret/{name}"))
                .namespace(&secret.namespace)
                .switch("--cascade=orphan"),
        ),
        _ => Hint::from(
            "End that first, so that the Secret stays: remove it from the source, or let that source keep it.",
        ),
    }
}

/// The keys of a Secret, where all of them are known.
///
/// # Errors
/// Why they are not.
pub fn all_keys(keys: &Keys) -> Result<&BTreeSet<String>, &str> {
    match keys {
        Keys::Complete(keys) => Ok(keys),
        Keys::Hidden { reason, .. } | Keys::Partial { reason, .. } => Err(reason),
        Keys::OneOf { .. } => Err("several objects make it, and their keys differ"),
    }
}

/// The keys that `Owner` would remove: those of the Secret that the ExternalSecret does not
/// make.
pub fn removed_by_owner(secret: &BTreeSet<String>, made: &BTreeSet<String>) -> BTreeSet<String> {
    secret.difference(made).cloned().collect()
}

/// The same in a sentence fragment.
pub fn would_remove(keys: &BTreeSet<String>) -> String {
    format!(
        "Owner would remove {}, which the ExternalSecret does not make",
        folded(keys.iter().map(String::as_str))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::external::object::tests::external;
    use crate::inventory::{Builder, Scope};
    use crate::manifest::{SourceText, parse};

    fn secret(more: &str) -> SecretFacts {
        let text = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: creds, namespace: prod{more}\ndata: {{a: eA==}}\n"
        );
        let scope = Scope::Cluster {
            name: "test".to_owned(),
            minor: Some(37),
        };
        let mut builder = Builder::new(scope, "prod", "2026-11-30T10:00:00Z".parse().unwrap());
        let source = SourceText::new("snapshot.yaml", text);
        for document in parse(&source).documents {
            builder.add_live(document.root);
        }
        let inventory = builder.finish();
        inventory.secrets().next().unwrap().clone()
    }

    #[test]
    fn only_a_secret_that_nobody_else_writes_is_adopted() {
        let plain = "}";
        let other = external("{\"target\":{\"name\":\"creds\"}}", "{}");
        let none: &[External] = &[];
        for (more, others, own, refused) in [
            (plain, none, "creds", false),
            (plain, std::slice::from_ref(&other), "creds", true),
            (plain, std::slice::from_ref(&other), "db", false),
            ("}\nimmutable: true", none, "creds", true),
            ("}\ntype: helm.sh/release.v1", none, "creds", true),
            (
                ", ownerReferences: [{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, name: s, uid: u, controller: true}]}",
                none,
                "creds",
                true,
            ),
            (
                ", ownerReferences: [{apiVersion: external-secrets.io/v1, kind: ExternalSecret, name: creds, uid: u, controller: true}]}",
                none,
                "creds",
                false,
            ),
            (
                ", labels: {reconcile.external-secrets.io/managed: 'true'}}",
                none,
                "creds",
                false,
            ),
            (
                ", labels: {reconcile.external-secrets.io/managed: 'true', kustomize.toolkit.fluxcd.io/name: apps}}",
                none,
                "creds",
                true,
            ),
            (
                ", annotations: {replicator.v1.mittwald.de/replicate-from: shared/creds}}",
                none,
                "creds",
                true,
            ),
        ] {
            let found = obstacle(&secret(more), others, own);
            assert_eq!(found.is_some(), refused, "{more} {found:?}");
        }
    }

    #[test]
    fn what_owner_would_remove_is_named() {
        let set = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        let removed = removed_by_owner(&set(&["a", "b", "extra"]), &set(&["a", "b", "c"]));
        assert_eq!(removed, set(&["extra"]));
        assert!(would_remove(&removed).contains("extra"));
        assert!(removed_by_owner(&set(&["a"]), &set(&["a"])).is_empty());
    }
}
