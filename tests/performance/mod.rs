//! `docs/performance.md`, from the tables that benches keep.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// A table of `benches/figures`, what it is about, and the bench that writes it.
const PARTS: &[(&str, &str, &str)] = &[
    (
        "limits",
        "Files, against the least that reading them can cost",
        "limits",
    ),
    ("start", "Start", "limits"),
    ("growth", "Growth", "growth"),
    ("rotate", "Rotation", "rotate"),
];

const HEAD: &str = "\
# Performance

What the program takes of time and memory, against limits that were measured in the same
run: CPU time and memory say more than wall time, which depends on what else a machine
does. Each table is written by a command; a figure is the median of pairs unless it says
otherwise. A ratio is ours divided by the limit.

`SECRETSAFE_PROGRAM` names the program that is measured, such as a release; without it,
cargo builds one first. With `UPDATE_FIGURES=1` a bench keeps its tables below
`benches/figures`, and `UPDATE_GENERATED=1 cargo test --test generated` makes this page of
them.
";

/// The page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for (name, title, bench) in PARTS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/figures/{name}.md"));
        let table = fs::read_to_string(file);
        let table = table.as_deref().unwrap_or("It was not measured yet.\n");
        write!(
            page,
            "\n## {title}\n\n```sh\ncargo bench --bench {bench}\n```\n\n{table}"
        )
        .expect("a text grows");
    }
    page
}
