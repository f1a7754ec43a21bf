//! What is about to be sealed, as values without I/O.
//!
//! A [`Plain`] Secret and a [`Target`] become a SealedSecret ([`document`]). Files that
//! are there are changed by operations ([`change`]) and judged without a cluster
//! ([`check`]).

pub mod change;
pub mod check;
pub mod document;
mod plain;
mod target;

pub use plain::{NotPlain, Plain};
pub use target::{Problem, Said, Target};

use crate::manifest::{Document, Node};

/// The objects of a document with the path of each: itself, or the items of a list.
pub fn objects(document: &Document) -> Vec<(String, &Node)> {
    let kind = document.root.text_of("kind").unwrap_or_default();
    if !kind.ends_with("List") {
        return vec![(String::new(), &document.root)];
    }
    let items = document.root.get("items").map_or(&[][..], Node::items);
    items
        .iter()
        .enumerate()
        .map(|(number, item)| (format!("items[{number}]"), item))
        .collect()
}
