//! A workload that reads its Secrets as files, from the first day: what is asked for in,
//! objects and the steps to their values out. Pure, and never with a value.

mod guide;
mod image;
pub use image::is_image;
mod objects;
mod schedule;
mod secret;
mod wish;

pub use guide::{Line, guide, sealed_files, steps, warnings};
pub use objects::{Object, Remark, objects};
pub use secret::{BadSecret, Key, WantedSecret};
pub use wish::{BadWish, Image, Level, Scaffold, Wish, Workload};

/// Directories of Secrets are here, each with the name of its Secret, as `migrate` has it.
pub const MOUNT_ROOT: &str = "/etc/secrets";

/// The user and the group of the process where nothing else is asked for.
pub const USUAL_UID: i64 = 1000;
