//! Text for people.

use std::io::{self, Write};

use crate::inventory::Scope;
use crate::output::text::{Styles, blind_spots, counted};
use crate::policy::who::{NotJudged, Part, Refused, Report, Why};
use crate::ui::{Colour, escape_controls};
use crate::words::{FOLD, bounded};

/// Names are anybody's: they are bounded and harmless.
fn safe(text: &str) -> String {
    escape_controls(&bounded(text))
}

pub(super) fn write(report: &Report, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let styles = Styles::new(colour);
    let strong = styles.strong;
    for part in &report.parts {
        if let (2.., Scope::Cluster { name, .. }) = (report.parts.len(), &part.inventory.scope) {
            writeln!(out, "{strong}cluster {}{strong:#}\n", safe(name))?;
        }
        for refused in &part.refused {
            one(part, refused, &styles, out)?;
        }
    }
    let not_judged = not_judged(report);
    if !not_judged.is_empty() {
        writeln!(out, "{strong}What was not judged{strong:#}")?;
        for line in not_judged.iter().take(FOLD) {
            writeln!(out, "  {line}")?;
        }
        if let more @ 1.. = not_judged.len().saturating_sub(FOLD) {
            writeln!(out, "  and {more} more (-o json lists all)")?;
        }
        writeln!(out)?;
    }
    let hidden = not_seen(report);
    if !hidden.is_empty() {
        writeln!(out, "{strong}What could not be seen{strong:#}")?;
        for line in hidden {
            writeln!(out, "  {line}")?;
        }
        writeln!(out)?;
    }
    for part in &report.parts {
        writeln!(out, "{}", summary(part, report.outcome.is_complete()))?;
    }
    match report.parts.is_empty() {
        true => writeln!(out, "no cluster could be looked at: see above"),
        false => Ok(()),
    }
}

fn one(part: &Part, refused: &Refused, styles: &Styles, out: &mut dyn Write) -> io::Result<()> {
    let (strong, faint) = (styles.strong, styles.faint);
    let built = match &refused.kustomization {
        Some(folder) => format!(" (kustomization {})", safe(folder)),
        None => String::new(),
    };
    writeln!(
        out,
        "{strong}{}{strong:#} in {}{built}",
        safe(&refused.id.short()),
        safe(&refused.id.namespace)
    )?;
    for (origin, breach) in refused.breaches.iter().take(FOLD) {
        let (words, _) = breach.concern.words();
        let id = breach.concern.rule().id;
        writeln!(out, "  {id} {} {words}", safe(&breach.subject))?;
        match part.inventory.source(*origin) {
            Some(source) => {
                let position = source.text.position(breach.site.span.start);
                writeln!(
                    out,
                    "    {faint}-->{faint:#} {}:{}:{}",
                    safe(source.text.name()),
                    position.line,
                    position.column
                )?;
            }
            None => writeln!(out, "    {faint}-->{faint:#} {}", safe(&breach.site.path))?,
        }
    }
    if let more @ 1.. = refused.breaches.len().saturating_sub(FOLD) {
        writeln!(out, "  and {more} more (-o json lists all)")?;
    }
    writeln!(out)
}

/// What the policy does not judge, and what cannot be judged by itself, in a line each; first
/// what makes the run incomplete.
fn not_judged(report: &Report) -> Vec<String> {
    let all = || {
        let parts = report.parts.iter();
        parts.flat_map(|part| part.not_judged.iter().map(move |one| (part, one)))
    };
    let is_patch = |one: &NotJudged| matches!(one.why, Why::Patch(_));
    let patches = all().filter(|(_, one)| is_patch(one));
    let others = all().filter(|(_, one)| !is_patch(one));
    patches
        .chain(others)
        .map(|(part, one)| {
            let file = part.inventory.source(one.origin);
            let place = match (&one.kustomization, file) {
                (Some(folder), _) => format!(" (kustomization {})", safe(folder)),
                (None, Some(source)) => format!(" ({})", safe(source.text.name())),
                (None, None) => String::new(),
            };
            format!(
                "{} in {}{place}: {}",
                safe(&one.id.short()),
                safe(&one.id.namespace),
                safe(&one.why.words())
            )
        })
        .collect()
}

/// What could not be judged, in a line each.
fn not_seen(report: &Report) -> Vec<String> {
    let parts = report.parts.iter();
    let denied = parts.clone().flat_map(|part| &part.inventory.denied);
    let mut lines = blind_spots(&report.problems, &report.unreachable, denied);
    for part in parts {
        let labels = part.unlabelled.iter().map(|namespace| {
            format!(
                "the labels of namespace {}, which --namespace-selector is about",
                safe(namespace)
            )
        });
        lines.extend(labels);
        let unbuilt = part.unbuilt.iter();
        lines.extend(unbuilt.map(|folder| format!("kustomization {}: not built", safe(folder))));
    }
    lines
}

/// Of what was not seen nothing is said.
fn summary(part: &Part, is_complete: bool) -> String {
    let place = match &part.inventory.scope {
        Scope::Files(_) => format!("({})", counted(part.inventory.sources.len(), "file")),
        Scope::Cluster { name, .. } => format!("(cluster {})", safe(name)),
    };
    let seen = match is_complete {
        true => "",
        false => ", of those that were seen",
    };
    let refused = part.refused.len();
    let all = counted(refused + part.passed, "workload");
    match refused {
        0 => format!("{all} {place} would pass if created again{seen}"),
        _ => format!("{refused} of {all} {place} would not pass if created again{seen}"),
    }
}
