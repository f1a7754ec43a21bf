//! What kubectl's users type, as clap reads it: flags of the cluster before the
//! command, the word `secret` before a kind, and `--flag=true`.

use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command};

/// The words behind the program's name, in the order that clap wants.
pub fn as_read(tree: &Command, words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = words.into_iter().collect();
    let Some(command) = command_first(tree, &mut words) else {
        return words;
    };
    let mut deepest = command;
    let mut behind = 1;
    if ["create", "consumers"].contains(&command.get_name()) {
        without_secret(command, &mut words);
    }
    if command.has_subcommands()
        && let Some(kind) = kind_first(command, &mut words)
    {
        deepest = kind;
        behind = 2;
    }
    switches(tree, deepest, &mut words, behind);
    files(deepest, &mut words);
    words
}

/// Moves the flags of the cluster that stand before the command behind it, and
/// tells which command it is. kubectl takes them anywhere.
fn command_first<'t>(tree: &'t Command, words: &mut Vec<OsString>) -> Option<&'t Command> {
    // Whichever has them knows them all.
    let knows_all = tree.find_subcommand("doctor")?;
    let at = first_name(&[tree, knows_all], words)?;
    let command = tree.find_subcommand(words[at].to_str()?)?;
    let before: Vec<OsString> = words.drain(..at).collect();
    let mut place = 1;
    let mut rest = before.into_iter().peekable();
    while let Some(word) = rest.next() {
        let flag = Flag::read(&[tree, knows_all], &word)?;
        let value = flag.takes_the_next_word().then(|| rest.next()).flatten();
        // Other commands ask no cluster, so it does not matter to them which.
        let known = [tree, command]
            .iter()
            .any(|command| command.get_arguments().any(|arg| arg == flag.arg));
        if known {
            for word in [Some(word), value].into_iter().flatten() {
                words.insert(place, word);
                place += 1;
            }
        }
    }
    Some(command)
}

/// `create secret generic NAME` is what kubectl's users have in their fingers.
fn without_secret(command: &Command, words: &mut Vec<OsString>) {
    let flags: Vec<&Command> = std::iter::once(command)
        .chain(command.get_subcommands())
        .collect();
    let Some(first) = first_name(&flags, &words[1..]) else {
        return;
    };
    let first = first + 1;
    let is_the_type = words[first] == "secret" || words[first] == "secrets";
    if is_the_type && first_name(&flags, &words[first + 1..]).is_some() {
        words.remove(first);
    }
}

/// Puts the kind right behind the command; flags that both have may stand
/// between them.
fn kind_first<'t>(command: &'t Command, words: &mut Vec<OsString>) -> Option<&'t Command> {
    let flags: Vec<&Command> = std::iter::once(command)
        .chain(command.get_subcommands())
        .collect();
    let at = first_name(&flags, &words[1..])? + 1;
    let kind = command.find_subcommand(words[at].to_str()?)?;
    let word = words.remove(at);
    words.insert(1, word);
    Some(kind)
}

/// Takes the value from switches that have one: Go's flags are `--flag`,
/// `--flag=true` or `--flag=false`, and the last one counts.
fn switches(tree: &Command, command: &Command, words: &mut Vec<OsString>, from: usize) {
    let mut at = from;
    while at < words.len() && words[at] != "--" {
        let word = words[at].clone();
        let Some((name, value)) = word.to_str().and_then(|word| word.split_once('=')) else {
            at += 1;
            continue;
        };
        let switch = Flag::read(&[command, tree], OsStr::new(name))
            .filter(|flag| matches!(flag.arg.get_action(), ArgAction::SetTrue));
        match (switch, truth(value)) {
            (Some(switch), Some(on)) => {
                words[at] = name.into();
                let same = |other: &OsString| {
                    Flag::read(&[command, tree], other).is_some_and(|flag| flag.arg == switch.arg)
                };
                let mut index = 0;
                words.retain(|other| {
                    let goes = index >= from
                        && (index < at && same(other) || index == at && on == Truth::False);
                    index += 1;
                    !goes
                });
                // What is here now was not looked at yet, or is the switch itself.
                at = from;
            }
            _ => at += 1,
        }
    }
}

/// Gives each file of `-f a,b` a flag of its own: commas part them, and names
/// with commas stand in quotes, as CSV has it (pflag's `StringSlice`).
fn files(command: &Command, words: &mut Vec<OsString>) {
    let mut at = 0;
    while at < words.len() && words[at] != "--" {
        let flag = Flag::read(&[command], &words[at]);
        let Some(flag) = flag.filter(|flag| flag.arg.get_id() == "filename") else {
            at += 1;
            continue;
        };
        let (value, length) = if flag.takes_the_next_word() {
            (words.get(at + 1).and_then(|word| word.to_str()), 2)
        } else {
            let word = words[at].to_str();
            (word.and_then(|word| flag.value_of(word)), 1)
        };
        let Some(value) = value.filter(|value| value.contains([',', '"'])) else {
            at += length;
            continue;
        };
        let each: Vec<OsString> = fields(value)
            .into_iter()
            .map(|file| format!("--filename={file}").into())
            .collect();
        let number = each.len();
        words.splice(at..at + length, each);
        at += number;
    }
}

/// The fields of a line of CSV.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let field = fields.last_mut().expect("there is always one");
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            ',' if !quoted => fields.push(String::new()),
            other => field.push(other),
        }
    }
    fields
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Truth {
    True,
    False,
}

/// Go's `strconv.ParseBool`.
fn truth(text: &str) -> Option<Truth> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(Truth::True),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(Truth::False),
        _ => None,
    }
}

/// Where the first word stands that is no flag and no flag's value; `None` where
/// there is none, or a flag that nobody knows stands before it.
fn first_name(commands: &[&Command], words: &[OsString]) -> Option<usize> {
    let mut at = 0;
    loop {
        let word = words.get(at)?;
        if !word.as_encoded_bytes().starts_with(b"-") || word == "-" {
            return Some(at);
        }
        let flag = Flag::read(commands, word)?;
        at += if flag.takes_the_next_word() { 2 } else { 1 };
    }
}

/// A word that begins with a flag.
struct Flag<'t> {
    arg: &'t Arg,
    has_value: bool,
}

impl<'t> Flag<'t> {
    fn read(commands: &[&'t Command], word: &OsStr) -> Option<Self> {
        // A file's name need not be text; the flag before it is.
        let bytes = word.as_encoded_bytes();
        let name = bytes.split(|byte| *byte == b'=').next()?;
        let name = std::str::from_utf8(name).ok()?;
        let mut args = commands.iter().flat_map(|command| command.get_arguments());
        if let Some(long) = name.strip_prefix("--") {
            let arg = args.find(|arg| {
                let aliases = arg.get_all_aliases().unwrap_or_default();
                arg.get_long() == Some(long) || aliases.contains(&long)
            })?;
            return Some(Self {
                arg,
                has_value: name.len() < bytes.len(),
            });
        }
        let short = name.strip_prefix('-')?.chars().next()?;
        let arg = args.find(|arg| arg.get_short() == Some(short))?;
        Some(Self {
            arg,
            has_value: bytes.len() > 1 + short.len_utf8(),
        })
    }

    /// Of a word that holds both.
    fn value_of<'w>(&self, word: &'w str) -> Option<&'w str> {
        match word.strip_prefix("--") {
            Some(long) => long.split_once('=').map(|(_, value)| value),
            None => {
                let value = word.get(1..)?.strip_prefix(self.arg.get_short()?)?;
                Some(value.strip_prefix('=').unwrap_or(value))
            }
        }
    }

    fn takes_the_next_word(&self) -> bool {
        self.arg.get_action().takes_values() && !self.arg.is_require_equals_set() && !self.has_value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        let tree = crate::cli::command("kubectl secretsafe");
        let words = as_read(&tree, line.split_whitespace().map(OsString::from));
        let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }

    #[test]
    fn flags_of_the_cluster_may_stand_before_the_command() {
        for (typed, expected) in [
            ("-n prod doctor", "doctor -n prod"),
            (
                "-nprod --context=x doctor -A",
                "doctor -nprod --context=x -A",
            ),
            (
                "-v 6 --kubeconfig k migrate deploy/api",
                "migrate -v 6 --kubeconfig k deploy/api",
            ),
            ("-n create doctor", "doctor -n create"),
            // They mean nothing to a command that asks no cluster.
            ("-n prod explain SS003", "explain SS003"),
            // Unknown ones are clap's to tell.
            ("--nmespace prod doctor", "--nmespace prod doctor"),
            ("-n prod docter", "-n prod docter"),
            ("--help", "--help"),
            ("", ""),
        ] {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }

    #[test]
    fn the_word_secret_may_stand_before_a_kind_or_a_name() {
        for (typed, expected) in [
            ("create secret generic db", "create generic db"),
            (
                "create -n prod secret generic db",
                "create generic -n prod db",
            ),
            ("create -n prod generic db", "create generic -n prod db"),
            (
                "-n prod create secret tls db --cert c",
                "create tls -n prod db --cert c",
            ),
            ("create secret db --prompt p", "create db --prompt p"),
            // That is its name.
            ("create secret --prompt p", "create secret --prompt p"),
            ("consumers secret db", "consumers db"),
            ("consumers secret", "consumers secret"),
            (
                "consumers -n prod secrets db:key",
                "consumers -n prod db:key",
            ),
            ("create db --label secret=x", "create db --label secret=x"),
        ] {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }

    #[test]
    fn commas_part_files() {
        for (typed, expected) in [
            ("doctor -f a,b", "doctor --filename=a --filename=b"),
            ("migrate -fa,b -R", "migrate --filename=a --filename=b -R"),
            (
                "doctor --filename=a,b -f c",
                "doctor --filename=a --filename=b -f c",
            ),
            (
                "doctor -f \"a,b\",c\"d,\"e\"\"f\"",
                "doctor --filename=a,b --filename=c\"d --filename=e\"f",
            ),
            ("doctor -f a", "doctor -f a"),
            ("doctor --config a,b", "doctor --config a,b"),
            ("doctor -f", "doctor -f"),
        ] {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }

    #[test]
    fn switches_are_true_or_false_and_the_last_one_counts() {
        for (typed, expected) in [
            ("doctor --all-namespaces=true", "doctor --all-namespaces"),
            ("doctor --all-namespaces=false", "doctor"),
            ("doctor -A=T -q", "doctor -A -q"),
            ("doctor -A --all-namespaces=0", "doctor"),
            ("doctor --quiet=false -q=true", "doctor -q"),
            ("create tls db --shred=true", "create tls db --shred"),
            // Not a switch, or not a truth.
            ("doctor --fail-on=true", "doctor --fail-on=true"),
            ("doctor --quiet=maybe", "doctor --quiet=maybe"),
            ("doctor -- --quiet=false", "doctor -- --quiet=false"),
            ("create db --dry-run=client", "create db --dry-run=client"),
        ] {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }
}
