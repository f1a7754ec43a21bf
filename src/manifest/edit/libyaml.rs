//! Another reader of YAML: libyaml, of which kubectl's reader is a port. It
//! shares no code with the one that makes the trees but the table of what a
//! plain scalar means ([`resolve`]).
//!
//! What it reads may be secret: nothing here has `Debug`, and the library's
//! errors are dropped.

use std::collections::HashMap;
use std::io::Cursor;
use std::rc::Rc;

use libyaml_safer::{Event, EventData, Parser, ScalarStyle as Written};
use serde_json::Value;

use super::super::parse::DEEPEST;
use super::super::resolve::{Tag, resolve};
use super::super::{ScalarStyle, ScalarType, json_patch};

/// A document.
pub(super) enum Data {
    Scalar(Scalar),
    Sequence(Vec<Data>),
    Mapping(Vec<(Data, Data)>),
    /// A node with an anchor, there and wherever an alias names it.
    Shared(Rc<Data>),
}

pub(super) struct Scalar {
    text: String,
    style: ScalarStyle,
    type_: ScalarType,
}

/// Reads documents one after the other, in the same memory.
pub(super) struct Reader {
    parser: Parser<Cursor<String>>,
    anchors: HashMap<String, Rc<Data>>,
}

impl Reader {
    pub fn new() -> Self {
        Self {
            parser: Parser::new(),
            anchors: HashMap::new(),
        }
    }

    /// The one document of a text; `None` where libyaml does not understand it,
    /// or where its port in Rust is known to panic.
    pub fn read(&mut self, text: &str) -> Option<Data> {
        // At the end of a block scalar it takes a line break for granted.
        if !text.ends_with('\n') || stops_at_a_tag(text) {
            return None;
        }
        self.anchors.clear();
        self.parser.reset();
        self.parser.set_input(Cursor::new(text.to_owned()));
        let data = self.document();
        if data.is_none() {
            // Nothing of a failure stays.
            self.parser = Parser::new();
        }
        data
    }

    fn document(&mut self) -> Option<Data> {
        let is = |event: Option<EventData>, wanted: fn(&EventData) -> bool| {
            event.is_some_and(|event| wanted(&event)).then_some(())
        };
        is(self.next(), |event| {
            matches!(event, EventData::StreamStart { .. })
        })?;
        is(self.next(), |event| {
            matches!(event, EventData::DocumentStart { .. })
        })?;
        let first = self.next()?;
        let data = self.node(first, 0)?;
        is(self.next(), |event| {
            matches!(event, EventData::DocumentEnd { .. })
        })?;
        is(self.next(), |event| matches!(event, EventData::StreamEnd))?;
        Some(data)
    }

    fn next(&mut self) -> Option<EventData> {
        let Event { data, .. } = self.parser.parse().ok()?;
        Some(data)
    }

    fn node(&mut self, event: EventData, depth: usize) -> Option<Data> {
        // An edit puts a few levels into the deepest text that is read.
        if depth > 2 * DEEPEST {
            return None;
        }
        let (data, anchor) = match event {
            EventData::Scalar {
                anchor,
                tag,
                value,
                style,
                ..
            } => {
                let style = match style {
                    Written::Plain => ScalarStyle::Plain,
                    _ => ScalarStyle::DoubleQuoted,
                };
                let type_ = resolve(&value, style, tag_of(tag.as_deref()));
                let scalar = Scalar {
                    text: value,
                    style,
                    type_,
                };
                (Data::Scalar(scalar), anchor)
            }
            EventData::SequenceStart { anchor, .. } => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        EventData::SequenceEnd => break,
                        event => items.push(self.node(event, depth + 1)?),
                    }
                }
                (Data::Sequence(items), anchor)
            }
            EventData::MappingStart { anchor, .. } => {
                let mut entries = Vec::new();
                loop {
                    match self.next()? {
                        EventData::MappingEnd => break,
                        event => {
                            let key = self.node(event, depth + 1)?;
                            let event = self.next()?;
                            entries.push((key, self.node(event, depth + 1)?));
                        }
                    }
                }
                (Data::Mapping(entries), anchor)
            }
            EventData::Alias { anchor } => {
                return self.anchors.get(&anchor).cloned().map(Data::Shared);
            }
            _ => return None,
        };
        Some(match anchor {
            None => data,
            Some(name) => {
                let data = Rc::new(data);
                self.anchors.insert(name, Rc::clone(&data));
                Data::Shared(data)
            }
        })
    }
}

fn tag_of(tag: Option<&str>) -> Tag {
    tag.map_or(Tag::None, |tag| {
        Tag::of_core(tag.strip_prefix("tag:yaml.org,2002:"))
    })
}

/// Whether there may be a tag at which the port panics: one that a comma ends,
/// or with an escape.
fn stops_at_a_tag(text: &str) -> bool {
    text.split('!').skip(1).any(|rest| {
        let tag = rest.split_whitespace().next().unwrap_or_default();
        tag.contains([',', '%'])
    })
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
                effective(entries).is_some_and(|entries| {
                    let is_there = |(key, data): &(&str, &Self)| {
                        values.get(*key).is_some_and(|value| data.is(value))
                    };
                    entries.len() == values.len() && entries.iter().all(is_there)
                })
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

    fn key(&self) -> Option<&str> {
        match self.node() {
            Self::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    fn is_merge(&self) -> bool {
        matches!(self.node(), Self::Scalar(scalar) if scalar.text == "<<" && scalar.style == ScalarStyle::Plain)
    }
}

impl Scalar {
    fn is(&self, value: &Value) -> bool {
        match self.type_ {
            ScalarType::Text | ScalarType::Timestamp => value.as_str() == Some(&self.text),
            _ => json_patch::of_scalar(&self.text, self.type_) == *value,
        }
    }
}

/// The entries of a mapping, `<<` resolved as kubectl does: what the mapping
/// has itself wins, then what was merged first.
fn effective(entries: &[(Data, Data)]) -> Option<Vec<(&str, &Data)>> {
    let mut own = Vec::with_capacity(entries.len());
    for (key, data) in entries {
        if !key.is_merge() {
            own.push((key.key()?, data));
        }
    }
    if has_doubled(&own) {
        return None;
    }
    if own.len() == entries.len() {
        return Some(own);
    }
    for (_, merged) in entries.iter().filter(|(key, _)| key.is_merge()) {
        let mappings = match merged.node() {
            Data::Sequence(items) => items.as_slice(),
            _ => std::slice::from_ref(merged),
        };
        for mapping in mappings {
            let Data::Mapping(entries) = mapping.node() else {
                return None;
            };
            for (key, data) in effective(entries)? {
                if !own.iter().any(|(known, _)| *known == key) {
                    own.push((key, data));
                }
            }
        }
    }
    Some(own)
}

fn has_doubled(entries: &[(&str, &Data)]) -> bool {
    let mut keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Option<Data> {
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
        ] {
            assert!(read(text).is_some_and(|read| read.is(&data)), "{text}");
        }
    }

    #[test]
    fn what_differs_is_seen() {
        for (text, data) in [
            ("a: '1'\n", json!({"a": 1})),
            ("a: 1\n", json!({"a": "1"})),
            ("a: 1\nb: 2\n", json!({"a": 1})),
            ("a: 1\n", json!({"a": 1, "b": 2})),
            ("a: 1\na: 1\n", json!({"a": 1, "b": 2})),
            ("a: 1\na: 1\n", json!({"a": 1})),
            ("- 1\n", json!([1, 2])),
            ("- 1\n- 2\n", json!([1])),
            ("{}\n", json!([])),
            (
                "a: &x {k: 1}\nb: {<<: *x}\n",
                json!({"a": {"k": 1}, "b": {"k": 2}}),
            ),
        ] {
            assert!(read(text).is_some_and(|read| !read.is(&data)), "{text}");
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
            "a: 1\n---\nb: 2\n",
            "",
            "\n",
        ] {
            assert!(reader.read(text).is_none(), "{text}");
            let next = reader.read("a: 1\n");
            assert!(next.is_some_and(|read| read.is(&json!({"a": 1}))), "{text}");
        }
        assert!(reader.read("a: Hello, world!\nb: !x y, z\n").is_some());
    }

    /// All of it is understood here, so that the slower reader rests.
    #[test]
    fn a_usual_manifest_is_read() {
        let text = include_str!("../../../examples/task-api/secure.yaml");
        for document in text.split("---\n").filter(|text| text.contains("kind:")) {
            assert!(read(document).is_some(), "{document}");
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
            reader.read(&text);
            let next = reader.read("a: 1\n");
            let is_read = next.is_some_and(|read| read.is(&json!({"a": 1})));
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
