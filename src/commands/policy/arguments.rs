//! The command line of `policy`. Doc comments here are the help.

use clap::{Args, ValueEnum};

use crate::cluster::ConnectionFlags;
use crate::commands::input::InputArgs;
use crate::error::{CommandError, UnusableValue};
use crate::output::policy::Format;
use crate::policy::{Exempt, Mode, NamespaceSelector, Scope};
use crate::secret::key::check_namespace;
use crate::ui::Talk;

/// `policy`.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// What happens to a request that breaks the policy
    #[arg(long, value_enum, value_name = "MODE", default_value = "warn")]
    pub(super) mode: ModeArg,
    /// Print it for the files that an API server of 1.37 or later reads when it starts
    #[arg(long = "static")]
    pub(super) is_static: bool,
    /// Also print a policy that sets readOnly: true on new mounts of Secrets (1.36 or later)
    ///
    /// With --static, print that one alone: it belongs to a directory of its own.
    #[arg(long, conflicts_with = "who")]
    pub(super) fix: bool,
    /// Labels of the namespaces that are judged [default: that of -n, or all but kube-system]
    #[arg(long, value_name = "SELECTOR", value_parser = selector)]
    pub(super) namespace_selector: Option<NamespaceSelector>,
    /// Label of objects that always pass
    #[arg(long, value_name = "KEY[=VALUE]", value_parser = exempt)]
    pub(super) exempt_label: Option<Exempt>,
    /// List the workloads that would not pass if they were created again
    ///
    /// Reads manifest files (-f, -k) or the cluster; nothing is printed for a server.
    #[arg(long, conflicts_with_all = ["is_static", "mode"])]
    pub(super) who: bool,
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Output format [default: yaml, or text with --who]
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        help_heading = "Result"
    )]
    pub(super) output: Option<Format>,
    /// Print only the result, warnings and errors
    #[arg(short, long, help_heading = "Result")]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionFlags,
}

/// [`Mode`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// It passes with a warning, and the audit log has it
    Warn,
    /// It passes, and the audit log has it
    Audit,
    /// It is refused
    Deny,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Warn => Self::Warn,
            ModeArg::Audit => Self::Audit,
            ModeArg::Deny => Self::Deny,
        }
    }
}

impl PolicyArgs {
    /// How much talk the flags ask for.
    pub fn talk(&self) -> Talk {
        Talk::unless(self.quiet)
    }

    /// The namespace that `-n` names for a policy. With `--who` it says what is looked at.
    pub(super) fn only_namespace(&self) -> Option<&str> {
        match self.who {
            true => None,
            false => self.connection.explicit_namespace(),
        }
    }

    /// Which namespaces and objects are meant.
    ///
    /// # Errors
    /// Status 2 for a namespace beside a selector, or one that has no name of a namespace.
    pub(super) fn scope(&self) -> Result<Scope, CommandError> {
        let namespaces = match (self.only_namespace(), &self.namespace_selector) {
            (Some(_), Some(_)) => {
                return Err(CommandError::usage(
                    "-n and --namespace-selector both say which namespaces are judged",
                )
                .hint("Leave one of them out."));
            }
            (Some(namespace), None) => check_namespace(namespace)
                .ok()
                .and_then(|()| NamespaceSelector::only(namespace))
                .ok_or_else(|| CommandError::usage("-n: not a name for a namespace"))?,
            (None, selector) => selector.clone().unwrap_or_default(),
        };
        Ok(Scope {
            namespaces,
            exempt: self.exempt_label.clone(),
        })
    }

    /// Whether something is named that only `--who` looks at.
    pub(super) fn has_input(&self) -> bool {
        let InputArgs {
            filename,
            recursive: _,
            kustomize,
            assume_complete,
            all_namespaces,
            contexts,
            all_contexts,
            exclusion: _,
        } = &self.input;
        !filename.is_empty()
            || !kustomize.is_empty()
            || *assume_complete
            || *all_namespaces
            || !contexts.is_empty()
            || *all_contexts
    }
}

fn selector(text: &str) -> Result<NamespaceSelector, UnusableValue> {
    NamespaceSelector::parse(text)
        .ok_or_else(|| "write labels as a=b, a!=b, a in (b,c), a or !a".into())
}

fn exempt(text: &str) -> Result<Exempt, UnusableValue> {
    Exempt::parse(text).ok_or_else(|| "write a label as KEY or KEY=VALUE".into())
}
