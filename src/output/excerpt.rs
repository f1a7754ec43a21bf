//! Lines of a file, with everything hidden that could be a value.
//!
//! Only keys, and scalars of fields that hold names, paths and modes, are
//! shown; everything else on a line becomes an ellipsis, comments included.

use crate::inventory::Inventory;
use crate::manifest::{Content, Node, SourceText, Span};
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
    let mut shown = Shown::new(source, span);
    for object in inventory.objects_from(origin) {
        shown.tree(&object.root, None);
    }
    Some(shown.excerpt(line, site.span))
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
) -> Option<String> {
    let mut shown = Shown::new(source, source.line_span(line)?);
    for root in roots {
        shown.tree(root, None);
    }
    Some(shown.excerpt(line, Span::default()).text)
}

struct Shown<'a> {
    line: &'a str,
    span: Span,
    cut: Cut,
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
    fn new(source: &'a SourceText, span: Span) -> Self {
        let text = source.text();
        let line = &text[span.start..span.end];
        Self {
            line,
            span,
            cut: Cut {
                before: !(span.start == 0 || text[..span.start].ends_with('\n')),
                after: !(span.end == text.len() || text[span.end..].starts_with(['\r', '\n'])),
            },
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
                self.mark(node.span, field.is_some_and(|field| SHOWN.contains(&field)));
            }
            Content::Sealed(_) => self.mark(node.span, false),
            Content::Sequence(items) => {
                for item in items {
                    self.tree(item, None);
                }
            }
            Content::Mapping(entries) => {
                for entry in entries {
                    // A key that is a mapping or a list may hold a value.
                    match entry.key.content {
                        Content::Scalar(_) => self.mark(entry.key.span, true),
                        _ => self.tree(&entry.key, None),
                    }
                    self.tree(&entry.value, entry.key.scalar_text());
                }
            }
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
