//! What a check found, as plain data.

mod fingerprint;
mod rule;

use std::fmt;

use crate::command_line::{CommandLine, Connection};
use crate::inventory::Reason;
use crate::manifest::Operation;
use crate::workload::{ObjectId, Origin, Site};

pub use fingerprint::{fingerprint, parts};
pub use rule::{AutoFix, Data, Offline, Rule, Tier};

/// How bad a finding is. The order is that of `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    /// Will fail, or is insecure.
    Warning,
    /// Fails, or leaks, now.
    Error,
}

impl Severity {
    /// `error`, `warning`, `info`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One finding. Its texts contain names of objects, keys and places, never a value.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    pub severity: Severity,
    /// The object to change: the top owner of a pod, not the pod.
    pub subject: ObjectId,
    /// What is wrong: one sentence, capital first letter, full stop.
    pub message: String,
    /// The Secret it is about, if there is one.
    pub secret: Option<SecretName>,
    /// The container, if it is about one.
    pub container: Option<String>,
    /// Where to look, the most relevant place first.
    pub places: Vec<Place>,
    /// The names of what it is about, where that is several things: a baseline that has
    /// one of them does not have the next one.
    pub parts: Vec<String>,
    /// The evidence: sentences.
    pub evidence: Vec<String>,
    /// What to do, the best first.
    pub fixes: Vec<Fix>,
    /// Rules that add to this one (a near miss, a live symptom).
    pub related: Vec<&'static Rule>,
    /// The kustomizations that have it when they are built, by their directories; empty for a
    /// finding outside kustomizations.
    pub overlays: Vec<String>,
}

/// A Secret, and perhaps one of its keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretName {
    pub namespace: String,
    pub name: String,
    pub key: Option<String>,
}

/// A place in an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub origin: Origin,
    /// Where in it; its path counts from the object's root.
    pub site: Site,
    /// What is there: a few words.
    pub label: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fix {
    /// A command to run as it is.
    Command {
        /// What it does: a sentence.
        what: String,
        command: CommandLine,
    },
    /// A change of the object (a JSON Patch, RFC 6902): `--fix` makes it in a file, kubectl in a
    /// cluster.
    Patch {
        /// What it does: a sentence.
        what: String,
        /// The operations, in order; paths count from the object's root.
        operations: Vec<Operation>,
        /// What it may break for a running app.
        applies: Applies,
    },
    /// Something only a person can do: a sentence.
    Advice(String),
}

/// What a change of a manifest may break for a running app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// Nothing, provably, or the API server refuses the object as it is: `--fix` makes the
    /// change.
    Safe,
    /// It may break something: what, as a sentence. `--fix --unsafe` asks for each of these.
    Unsafe(&'static str),
    /// It is only shown; a person decides.
    Never,
}

impl Applies {
    /// `safe`, `unsafe`, `never`.
    pub fn name(self) -> &'static str {
        match self {
            Applies::Safe => "safe",
            Applies::Unsafe(_) => "unsafe",
            Applies::Never => "never",
        }
    }

    /// What it may break: a sentence.
    pub fn risk(self) -> Option<&'static str> {
        match self {
            Applies::Unsafe(risk) => Some(risk),
            Applies::Safe | Applies::Never => None,
        }
    }
}

impl Fix {
    /// What it may break for a running app, if it is a change of a manifest.
    pub fn applies(&self) -> Option<Applies> {
        match self {
            Fix::Patch { applies, .. } => Some(*applies),
            Fix::Command { .. } | Fix::Advice(_) => None,
        }
    }
}

impl Finding {
    /// A finding of a rule, with the rule's own severity.
    pub fn new(rule: &'static Rule, subject: &ObjectId, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            subject: subject.clone(),
            message: message.into(),
            secret: None,
            container: None,
            places: Vec::new(),
            parts: Vec::new(),
            evidence: Vec::new(),
            fixes: Vec::new(),
            related: Vec::new(),
            overlays: Vec::new(),
        }
    }

    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Names the Secret (and key) it is about.
    #[must_use]
    pub fn about(mut self, namespace: &str, name: &str, key: Option<&str>) -> Self {
        self.secret = Some(SecretName {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            key: key.map(str::to_owned),
        });
        self
    }

    /// Names the container it is about.
    #[must_use]
    pub fn in_container(mut self, container: &str) -> Self {
        self.container = Some(container.to_owned());
        self
    }

    #[must_use]
    pub fn at(mut self, origin: Origin, site: &Site, label: impl Into<String>) -> Self {
        self.places.push(Place {
            origin,
            site: site.clone(),
            label: label.into(),
        });
        self
    }

    /// Names one of several things that it is about.
    #[must_use]
    pub fn part(mut self, name: impl Into<String>) -> Self {
        self.parts.push(name.into());
        self
    }

    #[must_use]
    pub fn because(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    /// Adds something to do.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Adds a command to run.
    #[must_use]
    pub fn run(self, what: impl Into<String>, command: CommandLine) -> Self {
        self.fix(Fix::Command {
            what: what.into(),
            command,
        })
    }

    /// Makes its commands use the cluster of a connection.
    pub(crate) fn address(&mut self, connection: &Connection) {
        for fix in &mut self.fixes {
            if let Fix::Command { command, .. } = fix {
                *command = command.clone().on(connection);
            }
        }
    }

    #[must_use]
    pub fn advise(self, advice: impl Into<String>) -> Self {
        self.fix(Fix::Advice(advice.into()))
    }

    /// Names a rule that adds to this one.
    #[must_use]
    pub fn related(mut self, rule: &'static Rule) -> Self {
        self.related.push(rule);
        self
    }
}

/// Something a check could not decide. It is never a failure, and never clean.
#[derive(Clone, Debug)]
pub struct Unknown {
    pub rule: &'static Rule,
    /// For which object; `None` for all.
    pub subject: Option<ObjectId>,
    /// What could not be checked: `secret/db in prod`.
    pub what: String,
    pub reason: Reason,
}

/// What checks report into.
#[derive(Default)]
pub struct Results {
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub unknown: Vec<Unknown>,
}

impl Results {
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Reports that something could not be decided.
    pub fn unknown(
        &mut self,
        rule: &'static Rule,
        subject: Option<&ObjectId>,
        what: impl Into<String>,
        reason: Reason,
    ) {
        self.unknown.push(Unknown {
            rule,
            subject: subject.cloned(),
            what: what.into(),
            reason,
        });
    }
}
