//! `cargo bench --bench allocator --profile dev`: what wiping freed blocks costs. The
//! program as it is released against the same one whose allocator does not wipe, in
//! CPU time and, where valgrind is installed, in instructions.
//!
//! Both are built here, in a folder of their own and without what benches need: only
//! the last crate of the second is compiled with another flag. `SECRETSAFE_PROGRAM`
//! names a release that is measured instead of the first. With the profile named,
//! cargo does not build a third one before.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/deployments.rs"]
#[expect(dead_code, reason = "only the file is needed")]
mod deployments;
#[expect(dead_code, reason = "what is timed here is CPU time")]
mod timing;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use deployments::{DEPLOYMENTS, manifest};
use timing::{ROUNDS, command};

/// Bytes of the larger value: little less than a Secret holds.
const LARGE: usize = 900 * 1024;

/// The most CPU time that the wiping may take, as a part of all without it.
const MOST: f64 = 1.1;

/// What is measured.
struct Run<'a> {
    what: &'a str,
    words: &'a [&'a str],
    /// Runs that are measured as one: the clock has a thousandth of a second.
    times: usize,
}

fn main() -> ExitCode {
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let written = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("a file");
        path.to_str().expect("the folder's name is text").to_owned()
    };
    let small = format!(
        "--from-file=password={}",
        written("small", b"correct horse battery staple")
    );
    let mut bytes = vec![0; LARGE];
    getrandom::fill(&mut bytes).expect("random bytes");
    let large = format!("--from-file=password={}", written("large", &bytes));
    let file = written("deployments.yaml", manifest().as_bytes());
    let deployments = format!("doctor -f, {DEPLOYMENTS} Deployments");

    let named = std::env::var_os("SECRETSAFE_PROGRAM").map(PathBuf::from);
    let wiping = named.unwrap_or_else(|| built("wiping", &[]));
    let plain = built("plain", &["--", "--cfg", "plain_allocator"]);
    for run in [
        Run {
            what: "create --dry-run=client, 28 bytes",
            words: &["create", "s", &small, "--dry-run=client"],
            times: 20,
        },
        Run {
            what: "create --dry-run=client, 900 KiB",
            words: &["create", "s", &large, "--dry-run=client"],
            times: 20,
        },
        Run {
            what: &deployments,
            words: &["doctor", "-f", &file],
            times: 1,
        },
    ] {
        println!("{}", told(&run, [&wiping, &plain]));
    }
    ExitCode::SUCCESS
}

/// The program as a release builds it, with these flags for its last crate.
fn built(name: &str, flags: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("allocator");
    println!("building the {name} one");
    let status = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["rustc", "--release", "--locked", "--quiet"])
        .args(["--bin", "kubectl-secretsafe", "--target-dir"])
        .arg(&target)
        .args(flags)
        .status();
    assert!(status.is_ok_and(|status| status.success()), "it is built");
    let program = target.join(name);
    fs::copy(target.join("release/kubectl-secretsafe"), &program).expect("a copy");
    program
}

/// One line about a run of both.
fn told(run: &Run<'_>, programs: [&Path; 2]) -> String {
    let mut seconds = [Vec::new(), Vec::new()];
    let mut ratios = Vec::new();
    // Both alternate, so that a slow moment hits both.
    for _ in 0..ROUNDS {
        let pair = programs.map(|program| cpu(program, run));
        ratios.push(pair[0] / pair[1]);
        for (all, one) in seconds.iter_mut().zip(pair) {
            all.push(one);
        }
    }
    let [wiping, plain] = seconds.map(median);
    let instructions = match programs.map(|program| instructions(program, run)) {
        [Some(wiping), Some(plain)] => format!(
            "{:.1} and {:.1} million instructions, ratio {:.3}",
            wiping / 1e6,
            plain / 1e6,
            wiping / plain
        ),
        _ => "instructions not counted".to_owned(),
    };
    let ratio = median(ratios);
    let verdict = if ratio <= MOST { "met" } else { "NOT MET" };
    format!(
        "{}: wiping {:.2} ms, plain {:.2} ms of CPU time, ratio {ratio:.3} (median of {ROUNDS} pairs), at most {MOST} {verdict}; {instructions}",
        run.what,
        wiping * 1e3,
        plain * 1e3,
    )
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// CPU seconds of one run, user and system, all threads: bash tells thousandths.
fn cpu(program: &Path, run: &Run<'_>) -> f64 {
    const SCRIPT: &str = r#"
        times=$1; shift
        TIMEFORMAT="%3U %3S"
        time for ((i = 0; i < times; i++)); do "$@" >/dev/null 2>&1 </dev/null; done
    "#;
    let times = run.times.to_string();
    let mut bash = command(
        Path::new("bash"),
        Path::new("/dev/null"),
        &["-c", SCRIPT, "bash", &times],
    );
    let output = bash.arg(program).args(run.words).output();
    let text = output.expect("bash runs").stderr;
    let seconds: f64 = String::from_utf8_lossy(&text)
        .split_whitespace()
        .map(|part| part.parse().unwrap_or(f64::NAN))
        .sum();
    seconds / run.times as f64
}

/// Instructions of one run, or nothing where valgrind cannot count them.
fn instructions(program: &Path, run: &Run<'_>) -> Option<f64> {
    let mut valgrind = command(
        Path::new("valgrind"),
        Path::new("/dev/null"),
        &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
    );
    let output = valgrind
        .arg(program)
        .args(run.words)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let (_, number) = text.split_once("Collected : ")?;
    number.split_whitespace().next()?.parse().ok()
}
