//! Manifest files as trees with positions.
//!
//! A file is read as kubectl reads it (YAML 1.1 scalars, JSON, several
//! documents), and every node remembers which bytes it came from, so that a
//! finding can point at them and an edit can leave all others alone. Answers of
//! the API server become the same trees, without positions that mean anything.
//!
//! Values of Secrets never stay in a tree as text: [`Content::Sealed`] holds
//! them. Trees have neither `Debug` nor `Serialize`.

pub mod diff;
pub mod edit;
mod json;
pub mod json_patch;
pub mod kubectl;
mod libyaml;
mod lines;
mod node;
mod operation;
mod parse;
pub mod path;
mod resolve;
mod seal;
#[cfg(test)]
mod tests;
mod text;
mod usual;
mod yaml;

pub use node::{
    Content, Entry, EntryOrigin, Node, Scalar, ScalarStyle, ScalarType, SealedScalar, Sharing,
};
pub use operation::Operation;
pub use parse::{Document, DuplicateKey, Format, Parsed, Problem, parse, parse_json};
pub use text::{Position, SourceText, Span};
pub use usual::Lines;
