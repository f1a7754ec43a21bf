//! What is to become of files: plans of their workloads, and their texts after.

use zeroize::Zeroizing;

use crate::gathering::files::InputFile;
use crate::manifest::Node;
use crate::migration::Plan;
use crate::workload::{Object, Workload};

/// A plan, and where its object stands.
pub(super) struct Planned<'a> {
    pub plan: Plan,
    pub workload: &'a Workload,
    pub object: &'a Object,
    pub source: usize,
    pub document: usize,
}

impl Planned<'_> {
    /// The tree of its object.
    pub fn root(&self) -> &Node {
        &self.object.root
    }
}

/// A file with a change.
pub(super) struct Changed<'a> {
    pub file: &'a InputFile,
    pub after: Zeroizing<String>,
    /// The workloads that change, as messages call them.
    pub workloads: Vec<String>,
}
