//! The questions, where nothing says where to look and nothing is answered.

use crate::advising::{Answers, Question, Rotation};
use crate::error::{CommandError, ExitStatus};
use crate::ui::{Questions, Ui};

use super::arguments::{RotateEvery, rotation};

/// Asks for the answers.
///
/// # Errors
/// Status 2 where there is nobody to ask, or the answer is none; 130 when there is no
/// answer.
pub(super) fn ask(ui: &Ui) -> Result<Answers, CommandError> {
    if ui.questions() == Questions::Forbidden {
        return Err(CommandError::usage(
            "no input is given, and there is no terminal to ask on",
        )
        .hint("Look at a cluster with -A or -n, at manifests with -f, or say what is known, such as --clusters 1."));
    }
    let yes = |question: Question| {
        let answer = ui.confirm(question.words()).map_err(unanswered)?;
        Ok::<_, CommandError>(Some(answer))
    };
    Ok(Answers {
        clusters: Some(clusters(ui)?),
        gitops: yes(Question::Gitops)?,
        rotation: Some(interval(ui)?),
        audit: yes(Question::Audit)?,
        compliance: yes(Question::Compliance)?,
        offline: yes(Question::Offline)?,
    })
}

fn clusters(ui: &Ui) -> Result<usize, CommandError> {
    let words = format!("{} [1]", Question::Clusters.words());
    let typed = ui.ask_name(&words).map_err(unanswered)?;
    match typed.trim() {
        "" => Ok(1),
        number => number
            .parse()
            .ok()
            .filter(|number| (1..=65_535).contains(number))
            .ok_or_else(|| CommandError::usage("that is not a number of clusters")),
    }
}

fn interval(ui: &Ui) -> Result<Rotation, CommandError> {
    let words = format!(
        "{} Type how often, such as 90d [never]",
        Question::Rotation.words()
    );
    let typed = ui.ask_name(&words).map_err(unanswered)?;
    match typed.trim() {
        "" => Ok(Rotation::Never),
        text => rotation(text)
            .map(|RotateEvery(rotation)| rotation)
            .map_err(|error| CommandError::usage(error.to_string())),
    }
}

fn unanswered(_: std::io::Error) -> CommandError {
    CommandError::new(ExitStatus::Interrupted, "no answer; nothing was changed")
}
