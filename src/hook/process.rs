//! One running program: its pipes are served and its time is kept by a thread, so that
//! whoever waits can do something else meanwhile.

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt as _, FdMapping};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroize as _;

use super::{ALREADY_DONE, Ended, How, Values};
use crate::parallel::wipe_stack;
use crate::secret::SecretValue;
use crate::secret::handoff::{Fed, Feed};

/// What is kept of its words, in bytes.
const KEPT: usize = 12 * 1024;
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(30);
/// How long what it has left behind may hold its output.
const AFTER: Duration = Duration::from_millis(300);
/// How long it has to end by itself when its time is over.
const LAST: Duration = Duration::from_secs(1);

/// A program that runs, or has not been started.
pub struct Running {
    ended: Receiver<Ended>,
    /// Whether nobody waits for it any more: then it is to end.
    abandoned: Arc<AtomicBool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

impl Running {
    pub(super) fn start(
        words: &[String],
        environment: Vec<(String, String)>,
        document: SecretValue,
        lone: Option<Values>,
        patience: Duration,
    ) -> Self {
        let (send, ended) = channel();
        let begun = begin(words, environment, document, lone);
        let abandoned = Arc::new(AtomicBool::new(false));
        let is_abandoned = Arc::clone(&abandoned);
        let serve = move || {
            let result = match begun {
                Ok(program) => program.serve(patience, &is_abandoned),
                Err(error) => Ended {
                    how: How::NotStarted(reason(&error)),
                    said: String::new(),
                },
            };
            let _ = send.send(result);
            wipe_stack();
        };
        // Without a thread the channel is closed, and that is told.
        let _ = std::thread::Builder::new().spawn(serve);
        Self { ended, abandoned }
    }

    /// How it ended; `None` as long as it runs.
    pub fn look(&self) -> Option<Ended> {
        match self.ended.try_recv() {
            Ok(ended) => Some(ended),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(not_watched()),
        }
    }

    /// Waits until it has ended.
    #[cfg(test)]
    pub fn wait(self) -> Ended {
        self.ended.recv().unwrap_or_else(|_| not_watched())
    }
}

fn not_watched() -> Ended {
    Ended {
        how: How::NotStarted("this machine gives no more threads".to_owned()),
        said: String::new(),
    }
}

/// A reason without numbers of the operating system.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such program".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be executed".to_owned(),
        _ => error.to_string(),
    }
}

/// A started program and this end of its pipes.
struct Program {
    child: Child,
    feeds: Vec<(PipeWriter, Feed)>,
    outputs: Vec<PipeReader>,
    said: VecDeque<u8>,
}

fn begin(
    words: &[String],
    environment: Vec<(String, String)>,
    document: SecretValue,
    lone: Option<Values>,
) -> io::Result<Program> {
    let (input, feed) = fed(document)?;
    let (stdout, out) = io::pipe()?;
    let (stderr, err) = io::pipe()?;
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .envs(environment)
        .stdin(Stdio::from(OwnedFd::from(input)))
        .stdout(Stdio::from(OwnedFd::from(out)))
        .stderr(Stdio::from(OwnedFd::from(err)))
        .process_group(0);
    let mut feeds = vec![feed];
    let mut mappings = Vec::new();
    if let Some(lone) = lone {
        let other = lone
            .other
            .unwrap_or_else(|| SecretValue::from_bytes(Vec::new()));
        for (child_fd, value) in [(3, lone.value), (4, other)] {
            let (end, feed) = fed(value)?;
            mappings.push(FdMapping {
                parent_fd: OwnedFd::from(end),
                child_fd,
            });
            feeds.push(feed);
        }
    }
    command
        .fd_mappings(mappings)
        .map_err(|_| io::Error::other("its descriptors cannot be arranged"))?;
    let child = command.spawn()?;
    // This end's copies of the child's ends go with the command.
    drop(command);
    let outputs = vec![stdout, stderr];
    for output in &outputs {
        does_not_block(output)?;
    }
    Ok(Program {
        child,
        feeds,
        outputs,
        said: VecDeque::new(),
    })
}

fn fed(value: SecretValue) -> io::Result<(PipeReader, (PipeWriter, Feed))> {
    let (end, pipe) = io::pipe()?;
    does_not_block(&pipe)?;
    Ok((end, (pipe, Feed::new(value))))
}

fn does_not_block(pipe: impl AsFd) -> io::Result<()> {
    let flags = fcntl_getfl(&pipe)?;
    Ok(fcntl_setfl(&pipe, flags | OFlags::NONBLOCK)?)
}

impl Program {
    /// Serves its pipes until it ends, or has to.
    fn serve(mut self, patience: Duration, is_abandoned: &AtomicBool) -> Ended {
        let begun = Instant::now();
        let how = loop {
            self.step();
            match self.child.try_wait() {
                Ok(Some(status)) => break how(status),
                Ok(None) => {}
                Err(_) => break How::TooLate,
            }
            if begun.elapsed() > patience || is_abandoned.load(Ordering::Relaxed) {
                self.end();
                break How::TooLate;
            }
        };
        // What it has written before its end may be on its way.
        let ended = Instant::now();
        while !self.outputs.is_empty() && ended.elapsed() < AFTER {
            self.step();
        }
        let kept: Vec<u8> = self.said.drain(..).collect();
        let mut said = String::from_utf8_lossy(&kept).into_owned();
        // Its first line may be the end of one.
        if kept.len() >= KEPT
            && let Some(end) = said.find('\n')
        {
            said.drain(..=end);
        }
        Ended { how, said }
    }

    /// Ends its group: first as it may want to, then at once.
    fn end(&mut self) {
        let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else {
            return;
        };
        let _ = kill_process_group(group, Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < LAST && matches!(self.child.try_wait(), Ok(None)) {
            self.step();
        }
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
    }

    /// Writes and reads what can be written and read, or waits for a while.
    fn step(&mut self) {
        self.feeds
            .retain_mut(|(pipe, feed)| feed.pour(pipe) == Fed::Full);
        let said = &mut self.said;
        self.outputs.retain_mut(|output| is_open(output, said));
        let mut ends: Vec<_> = (self.feeds.iter())
            .map(|(pipe, _)| PollFd::new(pipe, PollFlags::OUT))
            .chain(
                self.outputs
                    .iter()
                    .map(|output| PollFd::new(output, PollFlags::IN)),
            )
            .collect();
        let pause = Timespec::try_from(LOOK).ok();
        if ends.is_empty() || poll(&mut ends, pause.as_ref()).is_err() {
            std::thread::sleep(LOOK);
        }
    }
}

/// Reads what has come; whether more may.
fn is_open(output: &mut PipeReader, said: &mut VecDeque<u8>) -> bool {
    let mut buffer = [0; 4096];
    // Who writes without end is not read without end.
    for _ in 0..64 {
        match output.read(&mut buffer) {
            Ok(0) => return false,
            Ok(count) => {
                said.extend(&buffer[..count]);
                let more = said.len().saturating_sub(KEPT);
                said.drain(..more);
                buffer.zeroize();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
            Err(_) => return false,
        }
    }
    true
}

fn how(status: std::process::ExitStatus) -> How {
    match (status.code(), status.signal()) {
        (Some(0), _) => How::Done,
        (Some(ALREADY_DONE), _) => How::AlreadyDone,
        (Some(code), _) => How::Failed(code),
        (None, signal) => How::Killed(signal.unwrap_or_default()),
    }
}
