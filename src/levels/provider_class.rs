//! SecretProviderClasses of the Secrets Store CSI driver
//! (kubernetes-sigs/secrets-store-csi-driver 1.6, `apis/v1/secretproviderclass_types.go`,
//! `pkg/util/secretutil`), and which files their providers write.

use std::collections::BTreeSet;

use crate::manifest::{Node, SourceText, parse};
use crate::workload::placeholder::is_placeholder;
use crate::workload::read::At;
use crate::workload::{Located, Object, Origin};

/// The API group.
pub const GROUP: &str = "secrets-store.csi.x-k8s.io";
pub const KIND: &str = "SecretProviderClass";
pub const PLURAL: &str = "secretproviderclasses";
/// The label of Secrets that the driver makes.
pub const MANAGED: &str = "secrets-store.csi.k8s.io/managed";
/// The driver's name; managed clusters have others that end the same.
pub const DRIVER: &str = "secrets-store.csi.k8s.io";

/// Whether a CSI driver is one that takes SecretProviderClasses
/// (GoogleCloudPlatform: `secrets-store-gke.csi.k8s.io`).
pub fn is_driver(name: &str) -> bool {
    matches!(name, DRIVER | "secrets-store-gke.csi.k8s.io")
}

/// What a SecretProviderClass says.
pub struct ProviderClass {
    /// `spec.provider`: `azure`, `aws`, `gcp`, `vault`, …
    pub provider: String,
    pub objects: Objects,
    /// `spec.secretObjects`.
    pub secrets: Vec<SyncedSecret>,
}

/// A Secret that the driver makes of files, while a pod mounts them.
#[derive(Clone, Debug)]
pub struct SyncedSecret {
    /// `secretName`.
    pub name: Located<String>,
    /// `type`.
    pub type_: Option<String>,
    pub entries: Vec<Entry>,
}

/// A key of a Secret, and the file it is taken from.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `objectName`: a file of the volume.
    pub object: Located<String>,
    pub key: Option<String>,
}

/// The files that a provider writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objects {
    Known(Files),
    /// They are not known: a sentence fragment says why.
    Open(Doubt),
}

/// Why the files of a provider are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The provider is none of those whose form is known.
    Provider,
    /// They cannot be read as this provider's form.
    Form,
    /// A template fills something in.
    Template,
}

/// Names of files in the volume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub names: BTreeSet<String>,
    /// Names below which there is a file for each of several versions (Azure,
    /// `objectVersionHistory`).
    folders: BTreeSet<String>,
}

impl Files {
    pub fn has(&self, name: &str) -> bool {
        let name = clean(name);
        self.names.contains(name)
            || name
                .rsplit_once('/')
                .is_some_and(|(folder, _)| self.folders.contains(folder))
            // Azure may write certificate and key into files of their own
            // (`--write-cert-and-key-in-separate-files`).
            || [".crt", ".key"]
                .iter()
                .filter_map(|ending| name.strip_suffix(ending))
                .any(|stem| self.names.contains(stem))
    }
}

/// A path as the driver compares it: relative, without blanks around it.
fn clean(name: &str) -> &str {
    let name = name.trim();
    name.strip_prefix("./")
        .unwrap_or(name)
        .trim_start_matches('/')
}

impl ProviderClass {
    pub fn of(object: &Object) -> Option<Self> {
        if (object.group(), object.id.kind.as_str()) != (GROUP, KIND) {
            return None;
        }
        let root = At::new(&object.root, String::new());
        let spec = root.get("spec")?;
        let provider = spec
            .text("provider")
            .map(|provider| provider.value)
            .unwrap_or_default();
        let objects = spec
            .get("parameters")
            .map_or(Objects::Open(Doubt::Form), |parameters| {
                objects(&provider, parameters.node)
            });
        let objects = match objects {
            Objects::Known(files)
                if object.origin != Origin::Live
                    && files.names.iter().any(|name| is_placeholder(name)) =>
            {
                Objects::Open(Doubt::Template)
            }
            objects => objects,
        };
        Some(Self {
            secrets: secrets(&spec),
            provider,
            objects,
        })
    }
}

/// `GetSecretData` takes names without the blanks around them.
fn secrets(spec: &At<'_>) -> Vec<SyncedSecret> {
    let trimmed = |text: Located<String>| Located {
        value: text.value.trim().to_owned(),
        ..text
    };
    spec.items("secretObjects")
        .iter()
        .filter_map(|item| {
            let entries = item.items("data").into_iter().filter_map(|entry| {
                Some(Entry {
                    object: trimmed(entry.text("objectName")?),
                    key: entry.text("key").map(|key| trimmed(key).value),
                })
            });
            Some(SyncedSecret {
                name: trimmed(item.text("secretName")?),
                type_: item.node.text_of("type").map(str::to_owned),
                entries: entries.collect(),
            })
        })
        .collect()
}

/// The files that each provider writes, as its own source says.
fn objects(provider: &str, parameters: &Node) -> Objects {
    let list = |field: &str, read: &dyn Fn(&Node) -> Option<Files>| {
        let Some(text) = parameters.text_of(field) else {
            return Objects::Open(Doubt::Form);
        };
        let parsed = parse(&SourceText::new("objects", text.to_owned()));
        let files = match &parsed.documents[..] {
            [document] if parsed.problems.is_empty() => read(&document.root),
            _ => None,
        };
        match files {
            Some(files) => Objects::Known(files),
            None if is_placeholder(text) => Objects::Open(Doubt::Template),
            None => Objects::Open(Doubt::Form),
        }
    };
    match provider {
        // Azure/secrets-store-csi-driver-provider-azure `pkg/provider/types`.
        "azure" => list("objects", &azure),
        // aws/secrets-store-csi-driver-provider-aws `provider/secret_descriptor.go`.
        "aws" => {
            let separator = match parameters.text_of("pathTranslation") {
                None | Some("") => Some("_"),
                Some(text) if text.eq_ignore_ascii_case("false") => None,
                Some(text) => Some(text),
            };
            list("objects", &|root| aws(root, separator))
        }
        // GoogleCloudPlatform/secrets-store-csi-driver-provider-gcp `config/config.go`.
        "gcp" | "gke" => list("secrets", &|root| {
            named(root, &|item| {
                let path = item.text_of("path").filter(|path| !path.is_empty());
                path.or_else(|| item.text_of("fileName")).map(str::to_owned)
            })
        }),
        // hashicorp/vault-csi-provider `internal/config/config.go`.
        "vault" => list("objects", &|root| {
            named(root, &|item| item.text_of("objectName").map(str::to_owned))
        }),
        _ => Objects::Open(Doubt::Provider),
    }
}

/// The names of a list's items; `None` where one has none.
fn named(root: &Node, name: &dyn Fn(&Node) -> Option<String>) -> Option<Files> {
    if !root.is_sequence() {
        return None;
    }
    let names = root
        .items()
        .iter()
        .map(|item| name(item).map(|name| clean(&name).to_owned()))
        .collect::<Option<_>>()?;
    Some(Files {
        names,
        folders: BTreeSet::new(),
    })
}

/// `array: ["objectName: …", …]`: each a text of its own.
fn azure(root: &Node) -> Option<Files> {
    let array = root.get("array").filter(|array| array.is_sequence())?;
    let mut files = Files::default();
    for item in array.items() {
        let parsed;
        let item = match item.as_str() {
            Some(text) => {
                parsed = parse(&SourceText::new("object", text.to_owned()));
                &parsed.documents.first()?.root
            }
            None => item,
        };
        let text = |field: &str| item.text_of(field).filter(|text| !text.is_empty());
        let name = clean(text("objectAlias").or_else(|| text("objectName"))?);
        let versions = item
            .get("objectVersionHistory")
            .and_then(Node::as_integer)
            .unwrap_or(0);
        match versions > 1 {
            true => files.folders.insert(name.to_owned()),
            false => files.names.insert(name.to_owned()),
        };
    }
    Some(files)
}

/// A file for each object, and one for each `jmesPath`; slashes become `separator`.
fn aws(root: &Node, separator: Option<&str>) -> Option<Files> {
    if !root.is_sequence() {
        return None;
    }
    let file = |name: &str| match separator {
        Some(separator) => name.replace('/', separator),
        None => name.trim_start_matches('/').to_owned(),
    };
    let mut files = Files::default();
    for item in root.items() {
        let text = |field: &str| item.text_of(field).filter(|text| !text.is_empty());
        let name = text("objectAlias").or_else(|| text("objectName"))?;
        files.names.insert(file(name));
        for part in item.get("jmesPath").map_or(&[][..], Node::items) {
            files.names.insert(file(part.text_of("objectAlias")?));
        }
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Place;

    fn class(provider: &str, parameters: &str) -> ProviderClass {
        let text = format!(
            "apiVersion: {GROUP}/v1\nkind: {KIND}\nmetadata: {{name: c}}\nspec:\n  provider: {provider}\n  \
             parameters:\n{parameters}"
        );
        let root = parse(&SourceText::new("t", text)).documents.remove(0).root;
        let place = Place {
            origin: Origin::File {
                source: 0,
                document: 0,
            },
            ..Place::live()
        };
        ProviderClass::of(&Object::new(root, place, "n").unwrap()).unwrap()
    }

    fn names(provider: &str, parameters: &str) -> Vec<String> {
        match class(provider, parameters).objects {
            Objects::Known(files) => files.names.into_iter().collect(),
            Objects::Open(doubt) => vec![format!("{doubt:?}")],
        }
    }

    #[test]
    fn the_files_of_each_provider_are_those_that_it_writes() {
        let azure = "    objects: |\n      array:\n        - |\n          objectName: secret1\n          \
                     objectType: secret\n        - |\n          objectName: key1\n          objectAlias: other\n";
        assert_eq!(names("azure", azure), ["other", "secret1"]);
        let aws = "    objects: |\n      - objectName: prod/db\n        objectType: secretsmanager\n        \
                   jmesPath:\n          - {path: user, objectAlias: user}\n      - objectName: a\n        \
                   objectAlias: b\n";
        assert_eq!(names("aws", aws), ["b", "prod_db", "user"]);
        let with = format!("    pathTranslation: \"False\"\n{aws}");
        assert_eq!(names("aws", &with), ["b", "prod/db", "user"]);
        let gcp = "    secrets: |\n      - resourceName: projects/p/secrets/s/versions/1\n        path: good.txt\n      \
                   - {resourceName: r, fileName: ./old.txt}\n";
        assert_eq!(names("gcp", gcp), ["good.txt", "old.txt"]);
        let vault =
            "    objects: |\n      - objectName: password\n        secretPath: secret/data/db\n";
        assert_eq!(names("vault", vault), ["password"]);
    }

    #[test]
    fn what_is_not_understood_is_open() {
        for (provider, parameters, expected) in [
            ("conjur", "    objects: x\n", "Provider"),
            ("azure", "    objects: \"array: 7\"\n", "Form"),
            (
                "azure",
                "    objects: \"{{ .Values.objects }}\"\n",
                "Template",
            ),
            ("azure", "    other: x\n", "Form"),
            ("azure", "    objects: {a: b}\n", "Form"),
            (
                "aws",
                "    objects: \"- objectName: ${NAME}\"\n",
                "Template",
            ),
            ("vault", "    objects: \"- other: a\"\n", "Form"),
            ("vault", "    objects: \"a: b: c\"\n", "Form"),
        ] {
            assert_eq!(
                names(provider, parameters),
                [expected],
                "{provider} {parameters}"
            );
        }
    }

    #[test]
    fn a_file_is_found_under_each_of_its_names() {
        let text = "    objects: |\n      array:\n        - |\n          objectName: cert\n        - |\n          \
                    objectName: many\n          objectVersionHistory: 3\n";
        let Objects::Known(files) = class("azure", text).objects else {
            panic!("they are known");
        };
        for (name, has) in [
            ("cert", true),
            ("cert.crt", true),
            ("many/0", true),
            ("many", false),
            ("certs", false),
            ("/cert", true),
        ] {
            assert_eq!(files.has(name), has, "{name}");
        }
    }
}
