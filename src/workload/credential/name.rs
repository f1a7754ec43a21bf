//! Names of credentials, told from names of things about credentials.
//!
//! A name is a compound, and the last word says what it is: a `TOKEN_EXPIRY` is
//! an expiry. What follows a credential and only says which one it is (a
//! number, an encoding, a stage) is left out.
//!
//! The lists are also written into the expressions of `policy`.

/// Words anywhere in a name that make it a switch.
pub(crate) const SWITCHING: &[&str] = &["allow", "enable", "enabled", "disable"];
/// Words that mean a credential.
pub(crate) const CREDENTIALS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "pw",
    "secret",
    "token",
    "credential",
    "credentials",
    "dsn",
    "apikey",
    "authkey",
    "authtoken",
    "accesstoken",
    "privatekey",
    "accesskey",
    "secretkey",
    "encryptionkey",
    "signingkey",
    "connstr",
    "connectionstring",
];
/// Endings of words without separators.
pub(crate) const GLUED: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "privatekey",
    "accesskey",
    "secretkey",
    "encryptionkey",
    "signingkey",
    "authtoken",
    "accesstoken",
    "connectionstring",
    "connstr",
];
/// Keys that are credentials whatever they look like.
pub(crate) const KEYS: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "signing",
];
/// Keys that may be credentials: those that look as if a program drew them.
pub(crate) const PERHAPS_KEYS: &[&str] = &[
    "account",
    "aes",
    "app",
    "application",
    "auth",
    "batch",
    "cipher",
    "cli",
    "cookie",
    "crypto",
    "data",
    "decryption",
    "deploy",
    "encrypt",
    "hash",
    "hmac",
    "jwt",
    "kek",
    "license",
    "master",
    "pepper",
    "salt",
    "service",
    "session",
    "shared",
    "sign",
    "signature",
    "storage",
    "webhook",
];
/// Last words that only say which credential it is, or how it is written.
pub(crate) const QUALIFIERS: &[&str] = &[
    "b64",
    "base64",
    "content",
    "hex",
    "plain",
    "plaintext",
    "raw",
    "text",
    "value",
    "string",
    "encoded",
    "encrypted",
    "old",
    "new",
    "current",
    "previous",
    "primary",
    "secondary",
    "default",
    "prod",
    "production",
    "dev",
    "development",
    "stage",
    "staging",
    "test",
    "testing",
    "live",
    "base",
];
/// Last words that mean something about a credential, not the credential.
pub(crate) const ABOUT: &[&str] = &[
    "address",
    "age",
    "alg",
    "algorithm",
    "alias",
    "annotation",
    "arn",
    "attempts",
    "attribute",
    "audience",
    "auth",
    "authentication",
    "backend",
    "bits",
    "bucket",
    "budget",
    "cache",
    "case",
    "chars",
    "charset",
    "check",
    "claim",
    "claims",
    "class",
    "client",
    "cluster",
    "column",
    "complexity",
    "config",
    "configmap",
    "configuration",
    "contract",
    "cost",
    "count",
    "decimals",
    "delay",
    "description",
    "digits",
    "dir",
    "directory",
    "disabled",
    "driver",
    "duration",
    "email",
    "enable",
    "enabled",
    "encoding",
    "encryption",
    "endpoint",
    "engine",
    "env",
    "exp",
    "expiration",
    "expired",
    "expires",
    "expiry",
    "factory",
    "field",
    "file",
    "filename",
    "files",
    "flow",
    "folder",
    "form",
    "format",
    "generator",
    "grace",
    "grant",
    "group",
    "handler",
    "hashing",
    "header",
    "headers",
    "helper",
    "hint",
    "history",
    "host",
    "hours",
    "id",
    "identifier",
    "index",
    "interval",
    "introspection",
    "issuer",
    "iterations",
    "key_id",
    "kind",
    "label",
    "length",
    "lifetime",
    "limit",
    "limits",
    "loader",
    "location",
    "login",
    "manager",
    "max",
    "message",
    "method",
    "min",
    "minutes",
    "mode",
    "mount",
    "mountpath",
    "name",
    "names",
    "namespace",
    "owner",
    "page",
    "param",
    "parameter",
    "path",
    "paths",
    "pattern",
    "period",
    "placeholder",
    "policies",
    "policy",
    "port",
    "prefix",
    "project",
    "prompt",
    "property",
    "provider",
    "providers",
    "quota",
    "rate",
    "reader",
    "recovery",
    "ref",
    "refresh",
    "refs",
    "regex",
    "regexp",
    "region",
    "reminder",
    "renewal",
    "required",
    "requirement",
    "requirements",
    "reset",
    "resource",
    "retries",
    "role",
    "rotation",
    "rounds",
    "rule",
    "rules",
    "scheme",
    "scope",
    "scopes",
    "seconds",
    "separator",
    "server",
    "service",
    "size",
    "source",
    "state",
    "status",
    "store",
    "strategy",
    "strength",
    "subject",
    "suffix",
    "symbol",
    "symbols",
    "sync",
    "table",
    "tag",
    "template",
    "threshold",
    "through",
    "timeout",
    "title",
    "ttl",
    "type",
    "types",
    "unit",
    "uri",
    "uris",
    "url",
    "urls",
    "user",
    "username",
    "validation",
    "validator",
    "validity",
    "var",
    "variable",
    "verification",
    "verify",
    "version",
    "volume",
    "window",
];
/// First words of switches and amounts.
pub(crate) const SWITCHES: &[&str] = &[
    "allow", "disable", "enable", "enforce", "has", "hide", "ignore", "is", "max", "min", "no",
    "num", "require", "show", "skip", "use", "with", "without",
];
/// What stands before `secret` where it is an object of Kubernetes.
pub(crate) const OBJECTS: &[&str] = &["existing", "image", "k8s", "kubernetes", "pull", "tls"];
/// What a Secret holds, before `secret`.
pub(crate) const HELD: &[&str] = &["credential", "credentials", "creds", "login", "password"];
/// What stands before `token` where it is a part of a text, or money.
pub(crate) const TOKENS: &[&str] = &["bos", "eos", "mask", "pad", "stop", "unk"];

/// Whether a variable or a key of this name probably holds a credential.
pub fn is_credential_name(name: &str) -> bool {
    let words = words(name);
    let Some(head) = head(&words) else {
        return false;
    };
    let before = head
        .checked_sub(1)
        .map_or("", |before| words[before].as_str());
    match words[head].as_str() {
        "key" => KEYS.contains(&before) || ends_glued(before),
        "string" => before == "connection",
        "secret" if OBJECTS.contains(&before) => false,
        "token" if TOKENS.contains(&before) => false,
        // The folder a shell is in, and the one it was in.
        "pwd" if head == 0 => words.len() > 1 || name != "PWD",
        word => is_credential(word) || words[..head].iter().any(|word| is_credential(word)),
    }
}

/// Whether a name is that of a Secret with credentials in it:
/// `aws_credentials_secret`.
pub fn is_secret_of_credentials(name: &str) -> bool {
    let words = words(name);
    let [.., held, secret] = &words[..] else {
        return false;
    };
    secret == "secret" && HELD.contains(&held.as_str())
}

/// Whether a key of this name may be a credential: its value has to tell.
pub fn is_key_name(name: &str) -> bool {
    let words = words(name);
    let Some(head) = head(&words) else {
        return false;
    };
    let before = head
        .checked_sub(1)
        .map_or("", |before| words[before].as_str());
    words[head] == "key" && PERHAPS_KEYS.contains(&before)
}

fn is_credential(word: &str) -> bool {
    CREDENTIALS.contains(&word) || ends_glued(word)
}

fn ends_glued(word: &str) -> bool {
    GLUED.iter().any(|end| word.ends_with(end))
}

/// The place of the word that says what it is; `None` where it is no thing that
/// could be secret.
fn head(words: &[String]) -> Option<usize> {
    let is_switch = words.len() > 1 && words.iter().any(|word| SWITCHING.contains(&word.as_str()));
    if is_switch
        || words
            .first()
            .is_some_and(|first| words.len() > 1 && SWITCHES.contains(&first.as_str()))
    {
        return None;
    }
    let is_left_out = |word: &String| {
        QUALIFIERS.contains(&word.as_str()) || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let string = words.len() > 1 && words[words.len() - 2] == "connection";
    let head = if string {
        words.len().checked_sub(1)?
    } else {
        words.iter().rposition(|word| !is_left_out(word))?
    };
    (!ABOUT.contains(&words[head].as_str())).then_some(head)
}

/// The words of a name, in small letters: at `_`, `-`, `.`, `/` and blanks, and
/// where capitals begin one (`dbPassword`, `DBPassword`).
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, letter) in letters.iter().enumerate() {
        if "_-./: ".contains(*letter) {
            words.push(String::new());
            continue;
        }
        let before = index.checked_sub(1).map(|before| letters[before]);
        let next = letters.get(index + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && next.is_some_and(char::is_ascii_lowercase))
            });
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    // PASSWORD2 is the second password.
    for word in &mut words {
        let stem = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
        if CREDENTIALS.contains(&stem) {
            word.truncate(stem.len());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials() {
        for name in [
            "PASSWORD",
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "DBPassword",
            "db-password",
            "db.password",
            "PASSWORD2",
            "DB_PASSWORD_1",
            "POSTGRES_PASSWORD",
            "rootpassword",
            "mysql-root-password",
            "smtp-password",
            "ADMIN_PASS",
            "PASS",
            "REDIS_PW",
            "MYSQL_PWD",
            "PASSWD",
            "KEY_PASSPHRASE",
            "SECRET",
            "JWT_SECRET",
            "CLIENT_SECRET",
            "clientSecret",
            "SECRET_KEY_BASE",
            "SECRET_KEY",
            "DJANGO_SECRET_KEY",
            "SESSION_SECRET",
            "COOKIE_SECRET",
            "WEBHOOK_SECRET",
            "TOKEN",
            "GITHUB_TOKEN",
            "githubToken",
            "GITHUBToken",
            "ACCESS_TOKEN",
            "BOT_TOKEN",
            "TOKEN_GITHUB",
            "SLACK_API_TOKEN_PROD",
            "API_KEY",
            "apikey",
            "apiKey",
            "APIKey",
            "API_KEY_2",
            "STRIPE_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SECRET_KEY",
            "ACCESS_KEY",
            "PRIVATE_KEY",
            "privateKey",
            "SSH_PRIVATE_KEY_B64",
            "ENCRYPTION_KEY",
            "encryptionkey",
            "encryptionKey",
            "SIGNING_KEY",
            "signing-key",
            "JWT_SIGNING_KEY",
            "DATA_ENCRYPTION_KEY",
            "AUTHTOKEN",
            "NPM_AUTHTOKEN",
            "DATABASE_DSN",
            "CONNECTION_STRING",
            "connectionString",
            "ConnectionStrings__Password",
            "CREDENTIALS",
            "REGISTRY_CREDENTIALS",
            "PASSWORD_HASH",
            "PASSWORD_OLD",
            "TOKEN_VALUE",
            "spring.datasource.password",
            "GF_SECURITY_ADMIN_PASSWORD",
            "OAuth2ClientSecret",
        ] {
            assert!(is_credential_name(name), "{name}");
        }
    }

    #[test]
    fn names_about_credentials_and_others() {
        for name in [
            "SECRET_MANAGER",
            "secretManager",
            "SECRETS_MANAGER_REGION",
            "PASSWORD_PATTERN",
            "PASSWORD_REGEX",
            "PASSWORD_POLICY",
            "PASSWORD_MIN_LENGTH",
            "PASSWORD_HISTORY",
            "PASSWORD_RESET_URL",
            "PASSWORD_VALIDATOR",
            "PASSWORD_FIELD",
            "PASSWORD_FILE",
            "DB_PASSWORD_FILE",
            "TLS_KEY_PATH",
            "PASSWORD_ENCRYPTION",
            "PASSWORD_HASHING_ALGORITHM",
            "PASSWORD_AUTHENTICATION",
            "TOKEN_EXPIRY",
            "tokenExpiry",
            "TOKEN_EXPIRATION",
            "TOKEN_TTL",
            "TOKEN_LIFETIME",
            "TOKEN_URL",
            "TOKEN_ENDPOINT",
            "TOKEN_ISSUER",
            "TOKEN_AUDIENCE",
            "TOKEN_TYPE",
            "TOKEN_HEADER",
            "TOKEN_REFRESH_INTERVAL",
            "TOKEN_VALIDITY_SECONDS",
            "TOKEN_SYMBOL",
            "TOKEN_CONTRACT",
            "TOKENIZER",
            "TOKENS_PER_MINUTE",
            "MAX_TOKENS",
            "MAX_TOKEN",
            "EOS_TOKEN",
            "SECRET_NAME",
            "secretName",
            "SECRET_NAMESPACE",
            "SECRET_STORE",
            "SECRET_PROVIDER",
            "SECRET_REF",
            "SECRET_ROTATION",
            "SECRET_VERSION",
            "TLS_SECRET",
            "IMAGE_PULL_SECRET",
            "EXISTING_SECRET",
            "KEY_VAULT_URL",
            "KEY_VAULT_NAME",
            "KEY",
            "KEY_ID",
            "AWS_ACCESS_KEY_ID",
            "API_KEY_HEADER",
            "API_KEY_NAME",
            "PUBLIC_KEY",
            "PARTITION_KEY",
            "SORT_KEY",
            "CACHE_KEY",
            "KEYBOARD",
            "KEYCLOAK_URL",
            "COMPASS",
            "PASSENGER",
            "PASS_THROUGH",
            "PATH",
            "PWD",
            "OLDPWD_DIR",
            "AUTHOR",
            "CREDENTIALS_FILE",
            "CREDENTIAL_PROVIDER",
            "ENABLE_PASSWORD_LOGIN",
            "USE_TOKEN",
            "ALLOW_EMPTY_PASSWORD",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "PASSWORD_LOGIN_ENABLED",
            "REQUIRE_PASSWORD",
            "SHOW_PASSWORD",
            "ACCESS_KEY_ROTATION_DAYS_MAX",
            "SIGNING_KEY_FILE",
        ] {
            assert!(!is_credential_name(name), "{name}");
        }
    }

    #[test]
    fn some_keys_are_told_by_their_value() {
        for name in [
            "MASTER_KEY",
            "SESSION_KEY",
            "jwtKey",
            "APP_KEY",
            "hmac-key",
            "COOKIE_KEY_OLD",
        ] {
            assert!(is_key_name(name) && !is_credential_name(name), "{name}");
        }
        for name in [
            "PUBLIC_KEY",
            "KEY",
            "SITE_KEY",
            "PARTITION_KEY",
            "MASTER_KEY_ID",
            "KEY_SESSION",
        ] {
            assert!(!is_key_name(name), "{name}");
        }
    }

    #[test]
    fn words_begin_at_marks_and_capitals() {
        for (name, expected) in [
            ("DB_PASSWORD", "db password"),
            ("dbPassword", "db password"),
            ("DBPassword", "db password"),
            ("oauth2Token", "oauth2 token"),
            ("a.b-c_d", "a b c d"),
            ("PASSWORD2", "password"),
            ("X1", "x1"),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }
}
