//! One guarded change of a live workload: read, decide, try it on the server,
//! make it; and again when somebody else was faster.

use std::time::Duration;

use crate::error::CommandError;
use crate::journal::Journal;
use crate::manifest::Operation;
use crate::workload::Object;

use super::target::{ATTEMPTS, NotMade, PAUSE, Target};

/// Before a workload is read anew that somebody else has changed; it doubles each
/// time.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// What is to be done with the workload as it is now.
pub enum Decision<T> {
    /// This is written, and means the value once it is.
    Change(Change, T),
    Leave(T),
}

/// A change, and the journal that goes with it.
pub struct Change {
    /// Paths count from the object.
    pub operations: Vec<Operation>,
    /// What takes it back.
    pub journal: Journal,
}

/// How a change ended that no error stopped.
pub enum Ended<T> {
    /// What was decided, and is there now.
    Is(T),
    /// There is no such workload any more.
    Gone,
    /// Somebody else changes it each time before we do.
    KeepsChanging,
}

/// Why it was given up.
pub enum Stopped {
    Decided(CommandError),
    NotMade(NotMade),
}

impl Stopped {
    /// As the user sees it; `what` would have happened.
    pub fn into_error(self, what: &str) -> CommandError {
        match self {
            Self::Decided(error) => error,
            Self::NotMade(not_made) => not_made.into_error(what),
        }
    }
}

impl From<CommandError> for Stopped {
    fn from(error: CommandError) -> Self {
        Self::Decided(error)
    }
}

impl Target<'_> {
    /// Has `decide` look at the workload until what it decides is there.
    /// `admitted` is shown what the server would make of the change, before it
    /// is made.
    ///
    /// A change whose answer was lost is known again by its journal.
    ///
    /// # Errors
    /// What `decide` returns, and what the server says.
    pub async fn attempt<T>(
        &self,
        mut decide: impl AsyncFnMut(&Object) -> Result<Decision<T>, CommandError>,
        mut admitted: impl FnMut(&T, &Object),
    ) -> Result<Ended<T>, Stopped> {
        let mut failed = None;
        let mut perhaps: Option<(Journal, T)> = None;
        for tries in 0..ATTEMPTS {
            let object = match self.read().await {
                Ok(Some(object)) => object,
                Ok(None) => return Ok(Ended::Gone),
                Err(error) => {
                    failed.get_or_insert(NotMade::Trial(error));
                    break;
                }
            };
            if let Some((_, value)) = perhaps.take_if(|(journal, _)| journal.is_of(&object)) {
                return Ok(Ended::Is(value));
            }
            let (change, value) = match decide(&object).await? {
                Decision::Change(change, value) => (change, value),
                Decision::Leave(value) => return Ok(Ended::Is(value)),
            };
            let written = self
                .change(&object, &change.operations, &change.journal, |tried| {
                    admitted(&value, tried);
                })
                .await;
            match written {
                Ok(()) => return Ok(Ended::Is(value)),
                // The next round reads what somebody else has changed; they may be
                // about to change more.
                Err(error) if error.speaks_of_the_object() && self.changed_since(&object).await => {
                    tokio::time::sleep(FIRST_PAUSE * 2u32.pow(tries)).await;
                }
                // The next round finds the change there, or makes it.
                Err(error) if error.passes() => {
                    if error.may_be_stored() {
                        perhaps = Some((change.journal, value));
                    }
                    failed = Some(error);
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(Stopped::NotMade(error)),
            }
        }
        match failed {
            Some(error) => Err(Stopped::NotMade(error)),
            None => Ok(Ended::KeepsChanging),
        }
    }
}
