//! How the sources' errors are told: their own sentence, their own next step.

use crate::error::{CommandError, ExitStatus};
use crate::secret::docker::DockerProblem;
use crate::secret::kind::KindProblem;
use crate::secret::limits::LimitError;
use crate::secret::shred::Refusal;
use crate::secret::source::descriptor::DescriptorError;
use crate::secret::source::file::{ArgumentError, FileError};
use crate::secret::source::generate::GenerateError;
use crate::secret::source::prompt::PromptError;
use crate::secret::suffix::SuffixError;
use crate::secret::tls::TlsProblem;

macro_rules! unusable_input {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for CommandError {
            fn from(error: $error) -> Self {
                let hint = error.hint().map(|hint| hint.to_string());
                CommandError::usage(error.to_string()).hints(hint)
            }
        }
    )+};
}

unusable_input!(
    ArgumentError,
    DescriptorError,
    DockerProblem,
    FileError,
    GenerateError,
    KindProblem,
    LimitError,
    SuffixError,
    TlsProblem,
);

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        CommandError::usage(refusal.to_string()).hint(refusal.hint())
    }
}

impl From<PromptError> for CommandError {
    fn from(error: PromptError) -> Self {
        let status = match error {
            PromptError::Interrupted(_) => ExitStatus::Interrupted,
            _ => ExitStatus::Usage,
        };
        let hint = error.hint().map(str::to_owned);
        CommandError::new(status, format!("{error}; nothing was changed")).hints(hint)
    }
}
