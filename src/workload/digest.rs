//! Digests of Secrets that tools write into pod templates. Only names and
//! shapes are judged; a text is never kept or shown.

/// What a digest says of the Secret behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digest {
    /// Stakater Reloader's variable: SHA-1 of a whole Secret, whose name is
    /// this, in capitals and with `_` for all other characters.
    Reloader(String),
    /// Its name says that it is one.
    ByName,
}

/// What the names of digests hold.
pub(crate) const DIGEST_WORDS: &[&str] = &[
    "checksum", "hash", "digest", "sha1", "sha2", "sha512", "md5",
];
/// What the names of digests of Secrets hold besides.
pub(crate) const OBJECT_WORDS: &[&str] = &["secret", "credential"];
/// What the names of digests of single values hold besides. A variable with
/// such a name is the credential itself to its program (`PASSWORD_SHA2`).
const VALUE_WORDS: &[&str] = &[
    "password", "passwd", "token", "apikey", "api-key", "api_key",
];

/// What tools write before a digest.
pub(crate) const PREFIXES: &[&str] = &["sha256:", "sha1:", "sha512:", "md5:"];
/// Lengths of digests in hexadecimal.
pub(crate) const HEXADECIMAL: &[usize] = &[32, 40, 56, 64, 96, 128];
/// Lengths of digests in base64, and how many of the characters are padding.
pub(crate) const BASE64: &[(usize, usize)] = &[(24, 2), (28, 1), (44, 1), (88, 2)];

/// The digest that a variable publishes.
pub fn of_variable(name: &str, text: &str) -> Option<Digest> {
    // stakater/Reloader internal/pkg/handler/upgrade.go.
    let reloader = name
        .strip_prefix("STAKATER_")
        .and_then(|rest| rest.strip_suffix("_SECRET"));
    match reloader {
        Some(secret) if is_digest(text) => Some(Digest::Reloader(secret.to_owned())),
        _ => by_name(name, text, &[OBJECT_WORDS]),
    }
}

/// The digest that an annotation publishes.
pub fn of_annotation(name: &str, text: &str) -> Option<Digest> {
    // Reloader's other strategy: a JSON text with type, name and hash.
    if name == "reloader.stakater.com/last-reloaded-from" {
        return of_reloader_annotation(text);
    }
    // Wave hashes ConfigMaps and Secrets together.
    if name == "wave.pusher.com/config-hash" && is_digest(text) {
        return Some(Digest::ByName);
    }
    by_name(name, text, &[OBJECT_WORDS, VALUE_WORDS])
}

fn of_reloader_annotation(text: &str) -> Option<Digest> {
    let source: serde_json::Value = serde_json::from_str(text).ok()?;
    let field = |key: &str| source.get(key).and_then(serde_json::Value::as_str);
    let is_secret = field("type").is_some_and(|type_| type_.eq_ignore_ascii_case("secret"));
    (is_secret && field("hash").is_some_and(is_digest))
        .then(|| Digest::Reloader(reloader_name(field("name").unwrap_or_default())))
}

fn by_name(name: &str, text: &str, subjects: &[&[&str]]) -> Option<Digest> {
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let of_secret = subjects.iter().any(|words| has(words));
    (has(DIGEST_WORDS) && of_secret && is_digest(text)).then_some(Digest::ByName)
}

/// The name of a Secret as Reloader's variable has it.
pub fn reloader_name(secret: &str) -> String {
    secret
        .chars()
        .map(|character| match character {
            'a'..='z' => character.to_ascii_uppercase(),
            'A'..='Z' | '0'..='9' => character,
            _ => '_',
        })
        .collect()
}

/// Whether a text has the shape of an MD5, SHA-1, SHA-2 or SHA-3 digest, in
/// hexadecimal or base64. Shorter ones (the suffix of a generated name, a
/// ReplicaSet's hash) tell too little to test guesses with.
fn is_digest(text: &str) -> bool {
    let text = text.trim();
    let text = PREFIXES
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let hexadecimal =
        HEXADECIMAL.contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit());
    let base64 = BASE64.iter().any(|&(length, padding)| {
        let digits = text.trim_end_matches('=');
        text.len() == length
            && text.len() - digits.len() == padding
            && digits
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+/-_".contains(c))
    });
    hexadecimal || base64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(length: usize) -> String {
        "0a".repeat(length / 2)
    }

    #[test]
    fn digests_are_told_by_name_and_shape() {
        for name in [
            "checksum/secret",
            "checksum/secret-db",
            "checksum/credentials",
            "example.org/db-secret-hash",
            "secretChecksum",
        ] {
            assert_eq!(
                of_annotation(name, &hex(64)),
                Some(Digest::ByName),
                "{name}"
            );
        }
        for name in ["checksum/config", "checksum/rbac", "secret", "git-hash"] {
            assert_eq!(of_annotation(name, &hex(64)), None, "{name}");
        }
        let base64 = format!("{}=", "Ab1+".repeat(11).split_at(43).0);
        for text in [
            hex(32),
            hex(40),
            hex(128),
            format!("sha256:{}", hex(64)),
            base64,
        ] {
            assert!(of_annotation("checksum/secret", &text).is_some(), "{text}");
        }
        for text in ["", "true", "5f6d9c8b7", "db-7fd2tm89d8", "{{ sha256sum }}"] {
            assert_eq!(of_annotation("checksum/secret", text), None, "{text}");
        }
    }

    #[test]
    fn reloaders_digests_name_their_secret() {
        assert_eq!(
            of_variable("STAKATER_DB_CREDS_SECRET", &hex(40)),
            Some(Digest::Reloader(reloader_name("db-creds")))
        );
        assert_eq!(of_variable("STAKATER_APP_CONFIGMAP", &hex(40)), None);
        assert_eq!(of_variable("STAKATER_DB_SECRET", "plain"), None);
        assert!(of_variable("DB_SECRET_CHECKSUM", &hex(64)).is_some());
        assert_eq!(of_variable("ROOT_PASSWORD_SHA2", &hex(64)), None);
        let annotation = |type_: &str| {
            let text = format!(
                "{{\"type\":\"{type_}\",\"name\":\"db.creds\",\"hash\":\"{}\"}}",
                hex(40)
            );
            of_annotation("reloader.stakater.com/last-reloaded-from", &text)
        };
        assert_eq!(
            annotation("SECRET"),
            Some(Digest::Reloader("DB_CREDS".to_owned()))
        );
        assert_eq!(annotation("CONFIGMAP"), None);
    }
}
