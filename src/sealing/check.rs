//! What can be said of a SealedSecret without a cluster. That a controller can unseal it
//! cannot: only its private key knows.

use std::collections::BTreeSet;
use std::fmt;

use crate::levels::ciphertext::{LayoutProblem, layout_of};
use crate::levels::sealed::{Disagreement, Scope, SealedSecret};
use crate::levels::stamp::{self, Fingerprint, Stamped};
use crate::manifest::Node;
use crate::secret::copies::may_repeat_values;
use crate::secret::key::{KeyName, check_object_name};

/// Something that keeps a SealedSecret from being unsealed, or a stamp that is not true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It has no legal name.
    Name,
    /// What decides where it can be unsealed is no text: the path of it.
    NotText(String),
    /// Its template keeps what may be a readable copy of the values: the annotation.
    PlaintextCopy(String),
    /// Its namespace is not the one that was given.
    OtherNamespace { own: String, given: String },
    /// Nothing is encrypted, and nothing is made from a template.
    NoKeys,
    /// The deprecated `spec.data`, which the controller refuses.
    DeprecatedData,
    /// A key that no Secret can have.
    Key(String),
    /// A text that no controller can decrypt.
    Ciphertext { key: String, problem: LayoutProblem },
    /// Scopes that contradict each other.
    Scope(Disagreement),
    /// The template is of another namespace or name, for which it was sealed.
    Renamed { from: String },
    /// The stamp says that it was sealed for another place.
    Moved { from: String },
    /// The ciphertexts are not those that were stamped.
    ChangedByOthers,
    /// The stamp cannot be read.
    UnreadableStamp,
    /// It is sealed under keys that none of the given certificates has.
    RetiredKey { keys: Vec<String> },
}

impl Fault {
    /// One word for programs.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NotText(_) => "notText",
            Self::PlaintextCopy(_) => "plaintextCopy",
            Self::OtherNamespace { .. } => "otherNamespace",
            Self::NoKeys => "noKeys",
            Self::DeprecatedData => "deprecatedData",
            Self::Key(_) => "key",
            Self::Ciphertext { .. } => "ciphertext",
            Self::Scope(_) => "scope",
            Self::Renamed { .. } => "renamed",
            Self::Moved { .. } => "moved",
            Self::ChangedByOthers => "changedByOthers",
            Self::UnreadableStamp => "unreadableStamp",
            Self::RetiredKey { .. } => "retiredKey",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => formatter.write_str("it has no legal name"),
            Self::NotText(field) => write!(
                formatter,
                "{field} is not text, so the API server refuses the object; put its value into quotes"
            ),
            Self::PlaintextCopy(name) => write!(
                formatter,
                "the annotation {name} of its template may hold the values unencrypted; remove it, and rotate the values if it does"
            ),
            Self::OtherNamespace { own, given } => write!(
                formatter,
                "it is for namespace {own}, not for {given}; unsealing there fails"
            ),
            Self::NoKeys => formatter.write_str("it encrypts nothing"),
            Self::DeprecatedData => formatter
                .write_str("spec.data is deprecated and refused by the controller; seal it again"),
            Self::Key(key) => write!(formatter, "the key {key} is not legal in a Secret"),
            Self::Ciphertext { key, problem } => {
                write!(formatter, "the encrypted value of {key} {problem}")
            }
            Self::Scope(Disagreement::BothSet) => formatter.write_str(
                "cluster-wide and namespace-wide are both set; the controller takes cluster-wide",
            ),
            Self::Scope(
                Disagreement::TemplateIsWider { own, template }
                | Disagreement::TemplateIsNarrower { own, template },
            ) => write!(
                formatter,
                "the template says scope {}, and its own annotations, which the controller reads, say {}",
                template.as_str(),
                own.as_str()
            ),
            Self::Renamed { from } => write!(
                formatter,
                "it was sealed for {from}, and unsealing under another name or namespace fails"
            ),
            Self::Moved { from } => write!(
                formatter,
                "its stamp says that it was sealed for {from}; unsealing here fails"
            ),
            Self::ChangedByOthers => formatter.write_str(
                "its encrypted values were changed by another tool since it was stamped, so nothing is known of their key",
            ),
            Self::UnreadableStamp => formatter.write_str("its stamp cannot be read"),
            Self::RetiredKey { keys } => write!(
                formatter,
                "it is sealed under {}, not under a key of the given certificates",
                keys.join(", ")
            ),
        }
    }
}

/// What is known of the key that something is sealed under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Nothing: it has no stamp that fits.
    Unknown,
    /// The stamp names these; no certificate was given to compare with.
    Named(BTreeSet<Fingerprint>),
    /// All are keys of given certificates.
    Current(BTreeSet<Fingerprint>),
    /// Some is not.
    Retired(BTreeSet<Fingerprint>),
}

impl KeyState {
    /// One word for programs.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Named(_) => "named",
            Self::Current(_) => "current",
            Self::Retired(_) => "retired",
        }
    }

    /// The keys, where they are known.
    pub fn keys(&self) -> impl Iterator<Item = &Fingerprint> {
        match self {
            Self::Unknown => None,
            Self::Named(keys) | Self::Current(keys) | Self::Retired(keys) => Some(keys),
        }
        .into_iter()
        .flatten()
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub faults: Vec<Fault>,
    pub key: KeyState,
}

/// Looks at one. `namespace` is the one that it is to be deployed to (`-n`); `current` has
/// the keys of the certificates that are in use.
pub fn check(
    sealed: &SealedSecret<'_>,
    namespace: Option<&str>,
    current: &BTreeSet<Fingerprint>,
) -> Checked {
    let mut faults = Vec::new();
    if check_object_name(sealed.name).is_err() {
        faults.push(Fault::Name);
    }
    faults.extend(sealed.not_text().map(Fault::NotText));
    if let (Some(given), Some(own)) = (namespace, sealed.namespace)
        && given != own
        && sealed.scope() != Scope::ClusterWide
    {
        faults.push(Fault::OtherNamespace {
            own: own.to_owned(),
            given: given.to_owned(),
        });
    }
    structure(sealed, &mut faults);
    let kept = sealed
        .root()
        .at(&["spec", "template", "metadata", "annotations"]);
    let names = kept.map_or(&[][..], Node::entries).iter();
    faults.extend(
        names
            .filter_map(|entry| entry.key.scalar_text())
            .filter(|name| may_repeat_values(name))
            .map(|name| Fault::PlaintextCopy(name.to_owned())),
    );
    match sealed.disagreement() {
        // It unseals: kubeseal --raw writes no template.
        None | Some(Disagreement::TemplateIsNarrower { .. }) => {}
        Some(other) => faults.push(Fault::Scope(other)),
    }
    if let Some((namespace, name)) = sealed.renamed_from() {
        let namespace = namespace.or(sealed.namespace).unwrap_or("?");
        faults.push(Fault::Renamed {
            from: format!("{namespace}/{}", name.unwrap_or(sealed.name)),
        });
    }
    let key = key_state(stamp::compare(sealed, namespace), current, &mut faults);
    Checked { faults, key }
}

fn structure(sealed: &SealedSecret<'_>, faults: &mut Vec<Fault>) {
    if sealed.has_deprecated_data() {
        faults.push(Fault::DeprecatedData);
    }
    let encrypted = sealed.encrypted();
    if encrypted.is_empty() && sealed.keys().is_empty() && !sealed.has_deprecated_data() {
        faults.push(Fault::NoKeys);
    }
    for (key, node) in encrypted {
        if KeyName::new(key).is_err() {
            faults.push(Fault::Key(key.to_owned()));
        }
        if let Err(problem) = layout_of(node) {
            faults.push(Fault::Ciphertext {
                key: key.to_owned(),
                problem,
            });
        }
    }
}

fn key_state(
    stamped: Stamped,
    current: &BTreeSet<Fingerprint>,
    faults: &mut Vec<Fault>,
) -> KeyState {
    let stamp = match stamped {
        Stamped::No => return KeyState::Unknown,
        Stamped::Unreadable => {
            faults.push(Fault::UnreadableStamp);
            return KeyState::Unknown;
        }
        Stamped::Changed(_) => {
            faults.push(Fault::ChangedByOthers);
            return KeyState::Unknown;
        }
        Stamped::Elsewhere(stamp) => {
            faults.push(Fault::Moved {
                from: format!(
                    "{}/{}, scope {}",
                    stamp.namespace,
                    stamp.name,
                    stamp.scope.as_str()
                ),
            });
            stamp
        }
        Stamped::Fits(stamp) => stamp,
    };
    let keys = stamp.keys();
    if current.is_empty() {
        return KeyState::Named(keys);
    }
    if keys.is_subset(current) {
        return KeyState::Current(keys);
    }
    let retired = keys.difference(current);
    faults.push(Fault::RetiredKey {
        keys: retired.map(|key| key.short().to_owned()).collect(),
    });
    KeyState::Retired(keys)
}
