//! What kubectl cannot read, though it can be read here.
//!
//! kubectl takes a text apart at its lines `---` (`YAMLReader` in
//! k8s.io/apimachinery `pkg/util/yaml/decoder.go`), gives each part to go-yaml
//! v2, reads no further than the first document there, and makes JSON of it
//! (`convertToJSONableObject` in sigs.k8s.io/yaml). Where it stops, it takes
//! nothing of the whole file.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libyaml_safer::{EventData, MappingStyle, SequenceStyle};
use memchr::memmem;

use super::libyaml::{Events, Stop, after_blanks, style_of, tag_of};
use super::parse::DEEPEST;
use super::resolve::{self, Number, Tag, resolve};
use super::usual::is_usual;
use super::{ScalarStyle, ScalarType, SourceText, Span, json};

/// A place at which kubectl stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obstacle {
    pub at: usize,
    /// What kubectl does there.
    pub effect: Effect,
    /// Why: a lower-case fragment that quotes nothing of the text.
    pub what: &'static str,
}

/// What kubectl does with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It refuses the whole file.
    Refused,
    /// It leaves out what follows, up to the next line `---`, without a word.
    LeftOut,
    /// It takes the text for something else than newer readers.
    Otherwise,
}

/// The places at which kubectl stops, the first of each part of the text.
pub fn obstacles(source: &SourceText) -> Vec<Obstacle> {
    let text = source.text();
    stops(text, |part| is_usual(&text[part.start..part.end]))
}

/// The same without looking at lines first.
#[cfg(test)]
pub(super) fn all_obstacles(source: &SourceText) -> Vec<Obstacle> {
    stops(source.text(), |_| false)
}

fn stops(text: &str, is_usual: impl Fn(Span) -> bool) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut start = 0;
    match json_values(text) {
        Json::All => return found,
        Json::None => {}
        Json::First(end) => start = end,
        Json::Several(at) => {
            found.push(Obstacle {
                at,
                effect: Effect::Refused,
                what: "this is not JSON, but the text before it is",
            });
            return found;
        }
    }
    for part in parts(text, start) {
        match part {
            Part::Separator(at) => found.push(Obstacle {
                at,
                effect: Effect::Refused,
                what: "there is text after '---' on its line",
            }),
            Part::Text(part) if is_usual(part) => {}
            Part::Text(part) => found.extend(Judge::of(text, part)),
        }
    }
    found
}

/// How much of a text is JSON values, one after the other.
pub(super) enum Json {
    All,
    /// Not even the first one.
    None,
    /// The first one, and a line end; the rest is read as YAML.
    First(usize),
    /// More, up to this byte: then kubectl does not think again.
    Several(usize),
}

/// kubectl takes a text for JSON first if it begins with a brace.
pub(super) fn json_values(text: &str) -> Json {
    if !text.trim_start().starts_with('{') {
        return Json::None;
    }
    let mut at = 0;
    for count in 0_usize.. {
        let rest = text[at..].trim_start();
        if rest.is_empty() {
            return Json::All;
        }
        let here = text.len() - rest.len();
        match (json::value(text, here), count) {
            (Ok((_, end)), _) => at = end,
            (Err(_), 0) => return Json::None,
            (Err(_), 1) => {
                let blank = &text[at..here];
                let line = blank.find('\n').map_or(blank.len(), |end| end + 1);
                return Json::First(at + line);
            }
            (Err(_), _) => return Json::Several(here),
        }
    }
    Json::All
}

/// A part of a text, as kubectl takes it apart.
pub(super) enum Part {
    /// What it gives to its reader.
    Text(Span),
    /// A line that begins with `---` and is no separator: where its rest begins.
    Separator(usize),
}

/// The parts of a text from a byte on.
pub(super) fn parts(text: &str, start: usize) -> Vec<Part> {
    const SEPARATOR: &str = "---";
    let mut parts = Vec::new();
    let mut part = start;
    let below = memmem::find_iter(&text.as_bytes()[start..], "\n---");
    let first = text[start..].starts_with(SEPARATOR).then_some(start);
    for line in first.into_iter().chain(below.map(|at| start + at + 1)) {
        let end = memchr::memchr(b'\n', &text.as_bytes()[line..])
            .map_or(text.len(), |end| line + end + 1);
        let rest = &text[line + SEPARATOR.len()..end];
        if part < line {
            parts.push(Part::Text(Span {
                start: part,
                end: line,
            }));
        }
        let trimmed = rest.trim();
        part = end;
        if !trimmed.is_empty() && !trimmed.starts_with('#') {
            parts.push(Part::Separator(end - rest.trim_start().len()));
            // What stands there is read here all the same.
            part = line + SEPARATOR.len();
        }
    }
    if part < text.len() {
        parts.push(Part::Text(Span {
            start: part,
            end: text.len(),
        }));
    }
    parts
}

/// What a key or an alias stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Scalar {
        is_key: bool,
    },
    Sequence,
    Mapping,
    /// It is still open.
    Open,
}

const DIRECTIVE: &str = "kubectl reads a directive ('%') and the '---' below it as two documents";

/// What may come next.
enum Level {
    Items { of_a_merge: bool },
    Keys,
    Value { is_merge: bool },
}

/// Reads one part as kubectl does, as far as it goes.
struct Judge<'a> {
    text: &'a str,
    levels: Vec<Level>,
    open: Vec<Option<String>>,
    /// How many of the open collections stand in brackets.
    in_brackets: usize,
    anchors: HashMap<String, Named>,
}

impl<'a> Judge<'a> {
    /// The first place at which kubectl stops.
    fn of(text: &'a str, part: Span) -> Option<Obstacle> {
        let refused = |at: usize, what: &'static str| Obstacle {
            at,
            effect: Effect::Refused,
            what,
        };
        let own = &text[part.start..part.end];
        let inside = own.strip_prefix('\u{feff}').unwrap_or(own);
        let first = part.end - inside.len();
        if let Some((at, _)) = inside.char_indices().find(|(_, c)| is_refused(*c)) {
            return Some(refused(first + at, "there is a control character here"));
        }
        let begins = after_blanks(text, first, part.end);
        if text[begins..part.end].starts_with('%') {
            return Some(refused(begins, DIRECTIVE));
        }
        let mut judge = Self {
            text,
            levels: Vec::new(),
            open: Vec::new(),
            in_brackets: 0,
            anchors: HashMap::new(),
        };
        let mut events = Events::of(text, part).ok()?;
        loop {
            match events.next() {
                Ok((EventData::DocumentEnd { .. }, span)) => {
                    return left_out(text, span.end, part.end);
                }
                Ok((EventData::StreamEnd, _)) => return None,
                Ok((event, span)) => {
                    if let Err(what) = judge.take(event, span) {
                        return Some(refused(span.start, what));
                    }
                    if judge.levels.len() > DEEPEST {
                        return None;
                    }
                }
                Err(Stop::NotAsked) => return None,
                // The port is stricter than kubectl, which takes the ':' for text
                // unless what follows it begins something else.
                Err(Stop::Refused {
                    at,
                    problem: "found unexpected ':'",
                }) => {
                    let next = text[at..].trim_start_matches(':').chars().next();
                    return Some(match next {
                        Some('?' | '[' | '{') => refused(at, "a ',' or a space is missing here"),
                        _ => Obstacle {
                            at,
                            effect: Effect::Otherwise,
                            what: "in brackets, a ':' before ',' or a bracket is part of the text",
                        },
                    });
                }
                Err(Stop::Refused { at, problem }) => {
                    return Some(refused(at, sentence(problem, &text[at..part.end])));
                }
            }
        }
    }

    fn take(&mut self, event: EventData, span: Span) -> Result<(), &'static str> {
        match event {
            EventData::Scalar {
                anchor,
                tag,
                value,
                style,
                ..
            } => {
                let style = style_of(style);
                if style == ScalarStyle::DoubleQuoted
                    && has_escaped_slash(&self.text[span.start..span.end])
                {
                    return Err("'\\/' is an escape of JSON, not of YAML 1.1");
                }
                if style == ScalarStyle::Plain && self.in_brackets > 0 && value.contains('?') {
                    return Err("in brackets, text with a '?' needs quotes");
                }
                let type_ = type_of(&value, style, tag.as_deref())?;
                let named = Named::Scalar {
                    is_key: is_key(&value, type_),
                };
                let is_merge = style == ScalarStyle::Plain && tag.is_none() && value == "<<";
                if matches!(self.levels.last(), Some(Level::Keys)) && is_merge {
                    self.next_is(Level::Value { is_merge: true });
                } else {
                    let is_value = !matches!(self.levels.last(), Some(Level::Keys));
                    if is_value && type_ == ScalarType::Float && resolve::number(&value).is_none() {
                        return Err("JSON has no number for .inf and .nan (quote it)");
                    }
                    self.node(named)?;
                }
                if let Some(anchor) = anchor {
                    self.anchors.insert(anchor, named);
                }
                Ok(())
            }
            EventData::SequenceStart { anchor, style, .. } => {
                self.open_brackets(style == SequenceStyle::Flow);
                let of_a_merge =
                    matches!(self.levels.last(), Some(Level::Value { is_merge: true }));
                if !of_a_merge {
                    self.node(Named::Sequence)?;
                } else {
                    self.next_is(Level::Keys);
                }
                self.begin(anchor, Level::Items { of_a_merge });
                Ok(())
            }
            EventData::MappingStart { anchor, style, .. } => {
                self.open_brackets(style == MappingStyle::Flow);
                self.node(Named::Mapping)?;
                self.begin(anchor, Level::Keys);
                Ok(())
            }
            EventData::SequenceEnd => {
                self.end(Named::Sequence);
                Ok(())
            }
            EventData::MappingEnd => {
                self.end(Named::Mapping);
                Ok(())
            }
            EventData::Alias { anchor } => match self.anchors.get(&anchor).copied() {
                None => Err("an alias refers to an anchor that does not exist"),
                Some(Named::Open) => Err("an anchor contains an alias of itself"),
                Some(named) => self.node(named),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, anchor: Option<String>, level: Level) {
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), Named::Open);
        }
        self.open.push(anchor);
        self.levels.push(level);
    }

    /// Within brackets there are no lines.
    fn open_brackets(&mut self, is_flow: bool) {
        if is_flow || self.in_brackets > 0 {
            self.in_brackets += 1;
        }
    }

    fn end(&mut self, named: Named) {
        self.in_brackets = self.in_brackets.saturating_sub(1);
        self.levels.pop();
        if let Some(Some(anchor)) = self.open.pop() {
            self.anchors.insert(anchor, named);
        }
    }

    fn next_is(&mut self, level: Level) {
        if let Some(last) = self.levels.last_mut() {
            *last = level;
        }
    }

    /// A node where the last level has it.
    fn node(&mut self, named: Named) -> Result<(), &'static str> {
        const MERGES: &str = "'<<' takes a mapping or a list of mappings";
        match self.levels.last() {
            Some(Level::Keys) => {
                match named {
                    Named::Scalar { is_key: true } => {}
                    Named::Scalar { is_key: false } => {
                        return Err("a key is empty, null or a number that is too large");
                    }
                    _ => return Err("a key is a list or a mapping"),
                }
                self.next_is(Level::Value { is_merge: false });
            }
            Some(Level::Value { is_merge }) => {
                if *is_merge && named != Named::Mapping {
                    return Err(MERGES);
                }
                self.next_is(Level::Keys);
            }
            Some(Level::Items { of_a_merge: true }) if named != Named::Mapping => {
                return Err(MERGES);
            }
            _ => {}
        }
        Ok(())
    }
}

/// What go-yaml takes a scalar for, where its tag lets it.
fn type_of(text: &str, style: ScalarStyle, tag: Option<&str>) -> Result<ScalarType, &'static str> {
    let core = tag.and_then(|tag| tag.strip_prefix(super::libyaml::CORE));
    let type_ = resolve(text, style, tag_of(tag));
    let looks = resolve(text, ScalarStyle::Plain, Tag::None);
    let fits = match core {
        Some("null") => looks == ScalarType::Null,
        Some("bool") => matches!(looks, ScalarType::Bool(_)),
        Some("int") => {
            looks == ScalarType::Integer
                || matches!(resolve::number(text), Some(Number::Unsigned(_)))
        }
        Some("float") => matches!(looks, ScalarType::Integer | ScalarType::Float),
        Some("timestamp") => looks == ScalarType::Timestamp,
        // Go passes over line ends.
        Some("binary") => STANDARD.decode(text.replace(['\r', '\n'], "")).is_ok(),
        _ => true,
    };
    if fits {
        Ok(type_)
    } else {
        Err("the text does not match its tag")
    }
}

/// Whether kubectl makes a key of it.
fn is_key(text: &str, type_: ScalarType) -> bool {
    match type_ {
        ScalarType::Null => false,
        ScalarType::Float => !matches!(resolve::number(text), Some(Number::Unsigned(_))),
        _ => true,
    }
}

/// Whether a scalar in double quotes has the escape `\/`.
fn has_escaped_slash(written: &str) -> bool {
    let mut escaped = false;
    written.bytes().any(|byte| {
        let found = escaped && byte == b'/';
        escaped = !escaped && byte == b'\\';
        found
    })
}

/// Characters that go-yaml refuses (`readerc.go`).
fn is_refused(character: char) -> bool {
    !matches!(character,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// What stands behind a document and is none.
fn left_out(text: &str, from: usize, end: usize) -> Option<Obstacle> {
    let mut at = after_blanks(text, from, end);
    // The mark of the end, where it is not yet passed.
    if let Some(rest) = text.get(at..end).and_then(|rest| rest.strip_prefix("...")) {
        at = after_blanks(text, end - rest.len(), end);
    }
    // Directives alone say nothing.
    while text.get(at..end).is_some_and(|rest| rest.starts_with('%')) {
        let line = text[at..end].find('\n').map_or(end, |line| at + line);
        at = after_blanks(text, line, end);
    }
    (at < end).then_some(Obstacle {
        at,
        effect: Effect::LeftOut,
        what: "the document ends before this",
    })
}

/// The library's constant sentences for people who write manifests.
fn sentence(problem: &'static str, rest: &str) -> &'static str {
    const TAB: &str = "YAML 1.1 needs spaces here, not a tab";
    let tab = rest
        .trim_start_matches([' ', '-', '?', ':'])
        .starts_with('\t');
    match problem {
        _ if tab => TAB,
        problem if problem.contains("tab character") => TAB,
        "found character that cannot start any token" => "unquoted text cannot begin like this",
        "mapping values are not allowed in this context" => {
            "a ':' is not allowed here (quote the text, or check the indentation)"
        }
        "could not find expected ':'" => {
            "a key has no ':' on its line (or is longer than 1,024 characters)"
        }
        "block sequence entries are not allowed in this context" => {
            "a list item ('- ') is not allowed here"
        }
        "did not find expected ',' or ']'" => "a ',' or ']' is missing here",
        "did not find expected ',' or '}'" => "a ',' or '}' is missing here",
        "did not find expected node content" => "a value is missing here",
        "did not find expected key" => "a key is expected here (check the indentation)",
        "did not find expected '-' indicator" => {
            "a list item ('- ') is expected here (check the indentation)"
        }
        "found unknown escape character" => "YAML 1.1 has no such escape in double quotes",
        "found undefined tag handle" => "a tag handle was not declared",
        "did not find expected <document start>" => DIRECTIVE,
        "found unexpected end of stream" | "found unexpected document indicator" => {
            "quoted text is not closed"
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(usize, Effect)> {
        let source = SourceText::new("test", text.to_owned());
        let found = obstacles(&source);
        found
            .iter()
            .map(|obstacle| (source.position(obstacle.at).line, obstacle.effect))
            .collect()
    }

    /// As kubectl 1.37 has them; `tests/kubectl_reading` asks kubectl's reader.
    #[test]
    fn what_kubectl_refuses_is_told_with_its_line() {
        for (text, line) in [
            ("a: 1\n--- {b: 1}\n", 2),
            ("a: 1\n---b: 1\n", 2),
            ("a: 1\nb: \"x\\/y\"\n", 2),
            ("a: 1\nb:\n  : c\n", 3),
            ("a:\n- ~: b\n", 2),
            ("a:\n- {: b}\n", 2),
            ("? [a]\n: b\n", 1),
            ("a: &x [b]\n*x : c\n", 2),
            ("a:\n-\tb: c\n", 2),
            ("%YAML 1.1\n---\na: b\n", 1),
            ("a: .inf\n", 1),
            ("a: !!int b\n", 1),
            ("a: 1\n<<: 2\n", 2),
            ("a: 1\nb: \u{7f}c\n", 2),
            ("a: [x?y=z]\n", 1),
            ("a: {b:? c}\n", 1),
            ("a: 1\nb: \0\n", 2),
            ("18446744073709551615: a\n", 1),
        ] {
            assert_eq!(told(text), [(line, Effect::Refused)], "{text:?}");
        }
    }

    #[test]
    fn what_it_leaves_out_is_told() {
        for (text, line) in [("a: 1\n...\nb: 1\n", 3), ("[a, b]\nc: d\n", 2)] {
            assert_eq!(told(text), [(line, Effect::LeftOut)], "{text:?}");
        }
    }

    #[test]
    fn what_it_takes_otherwise_is_told() {
        assert_eq!(told("a: {b:, c: d}\n"), [(1, Effect::Otherwise)]);
        assert_eq!(told("a:\n- [b:]\n"), [(2, Effect::Otherwise)]);
    }

    #[test]
    fn what_kubectl_reads_is_no_obstacle() {
        for text in [
            "",
            "# nothing\n",
            "a: 1\n---\n# none\n---\nb: 1\n",
            "--- # comment\na: 1\n",
            "{\"a\": \"x\\/y\"}\n",
            "{\"a\": 1}\n{\"b\": 2}\n",
            "{\"a\": 1}\n---\n{b: 2}\n",
            "a: [b]#c\n",
            "a: [-]\n",
            "a: 1\n...\n%YAML 1.2\n---\nb: 1\n",
            "a: \"\\\\/\"\n",
            "a: &x {b: c}\nd: *x\ne:\n  <<: [*x, {f: g}]\n",
            "a: &x b\n*x : c\n",
            "yes: 1\n2: 2\n1.5: 3\n.inf: 4\n",
            "\u{feff}a: b\r\nc:\r\n- d\r\n",
            "a: 'it''s'\nb: !mine c\n",
            "a: \u{feff}b\nc: \"it\\'s\"\n",
            "a: x?y\nb: [\"x?y\", ?x]\n",
        ] {
            assert_eq!(told(text), [], "{text:?}");
        }
    }
}
