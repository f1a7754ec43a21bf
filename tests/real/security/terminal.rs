//! L11: a hidden prompt and the terminal it leaves behind.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use libtest_mimic::Trial;
use rexpect::session::PtySession;
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use testcluster::fault::FaultServer;

use crate::figures::record;
use crate::harness::{home, program, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial("security::l11_echo_is_restored", echo_restored)]
}

/// What happens while the prompt waits.
enum Event {
    /// These keys are typed.
    Keys(&'static str),
    /// This signal is sent.
    Signal(&'static str),
}

/// However a prompt ends, the terminal echoes again; stopped it echoes,
/// continued it hides; a new size changes nothing.
///
/// Shows L11. Seen to fail without restoring the terminal.
fn echo_restored() {
    let ends = [
        ("Ctrl-C", Event::Keys("\x03")),
        ("Ctrl-D", Event::Keys("\x04")),
        ("SIGTERM", Event::Signal("TERM")),
        ("SIGHUP", Event::Signal("HUP")),
        ("SIGINT", Event::Signal("INT")),
    ];
    let cases = ends.len() + 2;
    for (what, event) in ends {
        let server = FaultServer::start();
        let mut prompt = Prompt::open(&server, "trap : INT HUP QUIT TERM");
        assert!(!prompt.echoes(), "{what}: the prompt must hide");
        match event {
            Event::Keys(keys) => prompt.type_keys(keys),
            Event::Signal(signal) => prompt.signal(signal),
        }
        prompt.wait_for("ended-with-");
        assert!(prompt.echoes_soon(), "{what}: the terminal must echo again");
        assert!(server.secret("default", "s").is_none());
    }
    stopped_and_continued();
    resized();
    record(
        "L11",
        "the terminal echoes again after Ctrl-C, Ctrl-D, SIGTERM, SIGHUP and SIGINT at a hidden prompt, echoes while it is stopped by Ctrl-Z and hides again after fg, and stays hidden when the window is resized",
        format!("{cases} of {cases}"),
        "echo is off while the prompt waits",
    );
}

fn stopped_and_continued() {
    let server = FaultServer::start();
    let mut prompt = Prompt::open(&server, "set -m");
    assert!(!prompt.echoes());
    prompt.type_keys("half-a-val\x1a");
    let shown = prompt.wait_for("Stopped");
    assert!(!shown.contains("half"), "the entry was shown: {shown}");
    prompt.wait_for("ended-with-");
    assert!(prompt.echoes_soon(), "stopped, the terminal must echo");
    prompt.type_keys("fg\n");
    prompt.wait_for("password (hidden");
    assert!(prompt.hides_soon(), "continued, the prompt must hide");
    let shown = prompt.answer("whole-value");
    prompt.wait_for("ended-with-0");
    assert!(prompt.echoes_soon());
    assert!(!shown.contains("val"), "the entry was shown: {shown}");
    let stored = server.secret("default", "s").expect("the Secret is stored");
    assert_eq!(stored.values["password"], b"whole-value");
}

fn resized() {
    let server = FaultServer::start();
    let mut prompt = Prompt::open(&server, "trap : WINCH");
    prompt.resize(10, 20);
    prompt.type_keys("whole-");
    prompt.resize(50, 200);
    assert!(!prompt.echoes(), "the prompt must stay hidden");
    prompt.type_keys("value\n");
    prompt.wait_for("once more");
    prompt.type_keys("whole-value\n");
    prompt.wait_for("ended-with-0");
    assert!(prompt.echoes_soon());
    let stored = server.secret("default", "s").expect("the Secret is stored");
    assert_eq!(stored.values["password"], b"whole-value");
}

/// The program at a terminal, asking for a value; a shell around it says how
/// it ended.
struct Prompt {
    session: PtySession,
    shell: String,
}

impl Prompt {
    /// `preparation` is what the shell does first.
    fn open(server: &FaultServer, preparation: &str) -> Self {
        let script = format!(
            "{preparation}; stty echo; echo pid=$$.; \"$0\" create s --prompt password; \
             echo ended-with-$?; while read -r line; do $line; echo ended-with-$?; done"
        );
        let mut command = Command::new("/bin/bash");
        command
            .args(["-c", &script])
            .arg(program())
            .env("KUBECONFIG", server.kubeconfig())
            .env("HOME", home());
        let mut session = rexpect::session::spawn_command(command, Some(15_000)).unwrap();
        session.exp_string("pid=").unwrap();
        let shell = session.exp_string(".").unwrap();
        session.exp_string("password (hidden").unwrap();
        let prompt = Self { session, shell };
        assert!(prompt.hides_soon());
        prompt
    }

    fn terminal(&self) -> fs::File {
        let process = self.session.process();
        process.get_file_handle().expect("the terminal")
    }

    fn echoes(&self) -> bool {
        let modes = tcgetattr(self.terminal()).expect("modes").local_modes;
        modes.contains(LocalModes::ECHO)
    }

    fn echoes_soon(&self) -> bool {
        soon(|| self.echoes())
    }

    fn hides_soon(&self) -> bool {
        soon(|| !self.echoes())
    }

    fn type_keys(&mut self, keys: &str) {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
    }

    /// Types `value` at both questions; what was shown between them.
    fn answer(&mut self, value: &str) -> String {
        self.type_keys(&format!("{value}\n"));
        let shown = self.wait_for("once more: ");
        self.type_keys(&format!("{value}\n"));
        shown
    }

    /// Waits for `text`; what was shown before it.
    fn wait_for(&mut self, text: &str) -> String {
        self.session
            .exp_string(text)
            .unwrap_or_else(|error| panic!("waiting for {text}: {error}"))
    }

    fn signal(&self, name: &str) {
        let shell = &self.shell;
        let children = format!("/proc/{shell}/task/{shell}/children");
        let children = fs::read_to_string(Path::new(&children)).unwrap();
        let child = children.split_whitespace().next().expect("it runs");
        let sent = Command::new("kill")
            .args([&format!("-{name}"), child])
            .status();
        assert!(sent.unwrap().success());
    }

    fn resize(&self, rows: u16, columns: u16) {
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(self.terminal(), size).expect("a terminal has a size");
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        // The shell's loop takes it for a command, and nothing has to be killed.
        let _ = self.session.send_line("exit");
    }
}

fn soon(holds: impl Fn() -> bool) -> bool {
    (0..100).any(|_| {
        let now = holds();
        if !now {
            std::thread::sleep(Duration::from_millis(20));
        }
        now
    })
}
