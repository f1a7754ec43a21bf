//! What registries have: images, lists of images, and what images say of
//! themselves.

use serde::Deserialize;
use serde_json::Value;

use crate::workload::image_facts::ImageUser;

use super::Unresolved;

/// Words of an entrypoint or a `Cmd`, and bytes of all of them.
const MOST_WORDS: usize = 1024;
const LONGEST_WORDS: usize = 64 * 1024;

/// What counts of a configuration.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub user: ImageUser,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
}

/// An image or a list of images (opencontainers/image-spec `manifest.md`,
/// `image-index.md`).
pub(super) enum Manifest {
    Image(Descriptor),
    Index(Vec<Entry>),
}

#[derive(Deserialize)]
struct ManifestFile {
    config: Option<Descriptor>,
    manifests: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
pub(super) struct Descriptor {
    pub digest: String,
}

#[derive(Deserialize)]
pub(super) struct Entry {
    pub digest: String,
    pub platform: Option<Platform>,
}

#[derive(Deserialize)]
pub(super) struct Platform {
    pub os: String,
    pub architecture: String,
}

/// An image's configuration (opencontainers/image-spec `config.md`).
#[derive(Deserialize)]
pub(super) struct ConfigFile {
    pub os: String,
    pub architecture: String,
    pub config: Option<Execution>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Execution {
    pub user: Option<String>,
    pub entrypoint: Option<Vec<String>>,
    pub cmd: Option<Vec<String>>,
}

impl Manifest {
    /// # Errors
    /// What is neither; also what could be taken for both, since runtimes
    /// differ there (CVE-2021-41190).
    pub fn read(content: &[u8]) -> Result<Self, Unresolved> {
        let file: ManifestFile = read(content, &["config", "manifests"], &["digest"])?;
        match (file.config, file.manifests) {
            (Some(config), None) => Ok(Self::Image(config)),
            (None, Some(entries)) => Ok(Self::Index(entries)),
            _ => Err(Unresolved::NotAnImage),
        }
    }
}

impl ConfigFile {
    /// # Errors
    /// What is no configuration of an image for Linux.
    pub fn read(content: &[u8]) -> Result<Self, Unresolved> {
        let config: Self = read(
            content,
            &["os", "architecture", "config"],
            &["User", "Entrypoint", "Cmd"],
        )?;
        match config.os == "linux" {
            true => Ok(config),
            false => Err(Unresolved::NotAnImage),
        }
    }
}

/// Reads content with these names in it, and those in its `config`. Runtimes do
/// not look at the case of names (Go's `encoding/json`) and take the last of
/// several: what has one of them in another spelling means something else to them.
fn read<'c, T: Deserialize<'c>>(
    content: &'c [u8],
    names: &[&str],
    inner: &[&str],
) -> Result<T, Unresolved> {
    let no_image = |_| Unresolved::NotAnImage;
    let any: Value = serde_json::from_slice(content).map_err(no_image)?;
    let misspelt = |value: Option<&Value>, names: &[&str]| {
        let map = value.and_then(Value::as_object);
        map.is_some_and(|map| {
            map.keys().any(|key| {
                let is_same = |name: &&&str| name.to_uppercase() == key.to_uppercase();
                names.iter().find(is_same).is_some_and(|name| key != name)
            })
        })
    };
    if misspelt(Some(&any), names) || misspelt(any.get("config"), inner) {
        return Err(Unresolved::NotAnImage);
    }
    serde_json::from_slice(content).map_err(no_image)
}

impl Facts {
    /// # Errors
    /// What no runtime takes.
    pub fn of(config: ConfigFile) -> Result<Self, Unresolved> {
        let config = config.config.unwrap_or_default();
        let user = config.user.unwrap_or_default();
        let facts = Self {
            user: ImageUser::parse(&user).ok_or(Unresolved::User)?,
            entrypoint: config.entrypoint.unwrap_or_default(),
            cmd: config.cmd.unwrap_or_default(),
        };
        let is_long = |words: &[String]| {
            words.len() > MOST_WORDS || words.iter().map(String::len).sum::<usize>() > LONGEST_WORDS
        };
        match is_long(&facts.entrypoint) || is_long(&facts.cmd) {
            true => Err(Unresolved::NotAnImage),
            false => Ok(facts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_read_in_two_ways_is_not_read() {
        let manifest = |text: &str| match Manifest::read(text.as_bytes()) {
            Ok(Manifest::Image(_)) => "image",
            Ok(Manifest::Index(_)) => "index",
            Err(_) => "none",
        };
        for (text, expected) in [
            (r#"{"config": {"digest": "a"}, "layers": []}"#, "image"),
            (r#"{"config": {"digest": "a"}, "manifests": null}"#, "image"),
            (r#"{"manifests": [{"digest": "a"}]}"#, "index"),
            (r#"{"config": {"digest": "a"}, "manifests": []}"#, "none"),
            (r#"{"config": {"digest": "a"}, "Manifests": []}"#, "none"),
            (
                r#"{"config": {"digest": "a"}, "config": {"digest": "b"}}"#,
                "none",
            ),
            (
                r#"{"CONFIG": {"digest": "b"}, "config": {"digest": "a"}}"#,
                "none",
            ),
            (r#"{"config": {"digest": "a", "Digest": "b"}}"#, "none"),
            (r#"{"schemaVersion": 1, "fsLayers": []}"#, "none"),
            ("[]", "none"),
        ] {
            assert_eq!(manifest(text), expected, "{text}");
        }
        let user = |config: &str| {
            let text = format!(r#"{{"os": "linux", "architecture": "a", "config": {config}}}"#);
            ConfigFile::read(text.as_bytes())
                .and_then(Facts::of)
                .ok()
                .map(|facts| facts.user)
        };
        assert_eq!(user("{}"), Some(ImageUser::ROOT));
        assert_eq!(user("null"), Some(ImageUser::ROOT));
        assert_eq!(
            user(r#"{"User": "0", "Labels": {"user": "x"}}"#),
            Some(ImageUser::ROOT)
        );
        for config in [
            r#"{"User": "0", "user": "1000"}"#,
            r#"{"USER": "1000"}"#,
            r#"{"U\u017fer": "1000"}"#,
            r#"{"User": "0", "User": "1000"}"#,
            r#"{"User": 0}"#,
            r#"{"Entrypoint": "sh"}"#,
        ] {
            assert_eq!(user(config), None, "{config}");
        }
    }
}
