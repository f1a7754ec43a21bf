//! Lines of a file, with everything hidden that could be a value.
//!
//! Of a finding's place only keys, and scalars of fields that hold names, paths
//! and modes, are shown. Of a change the user's own settings are shown as well:
//! hidden are values of variables, what Secrets, ConfigMaps and annotations hold,
//! words that look like credentials, and comments. What is hidden becomes an
//! ellipsis.

use crate::inventory::Inventory;
use crate::manifest::{Content, Node, SourceText, Span};
use crate::workload::credential;
use crate::workload::{Origin, Site};

/// Fields whose scalars never hold a value.
const SHOWN: &[&str] = &[
    "apiVersion",
    "automountServiceAccountToken",
    "defaultMode",
    "fsGroup",
    "image",
    "immutable",
    "key",
    "kind",
    "mode",
    "mountPath",
    "name",
    "namespace",
    "optional",
    "path",
    "paused",
    "prefix",
    "readOnly",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "secretName",
    "serviceAccountName",
    "subPath",
    "subPathExpr",
    "type",
];

/// Mappings whose scalars may be values, whatever their keys.
const HIDDEN: &[&str] = &["data", "stringData", "binaryData", "annotations"];

/// How much of a line is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hide {
    /// Everything but keys and names.
    AllButNames,
    /// What may be a value.
    Values,
}

/// A line of a file as it may be shown.
pub(super) struct MaskedLine {
    pub text: String,
    /// Whether something of it is hidden.
    pub hides: bool,
}

/// Bytes of a line that are shown at most: JSON may have all of a file on one.
const LONGEST: usize = 240;
/// How many of them stand before the place.
const BEFORE: usize = 80;

/// A line of a file, as it may be shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Its number, from one.
    pub line: usize,
    pub text: String,
    /// Where in the text the place begins, in characters.
    pub from: usize,
    /// How many characters it has on this line.
    pub length: usize,
}

/// The line of a place, or what is around the place where the line is long;
/// `None` for live objects.
pub fn excerpt(inventory: &Inventory, origin: Origin, site: &Site) -> Option<Excerpt> {
    let source = &inventory.source(origin)?.text;
    let line = source.position(site.span.start).line;
    let span = around(source.text(), source.line_span(line)?, site.span.start);
    let mut shown = Shown::new(source, span, Hide::AllButNames);
    for object in inventory.objects_from(origin) {
        shown.tree(&object.root, None);
    }
    Some(shown.excerpt(line, site.span))
}

/// Whether a scalar is a setting of the user's own, and nothing that may be a
/// value.
fn is_setting(field: Option<&str>, text: Option<&str>) -> bool {
    if field == Some("value") || field.is_some_and(credential::is_credential_name) {
        return false;
    }
    let mut flag = false;
    !text.unwrap_or_default().split_whitespace().any(|word| {
        // `DB_PASSWORD=…`, `--password=…`, `--password …`, `user:password@host`.
        let named = word
            .split_once('=')
            .is_some_and(|(name, _)| credential::is_credential_name(name));
        let follows = flag;
        flag = word.starts_with('-') && credential::is_credential_name(word);
        named
            || follows
            || word.contains("://") && word.contains('@')
            || credential::known_shape(word).is_some()
            || credential::looks_random(word)
    })
}

/// The part of a line that is shown.
fn around(text: &str, line: Span, place: usize) -> Span {
    if line.end - line.start <= LONGEST {
        return line;
    }
    let start = place.saturating_sub(BEFORE).max(line.start);
    let end = (start + LONGEST).min(line.end);
    Span {
        start: text.floor_char_boundary(start),
        end: text.floor_char_boundary(end),
    }
}

/// A line as it may be shown; `None` when there is no such line.
pub(super) fn masked_line<'a>(
    source: &SourceText,
    roots: impl Iterator<Item = &'a Node>,
    line: usize,
) -> Option<MaskedLine> {
    let span = source.line_span(line)?;
    let mut shown = Shown::new(source, span, Hide::Values);
    for root in roots {
        shown.tree(root, None);
    }
    let text = shown.excerpt(line, Span::default()).text;
    Some(MaskedLine {
        hides: text
            != source.text()[span.start..span.end]
                .trim_end()
                .replace('\t', " "),
        text,
    })
}

struct Shown<'a> {
    line: &'a str,
    span: Span,
    cut: Cut,
    hide: Hide,
    visible: Vec<bool>,
    /// Bytes that belong to some scalar, shown or not.
    taken: Vec<bool>,
}

/// Whether the line goes on beyond what is shown.
struct Cut {
    before: bool,
    after: bool,
}

impl<'a> Shown<'a> {
    fn new(source: &'a SourceText, span: Span, hide: Hide) -> Self {
        let text = source.text();
        let line = &text[span.start..span.end];
        Self {
            line,
            span,
            cut: Cut {
                before: !(span.start == 0 || text[..span.start].ends_with('\n')),
                after: !(span.end == text.len() || text[span.end..].starts_with(['\r', '\n'])),
            },
            hide,
            visible: vec![false; line.len()],
            taken: vec![false; line.len()],
        }
    }

    fn tree(&mut self, node: &Node, field: Option<&str>) {
        if node.span.end < self.span.start || node.span.start > self.span.end {
            return;
        }
        match &node.content {
            Content::Scalar(_) => {
                let visible = field.is_some_and(|field| SHOWN.contains(&field))
                    || self.hide == Hide::Values && is_setting(field, node.scalar_text());
                self.mark(node.span, visible);
            }
            Content::Sealed(_) => self.mark(node.span, false),
            Content::Sequence(items) => {
                let mut before: Option<&Node> = None;
                for item in items {
                    // The word after `--password`.
                    let flag = before.and_then(Node::scalar_text);
                    match flag.is_some_and(|flag| {
                        flag.starts_with('-') && credential::is_credential_name(flag)
                    }) {
                        true => self.mark(item.span, false),
                        false => self.tree(item, None),
                    }
                    before = Some(item);
                }
            }
            Content::Mapping(entries) => {
                for entry in entries {
                    // A key that is a mapping or a list may hold a value.
                    match entry.key.content {
                        Content::Scalar(_) => self.mark(entry.key.span, true),
                        _ => self.tree(&entry.key, None),
                    }
                    let key = entry.key.scalar_text();
                    match key.is_some_and(|key| HIDDEN.contains(&key)) {
                        true => self.hidden(&entry.value),
                        false => self.tree(&entry.value, key),
                    }
                }
            }
        }
    }

    /// A tree of which only the keys are shown.
    fn hidden(&mut self, node: &Node) {
        match &node.content {
            Content::Mapping(entries) => {
                for entry in entries {
                    match entry.key.content {
                        Content::Scalar(_) => self.mark(entry.key.span, true),
                        _ => self.hidden(&entry.key),
                    }
                    self.hidden(&entry.value);
                }
            }
            Content::Sequence(items) => items.iter().for_each(|item| self.hidden(item)),
            Content::Scalar(_) | Content::Sealed(_) => self.mark(node.span, false),
        }
    }

    fn mark(&mut self, span: Span, visible: bool) {
        let from = span.start.max(self.span.start);
        let to = span.end.min(self.span.end);
        for at in from..to {
            // Two nodes at one place (an alias): what hides wins.
            let at = at - self.span.start;
            self.visible[at] = visible && (self.visible[at] || !self.taken[at]);
            self.taken[at] = true;
        }
    }

    fn excerpt(self, number: usize, place: Span) -> Excerpt {
        let mut text = String::new();
        let mut from = None;
        let mut end = 0;
        let mut hidden = self.cut.before;
        if hidden {
            text.push('…');
        }
        let mut comment = false;
        for (at, character) in self.line.char_indices() {
            let byte = self.span.start + at;
            comment |= character == '#' && !self.taken[at];
            let punctuation = !comment && !self.taken[at] && " \t-:{}[],\"'|>?".contains(character);
            let visible = self.visible[at] || punctuation;
            if byte >= place.start && from.is_none() {
                from = Some(text.chars().count());
            }
            if visible {
                text.push(if character == '\t' { ' ' } else { character });
            } else if !hidden {
                text.push('…');
            }
            hidden = !visible;
            if byte < place.end {
                end = text.chars().count();
            }
        }
        if self.cut.after && !hidden {
            text.push('…');
        }
        let text = text.trim_end().to_owned();
        let width = text.chars().count();
        let from = from.unwrap_or(0).min(width.saturating_sub(1));
        Excerpt {
            line: number,
            length: end.min(width).saturating_sub(from).max(1),
            from,
            text,
        }
    }
}
