//! Runs that write files and are ended by a signal: each file is the old one or
//! the new one, whole, with its owner, mode, access control list and attributes,
//! and nothing else is left in the folder; after SIGKILL not after the next run.
//!
//! `INTERRUPTIONS=1000 cargo test --test interrupted_writes` tries more moments.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for more moments"
)]

mod attributes;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use attributes::Attributes;

const FILES: usize = 50;
const SIGNALS: [(&str, Signal); 4] = [
    ("INT", Signal::INT),
    ("TERM", Signal::TERM),
    ("HUP", Signal::HUP),
    ("KILL", Signal::KILL),
];

/// What writes the files of a folder, and the text it writes over.
struct Writer {
    name: &'static str,
    words: fn(&Path) -> Vec<String>,
    text: fn(usize) -> String,
}

/// Words of a command line, and the folder.
fn words(line: &str, folder: &Path) -> Vec<String> {
    let words = line.split(' ').map(str::to_owned);
    words.chain([folder.display().to_string()]).collect()
}

const MIGRATE: Writer = Writer {
    name: "migrate --write",
    words: |folder| words("migrate --write --yes -f", folder),
    text: |number| {
        format!(
            "apiVersion: apps/v1
kind: Deployment
metadata: {{name: app{number}, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: app{number}}}}}
  template:
    metadata: {{labels: {{app: app{number}}}}}
    spec:
      containers:
      - name: main
        image: example/app:1
        env:
        - {{name: PASSWORD, valueFrom: {{secretKeyRef: {{name: db, key: password}}}}}}
        - {{name: OTHER, value: canary-{number}}}
"
        )
    },
};

const FIX: Writer = Writer {
    name: "doctor --fix",
    words: |folder| words("doctor --fix --yes --fail-on never -f", folder),
    text: |number| {
        format!(
            "apiVersion: v1
kind: Pod
metadata: {{name: app{number}, namespace: shop}}
spec:
  containers:
  - name: main
    image: example/app:1
    volumeMounts:
    - {{name: db, mountPath: /etc/secrets/db}}
  volumes:
  - name: db
    secret: {{secretName: db, defaultMode: 0400}}
"
        )
    },
};

/// Reports in place of earlier ones. What is examined lies elsewhere.
const REPORT: Writer = Writer {
    name: "doctor -o FORMAT=FILE",
    words: |folder| {
        let examined = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/task-api");
        // Of the others some tell the time.
        let formats = ["json", "sarif", "junit", "wide", "github"];
        let reports = (0..FILES).flat_map(|number| {
            let file = file(folder, number);
            let format = formats[number % formats.len()];
            ["-o".to_owned(), format!("{format}={}", file.display())]
        });
        words("doctor --fail-on never -o name -f", &examined)
            .into_iter()
            .chain(reports)
            .collect()
    },
    text: |number| format!("the report before, number {number}\n"),
};

const WRITERS: [Writer; 3] = [MIGRATE, FIX, REPORT];

fn file(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("app{number}.yaml"))
}

fn lay_out(folder: &Path, text: fn(usize) -> String) {
    attributes::open_to_all(folder);
    for number in 0..FILES {
        let path = file(folder, number);
        fs::write(&path, text(number)).unwrap();
        attributes::dress(&path);
    }
}

fn content(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let text = |entry: &fs::DirEntry| fs::read_to_string(entry.path()).unwrap();
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), text(&entry)))
        .collect()
}

fn program(writer: &Writer, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
    command.args((writer.words)(folder));
    quiet(command)
}

fn quiet(mut command: Command) -> Command {
    command
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The folder after a whole run, and how long that took.
fn whole(writer: &Writer) -> (BTreeMap<String, String>, Duration) {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path(), writer.text);
    let start = Instant::now();
    let status = program(writer, folder.path()).status().unwrap();
    assert!(matches!(status.code(), Some(0 | 5)), "{status:?}");
    let (new, time) = (content(folder.path()), start.elapsed());
    let changed = (0..FILES).filter(|number| {
        let name = format!("app{number}.yaml");
        new[&name] != (writer.text)(*number)
    });
    assert_eq!(changed.count(), FILES, "{}", writer.name);
    (new, time)
}

/// What is wrong with a folder after a run; a kill may leave a file that has not
/// got its name yet.
fn faults(
    folder: &Path,
    writer: &Writer,
    new: &BTreeMap<String, String>,
    before: &[Attributes],
    may_leave: bool,
) -> Vec<String> {
    let mut faults = Vec::new();
    let found = content(folder);
    for (number, before) in before.iter().enumerate() {
        let name = format!("app{number}.yaml");
        let text = found.get(&name);
        let is_old = text.is_some_and(|text| *text == (writer.text)(number));
        if !is_old && text != new.get(&name) {
            faults.push(format!("{name} is half of something"));
        }
        let now = Attributes::of(&file(folder, number));
        if now != *before {
            faults.push(format!("{name} has {now:?}, not {before:?}"));
        }
    }
    let left = found.keys().filter(|name| !new.contains_key(*name));
    faults.extend(
        left.filter(|_| !may_leave)
            .map(|name| format!("{name} is left")),
    );
    faults
}

/// Ends a run somehow and looks at what is left; whether it was in time.
fn ended(
    writer: &Writer,
    new: &BTreeMap<String, String>,
    name: &str,
    end: impl FnOnce(&Path),
) -> usize {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path(), writer.text);
    let before: Vec<_> = (0..FILES)
        .map(|number| Attributes::of(&file(folder.path(), number)))
        .collect();
    assert!(before[0].is_rich(), "this file system keeps no attributes");
    end(folder.path());
    let is_killed = name.contains("KILL");
    let wrong = faults(folder.path(), writer, new, &before, is_killed);
    assert!(wrong.is_empty(), "{} {name}: {wrong:?}", writer.name);
    let unchanged = content(folder.path())
        .iter()
        .filter(|(name, text)| new.get(*name) != Some(text))
        .count();
    // And the next run finishes the work.
    program(writer, folder.path()).status().unwrap();
    assert_eq!(content(folder.path()), *new, "{name}: after the next run");
    let wrong = faults(folder.path(), writer, new, &before, false);
    assert!(wrong.is_empty(), "{} {name}, again: {wrong:?}", writer.name);
    unchanged
}

fn send(child: &Child, signal: Signal) {
    let process = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    // It may be over.
    let _ = kill_process(process, signal);
}

#[test]
fn at_any_moment() {
    let tries: u32 = std::env::var("INTERRUPTIONS").map_or(96, |text| text.parse().unwrap());
    for writer in &WRITERS {
        let (new, time) = whole(writer);
        let mut in_time = 0;
        let of_each = tries / WRITERS.len() as u32;
        for attempt in 0..of_each {
            let (name, signal) = SIGNALS[attempt as usize % SIGNALS.len()];
            // Moments all over a run, in an order of no meaning.
            let moment = time.mul_f64((f64::from(attempt) * 0.618_034).fract());
            let unchanged = ended(writer, &new, name, |folder| {
                let mut child = program(writer, folder).spawn().unwrap();
                std::thread::sleep(moment);
                send(&child, signal);
                child.wait().unwrap();
            });
            in_time += usize::from(unchanged > 0);
        }
        assert!(in_time > 0, "no run was interrupted");
        println!(
            "{}: {in_time} of {of_each} ended before their end, 0 faults",
            writer.name
        );
    }
}

/// The moments that matter: when the new file gets its first name, and its last.
#[test]
fn between_the_first_name_and_the_last() {
    for writer in [MIGRATE, REPORT] {
        let (new, _) = whole(&writer);
        for (name, _) in SIGNALS {
            for call in ["linkat", "rename", "fsync"] {
                for when in [1, 2, FILES] {
                    let inject = format!("inject={call}:signal={name}:when={when}");
                    ended(
                        &writer,
                        &new,
                        &format!("{name} at {call} {when}"),
                        |folder| {
                            let mut strace = Command::new("strace");
                            strace
                                .args(["-f", "-qq", "-o", "/dev/null", "-e", &inject])
                                .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
                                .args((writer.words)(folder));
                            quiet(strace).status().expect("strace is installed");
                        },
                    );
                }
            }
        }
    }
}
