//! Values as kustomize's generators make them from literals, files and env
//! files (kubernetes-sigs/kustomize `api/kv/kv.go`, `kyaml/yaml/datamap.go`).

use std::str;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::SecretValue;

/// Characters of a line of base64; longer values have several.
const LINE: usize = 70;

/// Why an env file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not UTF-8.
    NotUtf8,
    /// A line is longer than Go's scanner takes.
    TooLong,
}

/// The value in base64, with a line's end behind every seventy characters if
/// there are more than that.
pub fn base64(value: &SecretValue) -> SecretValue {
    SecretValue::from_bytes(wrapped(value).as_bytes().to_vec())
}

fn wrapped(value: &SecretValue) -> Zeroizing<String> {
    let encoded = Zeroizing::new(STANDARD.encode(value.expose()));
    if encoded.len() < LINE {
        return encoded;
    }
    let mut lines = Zeroizing::new(String::with_capacity(
        encoded.len() + encoded.len() / LINE + 1,
    ));
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        lines.push_str(line);
        lines.push('\n');
        rest = more;
    }
    lines
}

/// The same, of a value that goes into a ConfigMap, where it is no secret.
pub fn base64_text(value: &SecretValue) -> String {
    wrapped(value).to_string()
}

/// The text of a value that goes into a ConfigMap, where it is no secret;
/// `None` if it is not UTF-8.
pub fn text(value: &SecretValue) -> Option<String> {
    str::from_utf8(value.expose()).ok().map(str::to_owned)
}

/// Key and value of a literal `KEY=VALUE`; quotes around the value go.
pub fn literal(text: &SecretValue) -> Option<(String, SecretValue)> {
    let text = str::from_utf8(text.expose()).ok()?;
    let (key, value) = text.split_once('=')?;
    if key.is_empty() {
        return None;
    }
    let bytes = value.as_bytes();
    let value = match (bytes.first(), bytes.last()) {
        (Some(first @ (b'"' | b'\'')), Some(last)) if first == last && bytes.len() > 1 => {
            &bytes[1..bytes.len() - 1]
        }
        _ => bytes,
    };
    Some((key.to_owned(), SecretValue::from_bytes(value.to_vec())))
}

/// Whether a value holds a dollar sign, so that variables may be looked for in
/// it.
pub fn has_dollar(value: &SecretValue) -> bool {
    value.expose().contains(&b'$')
}

/// Keys and values of an env file.
///
/// # Errors
/// Where kustomize refuses it.
pub fn env_lines(content: &SecretValue) -> Result<Vec<(String, SecretValue)>, Unreadable> {
    const LONGEST: usize = 64 * 1024;
    let mut found = Vec::new();
    for (number, line) in content.expose().split(|byte| *byte == b'\n').enumerate() {
        if line.len() >= LONGEST {
            return Err(Unreadable::TooLong);
        }
        // Go's ScanLines takes a carriage return away.
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = str::from_utf8(line).map_err(|_| Unreadable::NotUtf8)?;
        let line = match number {
            0 => line.strip_prefix('\u{feff}').unwrap_or(line),
            _ => line,
        };
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if !key.is_empty() {
            let value = SecretValue::from_bytes(value.as_bytes().to_vec());
            found.push((key.to_owned(), value));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> SecretValue {
        SecretValue::from_bytes(text.as_bytes().to_vec())
    }

    #[test]
    fn long_values_have_lines() {
        assert_eq!(base64_text(&value("abc")), "YWJj");
        let long = base64_text(&value(&"x".repeat(60)));
        let lines: Vec<_> = long.split('\n').map(str::len).collect();
        assert_eq!(lines, [70, 10, 0]);
        // Seventy characters are a line of their own already.
        assert!(!base64_text(&value(&"x".repeat(51))).contains('\n'));
    }

    #[test]
    fn literals_lose_their_quotes() {
        for (text, key, expected) in [
            ("a=b", "a", "b"),
            ("a=\"b c\"", "a", "b c"),
            ("a='b'", "a", "b"),
            ("a='b\"", "a", "'b\""),
            ("a=b=c", "a", "b=c"),
            ("a=", "a", ""),
            ("a='", "a", "'"),
        ] {
            let (own, value) = literal(&super::tests::value(text)).unwrap();
            assert_eq!(
                (own.as_str(), value.expose()),
                (key, expected.as_bytes()),
                "{text}"
            );
        }
        assert!(literal(&value("=b")).is_none());
        assert!(literal(&value("b")).is_none());
    }

    #[test]
    fn env_files_are_read_line_by_line() {
        let lines = env_lines(&value("\u{feff}A=1\r\n\n # no\n  B=x=y \nC\n=d\n"));
        let lines: Vec<_> = lines
            .unwrap()
            .into_iter()
            .map(|(key, value)| (key, value.expose().to_vec()))
            .collect();
        let expected = [("A", "1"), ("B", "x=y "), ("C", "")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.as_bytes().to_vec()));
        assert_eq!(lines, expected);
    }
}
