//! Reading values: from flags, files, streams and somebody at a terminal to
//! entries, and what becomes of the files afterwards. For every command that
//! takes a value.

pub mod arguments;
pub mod cleanup;
mod errors;
pub mod gather;
pub mod interview;
