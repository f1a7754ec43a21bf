//! What stands above the objects: how their values get there, where the app finds them,
//! and when another level is due.

use crate::command_line::{CommandLine, Hint};
use crate::migration::{Read, snippet};
use crate::words::folded;

use super::objects::low_port;
use super::{Key, Level, Scaffold, WantedSecret, Wish};

/// A line of the guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Words(String),
    /// To be copied up to the end of the line.
    Command(CommandLine),
    /// Code, or something else that is indented.
    Code(String),
    Empty,
}

impl From<String> for Line {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<&str> for Line {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

/// The guide to a scaffold.
pub fn guide(scaffold: &Scaffold) -> Vec<Line> {
    let wish = scaffold.wish();
    let mut lines = vec![
        Line::Words(format!(
            "{} {} reads {} as files. No value is in this file.",
            wish.workload.kind(),
            wish.name,
            folded(
                wish.secrets
                    .iter()
                    .map(|secret| format!("secret/{}", secret.name))
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str)
            )
        )),
        Line::Empty,
    ];
    lines.extend(values(wish));
    lines.push(Line::Empty);
    lines.extend(protection(&wish.level));
    lines.push(Line::Empty);
    lines.push("The app reads these files, and drops a line end at their end:".into());
    for (secret, key) in all_keys(wish) {
        lines.push(Line::Code(secret.path(key)));
    }
    lines.extend(snippets(wish));
    lines
}

fn all_keys(wish: &Wish) -> impl Iterator<Item = (&WantedSecret, &Key)> {
    let all = wish.secrets.iter();
    all.flat_map(|secret| secret.keys.iter().map(move |key| (secret, key)))
}

/// How the values get into the cluster.
fn values(wish: &Wish) -> Vec<Line> {
    match &wish.level {
        Level::Plain => {
            let mut lines = vec![
                "First create the Secrets. Values are prompted for, or read from the files that are named:"
                    .into(),
            ];
            lines.extend(
                wish.secrets
                    .iter()
                    .map(|secret| Line::Command(create(wish, secret))),
            );
            lines
        }
        Level::Sealed => {
            let mut lines = vec![
                "First seal the values, which are prompted for or read from the files that are named. \
                 The results may be committed and are applied with this file:"
                    .into(),
            ];
            lines.extend(
                wish.secrets
                    .iter()
                    .map(|secret| Line::Command(seal(wish, secret))),
            );
            if let Some(secret) = wish.secrets.first() {
                lines.extend(sealed_later(wish, secret));
            }
            lines
        }
        Level::External { store, path, .. } => {
            let mut lines = vec![Line::Words(format!(
                "The External Secrets Operator reads {}. Put the values there first:",
                store.short()
            ))];
            for secret in &wish.secrets {
                let keys = secret.keys.iter().map(|key| key.name.as_str());
                let places = path.places(wish.namespace.as_deref(), &secret.name, keys);
                for (key, place) in places.into_iter().flatten() {
                    let property = place
                        .property
                        .map(|property| format!(", property {property}"));
                    lines.push(Line::Code(format!(
                        "{} {key}: {}{}",
                        secret.name,
                        place.path,
                        property.unwrap_or_default()
                    )));
                }
            }
            lines
        }
    }
}

/// How a value is changed later; of a certificate and its key neither alone.
fn sealed_later(wish: &Wish, secret: &WantedSecret) -> Vec<Line> {
    let (words, keys) = match (secret.is_tls(), secret.keys.first()) {
        (true, _) => (
            "Later, a certificate and its key are replaced with:",
            &secret.keys[..],
        ),
        (false, first) => (
            "Later, one value is changed with:",
            first.map_or(&[][..], std::slice::from_ref),
        ),
    };
    let set = |key: &Key| {
        let set = CommandLine::secretsafe("seal set").name(&sealed_file(secret));
        match key.is_document() {
            true => set.flag("--file", &file(wish, secret, key)),
            false => set.name(&key.name),
        }
    };
    let commands = keys.iter().map(|key| Line::Command(set(key)));
    std::iter::once(words.into()).chain(commands).collect()
}

/// The file with a value to begin with: in a directory of its Secret where another Secret
/// has a file of that name, too.
fn path(wish: &Wish, secret: &WantedSecret, key: &Key) -> String {
    let is_of_another = wish
        .secrets
        .iter()
        .filter(|other| other.name != secret.name)
        .flat_map(|other| &other.keys)
        .any(|other| other.is_document() && other.name == key.name);
    match is_of_another {
        true => format!("{}/{}", secret.name, key.name),
        false => key.name.clone(),
    }
}

/// The same for `--file`.
fn file(wish: &Wish, secret: &WantedSecret, key: &Key) -> String {
    match path(wish, secret, key) {
        path if path == key.name => path,
        path => format!("{}={path}", key.name),
    }
}

/// The command that creates a Secret: it asks for what is typed, and reads what is a file.
fn create(wish: &Wish, secret: &WantedSecret) -> CommandLine {
    let namespace = wish.namespace.as_deref().unwrap_or_default();
    if secret.is_tls() {
        let create = CommandLine::secretsafe("create tls")
            .name(&secret.name)
            .namespace(namespace);
        let flags = ["--cert", "--key"].into_iter().zip(&secret.keys);
        return flags.fold(create, |create, (flag, key)| {
            create.flag(flag, &path(wish, secret, key))
        });
    }
    let create = CommandLine::secretsafe("create")
        .name(&secret.name)
        .namespace(namespace);
    secret
        .keys
        .iter()
        .fold(create, |create, key| match key.is_document() {
            true => create.flag("--file", &file(wish, secret, key)),
            false => create.flag("--prompt", &key.name),
        })
}

/// The command that makes a SealedSecret.
fn seal(wish: &Wish, secret: &WantedSecret) -> CommandLine {
    create(wish, secret)
        .switch("--seal")
        .flag("-w", &sealed_file(secret))
}

/// The files that are applied together with the objects.
pub fn sealed_files(scaffold: &Scaffold) -> Vec<String> {
    let wish = scaffold.wish();
    match wish.level {
        Level::Sealed => wish.secrets.iter().map(sealed_file).collect(),
        Level::Plain | Level::External { .. } => Vec::new(),
    }
}

fn sealed_file(secret: &WantedSecret) -> String {
    format!("{}.sealed.yaml", secret.name)
}

/// What protects the values, and when more is due.
fn protection(level: &Level) -> Vec<Line> {
    const BASE64: &str = "A Secret has its values as base64, which is an encoding, not encryption: whoever may \
         read it has them, and etcd has them in the clear unless it is encrypted at rest.";
    let texts: &[&str] = match level {
        Level::Plain => &[
            BASE64,
            "So never commit a Secret. When to go up a level:",
            "- the Secrets are to be in git, or GitOps applies them: --level sealed",
            "- values change on a schedule, several clusters need them, or reads have to be \
             audited: --level external",
        ],
        Level::Sealed => &[
            "Only the controller can decrypt a SealedSecret, and only under its name and namespace. \
             What it makes is a Secret.",
            BASE64,
            "When to go up a level:",
            "- values change on a schedule, several clusters need them (each has a key of its \
             own), or reads have to be audited: --level external",
        ],
        Level::External { .. } => &[
            "The store keeps the values, their versions and who read them. What the operator makes \
             is a Secret.",
            BASE64,
            "This is the highest level. What would go further needs no Secret at all: tokens of \
             ServiceAccounts that the cloud or the store trusts.",
        ],
    };
    texts.iter().map(|text| Line::from(*text)).collect()
}

/// What is to be done before the objects are applied.
pub fn steps(scaffold: &Scaffold) -> Vec<Hint> {
    let wish = scaffold.wish();
    match &wish.level {
        Level::Plain => wish
            .secrets
            .iter()
            .map(|secret| {
                Hint::run(
                    format!("Create secret/{}", secret.name),
                    create(wish, secret),
                )
            })
            .collect(),
        Level::Sealed => wish
            .secrets
            .iter()
            .map(|secret| Hint::run(format!("Seal secret/{}", secret.name), seal(wish, secret)))
            .collect(),
        Level::External { store, .. } => vec![
            Hint::from(format!(
                "Put the values into {}; each remoteRef says where.",
                store.short()
            )),
            Hint::run(
                "To print a store to fill in, here for Vault",
                CommandLine::secretsafe("external")
                    .namespace(wish.namespace.as_deref().unwrap_or_default())
                    .flag("--store-skeleton", "vault")
                    .flag("--store", &store.name)
                    .flag("--kind", store.kind.name()),
            ),
        ],
    }
}

/// What may not work as it is wished, and is made nevertheless.
pub fn warnings(scaffold: &Scaffold) -> Vec<String> {
    low_port(scaffold.wish()).into_iter().collect()
}

/// Code that reads the files.
fn snippets(wish: &Wish) -> Vec<Line> {
    let reads: Vec<_> = all_keys(wish)
        .map(|(secret, key)| Read {
            variable: format!("{}_{}", secret.name, key.name).to_ascii_uppercase(),
            file: secret.path(key),
        })
        .collect();
    let mut lines = Vec::new();
    for language in &wish.languages {
        lines.push(Line::Words(format!("In {}:", language.name())));
        let code = snippet(*language, &reads);
        lines.extend(code.lines().map(|line| Line::Code(line.to_owned())));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::wish::tests::wish;
    use super::*;
    use crate::external::path::PathTemplate;
    use crate::external::store::{StoreKind, StoreRef};
    use crate::migration::Language;

    fn told(wish: Wish) -> Vec<String> {
        let scaffold = Scaffold::new(wish).unwrap();
        let lines = guide(&scaffold).into_iter();
        lines
            .map(|line| match line {
                Line::Words(text) | Line::Code(text) => text,
                Line::Command(command) => command.to_string(),
                Line::Empty => String::new(),
            })
            .collect()
    }

    fn lesson() -> Wish {
        let mut wish = wish(&["db:username,password", "api:key,ca.crt"]);
        wish.secrets.push(WantedSecret::tls("web").unwrap());
        wish.namespace = Some("shop".to_owned());
        wish
    }

    #[test]
    fn each_secret_has_its_command() {
        let told = told(lesson());
        for command in [
            "kubectl secretsafe create db -n shop --prompt username --prompt password",
            "kubectl secretsafe create api -n shop --prompt key --file ca.crt",
            "kubectl secretsafe create tls web -n shop --cert tls.crt --key tls.key",
        ] {
            assert!(
                told.iter().any(|line| line == command),
                "{command}: {told:#?}"
            );
        }
    }

    #[test]
    fn a_sealed_secret_is_sealed_by_its_command() {
        let told = told(Wish {
            level: Level::Sealed,
            ..lesson()
        });
        for command in [
            "kubectl secretsafe create db -n shop --prompt username --prompt password --seal -w db.sealed.yaml",
            "kubectl secretsafe create tls web -n shop --cert tls.crt --key tls.key --seal -w web.sealed.yaml",
            "kubectl secretsafe seal set db.sealed.yaml username",
        ] {
            assert!(
                told.iter().any(|line| line == command),
                "{command}: {told:#?}"
            );
        }
    }

    #[test]
    fn files_of_one_name_are_in_directories_of_their_secrets() {
        let mut all = wish(&["b:ca.crt,token", "c:ca.crt"]);
        for name in ["web", "shop"] {
            all.secrets.push(WantedSecret::tls(name).unwrap());
        }
        all.level = Level::Sealed;
        let told = told(all);
        for command in [
            "kubectl secretsafe create b --file ca.crt=b/ca.crt --prompt token --seal -w b.sealed.yaml",
            "kubectl secretsafe create c --file ca.crt=c/ca.crt --seal -w c.sealed.yaml",
            "kubectl secretsafe create tls web --cert web/tls.crt --key web/tls.key --seal -w web.sealed.yaml",
            "kubectl secretsafe create tls shop --cert shop/tls.crt --key shop/tls.key --seal -w shop.sealed.yaml",
            "kubectl secretsafe seal set b.sealed.yaml --file ca.crt=b/ca.crt",
        ] {
            assert!(
                told.iter().any(|line| line == command),
                "{command}: {told:#?}"
            );
        }
    }

    /// A PEM is not typed, and `seal set` sets one key.
    #[test]
    fn a_sealed_certificate_is_set_from_its_files() {
        let mut web = wish(&[]);
        web.secrets.push(WantedSecret::tls("web").unwrap());
        web.level = Level::Sealed;
        let told = told(web);
        for command in [
            "kubectl secretsafe seal set web.sealed.yaml --file tls.crt",
            "kubectl secretsafe seal set web.sealed.yaml --file tls.key",
        ] {
            assert!(
                told.iter().any(|line| line == command),
                "{command}: {told:#?}"
            );
        }
    }

    #[test]
    fn an_external_secret_says_where_its_values_belong() {
        let told = told(Wish {
            level: Level::External {
                store: StoreRef {
                    kind: StoreKind::ClusterWide,
                    name: "vault".to_owned(),
                },
                path: PathTemplate::parse("{namespace}/{name}#{key}").unwrap(),
                refresh: "1h".to_owned(),
            },
            ..lesson()
        });
        assert!(told.contains(&"db password: shop/db, property password".to_owned()));
        assert!(told.contains(&"web tls.key: shop/web, property tls.key".to_owned()));
        assert!(
            !told.iter().any(|line| line.starts_with("kubectl")),
            "{told:#?}"
        );
    }

    #[test]
    fn code_has_names_that_languages_take() {
        let told = told(Wish {
            languages: vec![Language::Python, Language::Shell],
            ..wish(&["1-db:pass.word"])
        });
        assert!(
            told.contains(
                &"secret_1_db_pass_word = Path(\"/etc/secrets/1-db/pass.word\").read_text(encoding=\"utf-8\").rstrip(\"\\r\\n\")"
                    .to_owned()
            ),
            "{told:#?}"
        );
        assert!(
            told.contains(
                &"SECRET_1_DB_PASS_WORD=\"$(cat /etc/secrets/1-db/pass.word)\"".to_owned()
            ),
            "{told:#?}"
        );
    }
}
