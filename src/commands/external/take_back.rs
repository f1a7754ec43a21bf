//! Taking an adoption back: the ExternalSecret goes, the Secret stays, and what is said of it
//! is what it is.

use crate::cluster::Dependents;
use crate::command_line::{CommandLine, Hint};
use crate::error::{CommandError, ExitStatus};
use crate::external::aftermath::{Aftermath, aftermath};
use crate::external::object::External;
use crate::live::external as live;

use super::take_over::Adoption;

impl Adoption<'_> {
    /// Removes the ExternalSecret, whose Secret stays, and the marks of the operator. Values
    /// that it has written stay, too: nobody has the old ones.
    pub(super) async fn take_back(&self, made: &External, why: String) -> CommandError {
        let (cluster, name) = (self.cluster(), self.name());
        let before = &self.wanted.facts;
        self.live
            .ui
            .warn(format!("{why}; taking externalsecret/{name} back"));
        let left = |more: &str| {
            CommandError::partial(format!(
                "{why}, and externalsecret/{name} could not be taken back: {more}"
            ))
            .hint(Hint::run(
                "To remove it; the Secret stays",
                CommandLine::kubectl("delete")
                    .name(&format!("externalsecret/{name}"))
                    .namespace(&before.namespace),
            ))
        };
        match live::remove(cluster, made, Dependents::Kept).await {
            Ok(true) => {}
            Ok(false) => return left("the operator does not let it go"),
            Err(error) => return left(error.unmasked().message()),
        }
        let unmarked = live::unmark(cluster, before).await;
        let facts = cluster.secret_facts(&before.namespace, name).await;
        let now = match facts {
            Ok(facts) => aftermath(before, facts.as_ref()),
            Err(error) => Aftermath::NotKnown(error.unmasked().message().to_owned()),
        };
        let told = match &now {
            Aftermath::Gone => format!("{why}; externalsecret/{name} is removed"),
            now => format!(
                "{why}; externalsecret/{name} is removed, and {}",
                now.words(name)
            ),
        };
        let error = match (unmarked, &now) {
            (Ok(()), Aftermath::AsBefore) => CommandError::new(ExitStatus::RolledBack, told),
            (Ok(()), _) => CommandError::partial(told),
            (Err(error), _) => CommandError::partial(format!(
                "{told}; the operator's label on secret/{name} could not be removed: {}",
                error.unmasked().message()
            )),
        };
        match now.may_be_new() {
            true => error.hint(self.restart()),
            false => error,
        }
    }
}
