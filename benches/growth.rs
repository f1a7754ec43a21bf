//! `cargo bench --bench growth`: how CPU time, memory and system calls grow with the
//! input, up to 100,000 workloads, for shapes that invite looking at everything for each
//! thing. The figure is the slope of the logarithms over that of the text's bytes: 1 is
//! linear, 2 is quadratic.
//!
//! `-- WORDS` measures only the shapes whose names contain them.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/cost.rs"]
mod cost;
#[path = "timing/page.rs"]
mod page;
#[path = "timing/program.rs"]
mod program;
#[path = "timing/shapes.rs"]
mod shapes;
#[path = "timing/usage.rs"]
mod usage;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use cost::{Cost, cost};
use page::{Page, Row};
use shapes::{Files, SHAPES, Shape};

/// The inputs are so many times smaller than the largest.
const STEPS: [usize; 3] = [16, 4, 1];
/// The steepest slope that is linear.
const MOST: f64 = 1.05;
/// Below this many CPU seconds a run tells nothing of growth.
const SHORT: f64 = 0.05;
/// What showing the diff may cost at most, in runs that only write.
const MOST_FOR_DIFF: f64 = 1.5;

fn main() -> ExitCode {
    // `cargo test --benches` runs every bench once, only to see that it works.
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    // cargo adds flags of its own harness.
    let wanted: Vec<_> = words
        .iter()
        .filter(|word| !word.starts_with("--"))
        .collect();
    let program = &program::program();
    let mut page = Page::new(
        "Slopes of log CPU, log memory and log system calls over the log of the bytes".to_owned(),
    );
    let is_wanted = |shape: &&Shape| {
        let mut words = wanted.iter();
        wanted.is_empty() || words.any(|word| shape.what.contains(word.as_str()))
    };
    for shape in SHAPES.iter().filter(is_wanted) {
        measure(program, shape, &mut page);
    }
    if wanted.is_empty() {
        diff(program, &mut page);
        page.finish("growth");
    }
    ExitCode::SUCCESS
}

fn measure(program: &Path, shape: &Shape, page: &mut Page) {
    let mut points: Vec<Vec<(f64, Cost)>> = shape.commands.iter().map(|_| Vec::new()).collect();
    for step in STEPS {
        let files = (shape.make)(shape.largest / step);
        let folder = laid_out(&files);
        let bytes = bytes(&files);
        for (words, points) in shape.commands.iter().zip(&mut points) {
            let cost = cost(&|| ours(program, words, folder.path()));
            points.push((bytes, cost));
        }
    }
    for (words, points) in shape.commands.iter().zip(points) {
        let Some((_, largest)) = points.last() else {
            continue;
        };
        let long: Vec<_> = points
            .iter()
            .filter(|(_, cost)| cost.seconds >= SHORT)
            .collect();
        let of = |pick: &dyn Fn(&Cost) -> f64| {
            slope(long.iter().map(|(bytes, cost)| (*bytes, pick(cost))))
        };
        let command = words.first().copied().unwrap_or_default();
        page.add(Row {
            what: format!("{} {}, `{command}`", shape.largest, shape.what),
            ours: format!("{:.2} s, {:.0} MiB", largest.seconds, largest.memory),
            limit: "as steep as the text".to_owned(),
            ratio: of(&|cost| cost.seconds),
            goal: MOST,
        });
        page.note(format!(
            "{} {}, `{command}`: memory {:.2}, system calls {:.2}",
            shape.largest,
            shape.what,
            of(&|cost| cost.memory),
            of(&|cost| cost.calls),
        ));
    }
}

/// The slope of the line through the logarithms (least squares).
fn slope(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let points: Vec<(f64, f64)> = points.map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = points.len() as f64;
    let mean = |pick: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (x, y) = (mean(&|point| point.0), mean(&|point| point.1));
    let rise: f64 = points
        .iter()
        .map(|point| (point.0 - x) * (point.1 - y))
        .sum();
    rise / points
        .iter()
        .map(|point| (point.0 - x).powi(2))
        .sum::<f64>()
}

fn bytes(files: &Files) -> f64 {
    files.iter().map(|(_, text)| text.len()).sum::<usize>() as f64
}

/// Plan and diff, which are the default, against writing without them.
fn diff(program: &Path, page: &mut Page) {
    let files = shapes::apps(400);
    let target = tempfile::tempdir().expect("a folder");
    let target = target.path().to_str().expect("the name is text");
    let folder = laid_out(&files);
    let run = |words: &[&str]| cost(&|| ours(program, words, folder.path()));
    let shown = run(&["migrate"]);
    // The same files again in every round, which are written elsewhere.
    let written = run(&["migrate", "--output-dir", target, "--yes"]);
    page.add(Row {
        what: "400 apps, `migrate` with plan and diff".to_owned(),
        ours: format!("{:.2} s", shown.seconds),
        limit: format!("writing them, {:.2} s", written.seconds),
        ratio: shown.seconds / written.seconds,
        goal: MOST_FOR_DIFF,
    });
}

fn ours(program: &Path, words: &[&str], folder: &Path) -> Command {
    let folder = folder.to_str().expect("the name is text");
    let mut all = words.to_vec();
    all.extend(["-f", folder, "-R"]);
    let mut command = Command::new(program);
    // Nothing here asks a cluster.
    command.args(&all).env("KUBECONFIG", "/dev/null");
    command
}

fn laid_out(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}
