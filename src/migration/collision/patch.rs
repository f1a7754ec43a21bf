//! The patches of a kustomization, as trees whose lines are known.

use crate::manifest::{Document, Node, ScalarStyle, SourceText, parse, path};
use crate::workload::Workload;
use crate::workload::selector::Selector;

use super::including::Names;
use super::texts;

/// A patch, a replacement or a variable.
pub(super) struct Patch {
    /// The file it is written in.
    pub file: String,
    /// Its JSON path there; empty for a file of its own.
    pub path: String,
    /// Whom it is for, where that is said apart from it.
    pub target: Option<Target>,
    pub content: Content,
    /// What the lines of its text are counted from: the text, and the line in
    /// `file` before its first.
    lines: Lines,
}

pub(super) enum Content {
    /// Strategic merge patches and JSON Patches.
    Documents(Vec<Document>),
    /// Places that replacements or variables name, by `fieldPath`.
    Fields(Vec<String>),
    /// A file that is not among those that were read.
    Unread,
}

enum Lines {
    /// Of this text, after so many lines.
    After(SourceText, usize),
    /// All on one line.
    One(usize),
}

/// Whom a patch is for.
pub(super) struct Target {
    kind: Option<String>,
    name: Option<String>,
    labels: Option<Selector>,
}

impl Target {
    fn of(node: &Node) -> Self {
        Self {
            kind: node.text_of("kind").map(str::to_owned),
            name: node.text_of("name").map(str::to_owned),
            labels: node
                .text_of("labelSelector")
                .and_then(|text| Selector::parse(text).ok()),
        }
    }

    /// Whether it may mean the workload, which has these names.
    pub fn fits(&self, workload: &Workload, names: &Names) -> bool {
        let kind = self.kind.as_deref();
        kind.is_none_or(|kind| pattern(kind, &workload.id.kind))
            && self
                .name
                .as_deref()
                .is_none_or(|name| names.any(|known| pattern(name, known)))
            && self
                .labels
                .as_ref()
                .is_none_or(|labels| labels.fits(&workload.metadata.labels))
    }
}

/// Names of targets are regular expressions, from end to end. Only those
/// without an operator, or with `.*` at the end, are looked at closely.
fn pattern(pattern: &str, text: &str) -> bool {
    let plain = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
    };
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    match pattern.strip_suffix(".*") {
        _ if plain(pattern) => pattern == text,
        Some(start) if plain(start) => text.starts_with(start),
        _ => true,
    }
}

fn is_inline(text: &str) -> bool {
    text.contains('\n') || text.contains(": ")
}

impl Patch {
    /// All of a kustomization; `read` gives the text of a file beside it.
    pub fn all<'a>(
        root: &Node,
        source: &SourceText,
        read: impl Fn(&str) -> Option<&'a SourceText>,
    ) -> Vec<Patch> {
        let mut found = Vec::new();
        for field in ["patches", "patchesJson6902", "patchesStrategicMerge"] {
            for (index, item) in items(root, field) {
                let at = path::item(field, index);
                let target = item.get("target").map(Target::of);
                let text = item.get("patch").unwrap_or(item);
                match (text.as_str(), item.text_of("path")) {
                    (Some(file), _) if !item.is_mapping() && !is_inline(file) => {
                        found.push(Self::of_file(file, at, item, source, target, &read));
                    }
                    (Some(_), _) => {
                        let at = match item.is_mapping() {
                            true => path::child(&at, "patch"),
                            false => at,
                        };
                        found.push(Self::inline(text, at, source, target));
                    }
                    (None, Some(file)) => {
                        found.push(Self::of_file(file, at, item, source, target, &read));
                    }
                    (None, None) => {}
                }
            }
        }
        for (index, item) in items(root, "replacements") {
            let at = path::item("replacements", index);
            match item.text_of("path") {
                None => found.extend(replacement(item, &at, source)),
                Some(file) => match read(file) {
                    None => found.push(Self::unread(file, at, item, source, None)),
                    Some(text) => {
                        for document in parse(text).documents {
                            let list = match document.root.is_sequence() {
                                true => document.root.items(),
                                false => std::slice::from_ref(&document.root),
                            };
                            for item in list {
                                found.extend(replacement(item, "", text));
                            }
                        }
                    }
                },
            }
        }
        for (index, item) in items(root, "vars") {
            let field = item
                .at(&["fieldref", "fieldpath"])
                .or_else(|| item.at(&["fieldref", "fieldPath"]));
            if let (Some(target), Some(field)) = (item.get("objref"), field) {
                let at = path::item("vars", index);
                let fields = field.as_str().map(str::to_owned).into_iter().collect();
                found.push(Self::fields(target, fields, at, item, source));
            }
        }
        found
    }

    fn of_file<'a>(
        file: &str,
        at: String,
        item: &Node,
        source: &SourceText,
        target: Option<Target>,
        read: &impl Fn(&str) -> Option<&'a SourceText>,
    ) -> Self {
        let Some(text) = read(file) else {
            return Self::unread(file, at, item, source, target);
        };
        Self {
            file: text.name().to_owned(),
            path: String::new(),
            target,
            content: Content::Documents(parse(text).documents),
            lines: Lines::After(SourceText::new(text.name(), text.text().to_owned()), 0),
        }
    }

    fn unread(
        file: &str,
        at: String,
        item: &Node,
        source: &SourceText,
        target: Option<Target>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            path: at,
            target,
            content: Content::Unread,
            lines: Lines::One(source.position(item.span.start).line),
        }
    }

    fn inline(node: &Node, at: String, source: &SourceText, target: Option<Target>) -> Self {
        let line = source.position(node.span.start).line;
        let text = SourceText::new(source.name(), node.as_str().unwrap_or_default().to_owned());
        Self {
            file: source.name().to_owned(),
            path: at,
            target,
            content: Content::Documents(parse(&text).documents),
            lines: match node.style() {
                Some(ScalarStyle::Literal) => Lines::After(text, line),
                _ => Lines::One(line),
            },
        }
    }

    fn fields(
        target: &Node,
        fields: Vec<String>,
        at: String,
        item: &Node,
        source: &SourceText,
    ) -> Self {
        Self {
            file: source.name().to_owned(),
            path: at,
            target: Some(Target::of(target)),
            content: Content::Fields(fields),
            lines: Lines::One(source.position(item.span.start).line),
        }
    }

    /// The line of a node of one of its documents.
    pub fn line(&self, start: usize) -> usize {
        match &self.lines {
            Lines::After(text, before) => before + text.position(start).line,
            Lines::One(line) => *line,
        }
    }
}

fn items<'n>(root: &'n Node, field: &str) -> impl Iterator<Item = (usize, &'n Node)> {
    root.get(field)
        .map_or(&[][..], Node::items)
        .iter()
        .enumerate()
}

/// Its source, and each of its targets.
fn replacement(item: &Node, at: &str, source: &SourceText) -> Vec<Patch> {
    let mut found = Vec::new();
    if let Some(from) = item.get("source") {
        let fields = from.text_of("fieldPath").map(str::to_owned);
        let at = path::child(at, "source");
        let fields = fields.into_iter().collect();
        found.push(Patch::fields(from, fields, at, from, source));
    }
    let at = path::child(at, "targets");
    for (index, target) in items(item, "targets") {
        if let Some(select) = target.get("select") {
            let fields = texts(target.get("fieldPaths")).map(str::to_owned).collect();
            let at = path::item(&at, index);
            found.push(Patch::fields(select, fields, at, target, source));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_targets_are_patterns() {
        for (name, fits) in [
            ("api", true),
            ("^api$", true),
            ("ap", false),
            ("a.*", true),
            ("web.*", false),
            ("(api|web)", true),
        ] {
            assert_eq!(pattern(name, "api"), fits, "{name}");
        }
    }
}
