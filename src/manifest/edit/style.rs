//! How a document writes, so that new lines look like the old ones.

use super::super::{Content, Format, Node, ScalarStyle, Sharing};

/// How a document writes things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// Blanks a level of mappings.
    pub step: usize,
    /// How far the dashes of a list stand behind the key above them.
    pub lists: usize,
    /// How flow collections are written.
    pub notation: Notation,
}

/// How flow collections are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// `{key: value}`.
    Yaml,
    /// `{"key": value}`, with numbers of JSON.
    Json,
}

/// The habits of a document: each the most frequent one, the first of equals.
pub(super) fn style_of(text: &str, root: &Node, format: Format) -> Style {
    let mut steps = Counts::default();
    let mut lists = Counts::default();
    look(text, root, &mut steps, &mut lists);
    let quoted = root
        .entries()
        .first()
        .is_some_and(|entry| entry.key.style() == Some(ScalarStyle::DoubleQuoted));
    let is_flow = matches!(text.as_bytes().get(root.span.start), Some(b'{' | b'['));
    Style {
        step: steps.most().unwrap_or(2),
        lists: lists.most().unwrap_or(0),
        notation: if format == Format::Json || (is_flow && quoted) {
            Notation::Json
        } else {
            Notation::Yaml
        },
    }
}

/// How often each number of blanks occurs.
#[derive(Default)]
struct Counts(Vec<(usize, usize)>);

impl Counts {
    fn add(&mut self, blanks: usize) {
        match self.0.iter_mut().find(|(known, _)| *known == blanks) {
            Some((_, count)) => *count += 1,
            None => self.0.push((blanks, 1)),
        }
    }

    fn most(&self) -> Option<usize> {
        let most = self.0.iter().map(|(_, count)| *count).max()?;
        let first = self.0.iter().find(|(_, count)| *count == most);
        first.map(|(blanks, _)| *blanks)
    }
}

fn look(text: &str, node: &Node, steps: &mut Counts, lists: &mut Counts) {
    if node.sharing == Sharing::Alias {
        return;
    }
    let column = |at: usize| at - text[..at].rfind('\n').map_or(0, |line| line + 1);
    for entry in node.entries() {
        let (key, value) = (entry.key.span.start, &entry.value);
        let collection = matches!(value.content, Content::Mapping(_) | Content::Sequence(_));
        if !collection || value.sharing == Sharing::Alias {
            continue;
        }
        let below = key < value.span.start && text[key..value.span.start].contains('\n');
        // Looking for columns takes long in a document of one line.
        if below {
            let deeper = column(value.span.start).checked_sub(column(key));
            match (deeper, text.as_bytes().get(value.span.start)) {
                (Some(blanks @ ..=8), Some(b'-')) if !value.is_mapping() => lists.add(blanks),
                (Some(blanks @ 1..=8), Some(byte)) if !b"{[".contains(byte) => steps.add(blanks),
                _ => {}
            }
        }
        look(text, value, steps, lists);
    }
    for item in node.items() {
        look(text, item, steps, lists);
    }
}
