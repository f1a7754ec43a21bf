//! `selftest leak`: that it passes for this program, and would not for one that leaks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::Path;
use std::process::Command;

use kubectl_secretsafe::selftest::{Dumps, Look, Place, Row, Verdict, leak};
use serde_json::Value;

fn row(rows: &[Row], place: Place) -> &Row {
    rows.iter().find(|row| row.place == place).unwrap()
}

/// A program that does `what` with the value in `$value`, and waits for the end of its
/// input.
fn leaking(folder: &Path, what: &str) -> Vec<Row> {
    let program = folder.join("program");
    let script =
        format!("#!/bin/sh\nvalue=$(head -c 21)\n{what}\ncat > /dev/null\necho kind: Secret\n");
    // A shell writes it: nobody has it open for writing when it is started.
    let write = "printf %s \"$2\" > \"$1\"; chmod 700 \"$1\"";
    let written = Command::new("/bin/sh")
        .args(["-c", write, "sh"])
        .arg(&program)
        .arg(script)
        .status();
    assert!(written.unwrap().success());
    leak(&program, Dumps::OwnDirectoryOnly).unwrap()
}

/// The four ways in which a program could leak that this one could take by a mistake.
#[test]
fn a_program_that_leaks_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("left");
    let what = format!(
        "echo \"$value\" >&2; printf %s \"$value\" > {0}; exec 3< {0}; cp {0} {0}.bak",
        left.display()
    );
    let rows = leaking(folder.path(), &what);
    for place in [Place::Output, Place::OpenFiles, Place::Files] {
        assert_eq!(row(&rows, place).verdict(), Verdict::Trace, "{rows:?}");
    }
    let Look::Found(path) = &row(&rows, Place::Files).program else {
        panic!("{rows:?}");
    };
    assert!(path.starts_with(left.to_str().unwrap()), "{path}");

    let rows = leaking(
        folder.path(),
        "VALUE=$value exec sh -c 'cat > /dev/null; echo kind: Secret' \"$value\"",
    );
    for place in [Place::CommandLine, Place::Environment] {
        assert_eq!(row(&rows, place).verdict(), Verdict::Trace, "{rows:?}");
    }
    // In base64, and in a core dump where this machine writes any.
    let rows = leaking(
        folder.path(),
        "printf 'x%s' \"$value\" | base64; ulimit -S -c \"$(ulimit -H -c)\"",
    );
    assert_eq!(
        row(&rows, Place::Output).verdict(),
        Verdict::Trace,
        "{rows:?}"
    );
    let dump = row(&rows, Place::CoreDump);
    if let Look::Found(_) = &dump.control {
        assert_eq!(dump.verdict(), Verdict::Trace, "{rows:?}");
    }
    // Where it did not leak, it is not said to.
    let rows = leaking(folder.path(), "true");
    assert_eq!(row(&rows, Place::Output).verdict(), Verdict::Clean);
}

#[test]
fn this_program_leaves_no_trace() {
    let home = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .args(["selftest", "leak"])
            .args(words)
            .env("HOME", home.path())
            .current_dir(home.path())
            .output()
            .unwrap()
    };
    let output = run(&["-o", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let places = report["places"].as_array().unwrap();
    assert_eq!(places.len(), 7);
    for place in places {
        assert_ne!(place["verdict"], "trace", "{report:#}");
        // Other tests write a lot, and may leave more than can be searched.
        let may_be_cut = ["changed files", "system journal"].map(Value::from);
        if !may_be_cut.contains(&place["place"]) {
            assert_eq!(place["verdict"], "clean", "{report:#}");
        }
    }
    assert_eq!(
        output.status.code().map(i64::from),
        report["run"]["exitStatus"].as_i64()
    );
    let text = String::from_utf8(run(&[]).stdout).unwrap();
    assert!(text.contains("command line"), "{text}");
}
