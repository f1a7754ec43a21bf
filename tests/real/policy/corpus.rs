//! Variables of many names and texts, and volumes of many modes: the server and `--who` say
//! the same of each.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::variants::object;
use super::{Scene, install, said, who};

/// Names of variables, each tried with a text that may be anything, and with one that a
/// program drew.
const NAMES: &[&str] = &[
    " ",
    "ACCESS_KEY",
    "ACCESS_KEY_ROTATION_DAYS_MAX",
    "ACCESS_TOKEN",
    "ADMIN_PASS",
    "ALLOW_EMPTY_PASSWORD",
    "APIKey",
    "API_KEY",
    "API_KEY_2",
    "API_KEY_HEADER",
    "API_KEY_NAME",
    "APP_KEY",
    "AUTHOR",
    "AUTHTOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "BOT_TOKEN",
    "CACHE_KEY",
    "CLIENT_SECRET",
    "COMPASS",
    "CONNECTION_STRING",
    "COOKIE_KEY_OLD",
    "COOKIE_SECRET",
    "CREDENTIALS",
    "CREDENTIALS_FILE",
    "CREDENTIAL_PROVIDER",
    "ConnectionStrings__Password",
    "DATABASE_DSN",
    "DATA_ENCRYPTION_KEY",
    "DBPassword",
    "DB_PASSWORD",
    "DB_PASSWORD_1",
    "DB_PASSWORD_FILE",
    "DJANGO_SECRET_KEY",
    "ENABLE_PASSWORD_LOGIN",
    "ENCRYPTION_KEY",
    "EOS_TOKEN",
    "EXISTING_SECRET",
    "GF_SECURITY_ADMIN_PASSWORD",
    "GITHUBToken",
    "GITHUB_TOKEN",
    "IMAGE_PULL_SECRET",
    "JWT_SECRET",
    "JWT_SIGNING_KEY",
    "KEY",
    "KEYBOARD",
    "KEYCLOAK_URL",
    "KEY_ID",
    "KEY_PASSPHRASE",
    "KEY_SESSION",
    "KEY_VAULT_NAME",
    "KEY_VAULT_URL",
    "MASTER_KEY",
    "MASTER_KEY_ID",
    "MAX_TOKEN",
    "MAX_TOKENS",
    "MYSQL_ALLOW_EMPTY_PASSWORD",
    "MYSQL_PWD",
    "NPM_AUTHTOKEN",
    "OAuth2ClientSecret",
    "OLDPWD_DIR",
    "PARTITION_KEY",
    "PASS",
    "PASSENGER",
    "PASSWD",
    "PASSWORD",
    "PASSWORD2",
    "PASSWORD_AUTHENTICATION",
    "PASSWORD_ENCRYPTION",
    "PASSWORD_FIELD",
    "PASSWORD_FILE",
    "PASSWORD_HASH",
    "PASSWORD_HASHING_ALGORITHM",
    "PASSWORD_HISTORY",
    "PASSWORD_LOGIN_ENABLED",
    "PASSWORD_MIN_LENGTH",
    "PASSWORD_OLD",
    "PASSWORD_PATTERN",
    "PASSWORD_POLICY",
    "PASSWORD_REGEX",
    "PASSWORD_RESET_URL",
    "PASSWORD_VALIDATOR",
    "PASS_THROUGH",
    "PATH",
    "POSTGRES_PASSWORD",
    "PRIVATE_KEY",
    "PUBLIC_KEY",
    "PWD",
    "REDIS_PW",
    "REGISTRY_CREDENTIALS",
    "REQUIRE_PASSWORD",
    "SECRET",
    "SECRETS_MANAGER_REGION",
    "SECRET_KEY",
    "SECRET_KEY_BASE",
    "SECRET_MANAGER",
    "SECRET_NAME",
    "SECRET_NAMESPACE",
    "SECRET_PROVIDER",
    "SECRET_REF",
    "SECRET_ROTATION",
    "SECRET_STORE",
    "SECRET_VERSION",
    "SESSION_KEY",
    "SESSION_SECRET",
    "SHOW_PASSWORD",
    "SIGNING_KEY",
    "SIGNING_KEY_FILE",
    "SITE_KEY",
    "SLACK_API_TOKEN_PROD",
    "SORT_KEY",
    "SSH_PRIVATE_KEY_B64",
    "STRIPE_API_KEY",
    "TLS_KEY_PATH",
    "TLS_SECRET",
    "TOKEN",
    "TOKENIZER",
    "TOKENS_PER_MINUTE",
    "TOKEN_AUDIENCE",
    "TOKEN_CONTRACT",
    "TOKEN_ENDPOINT",
    "TOKEN_EXPIRATION",
    "TOKEN_EXPIRY",
    "TOKEN_GITHUB",
    "TOKEN_HEADER",
    "TOKEN_ISSUER",
    "TOKEN_LIFETIME",
    "TOKEN_REFRESH_INTERVAL",
    "TOKEN_SYMBOL",
    "TOKEN_TTL",
    "TOKEN_TYPE",
    "TOKEN_URL",
    "TOKEN_VALIDITY_SECONDS",
    "TOKEN_VALUE",
    "USE_TOKEN",
    "WEBHOOK_SECRET",
    "X1",
    "a b c d",
    "a.b-c_d",
    "apiKey",
    "apikey",
    "clientSecret",
    "connectionString",
    "db password",
    "db-password",
    "db.password",
    "dbPassword",
    "encryptionKey",
    "encryptionkey",
    "githubToken",
    "hmac-key",
    "jwtKey",
    "mysql-root-password",
    "oauth2 token",
    "oauth2Token",
    "password",
    "privateKey",
    "rootpassword",
    "secretManager",
    "secretName",
    "signing-key",
    "smtp-password",
    "spring.datasource.password",
    "tokenExpiry",
    "x1",
    "db@Password",
    "a@B",
    "A@bc",
    "DB2PASSWORD",
    "AB1C_TOKEN",
    "my#Pass",
    "x@@Secret",
    "API.KEY",
    "OBJECTS_SECRET",
    "CREDENTIALS_SECRET",
    "s3_credentials_secret",
    "DB_CREDENTIALS_SECRET",
    "passwordSecret",
    "oauth_token_secret",
    "CONNECTION_PASSWORD",
    "CONNECTION_KEY",
    "CONNECTION_TIMEOUT",
    "connection",
    "CONNECTION",
    "SECRET_CONNECTION_STRING",
    "1PASSWORD",
    "PASSWORD123X",
    "pwd",
    "MY_PWD",
    "PWD_2",
    "TEST",
    "PROD_2",
    "KEY_TEST",
    "API_TEST_KEY",
    "API_KEY_TEST",
    "allow_TOKEN",
    "TOKEN_ALLOW",
    "isToken",
    "No_Password",
    "_",
    "__",
    "123",
    "a",
    "SESSION_KEY_OLD",
    "K8S_SECRET",
    "PULL_SECRET_TEST",
    "EOS_TOKEN_2",
    "LEVEL",
    "STAKATER_DB_SECRET",
    "DB_SECRET_CHECKSUM",
    "CREDENTIAL_HASH",
    "ROOT_PASSWORD_SHA2",
    "X-Y Z:PASSWORD",
    "ABCdefTOKENSecretX",
];

/// Texts, each tried with variables whose names say different things. The bars are left out: no
/// scanner is to take this file for a leak.
const TEXTS: &[&str] = &[
    "hunter2",
    "",
    "true",
    "8080",
    "/run/secret",
    "$(OTHER)",
    "{{ .x }}",
    "<set me>",
    "24h",
    "1h30m",
    "10Mi",
    "https://v.example.org:8200/v1/auth",
    "vault.shop.svc:8200",
    "vault.shop.svc:99999",
    "v.x:+80",
    "never",
    "NEVER",
    "12monkeys",
    "abc:123",
    "https://hooks.example.org/?key=a1b2",
    "amqp://user:pw@mq:5672",
    "nan",
    "-inf",
    "1e5",
    ".5",
    "5.",
    "1.e5",
    "+",
    "e5",
    "ENC[x]",
    "vault:a",
    "op://x",
    "ref+y",
    "  true ",
    "\tsecret\n",
    "<a\nb>",
    "my-jwt-secret",
    "aws-secret",
    "Aws-Secret",
    "3f1c9a7be4d2086b5a9c1e77d0f4b283",
    "kZ8vQm2T7xWcR4nB1sLp9Yd6",
    "q83vEjRWeJASNFZ4kKvN7xI0VniQEjRWeJCrze8SNFY=",
    "0d9f7c4e-1b2a-4c3d-8e5f-6a7b8c9d0e1f",
    "user-session-signing-key",
    "aaaaaaaaaaaaaaaaaaaaaaaa1",
    "projects/shop/locations/global/keyRings/main",
    "abcdefghABCDEFGHij",
    "abcDEFghijkLMNop",
    "customer_id",
    "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
    "sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
    "AAAAAAAAAAAAAAAAAAAAAA==",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "AK¦IAAAAAAAAAAAAAAAAA",
    "x AK¦IABBBBBBBBBBBBBBBB\u{a0}y",
    "xAK¦IABBBBBBBBBBBBBBBB",
    "gh¦p_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "gh¦p_aaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "{\"t\":\"gl¦pat-xxxxxxxxxxxxxxx\"}",
    "xo¦xb-111111111111111",
    "np¦m_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
    "Bearer abcdefg1",
    "bearer abcdefgh",
    "BEARER abc1=~+/.",
    "eyJaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb.c",
    "eyJaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb",
    "postgres://u:pw@db/app",
    "postgres://u:$(PW)@db/app",
    "https://example.org/a:b@c",
    "://u:p@h",
    "a b://u:p@h",
    "x://u@v:p@h?q",
    "x://u:@h",
    "x://:p@h#f",
    "x://u:p@h@i/a",
    "--¦---BEGIN RSA PRIVATE KEY-----\nabc",
    "-----BEGIN CERTIFICATE-----",
    "gr\u{f6}\u{df}e",
    "\u{65e5}\u{672c}",
];

/// Names of variables for those texts.
const NAMES_OF_TEXTS: [&str; 6] = [
    "PASSWORD",
    "LEVEL",
    "MASTER_KEY",
    "s3_credentials_secret",
    "DB_SECRET_CHECKSUM",
    "STAKATER_X_SECRET",
];

fn variables() -> Vec<(String, String)> {
    let own = |(name, text): (&&str, &str)| ((*name).to_owned(), text.to_owned());
    let drawn = "3f1c9a7be4d2086b5a9c1e77d0f4b283";
    let mut all: Vec<_> = NAMES
        .iter()
        .flat_map(|name| [(name, "hunter2"), (name, drawn)].map(own))
        .collect();
    for text in TEXTS {
        let text = text.replace('¦', "");
        all.extend(NAMES_OF_TEXTS.iter().map(|name| own((name, text.as_str()))));
    }
    // Longer than what is judged by its shape.
    let long = "a".repeat(20_000);
    for (name, start) in [
        ("PASSWORD", ""),
        ("LEVEL", "-----BEGIN PRIVATE KEY-----"),
        ("LEVEL", "x://u:p@"),
        ("LEVEL", ""),
        ("MASTER_KEY", "3f1c9a7be4d2086b5a9c1e77d0f4b283"),
    ] {
        all.push((name.to_owned(), format!("{start}{long}")));
        all.push((name.to_owned(), format!("{long}{start}")));
    }
    let long_name = format!("{}_PASSWORD", "A".repeat(300));
    all.push((long_name.clone(), "hunter2".to_owned()));
    all.push((long_name[50..].to_owned(), "hunter2".to_owned()));
    all
}

/// Volumes and mounts, as JSON of a pod.
const PODS: &[&str] = &[
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s", "defaultMode": 0}}]}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s", "defaultMode": 4}}]}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s", "defaultMode": 507}}]}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s", "defaultMode": 256, "items": [{"key": "a", "path": "a"}]}}]}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s", "items": [{"key": "a", "path": "a", "mode": 256}, {"key": "b", "path": "b"}]}}]}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s", "items": []}}]}"#,
    r#"{"volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": "s"}}]}}]}"#,
    r#"{"volumes": [{"name": "v", "projected": {"defaultMode": 256, "sources": [{"secret": {"name": "s"}}, {"configMap": {"name": "c", "items": [{"key": "a", "path": "a", "mode": 292}]}}]}}]}"#,
    r#"{"volumes": [{"name": "v", "projected": {"sources": []}}, {"name": "w", "projected": {}}]}"#,
    r#"{"volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}], "mounts": [{"name": "v", "mountPath": "/v"}]}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s", "defaultMode": 256}}], "mounts": [{"name": "v", "mountPath": "/v", "subPathExpr": "$(X)", "readOnly": true}]}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s", "defaultMode": 256}}], "mounts": [{"name": "v", "mountPath": "/v", "readOnly": false}, {"name": "v", "mountPath": "/w", "readOnly": true, "subPath": ""}]}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s"}}], "mounts": [{"name": "v", "mountPath": "/v"}], "os": {"name": "windows"}}"#,
    r#"{"volumes": [{"name": "v", "secret": {"secretName": "s"}}], "mounts": [{"name": "v", "mountPath": "/v"}], "nodeSelector": {"kubernetes.io/os": "windows"}}"#,
    r#"{"volumes": [{"name": "v", "emptyDir": {}}], "mounts": [{"name": "v", "mountPath": "/v"}]}"#,
];

pub fn equal() {
    let scene = Scene::new("policy-corpus");
    let _policy = install(&scene, "--mode deny");
    let mut objects = Vec::new();
    let mut told = BTreeMap::new();
    let mut add = |pod: Value, what: String| {
        let name = format!("v{}", objects.len());
        let mut object = object("Deployment", &name, &pod);
        object["metadata"]["namespace"] = json!(scene.namespace.name());
        objects.push(object);
        told.insert(name, what);
    };
    for (name, text) in variables() {
        let container = json!({"name": "c", "image": "x", "env": [{"name": name, "value": text}]});
        add(
            json!({"containers": [container]}),
            format!("{name}={text:.80}"),
        );
    }
    // What costs much to look at is not refused for that.
    let address = format!("https://example.org/{}", "a".repeat(4000));
    let many: Vec<_> = (0..60)
        .map(|number| json!({"name": format!("URL_{number}"), "value": address}))
        .collect();
    let container = json!({"name": "c", "image": "x", "env": many});
    add(
        json!({"containers": [container]}),
        "60 long addresses".to_owned(),
    );
    for text in PODS {
        let mut pod: Value = serde_json::from_str(text).unwrap();
        let mut container = json!({"name": "c", "image": "x"});
        if let Some(mounts) = pod.as_object_mut().unwrap().remove("mounts") {
            container["volumeMounts"] = mounts;
        }
        pod["containers"] = json!([container]);
        add(pod, (*text).to_owned());
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.json");
    let mut refused = BTreeMap::new();
    // A minute is enough for so many.
    for (round, some) in objects.chunks(150).enumerate() {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": some});
        fs::write(&file, list.to_string()).unwrap();
        let path = file.display().to_string();
        let output = scene
            .namespace
            .kubectl(["create", "--dry-run=server", "-f", &path]);
        let said = said(&output);
        let lines = said
            .lines()
            .filter(|line| line.contains("denied request: "));
        for line in lines {
            let name = line
                .split("deployments.apps \"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            let (_, message) = line.split_once("denied request: ").unwrap();
            let rules = message
                .split(". ")
                .filter_map(|part| Some(part.split_once(": ")?.0.to_owned()));
            refused.insert(name.to_owned(), rules.collect::<Vec<_>>());
        }
        let created = said
            .lines()
            .filter(|line| line.ends_with("created (server dry run)"))
            .count();
        let denied = refused.len();
        assert!(created > 0 && denied > 0, "round {round}: {said}");
        let others: Vec<_> = said
            .lines()
            .filter(|line| line.starts_with("Error") && !line.contains("denied request: "))
            .collect();
        assert!(others.is_empty(), "{others:#?}");
    }
    let all = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    fs::write(&file, all.to_string()).unwrap();
    let listed = who(&scene, &file.display().to_string());
    let differ: Vec<_> = told
        .iter()
        .filter(|(name, _)| refused.get(*name) != listed.get(*name))
        .map(|(name, what)| (what, refused.get(name), listed.get(name)))
        .collect();
    assert!(differ.is_empty(), "server, --who: {differ:#?}");
    assert!(listed.len() > 100 && told.len() - listed.len() > 100);
}
