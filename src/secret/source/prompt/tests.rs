//! Prompts on a pseudo-terminal: each test runs this test program again, as a
//! child that asks and leaves what it got in a file.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use rustix::process::{Signal, kill_process_group};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcgetpgrp, tcsetattr};

use signal_hook::consts::{SIGCONT, SIGTERM};

use super::*;

const CHILD: &str = "secret::source::prompt::tests::child_that_asks";
const OUTCOME: &str = "PROMPT_TEST_OUTCOME";
const TIMES: &str = "PROMPT_TEST_TIMES";
const TERMINATED_AFTERWARDS: &str = "1, then SIGTERM";

#[test]
#[ignore = "runs as the child of the other tests"]
fn child_that_asks() {
    // The test's terminal comes without echo; a person's has it.
    if let Ok(device) = File::open("/dev/tty") {
        let mut modes = tcgetattr(&device).expect("modes");
        modes
            .local_modes
            .insert(LocalModes::ECHO | LocalModes::ICANON);
        tcsetattr(&device, OptionalActions::Now, &modes).expect("echo");
    }
    let confirmation = match std::env::var(TIMES).as_deref() {
        Ok("2") => Confirmation::Twice,
        _ => Confirmation::Once,
    };
    let outcome = match read_hidden("value of key", confirmation) {
        Ok(value) => value.expose().to_vec(),
        Err(error) => format!("{error:?}").into_bytes(),
    };
    let path = std::env::var_os(OUTCOME).expect("a path");
    File::create(path)
        .expect("file")
        .write_all(&outcome)
        .expect("written");
    if std::env::var(TIMES).as_deref() == Ok(TERMINATED_AFTERWARDS) {
        for signal in [SIGCONT, SIGTERM] {
            signal_hook::low_level::raise(signal).expect("raised");
        }
    }
}

fn child(outcome: &PathBuf, times: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command.args(["--exact", CHILD, "--ignored", "--nocapture"]);
    command.env(OUTCOME, outcome).env(TIMES, times);
    command
}

struct Asked {
    session: PtySession,
    master: File,
    folder: tempfile::TempDir,
}

impl Asked {
    /// Starts `command` in a terminal and waits for its prompt.
    fn start(times: &str) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let session = spawn_command(child(&folder.path().join("outcome"), times), Some(10_000))
            .expect("child");
        let master = session.process().get_file_handle().expect("master");
        let mut asked = Self {
            session,
            master,
            folder,
        };
        asked.expect("value of key (hidden");
        asked
    }

    fn expect(&mut self, text: &str) {
        self.session
            .exp_string(text)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    fn send(&mut self, keys: &str) {
        self.session.send(keys).expect("sent");
        self.session.flush().expect("flushed");
    }

    fn echoes(&self) -> bool {
        tcgetattr(self.master.as_fd())
            .expect("modes")
            .local_modes
            .contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    fn signal(&self, signal: Signal) {
        let group = tcgetpgrp(self.master.as_fd()).expect("foreground group");
        kill_process_group(group, signal).expect("sent");
    }

    /// What the child got, and what the screen showed since the last `expect`.
    fn end(mut self) -> (String, String) {
        let screen = self.session.exp_eof().expect("end of output");
        assert!(self.echoes(), "echo is on again");
        let outcome = fs::read(self.folder.path().join("outcome")).expect("outcome");
        (String::from_utf8(outcome).expect("text"), screen)
    }
}

#[test]
fn after_the_prompt_signals_do_what_they_do_by_default() {
    let mut asked = Asked::start(TERMINATED_AFTERWARDS);
    asked.send("hunter2\r");
    asked.session.exp_eof().expect("end of output");
    let status = asked.session.process().wait().expect("ended");
    let status = format!("{status:?}");
    assert!(
        status.contains("Signaled") && status.contains("SIGTERM"),
        "{status}"
    );
    assert_eq!(asked.end().0, "hunter2");
}

#[test]
fn a_value_is_read_and_never_shown() {
    let mut asked = Asked::start("1");
    assert!(!asked.echoes());
    asked.send("hunter2-hunter2\r");
    let (outcome, screen) = asked.end();
    assert_eq!(outcome, "hunter2-hunter2");
    assert!(!screen.contains("hunter2"), "{screen}");
}

#[test]
fn two_entries_must_be_equal() {
    let mut asked = Asked::start("2");
    for second in ["other\r", "hunter2\r"] {
        asked.send("hunter2\r");
        asked.expect("once more");
        asked.send(second);
        if second == "other\r" {
            asked.expect("The two entries differ.");
            asked.expect("value of key (hidden");
        }
    }
    assert_eq!(asked.end().0, "hunter2");
}

#[test]
fn three_different_pairs_are_an_error() {
    let mut asked = Asked::start("2");
    for round in 1..=TRIES {
        asked.send("one\r");
        asked.expect("once more");
        asked.send("two\r");
        asked.expect("The two entries differ.");
        if round < TRIES {
            asked.expect("value of key (hidden");
        }
    }
    assert_eq!(asked.end().0, "Mismatch");
}

#[test]
fn an_empty_value_needs_a_second_enter() {
    let mut asked = Asked::start("2");
    asked.send("\r");
    asked.expect("Press Enter again");
    asked.expect("value of key (hidden");
    asked.send("\r");
    assert_eq!(asked.end().0, "");
}

#[test]
fn long_lines_and_pem_blocks_can_be_pasted() {
    let mut asked = Asked::start("1");
    let long = "x".repeat(10_000);
    asked.send(&format!("{long}\r"));
    assert_eq!(asked.end().0, long);

    let mut asked = Asked::start("1");
    let block = format!(
        "-----BEGIN X-----\r{}-----END X-----\r",
        "abcdefgh\r".repeat(1000)
    );
    asked.send(&block.repeat(2));
    assert_eq!(asked.end().0, block.repeat(2).replace('\r', "\n"));
}

#[test]
fn every_way_out_turns_echo_on_again() {
    for (keys, outcome) in [
        ("abc\x03", "Interrupted(2)"),
        ("abc\x1c", "Interrupted(3)"),
        ("\x04", "EndOfInput"),
    ] {
        let mut asked = Asked::start("1");
        asked.send(keys);
        assert_eq!(asked.end().0, outcome);
    }
    for (signal, outcome) in [
        (Signal::TERM, "Interrupted(15)"),
        (Signal::INT, "Interrupted(2)"),
        (Signal::HUP, "TerminalGone"),
    ] {
        let asked = Asked::start("1");
        assert!(!asked.echoes());
        asked.signal(signal);
        assert_eq!(asked.end().0, outcome);
    }
}

#[test]
fn resizing_and_continuing_do_not_end_the_prompt() {
    let mut asked = Asked::start("1");
    asked.signal(Signal::WINCH);
    asked.send("hun");
    asked.signal(Signal::CONT);
    asked.expect("value of key (hidden");
    assert!(!asked.echoes());
    asked.send("hunter2\r");
    assert_eq!(asked.end().0, "hunter2");
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_hides_again() {
    let folder = tempfile::tempdir().expect("folder");
    let outcome = folder.path().join("outcome");
    let program = child(&outcome, "1");
    let mut shell = Command::new("sh");
    shell
        .arg("-i")
        .env("PS1", "ready> ")
        .env(OUTCOME, &outcome)
        .env(TIMES, "1")
        .env_remove("ENV");
    let session = spawn_command(shell, Some(10_000)).expect("shell");
    let master = session.process().get_file_handle().expect("master");
    let mut asked = Asked {
        session,
        master,
        folder,
    };
    asked.expect("ready> ");
    let arguments: Vec<_> = program
        .get_args()
        .map(|argument| argument.to_string_lossy())
        .collect();
    asked.send(&format!(
        "{} {}\n",
        program.get_program().to_string_lossy(),
        arguments.join(" ")
    ));
    asked.expect("value of key (hidden");
    assert!(!asked.echoes());
    asked.send("hun\x1a");
    asked.expect("ready> ");
    assert!(asked.echoes(), "the shell has a terminal that echoes");
    asked.send("fg\n");
    asked.expect("value of key (hidden");
    assert!(!asked.echoes());
    asked.send("hunter2\r");
    asked.expect("ready> ");
    assert!(asked.echoes());
    asked.send("exit\n");
    assert_eq!(asked.end().0, "hunter2");
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let folder = tempfile::tempdir().expect("folder");
    let outcome = folder.path().join("outcome");
    let program = child(&outcome, "1");
    let status = Command::new("setsid")
        .arg("--wait")
        .arg(program.get_program())
        .args(program.get_args())
        .env(OUTCOME, &outcome)
        .output()
        .expect("setsid");
    assert!(status.status.success());
    assert_eq!(fs::read_to_string(&outcome).expect("outcome"), "NoTerminal");
    assert!(
        PromptError::NoTerminal
            .hint()
            .expect("advice")
            .contains("--stdin KEY")
    );
}
