//! What is told of images whose registries were asked.

use crate::workload::access::{Process, User};
use crate::workload::image_facts::{ImageUser, Knowledge};

use super::context::Context;
use super::plan::{AskedImage, Note, Plan};

impl Plan {
    /// The images of which it was asked in vain as whom they run.
    pub fn unknown_images(&self) -> impl Iterator<Item = &str> {
        self.images
            .iter()
            .filter_map(|asked| match &asked.facts.said_by {
                Knowledge::NotKnown { image, .. } => Some(image.as_str()),
                Knowledge::NotAsked
                | Knowledge::Configuration { .. }
                | Knowledge::Registry { .. } => None,
            })
    }
}

/// Adds what was asked for and what follows from the answers.
pub(super) fn tell(context: &Context<'_>, plan: &mut Plan) {
    let pod = &context.workload.pod;
    for container in &pod.containers {
        let facts = context.facts(container);
        if facts.said_by == Knowledge::NotAsked {
            continue;
        }
        let name = &container.name;
        let observed = context.observed.uids.get(name).copied();
        let decides = Process::in_container(pod, container, observed).user == User::Unknown;
        let image = container.image.as_ref();
        let is_listed = image.is_some_and(|image| context.options.conventions.know(&image.value));
        // What a listed image does as root is known.
        if decides && !is_listed && matches!(facts.user, ImageUser::Ids { uid: 0, .. }) {
            plan.notes.push(Note(format!(
                "Container {name}: its image starts as root; if the program switches to another user before it reads the files, it cannot read those that only root may read."
            )));
        }
        plan.images.push(AskedImage {
            container: name.clone(),
            facts,
        });
    }
}
