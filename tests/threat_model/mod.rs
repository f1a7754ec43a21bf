//! The figures of the threat model, which are those of `docs/security-tests.md`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::check;

const PATH: &str = "docs/threat-model.md";
const BEGIN: &str =
    "<!-- Figures: UPDATE_GENERATED=1 cargo test --test generated. Do not edit. -->\n";
const END: &str = "<!-- End of the figures. -->\n";

/// What a reader asks first, and the rows that answer it.
const CHOSEN: [(&str, &[&str]); 5] = [
    ("Memory", &["M1", "M2", "M4", "M6", "M8", "M9"]),
    (
        "Output and processes",
        &["L1", "L4", "L6", "L7", "L8", "L9"],
    ),
    ("Files", &["S1", "S4", "S5", "S7", "S14"]),
    ("Input and servers", &["I6", "I7", "I12"]),
    ("Network", &["N1", "N2", "N8", "N11"]),
];

/// A row of the tables of figures: its command, and its cells.
struct Figure<'t> {
    command: &'t str,
    cells: Vec<&'t str>,
}

/// The rows with four cells below each command, the first one of each id.
fn figures(text: &str) -> Vec<Figure<'_>> {
    let mut command = None;
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            command = heading
                .strip_prefix('`')
                .and_then(|rest| rest.strip_suffix('`'));
        }
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        if let (Some(command), 4) = (command, cells.len()) {
            found.push(Figure { command, cells });
        }
    }
    found
}

#[test]
fn the_figures_of_the_threat_model() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let tests = read("docs/security-tests.md");
    let figures = figures(&tests);
    let mut table = String::from(
        "\n| Row | What holds | Measured | If protection is off |\n|---|---|---|---|\n",
    );
    let mut commands: Vec<&str> = Vec::new();
    for (group, rows) in CHOSEN {
        let _ = writeln!(table, "| | **{group}** | | |");
        for id in rows {
            let row = figures.iter().find(|figure| figure.cells[0] == *id);
            let row = row.unwrap_or_else(|| panic!("there is no figure of {id}"));
            let number = commands.iter().position(|known| *known == row.command);
            let number = number.unwrap_or_else(|| {
                commands.push(row.command);
                commands.len() - 1
            });
            let mark = "*".repeat(number);
            let mark = mark.replace('*', "\\*");
            let [_, holds, measured, control] = row.cells[..] else {
                panic!("{id} has other cells");
            };
            let _ = writeln!(table, "| {id}{mark} | {holds} | {measured} | {control} |");
        }
    }
    table += "\nThe command that repeats them: ";
    for (number, command) in commands.iter().enumerate() {
        let mark = "\\*".repeat(number);
        let _ = match number {
            0 => write!(table, "`{command}`"),
            _ => write!(table, "; of rows with {mark}: `{command}`"),
        };
    }
    table += ".\n\n";
    let page = read(PATH);
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    check(
        PATH,
        format!("{before}{BEGIN}{table}{END}{after}").as_bytes(),
    );
}
