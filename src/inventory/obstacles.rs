//! Files that kubectl cannot read.

use crate::manifest::Lines;
use crate::manifest::kubectl::{self, Obstacle};
use crate::parallel;
use crate::workload::{Object, Origin, is_kustomization_file};

use super::{Inventory, ReadFrom};

/// A file with objects that kubectl cannot read, or not all of.
pub struct Unreadable<'a> {
    /// The objects that were read in it.
    pub objects: Vec<&'a Object>,
    /// Which of the sources.
    pub source: usize,
    /// Where kubectl stops, in the order of the text; not empty.
    pub obstacles: Vec<Obstacle>,
}

impl Inventory {
    /// The files that hold objects and that `kubectl apply -f` cannot read.
    /// Kustomizations have a reader of their own, and of a file that is broken
    /// here too it was said before.
    pub fn unreadable(&self) -> Vec<Unreadable<'_>> {
        // What a kustomization builds stands in no file; its files are judged
        // once, for all.
        if self.kustomization.is_some() {
            return Vec::new();
        }
        let mut objects: Vec<Vec<&Object>> = self.sources.iter().map(|_| Vec::new()).collect();
        for object in self.objects.iter().chain(&self.parts) {
            if let Origin::File { source, .. } = object.origin {
                objects[source].push(object);
            }
        }
        let candidates: Vec<_> = objects
            .into_iter()
            .enumerate()
            .filter(|(index, objects)| {
                let source = &self.sources[*index];
                let is_kustomization =
                    is_kustomization_file(std::path::Path::new(source.text.name()));
                !objects.is_empty()
                    && !source.broken
                    && source.lines == Lines::Others
                    && !is_kustomization
                    && !matches!(source.read_from, ReadFrom::Kustomization(_))
            })
            .collect();
        let found = parallel::map(candidates, |(source, objects)| Unreadable {
            objects,
            source,
            obstacles: kubectl::obstacles(&self.sources[source].text),
        });
        found
            .into_iter()
            .filter(|file| !file.obstacles.is_empty())
            .collect()
    }
}
