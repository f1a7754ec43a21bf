//! Text for people.

use std::io::{self, Write};

use crate::advising::{Advice, OfLevel, Question, Reason, Report};
use crate::output::text::{Styles, blind_spots};
use crate::ui::{Colour, escape_controls};

use super::words;

pub(super) fn write(report: &Report, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let mut printer = Printer {
        advice: &report.advice,
        styles: Styles::new(colour),
        out,
    };
    printer.recommendation()?;
    printer.known()?;
    for level in &report.advice.levels {
        printer.level(level)?;
    }
    printer.always()?;
    printer.avoidable()?;
    printer.steps()?;
    printer.not_seen(report)
}

/// The recommendation, and what could not be seen for it.
pub(super) fn brief(report: &Report, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let mut printer = Printer {
        advice: &report.advice,
        styles: Styles::new(colour),
        out,
    };
    printer.recommendation()?;
    printer.not_seen(report)
}

struct Printer<'a> {
    advice: &'a Advice,
    styles: Styles,
    out: &'a mut dyn Write,
}

impl Printer<'_> {
    fn title(&mut self, title: &str) -> io::Result<()> {
        let strong = self.styles.strong;
        writeln!(self.out, "\n{strong}{title}{strong:#}")
    }

    fn recommendation(&mut self) -> io::Result<()> {
        let strong = self.styles.strong;
        writeln!(
            self.out,
            "{strong}Recommended: {}{strong:#}\n{}",
            words::level(self.advice.level),
            words::safe(&self.advice.because)
        )
    }

    fn known(&mut self) -> io::Result<()> {
        self.title("What it is made of")?;
        for question in Question::ALL {
            let Some((value, by)) = words::known(self.advice, question) else {
                continue;
            };
            writeln!(self.out, "  {} {value} ({by})", question.words())?;
        }
        for open in &self.advice.open {
            writeln!(
                self.out,
                "  {} {} ({})",
                open.question.words(),
                words::open(open),
                words::flag(open.question)
            )?;
        }
        Ok(())
    }

    fn level(&mut self, level: &OfLevel) -> io::Result<()> {
        let recommended = match level.level == self.advice.level {
            true => " (recommended)",
            false => "",
        };
        let name = words::level(level.level);
        let mut letters = name.chars();
        let name: String = letters
            .next()
            .map(|first| first.to_ascii_uppercase())
            .into_iter()
            .chain(letters)
            .collect();
        self.title(&format!("{name}{recommended}"))?;
        self.reasons("+", &level.reasons_for)?;
        self.reasons("-", &level.reasons_against)?;
        for cost in &level.cost {
            writeln!(self.out, "  costs: {cost}")?;
        }
        Ok(())
    }

    fn reasons(&mut self, sign: &str, reasons: &[Reason]) -> io::Result<()> {
        for reason in reasons {
            writeln!(
                self.out,
                "  {sign} {} ({})",
                words::safe(&reason.text),
                words::safe(&reason.evidence)
            )?;
        }
        Ok(())
    }

    fn always(&mut self) -> io::Result<()> {
        self.title("At every level")?;
        self.reasons("*", &self.advice.always)
    }

    fn avoidable(&mut self) -> io::Result<()> {
        let places = &self.advice.evidence.places;
        if places.iter().all(|place| place.avoidable.is_empty()) {
            return Ok(());
        }
        self.title("Level 0: no Secret at all")?;
        for place in places {
            for avoidable in &place.avoidable {
                writeln!(
                    self.out,
                    "  {} ({}): {}",
                    avoidable.what,
                    words::safe(&place.words),
                    words::secrets(avoidable)
                )?;
                let unless = avoidable.unless.as_deref().unwrap_or_default();
                writeln!(
                    self.out,
                    "    {}",
                    format!("{} {unless}", avoidable.instead).trim_end()
                )?;
            }
        }
        Ok(())
    }

    fn steps(&mut self) -> io::Result<()> {
        self.title("First steps")?;
        for (place, step) in self.advice.steps.iter().enumerate() {
            let number = place + 1;
            match &step.command {
                Some(command) => writeln!(
                    self.out,
                    "  {number}. {}:\n     {}",
                    step.words,
                    escape_controls(&command.to_string())
                )?,
                None => writeln!(self.out, "  {number}. {}", step.words)?,
            }
        }
        Ok(())
    }

    fn not_seen(&mut self, report: &Report) -> io::Result<()> {
        let mut lines = blind_spots(&report.problems, &report.unreachable, &report.refused);
        if let Some(grant) = report.refused.iter().min_by_key(|grant| &grant.namespace) {
            lines.push(grant.audit_role_command().shown(escape_controls));
        }
        if lines.is_empty() {
            return Ok(());
        }
        self.title("What could not be seen")?;
        for line in lines {
            writeln!(self.out, "  {line}")?;
        }
        Ok(())
    }
}
