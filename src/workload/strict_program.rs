//! Programs that refuse a file which a group can read.

use super::files::SecretFile;

/// A program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// OpenSSH: a private key of its own user (`authfile.c`, sshkey_perm_ok).
    Ssh,
    /// libpq: its password file (PostgreSQL documentation, libpq-pgpass).
    Libpq,
    /// SSSD: its configuration (sssd.conf(5)).
    Sssd,
    /// Elasticsearch: files of `_FILE` variables (elastic/elasticsearch#144144).
    Elasticsearch,
}

impl Program {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Program::Ssh => "ssh",
            Program::Libpq => "libpq",
            Program::Sssd => "sssd",
            Program::Elasticsearch => "Elasticsearch",
        }
    }
}

/// The strict program that a file is for, by the names of its key and path and
/// the type of its Secret.
pub fn program_of(file: &SecretFile, secret_type: &str) -> Option<Program> {
    let base = file.path.rsplit('/').next().unwrap_or(&file.path);
    if secret_type == "kubernetes.io/ssh-auth" && file.key == "ssh-privatekey" {
        return Some(Program::Ssh);
    }
    [file.key.as_str(), base]
        .into_iter()
        .find_map(|name| match name {
            "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" | "ssh-privatekey" => {
                Some(Program::Ssh)
            }
            ".pgpass" | "pgpass" => Some(Program::Libpq),
            "sssd.conf" => Some(Program::Sssd),
            _ => None,
        })
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
}
