//! Where the values come from that are sealed again: the Secrets of the cluster, or the
//! controller, which decrypts and encrypts them without showing them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::cluster::{Cluster, ClusterError};
use crate::error::{CommandError, ExitStatus};
use crate::levels::ciphertext::layout;
use crate::levels::sealed::{API_VERSION, KIND, SealedSecret, TemplateKey};
use crate::live::sealed::adopt::State;
use crate::live::sealed::{self, Controller, PACE};
use crate::manifest::Node;
use crate::outcome::Kind;
use crate::sealing::{Target, document};
use crate::secret::redactor::Redactor;
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;
use crate::words::listed;

use super::super::certificate::Sealer;

/// What the values are taken from.
pub(super) enum Source<'c> {
    Secrets(&'c Cluster),
    Controller {
        controller: Controller<'c>,
        /// When it was asked last.
        asked: Option<Instant>,
    },
}

/// Why something is not sealed again: a clause.
pub(super) struct NotResealed {
    pub kind: Kind,
    pub why: String,
}

impl NotResealed {
    fn refused(why: impl Into<String>) -> Self {
        Self {
            kind: Kind::Refused,
            why: why.into(),
        }
    }

    fn not_seen(error: &CommandError) -> Self {
        Self {
            kind: Kind::NotSeen,
            why: error.message().to_owned(),
        }
    }
}

const THROUGH: &str = "--through-controller seals it again without reading the Secret";

impl<'c> Source<'c> {
    pub fn secrets(cluster: &'c Cluster) -> Self {
        Self::Secrets(cluster)
    }

    /// # Errors
    /// When there is no controller.
    pub async fn through_controller(
        cluster: &'c Cluster,
        named: Option<(&str, &str)>,
    ) -> Result<Self, CommandError> {
        Ok(Self::Controller {
            controller: Controller::find(cluster, named).await?,
            asked: None,
        })
    }

    /// The ciphertexts by key, under the newest key.
    pub async fn again(
        &mut self,
        sealed: &SealedSecret<'_>,
        target: &Target,
        sealer: &Sealer,
        ui: &Ui,
    ) -> Result<BTreeMap<String, String>, NotResealed> {
        if sealed.encrypted().is_empty() {
            return Err(NotResealed::refused("it encrypts nothing"));
        }
        match self {
            Self::Secrets(cluster) => from_secret(cluster, sealed, target, sealer, ui).await,
            Self::Controller { controller, asked } => {
                if let Some(asked) = asked {
                    tokio::time::sleep(PACE.saturating_sub(asked.elapsed())).await;
                }
                *asked = Some(Instant::now());
                by_controller(controller, sealed, target).await
            }
        }
    }
}

/// Encrypts what the Secret has, if the Secret is what this SealedSecret has become.
async fn from_secret(
    cluster: &Cluster,
    own: &SealedSecret<'_>,
    target: &Target,
    sealer: &Sealer,
    ui: &Ui,
) -> Result<BTreeMap<String, String>, NotResealed> {
    let Some(namespace) = &target.namespace else {
        return Err(NotResealed::refused(
            "it has no namespace, so it is unknown which Secret it became; name the namespace with -n",
        ));
    };
    let told = |error: ClusterError| NotResealed::not_seen(&error.unmasked());
    let unsealed_before = unsealed(cluster, own, namespace, &target.name).await?;
    let body = cluster
        .get_secret(namespace, &target.name)
        .await
        .map_err(told)?;
    let Some(body) = body else {
        return Err(NotResealed::refused(format!(
            "its Secret does not exist; {THROUGH}"
        )));
    };
    let stored = StoredSecret::parse(&body).map_err(|error| NotResealed {
        kind: Kind::NotSeen,
        why: format!("the answer for its Secret is {error}"),
    })?;
    // What was read between two looks that agree has the values of both.
    if unsealed(cluster, own, namespace, &target.name).await? != unsealed_before {
        return Err(NotResealed::refused(
            "the cluster's SealedSecret was changed while its Secret was read; run the command again",
        ));
    }
    let owned = stored
        .controller
        .as_ref()
        .is_some_and(|owner| owner.kind == KIND && owner.name == target.name);
    if !owned {
        return Err(NotResealed::refused(format!(
            "its Secret is not owned by it, so it may have other values; {THROUGH}"
        )));
    }
    let removed: BTreeSet<_> = own
        .template_data()
        .into_iter()
        .filter(|(_, made)| *made == TemplateKey::Removed)
        .map(|(key, _)| key)
        .collect();
    let wanted: BTreeSet<&str> = own.encrypted().into_iter().map(|(key, _)| key).collect();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|key| {
            removed.contains(*key) || !stored.data.keys().any(|name| name.as_str() == **key)
        })
        .copied()
        .collect();
    if !missing.is_empty() {
        return Err(NotResealed::refused(format!(
            "its Secret does not have {}; {THROUGH}",
            listed(missing)
        )));
    }
    warn_about_writers(&stored, &wanted, ui);
    let values = stored
        .data
        .iter()
        .filter(|(key, _)| wanted.contains(key.as_str()));
    document::ciphertexts(values, target, &sealer.key).map_err(|error| NotResealed {
        kind: Kind::NotSeen,
        why: error.to_string(),
    })
}

/// The SealedSecret of the cluster has the ciphertexts of the file, and its controller
/// says that it has unsealed just these: until then the Secret has older values. Which
/// object and generation it is.
async fn unsealed(
    cluster: &Cluster,
    own: &SealedSecret<'_>,
    namespace: &str,
    name: &str,
) -> Result<(Option<String>, Option<i64>), NotResealed> {
    let deployed = sealed::read(cluster, namespace, name, &Redactor::default())
        .await
        .map_err(|error| NotResealed::not_seen(&error))?;
    let Some(deployed) = deployed else {
        return Err(NotResealed::refused(format!(
            "the cluster does not have it, so its Secret is not known; {THROUGH}"
        )));
    };
    if !has_the_same(own, &deployed) {
        return Err(NotResealed::refused(format!(
            "the cluster has other ciphertexts than the file, so its Secret may have other values; deploy the file first, or {THROUGH}"
        )));
    }
    match State::of(&deployed) {
        State::Synced => {}
        State::Failed(why) => {
            return Err(NotResealed::refused(format!(
                "the controller does not unseal it ({why}), so its Secret may have older values; repair that first"
            )));
        }
        State::Waiting => {
            return Err(NotResealed::refused(format!(
                "its status does not say that the controller has unsealed what is there now, so its Secret may have older values; wait until it is Synced, or {THROUGH}"
            )));
        }
    }
    let uid = deployed.at(&["metadata", "uid"]).and_then(Node::as_str);
    let generation = deployed.at(&["metadata", "generation"]);
    Ok((
        uid.map(str::to_owned),
        generation.and_then(Node::as_integer),
    ))
}

/// Several field managers may mean that somebody changed a value by hand, which would
/// be sealed now.
fn warn_about_writers(stored: &StoredSecret, wanted: &BTreeSet<&str>, ui: &Ui) {
    let writers: BTreeSet<_> = stored
        .managers
        .iter()
        .filter(|manager| {
            manager
                .fields
                .keys
                .iter()
                .any(|key| wanted.contains(key.as_str()))
        })
        .map(|manager| manager.name.as_str())
        .collect();
    if writers.len() > 1 {
        ui.warn(format!(
            "the values of secret/{} were written by {}: one of them may differ from what was sealed before",
            stored.name,
            listed(writers)
        ));
    }
}

/// Whether the cluster has the ciphertexts of the file.
fn has_the_same(sealed: &SealedSecret<'_>, deployed: &Node) -> bool {
    let Some(deployed) = SealedSecret::of(deployed) else {
        return false;
    };
    let texts = |sealed: &SealedSecret<'_>| -> BTreeMap<String, String> {
        let encrypted = sealed.encrypted().into_iter();
        let text = |node: &Node| -> String {
            let text = node.as_str().unwrap_or_default();
            text.split_ascii_whitespace().collect()
        };
        encrypted
            .map(|(key, node)| (key.to_owned(), text(node)))
            .collect()
    };
    texts(sealed) == texts(&deployed)
}

/// Has the controller encrypt again. It is told only what it needs, and only ciphertexts
/// are taken from its answer.
async fn by_controller(
    controller: &Controller<'_>,
    sealed: &SealedSecret<'_>,
    target: &Target,
) -> Result<BTreeMap<String, String>, NotResealed> {
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), target.name.as_str().into());
    if let Some(namespace) = &target.namespace {
        metadata.insert("namespace".to_owned(), namespace.as_str().into());
    }
    if let Some(annotation) = target.scope.annotation() {
        metadata.insert("annotations".to_owned(), json!({annotation: "true"}));
    }
    let texts: Map<String, Value> = sealed
        .encrypted()
        .into_iter()
        .map(|(key, node)| (key.to_owned(), node.as_str().unwrap_or_default().into()))
        .collect();
    let object = json!({
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": metadata,
        "spec": {"encryptedData": texts},
    });
    let answer = controller
        .encrypt_again(&object.to_string())
        .await
        .map_err(|error| match error.status() {
            ExitStatus::Partial => NotResealed::refused(error.message()),
            _ => NotResealed::not_seen(&error),
        })?;
    let map = answer.at(&["spec", "encryptedData"]);
    let mut again = BTreeMap::new();
    for entry in map.map_or(&[][..], Node::entries) {
        let (Some(key), Some(text)) = (entry.key.scalar_text(), entry.value.as_str()) else {
            continue;
        };
        if texts.contains_key(key) && layout(text).is_ok() {
            again.insert(key.to_owned(), text.to_owned());
        }
    }
    match again.len() == texts.len() {
        true => Ok(again),
        false => Err(NotResealed {
            kind: Kind::NotSeen,
            why: "the controller's answer lacks encrypted values".to_owned(),
        }),
    }
}
