//! What may be typed next: names from our own lists, the kubeconfig and the
//! cluster. Of the cluster only names are asked, for less than a second, and
//! whatever goes wrong means that nothing is offered.

use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;
use std::time::Duration;

use clap::{Arg, Command, FromArgMatches, ValueEnum};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::checks::CHECKS;
use crate::cluster::{Cluster, ConnectionFlags, RequestTimeout, context_names};
use crate::commands::subjects::kind_of;
use crate::inventory::Keys;
use crate::live::CHANGEABLE;
use crate::live::external::RESOURCE;
use crate::output::Format;

/// A user waits no longer.
const PATIENCE: Duration = Duration::from_millis(900);

/// Whom the words so far ask, for completers, which see only their own word.
static CONNECTION: OnceLock<ConnectionFlags> = OnceLock::new();

/// The Secret that the words so far name last, as `secret/NAME`.
static SECRET: OnceLock<Option<String>> = OnceLock::new();

/// The command tree, with what each value may be. The words so far say which
/// cluster is asked.
pub(super) fn with_candidates(tree: Command, words: &[OsString]) -> Command {
    // The first to ask is the only one.
    let _ = CONNECTION.set(connection(&tree, words).unwrap_or_default());
    let _ = SECRET.set(last_secret(words));
    tree.mut_subcommands(completed)
}

fn completed(command: Command) -> Command {
    let name = command.get_name().to_owned();
    command
        .mut_args(|arg| match candidates(&name, &arg) {
            Some(completer) => arg.add(completer),
            None => arg,
        })
        .mut_subcommands(completed)
}

fn candidates(command: &str, arg: &Arg) -> Option<ArgValueCompleter> {
    Some(match (command, arg.get_id().as_str()) {
        ("doctor" | "migrate" | "restart", "objects") => ArgValueCompleter::new(workload),
        ("consumers", "secret") => ArgValueCompleter::new(secret_or_key),
        ("migrate", "secret") => of(secrets),
        ("external", "objects") | ("seal", "secret") => ArgValueCompleter::new(secret_alone),
        ("edit" | "rotate", "words") => ArgValueCompleter::new(secret_then_keys),
        ("sync", "objects") => of(external_secrets),
        ("doctor", "only" | "skip" | "may_break") | ("explain", "rule") => of(rules),
        ("doctor", "output") => of(formats),
        (_, "context" | "contexts") => of(contexts),
        (_, "namespace") => of(namespaces),
        _ => return None,
    })
}

/// Those that begin as the word does.
fn of(all: fn() -> Vec<CompletionCandidate>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |word: &OsStr| {
        let begins = |candidate: &CompletionCandidate| {
            let value = candidate.get_value().as_encoded_bytes();
            value.starts_with(word.as_encoded_bytes())
        };
        all().into_iter().filter(begins).collect::<Vec<_>>()
    })
}

fn rules() -> Vec<CompletionCandidate> {
    let rules = CHECKS.iter().map(|check| check.rule);
    rules
        .map(|rule| CompletionCandidate::new(rule.id).help(Some(rule.name.into())))
        .collect()
}

fn formats() -> Vec<CompletionCandidate> {
    let known = Format::value_variants().iter();
    known
        .filter_map(Format::to_possible_value)
        .map(|value| CompletionCandidate::new(value.get_name()).help(value.get_help().cloned()))
        .collect()
}

fn contexts() -> Vec<CompletionCandidate> {
    named(context_names(asked()).unwrap_or_default())
}

fn namespaces() -> Vec<CompletionCandidate> {
    named(ask(async |cluster| cluster.namespace_names().await.ok()))
}

fn secrets() -> Vec<CompletionCandidate> {
    named(ask(async |cluster| {
        cluster.secret_names(cluster.namespace()).await.ok()
    }))
}

/// `secret/db`.
fn secret_alone(word: &OsStr) -> Vec<CompletionCandidate> {
    let Some(word) = word.to_str() else {
        return Vec::new();
    };
    let names = ask(async |cluster| cluster.secret_names(cluster.namespace()).await.ok());
    let names = names.into_iter().map(|name| format!("secret/{name}"));
    named(names.filter(|name| name.starts_with(word)))
}

/// `secret/db`, and after it its keys.
fn secret_then_keys(word: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = secret_alone(word);
    if let (Some(Some(name)), Some(word)) = (SECRET.get(), word.to_str()) {
        let names = ask(async |cluster| {
            let facts = cluster.secret_facts(cluster.namespace(), name).await;
            Some(keys(facts.ok()??.keys).collect())
        });
        found.extend(named(
            names.into_iter().filter(|name| name.starts_with(word)),
        ));
    }
    found
}

/// The name in the last word `secret/NAME` so far.
fn last_secret(words: &[OsString]) -> Option<String> {
    words.iter().rev().find_map(|word| {
        let (kind, name) = word.to_str()?.split_once('/')?;
        matches!(kind, "secret" | "secrets").then(|| name.to_owned())
    })
}

fn external_secrets() -> Vec<CompletionCandidate> {
    named(ask(async |cluster| {
        cluster.object_names(&RESOURCE).await.ok()
    }))
}

/// `db`, `secret/db`, and the keys of `db:`.
fn secret_or_key(word: &OsStr) -> Vec<CompletionCandidate> {
    let Some(word) = word.to_str() else {
        return Vec::new();
    };
    let (kind, name) = match word.split_once('/') {
        Some((kind @ ("secret" | "secrets"), name)) => (format!("{kind}/"), name),
        Some(_) => return Vec::new(),
        None => (String::new(), word),
    };
    let names = match name.split_once(':') {
        Some((name, _)) => ask(async |cluster| {
            let facts = cluster.secret_facts(cluster.namespace(), name).await;
            Some(
                keys(facts.ok()??.keys)
                    .map(|key| format!("{name}:{key}"))
                    .collect(),
            )
        }),
        None => ask(async |cluster| cluster.secret_names(cluster.namespace()).await.ok()),
    };
    let names = names.into_iter().map(|name| format!("{kind}{name}"));
    named(names.filter(|name| name.starts_with(word)))
}

fn keys(keys: Keys) -> impl Iterator<Item = String> {
    match keys {
        Keys::Complete(keys)
        | Keys::Partial { known: keys, .. }
        | Keys::Hidden { known: keys, .. } => keys,
        _ => Default::default(),
    }
    .into_iter()
}

/// `deployment/api`, with the type as it was typed where one was.
fn workload(word: &OsStr) -> Vec<CompletionCandidate> {
    let Some(word) = word.to_str() else {
        return Vec::new();
    };
    let typed = word.split_once('/').map(|(kind, _)| kind);
    let wanted = typed.map(kind_of);
    let found = ask(async |cluster| {
        let kinds = CHANGEABLE
            .iter()
            .map(|resource| (resource, resource.kind.to_lowercase()));
        let all = kinds
            .filter(|(_, kind)| wanted.as_ref().is_none_or(|wanted| wanted == kind))
            .map(async |(resource, kind)| {
                let kind = typed.unwrap_or(&kind).to_owned();
                let names = cluster.object_names(resource).await.unwrap_or_default();
                let names = names.into_iter().map(|name| format!("{kind}/{name}"));
                names.collect::<Vec<_>>()
            });
        Some(futures_util::future::join_all(all).await.concat())
    });
    named(found.into_iter().filter(|name| name.starts_with(word)))
}

/// Names of others are offered only where a shell takes them for nothing else.
fn named(names: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    let is_plain = |name: &String| {
        !name.starts_with('-')
            && name.chars().all(|character| {
                character.is_ascii_alphanumeric() || "-._:/@+%".contains(character)
            })
    };
    names
        .into_iter()
        .filter(is_plain)
        .map(CompletionCandidate::new)
        .collect()
}

fn asked() -> &'static ConnectionFlags {
    CONNECTION.get_or_init(ConnectionFlags::default)
}

/// Asks the cluster; nothing when it does not answer soon.
fn ask(question: impl AsyncFnOnce(&Cluster) -> Option<Vec<String>>) -> Vec<String> {
    let flags = ConnectionFlags {
        request_timeout: Some(RequestTimeout::After(PATIENCE)),
        ..asked().clone()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return Vec::new();
    };
    let answer = runtime.block_on(async {
        let answer = async { question(&Cluster::connect(&flags).await.ok()?).await };
        tokio::time::timeout(PATIENCE, answer).await.ok()?
    });
    // A plugin that still thinks is not waited for.
    runtime.shutdown_background();
    answer.unwrap_or_default()
}

/// The flags of the cluster among words that may not make sense yet.
fn connection(tree: &Command, words: &[OsString]) -> Option<ConnectionFlags> {
    let line = std::iter::once(OsString::from("kubectl-secretsafe")).chain(words.iter().cloned());
    let tree = tree.clone().ignore_errors(true);
    let matches = tree.try_get_matches_from(line).ok()?;
    let mut deepest = &matches;
    while let Some((_, inner)) = deepest.subcommand() {
        deepest = inner;
    }
    // Commands that ask no cluster have none of the flags.
    deepest.try_contains_id("kubeconfig").ok()?;
    ConnectionFlags::from_arg_matches(deepest).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_so_far_say_which_cluster() {
        let tree = crate::cli::command("kubectl secretsafe");
        let of = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(OsString::from).collect();
            let flags = connection(&tree, &words).unwrap_or_default();
            (flags.context, flags.namespace)
        };
        let named = |text: &str| Some(text.to_owned());
        assert_eq!(of("doctor --context a -n b"), (named("a"), named("b")));
        assert_eq!(of("consumers -n b x y z --only"), (None, named("b")));
        assert_eq!(of("create tls -n b"), (None, named("b")));
        assert_eq!(of("explain"), (None, None));
        assert_eq!(of(""), (None, None));
    }

    #[test]
    fn keys_are_those_of_the_last_secret_before_the_word() {
        let of = |line: &str| {
            let words: Vec<_> = line.split(' ').map(OsString::from).collect();
            last_secret(&words)
        };
        assert_eq!(of("rotate secret/a x secret/b"), Some("b".to_owned()));
        assert_eq!(of("rotate"), None);
        assert_eq!(of("edit deploy/a"), None);
    }

    #[test]
    fn names_that_a_shell_would_obey_are_not_offered() {
        let names = [
            "api",
            "$(id)",
            "a\nb",
            "a\tb",
            "`id`",
            "a;b",
            "-n",
            "gke_x_y",
            "a b",
            "\u{202e}a",
        ];
        let offered = named(names.map(str::to_owned));
        let offered: Vec<_> = offered
            .iter()
            .map(|name| name.get_value().to_owned())
            .collect();
        assert_eq!(offered, ["api", "gke_x_y"]);
    }
}
