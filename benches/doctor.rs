//! `cargo bench --bench doctor`: `doctor -f` over a thousand Deployments
//! against kubectl's listing of their variables and against checkov's check
//! for Secrets as variables, in one run.
//!
//! kubectl is the test cluster's; checkov comes from PyPI into a folder under
//! `target`, and is left out where that cannot be done.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/deployments.rs"]
mod deployments;
#[path = "timing/program.rs"]
mod program;
mod timing;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use testcluster::binaries::Binaries;

use deployments::{DEPLOYMENTS, Goals, manifest};
use timing::{ROUNDS, command, compare, told};

/// checkov takes seconds.
const CHECKOV_ROUNDS: usize = 3;
const CHECKOV: &str = "checkov==3.3.30";
const SECRETS_AS_VARIABLES: &str = "CKV_K8S_35";

fn main() -> ExitCode {
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("deployments.yaml");
    let text = manifest();
    fs::write(&file, &text).expect("a file");
    println!(
        "{DEPLOYMENTS} Deployments, {:.2} MiB",
        text.len() as f64 / 1024.0 / 1024.0
    );
    let file = file.to_str().expect("the folder's name is text");
    // The file part asks no cluster.
    let none = Path::new("/dev/null");
    let program = &program::program();
    let ours = |_| command(program, none, &["doctor", "-f", file]);

    let kubectl = Binaries::locate()
        .expect("kubectl is built")
        .path("kubectl");
    let list = |_| {
        let words = ["set", "env", "--local", "--list", "-f", file];
        command(&kubectl, none, &words)
    };
    let figures = compare(ROUNDS, &list, &ours);
    println!("{}", told("doctor -f", "kubectl set env --list", figures));
    println!("{}", goals(4.0).against("kubectl", figures));

    match checkov() {
        Ok(checkov) => {
            let check = |_| {
                let words = ["--check", SECRETS_AS_VARIABLES, "--framework", "kubernetes"];
                let mut command = command(&checkov, none, &words);
                command.args(["--quiet", "--compact", "--skip-download", "-f", file]);
                command
            };
            let figures = compare(CHECKOV_ROUNDS, &check, &ours);
            println!("{}", told("doctor -f", "checkov", figures));
            println!("{}", goals(50.0).against("checkov", figures));
        }
        Err(why) => println!("checkov is left out: {why}"),
    }
    ExitCode::SUCCESS
}

fn goals(ratio: f64) -> Goals {
    Goals {
        seconds: 0.1,
        memory: 40.0,
        ratio,
    }
}

/// checkov's program, installed under `target` by the first run.
fn checkov() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checkov");
    let program = folder.join("bin/checkov");
    if !program.is_file() {
        println!("installing {CHECKOV} into {}", folder.display());
        step(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        step(Command::new(folder.join("bin/pip")).args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            CHECKOV,
        ]))?;
    }
    Ok(program)
}

fn step(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!(
            "{program} failed: {}",
            String::from_utf8_lossy(&output.stderr)
                .lines()
                .last()
                .unwrap_or_default()
        )),
        Err(error) => Err(format!("{program} cannot be started: {error}")),
    }
}
