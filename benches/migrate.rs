//! `cargo bench --bench migrate`: a thousand Deployments in one file, planned,
//! rewritten and checked, against kubectl, which only takes the variable away
//! and loses the comments, in one run.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/deployments.rs"]
mod deployments;
#[path = "timing/program.rs"]
mod program;
mod timing;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use testcluster::binaries::Binaries;

use deployments::{DEPLOYMENTS, Goals, manifest};
use timing::{ROUNDS, command, compare, told};

fn main() -> ExitCode {
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let [before, after] = ["before.yaml", "after.yaml"].map(|name| folder.path().join(name));
    let text = manifest();
    fs::write(&before, &text).expect("a file");
    println!(
        "{DEPLOYMENTS} Deployments, {:.2} MiB",
        text.len() as f64 / 1024.0 / 1024.0
    );
    let [old, new] = [&before, &after].map(|path| path.to_str().expect("the name is text"));
    // Nothing here asks a cluster.
    let none = Path::new("/dev/null");
    let kubectl = Binaries::locate()
        .expect("kubectl is built")
        .path("kubectl");
    let theirs = |_| {
        let words = [
            "set",
            "env",
            "--local",
            "-f",
            old,
            "-o",
            "yaml",
            "DB_PASSWORD-",
        ];
        command(&kubectl, none, &words)
    };
    let program = &program::program();
    let ours = |_| {
        // Each round has everything to do again.
        fs::write(&after, &text).expect("a file");
        let words = [
            "migrate",
            "-f",
            new,
            "--complete",
            "--reads-files",
            "all",
            "--write",
            "--yes",
        ];
        command(program, none, &words)
    };
    let figures = compare(ROUNDS, &theirs, &ours);
    println!("{}", told("migrate --write", "kubectl set env", figures));
    let goals = Goals {
        seconds: 0.15,
        memory: 60.0,
        ratio: 4.0,
    };
    println!("{}", goals.against("kubectl", figures));
    let written = fs::read_to_string(&after).expect("a file");
    println!(
        "  variables from Secrets: {} before, {} after",
        text.matches("secretKeyRef").count(),
        written.matches("secretKeyRef").count()
    );
    ExitCode::SUCCESS
}
