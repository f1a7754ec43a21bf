//! Words that stand somewhere in objects: a name among them may be read by a
//! program in a way that no schema tells.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Content, Node};
use crate::workload::{EnvSource, PodSpec};

use super::Inventory;

/// The words of objects, by namespace; those of objects outside namespaces
/// under the empty name.
pub struct Mentions(BTreeMap<String, BTreeSet<String>>);

impl Mentions {
    /// Whether a name is a word of an object of the namespace, or of one
    /// outside namespaces.
    pub fn has(&self, namespace: &str, name: &str) -> bool {
        [namespace, ""].into_iter().any(|namespace| {
            self.0
                .get(namespace)
                .is_some_and(|words| words.contains(name))
        })
    }

    fn add(&mut self, namespace: &str, text: &str) {
        // A name is made of these (RFC 1123); anything else ends it.
        let in_name = |letter: char| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-.".contains(letter)
        };
        let words = text
            .split(|letter| !in_name(letter))
            .map(|word| word.trim_matches(['-', '.']))
            .filter(|word| !word.is_empty());
        self.0
            .entry(namespace.to_owned())
            .or_default()
            .extend(words.map(str::to_owned));
    }

    fn add_tree(&mut self, namespace: &str, node: &Node) {
        match &node.content {
            Content::Scalar(scalar) => self.add(namespace, &scalar.text),
            Content::Sequence(items) => {
                for item in items {
                    self.add_tree(namespace, item);
                }
            }
            Content::Mapping(entries) => {
                for entry in entries {
                    self.add_tree(namespace, &entry.value);
                }
            }
            Content::Sealed(_) => {}
        }
    }

    fn add_pod(&mut self, namespace: &str, pod: &PodSpec) {
        for container in &pod.containers {
            let literals = container
                .env
                .iter()
                .filter_map(|entry| match &entry.source {
                    EnvSource::Literal(text) => Some(text),
                    _ => None,
                });
            for text in literals.chain(&container.command).chain(&container.args) {
                self.add(namespace, &text.value);
            }
        }
    }
}

impl Inventory {
    /// Every word of every object but Secrets; of their metadata only what
    /// annotations say, since an object may be named as a Secret is. Of pods
    /// and old revisions, whose trees are not kept, variables and arguments.
    pub fn mentions(&self) -> Mentions {
        let mut mentions = Mentions(BTreeMap::new());
        for object in &self.objects {
            if object.group().is_empty() && object.id.kind == "Secret" {
                continue;
            }
            let namespace = &object.id.namespace;
            for entry in object.root.entries() {
                match entry.key.scalar_text() {
                    Some("apiVersion" | "kind") => {}
                    Some("metadata") => {
                        if let Some(annotations) = entry.value.get("annotations") {
                            mentions.add_tree(namespace, annotations);
                        }
                    }
                    _ => mentions.add_tree(namespace, &entry.value),
                }
                // Istio looks in the namespace of its gateways' pods, which may be any.
                if object.group() == "networking.istio.io" {
                    mentions.add_tree("", &entry.value);
                }
            }
        }
        for workload in self.workloads.iter().chain(&self.dormant) {
            mentions.add_pod(&workload.id.namespace, &workload.pod);
        }
        for pod in &self.pods {
            mentions.add_pod(&pod.id.namespace, &pod.spec);
        }
        mentions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_of_a_text() {
        let mut mentions = Mentions(BTreeMap::new());
        mentions.add("n", "--secret=prod/db-creds,other.tls; see api-key.");
        for (name, expected) in [
            ("db-creds", true),
            ("prod", true),
            ("other.tls", true),
            ("api-key", true),
            ("db", false),
            ("creds", false),
        ] {
            assert_eq!(mentions.has("n", name), expected, "{name}");
        }
        assert!(!mentions.has("m", "db-creds"));
        mentions.add("", "db-creds");
        assert!(mentions.has("m", "db-creds"));
    }
}
