//! `rotate` when the program is killed, or the server fails: at every write, before
//! and after it is carried out. What one kill leaves behind is gone on with, and taken
//! back.
//!
//! Only writes change what a later run finds, so a kill at a read leaves what a kill
//! before the next write does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod faults;
mod hooks;
mod kills;
mod others;
mod scene;
mod succeeded;
mod trust;
mod watches;
