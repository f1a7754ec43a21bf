//! Credentials in files that are not objects of their own, for the rules about readable values.

use std::collections::BTreeMap;
use std::path::Path;

use crate::command_line::CommandLine;
use crate::finding::Finding;
use crate::inventory::{GeneratorFile, GitStatus, Inventory};
use crate::kustomization::clean;
use crate::manifest::{Node, SourceText, Span, parse, path};
use crate::workload::plaintext::{self, Plain};
use crate::workload::{Object, Origin, Site};

/// How many names are listed; the others are counted.
const MOST_NAMES: usize = 10;
/// How many characters of a name are shown.
const LONGEST_NAME: usize = 80;

/// Something readable, and where.
pub(super) struct Found<'a> {
    /// The object whose text has it.
    pub object: &'a Object,
    pub site: Site,
    /// What has it: `The inline patch`, `A literal of generator creds`.
    pub holder: String,
    pub plain: Plain,
    /// The file that has it, if that is not a manifest, and whether git tracks it.
    pub file: Option<(String, GitStatus)>,
}

impl Found<'_> {
    /// The finding, with its place.
    pub fn located(&self, finding: Finding) -> Finding {
        let finding = finding.at(
            self.object.origin,
            &self.site,
            "readable by everybody who has the file",
        );
        match &self.file {
            Some((_, GitStatus::Tracked)) => {
                finding.because("Git tracks the file, so its history keeps the values.")
            }
            Some((_, GitStatus::Untracked)) => finding.because("Git does not track the file."),
            _ => finding,
        }
    }

    /// Whether only this machine has it, as kustomize's guides advise.
    pub fn is_local(&self) -> bool {
        matches!(self.file, Some((_, GitStatus::Untracked)))
    }
}

/// Everything found in files.
pub(super) fn everywhere(inventory: &Inventory) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    for object in inventory.of_kind("", "ConfigMap") {
        if object.origin != Origin::Live {
            in_config_map(object, &mut found);
        }
    }
    for kind in ["Kustomization", "Component"] {
        for object in inventory.of_kind("kustomize.config.k8s.io", kind) {
            in_generators(object, &mut found);
            in_patches(inventory, object, &mut found);
        }
    }
    if inventory.generator_files.is_empty() {
        return found;
    }
    let mut by_origin: BTreeMap<Origin, &Object> = BTreeMap::new();
    for object in &inventory.objects {
        by_origin.entry(object.origin).or_insert(object);
    }
    let files = inventory.generator_files.iter();
    found.extend(
        files
            .filter_map(|file| Some(in_file(by_origin.get(&file.origin)?, file)))
            .flatten(),
    );
    found
}

fn in_config_map<'a>(object: &'a Object, found: &mut Vec<Found<'a>>) {
    for entry in object.root.get("data").map_or(&[][..], Node::entries) {
        let key = entry.key.scalar_text().unwrap_or_default();
        let text = entry.value.scalar_text().unwrap_or_default();
        for plain in plaintext::in_text(text) {
            found.push(Found {
                object,
                site: Site {
                    path: path::child("data", key),
                    span: entry.key.span,
                },
                holder: format!(
                    "The manifest in key {} of ConfigMap {}",
                    short(key),
                    object.id.name
                ),
                plain,
                file: None,
            });
        }
    }
}

fn in_generators<'a>(object: &'a Object, found: &mut Vec<Found<'a>>) {
    for (field, is_secret) in [("secretGenerator", true), ("configMapGenerator", false)] {
        let generators = object.root.get(field).map_or(&[][..], Node::items);
        for (index, generator) in generators.iter().enumerate() {
            let name = generator.text_of("name").unwrap_or_default();
            let literals = generator.get("literals").map_or(&[][..], Node::items);
            let mut secret: Option<(Site, Vec<String>)> = None;
            for (number, node) in literals.iter().enumerate() {
                let Some((key, value)) = node.scalar_text().and_then(plaintext::literal) else {
                    continue;
                };
                let site = Site {
                    path: path::item(&path::child(&path::item(field, index), "literals"), number),
                    span: node.span,
                };
                if is_secret {
                    if plaintext::is_readable(key, value) {
                        let (_, keys) = secret.get_or_insert_with(|| (site, Vec::new()));
                        keys.push(key.to_owned());
                    }
                } else if let Some(why) = plaintext::config_key(key, value) {
                    found.push(Found {
                        object,
                        site,
                        holder: format!("A literal of the generator of ConfigMap {}", short(name)),
                        plain: Plain::ConfigKey {
                            map: name.to_owned(),
                            key: key.to_owned(),
                            why,
                        },
                        file: None,
                    });
                }
            }
            if let Some((site, keys)) = secret {
                found.push(Found {
                    object,
                    site,
                    holder: "A secretGenerator".to_owned(),
                    plain: Plain::Secret {
                        name: name.to_owned(),
                        keys,
                    },
                    file: None,
                });
            }
        }
    }
}

/// Inline patches of the kustomization, and JSON patches in separate files: neither is an object.
fn in_patches<'a>(inventory: &Inventory, object: &'a Object, found: &mut Vec<Found<'a>>) {
    for field in ["patches", "patchesStrategicMerge", "patchesJson6902"] {
        let items = object.root.get(field).map_or(&[][..], Node::items);
        for (index, item) in items.iter().enumerate() {
            let target = item.get("target");
            let kind = target.and_then(|target| target.text_of("kind"));
            let name = target
                .and_then(|target| target.text_of("name"))
                .unwrap_or_default();
            let at = path::item(field, index);
            let (site, holder, plain) = if let Some(patch) = item.get("patch") {
                let text = patch.scalar_text().unwrap_or_default();
                (
                    site(&path::child(&at, "patch"), patch),
                    "An inline patch".to_owned(),
                    plaintext::in_patch(text, kind, name),
                )
            } else if let Some(file) = item.get("path") {
                let named = file.scalar_text().unwrap_or_default();
                let Some(text) = json_patch(inventory, object, named) else {
                    continue;
                };
                (
                    site(&path::child(&at, "path"), file),
                    format!("The patch {}", short(named)),
                    plaintext::in_patch(text, kind, name),
                )
            } else if let Some(text) = item.scalar_text().filter(|text| text.contains('\n')) {
                (
                    site(&at, item),
                    "An inline patch".to_owned(),
                    plaintext::in_patch(text, None, ""),
                )
            } else {
                continue;
            };
            found.extend(plain.into_iter().map(|plain| Found {
                object,
                site: site.clone(),
                holder: holder.clone(),
                plain,
                file: None,
            }));
        }
    }
}

fn site(path: &str, node: &Node) -> Site {
    // The first line of a block is its indicator.
    Site {
        path: path.to_owned(),
        span: Span {
            start: node.span.start,
            end: node.span.end,
        },
    }
}

/// The text of a JSON patch that a kustomization names, if it is among the files.
fn json_patch<'a>(inventory: &'a Inventory, object: &Object, named: &str) -> Option<&'a str> {
    let own = inventory.source(object.origin)?.text.name();
    let folder = Path::new(own).parent()?;
    let file = clean(&folder.join(named));
    let source = inventory.sources.at(&file)?;
    let text = source.text.text();
    let is_patch = parse(&SourceText::new("", text.to_owned()))
        .documents
        .iter()
        .any(|document| plaintext::is_json_patch(&document.root));
    is_patch.then_some(text)
}

/// What a file of a generator has.
fn in_file<'a>(object: &'a Object, file: &GeneratorFile) -> Vec<Found<'a>> {
    let site = Site {
        path: file.path.clone(),
        span: file.span,
    };
    file.plain
        .iter()
        .map(|plain| Found {
            object,
            site: site.clone(),
            holder: format!("File {} of a generator", short(&file.name)),
            plain: plain.clone(),
            file: Some((file.name.clone(), file.git)),
        })
        .collect()
}

/// A name from the input, shortened to what a line has room for.
pub(super) fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let kept: String = name.chars().take(LONGEST_NAME).collect();
    format!("{kept}…")
}

/// The first names, and how many more there are.
pub(super) fn folded<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    let told: Vec<_> = names
        .iter()
        .take(MOST_NAMES)
        .map(|name| short(name))
        .collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// The command that creates a Secret and prompts for one key.
pub(super) fn create(namespace: &str, name: &str, key: &str) -> CommandLine {
    CommandLine::secretsafe("create")
        .name(&short(name))
        .namespace(namespace)
        .flag("--prompt", &short(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_and_long_names_are_folded() {
        assert_eq!(folded(["a", "b"]), "a, b");
        let many: Vec<_> = (0..300).map(|number| format!("k{number}")).collect();
        let told = folded(many.iter().map(String::as_str));
        assert!(told.ends_with("k9 and 290 more"), "{told}");
        assert_eq!(
            short(&"x".repeat(1_000_000)).chars().count(),
            LONGEST_NAME + 1
        );
    }
}
