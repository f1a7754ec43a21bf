//! The page: as `doctor`'s, no script, nothing loaded. A list of namespaces filters it by
//! style alone; a browser that does not know how shows all of them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use askama::Template;

use crate::auditing::{self, Due, Report};
use crate::inventory::Scope;
use crate::output::text::blind_spots;
use crate::ui::escape_controls as safe;

use super::{LIMITS, words};

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    when: String,
    max_age: String,
    overdue: usize,
    keys: usize,
    secrets: usize,
    undated: usize,
    complete: bool,
    has_receipts: bool,
    /// Of all clusters; the filter names them by their place.
    namespaces: Vec<String>,
    parts: Vec<PartView>,
    not_seen: Vec<String>,
    limits: &'static [&'static str],
}

struct PartView {
    cluster: String,
    groups: Vec<Group>,
}

struct Group {
    /// The place of the namespace in the filter.
    number: usize,
    namespace: String,
    overdue: usize,
    rows: Vec<RowView>,
}

struct RowView {
    class: &'static str,
    key: String,
    level: String,
    by: String,
    age: String,
    due: String,
    on: String,
    writer: String,
    consumers: String,
    readers: String,
    first: String,
    copies: String,
    receipt: String,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let parts = || report.parts.iter();
    let mut numbers: BTreeMap<&str, usize> = parts()
        .flat_map(|part| &part.rows)
        .map(|row| (row.secret.namespace.as_str(), 0))
        .collect();
    for (place, number) in numbers.values_mut().enumerate() {
        *number = place;
    }
    let refused = parts().flat_map(|part| &part.refused);
    let page = Page {
        when: report.parts.first().map_or(String::new(), |part| {
            let now = part.inventory.now;
            now.strftime("%Y-%m-%d %H:%M UTC").to_string()
        }),
        max_age: words::duration(report.max_age),
        overdue: parts().map(auditing::Part::overdue).sum(),
        keys: parts().map(|part| part.rows.len()).sum(),
        secrets: parts().map(|part| part.secrets).sum(),
        undated: parts().map(auditing::Part::undated).sum(),
        complete: report.outcome.is_complete(),
        has_receipts: report.has_receipts,
        namespaces: numbers.keys().map(|name| safe(name)).collect(),
        parts: parts().map(|one| part(one, &numbers)).collect(),
        not_seen: blind_spots(&report.problems, &report.unreachable, refused),
        limits: &LIMITS,
    };
    page.write_into(out).map_err(io::Error::other)
}

fn part(part: &auditing::Part, numbers: &BTreeMap<&str, usize>) -> PartView {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &part.rows {
        let namespace = row.secret.namespace.as_str();
        // The namespace with the most urgent key first.
        let place = *places.entry(namespace).or_insert_with(|| {
            groups.push(Group {
                number: numbers[namespace],
                namespace: safe(namespace),
                overdue: 0,
                rows: Vec::new(),
            });
            groups.len() - 1
        });
        let group = &mut groups[place];
        group.overdue += usize::from(matches!(row.due, Due::Overdue(_)));
        group.rows.push(view(part, row));
    }
    PartView {
        cluster: match &part.inventory.scope {
            Scope::Cluster { name, .. } => safe(name),
            Scope::Files(_) => String::new(),
        },
        groups,
    }
}

fn view(part: &auditing::Part, row: &auditing::Row) -> RowView {
    let now = part.inventory.now;
    let by = row
        .owned
        .as_ref()
        .ok()
        .and_then(|owned| owned.by.as_deref());
    RowView {
        class: match row.due {
            Due::Overdue(_) => "overdue",
            Due::NotKnown => "undated",
            Due::On(_) | Due::NotBefore(_) => "well",
        },
        key: words::key(row),
        level: words::level(row),
        by: by.map_or_else(String::new, words::safe),
        age: words::age(row, now),
        due: words::due(row, now),
        on: match row.due {
            Due::Overdue(time) | Due::On(time) => words::date(time),
            Due::NotBefore(_) | Due::NotKnown => String::new(),
        },
        writer: words::writer(row),
        consumers: words::consumers(row),
        readers: words::readers(row),
        first: words::first_readers(row),
        copies: words::copies(row),
        receipt: words::receipt(row),
    }
}
