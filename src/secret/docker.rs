//! Registry credentials in the form of `~/.docker/config.json`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::SecretValue;
use super::wire::append_base64;

/// The registry that kubectl and docker assume when none is named.
pub const DEFAULT_SERVER: &str = "https://index.docker.io/v1/";

/// Why registry credentials cannot be used. Never holds content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DockerProblem {
    /// JSON text cannot hold it.
    #[error("the password is not valid UTF-8, which a docker configuration cannot hold")]
    NotText,
    /// docker joins user name and password with a colon.
    #[error("the user name holds ':', which separates it from the password")]
    Colon,
    /// The password is empty.
    #[error("the password is empty")]
    EmptyPassword,
    /// The server's name is empty.
    #[error("the server is empty")]
    EmptyServer,
    /// Not JSON, or not an object.
    #[error("it is not a JSON object (line {line}, column {column})")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A name stands twice in an object.
    #[error("a name stands twice in one object (line {line}, column {column})")]
    Duplicate {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// There is no `auths`.
    #[error("it has no \"auths\"")]
    NoAuths,
    /// The credentials are elsewhere.
    #[error("it holds no credentials: docker keeps them in a credential helper of this machine")]
    KeptElsewhere,
    /// There is no entry for a host.
    #[error("it names no registry")]
    NoRegistry,
    /// An entry without credentials.
    #[error("the entry for {host} has no credentials")]
    NoCredentials { host: String },
    /// An entry whose `auth` cannot be taken apart.
    #[error("auth of the entry for {host} is not base64 of user:password")]
    AuthNotAPair { host: String },
}

impl DockerProblem {
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Colon | Self::EmptyPassword => None,
            Self::NotText => Some("Use the text of the password or token."),
            Self::NotJson { .. } | Self::Duplicate { .. } | Self::NoAuths => Some(
                "The file is docker's config.json: {\"auths\": {\"SERVER\": {\"auth\": \"…\"}}}.",
            ),
            Self::EmptyServer => {
                Some("Leave out --docker-server for Docker Hub, or give the host of the registry.")
            }
            Self::KeptElsewhere
            | Self::NoRegistry
            | Self::NoCredentials { .. }
            | Self::AuthNotAPair { .. } => Some(
                "Leave out the file and give --docker-username NAME; the password is asked for.",
            ),
        }
    }
}

/// Which of the two file formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigKind {
    /// `config.json`, with `auths`.
    Json,
    /// `.dockercfg`, the same entries without `auths` around them.
    Legacy,
}

/// The configuration for one registry, byte for byte as `kubectl create secret
/// docker-registry` writes it: fields in this order, empty ones left out, and
/// Go's escapes.
///
/// # Errors
/// [`DockerProblem`] for a user name or password that would not come back out.
pub fn compose(
    server: &str,
    username: &str,
    password: &SecretValue,
    email: Option<&str>,
) -> Result<SecretValue, DockerProblem> {
    if server.is_empty() {
        return Err(DockerProblem::EmptyServer);
    }
    if username.contains(':') {
        return Err(DockerProblem::Colon);
    }
    let text = std::str::from_utf8(password.expose()).map_err(|_| DockerProblem::NotText)?;
    if text.is_empty() {
        return Err(DockerProblem::EmptyPassword);
    }
    // Worst case: each byte of the password becomes a six-byte escape, and
    // once more a third longer in base64.
    let fixed = (server.len() + username.len() + email.map_or(0, str::len)) * 8 + 256;
    let mut config = Zeroizing::new(Vec::with_capacity(text.len() * 8 + fixed));
    let mut pair = Zeroizing::new(Vec::with_capacity(username.len() + 1 + text.len()));
    pair.extend_from_slice(username.as_bytes());
    pair.push(b':');
    pair.extend_from_slice(text.as_bytes());

    config.extend_from_slice(br#"{"auths":{"#);
    append_go_string(&mut config, server);
    config.extend_from_slice(b":{");
    if !username.is_empty() {
        config.extend_from_slice(br#""username":"#);
        append_go_string(&mut config, username);
        config.push(b',');
    }
    config.extend_from_slice(br#""password":"#);
    append_go_string(&mut config, text);
    if let Some(email) = email.filter(|email| !email.is_empty()) {
        config.extend_from_slice(br#","email":"#);
        append_go_string(&mut config, email);
    }
    config.extend_from_slice(br#","auth":""#);
    append_base64(&mut config, &pair);
    config.extend_from_slice(br#""}}}"#);
    Ok(SecretValue::from_bytes(std::mem::take(&mut *config)))
}

/// Appends `text` as Go's encoding/json writes it: HTML characters and the two
/// line separators of Unicode are escaped too.
fn append_go_string(buffer: &mut Vec<u8>, text: &str) {
    buffer.push(b'"');
    for character in text.chars() {
        match character {
            '"' => buffer.extend_from_slice(b"\\\""),
            '\\' => buffer.extend_from_slice(b"\\\\"),
            '\n' => buffer.extend_from_slice(b"\\n"),
            '\r' => buffer.extend_from_slice(b"\\r"),
            '\t' => buffer.extend_from_slice(b"\\t"),
            '\u{8}' => buffer.extend_from_slice(b"\\b"),
            '\u{c}' => buffer.extend_from_slice(b"\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                buffer.extend_from_slice(format!("\\u{:04x}", u32::from(character)).as_bytes());
            }
            other => buffer.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    buffer.push(b'"');
}

/// The password without the line end that piping it adds, as `docker login
/// --password-stdin` reads it.
pub fn without_line_end(password: SecretValue) -> SecretValue {
    super::inspection::trim_newline(password)
}

/// Checks an existing configuration: JSON, each name once, with credentials.
///
/// # Errors
/// [`DockerProblem`] with the position, never the content.
pub fn check_config(config: &SecretValue, kind: ConfigKind) -> Result<(), DockerProblem> {
    let shape: Shape = serde_json::from_slice(config.expose()).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // The parser's own words quote what they stumble over; ours do not.
        if error.to_string().starts_with(TWICE) {
            DockerProblem::Duplicate { line, column }
        } else {
            DockerProblem::NotJson { line, column }
        }
    })?;
    let Shape::Object(fields) = shape else {
        return Err(DockerProblem::NotJson { line: 1, column: 1 });
    };
    if kind == ConfigKind::Legacy {
        return Ok(());
    }
    let Some(Shape::Object(servers)) = fields.get("auths") else {
        return Err(DockerProblem::NoAuths);
    };
    let has_credentials = servers
        .values()
        .any(|entry| matches!(entry, Shape::Object(fields) if !fields.is_empty()));
    let has_helper = fields.contains_key("credsStore") || fields.contains_key("credHelpers");
    if has_helper && !has_credentials {
        return Err(DockerProblem::KeptElsewhere);
    }
    Ok(())
}

/// What one entry of a configuration lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryProblem {
    /// Neither `auth`, nor user name and password, nor a token.
    NoCredentials,
    /// `auth` is not base64 of `user:password`.
    AuthNotAPair,
}

/// A configuration without its credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registries {
    /// The hosts that have an entry.
    pub hosts: Vec<String>,
    /// What is wrong with entries, by host.
    pub problems: Vec<(String, EntryProblem)>,
}

impl Registries {
    /// Why kubelet would pull without credentials of some entry.
    pub fn troubles(&self) -> Vec<DockerProblem> {
        if self.hosts.is_empty() {
            return vec![DockerProblem::NoRegistry];
        }
        self.problems
            .iter()
            .map(|(host, problem)| {
                let host = host.clone();
                match problem {
                    EntryProblem::NoCredentials => DockerProblem::NoCredentials { host },
                    EntryProblem::AuthNotAPair => DockerProblem::AuthNotAPair { host },
                }
            })
            .collect()
    }
}

/// Checks that every entry of a configuration can be used: what `doctor` calls
/// an error, `create` refuses.
///
/// # Errors
/// The first [`DockerProblem`].
pub fn check_usable(config: &SecretValue, kind: ConfigKind) -> Result<(), DockerProblem> {
    match registries(config, kind)?.troubles().into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// The registries of a configuration, and whether their entries can be used.
///
/// # Errors
/// As for [`check_config`].
pub fn registries(config: &SecretValue, kind: ConfigKind) -> Result<Registries, DockerProblem> {
    check_config(config, kind)?;
    let not_json = |error: serde_json::Error| DockerProblem::NotJson {
        line: error.line(),
        column: error.column(),
    };
    let bytes = config.expose();
    let entries: BTreeMap<String, Entry> = match kind {
        ConfigKind::Json => {
            serde_json::from_slice::<Config>(bytes)
                .map_err(not_json)?
                .auths
        }
        ConfigKind::Legacy => serde_json::from_slice(bytes).map_err(not_json)?,
    };
    let mut found = Registries::default();
    for (server, entry) in entries {
        let Some(host) = host(&server) else {
            continue;
        };
        if let Some(problem) = entry.problem() {
            found.problems.push((host.clone(), problem));
        }
        found.hosts.push(host);
    }
    Ok(found)
}

/// The host (and port) of a server's name; the rest may hold anything.
fn host(server: &str) -> Option<String> {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '*');
    (!host.is_empty() && host.chars().all(plain)).then(|| host.to_owned())
}

#[derive(Deserialize)]
struct Config {
    auths: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    auth: Option<Text>,
    #[serde(default)]
    username: Option<Text>,
    #[serde(default)]
    password: Option<Text>,
    #[serde(default, rename = "identitytoken")]
    identity_token: Option<Text>,
    #[serde(default, rename = "registrytoken")]
    registry_token: Option<Text>,
}

impl Entry {
    /// kubernetes/kubernetes `pkg/credentialprovider/config.go`: `auth` wins
    /// over user name and password.
    fn problem(&self) -> Option<EntryProblem> {
        let has = |text: &Option<Text>| text.as_ref().is_some_and(|text| !text.0.is_empty());
        if let Some(auth) = self.auth.as_ref().filter(|auth| !auth.0.is_empty()) {
            let pair = super::encoded::decode_unpadded(&auth.0);
            let is_pair = pair.is_some_and(|pair| pair.expose().contains(&b':'));
            return (!is_pair).then_some(EntryProblem::AuthNotAPair);
        }
        let usable = (has(&self.username) && has(&self.password))
            || has(&self.identity_token)
            || has(&self.registry_token);
        (!usable).then_some(EntryProblem::NoCredentials)
    }
}

/// A JSON text that is wiped; anything else counts as empty.
struct Text(SecretValue);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        Ok(Self(SecretValue::from_bytes(text.as_bytes().to_vec())))
    }
}

const TWICE: &str = "a name stands twice";

/// A JSON document without its values: which names stand in which object.
enum Shape {
    Object(BTreeMap<String, Shape>),
    Other,
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if fields.contains_key(&name) {
                return Err(de::Error::custom(TWICE));
            }
            fields.insert(name, map.next_value()?);
        }
        Ok(Shape::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        while items.next_element::<Shape>()?.is_some() {}
        Ok(Shape::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> SecretValue {
        SecretValue::from_bytes(text.as_bytes().to_vec())
    }

    /// What `kubectl create secret docker-registry` v1.37.2 writes.
    #[test]
    fn composes_what_kubectl_composes() {
        for (server, username, password, email, expected) in [
            (
                DEFAULT_SERVER,
                "u",
                "p",
                None,
                r#"{"auths":{"https://index.docker.io/v1/":{"username":"u","password":"p","auth":"dTpw"}}}"#,
            ),
            (
                "r.example",
                "u",
                "p",
                Some("a@b"),
                r#"{"auths":{"r.example":{"username":"u","password":"p","email":"a@b","auth":"dTpw"}}}"#,
            ),
            (
                "r",
                "u",
                "<&>\"\\",
                None,
                r#"{"auths":{"r":{"username":"u","password":"\u003c\u0026\u003e\"\\","auth":"dTo8Jj4iXA=="}}}"#,
            ),
            (
                "r",
                "u",
                "a\tb\u{1}",
                None,
                r#"{"auths":{"r":{"username":"u","password":"a\tb\u0001","auth":"dTphCWIB"}}}"#,
            ),
            (
                "r",
                "ü",
                "ß✓\u{2028}",
                None,
                "{\"auths\":{\"r\":{\"username\":\"ü\",\"password\":\"ß✓\\u2028\",\"auth\":\"w7w6w5/inJPigKg=\"}}}",
            ),
        ] {
            let config = compose(server, username, &value(password), email)
                .unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(std::str::from_utf8(config.expose()).unwrap(), expected);
            assert!(check_config(&config, ConfigKind::Json).is_ok());
        }
    }

    #[test]
    fn refuses_what_would_not_come_back_out() {
        let invalid = SecretValue::from_bytes(vec![0xff]);
        for (username, password, problem) in [
            ("a:b", &value("p"), DockerProblem::Colon),
            ("u", &value(""), DockerProblem::EmptyPassword),
            ("u", &invalid, DockerProblem::NotText),
        ] {
            assert_eq!(compose("r", username, password, None).err(), Some(problem));
        }
    }

    #[test]
    fn checks_an_existing_configuration() {
        for (config, problem) in [
            (r#"{"auths":{"r":{"auth":"x"}}}"#, None),
            (r#"{"auths":{}}"#, None),
            (
                r#"{"auths":{"r":{"auth":"x"}},"credsStore":"desktop"}"#,
                None,
            ),
            (
                r#"{"auths":{"r":{}},"credsStore":"desktop"}"#,
                Some(DockerProblem::KeptElsewhere),
            ),
            (
                r#"{"auths":{},"credHelpers":{"r":"x"}}"#,
                Some(DockerProblem::KeptElsewhere),
            ),
            (r#"{"auth":{}}"#, Some(DockerProblem::NoAuths)),
            (r#"{"auths":[]}"#, Some(DockerProblem::NoAuths)),
            ("[]", Some(DockerProblem::NotJson { line: 1, column: 1 })),
            (
                r#"{"auths":"#,
                Some(DockerProblem::NotJson { line: 1, column: 9 }),
            ),
        ] {
            assert_eq!(
                check_config(&value(config), ConfigKind::Json).err(),
                problem,
                "{config}"
            );
        }
        let twice = r#"{"auths":{"r":{"auth":"CANARY","auth":"CANARY"}}}"#;
        let error = check_config(&value(twice), ConfigKind::Json).unwrap_err();
        assert!(
            matches!(error, DockerProblem::Duplicate { line: 1, .. }),
            "{error}"
        );
        assert!(check_config(&value("{}"), ConfigKind::Legacy).is_ok());
    }

    #[test]
    fn entries_need_credentials_and_only_hosts_are_kept() {
        use EntryProblem::{AuthNotAPair, NoCredentials};
        for (entry, problem) in [
            (r#"{"auth":"dTpw"}"#, None),
            (r#"{"auth":"dTpwcA"}"#, None),
            (r#"{"username":"u","password":"p"}"#, None),
            (r#"{"identitytoken":"t"}"#, None),
            (r#"{"auth":"","identitytoken":"t"}"#, None),
            (r#"{"auth":"u:p"}"#, Some(AuthNotAPair)),
            (r#"{"auth":"dXA="}"#, Some(AuthNotAPair)),
            (r#"{"username":"u"}"#, Some(NoCredentials)),
            ("{}", Some(NoCredentials)),
        ] {
            let json = format!(r#"{{"auths":{{"https://u:pw@r.example:5000/v1/":{entry}}}}}"#);
            let found = registries(&value(&json), ConfigKind::Json).unwrap();
            assert_eq!(found.hosts, ["r.example:5000"]);
            let problems: Vec<_> = found.problems.into_iter().map(|(_, found)| found).collect();
            assert_eq!(problems, Vec::from_iter(problem), "{entry}");
        }
        let legacy = registries(&value(r#"{"r":{"auth":"dTpw"}}"#), ConfigKind::Legacy);
        assert_eq!(legacy.unwrap().hosts, ["r"]);
        let wrong = registries(&value(r#"{"auths":{"r":{"auth":7}}}"#), ConfigKind::Json);
        assert!(matches!(wrong, Err(DockerProblem::NotJson { .. })));
    }
}
