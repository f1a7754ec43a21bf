//! Changing a cluster safely: one place for every command that does.
//!
//! A [`Target`] is read, a change is planned on what was read, tried on the
//! server and made in one guarded patch ([`attempt`]), its pods are watched
//! ([`watch`]), and what it left in its journal takes it back ([`take_back`]).

pub mod attempt;
pub mod external;
mod look;
mod lookout;
pub mod restart;
pub mod run;
pub mod sealed;
pub mod secret;
pub mod successor;
pub mod take_back;
mod target;
pub mod throwaway;
mod watch;
pub mod waves;

pub use look::at as look_at;
pub use target::{ATTEMPTS, CHANGEABLE, NotMade, PAUSE, Target};
