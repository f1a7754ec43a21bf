//! Reading what `doctor` and its siblings look at: files and clusters.

pub mod files;
pub mod kustomize;
pub mod live;
pub mod resources;
