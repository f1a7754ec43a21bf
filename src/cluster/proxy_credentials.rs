//! Name and password inside a proxy's address.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};

/// The name and the password, percent-decoded.
pub(super) fn of(proxy: &Uri) -> Option<(String, String)> {
    let (pair, _) = proxy.authority()?.as_str().rsplit_once('@')?;
    let (name, password) = pair.split_once(':').unwrap_or((pair, ""));
    Some((decoded(name), decoded(password)))
}

/// `Proxy-Authorization`.
pub(super) fn header(proxy: &Uri) -> Option<HeaderValue> {
    let (name, password) = of(proxy)?;
    let text = format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
    HeaderValue::from_str(&text).ok()
}

/// The address without them, so that no error of a library can show them.
pub(super) fn without(proxy: &Uri) -> Uri {
    let mut parts = proxy.clone().into_parts();
    parts.authority = parts.authority.map(|authority| {
        let host = authority.as_str().rsplit_once('@').map(|(_, host)| host);
        host.and_then(|host| host.parse().ok()).unwrap_or(authority)
    });
    Uri::from_parts(parts).unwrap_or_else(|_| proxy.clone())
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while let Some(&byte) = bytes.get(position) {
        let hex = |offset: usize| (*bytes.get(position + offset)? as char).to_digit(16);
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                position += 3;
            }
            _ => {
                plain.push(byte);
                position += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_leave_the_address() {
        let proxy: Uri = "http://us%40er:pa%3Ass%2@proxy.example.org:3128"
            .parse()
            .unwrap();
        assert_eq!(of(&proxy), Some(("us@er".to_owned(), "pa:ss%2".to_owned())));
        assert_eq!(
            without(&proxy).to_string(),
            "http://proxy.example.org:3128/"
        );
        let plain: Uri = "http://proxy:1".parse().unwrap();
        assert_eq!(header(&plain), None);
        assert_eq!(without(&plain), plain);
    }
}
