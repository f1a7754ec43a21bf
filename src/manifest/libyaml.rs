//! libyaml, of which kubectl's reader (go-yaml v2) is a port, by another port:
//! its events with the bytes they stand for.
//!
//! What it reads may be secret: nothing here has `Debug`, and of the library's
//! errors only the constant sentences are kept.

use std::collections::HashMap;
use std::io::Cursor;

use libyaml_safer::{EventData, Mark, Parser, ScalarStyle as Written};

use super::parse::{DEEPEST, Failure};
use super::resolve::Tag;
use super::yaml::{Kind, Layout, Tree};
use super::{Node, ScalarStyle, Span};

/// How tags of the YAML core begin.
pub(super) const CORE: &str = "tag:yaml.org,2002:";

/// Why a text has no further events.
#[derive(Clone, Copy)]
pub(super) enum Stop {
    /// The library may panic at the text, so it is not asked.
    NotAsked,
    /// It refuses the text.
    Refused {
        /// The byte, in the whole text.
        at: usize,
        /// The library's constant sentence.
        problem: &'static str,
    },
}

/// The events of a part of a text.
pub(super) struct Events {
    parser: Parser<Cursor<String>>,
    start: usize,
    end: usize,
    /// What stands for the backslash of `\'`, an escape that go-yaml knows and
    /// the port does not.
    mark: Option<char>,
}

impl Events {
    /// Begins to read a part.
    pub fn of(text: &str, part: Span) -> Result<Self, Stop> {
        let own = &text[part.start..part.end];
        if stops_at_a_tag(own) {
            return Err(Stop::NotAsked);
        }
        // The port does not count the mark.
        let marked = own.strip_prefix('\u{feff}').unwrap_or(own);
        // kubectl ends each line, and the port takes the last end for granted.
        let mut copy = String::with_capacity(marked.len() + 1);
        let mark = marked.contains("\\'").then(|| free_mark(marked)).flatten();
        match mark {
            Some(mark) => mark_escapes(marked, mark, &mut copy),
            None => copy.push_str(marked),
        }
        if !copy.ends_with('\n') {
            copy.push('\n');
        }
        let mut parser = Parser::new();
        parser.set_input(Cursor::new(copy));
        Ok(Self {
            parser,
            start: part.end - marked.len(),
            end: part.end,
            mark,
        })
    }

    /// The next one, and where it stands, anchor and tag included.
    pub fn next(&mut self) -> Result<(EventData, Span), Stop> {
        match self.parser.parse() {
            Ok(event) => {
                let span = Span {
                    start: self.byte(event.start_mark),
                    end: self.byte(event.end_mark),
                };
                let mut data = event.data;
                if let (Some(mark), EventData::Scalar { value, style, .. }) = (self.mark, &mut data)
                {
                    let meant = match style {
                        Written::DoubleQuoted => "",
                        _ => "\\",
                    };
                    *value = value.replace(mark, meant);
                }
                Ok((data, span))
            }
            Err(error) => Err(Stop::Refused {
                at: error
                    .problem_mark()
                    .map_or(self.start, |mark| self.byte(mark)),
                problem: error.problem(),
            }),
        }
    }

    fn byte(&self, mark: Mark) -> usize {
        let index = usize::try_from(mark.index).unwrap_or(usize::MAX);
        self.start.saturating_add(index).min(self.end)
    }
}

/// Whether there may be a tag at which the port panics, one that a comma ends,
/// or whose escapes it reads in its own way.
pub(super) fn stops_at_a_tag(text: &str) -> bool {
    text.match_indices('!').any(|(at, _)| {
        let inside_a_word = text[..at].ends_with(|before: char| before.is_alphanumeric());
        let rest = &text[at..];
        let tag = rest.split([' ', '\t', '\r', '\n']).next();
        !inside_a_word && tag.is_some_and(|tag| tag.contains([',', '%']))
    })
}

/// A character that a text does not have.
fn free_mark(text: &str) -> Option<char> {
    ['^', '~', ';', '_', '+']
        .into_iter()
        .find(|mark| !text.contains(*mark))
}

/// Copies a text with the mark for each backslash that escapes a `'`.
fn mark_escapes(text: &str, mark: char, copy: &mut String) {
    let mut escapes = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        escapes = character == '\\' && !escapes;
        let is_marked = escapes && characters.peek() == Some(&'\'');
        copy.push(if is_marked { mark } else { character });
    }
}

/// The core tag that a scalar has.
pub(super) fn tag_of(tag: Option<&str>) -> Tag {
    tag.map_or(Tag::None, |tag| Tag::of_core(tag.strip_prefix(CORE)))
}

pub(super) fn style_of(written: Written) -> ScalarStyle {
    match written {
        Written::SingleQuoted => ScalarStyle::SingleQuoted,
        Written::DoubleQuoted => ScalarStyle::DoubleQuoted,
        Written::Literal => ScalarStyle::Literal,
        Written::Folded => ScalarStyle::Folded,
        _ => ScalarStyle::Plain,
    }
}

/// Where a node stands, without its anchor and its tag.
pub(super) fn without_properties(text: &str, span: Span) -> Span {
    let mut start = span.start;
    while let Some(rest) = text.get(start..span.end)
        && rest.starts_with(['&', '!'])
    {
        let length = rest.find([' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        start = after_blanks(text, start + length, span.end);
    }
    Span {
        start: start.min(span.end),
        end: span.end,
    }
}

/// Past blanks, line ends and comments.
pub(super) fn after_blanks(text: &str, start: usize, end: usize) -> usize {
    let mut at = start;
    while let Some(rest) = text.get(at..end) {
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        at += blank;
        if !rest[blank..].starts_with('#') {
            break;
        }
        at += rest[blank..].find('\n').unwrap_or(rest.len() - blank);
    }
    at
}

/// The first document of a part; `None` where nothing is said in it. kubectl
/// reads no further.
pub(super) fn document(text: &str, part: Span, nodes: usize) -> Result<(Option<Node>, usize), ()> {
    let mut events = Events::of(text, part).map_err(|_| ())?;
    let mut names = Names::default();
    let mut tree = Tree::with_nodes(nodes);
    let mut depth = 0_usize;
    loop {
        let (event, whole) = events.next().map_err(|_| ())?;
        let span = without_properties(text, whole);
        let taken: Result<(), Failure> = match event {
            EventData::Scalar {
                anchor,
                tag,
                value,
                style,
                ..
            } => tree.scalar(
                value.into(),
                style_of(style),
                tag_of(tag.as_deref()),
                span,
                names.define(anchor),
            ),
            EventData::SequenceStart { anchor, style, .. } => {
                let layout = match style {
                    libyaml_safer::SequenceStyle::Flow => Layout::Flow,
                    _ => Layout::Block,
                };
                let start = start_of_collection(text, span, part);
                tree.open(Kind::Sequence, start, layout, names.define(anchor));
                depth += 1;
                Ok(())
            }
            EventData::MappingStart { anchor, style, .. } => {
                let layout = match style {
                    libyaml_safer::MappingStyle::Flow => Layout::Flow,
                    _ => Layout::Block,
                };
                let start = start_of_collection(text, span, part);
                tree.open(Kind::Mapping, start, layout, names.define(anchor));
                depth += 1;
                Ok(())
            }
            EventData::SequenceEnd | EventData::MappingEnd => {
                depth = depth.saturating_sub(1);
                tree.close(span, text)
            }
            EventData::Alias { anchor } => {
                let known = names.of(&anchor).ok_or(())?;
                tree.alias(known, span)
            }
            EventData::DocumentEnd { .. } | EventData::StreamEnd => {
                let nodes = tree.nodes();
                return Ok((tree.finish(), nodes));
            }
            _ => Ok(()),
        };
        if taken.is_err() || depth > DEEPEST {
            return Err(());
        }
    }
}

/// A collection's event may span no more than its anchor and tag.
fn start_of_collection(text: &str, span: Span, part: Span) -> usize {
    let whole = Span {
        start: span.start,
        end: part.end,
    };
    let own = without_properties(text, whole).start;
    after_blanks(text, own, part.end)
}

/// Anchors by their numbers; a name may be given again.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, usize>,
    last: usize,
}

impl Names {
    fn define(&mut self, anchor: Option<String>) -> usize {
        let Some(anchor) = anchor else { return 0 };
        self.last += 1;
        self.numbers.insert(anchor, self.last);
        self.last
    }

    fn of(&self, anchor: &str) -> Option<usize> {
        self.numbers.get(anchor).copied()
    }
}
