//! The page: no script, nothing loaded, printable, in light and in dark. The template
//! escapes every text.

use std::io::{self, Write};

use askama::Template;

use crate::advising::{OfLevel, Question, Reason, Report};
use crate::output::text::blind_spots;
use crate::ui::escape_controls;

use super::words;

#[derive(Template)]
#[template(path = "advice.html")]
struct Page {
    recommended: String,
    because: String,
    facts: Vec<Row>,
    levels: Vec<LevelView>,
    always: Vec<Row>,
    avoidable: Vec<AvoidableView>,
    steps: Vec<StepView>,
    not_seen: Vec<String>,
}

struct Row {
    what: String,
    evidence: String,
}

struct LevelView {
    name: String,
    is_recommended: bool,
    good: Vec<Row>,
    bad: Vec<Row>,
    cost: Vec<&'static str>,
}

struct AvoidableView {
    what: &'static str,
    place: String,
    secrets: String,
    instead: &'static str,
    unless: String,
}

struct StepView {
    words: String,
    command: String,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let advice = &report.advice;
    let known = Question::ALL.into_iter().filter_map(|question| {
        let (value, by) = words::known(advice, question)?;
        Some(Row {
            what: format!("{} {value}", question.words()),
            evidence: by,
        })
    });
    let open = advice.open.iter().map(|open| Row {
        what: format!("{} {}", open.question.words(), words::open(open)),
        evidence: words::flag(open.question),
    });
    let places = advice.evidence.places.iter();
    let avoidable = places.flat_map(|place| {
        place.avoidable.iter().map(|avoidable| AvoidableView {
            what: avoidable.what,
            place: words::safe(&place.words),
            secrets: words::secrets(avoidable),
            instead: avoidable.instead,
            unless: avoidable.unless.clone().unwrap_or_default(),
        })
    });
    let page = Page {
        recommended: words::level(advice.level),
        because: words::safe(&advice.because),
        facts: known.chain(open).collect(),
        levels: advice
            .levels
            .iter()
            .map(|of| level(of, of.level == advice.level))
            .collect(),
        always: rows(&advice.always),
        avoidable: avoidable.collect(),
        steps: advice
            .steps
            .iter()
            .map(|step| StepView {
                words: step.words.clone(),
                command: step
                    .command
                    .as_ref()
                    .map_or_else(String::new, |command| escape_controls(&command.to_string())),
            })
            .collect(),
        not_seen: blind_spots(&report.problems, &report.unreachable, &report.refused),
    };
    page.write_into(out).map_err(io::Error::other)
}

fn level(of: &OfLevel, is_recommended: bool) -> LevelView {
    LevelView {
        name: words::level(of.level),
        is_recommended,
        good: rows(&of.reasons_for),
        bad: rows(&of.reasons_against),
        cost: of.cost.clone(),
    }
}

fn rows(reasons: &[Reason]) -> Vec<Row> {
    reasons
        .iter()
        .map(|reason| Row {
            what: words::safe(&reason.text),
            evidence: words::safe(&reason.evidence),
        })
        .collect()
}
