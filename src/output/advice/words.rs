//! What text and page say alike. Names are anybody's: they are bounded and harmless.

use crate::advising::{Advice, Avoidable, Level, Open, Question};
use crate::ui::escape_controls;
use crate::words::bounded;

/// Secrets that are named; the others are counted.
const NAMED: usize = 5;

/// A text, harmless.
pub(super) fn safe(text: &str) -> String {
    escape_controls(&bounded(text))
}

/// `level 3, External Secrets`.
pub(super) fn level(level: Level) -> String {
    let number = match level {
        Level::Plain => 1,
        Level::Sealed => 2,
        Level::External => 3,
    };
    format!("level {number}, {}", level.name())
}

/// What is known of a question.
pub(super) fn known(advice: &Advice, question: Question) -> Option<(String, String)> {
    let fact = advice.evidence.fact(question)?;
    Some((safe(&fact.value), safe(&fact.by)))
}

/// What an open question would change.
pub(super) fn open(open: &Open) -> String {
    let yes = match open.question {
        Question::Clusters => "if several",
        _ => "if so",
    };
    match open.would_be {
        Some(level) => format!("unknown; {yes}, {}", self::level(level)),
        None => "unknown; it would not change the recommendation".to_owned(),
    }
}

/// How a question is answered yes.
pub(super) fn flag(question: Question) -> String {
    match question {
        Question::Clusters => "--clusters NUMBER".to_owned(),
        Question::Rotation => "--rotate-every 90d".to_owned(),
        other => other.flag().to_owned(),
    }
}

/// The Secrets of level 0, some of them named.
pub(super) fn secrets(avoidable: &Avoidable) -> String {
    let named: Vec<_> = avoidable
        .secrets
        .iter()
        .take(NAMED)
        .map(|one| safe(one))
        .collect();
    match avoidable.secrets.len() - named.len() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
