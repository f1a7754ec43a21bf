//! When a CronJob runs, as the API server takes it: the standard parser of robfig/cron v3
//! (`parser.go`), in front of which no time zone may stand
//! (kubernetes/kubernetes `pkg/apis/batch/validation/validation.go`).

use std::ops::RangeInclusive;

use jiff::SignedDuration;

use crate::escape::is_deceptive;
use crate::levels::go_duration;

const NAMES: [&str; 7] = [
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// What a field may say.
struct Field {
    range: RangeInclusive<u32>,
    /// Names of its numbers, from the first one on.
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    field(0..=59, &[]),
    field(0..=23, &[]),
    field(1..=31, &[]),
    field(1..=12, &MONTHS),
    // Sunday is 0, and 7 is nothing.
    field(0..=6, &DAYS),
];

const fn field(range: RangeInclusive<u32>, names: &'static [&'static str]) -> Field {
    Field { range, names }
}

/// Whether a text can be `schedule` of a CronJob. The server takes a list without an item,
/// too, which is never due.
pub(super) fn is_schedule(text: &str) -> bool {
    if text.chars().any(is_deceptive) {
        return false;
    }
    if let Some(every) = text.strip_prefix("@every ") {
        return go_duration::parse(every).is_some_and(|every| every > SignedDuration::ZERO);
    }
    let fields: Vec<_> = text.split_whitespace().collect();
    NAMES.contains(&text)
        || fields.len() == FIELDS.len()
            && FIELDS
                .iter()
                .zip(fields)
                .all(|(field, text)| text.split(',').all(|part| field.takes(part)))
}

impl Field {
    /// `*`, `5`, `MON-FRI`, and each with a step: `*/5`, `10-30/5`.
    fn takes(&self, part: &str) -> bool {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        if step.is_some_and(|step| number(step).is_none_or(|step| step == 0)) {
            return false;
        }
        if matches!(range, "*" | "?") {
            return true;
        }
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (self.number(from), self.number(to)),
            None => (self.number(range), self.number(range)),
        };
        let (Some(from), Some(to)) = (from, to) else {
            return false;
        };
        from <= to && self.range.contains(&from) && self.range.contains(&to)
    }

    fn number(&self, text: &str) -> Option<u32> {
        let named = self
            .names
            .iter()
            .zip(self.range.clone())
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        named.map(|(_, number)| number).or_else(|| number(text))
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_told_from_other_texts() {
        for schedule in [
            "17 3 * * *",
            "17  3 * * *",
            "*/5 0-6 1,15 * MON-FRI",
            "0-59/15 * ? jan,Dec sun-Sat/2",
            "59 23 31 12 6",
            "5/10 * * * *",
            "@daily",
            "@midnight",
            "@every 1h30m",
        ] {
            assert!(is_schedule(schedule), "{schedule}");
        }
        for schedule in [
            "",
            "17 3 * *",
            "17 3 * * * *",
            "99 99 * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * 32 * *",
            "* * * 13 *",
            "* * * 0 *",
            "* * * * 7",
            "a b c d e",
            ", , , , ,",
            "1, * * * *",
            "jan * * * *",
            "* * * mon *",
            "5-1 * * * *",
            "1-2-3 * * * *",
            "*/0 * * * *",
            "*/x * * * *",
            "*/5/5 * * * *",
            "-1 * * * *",
            "* * L * *",
            "TZ=UTC 1 * * * *",
            "CRON_TZ=UTC 1 * * * *",
            "TZ=UTC @daily",
            "@reboot",
            "@Daily",
            "@every",
            "@every x",
            "@every -1h",
            "a\n* * * *",
        ] {
            assert!(!is_schedule(schedule), "{schedule:?}");
        }
    }
}
