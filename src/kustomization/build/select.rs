//! Whom a patch or replacement is for (`api/types/selector.go`).

use regex::Regex;

use super::Failure;
use super::resource::{Gvk, Id, Resource};
use super::tree::Tree;
use crate::workload::selector::Selector as Labels;

/// A selector whose parts are regular expressions, from end to end.
pub(super) struct Selector {
    group: Pattern,
    version: Pattern,
    kind: Pattern,
    name: Pattern,
    namespace: Pattern,
    labels: Option<Labels>,
    annotations: Option<Labels>,
}

enum Pattern {
    Anything,
    Exactly(String),
    Regex(Regex),
}

impl Pattern {
    fn of(text: &str) -> Result<Self, Failure> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
        match text {
            "" => Ok(Self::Anything),
            text if text.chars().all(is_plain) => Ok(Self::Exactly(text.to_owned())),
            text => Ok(Self::Regex(regex(&format!("^(?:{text})$"))?)),
        }
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Exactly(wanted) => wanted == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// A regular expression in Go's syntax.
///
/// # Errors
/// Where it cannot be read: what Go cannot read it refuses, but Go may read
/// some that we cannot.
pub(super) fn regex(text: &str) -> Result<Regex, Failure> {
    Regex::new(text)
        .map_err(|_| Failure::not_sure("it has a regular expression that cannot be read here"))
}

impl Selector {
    /// Reads one.
    ///
    /// # Errors
    /// A pattern or a label selector that cannot be read.
    pub fn of(tree: &Tree) -> Result<Self, Failure> {
        let labels = |key: &str| match tree.value_of(key) {
            "" => Ok(None),
            text => Labels::parse(text)
                .map(Some)
                .map_err(|_| Failure::refused(format!("a {key} of it cannot be read"))),
        };
        let pattern = |key| Pattern::of(tree.value_of(key));
        Ok(Self {
            group: pattern("group")?,
            version: pattern("version")?,
            kind: pattern("kind")?,
            name: pattern("name")?,
            namespace: pattern("namespace")?,
            labels: labels("labelSelector")?,
            annotations: labels("annotationSelector")?,
        })
    }

    fn fits_gvk(&self, gvk: &Gvk) -> bool {
        self.group.fits(&gvk.group) && self.version.fits(&gvk.version) && self.kind.fits(&gvk.kind)
    }

    /// Whether its labels and annotations are those that are wanted.
    pub fn fits_labels(&self, resource: &Resource) -> bool {
        let fits = |wanted: &Option<Labels>, field: &str| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.fits(&resource.texts(field)))
        };
        fits(&self.labels, "labels") && fits(&self.annotations, "annotations")
    }

    /// Whether it looks at labels or annotations.
    pub fn has_labels(&self) -> bool {
        self.labels.is_some() || self.annotations.is_some()
    }

    /// Whether it looks at nothing but these.
    pub fn has_no_id(&self) -> bool {
        [
            &self.group,
            &self.version,
            &self.kind,
            &self.name,
            &self.namespace,
        ]
        .iter()
        .all(|pattern| matches!(pattern, Pattern::Anything))
    }

    /// Whether a patch with this target is for an object: by the first of its
    /// names, or by the one it has.
    pub fn fits(&self, resource: &Resource) -> bool {
        if !self.fits_gvk(&resource.gvk()) {
            return false;
        }
        let (original, current) = (resource.original(), resource.current());
        let either = |pattern: &Pattern, part: &dyn Fn(&Id) -> String| {
            pattern.fits(&part(&original)) || pattern.fits(&part(&current))
        };
        either(&self.name, &|id| id.name.clone())
            && either(&self.namespace, &|id| id.effective_namespace().to_owned())
            && self.fits_labels(resource)
    }

    /// Whether one name of an object is meant, as replacements look at them:
    /// the namespace as it is written.
    pub fn fits_id(&self, id: &Id) -> bool {
        self.fits_gvk(&id.gvk) && self.name.fits(&id.name) && self.namespace.fits(&id.namespace)
    }
}
