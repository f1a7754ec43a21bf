//! The images that are known to read files, as data.
//!
//! Only what the image's own entrypoint does is listed: a variable that nothing
//! reads would be an outage. Each entry was read in the repository and branch
//! that its source names.

use super::{Arguments, Both, Form, Reader};
use crate::workload::image_facts::ImageUser;

/// What an image is known to read.
#[derive(Clone, Debug)]
pub struct Convention {
    /// Its repositories, without registry and tag; official images without
    /// `library/`.
    pub repositories: &'static [&'static str],
    /// The variables; `GF_*` stands for every name that begins so.
    pub variables: &'static [&'static str],
    /// How the file is named.
    pub form: Form,
    /// The first version that does so, of each line of versions that was
    /// maintained then; later lines do so from their start.
    pub since: &'static [&'static [u32]],
    /// Parts of tags whose images are made otherwise.
    pub but_not: &'static [&'static str],
    /// The program that reads the files: the image's entrypoint.
    pub entrypoint: &'static str,
    /// With which arguments it does so.
    pub arguments: Arguments<'static>,
    /// As whom the image starts, unless the pod says otherwise.
    pub user: ImageUser,
    /// As whom the file is read.
    pub reader: Reader,
    /// What happens when both variables are set.
    pub both: Both,
    /// What else must hold, which no manifest tells: a clause after "it reads
    /// the file only".
    pub only: Option<&'static str>,
    /// Where that is written.
    pub source: &'static str,
}

/// The entrypoint becomes this user, with its own groups, before it reads.
const fn drops_to(uid: i64, gid: Option<i64>) -> Reader {
    Reader::DropsFirst {
        uid: Some(uid),
        gid,
    }
}

const FIRST_START: Option<&str> =
    Some("when it installs itself, and later uses what it has stored or the variable");

pub const CONVENTIONS: &[Convention] = &[
    Convention {
        repositories: &["mysql"],
        variables: &[
            "MYSQL_ROOT_PASSWORD",
            "MYSQL_ROOT_HOST",
            "MYSQL_DATABASE",
            "MYSQL_USER",
            "MYSQL_PASSWORD",
        ],
        form: Form::Suffix,
        // Until then the entrypoint became mysql before it read the files.
        since: &[&[5, 6, 47], &[5, 7, 29], &[8, 0, 19]],
        but_not: &[],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["mysqld"],
            flags: true,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::Stops,
        only: None,
        source: "docker-library/mysql docker-entrypoint.sh (docker_setup_env before gosu)",
    },
    Convention {
        repositories: &["mariadb"],
        variables: &[
            "MYSQL_ROOT_PASSWORD",
            "MYSQL_ROOT_HOST",
            "MYSQL_DATABASE",
            "MYSQL_USER",
            "MYSQL_PASSWORD",
        ],
        form: Form::Suffix,
        since: &[&[10, 1, 44], &[10, 2, 31], &[10, 3, 22], &[10, 4, 12]],
        // Starts as mysql.
        but_not: &["ubi"],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["mysqld", "mariadbd"],
            flags: true,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::Stops,
        only: None,
        source: "MariaDB/mariadb-docker docker-entrypoint.sh (docker_setup_env before gosu)",
    },
    Convention {
        repositories: &["mariadb"],
        variables: &[
            "MARIADB_ROOT_PASSWORD",
            "MARIADB_ROOT_HOST",
            "MARIADB_DATABASE",
            "MARIADB_USER",
            "MARIADB_PASSWORD",
        ],
        form: Form::Suffix,
        since: &[&[10, 2, 37], &[10, 3, 28], &[10, 4, 18], &[10, 5, 9]],
        but_not: &["ubi"],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["mysqld", "mariadbd"],
            flags: true,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::Stops,
        only: None,
        source: "MariaDB/mariadb-docker docker-entrypoint.sh (_mariadb_file_env before gosu)",
    },
    Convention {
        repositories: &["mariadb"],
        variables: &[
            "MARIADB_PASSWORD_HASH",
            "MARIADB_ROOT_PASSWORD_HASH",
            "MARIADB_REPLICATION_USER",
            "MARIADB_REPLICATION_PASSWORD",
            "MARIADB_REPLICATION_PASSWORD_HASH",
            "MARIADB_MASTER_HOST",
            "MARIADB_MASTER_PORT",
        ],
        form: Form::Suffix,
        since: &[&[11, 4]],
        but_not: &["ubi"],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["mysqld", "mariadbd"],
            flags: true,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::Stops,
        only: None,
        source: "MariaDB/mariadb-docker docker-entrypoint.sh (docker_setup_env before gosu)",
    },
    Convention {
        repositories: &["mariadb"],
        variables: &["MARIADB_USER_HOST"],
        form: Form::Suffix,
        since: &[&[12, 3]],
        but_not: &["ubi"],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["mysqld", "mariadbd"],
            flags: true,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::Stops,
        only: None,
        source: "MariaDB/mariadb-docker docker-entrypoint.sh (docker_setup_env before gosu)",
    },
    Convention {
        repositories: &["postgres"],
        variables: &[
            "POSTGRES_INITDB_ARGS",
            "POSTGRES_PASSWORD",
            "POSTGRES_USER",
            "POSTGRES_DB",
        ],
        form: Form::Suffix,
        // Until then the entrypoint became postgres before it read the files.
        since: &[&[9, 5, 21], &[9, 6, 17], &[10, 12], &[11, 7], &[12, 2]],
        but_not: &[],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["postgres"],
            flags: true,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::Stops,
        only: None,
        source: "docker-library/postgres docker-entrypoint.sh (docker_setup_env before gosu)",
    },
    Convention {
        repositories: &["mongo"],
        variables: &["MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"],
        form: Form::Suffix,
        since: &[&[4, 0]],
        // Images for Windows have no such entrypoint.
        but_not: &["windowsservercore", "nanoserver"],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["mongod"],
            flags: true,
        },
        user: ImageUser::ROOT,
        reader: drops_to(999, Some(999)),
        both: Both::Stops,
        only: None,
        source: "docker-library/mongo docker-entrypoint.sh (gosu mongodb before file_env)",
    },
    Convention {
        repositories: &["redmine"],
        variables: &[
            "REDMINE_DB_MYSQL",
            "REDMINE_DB_POSTGRES",
            "REDMINE_DB_SQLSERVER",
            "REDMINE_DB_PORT",
            "REDMINE_DB_USERNAME",
            "REDMINE_DB_PASSWORD",
            "REDMINE_DB_DATABASE",
            "REDMINE_DB_ENCODING",
            "REDMINE_SECRET_KEY_BASE",
        ],
        form: Form::Suffix,
        since: &[&[3, 4]],
        but_not: &[],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["rails", "rake"],
            flags: false,
        },
        user: ImageUser::ROOT,
        // The group differs between Debian and Alpine.
        reader: drops_to(999, None),
        both: Both::Stops,
        only: None,
        source: "docker-library/redmine docker-entrypoint.sh (gosu redmine before file_env)",
    },
    Convention {
        repositories: &["friendica"],
        variables: &[
            "FRIENDICA_ADMIN_MAIL",
            "MYSQL_DATABASE",
            "MYSQL_PASSWORD",
            "MYSQL_USER",
        ],
        form: Form::Suffix,
        since: &[&[2018, 9]],
        but_not: &[],
        entrypoint: "entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["apache2-foreground", "php-fpm"],
            flags: false,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::Stops,
        only: FIRST_START,
        source: "friendica/docker docker-entrypoint.sh (file_env for a new instance)",
    },
    Convention {
        repositories: &["nextcloud"],
        variables: &[
            "NEXTCLOUD_ADMIN_USER",
            "NEXTCLOUD_ADMIN_PASSWORD",
            "MYSQL_DATABASE",
            "MYSQL_USER",
            "MYSQL_PASSWORD",
            "POSTGRES_DB",
            "POSTGRES_USER",
            "POSTGRES_PASSWORD",
        ],
        form: Form::Suffix,
        since: &[&[22]],
        but_not: &[],
        entrypoint: "entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["apache2-foreground", "php-fpm"],
            flags: false,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::Stops,
        only: FIRST_START,
        source: "nextcloud/docker docker-entrypoint.sh (file_env for a new instance)",
    },
    Convention {
        repositories: &["nextcloud"],
        variables: &[
            "SMTP_PASSWORD",
            "REDIS_HOST_PASSWORD",
            "OBJECTSTORE_S3_KEY",
            "OBJECTSTORE_S3_SECRET",
            "OBJECTSTORE_S3_SSE_C_KEY",
        ],
        form: Form::Suffix,
        since: &[&[30]],
        but_not: &[],
        entrypoint: "entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["apache2-foreground", "php-fpm"],
            flags: false,
        },
        user: ImageUser::ROOT,
        // www-data has other ids on Debian than on Alpine.
        reader: Reader::DropsFirst {
            uid: None,
            gid: None,
        },
        both: Both::FileCounts,
        only: Some(
            "where the volume with its configuration has the files that the image makes there",
        ),
        source: "nextcloud/docker .config (smtp, redis and s3.config.php)",
    },
    Convention {
        repositories: &["wordpress"],
        variables: &[
            "WORDPRESS_DB_HOST",
            "WORDPRESS_DB_USER",
            "WORDPRESS_DB_PASSWORD",
            "WORDPRESS_DB_NAME",
            "WORDPRESS_DB_CHARSET",
            "WORDPRESS_DB_COLLATE",
            "WORDPRESS_TABLE_PREFIX",
            "WORDPRESS_DEBUG",
            "WORDPRESS_CONFIG_EXTRA",
            "WORDPRESS_AUTH_KEY",
            "WORDPRESS_SECURE_AUTH_KEY",
            "WORDPRESS_LOGGED_IN_KEY",
            "WORDPRESS_NONCE_KEY",
            "WORDPRESS_AUTH_SALT",
            "WORDPRESS_SECURE_AUTH_SALT",
            "WORDPRESS_LOGGED_IN_SALT",
            "WORDPRESS_NONCE_SALT",
        ],
        form: Form::Suffix,
        since: &[&[5, 8]],
        but_not: &["cli"],
        entrypoint: "docker-entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["apache2-foreground", "php-fpm"],
            flags: false,
        },
        user: ImageUser::ROOT,
        reader: Reader::DropsFirst {
            uid: None,
            gid: None,
        },
        both: Both::FileCounts,
        only: Some("where its wp-config.php is the one that the image makes"),
        source: "docker-library/wordpress wp-config-docker.php (getenv_docker)",
    },
    Convention {
        repositories: &["influxdb"],
        variables: &[
            "DOCKER_INFLUXDB_INIT_USERNAME",
            "DOCKER_INFLUXDB_INIT_PASSWORD",
            "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN",
        ],
        form: Form::Suffix,
        since: &[&[2, 5]],
        but_not: &["core", "enterprise"],
        entrypoint: "entrypoint.sh",
        arguments: Arguments::Of {
            programs: &["influxd", "run"],
            flags: true,
        },
        user: ImageUser::ROOT,
        reader: Reader::AtStart,
        both: Both::FileCounts,
        only: None,
        source: "influxdata/influxdata-docker influxdb/2.9/entrypoint.sh (init_influxd before setpriv)",
    },
    Convention {
        repositories: &[
            "grafana/grafana",
            "grafana/grafana-oss",
            "grafana/grafana-enterprise",
        ],
        variables: &["GF_*"],
        form: Form::DoubleSuffix,
        since: &[&[7, 3]],
        // Without a shell, so without that entrypoint.
        but_not: &["distroless"],
        entrypoint: "run.sh",
        arguments: Arguments::Any,
        user: ImageUser::Ids {
            uid: 472,
            gid: Some(0),
        },
        reader: Reader::AtStart,
        both: Both::Stops,
        only: None,
        source: "grafana/grafana packaging/docker/run.sh and Dockerfile (GF_UID, GF_GID)",
    },
];
