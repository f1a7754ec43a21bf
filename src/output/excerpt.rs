//! Lines of a file, with everything hidden that could be a value.
//!
//! Of a finding's place only keys, and scalars of fields that hold names, paths
//! and modes, are shown. Of a change the user's own settings are shown as well:
//! numbers, switches, labels, words of fields that are no values, the program that
//! runs and the names of its flags. What is hidden becomes an ellipsis, comments
//! included.

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
    // Of a document that is no object only its fields are known.
    let nameless = inventory.nameless.iter();
    for document in nameless.filter(|one| one.place.origin == origin) {
        for key in &document.keys {
            shown.mark(*key, true);
        }
    }
    Some(shown.excerpt(line, site.span))
}

/// Fields of pods and workloads whose words are settings.
const SETTINGS: &[&str] = &[
    "claimName",
    "concurrencyPolicy",
    "cpu",
    "dnsPolicy",
    "driver",
    "effect",
    "ephemeral-storage",
    "fieldPath",
    "fsGroupChangePolicy",
    "hostname",
    "imagePullPolicy",
    "medium",
    "memory",
    "nodeName",
    "operator",
    "priorityClassName",
    "protocol",
    "resource",
    "restartPolicy",
    "runtimeClassName",
    "schedule",
    "schedulerName",
    "scheme",
    "serviceName",
    "storage",
    "subdomain",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "topologyKey",
    "updateStrategy",
    "whenUnsatisfiable",
    "workingDir",
];

/// Mappings of names, in which nothing is a value.
const NAMES: &[&str] = &["labels", "matchLabels", "nodeSelector"];

fn is_number_or_switch(text: &str) -> bool {
    matches!(text, "true" | "false" | "null" | "") || text.parse::<f64>().is_ok()
}

/// `name: X_FILE` with a path: what says where a value is, and is none.
fn is_file_variable(node: &Node) -> bool {
    let text = |field| {
        node.get(field)
            .and_then(Node::scalar_text)
            .unwrap_or_default()
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-".contains(&b);
    text("name").ends_with("_FILE")
        && text("value").starts_with('/')
        && text("value").bytes().all(plain)
}

/// Whether a word of a command is the name of a flag and no value.
fn is_flag_name(word: &str) -> bool {
    word.strip_prefix("--").is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

/// Whether a word of a command may be shown: the program, names of flags, and
/// numbers where no flag before them asks for a credential.
fn is_plain_word(word: &str, before: Option<&str>, place: usize) -> bool {
    let program = place == 0
        && !word.starts_with('-')
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
        && !credential::looks_random(word)
        && credential::known_shape(word).is_none();
    let number = is_number_or_switch(word)
        && before.is_none_or(|flag| {
            !flag.starts_with('-') || is_flag_name(flag) && !asks_for_credential(flag)
        });
    program || is_flag_name(word) || number
}

fn asks_for_credential(flag: &str) -> bool {
    let flag = flag.to_ascii_lowercase();
    credential::is_credential_name(&flag)
        || ["pass", "pin", "token", "secret", "key", "auth", "cred"]
            .iter()
            .any(|part| flag.contains(part))
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
                let text = node.scalar_text().unwrap_or_default();
                let setting = || {
                    field.is_some_and(|field| {
                        SETTINGS.contains(&field)
                            || field != "value"
                                && !asks_for_credential(field)
                                && is_number_or_switch(text)
                    })
                };
                // A query, or a login, of a path or an image.
                let may_hold = text.contains('?') || text.contains("://") && text.contains('@');
                let visible = field.is_some_and(|field| SHOWN.contains(&field)) && !may_hold
                    || self.hide == Hide::Values && setting();
                self.mark(node.span, visible);
            }
            Content::Sealed(_) => self.mark(node.span, false),
            Content::Sequence(items) => {
                let is_command = self.hide == Hide::Values
                    && field.is_some_and(|field| ["command", "args"].contains(&field));
                let mut before = None;
                for (place, item) in items.iter().enumerate() {
                    let word = item.scalar_text();
                    match word.filter(|_| is_command) {
                        Some(word) => {
                            // The first of `args` may be anything.
                            let place = place + usize::from(field == Some("args"));
                            self.mark(item.span, is_plain_word(word, before, place));
                        }
                        None => self.tree(item, None),
                    }
                    before = word;
                }
            }
            Content::Mapping(entries) => {
                let names_file = self.hide == Hide::Values && is_file_variable(node);
                for entry in entries {
                    // A key that is a mapping or a list may hold a value.
                    match entry.key.content {
                        Content::Scalar(_) => self.mark(entry.key.span, true),
                        _ => self.tree(&entry.key, None),
                    }
                    let key = entry.key.scalar_text();
                    let names = |key: &str| self.hide == Hide::Values && NAMES.contains(&key);
                    match key {
                        Some(key) if HIDDEN.contains(&key) => self.all(&entry.value, false),
                        Some(key) if names(key) => self.all(&entry.value, true),
                        Some("value") if names_file => self.mark(entry.value.span, true),
                        _ => self.tree(&entry.value, key),
                    }
                }
            }
        }
    }

    /// A tree of which the keys are shown, and the rest or not.
    fn all(&mut self, node: &Node, visible: bool) {
        match &node.content {
            Content::Mapping(entries) => {
                for entry in entries {
                    match entry.key.content {
                        Content::Scalar(_) => self.mark(entry.key.span, true),
                        _ => self.all(&entry.key, false),
                    }
                    let named = entry.key.scalar_text().is_some_and(asks_for_credential);
                    self.all(&entry.value, visible && !named);
                }
            }
            Content::Sequence(items) => items.iter().for_each(|item| self.all(item, visible)),
            Content::Scalar(_) => self.mark(node.span, visible),
            Content::Sealed(_) => self.mark(node.span, false),
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
