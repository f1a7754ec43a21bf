//! Showing plans: text at once; JSON as one document when the run is over,
//! however it ends, for a plan may be followed by others.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::command_line::{CommandLine, Hint};
use crate::commands::question;
use crate::error::{CommandError, ExitStatus};
use crate::gathering::files::InputFile;
use crate::migration::{Fate, KeepReason, Options, Phase, Plan, State};
use crate::outcome::{Kind, Outcome};
use crate::output::migration::{self, Row, Steps, Summary};
use crate::ui::Ui;

use super::arguments::{Format, MigrateArgs};
use super::planned::Planned;
use super::status;

/// What has been shown of a run in a cluster.
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
    pub fn plans(&mut self, options: &Options, plans: &[Plan]) -> Result<(), CommandError> {
        let rows: Vec<_> = plans
            .iter()
            .map(|plan| Row::new(plan, None, options))
            .collect();
        let text = |out: &mut dyn Write| text(self.args, options, &rows, out);
        let result = &self.args.result;
        if result.output.syntax().is_none() {
            self.ui.text(text)?;
            let again = self.args.again();
            if let ([plan], true, Some(again)) = (plans, self.args.is_dry_run(), again)
                && plan.changes()
            {
                self.ui.hint(Hint::run("To make the change", again));
            }
            return Ok(());
        }
        let changes = plans.iter().any(Plan::changes);
        if changes && !self.args.is_dry_run() && !result.yes {
            // The question that comes is about these.
            self.ui.show(|_, out| text(out));
        }
        Steps::add(self.steps.get_or_insert_default(), plans);
        Ok(())
    }

    /// Shows in detail what a question is about, where there was a table.
    pub fn before_question(&self, plans: usize, plan: &Plan) {
        let text = self.args.result.output == Format::Text;
        if text && plans > 1 && self.args.plan.snippets.is_empty() {
            self.ui.show(|_, out| migration::text(plan, &[], out));
        }
    }

    /// Writes the document, where that is asked for, with how the run ended.
    pub fn end(
        self,
        outcome: &Outcome,
        ended: &Result<ExitStatus, CommandError>,
    ) -> Result<(), CommandError> {
        match (self.steps, self.args.result.output.syntax()) {
            (Some(steps), Some(syntax)) => self.ui.document(|out| {
                migration::document(&steps, outcome, status_of(ended), syntax, out)
            }),
            _ => Ok(()),
        }
    }
}

/// Shows the plans of files, unless a document comes at the end.
pub(super) fn files(
    args: &MigrateArgs,
    options: &Options,
    files: &[InputFile],
    planned: &[Planned<'_>],
    outcome: &Outcome,
    ui: &Ui,
) -> Result<(), CommandError> {
    let rows: Vec<_> = planned
        .iter()
        .map(|planned| Row::new(&planned.plan, Some(&files[planned.source].name), options))
        .collect();
    status::report(args, &rows, outcome, ui)?;
    let asks = args.writes() && !args.result.yes;
    if rows.is_empty() && args.result.output.syntax().is_none() {
        if outcome.is_complete() {
            ui.note(
                "no workload in the files gets a Secret as an environment variable: nothing to do",
            );
        } else {
            ui.note("no workload that gets a Secret as an environment variable was found in the readable files");
        }
        return Ok(());
    }
    let text = |out: &mut dyn Write| text(args, options, &rows, out);
    match args.result.output {
        // Standard output is for the patches.
        _ if args.result.emit.is_some() => ui.show(|_, out| text(out)),
        Format::Text | Format::Wide => {
            ui.text(text)?;
            if rows.len() == 1 && rows[0].plan.changes() && !args.writes() {
                ways_on(args, ui);
            }
        }
        // A question is about what is shown before.
        Format::Json | Format::Yaml | Format::Kyaml if asks => ui.show(|_, out| text(out)),
        Format::Json | Format::Yaml | Format::Kyaml => {}
        Format::Diff => ui.show(|_, out| {
            let mut left = rows.iter().filter(|row| is_left(row.plan, options));
            left.try_for_each(|row| migration::left_out(row.plan, out))
        }),
    }
    Ok(())
}

/// Whether a plan leaves something as it is for another reason than that only the first
/// step was asked for.
fn is_left(plan: &Plan, options: &Options) -> bool {
    let stays = |fate: &Fate| matches!(fate, Fate::Kept(reason) if *reason != KeepReason::Phase);
    plan.falls_short(options) || plan.variables.iter().any(|variable| stays(&variable.fate))
}

/// The command that writes files, where they are to be written.
fn written(args: &MigrateArgs, command: CommandLine) -> CommandLine {
    match &args.result.output_dir {
        Some(folder) => command.flag("--output-dir", &folder.display().to_string()),
        None => command.switch("--write"),
    }
}

/// What can be done with the plan of one workload.
fn ways_on(args: &MigrateArgs, ui: &Ui) {
    let Some(again) = args.again() else {
        return;
    };
    ui.hint(Hint::run(
        "To see the change as a diff",
        again.clone().switch("-o diff"),
    ));
    if args.input.kustomize.is_none() {
        ui.hint(Hint::run("To write it", written(args, again)));
    }
}

/// Writes the plans as JSON where that is asked for, with how the run ended.
pub(super) fn document(
    args: &MigrateArgs,
    planned: &[Planned<'_>],
    outcome: &Outcome,
    ended: Result<ExitStatus, CommandError>,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    if let Some(syntax) = args.result.output.syntax() {
        let plans: Vec<_> = planned
            .iter()
            .map(|planned| planned.plan.clone().into())
            .collect();
        let written =
            ui.document(|out| migration::document(&plans, outcome, status_of(&ended), syntax, out));
        written.map_err(|error| question::after(outcome.count(Kind::Changed), error))?;
    }
    ended
}

fn status_of(ended: &Result<ExitStatus, CommandError>) -> ExitStatus {
    match ended {
        Ok(status) => *status,
        Err(error) => error.status(),
    }
}

/// One workload in detail, several as a table.
fn text(
    args: &MigrateArgs,
    options: &Options,
    rows: &[Row<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let languages = &args.plan.snippets;
    if args.result.output == Format::Wide || rows.len() < 2 || !languages.is_empty() {
        return rows
            .iter()
            .try_for_each(|row| migration::text(row.plan, languages, out));
    }
    let summary = Summary {
        next: next(args, options, rows),
        details: args.again().map(|command| {
            let command = command.switch("-o wide");
            // Without it the same words change a cluster.
            match args.input.filename.is_empty() && args.input.kustomize.is_none() {
                true => command.switch("--dry-run"),
                false => command,
            }
        }),
    };
    migration::table(rows, &summary, out)
}

/// What is next for workloads of a state.
fn next(args: &MigrateArgs, options: &Options, rows: &[Row<'_>]) -> BTreeMap<State, Hint> {
    let mut next = BTreeMap::new();
    let Some(again) = args.again() else {
        return next;
    };
    let in_files = !args.input.filename.is_empty();
    let does = |command: CommandLine| match in_files {
        true => written(args, command),
        false => command,
    };
    let shows = !args.writes() && (in_files || args.is_dry_run());
    if shows && args.input.kustomize.is_none() {
        for state in [State::Planned, State::PlannedUserUnknown] {
            let words = match in_files {
                true => "to write the change",
                false => "to make the change",
            };
            next.insert(state, Hint::run(words, does(again.clone())));
        }
    }
    let groups: BTreeSet<i64> = rows
        .iter()
        .filter_map(|row| row.plan.missing_group)
        .collect();
    let fs_group = match (groups.len(), groups.first()) {
        (1, Some(group)) if args.input.kustomize.is_none() && !args.plan.default_user => Hint::run(
            "to give the pods that group",
            does(again.clone().flag("--fs-group", &group.to_string())),
        ),
        _ => "set runAsUser and fsGroup in the manifests, or give a group with --fs-group".into(),
    };
    next.insert(State::NeedsFsGroup, fs_group);
    next.insert(
        State::UserUnknown,
        "set runAsUser and fsGroup in the manifests, so that it is known who reads the files"
            .into(),
    );
    if options.phase == Phase::Mount {
        next.insert(
            State::NeedsAppChange,
            "once your apps read the files, run this again with --remove-env, and confirm the variables with --reads-files or in .secretsafe.yaml"
                .into(),
        );
    }
    next
}
