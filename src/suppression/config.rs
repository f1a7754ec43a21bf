//! `.secretsafe.yaml`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::command_line::{CommandLine, Hint};
use crate::error::CommandError;
use crate::finding::{Finding, Rule, Severity};
use crate::inventory::Inventory;
use crate::suppression::exclusion::{self, Exclusion};
use crate::workload::ObjectId;
use crate::workload::file_convention::Conventions;
use crate::workload::image::{is_untagged, means};
use crate::workload::image_facts::ImageUser;
use crate::{checks, reading};

use super::image_entry::ImageEntry;

/// Its name.
pub const FILE_NAME: &str = ".secretsafe.yaml";

/// The configuration of `doctor` and `migrate`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// `secretsafe.dev/v1`.
    #[serde(default)]
    #[schemars(extend("const" = "secretsafe.dev/v1"))]
    api_version: Option<String>,
    /// `DoctorConfig`.
    #[serde(default)]
    #[schemars(extend("const" = "DoctorConfig"))]
    kind: Option<String>,
    /// Files and folders that are not read in folders: globs, relative to the
    /// folder of this file; ** stands for any folders. A file that is named is
    /// read all the same.
    #[serde(default)]
    exclude: Vec<String>,
    /// The folder of this file, as it was found.
    #[serde(skip)]
    folder: PathBuf,
    /// Its path, if it is of a folder above the working folder.
    #[serde(skip)]
    pub above: Option<PathBuf>,
    /// Rules that are not looked for, by id or name.
    #[serde(default)]
    pub skip: Vec<String>,
    /// Other severities for rules: error, warning or info.
    #[serde(default)]
    severity: BTreeMap<String, String>,
    /// Findings that do not count.
    #[serde(default)]
    ignore: Vec<Entry>,
    /// Images that read a value from the file that a variable names.
    #[serde(default)]
    file_conventions: Vec<ImageEntry>,
    /// What `migrate` is to know of workloads in every run; its flags come first.
    #[serde(default)]
    pub migrate: Vec<MigrateEntry>,
}

/// Answers for `migrate` about some workloads. Of several entries about one
/// workload the first that says something counts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MigrateEntry {
    /// Workloads as kind/name; * stands for anything. All when empty.
    #[serde(default)]
    objects: Vec<String>,
    /// Namespaces; * stands for anything. All when empty.
    #[serde(default)]
    namespaces: Vec<String>,
    /// Variables whose file the app reads; all for every one (--reads-files).
    #[serde(default)]
    pub reads_files: Vec<String>,
    /// The fsGroup that the pods get (--fs-group).
    #[serde(default)]
    pub fs_group: Option<i64>,
    /// The mode of the files in octal, in quotes: "0440" (--mode).
    #[serde(default)]
    pub mode: Option<String>,
    /// As whom images start where the pod does not say it, as in USER of a Dockerfile: an
    /// image without tag and digest, and "UID" or "UID:GID". One that names no registry may
    /// come from any. What a registry says (--resolve-images) comes first.
    #[serde(default)]
    image_users: BTreeMap<String, String>,
}

impl MigrateEntry {
    /// Whether it is about a workload.
    pub fn covers(&self, id: &ObjectId) -> bool {
        any(&self.objects, &id.short()) && any(&self.namespaces, &id.namespace)
    }

    /// As whom an image starts.
    pub fn image_user(&self, image: &str) -> Option<ImageUser> {
        let mut users = self.image_users.iter();
        let (_, user) = users.find(|(name, _)| means(name, image))?;
        ImageUser::parse(user)
    }

    /// # Errors
    /// The field that means nothing, and what is wrong with it.
    fn check(&self) -> Result<(), String> {
        let is_group = |group: i64| (0..=2_147_483_647).contains(&group);
        if self.fs_group.is_some_and(|group| !is_group(group)) {
            return Err("fsGroup is not a group ID from 0 to 2147483647".to_owned());
        }
        for (image, user) in &self.image_users {
            if !is_untagged(image) {
                return Err(format!(
                    "imageUsers: write {image:?} without tag and digest"
                ));
            }
            if !matches!(ImageUser::parse(user), Some(ImageUser::Ids { .. })) || user.is_empty() {
                return Err(format!(
                    "imageUsers.{image}: {user:?} is not UID or UID:GID, in numbers: only the files of the image tell what a name means"
                ));
            }
        }
        Ok(())
    }
}

/// Whether a text fits one of these patterns; with none, any does.
fn any(patterns: &[String], text: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, text))
}

/// Findings that do not count. What is not said matches everything.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    /// Rules, by id or name.
    rules: Vec<String>,
    /// Objects as kind/name; * stands for anything.
    #[serde(default)]
    objects: Vec<String>,
    /// Namespaces; * stands for anything.
    #[serde(default)]
    namespaces: Vec<String>,
    /// Files, as they are named in the report; * stands for anything.
    #[serde(default)]
    files: Vec<String>,
    /// The last day it holds: 2027-01-31.
    #[serde(default)]
    until: Option<String>,
    /// Why.
    reason: String,
}

/// The schema of the file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Config).to_value()
}

impl Config {
    /// Reads the given file, or the nearest one of this folder and, in a git
    /// repository, of those above up to its root.
    ///
    /// # Errors
    /// When it cannot be read, is another user's to write and was not named, or says
    /// something that means nothing; the message names line and key.
    pub fn load(given: Option<&Path>) -> Result<Self, CommandError> {
        let (path, found) = match given {
            Some(path) => (path.to_owned(), Found::Named),
            None => match nearest()? {
                Some(nearest) => nearest,
                None => return Ok(Self::default()),
            },
        };
        let text = reading::small_text(&path).map_err(|error| {
            CommandError::usage(format!("{} cannot be read: {error}", path.display()))
        })?;
        let mut config = Self::parse(&text).map_err(|problem| {
            CommandError::usage(format!("{}: {problem}", path.display()))
                .hint("Its schema is docs/schema/config-v1.json.")
        })?;
        config.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        config.above = (found == Found::Above).then_some(path);
        Ok(config)
    }

    /// Which files of folders are not read.
    ///
    /// # Errors
    /// When the folder of the configuration is gone.
    pub fn exclusion(&self) -> Result<Exclusion, CommandError> {
        if self.exclude.is_empty() {
            return Ok(Exclusion::default());
        }
        Exclusion::new(&self.folder, &self.exclude)
            .map_err(|problem| CommandError::usage(format!("{FILE_NAME}: {problem}")))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = serde_saphyr::from_str(text).map_err(|error| {
            // Lines of the file are for whoever opens it.
            let told = error.without_snippet().to_string();
            told.trim_start_matches("error: ").to_owned()
        })?;
        for (field, value, expected) in [
            ("apiVersion", &config.api_version, "secretsafe.dev/v1"),
            ("kind", &config.kind, "DoctorConfig"),
        ] {
            if value.as_deref().is_some_and(|value| value != expected) {
                return Err(format!("{field} must be {expected}"));
            }
        }
        for (index, glob) in config.exclude.iter().enumerate() {
            exclusion::glob(glob).map_err(|problem| format!("exclude[{index}]: {problem}"))?;
        }
        let entries = config.ignore.iter().flat_map(|entry| &entry.rules);
        for name in config
            .skip
            .iter()
            .chain(config.severity.keys())
            .chain(entries)
        {
            if checks::find(name).is_none() {
                return Err(format!("there is no rule {name:?}"));
            }
        }
        for (rule, name) in &config.severity {
            if super::severity(name).is_none() {
                return Err(format!(
                    "severity.{rule}: {name:?} is not error, warning or info"
                ));
            }
        }
        for (index, entry) in config.ignore.iter().enumerate() {
            if entry.reason.trim().is_empty() {
                return Err(format!("ignore[{index}].reason: say why"));
            }
            if entry
                .until
                .as_ref()
                .is_some_and(|date| date.parse::<Date>().is_err())
            {
                return Err(format!(
                    "ignore[{index}].until is not a date of the form 2027-01-31"
                ));
            }
        }
        for (index, entry) in config.file_conventions.iter().enumerate() {
            entry.check().map_err(|(field, problem)| {
                format!("fileConventions[{index}].{field}: {problem}")
            })?;
        }
        for (index, entry) in config.migrate.iter().enumerate() {
            entry
                .check()
                .map_err(|problem| format!("migrate[{index}].{problem}"))?;
        }
        Ok(config)
    }

    /// What images are known to read.
    pub fn conventions(&self) -> Conventions {
        Conventions {
            own: self.file_conventions.iter().map(Into::into).collect(),
        }
    }

    /// Ids of the rules that are not looked for.
    pub fn skipped(&self) -> impl Iterator<Item = &'static str> {
        self.skip
            .iter()
            .filter_map(|name| checks::find(name))
            .map(|rule| rule.id)
    }

    /// Another severity for a rule.
    pub(super) fn severity(&self, rule: &Rule) -> Option<Severity> {
        self.severity
            .iter()
            .find(|(name, _)| checks::find(name) == Some(rule))
            .and_then(|(_, name)| super::severity(name))
    }

    /// The reason for leaving a finding out.
    pub(super) fn ignores(
        &self,
        inventory: &Inventory,
        finding: &Finding,
        today: Date,
    ) -> Option<String> {
        self.ignore
            .iter()
            .find(|entry| entry.covers(inventory, finding, today))
            .map(|entry| entry.reason.clone())
    }

    /// Entries whose last day is over, with their index.
    pub fn expired(&self, today: Date) -> impl Iterator<Item = (usize, &str)> {
        self.ignore
            .iter()
            .enumerate()
            .filter(move |(_, entry)| entry.is_expired(today))
            .map(|(index, entry)| (index, entry.reason.as_str()))
    }
}

impl Entry {
    fn is_expired(&self, today: Date) -> bool {
        self.until
            .as_ref()
            .and_then(|date| date.parse::<Date>().ok())
            .is_some_and(|until| until < today)
    }

    fn covers(&self, inventory: &Inventory, finding: &Finding, today: Date) -> bool {
        let file = finding
            .places
            .first()
            .and_then(|place| inventory.source(place.origin))
            .map_or("", |source| source.text.name());
        !self.is_expired(today)
            && self
                .rules
                .iter()
                .any(|name| checks::find(name) == Some(finding.rule))
            && any(&self.objects, &finding.subject.short())
            && any(&self.namespaces, &finding.subject.namespace)
            && any(&self.files, file)
    }
}

/// Where the file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Named,
    Here,
    Above,
}

/// What to do about a file that is not trusted.
const ALL_THE_SAME: &str =
    "To use it all the same, as on a file system without modes, name it with --config.";

/// The file of the working folder or, in a git repository, of the nearest folder
/// above up to its root: what lies above that, or above a folder of no
/// repository, is not about these files and may be anybody's.
///
/// # Errors
/// When another user owns it or may write it: that user would decide what is reported.
fn nearest() -> Result<Option<(PathBuf, Found)>, CommandError> {
    let Ok(here) = std::env::current_dir() else {
        return Ok(None);
    };
    let levels = here
        .ancestors()
        .position(|folder| folder.join(".git").exists())
        .unwrap_or(0);
    let found = here
        .ancestors()
        .take(levels + 1)
        .map(|folder| folder.join(FILE_NAME))
        .find(|path| path.is_file());
    let Some(path) = found else {
        return Ok(None);
    };
    /// The bit of the mode for everybody else. A file that only its group may write is
    /// what a umask of 0002 makes of every file, with a group for each user.
    const WRITABLE: u32 = 0o002;
    let about = fs::metadata(&path);
    let (owner, mode) = about.map_or((0, 0), |about| (about.uid(), about.mode()));
    let user = rustix::process::geteuid().as_raw();
    if owner != 0 && owner != user {
        return Err(CommandError::usage(format!(
            "{} belongs to another user (uid {owner})",
            path.display()
        ))
        .hint(ALL_THE_SAME));
    }
    if mode & WRITABLE != 0 {
        let close = CommandLine::program("chmod go-w").operand(&path.display().to_string());
        return Err(CommandError::usage(format!(
            "every user may write {} (mode {:04o})",
            path.display(),
            mode & 0o7777
        ))
        .hint(Hint::run(
            "Check what it says, then take that right away",
            close,
        ))
        .hint(ALL_THE_SAME));
    }
    let found = match path.parent() == Some(&here) {
        true => Found::Here,
        false => Found::Above,
    };
    Ok(Some((path, found)))
}

/// Whether a pattern, in which `*` stands for anything, is all of a text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = &rest[at + middle.len()..],
                None => return false,
            }
        }
    }
    match last {
        Some(end) => rest.ends_with(end),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_have_users_in_numbers() {
        let read = |users: &str| Config::parse(&format!("migrate: [{{imageUsers: {users}}}]"));
        let config = read("{registry.example/team/app: '1000:1001', tool: '7'}").unwrap();
        let of = |image| config.migrate[0].image_user(image);
        let ids = |uid, gid| Some(ImageUser::Ids { uid, gid });
        assert_eq!(of("registry.example/team/app:1.2"), ids(1000, Some(1001)));
        assert_eq!(
            of("registry.example/team/app@sha256:0"),
            ids(1000, Some(1001))
        );
        assert_eq!(of("other.example/team/app:1.2"), None);
        assert_eq!(of("mirror.example/tool:3"), ids(7, None));
        assert_eq!(of("tools"), None);
        for bad in [
            "{app: nginx}",
            "{app: ''}",
            "{app: '-1'}",
            "{app: '1:2:3'}",
            "{'app:1': '1000'}",
            "{'': '1000'}",
        ] {
            let problem = read(bad).unwrap_err();
            assert!(problem.starts_with("migrate[0].imageUsers"), "{problem}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("deployment/*", "deployment/api", true),
            ("*", "", true),
            ("a*b*c", "a-bb-c", true),
            ("a*b*c", "a-c", false),
            ("a*a", "a", false),
            ("api", "api2", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn mistakes_name_line_and_key() {
        let unknown = Config::parse("skip: []\nignroe: []\n").unwrap_err();
        assert!(
            unknown.contains("ignroe") && unknown.contains('2'),
            "{unknown}"
        );
        let rule = Config::parse("skip: [SS999]").unwrap_err();
        assert!(rule.contains("SS999"), "{rule}");
        let date = "ignore: [{rules: [SS006], until: soon, reason: x}]";
        assert!(Config::parse(date).unwrap_err().contains("ignore[0].until"));
        let image = |fields: &str| {
            let text = format!("fileConventions: [{{image: registry.example/app{fields}}}]");
            Config::parse(&text).map(|_| ())
        };
        assert_eq!(image(", variables: [X], source: README"), Ok(()));
        assert_eq!(
            image(", variables: [X], source: README, form: FILE__X"),
            Ok(())
        );
        for (fields, key) in [
            (", variables: [X]", "missing field `source`"),
            (", variables: [X], source: ''", "fileConventions[0].source"),
            (
                ", variables: [], source: README",
                "fileConventions[0].variables",
            ),
            (
                ", variables: [A B], source: README",
                "fileConventions[0].variables",
            ),
            (
                ":1, variables: [X], source: README",
                "fileConventions[0].image",
            ),
            (
                "@sha256:ab, variables: [X], source: README",
                "fileConventions[0].image",
            ),
            (", variables: [X], source: README, form: X_PATH", "X_PATH"),
        ] {
            let problem = image(fields).unwrap_err();
            assert!(problem.contains(key), "{fields}: {problem}");
        }
        for (glob, fits) in [
            ("vendor/**", true),
            ("a[", false),
            ("/etc", false),
            ("", false),
        ] {
            let read = Config::parse(&format!("exclude: ['{glob}']"));
            assert_eq!(read.is_ok(), fits, "{glob}");
        }
        let good = "apiVersion: secretsafe.dev/v1\nkind: DoctorConfig\nseverity: {SS006: info}\n\
                    ignore:\n- rules: [SS006]\n  objects: [deployment/old-*]\n  until: 2027-01-31\n  reason: x\n";
        assert!(Config::parse(good).is_ok());
    }
}
