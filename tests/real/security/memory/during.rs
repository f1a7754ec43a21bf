//! M4, M11: what memory holds while a request is on its way.

use std::fs;
use std::io::Write;
use std::path::Path;

use libtest_mimic::Trial;
use testcluster::fault::{Fault, FaultServer, Rule, When};

use super::held::{wait_until, writable_memory};
use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, program, root_trial, trial};

/// One buffer with the value, one with the body of the request, and what TLS
/// makes of it.
const COPIES: usize = 4;

pub fn trials() -> Vec<Trial> {
    vec![
        root_trial("security::m4_copies_during_the_request", copies_during),
        trial("security::m11_no_memory_need_be_locked", nothing_locked),
    ]
}

/// Shows M4. Seen to fail with five copies kept.
fn copies_during() {
    let server = FaultServer::start();
    server.script(
        Rule::on("PATCH".parse().unwrap())
            .path("secrets")
            .fault(Fault::Stall(When::BeforeCommit)),
    );
    let value = Canary::new(64);
    let mut child = Invocation::of(server.kubeconfig())
        .words("create held --stdin value")
        .command()
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(value.text().as_bytes()).unwrap();
    drop(pipe);
    wait_until("the request is stalled", || {
        server.requests().iter().any(|request| request.stalled)
    });
    let memory = writable_memory(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    let most = |wanted: &str| {
        let counts = value.hits(&memory).into_iter();
        let counts = counts.filter(|(form, _)| *form == wanted);
        counts.map(|(_, count)| count).max().unwrap_or_default()
    };
    let (plain, encoded) = (most("plain"), most("base64"));
    assert!(plain > 0, "the value must be there: it is compared later");
    assert!(plain + encoded <= COPIES, "{plain} plain, {encoded} base64");
    record(
        "M4",
        &format!("while the request is in flight, there are at most {COPIES} copies of the value"),
        format!("{plain} plain, {encoded} in base64"),
        "the value is found: it is compared with the read-back later",
    );
}

/// No memory is locked, so a limit of zero changes nothing; wiping does not
/// depend on it.
///
/// Shows M11. Seen to fail with a process that must lock its memory.
fn nothing_locked() {
    let server = FaultServer::start();
    let trace = server.folder().join("trace");
    let line = format!(
        "ulimit -l 0; exec strace -f -qq -e trace=mlock,mlock2,mlockall,exit_group -o {} {} create s --stdin k",
        trace.display(),
        program().display()
    );
    Invocation::of_program(Path::new("/bin/bash"), server.kubeconfig())
        .word("-c")
        .word(line)
        .input("v")
        .run()
        .status(0);
    assert!(server.secret("default", "s").is_some());
    let trace = fs::read_to_string(trace).unwrap();
    assert!(trace.contains("exit_group("), "{trace}");
    assert!(!trace.contains("mlock"), "{trace}");
    record(
        "M11",
        "if no memory may be locked (`ulimit -l 0`), everything works as usual: no memory is locked",
        "0 calls of mlock",
        "exit_group is in the same trace",
    );
}
