//! Names that other objects hold, after names have changed
//! (`api/filters/nameref/nameref.go`).

use std::collections::{HashMap, HashSet};

use super::Failure;
use super::config::{Config, Reference};
use super::fieldspec::{Creates, FieldSpec};
use super::resource::{Gvk, Id, Resource};
use super::set::Set;
use super::tree::{Tree, shown};

/// What is asked of an object that may be referred to.
struct Candidate {
    index: usize,
    previous: Vec<Id>,
    current: Id,
    is_cluster_scoped: bool,
    effective_namespace: String,
}

/// Writes the new names into all references.
///
/// # Errors
/// Where several objects may be meant, and what the places hold is none.
pub(super) fn fix(config: &Config, set: &mut Set) -> Result<(), Failure> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    let mut candidates = Vec::with_capacity(set.list.len());
    for (index, resource) in set.list.iter().enumerate() {
        // Only who had another name, or kind or namespace, is found.
        let names: HashSet<_> = resource
            .earlier
            .iter()
            .map(|own| own.name.clone())
            .collect();
        for name in names {
            by_name.entry(name).or_default().push(index);
        }
        let current = resource.current();
        candidates.push(Candidate {
            index,
            previous: resource.previous().collect(),
            is_cluster_scoped: resource.is_cluster_scoped(),
            effective_namespace: current.effective_namespace().to_owned(),
            current,
        });
    }
    if by_name.is_empty() {
        return Ok(());
    }
    let mut places: HashMap<&str, Vec<(&Reference, &FieldSpec)>> = HashMap::new();
    for reference in &config.name_reference {
        for place in &reference.places {
            let kind = place.gvk.kind.as_str();
            places.entry(kind).or_default().push((reference, place));
        }
    }
    let mut changed = Vec::new();
    for (index, referrer) in set.list.iter().enumerate() {
        let original = referrer.original().gvk;
        let own = [original.kind.as_str(), ""];
        let mut tree: Option<Tree> = None;
        let looking = Looking {
            list: &set.list,
            candidates: &candidates,
            by_name: &by_name,
            referrer,
            own: &candidates[index],
            account_namespaces: account_namespaces(referrer),
        };
        // Those of its kind in the order of the kinds that they refer to.
        let mut found: Vec<_> = own
            .iter()
            .filter_map(|kind| places.get(kind))
            .flatten()
            .collect();
        if places.contains_key("") {
            found.sort_by_key(|(reference, _)| {
                config
                    .name_reference
                    .iter()
                    .position(|known| known.target == reference.target)
            });
        }
        for (reference, place) in found {
            if !original.is_selected(&place.gvk) {
                continue;
            }
            // The place is looked for whatever kind the object has by now.
            let place = FieldSpec {
                gvk: Gvk::default(),
                create: false,
                ..(*place).clone()
            };
            let target = Target {
                gvk: &reference.target,
                is_role: place.path.ends_with("roleRef/name"),
            };
            let mut own = tree.clone().unwrap_or_else(|| referrer.tree.clone());
            place.apply(&mut own, Creates::Nothing, &|at| looking.set(at, &target))?;
            tree = Some(own);
        }
        changed.extend(tree.map(|tree| (index, tree)));
    }
    for (index, tree) in changed {
        set.list[index].tree = tree;
    }
    Ok(())
}

struct Target<'a> {
    gvk: &'a Gvk,
    is_role: bool,
}

/// Namespaces of the ServiceAccounts that a RoleBinding names.
fn account_namespaces(resource: &Resource) -> HashSet<String> {
    if resource.kind() != "RoleBinding" {
        return HashSet::new();
    }
    let subjects = resource.tree.get("subjects").map_or(&[][..], Tree::items);
    subjects
        .iter()
        .filter(|subject| subject.value_of("kind") == "ServiceAccount")
        .map(|subject| subject.value_of("namespace").to_owned())
        .filter(|namespace| !namespace.is_empty())
        .collect()
}

/// Whom names mean in one object.
struct Looking<'a> {
    list: &'a [Resource],
    candidates: &'a [Candidate],
    by_name: &'a HashMap<String, Vec<usize>>,
    referrer: &'a Resource,
    own: &'a Candidate,
    account_namespaces: HashSet<String>,
}

impl Looking<'_> {
    /// What a place becomes; `None` where it stays.
    fn set(&self, tree: &Tree, target: &Target<'_>) -> Result<Option<Tree>, Failure> {
        if tree.is_null() {
            return Ok(None);
        }
        if tree.is_mapping() {
            return self.set_mapping(tree, target);
        }
        if !tree.is_sequence() {
            return self.set_scalar(tree, target);
        }
        let mut changed: Option<Tree> = None;
        for (index, item) in tree.items().iter().enumerate() {
            let new = match item {
                item if item.is_null() => None,
                item if item.is_mapping() => self.set_mapping(item, target)?,
                item if item.is_scalar() => self.set_scalar(item, target)?,
                _ => return Err(Failure::refused("a list of names has a list in it")),
            };
            if let Some(new) = new {
                let list = changed.get_or_insert_with(|| tree.clone());
                if let Some(items) = list.items_mut() {
                    items[index] = new;
                }
            }
        }
        Ok(changed)
    }

    fn set_scalar(&self, tree: &Tree, target: &Target<'_>) -> Result<Option<Tree>, Failure> {
        let name = tree.scalar_text().unwrap_or_default();
        let found = self.select(name, target, |_| true, |a, b| a.name() == b.name())?;
        Ok(found
            .filter(|found| found.name() != name)
            .map(|found| tree.with_text(found.name())))
    }

    /// A mapping with `name`, and perhaps `namespace`.
    fn set_mapping(&self, tree: &Tree, target: &Target<'_>) -> Result<Option<Tree>, Failure> {
        let Some(name) = tree.get("name") else {
            return Err(Failure::refused("a reference has no name"));
        };
        let name = name.scalar_text().unwrap_or_default();
        let in_namespace: Option<HashSet<usize>> = tree.get("namespace").map(|namespace| {
            let namespace = namespace.scalar_text().unwrap_or_default();
            let group = |of: &dyn Fn(&Candidate) -> bool| -> HashSet<usize> {
                let in_reach = self.candidates.iter().filter(|own| self.is_in_reach(own));
                in_reach
                    .filter(|own| of(own))
                    .map(|own| own.index)
                    .collect()
            };
            let original = group(&|own| {
                let first = own.previous.first().unwrap_or(&own.current);
                first.effective_namespace() == namespace
            });
            match original.is_empty() {
                true => group(&|own| own.effective_namespace == namespace),
                false => original,
            }
        });
        let is_meant = |own: &Candidate| {
            in_namespace
                .as_ref()
                .is_none_or(|all| all.contains(&own.index))
        };
        let found = self.select(name, target, is_meant, |a, b| {
            a.name() == b.name() && a.namespace() == b.namespace()
        })?;
        let Some(found) = found else {
            return Ok(None);
        };
        if found.name() == name && found.namespace().is_empty() {
            return Ok(None);
        }
        let mut changed = tree.clone();
        set_scalar_field(&mut changed, "name", found.name());
        if !found.namespace().is_empty() {
            set_scalar_field(&mut changed, "namespace", found.namespace());
        }
        Ok(Some(changed))
    }

    /// Whether the object may be referred to from here at all.
    fn is_in_reach(&self, candidate: &Candidate) -> bool {
        self.own.is_cluster_scoped
            || candidate.is_cluster_scoped
            || candidate.effective_namespace == self.own.effective_namespace
            || self
                .account_namespaces
                .contains(self.list[candidate.index].namespace())
    }

    fn select(
        &self,
        name: &str,
        target: &Target<'_>,
        is_meant: impl Fn(&Candidate) -> bool,
        same: impl Fn(&Resource, &Resource) -> bool,
    ) -> Result<Option<&Resource>, Failure> {
        let Some(named) = self.by_name.get(name) else {
            return Ok(None);
        };
        let role = target.is_role.then(|| self.role()).flatten();
        let had = |candidate: &Candidate, gvk: &Gvk| {
            candidate.previous.iter().any(|id| id.gvk.is_selected(gvk))
        };
        let near = |candidate: &Candidate| {
            self.own.is_cluster_scoped
                || candidate.is_cluster_scoped
                || candidate.current.gvk.kind == "ServiceAccount"
                || candidate.effective_namespace == self.own.effective_namespace
        };
        let mut found: Vec<&Resource> = named
            .iter()
            .map(|index| &self.candidates[*index])
            .filter(|own| self.is_in_reach(own) && is_meant(own) && had(own, target.gvk))
            .filter(|own| role.as_ref().is_none_or(|role| had(own, role)))
            .filter(|own| near(own))
            .map(|own| &self.list[own.index])
            .collect();
        if found.len() > 1 {
            found.retain(|own| self.same_affixes(own, true));
            if found.len() > 1 {
                found.retain(|own| self.same_affixes(own, false));
            }
        }
        let Some(first) = found.first().copied() else {
            return Ok(None);
        };
        let others = &found[1..];
        if others.iter().any(|other| other.hashed || first.hashed) {
            // Their hashes differ unless all that is in them is equal.
            return Err(Failure::not_sure(format!(
                "{} may mean several generated objects",
                shown(name)
            )));
        }
        match others.iter().all(|other| same(first, other)) {
            true => Ok(Some(first)),
            false => Err(Failure::refused(format!(
                "{} may mean several objects",
                shown(name)
            ))),
        }
    }

    /// The kind that a binding's roleRef names.
    fn role(&self) -> Option<Gvk> {
        let role = self.referrer.tree.get("roleRef")?;
        Some(Gvk {
            group: role.get("apiGroup")?.scalar_text()?.to_owned(),
            version: String::new(),
            kind: role.get("kind")?.scalar_text()?.to_owned(),
        })
    }

    fn same_affixes(&self, other: &Resource, empty_fits: bool) -> bool {
        let same = |a: &[String], b: &[String]| {
            (empty_fits && (a.is_empty() || b.is_empty())) || same_end(a, b)
        };
        same(&self.referrer.prefixes, &other.prefixes)
            && same(&self.referrer.suffixes, &other.suffixes)
    }
}

/// Whether the longer one ends as the shorter one does.
fn same_end(a: &[String], b: &[String]) -> bool {
    let (short, long) = if a.len() > b.len() { (b, a) } else { (a, b) };
    match short.is_empty() {
        true => long.is_empty(),
        false => long.ends_with(short),
    }
}

fn set_scalar_field(tree: &mut Tree, key: &str, text: &str) {
    let value = match tree.get(key) {
        Some(own) if own.scalar_text() == Some(text) => return,
        Some(own) if own.is_scalar() => own.with_text(text),
        _ => Tree::plain(text),
    };
    tree.set(key, value);
}
