//! What the user wants.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::secret::key::check_object_name;
use crate::suppression::config::MigrateEntry;
use crate::workload::ObjectId;
use crate::workload::file_convention::Conventions;
use crate::workload::image_facts::ImageUser;
use crate::workload::mount_path;

/// What a plan is made for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How far to go.
    pub phase: Phase,
    /// Where Secrets are mounted.
    pub mount_path: MountPath,
    /// File names for keys, where a program expects a certain one.
    pub files: FileNames,
    /// The mode of the files.
    pub mode: ModeWish,
    /// `fsGroup` to add to the pod.
    pub fs_group: Option<i64>,
    /// Whether files may belong to the process that reads them.
    pub file_owner: FileOwner,
    /// For which variables the user says that the program reads the file.
    pub reads_files: ReadsFiles,
    /// Whether commands are wrapped so that an old program gets its variable
    /// from the file.
    pub shim: Shim,
    /// Whether running containers may be asked what they can read.
    pub verify: VerifyRead,
    /// What images are known to read.
    pub conventions: Conventions,
    /// What becomes of a variable whose file the process is not proven to be
    /// able to read.
    pub unproven: Unproven,
    /// Only these Secrets; all when empty.
    pub secrets: BTreeSet<String>,
    /// What the configuration says of workloads; what is said above comes first.
    pub answers: Vec<Answer>,
    /// Of one workload: what the configuration says of its images.
    pub image_users: Vec<MigrateEntry>,
}

/// What the configuration says of some workloads.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub entry: MigrateEntry,
    /// Its mode.
    pub mode: Option<ModeWish>,
}

impl Options {
    /// The options for one workload: with what the configuration says of it.
    pub fn of(&self, workload: &ObjectId) -> Cow<'_, Self> {
        let answers = || {
            self.answers
                .iter()
                .filter(|answer| answer.entry.covers(workload))
        };
        if answers().next().is_none() {
            return Cow::Borrowed(self);
        }
        let mut own = self.clone();
        own.answers.clear();
        own.image_users = answers().map(|answer| answer.entry.clone()).collect();
        let names: Vec<&String> = answers()
            .flat_map(|answer| &answer.entry.reads_files)
            .collect();
        own.reads_files = match own.reads_files {
            ReadsFiles::All => ReadsFiles::All,
            _ if names.iter().any(|name| *name == "all") => ReadsFiles::All,
            ReadsFiles::None if names.is_empty() => ReadsFiles::None,
            ReadsFiles::None => ReadsFiles::Variables(names.into_iter().cloned().collect()),
            ReadsFiles::Variables(mut own) => {
                own.extend(names.into_iter().cloned());
                ReadsFiles::Variables(own)
            }
        };
        own.fs_group = own
            .fs_group
            .or_else(|| answers().find_map(|answer| answer.entry.fs_group));
        if own.mode == ModeWish::Strictest {
            own.mode = answers().find_map(|answer| answer.mode).unwrap_or_default();
        }
        Cow::Owned(own)
    }

    /// As whom the configuration says that an image starts; of the options for one
    /// workload only.
    pub fn image_user(&self, image: &str) -> Option<ImageUser> {
        let mut entries = self.image_users.iter();
        entries.find_map(|entry| entry.image_user(image))
    }
}

/// How far a migration goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Files are added, variables stay; only images that are known to read a
    /// file get `X_FILE` in place of `X`.
    #[default]
    Mount,
    /// Variables go, where their file was mounted before.
    RemoveVariables,
    Complete,
}

/// The mode of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModeWish {
    /// 0400, or what the process can read.
    #[default]
    Strictest,
    Exactly(u32),
}

/// Whether files may belong to the process that reads them (`defaultUser`,
/// KEP-5936). A server that does not know the field drops it silently, so it is
/// only written where one was seen to keep it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileOwner {
    /// They belong to root.
    #[default]
    Root,
    /// They belong to root; the server would keep another owner, which is said.
    Offered,
    /// Where nothing else makes them readable, they belong to the process.
    Process,
}

/// For which variables the user says that the program reads the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReadsFiles {
    #[default]
    None,
    Variables(BTreeSet<String>),
    All,
}

impl ReadsFiles {
    /// Whether a variable is among them.
    pub fn has(&self, variable: &str) -> bool {
        match self {
            ReadsFiles::None => false,
            ReadsFiles::Variables(names) => names.contains(variable),
            ReadsFiles::All => true,
        }
    }
}

/// Whether running containers may be asked what they can read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerifyRead {
    /// They may not: a program would have to be started in them.
    #[default]
    Never,
    /// Where the plan cannot tell.
    Ask,
}

/// What becomes of a variable whose file the process is not proven to be able
/// to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unproven {
    #[default]
    Keep,
    /// It goes like the others: the user knows more than the manifest tells.
    Remove,
}

/// Whether commands are wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shim {
    #[default]
    Off,
    /// Those that are written in the manifest are.
    On,
}

/// Why an option cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    #[error("the mount path must be absolute, without ':' and without '..'")]
    MountPath,
    #[error("write KEY=FILE with a relative file name that has no '..'")]
    File,
    /// Two keys, one file.
    #[error("two keys would become the file {0}")]
    SameFile(String),
    #[error("write a mode in octal, from 0400 to 0777, that the owner can read: 0400, 0440, 0444")]
    Mode,
}

impl ModeWish {
    /// Reads a mode in octal.
    ///
    /// # Errors
    /// [`OptionError::Mode`].
    pub fn parse(text: &str) -> Result<Self, OptionError> {
        let digits = text.strip_prefix("0o").unwrap_or(text);
        let bits = u32::from_str_radix(digits, 8).map_err(|_| OptionError::Mode)?;
        if bits <= 0o777 && bits & 0o400 != 0 {
            Ok(ModeWish::Exactly(bits))
        } else {
            Err(OptionError::Mode)
        }
    }
}

/// Where Secrets are mounted: a path in which `{secret}` stands for the
/// Secret's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountPath(String);

impl Default for MountPath {
    fn default() -> Self {
        Self("/etc/secrets/{secret}".to_owned())
    }
}

impl MountPath {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`OptionError::MountPath`].
    pub fn parse(text: &str) -> Result<Self, OptionError> {
        let drive = text.as_bytes().get(1) == Some(&b':');
        let rest = if drive { &text[2..] } else { text };
        let absolute = text.starts_with('/') || (drive && rest.starts_with(['\\', '/']));
        let upwards = text.split(['/', '\\']).any(|part| part == "..");
        if !absolute || upwards || rest.contains(':') {
            return Err(OptionError::MountPath);
        }
        Ok(Self(text.to_owned()))
    }

    /// The path for a Secret.
    pub fn of(&self, secret: &str) -> String {
        let path = self.0.replace("{secret}", secret);
        if self.is_windows() {
            path
        } else {
            mount_path::clean(&path)
        }
    }

    /// The pattern as it was given.
    pub fn pattern(&self) -> &str {
        &self.0
    }

    /// Whether it names a drive.
    pub fn is_windows(&self) -> bool {
        self.0.as_bytes().get(1) == Some(&b':')
    }
}

/// File names for keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileNames(BTreeMap<String, String>);

impl FileNames {
    /// Reads `KEY=FILE` words.
    ///
    /// # Errors
    /// [`OptionError::File`], [`OptionError::SameFile`].
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, OptionError> {
        let mut names = BTreeMap::new();
        for word in words {
            let (key, file) = word.split_once('=').ok_or(OptionError::File)?;
            // kubernetes/kubernetes pkg/apis/core/validation: validateLocalNonReservedPath.
            let legal = !key.is_empty()
                && !file.is_empty()
                && !file.starts_with('/')
                && !file.starts_with("..")
                && !file.split('/').any(|part| part == ".." || part.is_empty());
            if !legal {
                return Err(OptionError::File);
            }
            if names.values().any(|known| known == file) {
                return Err(OptionError::SameFile(file.to_owned()));
            }
            names.insert(key.to_owned(), file.to_owned());
        }
        Ok(Self(names))
    }

    /// The file of a key; by default its own name.
    pub fn of<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, String::as_str)
    }
}

impl Options {
    /// Whether a Secret is to be migrated.
    pub fn wants(&self, secret: &str) -> bool {
        check_object_name(secret).is_ok()
            && (self.secrets.is_empty() || self.secrets.contains(secret))
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn modes_are_octal_and_readable_for_their_owner() {
        for text in ["0400", "400", "0o400"] {
            assert_eq!(ModeWish::parse(text), Ok(ModeWish::Exactly(0o400)));
        }
        for text in ["0044", "1777", "888", "", "rw"] {
            assert_eq!(ModeWish::parse(text), Err(OptionError::Mode), "{text}");
        }
    }

    #[test]
    fn mount_paths_are_absolute() {
        let path = |text| MountPath::parse(text).map(|path| path.of("db"));
        assert_eq!(path("/secrets/{secret}/"), Ok("/secrets/db".to_owned()));
        assert_eq!(
            path(r"C:\secrets\{secret}"),
            Ok(r"C:\secrets\db".to_owned())
        );
        for text in ["secrets", "/a/../b", "/a:b", ""] {
            assert_eq!(path(text), Err(OptionError::MountPath), "{text}");
        }
    }

    #[test]
    fn file_names_stay_in_their_folder() {
        let names = FileNames::parse(["password=db-password", "tls.key=tls/key"]).unwrap();
        assert_eq!(names.of("password"), "db-password");
        assert_eq!(names.of("user"), "user");
        for word in [
            "password", "=x", "k=", "k=/x", "k=../x", "k=a/../b", "k=a//b",
        ] {
            assert_eq!(FileNames::parse([word]), Err(OptionError::File), "{word}");
        }
        assert!(FileNames::parse(["a=x", "b=x"]).is_err());
    }
}
