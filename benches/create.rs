//! `cargo bench --bench create`: ratios against the test cluster's own
//! kubectl, in the same run, on the same machine.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

#[path = "timing/program.rs"]
mod program;
mod timing;

use std::fs;
use std::process::ExitCode;

use testcluster::{Cluster, NodeWish};

use timing::{Make, ROUNDS, command, compare, told};

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    // `cargo test --benches` runs every bench once, only to see that it works.
    if std::env::args().any(|word| word == "--test") {
        return ExitCode::SUCCESS;
    }
    let cluster = Cluster::start(NodeWish::ControlPlaneOnly).expect("the cluster starts");
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("password");
    fs::write(&source, "correct horse battery staple").expect("a file");
    let ours = program::program();
    let kubectl = cluster.kubectl().to_owned();
    let namespace = cluster.namespace("bench");
    let kubeconfig = namespace.kubeconfig();
    let file = format!("--from-file=password={}", source.display());

    report(
        "--help",
        &|_| {
            command(
                &kubectl,
                &kubeconfig,
                &["create", "secret", "generic", "--help"],
            )
        },
        &|_| command(&ours, &kubeconfig, &["create", "--help"]),
    );
    report(
        "create --dry-run=client",
        &|_| {
            command(
                &kubectl,
                &kubeconfig,
                &[
                    "create",
                    "secret",
                    "generic",
                    "s",
                    &file,
                    "--dry-run=client",
                    "-o",
                    "yaml",
                ],
            )
        },
        &|_| {
            command(
                &ours,
                &kubeconfig,
                &["create", "s", &file, "--dry-run=client", "-o", "yaml"],
            )
        },
    );
    report(
        "create on the real server (ours reads back)",
        &|round| {
            command(
                &kubectl,
                &kubeconfig,
                &["create", "secret", "generic", &format!("k{round}"), &file],
            )
        },
        &|round| command(&ours, &kubeconfig, &["create", &format!("s{round}"), &file]),
    );
    ExitCode::SUCCESS
}

fn report(what: &str, theirs: Make<'_>, ours: Make<'_>) {
    let figures = compare(ROUNDS, theirs, ours);
    println!("{}", told(what, "kubectl", figures));
}
