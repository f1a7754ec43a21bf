//! What a server was shown, and may quote: every text that comes from it is
//! masked by that.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};
use kube::Config;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::manifest::{Content, Node};
use crate::secret::SecretValue;
use crate::secret::redactor::{Redactor, ServerText};

use super::proxy_credentials;

/// Grows as credentials are renewed: an answer may quote an older one.
#[derive(Default)]
pub(super) struct OwnCredentials(Mutex<Known>);

#[derive(Default)]
struct Known {
    redactor: Arc<Redactor>,
    /// The header that was sent last.
    sent: Option<HeaderValue>,
}

impl OwnCredentials {
    pub fn text(&self, text: String) -> ServerText {
        ServerText::new(text, self.redactor())
    }

    /// A part of a server's text that is looked at here, masked. One that is
    /// longer than any such part counts as empty.
    pub fn mask(&self, part: &str) -> String {
        const LONGEST: usize = 4096;
        match part.len() <= LONGEST {
            true => self.redactor().mask(part),
            false => String::new(),
        }
    }

    /// Masks the messages in an object, such as those of an event: a server or a
    /// proxy may quote there what it was shown. The rest of it are names.
    pub fn mask_messages(&self, object: &mut Node) {
        let redactor = self.redactor();
        if !redactor.is_empty() && redactor.can_mask_all() {
            mask_messages(object, &redactor);
        }
    }

    fn redactor(&self) -> Arc<Redactor> {
        Arc::clone(&self.known().redactor)
    }

    /// Learns what `config` has beside the header: the client's key, what OIDC
    /// renews tokens with, the proxy's password.
    pub fn learn_from(&self, config: &Config) {
        let user = &config.auth_info;
        let key = user.client_key_data.as_ref().and_then(|key| {
            let pem = Zeroizing::new(STANDARD.decode(key.expose_secret()).ok()?);
            // Not its first and last line, which are those of every key.
            let key = PrivateKeyDer::from_pem_slice(&pem).ok()?;
            Some(SecretValue::from_bytes(key.secret_der().to_vec()))
        });
        let oidc = user.auth_provider.iter().flat_map(|provider| {
            ["client-secret", "id-token", "refresh-token"]
                .into_iter()
                .filter_map(|name| provider.config.get(name))
                .map(|text| SecretValue::from_bytes(text.as_bytes().to_vec()))
        });
        let proxy = config.proxy_url.as_ref().and_then(proxy_credentials::of);
        let proxy = proxy.map(|(_, password)| SecretValue::from_bytes(password.into_bytes()));
        for value in key.into_iter().chain(oidc).chain(proxy) {
            self.known().learn(&value);
        }
    }

    /// Learns what is sent, whatever it was made of.
    pub fn learn_sent(&self, headers: &HeaderMap) {
        let Some(sent) = headers.get(header::AUTHORIZATION) else {
            return;
        };
        let mut known = self.known();
        if known.sent.as_ref() == Some(sent) {
            return;
        }
        known.sent = Some(sent.clone());
        if let Some(credential) = credential_of(sent) {
            known.learn(&credential);
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mask_messages(node: &mut Node, redactor: &Redactor) {
    /// No honest message is longer, in bytes (an event's has 1 KiB).
    const LONGEST: usize = 32 * 1024;
    match &mut node.content {
        Content::Sequence(items) => {
            for item in items {
                mask_messages(item, redactor);
            }
        }
        Content::Mapping(entries) => {
            for entry in entries {
                match &mut entry.value.content {
                    Content::Scalar(scalar) if entry.key.scalar_text() == Some("message") => {
                        let end = scalar.text.floor_char_boundary(LONGEST);
                        let masked = redactor.mask(&scalar.text[..end]);
                        if *scalar.text != *masked {
                            scalar.text = masked.into();
                        }
                    }
                    // What these hold, nobody made for the occasion.
                    _ if matches!(
                        entry.key.scalar_text(),
                        Some("data" | "binaryData" | "stringData" | "spec")
                    ) => {}
                    _ => mask_messages(&mut entry.value, redactor),
                }
            }
        }
        Content::Scalar(_) | Content::Sealed(_) => {}
    }
}

impl Known {
    fn learn(&mut self, value: &SecretValue) {
        let known = Redactor::clone(&self.redactor);
        self.redactor = Arc::new(known.and([value]));
    }
}

/// The token, or the password alone: the name beside it is no secret, and a
/// text that is without it is of little use.
fn credential_of(header: &HeaderValue) -> Option<SecretValue> {
    let text = header.as_bytes();
    let at = text.iter().position(|byte| *byte == b' ')?;
    let (scheme, credential) = (&text[..at], &text[at + 1..]);
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return Some(SecretValue::from_bytes(credential.to_vec()));
    }
    let pair = Zeroizing::new(STANDARD.decode(credential).ok()?);
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(SecretValue::from_bytes(pair[colon + 1..].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(credentials: &OwnCredentials, text: &str) -> String {
        Redactor::default().show(&credentials.text(text.to_owned()))
    }

    fn sent(authorization: &str) -> HeaderMap {
        let value = HeaderValue::from_str(authorization).unwrap();
        [(header::AUTHORIZATION, value)].into_iter().collect()
    }

    #[test]
    fn every_credential_that_was_sent_is_masked_from_then_on() {
        let own = OwnCredentials::default();
        assert_eq!(shown(&own, "first-token"), "first-token");
        own.learn_sent(&sent("Bearer first-token"));
        own.learn_sent(&sent("Bearer other-words"));
        // alice:hunter2-hunter2
        own.learn_sent(&sent("basic YWxpY2U6aHVudGVyMi1odW50ZXIy"));
        assert_eq!(
            shown(&own, "first-token, other-words: alice hunter2-hunter2"),
            "***, ***: alice ***"
        );
        assert!(!shown(&own, "got YWxpY2U6aHVudGVyMi1odW50ZXIy").contains("aHVudGVyMi"));
    }

    #[test]
    fn messages_in_objects_are_masked_and_names_are_not() {
        let own = OwnCredentials::default();
        let text = r#"{"name":"first-token","status":[{"message":"no: Zmlyc3QtdG9rZW4="},
            {"state":{"message":"as first-token","n":1}}]}"#;
        let read = || crate::manifest::parse_json(text).ok().unwrap();
        let messages = |node: &Node| {
            let of = |path: &str| node.lookup(path).unwrap().as_str().unwrap().to_owned();
            [
                of("/name"),
                of("/status/0/message"),
                of("/status/1/state/message"),
            ]
        };
        let mut object = read();
        own.mask_messages(&mut object);
        assert_eq!(messages(&object), messages(&read()));
        own.learn_sent(&sent("Bearer first-token"));
        own.mask_messages(&mut object);
        assert_eq!(messages(&object), ["first-token", "no: ***=", "as ***"]);
    }

    #[test]
    fn keys_and_passwords_of_proxies_and_of_oidc_are_known() {
        let pair = rcgen::generate_simple_self_signed(["client".to_owned()]).unwrap();
        let pem = pair.signing_key.serialize_pem();
        let mut config = Config::new("https://192.0.2.1".parse().unwrap());
        config.auth_info = serde_json::from_value(serde_json::json!({
            "client-key-data": STANDARD.encode(&pem),
            "auth-provider": {"name": "oidc", "config": {
                "client-id": "the-client", "client-secret": "oidc-secret",
                "id-token": "a.id.token", "refresh-token": "refreshing",
            }},
        }))
        .unwrap();
        config.proxy_url = Some("http://me:pass%2Fword@proxy:1".parse().unwrap());
        let own = OwnCredentials::default();
        own.learn_from(&config);
        let quoted = "the-client oidc-secret a.id.token refreshing pass/word pass%2Fword";
        assert_eq!(shown(&own, quoted), "the-client *** *** *** *** ***");
        let lines: Vec<_> = pem.lines().collect();
        let shown = shown(&own, &pem);
        assert!(
            !lines[1..lines.len() - 1]
                .iter()
                .any(|line| shown.contains(line))
        );
        assert!(shown.starts_with("-----BEGIN PRIVATE KEY-----"), "{shown}");
    }
}
