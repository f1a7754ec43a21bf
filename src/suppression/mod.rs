//! Which findings count: ignore annotations, the configuration file, the
//! baseline. In this order; the first that says so leaves a finding out.

pub mod baseline;
pub mod config;
pub mod exclusion;
pub mod ignore;
mod image_entry;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finding::{Finding, Severity};
use crate::inventory::Inventory;
use crate::report::{Examined, Suppressed, Suppression};

use baseline::Baseline;
use config::Config;
use ignore::Ignored;

/// Everything that leaves findings out.
#[derive(Clone, Default)]
pub struct Policy {
    pub config: Config,
    pub baseline: Option<Baseline>,
}

impl Policy {
    /// Moves findings that do not count to the suppressed ones, and gives
    /// rules the severities of the configuration.
    pub fn apply(&mut self, part: &mut Examined) {
        let today = today(&part.inventory);
        let findings = std::mem::take(&mut part.findings);
        part.findings.reserve(findings.len());
        let ignored = Ignored::of(&part.inventory);
        for mut finding in findings {
            if let Some(severity) = self.config.severity(finding.rule) {
                finding.severity = severity;
            }
            match self.suppression(&part.inventory, &ignored, &finding, today) {
                Some(by) => part.suppressed.push(Suppressed { finding, by }),
                None => part.findings.push(finding),
            }
        }
        crate::report::sort(&mut part.findings);
    }

    fn suppression(
        &mut self,
        inventory: &Inventory,
        ignored: &Ignored<'_>,
        finding: &Finding,
        today: Date,
    ) -> Option<Suppression> {
        if let Some(reason) = ignored.reason(finding, today) {
            return Some(Suppression::Annotation { reason });
        }
        if let Some(reason) = self.config.ignores(inventory, finding, today) {
            return Some(Suppression::Configuration { reason });
        }
        let known = self
            .baseline
            .as_mut()
            .is_some_and(|baseline| baseline.takes(finding));
        known.then_some(Suppression::Baseline)
    }
}

/// The date an inventory is judged at, in UTC.
pub(crate) fn today(inventory: &Inventory) -> Date {
    inventory.now.to_zoned(TimeZone::UTC).date()
}

/// A severity by its name.
fn severity(name: &str) -> Option<Severity> {
    [Severity::Info, Severity::Warning, Severity::Error]
        .into_iter()
        .find(|severity| severity.name() == name)
}
