//! What a registry wants (RFC 9110, section 11.6.1).

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue};

/// The longest challenge that is read, in bytes.
const LONGEST: usize = 4096;

/// How a registry wants to be shown a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    /// A token that somebody else gives (distribution
    /// `docs/content/spec/auth/token.md`).
    Bearer {
        realm: String,
        /// What the registry calls itself there.
        service: Option<String>,
    },
}

impl Challenge {
    /// Of an answer: one for a token before others.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let mut all: Vec<_> = headers
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .filter(|value| value.len() <= LONGEST)
            .filter_map(|value| HeaderValue::to_str(value).ok())
            .filter_map(Self::parse)
            .collect();
        all.sort_by_key(|challenge| *challenge == Self::Basic);
        all.into_iter().next()
    }

    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let parameters = parameters(rest);
        let of = |wanted: &str| {
            let mut all = parameters.iter();
            all.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.clone())
        };
        Some(Self::Bearer {
            realm: of("realm")?,
            service: of("service"),
        })
    }
}

/// `name="value"` or `name=value`, parted by commas.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut characters = text.chars().peekable();
    loop {
        while characters
            .next_if(|c| c.is_whitespace() || *c == ',')
            .is_some()
        {}
        let mut name = String::new();
        while let Some(c) = characters.next_if(|c| *c != '=') {
            name.push(c);
        }
        if characters.next().is_none() {
            return found;
        }
        let mut value = String::new();
        if characters.next_if_eq(&'"').is_some() {
            while let Some(c) = characters.next() {
                match c {
                    '"' => break,
                    '\\' => value.extend(characters.next()),
                    c => value.push(c),
                }
            }
        } else {
            while let Some(c) = characters.next_if(|c| *c != ',') {
                value.push(c);
            }
        }
        found.push((name.trim().to_owned(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>) -> Option<Challenge> {
        Some(Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
        })
    }

    #[test]
    fn challenges_are_read_in_their_forms() {
        for (text, expected) in [
            ("Basic realm=\"x\"", Some(Challenge::Basic)),
            ("basic", Some(Challenge::Basic)),
            (
                "Bearer realm=\"https://a.example/t\",service=\"s, t\",scope=\"x\"",
                bearer("https://a.example/t", Some("s, t")),
            ),
            ("bearer service=s, realm=r", bearer("r", Some("s"))),
            ("Bearer realm=\"a\\\"b\"", bearer("a\"b", None)),
            ("Bearer realm=\"open", bearer("open", None)),
            ("Bearer scope=x", None),
            ("Negotiate", None),
            ("", None),
        ] {
            assert_eq!(Challenge::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_token_is_preferred_and_long_challenges_are_none() {
        let of = |texts: &[&str]| {
            let mut headers = HeaderMap::new();
            for text in texts {
                headers.append(WWW_AUTHENTICATE, text.parse().unwrap());
            }
            Challenge::from_headers(&headers)
        };
        assert_eq!(of(&["Basic", "Bearer realm=r"]), bearer("r", None));
        assert_eq!(of(&["Negotiate", "Basic"]), Some(Challenge::Basic));
        let long = format!("Bearer realm=r,x={}", "a".repeat(LONGEST));
        assert_eq!(of(&[&long]), None);
        assert_eq!(of(&[]), None);
    }
}
