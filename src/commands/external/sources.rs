//! The Secrets that objects are made from: what is known of them without a value.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Cluster, ClusterError};
use crate::command_line::{CommandLine, Hint};
use crate::commands::input::{self, InputArgs, Purpose};
use crate::error::CommandError;
use crate::external::adoption::{all_keys, made_by_others};
use crate::external::manifest::{Source, carried, is_of_tools};
use crate::external::path::{Apart, Clash, NoPlace, PathTemplate, RemoteRef, clash};
use crate::inventory::{Answer, Immutability, Keys, SecretFacts};
use crate::output::problem_line;
use crate::secret::key::check_object_name;
use crate::ui::Ui;
use crate::words::folded;

use super::arguments::ExternalArgs;

/// A Secret, and where its values are in the store.
pub(super) struct Wanted {
    pub facts: SecretFacts,
    /// `None` where a file does not say it.
    pub namespace: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub places: BTreeMap<String, RemoteRef>,
    /// Keys that were left out.
    pub left_out: BTreeSet<String>,
}

impl Wanted {
    pub fn source(&self) -> Source<'_> {
        Source {
            namespace: self.namespace.as_deref(),
            name: &self.facts.name,
            type_: &self.facts.type_,
            labels: &self.labels,
            places: &self.places,
        }
    }
}

/// The names of `secret/NAME`.
///
/// # Errors
/// Status 2 for anything else.
pub(super) fn names(words: &[String]) -> Result<Vec<String>, CommandError> {
    const WAYS: &str = "Write secret/NAME, or read manifests with -f.";
    let mut seen = BTreeSet::new();
    let words: Vec<&str> = match words {
        [kind, names @ ..] if matches!(kind.as_str(), "secret" | "secrets") => {
            names.iter().map(String::as_str).collect()
        }
        words => {
            let names = words.iter().map(|word| match word.split_once('/') {
                Some(("secret" | "secrets", name)) => Ok(name),
                _ => Err(CommandError::usage("only Secrets can be named").hint(WAYS)),
            });
            names.collect::<Result<_, _>>()?
        }
    };
    let names = words.into_iter().map(|name| {
        check_object_name(name)
            .map_err(|_| CommandError::usage("a Secret cannot have such a name").hint(WAYS))?;
        match seen.insert(name.to_owned()) {
            true => Ok(name.to_owned()),
            false => Err(CommandError::usage("a Secret is named twice").hint(WAYS)),
        }
    });
    names.collect()
}

/// What is known of Secrets of a cluster.
///
/// # Errors
/// Status 2 for one that does not exist, 3 for what may not be read.
pub(super) async fn of_cluster(
    cluster: &Cluster,
    names: &[String],
) -> Result<Vec<SecretFacts>, CommandError> {
    let namespace = cluster.namespace();
    let mut found = Vec::new();
    for name in names {
        let facts = cluster.secret_facts(namespace, name).await;
        let Some(facts) = facts.map_err(ClusterError::unmasked)? else {
            input::is_in_a_namespace(cluster).await?;
            return Err(CommandError::usage(format!(
                "secret/{name} does not exist in {namespace}; nothing was changed"
            ))
            .hint("Name its namespace with -n."));
        };
        found.push(facts);
    }
    Ok(found)
}

/// What is known of the Secrets of files.
///
/// # Errors
/// Status 2 for input that cannot be read, or has no Secret.
pub(super) fn of_files(args: &ExternalArgs, ui: &Ui) -> Result<Vec<SecretFacts>, CommandError> {
    let input = InputArgs {
        filename: args.filename.clone(),
        recursive: args.recursive,
        ..InputArgs::default()
    };
    let Some(read) = input.read_files()? else {
        return Err(CommandError::usage("no Secret is named")
            .hint("Write secret/NAME, or read manifests with -f."));
    };
    for line in read.skipped.lines() {
        ui.warn(line);
    }
    let gathered = input.gathered(read, &args.connection, Purpose::Checks);
    if let Some(problem) = gathered.problems.first() {
        return Err(CommandError::usage(problem_line(problem)));
    }
    let inventories = gathered.inventories.iter();
    let all: Vec<_> = inventories
        .flat_map(|found| found.inventory.secrets())
        .cloned()
        .collect();
    match all.is_empty() {
        false => Ok(all),
        true => Err(CommandError::usage("the files have no Secret")),
    }
}

/// Makes sure that a key which was named with --base64 is one of some Secret.
///
/// # Errors
/// Status 2.
pub(super) fn have(keys: &[String], all: &[SecretFacts]) -> Result<(), CommandError> {
    let lacks = |key: &&String| !all.iter().any(|facts| facts.keys.has(key) != Answer::No);
    match keys.iter().find(lacks) {
        None => Ok(()),
        Some(key) => Err(CommandError::usage(format!(
            "--base64: no Secret here has a key {key}; nothing was made"
        ))),
    }
}

/// Finds the places of the values of a Secret.
///
/// # Errors
/// Status 2 for a Secret of which nothing can be made.
pub(super) fn wanted(
    args: &ExternalArgs,
    template: &PathTemplate,
    facts: SecretFacts,
    ui: &Ui,
) -> Result<Wanted, CommandError> {
    let name = &facts.name;
    if let Some(obstacle) = made_by_others(&facts.type_) {
        return Err(CommandError::usage(format!(
            "secret/{name}: {}; nothing was made",
            obstacle.why
        ))
        .hint(obstacle.way));
    }
    let explicit = args.connection.explicit_namespace();
    let namespace = match (facts.says_namespace, explicit) {
        (true, _) => Some(facts.namespace.clone()),
        (false, explicit) => explicit.map(str::to_owned),
    };
    let keys = keys(args, &facts)?;
    let left_out = facts.keys.known().difference(&keys).cloned().collect();
    let places = template
        .places(namespace.as_deref(), name, keys.iter().map(String::as_str))
        .map_err(|why| {
            let error = CommandError::usage(format!("secret/{name}: {why}; nothing was made"));
            match why {
                NoPlace::NoNamespace => error.hint("Name the namespace with -n."),
                NoPlace::Shared { .. } => error.hint(
                    "Let {key} be in the path or in the property: --path {namespace}/{name}#{key}",
                ),
                NoPlace::Long(_) => error,
            }
        })?;
    let binary: Vec<&str> = keys
        .iter()
        .filter(|key| is_binary(key) && !args.store.base64.contains(*key))
        .map(String::as_str)
        .collect();
    if !binary.is_empty() {
        ui.warn(format!(
            "secret/{name}: {} may not be text, which many stores change: keep it there as base64 and name it with --base64",
            folded(binary.iter().copied())
        ));
    }
    let annotations: Vec<&str> = facts
        .annotations
        .iter()
        .map(String::as_str)
        .filter(|name| !is_of_tools(name))
        .collect();
    if !annotations.is_empty() {
        ui.note(format!(
            "secret/{name}: annotations are not carried over: {}",
            folded(annotations)
        ));
    }
    if facts.immutable != Immutability::No {
        ui.warn(format!(
            "secret/{name} is immutable, or was made so: the operator cannot write a new value into it, and the ExternalSecret makes one that is not"
        ));
    }
    Ok(Wanted {
        labels: carried(&facts.labels),
        namespace,
        places,
        left_out,
        facts,
    })
}

/// Makes sure that no two values, of whatever Secrets, have the same place.
///
/// # Errors
/// Status 2.
pub(super) fn apart(all: &[Wanted]) -> Result<(), CommandError> {
    match clash(places(all), Apart::Exact) {
        None => Ok(()),
        Some(found) => Err(shared(&found, "the same place in the store")
            .hint("Use {namespace}, {name} and {key} in the path or the property, such as {namespace}/{name}#{key}.")),
    }
}

/// The places of all values, with whose they are.
pub(super) fn places(all: &[Wanted]) -> impl Iterator<Item = (&Wanted, &str, &RemoteRef)> {
    all.iter().flat_map(|one| {
        let places = one.places.iter();
        places.map(move |(key, place)| (one, key.as_str(), place))
    })
}

/// That two values would be at one place.
pub(super) fn shared(found: &Clash<&Wanted>, what: &str) -> CommandError {
    let words = |(one, key): &(&Wanted, String)| match &one.namespace {
        Some(namespace) => format!("{key} of secret/{} in {namespace}", one.facts.name),
        None => format!("{key} of secret/{}", one.facts.name),
    };
    CommandError::usage(format!(
        "{} and {} would be at {what}; nothing was made",
        words(&found.first),
        words(&found.second)
    ))
}

/// Names of files that have bytes of their own.
fn is_binary(key: &str) -> bool {
    const ENDINGS: [&str; 9] = [
        ".p12",
        ".pfx",
        ".jks",
        ".keystore",
        ".truststore",
        ".der",
        ".keytab",
        ".bin",
        ".gz",
    ];
    ENDINGS.iter().any(|ending| key.ends_with(ending))
}

/// The keys that are meant: those that were named, or all, if all are known.
fn keys(args: &ExternalArgs, facts: &SecretFacts) -> Result<BTreeSet<String>, CommandError> {
    let name = &facts.name;
    let known = facts.keys.known();
    if !args.key.is_empty() {
        let named: BTreeSet<String> = args.key.iter().cloned().collect();
        let is_all = matches!(facts.keys, Keys::Complete(_));
        if let Some(lacking) = named.iter().find(|key| is_all && !known.contains(*key)) {
            return Err(CommandError::usage(format!(
                "secret/{name} has no key {lacking}; nothing was made"
            )));
        }
        return Ok(named);
    }
    match all_keys(&facts.keys) {
        Ok(keys) if keys.is_empty() => Err(CommandError::usage(format!(
            "secret/{name} has no key; nothing was made"
        ))),
        Ok(keys) => Ok(keys.clone()),
        Err(why) => Err(CommandError::usage(format!(
            "the keys of secret/{name} are not all known: {why}; nothing was made"
        ))
        .hint("Name its keys with --key.")
        .hint(Hint::run(
            "To see their names",
            CommandLine::kubectl("describe secret")
                .name(name)
                .namespace(&facts.namespace),
        ))),
    }
}
