//! Where a patch and a plan meet.

use std::path::Path;

use crate::command_line::CommandLine;
use crate::manifest::{Node, Operation, path};
use crate::migration::{Fate, Plan, Variable};
use crate::workload::Workload;
use crate::workload::mount_path::clean;
use crate::workload::pod::Container;

use super::including::Names;
use super::patch::{Content, Patch};
use super::{Collision, Weight};

/// Adds what a patch of the kustomization in `file` does to a plan.
pub(super) fn of(
    patch: &Patch,
    file: &str,
    names: &Names,
    workload: &Workload,
    plan: &Plan,
    found: &mut Vec<Collision>,
) {
    let target = patch.target.as_ref();
    if target.is_some_and(|target| !target.fits(workload, names)) {
        return;
    }
    let mut meeting = Meeting {
        patch,
        file,
        workload,
        plan,
        found,
    };
    match &patch.content {
        Content::Unread => meeting.add(
            Weight::Warns,
            None,
            "",
            "is not among the files, so what it does to this workload is not known",
        ),
        Content::Fields(fields) => fields.iter().for_each(|field| meeting.field(field)),
        Content::Documents(documents) => {
            for document in documents {
                if document.root.is_sequence() {
                    meeting.json_patch(&document.root);
                } else if target.is_some() || is_for(&document.root, workload, names) {
                    meeting.merge(&document.root);
                }
            }
        }
    }
}

/// A strategic merge patch names whom it is for as an object names itself.
fn is_for(root: &Node, workload: &Workload, names: &Names) -> bool {
    root.text_of("kind") == Some(&workload.id.kind)
        && root
            .at(&["metadata", "name"])
            .and_then(Node::as_str)
            .is_some_and(|name| names.any(|known| known == name))
}

struct Meeting<'a> {
    patch: &'a Patch,
    file: &'a str,
    workload: &'a Workload,
    plan: &'a Plan,
    found: &'a mut Vec<Collision>,
}

impl Meeting<'_> {
    fn add(&mut self, weight: Weight, start: Option<usize>, inside: &str, does: &str) {
        let patch = self.patch;
        let line = patch.line(start.unwrap_or_default());
        let place = match &patch.content {
            Content::Unread => patch.file.clone(),
            _ => format!("{}:{line}", patch.file),
        };
        let part = match &patch.content {
            Content::Fields(_) => "part",
            _ => "a patch",
        };
        let folder = Path::new(self.file)
            .parent()
            .map(|folder| folder.display().to_string())
            .filter(|folder| !folder.is_empty())
            .unwrap_or_else(|| ".".to_owned());
        let path = match (patch.path.as_str(), inside) {
            ("", inside) => inside.to_owned(),
            (at, "") => at.to_owned(),
            (at, inside) => format!("{at}: {inside}"),
        };
        let collision = Collision {
            reason: format!("{place}, {part} of {}, {does}.", self.file),
            path,
            next: format!(
                "Change that place too, and check the result of both: {}",
                CommandLine::secretsafe("migrate").flag("-k", &folder)
            ),
            weight,
        };
        if !self.found.contains(&collision) {
            self.found.push(collision);
        }
    }

    /// The variables of a container.
    fn variables(&self, container: &str) -> impl Iterator<Item = &Variable> {
        self.plan
            .variables
            .iter()
            .filter(move |variable| variable.container == container)
            .filter(|variable| variable.fate != Fate::Refused)
    }

    /// Whether entries of a list go, so that those after them count anew.
    fn shifts(&self, list: &str) -> bool {
        let below = format!("{list}/");
        self.plan
            .operations
            .iter()
            .any(|operation| match operation {
                Operation::Remove { pointer } => pointer == list || pointer.starts_with(&below),
                _ => false,
            })
    }

    /// Whether anything in a list changes.
    fn changes(&self, list: &str) -> bool {
        let below = format!("{list}/");
        self.plan
            .operations
            .iter()
            .any(|operation| match operation {
                Operation::Remove { pointer }
                | Operation::Add { pointer, .. }
                | Operation::Replace { pointer, .. } => {
                    pointer == list || pointer.starts_with(&below)
                }
                Operation::Test { .. } | Operation::Quote { .. } => false,
            })
    }

    /// What setting a variable beside its file means.
    fn sets(&mut self, variable: &Variable, start: usize, at: &str) {
        let does = format!(
            "sets {} of container {}: where it is applied, {}",
            variable.name,
            variable.container,
            match variable.fate {
                Fate::Kept(_) | Fate::Refused =>
                    "the variable may hold something else than the file",
                Fate::Removed | Fate::Replaced { .. } | Fate::Shimmed =>
                    "the variable is there again",
            }
        );
        self.add(Weight::Warns, Some(start), at, &does);
    }

    /// A strategic merge patch: lists are merged by name or mount path.
    fn merge(&mut self, root: &Node) {
        let template = root.lookup(&path::pointer(&self.workload.pod.site.path));
        for list in ["containers", "initContainers", "volumes"] {
            if let Some(node) = template.and_then(|template| replaced(template.get(list))) {
                self.replaces(list, node.span.start, list);
            }
        }
        for volume in template
            .and_then(|template| template.get("volumes"))
            .map_or(&[][..], Node::items)
        {
            let name = volume.text_of("name").unwrap_or_default();
            if self.plan.volumes.iter().any(|planned| planned.name == name) {
                let does =
                    format!("has a volume {name} too, which would be merged with the new one");
                self.add(Weight::Breaks, Some(volume.span.start), "volumes", &does);
            }
        }
        for container in &containers(root, self.workload) {
            self.merge_container(container);
        }
    }

    fn merge_container(&mut self, container: &PatchContainer<'_>) {
        let name = container.name;
        let plan = self.plan;
        let node = container.node;
        for list in ["env", "envFrom", "volumeMounts"] {
            if let Some(marker) = replaced(node.get(list)) {
                let at = path::child(&container.path, list);
                self.replaces(
                    &format!("{list} of container {name}"),
                    marker.span.start,
                    &at,
                );
            }
        }
        let touched: Vec<_> = self.variables(name).cloned().collect();
        if touched.is_empty() {
            return;
        }
        for (index, entry) in node
            .get("env")
            .map_or(&[][..], Node::items)
            .iter()
            .enumerate()
        {
            let entry_name = entry.text_of("name").unwrap_or_default();
            for variable in touched
                .iter()
                .filter(|variable| variable.name == entry_name)
            {
                let at = path::item(&path::child(&container.path, "env"), index);
                self.sets(variable, entry.span.start, &at);
            }
        }
        // Kubernetes merges envFrom as a whole (core/v1 `+listType=atomic`).
        if let Some(list) = node.get("envFrom")
            && touched
                .iter()
                .any(|variable| variable.site.path.contains(".envFrom["))
        {
            let at = path::child(&container.path, "envFrom");
            let does = format!("replaces envFrom of container {name} as a whole");
            self.add(Weight::Warns, Some(list.span.start), &at, &does);
        }
        for mount in node.get("volumeMounts").map_or(&[][..], Node::items) {
            let place = clean(mount.text_of("mountPath").unwrap_or_default());
            let meets = plan.mounts.iter().any(|planned| {
                planned.container == name && !planned.existing && clean(&planned.path) == place
            });
            if meets {
                let at = path::child(&container.path, "volumeMounts");
                let does = format!("mounts something else at {place} in container {name}");
                self.add(Weight::Breaks, Some(mount.span.start), &at, &does);
            }
        }
    }

    fn replaces(&mut self, what: &str, start: usize, at: &str) {
        let does = format!("replaces {what} as a whole, so the change would be lost");
        self.add(Weight::Breaks, Some(start), at, &does);
    }

    /// A JSON Patch: it counts entries.
    fn json_patch(&mut self, list: &Node) {
        for (index, operation) in list.items().iter().enumerate() {
            let pointer = operation.text_of("path").unwrap_or_default();
            let adds = operation.text_of("op") == Some("add");
            let start = operation.span.start;
            let at = path::item("", index);
            let workload = self.workload;
            let base = path::pointer(&workload.pod.site.path);
            self.json_list(&format!("{base}/volumes"), pointer, adds, start, &at);
            for container in &workload.pod.containers {
                let place = path::pointer(&container.site.path);
                for field in ["env", "envFrom", "volumeMounts"] {
                    let list = format!("{place}/{field}");
                    self.json_list(&list, pointer, adds, start, &at);
                }
                let into = pointer.strip_prefix(&format!("{place}/env/"));
                let name = operation.at(&["value", "name"]).and_then(Node::as_str);
                if adds && into.is_some_and(|rest| !rest.contains('/')) {
                    let touched: Vec<_> = self.variables(&container.name).cloned().collect();
                    for variable in touched
                        .iter()
                        .filter(|known| Some(known.name.as_str()) == name)
                    {
                        self.sets(variable, start, &at);
                    }
                }
            }
        }
    }

    fn json_list(&mut self, list: &str, pointer: &str, adds: bool, start: usize, at: &str) {
        let last = pointer.rsplit('/').next().unwrap_or_default();
        let inserts = adds && (last == "-" || last.parse::<usize>().is_ok());
        let whole = list == pointer || (list.starts_with(&format!("{pointer}/")) && !inserts);
        if whole && self.changes(list) {
            let does = format!("changes {pointer} as a whole, and what is to change is in it");
            self.add(Weight::Breaks, Some(start), at, &does);
        }
        let index = pointer
            .strip_prefix(&format!("{list}/"))
            .map(|rest| rest.split('/').next().unwrap_or_default());
        if index.is_some_and(|index| index != "-") && self.shifts(list) {
            let does = format!(
                "counts the entries of {list} ({pointer}), and would hit another one once some are gone"
            );
            self.add(Weight::Breaks, Some(start), at, &does);
        }
    }

    /// `spec.template.spec.containers.[name=api].env.[name=X].value`, or with
    /// indices in the form of replacements (`.0`) or of variables (`[0]`).
    fn field(&mut self, field: &str) {
        let workload = self.workload;
        let plain = field.replace("[name=", ".=").replace(['[', ']'], ".");
        let tokens: Vec<_> = plain.split('.').filter(|token| !token.is_empty()).collect();
        let Some(at) = tokens
            .iter()
            .position(|token| matches!(*token, "containers" | "initContainers"))
        else {
            return;
        };
        let [chosen, list, entry, ..] = &tokens[at + 1..] else {
            return;
        };
        for container in &workload.pod.containers {
            if !is_chosen(container, tokens[at], chosen) {
                continue;
            }
            let pointer = format!("{}/{list}", path::pointer(&container.site.path));
            if entry.parse::<usize>().is_ok() && self.shifts(&pointer) {
                let does = format!(
                    "counts the entries of {list} of container {} ({field}), and would hit another one once some are gone",
                    container.name
                );
                self.add(Weight::Breaks, None, "", &does);
            }
            let touched: Vec<_> = self.variables(&container.name).cloned().collect();
            for variable in &touched {
                let named = entry.strip_prefix('=') == Some(&variable.name);
                if *list != "env" || !(named || *entry == "*") {
                    continue;
                }
                let weight = match variable.fate {
                    Fate::Kept(_) | Fate::Refused => Weight::Warns,
                    Fate::Removed | Fate::Replaced { .. } | Fate::Shimmed => Weight::Breaks,
                };
                let does = format!(
                    "names {} of container {} ({field})",
                    variable.name, container.name
                );
                self.add(weight, None, "", &does);
            }
        }
    }
}

/// Whether a token of a field path chooses a container.
fn is_chosen(container: &Container, list: &str, token: &str) -> bool {
    let place = path::pointer(&container.site.path);
    let Some((rest, index)) = place.rsplit_once('/') else {
        return false;
    };
    rest.ends_with(&format!("/{list}"))
        && (token == "*" || token == index || token.strip_prefix('=') == Some(&container.name))
}

/// A container in a strategic merge patch.
struct PatchContainer<'a> {
    name: &'a str,
    path: String,
    node: &'a Node,
}

/// Its containers, by the place that the workload's own kind has them in.
fn containers<'a>(root: &'a Node, workload: &'a Workload) -> Vec<PatchContainer<'a>> {
    let at = &workload.pod.site.path;
    let Some(template) = root.lookup(&path::pointer(at)) else {
        return Vec::new();
    };
    ["containers", "initContainers"]
        .into_iter()
        .flat_map(|list| {
            let items = template.get(list).map_or(&[][..], Node::items);
            items.iter().enumerate().filter_map(move |(index, node)| {
                Some(PatchContainer {
                    name: node.text_of("name")?,
                    path: path::item(&path::child(at, list), index),
                    node,
                })
            })
        })
        .collect()
}

/// The entry that makes a patch replace a list instead of merging it.
fn replaced(list: Option<&Node>) -> Option<&Node> {
    list.map_or(&[][..], Node::items)
        .iter()
        .find(|item| item.text_of("$patch") == Some("replace"))
}
