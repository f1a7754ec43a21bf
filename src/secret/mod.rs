//! Secret bytes: where they come from, what is checked, how they are encoded.
//!
//! Values can be looked at in this module and its children only
//! ([`value::SecretValue`] keeps its bytes `pub(in crate::secret)`); everything
//! else passes them on unseen.

pub mod copies;
pub mod derived;
pub mod docker;
pub mod draft;
pub mod encoded;
pub mod generated;
pub mod handoff;
pub mod inspection;
pub mod key;
pub mod kind;
pub mod limits;
pub mod login;
pub mod manifest;
pub mod redactor;
pub mod sameness;
pub mod sealing;
pub mod sheet;
pub mod shred;
pub mod source;
pub mod stored;
pub mod suffix;
pub mod tls;
pub mod traces;
pub mod value;
pub mod wire;

pub use key::KeyName;
pub use value::SecretValue;
