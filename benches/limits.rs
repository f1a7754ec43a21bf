//! `cargo bench --bench limits`: what reading manifests costs, against the least that
//! it can cost: the bare events of libyaml, the C library. In CPU time, memory and
//! system calls, over a thousand Deployments in one file; and what starting costs.
//!
//! Needs a C compiler and libyaml (Debian's `libyaml-dev`); system calls are counted
//! where strace is installed.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/deployments.rs"]
#[expect(dead_code, reason = "only the file is needed")]
mod deployments;
#[path = "timing/page.rs"]
mod page;
#[path = "timing/program.rs"]
mod program;
#[expect(dead_code, reason = "what is timed here is CPU time")]
mod timing;
#[path = "timing/usage.rs"]
mod usage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use deployments::{DEPLOYMENTS, manifest};
use page::{Page, Row};
use timing::{ROUNDS, command};

/// Nothing here asks a cluster.
const NO_CLUSTER: &str = "/dev/null";
/// How many times the text a run may take of memory.
const MOST_MEMORY: f64 = 30.0;

struct Run<'a> {
    what: &'static str,
    words: &'a [&'a str],
    /// How many times the time of the bare events.
    most: f64,
    /// Whether it changes its file, which is laid anew for each round.
    changes: Changes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Changes {
    Nothing,
    TheFile,
}

fn main() -> ExitCode {
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let events = match reference(folder.path()) {
        Ok(program) => program,
        Err(why) => {
            println!("not measured: {why}");
            return ExitCode::FAILURE;
        }
    };
    let text = manifest();
    let path = folder.path().join("deployments.yaml");
    fs::write(&path, &text).expect("a file");
    let file = path.to_str().expect("the folder's name is text");
    let program = &program::program();
    let mebibytes = text.len() as f64 / 1024.0 / 1024.0;
    let mut page = Page::new(format!(
        "{DEPLOYMENTS} Deployments and {} Secrets in one file of {mebibytes:.2} MiB",
        DEPLOYMENTS / 10
    ));
    for run in [
        Run {
            what: "`doctor -f`",
            words: &["doctor", "-f", file],
            most: 2.5,
            changes: Changes::Nothing,
        },
        Run {
            what: "`consumers -f`",
            words: &["consumers", "secret/db-0", "-f", file],
            most: 2.5,
            changes: Changes::Nothing,
        },
        Run {
            what: "`migrate`, plan and diff",
            words: &["migrate", "-f", file],
            most: 4.0,
            changes: Changes::Nothing,
        },
        Run {
            what: "`migrate --write`",
            words: &[
                "migrate",
                "-f",
                file,
                "--complete",
                "--reads-files",
                "all",
                "--write",
                "--yes",
            ],
            most: 4.0,
            changes: Changes::TheFile,
        },
    ] {
        let least = || command(&events, Path::new(NO_CLUSTER), &[file]);
        let ours = || {
            if run.changes == Changes::TheFile {
                fs::write(&path, &text).expect("a file");
            }
            command(program, Path::new(NO_CLUSTER), run.words)
        };
        // The events are always those of the file as it was.
        let figures = pairs(&least, &ours);
        page.add(Row {
            what: run.what.to_owned(),
            ours: format!("{:.1} ms of CPU", figures.ours * 1e3),
            limit: format!("events of libyaml, {:.1} ms", figures.least * 1e3),
            ratio: figures.ratio,
            goal: run.most,
        });
        let memory = usage::memory(&ours());
        page.add(Row {
            what: format!("{}, memory", run.what),
            ours: format!("{memory:.1} MiB"),
            limit: "the text".to_owned(),
            ratio: memory / mebibytes,
            goal: MOST_MEMORY,
        });
        page.note(format!(
            "{}: {:.0} system calls",
            run.what,
            usage::calls(&ours())
        ));
    }
    page.finish("limits");
    started(program, folder.path());
    ExitCode::SUCCESS
}

/// What starting costs, against a program that does nothing.
fn started(program: &Path, folder: &Path) {
    /// Runs that are measured as one: the clock has a thousandth of a second.
    const TIMES: &str = "20";
    const SCRIPT: &str = r#"
        for ((i = 0; i < $1; i++)); do "${@:2}" >/dev/null 2>&1 </dev/null; done
    "#;
    let size = fs::metadata(program).map_or(f64::NAN, |found| found.len() as f64);
    let mut page = Page::new(format!(
        "Start; the program has {:.1} MB",
        size / 1_000_000.0
    ));
    // kubectl finds what completes our words by its name.
    let completing = folder.join("kubectl_complete-secretsafe");
    std::os::unix::fs::symlink(program, &completing).expect("a link");
    let [name, completing] = [program, &completing].map(|path| path.to_str().expect("it is text"));
    for (what, words, goal) in [
        ("`--help`", [name, "--help"].as_slice(), 2.0),
        ("completion of a flag", &[completing, "doctor", "--"], 10.0),
    ] {
        let repeated = |words: &[&str]| {
            let words = [&["-c", SCRIPT, "bash", TIMES][..], words].concat();
            command(Path::new("bash"), Path::new(NO_CLUSTER), &words)
        };
        let nothing = || repeated(&["/bin/true"]);
        let ours = || repeated(words);
        let figures = pairs(&nothing, &ours);
        let times: f64 = TIMES.parse().expect("a number");
        let [least, ours] = [figures.least, figures.ours].map(|seconds| seconds * 1e3 / times);
        page.add(Row {
            what: what.to_owned(),
            ours: format!("{ours:.2} ms of CPU"),
            limit: format!("one millisecond (`/bin/true` takes {least:.2})"),
            ratio: ours,
            goal,
        });
    }
    page.finish("start");
}

struct Figures {
    /// Medians, in CPU seconds.
    least: f64,
    ours: f64,
    /// The median of the ratios of pairs.
    ratio: f64,
}

/// Both in turn, so that a slow moment hits both.
fn pairs(least: &dyn Fn() -> Command, ours: &dyn Fn() -> Command) -> Figures {
    let pairs: Vec<[f64; 2]> = (0..ROUNDS)
        .map(|_| {
            let least = usage::cpu(&least());
            [least, usage::cpu(&ours())]
        })
        .collect();
    let median = |pick: &dyn Fn(&[f64; 2]) -> f64| {
        let mut all: Vec<f64> = pairs.iter().map(pick).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    Figures {
        least: median(&|pair| pair[0]),
        ours: median(&|pair| pair[1]),
        ratio: median(&|pair| pair[1] / pair[0]),
    }
}

/// The program that only takes the events, compiled.
fn reference(folder: &Path) -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/reference/events.c");
    let program = folder.join("events");
    let mut compiler = Command::new("cc");
    compiler.args(["-O2", "-o"]).arg(&program).arg(&source);
    match compiler.arg("-lyaml").output() {
        Ok(output) if output.status.success() => Ok(program),
        Ok(output) => Err(format!(
            "{} cannot be compiled (it needs libyaml-dev): {}",
            source.display(),
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) => Err(format!("cc cannot be started: {error}")),
    }
}
