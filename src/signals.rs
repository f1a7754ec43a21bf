//! Signals that end or stop the process do what they do by default, except
//! while something must not be interrupted: a terminal without echo, a question
//! that gives the cursor back, a file that has just got a second name.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::{flag, low_level};

/// All that can be held, the most urgent first.
pub const ALL: [i32; 6] = [SIGHUP, SIGTERM, SIGQUIT, SIGINT, SIGTSTP, SIGCONT];
/// Those that end the process.
const ENDING: [i32; 4] = [SIGHUP, SIGTERM, SIGQUIT, SIGINT];

/// What is registered for one signal, once: a handler cannot be given back to
/// the system.
struct Handler {
    signal: i32,
    holders: AtomicUsize,
    /// Whether there are no holders.
    idle: Arc<AtomicBool>,
    arrived: Arc<AtomicBool>,
}

impl Handler {
    /// `None` of a signal that whoever started the process has it ignore
    /// (`nohup`, a job in the background): it stays ignored.
    fn install(signal: i32) -> io::Result<Option<Self>> {
        if is_ignored(signal) {
            return Ok(None);
        }
        let handler = Self {
            signal,
            holders: AtomicUsize::new(0),
            idle: Arc::new(AtomicBool::new(true)),
            arrived: Arc::new(AtomicBool::new(false)),
        };
        flag::register_conditional_default(signal, Arc::clone(&handler.idle))?;
        flag::register(signal, Arc::clone(&handler.arrived))?;
        Ok(Some(handler))
    }

    /// The one of a signal, which is registered when it is first asked for.
    fn of(signal: i32) -> io::Result<Option<&'static Self>> {
        static INSTALLED: Mutex<BTreeMap<i32, Option<&'static Handler>>> =
            Mutex::new(BTreeMap::new());
        let mut installed = INSTALLED
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = installed.get(&signal) {
            return Ok(*known);
        }
        // It is needed until the process ends.
        let handler = Self::install(signal)?.map(|handler| &*Box::leak(Box::new(handler)));
        installed.insert(signal, handler);
        Ok(handler)
    }
}

/// Whether the process ignores a signal (proc(5), `SigIgn`); not known without
/// that folder.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// While it lives, its signals do nothing by themselves: whoever holds them
/// answers them.
#[must_use]
pub struct Hold(Vec<&'static Handler>);

impl Hold {
    /// # Errors
    /// When the system registers no handlers.
    pub fn of(signals: &[i32]) -> io::Result<Self> {
        let mut held = Vec::new();
        for signal in signals {
            held.extend(Handler::of(*signal)?);
        }
        for handler in &held {
            if handler.holders.fetch_add(1, Ordering::SeqCst) == 0 {
                handler.arrived.store(false, Ordering::SeqCst);
                handler.idle.store(false, Ordering::SeqCst);
            }
        }
        Ok(Self(held))
    }
}

impl Hold {
    /// Whether one of its signals has arrived since it was made.
    pub fn has_arrived(&self) -> bool {
        self.0
            .iter()
            .any(|handler| handler.arrived.load(Ordering::SeqCst))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        for handler in &self.0 {
            if handler.holders.fetch_sub(1, Ordering::SeqCst) == 1 {
                handler.idle.store(true, Ordering::SeqCst);
            }
        }
    }
}

/// While it lives, signals that end the process wait; they end it when the last
/// one is dropped.
#[must_use]
pub struct Postponed(Option<Hold>);

impl Postponed {
    /// # Errors
    /// When the system registers no handlers.
    pub fn new() -> io::Result<Self> {
        Self::of(&ENDING)
    }

    /// Only those of some signals.
    ///
    /// # Errors
    /// When the system registers no handlers.
    pub fn of(signals: &[i32]) -> io::Result<Self> {
        Ok(Self(Some(Hold::of(signals)?)))
    }

    /// Whether the process is to end.
    pub fn has_arrived(&self) -> bool {
        self.0.as_ref().is_some_and(Hold::has_arrived)
    }
}

impl Drop for Postponed {
    fn drop(&mut self) {
        let Some(hold) = self.0.take() else {
            return;
        };
        let handlers = hold.0.clone();
        drop(hold);
        for handler in handlers {
            let is_idle = handler.idle.load(Ordering::SeqCst);
            if is_idle && handler.arrived.swap(false, Ordering::SeqCst) {
                // There is no other way to end as the signal says.
                let _ = low_level::emulate_default_handler(handler.signal);
            }
        }
    }
}
