//! Takes what may be a secret value out of a tree's reach.

use crate::secret::SecretValue;
use crate::secret::copies::repeats_values;

use super::node::{ScalarType, SealedScalar};
use super::{Content, Node};

/// Seals the values of a Secret, and of the items of a list or an OpenShift
/// Template.
pub(super) fn seal(root: &mut Node) {
    seal_as(root, None);
}

/// Items of a typed list (SecretList) come without their kind.
fn seal_as(root: &mut Node, item_kind: Option<&str>) {
    let kind = root.text_of("kind").or(item_kind).unwrap_or_default();
    let is_secret = kind == "Secret";
    // OpenShift's Template holds whole objects.
    let is_template = kind == "Template";
    let items_kind = kind.strip_suffix("List").map(str::to_owned);
    let Content::Mapping(entries) = &mut root.content else {
        return;
    };
    for entry in entries {
        match entry.key.scalar_text() {
            Some("data" | "stringData") if is_secret => seal_below(&mut entry.value),
            Some("metadata") => seal_annotations(&mut entry.value),
            Some("objects") if is_template => {
                if let Content::Sequence(items) = &mut entry.value.content {
                    items.iter_mut().for_each(|item| seal_as(item, None));
                }
            }
            Some("items") if items_kind.is_some() => {
                if let Content::Sequence(items) = &mut entry.value.content {
                    for item in items {
                        seal_as(item, items_kind.as_deref());
                    }
                }
            }
            _ => {}
        }
    }
}

fn seal_annotations(metadata: &mut Node) {
    let Content::Mapping(entries) = &mut metadata.content else {
        return;
    };
    for entry in entries {
        if entry.key.scalar_text() != Some("annotations") {
            continue;
        }
        if let Content::Mapping(annotations) = &mut entry.value.content {
            for annotation in annotations {
                let name = annotation.key.scalar_text();
                if name.is_some_and(repeats_values) {
                    seal_below(&mut annotation.value);
                }
            }
        }
    }
}

fn seal_below(node: &mut Node) {
    match &mut node.content {
        Content::Scalar(scalar) => {
            let mut text = std::mem::take(&mut scalar.text);
            // However null is written, there is no value.
            if scalar.type_ == ScalarType::Null {
                text = Box::default();
            }
            node.content = Content::Sealed(Box::new(SealedScalar {
                style: scalar.style,
                type_: scalar.type_,
                value: SecretValue::from_bytes(text.into_string().into_bytes()),
            }));
        }
        Content::Sequence(items) => items.iter_mut().for_each(seal_below),
        Content::Mapping(entries) => {
            for entry in entries {
                seal_below(&mut entry.value);
            }
        }
        Content::Sealed(_) => {}
    }
}
