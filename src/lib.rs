//! The library beneath `kubectl secretsafe`.
#![forbid(unsafe_code)]
