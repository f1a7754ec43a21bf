//! The files that a volume's Secrets become.

use std::collections::BTreeSet;

use super::access;
use super::volume::{SecretSource, Volume};

/// A file of a secret or projected volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFile {
    /// Its Secret.
    pub secret: String,
    /// Its key.
    pub key: String,
    /// Its path in the volume.
    pub path: String,
    /// The mode its volume asks for; `None` where that is no usable number.
    pub mode: Option<u32>,
}

/// The files of one source: the listed items, or every key. `None` when all
/// keys are meant and they are not known.
pub fn files(
    volume: &Volume,
    source: &SecretSource,
    keys: Option<&BTreeSet<String>>,
) -> Option<Vec<SecretFile>> {
    let bits = |mode: &super::Mode| {
        mode.bits
            .and_then(|bits| u32::try_from(bits).ok())
            .filter(|bits| *bits <= 0o777)
    };
    let default = match volume.kind.default_mode() {
        Some(mode) => bits(mode),
        None => Some(access::DEFAULT_MODE),
    };
    let file = |key: &str, path: &str, mode: Option<u32>| SecretFile {
        secret: source.secret.value.clone(),
        key: key.to_owned(),
        path: path.to_owned(),
        mode,
    };
    match &source.items {
        Some(items) if !items.is_empty() => Some(
            items
                .iter()
                .map(|item| {
                    let mode = match &item.mode {
                        Some(mode) => bits(mode),
                        None => default,
                    };
                    file(&item.key.value, &item.path.value, mode)
                })
                .collect(),
        ),
        _ => Some(keys?.iter().map(|key| file(key, key, default)).collect()),
    }
}
