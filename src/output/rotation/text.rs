//! Text for people.

use std::io::{self, Write};

use crate::output::consumers::words;
use crate::output::text::{Styles, counted};
use crate::rotation::hooks::Task;
use crate::rotation::plan::{Affected, Fate, Plan, Use};
use crate::ui::{Colour, escape_controls as safe};
use crate::words::folded;
use crate::workload::ObjectId;

use super::{Changed, DERIVED, fate, outage};

/// Writes the plan of a rotation.
///
/// # Errors
/// When it cannot be written.
pub fn plan(
    namespace: &str,
    secrets: &[Changed],
    plan: &Plan,
    colour: Colour,
    out: &mut dyn Write,
) -> io::Result<()> {
    let styles = Styles::new(colour);
    let strong = styles.strong;
    for secret in secrets {
        writeln!(
            out,
            "{strong}secret/{}{strong:#} in {}",
            safe(&secret.name),
            safe(namespace)
        )?;
        for (key, origin) in &secret.keys {
            let from = match origin.starts_with(DERIVED) {
                true => "",
                false => "from ",
            };
            writeln!(out, "  {key}: new value ({from}{})", safe(origin))?;
        }
        for key in &secret.unchanged {
            writeln!(out, "  {key}: unchanged, it has the given value")?;
        }
        if let Some(successor) = &secret.successor {
            writeln!(
                out,
                "  it is immutable: secret/{} takes its place, and every reference is changed to it",
                safe(successor)
            )?;
        }
        for mirror in &secret.mirrors {
            writeln!(
                out,
                "  mirrored to secret {}: a controller has to follow, and consumers there are not restarted",
                safe(mirror)
            )?;
        }
        for line in &secret.exposure {
            writeln!(out, "  {}", safe(line))?;
        }
        for copy in &secret.copies {
            writeln!(
                out,
                "  copy, not changed: {} in secret/{} in {} has the old value of {}",
                safe(&copy.key),
                safe(&copy.secret),
                safe(&copy.namespace),
                safe(&copy.of)
            )?;
        }
        writeln!(
            out,
            "  until the end, secret/{} holds the old and the new value: whoever may read Secrets in {} can read them",
            safe(&secret.run_secret),
            safe(namespace)
        )?;
    }
    if !plan.hooks.is_empty() {
        writeln!(out, "{strong}Other side of the credential{strong:#}")?;
    }
    for (task, program) in &plan.hooks {
        writeln!(out, "  {}: {}", words_of(*task), safe(program))?;
    }
    writeln!(out)?;
    restarts(plan, colour, out)
}

fn words_of(task: Task) -> &'static str {
    match task {
        Task::Set => "is told the new value before the Secret is written, by",
        Task::Test => "has to accept the new value before that, which is tried by",
        Task::Retire => "ends the old value after all consumers have the new one, by",
        Task::TestOld => "has to refuse the old value at the end, which is tried by",
    }
}

/// Writes who is restarted and who is not.
///
/// # Errors
/// When it cannot be written.
pub fn restarts(plan: &Plan, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let strong = Styles::new(colour).strong;
    let waves = plan.waves();
    for (number, wave) in waves.iter().enumerate() {
        let title = match waves.len() {
            1 => "Restarted".to_owned(),
            _ => format!("Restarted, wave {}", number + 1),
        };
        writeln!(out, "{strong}{title}{strong:#}")?;
        for affected in plan.replaced().filter(|affected| affected.wave == *wave) {
            workload(affected, out)?;
        }
    }
    for group in [
        Group::Rewritten,
        Group::Refreshed,
        Group::Later,
        Group::Left,
    ] {
        let mut members = (plan.workloads.iter())
            .filter(|one| Group::of(one.fate) == Some(group))
            .peekable();
        if members.peek().is_some() {
            writeln!(out, "{strong}{}{strong:#}", group.title())?;
        }
        for affected in members {
            workload(affected, out)?;
        }
    }
    if !plan.others.is_empty() {
        writeln!(out, "{strong}Others that use it{strong:#}")?;
    }
    for other in &plan.others {
        writeln!(
            out,
            "  {}: {}; {}",
            safe(&other.id.short()),
            safe(&words::how(&other.how)),
            words::reach(other.reach)
        )?;
        if !other.workloads.is_empty() {
            let names: Vec<_> = other.workloads.iter().map(ObjectId::short).collect();
            let names = folded(names.iter().map(String::as_str));
            writeln!(out, "    for the pods of {}", safe(&names))?;
        }
    }
    for one in &plan.init_only {
        writeln!(
            out,
            "{strong}Takes the value only when it initialises its data{strong:#}\n  {}: {} of container {} ({})",
            safe(&one.workload.short()),
            safe(&one.variable),
            safe(&one.container),
            safe(&one.image)
        )?;
    }
    if !plan.not_seen.is_empty() {
        writeln!(out, "{strong}Not checked{strong:#}")?;
        for grant in &plan.not_seen {
            writeln!(out, "  {}", safe(&grant.words()))?;
        }
    }
    let replaced = plan.replaced().count();
    match (
        replaced,
        plan.workloads.is_empty() && plan.others.is_empty(),
    ) {
        (_, true) => writeln!(out, "Nothing here uses it."),
        (0, false) => writeln!(out, "No pod is replaced."),
        (many, false) => writeln!(
            out,
            "{} and {} are replaced.",
            counted(many, "workload"),
            counted(plan.moved(), "pod")
        ),
    }
}

/// Workloads that are not restarted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Rewritten,
    Refreshed,
    Later,
    Left,
}

impl Group {
    fn of(fate: Fate) -> Option<Self> {
        match fate {
            Fate::Restart | Fate::RestartRollout | Fate::Evict(_) => None,
            Fate::Rewrite(_) => Some(Self::Rewritten),
            Fate::Refresh => Some(Self::Refreshed),
            Fate::Later(_) => Some(Self::Later),
            Fate::Left(_) => Some(Self::Left),
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Rewritten => "Changed and not restarted",
            Self::Refreshed => "Not restarted: files are refreshed",
            Self::Later => "Take the new value later",
            Self::Left => "Keep the old value",
        }
    }
}

fn workload(affected: &Affected, out: &mut dyn Write) -> io::Result<()> {
    let replaced = matches!(
        affected.fate,
        Fate::Restart | Fate::RestartRollout | Fate::Evict(_)
    );
    let pods = match (replaced, affected.pods) {
        (false, _) => String::new(),
        (true, pods) => format!(", {}", counted(pods, "pod")),
    };
    let id = &affected.id;
    writeln!(
        out,
        "  {}: {}{pods}",
        safe(&id.short()),
        fate(affected.fate)
    )?;
    let mut told = Vec::new();
    for used in &affected.uses {
        let words = how(used);
        if !told.contains(&words) {
            writeln!(out, "    {}", safe(&words))?;
            told.push(words);
        }
    }
    if let Some(why) = affected.outage.filter(|_| replaced) {
        writeln!(out, "    outage: {}", outage(why))?;
    }
    if let Some(owner) = affected.owner.as_ref().filter(|_| replaced) {
        writeln!(out, "    managed by {}", safe(&owner.who))?;
    }
    Ok(())
}

/// `variable DB_PASSWORD of container app, from secret/db:password`.
fn how(used: &Use) -> String {
    let key = used.secret.key.as_ref();
    let key = key.map_or_else(String::new, |key| format!(":{key}"));
    let container = words::container(&used.consumer);
    let container = container.map_or_else(String::new, |container| format!(" of {container}"));
    format!(
        "{}{container}, from secret/{}{key}",
        words::how(&used.consumer.how),
        used.secret.name
    )
}
