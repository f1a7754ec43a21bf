//! Kustomizations: what comes out of them ([`build`]), and names that an emitted
//! patch has to have ([`Renaming`]).

pub mod build;
mod renaming;

use std::path::{Component, Path, PathBuf};

pub use renaming::Renaming;

/// The path without `.` and `..`, as far as its words tell.
pub(crate) fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(cleaned.components().next_back(), Some(Component::Normal(_))) =>
            {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}
