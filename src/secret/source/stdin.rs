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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::Path;
    use std::process::{Command, Stdio};

    const OUTCOME: &str = "STDIN_TEST_OUTCOME";
    const LIMIT: usize = 1024;

    /// Runs this test program again with `input` on its standard input and
    /// returns what it read, or its error.
    fn read_by_child(input: &[u8], folder: &Path) -> Vec<u8> {
        let outcome = folder.join("outcome");
        let mut child = Command::new(std::env::current_exe().expect("own path"))
            .args([
                "--exact",
                "secret::source::stdin::tests::child_that_reads",
                "--ignored",
            ])
            .env(OUTCOME, &outcome)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("child");
        let mut pipe = child.stdin.take().expect("pipe");
        pipe.write_all(input).expect("written");
        drop(pipe);
        assert!(child.wait().expect("ended").success());
        fs::read(outcome).expect("outcome")
    }

    #[test]
    #[ignore = "runs as the child of the other test"]
    fn child_that_reads() {
        assert!(!super::is_terminal());
        let outcome = match super::read(LIMIT) {
            Ok(value) => value.expose().to_vec(),
            Err(error) => error.to_string().into_bytes(),
        };
        let path = std::env::var_os(OUTCOME).expect("a path");
        fs::File::create(path)
            .expect("file")
            .write_all(&outcome)
            .expect("written");
    }

    #[test]
    fn all_bytes_arrive_and_too_many_are_refused() {
        let folder = tempfile::tempdir().expect("folder");
        let all: Vec<u8> = (0..=255).cycle().take(LIMIT).collect();
        assert_eq!(read_by_child(&all, folder.path()), all);
        assert_eq!(read_by_child(b"", folder.path()), b"");
        let more = vec![b'x'; LIMIT + 1];
        assert_eq!(
            read_by_child(&more, folder.path()),
            b"holds more than 1024 bytes"
        );
    }
}
