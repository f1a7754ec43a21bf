//! What looks like a credential. Only names and shapes are judged; a text is
//! never kept or shown.

/// Parts of names that mean a credential.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "privatekey",
    "credential",
    "credentials",
    "accesskey",
    "secretkey",
    "encryptionkey",
    "signingkey",
];
/// Endings that mean something about a credential, not the credential.
const ABOUT: &[&str] = &[
    "file",
    "path",
    "dir",
    "directory",
    "name",
    "namespace",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "length",
    "size",
    "count",
    "limit",
    "min",
    "max",
    "ttl",
    "expiry",
    "expires",
    "expiration",
    "timeout",
    "interval",
    "enabled",
    "enable",
    "disabled",
    "required",
    "type",
    "kind",
    "algorithm",
    "alg",
    "issuer",
    "audience",
    "header",
    "field",
    "key_id",
    "id",
    "ref",
    "mount",
    "store",
    "provider",
    "version",
    "policy",
    "rotation",
    "format",
    "prefix",
    "region",
];

/// Whether a variable or a key of this name probably holds a credential.
pub fn is_credential_name(name: &str) -> bool {
    let snake = snake_case(name);
    let is_about = |word: &&str| {
        let before = snake.strip_suffix(word);
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
    };
    if ABOUT.iter().any(is_about) {
        return false;
    }
    // PASSWORD_MIN_LENGTH and the like end with one of the words above; what
    // begins with them (MAX_TOKENS) is no credential either.
    if snake.starts_with("max_") || snake.starts_with("min_") || snake.starts_with("num_") {
        return false;
    }
    let words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
    let joined = words.concat();
    words
        .iter()
        .any(|word| WORDS.contains(word) || matches!(*word, "pass" | "pwd" | "pw" | "dsn"))
        || [
            "apikey",
            "privatekey",
            "accesskey",
            "secretkey",
            "connectionstring",
            "connstr",
        ]
        .iter()
        .any(|word| joined.ends_with(word))
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

/// `dbPassword` and `DB-PASSWORD` as `db_password`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut before = ' ';
    for character in name.chars() {
        if character.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_digit())
        {
            snake.push('_');
        }
        snake.push(match character {
            '-' | '.' | ' ' => '_',
            other => other.to_ascii_lowercase(),
        });
        before = character;
    }
    snake
}

/// Whether a literal may be a credential when its name says so: not empty, not
/// a switch, a number, a path or something that is filled in later.
pub fn may_be_credential(text: &str) -> bool {
    let text = text.trim();
    let filled_in = text.starts_with('$')
        || text.contains("$(")
        || text.contains("${")
        || text.contains("{{")
        || (text.starts_with('<') && text.ends_with('>'));
    let switch = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "null" | "disabled" | "enabled"
    );
    let path = text.starts_with('/') && !text.contains(' ');
    let number = text.parse::<f64>().is_ok();
    !text.is_empty() && !filled_in && !switch && !path && !number
}

/// The kind of credential a literal is by its own shape, whatever its name.
pub fn known_shape(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let all = |rest: &str, fits: fn(char) -> bool| rest.chars().all(fits);
    if text.starts_with("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    for prefix in ["AKIA", "ASIA"] {
        if let Some(rest) = text.strip_prefix(prefix)
            && rest.len() == 16
            && all(rest, upper)
        {
            return Some("an AWS access key");
        }
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    for (prefix, least, what) in [
        ("ghp_", 30, "a GitHub token"),
        ("gho_", 30, "a GitHub token"),
        ("github_pat_", 30, "a GitHub token"),
        ("glpat-", 15, "a GitLab token"),
        ("xoxb-", 15, "a Slack token"),
        ("xoxp-", 15, "a Slack token"),
        ("sk_live_", 15, "a Stripe key"),
        ("npm_", 30, "an npm token"),
    ] {
        if let Some(rest) = text.strip_prefix(prefix)
            && rest.len() >= least
            && all(rest, word)
        {
            return Some(what);
        }
    }
    let jwt = text.starts_with("eyJ") && text.matches('.').count() == 2 && text.len() > 40;
    if jwt && all(text, |c| c.is_ascii_alphanumeric() || "-_.=".contains(c)) {
        return Some("a JSON web token");
    }
    url_with_password(text).then_some("a URL with a password")
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
    fn names_of_credentials_are_told_from_names_about_them() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "API_KEY",
            "apikey",
            "JWT_SECRET",
            "GITHUB_TOKEN",
            "PASS",
            "REDIS_PW",
            "AWS_SECRET_ACCESS_KEY",
            "DATABASE_DSN",
            "smtp-password",
            "PRIVATE_KEY",
            "MYSQL_PWD",
            "CONNECTION_STRING",
        ] {
            assert!(is_credential_name(name), "{name}");
        }
        for name in [
            "DB_PASSWORD_FILE",
            "TOKEN_URL",
            "PASSWORD_MIN_LENGTH",
            "SECRET_NAME",
            "TOKEN_TTL",
            "MAX_TOKENS",
            "KEYBOARD",
            "COMPASS",
            "PASSENGER",
            "AUTHOR",
            "SECRET_STORE",
            "KEY",
            "AWS_ACCESS_KEY_ID",
            "TOKENIZER",
            "PATH",
        ] {
            assert!(!is_credential_name(name), "{name}");
        }
    }

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
    fn literals_are_judged_by_shape() {
        for text in ["hunter2", "s3cr3t!", "changeme"] {
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
