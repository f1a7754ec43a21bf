//! Which Secret the value of a container's variable comes from.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Answer, Inventory};
use crate::workload::expansion::{Piece, expanded_names, pieces};
use crate::workload::{Container, EnvFrom, EnvFromSource, EnvSource, EnvVar, Workload};

/// More Secrets behind one variable are left out.
const MOST: usize = 8;
/// Where a container has more entries in `envFrom`, nothing is said of them.
const MOST_SOURCES: usize = 32;

/// A Secret's value in a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin<'a> {
    pub secret: &'a str,
    /// `None` where any key of it may be meant.
    pub key: Option<String>,
    pub share: Share,
}

/// How much of a variable a Secret's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    Whole,
    /// The manifest has text around it.
    Part,
}

/// The Secrets behind the variables of a container.
pub(super) struct Origins<'a> {
    inventory: &'a Inventory,
    namespace: &'a str,
    entries: BTreeMap<&'a str, Entry<'a>>,
    sources: Vec<Source<'a>>,
    /// By the names that `env` sets.
    set: BTreeMap<&'a str, Vec<Origin<'a>>>,
}

/// The last entry of a name in `env`.
struct Entry<'a> {
    /// What the manifest has as its value.
    text: Option<&'a str>,
    /// The same, where nothing is expanded in it.
    literal: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn of(entry: &'a EnvVar) -> Self {
        let text = match &entry.source {
            EnvSource::Literal(text) => Some(text.value.as_str()),
            _ => None,
        };
        Self {
            text,
            literal: text.filter(|text| !text.contains('$')),
        }
    }
}

/// An entry of `envFrom`.
struct Source<'a> {
    prefix: &'a str,
    object: SourceObject<'a>,
}

enum SourceObject<'a> {
    Secret(&'a str),
    /// Its keys, where they are known.
    ConfigMap(Option<BTreeSet<&'a str>>),
}

impl<'a> Origins<'a> {
    pub fn of(inventory: &'a Inventory, workload: &'a Workload, container: &'a Container) -> Self {
        let namespace = workload.id.namespace.as_str();
        let sources = match container.env_from.len() > MOST_SOURCES {
            true => &[],
            false => &container.env_from[..],
        };
        let source = |from: &'a EnvFrom| {
            let object = match &from.source {
                EnvFromSource::Secret(secret) => SourceObject::Secret(&secret.value),
                EnvFromSource::ConfigMap(name) => {
                    SourceObject::ConfigMap(inventory.config_map_keys(namespace, &name.value))
                }
                EnvFromSource::Other => return None,
            };
            let prefix = &from.prefix;
            Some(Source { prefix, object })
        };
        let mut origins = Self {
            inventory,
            namespace,
            entries: BTreeMap::new(),
            sources: sources.iter().filter_map(source).collect(),
            set: BTreeMap::new(),
        };
        for entry in &container.env {
            let found = match &entry.source {
                EnvSource::SecretKey { secret, key, .. } => vec![Origin {
                    secret: &secret.value,
                    key: Some(key.value.clone()),
                    share: Share::Whole,
                }],
                // Kubernetes expands what stands above.
                EnvSource::Literal(text) => origins.within(&text.value),
                _ => Vec::new(),
            };
            origins.set.insert(&entry.name.value, found);
            (origins.entries).insert(&entry.name.value, Entry::of(entry));
        }
        origins
    }

    fn within(&self, text: &str) -> Vec<Origin<'a>> {
        let mut found = Vec::new();
        let names: BTreeSet<_> = expanded_names(text).into_iter().collect();
        for origin in names.into_iter().flat_map(|name| self.behind(name)) {
            let part = Origin {
                share: Share::Part,
                ..origin
            };
            if found.len() < MOST && !found.contains(&part) {
                found.push(part);
            }
        }
        found
    }

    /// The Secrets behind a variable.
    pub fn behind(&self, name: &str) -> Vec<Origin<'a>> {
        match self.set.get(name) {
            Some(found) => found.clone(),
            None => self.in_sources(name).into_iter().collect(),
        }
    }

    /// The Secret of `envFrom` that a variable comes from, where no other object can have it.
    fn in_sources(&self, name: &str) -> Option<Origin<'a>> {
        let mut guess = None;
        // The last one that has it wins.
        for source in self.sources.iter().rev() {
            let Some(key) = name.strip_prefix(source.prefix) else {
                continue;
            };
            let (has, secret) = match &source.object {
                SourceObject::Secret(secret) => {
                    let has = self.inventory.has_key(self.namespace, secret, key);
                    (is_yes(&has), Some(*secret))
                }
                SourceObject::ConfigMap(keys) => {
                    (keys.as_ref().map(|keys| keys.contains(key)), None)
                }
            };
            let whole = |secret, key| Origin {
                secret,
                key,
                share: Share::Whole,
            };
            match (has, guess.is_some()) {
                (Some(false), _) => {}
                (Some(true), false) => return Some(whole(secret?, Some(key.to_owned()))),
                // A prefix of its own says enough.
                (None, false) if !source.prefix.is_empty() => guess = Some(whole(secret?, None)),
                _ => return None,
            }
        }
        guess
    }

    /// The text of a script as the shell gets it: Kubernetes has expanded it. Of values that
    /// are not known it has `$?`, which can be anything to a reader. `None` where it becomes
    /// much longer than what the manifest has.
    pub fn as_started(&self, script: &str) -> Option<String> {
        self.expand(script, |name| match self.literal(name) {
            Some(literal) => Some(literal),
            None if self.entries.contains_key(name) || !self.behind(name).is_empty() => Some("$?"),
            None => None,
        })
    }

    /// The same of a probe, where only `env` is expanded, and all but its texts becomes nothing
    /// (kubernetes/kubernetes `pkg/kubelet/container/helpers.go`,
    /// `ExpandContainerCommandOnlyStatic`).
    pub fn as_probed(&self, script: &str) -> Option<String> {
        let value = |name: &str| Some(self.entries.get(name)?.text.unwrap_or_default());
        self.expand(script, value)
    }

    fn expand<'t>(&self, script: &str, value: impl Fn(&str) -> Option<&'t str>) -> Option<String> {
        let longest = self.longest(script);
        let mut text = String::with_capacity(script.len());
        for piece in pieces(script) {
            match piece {
                Piece::Text(same) => text.push_str(same),
                Piece::Dollar => text.push('$'),
                Piece::Name(name) => match value(name) {
                    Some(value) => text.push_str(value),
                    None => text.extend(["$(", name, ")"]),
                },
            }
            if text.len() > longest {
                return None;
            }
        }
        Some(text)
    }

    /// How long a script may become: values that it has many times make it long.
    fn longest(&self, script: &str) -> usize {
        const TIMES: usize = 4;
        const SHORT: usize = 1 << 14;
        const LONG: usize = 1 << 20;
        let texts = self.entries.values().filter_map(|entry| entry.text);
        let written: usize = script.len() + texts.map(str::len).sum::<usize>();
        (written * TIMES).clamp(SHORT, LONG)
    }

    /// The value of a variable that the manifest has, where nothing is expanded in it.
    pub fn literal(&self, name: &str) -> Option<&'a str> {
        self.entries.get(name)?.literal
    }
}

/// `None` for what is not known.
fn is_yes(answer: &Answer) -> Option<bool> {
    match answer {
        Answer::Yes => Some(true),
        Answer::No => Some(false),
        Answer::Unknown(_) => None,
    }
}
