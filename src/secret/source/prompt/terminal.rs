//! The terminal while a value is typed: silent, byte by byte, and put back as
//! it was on every way out, signals and suspension included.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{getpgrp, getppid, getsid};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGTSTP};
use signal_hook::{flag, low_level};
use zeroize::Zeroizing;

use crate::signals::{ALL, Hold};

use super::PromptError;

/// How long after a PEM block the rest of a paste may take to arrive.
const PASTE_PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 150_000_000,
};

/// How long to wait for input.
#[derive(Clone, Copy)]
pub(super) enum Patience {
    Endless,
    Paste,
}

/// What the terminal had to say.
pub(super) enum Input {
    Byte(u8),
    Nothing,
    /// The process was stopped and goes on: the entry begins again.
    Resumed,
}

/// The controlling terminal with echo off. Dropping it turns echo on again.
pub(super) struct Terminal {
    device: File,
    before: Termios,
    signals: &'static Signals,
    /// Ends after echo is on again.
    _hold: Hold,
    received: Zeroizing<Vec<u8>>,
    /// The part of `received` that was not asked for yet.
    unread: std::ops::Range<usize>,
}

impl Terminal {
    /// Opens `/dev/tty` and turns its echo off.
    pub(super) fn open() -> Result<Self, PromptError> {
        let device = File::options()
            .read(true)
            .write(true)
            .open("/dev/tty")
            .map_err(|_| PromptError::NoTerminal)?;
        let before = tcgetattr(&device).map_err(|_| PromptError::NoTerminal)?;
        let signals = Signals::get()?;
        let hold = Hold::of(&ALL)?;
        signals.expect_prompt();
        let terminal = Self {
            device,
            before,
            signals,
            _hold: hold,
            received: Zeroizing::new(vec![0; 4096]),
            unread: 0..0,
        };
        terminal.hide()?;
        Ok(terminal)
    }

    /// Writes to the terminal.
    pub(super) fn show(&mut self, text: &str) -> Result<(), PromptError> {
        self.device
            .write_all(text.as_bytes())
            .map_err(gone_or_failed)
    }

    /// The next thing that happens.
    pub(super) fn next(&mut self, patience: Patience) -> Result<Input, PromptError> {
        loop {
            if let Some(at) = self.unread.next() {
                return Ok(Input::Byte(self.received[at]));
            }
            match self.signals.take() {
                None => {}
                Some(SIGHUP) => return Err(PromptError::TerminalGone),
                Some(SIGTSTP) => {
                    self.suspend()?;
                    continue;
                }
                Some(SIGCONT) => {
                    self.hide()?;
                    return Ok(Input::Resumed);
                }
                Some(signal) => return Err(PromptError::Interrupted(signal)),
            }
            let timeout = match patience {
                Patience::Endless => None,
                Patience::Paste => Some(&PASTE_PAUSE),
            };
            let mut sources = [
                PollFd::new(&self.device, PollFlags::IN),
                PollFd::new(&self.signals.wake, PollFlags::IN),
            ];
            match poll(&mut sources, timeout) {
                Ok(0) => return Ok(Input::Nothing),
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(error) => return Err(io::Error::from(error).into()),
            }
            let (typed, signalled) = (
                !sources[0].revents().is_empty(),
                !sources[1].revents().is_empty(),
            );
            if signalled {
                self.signals.drain();
            } else if typed {
                match self.device.read(&mut self.received) {
                    Ok(0) => return Err(PromptError::TerminalGone),
                    Ok(count) => self.unread = 0..count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(gone_or_failed(error)),
                }
            }
        }
    }

    /// No echo, and no lines: the kernel would cut them at 4095 bytes. Ctrl-C,
    /// Ctrl-\ and Ctrl-Z stay signals, for our whole process group.
    fn hide(&self) -> Result<(), PromptError> {
        let mut hidden = self.before.clone();
        hidden.local_modes.remove(
            LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::IEXTEN,
        );
        hidden.local_modes.insert(LocalModes::ISIG);
        hidden.special_codes[SpecialCodeIndex::VMIN] = 1;
        hidden.special_codes[SpecialCodeIndex::VTIME] = 0;
        retry(|| tcsetattr(&self.device, OptionalActions::Flush, &hidden))
            .map_err(|error| gone_or_failed(error.into()))
    }

    /// Puts the terminal back. What is left of a paste is thrown away, or the
    /// shell would run it and show it. In the background the terminal belongs
    /// to another program, which has set it up for itself.
    fn restore(&self) {
        if tcgetpgrp(&self.device).is_ok_and(|group| group == getpgrp()) {
            // A terminal that is gone has nothing to put back.
            let _gone = retry(|| tcsetattr(&self.device, OptionalActions::Flush, &self.before));
        }
    }

    /// Stops the process, as Ctrl-Z asks; returns when it goes on. Without a
    /// shell in our session that could continue us, the stop is not done (the
    /// kernel has the same rule for orphaned process groups).
    fn suspend(&mut self) -> Result<(), PromptError> {
        let continued_by_shell = getsid(getppid()).is_ok_and(|session| Ok(session) == getsid(None));
        if continued_by_shell {
            self.restore();
            low_level::emulate_default_handler(SIGTSTP)?;
            self.signals.expect_resumption();
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.restore();
    }
}

fn retry(mut call: impl FnMut() -> Result<(), Errno>) -> Result<(), Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}

fn gone_or_failed(error: io::Error) -> PromptError {
    match Errno::from_io_error(&error) {
        Some(Errno::IO | Errno::NXIO) => PromptError::TerminalGone,
        _ => error.into(),
    }
}

/// The signals a prompt answers.
///
/// Handlers cannot be taken back, so they are installed once.
struct Signals {
    arrived: BTreeMap<i32, Arc<AtomicBool>>,
    wake: UnixStream,
}

impl Signals {
    fn get() -> io::Result<&'static Self> {
        static INSTALLED: OnceLock<Signals> = OnceLock::new();
        if let Some(installed) = INSTALLED.get() {
            return Ok(installed);
        }
        let installed = Self::install()?;
        Ok(INSTALLED.get_or_init(|| installed))
    }

    fn install() -> io::Result<Self> {
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let mut arrived = BTreeMap::new();
        for signal in ALL {
            let flag = Arc::new(AtomicBool::new(false));
            flag::register(signal, Arc::clone(&flag))?;
            low_level::pipe::register(signal, waker.try_clone()?)?;
            arrived.insert(signal, flag);
        }
        Ok(Self { arrived, wake })
    }

    fn expect_prompt(&self) {
        for flag in self.arrived.values() {
            flag.store(false, Ordering::SeqCst);
        }
        self.drain();
    }

    /// The most urgent signal that has arrived since the last call.
    fn take(&self) -> Option<i32> {
        let arrived = |signal: &i32| self.arrived[signal].swap(false, Ordering::SeqCst);
        ALL.into_iter().find(arrived)
    }

    /// A process that goes on after a stop has to hide its input again, even
    /// where the signal that woke it was taken before.
    fn expect_resumption(&self) {
        self.arrived[&SIGCONT].store(true, Ordering::SeqCst);
    }

    fn drain(&self) {
        let mut bytes = [0; 64];
        while (&self.wake).read(&mut bytes).is_ok_and(|count| count > 0) {}
    }
}
