//! What a plan is made from.

use crate::inventory::{Answer, Inventory, Lookup};
use crate::workload::image_facts::ImageFacts;
use crate::workload::{Container, Object, Workload};

use super::options::Options;
use super::plan::Observed;

/// Everything a plan is made from.
pub(super) struct Context<'a> {
    pub inventory: &'a Inventory,
    pub workload: &'a Workload,
    pub object: &'a Object,
    pub options: &'a Options,
    pub observed: &'a Observed,
}

impl<'a> Context<'a> {
    /// What a Secret that the template names leads to.
    pub fn lookup(&self, secret: &str) -> Lookup<'a> {
        let namespace = &self.workload.id.namespace;
        self.inventory.lookup(namespace, self.rendered(secret))
    }

    /// Whether a Secret that the template names has a key.
    pub fn has_key(&self, secret: &str, key: &str) -> Answer {
        let namespace = &self.workload.id.namespace;
        self.inventory
            .has_key(namespace, self.rendered(secret), key)
    }

    /// What is known of a container's image.
    pub fn facts(&self, container: &Container) -> ImageFacts {
        let facts = self.observed.images.get(&container.name);
        facts.cloned().unwrap_or_default()
    }

    fn rendered<'n>(&'n self, secret: &'n str) -> &'n str {
        let rendered = self.observed.rendered.get(secret);
        rendered.map_or(secret, String::as_str)
    }
}
