//! `cargo bench --bench growth`: what happens to CPU time and system calls when
//! the input grows fourfold, for shapes that invite looking at everything for
//! each thing. Four is linear; nothing here may be much above it.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/cost.rs"]
mod cost;
#[path = "timing/shapes.rs"]
mod shapes;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use cost::{Cost, cost};
use shapes::{Files, SHAPES};

/// How much larger the larger input is.
const FACTOR: usize = 4;
/// What a fourfold input may cost at most; of one that grows otherwise, as many
/// times the bytes.
const MOST: f64 = 4.5;
/// Below this many CPU seconds a run tells nothing of growth.
const SHORT: f64 = 0.05;
/// What showing the diff may cost at most, in runs that only write.
const MOST_FOR_DIFF: f64 = 1.5;

fn main() -> ExitCode {
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let program = Path::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
    println!(
        "input, command: CPU seconds and system calls; those of {FACTOR} times as much; ratios"
    );
    for shape in SHAPES {
        let inputs = [shape.size, shape.size * FACTOR].map(|size| (shape.make)(size));
        let [small, large] = inputs.each_ref().map(laid_out);
        let [few, more] = inputs.each_ref().map(bytes);
        for words in shape.commands {
            let [one, many] =
                [&small, &large].map(|folder| cost(&|| ours(program, words, folder.path())));
            println!(
                "{} {}, {}: {}",
                shape.size,
                shape.what,
                words.join(" "),
                growth(one, many, more / few)
            );
        }
    }
    diff(program);
    ExitCode::SUCCESS
}

fn growth(one: Cost, many: Cost, bytes: f64) -> String {
    let time = many.seconds / one.seconds;
    let calls = many.calls / one.calls;
    let most = MOST * bytes / FACTOR as f64;
    let verdict = match time <= most {
        _ if one.seconds < SHORT => "too short to tell",
        true => "met",
        false => "NOT MET",
    };
    format!(
        "{:.3} s, {} calls; {:.3} s, {} calls; bytes {bytes:.1}, time {time:.1}, calls {calls:.1}; at most {most:.1} {verdict}",
        one.seconds, one.calls, many.seconds, many.calls
    )
}

fn bytes(files: &Files) -> f64 {
    files.iter().map(|(_, text)| text.len()).sum::<usize>() as f64
}

/// Plan and diff, which are the default, against writing without them.
fn diff(program: &Path) {
    let files = shapes::apps(400);
    let target = tempfile::tempdir().expect("a folder");
    let target = target.path().to_str().expect("the name is text");
    let folder = laid_out(&files);
    let run = |words: &[&str]| cost(&|| ours(program, words, folder.path()));
    let shown = run(&["migrate"]);
    // The same files again in every round, which are written elsewhere.
    let written = run(&["migrate", "--output-dir", target, "--yes"]);
    let ratio = shown.seconds / written.seconds;
    let verdict = if ratio <= MOST_FOR_DIFF {
        "met"
    } else {
        "NOT MET"
    };
    println!(
        "plan and diff {:.3} s, writing {:.3} s: ratio {ratio:.2}; at most {MOST_FOR_DIFF} {verdict}",
        shown.seconds, written.seconds
    );
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
