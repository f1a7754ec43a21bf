//! Where requests may go.

use http::Uri;

use crate::secret::login::Asked;

use super::Unresolved;
use super::name::is_of_this_machine;

/// Whether a place that a registry names is asked: over TLS any, without it
/// only this machine, if the registry is on it too.
pub(super) fn may_send_to(registry: &Uri, next: &Uri) -> bool {
    let bare = next
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    let secure = next.scheme_str() == Some("https");
    let own = registry.scheme_str() == Some("http") && is_plain_of_this_machine(next);
    bare && (secure || own)
}

pub(super) fn is_plain_of_this_machine(url: &Uri) -> bool {
    url.scheme_str() == Some("http")
        && url
            .authority()
            .is_some_and(|authority| is_of_this_machine(authority.as_str()))
}

pub(super) fn same_host(one: &Uri, two: &Uri) -> bool {
    one.scheme() == two.scheme() && one.authority() == two.authority()
}

/// Where an answer of a place sends on to.
pub(super) fn joined(url: &Uri, place: &str) -> Option<Uri> {
    let place = place.split('#').next()?;
    if place.starts_with('/') && !place.starts_with("//") {
        let mut parts = url.clone().into_parts();
        parts.path_and_query = Some(place.parse().ok()?);
        return Uri::from_parts(parts).ok();
    }
    place
        .parse()
        .ok()
        .filter(|place: &Uri| place.scheme().is_some() && place.authority().is_some())
}

/// A token server with what is asked of it.
pub(super) fn with_query(realm: &Uri, asked: Asked<'_>) -> Result<Uri, Unresolved> {
    let text = realm.to_string();
    let mut joint = if text.contains('?') { '&' } else { '?' };
    let mut url = text;
    let fields = [("service", asked.service), ("scope", Some(asked.scope))];
    for (name, value) in fields {
        if let Some(value) = value {
            url.push(joint);
            url += &format!("{name}={}", encoded(value));
            joint = '&';
        }
    }
    url.parse().map_err(|_| Unresolved::TokenServer)
}

/// A part of a query (RFC 3986, section 2.3).
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            byte => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Uri {
        text.parse().unwrap()
    }

    #[test]
    fn places_are_joined_and_queries_encoded() {
        let told =
            |place: &str| joined(&url("https://a.example/v2/x"), place).map(|url| url.to_string());
        assert_eq!(told("/b?c#d").as_deref(), Some("https://a.example/b?c"));
        assert_eq!(
            told("https://b.example/c").as_deref(),
            Some("https://b.example/c")
        );
        for place in ["//b.example/c", "b", "", "file:///etc/passwd"] {
            assert_eq!(told(place), None, "{place}");
        }
        let asked = Asked {
            service: Some("a b&c"),
            scope: "repository:d/e:pull",
        };
        let with = |realm: &str| with_query(&url(realm), asked).map(|url| url.to_string());
        assert_eq!(
            with("https://a.example/t").as_deref(),
            Ok("https://a.example/t?service=a%20b%26c&scope=repository%3Ad%2Fe%3Apull")
        );
        assert_eq!(
            with("https://a.example/t?x=1").as_deref(),
            Ok("https://a.example/t?x=1&service=a%20b%26c&scope=repository%3Ad%2Fe%3Apull")
        );
    }

    #[test]
    fn nothing_goes_over_plain_http_but_on_this_machine() {
        for (registry, next, expected) in [
            ("https://a.example/", "https://b.example/x", true),
            ("https://a.example/", "http://a.example/x", false),
            ("https://a.example/", "http://127.0.0.1/x", false),
            ("https://a.example/", "https://u:p@b.example/x", false),
            ("http://localhost/", "http://127.0.0.1:1/x", true),
            ("http://localhost/", "http://u@127.0.0.1:1/x", false),
            ("http://localhost/", "http://192.0.2.1/x", false),
            ("http://localhost/", "http://b.example/x", false),
            ("http://localhost/", "https://b.example/x", true),
            ("https://a.example/", "ftp://b.example/x", false),
        ] {
            let found = may_send_to(&url(registry), &url(next));
            assert_eq!(found, expected, "{registry} {next}");
        }
        assert!(same_host(
            &url("http://a.example/x"),
            &url("http://a.example/y")
        ));
        for other in [
            "https://a.example/",
            "http://a.example:1/",
            "http://b.example/",
        ] {
            assert!(
                !same_host(&url("http://a.example/x"), &url(other)),
                "{other}"
            );
        }
    }
}
