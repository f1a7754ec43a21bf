//! What a plan is made from.

use crate::inventory::{Answer, Inventory, Lookup};
use crate::workload::image_facts::{ImageFacts, ImageUser, Knowledge};
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
        let asked = self.observed.images.get(&container.name).cloned();
        let asked = asked.unwrap_or_default();
        if matches!(asked.user, ImageUser::Ids { .. }) {
            return asked;
        }
        let image = container.image.as_ref().map(|image| image.value.as_str());
        let known = image.and_then(|image| Some((image, self.options.image_user(image)?)));
        match known {
            None => asked,
            Some((image, user)) => ImageFacts {
                user,
                // A registry that tells a name only tells the rest all the same.
                said_by: match asked.said_by {
                    told @ Knowledge::Registry { .. } => told,
                    _ => Knowledge::Configuration {
                        image: image.to_owned(),
                    },
                },
                ..asked
            },
        }
    }

    fn rendered<'n>(&'n self, secret: &'n str) -> &'n str {
        let rendered = self.observed.rendered.get(secret);
        rendered.map_or(secret, String::as_str)
    }
}
