//! A forced sync: what heeds it, when it is done, and whether it brought a new value.
//!
//! A condition says `SecretSynced` also where keys are missing or the Secret is
//! (external-secrets/external-secrets#3879, #2895), so that alone proves nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::inventory::{Answer, Keys, SecretFacts};

use crate::words::folded;

use super::object::{Creation, External, Refresh, Renewing};
use super::store::{Store, StoreKind, StoreRef};

/// Why a change of an annotation would come to nothing, as a fragment; `None` where a sync
/// follows (`externalsecret_controller.go`, `shouldRefresh`).
pub fn ignores(external: &External) -> Option<&'static str> {
    if external.deleting {
        return Some("it is being deleted");
    }
    if external.has_synced() {
        match external.refresh {
            Refresh::CreatedOnce => {
                return Some(
                    "its refreshPolicy is CreatedOnce, so it is synced once and never again",
                );
            }
            Refresh::Never => {
                return Some("its refreshInterval is 0, so it is synced once and never again");
            }
            Refresh::Periodic | Refresh::OnChange => {}
        }
        if external.immutable {
            return Some("its target is immutable, so the Secret keeps the values that it has");
        }
    }
    match external.creation {
        Creation::None => Some("its creationPolicy is None, so it writes no Secret"),
        _ => None,
    }
}

/// Why a sync would make a value that nobody else knows, as a fragment. The first one is
/// what a generator is for.
pub fn renews(external: &External) -> Option<String> {
    if !external.has_synced() {
        return None;
    }
    match external.renewing.as_ref()? {
        Renewing::Random(kind) => Some(format!(
            "its generator {kind} would make a new random value, which nothing else knows"
        )),
        Renewing::NotKnown(name) => Some(format!(
            "its ClusterGenerator {name} may make a new random value, which nothing else knows"
        )),
    }
}

/// A sync that was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// By the clock of the API server, in whole seconds.
    pub at: Timestamp,
    /// `status.syncedResourceVersion` before.
    pub version: String,
    /// `status.refreshTime` before, by the clock of the operator.
    pub refreshed: Option<Timestamp>,
}

/// How far a sync is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Why it is not over, as a fragment.
    Wait(String),
    /// The operator has synced this version of the object.
    Done,
    /// It has synced another version than before, at another time than before, and by its
    /// clock that was before the request: why it is not certain which one.
    DoneByAnotherClock(String),
    /// The operator has tried since, and says why not. It tries again.
    Failed(String),
}

/// How far it is.
pub fn step(asked: &Asked, now: &External) -> Step {
    let Some(ready) = &now.ready else {
        return Step::Wait("the operator has not looked at it".to_owned());
    };
    if !ready.is_true {
        let why = said(&ready.reason, &ready.message);
        return match ready.since {
            Some(since) if since >= asked.at => Step::Failed(why),
            _ => Step::Wait(why),
        };
    }
    if now.synced_version == asked.version {
        return Step::Wait("the operator has not synced it".to_owned());
    }
    const CLOCKS: &str = "its refreshTime is before the request (do the clocks of the operator and the API server differ?)";
    let done = match now.refreshed {
        Some(time) if time >= asked.at => Step::Done,
        Some(time) if asked.refreshed.is_none_or(|before| before != time) => {
            Step::DoneByAnotherClock(CLOCKS.to_owned())
        }
        Some(_) => return Step::Wait(CLOCKS.to_owned()),
        None => return Step::Wait("it has no refreshTime".to_owned()),
    };
    match ready.reason.as_str() {
        "SecretMissing" => Step::Failed(said(&ready.reason, &ready.message)),
        _ => done,
    }
}

/// Whether what the operator says is so until somebody changes an object: it is about an
/// owner or an immutable Secret (`externalsecret_controller.go`: `ErrSecretIsOwned`,
/// `ErrSecretSetCtrlRef`, `ErrSecretImmutable`). Anything else it tries again, each time later.
pub fn is_final(why: &str) -> bool {
    [
        "is owned by another ExternalSecret",
        "failed to take ownership",
        "could not set controller reference",
        "is immutable",
    ]
    .iter()
    .any(|words| why.contains(words))
}

/// A reason and a message.
pub fn said(reason: &str, message: &str) -> String {
    match (reason, message) {
        ("", "") => "the operator says no reason".to_owned(),
        ("", one) | (one, "") => one.to_owned(),
        (reason, message) => format!("{reason}: {message}"),
    }
}

/// Whether the Secret has what was promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promised {
    Kept,
    /// There is no such Secret.
    NoSecret,
    /// These keys are not there.
    Lacks(BTreeSet<String>),
    /// The server does not tell all keys: why.
    NotKnown(String),
}

/// Compares the keys that an ExternalSecret makes with those of its Secret.
pub fn promised(keys: &Keys, secret: Option<&SecretFacts>) -> Promised {
    let Some(secret) = secret else {
        return Promised::NoSecret;
    };
    let mut lacks = BTreeSet::new();
    let mut not_known = None;
    for key in keys.known() {
        match secret.keys.has(key) {
            Answer::Yes => {}
            Answer::No => {
                lacks.insert(key.clone());
            }
            Answer::Unknown(_) => {
                not_known = match &secret.keys {
                    Keys::Hidden { reason, .. } | Keys::Partial { reason, .. } => {
                        Some(reason.clone())
                    }
                    Keys::Complete(_) | Keys::OneOf { .. } => None,
                };
            }
        }
    }
    match (lacks.is_empty(), not_known) {
        (false, _) => Promised::Lacks(lacks),
        (true, Some(why)) => Promised::NotKnown(why),
        (true, None) => Promised::Kept,
    }
}

/// What a sync did to a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Some value is another one, or the Secret is new.
    New,
    /// Every value is what it was.
    Same,
}

/// Compares a Secret with what it was before. What the operator notes of the content tells
/// it; where that is not known on both sides, any write counts as a new value.
pub fn change(before: Option<&SecretFacts>, after: &SecretFacts) -> Change {
    let Some(before) = before.filter(|before| before.uid == after.uid) else {
        return Change::New;
    };
    if before.resource_version == after.resource_version {
        return Change::Same;
    }
    match (before.content, after.content) {
        (Some(before), Some(after)) if before == after => Change::Same,
        _ => Change::New,
    }
}

/// Why an ExternalSecret did not sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub namespace: String,
    pub name: String,
    pub stores: BTreeSet<StoreRef>,
    /// What its operator says, as far as it is known.
    pub why: String,
}

/// Why several ExternalSecrets did not sync, said once for each store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The store; `None` where they read several, or none.
    pub store: Option<StoreRef>,
    /// Its namespace; `None` for a store of the cluster.
    pub namespace: Option<String>,
    /// As `NAMESPACE/NAME`.
    pub externals: Vec<String>,
    /// What the store's status says, and what was said of the ExternalSecrets.
    pub why: String,
}

impl Explanation {
    /// `secretstore/vault in prod`.
    pub fn subject(&self) -> String {
        match (&self.store, &self.namespace) {
            (Some(store), Some(namespace)) => format!("{} in {namespace}", store.short()),
            (Some(store), None) => store.short(),
            (None, _) => "several stores".to_owned(),
        }
    }

    /// One sentence fragment.
    pub fn words(&self) -> String {
        let names = folded(self.externals.iter().map(String::as_str));
        let externals = match self.externals.len() {
            1 => format!("ExternalSecret {names} was not synced"),
            many => format!("{many} ExternalSecrets were not synced ({names})"),
        };
        format!("{}: {externals}: {}", self.subject(), self.why)
    }
}

/// Of different reasons, so many are told.
const MOST_REASONS: usize = 3;

/// Puts failures together: what is wrong with a store is said once, whatever it makes fail.
pub fn explain(failures: &[Failure], stores: &[Store]) -> Vec<Explanation> {
    type Place = (Option<StoreRef>, Option<String>);
    let mut groups: BTreeMap<Place, Vec<&Failure>> = BTreeMap::new();
    for failure in failures {
        let store = match failure.stores.len() {
            1 => failure.stores.first().cloned(),
            _ => None,
        };
        let namespace = store
            .as_ref()
            .filter(|store| store.kind == StoreKind::Namespaced)
            .map(|_| failure.namespace.clone());
        groups.entry((store, namespace)).or_default().push(failure);
    }
    groups
        .into_iter()
        .map(|((store, namespace), failures)| {
            let status = stores
                .iter()
                .filter(|known| Some(&known.reference) == store.as_ref())
                .filter(|known| known.namespace == namespace)
                .find_map(Store::unusable);
            let why = status.unwrap_or_else(|| {
                let reasons: BTreeSet<&str> = failures
                    .iter()
                    .map(|failure| failure.why.as_str())
                    .collect();
                let more = reasons.len().saturating_sub(MOST_REASONS);
                let told: Vec<_> = reasons.into_iter().take(MOST_REASONS).collect();
                match more {
                    0 => told.join("; "),
                    more => format!("{}; and {more} more reasons", told.join("; ")),
                }
            });
            Explanation {
                store,
                namespace,
                externals: failures
                    .iter()
                    .map(|failure| format!("{}/{}", failure.namespace, failure.name))
                    .collect(),
                why,
            }
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::external::object::tests::external;
    use crate::inventory::{ContentMark, Immutability};
    use crate::workload::Origin;

    fn asked() -> Asked {
        Asked {
            at: "2026-11-30T10:00:00Z".parse().unwrap(),
            version: "1-a".to_owned(),
            refreshed: Some(BEFORE.parse().unwrap()),
        }
    }

    fn status(ready: &str, since: &str, reason: &str, version: &str, refreshed: &str) -> External {
        external(
            "{}",
            &format!(
                "{{\"syncedResourceVersion\":\"{version}\",\"refreshTime\":\"{refreshed}\",\"conditions\":\
                 [{{\"type\":\"Ready\",\"status\":\"{ready}\",\"reason\":\"{reason}\",\"message\":\"m\",\
                 \"lastTransitionTime\":\"{since}\"}}]}}"
            ),
        )
    }

    const BEFORE: &str = "2026-11-30T09:59:59Z";
    const THEN: &str = "2026-11-30T10:00:00Z";

    #[test]
    fn done_is_another_version_synced_since_and_ready() {
        let step = |now: &External| super::step(&asked(), now);
        assert_eq!(
            step(&status("True", BEFORE, "SecretSynced", "1-b", THEN)),
            Step::Done
        );
        for waits in [
            status("True", BEFORE, "SecretSynced", "1-a", THEN),
            status("True", BEFORE, "SecretSynced", "1-b", BEFORE),
            status("True", BEFORE, "SecretSynced", "1-b", "never"),
            // It failed before, and nothing says that it was tried since.
            status("False", BEFORE, "SecretSyncedError", "1-a", BEFORE),
            external("{}", "{}"),
        ] {
            assert!(matches!(step(&waits), Step::Wait(_)), "{waits:?}");
        }
        for fails in [
            status("False", THEN, "SecretSyncedError", "1-a", BEFORE),
            status("True", THEN, "SecretMissing", "1-b", THEN),
        ] {
            assert!(matches!(step(&fails), Step::Failed(_)), "{fails:?}");
        }
    }

    #[test]
    fn another_clock_is_seen_by_what_it_says_itself() {
        const EARLIER: &str = "2026-11-30T09:58:00Z";
        let behind = status("True", EARLIER, "SecretSynced", "1-b", EARLIER);
        assert!(matches!(
            step(&asked(), &behind),
            Step::DoneByAnotherClock(_)
        ));
        // The first sync of an object is one of it, by whatever clock.
        let first = Asked {
            refreshed: None,
            version: String::new(),
            ..asked()
        };
        let synced = status("True", BEFORE, "SecretSynced", "1-b", BEFORE);
        assert!(matches!(step(&first, &synced), Step::DoneByAnotherClock(_)));
        let missing = status("True", EARLIER, "SecretMissing", "1-b", EARLIER);
        assert!(matches!(step(&asked(), &missing), Step::Failed(_)));
    }

    #[test]
    fn only_what_nobody_tries_again_is_final() {
        for (why, expected) in [
            (
                "SecretSyncedError: could not get secret data from provider: 503",
                false,
            ),
            (
                "SecretSyncedError: target is owned by another ExternalSecret",
                true,
            ),
            ("could not set controller reference on secret: x", true),
            (
                "SecretSyncedError: failed to take ownership of target secret",
                true,
            ),
            ("could not update secret, target is immutable", true),
            ("", false),
        ] {
            assert_eq!(is_final(why), expected, "{why}");
        }
    }

    #[test]
    fn what_ignores_a_sync_is_said_before_it_is_asked_for() {
        const SYNCED: &str =
            "{\"syncedResourceVersion\":\"1-a\",\"refreshTime\":\"2026-11-30T10:00:00Z\"}";
        for (spec, status, ignored) in [
            ("{\"refreshPolicy\":\"CreatedOnce\"}", SYNCED, true),
            ("{\"refreshPolicy\":\"CreatedOnce\"}", "{}", false),
            ("{\"refreshInterval\":\"0\"}", SYNCED, true),
            ("{\"refreshInterval\":0}", SYNCED, true),
            ("{\"refreshInterval\":\"0s\"}", "{}", false),
            (
                "{\"refreshPolicy\":\"OnChange\",\"refreshInterval\":\"0\"}",
                SYNCED,
                false,
            ),
            ("{\"target\":{\"immutable\":true}}", SYNCED, true),
            ("{\"target\":{\"creationPolicy\":\"None\"}}", SYNCED, true),
            ("{\"refreshInterval\":\"1h\"}", SYNCED, false),
            ("{}", SYNCED, false),
        ] {
            assert_eq!(
                ignores(&external(spec, status)).is_some(),
                ignored,
                "{spec} {status}"
            );
        }
    }

    pub fn secret(version: &str, keys: Keys, content: Option<&str>) -> SecretFacts {
        SecretFacts {
            namespace: "prod".to_owned(),
            name: "db".to_owned(),
            origin: Origin::Live,
            type_: "Opaque".to_owned(),
            keys,
            key_times: Default::default(),
            key_writers: Default::default(),
            created: None,
            changed: None,
            immutable: Immutability::No,
            labels: Default::default(),
            annotations: Default::default(),
            mirror_of: None,
            owner: None,
            managers: Default::default(),
            string_data_appliers: Default::default(),
            uid: "u".to_owned(),
            resource_version: version.to_owned(),
            content: content.and_then(|digit| ContentMark::parse(&digit.repeat(56))),
            values: None,
            says_namespace: true,
            generator: None,
        }
    }

    fn complete(keys: &[&str]) -> Keys {
        Keys::Complete(keys.iter().map(|key| (*key).to_owned()).collect())
    }

    #[test]
    fn only_another_content_is_a_new_value() {
        let of = |version, content| secret(version, complete(&[]), content);
        let change = |before: &SecretFacts, after: &SecretFacts| super::change(Some(before), after);
        assert_eq!(
            change(&of("1", Some("a")), &of("1", Some("a"))),
            Change::Same
        );
        // The operator copies annotations: a write without a new value.
        assert_eq!(
            change(&of("1", Some("a")), &of("2", Some("a"))),
            Change::Same
        );
        assert_eq!(
            change(&of("1", Some("a")), &of("2", Some("b"))),
            Change::New
        );
        assert_eq!(change(&of("1", None), &of("2", Some("b"))), Change::New);
        assert_eq!(change(&of("1", None), &of("1", None)), Change::Same);
        assert_eq!(super::change(None, &of("1", Some("a"))), Change::New);
        let mut other = of("1", Some("a"));
        other.uid = "v".to_owned();
        assert_eq!(change(&of("1", Some("a")), &other), Change::New);
    }

    #[test]
    fn keys_are_looked_for_in_the_secret_itself() {
        let has = |keys: Keys| secret("1", keys, None);
        let hidden = Keys::Hidden {
            known: ["a".to_owned()].into(),
            reason: "some are not told".to_owned(),
        };
        let wanted = complete(&["a", "b"]);
        assert_eq!(
            promised(&wanted, Some(&has(complete(&["a", "b", "c"])))),
            Promised::Kept
        );
        assert_eq!(
            promised(&wanted, Some(&has(complete(&["a"])))),
            Promised::Lacks(["b".to_owned()].into())
        );
        assert!(matches!(
            promised(&wanted, Some(&has(hidden))),
            Promised::NotKnown(_)
        ));
        assert_eq!(promised(&wanted, None), Promised::NoSecret);
    }

    #[test]
    fn a_store_is_explained_once() {
        let store = |kind, name: &str| StoreRef {
            kind,
            name: name.to_owned(),
        };
        let failure = |namespace: &str, name: &str, store: &StoreRef, why: &str| Failure {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            stores: [store.clone()].into(),
            why: why.to_owned(),
        };
        let vault = store(StoreKind::ClusterWide, "vault");
        let own = store(StoreKind::Namespaced, "own");
        let mut failures: Vec<_> = (0..20)
            .map(|n| failure("a", &format!("app-{n}"), &vault, &format!("reason {n}")))
            .collect();
        failures.push(failure("b", "x", &vault, "reason"));
        failures.push(failure("a", "y", &own, "no such key"));
        failures.push(failure("b", "z", &own, "no such key"));
        let not_ready = Store {
            reference: vault.clone(),
            namespace: None,
            ready: Some(crate::external::object::Ready {
                is_true: false,
                reason: "InvalidProviderConfig".to_owned(),
                message: "permission denied".to_owned(),
                since: None,
            }),
            provider: None,
            vault: None,
            site: Default::default(),
        };
        let told = explain(&failures, std::slice::from_ref(&not_ready));
        // A store of a namespace is another one in each.
        assert_eq!(told.len(), 3);
        let vault = told.iter().find(|one| one.externals.len() == 21).unwrap();
        assert_eq!(
            vault.why,
            "it is not ready: InvalidProviderConfig: permission denied"
        );
        assert!(
            vault
                .words()
                .starts_with("clustersecretstore/vault: 21 ExternalSecrets")
        );
        let told = explain(&failures, &[]);
        let vault = told.iter().find(|one| one.externals.len() == 21).unwrap();
        assert!(vault.why.ends_with("more reasons"), "{}", vault.why);
        assert!(vault.words().len() < 400);
    }
}
