//! A process that has a value and waits.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_millis(10);

/// The control does with its value what this program must not: it has it as an argument,
/// in its environment, in an open file and in what it prints.
const CONTROL: &str =
    r#"printf %s "$1" > control; exec 3< control; rm control; read -r _; echo "$1""#;

pub(super) struct Holder {
    child: Child,
    input: Option<ChildStdin>,
    /// What it prints if it does its work.
    prints: &'static str,
}

impl Holder {
    /// The program, which has read the value and waits for the end of its input.
    pub fn program(program: &Path, value: &str, folder: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .args(["create", "selftest", "--stdin", "value", "--dry-run=client"])
            .args(["-o", "yaml", "-v", "9"])
            // All the messages that anything in it could write.
            .envs([("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")]);
        let mut holder = Self::start(command, folder, "kind: Secret")?;
        holder.send(value)?;
        Ok(holder)
    }

    pub fn control(value: &str, folder: &Path) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", CONTROL, "control", value])
            .env("SECRETSAFE_SELFTEST", value);
        let holder = Self::start(command, folder, "")?;
        let begun = Instant::now();
        while !holder.has_descriptor_3() && begun.elapsed() < PATIENCE {
            thread::sleep(STEP);
        }
        Ok(holder)
    }

    fn start(mut command: Command, folder: &Path, prints: &'static str) -> io::Result<Self> {
        let mut child = command
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        Ok(Self {
            child,
            input,
            prints,
        })
    }

    fn send(&mut self, text: &str) -> io::Result<()> {
        match &mut self.input {
            Some(input) => input.write_all(text.as_bytes()).map_err(|_| {
                io::Error::other("the program ends before it has read the made-up value")
            }),
            None => Ok(()),
        }
    }

    fn has_descriptor_3(&self) -> bool {
        fs::read_link(format!("/proc/{}/fd/3", self.id())).is_ok()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Until all that was sent has been read. The input stays open, so it waits for more.
    pub fn wait_until_held(&self) -> io::Result<()> {
        let begun = Instant::now();
        while let Some(input) = &self.input {
            if rustix::io::ioctl_fionread(input)? == 0 {
                break;
            }
            if begun.elapsed() > PATIENCE {
                return Err(io::Error::other("the made-up value is not read"));
            }
            thread::sleep(STEP);
        }
        Ok(())
    }

    /// Ends the input, and gives all that it prints.
    pub fn end(mut self) -> io::Result<Vec<u8>> {
        self.input = None;
        let mut errors = self.child.stderr.take();
        let reader = thread::spawn(move || {
            let mut output = Vec::new();
            if let Some(errors) = &mut errors {
                errors.read_to_end(&mut output)?;
            }
            Ok::<_, io::Error>(output)
        });
        let mut output = Vec::new();
        if let Some(out) = &mut self.child.stdout {
            out.read_to_end(&mut output)?;
        }
        let errors = reader
            .join()
            .map_err(|_| io::Error::other("its messages are lost"))??;
        let worked = String::from_utf8_lossy(&output).contains(self.prints);
        output.extend_from_slice(&errors);
        match self.child.wait()?.success() && worked {
            true => Ok(output),
            false => Err(io::Error::other(
                "the run with the made-up value does not do its work",
            )),
        }
    }

    /// Kills it with a signal that makes core dumps.
    pub fn abort(mut self) -> io::Result<ExitStatus> {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::ABORT)?;
        self.child.wait()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the kernel wrote a core dump (wait(2), `WCOREDUMP`).
pub(super) fn dumped(status: ExitStatus) -> bool {
    status.core_dumped()
}
