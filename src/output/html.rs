//! One self-contained page: no script, nothing loaded, printable, readable on
//! a phone, in light and in dark. The template escapes every text.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use askama::Template;

use crate::finding::{Finding, Severity};
use crate::inventory::{Inventory, Lookup, Scope};
use crate::report::{Examined, Report};
use crate::ui::escape_controls as safe;
use crate::workload::Usage;

use super::text::counted;
use super::{excerpt, fix, text};

#[derive(Template)]
#[template(path = "doctor.html")]
struct Page {
    title: String,
    when: String,
    errors: usize,
    warnings: usize,
    info: usize,
    complete: bool,
    /// How many findings were left out.
    suppressed: String,
    /// How many of the findings a command mends, and which.
    fixable: String,
    fix_command: String,
    rules: Vec<RuleView>,
    parts: Vec<PartView>,
    not_seen: Vec<String>,
}

/// All findings of a rule.
struct RuleView {
    id: &'static str,
    name: &'static str,
    severity: &'static str,
    count: usize,
    objects: Vec<Anchor>,
}

/// Where in the page an object is.
#[derive(Clone)]
struct Anchor {
    id: String,
    text: String,
}

struct PartView {
    id: String,
    name: String,
    scope: String,
    groups: Vec<Group>,
    pictures: Vec<Picture>,
}

struct Group {
    id: String,
    counts: String,
    subject: String,
    namespace: String,
    findings: Vec<FindingView>,
}

struct FindingView {
    severity: &'static str,
    rule: &'static str,
    name: &'static str,
    why: &'static str,
    message: String,
    places: Vec<PlaceView>,
    evidence: Vec<String>,
    fixes: Vec<FixView>,
}

struct PlaceView {
    /// The number of the excerpt's line, and as many blanks.
    number: String,
    blank: String,
    location: String,
    label: String,
    line: String,
    marker: String,
}

struct FixView {
    what: String,
    command: String,
}

/// Who uses what in one namespace.
struct Picture {
    namespace: String,
    height: usize,
    users: Vec<Label>,
    secrets: Vec<Label>,
    lines: Vec<Line>,
}

struct Label {
    text: String,
    /// What there is room for.
    short: String,
    y: usize,
    class: &'static str,
}

struct Line {
    from: usize,
    to: usize,
    class: &'static str,
    what: String,
}

const ROW: usize = 28;
/// A larger picture tells nobody anything.
const MOST_LABELS: usize = 120;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let parts: Vec<_> = (report.parts.iter().enumerate())
        .map(|(place, one)| part(report, one, place))
        .collect();
    let suppressed: usize = report.parts.iter().map(|part| part.suppressed.len()).sum();
    let fixable = fix::fixable(report);
    let page = Page {
        title: "Secrets: what doctor found".to_owned(),
        when: report.parts.first().map_or(String::new(), |part| {
            part.inventory
                .now
                .strftime("%Y-%m-%d %H:%M UTC")
                .to_string()
        }),
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        info: report.count(Severity::Info),
        complete: report.outcome.is_complete(),
        suppressed: match suppressed {
            0 => String::new(),
            number => counted(number, "finding"),
        },
        fixable: counted(fixable, "finding"),
        fix_command: match (&report.fix_command, fixable) {
            (Some(command), 1..) => safe(&command.to_string()),
            _ => String::new(),
        },
        rules: rules(&parts, report),
        parts,
        not_seen: not_seen(report),
    };
    page.write_into(out).map_err(io::Error::other)
}

/// What was found by each rule, the worst first, and where in the page that is.
fn rules(parts: &[PartView], report: &Report) -> Vec<RuleView> {
    let mut all: BTreeMap<(std::cmp::Reverse<Severity>, &str), RuleView> = BTreeMap::new();
    for (part, view) in report.parts.iter().zip(parts) {
        let mut groups = view.groups.iter();
        let mut left = 0;
        let mut group: Option<&Group> = None;
        for finding in &part.findings {
            if left == 0 {
                group = groups.next();
                left = group.map_or(0, |group| group.findings.len());
            }
            left -= left.min(1);
            let known = all
                .entry((std::cmp::Reverse(finding.severity), finding.rule.id))
                .or_insert_with(|| RuleView {
                    id: finding.rule.id,
                    name: finding.rule.name,
                    severity: finding.severity.name(),
                    count: 0,
                    objects: Vec::new(),
                });
            known.count += 1;
            let anchor = group.map(|group| Anchor {
                id: group.id.clone(),
                text: match group.namespace.is_empty() {
                    true => group.subject.clone(),
                    false => format!("{} in {}", group.subject, group.namespace),
                },
            });
            if let Some(anchor) = anchor
                && (known.objects.last()).is_none_or(|last| last.id != anchor.id)
            {
                known.objects.push(anchor);
            }
        }
    }
    all.into_values().collect()
}

/// What was looked at.
fn scope(part: &Examined) -> String {
    let looked = text::looked_at(&part.inventory);
    let namespace = match (&part.inventory.scope, part.inventory.only_namespace()) {
        (Scope::Files(_), _) => part.inventory.assumed_namespace.as_ref().map(|assumed| {
            format!(
                "; objects without a namespace are taken to be in {}",
                safe(assumed)
            )
        }),
        (Scope::Cluster { .. }, Some(one)) => Some(format!("; namespace {}", safe(one))),
        (Scope::Cluster { .. }, None) => Some("; all namespaces".to_owned()),
    };
    format!("Looked at {looked}{}.", namespace.unwrap_or_default())
}

fn part(report: &Report, part: &Examined, place: usize) -> PartView {
    let name = match &part.inventory.scope {
        Scope::Cluster { name, .. } => format!("Cluster {}", safe(name)),
        Scope::Files(_) => "Files".to_owned(),
    };
    let mut groups: Vec<Group> = Vec::new();
    for finding in &part.findings {
        let subject = safe(&finding.subject.short());
        let namespace = safe(&finding.subject.namespace);
        let view = view(report, &part.inventory, finding);
        match groups.last_mut() {
            Some(group) if group.subject == subject && group.namespace == namespace => {
                group.findings.push(view);
            }
            _ => groups.push(Group {
                id: format!("o{place}-{}", groups.len()),
                counts: String::new(),
                subject,
                namespace,
                findings: vec![view],
            }),
        }
    }
    for group in &mut groups {
        group.counts = counted(group.findings.len(), "finding");
    }
    PartView {
        id: format!("p{place}"),
        name,
        scope: scope(part),
        groups,
        pictures: pictures(&part.inventory),
    }
}

fn view(report: &Report, inventory: &Inventory, finding: &Finding) -> FindingView {
    FindingView {
        severity: finding.severity.name(),
        rule: finding.rule.id,
        name: finding.rule.name,
        why: finding.rule.why,
        message: safe(&finding.message),
        places: finding
            .places
            .iter()
            .map(|place| {
                let source = inventory.source(place.origin);
                let location = source.map_or(safe(&place.site.path), |source| {
                    let at = source.text.position(place.site.span.start);
                    format!("{}:{}:{}", safe(source.text.name()), at.line, at.column)
                });
                let excerpt = excerpt::excerpt(inventory, place.origin, &place.site);
                let number = excerpt
                    .as_ref()
                    .map_or(String::new(), |excerpt| excerpt.line.to_string());
                PlaceView {
                    blank: " ".repeat(number.len()),
                    number,
                    location,
                    label: safe(&place.label),
                    marker: excerpt.as_ref().map_or(String::new(), |excerpt| {
                        " ".repeat(excerpt.from) + &"^".repeat(excerpt.length)
                    }),
                    line: excerpt.map_or(String::new(), |excerpt| safe(&excerpt.text)),
                }
            })
            .collect(),
        evidence: finding.evidence.iter().map(|text| safe(text)).collect(),
        fixes: finding
            .fixes
            .iter()
            .map(|found| {
                let shown = fix::shown(report, inventory, finding, found);
                FixView {
                    what: safe(&shown.sentence()),
                    command: shown.command.map_or(String::new(), |text| safe(&text)),
                }
            })
            .collect(),
    }
}

fn not_seen(report: &Report) -> Vec<String> {
    let problems = report.problems.iter().map(|problem| {
        let at = problem
            .position
            .map_or(String::new(), |at| format!(":{}:{}", at.line, at.column));
        format!("{}{at}: {}", problem.source, problem.message)
    });
    let clusters = report
        .unreachable
        .iter()
        .map(|cluster| format!("cluster {}: {}", cluster.cluster, cluster.message));
    let denied = report
        .parts
        .iter()
        .flat_map(|part| &part.inventory.denied)
        .map(|grant| format!("not allowed to {}", grant.words()));
    let unknown = report
        .parts
        .iter()
        .flat_map(|part| &part.unknown)
        .map(|unknown| {
            let subject = match &unknown.subject {
                None => String::new(),
                Some(subject) if subject.namespace.is_empty() || subject.name.is_empty() => {
                    format!("{}: ", subject.short())
                }
                Some(subject) => format!("{} in {}: ", subject.short(), subject.namespace),
            };
            format!(
                "{}: {subject}{} ({})",
                unknown.rule.id,
                unknown.what,
                text::reason_words(&unknown.reason)
            )
        });
    problems
        .chain(clusters)
        .chain(denied)
        .chain(unknown)
        .map(|text| safe(&text))
        .collect()
}

/// A name as long as the picture has room for; both ends tell names apart.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 36;
    let characters: Vec<char> = safe(name).chars().collect();
    if characters.len() <= LONGEST {
        return characters.into_iter().collect();
    }
    let half = LONGEST / 2;
    let (start, end) = (&characters[..half], &characters[characters.len() - half..]);
    start.iter().chain(['…'].iter()).chain(end).collect()
}

/// One picture a namespace, users on the left, Secrets on the right.
fn pictures(inventory: &Inventory) -> Vec<Picture> {
    type Uses<'a> = BTreeMap<(String, &'a str), BTreeSet<&'static str>>;
    let mut namespaces: BTreeMap<&str, Uses<'_>> = BTreeMap::new();
    for used in inventory.uses() {
        let namespace = used
            .reference
            .namespace
            .as_deref()
            .unwrap_or(&used.subject.namespace);
        namespaces
            .entry(namespace)
            .or_default()
            .entry((used.subject.short(), used.reference.secret.as_str()))
            .or_default()
            .insert(how(&used.reference.usage));
    }
    namespaces
        .into_iter()
        .filter_map(|(namespace, uses)| picture(inventory, namespace, &uses))
        .collect()
}

fn picture(
    inventory: &Inventory,
    namespace: &str,
    uses: &BTreeMap<(String, &str), BTreeSet<&'static str>>,
) -> Option<Picture> {
    let users: BTreeSet<_> = uses.keys().map(|(user, _)| user.as_str()).collect();
    let secrets: BTreeSet<_> = uses.keys().map(|(_, secret)| *secret).collect();
    if users.len().max(secrets.len()) > MOST_LABELS {
        return None;
    }
    let row = |index: usize| ROW / 2 + index * ROW;
    let at = |all: &BTreeSet<&str>, name: &str| {
        row(all
            .iter()
            .position(|known| *known == name)
            .unwrap_or_default())
    };
    Some(Picture {
        namespace: safe(namespace),
        height: users.len().max(secrets.len()) * ROW,
        users: users
            .iter()
            .enumerate()
            .map(|(index, user)| Label {
                short: shortened(user),
                text: safe(user),
                y: row(index),
                class: "user",
            })
            .collect(),
        secrets: secrets
            .iter()
            .enumerate()
            .map(|(index, secret)| Label {
                short: shortened(secret),
                text: safe(secret),
                y: row(index),
                class: match inventory.lookup(namespace, secret) {
                    Lookup::Present(_) | Lookup::Expected(_) => "present",
                    Lookup::Missing => "missing",
                    Lookup::Unknown(_) => "unknown",
                },
            })
            .collect(),
        lines: uses
            .iter()
            .map(|((user, secret), hows)| {
                let words: Vec<_> = hows.iter().copied().collect();
                Line {
                    from: at(&users, user),
                    to: at(&secrets, secret),
                    class: if words.contains(&"variable") {
                        "env"
                    } else {
                        "file"
                    },
                    what: safe(&format!("{user} uses {secret} as {}", words.join(", "))),
                }
            })
            .collect(),
    })
}

fn how(usage: &Usage) -> &'static str {
    match usage {
        Usage::Variable { .. } | Usage::AllVariables { .. } => "variable",
        Usage::Volume { .. } | Usage::Projected { .. } => "file",
        Usage::Storage { .. } => "storage credentials",
        Usage::ImagePull | Usage::ServiceAccountPull => "pull secret",
        Usage::ServiceAccountSecret => "token",
        Usage::IngressTls | Usage::Gateway => "TLS certificate",
        Usage::IngressAnnotation { .. } | Usage::Custom { .. } => "reference",
    }
}
