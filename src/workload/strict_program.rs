//! Programs that refuse a file which others than its owner can read.
//!
//! nginx, redis and MySQL take a key of any mode, so they are not here.

use super::files::SecretFile;
use super::image::repository;
use super::pod::{Container, EnvSource};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// OpenSSH: a private key of its own user, sshd's own too (`authfile.c`,
    /// sshkey_perm_ok).
    Ssh,
    /// libpq: its password file (PostgreSQL documentation, libpq-pgpass).
    Libpq,
    /// SSSD: its configuration (sssd.conf(5)).
    Sssd,
    /// Elasticsearch: files of `_FILE` variables (elastic/elasticsearch#144144).
    Elasticsearch,
    /// mongod: its key file (MongoDB manual, security.keyFile).
    Mongod,
    /// Erlang, and RabbitMQ: the cookie (erlang/otp `lib/kernel/src/auth.erl`).
    Erlang,
    /// rsync: password and secrets files (rsync(1), rsyncd.conf(5) strict modes).
    Rsync,
    /// PostgreSQL: the key of its certificate, as server and as client
    /// (postgres/postgres `be-secure-common.c`, `fe-secure-openssl.c`): mode
    /// 0640 at most, if root owns it.
    Postgres,
    /// Some program that is given its private key on its command line. Whether
    /// it insists on a mode is not known.
    PrivateKey,
}

/// Who must not be able to read the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refuses {
    /// Anybody but the owner.
    Group,
    /// Anybody but the owner and the file's group.
    World,
}

impl Refuses {
    /// In words: `a group`, `everybody`.
    pub fn whom(self) -> &'static str {
        match self {
            Refuses::Group => "a group",
            Refuses::World => "everybody",
        }
    }
}

impl Program {
    pub fn name(self) -> &'static str {
        match self {
            Program::Ssh => "ssh",
            Program::Libpq => "libpq",
            Program::Sssd => "sssd",
            Program::Elasticsearch => "Elasticsearch",
            Program::Mongod => "mongod",
            Program::Erlang => "Erlang",
            Program::Rsync => "rsync",
            Program::Postgres => "PostgreSQL",
            Program::PrivateKey => "the program that is given this private key",
        }
    }

    /// Whose access makes it refuse the file.
    pub fn refuses(self) -> Refuses {
        match self {
            Program::Ssh
            | Program::Libpq
            | Program::Sssd
            | Program::Elasticsearch
            | Program::Mongod
            | Program::Erlang => Refuses::Group,
            Program::Rsync | Program::Postgres | Program::PrivateKey => Refuses::World,
        }
    }
}

/// The strict program that a file is for, by the names of its key and path and
/// the type of its Secret.
pub fn program_of(file: &SecretFile, secret_type: &str) -> Option<Program> {
    if secret_type == "kubernetes.io/ssh-auth" && file.key == "ssh-privatekey" {
        return Some(Program::Ssh);
    }
    [file.key.as_str(), base(&file.path)]
        .into_iter()
        .find_map(|name| match name {
            "id_rsa"
            | "id_dsa"
            | "id_ecdsa"
            | "id_ed25519"
            | "ssh-privatekey"
            | "ssh_host_rsa_key"
            | "ssh_host_ecdsa_key"
            | "ssh_host_ed25519_key" => Some(Program::Ssh),
            ".pgpass" | "pgpass" => Some(Program::Libpq),
            "sssd.conf" => Some(Program::Sssd),
            ".erlang.cookie" => Some(Program::Erlang),
            "rsyncd.secrets" => Some(Program::Rsync),
            _ => None,
        })
}

/// The files that variables, commands and arguments of a container name for a
/// strict program, each with its path as it is written.
pub fn named_files(container: &Container) -> Vec<(Program, String)> {
    let mut found = Vec::new();
    let image = container
        .image
        .as_ref()
        .map_or("", |image| repository(&image.value));
    for entry in &container.env {
        let EnvSource::Literal(text) = &entry.source else {
            continue;
        };
        let text = text.value.as_str();
        let name = entry.name.value.as_str();
        match name {
            "PGPASSFILE" => found.push((Program::Libpq, text.to_owned())),
            "PGSSLKEY" => found.push((Program::Postgres, text.to_owned())),
            "GIT_SSH_COMMAND" | "RSYNC_RSH" => found.extend(in_words(&words(text), image)),
            _ if base(image) == "elasticsearch" && name.ends_with("_FILE") => {
                found.push((Program::Elasticsearch, text.to_owned()));
            }
            _ => {}
        }
    }
    let texts = container.command.iter().chain(&container.args);
    let all: Vec<String> = texts.flat_map(|text| words(&text.value)).collect();
    found.extend(in_words(&all, image));
    found
}

/// The words of a command, or of a script that is given to a shell: what stands
/// between blanks, quotes and separators.
fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| letter.is_whitespace() || "'\"`;|&()".contains(letter))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Options that name a file for a strict program, as `OPTION=PATH` or `OPTION
/// PATH`, in a command line of that program.
fn in_words(words: &[String], image: &str) -> Vec<(Program, String)> {
    let mut found = Vec::new();
    let mut program = base(image);
    for (index, word) in words.iter().enumerate() {
        if is_program(base(word)) {
            program = base(word);
        }
        let (option, value) = match word.split_once('=') {
            Some((option, value)) => (option, Some(value)),
            None => (word.as_str(), words.get(index + 1).map(String::as_str)),
        };
        let Some(path) = value.filter(|value| value.starts_with('/')) else {
            continue;
        };
        if let Some(reader) = reader(program, option, word.contains('=')) {
            found.push((reader, path.to_owned()));
        }
    }
    found
}

/// Programs whose own options are meant from their name on.
fn is_program(name: &str) -> bool {
    takes_any_mode(name)
        || matches!(
            name,
            "ssh"
                | "scp"
                | "sftp"
                | "ssh-add"
                | "sshd"
                | "autossh"
                | "git"
                | "rsync"
                | "mongod"
                | "mongos"
        )
}

/// Who reads the file that an option names.
fn reader(program: &str, option: &str, with_equals: bool) -> Option<Program> {
    let name = option
        .trim_start_matches('-')
        .to_ascii_lowercase()
        .replace('_', "-");
    match (program, option) {
        ("ssh" | "scp" | "sftp" | "autossh" | "git", "-i") | ("sshd", "-h") => {
            return Some(Program::Ssh);
        }
        _ => {}
    }
    let is_option = option.starts_with('-') || with_equals;
    match name.as_str() {
        // ssh -o IdentityFile=PATH, sshd -o HostKey=PATH
        "identityfile" | "hostkey" | "oidentityfile" | "ohostkey" if is_option => {
            Some(Program::Ssh)
        }
        // postgres -c ssl_key_file=PATH, --ssl-key-file=PATH
        "ssl-key-file" if is_option => Some(Program::Postgres),
        // libpq's connection string
        "sslkey" if with_equals => Some(Program::Postgres),
        "passfile" if with_equals => Some(Program::Libpq),
        "keyfile" if matches!(program, "mongod" | "mongos" | "mongo") => Some(Program::Mongod),
        "password-file" | "secrets-file" if program == "rsync" => Some(Program::Rsync),
        "tls-key"
        | "tls-key-file"
        | "tls-private-key-file"
        | "ssl-key"
        | "key-file"
        | "private-key"
        | "private-key-file"
        | "client-key"
        | "server-key"
        | "cert-key"
        | "keyfile"
        | "tls-keyfile"
        | "ssl-keyfile"
        | "peer-key-file"
            if is_option && !takes_any_mode(program) =>
        {
            Some(Program::PrivateKey)
        }
        _ => None,
    }
}

fn takes_any_mode(program: &str) -> bool {
    matches!(
        program,
        "nginx"
            | "redis"
            | "redis-server"
            | "valkey"
            | "valkey-server"
            | "mysql"
            | "mysqld"
            | "mariadb"
            | "mariadbd"
    )
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_key_and_path() {
        let file = |key: &str, path: &str| SecretFile {
            secret: "s".to_owned(),
            key: key.to_owned(),
            path: path.to_owned(),
            mode: None,
        };
        for (key, path, expected) in [
            ("id_rsa", "id_rsa", Some(Program::Ssh)),
            ("key", ".ssh/id_ed25519", Some(Program::Ssh)),
            ("ssh-privatekey", "git", Some(Program::Ssh)),
            ("pgpass", ".pgpass", Some(Program::Libpq)),
            ("sssd.conf", "sssd.conf", Some(Program::Sssd)),
            ("cookie", ".erlang.cookie", Some(Program::Erlang)),
            ("id_rsa.pub", "id_rsa.pub", None),
            ("password", "password", None),
        ] {
            assert_eq!(
                program_of(&file(key, path), "Opaque"),
                expected,
                "{key} {path}"
            );
        }
    }

    #[test]
    fn files_are_told_by_commands() {
        for (image, command, expected) in [
            (
                "example/pg",
                "postgres -c ssl=on -c ssl_key_file=/k",
                Some(Program::Postgres),
            ),
            ("example/pg", "--ssl-key-file=/k", Some(Program::Postgres)),
            (
                "example/app",
                "sh -c 'psql \"host=db sslkey=/k sslmode=verify-full\"'",
                Some(Program::Postgres),
            ),
            (
                "example/git",
                "ssh -i /k git@example.org",
                Some(Program::Ssh),
            ),
            ("example/git", "/usr/bin/scp -i /k a b:", Some(Program::Ssh)),
            (
                "example/git",
                "ssh -o IdentityFile=/k git@example.org",
                Some(Program::Ssh),
            ),
            (
                "example/sshd",
                "/usr/sbin/sshd -D -h /k",
                Some(Program::Ssh),
            ),
            ("mongo", "--keyFile /k --replSet rs0", Some(Program::Mongod)),
            ("example/x", "mongod --keyFile=/k", Some(Program::Mongod)),
            (
                "example/x",
                "rsync --password-file=/k a b::c",
                Some(Program::Rsync),
            ),
            ("redis", "redis-server --tls-key-file /k", None),
            ("example/x", "mysqld --ssl-key=/k", None),
            (
                "example/app",
                "serve --tls-key=/k",
                Some(Program::PrivateKey),
            ),
            ("example/app", "serve --tls-cert=/k", None),
            ("example/app", "serve -i /k", None),
            ("example/app", "grep -h /k", None),
            ("example/app", "serve --key-file relative", None),
            ("example/app", "cat hostkey /k", None),
        ] {
            let found = in_words(&words(command), image);
            let told = found
                .first()
                .map(|(program, path)| (*program, path.as_str()));
            assert_eq!(told, expected.map(|program| (program, "/k")), "{command}");
        }
    }
}
