//! What a value looks like.

use super::SecretValue;

/// What is suspicious.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// No byte.
    Empty,
    /// One newline at the end of short single-line text.
    TrailingNewline,
    /// Base64 of printable text.
    Base64Text,
    /// Windows line ends.
    CarriageReturns,
    /// A byte order mark.
    ByteOrderMark,
    /// Quotes around the whole value.
    SurroundingQuotes,
    /// Looks like a placeholder.
    Placeholder,
}

impl Suspicion {
    /// A sentence.
    pub fn sentence(self) -> &'static str {
        ""
    }
}

/// Inspects.
pub fn inspect(_value: &SecretValue) -> Vec<Suspicion> {
    Vec::new()
}

/// Removes one LF or CR LF from the end.
pub fn trim_newline(value: SecretValue) -> SecretValue {
    value
}
