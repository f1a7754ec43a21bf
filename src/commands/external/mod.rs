//! `external`: ExternalSecrets for Secrets that are there, stores to fill in, and commands
//! that load a store; and taking a Secret over without a gap.

mod adopt;
mod arguments;
mod emit;
mod load;
mod owner;
mod prove;
mod sources;
mod take_back;
mod take_over;

pub use arguments::{ExternalArgs, Format, Kind};
pub(super) use arguments::{interval, path};

use crate::api::{RoleScope, Task};
use crate::cluster::{Cluster, ClusterError};
use crate::command_line::Hint;
use crate::commands::{destination, input};
use crate::error::{CommandError, ExitStatus};
use crate::external::manifest::{Wish, external_secret, push_secret};
use crate::external::object::Creation;
use crate::external::path::PathTemplate;
use crate::external::store::{Provider, Store, StoreRef, skeleton};
use crate::inventory::role_command;
use crate::live::external as live;
use crate::ui::Ui;
use crate::words::folded;

use arguments::Policy;
use sources::Wanted;

/// Runs `external`.
///
/// # Errors
/// [`CommandError`] with status 2 for what nothing can be made of, 3 when the cluster cannot
/// be asked, 4 when an adoption failed and was taken back, 5 when a part is done.
pub async fn run(args: ExternalArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    destination::check_name(args.write.as_deref())?;
    if args.print_rbac {
        let namespace = input::namespace(&args.connection)?;
        let role = Task::External.role(RoleScope::Namespace(&namespace));
        ui.document(|out| out.write_all(role.as_bytes()))?;
        return Ok(ExitStatus::Ok);
    }
    if let Some(provider) = args.made.store_skeleton {
        return store(&args, provider, ui);
    }
    let names = sources::names(&args.objects)?;
    if names.is_empty() && args.filename.is_empty() {
        return Err(CommandError::usage("no Secret is named")
            .hint("Write secret/NAME, or read manifests with -f."));
    }
    let (Some(name), Some(template)) = (&args.store.store, &args.store.path) else {
        return Err(CommandError::usage(
            "--store and --path say where the values are; nothing was made",
        )
        .hint("For example: --store vault --path {namespace}/{name}#{key}"));
    };
    let reference = StoreRef {
        kind: args.store.kind.into(),
        name: checked(name)?,
    };
    if args.filename.is_empty() {
        let cluster = Cluster::connect(&args.connection)
            .await
            .map_err(ClusterError::unmasked)?;
        let made = Live {
            args: &args,
            template,
            reference: &reference,
            cluster: &cluster,
            ui,
        };
        let ended = made.run(&names).await;
        return ended.map_err(|error| {
            error.enough(&role_command(Task::External, Some(cluster.namespace())))
        });
    }
    let facts = sources::of_files(&args, ui)?;
    sources::have(&args.store.base64, &facts)?;
    let wanted = facts
        .into_iter()
        .map(|facts| sources::wanted(&args, template, facts, ui))
        .collect::<Result<Vec<_>, _>>()?;
    sources::apart(&wanted)?;
    if args.store.creation_policy == Some(Policy::CreateOrMerge) {
        return Err(CommandError::usage(
            "whether the operator knows CreateOrMerge is not known without its cluster; nothing was made",
        )
        .hint("Use --creation-policy Merge, or name Secrets of the cluster in place of -f."));
    }
    made(&args, &wanted, &reference, None, ui)
}

fn checked(name: &str) -> Result<String, CommandError> {
    match crate::secret::key::check_object_name(name) {
        Ok(_) => Ok(name.to_owned()),
        Err(_) => Err(CommandError::usage("--store: not a name for a store")),
    }
}

/// Prints a store to fill in.
fn store(args: &ExternalArgs, provider: Provider, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let name = match &args.store.store {
        Some(name) => checked(name)?,
        None => provider.name().replace("1password", "onepassword"),
    };
    let namespace = args.connection.explicit_namespace();
    let made = skeleton(provider, args.store.kind.into(), &name, namespace);
    let status = emit::objects(args, &[made.object], ui)?;
    ui.note(format!(
        "fill in {}: what stands there is an example",
        folded(made.examples.iter().copied())
    ));
    if args.store.kind == Kind::ClusterSecretStore {
        ui.note("its references name the namespace external-secrets: a store of the cluster has none of its own");
    }
    Ok(status)
}

/// Makes what is wanted instead of an adoption.
fn made(
    args: &ExternalArgs,
    wanted: &[Wanted],
    reference: &StoreRef,
    store: Option<&Store>,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    if let Some(provider) = args.made.push_commands {
        return load::push(args, wanted, provider, store, ui);
    }
    let objects: Vec<_> = wanted
        .iter()
        .map(|one| match args.made.push_secret {
            true => push_secret(&one.source(), reference),
            false => external_secret(
                &one.source(),
                &wish(args, reference, creation(args, one, ui)),
            ),
        })
        .collect();
    if args.made.push_secret {
        load::told_of_pushes(wanted, store, ui)?;
    }
    let status = emit::objects(args, &objects, ui)?;
    if args.made.push_secret {
        ui.hint("Delete the PushSecret once it is Ready: from then on the store has the values, and changes belong there.");
    }
    Ok(status)
}

fn wish<'a>(args: &'a ExternalArgs, store: &'a StoreRef, creation: Creation) -> Wish<'a> {
    Wish {
        store,
        creation,
        refresh: &args.store.refresh_interval,
        encoded: &args.store.base64,
    }
}

/// What an ExternalSecret does to its Secret. With a part of the keys `Owner` would remove
/// the others.
fn creation(args: &ExternalArgs, wanted: &Wanted, ui: &Ui) -> Creation {
    let left_out = folded(wanted.left_out.iter().map(String::as_str));
    match args.store.creation_policy {
        Some(policy) => {
            let creation = Creation::from(policy);
            if !wanted.left_out.is_empty() && !creation.keeps_other_keys() {
                ui.warn(format!(
                    "{} removes keys that the ExternalSecret does not make from secret/{}: {left_out}",
                    creation.name(),
                    wanted.facts.name
                ));
            }
            creation
        }
        None if wanted.left_out.is_empty() => Creation::Owner,
        None => {
            ui.note(format!(
                "secret/{}: creationPolicy is Merge, for Owner would remove {left_out}",
                wanted.facts.name
            ));
            Creation::Merge
        }
    }
}

/// What is made from Secrets of a cluster.
struct Live<'a> {
    args: &'a ExternalArgs,
    template: &'a PathTemplate,
    reference: &'a StoreRef,
    cluster: &'a Cluster,
    ui: &'a Ui,
}

impl Live<'_> {
    async fn run(&self, names: &[String]) -> Result<ExitStatus, CommandError> {
        let Self {
            args, cluster, ui, ..
        } = self;
        if args.adoption.adopt && names.len() > 1 {
            return Err(CommandError::usage(
                "one Secret is adopted at a time; nothing was changed",
            ));
        }
        let facts = sources::of_cluster(cluster, names).await?;
        sources::have(&args.store.base64, &facts)?;
        let wanted = facts
            .into_iter()
            .map(|facts| sources::wanted(args, self.template, facts, ui))
            .collect::<Result<Vec<_>, _>>()?;
        sources::apart(&wanted)?;
        let store = self.store(&wanted).await?;
        if let (true, [one]) = (args.adoption.adopt, wanted.as_slice()) {
            return self.adopt(one, store.as_ref()).await;
        }
        if args.store.creation_policy == Some(Policy::CreateOrMerge) {
            match live::features(cluster).await {
                Some(features) if features.create_or_merge => {}
                known => {
                    let why = match known {
                        Some(_) => "the operator of this cluster does not know CreateOrMerge",
                        None => "cannot find out whether the operator knows CreateOrMerge",
                    };
                    return Err(CommandError::usage(format!("{why}; nothing was made"))
                        .hint("Use --creation-policy Merge."));
                }
            }
        }
        made(args, &wanted, self.reference, store.as_ref(), ui)
    }

    /// The store, if it may be looked at; what it cannot have is refused.
    async fn store(&self, wanted: &[Wanted]) -> Result<Option<Store>, CommandError> {
        let Self {
            cluster,
            reference,
            ui,
            args,
            ..
        } = self;
        let found = match live::store(cluster, cluster.namespace(), reference).await {
            Ok(found) => found,
            Err(ClusterError::Forbidden { .. }) => {
                ui.warn(format!(
                    "you may not read {}, so it is not known whether it exists and is ready",
                    reference.short()
                ));
                return Ok(None);
            }
            Err(error) => return Err(error.unmasked()),
        };
        let Some(store) = found else {
            if args.adoption.adopt {
                let served = live::all(cluster, Some(cluster.namespace())).await;
                if served.map_err(ClusterError::unmasked)?.is_none() {
                    return Err(super::sync::not_served());
                }
                return Err(CommandError::usage(format!(
                    "{} does not exist; nothing was changed",
                    reference.short()
                ))
                .hint("Print a store to fill in with --store-skeleton, or name another with --store and --kind."));
            }
            ui.warn(format!("{} does not exist here yet", reference.short()));
            return Ok(None);
        };
        if let Some(provider) = store.provider {
            for (one, (key, place)) in wanted
                .iter()
                .flat_map(|one| one.places.iter().map(move |place| (one, place)))
            {
                if let Some(why) = provider.refuses(place) {
                    return Err(CommandError::usage(format!(
                        "secret/{}: the place of {key} is not one that {} accepts: {why}; nothing was made",
                        one.facts.name,
                        store.words()
                    ))
                    .hint("Choose another --path."));
                }
            }
        }
        if let Some(why) = store.unusable() {
            let words = format!("{}: {why}", store.words());
            if args.adoption.adopt {
                return Err(CommandError::usage(format!("{words}; nothing was changed"))
                    .hint(look_at(&store)));
            }
            ui.warn(words);
        }
        Ok(Some(store))
    }
}

/// How the status of a store is looked at.
fn look_at(store: &Store) -> Hint {
    Hint::run(
        "What its status says",
        crate::command_line::CommandLine::kubectl("describe")
            .name(&store.reference.short())
            .namespace(store.namespace.as_deref().unwrap_or_default()),
    )
}
