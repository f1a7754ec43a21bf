//! What a kustomization does after its patches, so that they meet other names
//! and other lists than what comes out.

use crate::manifest::{SourceText, parse};

/// Fields whose changes are made after `patches`: kubernetes-sigs/kustomize
/// `api/internal/target/kusttarget_configplugin.go` and `kusttarget.go`
/// (`configureBuiltinTransformers`, `runTransformers`, `ResolveVars`).
const AFTER_PATCHES: [&str; 4] = ["patchesJson6902", "replacements", "transformers", "vars"];

/// What a kustomization does after its patches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renaming {
    prefix: String,
    suffix: String,
    /// A field of it that changes what its patches have made.
    pub changes_after: Option<&'static str>,
}

impl Renaming {
    /// Reads it from the kustomization's own file.
    pub fn read(file: &SourceText) -> Self {
        let parsed = parse(file);
        let Some(document) = parsed.documents.first() else {
            return Self::default();
        };
        let root = &document.root;
        let part = |field| root.text_of(field).unwrap_or_default().to_owned();
        let is_there = |field: &&str| root.get(field).is_some_and(|list| !list.items().is_empty());
        Self {
            prefix: part("namePrefix"),
            suffix: part("nameSuffix"),
            changes_after: AFTER_PATCHES.into_iter().find(is_there),
        }
    }

    /// The name that its patches meet, of one that comes out of it.
    pub fn before<'n>(&self, name: &'n str) -> &'n str {
        let name = name.strip_prefix(&self.prefix).unwrap_or(name);
        name.strip_suffix(&self.suffix).unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_meet_names_without_prefix_and_suffix() {
        let of =
            |text: &str| Renaming::read(&SourceText::new("kustomization.yaml", text.to_owned()));
        let both = of("namePrefix: prod-\nnameSuffix: -x\nreplacements: []\n");
        assert_eq!(both.before("prod-api-x"), "api");
        assert_eq!(both.before("api"), "api");
        assert_eq!(both.changes_after, None);
        assert_eq!(of("resources: [a]").before("prod-api-x"), "prod-api-x");
        assert_eq!(of("").before("api"), "api");
        let later = of("vars:\n- name: X\n  objref: {kind: Secret, name: db}\n");
        assert_eq!(later.changes_after, Some("vars"));
    }
}
