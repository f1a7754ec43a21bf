//! Changing a document as a person would: every byte outside the change stays.
//!
//! A change is a JSON Patch ([`Operation`]), the same that would change the
//! object in a cluster. Each operation becomes splices of the text; the result
//! is read again by another YAML reader and compared with what the patch makes
//! of the object. Only an equal result leaves this module.

mod block;
mod check;
mod comments;
mod document;
mod flow;
mod layout;
mod libyaml;
mod locate;
mod render;
mod round;
mod same;
mod splice;
mod style;
mod value;

use crate::manifest::Operation;
use crate::parallel;

use super::{Format, Node, SourceText, Span, parse};

use document::DocumentEditor;

/// Why a document is not edited. Nothing of it was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text cannot be read.
    #[error("the document cannot be read: {0}")]
    Unreadable(String),
    /// A pointer leads to nothing.
    #[error("there is nothing at {0}")]
    Missing(String),
    /// A `test` operation failed.
    #[error("{0} is not what the change expects")]
    Differs(String),
    /// An anchor shares it with other places.
    #[error("{0} is shared by an anchor; a change would reach other places too")]
    Shared(String),
    /// A shape this editor does not know.
    #[error("{0} is written in a way that cannot be edited safely")]
    Shape(String),
    /// A key stands twice.
    #[error("a key stands twice in the document; remove one first")]
    DuplicateKeys,
    /// The result would not be what was planned.
    #[error("the edited text would not mean what was planned")]
    NotEqual,
}

/// What is to be changed in one object of a text.
#[derive(Clone, Copy)]
pub struct Edit<'a> {
    /// The document, as [`super::Document`] has it.
    pub span: Span,
    /// How the document is written.
    pub format: Format,
    /// The path of the object in its document: empty, or that of an item of a
    /// List.
    pub base: &'a str,
    /// What to change, in order; all of it or nothing.
    pub operations: &'a [Operation],
    /// The tree of the document, if it is at hand and no key stands twice in
    /// it: then the document is not read once more.
    pub tree: Option<&'a Node>,
}

/// What became of a text. It may hold secret values: it has no `Debug`.
pub struct Edited {
    /// All of it, with the edits that were made.
    pub text: String,
    /// For each edit, in their order, whether it was made.
    pub outcomes: Vec<Result<(), Refusal>>,
}

/// Edits the document at `span` (of [`super::Document`]): returns the whole new
/// text. `base` is the path of the object in its document: empty, or that of
/// an item of a List.
///
/// # Errors
/// [`Refusal`]; then nothing is to be written.
pub fn edit(
    text: &str,
    span: Span,
    format: Format,
    base: &str,
    operations: &[Operation],
) -> Result<String, Refusal> {
    let edit = Edit {
        span,
        format,
        base,
        operations,
        tree: None,
    };
    let Edited { text, mut outcomes } = edit_all(text, &[edit]);
    outcomes.pop().unwrap_or(Ok(())).map(|()| text)
}

/// Makes many edits of one text, in one pass over it. Those of one object are
/// made one after the other; a refused one changes nothing and hinders no other.
pub fn edit_all(text: &str, edits: &[Edit<'_>]) -> Edited {
    let line_break = LineBreak::of(text);
    let mut order: Vec<usize> = (0..edits.len()).collect();
    order.sort_by_key(|index| edits[*index].span);
    let documents: Vec<(Span, &[usize])> = order
        .chunk_by(|one, other| edits[*one].span == edits[*other].span)
        .filter_map(|own| {
            let Edit { span, format, .. } = edits[*own.first()?];
            let span = match format {
                Format::Yaml => with_indentation(text, span),
                Format::Json => span,
            };
            Some((span, own))
        })
        .collect();
    let made = parallel::map(parts(&documents), |part| {
        let mut editor = DocumentEditor::new(line_break);
        let edited = part.iter().map(|(span, own)| {
            let edits: Vec<_> = own.iter().map(|index| &edits[*index]).collect();
            let before = &text[span.start..span.end];
            (*span, *own, editor.edit(before, span.start, &edits))
        });
        edited.collect::<Vec<_>>()
    });
    let mut outcomes = vec![Ok(()); edits.len()];
    let mut new = String::with_capacity(text.len() + text.len() / 4);
    let mut at = 0;
    for (span, own, (document, of_document)) in made.into_iter().flatten() {
        new.push_str(&text[at..span.start]);
        new.push_str(&document);
        at = span.end;
        for (index, outcome) in own.iter().zip(of_document) {
            outcomes[*index] = outcome;
        }
    }
    new.push_str(&text[at..]);
    Edited {
        text: new,
        outcomes,
    }
}

/// Parts that keep all threads at work to the end; the documents of one share
/// an editor.
fn parts<T>(documents: &[T]) -> Vec<&[T]> {
    const PARTS_OF_A_THREAD: usize = 8;
    let parts = parallel::threads(documents.len()) * PARTS_OF_A_THREAD;
    let size = documents.len().div_ceil(parts.max(1)).max(1);
    documents.chunks(size).collect()
}

/// How a text ends its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineBreak {
    Lf,
    CrLf,
}

impl LineBreak {
    fn of(text: &str) -> Self {
        match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => Self::CrLf,
            _ => Self::Lf,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

/// The document from the start of its first line, so that its own indentation
/// is seen; a document behind `---` on one line starts where it starts.
fn with_indentation(text: &str, span: Span) -> Span {
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let line = text[..span.start].rfind('\n').map_or(mark, |at| at + 1);
    let start = if text[line..span.start].bytes().all(|byte| byte == b' ') {
        line
    } else {
        span.start
    };
    // The rest of the last line is a comment at most; the blank lines below it
    // may belong to a block scalar.
    let rest = &text[span.end..];
    let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let below = &rest[line..];
    let blank = below.len() - below.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let end = span.end + line + below[..blank].rfind('\n').map_or(0, |at| at + 1);
    Span { start, end }
}

fn read(text: &str) -> Result<Node, Refusal> {
    let mut parsed = parse(&SourceText::new("document", text.to_owned()));
    if let Some(problem) = parsed.problems.pop() {
        return Err(Refusal::Unreadable(problem.message));
    }
    match (parsed.documents.pop(), parsed.documents.is_empty()) {
        (Some(document), true) if document.duplicates.is_empty() => Ok(document.root),
        (Some(_), true) => Err(Refusal::DuplicateKeys),
        _ => Err(Refusal::Shape("the document".to_owned())),
    }
}

#[cfg(test)]
mod tests;
