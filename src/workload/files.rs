//! The files that a volume's Secrets become.

use std::collections::BTreeSet;

use super::access::{self, Owner};
use super::mount_path::{clean, is_below};
use super::pod::{Mount, SubPath};
use super::volume::{Item, Mode, SecretSource, Volume};
use super::{Located, Origin};

/// A file of a secret or projected volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFile {
    pub secret: String,
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
    let default = match volume.kind.default_mode() {
        Some(mode) => usable(mode),
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
                        Some(mode) => usable(mode),
                        None => default,
                    };
                    file(&item.key.value, &item.path.value, mode)
                })
                .collect(),
        ),
        _ => Some(keys?.iter().map(|key| file(key, key, default)).collect()),
    }
}

/// The mode of one listed file, or of all files of a source that lists none.
#[derive(Clone, Copy, Debug)]
pub struct FileMode<'a> {
    pub source: &'a SecretSource,
    /// The item; `None` for every key.
    pub item: Option<&'a Item>,
    /// The mode as it is written: the item's or the volume's. `None` where
    /// neither says one.
    pub written: Option<&'a Mode>,
    /// The uid it is to belong to, as it is written: the item's or the
    /// volume's. `None` where neither says one.
    pub user: Option<&'a Located<i64>>,
}

impl FileMode<'_> {
    /// The mode before fsGroup; `None` for one that the API refuses.
    pub fn bits(&self) -> Option<u32> {
        match self.written {
            None => Some(access::DEFAULT_MODE),
            Some(mode) => usable(mode),
        }
    }

    /// Whom the file belongs to, as far as an object read at `origin` tells: a
    /// server has dropped what it does not know.
    pub fn owner(&self, origin: Origin) -> Owner {
        match (self.user, origin) {
            (None, _) => Owner::ROOT,
            (Some(user), Origin::Live) => Owner::Uid(user.value),
            (Some(user), Origin::File { .. }) => Owner::Asked(user.value),
        }
    }

    /// Whether a mount shows the file, or may show it.
    pub fn is_shown_by(&self, mount: &Mount) -> bool {
        let (Some(SubPath::Literal(part)), Some(item)) = (&mount.sub_path, self.item) else {
            return true;
        };
        let (path, part) = (clean(&item.path.value), clean(&part.value));
        path == part || is_below(&path, &part)
    }
}

/// The modes of everything in a volume that comes from Secrets.
pub fn modes(volume: &Volume) -> Vec<FileMode<'_>> {
    let default = volume.kind.default_mode();
    let user = volume.kind.default_user();
    let mut found = Vec::new();
    for source in volume.kind.secret_sources() {
        match &source.items {
            Some(items) if !items.is_empty() => {
                found.extend(items.iter().map(|item| FileMode {
                    source,
                    item: Some(item),
                    written: item.mode.as_ref().or(default),
                    user: item.user.as_ref().or(user),
                }));
            }
            _ => found.push(FileMode {
                source,
                item: None,
                written: default,
                user,
            }),
        }
    }
    found
}

/// The bits of a mode that the API takes.
fn usable(mode: &Mode) -> Option<u32> {
    mode.bits
        .and_then(|bits| u32::try_from(bits).ok())
        .filter(|bits| *bits <= super::mode::LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::{Numbers, read};

    #[test]
    fn modes_are_those_of_items_or_of_the_volume() {
        let text = "
containers:
- name: app
  volumeMounts:
  - {name: v, mountPath: /a, subPath: in}
  - {name: v, mountPath: /b, subPath: out}
volumes:
- name: v
  projected:
    defaultMode: 0440
    defaultUser: 1000
    sources:
    - secret: {name: one, items: [{key: a, path: in/a, mode: 0400, user: 7}, {key: b, path: out}]}
    - secret: {name: two}
    - configMap: {name: no}
";
        let parsed = parse(&SourceText::new("pod", text.to_owned()));
        let pod = read::pod_spec(&parsed.documents[0].root, "spec", Numbers::Yaml);
        let modes = modes(&pod.volumes[0]);
        let told: Vec<_> = modes
            .iter()
            .map(|mode| {
                let [first, second] = &pod.containers[0].mounts[..] else {
                    return (None, false, false);
                };
                (
                    mode.bits(),
                    mode.is_shown_by(first),
                    mode.is_shown_by(second),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (Some(0o400), true, false),
                (Some(0o440), false, true),
                (Some(0o440), true, true),
            ]
        );
        let owners =
            |origin| -> Vec<Owner> { modes.iter().map(|mode| mode.owner(origin)).collect() };
        let [item, volume] = [7, 1000];
        assert_eq!(owners(Origin::Live), [item, volume, volume].map(Owner::Uid));
        let file = Origin::File {
            source: 0,
            document: 0,
        };
        assert_eq!(owners(file), [item, volume, volume].map(Owner::Asked));
    }
}
