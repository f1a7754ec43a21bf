//! YAML with positions.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle as Written, StructureStyle};
use memchr::memmem;
use zeroize::Zeroizing;

use super::lines;
use super::parse::{DEEPEST, Failure, MOST_NODES};
use super::resolve::{Tag, resolve};
use super::text::ranges;
use super::usual::Lines;
use super::{Content, Entry, EntryOrigin, Node, Scalar, ScalarStyle, Sharing, Span};

/// A document, or why it cannot be read.
pub(super) type Outcome = Result<Node, Failure>;

/// The documents of a part of a text; empty ones are left out.
pub(super) struct Documents {
    pub outcomes: Vec<Outcome>,
    pub nodes: usize,
    pub lines: Lines,
}

/// Reads the documents of a part of a text. A part begins with the text, or with a
/// document's line `---`.
pub(super) fn documents(text: &str, part: Span) -> Documents {
    let own = &text[part.start..part.end];
    if has_directives(own) {
        let (outcomes, nodes) = all_documents(text, part, 0);
        return Documents {
            outcomes,
            nodes,
            lines: Lines::Others,
        };
    }
    let mut found = Vec::new();
    let mut nodes = 0;
    let mut all = Lines::Usual;
    for document in one_by_one(own) {
        let document = Span {
            start: part.start + document.start,
            end: part.start + document.end,
        };
        if let Some(read) = lines::document(text, document, nodes) {
            found.push(Ok(read.root));
            nodes = read.nodes;
            all = all.and(read.lines);
            continue;
        }
        if !lines::is_bare(&text[document.start..document.end]) {
            all = Lines::Others;
        }
        let (outcomes, counted) = all_documents(text, document, nodes);
        let hopeless = |outcome: &Outcome| matches!(outcome, Err(failure) if failure.is_limit());
        let is_hopeless = outcomes.iter().any(hopeless);
        found.extend(outcomes);
        nodes = counted;
        if is_hopeless {
            break;
        }
    }
    Documents {
        outcomes: found,
        nodes,
        lines: all,
    }
}

/// Whether a line, whatever ends the one before it, may be a directive: these stand before
/// the line that begins their document.
pub(super) fn has_directives(text: &str) -> bool {
    let may_begin = |at: usize| {
        let before = text[..at].trim_end_matches('\u{feff}');
        before.is_empty() || before.ends_with(['\n', '\r'])
    };
    memchr::memchr_iter(b'%', text.as_bytes()).any(may_begin)
}

/// A text from each line that begins with `---` and a blank to the next: no document can
/// hold one (YAML 1.2.2, section 9.1.2).
fn one_by_one(text: &str) -> Vec<Range<usize>> {
    let lines = memmem::find_iter(text.as_bytes(), "\n---").map(|at| at + 1);
    let begins = |line: &usize| {
        let rest = &text[line + 3..];
        rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])
    };
    ranges(
        [0].into_iter().chain(lines.filter(begins)).collect(),
        text.len(),
    )
}

/// The same with the reader of all YAML, for what its lines alone do not tell. `nodes` is
/// how many there are before.
pub(super) fn all_documents(text: &str, part: Span, nodes: usize) -> (Vec<Outcome>, usize) {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
        simple_key_max_lookahead: 65_536,
    };
    let closed = closed(&text[part.start..part.end]);
    let own = closed
        .as_ref()
        .map_or(&text[part.start..part.end], |own| own.as_str());
    let mut parser = Parser::new_from_str_with_options(own, options);
    let mut found = Vec::new();
    let mut nodes = nodes;
    let mut tree = Tree::default();
    loop {
        let failure = match parser.next_event() {
            None => return (found, nodes),
            Some(Ok((event, span))) => {
                let at = |offset: Option<usize>| (part.start + offset.unwrap_or(0)).min(part.end);
                let span = Span {
                    start: at(span.start.byte_offset()),
                    end: at(span.end.byte_offset()),
                };
                match event {
                    Event::DocumentStart(..) => {
                        tree = Tree::with_nodes(nodes);
                        continue;
                    }
                    Event::DocumentEnd => {
                        nodes = tree.nodes;
                        if let Some(root) = std::mem::take(&mut tree).finish() {
                            found.push(Ok(root));
                        }
                        continue;
                    }
                    Event::StreamEnd => return (found, nodes),
                    event => match tree.take(event, span, text) {
                        Ok(()) => continue,
                        Err(failure) => failure,
                    },
                }
            }
            Some(Err(error)) => Failure::new(
                error
                    .marker()
                    .byte_offset()
                    .map_or(part.end, |at| (part.start + at).min(part.end)),
                sentence(error.kind()),
            ),
        };
        let hopeless = failure.is_limit();
        found.push(Err(failure));
        // Later documents are still worth reading.
        if hopeless || !matches!(parser.proceed_next_document(), Ok(true)) {
            return (found, nodes);
        }
    }
}

/// A text whose last line holds blanks only, with an end to that line: kubectl
/// puts one to every line before it parses (`k8s.io/apimachinery/pkg/util/yaml`,
/// `LineReader`), and texts that keep their blank lines keep this one too.
fn closed(text: &str) -> Option<Zeroizing<String>> {
    let last = text.rsplit('\n').next().unwrap_or_default();
    if last.is_empty() || !last.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let mut closed = Zeroizing::new(String::with_capacity(text.len() + 1));
    closed.push_str(text);
    closed.push('\n');
    Some(closed)
}

/// The library's own words may quote the input; these do not.
fn sentence(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::UnknownAnchor => "an alias refers to an anchor that does not exist",
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => "a '[' or '{' is not closed",
        ErrorKind::UnexpectedEof
        | ErrorKind::UnexpectedEofBlockSequence
        | ErrorKind::UnexpectedEofBlockMapping => "the text ends in the middle of something",
        ErrorKind::ExpectedBlockMappingKey => {
            "a key is expected here (check the indentation and that ':' is followed by a blank)"
        }
        ErrorKind::ExpectedFlowMappingSeparator => "a ',' or '}' is missing here",
        ErrorKind::ExpectedFlowSequenceSeparator => "a ',' or ']' is missing here",
        ErrorKind::ExpectedBlockSequenceEntry => "a list item ('- ') is expected here",
        ErrorKind::UndeclaredTagHandle => "a tag handle was not declared",
        _ => "this is not valid YAML (often a tab, an indentation or a quote)",
    }
}

/// A tree that is being built.
#[derive(Default)]
pub(super) struct Tree {
    open: Vec<Open>,
    /// Nodes whose collection is still open: its own are the last ones, keys
    /// and values by turns.
    ready: Vec<Node>,
    anchors: HashMap<usize, Node>,
    named: HashSet<Span>,
    nodes: usize,
}

/// How a collection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Block,
    Flow,
}

struct Open {
    kind: Kind,
    start: usize,
    layout: Layout,
    anchor: usize,
    /// Where its nodes begin among the ready ones.
    first: usize,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sequence,
    Mapping,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, span: Span, text: &str) -> Result<(), Failure> {
        match event {
            Event::Scalar(value, written, anchor, tag) => {
                let style = style_of(written);
                let span = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => Span {
                        start: block_header_before(text, span.start),
                        ..span
                    },
                    _ => span,
                };
                let tag = tag_of(tag.as_deref());
                self.scalar(value.into(), style, tag, span, anchor)
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(Kind::Sequence, span.start, layout_of(style), anchor);
                Ok(())
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(Kind::Mapping, span.start, layout_of(style), anchor);
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span, text),
            Event::Alias(id) => self.alias(id, span),
            _ => Ok(()),
        }
    }

    /// A tree that counts on.
    pub fn with_nodes(nodes: usize) -> Self {
        Self {
            nodes,
            ..Self::default()
        }
    }

    /// How many nodes there are, those before it included.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    pub fn scalar(
        &mut self,
        text: Box<str>,
        style: ScalarStyle,
        tag: Tag,
        span: Span,
        anchor: usize,
    ) -> Result<(), Failure> {
        let type_ = resolve(&text, style, tag);
        let content = Content::Scalar(Scalar { text, style, type_ });
        self.node(content, span, anchor)
    }

    pub fn alias(&mut self, id: usize, span: Span) -> Result<(), Failure> {
        let Some(target) = self.anchors.get(&id) else {
            return Err(Failure::new(
                span.start,
                "an anchor contains an alias of itself",
            ));
        };
        self.named.insert(target.span);
        let copy = copy(target, span, &mut self.nodes)?;
        self.ready.push(copy);
        Ok(())
    }

    pub fn open(&mut self, kind: Kind, start: usize, layout: Layout, anchor: usize) {
        self.open.push(Open {
            kind,
            start,
            layout,
            anchor,
            first: self.ready.len(),
        });
    }

    pub fn close(&mut self, end: Span, text: &str) -> Result<(), Failure> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let mut own = self.ready.drain(open.first..);
        let (content, first, last) = match open.kind {
            Kind::Sequence => {
                let items: Box<[Node]> = own.collect();
                let last = items.last().map(|item| item.span.end);
                let first = items.first().map_or(open.start, |item| item.span.start);
                let dash = dash_before(text, open.start, first);
                (Content::Sequence(items), Some(dash), last)
            }
            Kind::Mapping => {
                let mut entries = Vec::with_capacity(own.len() / 2);
                while let (Some(key), Some(value)) = (own.next(), own.next()) {
                    entries.push(Entry {
                        key,
                        value,
                        origin: EntryOrigin::Own,
                    });
                }
                drop(own);
                let first = entries.first().map(|entry| entry.key.span.start);
                let last = entries
                    .last()
                    .map(|entry| entry.value.span.end.max(entry.key.span.end));
                (
                    Content::Mapping(merge(entries, &mut self.nodes)?.into()),
                    first,
                    last,
                )
            }
        };
        let span = match open.layout {
            Layout::Flow => Span {
                start: open.start,
                end: end.end,
            },
            Layout::Block => {
                let start = first.unwrap_or(open.start);
                let last = last.unwrap_or(open.start).max(start);
                Span {
                    start,
                    end: start + text.get(start..last).map_or(0, |own| own.trim_end().len()),
                }
            }
        };
        self.node(content, span, open.anchor)
    }

    fn node(&mut self, content: Content, span: Span, anchor: usize) -> Result<(), Failure> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(Failure::limit(span.start));
        }
        let mut node = Node {
            span,
            sharing: Sharing::Own,
            content,
        };
        if anchor != 0 {
            let kept = copy(&node, span, &mut self.nodes)?;
            self.anchors.insert(anchor, kept);
            node.sharing = Sharing::Anchored;
        }
        self.ready.push(node);
        Ok(())
    }

    /// The root; `None` where nothing is said.
    pub fn finish(mut self) -> Option<Node> {
        let mut root = self.ready.pop()?;
        if root.is_null() {
            return None;
        }
        if !self.anchors.is_empty() {
            forget_unused(&mut root, &self.named);
        }
        Some(root)
    }
}

/// The first dash of a block sequence; the parser tells the start of the first
/// item when the list is not indented below its key.
fn dash_before(text: &str, start: usize, item: usize) -> usize {
    let bytes = text.as_bytes();
    if start < item && bytes.get(start) == Some(&b'-') {
        return start;
    }
    let mut end = item.min(text.len());
    loop {
        let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
        // Dashes may follow one another; a comment behind the last is none.
        let mut last = None;
        let mut at = line;
        while at < end && matches!(bytes[at], b' ' | b'-') {
            if bytes[at] == b'-' {
                last = Some(at);
            }
            at += 1;
        }
        match (last, line.checked_sub(1)) {
            (Some(dash), _) => return dash,
            (None, Some(before)) => end = before,
            (None, None) => return start,
        }
    }
}

/// The `|` or `>` of a block scalar whose content starts at `start`: at the end
/// of the last line before it that is not blank.
fn block_header_before(text: &str, start: usize) -> usize {
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let own_line = text[line_start..start].trim();
    let before = if own_line.is_empty() {
        text[..line_start].trim_end()
    } else {
        &text[..start]
    };
    let header_line = before.rfind('\n').map_or(0, |at| at + 1);
    before[header_line..]
        .match_indices(['|', '>'])
        .map(|(at, _)| header_line + at)
        .find(|at| is_block_header(&before[at + 1..]))
        .unwrap_or(start)
}

/// What follows `|` or `>`: indicators, perhaps a comment.
fn is_block_header(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
    let blanks = rest.trim_start_matches([' ', '\t']);
    blanks.is_empty() || (blanks.starts_with('#') && blanks.len() < rest.len())
}

/// Anchors that no alias names share nothing.
fn forget_unused(node: &mut Node, named: &HashSet<Span>) {
    if node.sharing == Sharing::Anchored && !named.contains(&node.span) {
        node.sharing = Sharing::Own;
    }
    match &mut node.content {
        Content::Sequence(items) => {
            for item in items {
                forget_unused(item, named);
            }
        }
        Content::Mapping(entries) => {
            for entry in entries {
                forget_unused(&mut entry.key, named);
                forget_unused(&mut entry.value, named);
            }
        }
        Content::Scalar(_) | Content::Sealed(_) => {}
    }
}

/// What a copied node counts: unlike a written one it costs the writer nothing.
const WEIGHT_OF_A_COPY: usize = 10;
/// How many bytes of a copied text count as one node more.
const BYTES_OF_A_COPY: usize = 16;

/// A copy that stands where its alias stands.
fn copy(node: &Node, span: Span, nodes: &mut usize) -> Result<Node, Failure> {
    let text = node.scalar_text().map_or(0, str::len);
    *nodes += WEIGHT_OF_A_COPY + text / BYTES_OF_A_COPY;
    if *nodes > MOST_NODES {
        return Err(Failure::limit(span.start));
    }
    let content = match &node.content {
        Content::Scalar(scalar) => Content::Scalar(scalar.clone()),
        Content::Sequence(items) => Content::Sequence(
            items
                .iter()
                .map(|item| copy(item, span, nodes))
                .collect::<Result<_, _>>()?,
        ),
        Content::Mapping(entries) => Content::Mapping(
            entries
                .iter()
                .map(|entry| {
                    Ok(Entry {
                        key: copy(&entry.key, span, nodes)?,
                        value: copy(&entry.value, span, nodes)?,
                        origin: entry.origin,
                    })
                })
                .collect::<Result<_, Failure>>()?,
        ),
        // Values are sealed after the whole document is built.
        Content::Sealed(_) => Content::Sequence(Box::default()),
    };
    Ok(Node {
        span,
        sharing: Sharing::Alias,
        content,
    })
}

/// Resolves `<<` as go-yaml v2 does (`decode.go`, `merge`): it takes the place
/// of what the mapping had before it, and gives way to what comes after it. Of
/// several mappings that are merged at once the first one wins.
fn merge(entries: Vec<Entry>, nodes: &mut usize) -> Result<Vec<Entry>, Failure> {
    let is_merge = |entry: &Entry| {
        entry.key.scalar_text() == Some("<<") && entry.key.style() == Some(ScalarStyle::Plain)
    };
    if !entries.iter().any(is_merge) {
        return Ok(entries);
    }
    let mut merged: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        if !is_merge(&entry) {
            let gives_way = |known: &Entry| {
                known.origin == EntryOrigin::Merged
                    && known.key.scalar_text() == entry.key.scalar_text()
            };
            merged.retain(|known| !gives_way(known));
            merged.push(entry);
            continue;
        }
        let value = entry.value;
        let mappings: Vec<&Node> = match &value.content {
            Content::Mapping(_) => vec![&value],
            Content::Sequence(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        let mut taken: HashSet<Option<&str>> = HashSet::new();
        for entry in mappings.into_iter().flat_map(Node::entries) {
            let key = entry.key.scalar_text();
            if taken.insert(key) {
                merged.retain(|known| known.key.scalar_text() != key);
                merged.push(Entry {
                    key: copy(&entry.key, value.span, nodes)?,
                    value: copy(&entry.value, value.span, nodes)?,
                    origin: EntryOrigin::Merged,
                });
            }
        }
    }
    Ok(merged)
}

fn layout_of(style: StructureStyle) -> Layout {
    match style {
        StructureStyle::Flow => Layout::Flow,
        StructureStyle::Block => Layout::Block,
    }
}

fn style_of(written: Written) -> ScalarStyle {
    match written {
        Written::SingleQuoted => ScalarStyle::SingleQuoted,
        Written::DoubleQuoted => ScalarStyle::DoubleQuoted,
        Written::Literal => ScalarStyle::Literal,
        Written::Folded => ScalarStyle::Folded,
        _ => ScalarStyle::Plain,
    }
}

fn tag_of(tag: Option<&granit_parser::Tag>) -> Tag {
    tag.map_or(Tag::None, |tag| Tag::of_core(tag.core_suffix()))
}
