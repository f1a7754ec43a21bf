//! Changing a document as a person would: every byte outside the change stays.
//!
//! A change is a JSON Patch ([`Operation`]), the same that would change the
//! object in a cluster. Each operation becomes one splice of the text; the
//! result is read again by another YAML reader and compared with what the
//! patch makes of the object. Only an equal result leaves this module.

mod check;
mod locate;
mod render;
mod splice;

use crate::finding::Operation;

use super::{Format, Node, SourceText, Span, parse};

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
    let span = with_indentation(text, span);
    let before = &text[span.start..span.end];
    let prefix = crate::workload::path::pointer(base);
    let mut after = before.to_owned();
    for operation in operations {
        let root = read(&after)?;
        after = splice::apply(&after, &root, format, &prefix, operation)?;
    }
    check::same_meaning(before, &after, &prefix, operations)?;
    Ok([&text[..span.start], &after, &text[span.end..]].concat())
}

/// The document from the start of its first line, so that its own indentation
/// is seen; a document behind `---` on one line starts where it starts.
fn with_indentation(text: &str, span: Span) -> Span {
    let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
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
