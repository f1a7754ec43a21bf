//! The command line of `edit`. Doc comments here are the help.

use std::collections::BTreeSet;

use clap::Args;

use crate::cluster::ConnectionFlags;
use crate::commands::dry_run::DryRunArgs;
use crate::editor::Disk;
use crate::error::CommandError;
use crate::secret::KeyName;
use crate::secret::key::check_object_name;
use crate::ui::Talk;
use crate::values::gather;

/// `edit`.
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The Secret, and the keys to edit [default: all of its keys]
    #[arg(value_name = "secret/NAME [KEY]...", required = true, num_args = 1..)]
    pub(super) words: Vec<String>,
    /// Allow the text to be written to a disk if there is no memory that is never swapped
    ///
    /// The text lies below $XDG_RUNTIME_DIR or /dev/shm while it is edited. With this flag,
    /// $TMPDIR or /tmp will do; the file is overwritten and removed afterwards, but a disk may
    /// keep copies.
    #[arg(long, help_heading = "Editor")]
    pub(super) allow_disk: bool,
    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
    /// Do not ask before changing the Secret
    #[arg(short, long, help_heading = "Result")]
    pub(super) yes: bool,
    /// Name of the field manager
    #[arg(
        long,
        value_name = "NAME",
        default_value = "kubectl-secretsafe",
        help_heading = "Result"
    )]
    pub(super) field_manager: String,
    /// Print only the result, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// What is edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub name: String,
    /// None for all keys.
    pub keys: BTreeSet<KeyName>,
}

impl EditArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }

    pub(super) fn disk(&self) -> Disk {
        match self.allow_disk {
            true => Disk::Allowed,
            false => Disk::Refused,
        }
    }

    /// Reads `secret/NAME KEY…`, `secret NAME KEY…` or `NAME KEY…`.
    ///
    /// # Errors
    /// Status 2, with how it is written.
    pub(super) fn wanted(&self) -> Result<Wanted, CommandError> {
        wanted(&self.words)
    }
}

fn wanted(words: &[String]) -> Result<Wanted, CommandError> {
    const WAYS: &str = "Write secret/NAME, and the keys after it, such as secret/db password.";
    let refused = |why: &str| CommandError::usage(why.to_owned()).hint(WAYS);
    let mut words = words.iter().map(String::as_str);
    let first = words.next().unwrap_or_default();
    let name = match first.split_once('/') {
        Some(("secret" | "secrets", name)) => name,
        Some(_) => return Err(refused("only Secrets are edited")),
        None if matches!(first, "secret" | "secrets") => {
            words.next().ok_or_else(|| refused("no Secret is named"))?
        }
        None => first,
    };
    check_object_name(name).map_err(|_| refused("invalid Secret name"))?;
    let mut keys = BTreeSet::new();
    for word in words {
        if word.contains('/') {
            return Err(refused("one Secret is edited at a time"));
        }
        if !keys.insert(gather::key(word)?) {
            return Err(refused("a key is named twice"));
        }
    }
    Ok(Wanted {
        name: name.to_owned(),
        keys,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_and_its_keys_are_read_as_kubectl_writes_them() {
        let read = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            wanted(&words).map(|found| {
                let keys: Vec<_> = found.keys.iter().map(KeyName::as_str).collect();
                format!("{}: {}", found.name, keys.join(" "))
            })
        };
        for (line, expected) in [
            ("secret/db", "db: "),
            ("secret db b a", "db: a b"),
            ("secrets/db a", "db: a"),
            ("db a", "db: a"),
        ] {
            assert_eq!(read(line).ok().as_deref(), Some(expected), "{line}");
        }
        for line in [
            "secret",
            "deploy/db",
            "secret/DB",
            "secret/db a a",
            "secret/db secret/x",
            "secret/db a=b",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
