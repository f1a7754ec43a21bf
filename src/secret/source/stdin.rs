//! Standard input as one value, read without a buffer of the standard library.
//!
//! The buffer behind `std::io::stdin` lives as long as the process and is never
//! wiped, so descriptor 0 is duplicated and read straight into a wiped buffer.

use std::fs::File;
use std::io::IsTerminal;

use crate::secret::SecretValue;
use crate::secret::value::ReadError;

/// Reads all bytes of descriptor 0, at most `limit`.
///
/// # Errors
/// [`ReadError::TooLarge`] beyond `limit` bytes; [`ReadError::Io`] when
/// descriptor 0 is closed or cannot be read.
pub fn read(limit: usize) -> Result<SecretValue, ReadError> {
    let duplicate =
        rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).map_err(std::io::Error::from)?;
    SecretValue::read_from(&mut File::from(duplicate), 0, limit)
}

/// Whether standard input is a terminal, where typing would be echoed.
pub fn is_terminal() -> bool {
    rustix::stdio::stdin().is_terminal()
}
