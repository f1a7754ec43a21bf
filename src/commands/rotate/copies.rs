//! `--find-copies`: other Secrets that hold an old value, compared in memory.

use crate::cluster::{Cluster, ClusterError};
use crate::error::CommandError;
use crate::inventory::SecretFacts;
use crate::output::rotation::Copy;
use crate::rotation::record::RUN_LABEL;
use crate::secret::derived::SHORTEST;
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;

use super::gather::Found;

/// More Secrets than these are not read by one command.
const MOST: usize = 5_000;
/// Types whose values nobody else has.
const OWN: [&str; 3] = [
    "kubernetes.io/service-account-token",
    "bootstrap.kubernetes.io/token",
    "helm.sh/release.v1",
];

/// The keys of other Secrets whose value is an old one. All namespaces that may be
/// listed are looked at; which those are is told.
///
/// # Errors
/// When a Secret that may be listed cannot be read.
pub(super) async fn find(
    changed: &[Found],
    cluster: &Cluster,
    ui: &Ui,
) -> Result<Vec<Copy>, CommandError> {
    let mut listed: Vec<(String, String)> = Vec::new();
    let is_worth_it = |facts: &SecretFacts| {
        !OWN.contains(&facts.type_.as_str()) && !facts.labels.contains_key(RUN_LABEL)
    };
    let mut each = |facts: SecretFacts| {
        if is_worth_it(&facts) {
            listed.push((facts.namespace, facts.name));
        }
    };
    let all = cluster.list_secrets(None, &mut each).await;
    if let Err(error) = all {
        if !matches!(error, ClusterError::Forbidden { .. }) {
            return Err(error.unmasked());
        }
        let own = cluster.namespace();
        ui.warn(format!(
            "copies are looked for in {own} only: Secrets of other namespaces may not be listed"
        ));
        let own = cluster.list_secrets(Some(own), &mut each).await;
        own.map_err(ClusterError::unmasked)?;
    }
    if listed.len() > MOST {
        return Err(CommandError::usage(format!(
            "--find-copies would read {} Secrets, and reads {MOST} at most; nothing was changed",
            listed.len()
        )));
    }
    let mut copies = Vec::new();
    let mut refused = 0;
    for (namespace, name) in listed {
        let is_own =
            namespace == cluster.namespace() && changed.iter().any(|one| one.name() == name);
        if is_own {
            continue;
        }
        let body = match cluster.get_secret(&namespace, &name).await {
            Ok(body) => body,
            Err(ClusterError::Forbidden { .. }) => {
                refused += 1;
                continue;
            }
            Err(error) => return Err(error.unmasked()),
        };
        let Some(secret) = body.and_then(|body| StoredSecret::parse(&body).ok()) else {
            continue;
        };
        for (key, value) in &secret.data {
            let of = changed
                .iter()
                .flat_map(Found::old_values)
                .find(|(_, old)| old.len() >= SHORTEST && old.same_as(value));
            if let Some((of, _)) = of {
                copies.push(Copy {
                    namespace: namespace.clone(),
                    secret: name.clone(),
                    key: key.to_string(),
                    of: of.to_string(),
                });
            }
        }
    }
    if refused > 0 {
        ui.warn(format!(
            "{refused} Secrets may be listed and not read: they may hold copies"
        ));
    }
    Ok(copies)
}
