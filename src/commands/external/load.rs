//! Loading a store: the commands that are printed, and what is said of a PushSecret.

use crate::error::{CommandError, ExitStatus};
use crate::external::path::{Apart, RemoteRef, clash};
use crate::external::push::{Load, NoCommands, commands};
use crate::external::store::{Provider, Site, Store};
use crate::ui::Ui;
use crate::words::folded;

use super::arguments::ExternalArgs;
use super::sources::{self, Wanted};

/// Prints commands that load the values into a store.
///
/// # Errors
/// Status 2 for places that the store does not take, or that these commands do not load.
pub(super) fn push(
    args: &ExternalArgs,
    wanted: &[Wanted],
    provider: Provider,
    store: Option<&Store>,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    is_of(provider, store, ui)?;
    entries_are_apart(wanted, provider)?;
    let store = store.filter(|store| store.provider == Some(provider));
    let vault = vault(args, provider, store)?;
    let mut site = store.map_or_else(Site::default, |store| store.site.clone());
    for (flag, field) in [
        (&args.made.region, &mut site.region),
        (&args.made.project, &mut site.project),
    ] {
        if flag.is_some() {
            field.clone_from(flag);
        }
    }
    let connection = args.connection.for_commands();
    let mut lines = Vec::new();
    for one in wanted {
        let load = Load {
            provider,
            namespace: one.namespace.as_deref(),
            name: &one.facts.name,
            places: &one.places,
            encoded: &args.store.base64,
            vault,
            site: &site,
        };
        let found = commands(&load).map_err(|why| refused(&one.facts.name, &why))?;
        lines.extend(
            found
                .into_iter()
                .map(|command| command.on(&connection).to_string()),
        );
    }
    ui.document(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    ui.note("each value goes through a pipe; nothing that exists in the store is replaced");
    let where_it_is = match (provider, &store, &site.region, &site.project) {
        (Provider::Vault, None, ..) => Some(
            "that needs a KV engine of version 2: in one of version 1 the entry would be replaced",
        ),
        (Provider::Aws, _, None, _) => {
            Some("the region is that of the aws program; --region names another")
        }
        (Provider::Gcp, _, _, None) => {
            Some("the project is that of the gcloud program; --project names another")
        }
        _ => None,
    };
    if let Some(words) = where_it_is {
        ui.warn(words);
    }
    ui.hint("external --adopt --compare-values proves that the store has the same values, before it changes anything.");
    Ok(ExitStatus::Ok)
}

/// Refuses commands that load what the store does not read.
fn is_of(provider: Provider, store: Option<&Store>, ui: &Ui) -> Result<(), CommandError> {
    let Some(store) = store else {
        return Ok(());
    };
    match store.provider {
        Some(own) if own != provider => Err(CommandError::usage(format!(
            "{} reads {}, not {}; nothing was made",
            store.words(),
            own.name(),
            provider.name()
        ))
        .hint(format!("Use --push-commands {}.", own.name()))),
        Some(_) => match store.site.unlike {
            Some(why) => Err(CommandError::usage(format!(
                "there are no commands for {}: {why}; nothing was made",
                store.words()
            ))
            .hint("Let the operator write the values: --push-secret prints a PushSecret.")),
            None => Ok(()),
        },
        None => {
            ui.warn(format!(
                "the provider of {} is not known here: whether it reads what these commands load is not known",
                store.words()
            ));
            Ok(())
        }
    }
}

/// Each command makes a whole entry: what two Secrets have in one would be made twice.
fn entries_are_apart(wanted: &[Wanted], provider: Provider) -> Result<(), CommandError> {
    let apart = match provider {
        Provider::Azure => Apart::AnyCase,
        _ => Apart::Exact,
    };
    let entries: Vec<_> = wanted
        .iter()
        .flat_map(|one| {
            let mut paths: Vec<&str> = one
                .places
                .values()
                .map(|place| place.path.as_str())
                .collect();
            paths.sort_unstable();
            paths.dedup();
            paths.into_iter().map(move |path| {
                let key = one.places.iter().find(|(_, place)| place.path == path);
                let entry = RemoteRef {
                    path: path.to_owned(),
                    property: None,
                };
                (one, key.map_or("", |(key, _)| key.as_str()), entry)
            })
        })
        .collect();
    let all = entries.iter().map(|(one, key, entry)| (*one, *key, entry));
    match clash(all, apart) {
        None => Ok(()),
        Some(found) => Err(sources::shared(&found, "the same entry of the store").hint(
            "Let {namespace} and {name} be in the path, or print the commands of each Secret alone.",
        )),
    }
}

fn vault<'a>(
    args: &'a ExternalArgs,
    provider: Provider,
    store: Option<&'a Store>,
) -> Result<&'a str, CommandError> {
    let of_store = store.and_then(|store| store.vault.as_deref());
    match (&args.made.vault, of_store, provider) {
        (Some(vault), ..) if vault.starts_with('-') || vault.is_empty() => {
            Err(CommandError::usage("--vault: not a name"))
        }
        (Some(vault), ..) => Ok(vault.as_str()),
        (None, Some(vault), _) => Ok(vault),
        (None, None, Provider::Azure | Provider::OnePassword) => Err(CommandError::usage(
            "which vault the store reads is not known; nothing was made",
        )
        .hint("Name it with --vault.")),
        (None, None, _) => Ok("secret"),
    }
}

fn refused(name: &str, why: &NoCommands) -> CommandError {
    let error = CommandError::usage(format!("secret/{name}: {why}; nothing was made"));
    match why {
        NoCommands::Kubernetes => error,
        NoCommands::Place { .. } => error.hint("Choose another --path."),
    }
}

/// Says what a PushSecret replaces.
///
/// # Errors
/// Status 2 where it would write every value to one place: properties are nothing to Azure
/// (external-secrets/external-secrets `pkg/provider/azure/keyvault`, `PushSecret`).
pub(super) fn told_of_pushes(
    wanted: &[Wanted],
    store: Option<&Store>,
    ui: &Ui,
) -> Result<(), CommandError> {
    let with_property: Vec<&str> = sources::places(wanted)
        .filter(|(.., place)| place.property.is_some())
        .map(|(.., place)| place.path.as_str())
        .collect();
    if with_property.is_empty() {
        return Ok(());
    }
    match store.map(|store| (store, store.provider)) {
        Some((store, Some(Provider::Azure))) => {
            return Err(CommandError::usage(format!(
                "{} is an Azure Key Vault, where a PushSecret writes no properties: each value would replace the one before; nothing was made",
                store.words()
            ))
            .hint("Let each value have a path of its own, such as --path {name}-{key}."));
        }
        Some((_, Some(_))) => {}
        Some((_, None)) | None => ui.warn(
            "in an Azure Key Vault, which has no properties, each value would replace the one before: give each a path of its own there",
        ),
    }
    let mut paths = with_property;
    paths.sort_unstable();
    paths.dedup();
    ui.warn(format!(
        "updatePolicy is Replace, because existence is checked for an entry and not for its properties; existing values at these places are replaced: {}",
        folded(paths)
    ));
    Ok(())
}
