//! Which volumes the files come from: one for each Secret, set of keys and
//! mode; those that are there already are used again.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::workload::{Item, ProjectedSource, SecretSource, Volume, VolumeKind};

use super::mode::Modes;
use super::plan::{Context, Plan, PlannedVolume};
use super::variables::{Candidate, Place};

/// A source of a volume: some keys of its Secret, or all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Key and file; `None` for every key under its own name.
    pub items: Option<BTreeSet<(String, String)>>,
    /// `optional`.
    pub optional: bool,
}

/// What a container needs of one Secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub secret: String,
    pub sources: Vec<Source>,
    pub mode: Option<u32>,
}

/// A need, the volume that answers it, and the containers that have it.
pub(super) struct Arranged {
    pub need: Need,
    pub volume: String,
    pub containers: Vec<usize>,
}

/// Finds or adds a volume for each need.
pub(super) fn arrange(
    context: &Context<'_>,
    candidates: &[Candidate],
    modes: &Modes,
    plan: &mut Plan,
) -> Vec<Arranged> {
    // In the order in which the template first names them.
    let mut wanted: Vec<((usize, &str), Vec<&Candidate>)> = Vec::new();
    for candidate in candidates {
        let whose = (candidate.container, candidate.secret.as_str());
        match wanted.iter_mut().find(|(known, _)| *known == whose) {
            Some((_, group)) => group.push(candidate),
            None => wanted.push((whose, vec![candidate])),
        }
    }
    let mut needs: Vec<(Need, Vec<usize>)> = Vec::new();
    for ((container, secret), wanted) in wanted {
        let Some(mode) = modes.mode(container) else {
            continue;
        };
        let need = Need {
            secret: secret.to_owned(),
            sources: sources(context, &wanted),
            mode,
        };
        match needs.iter_mut().find(|(known, _)| *known == need) {
            Some((_, containers)) => containers.push(container),
            None => needs.push((need, vec![container])),
        }
    }
    let mut arranged = Vec::new();
    for (need, containers) in needs {
        let volume = match existing(context, &need) {
            Some(volume) => volume.name.value.clone(),
            None => {
                let name = free_name(context, plan, &need.secret);
                plan.volumes.push(PlannedVolume {
                    name: name.clone(),
                    secret: need.secret.clone(),
                    sources: need.sources.clone(),
                    mode: need.mode,
                });
                name
            }
        };
        arranged.push(Arranged {
            need,
            volume,
            containers,
        });
    }
    arranged
}

/// Required keys are listed, so that a missing one is noticed; optional ones
/// stay optional; envFrom means all keys.
fn sources(context: &Context<'_>, wanted: &[&Candidate]) -> Vec<Source> {
    let items = |optional: bool| -> BTreeSet<(String, String)> {
        wanted
            .iter()
            .filter(|candidate| matches!(candidate.place, Place::Entry(_)))
            .filter(|candidate| candidate.optional == optional)
            .map(|candidate| {
                let file = context.options.files.of(&candidate.key);
                (candidate.key.clone(), file.to_owned())
            })
            .collect()
    };
    let whole: Vec<_> = wanted
        .iter()
        .filter(|candidate| matches!(candidate.place, Place::Source(_)))
        .collect();
    let mut sources = Vec::new();
    if !whole.is_empty() {
        sources.push(Source {
            items: None,
            optional: whole.iter().all(|candidate| candidate.optional),
        });
    }
    for optional in [false, true] {
        let items = items(optional);
        if !items.is_empty() {
            sources.push(Source {
                items: Some(items),
                optional,
            });
        }
    }
    sources
}

/// A volume of the template that gives the same files.
fn existing<'a>(context: &'a Context<'_>, need: &Need) -> Option<&'a Volume> {
    context.workload.pod.volumes.iter().find(|volume| {
        let same_mode = need.mode.is_none()
            || volume
                .kind
                .default_mode()
                .and_then(|mode| mode.bits)
                .and_then(|bits| u32::try_from(bits).ok())
                == need.mode;
        let sources: Option<Vec<Source>> = match &volume.kind {
            VolumeKind::Secret { source, .. } => of_secret(source, need).map(|one| vec![one]),
            VolumeKind::Projected { sources, .. } => sources
                .iter()
                .map(|source| match source {
                    ProjectedSource::Secret(source) => of_secret(source, need),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        same_mode && sources.is_some_and(|sources| sources == need.sources)
    })
}

fn of_secret(source: &SecretSource, need: &Need) -> Option<Source> {
    let plain = |items: &Vec<Item>| items.iter().all(|item| item.mode.is_none());
    (source.secret.value == need.secret && source.items.as_ref().is_none_or(plain)).then(|| {
        Source {
            items: source
                .items
                .as_ref()
                .filter(|items| !items.is_empty())
                .map(|items| {
                    items
                        .iter()
                        .map(|item| (item.key.value.clone(), item.path.value.clone()))
                        .collect()
                }),
            optional: source.optional,
        }
    })
}

/// A volume's name is a DNS-1123 label of at most 63 letters, unique among the
/// pod's volumes and a StatefulSet's claims.
fn free_name(context: &Context<'_>, plan: &Plan, secret: &str) -> String {
    const LONGEST: usize = 63;
    const ROOM: usize = 4;
    let claims = context
        .object
        .root
        .at(&["spec", "volumeClaimTemplates"])
        .map_or(&[][..], |claims| claims.items())
        .iter()
        .filter_map(|claim| claim.at(&["metadata", "name"])?.scalar_text());
    let taken: BTreeSet<&str> = context
        .workload
        .pod
        .volumes
        .iter()
        .map(|volume| volume.name.value.as_str())
        .chain(plan.volumes.iter().map(|volume| volume.name.as_str()))
        .chain(claims)
        .collect();
    let label: String = secret.to_lowercase().replace('.', "-");
    let end = label.len().min(LONGEST - ROOM);
    let label = label[..end].trim_end_matches('-');
    if !taken.contains(label) {
        return label.to_owned();
    }
    (2..)
        .map(|number| format!("{label}-{number}"))
        .find(|name| !taken.contains(name.as_str()))
        .unwrap_or_default()
}

/// The volume as an entry of `volumes`.
pub(super) fn entry(volume: &PlannedVolume) -> Value {
    let mut sources = volume.sources.iter().map(|source| {
        let mut fields = serde_json::Map::new();
        if let Some(items) = &source.items {
            let items: Vec<_> = items
                .iter()
                .map(|(key, path)| json!({"key": key, "path": path}))
                .collect();
            fields.insert("items".to_owned(), Value::from(items));
        }
        if source.optional {
            fields.insert("optional".to_owned(), Value::from(true));
        }
        fields
    });
    let mode = |fields: &mut serde_json::Map<String, Value>| {
        if let Some(mode) = volume.mode {
            fields.insert("defaultMode".to_owned(), Value::from(mode));
        }
    };
    if volume.sources.len() == 1 {
        let mut secret = serde_json::Map::new();
        secret.insert("secretName".to_owned(), Value::from(volume.secret.as_str()));
        mode(&mut secret);
        secret.extend(sources.next().unwrap_or_default());
        return json!({"name": volume.name, "secret": secret});
    }
    let mut projected = serde_json::Map::new();
    mode(&mut projected);
    let sources: Vec<_> = sources
        .map(|rest| {
            let mut secret = serde_json::Map::new();
            secret.insert("name".to_owned(), Value::from(volume.secret.as_str()));
            secret.extend(rest);
            json!({"secret": secret})
        })
        .collect();
    projected.insert("sources".to_owned(), Value::from(sources));
    json!({"name": volume.name, "projected": projected})
}
