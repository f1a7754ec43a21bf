//! Logins of container registries: those that docker or its credential helpers
//! keep, and the tokens that they are exchanged for. They leave here as header
//! values that no log shows, or as the body of a request.

use std::collections::BTreeMap;

use http::HeaderValue;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::SecretValue;
use super::wire::append_base64;

/// The longest token that is sent, in bytes.
const LONGEST_TOKEN: usize = 32 * 1024;

/// A docker configuration (`config.json`).
#[derive(Default)]
pub struct Logins {
    logins: Vec<Login>,
    /// The credential helper for all registries (`credsStore`).
    pub store: Option<String>,
    /// Those for single registries (`credHelpers`), by the registry.
    pub helpers: BTreeMap<String, String>,
}

/// A registry and how to log in there.
pub struct Login {
    /// The registry, as it was named.
    server: String,
    kind: Kind,
}

enum Kind {
    /// User name, colon, password.
    Pair(SecretValue),
    /// Something that a token server exchanges for a token, in place of a
    /// password (docker/cli `cli/config/types/authconfig.go`).
    IdentityToken(SecretValue),
    /// A token that the registry takes as it is.
    RegistryToken(SecretValue),
}

/// How a login is shown to a registry or its token server.
pub enum Shown {
    /// As the header `Authorization` of any request.
    Basic(HeaderValue),
    /// As the form that is sent to the token server.
    Form(SecretValue),
    /// As the header `Authorization` of a request to the registry, without a
    /// token server.
    Token(HeaderValue),
}

/// What a token is wanted for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// `service` of the challenge.
    pub service: Option<&'a str>,
    /// `scope`.
    pub scope: &'a str,
}

/// Why a login cannot be used: a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginProblem {
    /// The configuration is no JSON of docker's form.
    #[error("the docker configuration cannot be read")]
    Unreadable,
    /// It cannot be put into a header or a form.
    #[error("the login in the docker configuration cannot be used")]
    Unusable,
    /// A helper's name is none, or there is no such program.
    #[error("docker's credential helper for it is not installed")]
    NoHelper,
    /// It failed, or its answer is none.
    #[error("docker's credential helper for it has failed")]
    HelperFailed,
    /// It did not end in time.
    #[error("docker's credential helper for it did not answer in time")]
    HelperSlow,
}

/// How a credential helper ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelperEnd {
    Well,
    Badly,
}

/// Text that is wiped.
struct Text(Zeroizing<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl Text {
    fn value(&self) -> SecretValue {
        SecretValue::from_bytes(self.0.as_bytes().to_vec())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
    #[serde(default, rename = "credsStore")]
    creds_store: Option<String>,
    #[serde(default, rename = "credHelpers")]
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Entry {
    auth: Option<Text>,
    username: Option<String>,
    password: Option<Text>,
    identitytoken: Option<Text>,
    registrytoken: Option<Text>,
}

impl Logins {
    /// Reads a docker configuration.
    ///
    /// # Errors
    /// [`LoginProblem::Unreadable`].
    pub fn read(config: &SecretValue) -> Result<Self, LoginProblem> {
        let file: File =
            serde_json::from_slice(config.expose()).map_err(|_| LoginProblem::Unreadable)?;
        let logins = file.auths.into_iter().filter_map(|(server, entry)| {
            Some(Login {
                server,
                kind: entry.kind()?,
            })
        });
        Ok(Self {
            logins: logins.collect(),
            store: file.creds_store.filter(|name| !name.is_empty()),
            helpers: file.cred_helpers,
        })
    }

    /// The login whose server fits; of several the one that says most.
    pub fn find(&self, fits: impl Fn(&str) -> bool) -> Option<&Login> {
        self.logins
            .iter()
            .filter(|login| fits(&login.server))
            .max_by_key(|login| login.server.len())
    }
}

impl Entry {
    /// `None` for an entry without a login: a helper has it.
    fn kind(self) -> Option<Kind> {
        let given = |text: Option<Text>| text.filter(|text| !text.is_empty());
        if let Some(token) = given(self.identitytoken) {
            return Some(Kind::IdentityToken(token.value()));
        }
        if let Some(token) = given(self.registrytoken) {
            return Some(Kind::RegistryToken(token.value()));
        }
        if let Some(auth) = given(self.auth) {
            let pair = super::encoded::decode(&auth.value());
            // What is no base64 is no login either, but it was meant as one.
            return Some(Kind::Pair(pair.unwrap_or_else(|_| auth.value())));
        }
        Some(Kind::Pair(pair(&self.username?, &self.password?)))
    }
}

fn pair(user: &str, password: &Text) -> SecretValue {
    let mut pair = Vec::with_capacity(user.len() + 1 + password.0.len());
    pair.extend_from_slice(user.as_bytes());
    pair.push(b':');
    pair.extend_from_slice(password.0.as_bytes());
    SecretValue::from_bytes(pair)
}

impl Login {
    /// The login that a credential helper has printed (docker/docker-credential-helpers
    /// `client/client.go`); `None` when it says that it has none.
    ///
    /// # Errors
    /// [`LoginProblem::HelperFailed`].
    pub fn of_helper(printed: &SecretValue, end: HelperEnd) -> Result<Option<Self>, LoginProblem> {
        /// `credentials/error.go`.
        const NONE: &[u8] = b"credentials not found in native keychain";
        /// The user name that marks an identity token (docker/cli
        /// `cli/config/credentials/native_store.go`).
        const TOKEN: &str = "<token>";
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Answer {
            username: String,
            secret: Text,
        }
        if end == HelperEnd::Badly {
            return match printed.expose().trim_ascii() == NONE {
                true => Ok(None),
                false => Err(LoginProblem::HelperFailed),
            };
        }
        let answer: Answer =
            serde_json::from_slice(printed.expose()).map_err(|_| LoginProblem::HelperFailed)?;
        if answer.secret.is_empty() {
            return Ok(None);
        }
        let kind = match answer.username.as_str() {
            TOKEN => Kind::IdentityToken(answer.secret.value()),
            user => Kind::Pair(pair(user, &answer.secret)),
        };
        Ok(Some(Self {
            server: String::new(),
            kind,
        }))
    }

    /// How it is shown to whom a token is asked of.
    ///
    /// # Errors
    /// [`LoginProblem::Unusable`].
    pub fn shown(&self, asked: Asked<'_>) -> Result<Shown, LoginProblem> {
        match &self.kind {
            Kind::Pair(_) => self.basic().map(Shown::Basic),
            Kind::RegistryToken(token) => {
                let token = authorization(token.expose()).ok_or(LoginProblem::Unusable)?;
                Ok(Shown::Token(token))
            }
            Kind::IdentityToken(token) => Ok(Shown::Form(exchange(token, asked))),
        }
    }

    /// The value of `Authorization` for HTTP Basic (RFC 7617).
    ///
    /// # Errors
    /// [`LoginProblem::Unusable`]: also for tokens, which are no passwords.
    pub fn basic(&self) -> Result<HeaderValue, LoginProblem> {
        let Kind::Pair(pair) = &self.kind else {
            return Err(LoginProblem::Unusable);
        };
        let has_both = matches!(
            pair.expose().iter().position(|byte| *byte == b':'),
            Some(1..)
        );
        if !has_both {
            return Err(LoginProblem::Unusable);
        }
        let mut text = Zeroizing::new(b"Basic ".to_vec());
        append_base64(&mut text, pair.expose());
        sensitive(&text).ok_or(LoginProblem::Unusable)
    }
}

/// The form in which a token server takes an identity token (distribution
/// `docs/content/spec/auth/oauth.md`).
fn exchange(token: &SecretValue, asked: Asked<'_>) -> SecretValue {
    const CLIENT: &[u8] = b"kubectl-secretsafe";
    let fields = [
        ("grant_type", Some(&b"refresh_token"[..])),
        ("client_id", Some(CLIENT)),
        ("service", asked.service.map(str::as_bytes)),
        ("scope", Some(asked.scope.as_bytes())),
        ("refresh_token", Some(token.expose())),
    ];
    let mut form = Zeroizing::new(Vec::with_capacity(3 * token.len() + 1024));
    for (name, value) in fields {
        let Some(value) = value else { continue };
        if !form.is_empty() {
            form.push(b'&');
        }
        form.extend_from_slice(name.as_bytes());
        form.push(b'=');
        append_encoded(&mut form, value);
    }
    SecretValue::from_bytes(std::mem::take(&mut form))
}

/// RFC 3986, section 2.3.
fn append_encoded(form: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            form.push(byte);
        } else {
            let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
            form.extend([b'%', DIGITS[high], DIGITS[low]]);
        }
    }
}

/// The value of `Authorization` for the token in the answer of a registry's
/// token server (`token` or `access_token`); `None` when there is none that can
/// be sent.
pub fn bearer(answer: &SecretValue) -> Option<HeaderValue> {
    #[derive(Deserialize)]
    struct Answer {
        token: Option<Text>,
        access_token: Option<Text>,
    }
    let answer: Answer = serde_json::from_slice(answer.expose()).ok()?;
    let token = [answer.token, answer.access_token]
        .into_iter()
        .flatten()
        .find(|token| !token.is_empty())?;
    authorization(token.0.as_bytes())
}

fn authorization(token: &[u8]) -> Option<HeaderValue> {
    // RFC 6750, section 2.1.
    let legal = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    if token.is_empty() || token.len() > LONGEST_TOKEN || !token.iter().all(legal) {
        return None;
    }
    let mut text = Zeroizing::new(Vec::with_capacity(token.len() + 7));
    text.extend_from_slice(b"Bearer ");
    text.extend_from_slice(token);
    sensitive(&text)
}

fn sensitive(text: &[u8]) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_bytes(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked<'static> = Asked {
        service: Some("a registry"),
        scope: "repository:team/app:pull",
    };

    fn value(text: &str) -> SecretValue {
        SecretValue::from_bytes(text.as_bytes().to_vec())
    }

    fn logins(text: &str) -> Logins {
        Logins::read(&value(text)).unwrap_or_else(|problem| panic!("{problem}"))
    }

    fn text(shown: Result<Shown, LoginProblem>) -> Result<String, LoginProblem> {
        Ok(match shown? {
            Shown::Basic(header) | Shown::Token(header) => {
                assert!(header.is_sensitive());
                header.to_str().unwrap_or_default().to_owned()
            }
            Shown::Form(form) => String::from_utf8_lossy(form.expose()).into_owned(),
        })
    }

    #[test]
    fn all_forms_of_a_login_are_read() {
        let found = logins(
            r#"{"auths": {"one.example": {"auth": "dTpw"},
                "two.example": {"username": "u", "password": "p"},
                "two.example/team": {"username": "t", "password": "p"},
                "three.example": {},
                "four.example": {"auth": "dTpw", "identitytoken": "a/b"},
                "five.example": {"registrytoken": "x.y"}},
                "credsStore": "desktop", "credHelpers": {"six.example": "pass"}}"#,
        );
        assert_eq!(found.store.as_deref(), Some("desktop"));
        assert_eq!(found.helpers["six.example"], "pass");
        let shown = |name: &str| {
            let login = found.find(|server| server.starts_with(name))?;
            text(login.shown(ASKED)).ok()
        };
        assert_eq!(shown("one.").as_deref(), Some("Basic dTpw"));
        assert_eq!(shown("two.").as_deref(), Some("Basic dDpw"));
        assert_eq!(shown("three."), None);
        assert_eq!(
            shown("four.").as_deref(),
            Some(
                "grant_type=refresh_token&client_id=kubectl-secretsafe&service=a%20registry\
                 &scope=repository%3Ateam%2Fapp%3Apull&refresh_token=a%2Fb"
            )
        );
        assert_eq!(shown("five.").as_deref(), Some("Bearer x.y"));
    }

    #[test]
    fn what_cannot_be_sent_is_told() {
        for entry in [
            r#"{"auth": "dXA="}"#,
            r#"{"auth": "!"}"#,
            r#"{"auth": "OnB3"}"#,
            r#"{"registrytoken": "a\r\nb"}"#,
        ] {
            let found = logins(&format!(r#"{{"auths": {{"a": {entry}}}}}"#));
            let login = found
                .find(|_| true)
                .unwrap_or_else(|| panic!("it was meant as a login"));
            assert_eq!(
                text(login.shown(ASKED)),
                Err(LoginProblem::Unusable),
                "{entry}"
            );
        }
        assert!(Logins::read(&value("[")).is_err());
        let token = logins(r#"{"auths": {"a": {"identitytoken": "x"}}}"#);
        let login = token.find(|_| true);
        assert!(login.is_some_and(|login| login.basic().is_err()));
    }

    #[test]
    fn helpers_print_logins_or_say_that_they_have_none() {
        let of = |printed: &str, end| {
            let login = Login::of_helper(&value(printed), end)?;
            login.map(|login| text(login.shown(ASKED))).transpose()
        };
        let pair = r#"{"ServerURL": "a", "Username": "u", "Secret": "p"}"#;
        assert_eq!(of(pair, HelperEnd::Well), Ok(Some("Basic dTpw".to_owned())));
        let token = r#"{"ServerURL": "a", "Username": "<token>", "Secret": "t"}"#;
        let form = of(token, HelperEnd::Well);
        assert!(matches!(form, Ok(Some(form)) if form.ends_with("&refresh_token=t")));
        let none = "credentials not found in native keychain\n";
        assert_eq!(of(none, HelperEnd::Badly), Ok(None));
        let empty = r#"{"Username": "", "Secret": ""}"#;
        assert_eq!(of(empty, HelperEnd::Well), Ok(None));
        for (printed, end) in [
            (pair, HelperEnd::Badly),
            (none, HelperEnd::Well),
            ("", HelperEnd::Well),
            ("", HelperEnd::Badly),
            ("{}", HelperEnd::Well),
        ] {
            assert_eq!(
                of(printed, end),
                Err(LoginProblem::HelperFailed),
                "{printed}"
            );
        }
    }

    #[test]
    fn tokens_are_sent_only_if_they_are_tokens() {
        let token = |text: &str| {
            bearer(&value(text)).map(|header| header.to_str().unwrap_or_default().to_owned())
        };
        assert_eq!(
            token(r#"{"token": "a.b-c"}"#).as_deref(),
            Some("Bearer a.b-c")
        );
        assert_eq!(
            token(r#"{"token": "", "access_token": "x"}"#).as_deref(),
            Some("Bearer x")
        );
        for text in [
            "{}",
            "[]",
            r#"{"token": "a\r\nHost: b"}"#,
            r#"{"token": "a b"}"#,
            r#"{"token": "\u001b"}"#,
        ] {
            assert_eq!(token(text), None, "{text}");
        }
        let long = format!(r#"{{"token": "{}"}}"#, "a".repeat(LONGEST_TOKEN + 1));
        assert_eq!(token(&long), None);
    }
}
