//! Which volumes the files come from: one for each Secret, set of keys and
//! mode; those that are there already are used again.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::workload::access::DEFAULT_MODE;
use crate::workload::mount_path::{clean, is_below};
use crate::workload::{Item, Mount, ProjectedSource, SecretSource, Volume, VolumeKind};

use super::context::Context;
use super::mode::Modes;
use super::options::Phase;
use super::plan::{Note, Plan, PlannedVolume, Refusal, Source};
use super::variables::{Candidate, Place};

/// What a container needs of one Secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub secret: String,
    pub sources: Vec<Source>,
    pub mode: Option<u32>,
    pub user: Option<i64>,
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
    let mut arranged = Vec::new();
    let mut needs: Vec<(Need, Vec<usize>)> = Vec::new();
    for ((container, secret), wanted) in wanted {
        let Some(mode) = modes.mode(container) else {
            continue;
        };
        if let Some(refusal) = one_place(context, &wanted) {
            plan.refusals.push(refusal);
            continue;
        }
        let need = Need {
            secret: secret.to_owned(),
            sources: sources(context, &wanted),
            mode,
            user: modes.user(container),
        };
        if let Some(volume) = mounted(context, container, &need) {
            plan.notes.extend(starts_without(volume, &need));
            arranged.push(Arranged {
                volume: volume.name.value.clone(),
                need,
                containers: vec![container],
            });
            continue;
        }
        match needs.iter_mut().find(|(known, _)| *known == need) {
            Some((_, containers)) => containers.push(container),
            None => needs.push((need, vec![container])),
        }
    }
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
                    user: need.user,
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

/// That a volume lists no keys, so that the pod starts where one is missing that
/// a variable required.
fn starts_without(volume: &Volume, need: &Need) -> Option<Note> {
    let sources = volume.kind.secret_sources().into_iter();
    let mut own = sources.filter(|source| source.secret.value == need.secret);
    let is_open = own.all(|source| source.items.as_ref().is_none_or(Vec::is_empty));
    let requires = |source: &Source| source.items.is_some() && !source.optional;
    (is_open && need.sources.iter().any(requires)).then(|| {
        Note(format!(
            "Volume {} lists no keys of Secret {}: a pod starts even if one is missing, which the \
             variable prevented. List them under items to keep that.",
            volume.name.value, need.secret
        ))
    })
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
    let required = items(false);
    // The API refuses a path that two sources list; a key that one variable
    // requires is there for the other, too.
    let optional = &items(true) - &required;
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
    for (optional, items) in [(false, required), (true, optional)] {
        if !items.is_empty() {
            sources.push(Source {
                items: Some(items),
                optional,
            });
        }
    }
    sources
}

/// Two keys of one container that would become one file, or one file and its
/// folder.
fn one_place(context: &Context<'_>, wanted: &[&Candidate]) -> Option<Refusal> {
    let file = |candidate: &Candidate| match candidate.place {
        Place::Entry(_) => clean(context.options.files.of(&candidate.key)),
        Place::Source(_) => clean(&candidate.key),
    };
    let collide = |one: &Candidate, other: &Candidate| {
        let (first, second) = (file(one), file(other));
        let same = first == second && one.key != other.key;
        same || is_below(&first, &second) || is_below(&second, &first)
    };
    wanted.iter().enumerate().find_map(|(index, later)| {
        let earlier = wanted[..index]
            .iter()
            .find(|earlier| collide(earlier, later))?;
        Some(Refusal {
            path: later.site.path.clone(),
            reason: format!(
                "The keys {} and {} of Secret {} cannot have their files in one place.",
                earlier.key, later.key, later.secret
            ),
            next: vec!["Choose other names: --path KEY=FILE.".to_owned()],
        })
    })
}

/// A volume of the template that gives the same files.
fn existing<'a>(context: &'a Context<'_>, need: &Need) -> Option<&'a Volume> {
    let mut volumes = context.workload.pod.volumes.iter();
    volumes.find(|volume| gives(volume, need).is_some_and(|sources| sources == need.sources))
}

/// A volume that the container has mounted, and that holds these files among
/// others: after a first step some of its variables are gone.
fn mounted<'a>(context: &'a Context<'_>, container: usize, need: &Need) -> Option<&'a Volume> {
    let pod = &context.workload.pod;
    let own = &pod.containers[container];
    let is_mounted = |volume: &&Volume| {
        own.mounts
            .iter()
            .any(|mount| mount.volume.value == volume.name.value && own.shows_whole(mount))
    };
    let holding = |covers: fn(&Source, &Source) -> bool| {
        let holds = |volume: &&Volume| {
            gives(volume, need).is_some_and(|sources| {
                let covered = |wanted| sources.iter().any(|source| covers(source, wanted));
                need.sources.iter().all(covered)
            })
        };
        pod.volumes.iter().filter(is_mounted).find(holds)
    };
    holding(Source::covers).or_else(|| match context.options.phase {
        // Nothing is mounted any more in this step.
        Phase::RemoveVariables => {
            holding(|there, wanted| there.covers(wanted) || there.shows(wanted))
        }
        Phase::Mount | Phase::Complete => None,
    })
}

/// The mode of the volumes that an earlier run, or somebody else, has mounted for
/// a container where this plan would mount them; `None` if none is there, or they
/// have several modes.
pub(super) fn mode_of_own_mounts(
    context: &Context<'_>,
    candidates: &[Candidate],
    container: usize,
) -> Option<u32> {
    let pod = &context.workload.pod;
    let own: Vec<_> = candidates
        .iter()
        .filter(|candidate| candidate.container == container)
        .collect();
    let secrets: BTreeSet<&str> = own.iter().map(|one| one.secret.as_str()).collect();
    let mode = |secret: &str| {
        let wanted: Vec<_> = own
            .iter()
            .copied()
            .filter(|candidate| candidate.secret == secret)
            .collect();
        let path = context.options.mount_path.of(secret);
        pod.containers[container]
            .mounts
            .iter()
            .filter(|mount| mount.sub_path.is_none() && clean(&mount.path.value) == path)
            .filter_map(|mount| volume_of(context, &mount.volume.value))
            .find_map(|volume| {
                let need = Need {
                    secret: secret.to_owned(),
                    sources: sources(context, &wanted),
                    mode: mode_of(volume),
                    user: None,
                };
                mounted(context, container, &need).and(need.mode)
            })
    };
    let mut modes: BTreeSet<u32> = secrets.into_iter().filter_map(mode).collect();
    match modes.len() {
        1 => modes.pop_first(),
        _ => None,
    }
}

fn volume_of<'a>(context: &Context<'a>, name: &str) -> Option<&'a Volume> {
    let mut volumes = context.workload.pod.volumes.iter();
    volumes.find(|volume| volume.name.value == name)
}

/// The mode of a volume's files; `None` where it cannot be read.
fn mode_of(volume: &Volume) -> Option<u32> {
    match volume.kind.default_mode() {
        Some(mode) => mode.bits.and_then(|bits| u32::try_from(bits).ok()),
        None => Some(DEFAULT_MODE),
    }
}

/// The volume of a mount that has these files among all those of the Secret.
pub(super) fn shown_by<'a>(
    context: &Context<'a>,
    mount: &Mount,
    need: &Need,
) -> Option<&'a Volume> {
    let volume = volume_of(context, &mount.volume.value)?;
    let of_any_mode = Need {
        mode: None,
        ..need.clone()
    };
    let sources = gives(volume, &of_any_mode)?;
    let shown = |wanted| sources.iter().any(|source: &Source| source.shows(wanted));
    need.sources.iter().all(shown).then_some(volume)
}

/// The volume of a mount that has these files already, in another mode.
pub(super) fn in_another_mode<'a>(
    context: &Context<'a>,
    mount: &Mount,
    need: &Need,
) -> Option<(&'a Volume, u32)> {
    let volume = volume_of(context, &mount.volume.value)?;
    let mode = mode_of(volume).filter(|mode| Some(*mode) != need.mode)?;
    let there = Need {
        mode: Some(mode),
        ..need.clone()
    };
    let sources = gives(volume, &there)?;
    let has = |wanted| {
        let mut sources = sources.iter();
        sources.any(|source: &Source| source.covers(wanted) || source.shows(wanted))
    };
    need.sources.iter().all(has).then_some((volume, mode))
}

impl Source {
    fn covers(&self, wanted: &Source) -> bool {
        let items = match (&self.items, &wanted.items) {
            (None, None) => true,
            (Some(there), Some(wanted)) => wanted.is_subset(there),
            // A volume that lists no keys starts without one that is missing.
            _ => false,
        };
        items && (!self.optional || wanted.optional)
    }

    /// Whether the files of these keys are among all those of the Secret, which somebody
    /// has mounted without listing them.
    fn shows(&self, wanted: &Source) -> bool {
        let mut files = wanted.items.iter().flatten();
        self.items.is_none()
            && !self.optional
            && wanted.items.is_some()
            && files.all(|(key, file)| key == file)
    }
}

/// What a volume gives of the need's Secret in the need's mode; `None` where
/// it gives anything else.
fn gives(volume: &Volume, need: &Need) -> Option<Vec<Source>> {
    if need.mode.is_some() && mode_of(volume) != need.mode {
        return None;
    }
    if volume.kind.default_user().map(|user| user.value) != need.user {
        return None;
    }
    match &volume.kind {
        VolumeKind::Secret { source, .. } => of_secret(source, need).map(|one| vec![one]),
        VolumeKind::Projected { sources, .. } => sources
            .iter()
            .map(|source| match source {
                ProjectedSource::Secret(source) => of_secret(source, need),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn of_secret(source: &SecretSource, need: &Need) -> Option<Source> {
    let plain = |items: &Vec<Item>| {
        items
            .iter()
            .all(|item| item.mode.is_none() && item.user.is_none())
    };
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

/// The volume as an entry of `volumes`, its fields in the order of Kubernetes'
/// API reference.
pub(super) fn entry(volume: &PlannedVolume) -> Value {
    if let [source] = volume.sources.as_slice() {
        let ownership = (volume.mode, volume.user);
        let secret = secret(("secretName", &volume.secret), ownership, source);
        return json!({"name": volume.name, "secret": secret});
    }
    let mut projected = Map::new();
    if let Some(mode) = volume.mode {
        projected.insert("defaultMode".to_owned(), Value::from(mode));
    }
    if let Some(user) = volume.user {
        projected.insert("defaultUser".to_owned(), Value::from(user));
    }
    let sources: Value = volume
        .sources
        .iter()
        .map(|source| json!({"secret": secret(("name", &volume.secret), (None, None), source)}))
        .collect();
    projected.insert("sources".to_owned(), sources);
    json!({"name": volume.name, "projected": projected})
}

/// A Secret as source of files; a projection calls its name differently and
/// has mode and owner for all of its sources.
fn secret(
    name: (&str, &str),
    (mode, user): (Option<u32>, Option<i64>),
    source: &Source,
) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert(name.0.to_owned(), Value::from(name.1));
    if source.optional {
        fields.insert("optional".to_owned(), Value::from(true));
    }
    if let Some(mode) = mode {
        fields.insert("defaultMode".to_owned(), Value::from(mode));
    }
    if let Some(user) = user {
        fields.insert("defaultUser".to_owned(), Value::from(user));
    }
    if let Some(items) = &source.items {
        let items: Value = items
            .iter()
            .map(|(key, path)| json!({"key": key, "path": path}))
            .collect();
        fields.insert("items".to_owned(), items);
    }
    fields
}
