//! `sync` and `external` against the fault server and an operator that a test plays: what
//! the real one does rarely, such as failing in the middle, clocks that differ and hostile
//! objects. What the real operator does is in `tests/real/levels`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod adopt;
mod operator;
mod push;
mod sync;
