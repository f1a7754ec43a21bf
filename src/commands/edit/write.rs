//! The change: shown without values, confirmed, written against what is stored by then.

use std::collections::BTreeMap;

use crate::cluster::Cluster;
use crate::command_line::Hint;
use crate::commands::create::refused;
use crate::commands::destination::said;
use crate::commands::dry_run::DryRun;
use crate::commands::question;
use crate::creation::merge::merge;
use crate::creation::plan::{Action, Change};
use crate::creation::proof::Expectation;
use crate::creation::{Plan, Wish};
use crate::error::{CommandError, ExitStatus};
use crate::live::secret;
use crate::secret::draft::{Mutability, SecretDraft};
use crate::secret::inspection::inspect;
use crate::secret::kind;
use crate::secret::redactor::Redactor;
use crate::secret::sheet::Values;
use crate::secret::source::{Entry, Origin};
use crate::secret::stored::StoredSecret;
use crate::ui::Ui;

use super::arguments::EditArgs;

/// How often a change of other keys by somebody else is written over again.
const MOST_TRIES: usize = 20;

/// What came of a change.
pub(super) enum Written {
    /// No value differs.
    Unchanged,
    /// A dry run.
    Tried,
    Done,
    /// Nothing was written, and the text can be edited again.
    Not {
        error: CommandError,
        /// What is stored now.
        now: Box<StoredSecret>,
    },
}

/// Writes what was edited, where `base` is what it began with. With fewer keys than the
/// Secret has, the others stay as they are.
///
/// # Errors
/// When the Secret was written and is not what was sent, or a question has no answer.
pub(super) async fn write(
    cluster: &Cluster,
    args: &EditArgs,
    mut stored: StoredSecret,
    base: &Values,
    mine: &Values,
    ui: &Ui,
) -> Result<Written, CommandError> {
    let mut is_confirmed = args.yes || args.dry_run.mode != DryRun::None;
    let mut is_shown = false;
    for _ in 0..MOST_TRIES {
        let all = match merge(base, mine, &stored.data) {
            Ok(all) => all,
            Err(both) => {
                let verb = if both.len() == 1 { "was" } else { "were" };
                let both = crate::words::listed(both.iter().map(crate::secret::KeyName::as_str));
                let error = CommandError::usage(format!(
                    "{both} {verb} changed in the cluster meanwhile; nothing was written"
                ))
                .hint("Edit it again: the new value then stands above the text.");
                return Ok(not(error, stored));
            }
        };
        let redactor = Redactor::new(stored.data.values().chain(all.values()));
        let sizes = sizes(&stored, &all);
        let draft = draft(&stored, all);
        if let Err(problem) = check(&stored, &draft) {
            return Ok(not(problem, stored));
        }
        let plan = Plan::new(&draft, Some(&stored), Wish::Replace)
            .map_err(|refusal| refused(&stored.name, refusal, &redactor))?;
        if plan.action == Action::Nothing {
            return Ok(Written::Unchanged);
        }
        if !is_shown {
            warn(&stored, &draft, ui);
            let text = changes(&plan, &draft, &sizes);
            match is_confirmed {
                true => text.lines().for_each(|line| ui.note(line)),
                // A question follows, so it is shown also when quiet.
                false => ui.show(|_, out| out.write_all(text.as_bytes())),
            }
            is_shown = true;
        }
        if args.dry_run.mode == DryRun::Client {
            said(ui, format!("secret/{} edited (dry run)", stored.name))?;
            return Ok(Written::Tried);
        }
        if !is_confirmed {
            let subject = format!("secret/{}", stored.name);
            if !question::confirmed(ui, &format!("Change {subject}?"), &subject)? {
                let error = CommandError::usage("not confirmed; nothing was changed");
                return Ok(not(error, stored));
            }
            is_confirmed = true;
        }
        let namespace = cluster.namespace().to_owned();
        let request = secret::Write {
            cluster,
            redactor: &redactor,
            plan: &plan,
            manager: &args.field_manager,
            ways_to_change: Vec::<Hint>::new(),
            expectation: Expectation {
                draft: &draft,
                namespace: &namespace,
                before: Some(&stored),
                wish: Wish::Replace,
                uid: None,
            },
        };
        let result = match args.dry_run.mode {
            DryRun::Server => request.try_out().await.map(|()| None),
            _ => request.send_and_prove(ui).await.map(Some),
        };
        secret::show_warnings(cluster, &redactor, ui);
        let error = match result {
            Ok(None) => {
                said(
                    ui,
                    format!("secret/{} edited (server dry run)", stored.name),
                )?;
                return Ok(Written::Tried);
            }
            Ok(Some(_)) => {
                said(ui, format!("secret/{} edited", stored.name))?;
                return Ok(Written::Done);
            }
            Err(error) => error,
        };
        // Whether it was written is decided by what is stored, not by the error.
        let Some(now) = read_again(cluster, &stored).await else {
            // The next write is guarded by what was read before.
            return Ok(not(error, stored));
        };
        if now.resource_version == stored.resource_version {
            return Ok(not(nothing_written(error), now));
        }
        match error.status() {
            // Somebody else was first: once more, on what they have written.
            ExitStatus::Usage => stored = now,
            ExitStatus::Partial => return Err(error),
            _ => return Ok(not(error, now)),
        }
    }
    let error = CommandError::usage(format!(
        "secret/{} keeps changing; nothing was written",
        stored.name
    ))
    .hint("Find out what writes it, then edit it again.");
    Ok(not(error, stored))
}

fn not(error: CommandError, now: StoredSecret) -> Written {
    Written::Not {
        error,
        now: Box::new(now),
    }
}

/// The same error where it is known that nothing was written.
fn nothing_written(error: CommandError) -> CommandError {
    match error.status() {
        ExitStatus::Partial => CommandError::unavailable(
            "the answer to the write was lost, and the Secret is what it was before",
        )
        .hint("Look at the connection to the API server, then edit it again."),
        _ => error,
    }
}

async fn read_again(cluster: &Cluster, stored: &StoredSecret) -> Option<StoredSecret> {
    let body = cluster.get_secret(cluster.namespace(), &stored.name).await;
    let now = StoredSecret::parse(&body.ok()??).ok()?;
    // Another object of that name is none of ours.
    (now.uid == stored.uid).then_some(now)
}

fn draft(stored: &StoredSecret, values: Values) -> SecretDraft {
    let entry = |(key, value): (crate::secret::KeyName, _)| {
        let entry = Entry {
            key: key.clone(),
            value,
            origin: Origin::Editor,
        };
        (key, entry)
    };
    SecretDraft {
        name: stored.name.clone(),
        secret_type: None,
        labels: BTreeMap::new(),
        annotations: BTreeMap::new(),
        mutability: Mutability::Mutable,
        entries: values.into_iter().map(entry).collect(),
    }
}

/// What the server would refuse.
fn check(stored: &StoredSecret, draft: &SecretDraft) -> Result<(), CommandError> {
    let values: BTreeMap<_, _> = draft
        .values()
        .map(|(key, value)| (key.clone(), value))
        .collect();
    kind::check_required(&stored.secret_type, &values, &stored.annotations)?;
    crate::secret::limits::check_total(values.iter().map(|(key, value)| (key, value.len())))?;
    Ok(())
}

/// What looks wrong about a new value.
fn warn(stored: &StoredSecret, draft: &SecretDraft, ui: &Ui) {
    for (key, value) in draft.values() {
        let is_new = stored.data.get(key).is_none_or(|old| !old.same_as(value));
        for suspicion in is_new.then(|| inspect(value)).into_iter().flatten() {
            ui.warn(format!("{key} {}", suspicion.sentence()));
        }
    }
}

/// How long each value is before and after.
type Sizes = BTreeMap<crate::secret::KeyName, (Option<usize>, Option<usize>)>;

fn sizes(stored: &StoredSecret, all: &Values) -> Sizes {
    let mut found = Sizes::new();
    for (key, value) in &stored.data {
        found.entry(key.clone()).or_default().0 = Some(value.len());
    }
    for (key, value) in all {
        found.entry(key.clone()).or_default().1 = Some(value.len());
    }
    found
}

/// Which keys change, with lengths and without values.
fn changes(plan: &Plan, draft: &SecretDraft, sizes: &Sizes) -> String {
    let mut text = format!("secret/{}:\n", draft.name);
    for (key, change) in &plan.keys {
        let (before, after) = sizes.get(key).copied().unwrap_or_default();
        let length = match (change, before, after) {
            (Change::Added, _, Some(after)) => format!(" ({})", bytes(after)),
            (Change::Removed, Some(before), _) => format!(" ({})", bytes(before)),
            (Change::Changed, Some(before), Some(after)) if before == after => {
                format!(" (still {})", bytes(after))
            }
            (Change::Changed, Some(before), Some(after)) => {
                format!(" ({before} → {})", bytes(after))
            }
            _ => String::new(),
        };
        text += &format!("  {key}: {change}{length}\n");
    }
    text
}

fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}
