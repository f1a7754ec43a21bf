//! Admission policies that keep what was won: the API server itself refuses, or warns of, new
//! uses of Secrets that `doctor` reports. Pure.
//!
//! One definition has two forms. [`expression`] says it in CEL, for the API server, of an
//! object and of what was there before: what was there passes. [`breach`] says it in Rust, of
//! an object that is created anew. `tests/real/policy.rs` holds both against each other.

pub mod breach;
mod credential;
mod expression;
pub mod object;
pub mod scope;
mod undo;
pub mod who;

pub use breach::{Breach, Concern};
pub use scope::{Exempt, NamespaceSelector, Scope};

/// What becomes of a request that the policy does not let pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It passes, with a warning for the client and an entry in the audit log.
    Warn,
    /// It passes, with an entry in the audit log.
    Audit,
    /// It is refused.
    Deny,
}

impl Mode {
    /// `validationActions` of the binding
    /// (kubernetes/api `admissionregistration/v1/types.go`: Deny and Warn exclude each other).
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Warn => &["Warn", "Audit"],
            Self::Audit => &["Audit"],
            Self::Deny => &["Deny", "Audit"],
        }
    }
}

/// How the API server gets the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Through its API.
    Api,
    /// As files that it reads when it starts (KEP-5793).
    Manifests,
}

/// Whether a second policy sets `readOnly: true` on new mounts of Secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    None,
    ReadOnly,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub mode: Mode,
    pub delivery: Delivery,
    pub correction: Correction,
    pub scope: Scope,
}
