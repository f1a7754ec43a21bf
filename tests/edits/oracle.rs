//! What an edit should have done, worked out without the editor: the patch
//! applied to data (RFC 6902), and the lines and comments that must stay.

use kubectl_secretsafe::manifest::{
    Content, Document, EntryOrigin, Format, Node, Operation, ScalarStyle, ScalarType, Sharing,
    SourceText, parse,
};
use serde_json::Value;

/// A text, its documents, and what two readers make of them.
pub struct Read {
    pub text: String,
    pub documents: Vec<Document>,
    pub values: Vec<Value>,
}

/// Reads a text with the product's parser and with another; both must agree.
pub fn read(text: &str) -> Result<Read, String> {
    let parsed = parse(&SourceText::new("text", text.to_owned()));
    if let Some(problem) = parsed.problems.first() {
        return Err(format!("not readable: {}", problem.message));
    }
    let mut values = Vec::new();
    for document in &parsed.documents {
        let own = data(&document.root);
        let other = second_reading(text, document)?;
        if own != other {
            return Err(format!("two readers differ: {own} and {other}"));
        }
        values.push(other);
    }
    Ok(Read {
        text: text.to_owned(),
        documents: parsed.documents,
        values,
    })
}

fn second_reading(text: &str, document: &Document) -> Result<Value, String> {
    let start = line_start(text, document.span.start);
    let start = if text[start..document.span.start].trim().is_empty() {
        start
    } else {
        document.span.start
    };
    let mut end = line_end(text, document.span.end);
    while end < text.len() && !text[end..].starts_with("---") && !text[end..].starts_with("...") {
        end = line_end(text, end);
    }
    if document.format == Format::Json {
        end = document.span.end;
    }
    let json = (document.format == Format::Json)
        .then(|| serde_json::from_str::<Value>(&text[start..end]).map_err(|e| e.to_string()))
        .transpose()?;
    // Tabs indent JSON, but not YAML.
    if let Some(json) = json.as_ref().filter(|_| text.contains('\t')) {
        return Ok(json.clone());
    }
    let options = serde_saphyr::options! { legacy_octal_numbers: true };
    serde_saphyr::from_str_with_options(&text[start..end], options)
        .map_err(|error| format!("the second reader fails: {error}"))
}

/// A tree as data.
fn data(node: &Node) -> Value {
    match &node.content {
        Content::Sequence(items) => items.iter().map(data).collect(),
        Content::Mapping(entries) => {
            let mut map = serde_json::Map::new();
            for merged in [EntryOrigin::Merged, EntryOrigin::Own] {
                for entry in entries.iter().filter(|entry| entry.origin == merged) {
                    let key = entry.key.scalar_text().unwrap_or_default();
                    map.insert(key.to_owned(), data(&entry.value));
                }
            }
            Value::Object(map)
        }
        Content::Scalar(scalar) => match scalar.type_ {
            ScalarType::Null => Value::Null,
            ScalarType::Bool(truth) => Value::from(truth),
            ScalarType::Integer => Value::from(scalar.integer()),
            ScalarType::Float => scalar.text.parse::<f64>().map_or(Value::Null, Value::from),
            ScalarType::Timestamp | ScalarType::Text => Value::from(&*scalar.text),
        },
        Content::Sealed(_) => panic!("the corpus has no Secrets"),
    }
}

/// RFC 6902, section 4, for the operations the product knows.
pub fn patched(document: &Value, base: &str, operation: &Operation) -> Option<Value> {
    let mut document = document.clone();
    let (pointer, value) = match operation {
        Operation::Test { pointer, value } => {
            let found = document.pointer(&format!("{base}{pointer}"));
            return (found == Some(value)).then_some(document);
        }
        Operation::Add { pointer, value } | Operation::Replace { pointer, value } => {
            (pointer, Some(value.clone()))
        }
        Operation::Remove { pointer } => (pointer, None),
        Operation::Quote { .. } => return None,
    };
    let adds = matches!(operation, Operation::Add { .. });
    let full = format!("{base}{pointer}");
    let (parent, token) = full.rsplit_once('/')?;
    let token = token.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent)? {
        Value::Object(map) => match value {
            Some(value) if adds || map.contains_key(&token) => {
                map.insert(token, value);
            }
            Some(_) => return None,
            None => {
                map.remove(&token)?;
            }
        },
        Value::Array(list) => {
            let index = match token.as_str() {
                "-" if adds => list.len(),
                digits => digits.parse().ok()?,
            };
            match value {
                Some(value) if adds && index <= list.len() => list.insert(index, value),
                Some(value) => *list.get_mut(index)? = value,
                None if index < list.len() => {
                    list.remove(index);
                }
                None => return None,
            }
        }
        _ => return None,
    }
    Some(document)
}

/// Judges one edit: the meaning by two readers, every line outside the edit,
/// every comment outside what is removed, line ends, the end of the file.
pub fn judge(
    before: &Read,
    document: usize,
    base: &str,
    operation: &Operation,
    after: &str,
) -> Result<Read, String> {
    let expected = patched(&before.values[document], base, operation)
        .ok_or("the operation does not fit the document")?;
    let read = read(after)?;
    same_meaning(before, document, &expected, &read)?;
    same_habits(&before.text, after)?;
    let change = Change::of(before, document, base, operation)?;
    change.lines_stay(&before.text, after)?;
    change.comments_stay(&before.text, after)?;
    Ok(read)
}

/// The edited document is as planned, and all others as they were.
pub fn same_meaning(
    before: &Read,
    document: usize,
    expected: &Value,
    after: &Read,
) -> Result<(), String> {
    let mut planned = before.values.clone();
    planned[document] = expected.clone();
    if after.values != planned {
        return Err(format!("means {:?}", after.values));
    }
    let span = before.documents[document].span;
    let tail = before.text[line_end(&before.text, span.end)..].trim_start();
    if !after.text.starts_with(&before.text[..span.start]) || !after.text.ends_with(tail) {
        return Err("bytes of other documents changed".to_owned());
    }
    Ok(())
}

/// Line ends and the end of the file; no comment twice.
pub fn same_habits(before: &str, after: &str) -> Result<(), String> {
    if after.ends_with('\n') != before.ends_with('\n') {
        return Err("the final line break changed".to_owned());
    }
    let bare = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
    if before.contains("\r\n") && bare(before) == 0 && bare(after) > 0 {
        return Err("a line ends without the file's CR".to_owned());
    }
    if after.starts_with('\u{feff}') != before.starts_with('\u{feff}') {
        return Err("the byte order mark changed".to_owned());
    }
    if !before.contains('\r') && after.contains('\r') {
        return Err("a CR came in".to_owned());
    }
    for (_, comment) in comments(before) {
        if after.matches(comment).count() > 1 {
            return Err(format!("comment {comment} stands twice"));
        }
    }
    Ok(())
}

/// Comments of the corpus carry a number between tildes.
fn comments(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('~').map(|start| at + start) {
        let Some(length) = text[start + 1..].find('~') else {
            break;
        };
        at = start + length + 2;
        found.push((start, &text[start..at]));
    }
    found
}

/// What an edit may touch.
struct Change {
    /// Lines of the old text, counted from none, that may differ.
    first: usize,
    past: usize,
    /// Bytes of the old text whose comments may go.
    gone: std::ops::Range<usize>,
}

impl Change {
    fn of(
        before: &Read,
        document: usize,
        base: &str,
        operation: &Operation,
    ) -> Result<Self, String> {
        let text = before.text.as_str();
        let root = &before.documents[document].root;
        let (pointer, removes) = match operation {
            Operation::Remove { pointer } => (pointer, true),
            Operation::Add { pointer, .. }
            | Operation::Replace { pointer, .. }
            | Operation::Quote { pointer }
            | Operation::Test { pointer, .. } => (pointer, false),
        };
        let full = format!("{base}{pointer}");
        let tokens: Vec<String> = full
            .split('/')
            .skip(1)
            .map(|token| token.replace("~1", "/").replace("~0", "~"))
            .collect();
        let (last, way) = tokens.split_last().ok_or("no pointer")?;
        let mut parent = Place::root(text, root);
        for token in way {
            parent = parent
                .child(text, token)
                .ok_or("the pointer leads nowhere")?;
        }
        let adds = matches!(operation, Operation::Add { .. });
        let child = parent.child(text, last);
        let inserts = adds && !parent.node.is_mapping();
        Ok(match child {
            Some(child) if removes => Self::removal(text, &parent, &child),
            Some(child) if !inserts => Self::replacement(text, &child),
            child => Self::addition(text, &parent, child.as_ref()),
        })
    }

    fn removal(text: &str, parent: &Place<'_>, child: &Place<'_>) -> Self {
        let end = last_byte(text, child.node, child.introduced);
        let mut past = line_of(text, end) + 1;
        let mut first = line_of(text, child.start);
        let mut gone = child.start..line_end(text, end);
        if ends_in_block_scalar(child.node) {
            // The line breaks it keeps.
            let below = text[gone.end..].lines();
            past += below.take_while(|line| line.trim().is_empty()).count();
        }
        if parent.is_flow {
            first = line_of(text, child.floor);
            past = line_of(text, child.ceiling.max(end)) + 1;
        } else if parent.count == 1 {
            first = line_of(text, parent.start);
        } else if !text[line_start(text, child.start)..child.start]
            .trim()
            .is_empty()
        {
            // What follows moves up to the dash.
            past += 1 + text[line_end(text, end)..]
                .lines()
                .take_while(|line| line.trim().is_empty())
                .count();
        }
        // Comments of its own may go with it.
        let own = own_comments(text, child);
        gone.start = own;
        first = first.min(line_of(text, own));
        if child.behind_block_scalar {
            // Comments and blank lines that would become its text.
            let below = &text[line_end(text, end)..];
            let stray = below.split_inclusive('\n').take_while(|line| {
                let content = line.trim();
                content.is_empty() || content.starts_with('#')
            });
            let stray: Vec<_> = stray.collect();
            past += stray.len();
            gone.end += stray.iter().map(|line| line.len()).sum::<usize>();
        }
        Self { first, past, gone }
    }

    fn replacement(text: &str, child: &Place<'_>) -> Self {
        let end = last_byte(text, child.node, child.introduced);
        let span = child.node.span;
        let below = span.start > child.start && text[child.start..span.start].contains('\n');
        let gone = if is_block(text, child.node) || below {
            span.start..line_end(text, end)
        } else {
            span.start..span.end.max(span.start)
        };
        Self {
            first: line_of(text, child.start),
            past: line_of(text, end) + 1,
            gone,
        }
    }

    fn addition(text: &str, parent: &Place<'_>, next: Option<&Place<'_>>) -> Self {
        let end = last_byte(text, parent.node, parent.introduced);
        let (first, past) = match next {
            _ if parent.count == 0 => (line_of(text, parent.start), line_of(text, end) + 1),
            Some(next) if parent.is_flow => (
                line_of(text, next.floor),
                line_of(text, next.node.span.start) + 1,
            ),
            None if parent.is_flow => {
                let last = parent.last_child_end;
                (line_of(text, last), line_of(text, end) + 1)
            }
            Some(next) => {
                let line = line_of(text, next.start);
                let behind = !text[line_start(text, next.start)..next.start]
                    .trim()
                    .is_empty();
                // Directly behind the item, or the key, before it.
                let floor = line_of(text, next.floor) + 1;
                (floor.min(line), line + usize::from(behind))
            }
            None => {
                let line = line_of(text, end) + 1;
                let blank = text.lines().skip(line);
                let blank = blank.take_while(|line| line.trim().is_empty()).count();
                (line, line + blank)
            }
        };
        Self {
            first,
            past,
            gone: 0..0,
        }
    }

    fn lines_stay<'a>(&self, before: &'a str, after: &'a str) -> Result<(), String> {
        let lines = |text: &'a str| text.trim_start_matches('\u{feff}').lines().collect();
        let (old, new): (Vec<_>, Vec<_>) = (lines(before), lines(after));
        let first = self.first.min(old.len());
        let tail = &old[self.past.min(old.len())..];
        if new.len() < first + tail.len() || new[..first] != old[..first] {
            return Err(format!("a line above line {} changed", first + 1));
        }
        if new[new.len() - tail.len()..] != *tail {
            return Err(format!("a line below line {} changed", self.past));
        }
        let known = &old[first..self.past.min(old.len())];
        for line in &new[first..new.len() - tail.len()] {
            let ragged = line.trim_end_matches([' ', '\t']) != *line;
            let was_ragged = known.iter().any(|old| old.trim_end() != *old);
            if ragged && !was_ragged {
                return Err(format!("a new line ends in blanks: {line:?}"));
            }
        }
        Ok(())
    }

    fn comments_stay(&self, before: &str, after: &str) -> Result<(), String> {
        for (at, comment) in comments(before) {
            if !self.gone.contains(&at) && !after.contains(comment) {
                return Err(format!("comment {comment} is lost"));
            }
        }
        Ok(())
    }
}

/// Where the comments begin that may be a child's own: lines of its column
/// directly above it, below its elder sibling, which do not head the document
/// and are nothing that is commented out.
fn own_comments(text: &str, child: &Place<'_>) -> usize {
    let line = line_start(text, child.start);
    let before = &text[line..child.start];
    if !before.trim().is_empty() {
        return child.start;
    }
    let mut own = line;
    for above in text[..line].split_inclusive('\n').rev() {
        let comment = above.trim_start_matches([' ', '\t']);
        let is_comment = comment.starts_with('#') && above.len() - comment.len() == before.len();
        if !is_comment || own - above.len() < child.floor {
            break;
        }
        own -= above.len();
    }
    let comments = &text[own..line];
    let is_code = comments.lines().any(|line| {
        let line = line.trim_start().trim_start_matches(['#', ' ']);
        line.starts_with("- ") || line.starts_with("key:") || line.starts_with("value:")
    });
    let heads = text[..own]
        .trim_start_matches('\u{feff}')
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with(['#', '%', '-']));
    if is_code || heads && child.is_first {
        child.start
    } else {
        own
    }
}

/// A node and where it stands among its siblings.
struct Place<'a> {
    node: &'a Node,
    /// Where its key or dash (or it itself) begins.
    start: usize,
    /// Where its key or dash ends.
    introduced: usize,
    /// Where the thing before it ends, and the thing behind it begins.
    floor: usize,
    ceiling: usize,
    is_flow: bool,
    count: usize,
    last_child_end: usize,
    behind_block_scalar: bool,
    is_first: bool,
}

impl<'a> Place<'a> {
    fn root(text: &str, node: &'a Node) -> Self {
        let start = node.span.start;
        Self::new(text, node, start, start, false)
    }

    fn new(text: &str, node: &'a Node, start: usize, introduced: usize, in_flow: bool) -> Self {
        let own = node
            .entries()
            .iter()
            .filter(|entry| entry.origin == EntryOrigin::Own);
        let ends = own.map(|entry| entry.value.span.end.max(entry.key.span.end));
        let ends: Vec<_> = ends
            .chain(node.items().iter().map(|item| item.span.end))
            .collect();
        let merges = node
            .entries()
            .iter()
            .any(|entry| entry.origin == EntryOrigin::Merged);
        Self {
            node,
            start,
            introduced,
            floor: node.span.start,
            ceiling: node.span.end,
            is_flow: in_flow || text[node.span.start..].starts_with(['{', '[']),
            count: ends.len() + usize::from(merges),
            last_child_end: ends.last().copied().unwrap_or(node.span.start),
            behind_block_scalar: false,
            is_first: true,
        }
    }

    fn child(&self, text: &str, token: &str) -> Option<Place<'a>> {
        let node = self.node;
        let mut spans: Vec<(usize, usize, &Node)> = node
            .entries()
            .iter()
            .filter(|entry| entry.origin == EntryOrigin::Own)
            .map(|entry| (entry.key.span.start, entry.key.span.end, &entry.value))
            .collect();
        let index = if node.is_mapping() {
            node.entries()
                .iter()
                .filter(|entry| entry.origin == EntryOrigin::Own)
                .position(|entry| entry.key.scalar_text() == Some(token))?
        } else {
            let in_flow = self.is_flow;
            spans = node
                .items()
                .iter()
                .map(|item| {
                    let at = item.span.start;
                    let start = if in_flow { at } else { dash_before(text, at) };
                    (start, at, item)
                })
                .collect();
            token.parse().ok().filter(|index| *index < spans.len())?
        };
        let (start, introduced, node) = spans[index];
        let mut place = Place::new(text, node, start, introduced, self.is_flow);
        place.is_first = index == 0;
        place.floor = match index.checked_sub(1) {
            Some(before) => {
                let (_, introduced, node) = spans[before];
                place.behind_block_scalar = ends_in_block_scalar(node);
                last_byte(text, node, introduced)
            }
            // The key above, or the bracket.
            None if self.is_flow => self.node.span.start,
            None => self.introduced,
        };
        place.ceiling = spans
            .get(index + 1)
            .map_or(self.node.span.end, |next| next.0);
        Some(place)
    }
}

fn is_block(text: &str, node: &Node) -> bool {
    let collection = matches!(node.content, Content::Mapping(_) | Content::Sequence(_));
    let block_scalar = matches!(
        node.style(),
        Some(ScalarStyle::Literal | ScalarStyle::Folded)
    );
    node.sharing != Sharing::Alias
        && (collection && !text[node.span.start..].starts_with(['{', '[']) || block_scalar)
}

fn ends_in_block_scalar(node: &Node) -> bool {
    match &node.content {
        Content::Mapping(entries) => entries
            .last()
            .is_some_and(|entry| ends_in_block_scalar(&entry.value)),
        Content::Sequence(items) => items.last().is_some_and(ends_in_block_scalar),
        _ => matches!(
            node.style(),
            Some(ScalarStyle::Literal | ScalarStyle::Folded)
        ),
    }
}

/// Where the content of a node ends, or of its key.
fn last_byte(text: &str, node: &Node, introduced: usize) -> usize {
    let own = &text[node.span.start..node.span.end.max(node.span.start)];
    (node.span.start + own.trim_end().len()).max(introduced)
}

/// The dash of an item: on its line, or alone on one above.
fn dash_before(text: &str, at: usize) -> usize {
    let mut start = line_start(text, at);
    let mut end = at;
    loop {
        let line = &text[start..end];
        let content = line.trim_start();
        let indentation = line.len() - content.len();
        if content.starts_with('-') {
            // Of several dashes on the item's own line, the last.
            let same_line = end == at;
            return match line.trim_end().rfind("- ") {
                Some(last) if same_line && !line.trim_end().ends_with('-') => start + last,
                _ if same_line => start + line.trim_end().len() - 1,
                _ => start + indentation,
            };
        }
        if start == 0 {
            return at;
        }
        end = start - 1;
        start = line_start(text, end);
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count()
}

/// A byte order mark belongs to no line.
fn line_start(text: &str, at: usize) -> usize {
    let first = text.len() - text.trim_start_matches('\u{feff}').len();
    text[..at].rfind('\n').map_or(first, |start| start + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}
