//! `--resolve-images`: what registries say of the images of containers that
//! take Secrets as variables.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _};

use crate::commands::subjects::Subjects;
use crate::error::CommandError;
use crate::gathering::files::InputFile;
use crate::inventory::Inventory;
use crate::migration::Options;
use crate::registry::{Asked, Digest, Resolver, Unresolved};
use crate::ui::Ui;
use crate::workload::access::{Process, User};
use crate::workload::image_facts::ImageFacts;
use crate::workload::{
    Container, ContainerClass, ObjectId, Origin, Usage, Workload, WorkloadKind, references,
};

use super::arguments::MigrateArgs;
use super::built::{BuiltImages, StartedFrom};

/// Images that are asked for at once.
const AT_ONCE: usize = 4;

/// What is known of the images of containers, by where these stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Images(BTreeMap<Place, Answer>);

type Place = (Origin, ObjectId, String);

#[derive(Clone, Debug)]
struct Answer {
    /// The image as it is written there.
    written: String,
    facts: ImageFacts,
}

/// A container whose image is asked for.
struct Question {
    place: Place,
    written: String,
    architecture: Option<String>,
    from: StartedFrom,
}

impl Images {
    /// Asks for those of workloads in files, as the kustomizations among the
    /// files build them.
    pub async fn of_files(
        args: &MigrateArgs,
        options: &Options,
        inventory: &Inventory,
        files: &[InputFile],
        ui: &Ui,
    ) -> Result<Self, CommandError> {
        if !args.plan.resolve_images {
            return Ok(Self::default());
        }
        let subjects = args.subjects()?;
        let built = BuiltImages::build(args, files);
        let from =
            |workload: &Workload, container: &Container| built.of_container(workload, container);
        Self::ask(options, inventory, &subjects, from, ui).await
    }

    /// Asks for those of workloads that are rendered already.
    pub async fn of_rendered(
        args: &MigrateArgs,
        options: &Options,
        inventory: &Inventory,
        ui: &Ui,
    ) -> Result<Self, CommandError> {
        if !args.plan.resolve_images {
            return Ok(Self::default());
        }
        let subjects = args.subjects()?;
        let from = |_: &Workload, container: &Container| StartedFrom::names(image(container));
        Self::ask(options, inventory, &subjects, from, ui).await
    }

    /// Asks for those of workloads in a cluster: what their templates name, and
    /// what runs under that name.
    pub async fn of_cluster(
        args: &MigrateArgs,
        options: &Options,
        inventory: &Inventory,
        subjects: &Subjects,
        ui: &Ui,
    ) -> Result<Self, CommandError> {
        if !args.plan.resolve_images {
            return Ok(Self::default());
        }
        let from =
            |workload: &Workload, container: &Container| running(inventory, workload, container);
        Self::ask(options, inventory, subjects, from, ui).await
    }

    /// What is known of a workload's containers, by their names.
    pub fn of(&self, workload: &Workload) -> BTreeMap<String, ImageFacts> {
        if self.0.is_empty() {
            return BTreeMap::new();
        }
        workload
            .pod
            .containers
            .iter()
            .filter_map(|container| {
                let answer = self.0.get(&place(workload, container))?;
                // Somebody may have changed it since.
                let same = image(container) == Some(answer.written.as_str());
                same.then(|| (container.name.clone(), answer.facts.clone()))
            })
            .collect()
    }

    async fn ask(
        options: &Options,
        inventory: &Inventory,
        subjects: &Subjects,
        from: impl Fn(&Workload, &Container) -> StartedFrom,
        ui: &Ui,
    ) -> Result<Self, CommandError> {
        let chosen = subjects.chosen(inventory)?;
        let workloads = inventory.workloads.iter();
        let questions: Vec<_> = workloads
            .filter(|workload| chosen.contains(&workload.id))
            .flat_map(|workload| {
                let containers = wanted(options, inventory, workload);
                containers.filter_map(|container| {
                    Some(Question {
                        place: place(workload, container),
                        written: image(container)?.to_owned(),
                        architecture: workload.pod.architecture.clone(),
                        from: from(workload, container),
                    })
                })
            })
            .collect();
        let answers = answers(&questions, ui).await;
        let known = questions.into_iter().map(|question| {
            let facts = question.facts(&answers);
            let written = question.written;
            (question.place, Answer { written, facts })
        });
        Ok(Self(known.collect()))
    }
}

impl Question {
    fn asked(&self) -> Vec<Asked> {
        match &self.from {
            StartedFrom::NotKnown(_) => Vec::new(),
            StartedFrom::Images(images) => images
                .iter()
                .map(|(image, digest)| Asked {
                    image: image.clone(),
                    digest: digest.clone(),
                    architecture: self.architecture.clone(),
                })
                .collect(),
        }
    }

    /// What all that it may be started from have in common.
    fn facts(&self, answers: &BTreeMap<Asked, Result<ImageFacts, Unresolved>>) -> ImageFacts {
        if let StartedFrom::NotKnown(why) = self.from {
            return ImageFacts::not_known(&self.written, why);
        }
        let facts = self
            .asked()
            .into_iter()
            .map(|asked| match &answers[&asked] {
                Ok(facts) => facts.clone(),
                Err(why) => ImageFacts::not_known(&asked.name(), why),
            });
        facts.reduce(ImageFacts::and).unwrap_or_default()
    }
}

/// Asks for each image once.
async fn answers(
    questions: &[Question],
    ui: &Ui,
) -> BTreeMap<Asked, Result<ImageFacts, Unresolved>> {
    let wanted: BTreeSet<Asked> = questions.iter().flat_map(Question::asked).collect();
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    let resolver = Resolver::of_this_user();
    let progress = ui.progress();
    stream::iter(wanted)
        .map(|asked| {
            progress.step("images");
            let resolver = &resolver;
            async move {
                let answer = resolver.resolve(&asked).await;
                (asked, answer)
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// The containers that take Secrets as variables and of whose image something
/// is to be learnt: as whom they run, or whether they read files.
fn wanted<'w>(
    options: &'w Options,
    inventory: &Inventory,
    workload: &'w Workload,
) -> impl Iterator<Item = &'w Container> {
    let pod = &workload.pod;
    let taking: BTreeSet<String> = references(workload)
        .into_iter()
        .filter(|reference| {
            options.wants(reference.secret.as_str())
                && matches!(
                    reference.usage,
                    Usage::Variable { .. } | Usage::AllVariables { .. }
                )
        })
        .filter_map(|reference| reference.container)
        .collect();
    let running: BTreeSet<_> = inventory
        .pods_of(&workload.id)
        .flat_map(|pod| &pod.containers)
        .filter(|status| status.uid.is_some())
        .map(|status| status.name.clone())
        .collect();
    let is_planned = !pod.windows && workload.kind != WorkloadKind::Custom;
    pod.containers.iter().filter(move |container| {
        let is_known = matches!(
            Process::in_container(pod, container, None).user,
            User::Uid(_)
        ) || running.contains(&container.name);
        let reads = image(container).is_some_and(|image| options.conventions.know(image));
        is_planned
            && container.class != ContainerClass::Ephemeral
            && taking.contains(&container.name)
            && (!is_known || reads)
    })
}

/// What new pods are started from: what the name leads to now, or what nodes
/// have under that name.
fn running(inventory: &Inventory, workload: &Workload, container: &Container) -> StartedFrom {
    let Some(named) = image(container) else {
        return StartedFrom::names(None);
    };
    let pods = inventory
        .pods_of(&workload.id)
        .filter(|pod| !pod.metadata.deleting);
    let ids: BTreeSet<&str> = pods
        .filter(|pod| {
            let mut containers = pod.spec.containers.iter();
            let own = containers.find(|own| own.name == container.name);
            own.and_then(image) == Some(named)
        })
        .filter_map(|pod| Some(pod.status(&container.name)?.image_id.as_str()))
        .filter(|id| !id.is_empty())
        .collect();
    let mut images = vec![(named.to_owned(), None)];
    for id in ids {
        // An image that was put onto a node by hand has no digest of a registry.
        let digest = id
            .split_once('@')
            .and_then(|(_, digest)| Digest::parse(digest));
        let Some(digest) = digest else {
            return StartedFrom::NotKnown("its pods run one of that name that is of no registry");
        };
        if !named.ends_with(digest.as_str()) {
            images.push((named.to_owned(), Some(digest)));
        }
    }
    StartedFrom::Images(images)
}

fn image(container: &Container) -> Option<&str> {
    container.image.as_ref().map(|image| image.value.as_str())
}

fn place(workload: &Workload, container: &Container) -> Place {
    (workload.origin, workload.id.clone(), container.name.clone())
}
