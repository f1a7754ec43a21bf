//! L6, L7: arguments and environments, which everybody on the machine may read.

use crate::harness::write_apart;
use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use testcluster::fault::FaultServer;

use super::scene::{Scene, WAYS};
use super::search;
use crate::canary::Canary;
use crate::figures::record;
use crate::harness::{Invocation, in_parallel, program, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "security::l6_no_value_in_arguments_or_environment",
            arguments_and_environment,
        ),
        trial(
            "security::l7_values_typed_as_arguments_are_not_echoed",
            typed_by_mistake,
        ),
    ]
}

/// Shows L6. Seen to fail with values passed to a child as an argument.
///
/// What `ps` and `/proc/PID/environ` show, of us and every child.
fn arguments_and_environment() {
    let server = FaultServer::start();
    let folder = tempfile::tempdir().unwrap();
    let value = Canary::new(40);
    write_apart(&folder.path().join("source"), value.text().as_bytes());
    Command::new("git")
        .args(["init", "-q"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    let trace = folder.path().join("trace");
    let run = |words: &str| {
        Invocation::of_program(Path::new("strace"), server.kubeconfig())
            .words("-f -v -s 100000 -e trace=execve -o")
            .word(trace.display().to_string())
            .word(program().display().to_string())
            .words(words)
            .folder(folder.path())
            .input(value.text())
            .run();
        fs::read(&trace).unwrap()
    };
    let seen = run("create leak --file k=source --stdin other --shred");
    assert_eq!(value.hits(&seen), []);
    let calls = |seen: &[u8]| String::from_utf8_lossy(seen).matches("execve(").count();
    let mut execs = calls(&seen);
    assert!(execs > 1, "git is asked, so there is a child to look at");
    let traced = in_parallel(WAYS.len(), |number| {
        let scene = Scene::new();
        let trace = scene.server.folder().join("trace");
        Invocation::of_program(Path::new("strace"), scene.server.kubeconfig())
            .words("-f -v -s 100000 -e trace=execve -o")
            .word(trace.display().to_string())
            .word(program().display().to_string())
            .words(&scene.named(WAYS[number].words))
            .input(scene.value.text())
            .run();
        let seen = fs::read(&trace).unwrap();
        assert_eq!(scene.value.hits(&seen), [], "{}", WAYS[number].words);
        assert_eq!(scene.token.hits(&seen), [], "{}", WAYS[number].words);
        calls(&seen)
    });
    execs += traced.iter().sum::<usize>();
    let control = run(&format!(
        "create leak --from-literal password={}",
        value.text()
    ));
    assert!(
        !value.hits(&control).is_empty(),
        "the search must find a value in arguments"
    );
    record(
        "L6",
        "no value in the arguments or the environment of the program and its children",
        format!(
            "0 hits in {execs} execve calls of {} commands",
            WAYS.len() + 1
        ),
        "found when typed as an argument",
    );
}

/// Refused, and not repeated.
///
/// Shows L7. Seen to fail with unknown words repeated.
fn typed_by_mistake() {
    let server = FaultServer::start();
    let value = Canary::new(24);
    let text = value.text();
    let lines = [
        format!("create leak {text}"),
        format!("create leak --from-literal password={text}"),
        format!("create leak --from-literal=password={text}"),
        format!("create leak --prompt password={text}"),
        format!("create leak --stdin password={text}"),
        format!("create leak --generate password={text}"),
        format!("create leak --fd password={text}"),
        format!("create leak --password {text}"),
        format!("create leak --password={text}"),
        format!("create leak --dry-run={text}"),
        format!("create leak --type={text}= --stdin k=v"),
        format!("create docker-registry leak --docker-username u --docker-password {text}"),
        format!("create docker-registry leak --docker-username u --docker-password={text}"),
        format!("create {text} extra"),
        text.to_owned(),
    ];
    for line in &lines {
        let outcome = Invocation::of(server.kubeconfig())
            .words(line)
            .run()
            .status(2);
        assert_eq!(search(&[&value], &outcome), 0, "{}", outcome.stderr);
    }
    assert_eq!(
        server
            .requests()
            .iter()
            .filter(|request| request.method != "GET")
            .count(),
        0
    );
    record(
        "L7",
        "a value typed as an argument by mistake is refused and not echoed",
        format!("echoed 0 of {}", lines.len()),
        "L6's control",
    );
}
