//! Which Secrets and keys a rotation is about.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::CommandError;
use crate::rotation::waves::{Named, Order};
use crate::secret::KeyName;
use crate::secret::key::check_object_name;
use crate::values::gather::key;

use super::super::subjects::kind_of;

const WAYS: &str = "Write secret/NAME and its keys, such as secret/db password.";

/// The Secrets, each with the keys that were named for it: none for those that the
/// sources name.
pub(super) type Subjects = BTreeMap<String, BTreeSet<KeyName>>;

/// Reads `secret/NAME KEY… [secret/NAME KEY…]`, or `secret NAME KEY…`.
///
/// # Errors
/// Status 2, with how it is written.
pub(super) fn subjects(words: &[String]) -> Result<Subjects, CommandError> {
    let refused = |why: &str| CommandError::usage(why).hint(WAYS);
    let mut found = Subjects::new();
    let mut present: Option<String> = None;
    let mut words = words.iter().map(String::as_str).peekable();
    if words.peek() == Some(&"secret") {
        words.next();
        let name = words.next().ok_or_else(|| refused("no Secret is named"))?;
        present = Some(add(&mut found, name)?);
    }
    for word in words {
        match word.split_once('/') {
            Some(("secret" | "secrets", name)) => present = Some(add(&mut found, name)?),
            Some(_) => return Err(refused("only Secrets are rotated")),
            None => {
                let secret = present
                    .as_ref()
                    .ok_or_else(|| refused("the first word is to name a Secret"))?;
                let keys = found.entry(secret.clone()).or_default();
                if !keys.insert(key(word)?) {
                    return Err(refused("a key is named twice"));
                }
            }
        }
    }
    if found.is_empty() {
        return Err(refused("no Secret is named"));
    }
    Ok(found)
}

fn add(found: &mut Subjects, name: &str) -> Result<String, CommandError> {
    check_object_name(name).map_err(|_| CommandError::usage("invalid Secret name").hint(WAYS))?;
    found.entry(name.to_owned()).or_default();
    Ok(name.to_owned())
}

/// Reads the workloads that are to come first.
///
/// # Errors
/// Status 2, naming the flag.
pub(crate) fn order(waves: &[String], canary: Option<&str>) -> Result<Order, CommandError> {
    let canary = canary.map(|word| workload("--canary", word)).transpose()?;
    let waves = waves
        .iter()
        .map(|wave| {
            wave.split(',')
                .map(|word| workload("--order", word))
                .collect()
        })
        .collect::<Result<Vec<_>, CommandError>>()?;
    Ok(Order { canary, waves })
}

pub(super) fn workload(flag: &str, word: &str) -> Result<Named, CommandError> {
    match word.split_once('/') {
        Some((kind, name)) if !kind.is_empty() && check_object_name(name).is_ok() => Ok(Named {
            kind: kind_of(kind),
            name: name.to_owned(),
        }),
        _ => Err(CommandError::usage(format!("{flag}: not a workload"))
            .hint("Write TYPE/NAME, such as deploy/api.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<String, String> {
        let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        match subjects(&words) {
            Ok(found) => Ok(found
                .iter()
                .map(|(name, keys)| {
                    let keys: Vec<_> = keys.iter().map(KeyName::as_str).collect();
                    format!("{name}[{}]", keys.join(" "))
                })
                .collect()),
            Err(error) => Err(error.message().to_owned()),
        }
    }

    #[test]
    fn keys_belong_to_the_secret_before_them() {
        for (line, expected) in [
            ("secret/db password", "db[password]"),
            ("secret db user password", "db[password user]"),
            ("secrets/db", "db[]"),
            ("secret/db a secret/web b a", "db[a]web[a b]"),
        ] {
            assert_eq!(read(line).as_deref(), Ok(expected), "{line}");
        }
        for line in [
            "",
            "secret",
            "db",
            "deploy/api",
            "secret/DB",
            "secret/db a a",
            "secret/ a",
            "secret/db a=b",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
