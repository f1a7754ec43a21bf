//! The one type that holds secret bytes.
//!
//! [`SecretValue`] has no `Debug`, `Display`, `Serialize` or `Clone`: a value
//! cannot reach a log, an error or an output by accident, and each copy is a
//! visible call. Its bytes can be borrowed only inside [`crate::secret`].

use std::io::{self, Read};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Largest sum of values the API server stores in one Secret, in bytes
/// (`MaxSecretSize`, kubernetes `pkg/apis/core/types.go`).
pub const MAX_SECRET_BYTES: usize = 1024 * 1024;

/// Secret bytes, wiped when dropped.
pub struct SecretValue(Zeroizing<Vec<u8>>);

/// Why bytes could not be read into a [`SecretValue`].
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The source holds more than `limit` bytes; nothing of it was kept.
    #[error("holds more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The operating system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl SecretValue {
    /// Takes ownership of bytes that are already in memory.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// An independent copy, for the rare case where one value has two owners.
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// Reads `source` to its end, at most `limit` bytes.
    ///
    /// `expected` (bytes, for example a file's size) only sizes the first
    /// buffer; special files that report 0 are read all the same.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] as soon as byte `limit + 1` arrives, so an
    /// endless source ends here; [`ReadError::Io`] for everything else.
    pub fn read_from(
        source: &mut dyn Read,
        expected: usize,
        limit: usize,
    ) -> Result<Self, ReadError> {
        const FIRST_BUFFER: usize = 4096;
        let mut buffer = Zeroizing::new(vec![0; expected.max(FIRST_BUFFER).min(limit) + 1]);
        let mut filled = 0;
        loop {
            if filled > limit {
                return Err(ReadError::TooLarge { limit });
            }
            if filled == buffer.len() {
                // A fresh buffer instead of `reserve`: growing in place could
                // leave a copy behind that nobody wipes.
                let mut larger = Zeroizing::new(vec![0; (filled * 4).min(limit + 1)]);
                larger[..filled].copy_from_slice(&buffer);
                buffer = larger;
            }
            match source.read(&mut buffer[filled..]) {
                Ok(0) => {
                    buffer.truncate(filled);
                    return Ok(Self(buffer));
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no byte at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares byte for byte, in time that depends on the lengths only.
    pub fn same_as(&self, other: &SecretValue) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Hands the bytes to the HTTP client, which wipes them when it has sent
    /// them. Called by [`crate::cluster`] and [`crate::registry`] alone (a test
    /// counts the calls).
    pub(crate) fn into_request_body(self) -> bytes::Bytes {
        bytes::Bytes::from_owner(self.0)
    }

    /// The bytes themselves. Only [`crate::secret`] may look.
    pub(in crate::secret) fn expose(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exactly_the_limit_and_not_one_byte_more() {
        let bytes = vec![7; 10_000];
        let value = SecretValue::read_from(&mut bytes.as_slice(), 0, 10_000)
            .unwrap_or_else(|_| panic!("10000 bytes are within the limit"));
        assert_eq!(value.expose(), bytes);
        assert!(matches!(
            SecretValue::read_from(&mut bytes.as_slice(), 0, 9_999),
            Err(ReadError::TooLarge { limit: 9_999 })
        ));
    }

    /// What a type can do, found out by the compiler: the constant of the type
    /// itself, which has a bound, wins over that of the trait, which has none.
    struct Can<T>(std::marker::PhantomData<T>);

    trait Cannot {
        const DEBUG: bool = false;
        const DISPLAY: bool = false;
        const SERIALIZE: bool = false;
        const CLONE: bool = false;
    }

    impl<T> Cannot for Can<T> {}

    impl<T: std::fmt::Debug> Can<T> {
        const DEBUG: bool = true;
    }

    impl<T: std::fmt::Display> Can<T> {
        const DISPLAY: bool = true;
    }

    impl<T: serde::Serialize> Can<T> {
        const SERIALIZE: bool = true;
    }

    impl<T: Clone> Can<T> {
        const CLONE: bool = true;
    }

    /// Shows L10. Seen to fail with Debug derived for values.
    #[test]
    fn a_value_cannot_be_printed_or_copied() {
        type Value = Can<SecretValue>;
        let value = [Value::DEBUG, Value::DISPLAY, Value::SERIALIZE, Value::CLONE];
        assert_eq!(value, [false; 4]);
        type Text = Can<String>;
        let text = [Text::DEBUG, Text::DISPLAY, Text::SERIALIZE, Text::CLONE];
        assert_eq!(text, [true; 4], "the compiler's answer must mean something");
    }

    #[test]
    fn an_endless_source_ends_at_the_limit() {
        assert!(matches!(
            SecretValue::read_from(&mut io::repeat(1), 0, MAX_SECRET_BYTES),
            Err(ReadError::TooLarge { .. })
        ));
    }

    #[test]
    fn an_empty_source_is_an_empty_value() {
        let value = SecretValue::read_from(&mut io::empty(), 0, 16)
            .unwrap_or_else(|_| panic!("an empty source is fine"));
        assert!(value.is_empty());
    }

    #[test]
    fn equality_is_by_bytes() {
        let a = SecretValue::from_bytes(b"same".to_vec());
        assert!(a.same_as(&a.duplicate()));
        assert!(!a.same_as(&SecretValue::from_bytes(b"other".to_vec())));
    }
}
