//! A plan in words.

use std::collections::HashMap;
use std::hash::Hash;
use std::io::{self, Write};
use std::mem::Discriminant;

use crate::escape::{Written, escape_controls as safe, guarded};
use crate::migration::{
    Fate, KeepReason, Language, Plan, Read, Reading, Source, Variable, snippet,
};
use crate::output::asked_image;
use crate::words::{FOLD, folded};
use crate::workload::Origin;
use crate::workload::environment::{Consumer, EXPANDED};

/// Writes a plan as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(plan: &Plan, languages: &[Language], out: &mut dyn Write) -> io::Result<()> {
    guarded(out, Written::AsText, |out| lines_of(plan, languages, out))
}

/// Writes of a plan only what a diff of its file does not show: what is not done, and why.
///
/// # Errors
/// When `out` cannot be written.
pub fn left_out(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = plan.clone();
    rest.variables
        .retain(|variable| matches!(variable.fate, Fate::Kept(_) | Fate::Refused));
    rest.volumes.clear();
    rest.mounts.clear();
    rest.notes.clear();
    text(&rest, &[], out)
}

fn lines_of(plan: &Plan, languages: &[Language], out: &mut dyn Write) -> io::Result<()> {
    let subject = &plan.subject;
    writeln!(
        out,
        "{} in {}",
        safe(&subject.short()),
        safe(&subject.namespace)
    )?;
    let mut groups = Folding::default();
    for variable in &plan.variables {
        let state = (std::mem::discriminant(&variable.fate), reason_of(variable));
        let group = (
            &variable.container,
            &variable.secret,
            state,
            variable.reading,
        );
        if groups.folds(group, || {
            format!(
                "container {} (Secret {}): {}",
                variable.container,
                variable.secret,
                fate_in_short(variable)
            )
        }) {
            continue;
        }
        writeln!(
            out,
            "  {} of container {} (Secret {}, key {})",
            safe(&variable.name),
            safe(&variable.container),
            safe(&variable.secret),
            safe(&variable.key)
        )?;
        writeln!(out, "    {}", safe(&fate(plan, variable)))?;
    }
    groups.write("variables of ", out)?;
    for volume in &plan.volumes {
        let mode = volume
            .mode
            .map_or(String::new(), |mode| format!(", mode {mode:04o}"));
        let owner = volume
            .user
            .map_or(String::new(), |uid| format!(", owned by uid {uid}"));
        writeln!(
            out,
            "  + volume {}: Secret {}, {}{mode}{owner}",
            safe(&volume.name),
            safe(&volume.secret),
            safe(&sources(&volume.sources))
        )?;
    }
    for mount in plan.mounts.iter().filter(|mount| !mount.existing) {
        writeln!(
            out,
            "  + mount of {} at {} in container {}, read-only",
            safe(&mount.volume),
            safe(&mount.path),
            safe(&mount.container)
        )?;
    }
    for asked in &plan.images {
        asked_image::text(asked, out)?;
    }
    let mut groups = Folding::default();
    for refusal in &plan.refusals {
        if groups.folds(&refusal.next, || {
            format!("are skipped; {}", refusal.next.join(" "))
        }) {
            continue;
        }
        writeln!(out, "  skipped: {}", safe(&refusal.reason))?;
        if !refusal.path.is_empty() {
            writeln!(out, "    at {}", safe(&refusal.path))?;
        }
        for next in &refusal.next {
            writeln!(out, "    {}", safe(next))?;
        }
    }
    groups.write("parts that ", out)?;
    let mut groups = Folding::default();
    for note in &plan.notes {
        // Notes about single variables begin with their names.
        let rest = note.0.split_once(' ').map_or("", |(_, rest)| rest);
        if groups.folds(rest, || rest.to_owned()) {
            continue;
        }
        writeln!(out, "  note: {}", safe(&note.0))?;
    }
    groups.write("notes: NAME: ", out)?;
    application(plan, languages, out)?;
    let waits = |variable: &Variable| variable.fate == Fate::Kept(KeepReason::NotMounted);
    let is_done = !plan.changes() && !plan.refuses() && !plan.variables.iter().any(waits);
    if is_done && plan.unknown_images().next().is_none() {
        writeln!(out, "  nothing to do")?;
    }
    Ok(())
}

/// Where all of a folded list is.
const ALL: &str = "-o json lists all";

/// Of what is alike in a list, how much was told: the first ten.
struct Folding<K> {
    told: HashMap<K, usize>,
    /// What the others have in common, and how many they are.
    more: Vec<(String, usize)>,
    places: HashMap<K, usize>,
}

impl<K> Default for Folding<K> {
    fn default() -> Self {
        Self {
            told: HashMap::new(),
            more: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<K: Hash + Eq + Clone> Folding<K> {
    /// Whether the next one of `group` is only counted, under words that are
    /// said of all of them.
    fn folds(&mut self, group: K, words: impl FnOnce() -> String) -> bool {
        let told = self.told.entry(group.clone()).or_insert(0);
        if *told < FOLD {
            *told += 1;
            return false;
        }
        let place = *self.places.entry(group).or_insert_with(|| {
            self.more.push((words(), 0));
            self.more.len() - 1
        });
        self.more[place].1 += 1;
        true
    }

    /// Writes how many more there are of each group.
    fn write(self, what: &str, out: &mut dyn Write) -> io::Result<()> {
        for (words, more) in &self.more {
            writeln!(out, "  and {more} more {what}{} ({ALL})", safe(words))?;
        }
        Ok(())
    }
}

/// Why a variable is kept, without the details.
fn reason_of(variable: &Variable) -> Option<Discriminant<KeepReason>> {
    match &variable.fate {
        Fate::Kept(reason) => Some(std::mem::discriminant(reason)),
        _ => None,
    }
}

/// What happens to variables of the same kind.
fn fate_in_short(variable: &Variable) -> &'static str {
    match variable.fate {
        Fate::Removed => "removed, for the same reason",
        Fate::Replaced { .. } => "replaced by those that name the files",
        Fate::Shimmed => "set from the files by the wrapped command",
        Fate::Kept(_) => "unchanged, for the same reason",
        Fate::Refused => "unchanged",
    }
}

/// What the program has to do for the variables to go.
fn application(plan: &Plan, languages: &[Language], out: &mut dyn Write) -> io::Result<()> {
    let waiting: Vec<_> = plan
        .variables
        .iter()
        .filter(|variable| {
            matches!(
                variable.fate,
                Fate::Kept(
                    KeepReason::Phase
                        | KeepReason::NotConfirmed
                        | KeepReason::NotProven
                        | KeepReason::NotYetVerified
                )
            ) || variable.fate == Fate::Removed && !languages.is_empty()
        })
        .filter_map(|variable| Some((variable, variable.file.as_deref()?)))
        .collect();
    if waiting.is_empty() {
        if !languages.is_empty() {
            writeln!(
                out,
                "  no code to show: no variable here waits for the app to read its file"
            )?;
        }
        return Ok(());
    }
    writeln!(out, "  Update your app to read:")?;
    for (variable, file) in waiting.iter().take(FOLD) {
        writeln!(
            out,
            "    {} instead of {}",
            safe(file),
            safe(&variable.name)
        )?;
    }
    if waiting.len() > FOLD {
        let more = waiting.len() - FOLD;
        writeln!(out, "    and {more} more files ({ALL})")?;
    }
    for language in languages {
        writeln!(out, "  In {}:", language.name())?;
        let reads: Vec<_> = waiting
            .iter()
            .map(|(variable, file)| Read {
                variable: variable.name.clone(),
                file: (*file).to_owned(),
            })
            .collect();
        for line in snippet(*language, &reads).lines() {
            match line {
                "" => writeln!(out)?,
                line => writeln!(out, "    {}", safe(line))?,
            }
        }
    }
    Ok(())
}

/// What to write in the manifest instead of a variable that it uses.
fn instead(consumers: &[Consumer], file: &str) -> String {
    match consumers.iter().all(|consumer| consumer.how == EXPANDED) {
        true => format!(
            "change that first, such as to an option of the app for a file: --password-file={file}"
        ),
        false => format!("change that first, so that it reads {file}"),
    }
}

/// What happens to a variable, in words.
pub(super) fn fate(plan: &Plan, variable: &Variable) -> String {
    let file = variable.file.as_deref().unwrap_or_default();
    match &variable.fate {
        Fate::Removed if variable.reading == Some(Reading::Verified) => {
            format!("removed; the app reads {file}, and its running container can")
        }
        Fate::Removed => match variable.reading {
            Some(Reading::NotProven) => format!(
                "removed as --force-unproven asks, although it is unknown whether the container can read {file}"
            ),
            Some(Reading::Impossible) => {
                format!(
                    "removed as --force-unproven asks, although the container cannot read {file}"
                )
            }
            _ => format!("removed; the app reads {file}"),
        },
        Fate::Replaced { by } => {
            format!("replaced by {by}, which names {file}: the image reads that file")
        }
        Fate::Shimmed => format!(
            "removed; the wrapped command sets it from {file}, so it is in the environment of the process again"
        ),
        Fate::Refused => "unchanged".to_owned(),
        Fate::Kept(reason) => {
            let why = match reason {
                KeepReason::NotMounted => {
                    return "kept: its file is not mounted yet; run migrate first without the flags that remove variables"
                        .to_owned();
                }
                KeepReason::Phase => {
                    "remove it with --remove-env once your app reads the file".to_owned()
                }
                KeepReason::NotConfirmed => format!(
                    "confirm that your app reads the file: --reads-files {}",
                    variable.name
                ),
                KeepReason::UsedIn(consumers) => {
                    let places: Vec<_> = consumers
                        .iter()
                        .map(|consumer| format!("{} ({})", consumer.text.site.path, consumer.how))
                        .collect();
                    format!(
                        "used in {}; {}",
                        folded(places.iter().map(String::as_str)),
                        instead(consumers, file)
                    )
                }
                KeepReason::Uncovers => {
                    "without it, another value of the same name would take effect: remove that one first".to_owned()
                }
                KeepReason::NotProven if variable.reading == Some(Reading::Impossible) => {
                    "the container cannot read the file: use --fs-group GID, or --mode 0444".to_owned()
                }
                KeepReason::NotProven => not_proven(plan).to_owned(),
                KeepReason::Unsure { by, why } => format!(
                    "the image may read the file that {by} names, but {why}; if it does, confirm it: --reads-files {}",
                    variable.name
                ),
                KeepReason::DropsFirst { uid } => {
                    let (who, then) = match uid {
                        Some(uid) => (format!("uid {uid}"), format!("set runAsUser: {uid} and an fsGroup")),
                        None => ("another user".to_owned(), "set runAsUser and an fsGroup".to_owned()),
                    };
                    format!(
                        "the image starts as root and switches to {who} before it reads the file, and that user cannot: use --mode 0444, or {then} in the pod's securityContext"
                    )
                }
                KeepReason::NotYetVerified => {
                    "removed in a second step, once the running container has shown that it can read the file".to_owned()
                }
                KeepReason::NamedByNobody { by } => format!(
                    "the image reads it from the file that {by} names, and envFrom cannot set {by}: list the keys under env with secretKeyRef instead, and migrate that"
                ),
                KeepReason::Source => {
                    "another variable of the same envFrom entry is kept: list the keys under env with secretKeyRef instead, or deal with that one first".to_owned()
                }
            };
            format!("mounted at {file}; variable kept: {why}")
        }
    }
}

fn sources(sources: &[Source]) -> String {
    let words: Vec<_> = sources
        .iter()
        .map(|source| {
            let keys = match &source.items {
                None => "all keys".to_owned(),
                Some(items) => {
                    let keys: Vec<_> = items
                        .iter()
                        .map(|(key, path)| {
                            if key == path {
                                key.clone()
                            } else {
                                format!("{key} as {path}")
                            }
                        })
                        .collect();
                    format!("key {}", folded(keys.iter().map(String::as_str)))
                }
            };
            if source.optional {
                format!("{keys} (optional)")
            } else {
                keys
            }
        })
        .collect();
    words.join("; ")
}

/// How the user of a container can become known, as far as that helps here.
fn not_proven(plan: &Plan) -> &'static str {
    match plan.origin {
        Origin::Live => {
            "runAsUser is not set, so it is unknown whether the container can read the file: use --verify-read to ask it, or set runAsUser and fsGroup in the pod's securityContext"
        }
        Origin::File { .. } => {
            "runAsUser is not set, so it is unknown whether the container can read the file: set runAsUser and fsGroup in the pod's securityContext, or use --resolve-images"
        }
    }
}
