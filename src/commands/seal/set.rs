//! `seal set`: one key of a SealedSecret file.

use crate::commands::destination::said;
use crate::commands::dry_run::DryRun;
use crate::error::{CommandError, ExitStatus};
use crate::levels::ciphertext::layout_of;
use crate::levels::sealed::TemplateKey;
use crate::levels::stamp::{self, Stamped};
use crate::sealing::change;
use crate::secret::KeyName;
use crate::secret::limits;
use crate::secret::source::file::Reading;
use crate::ui::{Questions, Ui};
use crate::values::gather::{self, Collection};

use super::arguments::SetArgs;
use super::certificate::{Copies, sealer};
use super::files::{Found, SealedFile};
use super::namespace;
use crate::commands::create::sources as streams;

pub(super) async fn run(args: SetArgs, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let file = SealedFile::at(&args.file)?;
    if let Some(problem) = file.problems().first() {
        return Err(CommandError::usage(format!(
            "{}:{}: {}; nothing was changed",
            file.name, problem.position.line, problem.message
        )));
    }
    let found = file.sealed();
    let found = choose(&file, &found, args.name.as_deref())?;
    let context = match found.sealed.namespace {
        Some(_) => None,
        None => namespace::of_context(&args.connection)?,
    };
    let target = namespace::of_sealed(&found.sealed, &args.connection, context.as_deref())
        .map_err(|(problem, hint)| {
            CommandError::usage(format!(
                "{}: {problem}; nothing was changed",
                found.subject(&file)
            ))
            .hint(hint)
        })?;
    if found.sealed.has_deprecated_data() {
        return Err(CommandError::usage(format!(
            "{} has the deprecated spec.data, beside which no key can be set; nothing was changed",
            found.subject(&file)
        ))
        .hint("Seal the whole Secret anew."));
    }
    let sealer = sealer(&args.cert, &args.connection, None, Copies::Used, ui).await?;
    let (key, value) = value(&args, ui)?;
    let removed = found
        .sealed
        .template_data()
        .iter()
        .any(|(name, made)| *name == key.as_str() && *made == TemplateKey::Removed);
    if removed {
        ui.warn(format!(
            "spec.template.data has {key}: null, so the Secret will not have the key"
        ));
    }
    check_size(found, &key, value.len())?;
    let text = sealer
        .key
        .seal(&target.label(), &value)
        .map_err(|error| CommandError::unavailable(error.to_string()))?;
    let operations = change::set(
        &found.sealed,
        target.namespace.as_deref(),
        &key,
        &text,
        &sealer.fingerprint,
    );
    let (after, outcomes) = file.edited(&[found.change(operations)]);
    if let Some(Err(refusal)) = outcomes.into_iter().next() {
        return Err(
            CommandError::usage(format!("{} is not changed: {refusal}", file.name))
                .hint("Write the file in a plainer way, or seal the whole Secret again."),
        );
    }
    ui.note(format!(
        "{key} is sealed for {target}, with key {} of {}",
        sealer.fingerprint.short(),
        sealer.from
    ));
    tell_stamp(
        found,
        target.namespace.as_deref(),
        &key,
        &sealer.fingerprint,
        ui,
    );
    if args.dry_run.mode != DryRun::None {
        return said(ui, format!("{} changed (dry run)", file.name));
    }
    file.write(&after)
        .map_err(|why| CommandError::usage(format!("{} is not changed: {why}", file.name)))?;
    said(ui, format!("{} changed", file.name))
}

/// The SealedSecret that is meant.
fn choose<'f, 'g>(
    file: &SealedFile,
    found: &'g [Found<'f>],
    name: Option<&str>,
) -> Result<&'g Found<'f>, CommandError> {
    let named: Vec<_> = found
        .iter()
        .filter(|found| name.is_none_or(|name| found.sealed.name == name))
        .collect();
    match named.as_slice() {
        [one] => Ok(one),
        [] => Err(CommandError::usage(match name {
            Some(name) => format!("{} has no SealedSecret {name:?}", file.name),
            None => format!("{} has no SealedSecret", file.name),
        })
        .hint("Create one with seal secret/NAME, or with create --seal.")),
        _ => {
            let names: Vec<_> = named.iter().map(|found| found.sealed.name).collect();
            Err(CommandError::usage(format!(
                "{} has several SealedSecrets: {}",
                file.name,
                crate::words::listed(names)
            ))
            .hint("Name one with --name, in a file that has the name once."))
        }
    }
}

/// The one value that is asked for.
fn value(args: &SetArgs, ui: &Ui) -> Result<(KeyName, crate::secret::SecretValue), CommandError> {
    let mut sources = args.sources.clone();
    let named = args.key.as_deref().map(gather::key).transpose()?;
    match (&named, gather::any_source(&sources)) {
        (Some(key), false) => {
            if ui.questions() == Questions::Forbidden {
                return Err(CommandError::usage(
                    "no source is given, and there is no terminal to ask",
                )
                .hint(format!(
                    "Give --stdin {key}, --file {key}=PATH, --fd {key}=N or --generate {key}."
                )));
            }
            sources.prompt.push(key.to_string());
        }
        (None, false) => {
            return Err(CommandError::usage("no key is named")
                .hint("Name it after the file: its value is prompted for."));
        }
        (_, true) => {}
    }
    let mut collection = Collection::new(ui, Reading::Plain, args.connection.named_files());
    streams::check_paths(&sources)?;
    collection.read(&sources)?;
    streams::check_streams(
        &collection,
        &sources,
        streams::Empty::unless(args.allow_empty),
    )?;
    collection.ask(&sources)?;
    collection.warn_about_values();
    collection.files.say_kept(ui);
    let mut entries = std::mem::take(&mut collection.entries);
    let (key, entry) = match (entries.pop_first(), entries.is_empty()) {
        (Some(one), true) => one,
        _ => {
            return Err(
                CommandError::usage("seal set sets one key; nothing was changed")
                    .hint("Run it once for each key."),
            );
        }
    };
    if named.is_some_and(|named| named != key) {
        return Err(CommandError::usage(format!(
            "the key after the file is not {key}, which the source is for; nothing was changed"
        ))
        .hint("Name the key once."));
    }
    Ok((key, entry.value))
}

/// All values together, as the API server counts them: a ciphertext does not hide the
/// length of its value.
fn check_size(found: &Found<'_>, set: &KeyName, bytes: usize) -> Result<(), CommandError> {
    let mut sizes: Vec<(KeyName, usize)> = found
        .sealed
        .encrypted()
        .into_iter()
        .filter(|(key, _)| *key != set.as_str())
        .filter_map(|(key, node)| {
            let layout = layout_of(node).ok()?;
            Some((KeyName::new(key).ok()?, layout.value_bytes))
        })
        .collect();
    sizes.push((set.clone(), bytes));
    limits::check_total(sizes.iter().map(|(key, size)| (key, *size)))?;
    Ok(())
}

/// What the stamp can say afterwards.
fn tell_stamp(
    found: &Found<'_>,
    namespace: Option<&str>,
    set: &KeyName,
    key: &stamp::Fingerprint,
    ui: &Ui,
) {
    match stamp::compare(&found.sealed, namespace) {
        Stamped::No => ui.note(
            "the file has no stamp, and none is added because its other values are unknown; seal reseal adds one",
        ),
        Stamped::Unreadable | Stamped::Changed(_) | Stamped::Elsewhere(_) => ui.warn(
            "the stamp of the file does not fit it and stays as it is; seal reseal makes a new one",
        ),
        Stamped::Fits(stamp) => {
            let encrypted = found.sealed.encrypted();
            let mut others = encrypted.iter().filter(|(name, _)| *name != set.as_str());
            if others.any(|(name, _)| stamp.of_value(name) != key) {
                ui.note("other values are sealed under another key; seal reseal seals them again");
            }
        }
    }
}
