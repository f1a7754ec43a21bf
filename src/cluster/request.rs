//! What every request has: its path, and how large its answer may be.

use bytes::Bytes;
use http::Method;

use super::retry::Effect;
pub(super) use super::transport::OBJECT_LIMIT;
use super::transport::Outgoing;

/// Largest page of a list, in bytes.
pub(super) const PAGE_LIMIT: usize = 32 * 1024 * 1024;
/// Objects a page (kubectl's `--chunk-size`).
pub(super) const PAGE: usize = 500;
/// A list that goes on after this many pages is not believed.
pub(super) const MOST_PAGES: usize = 200;

pub(super) const JSON: &str = "application/json";

/// A question that changes nothing.
pub(super) fn read(path: String, accept: &'static str, limit: usize) -> Outgoing {
    Outgoing {
        method: Method::GET,
        path,
        accept,
        content_type: None,
        body: Bytes::new(),
        effect: Effect::Read,
        limit,
    }
}

/// Percent-encodes everything that could end a path segment or a query value.
/// A segment of only dots would be read as a folder, so its dots are encoded
/// as well.
pub(super) fn encoded(text: &str) -> String {
    let only_dots = text.bytes().all(|byte| byte == b'.');
    text.bytes()
        .map(|byte| match byte {
            b'.' if only_dots => "%2E".to_owned(),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_data_and_never_part_of_the_path() {
        for (name, expected) in [
            ("db.creds-1", "db.creds-1"),
            ("..", "%2E%2E"),
            (".", "%2E"),
            ("a/../b", "a%2F..%2Fb"),
            ("a?x=1&y#z", "a%3Fx%3D1%26y%23z"),
            ("é\n", "%C3%A9%0A"),
        ] {
            assert_eq!(encoded(name), expected);
        }
    }
}
