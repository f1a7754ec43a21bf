//! What `create` says.

use std::io;

use crate::commands::dry_run::DryRun;
use crate::creation::plan::{Action, Plan};
use crate::error::{CommandError, ExitStatus};
use crate::secret::draft::SecretDraft;
use crate::secret::manifest::{self, Format, Values};
use crate::secret::redactor::Redactor;
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;

use super::arguments::{CommonArgs, Output};

/// The plan for an existing Secret: key names only.
pub(super) fn show_plan(ui: &Ui, draft: &SecretDraft, plan: &Plan) {
    ui.note(format!("secret/{}:", draft.name));
    for (key, change) in &plan.keys {
        ui.note(format!("  {key}: {change}"));
    }
}

/// The result of a dry run of either kind.
pub(super) fn dry_run(
    ui: &Ui,
    common: &CommonArgs,
    draft: &SecretDraft,
    action: Action,
    redactor: &Redactor,
) -> Result<ExitStatus, CommandError> {
    let suffix = match common.dry_run.mode {
        DryRun::Server => " (server dry run)",
        DryRun::Client | DryRun::None => " (dry run)",
    };
    let written = match document(common, redactor) {
        Some((format, values)) => {
            warn_about_base64(ui, values);
            let namespace = common.connection.explicit_namespace();
            manifest::write_draft(draft, namespace, format, values, &mut ui.data())
        }
        None => line(ui, common, &draft.name, action, suffix),
    };
    match written {
        // Whoever read the output has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::usage(
            format!("standard output cannot be written: {error}"),
        )),
        _ => Ok(ExitStatus::Ok),
    }
}

/// The result of a write that is proven.
pub(super) fn done(
    ui: &Ui,
    common: &CommonArgs,
    after: &StoredSecret,
    action: Action,
    redactor: &Redactor,
) -> Result<(), CommandError> {
    let written = match document(common, redactor) {
        Some((format, values)) => {
            warn_about_base64(ui, values);
            manifest::write_stored(after, format, values, &mut ui.data())
        }
        None => line(ui, common, &after.name, action, ""),
    };
    match written {
        // Whoever read the output has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(CommandError::partial(format!(
                "secret/{} is stored and proven equal, but standard output cannot be written: {error}",
                after.name
            )));
        }
        _ => {}
    }
    if action == Action::Create {
        ui.hint(format!(
            "mount it as files: a volume with secretName: {} and defaultMode: 0400, a volumeMount with readOnly: true. base64 is an encoding, not encryption: whoever may read the Secret has the values.",
            after.name
        ));
    }
    Ok(())
}

/// How an existing Secret can be changed.
pub(super) fn ways_to_change() -> Vec<String> {
    vec![
        "--update sets the given keys and keeps the others; --replace makes the keys exactly the given ones."
            .to_owned(),
    ]
}

fn document<'r>(common: &CommonArgs, redactor: &'r Redactor) -> Option<(Format, Values<'r>)> {
    let values = if common.show_values {
        Values::Shown
    } else {
        Values::Masked(redactor)
    };
    match common.output? {
        Output::Yaml => Some((Format::Yaml, values)),
        Output::Json => Some((Format::Json, values)),
        Output::Kyaml => Some((Format::Kyaml, values)),
        Output::Name => None,
    }
}

fn warn_about_base64(ui: &Ui, values: Values<'_>) {
    if matches!(values, Values::Shown) {
        ui.warn("the output holds the values: base64 is an encoding, not encryption");
    }
}

fn line(ui: &Ui, common: &CommonArgs, name: &str, action: Action, suffix: &str) -> io::Result<()> {
    if common.output == Some(Output::Name) {
        return ui.data_line(format!("secret/{name}"));
    }
    let verb = match action {
        Action::Create => "created",
        Action::Update | Action::Replace => "configured",
        Action::Nothing => "unchanged",
    };
    ui.data_line(format!("secret/{name} {verb}{suffix}"))
}
