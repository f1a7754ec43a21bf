//! Showing the plans of workloads in a cluster: text at once; JSON as one
//! document when the run is over, however it ends, for a plan may be followed
//! by others.

use crate::error::{CommandError, ExitStatus};
use crate::migration::Plan;
use crate::output::migration::{self, Steps};
use crate::ui::Ui;

use super::answer::{self, MakesChanges};
use super::arguments::MigrateArgs;

/// What has been shown of a run.
pub(super) struct Show<'a> {
    args: &'a MigrateArgs,
    ui: &'a Ui,
    /// `None` until there was anything to show.
    steps: Option<Vec<Steps>>,
}

impl<'a> Show<'a> {
    pub fn new(args: &'a MigrateArgs, ui: &'a Ui) -> Self {
        Self {
            args,
            ui,
            steps: None,
        }
    }

    /// Shows plans: the first of each workload, or one that follows.
    pub fn plans(&mut self, plans: &[Plan]) -> Result<(), CommandError> {
        let result = &self.args.result;
        let languages = &self.args.plan.snippets;
        let text = |out: &mut dyn std::io::Write| {
            plans
                .iter()
                .try_for_each(|plan| migration::text(plan, languages, out))
        };
        if result.output.syntax().is_none() {
            return self.ui.document(text);
        }
        let changes = plans.iter().any(Plan::changes);
        if changes && !self.args.is_dry_run() && !result.yes {
            // The question that comes is about these.
            self.ui.show(|_, out| text(out));
        }
        Steps::add(self.steps.get_or_insert_default(), plans);
        Ok(())
    }

    /// Writes the document, where that is asked for, with how the run ended.
    pub fn end(self, ended: &Result<ExitStatus, CommandError>) -> Result<(), CommandError> {
        let makes_changes = if self.args.is_dry_run() {
            MakesChanges::No
        } else {
            MakesChanges::Yes
        };
        match (self.steps, self.args.result.output.syntax()) {
            (Some(steps), Some(syntax)) => {
                let changes = steps.iter().any(Steps::changes);
                let outcome = answer::outcome(ended, changes, makes_changes);
                self.ui
                    .document(|out| migration::document(&steps, outcome, syntax, out))
            }
            _ => Ok(()),
        }
    }
}
