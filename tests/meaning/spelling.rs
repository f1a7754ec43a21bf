//! The ways to write the same objects.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::random::Random;

/// How a text is framed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Documents behind `---`.
    Documents,
    /// Directives, comments, document ends and empty documents too.
    Directives,
    /// One List.
    List,
    /// JSON objects one after the other.
    Json,
    /// The same with line breaks and tabs.
    JsonWithTabs,
    /// One List in JSON.
    JsonList,
}

/// How scalars that are text are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// Without, where that is the same.
    Plain,
    Single,
    Double,
    /// Double, with escapes for letters.
    Escapes,
    /// As blocks.
    Literal,
    /// As folded blocks.
    Folded,
    /// Any of them.
    Mixed,
}

/// Whether collections are written in one line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    Never,
    /// On one line.
    Always,
    /// With line breaks, comments, tabs and trailing commas.
    Broken,
    Mixed,
}

/// A way to write.
#[derive(Clone)]
pub struct Spelling {
    pub name: &'static str,
    pub frame: Frame,
    pub quotes: Quotes,
    pub flow: Flow,
    /// Blanks a level.
    pub step: usize,
    /// Whether lists stand deeper than their key.
    pub deeper_lists: bool,
    pub anchors: bool,
    pub merges: bool,
    /// `? key` and `: value`.
    pub explicit_keys: bool,
    pub tags: bool,
    pub comments: bool,
    /// Keys from the last to the first.
    pub reversed: bool,
    pub carriage_returns: bool,
    pub byte_order_mark: bool,
}

const BLOCK: Spelling = Spelling {
    name: "block",
    frame: Frame::Documents,
    quotes: Quotes::Plain,
    flow: Flow::Never,
    step: 2,
    deeper_lists: false,
    anchors: false,
    merges: false,
    explicit_keys: false,
    tags: false,
    comments: false,
    reversed: false,
    carriage_returns: false,
    byte_order_mark: false,
};

/// The pure ways; the first is what others are compared with.
pub const SPELLINGS: &[Spelling] = &[
    BLOCK,
    Spelling {
        name: "deep",
        step: 9,
        deeper_lists: true,
        ..BLOCK
    },
    Spelling {
        name: "narrow",
        step: 1,
        deeper_lists: true,
        ..BLOCK
    },
    Spelling {
        name: "single",
        quotes: Quotes::Single,
        ..BLOCK
    },
    Spelling {
        name: "double",
        quotes: Quotes::Double,
        ..BLOCK
    },
    Spelling {
        name: "escapes",
        quotes: Quotes::Escapes,
        ..BLOCK
    },
    Spelling {
        name: "literal",
        quotes: Quotes::Literal,
        ..BLOCK
    },
    Spelling {
        name: "folded",
        quotes: Quotes::Folded,
        step: 4,
        ..BLOCK
    },
    Spelling {
        name: "flow",
        flow: Flow::Always,
        ..BLOCK
    },
    Spelling {
        name: "broken flow",
        flow: Flow::Broken,
        ..BLOCK
    },
    Spelling {
        name: "quoted flow",
        flow: Flow::Always,
        quotes: Quotes::Double,
        ..BLOCK
    },
    Spelling {
        name: "anchors",
        anchors: true,
        ..BLOCK
    },
    Spelling {
        name: "anchors in flow",
        anchors: true,
        flow: Flow::Always,
        ..BLOCK
    },
    Spelling {
        name: "merges",
        merges: true,
        ..BLOCK
    },
    Spelling {
        name: "merges in flow",
        merges: true,
        flow: Flow::Mixed,
        ..BLOCK
    },
    Spelling {
        name: "merged anchors",
        merges: true,
        anchors: true,
        ..BLOCK
    },
    Spelling {
        name: "explicit keys",
        explicit_keys: true,
        ..BLOCK
    },
    Spelling {
        name: "tags",
        tags: true,
        ..BLOCK
    },
    Spelling {
        name: "comments",
        comments: true,
        ..BLOCK
    },
    Spelling {
        name: "reversed",
        reversed: true,
        ..BLOCK
    },
    Spelling {
        name: "carriage returns",
        carriage_returns: true,
        comments: true,
        ..BLOCK
    },
    Spelling {
        name: "carriage returns in blocks",
        carriage_returns: true,
        quotes: Quotes::Literal,
        ..BLOCK
    },
    Spelling {
        name: "byte order mark",
        byte_order_mark: true,
        ..BLOCK
    },
    Spelling {
        name: "directives",
        frame: Frame::Directives,
        ..BLOCK
    },
    Spelling {
        name: "list",
        frame: Frame::List,
        ..BLOCK
    },
    Spelling {
        name: "list in flow",
        frame: Frame::List,
        flow: Flow::Always,
        ..BLOCK
    },
    Spelling {
        name: "JSON",
        frame: Frame::Json,
        ..BLOCK
    },
    Spelling {
        name: "JSON with tabs",
        frame: Frame::JsonWithTabs,
        ..BLOCK
    },
    Spelling {
        name: "JSON with a byte order mark",
        frame: Frame::Json,
        byte_order_mark: true,
        carriage_returns: true,
        ..BLOCK
    },
    Spelling {
        name: "JSON list",
        frame: Frame::JsonList,
        ..BLOCK
    },
];

/// All of it by chance.
pub fn mixed(random: &mut Random) -> Spelling {
    Spelling {
        name: "mixed",
        frame: *random.pick(&[
            Frame::Documents,
            Frame::Documents,
            Frame::Directives,
            Frame::List,
        ]),
        quotes: Quotes::Mixed,
        flow: *random.pick(&[Flow::Never, Flow::Mixed]),
        step: *random.pick(&[1, 2, 3, 4, 7]),
        deeper_lists: random.one_in(2),
        anchors: random.one_in(2),
        merges: random.one_in(2),
        explicit_keys: random.one_in(3),
        tags: random.one_in(3),
        comments: random.one_in(2),
        reversed: random.one_in(4),
        carriage_returns: random.one_in(4),
        byte_order_mark: random.one_in(4),
    }
}

/// Writes objects.
pub fn spell(objects: &[Value], spelling: &Spelling, random: &mut Random) -> String {
    let listed = |objects: &[Value]| -> Value {
        serde_json::json!({"apiVersion": "v1", "kind": "List", "items": objects})
    };
    let mut text = match spelling.frame {
        Frame::Json => objects
            .iter()
            .map(Value::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
        Frame::JsonWithTabs => objects.iter().map(with_tabs).collect(),
        Frame::JsonList => listed(objects).to_string(),
        Frame::List => document(&listed(objects), spelling, random),
        Frame::Documents => objects
            .iter()
            .map(|object| document(object, spelling, random))
            .collect::<Vec<_>>()
            .join("---\n"),
        Frame::Directives => {
            let documents: Vec<_> = objects
                .iter()
                .map(|object| {
                    format!(
                        "# before\n%YAML 1.1\n--- # start\n{}...\n",
                        document(object, spelling, random)
                    )
                })
                .collect();
            format!("{}---\n---\n# nothing\n", documents.concat())
        }
    };
    if spelling.carriage_returns {
        text = text.replace('\n', "\r\n");
    }
    if spelling.byte_order_mark {
        text.insert(0, '\u{feff}');
    }
    text
}

fn with_tabs(value: &Value) -> String {
    let mut text = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut writer = serde_json::Serializer::with_formatter(&mut text, indent);
    serde::Serialize::serialize(value, &mut writer).unwrap();
    String::from_utf8(text).unwrap() + "\n"
}

fn document(value: &Value, spelling: &Spelling, random: &mut Random) -> String {
    let mut seen = BTreeMap::new();
    count(value, &mut seen);
    let mut writer = Writer {
        spelling,
        random,
        seen,
        anchors: BTreeMap::new(),
        mappings: Vec::new(),
    };
    let written = writer.node(value, Context::Block);
    let mut lines = vec![];
    if !written.head.is_empty() {
        lines.push(written.head);
    }
    lines.extend(written.below);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn count(value: &Value, seen: &mut BTreeMap<String, usize>) {
    *seen.entry(value.to_string()).or_default() += 1;
    match value {
        Value::Array(items) => items.iter().for_each(|item| count(item, seen)),
        Value::Object(entries) => entries.values().for_each(|item| count(item, seen)),
        _ => {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Block,
    /// Inside `[` or `{`.
    Flow,
}

/// What stands on the line of the key or dash, and the lines below it, which
/// have no indentation yet.
struct Written {
    head: String,
    below: Vec<String>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Inline,
    BlockScalar,
    List,
    Mapping,
}

impl Written {
    fn inline(head: String) -> Self {
        Self {
            head,
            below: Vec::new(),
            kind: Kind::Inline,
        }
    }
}

struct Writer<'a> {
    spelling: &'a Spelling,
    random: &'a mut Random,
    /// How often each subtree is there.
    seen: BTreeMap<String, usize>,
    anchors: BTreeMap<String, usize>,
    /// Anchored mappings.
    mappings: Vec<(Map<String, Value>, usize)>,
}

impl Writer<'_> {
    fn node(&mut self, value: &Value, context: Context) -> Written {
        let text = value.to_string();
        let mut prefix = String::new();
        if self.spelling.anchors
            && self.seen.get(&text).is_some_and(|times| *times > 1)
            && text.len() > 3
        {
            if let Some(anchor) = self.anchors.get(&text) {
                // In flow, a comma right behind would belong to the name.
                return Written::inline(format!("*a{anchor} ").trim_end().to_owned());
            }
            let anchor = self.anchors.len();
            self.anchors.insert(text, anchor);
            if let Value::Object(entries) = value {
                self.mappings.push((entries.clone(), anchor));
            }
            prefix = format!("&a{anchor}");
        }
        if self.spelling.tags && self.random.one_in(3) {
            let tag = match value {
                Value::String(_) => "!!str",
                Value::Array(_) => "!!seq",
                Value::Object(_) => "!!map",
                Value::Bool(_) => "!!bool",
                Value::Number(number) if number.is_i64() => "!!int",
                _ => "",
            };
            if !tag.is_empty() {
                prefix = format!("{prefix} {tag}").trim().to_owned();
            }
        }
        let mut written = self.content(value, context);
        if !prefix.is_empty() {
            written.head = format!("{prefix} {}", written.head).trim_end().to_owned();
        }
        written
    }

    fn content(&mut self, value: &Value, context: Context) -> Written {
        match value {
            Value::String(text) => self.text(text, context),
            Value::Array(items) if items.is_empty() => Written::inline("[]".to_owned()),
            Value::Object(entries) if entries.is_empty() => Written::inline("{}".to_owned()),
            Value::Array(items) => {
                if self.in_flow(context) {
                    let parts = items
                        .iter()
                        .map(|item| self.node(item, Context::Flow).head)
                        .collect();
                    return Written::inline(self.flow('[', parts, ']'));
                }
                Written {
                    head: String::new(),
                    below: items.iter().flat_map(|item| self.item(item)).collect(),
                    kind: Kind::List,
                }
            }
            Value::Object(entries) => self.mapping(entries, context),
            Value::Null => Written::inline((*self.random.pick(&["null", "~", "Null"])).to_owned()),
            Value::Bool(truth) => {
                let forms: &[&str] = if *truth {
                    &["true", "True", "TRUE"]
                } else {
                    &["false", "False", "FALSE"]
                };
                Written::inline((*self.random.pick(forms)).to_owned())
            }
            Value::Number(number) => Written::inline(number.to_string()),
        }
    }

    fn in_flow(&mut self, context: Context) -> bool {
        context == Context::Flow
            || match self.spelling.flow {
                Flow::Never => false,
                Flow::Always | Flow::Broken => true,
                Flow::Mixed => self.random.one_in(3),
            }
    }

    fn flow(&mut self, open: char, parts: Vec<String>, close: char) -> String {
        if self.spelling.flow == Flow::Broken {
            // Flow collections may be indented as one likes, but not less than
            // what they are in; a line with a tab is fine after a blank.
            let inner: Vec<_> = parts
                .iter()
                .map(|part| format!("\n                    \t{part}\t,  # {close} {open} \" ' : -"))
                .collect();
            return format!("{open}{}\n                    {close}", inner.concat());
        }
        format!("{open}{}{close}", parts.join(", "))
    }

    fn mapping(&mut self, entries: &Map<String, Value>, context: Context) -> Written {
        let mut order: Vec<(&String, &Value)> = entries.iter().collect();
        if self.spelling.reversed {
            order.reverse();
        }
        let mut merged = None;
        if self.spelling.merges && order.len() > 1 && self.random.one_in(2) {
            let known = self.mappings.iter().find(|(known, _)| {
                known.len() < entries.len()
                    && known
                        .iter()
                        .all(|(key, value)| entries.get(key) == Some(value))
                    && known.keys().all(|key| {
                        self.anchors
                            .contains_key(&Value::Object(known.clone()).to_string())
                            && key != "<<"
                    })
            });
            match known {
                // An anchor can only be named once it is written.
                Some((known, anchor)) => {
                    order.retain(|(key, _)| !known.contains_key(*key));
                    merged = Some(format!("*a{anchor}"));
                }
                None => {
                    let rest = order.split_off(order.len() / 2);
                    let inside: Map<String, Value> = rest
                        .into_iter()
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect();
                    // Without anchors: what is written here comes before its
                    // neighbours in the text, and after them in the data.
                    let parts = self.flow_entries(&inside.iter().collect::<Vec<_>>());
                    merged = Some(format!("{{{}}}", parts.join(", ")));
                }
            }
        }
        if self.in_flow(context) {
            let mut parts: Vec<String> = merged
                .map(|merged| format!("<<: {merged}"))
                .into_iter()
                .collect();
            parts.extend(self.flow_entries(&order));
            return Written::inline(self.flow('{', parts, '}'));
        }
        let mut below: Vec<String> = merged
            .map(|merged| format!("<<: {merged}"))
            .into_iter()
            .collect();
        for (key, value) in order {
            below.extend(self.entry(key, value));
        }
        Written {
            head: String::new(),
            below,
            kind: Kind::Mapping,
        }
    }

    fn flow_entries(&mut self, entries: &[(&String, &Value)]) -> Vec<String> {
        entries
            .iter()
            .map(|(key, value)| {
                let key = self.key(key);
                let value = self.node(value, Context::Flow).head;
                format!("{key}: {value}")
            })
            .collect()
    }

    fn comment(&mut self, lines: &mut Vec<String>) {
        if self.spelling.comments && self.random.one_in(3) {
            lines.push((*self.random.pick(&["# a: comment", "", "#- name: none"])).to_owned());
        }
    }

    fn entry(&mut self, key: &str, value: &Value) -> Vec<String> {
        let mut lines = Vec::new();
        self.comment(&mut lines);
        let name = self.key(key);
        let written = self.node(value, Context::Block);
        let explicit = self.spelling.explicit_keys && self.random.one_in(2);
        let start = if explicit {
            lines.push(format!("? {name}"));
            ":".to_owned()
        } else {
            format!("{name}:")
        };
        let step = self.spelling.step;
        let deeper = match written.kind {
            Kind::List if explicit => 1.max(step),
            Kind::List if !self.spelling.deeper_lists => 0,
            _ => step,
        };
        lines.push(self.with_comment(format!("{start} {}", written.head).trim_end(), written.kind));
        lines.extend(written.below.iter().map(|line| indented(line, deeper)));
        lines
    }

    fn item(&mut self, value: &Value) -> Vec<String> {
        let mut lines = Vec::new();
        self.comment(&mut lines);
        let written = self.node(value, Context::Block);
        let compact = matches!(written.kind, Kind::Mapping | Kind::List)
            && written.head.is_empty()
            && written
                .below
                .first()
                .is_some_and(|line| !line.trim().is_empty() && !line.starts_with('#'))
            && !self.random.one_in(4);
        if compact {
            let gap = 1.max(self.spelling.step - 1);
            let mut below = written.below.iter();
            lines.extend(
                below
                    .next()
                    .map(|first| format!("-{}{first}", " ".repeat(gap))),
            );
            lines.extend(below.map(|line| indented(line, gap + 1)));
        } else {
            lines.push(self.with_comment(format!("- {}", written.head).trim_end(), written.kind));
            lines.extend(
                written
                    .below
                    .iter()
                    .map(|line| indented(line, self.spelling.step)),
            );
        }
        lines
    }

    fn with_comment(&mut self, line: &str, kind: Kind) -> String {
        let plain = kind != Kind::BlockScalar || self.random.one_in(2);
        if self.spelling.comments && plain && !line.contains('\n') && self.random.one_in(3) {
            format!("{line}  # {{comment: [\"")
        } else {
            line.to_owned()
        }
    }

    fn key(&mut self, key: &str) -> String {
        let quotes = match self.spelling.quotes {
            Quotes::Mixed => *self.random.pick(&[
                Quotes::Plain,
                Quotes::Single,
                Quotes::Double,
                Quotes::Escapes,
            ]),
            Quotes::Literal | Quotes::Folded => Quotes::Plain,
            quotes => quotes,
        };
        scalar(key, quotes)
    }

    fn text(&mut self, text: &str, context: Context) -> Written {
        let mut quotes = self.spelling.quotes;
        if quotes == Quotes::Mixed {
            quotes = *self.random.pick(&[
                Quotes::Plain,
                Quotes::Single,
                Quotes::Double,
                Quotes::Escapes,
                Quotes::Literal,
                Quotes::Folded,
            ]);
        }
        let block = matches!(quotes, Quotes::Literal | Quotes::Folded);
        if !block || context == Context::Flow || !can_be_block(text) {
            let quotes = if block { Quotes::Plain } else { quotes };
            return Written::inline(scalar(text, quotes));
        }
        let (content, chomping) = match text.strip_suffix('\n') {
            Some(content) if !content.is_empty() && !content.ends_with('\n') => (content, ""),
            Some(_) => return Written::inline(scalar(text, Quotes::Double)),
            None => (text, "-"),
        };
        let folded = quotes == Quotes::Folded && !content.contains('\n');
        Written {
            head: format!("{}{chomping}", if folded { '>' } else { '|' }),
            below: content.split('\n').map(str::to_owned).collect(),
            kind: Kind::BlockScalar,
        }
    }
}

fn indented(line: &str, by: usize) -> String {
    // A flow collection on several lines is one line here.
    if line.is_empty() {
        return String::new();
    }
    format!("{}{line}", " ".repeat(by))
}

fn can_be_block(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with([' ', '\n', '\t'])
        && text.chars().all(|c| {
            c == '\n' || (!c.is_control() && !('\u{80}'..='\u{9f}').contains(&c) && c != '\u{2028}')
        })
}

fn scalar(text: &str, quotes: Quotes) -> String {
    let printable = text
        .chars()
        .all(|c| !c.is_control() && !('\u{80}'..='\u{9f}').contains(&c) && c != '\u{2028}');
    match quotes {
        Quotes::Plain if is_plain(text) => text.to_owned(),
        Quotes::Plain | Quotes::Single if printable => format!("'{}'", text.replace('\'', "''")),
        Quotes::Escapes => {
            let escaped: String = text
                .chars()
                .enumerate()
                .map(|(at, c)| match at % 3 {
                    _ if (c as u32) > 0xffff => format!("\\U{:08x}", c as u32),
                    0 if (c as u32) < 0x100 => format!("\\x{:02x}", c as u32),
                    1 => format!("\\u{:04x}", c as u32),
                    _ if c.is_control() || "\"\\".contains(c) || !c.is_ascii() => {
                        format!("\\u{:04x}", c as u32)
                    }
                    _ => c.to_string(),
                })
                .collect();
            format!("\"{escaped}\"")
        }
        _ => Value::from(text)
            .to_string()
            .replace('\u{2028}', "\\u2028")
            .replace('\u{85}', "\\u0085"),
    }
}

/// Whether every reader takes it, without quotes, for this text.
fn is_plain(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
        && !words.contains(&text.to_lowercase().as_str())
}

/// The base64 of a text.
pub fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
