//! A row in words, alike in text and on the page.

use jiff::{SignedDuration, Timestamp};

use crate::auditing::{Age, Consumers, Due, Level, Readers, Row};
use crate::ui::escape_controls;

pub(super) const NOT_KNOWN: &str = "not known";
/// Names of managers and of subjects are anybody's text. Kubernetes allows 128
/// characters for a manager.
const LONGEST: usize = 128;

/// Text from outside, no longer than names are.
pub(super) fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The same, harmless.
pub(super) fn safe(text: &str) -> String {
    escape_controls(&bounded(text))
}

/// `NAME:KEY`; names of Kubernetes may be longer than [`LONGEST`].
pub(super) fn key(row: &Row) -> String {
    let name = escape_controls(&row.secret.name);
    match &row.secret.key {
        Some(key) => format!("{name}:{}", escape_controls(key)),
        None => format!("{name} (other keys)"),
    }
}

pub(super) fn level(row: &Row) -> String {
    match row.owned.as_ref().map(|owned| owned.level) {
        Ok(Level::ServiceAccountToken) => "sa-token".to_owned(),
        Ok(level) => level.name().to_owned(),
        Err(_) => NOT_KNOWN.to_owned(),
    }
}

/// `120d`; `<=400d` where only the creation bounds it.
pub(super) fn age(row: &Row, now: Timestamp) -> String {
    match row.age {
        Age::Written(time) => duration(now.duration_since(time)),
        Age::NotRecorded {
            created: Some(created),
        } => format!("<={}", duration(now.duration_since(created))),
        Age::NotRecorded { created: None } => NOT_KNOWN.to_owned(),
    }
}

/// `overdue 30d`, `in 12d`.
pub(super) fn due(row: &Row, now: Timestamp) -> String {
    match row.due {
        Due::Overdue(time) => format!("overdue {}", duration(now.duration_since(time))),
        Due::On(time) | Due::NotBefore(time) => {
            format!("in {}", duration(time.duration_since(now)))
        }
        Due::NotKnown => NOT_KNOWN.to_owned(),
    }
}

/// `3`, `3 (1 stale)`; `3+` where there may be more.
pub(super) fn consumers(row: &Row) -> String {
    let Ok(Consumers {
        count, more, stale, ..
    }) = row.consumers
    else {
        return NOT_KNOWN.to_owned();
    };
    let more = if more { "+" } else { "" };
    match stale {
        0 => format!("{count}{more}"),
        stale => format!("{count}{more} ({stale} stale)"),
    }
}

pub(super) fn readers(row: &Row) -> String {
    row.readers
        .as_ref()
        .map_or_else(|_| NOT_KNOWN.to_owned(), |found| found.count.to_string())
}

/// `group/ops, user/a and 4 more`.
pub(super) fn first_readers(row: &Row) -> String {
    let Ok(Readers { count, first, .. }) = &row.readers else {
        return NOT_KNOWN.to_owned();
    };
    let names: Vec<_> = first.iter().map(|name| safe(name)).collect();
    match count - names.len() {
        0 if names.is_empty() => "nobody".to_owned(),
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

pub(super) fn copies(row: &Row) -> String {
    row.copies
        .as_ref()
        .map_or_else(|_| NOT_KNOWN.to_owned(), usize::to_string)
}

pub(super) fn writer(row: &Row) -> String {
    match row.writer.as_deref() {
        None => NOT_KNOWN.to_owned(),
        Some("") => "(no name)".to_owned(),
        Some(writer) => safe(writer),
    }
}

/// `2026-05-01 succeeded`; `none` where receipts were given and none is of it.
pub(super) fn receipt(row: &Row) -> String {
    row.receipt.as_ref().map_or("none".to_owned(), |receipt| {
        format!("{} {}", date(receipt.ended), safe(&receipt.result))
    })
}

pub(super) fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// `120d`, or hours below two days.
pub(super) fn duration(length: SignedDuration) -> String {
    match length.as_hours().max(0) {
        hours if hours < 48 => format!("{hours}h"),
        hours => format!("{}d", hours / 24),
    }
}
