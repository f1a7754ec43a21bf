//! How far a run is: an annotation of its Secret that each step renews. What is
//! really written is told by the values themselves.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::hooks::OtherSide;

/// The annotation.
pub const STATE: &str = "secretsafe.dev/state";
/// A run that has not told of itself for so long is taken for dead.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Where a run is.
///
/// `plan` comes before all of these and changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Old and new value are stored in the run's Secret; nothing else is changed.
    Pending,
    /// The other side of the credential is being told the new value.
    Set,
    /// Whether the other side takes the new value is being tried.
    Test,
    /// The new value is being written.
    Write,
    /// It is written and stays so: restarts come later (`--stage`).
    Staged,
    /// Consumers are being restarted.
    Restart,
    /// All are restarted; whether all have the new value is looked at.
    Verify,
    /// All have it; what is left of the old value is being removed.
    Retire,
    /// Done; the old value is kept for a while (`--keep`).
    Kept,
    /// Everything is being taken back.
    Back,
}

impl Phase {
    /// What the run is doing, behind "the run".
    pub fn words(self) -> &'static str {
        match self {
            Self::Pending => "has stored both values and written nothing",
            Self::Set => "was telling the other side of the credential the new value",
            Self::Test => "was trying the new value on the other side of the credential",
            Self::Write => "was writing the new value",
            Self::Staged => "has written the new value; consumers are restarted later",
            Self::Restart => "was restarting consumers",
            Self::Verify => "was checking that all consumers have the new value",
            Self::Retire => "has changed everything and was removing what is left of the old value",
            Self::Kept => "is done and keeps the old value",
            Self::Back => "was taking everything back",
        }
    }

    /// Its name, as the annotation and documents have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Set => "set",
            Self::Test => "test",
            Self::Write => "write",
            Self::Staged => "staged",
            Self::Restart => "restart",
            Self::Verify => "verify",
            Self::Retire => "retire",
            Self::Kept => "kept",
            Self::Back => "back",
        }
    }

    /// Whether somebody still has to do something.
    pub fn is_open(self) -> bool {
        self != Self::Kept
    }
}

/// What the annotation holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunState {
    pub phase: Phase,
    /// When the new value was written, by the API server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrote: Option<Timestamp>,
    /// The mark of the restarts, from when they begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<Timestamp>,
    /// When the old value was written back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<Timestamp>,
    /// Until when the old value is kept, by [`Phase::Kept`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<Timestamp>,
    /// What the other side of the credential has.
    #[serde(default, skip_serializing_if = "OtherSide::is_untouched")]
    pub other_side: OtherSide,
    /// How often the other side was told a value.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempts: u32,
    /// Who is at work; `None` when nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
}

/// A process that is at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Holder {
    /// Where it runs, and which process it is there; opaque.
    pub machine: String,
    pub process: String,
    /// Until when it is not taken for dead, by its own clock.
    pub until: Timestamp,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl RunState {
    pub fn write(&self) -> String {
        serde_json::to_string(self).expect("words and times are JSON")
    }

    /// Reads an annotation; `None` for what no run can have written.
    pub fn read(text: &str) -> Option<Self> {
        let state: Self = serde_json::from_str(text)
            .ok()
            .filter(|_| text.len() < 2_000)?;
        let is_word = |text: &str| {
            text.len() <= 80
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && byte != b'"')
        };
        let known = |holder: &Holder| is_word(&holder.machine) && is_word(&holder.process);
        state.holder.as_ref().is_none_or(known).then_some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let state = RunState {
            phase: Phase::Restart,
            wrote: Some("2026-11-29T10:00:00Z".parse().unwrap()),
            stamp: Some("2026-11-29T10:00:00.123456Z".parse().unwrap()),
            restored: None,
            keep: None,
            other_side: OtherSide::New,
            attempts: 2,
            holder: Some(Holder {
                machine: "boot/ns".to_owned(),
                process: "12/345".to_owned(),
                until: "2026-11-29T10:01:00Z".parse().unwrap(),
            }),
        };
        assert!(
            state
                .write()
                .contains(&format!("\"{}\"", state.phase.name()))
        );
        assert_eq!(RunState::read(&state.write()), Some(state));
        for text in [
            "",
            "{}",
            r#"{"phase":"x"}"#,
            r#"{"phase":"write","more":1}"#,
            r#"{"phase":"write","holder":{"machine":"a b","process":"1","until":"2026-11-29T10:01:00Z"}}"#,
            r#"{"phase":"write","wrote":"yesterday"}"#,
        ] {
            assert_eq!(RunState::read(text), None, "{text}");
        }
    }
}
