//! What plans come to in the overlays that are built on their workloads: a
//! plan is for all of them only if each has the variable from the same place,
//! and afterwards differs as the plan says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::inventory::{Inventory, Lookup, Realm};
use crate::manifest::{json_patch, path};
use crate::migration::{Fate, Plan, Variable};
use crate::workload::mount_path::clean;
use crate::workload::{self, EnvSource, Located, ObjectId, Workload};

use super::planned::Planned;

/// A plan that comes to something else in an overlay.
pub(super) struct Unlike {
    pub planned: usize,
    pub overlay: String,
    /// What is otherwise there: a clause.
    pub why: String,
}

/// Compares the overlays that are built before the plans with those after them.
pub(super) fn unlike(
    before: &Inventory,
    after: &Inventory,
    planned: &[Planned<'_>],
) -> Vec<Unlike> {
    let mut by_source: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, own) in planned.iter().enumerate() {
        if own.plan.changes() {
            by_source.entry(own.source).or_default().push(index);
        }
    }
    let now: BTreeMap<&str, &Realm> = after
        .realms
        .iter()
        .map(|realm| (realm.name.as_str(), realm))
        .collect();
    let mut found = Vec::new();
    for realm in before.realms.iter().filter(|realm| realm.is_of_files()) {
        let mut add = |planned: usize, why: String| {
            found.push(Unlike {
                planned,
                overlay: realm.name.clone(),
                why,
            });
        };
        let Some(now) = now.get(realm.name.as_str()) else {
            let of_it = by_source
                .iter()
                .filter(|(source, _)| realm.sources.contains(source));
            for index in of_it.flat_map(|(_, own)| own) {
                add(*index, "the build would fail".to_owned());
            }
            continue;
        };
        let now = &now.inventory;
        let workloads: BTreeMap<&ObjectId, &Workload> = now
            .workloads
            .iter()
            .map(|workload| (&workload.id, workload))
            .collect();
        for workload in &realm.inventory.workloads {
            let Some(written) = realm.place(workload.origin, workload.pod.site.span) else {
                continue;
            };
            let own = by_source.get(&written.source).into_iter().flatten();
            let own = own.copied().filter(|index| {
                let root = planned[*index].root().span;
                root.start <= written.span.start && written.span.end <= root.end
            });
            for index in own {
                let Some(old) = pod(&realm.inventory, workload) else {
                    continue;
                };
                let new = workloads.get(&workload.id).and_then(|new| pod(now, new));
                let Some(new) = new else {
                    add(index, format!("{} is gone", workload.id.short()));
                    continue;
                };
                let plan = &planned[index].plan;
                let secrets = Secrets {
                    inventory: &realm.inventory,
                    namespace: &workload.id.namespace,
                };
                let written = planned[index].workload;
                if let Some(why) = difference(plan, written, secrets, &old, &new) {
                    add(index, why);
                }
            }
        }
    }
    found
}

/// The specification of its pods.
fn pod(inventory: &Inventory, workload: &Workload) -> Option<Value> {
    let root = json_patch::value(&inventory.object_of(workload)?.root)?;
    root.pointer(&path::pointer(&workload.pod.site.path))
        .cloned()
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

fn named<'v>(list: &'v [Value], name: &str) -> Option<&'v Value> {
    list.iter().find(|item| item["name"] == name)
}

fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers"]
        .into_iter()
        .flat_map(|field| list(pod, field))
}

/// How the pods differ otherwise than a plan says: a clause.
fn difference(
    plan: &Plan,
    workload: &Workload,
    secrets: Secrets<'_>,
    old: &Value,
    new: &Value,
) -> Option<String> {
    containers(old)
        .find_map(|container| {
            let name = container["name"].as_str().unwrap_or_default();
            let own: Vec<&Variable> = plan
                .variables
                .iter()
                .filter(|variable| variable.container == name)
                .filter(|variable| goes(variable) || variable.file.is_some())
                .collect();
            let Some(after) = containers(new).find(|after| after["name"] == name) else {
                return Some(format!("container {name} is gone"));
            };
            let changed = Container {
                name,
                own,
                before: container,
                after,
            };
            changed
                .takes_another_value()
                .or_else(|| changed.is_set_or_missing_there(workload))
                .or_else(|| changed.starts_otherwise(workload))
                .or_else(|| changed.takes_other_keys(secrets))
                .or_else(|| changed.keeps_or_loses_a_variable(workload))
                .or_else(|| changed.has_another_file(plan, new))
                .or_else(|| changed.mounts_otherwise(plan))
        })
        .or_else(|| {
            let taken = plan
                .volumes
                .iter()
                .find(|own| named(list(old, "volumes"), &own.name).is_some())?;
            Some(format!("another volume is called {} already", taken.name))
        })
        .or_else(|| {
            let is_planned = |volume: &Value| {
                plan.volumes
                    .iter()
                    .any(|own| volume["name"] == own.name.as_str())
            };
            let mounted = |volume: &Value| {
                plan.mounts
                    .iter()
                    .any(|own| volume["name"] == own.volume.as_str())
            };
            let rest =
                |pod: &Value| rest(list(pod, "volumes"), |own| is_planned(own) || mounted(own));
            (rest(old) != rest(new)).then(|| "other volumes would change too".to_owned())
        })
}

/// What a list has beside what is left out, in no order.
fn rest(list: &[Value], is_left_out: impl Fn(&Value) -> bool) -> Vec<String> {
    let kept = list.iter().filter(|item| !is_left_out(item));
    let mut kept: Vec<String> = kept.map(Value::to_string).collect();
    kept.sort_unstable();
    kept
}

/// The Secrets of an overlay.
#[derive(Clone, Copy)]
struct Secrets<'a> {
    inventory: &'a Inventory,
    namespace: &'a str,
}

impl<'a> Secrets<'a> {
    /// All keys of a Secret, where they are known.
    fn keys(self, name: &str) -> Option<BTreeSet<&'a str>> {
        let keys = match self.inventory.lookup(self.namespace, name) {
            Lookup::Present(facts) => &facts.keys,
            Lookup::Expected(producer) => &producer.keys,
            Lookup::Missing | Lookup::Unknown(_) => return None,
        };
        keys.is_complete()
            .then(|| keys.known().iter().map(String::as_str).collect())
    }
}

struct Container<'a> {
    name: &'a str,
    own: Vec<&'a Variable>,
    before: &'a Value,
    after: &'a Value,
}

fn is_entry(variable: &Variable) -> bool {
    variable.site.path.contains(".env[")
}

fn goes(variable: &Variable) -> bool {
    matches!(
        variable.fate,
        Fate::Removed | Fate::Replaced { .. } | Fate::Shimmed
    )
}

impl Container<'_> {
    /// The Secrets that have a variable's value before.
    fn secrets_of(&self, variable: &Variable) -> Vec<&str> {
        let entry = |item: &'_ &Value| item["name"] == variable.name.as_str();
        if is_entry(variable) {
            let last = list(self.before, "env").iter().rfind(entry);
            last.and_then(|item| {
                let reference = &item["valueFrom"]["secretKeyRef"];
                let is_same = item.get("value").is_none_or(Value::is_null)
                    && reference["key"] == variable.key.as_str();
                is_same.then(|| reference["name"].as_str())?
            })
            .into_iter()
            .collect()
        } else {
            list(self.before, "envFrom")
                .iter()
                .filter_map(|item| item["secretRef"]["name"].as_str())
                .collect()
        }
    }

    fn takes_another_value(&self) -> Option<String> {
        let variable = self
            .own
            .iter()
            .find(|variable| self.secrets_of(variable).is_empty())?;
        Some(format!(
            "{} of container {} comes from somewhere else",
            variable.name, self.name
        ))
    }

    /// Whether a variable is set there by an entry of its own, or may be missing
    /// where it must be there.
    fn is_set_or_missing_there(&self, workload: &Workload) -> Option<String> {
        let written = self.written(workload)?;
        let variables = self.own.iter();
        variables.copied().find_map(|variable| {
            let Variable { name, .. } = variable;
            let is_set = |item: &Value| item["name"] == name.as_str();
            let (reference, may_miss) = if is_entry(variable) {
                let item = list(self.before, "env").iter().rfind(|item| is_set(item))?;
                let written = written
                    .env
                    .iter()
                    .find(|entry| entry.site == variable.site)?;
                let may_miss =
                    matches!(written.source, EnvSource::SecretKey { optional: true, .. });
                (&item["valueFrom"]["secretKeyRef"], may_miss)
            } else {
                let of_written = written.env.iter().any(|entry| entry.name.value == *name);
                if !of_written && list(self.before, "env").iter().any(is_set) {
                    return Some(format!(
                        "{name} of container {} is set by an entry of its own",
                        self.name
                    ));
                }
                let sources = &mut written.env_from.iter();
                let written = sources.find(|source| source.site == variable.site)?;
                let is_optional = |item: &&Value| item["secretRef"]["optional"] == true;
                let item = list(self.before, "envFrom").iter().find(is_optional)?;
                (&item["secretRef"], written.optional)
            };
            (variable.file.is_some() && reference["optional"] == true && !may_miss).then(|| {
                format!(
                    "{name} of container {} is optional, and its file would not be",
                    self.name
                )
            })
        })
    }

    /// Whether the container starts something else there, where it counts: a
    /// wrapped command, or an image that is known to read files.
    fn starts_otherwise(&self, workload: &Workload) -> Option<String> {
        let words = |of: &Value, field: &str| -> Vec<String> {
            let words = list(of, field).iter();
            words
                .map(|word| word.as_str().unwrap_or_default().to_owned())
                .collect()
        };
        let (old, new) = (words(self.before, "command"), words(self.after, "command"));
        let is_wrapped = self.own.iter().any(|own| own.fate == Fate::Shimmed);
        let fits = match (is_wrapped, new.as_slice()) {
            (false, _) => old == new,
            (true, [_, _, _, _, rest @ ..]) => !old.is_empty() && rest == old,
            (true, _) => false,
        };
        if !fits || words(self.before, "args") != words(self.after, "args") {
            return Some(format!(
                "container {} would start something else",
                self.name
            ));
        }
        let named = self
            .own
            .iter()
            .find(|own| matches!(own.fate, Fate::Replaced { .. }))?;
        let written = self.written(workload)?;
        let of = |texts: &[Located<String>]| -> Vec<String> {
            texts.iter().map(|text| text.value.clone()).collect()
        };
        let is_same = of(&written.command) == old
            && of(&written.args) == words(self.before, "args")
            && written.image.as_ref().map(|image| image.value.as_str())
                == self.before["image"].as_str();
        (!is_same).then(|| {
            format!(
                "container {} starts another image or command, so it is not known whether it \
                 reads {} from a file",
                self.name, named.name
            )
        })
    }

    fn written<'w>(&self, workload: &'w Workload) -> Option<&'w workload::Container> {
        let containers = &mut workload.pod.containers.iter();
        containers.find(|container| container.name == self.name)
    }

    /// Whether an `envFrom` entry brings other variables than those that are
    /// planned, as far as that is known.
    fn takes_other_keys(&self, secrets: Secrets<'_>) -> Option<String> {
        let mut entries: BTreeMap<&str, (&Variable, BTreeSet<&str>)> = BTreeMap::new();
        // While an entry stays, its volume shows whatever it brings.
        let all = self.own.iter();
        for variable in all.filter(|variable| !is_entry(variable) && goes(variable)) {
            let entry = entries
                .entry(variable.site.path.as_str())
                .or_insert((variable, BTreeSet::new()));
            entry.1.insert(&variable.key);
        }
        entries.into_values().find_map(|(variable, keys)| {
            // What an entry of the container's own hides is no variable of it.
            let is_hidden = |key: &str| {
                let entries = list(self.before, "env").iter();
                let mut names = entries.filter_map(|item| item["name"].as_str());
                let prefix = variable.name.strip_suffix(variable.key.as_str());
                let prefix = prefix.unwrap_or_default();
                names.any(|name| name.strip_prefix(prefix) == Some(key))
            };
            let is_it = |secret: &str| {
                secrets.keys(secret).is_some_and(|known| {
                    known.is_superset(&keys) && known.difference(&keys).all(|key| is_hidden(key))
                })
            };
            let found = self.secrets_of(variable).into_iter().any(is_it);
            (!found).then(|| {
                format!(
                    "envFrom of container {} takes other keys, or not all of them are known",
                    self.name
                )
            })
        })
    }

    /// Whether exactly the variables go that are to go.
    fn keeps_or_loses_a_variable(&self, workload: &Workload) -> Option<String> {
        let count =
            |list: &[Value], name: &str| list.iter().filter(|item| item["name"] == name).count();
        let (old, new) = (list(self.before, "env"), list(self.after, "env"));
        let gone: Vec<&Variable> = self
            .own
            .iter()
            .copied()
            .filter(|variable| goes(variable) && is_entry(variable))
            .collect();
        let written = self.written(workload);
        for variable in &gone {
            let written = written.map_or(0, |container| {
                let entries = container.env.iter();
                entries
                    .filter(|entry| entry.name.value == variable.name)
                    .count()
            });
            let removed = gone.iter().filter(|other| other.name == variable.name);
            if count(new, &variable.name) + removed.count() > written {
                return Some(format!(
                    "{} of container {} would be there again",
                    variable.name, self.name
                ));
            }
        }
        let new_names: Vec<&str> = self
            .own
            .iter()
            .filter_map(|variable| match &variable.fate {
                Fate::Replaced { by } => Some(by.as_str()),
                _ => None,
            })
            .collect();
        let rest = |list: &[Value]| {
            rest(list, |item| {
                let name = item["name"].as_str().unwrap_or_default();
                gone.iter().any(|variable| variable.name == name) || new_names.contains(&name)
            })
        };
        (rest(old) != rest(new)).then(|| {
            format!(
                "other variables of container {} would change too",
                self.name
            )
        })
    }

    /// Whether other mounts are not what they were.
    fn mounts_otherwise(&self, plan: &Plan) -> Option<String> {
        let is_new = |item: &Value| {
            plan.mounts.iter().any(|mount| {
                mount.container == self.name
                    && item["name"] == mount.volume.as_str()
                    && item["mountPath"] == mount.path.as_str()
            })
        };
        let rest = |container: &Value| rest(list(container, "volumeMounts"), is_new);
        (rest(self.before) != rest(self.after))
            .then(|| format!("other mounts of container {} would change too", self.name))
    }

    /// Whether the file holds what the variable held.
    fn has_another_file(&self, plan: &Plan, new: &Value) -> Option<String> {
        let variable = self.own.iter().find(|variable| {
            let Some(file) = &variable.file else {
                return false;
            };
            let secrets = self.secrets_of(variable);
            let mounts = plan.mounts.iter().filter(|mount| {
                mount.container == self.name && file.starts_with(&clean(&mount.path))
            });
            !mounts.into_iter().any(|mount| {
                let is_mounted = list(self.after, "volumeMounts").iter().any(|item| {
                    item["name"] == mount.volume.as_str()
                        && item["mountPath"]
                            .as_str()
                            .is_some_and(|place| clean(place) == clean(&mount.path))
                });
                let volume = named(list(new, "volumes"), &mount.volume);
                is_mounted
                    && volume.is_some_and(|volume| {
                        secrets_in(volume).any(|secret| secrets.contains(&secret))
                    })
            })
        })?;
        Some(format!(
            "the file for {} of container {} would not be there, or of another Secret",
            variable.name, self.name
        ))
    }
}

fn secrets_in(volume: &Value) -> impl Iterator<Item = &str> {
    let projected = list(&volume["projected"], "sources").iter();
    volume["secret"]["secretName"]
        .as_str()
        .into_iter()
        .chain(projected.filter_map(|source| source["secret"]["name"].as_str()))
}
