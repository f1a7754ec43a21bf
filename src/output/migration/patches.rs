//! Plans as patches of a kustomization.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_saphyr::LitString;

use crate::escape::{marked, unmarked, yaml};
use crate::manifest::json_patch;
use crate::migration::Plan;

/// What a patch of a kustomization names.
#[derive(Serialize)]
pub struct Target<'a> {
    /// Its kind.
    pub kind: Cow<'a, str>,
    /// Its name: a pattern (kustomize `api/types/selector.go`).
    pub name: String,
    /// Its namespace, where another one has the same kind and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization<'a> {
    api_version: &'static str,
    kind: &'static str,
    patches: Vec<KustomizationPatch<'a>>,
}

#[derive(Serialize)]
struct KustomizationPatch<'a> {
    target: Target<'a>,
    patch: LitString,
}

/// Writes a kustomization that makes the changes: to be completed with
/// `resources`.
///
/// # Errors
/// When `out` cannot be written.
pub fn kustomization(plans: Vec<(Target<'_>, &Plan)>, out: &mut dyn Write) -> io::Result<()> {
    let patches: io::Result<Vec<_>> = plans
        .into_iter()
        .map(|(target, plan)| {
            let patch = yaml(&json_patch::to_json(&plan.operations))?;
            Ok(KustomizationPatch {
                target: Target {
                    kind: marked(&target.kind).into_owned().into(),
                    name: marked(&target.name).into_owned(),
                    namespace: target
                        .namespace
                        .map(|name| marked(&name).into_owned().into()),
                },
                patch: LitString(patch),
            })
        })
        .collect();
    let text = serde_saphyr::to_string(&Kustomization {
        api_version: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        patches: patches?,
    })
    .map_err(io::Error::other)?;
    writeln!(out, "{}", unmarked(text.trim_end()))
}
