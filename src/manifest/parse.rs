//! From text to documents.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::manifest::path;
use crate::parallel;

use super::text::ranges;
use super::usual::{Lines, is_taken_otherwise};
use super::{Entry, Node, Position, SourceText, Span, json, kubectl, libyaml, seal, yaml};

/// Deepest nesting that is read.
pub(super) const DEEPEST: usize = 100;
/// Most nodes that are read, aliases written out: a text of a few lines can
/// stand for billions.
pub(super) const MOST_NODES: usize = 2_000_000;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Yaml,
    Json,
}

pub struct Document {
    pub root: Node,
    /// Its bytes, from the first to the last of its content.
    pub span: Span,
    /// How it is written.
    pub format: Format,
    /// Keys that stand twice in one mapping.
    pub duplicates: Vec<DuplicateKey>,
}

/// A key that stands twice in one mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateKey {
    pub path: String,
    /// The first one, which has no effect.
    pub first: Span,
    /// The last one, which counts.
    pub last: Span,
}

/// A part of a text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub position: Position,
    /// What: a lower-case fragment that quotes nothing of the text.
    pub message: String,
}

/// What a text holds.
pub struct Parsed {
    /// Its documents, empty ones left out.
    pub documents: Vec<Document>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Whether kubectl reads all of it for certain.
    pub lines: Lines,
}

/// Why something cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    at: usize,
    what: &'static str,
    limit: bool,
}

impl Failure {
    pub(super) fn new(at: usize, what: &'static str) -> Self {
        Self {
            at,
            what,
            limit: false,
        }
    }

    pub(super) fn limit(at: usize) -> Self {
        Self {
            at,
            what: "the document is too large, aliases written out",
            limit: true,
        }
    }

    pub(super) fn is_limit(&self) -> bool {
        self.limit
    }
}

const TEMPLATE: &str = "it is a template ({{ … }}), no manifest yet; render it first, for example: \
                        helm template … | kubectl secretsafe doctor -f -";

/// Reads all documents of a text. A broken one does not stop the others.
pub fn parse(source: &SourceText) -> Parsed {
    let text = source.text();
    let first = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let json = first.starts_with(['{', '[']).then(|| json_stream(text));
    let others = |outcomes| (outcomes, Lines::Others);
    let (outcomes, lines) = match json {
        Some(Ok(documents)) => others(documents.into_iter().map(Ok).collect()),
        Some(Err(_)) => json_then_yaml(text).map_or_else(|| yaml_stream(text), others),
        None => yaml_stream(text),
    };
    let mut parsed = Parsed {
        documents: Vec::with_capacity(outcomes.len()),
        problems: Vec::new(),
        lines,
    };
    // Once for all documents: there may be very many.
    let has_braces = text.contains("{{");
    for outcome in outcomes {
        let failure = match outcome {
            Ok(document) if has_braces && has_mapping_as_key(&document.root) => {
                Failure::new(document.root.span.start, TEMPLATE)
            }
            Ok(document) => {
                parsed.documents.push(document);
                continue;
            }
            Err(failure) if has_braces => Failure {
                what: TEMPLATE,
                ..failure
            },
            Err(failure) => failure,
        };
        parsed.problems.push(Problem {
            position: source.position(failure.at.min(text.len())),
            message: failure.what.to_owned(),
        });
    }
    parsed
}

/// Reads one JSON value: an answer of an API server.
///
/// # Errors
/// A fragment that says what is wrong, and quotes nothing.
pub fn parse_json(text: &str) -> Result<Node, &'static str> {
    let (mut root, end) = json::value(text, 0).map_err(|failure| failure.what)?;
    if !text[end..].trim().is_empty() {
        return Err("something follows the JSON value");
    }
    seal::seal(&mut root);
    Ok(root)
}

/// JSON, and YAML behind it, as kubectl takes them.
fn json_then_yaml(text: &str) -> Option<Vec<Result<Document, Failure>>> {
    let kubectl::Json::First(rest) = kubectl::json_values(text) else {
        return None;
    };
    let (root, _) = json::value(text, 0).ok()?;
    let mut outcomes = vec![Ok(document(root, Format::Json))];
    outcomes.extend(as_kubectl_reads(text, rest));
    Some(outcomes)
}

/// Reads a long text in parts, at once, as far as nothing is wrong with it.
fn yaml_stream(text: &str) -> (Vec<Result<Document, Failure>>, Lines) {
    if is_taken_otherwise(text) {
        return (as_kubectl_reads(text, 0), Lines::Others);
    }
    let parts = parts(text, parallel::threads(text.len() / SMALLEST_PART));
    if parts.len() > 1 {
        let read = parallel::map(parts, |part| yaml_part(text, part));
        let nodes: usize = read.iter().map(|part| part.nodes).sum();
        let lines = read
            .iter()
            .fold(Lines::Usual, |all, part| all.and(part.lines));
        let outcomes: Vec<_> = read.into_iter().flat_map(|part| part.outcomes).collect();
        if nodes <= MOST_NODES && outcomes.iter().all(Result::is_ok) {
            return (outcomes, lines);
        }
    }
    let whole = Span {
        start: 0,
        end: text.len(),
    };
    let part = yaml_part(text, whole);
    if part.outcomes.iter().all(Result::is_ok) {
        return (part.outcomes, part.lines);
    }
    (as_kubectl_reads(text, 0), Lines::Others)
}

/// The same text taken apart as kubectl does. Where the usual reader refuses a
/// part, libyaml may read it: comments that no blank precedes, `[-]`, what
/// stands behind a document.
fn as_kubectl_reads(text: &str, from: usize) -> Vec<Result<Document, Failure>> {
    let mut found = Vec::new();
    let mut nodes = 0;
    for part in whole_parts(text, from) {
        let yaml::Documents {
            outcomes,
            nodes: own,
            ..
        } = yaml::documents(text, part);
        let is_doubtful =
            outcomes.iter().any(Result::is_err) || is_taken_otherwise(&text[part.start..part.end]);
        let second = is_doubtful
            .then(|| libyaml::document(text, part, nodes))
            .and_then(Result::ok);
        let outcomes = match second {
            Some((root, counted)) => {
                nodes = counted;
                root.map(Ok).into_iter().collect()
            }
            None => {
                nodes += own;
                outcomes
            }
        };
        if nodes > MOST_NODES {
            found.push(Err(Failure::limit(part.start)));
            return found;
        }
        found.extend(
            outcomes
                .into_iter()
                .map(|outcome| outcome.map(|root| document(root, Format::Yaml))),
        );
    }
    found
}

/// The parts of a text, directives with the document below them.
fn whole_parts(text: &str, from: usize) -> Vec<Span> {
    let mut parts: Vec<Span> = Vec::new();
    let mut directives: Option<usize> = None;
    for part in kubectl::parts(text, from) {
        let kubectl::Part::Text(Span { start, end }) = part else {
            continue;
        };
        let own = &text[start..end];
        let says = |line: &&str| {
            let line = line.trim_start_matches('\u{feff}').trim();
            !line.is_empty() && !line.starts_with('#')
        };
        let mut lines = own.lines().filter(says).peekable();
        if lines.peek().is_some() && lines.all(|line| line.starts_with('%')) {
            directives.get_or_insert(start);
            continue;
        }
        let start = directives.take().unwrap_or(start);
        parts.push(Span { start, end });
    }
    // Directives of nothing are for the reader to refuse.
    if let Some(start) = directives {
        parts.push(Span {
            start,
            end: text.len(),
        });
    }
    parts
}

/// The documents of a part.
struct Part {
    outcomes: Vec<Result<Document, Failure>>,
    nodes: usize,
    lines: Lines,
}

fn yaml_part(text: &str, part: Span) -> Part {
    let read = yaml::documents(text, part);
    let documents = read
        .outcomes
        .into_iter()
        .map(|outcome| outcome.map(|root| document(root, Format::Yaml)));
    Part {
        outcomes: documents.collect(),
        nodes: read.nodes,
        lines: read.lines,
    }
}

/// Bytes below which a thread takes longer to start than to read.
const SMALLEST_PART: usize = 64 * 1024;

/// At most so many parts of about one length. Each but the first begins with a
/// line `---`, which no document can hold (YAML 1.2.2, section 9.1.2).
pub(super) fn parts(text: &str, most: usize) -> Vec<Span> {
    let most = if yaml::has_directives(text) {
        1
    } else {
        most.max(1)
    };
    let mut starts: Vec<usize> = (1..most)
        .filter_map(|part| {
            let about = text.floor_char_boundary(text.len() / most * part);
            let mut lines = text[about..]
                .match_indices("\n---")
                .map(|(at, _)| about + at + 1);
            lines.find(|line| text[line + 3..].starts_with([' ', '\t', '\r', '\n']))
        })
        .collect();
    starts.insert(0, 0);
    starts.dedup();
    let parts = ranges(starts, text.len()).into_iter();
    parts
        .map(|Range { start, end }| Span { start, end })
        .collect()
}

/// Objects one after the other, as kubectl takes them.
fn json_stream(text: &str) -> Result<Vec<Document>, Failure> {
    let mut documents = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while !text[at..].trim_start().is_empty() {
        let (root, end) = json::value(text, at)?;
        documents.push(document(root, Format::Json));
        at = end;
    }
    Ok(documents)
}

fn document(mut root: Node, format: Format) -> Document {
    let mut duplicates = Vec::new();
    find_duplicates(&root, &mut Vec::new(), &mut duplicates);
    duplicates.sort_by(|a, b| (a.first, &a.path).cmp(&(b.first, &b.path)));
    seal::seal(&mut root);
    Document {
        span: root.span,
        root,
        format,
        duplicates,
    }
}

/// A step from a node to a child.
enum Step<'a> {
    Item(usize),
    Key(&'a str),
}

/// The trail becomes a path only where something is found: documents are many,
/// keys that stand twice are few.
fn find_duplicates<'a>(node: &'a Node, trail: &mut Vec<Step<'a>>, found: &mut Vec<DuplicateKey>) {
    let mut below = |child: &'a Node, step: Step<'a>| {
        let has_children = child.is_mapping() || !child.items().is_empty();
        if has_children && child.sharing != super::Sharing::Alias {
            trail.push(step);
            find_duplicates(child, trail, found);
            trail.pop();
        }
    };
    for (index, item) in node.items().iter().enumerate() {
        below(item, Step::Item(index));
    }
    let entries = node.entries();
    for entry in entries {
        if let Some(key) = entry.key.scalar_text() {
            below(&entry.value, Step::Key(key));
        }
    }
    if !has_doubled(entries) {
        return;
    }
    let mut places: HashMap<&str, (Span, Option<Span>)> = HashMap::new();
    for entry in entries {
        if let Some(key) = entry.key.scalar_text() {
            places
                .entry(key)
                .and_modify(|(_, last)| *last = Some(entry.key.span))
                .or_insert((entry.key.span, None));
        }
    }
    let at = path_of(trail);
    found.extend(places.into_iter().filter_map(|(key, (first, last))| {
        Some(DuplicateKey {
            path: path::child(&at, key),
            first,
            last: last?,
        })
    }));
}

fn has_doubled(entries: &[Entry]) -> bool {
    /// Up to here comparing all pairs is faster than hashing.
    const FEW: usize = 16;
    let keys = || entries.iter().filter_map(|entry| entry.key.scalar_text());
    if entries.len() <= FEW {
        let mut indexed = keys().enumerate();
        return indexed.any(|(index, key)| keys().take(index).any(|earlier| earlier == key));
    }
    let mut seen = HashSet::new();
    !keys().all(|key| seen.insert(key))
}

fn path_of(trail: &[Step<'_>]) -> String {
    trail.iter().fold(String::new(), |path, step| match step {
        Step::Item(index) => path::item(&path, *index),
        Step::Key(key) => path::child(&path, key),
    })
}

/// `{{ .Values.x }}` without quotes is, to YAML, a mapping with a mapping as key.
fn has_mapping_as_key(node: &Node) -> bool {
    node.items().iter().any(has_mapping_as_key)
        || node
            .entries()
            .iter()
            .any(|entry| entry.key.is_mapping() || has_mapping_as_key(&entry.value))
}
