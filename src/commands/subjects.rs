//! Which objects the report is about.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use crate::api::{RESOURCES, Task};
use crate::error::CommandError;
use crate::inventory::{Grant, Inventory};
use crate::report::Examined;
use crate::words::listed;
use crate::workload::ObjectId;
use crate::workload::selector::Selector;

/// `deploy/api`, `deploy api web`, `-l app=api`: what the report is narrowed to.
/// Everything is looked at all the same, so that what is told of these is right.
#[derive(Clone, Debug, Default)]
pub(super) struct Subjects {
    named: Vec<Named>,
    selector: Option<Selector>,
    purpose: Purpose,
}

/// What they are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Purpose {
    #[default]
    Report,
    Change(Task),
}

/// What is left of a part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Narrowed {
    ToSome,
    ToNothing,
}

/// An object, or all of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    /// In lower case.
    kind: String,
    name: Option<String>,
}

impl Named {
    fn fits(&self, id: &ObjectId) -> bool {
        id.kind.to_lowercase() == self.kind
            && self.name.as_ref().is_none_or(|name| id.name == *name)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(formatter, "{}/{name}", self.kind),
            None => formatter.write_str(&self.kind),
        }
    }
}

const WAYS: &str = "Write TYPE/NAME or TYPE NAME, such as deploy/api or deploy api.";

fn refused<T>(why: &str) -> Result<T, CommandError> {
    Err(CommandError::usage(why).hint(WAYS))
}

/// Reads words as kubectl does (cli-runtime `resource.Builder`,
/// `ResourceTypeOrNameArgs`): `TYPE/NAME …`, or `TYPE[,TYPE…] [NAME …]`.
fn named(words: &[String]) -> Result<Vec<Named>, CommandError> {
    let Some(first) = words.first() else {
        return Ok(Vec::new());
    };
    if !words.iter().any(|word| word.contains('/')) {
        let kinds: Vec<_> = first
            .split(',')
            .filter(|kind| !kind.is_empty())
            .map(kind_of)
            .collect();
        let names = &words[1..];
        if kinds.is_empty() || names.iter().any(String::is_empty) {
            return refused("a resource type or a name is empty");
        }
        if names.is_empty() {
            // A name alone is the likelier mistake than a kind that nobody knows.
            if let Some(unknown) = kinds.iter().find(|kind| !is_known(kind)) {
                return refused(&format!("unknown resource type {unknown:?}"));
            }
            let all = kinds.into_iter().map(|kind| Named { kind, name: None });
            return Ok(all.collect());
        }
        let each = kinds.iter().flat_map(|kind| {
            names.iter().map(|name| Named {
                kind: kind.clone(),
                name: Some(name.clone()),
            })
        });
        return Ok(each.collect());
    }
    words
        .iter()
        .map(|word| match word.split('/').collect::<Vec<_>>()[..] {
            [kind, name] if !kind.is_empty() && !name.is_empty() => Ok(Named {
                kind: kind_of(kind),
                name: Some(name.to_owned()),
            }),
            [_] => refused("TYPE NAME and TYPE/NAME cannot be mixed"),
            [_, _, ..] if word.contains(',') => {
                refused("separate objects by spaces, not by commas")
            }
            _ => refused("an object has one slash between its type and its name"),
        })
        .collect()
}

/// Whether a type, in lower case, is one that is looked at.
fn is_known(kind: &str) -> bool {
    ["secret", "configmap", "namespace"].contains(&kind)
        || RESOURCES
            .iter()
            .any(|resource| resource.kind.to_lowercase() == *kind)
}

impl Subjects {
    pub fn new(objects: &[String], selector: Option<&str>) -> Result<Self, CommandError> {
        let named = named(objects);
        let is_unclear = |all: &Vec<Named>| all.iter().any(|one| !is_known(&one.kind));
        if named.as_ref().map_or(true, is_unclear)
            && let Some(path) = objects.iter().find(|word| Path::new(word).exists())
        {
            return Err(CommandError::usage(format!(
                "{path} is a path, and no resource type or TYPE/NAME"
            ))
            .hint(format!("To read {path}, write -f before it.")));
        }
        let named = named?;
        let selector = selector
            .map(Selector::parse)
            .transpose()
            .map_err(CommandError::usage)?;
        Ok(Self {
            named,
            selector,
            purpose: Purpose::Report,
        })
    }

    /// The same, to be changed: what may not be looked for needs a role that is enough for
    /// that.
    #[must_use]
    pub fn changed_by(self, task: Task) -> Self {
        Self {
            purpose: Purpose::Change(task),
            ..self
        }
    }

    /// Whether nothing was named.
    pub fn are_all(&self) -> bool {
        self.named.is_empty() && self.selector.is_none()
    }

    /// Whether no object was named, though labels may be.
    pub fn names_none(&self) -> bool {
        self.named.is_empty()
    }

    /// Leaves the chosen ones.
    ///
    /// # Errors
    /// When a named object does not exist.
    pub fn narrow(&self, part: &mut Examined) -> Result<Narrowed, CommandError> {
        if self.are_all() {
            return Ok(Narrowed::ToSome);
        }
        let chosen = self.chosen(&part.inventory)?;
        part.findings
            .retain(|finding| chosen.contains(&finding.subject));
        part.unknown.retain(|unknown| {
            unknown
                .subject
                .as_ref()
                .is_none_or(|id| chosen.contains(id))
        });
        Ok(if chosen.is_empty() {
            Narrowed::ToNothing
        } else {
            Narrowed::ToSome
        })
    }

    /// The chosen objects: all when none is named.
    ///
    /// # Errors
    /// When a named object does not exist (status 2), or may not be looked for (3).
    pub fn chosen(&self, inventory: &Inventory) -> Result<BTreeSet<ObjectId>, CommandError> {
        let chosen: BTreeSet<_> = inventory
            .all()
            .flat_map(|inventory| self.fitting(inventory))
            .collect();
        for named in &self.named {
            let found = chosen.iter().any(|id| named.fits(id));
            let not_seen = (!found).then(|| not_seen(inventory, &named.kind)).flatten();
            if let Some(grant) = not_seen {
                return Err(CommandError::unavailable(format!(
                    "you may not {}, so it is unknown whether {named} exists",
                    grant.words()
                ))
                .hint(match self.purpose {
                    Purpose::Report => grant.role_command(),
                    Purpose::Change(task) => grant.role_command_of(task),
                }));
            }
            // Of several kinds without a name one is enough, as for kubectl.
            let others = named.name.is_none() && !chosen.is_empty();
            if !found && !others {
                let next = match inventory.is_live() {
                    true => "Name its namespace with -n, or search all namespaces with -A.",
                    false => "The files have no such object; leave it out to look at all of them.",
                };
                return Err(CommandError::usage(format!("{named} not found")).hint(next));
            }
        }
        Ok(chosen)
    }

    /// That the labels are those of nothing that was looked at.
    pub fn match_nothing<'i>(
        &self,
        inventories: impl IntoIterator<Item = &'i Inventory>,
    ) -> CommandError {
        let error = CommandError::usage("no workload here has the labels of -l");
        let keys = self.selector.iter().flat_map(Selector::keys);
        let keys: BTreeSet<&str> = keys.collect();
        let mut labels = BTreeSet::new();
        for inventory in inventories.into_iter().flat_map(Inventory::all) {
            for workload in &inventory.workloads {
                let own = workload.metadata.labels.iter();
                labels.extend(
                    own.filter(|(key, _)| keys.contains(key.as_str()))
                        .map(|(key, value)| format!("{key}={value}")),
                );
            }
        }
        if labels.is_empty() {
            return error;
        }
        error.hint(format!(
            "Labels here: {}.",
            listed(labels.iter().map(String::as_str))
        ))
    }

    /// Whether labels were named.
    pub fn has_labels(&self) -> bool {
        self.selector.is_some()
    }

    fn fitting(&self, inventory: &Inventory) -> BTreeSet<ObjectId> {
        let fits = |id: &ObjectId, labels: &_| {
            let named = self.named.is_empty() || self.named.iter().any(|named| named.fits(id));
            named
                && self
                    .selector
                    .as_ref()
                    .is_none_or(|selector| selector.fits(labels))
        };
        let workloads = inventory
            .workloads
            .iter()
            .filter(|workload| fits(&workload.id, &workload.metadata.labels))
            .map(|workload| workload.id.clone());
        let objects = inventory
            .objects
            .iter()
            .filter(|object| fits(&object.id, &object.metadata.labels))
            .map(|object| object.id.clone());
        let secrets = inventory.secrets().filter_map(|facts| {
            let id = facts.id();
            fits(&id, &facts.labels).then_some(id)
        });
        // A pod that was named is part of its workload.
        let pods = inventory
            .pods
            .iter()
            .filter(|pod| fits(&pod.id, &pod.metadata.labels))
            .flat_map(|pod| [pod.id.clone(), pod.top.clone()]);
        workloads
            .chain(objects)
            .chain(secrets)
            .chain(pods)
            .collect()
    }
}

/// The permission without which objects of a kind, in lower case, are not seen.
/// Of several groups that have such a kind Kubernetes' own is meant: it comes
/// first among those that are listed.
pub(super) fn not_seen<'i>(inventory: &'i Inventory, kind: &str) -> Option<&'i Grant> {
    let (group, plural) = RESOURCES
        .iter()
        .find(|resource| resource.kind.to_lowercase() == kind)
        .map(|resource| (resource.group, resource.plural))
        .or_else(|| (kind == "secret").then_some(("", "secrets")))?;
    inventory
        .denied
        .iter()
        .chain(&inventory.hidden)
        .find(|grant| grant.group == group && grant.resource == plural)
}

/// The kind a word of kubectl's means, in lower case.
pub(super) fn kind_of(word: &str) -> String {
    let word = word.split('.').next().unwrap_or(word).to_lowercase();
    let kind = match word.as_str() {
        "deploy" | "deployments" => "deployment",
        "sts" | "statefulsets" => "statefulset",
        "ds" | "daemonsets" => "daemonset",
        "rs" | "replicasets" => "replicaset",
        "rc" | "replicationcontrollers" => "replicationcontroller",
        "cj" | "cronjobs" => "cronjob",
        "jobs" => "job",
        "po" | "pods" => "pod",
        "secrets" => "secret",
        "ing" | "ingresses" => "ingress",
        "sa" | "serviceaccounts" => "serviceaccount",
        "cm" | "configmaps" => "configmap",
        "ns" | "namespaces" => "namespace",
        other => other,
    };
    kind.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<String, String> {
        let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
        match named(&words) {
            Ok(all) => Ok(all
                .iter()
                .map(|named| format!("{named} "))
                .collect::<String>()),
            Err(error) => Err(error.message().to_owned()),
        }
    }

    #[test]
    fn objects_are_named_as_kubectl_has_them() {
        for (line, expected) in [
            ("deploy/api", "deployment/api "),
            (
                "deploy/api statefulsets.apps/db",
                "deployment/api statefulset/db ",
            ),
            ("deploy api", "deployment/api "),
            ("deploy api web", "deployment/api deployment/web "),
            ("deploy,sts db", "deployment/db statefulset/db "),
            ("deploy", "deployment "),
            ("Deployments,sts", "deployment statefulset "),
            // Of kinds that others define as well.
            ("rollout api", "rollout/api "),
        ] {
            assert_eq!(read(line).as_deref(), Ok(expected), "{line}");
        }
        for line in [
            "api",
            "deploy/api,sts/db",
            "deploy deploy/api",
            "deploy/",
            "/api",
            "a/b/c",
            ",",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
        assert_eq!(named(&[]).unwrap(), []);
    }
}
