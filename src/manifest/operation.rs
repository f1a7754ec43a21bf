//! Operations of a JSON Patch (RFC 6902), and edits that no patch can tell.

/// One operation of a JSON Patch, or of an edit that no patch can tell. Values
/// hold references, modes and names,
/// never a secret value.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// `test`.
    Test {
        pointer: String,
        value: serde_json::Value,
    },
    /// `add`: `-` as the last token appends to a list.
    Add {
        pointer: String,
        value: serde_json::Value,
    },
    /// `replace`.
    Replace {
        pointer: String,
        value: serde_json::Value,
    },
    /// `remove`.
    Remove { pointer: String },
    /// Puts a scalar into quotes, as it is written: in files only. It is not
    /// part of RFC 6902, which would have to tell the text.
    Quote { pointer: String },
}

impl Operation {
    /// The place it tests or changes, as a JSON pointer.
    pub fn pointer(&self) -> &str {
        match self {
            Self::Test { pointer, .. }
            | Self::Add { pointer, .. }
            | Self::Replace { pointer, .. }
            | Self::Remove { pointer }
            | Self::Quote { pointer } => pointer,
        }
    }
}
