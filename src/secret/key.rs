//! Names: keys of a Secret and names of the Secret itself.

use std::fmt;

/// Longest key, in bytes (apimachinery `validation.IsConfigMapKey`).
const MAX_KEY_BYTES: usize = 253;
/// Longest name of a namespace, in bytes (DNS-1123 label).
const MAX_LABEL_BYTES: usize = 63;
/// Longest object name, in bytes (DNS-1123 subdomain).
pub(crate) const MAX_NAME_BYTES: usize = 253;

/// A legal key of a Secret: `[-._a-zA-Z0-9]+`, at most 253 bytes, not `.`,
/// not beginning with `..` (apimachinery `validation.IsConfigMapKey`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName(String);

/// Why a name is not legal, and the nearest one that is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct NameError {
    /// What is wrong, as a phrase that follows the quoted name.
    pub problem: &'static str,
    /// The nearest legal name, where one can be formed.
    pub nearest: Option<String>,
}

impl KeyName {
    /// Checks `name`.
    ///
    /// # Errors
    /// [`NameError`] with the rule that is broken and the nearest legal key.
    pub fn new(name: &str) -> Result<Self, NameError> {
        let problem = if name.is_empty() {
            "is empty"
        } else if name.len() > MAX_KEY_BYTES {
            "is longer than 253 characters"
        } else if name == "." || name.starts_with("..") {
            "may not be \".\" or begin with \"..\""
        } else if !name.bytes().all(is_key_byte) {
            "may contain only letters, digits, '-', '_' and '.'"
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(NameError {
            problem,
            nearest: nearest_key(name),
        })
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn nearest_key(name: &str) -> Option<String> {
    let base = name.rsplit('/').find(|part| !part.is_empty())?;
    let replaced: String = base
        .trim()
        .chars()
        .map(|character| match u8::try_from(character) {
            Ok(byte) if is_key_byte(byte) => character,
            _ => '-',
        })
        .take(MAX_KEY_BYTES)
        .collect();
    let trimmed = match replaced.trim_start_matches('.') {
        rest if replaced.starts_with("..") || replaced == "." => rest,
        _ => &replaced,
    };
    let legal = trimmed.bytes().any(|byte| byte.is_ascii_alphanumeric());
    legal.then(|| trimmed.to_owned())
}

/// Whether a key of this name holds a document rather than a bare value. Readers
/// of documents pass over the line end at their end, and some need it.
pub fn names_a_document(key: &str) -> bool {
    const EXTENSIONS: [&str; 33] = [
        "json",
        "yaml",
        "yml",
        "toml",
        "xml",
        "ini",
        "conf",
        "config",
        "cfg",
        "cnf",
        "properties",
        "env",
        "pem",
        "crt",
        "cer",
        "cert",
        "key",
        "csr",
        "pub",
        "asc",
        "gpg",
        "sh",
        "py",
        "sql",
        "js",
        "lua",
        "html",
        "tpl",
        "tmpl",
        "bat",
        "cmd",
        "ps1",
        "reg",
    ];
    const NAMES: [&str; 14] = [
        "config",
        "kubeconfig",
        "known_hosts",
        "ssh_known_hosts",
        "authorized_keys",
        "ssh-privatekey",
        "ssh-publickey",
        "identity",
        "auth",
        "htpasswd",
        "users",
        "id_rsa",
        "id_ed25519",
        "Corefile",
    ];
    NAMES.contains(&key)
        || key.starts_with('.')
        || key.rsplit_once('.').is_some_and(|(_, extension)| {
            EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str())
        })
}

/// Checks the name of a Secret: a DNS-1123 subdomain
/// (apimachinery `validation.IsDNS1123Subdomain`).
///
/// # Errors
/// [`NameError`] with the rule that is broken and the nearest legal name.
pub fn check_object_name(name: &str) -> Result<(), NameError> {
    let problem = if name.is_empty() {
        "is empty"
    } else if name.len() > MAX_NAME_BYTES {
        "is longer than 253 characters"
    } else if !name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
    {
        "may contain only lower-case letters, digits, '-' and '.'"
    } else if !name.split('.').all(is_label) {
        "must begin and end with a letter or digit, on both sides of each '.'"
    } else {
        return Ok(());
    };
    Err(NameError {
        problem,
        nearest: nearest_object_name(name),
    })
}

/// Checks the name of a namespace: a DNS-1123 label
/// (apimachinery `validation.ValidateNamespaceName`).
///
/// # Errors
/// [`NameError`] with the rule that is broken; no nearest name is guessed.
pub fn check_namespace(name: &str) -> Result<(), NameError> {
    let problem = match check_object_name(name) {
        Err(error) => error.problem,
        Ok(()) if name.contains('.') => "may contain only lower-case letters, digits and '-'",
        Ok(()) if name.len() > MAX_LABEL_BYTES => "is longer than 63 characters",
        Ok(()) => return Ok(()),
    };
    Err(NameError {
        problem,
        nearest: None,
    })
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}

fn nearest_object_name(name: &str) -> Option<String> {
    let replaced: String = name
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '-' | '.' => c,
            _ => '-',
        })
        .take(MAX_NAME_BYTES)
        .collect();
    let labels: Vec<&str> = replaced
        .split('.')
        .map(|label| label.trim_matches('-'))
        .filter(|label| !label.is_empty())
        .collect();
    let nearest = labels.join(".");
    (!nearest.is_empty()).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_from_bare_values() {
        for key in [
            "tls.key",
            "app.JSON",
            ".dockerconfigjson",
            "known_hosts",
            "auth",
        ] {
            assert!(names_a_document(key), "{key}");
        }
        for key in ["password", "db.password", "token.txt", "key", "cert"] {
            assert!(!names_a_document(key), "{key}");
        }
    }

    #[test]
    fn keys_follow_the_api_rule() {
        for legal in ["a", ".a", "a..b", "_", "-", "A.b-C_9", &"k".repeat(253)] {
            assert!(KeyName::new(legal).is_ok(), "{legal}");
        }
        for illegal in ["", ".", "..", "..a", "a/b", "a b", "ä", &"k".repeat(254)] {
            assert!(KeyName::new(illegal).is_err(), "{illegal}");
        }
    }

    #[test]
    fn the_nearest_key_is_itself_legal() {
        for (given, nearest) in [
            ("../x", Some("x")),
            ("/etc/x", Some("x")),
            ("my key", Some("my-key")),
            ("..a", Some("a")),
            ("..", None),
            ("", None),
        ] {
            let error = KeyName::new(given).expect_err("illegal");
            assert_eq!(error.nearest.as_deref(), nearest, "{given}");
        }
    }

    #[test]
    fn object_names_follow_the_api_rule() {
        for legal in ["a", "a-b", "a.b", "0", &"n".repeat(253)] {
            assert!(check_object_name(legal).is_ok(), "{legal}");
        }
        for illegal in ["", "A", "a_b", "-a", "a-", "a..b", "a.-b", "ä"] {
            assert!(check_object_name(illegal).is_err(), "{illegal}");
        }
        let error = check_object_name("My_Secret").expect_err("illegal");
        assert_eq!(error.nearest.as_deref(), Some("my-secret"));
    }
}
