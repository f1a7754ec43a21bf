//! Commands that load the values of a Secret into a store. No value stands in one: it goes
//! from kubectl to the program of the store through a pipe, never through the arguments or
//! the environment of a process.

use std::collections::BTreeMap;

use crate::command_line::CommandLine;

use super::path::RemoteRef;
use super::store::{Provider, Site};

/// What is to be loaded, and where to.
pub struct Load<'a> {
    pub provider: Provider,
    pub namespace: Option<&'a str>,
    pub name: &'a str,
    pub places: &'a BTreeMap<String, RemoteRef>,
    /// Keys whose values are stored as base64.
    pub encoded: &'a [String],
    /// The engine's mount (Vault), the key vault (Azure) or the vault (1Password).
    pub vault: &'a str,
    /// Where in the service of the provider.
    pub site: &'a Site,
}

/// Why there are no such commands, as a fragment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCommands {
    #[error("Secrets of Kubernetes are created with create, not with a program of a store")]
    Kubernetes,
    #[error("the place of {key} is not one that the store accepts: {why}")]
    Place { key: String, why: &'static str },
}

/// The commands, in their order. Each is for a POSIX shell and works as it stands. Nothing
/// that exists in the store is replaced (in Vault: in a KV engine of version 2), and where a
/// value cannot be read none is stored: the program of a store would take what comes for it.
///
/// # Errors
/// [`NoCommands`].
pub fn commands(load: &Load<'_>) -> Result<Vec<CommandLine>, NoCommands> {
    for (key, place) in load.places {
        if let Some(why) = load.provider.refuses(place) {
            return Err(NoCommands::Place {
                key: key.clone(),
                why,
            });
        }
    }
    match load.provider {
        Provider::Kubernetes => Err(NoCommands::Kubernetes),
        Provider::Vault => Ok(vault(load)),
        Provider::OnePassword => Ok(one_password(load)),
        Provider::Aws | Provider::Gcp | Provider::Azure => Ok(entries(load)
            .into_iter()
            .map(|(path, fields)| {
                let (check, source) = match &fields[..] {
                    [(key, None)] => (load.has(key), load.value(key)),
                    fields => (load.json(CHECKS, fields, ""), load.json(MAKES, fields, "")),
                };
                let check = check.switch(">/dev/null");
                let check = match load.provider {
                    Provider::Azure => check.then(is_new(load, path)),
                    _ => check,
                };
                check.then(source.pipe(write(load, path)))
            })
            .collect()),
    }
}

/// Fails where there is no input: `input` does, while without it most versions of jq succeed.
const CHECKS: &str = "jq -en";
/// Writes what is made of the input.
const MAKES: &str = "jq";

/// Entries of the store, each with its keys and their properties.
fn entries<'a>(load: &'a Load<'_>) -> BTreeMap<&'a str, Vec<(&'a str, Option<&'a str>)>> {
    let mut entries: BTreeMap<&str, Vec<(&str, Option<&str>)>> = BTreeMap::new();
    for (key, place) in load.places {
        entries
            .entry(&place.path)
            .or_default()
            .push((key, place.property.as_deref()));
    }
    entries
}

impl Load<'_> {
    fn is_encoded(&self, key: &str) -> bool {
        self.encoded.iter().any(|known| known == key)
    }

    fn get(&self) -> CommandLine {
        CommandLine::kubectl("get secret")
            .name(self.name)
            .namespace(self.namespace.unwrap_or_default())
    }

    /// Writes the bytes of a value, and nothing behind them.
    fn value(&self, key: &str) -> CommandLine {
        let decode = match self.is_encoded(key) {
            true => "",
            false => " | base64decode",
        };
        // Keys are letters, digits and -._ (KeyName), so no quote is among them.
        self.get().flag(
            "-o",
            &format!("go-template={{{{index .data \"{key}\"{decode}}}}}"),
        )
    }

    /// Succeeds if there is such a value.
    fn has(&self, key: &str) -> CommandLine {
        let program = format!("input | .data[{}] // \"\" | length > 0", literal(key));
        self.get()
            .switch("-o json")
            .pipe(CommandLine::program(CHECKS).operand(&program))
    }

    /// Writes values as a JSON object by their properties. What is no text would be
    /// changed by that, so it is refused, as is what is not there.
    fn json(&self, jq: &'static str, fields: &[(&str, Option<&str>)], around: &str) -> CommandLine {
        const THERE: &str = "def there: . // error(\"a key is not there\"); ";
        const TEXT: &str = "def text: . as $b | @base64d | if @base64 == $b then . else error(\"a value is not UTF-8 text: name its key with --base64\") end; ";
        let field = |(key, property): &(&str, Option<&str>)| {
            let text = match self.is_encoded(key) {
                true => "",
                false => " | text",
            };
            format!(
                "{}: (.data[{}] | there{text})",
                literal(property.unwrap_or(key)),
                literal(key)
            )
        };
        let fields: Vec<_> = fields.iter().map(field).collect();
        let input = match jq {
            CHECKS => "input | ",
            _ => "",
        };
        let program = format!("{THERE}{TEXT}{input}{{{}}}{around}", fields.join(", "));
        self.get()
            .switch("-o json")
            .pipe(CommandLine::program(jq).operand(&program))
    }
}

/// A string of jq: `\(` would begin an expression, and a backslash is escaped.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Succeeds if the key vault has no secret of this name: `set` would make a new version of
/// it. Names are the same in any case.
fn is_new(load: &Load<'_>, path: &str) -> CommandLine {
    let program = format!(
        "input | all(.[]; ascii_downcase != {})",
        literal(&path.to_ascii_lowercase())
    );
    CommandLine::program("az keyvault secret list")
        .flag("--vault-name", load.vault)
        .switch("--query '[].name' --output json")
        .pipe(CommandLine::program(CHECKS).operand(&program))
        .switch(">/dev/null")
}

/// The program that makes an entry of what it reads.
fn write(load: &Load<'_>, path: &str) -> CommandLine {
    let given = |command: CommandLine, flag: &str, text: &Option<String>| match text {
        Some(text) => command.flag(flag, text),
        None => command,
    };
    match load.provider {
        Provider::Aws => {
            let prefix = load.site.prefix.as_deref().unwrap_or_default();
            let command = CommandLine::program("aws secretsmanager create-secret")
                .flag("--name", &format!("{prefix}{path}"))
                .flag("--secret-string", "file:///dev/stdin");
            given(command, "--region", &load.site.region)
        }
        Provider::Gcp => {
            let command = CommandLine::program("gcloud secrets create")
                .operand(path)
                .switch("--replication-policy=automatic --data-file=-");
            given(command, "--project", &load.site.project)
        }
        // Without an output of none it prints the value.
        _ => CommandLine::program("az keyvault secret set")
            .flag("--vault-name", load.vault)
            .flag("--name", path)
            .switch("--file /dev/stdin --encoding utf-8 --output none"),
    }
}

/// One command for each entry: a second one would find it there. It fails where something is
/// below the path already (check-and-set of version 0), and where it reads no JSON object.
fn vault(load: &Load<'_>) -> Vec<CommandLine> {
    entries(load)
        .into_iter()
        .map(|(path, fields)| {
            let program = CommandLine::program("vault kv put")
                .switch("-cas=0")
                .joined("-mount", load.vault);
            let program = match &load.site.namespace {
                Some(namespace) => program.joined("-namespace", namespace),
                None => program,
            };
            load.json(MAKES, &fields, "")
                .pipe(program.operand(path).operand("-"))
        })
        .collect()
}

/// 1Password reads a whole item, and would print it.
fn one_password(load: &Load<'_>) -> Vec<CommandLine> {
    let mut items: BTreeMap<&str, Vec<(&str, Option<&str>)>> = BTreeMap::new();
    for (key, place) in load.places {
        let (item, field) = match (&place.property, place.path.split_once('/')) {
            (Some(field), _) => (place.path.as_str(), field.as_str()),
            (None, Some((item, field))) => (item, field),
            (None, None) => (place.path.as_str(), key.as_str()),
        };
        items.entry(item).or_default().push((key, Some(field)));
    }
    items
        .into_iter()
        .map(|(item, fields)| {
            let around = format!(
                " | {{title: {}, category: \"SECURE_NOTE\", fields: [to_entries[] | {{id: .key, label: .key, type: \"CONCEALED\", value: .value}}]}}",
                literal(item)
            );
            load.json(MAKES, &fields, &around)
                .pipe(
                    CommandLine::program("op item create")
                        .flag("--vault", load.vault)
                        .switch("--format json -"),
                )
                .pipe(CommandLine::program("jq").operand("{id, title}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::external::path::PathTemplate;

    fn told(provider: Provider, template: &str, encoded: &[&str]) -> Vec<String> {
        let template = PathTemplate::parse(template).unwrap();
        let places = template
            .places(Some("prod"), "db", ["password", "user"])
            .unwrap();
        let encoded: Vec<_> = encoded.iter().map(|key| (*key).to_owned()).collect();
        let load = Load {
            provider,
            namespace: Some("prod"),
            name: "db",
            places: &places,
            encoded: &encoded,
            vault: "kv",
            site: &Site::default(),
        };
        commands(&load)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn each_value_goes_through_a_pipe() {
        let vault = told(Provider::Vault, "{namespace}/{name}#{key}", &["user"]);
        assert_eq!(vault.len(), 1);
        assert!(
            vault[0].ends_with("' | vault kv put -cas=0 -mount=kv prod/db -"),
            "{}",
            vault[0]
        );
        assert_eq!(
            told(Provider::Gcp, "{name}-{key}", &[])[0],
            "kubectl get secret db -n prod -o json | jq -en 'input | .data[\"password\"] // \"\" | length > 0' >/dev/null \
             && kubectl get secret db -n prod -o 'go-template={{index .data \"password\" | base64decode}}' \
             | gcloud secrets create db-password --replication-policy=automatic --data-file=-"
        );
        let aws = told(Provider::Aws, "{namespace}/{name}#{key}", &["user"]);
        assert_eq!(aws.len(), 1);
        assert!(
            aws[0].contains(
                "{\"password\": (.data[\"password\"] | there | text), \"user\": (.data[\"user\"] | there)}"
            ),
            "{}",
            aws[0]
        );
        assert!(told(Provider::Azure, "{name}-{key}", &[])[0].ends_with("--output none"));
        assert_eq!(told(Provider::OnePassword, "{name}#{key}", &[]).len(), 1);
    }

    /// What the store says of its place is in the commands.
    #[test]
    fn the_site_of_the_store_is_used() {
        let template = PathTemplate::parse("{name}#{key}").unwrap();
        let places = template.places(None, "db", ["password"]).unwrap();
        let site = Site {
            prefix: Some("/team/".to_owned()),
            region: Some("eu-west-1".to_owned()),
            project: Some("my-project".to_owned()),
            namespace: Some("team".to_owned()),
            unlike: None,
        };
        let of = |provider| {
            let found = commands(&Load {
                provider,
                namespace: None,
                name: "db",
                places: &places,
                encoded: &[],
                vault: "kv",
                site: &site,
            });
            found.unwrap()[0].to_string()
        };
        assert!(
            of(Provider::Aws).contains("--name /team/db"),
            "{}",
            of(Provider::Aws)
        );
        assert!(of(Provider::Aws).ends_with("--region eu-west-1"));
        assert!(of(Provider::Gcp).ends_with("--project my-project"));
        assert!(of(Provider::Vault).contains("-namespace=team"));
    }

    #[test]
    fn a_place_that_the_store_does_not_take_has_no_command() {
        let template = PathTemplate::parse("{name}/{key}").unwrap();
        let places = template.places(None, "db", ["password"]).unwrap();
        let encoded = Vec::new();
        let of = |provider| {
            commands(&Load {
                provider,
                namespace: None,
                name: "db",
                places: &places,
                encoded: &encoded,
                vault: "kv",
                site: &Site::default(),
            })
        };
        for provider in [Provider::Gcp, Provider::Azure, Provider::Vault] {
            assert!(
                matches!(of(provider), Err(NoCommands::Place { .. })),
                "{provider:?}"
            );
        }
        assert!(of(Provider::Aws).is_ok());
        assert!(of(Provider::Kubernetes).is_err());
    }
}
