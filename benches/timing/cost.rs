//! What a run costs, whatever else the machine does.

use std::process::Command;

use crate::usage::{calls, cpu, memory};

/// What a command costs.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// CPU seconds of one run, user and system, all threads: the least of some.
    pub seconds: f64,
    /// System calls of one run.
    pub calls: f64,
    /// Largest resident memory of one run, in MiB.
    pub memory: f64,
}

/// Measures it.
pub fn cost(make: &dyn Fn() -> Command) -> Cost {
    const COST_ROUNDS: usize = 3;
    /// What takes so many seconds is not disturbed by much.
    const LONG: f64 = 2.0;
    let mut seconds = cpu(&make());
    for _ in 1..COST_ROUNDS {
        if seconds < LONG {
            seconds = seconds.min(cpu(&make()));
        }
    }
    Cost {
        seconds: seconds.max(0.001),
        calls: calls(&make()),
        memory: memory(&make()),
    }
}
