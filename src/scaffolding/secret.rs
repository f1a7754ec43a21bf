//! A Secret that the workload reads: its name, its type, its keys and their files.

use std::collections::BTreeSet;

use crate::secret::KeyName;
use crate::secret::key::{check_object_name, names_a_document};
use crate::secret::kind::TLS;

use super::MOUNT_ROOT;

/// More keys than this are not typed, and the file of one Secret has at most 1 MiB.
const MOST_KEYS: usize = 100;

/// One key, and the file that the app finds it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: String,
    /// The name of the file.
    pub file: String,
}

impl Key {
    /// Whether its value is a file to begin with, and not something that is typed.
    pub fn is_document(&self) -> bool {
        names_a_document(&self.name)
    }
}

/// What is wanted of one Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedSecret {
    pub name: String,
    /// `type`.
    pub type_: &'static str,
    /// In the order in which they were named.
    pub keys: Vec<Key>,
}

/// Why a Secret cannot be wanted so. What was typed is not repeated: it may be a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    #[error("its keys are missing: write NAME:KEY,KEY")]
    NoKeys,
    #[error("not a name for a Secret: use lower-case letters, digits, '-' and '.'")]
    Name,
    #[error("not a key of a Secret: use letters, digits, '-', '_' and '.'")]
    Key,
    #[error("not a file name: write KEY=FILE, with letters, digits, '-', '_' and '.' in FILE")]
    File,
    #[error("a key is named twice")]
    SameKey,
    #[error("two keys would be the same file")]
    SameFile,
    #[error("more than {MOST_KEYS} keys")]
    Many,
}

impl WantedSecret {
    /// Reads `NAME:KEY,KEY=FILE`.
    ///
    /// # Errors
    /// [`BadSecret`].
    pub fn parse(text: &str) -> Result<Self, BadSecret> {
        let Some((name, keys)) = text.split_once(':') else {
            check_object_name(text).map_err(|_| BadSecret::Name)?;
            return Err(BadSecret::NoKeys);
        };
        check_object_name(name).map_err(|_| BadSecret::Name)?;
        if keys.is_empty() {
            return Err(BadSecret::NoKeys);
        }
        let keys = keys.split(',').map(key).collect::<Result<Vec<_>, _>>()?;
        if keys.len() > MOST_KEYS {
            return Err(BadSecret::Many);
        }
        let mut seen = BTreeSet::new();
        if !keys.iter().all(|key| seen.insert(&key.name)) {
            return Err(BadSecret::SameKey);
        }
        let mut files = BTreeSet::new();
        if !keys.iter().all(|key| files.insert(&key.file)) {
            return Err(BadSecret::SameFile);
        }
        Ok(Self {
            name: name.to_owned(),
            type_: "Opaque",
            keys,
        })
    }

    /// A certificate and its private key.
    ///
    /// # Errors
    /// [`BadSecret::Name`].
    pub fn tls(name: &str) -> Result<Self, BadSecret> {
        check_object_name(name).map_err(|_| BadSecret::Name)?;
        Ok(Self {
            name: name.to_owned(),
            type_: TLS,
            keys: ["tls.crt", "tls.key"]
                .map(|key| Key {
                    name: key.to_owned(),
                    file: key.to_owned(),
                })
                .into(),
        })
    }

    /// Whether it is a certificate and its private key.
    pub fn is_tls(&self) -> bool {
        self.type_ == TLS
    }

    /// The directory of its files.
    pub fn directory(&self) -> String {
        format!("{MOUNT_ROOT}/{}", self.name)
    }

    /// The path of the file of a key.
    pub fn path(&self, key: &Key) -> String {
        format!("{}/{}", self.directory(), key.file)
    }
}

fn key(text: &str) -> Result<Key, BadSecret> {
    let (name, file) = text.split_once('=').unwrap_or((text, text));
    KeyName::new(name).map_err(|_| BadSecret::Key)?;
    // `items[].path` may have directories; a single name is what an app expects.
    KeyName::new(file).map_err(|_| BadSecret::File)?;
    Ok(Key {
        name: name.to_owned(),
        file: file.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_have_files_of_another_name() {
        let secret = WantedSecret::parse("db.main:username,password=db-password").unwrap();
        let files: Vec<_> = secret.keys.iter().map(|key| secret.path(key)).collect();
        assert_eq!(
            files,
            [
                "/etc/secrets/db.main/username",
                "/etc/secrets/db.main/db-password"
            ]
        );
    }

    #[test]
    fn what_the_api_would_refuse_is_refused() {
        for (text, why) in [
            ("db", BadSecret::NoKeys),
            ("db:", BadSecret::NoKeys),
            ("", BadSecret::Name),
            (":a", BadSecret::Name),
            ("DB:a", BadSecret::Name),
            ("../db:a", BadSecret::Name),
            ("-db:a", BadSecret::Name),
            ("db\n:a", BadSecret::Name),
            ("$(id):a", BadSecret::Name),
            ("db:a b", BadSecret::Key),
            ("db:a,", BadSecret::Key),
            ("db:..data", BadSecret::Key),
            ("db:a\u{202e}", BadSecret::Key),
            ("db:a:b", BadSecret::Key),
            ("db:a=", BadSecret::File),
            ("db:a=x/y", BadSecret::File),
            ("db:a=..", BadSecret::File),
            ("db:a=b=c", BadSecret::File),
            ("db:a,a", BadSecret::SameKey),
            ("db:a=x,b=x", BadSecret::SameFile),
            ("db:a,b=a", BadSecret::SameFile),
        ] {
            assert_eq!(WantedSecret::parse(text), Err(why), "{text:?}");
        }
        let many: Vec<_> = (0..=MOST_KEYS).map(|key| format!("k{key}")).collect();
        let many = format!("db:{}", many.join(","));
        assert_eq!(WantedSecret::parse(&many), Err(BadSecret::Many));
    }
}
