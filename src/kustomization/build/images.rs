//! `images` (`api/filters/imagetag`, `api/internal/image`).

use std::sync::Arc;

use regex::Regex;

use super::Failure;
use super::config::Config;
use super::fields::Fields;
use super::fieldspec::Creates;
use super::set::Set;
use super::tree::{Field, Inner, Tree};

struct Image<'a> {
    pattern: Regex,
    entry: &'a Tree,
}

/// Changes the images of all objects.
///
/// # Errors
/// Where an image is no text, or its name no pattern.
pub(super) fn run(fields: &Fields, config: &Config, set: &mut Set) -> Result<(), Failure> {
    let entries = fields.list("images").iter().chain(fields.list("imageTags"));
    for entry in entries {
        // The name is a pattern, as it is.
        let name = entry.value_of("name");
        let image = Image {
            pattern: super::select::regex(&format!(
                "^{name}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$"
            ))?,
            entry,
        };
        for resource in &mut set.list {
            if resource.kind() == "CustomResourceDefinition" {
                continue;
            }
            if let Some(changed) = image.everywhere(&resource.tree)? {
                resource.tree = changed;
            }
        }
        for resource in &mut set.list {
            if resource.kind() == "CustomResourceDefinition" {
                continue;
            }
            let gvk = resource.gvk();
            for spec in &config.images {
                if gvk.is_selected(&spec.gvk) {
                    spec.apply(&mut resource.tree, Creates::Nothing, &|tree| {
                        image.change(tree)
                    })?;
                }
            }
        }
    }
    Ok(())
}

impl Image<'_> {
    /// In all lists that are called containers, wherever they stand.
    fn everywhere(&self, tree: &Tree) -> Result<Option<Tree>, Failure> {
        match &tree.inner {
            Inner::Mapping(fields) => {
                let mut changed: Option<Vec<Field>> = None;
                for (index, field) in fields.iter().enumerate() {
                    let mut value = self.everywhere(&field.value)?;
                    if matches!(&*field.key.text, "containers" | "initContainers") {
                        let own = value.as_ref().unwrap_or(&field.value);
                        value = self.containers(own)?.or(value);
                    }
                    if let Some(value) = value {
                        changed.get_or_insert_with(|| fields.to_vec())[index].value = value;
                    }
                }
                Ok(changed.map(|fields| Tree {
                    inner: Inner::Mapping(Arc::new(fields)),
                    ..tree.clone()
                }))
            }
            Inner::Sequence(items) => {
                let mut changed: Option<Vec<Tree>> = None;
                for (index, item) in items.iter().enumerate() {
                    if let Some(item) = self.everywhere(item)? {
                        changed.get_or_insert_with(|| items.to_vec())[index] = item;
                    }
                }
                Ok(changed.map(|items| Tree {
                    inner: Inner::Sequence(Arc::new(items)),
                    ..tree.clone()
                }))
            }
            _ => Ok(None),
        }
    }

    fn containers(&self, list: &Tree) -> Result<Option<Tree>, Failure> {
        let mut changed: Option<Tree> = None;
        for (index, container) in list.items().iter().enumerate() {
            if container.is_null() {
                continue;
            }
            if !container.is_mapping() {
                return Err(Failure::refused(
                    "a list called containers has a text in it",
                ));
            }
            let Some(image) = container.get("image") else {
                continue;
            };
            if let Some(image) = self.change(image)? {
                let list = changed.get_or_insert_with(|| list.clone());
                if let Some(items) = list.items_mut() {
                    items[index].set("image", image);
                }
            }
        }
        Ok(changed)
    }

    fn change(&self, tree: &Tree) -> Result<Option<Tree>, Failure> {
        if !tree.is_scalar() {
            return Err(Failure::refused("an image is not text"));
        }
        let text = tree.scalar_text().unwrap_or_default();
        if !self.pattern.is_match(text) {
            return Ok(None);
        }
        let wish = |field: &str| self.entry.value_of(field);
        let (mut name, mut tag, mut digest) = split(text);
        if !wish("newName").is_empty() {
            name = wish("newName");
        }
        let with_suffix;
        match (wish("newTag"), wish("digest"), wish("tagSuffix")) {
            ("", "", "") => {}
            ("", "", suffix) => {
                with_suffix = format!("{tag}{suffix}");
                tag = &with_suffix;
                digest = "";
            }
            (new_tag, new_digest, _) => {
                tag = new_tag;
                digest = new_digest;
            }
        }
        let mut image = name.to_owned();
        if !tag.is_empty() {
            image.push(':');
            image.push_str(tag);
        }
        if !digest.is_empty() {
            image.push('@');
            image.push_str(digest);
        }
        Ok(Some(tree.with_text(&image)))
    }
}

/// Name, tag and digest.
fn split(image: &str) -> (&str, &str, &str) {
    let from = image.find('/').filter(|at| *at > 0).unwrap_or(0);
    let find = |c: char| image[from..].find(c).map(|at| at + from);
    match (find('@'), find(':')) {
        (None, None) => (image, "", ""),
        (Some(at), colon) if colon.is_none_or(|colon| at < colon) => {
            (&image[..at], "", &image[at + 1..])
        }
        (Some(at), Some(colon)) => (&image[..colon], &image[colon + 1..at], &image[at + 1..]),
        (_, Some(colon)) => (&image[..colon], &image[colon + 1..], ""),
        (Some(at), None) => (&image[..at], "", &image[at + 1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn images_have_parts() {
        for (image, parts) in [
            ("nginx", ("nginx", "", "")),
            ("nginx:1", ("nginx", "1", "")),
            ("nginx@sha256:1", ("nginx", "", "sha256:1")),
            ("nginx:1@sha256:2", ("nginx", "1", "sha256:2")),
            ("a.example:443/nginx", ("a.example:443/nginx", "", "")),
            (
                "a.example:443/nginx:1@sha256:2",
                ("a.example:443/nginx", "1", "sha256:2"),
            ),
        ] {
            assert_eq!(split(image), parts, "{image}");
        }
    }
}
