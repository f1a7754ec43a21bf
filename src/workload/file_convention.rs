//! Images whose programs read a value from a file when a variable names it.
//!
//! Only what the image's own entrypoint or documentation says is listed: a
//! variable that nothing reads would be an outage. Users add their own images in
//! the configuration file.

use super::image::{parts, repository};
use super::mount_path::clean;
use super::pod::{Container, EnvSource};

/// How the variable that names the file is made from the variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `X_FILE`.
    #[default]
    Suffix,
    /// `X__FILE`.
    DoubleSuffix,
    /// `FILE__X`.
    Prefix,
}

impl Form {
    /// The name of the variable that names the file.
    pub fn of(self, name: &str) -> String {
        match self {
            Form::Suffix => format!("{name}_FILE"),
            Form::DoubleSuffix => format!("{name}__FILE"),
            Form::Prefix => format!("FILE__{name}"),
        }
    }
}

/// What an image is known to read.
#[derive(Clone, Copy, Debug)]
pub struct Convention {
    /// Its repository, without registry and tag; official images without
    /// `library/`.
    pub repository: &'static str,
    /// The variables.
    pub variables: &'static [&'static str],
    /// How the file is named.
    pub form: Form,
    /// Whether its entrypoint runs as root, unless the pod says otherwise.
    pub starts_as_root: bool,
    /// Where that is written.
    pub source: &'static str,
}

/// What is known.
pub const CONVENTIONS: &[Convention] = &[
    Convention {
        repository: "mysql",
        variables: &[
            "MYSQL_ROOT_PASSWORD",
            "MYSQL_ROOT_HOST",
            "MYSQL_DATABASE",
            "MYSQL_USER",
            "MYSQL_PASSWORD",
        ],
        form: Form::Suffix,
        starts_as_root: true,
        source: "docker-library/mysql docker-entrypoint.sh (file_env)",
    },
    Convention {
        repository: "mariadb",
        variables: &[
            "MARIADB_ROOT_PASSWORD",
            "MARIADB_ROOT_HOST",
            "MARIADB_DATABASE",
            "MARIADB_USER",
            "MARIADB_PASSWORD",
            "MYSQL_ROOT_PASSWORD",
            "MYSQL_ROOT_HOST",
            "MYSQL_DATABASE",
            "MYSQL_USER",
            "MYSQL_PASSWORD",
        ],
        form: Form::Suffix,
        starts_as_root: true,
        source: "MariaDB/mariadb-docker docker-entrypoint.sh (file_env)",
    },
    Convention {
        repository: "postgres",
        variables: &[
            "POSTGRES_INITDB_ARGS",
            "POSTGRES_PASSWORD",
            "POSTGRES_USER",
            "POSTGRES_DB",
        ],
        form: Form::Suffix,
        starts_as_root: true,
        source: "docker-library/docs postgres/content.md (Docker Secrets)",
    },
    Convention {
        repository: "mongo",
        variables: &["MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"],
        form: Form::Suffix,
        starts_as_root: true,
        source: "docker-library/docs mongo/content.md (Docker Secrets)",
    },
    Convention {
        repository: "redmine",
        variables: &[
            "REDMINE_DB_MYSQL",
            "REDMINE_DB_POSTGRES",
            "REDMINE_DB_PORT",
            "REDMINE_DB_USERNAME",
            "REDMINE_DB_PASSWORD",
            "REDMINE_DB_DATABASE",
            "REDMINE_DB_ENCODING",
            "REDMINE_SECRET_KEY_BASE",
        ],
        form: Form::Suffix,
        starts_as_root: true,
        source: "docker-library/redmine docker-entrypoint.sh (file_env)",
    },
    Convention {
        repository: "friendica",
        variables: &[
            "FRIENDICA_ADMIN_MAIL",
            "MYSQL_DATABASE",
            "MYSQL_PASSWORD",
            "MYSQL_USER",
        ],
        form: Form::Suffix,
        starts_as_root: true,
        source: "friendica/docker entrypoint (file_env)",
    },
];

/// What a user says of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnConvention {
    /// The image without tag. Where it names no registry, it may come from any.
    pub image: String,
    /// The variables.
    pub variables: Vec<String>,
    /// How the file is named.
    pub form: Form,
    /// Whether its entrypoint runs as root, unless the pod says otherwise.
    pub starts_as_root: bool,
    /// Where that is written.
    pub source: String,
}

impl OwnConvention {
    fn covers(&self, image: &str) -> bool {
        let (registry, path) = parts(&self.image);
        if self.image.starts_with(registry) {
            (registry, path) == parts(image)
        } else {
            repository(&self.image) == repository(image)
        }
    }
}

/// How an image reads one variable from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads<'a> {
    /// How the file is named.
    pub form: Form,
    /// Whether its entrypoint runs as root, unless the pod says otherwise.
    pub starts_as_root: bool,
    /// Where that is written.
    pub source: &'a str,
    /// Who says so.
    pub said_by: SaidBy,
}

/// Who says that an image reads a file. Of the images listed here it is also
/// known that they stop when both variables are set, and that they drop line
/// ends at the end of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidBy {
    /// [`CONVENTIONS`].
    Us,
    /// The configuration file.
    User,
}

/// Everything that is known of images: [`CONVENTIONS`], and what the user adds.
#[derive(Clone, Debug, Default)]
pub struct Conventions {
    /// The user's.
    pub own: Vec<OwnConvention>,
}

impl Conventions {
    /// How an image reads a variable from a file, if it is known to. What the
    /// user says comes first.
    pub fn of(&self, image: &str, variable: &str) -> Option<Reads<'_>> {
        let own = self.own.iter().find(|known| {
            known.covers(image) && known.variables.iter().any(|name| name == variable)
        });
        if let Some(known) = own {
            return Some(Reads {
                form: known.form,
                starts_as_root: known.starts_as_root,
                source: &known.source,
                said_by: SaidBy::User,
            });
        }
        let repository = repository(image);
        CONVENTIONS
            .iter()
            .find(|known| known.repository == repository && known.variables.contains(&variable))
            .map(|known| Reads {
                form: known.form,
                starts_as_root: known.starts_as_root,
                source: known.source,
                said_by: SaidBy::Us,
            })
    }
}

impl Conventions {
    /// Whether a container's entrypoint is known to read this file as root,
    /// unless the pod says otherwise: a variable names it.
    pub fn read_as_root(&self, container: &Container, file: &str) -> bool {
        let image = container.image.as_ref().map_or("", |image| &image.value);
        container.env.iter().any(|entry| {
            let EnvSource::Literal(value) = &entry.source else {
                return false;
            };
            let name = entry.name.value.as_str();
            clean(&value.value) == clean(file)
                && companion_of(name).is_some_and(|base| {
                    self.of(image, base)
                        .is_some_and(|reads| reads.starts_as_root && reads.form.of(base) == name)
                })
        })
    }
}

/// The variable that a name such as `DB_PASSWORD_FILE` stands in for.
pub fn companion_of(name: &str) -> Option<&str> {
    name.strip_suffix("__FILE")
        .or_else(|| name.strip_suffix("_FILE"))
        .or_else(|| name.strip_prefix("FILE__"))
        .filter(|base| !base.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 14.
    #[test]
    fn images_are_known_by_their_repository() {
        let known = Conventions::default();
        for image in [
            "postgres:17",
            "docker.io/library/postgres@sha256:ab",
            "mirror.example.org:5000/library/postgres",
        ] {
            assert!(known.of(image, "POSTGRES_PASSWORD").is_some(), "{image}");
        }
        assert!(known.of("postgres:17", "PGPASSWORD").is_none());
        assert!(
            known
                .of("example/postgres-backup", "POSTGRES_PASSWORD")
                .is_none()
        );
        assert_eq!(companion_of("A__FILE"), Some("A"));
        assert_eq!(companion_of("A_FILE"), Some("A"));
        assert_eq!(companion_of("FILE__A"), Some("A"));
        assert_eq!(companion_of("PROFILE"), None);
    }

    /// Invariant 14.
    #[test]
    fn a_user_adds_images() {
        let own = |image: &str| Conventions {
            own: vec![OwnConvention {
                image: image.to_owned(),
                variables: vec!["DB_PASSWORD".to_owned()],
                form: Form::Prefix,
                starts_as_root: false,
                source: "the team's handbook".to_owned(),
            }],
        };
        for (image, of_pod, known) in [
            (
                "registry.example/team/app",
                "registry.example/team/app:1",
                true,
            ),
            (
                "registry.example/team/app",
                "mirror.example/team/app:1",
                false,
            ),
            (
                "registry.example/team/app",
                "registry.example/team/app2",
                false,
            ),
            ("localhost/app", "localhost/app@sha256:ab", true),
            ("team/app", "mirror.example/team/app:1", true),
            ("team/app", "app:1", false),
            ("docker.io/team/app", "team/app:1", true),
            ("docker.io/team/app", "mirror.example/team/app:1", false),
        ] {
            let all = own(image);
            let found = all.of(of_pod, "DB_PASSWORD").map(|reads| reads.form);
            assert_eq!(found, known.then_some(Form::Prefix), "{image} {of_pod}");
            assert!(all.of(of_pod, "OTHER").is_none());
            assert!(all.of("postgres:17", "POSTGRES_PASSWORD").is_some());
        }
    }
}
