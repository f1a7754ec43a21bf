//! Images whose programs read a value from a file when a variable names it.
//!
//! Only what the image's own entrypoint or documentation says is listed: a
//! variable that nothing reads would be an outage.

use super::image::repository;

/// How the variable that names the file is made from the variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `X_FILE`.
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

/// How an image reads a variable from a file, if it is known to.
pub fn convention(image: &str, variable: &str) -> Option<&'static Convention> {
    let repository = repository(image);
    CONVENTIONS
        .iter()
        .find(|known| known.repository == repository && known.variables.contains(&variable))
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
        for image in [
            "postgres:17",
            "docker.io/library/postgres@sha256:ab",
            "mirror.example.org:5000/library/postgres",
        ] {
            assert!(convention(image, "POSTGRES_PASSWORD").is_some(), "{image}");
        }
        assert!(convention("postgres:17", "PGPASSWORD").is_none());
        assert!(convention("example/postgres-backup", "POSTGRES_PASSWORD").is_none());
        assert_eq!(companion_of("A__FILE"), Some("A"));
        assert_eq!(companion_of("A_FILE"), Some("A"));
        assert_eq!(companion_of("FILE__A"), Some("A"));
        assert_eq!(companion_of("PROFILE"), None);
    }
}
