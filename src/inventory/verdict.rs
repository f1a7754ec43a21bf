//! What can be said of values without showing them (`--inspect-values`), and of
//! the form of a Secret's manifest.
//!
//! A verdict holds names, classes, host names and what certificates publish;
//! no content, no length, no digest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::manifest::{Content, Node, ScalarType};
use crate::workload::credential::is_credential_name;
use crate::workload::{Object, Origin};

use crate::secret::SecretValue;
use crate::secret::docker::{self, ConfigKind, DockerProblem, Registries};
use crate::secret::encoded::{self, Defect};
use crate::secret::inspection::{self, AsVariable, Suspicion, inspect};
use crate::secret::limits::{self, SizeClass};
use crate::secret::sameness::{Sameness, ValueGroup};
use crate::secret::tls::{self, ChainFacts, Expiry, Pair, TlsProblem};

/// Verdicts about the values of one Secret.
#[derive(Clone, Debug, Default)]
pub struct ValueFacts {
    /// By key. Values that are filled in later, or cannot be decoded, have none.
    pub keys: BTreeMap<String, KeyFacts>,
    /// Certificates with their keys.
    pub pairs: Vec<PairFacts>,
    /// How much of the limit they fill together.
    pub size: SizeClass,
}

/// Verdicts about one value.
#[derive(Clone, Debug, Default)]
pub struct KeyFacts {
    pub suspicions: BTreeSet<Suspicion>,
    /// Whether it can be an environment variable's.
    pub as_variable: AsVariable,
    /// How hard it is to guess.
    pub strength: Strength,
    /// Of a docker configuration: the registries, or why it cannot be used.
    pub docker: Option<Result<Registries, DockerProblem>>,
    /// Equal values have equal groups; of values that may well be equal, none.
    pub group: Option<ValueGroup>,
}

/// How hard a credential is to guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strength {
    /// Hard, or it is no credential.
    #[default]
    Fine,
    /// It is short or regular.
    Guessable,
}

/// A certificate and its private key.
#[derive(Clone, Debug)]
pub struct PairFacts {
    /// The key of the certificate.
    pub certificate: String,
    /// The key of the private key.
    pub key: String,
    /// Why they cannot be used together.
    pub problem: Option<TlsProblem>,
    /// The chain, if it can be read.
    pub chain: Option<ChainFacts>,
    /// Whether the Secret has the authority's certificate too (`ca.crt`).
    pub authority: Authority,
}

/// Whether the authority's certificate is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    Included,
    Elsewhere,
}

/// What the form of a manifest tells, without its content.
#[derive(Clone, Debug, Default)]
pub struct FormFacts {
    /// What is wrong with texts below `data`, by key.
    pub defects: BTreeMap<String, Defect>,
    /// How much of the limit the values fill.
    pub size: SizeClass,
    /// Whether `kubectl apply` on the client's side can take it.
    pub apply: Apply,
}

/// Whether a manifest fits into the annotation of `kubectl apply`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Apply {
    #[default]
    Fits,
    TooLong,
}

impl KeyFacts {
    /// Whether a suspicion was raised.
    pub fn has(&self, suspicion: Suspicion) -> bool {
        self.suspicions.contains(&suspicion)
    }
}

/// Verdicts about the values of a whole Secret object.
pub fn of_object(object: &Object, now: Timestamp, sameness: &mut Sameness) -> ValueFacts {
    let values = values(object);
    let size = limits::size_class(values.values().map(SecretValue::len).sum());
    let pairs = pairs(&values, now);
    let keys = values
        .iter()
        .map(|(key, value)| (key.clone(), of_value(key, value, sameness)))
        .collect();
    ValueFacts { keys, pairs, size }
}

/// What the form of a Secret's manifest tells.
pub fn form_of(object: &Object) -> FormFacts {
    let mut form = FormFacts::default();
    let (mut bytes, mut text) = (0, 0);
    for (key, scalar) in sealed(object, "data") {
        text += scalar.len();
        bytes += encoded::decode(scalar).map_or(0, |value| value.len());
        if !inspection::is_filled_in_later(scalar)
            && let Err(defect) = encoded::check(scalar)
        {
            form.defects.insert(key.to_owned(), defect);
        }
    }
    for (_, scalar) in sealed(object, "stringData") {
        text += scalar.len();
        bytes += scalar.len();
    }
    form.size = limits::size_class(bytes);
    if !limits::fits_client_side_apply(text) {
        form.apply = Apply::TooLong;
    }
    form
}

fn of_value(key: &str, value: &SecretValue, sameness: &mut Sameness) -> KeyFacts {
    let mut suspicions: BTreeSet<_> = inspect(value).into_iter().collect();
    let is_credential = is_credential_name(key);
    if is_credential && inspection::is_well_known_password(value) {
        suspicions.insert(Suspicion::Placeholder);
    }
    let docker = match key {
        ".dockerconfigjson" => Some(docker::registries(value, ConfigKind::Json)),
        ".dockercfg" => Some(docker::registries(value, ConfigKind::Legacy)),
        _ => None,
    };
    let is_real =
        !suspicions.contains(&Suspicion::Empty) && !suspicions.contains(&Suspicion::Placeholder);
    // Host names, user names and public certificates may well be the same.
    let is_its_own = is_credential || inspection::is_private_key(value);
    KeyFacts {
        strength: if is_real && is_credential && inspection::is_guessable(value) {
            Strength::Guessable
        } else {
            Strength::Fine
        },
        group: (is_real && is_its_own)
            .then(|| sameness.group(value))
            .flatten(),
        suspicions,
        as_variable: inspection::as_variable(value),
        docker,
    }
}

/// The values by key, as the API server would store them; those that are filled
/// in later are left out, but not in a cluster, where nothing comes later.
fn values(object: &Object) -> BTreeMap<String, SecretValue> {
    let mut values = BTreeMap::new();
    for (key, text) in sealed(object, "data") {
        if let Ok(value) = encoded::decode(text) {
            values.insert(key.to_owned(), value);
        }
    }
    for (key, text) in sealed(object, "stringData") {
        values.insert(key.to_owned(), text.duplicate());
    }
    if object.origin != Origin::Live {
        values.retain(|_, value| !inspection::is_filled_in_later(value));
    }
    values
}

/// The sealed texts of a field. Numbers and the like are not values yet.
fn sealed<'a>(
    object: &'a Object,
    field: &str,
) -> impl Iterator<Item = (&'a str, &'a SecretValue)> + use<'a> {
    object
        .root
        .get(field)
        .map_or(&[][..], Node::entries)
        .iter()
        .filter_map(|entry| match &entry.value.content {
            Content::Sealed(scalar)
                if matches!(
                    scalar.type_,
                    ScalarType::Text | ScalarType::Timestamp | ScalarType::Null
                ) =>
            {
                Some((entry.key.scalar_text()?, &scalar.value))
            }
            _ => None,
        })
}

/// Certificates and keys that belong together by their names.
fn pairs(values: &BTreeMap<String, SecretValue>, now: Timestamp) -> Vec<PairFacts> {
    let authority = match values.get("ca.crt") {
        Some(ca) if !ca.is_empty() => Authority::Included,
        _ => Authority::Elsewhere,
    };
    values
        .iter()
        .filter_map(|(name, certificate)| {
            let key_name = name_of_key(name)?;
            let key = values.get(&key_name)?;
            let pair = Pair {
                certificate,
                key,
                ca: None,
            };
            let problem = match tls::check(&pair, now, Expiry::Allow) {
                // The chain has its own verdict.
                Ok(_) | Err(TlsProblem::WrongOrder(_) | TlsProblem::Unrelated(_)) => None,
                Err(problem) => Some(problem),
            };
            Some(PairFacts {
                certificate: name.clone(),
                key: key_name,
                problem,
                chain: tls::chain(certificate).ok(),
                authority,
            })
        })
        .collect()
}

/// The name of a certificate's key: `tls.key` of `tls.crt`.
fn name_of_key(certificate: &str) -> Option<String> {
    match certificate {
        "cert" => Some("key".to_owned()),
        "cert.pem" => Some("key.pem".to_owned()),
        _ => certificate
            .strip_suffix(".crt")
            .map(|stem| format!("{stem}.key")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceText, parse};
    use crate::workload::Place;

    fn object(text: &str, origin: Origin) -> Object {
        let root = parse(&SourceText::new("t", text.to_owned()))
            .documents
            .remove(0)
            .root;
        let place = Place {
            origin,
            ..Place::live()
        };
        Object::new(root, place, "default").unwrap()
    }

    const FILE: Origin = Origin::File {
        source: 0,
        document: 0,
    };

    fn facts(fields: &str, origin: Origin) -> ValueFacts {
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n{fields}");
        of_object(
            &object(&text, origin),
            Timestamp::UNIX_EPOCH,
            &mut Sameness::new(),
        )
    }

    #[test]
    fn values_are_those_the_server_would_store() {
        let facts = facts("data: {a: Cg==, b: ''}\nstringData: {a: text}\n", FILE);
        assert!(facts.keys["a"].suspicions.is_empty(), "stringData wins");
        assert!(facts.keys["b"].has(Suspicion::Empty));
    }

    #[test]
    fn what_is_filled_in_later_has_a_verdict_only_in_a_cluster() {
        let fields = "data: {password: JHtQfQ==}\n";
        assert!(facts(fields, FILE).keys.is_empty());
        assert!(facts(fields, Origin::Live).keys["password"].has(Suspicion::Placeholder));
    }

    #[test]
    fn equal_credentials_have_equal_groups_and_others_none() {
        let fields = "stringData: {password: same-long-value, token: same-long-value, \
                      secret: other-long-value, host: same-long-value}\n";
        let keys = facts(fields, FILE).keys;
        assert!(keys["password"].group.is_some());
        assert_eq!(keys["password"].group, keys["token"].group);
        assert_ne!(keys["password"].group, keys["secret"].group);
        assert_eq!(keys["host"].group, None);
    }

    #[test]
    fn the_form_tells_sizes_as_classes() {
        let size = |count: usize| {
            let text = format!(
                "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{a: {}}}\n",
                "x".repeat(count)
            );
            let form = form_of(&object(&text, FILE));
            (form.size, form.apply)
        };
        assert_eq!(size(10), (SizeClass::Fine, Apply::Fits));
        assert_eq!(size(256 * 1024), (SizeClass::Fine, Apply::TooLong));
        assert_eq!(size(1000 * 1024), (SizeClass::Near, Apply::TooLong));
        assert_eq!(size(1025 * 1024), (SizeClass::Over, Apply::TooLong));
    }
}
