//! Another reader of YAML: libyaml, of which kubectl's reader is a port. It
//! shares no code with the one that makes the trees but the table of what a
//! plain scalar means ([`resolve`]).
//!
//! What it reads may be secret: nothing here has `Debug`, and the library's
//! errors are dropped.

use std::collections::HashMap;
use std::io::Cursor;
use std::rc::Rc;

use libyaml_safer::{EventData, Parser, ScalarStyle as Written};
use serde_json::Value;

use super::super::libyaml::{CORE, stops_at_a_tag};
use super::super::parse::{DEEPEST, MOST_NODES};
use super::super::resolve::{Tag, resolve};
use super::super::{ScalarStyle, ScalarType, json_patch};

pub(super) enum Data {
    Scalar(Scalar),
    Sequence(Vec<Data>),
    Mapping(Vec<(Rc<str>, Data)>),
    /// A node with an anchor, there and wherever an alias names it.
    Shared(Rc<Data>),
}

#[derive(Clone)]
pub(super) struct Scalar {
    text: Rc<str>,
    type_: ScalarType,
}

/// There are no data: the port rejects the text (it is stricter than kubectl in
/// places, `{a:, b: 1}`), panics at it, or it has what is not looked at here.
pub(super) struct Unread;

/// Reads documents one after the other, in the same memory.
pub(super) struct Reader {
    parser: Parser<Cursor<String>>,
    anchors: HashMap<String, Rc<Data>>,
    nodes: usize,
}

impl Reader {
    pub fn new() -> Self {
        Self {
            parser: Parser::new(),
            anchors: HashMap::new(),
            nodes: 0,
        }
    }

    /// The one document of a text.
    pub fn read(&mut self, text: &str) -> Result<Data, Unread> {
        let mut text = text.to_owned();
        if !text.ends_with('\n') {
            // At the end of a block scalar the port takes a line break for
            // granted; elsewhere one more means nothing.
            if text.contains(['|', '>']) {
                return Err(Unread);
            }
            text.push('\n');
        }
        if stops_at_a_tag(&text) {
            return Err(Unread);
        }
        self.parser.set_input(Cursor::new(text));
        let data = self.document();
        self.anchors.clear();
        self.nodes = 0;
        match data {
            Ok(_) => self.parser.reset(),
            Err(_) => self.parser = Parser::new(),
        }
        data
    }

    fn document(&mut self) -> Result<Data, Unread> {
        let is = |event: EventData, wanted: fn(&EventData) -> bool| match wanted(&event) {
            true => Ok(()),
            false => Err(Unread),
        };
        is(self.next()?, |event| {
            matches!(event, EventData::StreamStart { .. })
        })?;
        is(self.next()?, |event| {
            matches!(event, EventData::DocumentStart { .. })
        })?;
        let first = self.next()?;
        let data = self.node(first, 0)?;
        is(self.next()?, |event| {
            matches!(event, EventData::DocumentEnd { .. })
        })?;
        is(self.next()?, |event| matches!(event, EventData::StreamEnd))?;
        Ok(data)
    }

    fn next(&mut self) -> Result<EventData, Unread> {
        match self.parser.parse() {
            Ok(event) => Ok(event.data),
            Err(_) => Err(Unread),
        }
    }

    fn count(&mut self) -> Result<(), Unread> {
        self.nodes += 1;
        match self.nodes <= MOST_NODES {
            true => Ok(()),
            false => Err(Unread),
        }
    }

    fn node(&mut self, event: EventData, depth: usize) -> Result<Data, Unread> {
        self.count()?;
        // An edit puts a few levels into the deepest text that is read.
        if depth > 2 * DEEPEST {
            return Err(Unread);
        }
        let (data, anchor) = match event {
            EventData::Scalar {
                anchor,
                tag,
                value,
                style,
                ..
            } => (Data::Scalar(scalar(value, style, tag.as_deref())?), anchor),
            EventData::SequenceStart { anchor, tag, .. } => {
                is_of(tag.as_deref(), "seq")?;
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        EventData::SequenceEnd => break,
                        event => items.push(self.node(event, depth + 1)?),
                    }
                }
                (Data::Sequence(items), anchor)
            }
            EventData::MappingStart { anchor, tag, .. } => {
                is_of(tag.as_deref(), "map")?;
                (Data::Mapping(self.entries(depth)?), anchor)
            }
            EventData::Alias { anchor } => {
                let named = self.anchors.get(&anchor).cloned();
                return named.map(Data::Shared).ok_or(Unread);
            }
            _ => return Err(Unread),
        };
        Ok(match anchor {
            None => data,
            Some(name) => {
                let data = Rc::new(data);
                self.anchors.insert(name, Rc::clone(&data));
                Data::Shared(data)
            }
        })
    }

    /// The entries of a mapping to its end, `<<` resolved as kubectl does: it
    /// takes the place of what was there before, and gives way to what comes.
    fn entries(&mut self, depth: usize) -> Result<Vec<(Rc<str>, Data)>, Unread> {
        let mut entries = Vec::new();
        let mut own: Vec<Rc<str>> = Vec::new();
        let mut merges = false;
        loop {
            let key = match self.next()? {
                EventData::MappingEnd => break,
                EventData::Scalar {
                    anchor: None,
                    tag: None,
                    value,
                    style,
                    ..
                } => scalar_key(value, style)?,
                _ => return Err(Unread),
            };
            let event = self.next()?;
            let data = self.node(event, depth + 1)?;
            match key {
                Key::Name(name) => {
                    if merges {
                        entries.retain(|(known, _)| *known != name);
                    }
                    own.push(Rc::clone(&name));
                    entries.push((name, data));
                }
                Key::Merge => {
                    merges = true;
                    for (name, data) in self.merged(&data)? {
                        entries.retain(|(known, _)| *known != name);
                        entries.push((name, data));
                    }
                }
            }
        }
        own.sort_unstable();
        if own.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Unread);
        }
        Ok(entries)
    }

    /// What a `<<` brings: of several mappings the first one wins.
    fn merged(&mut self, data: &Data) -> Result<Vec<(Rc<str>, Data)>, Unread> {
        let mappings = match data.node() {
            Data::Sequence(items) => items.as_slice(),
            _ => std::slice::from_ref(data),
        };
        let mut merged: Vec<(Rc<str>, Data)> = Vec::new();
        for mapping in mappings {
            let Data::Mapping(entries) = mapping.node() else {
                return Err(Unread);
            };
            for (name, data) in entries {
                if merged.iter().all(|(known, _)| known != name) {
                    merged.push((Rc::clone(name), self.copy(data)?));
                }
            }
        }
        Ok(merged)
    }

    fn copy(&mut self, data: &Data) -> Result<Data, Unread> {
        self.count()?;
        Ok(match data {
            Data::Scalar(scalar) => Data::Scalar(scalar.clone()),
            Data::Shared(data) => Data::Shared(Rc::clone(data)),
            Data::Sequence(items) => {
                let items = items.iter().map(|item| self.copy(item));
                Data::Sequence(items.collect::<Result<_, _>>()?)
            }
            Data::Mapping(entries) => {
                let entries = entries
                    .iter()
                    .map(|(name, data)| Ok((Rc::clone(name), self.copy(data)?)));
                Data::Mapping(entries.collect::<Result<_, _>>()?)
            }
        })
    }
}

fn scalar(text: String, style: Written, tag: Option<&str>) -> Result<Scalar, Unread> {
    let core = tag.map(|tag| tag.strip_prefix(CORE));
    // Its text is not what it means.
    if core == Some(Some("binary")) {
        return Err(Unread);
    }
    let tag = core.map_or(Tag::None, Tag::of_core);
    Ok(Scalar {
        type_: resolve(&text, style_of(style), tag),
        text: text.into(),
    })
}

enum Key {
    Name(Rc<str>),
    Merge,
}

/// A key that is no text is named by its value, which is not looked at here.
fn scalar_key(text: String, style: Written) -> Result<Key, Unread> {
    let style = style_of(style);
    if text == "<<" && style == ScalarStyle::Plain {
        return Ok(Key::Merge);
    }
    match resolve(&text, style, Tag::None) {
        ScalarType::Text => Ok(Key::Name(text.into())),
        _ => Err(Unread),
    }
}

fn style_of(style: Written) -> ScalarStyle {
    match style {
        Written::Plain => ScalarStyle::Plain,
        _ => ScalarStyle::DoubleQuoted,
    }
}

fn is_of(tag: Option<&str>, collection: &str) -> Result<(), Unread> {
    match tag.map(|tag| tag.strip_prefix(CORE)) {
        None => Ok(()),
        Some(Some(suffix)) if suffix == collection => Ok(()),
        Some(_) => Err(Unread),
    }
}

impl Data {
    /// Whether it is that value.
    pub fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Shared(data), _) => data.is(value),
            (Self::Scalar(scalar), _) => scalar.is(value),
            (Self::Sequence(items), Value::Array(values)) => {
                items.len() == values.len()
                    && items.iter().zip(values).all(|(item, value)| item.is(value))
            }
            (Self::Mapping(entries), Value::Object(values)) => {
                let is_there = |(key, data): &(Rc<str>, Self)| {
                    values.get(&**key).is_some_and(|value| data.is(value))
                };
                entries.len() == values.len() && entries.iter().all(is_there)
            }
            _ => false,
        }
    }

    fn node(&self) -> &Self {
        match self {
            Self::Shared(data) => data.node(),
            _ => self,
        }
    }
}

impl Scalar {
    fn is(&self, value: &Value) -> bool {
        match self.type_ {
            ScalarType::Text | ScalarType::Timestamp => value.as_str() == Some(&self.text),
            ScalarType::Integer | ScalarType::Float if !value.is_number() => false,
            _ => json_patch::of_scalar(&self.text, self.type_) == *value,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Data, Unread> {
        Reader::new().read(text)
    }

    #[test]
    fn a_text_is_the_data_that_kubectl_makes_of_it() {
        for (text, data) in [
            (
                "a: 0400\nb: yes\nc:\nd: 'yes'\n",
                json!({"a": 256, "b": true, "c": null, "d": "yes"}),
            ),
            (
                "- 1.5\n- !!str 1\n- |\n  x\n- \"\\u00e9\"\n",
                json!([1.5, "1", "x\n", "é"]),
            ),
            (
                "a: &x {k: 1}\nb: *x\n",
                json!({"a": {"k": 1}, "b": {"k": 1}}),
            ),
            (
                "a: &x {k: 1, l: 2}\nb: &y {k: 3, m: 4}\nc:\n  <<: [*x, *y]\n  l: 5\n",
                json!({"a": {"k": 1, "l": 2}, "b": {"k": 3, "m": 4}, "c": {"k": 1, "l": 5, "m": 4}}),
            ),
            ("'<<': {k: 1}\n", json!({"<<": {"k": 1}})),
            ("k: 1\n<<: {k: 2}\nl: 3\n", json!({"k": 2, "l": 3})),
            ("<<: {k: 2}\nk: 1\n", json!({"k": 1})),
            (
                "- 18446744073709551615\n- 1_000.5\n- 1e999\n- 0xFF\n",
                json!([u64::MAX, 1000.5, "1e999", 255]),
            ),
            ("a: no line break", json!({"a": "no line break"})),
        ] {
            assert!(read(text).is_ok_and(|read| read.is(&data)), "{text}");
        }
    }

    #[test]
    fn what_differs_is_seen() {
        for (text, data) in [
            ("a: '1'\n", json!({"a": 1})),
            ("a: 1\n", json!({"a": "1"})),
            ("a: 1\nb: 2\n", json!({"a": 1})),
            ("a: 1\n", json!({"a": 1, "b": 2})),
            ("a: .inf\n", json!({"a": ".inf"})),
            ("a: 1_000.5\n", json!({"a": "1_000.5"})),
            ("a: \"x\u{85}y\"\n", json!({"a": "x\u{85}y"})),
            ("- 1\n", json!([1, 2])),
            ("- 1\n- 2\n", json!([1])),
            ("{}\n", json!([])),
            (
                "a: &x {k: 1}\nb: {<<: *x}\n",
                json!({"a": {"k": 1}, "b": {"k": 2}}),
            ),
        ] {
            assert!(read(text).is_ok_and(|read| !read.is(&data)), "{text}");
        }
    }

    #[test]
    fn what_it_cannot_read_is_nothing_and_stops_nothing() {
        let mut reader = Reader::new();
        for text in [
            "a: [\n",
            "a: |\n  no line break",
            "[!!str, 1]\n",
            "a: !%ff b\n",
            "*unknown\n",
            "a: 1\na: 1\n",
            "yes: 1\n",
            "? [k]\n: 1\n",
            "!!set {k: ~}\n",
            "!!binary aGk=\n",
            "a: 1\n---\nb: 2\n",
            "",
            "\n",
        ] {
            assert!(reader.read(text).is_err(), "{text}");
            let next = reader.read("a: 1\n");
            assert!(next.is_ok_and(|read| read.is(&json!({"a": 1}))), "{text}");
        }
        assert!(reader.read("a: Hello, world!\nb: !x y, z\n").is_ok());
    }

    /// As many lines as double what they stand for, and as long a chain.
    #[test]
    fn merges_of_merges_end() {
        for (lines, of) in [(60, "[*aX, *aX]"), (30_000, "*aX")] {
            let mut text = "a0: &a0 {k: 1}\n".to_owned();
            for line in 1..=lines {
                let of = of.replace('X', &(line - 1).to_string());
                text.push_str(&format!("a{line}: &a{line} {{<<: {of}}}\n"));
            }
            let read = read(&text).ok().expect("it is read");
            let Data::Mapping(entries) = read else {
                panic!("it is a mapping")
            };
            let (_, last) = entries.last().expect("there are lines");
            assert!(last.is(&json!({"k": 1})), "{of}");
        }
    }

    /// All of it is understood here, so that the slower reader rests.
    #[test]
    fn a_usual_manifest_is_read() {
        let text = include_str!("../../../examples/task-api/secure.yaml");
        for document in text.split("---\n").filter(|text| text.contains("kind:")) {
            assert!(read(document).is_ok(), "{document}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        /// The port in Rust panics at some texts: those are known.
        #[test]
        fn no_text_stops_it(changes in vec((any::<Index>(), 0..4_usize, select(PIECES)), 1..6)) {
            let mut text = TEXT.to_owned();
            for (at, removed, piece) in changes {
                let start = text.floor_char_boundary(at.index(text.len()));
                let end = text.floor_char_boundary((start + removed).min(text.len()));
                text.replace_range(start..end.max(start), piece);
            }
            let mut reader = Reader::new();
            let _ = reader.read(&text);
            let next = reader.read("a: 1\n");
            let is_read = next.is_ok_and(|read| read.is(&json!({"a": 1})));
            prop_assert!(is_read);
        }
    }

    /// What YAML gives a meaning to.
    const PIECES: &[&str] = &[
        "",
        "\n",
        "\r\n",
        "\r",
        " ",
        "  ",
        "\t",
        "-",
        "- ",
        ":",
        ": ",
        "?",
        "? ",
        ",",
        "[",
        "]",
        "{",
        "}",
        "#",
        " # x",
        "&",
        "&a ",
        "*",
        "*a",
        "!",
        "!a ",
        "!!",
        "!<",
        ">",
        "|",
        ">-",
        "|+",
        "|2",
        "|0",
        "'",
        "\"",
        "\\",
        "\\x",
        "\\u12",
        "\\\n",
        "%",
        "%YAML 1.1\n",
        "@",
        "`",
        "---",
        "---\n",
        "...\n",
        "<<: ",
        "~",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "é",
        "\u{1f511}",
        "\0",
        "1",
        "0x",
        "key: value\n",
    ];

    const TEXT: &str = "\
# a comment
a: &anchor {k: 'v', l: \"w\\n\"}
b: [1, *anchor, !!str 2] # behind
c: |
  one
   two

d: >-
  three
  four
? e
: <<: *anchor
  f:
  - g: 0400
    h: ~
  -
    - i
";
}
