//! Reading what `doctor` and its siblings look at: files and clusters.

pub mod built;
pub mod files;
mod generated;
pub mod kustomize;
pub mod live;
pub mod neighbours;
pub mod surroundings;
