//! The description of a rule. All texts about it come from here.

use super::Severity;

/// A rule's description. Its id never changes and is never reused.
#[derive(Debug)]
pub struct Rule {
    /// `SS001`.
    pub id: &'static str,
    /// `secret-not-found`.
    pub name: &'static str,
    /// Its usual severity.
    pub severity: Severity,
    /// The data that it checks.
    pub data: &'static [Data],
    /// Whether it works on files.
    pub offline: Offline,
    /// What can be fixed automatically.
    pub auto_fix: AutoFix,
    /// One line: what it finds.
    pub summary: &'static str,
    /// Why that is bad: a paragraph or two.
    pub why: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// A manifest (or a situation) that it finds, with the correction.
    pub example: &'static str,
    /// Where the Kubernetes facts come from.
    pub source: &'static str,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// What a rule checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Data {
    /// Workloads and their pod templates.
    Workloads,
    /// Pods and their status.
    Pods,
    Events,
    /// Names and types of Secrets.
    SecretNames,
    /// Key names of Secrets, from metadata.
    SecretKeys,
    /// Times, labels and annotation names of Secrets.
    SecretMetadata,
    /// Values, with `--inspect-values` only.
    Values,
    ServiceAccounts,
    Ingresses,
    Rbac,
    /// Custom resources that create Secrets.
    Producers,
    /// ConfigMaps (key names).
    ConfigMaps,
    Namespaces,
    /// Something only a file can show.
    Files,
}

impl Data {
    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Data::Workloads => "workloads and their templates",
            Data::Pods => "pods and their status",
            Data::Events => "events",
            Data::SecretNames => "names and types of Secrets",
            Data::SecretKeys => "key names of Secrets",
            Data::SecretMetadata => "times, labels and annotation names of Secrets",
            Data::Values => "values of Secrets, with --inspect-values only",
            Data::ServiceAccounts => "ServiceAccounts",
            Data::Ingresses => "Ingresses and Gateways",
            Data::Rbac => "roles and their bindings",
            Data::Producers => "resources that create Secrets",
            Data::ConfigMaps => "key names of ConfigMaps",
            Data::Namespaces => "Namespaces",
            Data::Files => "the text of manifest files",
        }
    }
}

/// Whether a rule works on files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offline {
    Yes,
    /// If the objects it refers to are among the files.
    Partly,
    /// It needs a cluster.
    No,
}

/// What can be fixed automatically.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoFix {
    No,
    /// An edit of the manifest.
    File(Tier),
    /// A patch of the live object, or a command.
    Live,
    FileAndLive(Tier),
}

/// Which edits of manifests a rule proposes; [`super::Applies`] is about one edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Edits that change nothing for a running app.
    Safe,
    /// Edits that may break something.
    Unsafe,
    /// Both, depending on the finding.
    Either,
}
