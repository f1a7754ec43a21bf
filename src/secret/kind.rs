//! Types of Secrets, and what the server requires of each.

use std::collections::BTreeMap;

use super::docker::{self, ConfigKind, DockerProblem};
use super::{KeyName, SecretValue};

/// A user name and a password.
pub const BASIC_AUTH: &str = "kubernetes.io/basic-auth";
/// An SSH private key.
pub const SSH_AUTH: &str = "kubernetes.io/ssh-auth";
/// A certificate and its private key.
pub const TLS: &str = "kubernetes.io/tls";
/// Registry credentials, as in `~/.docker/config.json`.
pub const DOCKER_CONFIG_JSON: &str = "kubernetes.io/dockerconfigjson";
/// Registry credentials, as in the old `~/.dockercfg`.
pub const DOCKER_CONFIG: &str = "kubernetes.io/dockercfg";
/// A token that the server issues and fills in.
pub const SERVICE_ACCOUNT_TOKEN: &str = "kubernetes.io/service-account-token";

/// Annotation that ties a token Secret to its service account.
const SERVICE_ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";

/// Why the server would refuse a Secret of this type
/// (kubernetes `ValidateSecret`).
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KindProblem {
    /// A key is missing.
    #[error("a Secret of type {secret_type} needs the key {key}")]
    Missing {
        secret_type: &'static str,
        /// The key, or the choice of keys.
        key: &'static str,
    },
    /// The SSH key is empty.
    #[error("the value of ssh-privatekey is empty")]
    EmptyKey,
    /// The docker configuration cannot be used.
    #[error("the value of {key}: {problem}")]
    Docker {
        key: &'static str,
        problem: DockerProblem,
    },
    /// A token Secret without its account.
    #[error(
        "a Secret of type {SERVICE_ACCOUNT_TOKEN} makes the server issue a token that never expires"
    )]
    Token,
}

impl KindProblem {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { key, .. } => Some(format!(
                "Give it with --prompt {0}, --file {0}=PATH or --stdin {0}.",
                key.split(' ').next().unwrap_or(key)
            )),
            Self::EmptyKey => None,
            Self::Docker { problem, .. } => problem.hint().map(str::to_owned),
            Self::Token => Some(format!(
                "Prefer kubectl create token NAME, whose tokens expire. If it must be a Secret, add --annotation {SERVICE_ACCOUNT_NAME}=NAME."
            )),
        }
    }
}

/// The keys that a Secret of this type is asked for at a terminal.
pub fn required_keys(secret_type: &str) -> &'static [&'static str] {
    match secret_type {
        BASIC_AUTH => &["username", "password"],
        SSH_AUTH => &["ssh-privatekey"],
        TLS => &["tls.crt", "tls.key"],
        DOCKER_CONFIG_JSON => &[".dockerconfigjson"],
        DOCKER_CONFIG => &[".dockercfg"],
        _ => &[],
    }
}

/// Checks the keys and annotations that the server asks of a type, whatever the
/// values are. `has` tells whether there is a key.
///
/// # Errors
/// The first [`KindProblem`].
pub fn check_keys(
    secret_type: &str,
    has: impl Fn(&str) -> bool,
    annotations: &BTreeMap<String, String>,
) -> Result<(), KindProblem> {
    let needed = |secret_type, key| match has(key) {
        true => Ok(()),
        false => Err(KindProblem::Missing { secret_type, key }),
    };
    match secret_type {
        BASIC_AUTH if !has("username") && !has("password") => Err(KindProblem::Missing {
            secret_type: BASIC_AUTH,
            key: "username or password",
        }),
        SSH_AUTH => needed(SSH_AUTH, "ssh-privatekey"),
        TLS => needed(TLS, "tls.crt").and_then(|()| needed(TLS, "tls.key")),
        DOCKER_CONFIG_JSON => needed(DOCKER_CONFIG_JSON, ".dockerconfigjson"),
        DOCKER_CONFIG => needed(DOCKER_CONFIG, ".dockercfg"),
        SERVICE_ACCOUNT_TOKEN
            if annotations
                .get(SERVICE_ACCOUNT_NAME)
                .is_none_or(String::is_empty) =>
        {
            Err(KindProblem::Token)
        }
        _ => Ok(()),
    }
}

/// Checks what the server would check, and that registry credentials can be
/// used.
///
/// # Errors
/// The first [`KindProblem`].
pub fn check_required(
    secret_type: &str,
    values: &BTreeMap<KeyName, &SecretValue>,
    annotations: &BTreeMap<String, String>,
) -> Result<(), KindProblem> {
    let value = |name: &str| {
        values
            .iter()
            .find(|(key, _)| key.as_str() == name)
            .map(|(_, value)| *value)
    };
    check_keys(secret_type, |key| value(key).is_some(), annotations)?;
    let config = |key, kind| match value(key) {
        Some(config) => docker::check_usable(config, kind)
            .map_err(|problem| KindProblem::Docker { key, problem }),
        None => Ok(()),
    };
    match secret_type {
        SSH_AUTH if value("ssh-privatekey").is_some_and(SecretValue::is_empty) => {
            Err(KindProblem::EmptyKey)
        }
        DOCKER_CONFIG_JSON => config(".dockerconfigjson", ConfigKind::Json),
        DOCKER_CONFIG => config(".dockercfg", ConfigKind::Legacy),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secret_type: &str, pairs: &[(&str, &str)]) -> Result<(), KindProblem> {
        let owned: Vec<(KeyName, SecretValue)> = pairs
            .iter()
            .map(|(key, value)| {
                let value = SecretValue::from_bytes(value.as_bytes().to_vec());
                (KeyName::new(key).unwrap(), value)
            })
            .collect();
        let values = owned
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect();
        check_required(secret_type, &values, &BTreeMap::new())
    }

    #[test]
    fn each_type_has_its_rule() {
        let config = r#"{"auths":{"r.example":{"auth":"dTpw"}}}"#;
        let empty = r#"{"auths":{"r.example":{"username":"","password":"","auth":""}}}"#;
        for (secret_type, pairs, fits) in [
            ("Opaque", &[][..], true),
            (BASIC_AUTH, &[("username", "u")][..], true),
            (BASIC_AUTH, &[("password", "p")], true),
            (BASIC_AUTH, &[("user", "u")], false),
            (SSH_AUTH, &[("ssh-privatekey", "k")], true),
            (SSH_AUTH, &[("ssh-privatekey", "")], false),
            (SSH_AUTH, &[], false),
            (TLS, &[("tls.crt", ""), ("tls.key", "")], true),
            (TLS, &[("tls.crt", "")], false),
            (TLS, &[("tls.key", "")], false),
            (DOCKER_CONFIG_JSON, &[(".dockerconfigjson", config)], true),
            (DOCKER_CONFIG_JSON, &[(".dockerconfigjson", "x")], false),
            (DOCKER_CONFIG_JSON, &[(".dockerconfigjson", empty)], false),
            (
                DOCKER_CONFIG_JSON,
                &[(".dockerconfigjson", r#"{"auths":{}}"#)],
                false,
            ),
            (
                DOCKER_CONFIG_JSON,
                &[(".dockerconfigjson", r#"{"auths":{"":{"auth":"dTpw"}}}"#)],
                false,
            ),
            (DOCKER_CONFIG_JSON, &[(".dockercfg", config)], false),
            (DOCKER_CONFIG, &[(".dockercfg", "{}")], false),
            (
                DOCKER_CONFIG,
                &[(".dockercfg", r#"{"r.example":{"auth":"dTpw"}}"#)],
                true,
            ),
            (SERVICE_ACCOUNT_TOKEN, &[], false),
        ] {
            assert_eq!(
                check(secret_type, pairs).is_ok(),
                fits,
                "{secret_type} {pairs:?}"
            );
        }
    }

    #[test]
    fn a_token_is_made_for_a_named_account_only() {
        let annotations = BTreeMap::from([(SERVICE_ACCOUNT_NAME.to_owned(), "a".to_owned())]);
        assert!(check_required(SERVICE_ACCOUNT_TOKEN, &BTreeMap::new(), &annotations).is_ok());
        let empty = BTreeMap::from([(SERVICE_ACCOUNT_NAME.to_owned(), String::new())]);
        assert!(check_required(SERVICE_ACCOUNT_TOKEN, &BTreeMap::new(), &empty).is_err());
    }
}
