//! One finding: what is wrong, where, why, and what to do.

use std::io;

use crate::finding::{Finding, Fix};
use crate::inventory::Inventory;
use crate::manifest::json_patch;
use crate::output::{excerpt, fix};
use crate::ui::escape_controls as safe;
use crate::words::FOLD;
use crate::workload::{ObjectId, Origin, Site};

use super::shorten::shortened;
use super::{Detail, Printer};

impl Printer<'_> {
    pub(super) fn heading(
        &mut self,
        inventory: &Inventory,
        subject: &ObjectId,
        origin: Option<Origin>,
    ) -> io::Result<()> {
        let style = self.styles.strong;
        // What has no name, such as a kustomization, is in no namespace either.
        let namespace = if subject.namespace.is_empty() || subject.name.is_empty() {
            String::new()
        } else {
            format!(" in {}", safe(&subject.namespace))
        };
        let file = origin
            .and_then(|origin| inventory.source(origin))
            .map_or(String::new(), |source| {
                format!(" ({})", safe(source.text.name()))
            });
        writeln!(
            self.out,
            "{style}{}{style:#}{namespace}{file}",
            safe(&subject.short())
        )
    }

    pub(super) fn finding(&mut self, inventory: &Inventory, finding: &Finding) -> io::Result<()> {
        let style = self.styles.of(finding.severity);
        writeln!(
            self.out,
            "  {style}{}{style:#} {} {}: {}",
            finding.severity,
            finding.rule.id,
            finding.rule.name,
            safe(&shortened(&finding.message))
        )?;
        let places = match self.detail {
            Detail::Usual => 1,
            Detail::Everything => finding.places.len(),
        };
        for place in finding.places.iter().take(places) {
            self.place(inventory, place.origin, &place.site, &place.label)?;
        }
        let evidence = match self.detail {
            Detail::Usual => finding.evidence.len().min(FOLD),
            Detail::Everything => finding.evidence.len(),
        };
        let told = |text: &str| match self.detail {
            Detail::Usual => safe(&shortened(text)),
            Detail::Everything => safe(text),
        };
        for proof in &finding.evidence[..evidence] {
            writeln!(self.out, "    {}", told(proof))?;
        }
        let more = finding.evidence.len() - evidence;
        if more > 0 {
            writeln!(self.out, "    and {more} more (-o wide tells all)")?;
        }
        if self.detail == Detail::Everything {
            writeln!(self.out, "    why: {}", finding.rule.why)?;
        }
        for fix in &finding.fixes {
            self.fix(inventory, finding, fix)?;
        }
        if !finding.related.is_empty() {
            let related: Vec<_> = finding
                .related
                .iter()
                .map(|rule| format!("{} {}", rule.id, rule.name))
                .collect();
            let style = self.styles.faint;
            writeln!(
                self.out,
                "    {style}see also: {}{style:#}",
                related.join(", ")
            )?;
        }
        writeln!(self.out)
    }

    fn place(
        &mut self,
        inventory: &Inventory,
        origin: Origin,
        site: &Site,
        label: &str,
    ) -> io::Result<()> {
        let faint = self.styles.faint;
        let Some(source) = inventory.source(origin) else {
            return writeln!(
                self.out,
                "    {faint}-->{faint:#} {} {faint}({}){faint:#}",
                safe(&site.path),
                safe(label)
            );
        };
        let position = source.text.position(site.span.start);
        writeln!(
            self.out,
            "    {faint}-->{faint:#} {}:{}:{}",
            safe(source.text.name()),
            position.line,
            position.column
        )?;
        let Some(excerpt) = excerpt::excerpt(inventory, origin, site) else {
            return Ok(());
        };
        let strong = self.styles.strong;
        writeln!(
            self.out,
            "    {faint}{:>5} |{faint:#} {}",
            excerpt.line,
            safe(&excerpt.text)
        )?;
        writeln!(
            self.out,
            "    {faint}      |{faint:#} {}{strong}{} {}{strong:#}",
            " ".repeat(excerpt.from),
            "^".repeat(excerpt.length),
            safe(label)
        )
    }

    fn fix(&mut self, inventory: &Inventory, finding: &Finding, fix: &Fix) -> io::Result<()> {
        let shown = fix::shown(self.report, inventory, finding, fix);
        writeln!(self.out, "    fix{}: {}", shown.tier, safe(shown.what))?;
        if let Some(risk) = shown.may_break {
            writeln!(self.out, "      may break: {}", safe(risk))?;
        }
        match shown.command {
            Some(command) => {
                let style = self.styles.strong;
                writeln!(self.out, "      {style}{}{style:#}", safe(&command))
            }
            None => match fix {
                Fix::Patch { operations, .. } => json_patch::in_words(operations)
                    .iter()
                    .try_for_each(|line| writeln!(self.out, "      {}", safe(line))),
                _ => Ok(()),
            },
        }
    }
}
