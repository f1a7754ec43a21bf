//! JSON with positions (RFC 8259, as strict as Go's `encoding/json`).

use super::parse::{DEEPEST, Failure, MOST_NODES};
use super::{Content, Entry, EntryOrigin, Node, Scalar, ScalarStyle, ScalarType, Sharing, Span};

/// Reads one value, and tells where it ends.
pub(super) fn value(text: &str, start: usize) -> Result<(Node, usize), Failure> {
    let mut reader = Reader {
        text,
        at: start,
        nodes: 0,
    };
    reader.skip_blanks();
    let node = reader.value(0)?;
    Ok((node, reader.at))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn fail<T>(&self, what: &'static str) -> Result<T, Failure> {
        Err(Failure::new(self.at, what))
    }

    fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Failure> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            self.fail(what)
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Failure> {
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return self.fail("the JSON is nested too deeply or too large");
        }
        let start = self.at;
        let content = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => text_node(self.string()?),
            Some(b't') => self.word("true", ScalarType::Bool(true))?,
            Some(b'f') => self.word("false", ScalarType::Bool(false))?,
            Some(b'n') => self.word("null", ScalarType::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return self.fail("a JSON value is missing here"),
        };
        Ok(Node {
            span: Span {
                start,
                end: self.at,
            },
            sharing: Sharing::Own,
            content,
        })
    }

    fn object(&mut self, depth: usize) -> Result<Content, Failure> {
        self.at += 1;
        let mut entries = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Content::Mapping(entries.into()));
        }
        loop {
            self.skip_blanks();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return self.fail("a key in double quotes is missing here");
            }
            let key = Node {
                content: text_node(self.string()?),
                span: Span {
                    start,
                    end: self.at,
                },
                sharing: Sharing::Own,
            };
            self.skip_blanks();
            self.expect(b':', "a ':' is missing here")?;
            self.skip_blanks();
            let value = self.value(depth + 1)?;
            entries.push(Entry {
                key,
                value,
                origin: EntryOrigin::Own,
            });
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Content::Mapping(entries.into()));
                }
                _ => return self.fail("a ',' or '}' is missing here"),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Content, Failure> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Content::Sequence(items.into()));
        }
        loop {
            self.skip_blanks();
            items.push(self.value(depth + 1)?);
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Content::Sequence(items.into()));
                }
                _ => return self.fail("a ',' or ']' is missing here"),
            }
        }
    }

    fn word(&mut self, word: &str, type_: ScalarType) -> Result<Content, Failure> {
        if !self.text[self.at..].starts_with(word) {
            return self.fail("this is not a JSON value");
        }
        self.at += word.len();
        Ok(scalar(word.into(), ScalarStyle::Plain, type_))
    }

    fn number(&mut self) -> Result<Content, Failure> {
        let start = self.at;
        let digits = |reader: &mut Self| {
            let from = reader.at;
            while matches!(reader.peek(), Some(b'0'..=b'9')) {
                reader.at += 1;
            }
            reader.at > from
        };
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading = self.at;
        if !digits(self) || (self.at - leading > 1 && self.text.as_bytes()[leading] == b'0') {
            return self.fail("this is not a JSON number");
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !digits(self) {
                return self.fail("this is not a JSON number");
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !digits(self) {
                return self.fail("this is not a JSON number");
            }
        }
        let text = &self.text[start..self.at];
        let type_ = match text.parse::<i64>() {
            Ok(_) => ScalarType::Integer,
            Err(_) => ScalarType::Float,
        };
        Ok(scalar(text.into(), ScalarStyle::Plain, type_))
    }

    fn string(&mut self) -> Result<Box<str>, Failure> {
        self.at += 1;
        let start = self.at;
        // Most strings have no escapes: one copy.
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    let text = self.text[start..self.at].into();
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => break,
                0..0x20 => return self.fail("a control character stands in a string"),
                _ => self.at += 1,
            }
        }
        let mut text = String::from(&self.text[start..self.at]);
        loop {
            let rest = &self.text[self.at..];
            let plain = rest
                .find(|c: char| c == '"' || c == '\\' || c < '\u{20}')
                .unwrap_or(rest.len());
            text.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text.into_boxed_str());
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return self.fail("a control character stands in a string"),
                None => return self.fail("a string does not end"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Failure> {
        self.at += 1;
        let byte = self.peek();
        self.at += 1;
        Ok(match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.hex()?;
                let low_follows =
                    (0xD800..0xDC00).contains(&first) && self.text[self.at..].starts_with("\\u");
                if !low_follows {
                    return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let back = self.at;
                self.at += 2;
                let second = self.hex()?;
                if (0xDC00..0xE000).contains(&second) {
                    let point = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                    char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)
                } else {
                    self.at = back;
                    char::REPLACEMENT_CHARACTER
                }
            }
            _ => {
                self.at -= 1;
                return self.fail("an escape in a string is not known");
            }
        })
    }

    fn hex(&mut self) -> Result<u32, Failure> {
        let digits = self.text.get(self.at..self.at + 4);
        let number = digits
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match number {
            Some(number) => {
                self.at += 4;
                Ok(number)
            }
            None => self.fail("an escape in a string is not complete"),
        }
    }
}

fn text_node(text: Box<str>) -> Content {
    scalar(text, ScalarStyle::DoubleQuoted, ScalarType::Text)
}

fn scalar(text: Box<str>, style: ScalarStyle, type_: ScalarType) -> Content {
    Content::Scalar(Scalar { text, style, type_ })
}
