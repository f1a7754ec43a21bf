//! Words that cannot be used, and what was meant.
//!
//! Any word may be a secret that was typed in the wrong place. A name of a flag or
//! a command, and a value of a flag that takes only certain ones, is told when it
//! looks like one; all else is not.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::{CommandError, Typed, UnusableValue};
use crate::workload::credential::is_credential_name;
use crate::workload::near::near as alike;

/// Flags and arguments whose values are one of a list, or a mode. Of numbers and durations
/// the error tells that they are ([`Typed`]).
const TOLD: [&str; 9] = [
    "--output",
    "--only",
    "--skip",
    "--unsafe",
    "--verbosity",
    "--mode",
    "--fail-on",
    "RULE",
    "--color",
];
/// What a word is called that is not told.
const UNNAMED: &str = "an argument";
/// More of them than these are listed elsewhere.
const MOST_VALUES: usize = 20;

/// Commands that read values of Secrets, by --prompt and --stdin.
const READ_VALUES: [&str; 3] = ["create", "rotate", "seal"];
/// Commands with which a value is meant, whatever the flag is called.
const MEAN_VALUES: [&str; 4] = ["create", "rotate", "seal", "edit"];

/// Translates clap's error about `words`, for somebody who `called` the program so.
pub(super) fn told(error: &clap::Error, called: &str, words: &[OsString]) -> CommandError {
    let mut told = CommandError::usage(message(error));
    let values = texts(error, ContextKind::ValidValue);
    if (1..=MOST_VALUES).contains(&values.len()) && values.iter().any(|value| !value.is_empty()) {
        told = told.hint(format!("Possible values: {}.", values.join(", ")));
    }
    if values.len() > MOST_VALUES {
        told = told.hint("`kubectl secretsafe explain` lists the rules.");
    }
    if exposes(error, words) {
        told = told
            .hint(match is_one_of(words, &READ_VALUES) {
                true => "Values of Secrets are not flags: use --prompt KEY to type one hidden, or --stdin KEY to pipe it.",
                false => "Values of Secrets are never given on the command line.",
            })
            .exposed();
    }
    told.hint(format!("See {called} --help."))
}

/// Whether a value of a Secret may be among the words: behind a flag that nobody knows, or
/// in a place where nothing is expected.
fn exposes(error: &clap::Error, words: &[OsString]) -> bool {
    let reads_values = is_one_of(words, &MEAN_VALUES);
    let argument = texts(error, ContextKind::InvalidArg).concat();
    match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            let flag = name_of(&argument);
            // A slip of a flag that is there is no value.
            let is_slip = !near_flags(error, &flag).is_empty();
            let is_credential = is_credential_name(flag.trim_start_matches('-'));
            (reads_values && !is_slip || is_credential) && has_value(&flag, words)
        }
        ErrorKind::UnknownArgument => reads_values,
        ErrorKind::ArgumentConflict => reads_values && name_of(&argument) == UNNAMED,
        _ => false,
    }
}

/// Whether the command is one of these.
fn is_one_of(words: &[OsString], commands: &[&str]) -> bool {
    words
        .first()
        .is_some_and(|first| commands.iter().any(|name| first == name))
}

/// Flags that an unknown one may be a slip of. Whoever follows a wild guess may put a value
/// where it is published.
fn near_flags(error: &clap::Error, flag: &str) -> Vec<String> {
    let mut near = texts(error, ContextKind::SuggestedArg);
    near.retain(|other| !alike(flag, [other.as_str()]).is_empty());
    near
}

/// Whether something stands behind a flag: after `=`, or as a word of its own.
fn has_value(flag: &str, words: &[OsString]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let word = word.to_string_lossy();
        let next = words.get(at + 1).map(|next| next.to_string_lossy());
        match word.strip_prefix(flag) {
            Some("") => next.is_some_and(|next| !next.starts_with('-')),
            Some(rest) => rest.starts_with(['=', ':']) || !flag.starts_with("--"),
            None => false,
        }
    })
}

fn message(error: &clap::Error) -> String {
    let arguments = texts(error, ContextKind::InvalidArg);
    let argument = arguments.first().map_or("", String::as_str);
    let flag = name_of(argument);
    match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => invalid_value(error, &flag),
        ErrorKind::TooManyValues => {
            let value = texts(error, ContextKind::InvalidValue);
            let shown = value.first().and_then(|value| shown(value));
            format!(
                "invalid value {}for {flag}; use true or false",
                quoted(shown)
            )
        }
        ErrorKind::MissingRequiredArgument => missing(&arguments),
        // A second name beside that of `create` without a kind.
        ErrorKind::ArgumentConflict if flag == UNNAMED => "unexpected argument (hidden)".to_owned(),
        ErrorKind::ArgumentConflict => {
            let others = texts(error, ContextKind::PriorArg);
            let other = match others.first() {
                Some(other) => name_of(other),
                None => "another argument".to_owned(),
            };
            match flag == other {
                true => format!("{flag} is given more than once"),
                false => format!("{flag} cannot be used with {other}"),
            }
        }
        ErrorKind::InvalidSubcommand => {
            let word = texts(error, ContextKind::InvalidSubcommand).concat();
            let near = texts(error, ContextKind::SuggestedSubcommand);
            let shown = shown(&word).or((!near.is_empty()).then_some(word.as_str()));
            format!(
                "unknown command {}{}",
                shown.unwrap_or("(hidden)"),
                meant(&near)
            )
        }
        ErrorKind::MissingSubcommand => "a command is missing".to_owned(),
        ErrorKind::NoEquals => format!("{flag} needs '=' before its value"),
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            let near = near_flags(error, &flag);
            // No flag has a digit, and some values have.
            let is_name = !flag.contains(|c: char| c.is_ascii_digit());
            let shown = match is_name || !near.is_empty() {
                true => flag.as_str(),
                false => "(hidden)",
            };
            format!("unknown flag {shown}{}", meant(&near))
        }
        ErrorKind::UnknownArgument => "unexpected argument (hidden)".to_owned(),
        _ if argument.starts_with('-') => format!("{flag} cannot be used so"),
        _ => "the command line cannot be used".to_owned(),
    }
}

fn invalid_value(error: &clap::Error, flag: &str) -> String {
    let value = texts(error, ContextKind::InvalidValue).concat();
    let known = texts(error, ContextKind::ValidValue);
    if value.is_empty() {
        return format!("{flag} needs a value");
    }
    let mut near = texts(error, ContextKind::SuggestedValue);
    if known.len() > MOST_VALUES && value.starts_with("SS") {
        // Ids are all alike.
        near.clear();
    }
    let why =
        std::error::Error::source(error).and_then(|source| source.downcast_ref::<UnusableValue>());
    let is_measure = why.is_some_and(|why| why.typed() == Typed::Measure);
    let is_told = !known.is_empty() || is_measure || TOLD.contains(&flag);
    let shown = match is_told {
        // A word in the place of a number may be anything.
        true if is_measure && known.is_empty() => measure(&value),
        // A format may have a file behind it.
        true => shown(value.split('=').next().unwrap_or_default())
            .or((!near.is_empty()).then_some(value.as_str())),
        false => None,
    };
    let why = why.map_or(String::new(), |why| format!(": {why}"));
    format!(
        "invalid value {}for {flag}{why}{}",
        quoted(shown),
        meant(&near)
    )
}

/// clap names what is missing, not what needs it.
fn missing(arguments: &[String]) -> String {
    let (flags, names): (Vec<_>, Vec<_>) = arguments
        .iter()
        .map(|argument| choices(argument))
        .partition(|choices| choices.starts_with('-'));
    match (flags.is_empty(), names.is_empty()) {
        (_, false) => format!("missing argument: {}", names.join(" ")),
        (false, true) => format!("requires {}", flags.join(" and ")),
        (true, true) => "an argument is missing".to_owned(),
    }
}

/// `<--a <X>|--b>` as `--a or --b`.
fn choices(argument: &str) -> String {
    let inner = argument.trim_end_matches("...");
    let flags: Vec<_> = inner
        .split(['<', '|', ' ', '>'])
        .filter(|part| part.starts_with('-') && part.len() > 1)
        .map(name_of)
        .collect();
    match flags.is_empty() {
        true => name_of(inner),
        false => flags.join(" or "),
    }
}

/// A flag without its value, or the name of an argument. Any other word is none.
fn name_of(argument: &str) -> String {
    if argument.starts_with('-') {
        // Up to what no flag has in its name.
        let end = argument
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .unwrap_or(argument.len());
        return argument[..end].to_owned();
    }
    let bare = argument.trim_end_matches("...");
    match bare.strip_prefix(['<', '[']) {
        Some(name) => name.strip_suffix(['>', ']']).unwrap_or(name).to_owned(),
        None => UNNAMED.to_owned(),
    }
}

fn quoted(shown: Option<&str>) -> String {
    shown.map_or_else(|| "(hidden) ".to_owned(), |word| format!("{word:?} "))
}

fn meant(near: &[String]) -> String {
    match near.last() {
        Some(near) => format!("; did you mean {near}?"),
        None => String::new(),
    }
}

/// A word that looks like a name of ours, or like a number with a unit.
fn shown(word: &str) -> Option<&str> {
    const LONGEST: usize = 20;
    let is_name = |word: &str| {
        word.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    let is_rule = |word: &str| {
        let digits = word.strip_prefix("SS").or_else(|| word.strip_prefix("ss"));
        digits.is_some_and(|digits| digits.len() <= 4 && is_number(digits))
    };
    let is_told = is_name(word) || is_rule(word) || measure(word).is_some();
    (word.len() <= LONGEST && is_told).then_some(word)
}

/// A short number, with a unit or without. A longer one may be a PIN.
fn measure(word: &str) -> Option<&str> {
    const LONGEST: usize = 6;
    let number = word.trim_start_matches(['-', '+']);
    let unit = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let is_unit = unit.len() <= 2 && unit.bytes().all(|byte| byte.is_ascii_lowercase());
    (unit.len() < number.len() && number.len() <= LONGEST && is_unit).then_some(word)
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> String {
        let tree = crate::cli::command("kubectl secretsafe");
        let words = std::iter::once("x").chain(line.split_whitespace());
        match tree.try_get_matches_from(words) {
            Ok(_) => panic!("must not parse: {line}"),
            Err(error) => message(&error),
        }
    }

    #[test]
    fn names_are_told_with_what_was_meant() {
        for (line, expected) in [
            (
                "doctor --nmespace x",
                "unknown flag --nmespace; did you mean --namespace?",
            ),
            ("doctor --zzz", "unknown flag --zzz"),
            ("create db --password x", "unknown flag --password"),
            ("create db --passwd x", "unknown flag --passwd"),
            ("docter", "unknown command docter; did you mean doctor?"),
            ("encrypt", "unknown command encrypt"),
            (
                "completion basj",
                "unknown command basj; did you mean bash?",
            ),
            (
                "doctor --fail-on erorr",
                "invalid value \"erorr\" for --fail-on; did you mean error?",
            ),
            (
                "create db -o jsn",
                "invalid value \"jsn\" for --output; did you mean json?",
            ),
            ("doctor --only SS000", "invalid value \"SS000\" for --only"),
            (
                "doctor -o yml=x.yml",
                "invalid value \"yml\" for --output: use one of text, wide, json, yaml",
            ),
            ("explain SS999", "invalid value \"SS999\" for RULE"),
            (
                "migrate --timeout 0s",
                "invalid value \"0s\" for --timeout: use a duration from 1s to 24h, such as 90s or 5m",
            ),
            (
                "advise --clusters 0",
                "invalid value \"0\" for --clusters: use a number from 1 to 65535",
            ),
            (
                "advise --rotate-every 90x",
                "invalid value \"90x\" for --rotate-every: use a duration such as 90d or 12h, or never",
            ),
            (
                "rotate secret/db x --max-parallel 101",
                "invalid value \"101\" for --max-parallel: use a number from 1 to 100",
            ),
            (
                "rotate secret/db x --budget=-1",
                "invalid value \"-1\" for --budget: use a number from 0 to 1000000",
            ),
            (
                "rotate secret/db x --keep 91d",
                "invalid value \"91d\" for --keep: use a duration such as 90s, 5m or 24h, of 90 days at most",
            ),
            (
                "scaffold api --replicas 1001",
                "invalid value \"1001\" for --replicas: use a number from 0 to 1000",
            ),
            (
                "doctor --quiet=maybe",
                "invalid value \"maybe\" for --quiet; use true or false",
            ),
            ("doctor -n", "--namespace needs a value"),
            ("consumers", "missing argument: secret/NAME[:KEY]"),
            ("create tls x", "requires --cert and --key"),
            ("migrate --write", "requires --filename or --kustomize"),
            (
                "migrate --force-unproven",
                "requires --remove-env or --complete",
            ),
            (
                "create x --update --replace",
                "--update cannot be used with --replace",
            ),
        ] {
            let told = of(line);
            assert!(told.starts_with(expected), "{line}: {told}");
        }
    }

    #[test]
    fn words_that_may_be_secrets_are_hidden() {
        for (line, expected) in [
            ("create db hunter", "unexpected argument (hidden)"),
            (
                "rotate secret/db password --keep letmein-now",
                "invalid value (hidden) for --keep",
            ),
            (
                "scaffold api --secret db:k --port=48291347",
                "invalid value (hidden) for --port",
            ),
            ("create db --hunter2", "unknown flag (hidden)"),
            ("create db --password:hunter", "unknown flag --password"),
            ("hunter2", "unknown command (hidden)"),
            (
                "doctor --fail-on Hunter2",
                "invalid value (hidden) for --fail-on",
            ),
            (
                "migrate --mount-path hunter",
                "invalid value (hidden) for --mount-path",
            ),
        ] {
            let told = of(line);
            assert!(told.starts_with(expected), "{line}: {told}");
        }
    }
}
