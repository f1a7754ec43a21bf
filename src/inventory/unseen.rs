//! What was not seen, and why.

use crate::api::{Restarts, Task};
use crate::command_line::{CommandLine, Hint};

/// Why something could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Only files were read, and it is not among them.
    NotInFiles,
    /// The cluster does not allow it.
    Forbidden(Grant),
    /// The cluster does not say all of it: a sentence fragment.
    Incomplete(String),
    /// It is decided outside of files and clusters, such as by a vault, or by a file that
    /// is in no repository: a sentence fragment.
    Outside(String),
    /// It was not asked for: the flag that asks.
    NotAsked(&'static str),
    /// A template fills in the name, so it is none yet.
    Template,
    /// A custom resource has containers of its own kind, of which only the
    /// references are read.
    OwnContainers,
}

impl Reason {
    /// Whether something that was asked for could not be seen. What lies outside
    /// the given files, or was not asked for, is none.
    pub fn is_gap(&self) -> bool {
        matches!(self, Reason::Forbidden(_) | Reason::Incomplete(_))
    }
}

/// The command that prints the Role which is enough for a whole command; without a
/// namespace for all of them.
pub fn role_command(task: Task, namespace: Option<&str>) -> Hint {
    let name = task.name();
    let print = CommandLine::secretsafe(match task {
        Task::Migrate => "migrate --print-rbac",
        Task::Rotate(_) => "rotate --print-rbac",
        Task::Restart => "restart --print-rbac",
        Task::Sync(Restarts::Yes) => "sync --print-rbac --restart",
        Task::Sync(Restarts::No) => "sync --print-rbac",
        Task::External => "external --print-rbac",
    });
    let print = match (namespace, task) {
        (Some(namespace), _) => print.namespace(namespace),
        (None, Task::Restart | Task::Sync(_)) => print.switch("-A"),
        (None, _) => print,
    };
    Hint::run(
        format!("To print the Role that is enough for {name}"),
        print,
    )
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// `list`, `get`, …
    pub verb: String,
    /// API group, empty for the core group.
    pub group: String,
    pub resource: String,
    /// In which namespace; `None` for all.
    pub namespace: Option<String>,
}

impl Grant {
    /// `list deployments.apps in namespace prod`.
    pub fn words(&self) -> String {
        let resource = match self.group.as_str() {
            "" => self.resource.clone(),
            group => format!("{}.{group}", self.resource),
        };
        match &self.namespace {
            Some(namespace) => format!("{} {resource} in namespace {namespace}", self.verb),
            None => format!("{} {resource} in all namespaces", self.verb),
        }
    }

    /// The command that prints the Role that allows all that is listed: a
    /// sentence.
    pub fn role_command(&self) -> Hint {
        let print = CommandLine::secretsafe("doctor --print-rbac");
        let print = match &self.namespace {
            Some(namespace) => print.namespace(namespace),
            None => print.switch("-A"),
        };
        Hint::run("To print the Role that allows it", print)
    }

    /// The same for what `audit` lists.
    pub fn audit_role_command(&self) -> Hint {
        let print = CommandLine::secretsafe("audit --print-rbac");
        let print = match &self.namespace {
            Some(namespace) => print.namespace(namespace),
            None => print.switch("-A"),
        };
        Hint::run("To print the roles that allow it", print)
    }

    /// The same for all that a command reads and changes: who is given the lists alone is
    /// refused the change.
    pub fn role_command_of(&self, task: Task) -> Hint {
        role_command(task, self.namespace.as_deref())
    }
}
