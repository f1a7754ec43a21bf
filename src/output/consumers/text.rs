//! Text for people.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::command_line::CommandLine;
use crate::consumption::{
    Activity, Consumer, Consumption, Newest, Part, PodUse, Present, Reach, Report, State,
};
use crate::inventory::{Immutability, Inventory, Reason, Scope};
use crate::output::text::{Styles, blind_spots, counted, looked_at, reason_words};
use crate::ui::{Colour, escape_controls as safe};
use crate::words::{FOLD, folded};
use crate::workload::{Need, ObjectId, Origin, Strategy};

use super::words;

/// Pods that are told one by one; of more, only how many.
const MOST_PODS: usize = 10;

pub(super) fn write(report: &Report, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let mut printer = Printer {
        out,
        styles: Styles::new(colour),
    };
    for part in &report.parts {
        printer.part(part, report.parts.len() > 1)?;
    }
    let denied = report.parts.iter().flat_map(Part::hidden_lists);
    let hidden = blind_spots(&report.problems, &report.unreachable, denied);
    if !hidden.is_empty() {
        let strong = printer.styles.strong;
        writeln!(printer.out, "{strong}What could not be seen{strong:#}")?;
        for line in hidden {
            writeln!(printer.out, "  {line}")?;
        }
        writeln!(printer.out)?;
    }
    for part in &report.parts {
        if part.inventory.is_bare() && !report.problems.is_empty() {
            writeln!(printer.out, "nothing was looked at: see above")?;
        } else {
            writeln!(printer.out, "{}", summary(part))?;
        }
    }
    match report.parts.is_empty() {
        true => writeln!(printer.out, "no cluster could be looked at: see above"),
        false => Ok(()),
    }
}

struct Printer<'a> {
    out: &'a mut dyn Write,
    styles: Styles,
}

impl Printer<'_> {
    fn part(&mut self, part: &Part, several: bool) -> io::Result<()> {
        if let (true, Scope::Cluster { name, .. }) = (several, &part.inventory.scope) {
            let style = self.styles.strong;
            writeln!(self.out, "{style}cluster {}{style:#}\n", safe(name))?;
        }
        for consumption in &part.secrets {
            self.secret(consumption)?;
            self.consumers(&part.inventory, &consumption.consumers)?;
            if consumption.consumers.is_empty() {
                writeln!(self.out, "Nothing here uses it.\n")?;
            }
            self.dormant(&consumption.dormant)?;
        }
        Ok(())
    }

    fn secret(&mut self, consumption: &Consumption) -> io::Result<()> {
        let secret = &consumption.secret;
        let style = self.styles.strong;
        let key = secret
            .key
            .as_ref()
            .map_or_else(String::new, |key| format!(":{}", safe(key)));
        writeln!(
            self.out,
            "{style}secret/{}{key}{style:#} in {}: {}\n",
            safe(&secret.name),
            safe(&secret.namespace),
            safe(&state(&consumption.state, secret.key.is_some()))
        )
    }

    fn consumers(&mut self, inventory: &Inventory, consumers: &[Consumer]) -> io::Result<()> {
        let same = |a: &Consumer, b: &Consumer| a.subject == b.subject && a.origin == b.origin;
        for group in consumers.chunk_by(same) {
            self.heading(inventory, &group[0].subject, group[0].origin)?;
            for consumer in group.iter().take(FOLD) {
                self.consumer(inventory, consumer)?;
            }
            if group.len() > FOLD {
                let more = counted(group.len() - FOLD, "more use");
                writeln!(self.out, "  and {more} of it (-o json lists all)")?;
            }
            let pods = || group.iter().flat_map(|consumer| &consumer.pods);
            // A restart does not help where kubelet keeps an earlier Secret.
            let kept = pods().any(PodUse::may_be_kept);
            let stale = !kept && pods().any(|pod| matches!(pod.newest, Newest::No(_)));
            if kept {
                writeln!(
                    self.out,
                    "  a restart may not help: to be sure, create the Secret under a new name and change the references"
                )?;
            }
            let restart = group.iter().find(|consumer| {
                consumer.activity == Activity::Restartable && consumer.origin == Origin::Live
            });
            if let (true, Some(consumer)) = (stale, restart) {
                let style = self.styles.strong;
                if let Some(instead) = no_restart(inventory, &consumer.subject) {
                    writeln!(self.out, "  {instead}")?;
                    writeln!(self.out)?;
                    continue;
                }
                let restart = CommandLine::kubectl("rollout restart")
                    .name(&consumer.subject.short())
                    .namespace(&consumer.subject.namespace)
                    .on(&inventory.connection)
                    .to_string();
                writeln!(self.out, "  to restart: {style}{}{style:#}", safe(&restart))?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn heading(
        &mut self,
        inventory: &Inventory,
        subject: &ObjectId,
        origin: Origin,
    ) -> io::Result<()> {
        let style = self.styles.strong;
        let namespace = if subject.namespace.is_empty() {
            String::new()
        } else {
            format!(" in {}", safe(&subject.namespace))
        };
        let file = inventory.source(origin).map_or(String::new(), |source| {
            format!(" ({})", safe(source.text.name()))
        });
        writeln!(
            self.out,
            "{style}{}{style:#}{namespace}{file}",
            safe(&subject.short())
        )
    }

    fn consumer(&mut self, inventory: &Inventory, consumer: &Consumer) -> io::Result<()> {
        writeln!(self.out, "  {}", safe(&used(consumer)))?;
        let faint = self.styles.faint;
        match inventory.source(consumer.origin) {
            Some(source) => {
                let position = source.text.position(consumer.site.span.start);
                writeln!(
                    self.out,
                    "    {faint}-->{faint:#} {}:{}:{}",
                    safe(source.text.name()),
                    position.line,
                    position.column
                )?;
            }
            None => writeln!(
                self.out,
                "    {faint}-->{faint:#} {}",
                safe(&consumer.site.path)
            )?,
        }
        let need = match consumer.need {
            Need::Required => "required",
            Need::Optional => "optional",
        };
        match &consumer.hider {
            Some(hider) => writeln!(self.out, "    {need}; {}", safe(&words::hider(hider)))?,
            None => writeln!(self.out, "    {need}; {}", words::reach(consumer.reach))?,
        }
        if !consumer.workloads.is_empty() {
            let names: Vec<_> = consumer.workloads.iter().map(ObjectId::short).collect();
            writeln!(
                self.out,
                "    for the pods of {}",
                safe(&folded(names.iter().map(String::as_str)))
            )?;
        }
        for pod in consumer.pods.iter().take(MOST_PODS) {
            self.pod(pod, consumer.reach)?;
        }
        if consumer.pods.len() > MOST_PODS {
            let rest = &consumer.pods[MOST_PODS..];
            let stale = rest
                .iter()
                .filter(|pod| matches!(pod.newest, Newest::No(_)))
                .count();
            writeln!(
                self.out,
                "    and {}, {stale} without the newest value",
                counted(rest.len(), "more pod")
            )?;
        }
        Ok(())
    }

    fn pod(&mut self, pod: &PodUse, reach: Reach) -> io::Result<()> {
        let style = match &pod.newest {
            Newest::Yes | Newest::NotRunning(_) => self.styles.faint,
            Newest::No(_) => self.styles.warning,
            Newest::NotKnown(_) => self.styles.info,
        };
        let verdict = verdict(pod, reach);
        let why = match &pod.newest {
            Newest::NotRunning(_) => None,
            newest => words::newest(newest),
        };
        let times = [
            ("started", pod.started),
            ("ended", pod.finished),
            ("changed", pod.changed),
        ]
        .into_iter()
        .filter_map(|(what, time)| Some(format!("{what} {}", time?)))
        .collect::<Vec<_>>();
        let detail: Vec<_> = why.into_iter().chain(times).collect();
        let detail = if detail.is_empty() {
            String::new()
        } else {
            format!(": {}", detail.join(", "))
        };
        writeln!(
            self.out,
            "    pod/{} {style}{}{style:#}{}",
            safe(&pod.pod),
            safe(&verdict),
            safe(&detail)
        )
    }

    fn dormant(&mut self, dormant: &[Consumer]) -> io::Result<()> {
        if dormant.is_empty() {
            return Ok(());
        }
        writeln!(
            self.out,
            "Not running now; a rollback or a copy would use it again:"
        )?;
        for consumer in dormant {
            writeln!(
                self.out,
                "  {}: {}",
                safe(&consumer.subject.short()),
                safe(&used(consumer))
            )?;
        }
        writeln!(self.out)
    }
}

/// Whether a container holds the newest, in words.
fn verdict(pod: &PodUse, reach: Reach) -> String {
    match (&pod.newest, pod.finished) {
        (Newest::Yes, Some(_)) => "had the newest value when it ran",
        (Newest::No(_), Some(_)) => "ran with an older value, and what it made of it is as old",
        (Newest::NotKnown(_), Some(_)) => "may or may not have had the newest value when it ran",
        (Newest::Yes, None) if reach == Reach::Refresh => "has the newest files",
        (Newest::Yes, None) => "has the newest value",
        (Newest::No(_), None) => "does not have the newest value",
        (Newest::NotKnown(_), None) => "may or may not have the newest value",
        (Newest::NotRunning(state), _) => return format!("does not run ({state})"),
    }
    .to_owned()
}

/// `container app: variable A from key a (suspended)`.
fn used(consumer: &Consumer) -> String {
    let container =
        words::container(consumer).map_or_else(String::new, |container| format!("{container}: "));
    let notes: Vec<_> = [
        words::sub_path(&consumer.how),
        words::confidence(consumer.confidence).map(str::to_owned),
        words::activity(consumer.activity).map(str::to_owned),
    ]
    .into_iter()
    .flatten()
    .collect();
    let notes = if notes.is_empty() {
        String::new()
    } else {
        format!(" ({})", notes.join(", "))
    };
    format!(
        "{container}{}{}{notes}",
        words::how(&consumer.how),
        words::keys(consumer)
    )
}

fn state(state: &State, of_key: bool) -> String {
    match state {
        State::Present(present) => present_words(present, of_key),
        State::Expected(producer) => format!("not there yet, {} makes it", producer.short()),
        State::Missing { elsewhere, near } => {
            let mut text = "does not exist".to_owned();
            if !elsewhere.is_empty() {
                text += &format!(
                    "; there is one in {}",
                    folded(elsewhere.iter().map(String::as_str))
                );
            }
            if !near.is_empty() {
                text += &format!("; near names: {}", folded(near.iter().map(String::as_str)));
            }
            text
        }
        State::Unknown(Reason::NotInFiles) => "not among the files".to_owned(),
        State::Unknown(reason) => format!("not known whether it exists, {}", reason_words(reason)),
    }
}

fn present_words(present: &Present, of_key: bool) -> String {
    let mut parts = Vec::new();
    match &present.near_keys {
        Some(near) if near.is_empty() => parts.push("it has no such key".to_owned()),
        Some(near) => parts.push(format!(
            "it has no such key; near names: {}",
            folded(near.iter().map(String::as_str))
        )),
        None if of_key => {}
        None => {
            let keys: Vec<_> = present.keys.known().iter().map(String::as_str).collect();
            let names = if keys.is_empty() {
                "no keys".to_owned()
            } else {
                format!("keys {}", folded(keys))
            };
            parts.push(if present.keys.is_complete() {
                names
            } else {
                format!("{names}, perhaps others")
            });
        }
    }
    match present.immutable {
        Immutability::Yes => parts.push("immutable".to_owned()),
        Immutability::Probably => parts.push("probably immutable".to_owned()),
        Immutability::No => {}
    }
    parts.extend(
        present
            .changed
            .map(|changed| format!("last changed {changed} or before")),
    );
    if parts.is_empty() {
        "exists".to_owned()
    } else {
        parts.join("; ")
    }
}

fn summary(part: &Part) -> String {
    let consumers = || part.secrets.iter().flat_map(|secret| &secret.consumers);
    let dormant: usize = part.secrets.iter().map(|secret| secret.dormant.len()).sum();
    let objects: BTreeSet<_> = consumers()
        .filter(|consumer| consumer.hider.is_none())
        .map(|consumer| (&consumer.subject, consumer.origin))
        .collect();
    let stale = consumers()
        .flat_map(|consumer| consumer.pods.iter().map(|pod| (&consumer.subject, pod)))
        .filter(|(_, pod)| matches!(pod.newest, Newest::No(_)))
        .map(|(subject, pod)| (&subject.namespace, &pod.pod))
        .collect::<BTreeSet<_>>()
        .len();
    let hidden = consumers()
        .filter(|consumer| consumer.hider.is_some())
        .count();
    let mut parts = vec![match consumers().count() - hidden {
        0 => "no uses".to_owned(),
        number => format!(
            "{} by {}",
            counted(number, "use"),
            counted(objects.len(), "object")
        ),
    }];
    if stale > 0 {
        parts.push(format!(
            "{} without the newest value",
            counted(stale, "pod")
        ));
    }
    if hidden > 0 {
        parts.push(format!("{hidden} that the program does not get"));
    }
    if dormant > 0 {
        parts.push(format!("{dormant} not running"));
    }
    format!(
        "{}; looked at {}",
        parts.join(", "),
        looked_at(&part.inventory)
    )
}

/// Why a restart would replace no pod, and what does.
fn no_restart(inventory: &Inventory, subject: &ObjectId) -> Option<&'static str> {
    let workload = inventory
        .workloads
        .iter()
        .find(|known| known.id == *subject)?;
    match workload.strategy {
        _ if workload.paused => {
            Some("it is paused, so a restart would wait: resume it, then restart it")
        }
        Strategy::OnDelete => {
            Some("its update strategy is OnDelete: delete its pods one at a time")
        }
        _ => None,
    }
}
