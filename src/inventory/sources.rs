//! The input files. All sets of files that one run looks at share them.

use std::collections::HashMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::kustomization::clean;

use super::Source;

/// Input files, by the `source` of [`crate::workload::Origin::File`].
#[derive(Default)]
pub struct Sources {
    all: Vec<Source>,
    by_path: OnceLock<HashMap<PathBuf, usize>>,
}

impl Sources {
    /// The first file of this path, which has no `.` and no `..` in it.
    pub fn at(&self, path: &Path) -> Option<&Source> {
        let by_path = self.by_path.get_or_init(|| {
            let mut by_path = HashMap::new();
            for (index, source) in self.all.iter().enumerate() {
                let path = clean(Path::new(source.text.name()));
                by_path.entry(path).or_insert(index);
            }
            by_path
        });
        self.all.get(*by_path.get(path)?)
    }
}

impl From<Vec<Source>> for Sources {
    fn from(all: Vec<Source>) -> Self {
        Self {
            all,
            by_path: OnceLock::new(),
        }
    }
}

impl Deref for Sources {
    type Target = [Source];

    fn deref(&self) -> &[Source] {
        &self.all
    }
}
