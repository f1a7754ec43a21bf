//! How far a workload is on its way from variables to files.

use super::plan::{Fate, KeepReason, Plan, Reading};

/// How far a workload is, and what it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// This plan can be carried out as it is.
    Planned,
    /// The same, but it is unknown whether the container can read the files.
    PlannedUserUnknown,
    /// The files are mounted, and it is unknown whether the container can read them.
    UserUnknown,
    /// The container cannot read the files.
    NeedsFsGroup,
    /// The files are mounted; the app has to read them before variables go.
    NeedsAppChange,
    /// Variables have to stay for a reason of their own.
    Kept,
    /// A part can be carried out, and a part not.
    PartlyBlocked,
    /// Nothing can be done before something else is changed.
    Blocked,
    /// There is nothing left to do.
    Done,
}

impl State {
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::PlannedUserUnknown,
        Self::UserUnknown,
        Self::NeedsFsGroup,
        Self::NeedsAppChange,
        Self::Kept,
        Self::PartlyBlocked,
        Self::Blocked,
        Self::Done,
    ];

    /// What a table calls it.
    pub fn name(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::PlannedUserUnknown => "planned (user unknown)",
            State::UserUnknown => "user unknown",
            State::NeedsFsGroup => "needs fsGroup",
            State::NeedsAppChange => "needs app change",
            State::Kept => "keeps variables",
            State::PartlyBlocked => "partly blocked",
            State::Blocked => "blocked",
            State::Done => "nothing to do",
        }
    }

    /// What it means, for whoever reads the name in a table.
    pub fn meaning(self) -> &'static str {
        match self {
            State::Planned => "the plan can be carried out as it is",
            State::PlannedUserUnknown => {
                "the plan can be carried out, but it is unknown whether the container can read the files"
            }
            State::UserUnknown => {
                "the files are mounted, but it is unknown whether the container can read them"
            }
            State::NeedsFsGroup => {
                "the container cannot read the files with this mode and without an fsGroup"
            }
            State::NeedsAppChange => {
                "the files are mounted; the variables stay until you confirm that the app reads the files"
            }
            State::Kept => {
                "the files are mounted; the variables stay, for the reason that the details give"
            }
            State::PartlyBlocked => "a part can be carried out; the reason is why the rest cannot",
            State::Blocked => "nothing is changed until the reason is resolved",
            State::Done => "no variable is left",
        }
    }
}

impl Plan {
    /// How far the workload is.
    pub fn state(&self) -> State {
        let kept = |fits: &dyn Fn(&KeepReason) -> bool| {
            self.variables
                .iter()
                .any(|variable| matches!(&variable.fate, Fate::Kept(reason) if fits(reason)))
        };
        let reading = |wanted| {
            self.variables
                .iter()
                .any(|variable| variable.reading == Some(wanted))
        };
        let cannot_read = self.missing_group.is_some()
            || reading(Reading::Impossible)
            || kept(&|reason| matches!(reason, KeepReason::DropsFirst { .. }));
        if cannot_read {
            State::NeedsFsGroup
        } else if self.refuses() {
            match self.changes() {
                true => State::PartlyBlocked,
                false => State::Blocked,
            }
        } else if self.changes() {
            match reading(Reading::NotProven) {
                true => State::PlannedUserUnknown,
                false => State::Planned,
            }
        } else if reading(Reading::NotProven) {
            State::UserUnknown
        } else if kept(&|reason| {
            matches!(
                reason,
                KeepReason::Phase | KeepReason::NotConfirmed | KeepReason::Unsure { .. }
            )
        }) {
            State::NeedsAppChange
        } else if kept(&|reason| matches!(reason, KeepReason::NotMounted)) {
            State::Blocked
        } else if self.variables.is_empty() {
            State::Done
        } else {
            State::Kept
        }
    }
}
