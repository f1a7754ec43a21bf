//! Values for a program that changes the other side of a credential: as one JSON
//! document, and each by itself, through pipes.

use std::io::{ErrorKind, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::{KeyName, SecretValue};

/// A key, the value to set or to try, and the other one.
pub struct Handed<'v> {
    pub key: &'v KeyName,
    pub value: &'v SecretValue,
    pub other: Option<&'v SecretValue>,
}

/// The document that a program reads from its standard input: `{"keys": [{"key": …,
/// "value": …, "other": …}]}`. A value that is no UTF-8 text stands as `valueBase64`.
pub fn document(names: &[(&str, &str)], keys: &[Handed<'_>]) -> SecretValue {
    let room = |one: &Handed<'_>| {
        6 * (one.value.len() + one.other.map_or(0, SecretValue::len)) + one.key.as_str().len() + 80
    };
    // One buffer that is large enough: growing would leave copies.
    let names_room: usize = names
        .iter()
        .map(|(name, text)| 8 * (name.len() + text.len()) + 8)
        .sum();
    let capacity = keys.iter().map(room).sum::<usize>() + names_room + 32;
    let mut text = Zeroizing::new(Vec::with_capacity(capacity));
    text.push(b'{');
    for (name, value) in names {
        string(&mut text, name.as_bytes());
        text.push(b':');
        string(&mut text, value.as_bytes());
        text.push(b',');
    }
    text.extend_from_slice(b"\"keys\":[");
    for (index, one) in keys.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        text.extend_from_slice(b"{\"key\":");
        string(&mut text, one.key.as_str().as_bytes());
        field(&mut text, "value", one.value);
        if let Some(other) = one.other {
            field(&mut text, "other", other);
        }
        text.push(b'}');
    }
    text.extend_from_slice(b"]}\n");
    SecretValue::from_bytes(std::mem::take(&mut *text))
}

fn field(text: &mut Vec<u8>, name: &str, value: &SecretValue) {
    text.push(b',');
    match std::str::from_utf8(value.expose()) {
        Ok(plain) => {
            string(text, name.as_bytes());
            text.push(b':');
            string(text, plain.as_bytes());
        }
        Err(_) => {
            string(text, format!("{name}Base64").as_bytes());
            text.push(b':');
            let encoded = Zeroizing::new(BASE64_STANDARD.encode(value.expose()));
            string(text, encoded.as_bytes());
        }
    }
}

/// A JSON string of UTF-8 bytes.
fn string(text: &mut Vec<u8>, bytes: &[u8]) {
    text.push(b'"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' => text.extend_from_slice(&[b'\\', *byte]),
            0..=0x1f => text.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => text.push(*byte),
        }
    }
    text.push(b'"');
}

/// A value on its way into a pipe.
pub struct Feed {
    value: SecretValue,
    at: usize,
}

/// How far a value is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fed {
    /// All of it is written, or nobody reads the rest.
    Over,
    /// The pipe is full.
    Full,
}

impl Feed {
    pub fn new(value: SecretValue) -> Self {
        Self { value, at: 0 }
    }

    /// Writes as much as the pipe takes.
    pub fn pour(&mut self, pipe: &mut dyn Write) -> Fed {
        while self.at < self.value.len() {
            match pipe.write(&self.value.expose()[self.at..]) {
                Ok(0) => return Fed::Over,
                Ok(count) => self.at += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Fed::Full,
                // Whoever was to read it has closed it.
                Err(_) => return Fed::Over,
            }
        }
        Fed::Over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_json_whatever_the_values_are() {
        let key = KeyName::new("password").unwrap();
        for bytes in [
            &b"plain"[..],
            b"\"\\\n\x01\x7f",
            "ü→".as_bytes(),
            b"\xff\x00",
            b"",
        ] {
            let value = SecretValue::from_bytes(bytes.to_vec());
            let other = SecretValue::from_bytes(b"before".to_vec());
            let handed = [Handed {
                key: &key,
                value: &value,
                other: Some(&other),
            }];
            let document = document(&[("phase", "set"), ("secret", "a\"b")], &handed);
            let read: serde_json::Value = serde_json::from_slice(document.expose()).unwrap();
            assert_eq!(read["phase"], "set");
            assert_eq!(read["secret"], "a\"b");
            let one = &read["keys"][0];
            assert_eq!(one["key"], "password");
            assert_eq!(one["other"], "before");
            match std::str::from_utf8(bytes) {
                Ok(text) => assert_eq!(one["value"], text),
                Err(_) => assert_eq!(one["valueBase64"], BASE64_STANDARD.encode(bytes)),
            }
        }
    }
}
