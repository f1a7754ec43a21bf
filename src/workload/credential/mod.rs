//! What looks like a credential. Only names and shapes are judged; a text is
//! never kept or shown.

use crate::secret::inspection::names_another_value;

pub(crate) mod name;

use name::is_secret_of_credentials;
pub use name::{is_credential_name, is_key_name};

/// What switches are set to.
pub(crate) const POSITIONS: &[&str] = &[
    "true", "false", "yes", "no", "y", "n", "on", "off", "none", "null", "nil", "disabled",
    "enabled", "always", "never", "auto", "optional", "required",
];
/// The letters that stand between the digits of an amount.
pub(crate) const UNITS: &[&str] = &[
    "ns", "us", "ms", "s", "m", "h", "d", "w", "y", "hm", "hms", "dh", "k", "Ki", "M", "Mi", "G",
    "Gi", "KB", "MB", "GB", "%",
];
/// How access keys of AWS begin; sixteen capitals and digits follow.
pub(crate) const ACCESS_KEYS: &[&str] = &["AKIA", "ASIA"];
/// How tokens of services begin, how many characters follow at least, and what they are.
pub(crate) const TOKENS: &[(&str, usize, &str)] = &[
    ("ghp_", 30, "a GitHub token"),
    ("gho_", 30, "a GitHub token"),
    ("github_pat_", 30, "a GitHub token"),
    ("glpat-", 15, "a GitLab token"),
    ("xoxb-", 15, "a Slack token"),
    ("xoxp-", 15, "a Slack token"),
    ("sk_live_", 15, "a Stripe key"),
    ("npm_", 30, "an npm token"),
];

/// Whether a variable or key is told to hold a credential, by its name and, where
/// that leaves it open, by its text.
pub fn is_credential(name: &str, text: &str) -> bool {
    (is_credential_name(name) && may_be_credential(text) && !names_a_secret(name, text))
        || (is_key_name(name) && looks_random(text))
}

/// Whether a text is the name of the Secret that holds credentials, rather than
/// one of them: `s3_credentials_secret: aws-secret`. A `JWT_SECRET` with such a
/// text is a bad secret.
fn names_a_secret(name: &str, text: &str) -> bool {
    let is_object_name = crate::secret::key::check_object_name(text).is_ok();
    is_secret_of_credentials(name) && is_object_name && text.contains('-')
}

/// The ServiceAccount whose token Secret had this name before Kubernetes 1.24:
/// `NAME-token-xxxxx`, of the letters that generated names have
/// (kubernetes/apimachinery `pkg/util/rand`).
pub fn token_secret_of(name: &str) -> Option<&str> {
    let (account, suffix) = name.rsplit_once("-token-")?;
    let generated = suffix.len() == 5
        && suffix
            .chars()
            .all(|letter| "bcdfghjklmnpqrstvwxz2456789".contains(letter));
    (generated && !account.is_empty()).then_some(account)
}

/// Whether a literal may be a credential when its name says so: not empty, not
/// a switch, a number, a duration, a path, an address without a login or
/// something that is filled in later.
pub fn may_be_credential(text: &str) -> bool {
    let text = text.trim();
    let filled_in = text.starts_with('$')
        || text.contains("$(")
        || text.contains("${")
        || names_another_value(text);
    let switch = POSITIONS.contains(&text.to_ascii_lowercase().as_str());
    let path = text.starts_with('/') && !text.contains(' ');
    let number = text.parse::<f64>().is_ok();
    !text.is_empty()
        && !filled_in
        && !switch
        && !path
        && !number
        && !is_amount(text)
        && !is_address(text)
}

/// Whether a literal looks like a key that a program drew: long, of one word,
/// of letters and digits as base64 and hexadecimal have them.
pub fn looks_random(text: &str) -> bool {
    const LEAST: usize = 16;
    let text = text.trim();
    let plain = text.trim_end_matches('=');
    let letters = |fits: fn(&char) -> bool| plain.chars().filter(fits).count();
    let digits = letters(char::is_ascii_digit);
    let lower = letters(char::is_ascii_lowercase);
    let upper = letters(char::is_ascii_uppercase);
    let distinct: std::collections::BTreeSet<char> = plain.chars().collect();
    let words = plain
        .split(['-', '_', '.', '/'])
        .filter(|word| word.len() > 1);
    // Words with hyphens are names; what a program draws mixes digits in.
    let is_name = words.clone().count() > 1
        && words
            .clone()
            .all(|word| !word.bytes().any(|b| b.is_ascii_digit()));
    plain.len() >= LEAST
        && plain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+/-_".contains(c))
        && may_be_credential(text)
        && !is_name
        && distinct.len() >= 8
        && (digits > 0 || (lower > 0 && upper > 0))
        && (digits > 1 || (lower > 3 && upper > 3))
}

/// A number with a unit: `30s`, `1h30m`, `10Mi`, `90d`.
fn is_amount(text: &str) -> bool {
    let units: String = text
        .chars()
        .filter(|c| !c.is_ascii_digit() && *c != '.')
        .collect();
    text.starts_with(|c: char| c.is_ascii_digit()) && UNITS.contains(&units.as_str())
}

/// An address that holds no user: `https://host/path`, `host:8080`.
fn is_address(text: &str) -> bool {
    if let Some((scheme, rest)) = text.split_once("://") {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // A query may hold a key.
        return !scheme.is_empty() && !authority.contains('@') && !rest.contains('=');
    }
    text.rsplit_once(':').is_some_and(|(host, port)| {
        port.parse::<u16>().is_ok()
            && host.contains('.')
            && host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
    })
}

/// The kind of credential a literal is by its own shape, whatever its name.
pub fn known_shape(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let all = |rest: &str, fits: fn(char) -> bool| rest.chars().all(fits);
    if text.starts_with("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    if let Some((scheme, token)) = text.split_once(' ')
        && scheme.eq_ignore_ascii_case("bearer")
        && token.len() >= 8
        && token.bytes().any(|byte| byte.is_ascii_digit())
        && all(token, |c| {
            c.is_ascii_alphanumeric() || "-._~+/=".contains(c)
        })
    {
        // RFC 6750, section 2.1.
        return Some("a bearer token");
    }
    let ends = |c: char| c.is_whitespace() || "=:,;\"'<>()[]{}".contains(c);
    if let Some(what) = text.split(ends).find_map(token_of_a_service) {
        return Some(what);
    }
    let jwt = text.starts_with("eyJ") && text.matches('.').count() == 2 && text.len() > 40;
    if jwt && all(text, |c| c.is_ascii_alphanumeric() || "-_.=".contains(c)) {
        return Some("a JSON web token");
    }
    url_with_password(text).then_some("a URL with a password")
}

/// The kind of token that a word is, by the letters that a service gives all
/// of its tokens.
fn token_of_a_service(text: &str) -> Option<&'static str> {
    let all = |rest: &str, fits: fn(char) -> bool| rest.chars().all(fits);
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    for prefix in ACCESS_KEYS {
        if let Some(rest) = text.strip_prefix(prefix)
            && rest.len() == 16
            && all(rest, upper)
        {
            return Some("an AWS access key");
        }
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    for (prefix, least, what) in TOKENS {
        if let Some(rest) = text.strip_prefix(prefix)
            && rest.len() >= *least
            && all(rest, word)
        {
            return Some(what);
        }
    }
    None
}

/// `scheme://user:password@host`, the password not filled in later.
fn url_with_password(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else {
        return false;
    };
    let password = user.split_once(':').map_or("", |(_, password)| password);
    scheme
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !password.is_empty()
        && !password.contains(['$', '{', '<', '*'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_token_secrets_tell_their_account() {
        assert_eq!(token_secret_of("build-bot-token-x7k2p"), Some("build-bot"));
        for name in [
            "api-token-abcde",
            "api-token-x7k2",
            "token-x7k2p",
            "api-token",
        ] {
            assert_eq!(token_secret_of(name), None, "{name}");
        }
    }

    #[test]
    fn the_name_of_a_secret_is_none() {
        for (name, text) in [
            ("s3_credentials_secret", "aws-secret"),
            ("DB_CREDENTIALS_SECRET", "pg-app"),
            ("passwordSecret", "db-creds"),
        ] {
            assert!(!is_credential(name, text), "{name}={text}");
        }
        for (name, text) in [
            ("JWT_SECRET", "my-jwt-secret"),
            ("s3_credentials_secret", "hunter2"),
            ("s3_credentials_secret", "Kx9-Qw2"),
            ("db_password", "db-creds"),
            ("oauth_token_secret", "some-secret"),
        ] {
            assert!(is_credential(name, text), "{name}={text}");
        }
    }

    #[test]
    fn keys_that_a_program_drew_are_told_from_names() {
        for text in [
            "3f1c9a7be4d2086b5a9c1e77d0f4b283",
            "kZ8vQm2T7xWcR4nB1sLp9Yd6",
            "q83vEjRWeJASNFZ4kKvN7xI0VniQEjRWeJCrze8SNFY=",
            "0d9f7c4e-1b2a-4c3d-8e5f-6a7b8c9d0e1f",
        ] {
            assert!(looks_random(text), "{text}");
        }
        for text in [
            "user-session-signing-key",
            "customer_id",
            "shop/backups/2026/dump.tar",
            "aaaaaaaaaaaaaaaaaaaaaaaa1",
            "projects/shop/locations/global/keyRings/main",
            "https://kms.example.org/keys/3f1c9a7be4d2086b",
            "short1",
            "1234567890123456",
            "app-name-of-some-length",
        ] {
            assert!(!looks_random(text), "{text}");
        }
    }

    #[test]
    fn literals_are_judged_by_shape() {
        for text in [
            "hunter2",
            "s3cr3t!",
            "changeme",
            "https://hooks.example.org/?key=a1b2",
            "amqp://user:pw@mq:5672",
            "12monkeys",
            "abc:123",
        ] {
            assert!(may_be_credential(text), "{text}");
        }
        for text in [
            "",
            "true",
            "8080",
            "/run/secret",
            "$(OTHER)",
            "{{ .Values.x }}",
            "<set me>",
            "24h",
            "1h30m",
            "10Mi",
            "https://vault.example.org:8200/v1/auth",
            "vault.shop.svc:8200",
            "never",
        ] {
            assert!(!may_be_credential(text), "{text}");
        }
        assert!(known_shape(&format!("AKIA{}", "A".repeat(16))).is_some());
        assert!(known_shape("postgres://u:pw@db/app").is_some());
        assert!(known_shape("postgres://u:$(PW)@db/app").is_none());
        assert!(known_shape("https://example.org/a:b@c").is_none());
        assert!(known_shape("hello").is_none());
    }
}
