//! The reasons for and against each level, and what each costs.

use crate::external::store::StoreRef;

use super::evidence::{Evidence, Question, duration};
use super::place::{Encryption, Presence};
use super::{Level, Place};

/// A reason, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// A sentence.
    pub text: String,
    /// What was said or seen.
    pub evidence: String,
}

/// What is to be said of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfLevel {
    pub level: Level,
    pub reasons_for: Vec<Reason>,
    pub reasons_against: Vec<Reason>,
    /// What it takes: sentences.
    pub cost: Vec<&'static str>,
}

/// Collects what is said of a level.
struct Said<'e> {
    evidence: &'e Evidence,
    reasons_for: Vec<Reason>,
    reasons_against: Vec<Reason>,
}

impl Said<'_> {
    fn good(&mut self, text: impl Into<String>, evidence: impl Into<String>) {
        self.reasons_for.push(Reason {
            text: text.into(),
            evidence: evidence.into(),
        });
    }

    fn bad(&mut self, text: impl Into<String>, evidence: impl Into<String>) {
        self.reasons_against.push(Reason {
            text: text.into(),
            evidence: evidence.into(),
        });
    }
}

/// What is said of a level.
pub(super) fn about(level: Level, evidence: &Evidence, is_recommended: bool) -> OfLevel {
    let mut said = Said {
        evidence,
        reasons_for: Vec::new(),
        reasons_against: Vec::new(),
    };
    let cost = match level {
        Level::Plain => plain(&mut said),
        Level::Sealed => sealed(&mut said),
        Level::External => external(&mut said),
    };
    if !is_recommended && said.reasons_against.is_empty() {
        match higher(evidence).filter(|_| level == Level::Plain) {
            Some(used) => said.bad("It does less than what there is already.", used),
            None => said.bad(
                "Nothing that was said or seen needs what it adds.",
                known(evidence),
            ),
        }
    }
    if is_recommended && said.reasons_for.is_empty() {
        said.good("It does what was asked for.", known(evidence));
    }
    OfLevel {
        level,
        reasons_for: said.reasons_for,
        reasons_against: said.reasons_against,
        cost,
    }
}

/// What is in use above plain Secrets, where something is.
fn higher(evidence: &Evidence) -> Option<String> {
    evidence.places.iter().find_map(|place| {
        let all = [
            (place.external, "ExternalSecrets"),
            (place.sealed, "SealedSecrets"),
        ];
        all.into_iter()
            .find_map(|(presence, objects)| match presence {
                Presence::Objects(count) => Some(in_use(count, objects, place)),
                Presence::Served | Presence::NotServed | Presence::NotSeen => None,
            })
    })
}

/// All that is known, as evidence that nothing asks for more.
fn known(evidence: &Evidence) -> String {
    let facts: Vec<_> = Question::ALL
        .into_iter()
        .filter_map(|question| {
            Some(format!(
                "{}: {}",
                question.id(),
                evidence.fact(question)?.value
            ))
        })
        .collect();
    match facts.is_empty() {
        true if evidence.places.is_empty() => "nothing was said".to_owned(),
        true => "nothing of what was seen asks for more".to_owned(),
        false => facts.join(", "),
    }
}

/// What a level that is in use, installed or missing says.
fn presence(
    said: &mut Said<'_>,
    of: fn(&Place) -> (Presence, Option<&str>),
    objects: &str,
    installed: &str,
) {
    let evidence = said.evidence;
    for place in &evidence.places {
        let (presence, controller) = of(place);
        if let Some(controller) = controller {
            let text = match place.is_cluster {
                true => format!("{installed} is installed already."),
                false => format!("{installed} is among the manifests."),
            };
            said.good(text, format!("{controller}, {}", place.words));
        }
        match presence {
            Presence::Objects(count) => {
                let text = match place.is_cluster {
                    true => "It is in use already.",
                    false => "The manifests have it already.",
                };
                said.good(text, in_use(count, objects, place));
            }
            Presence::Served if controller.is_none() => {
                let looked_for = match &place.namespace {
                    None => "was not seen".to_owned(),
                    Some(namespace) => {
                        format!("was not looked for outside namespace {namespace}")
                    }
                };
                said.good(
                    format!(
                        "Its kinds are installed already; {} {looked_for}.",
                        lower(installed)
                    ),
                    format!(
                        "{} serves {objects}, and there are none in {}",
                        place.server, place.words
                    ),
                );
            }
            Presence::NotServed => said.bad(
                format!("{installed} would have to be installed."),
                format!("{} does not serve {objects}", place.server),
            ),
            Presence::Served | Presence::NotSeen => {}
        }
    }
}

/// `2 SealedSecrets in cluster prod`.
fn in_use(count: usize, objects: &str, place: &Place) -> String {
    let objects = match count {
        1 => objects.trim_end_matches('s'),
        _ => objects,
    };
    format!("{count} {objects} in {}", place.words)
}

/// `the controller`, within a sentence.
fn lower(text: &str) -> String {
    match text.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => text.to_owned(),
    }
}

/// How old values are, which nobody changes by himself.
fn ages(evidence: &Evidence) -> String {
    let old: Vec<_> = evidence
        .places
        .iter()
        .filter(|place| place.ages.old > 0)
        .map(of_age)
        .collect();
    match old.is_empty() {
        true => String::new(),
        false => format!("; {}", old.join("; ")),
    }
}

/// `2 of 5 keys in cluster prod are older than 90d, and 1 more has no date`.
fn of_age(place: &Place) -> String {
    let ages = place.ages;
    let unknown = match ages.unknown {
        0 => String::new(),
        1 => ", and 1 more has no date".to_owned(),
        more => format!(", and {more} more have no date"),
    };
    format!(
        "{} of {} keys in {} are older than {}{unknown}",
        ages.old,
        ages.known,
        place.words,
        duration(ages.than)
    )
}

fn plain(said: &mut Said<'_>) -> Vec<&'static str> {
    let evidence = said.evidence;
    if let Some(one) = evidence.clusters.as_ref().filter(|fact| fact.value <= 1) {
        said.good("One cluster needs nothing besides Kubernetes.", &one.by);
    }
    if let Some(fact) = evidence.offline.as_ref().filter(|fact| fact.value) {
        said.good("It needs nothing outside the cluster.", &fact.by);
    }
    for place in evidence.places.iter().filter(|place| place.plain() > 0) {
        said.good(
            "It is what there is.",
            format!(
                "{} of {} Secrets in {} are made by hand or from manifests{}",
                place.plain(),
                place.secrets,
                place.words,
                match place.of_unknown_source {
                    0 => String::new(),
                    unknown => format!(", and where {unknown} come from is not known"),
                }
            ),
        );
    }
    if let Some(fact) = evidence.gitops.as_ref().filter(|fact| fact.value) {
        said.bad(
            "A Secret must not be in git, because base64 is not encryption: it would be created by hand beside what git has.",
            &fact.by,
        );
    }
    if let Some(fact) = evidence.many() {
        said.bad(
            format!(
                "Each value would be created {} times, and nothing keeps the clusters equal.",
                fact.value
            ),
            &fact.by,
        );
    }
    if let Some((interval, fact)) = evidence.interval().zip(evidence.rotation.as_ref()) {
        said.bad(
            format!("Nothing changes a value by itself: somebody would run rotate for each, every {interval}."),
            format!("{}{}", fact.by, ages(evidence)),
        );
    }
    records(
        said,
        "Only the API server's own audit log, if it is configured, tells who read a Secret.",
    );
    vec![
        "Nothing to run. Values are created, changed and checked by commands, and their only copy is in the cluster and its backups.",
    ]
}

/// What falls short of a record of reads, or of a standard.
fn records(said: &mut Said<'_>, text: &str) {
    for fact in [&said.evidence.audit, &said.evidence.compliance] {
        if let Some(fact) = fact.as_ref().filter(|fact| fact.value) {
            said.reasons_against.push(Reason {
                text: text.to_owned(),
                evidence: fact.by.clone(),
            });
        }
    }
}

fn sealed(said: &mut Said<'_>) -> Vec<&'static str> {
    let evidence = said.evidence;
    presence(
        said,
        |place| (place.sealed, place.sealed_controller.as_deref()),
        "SealedSecrets",
        "The controller",
    );
    if let Some(fact) = &evidence.gitops {
        match fact.value {
            true => said.good(
                "Encrypted values can be in git beside the manifests.",
                &fact.by,
            ),
            false => said.bad("That values can be in git would not be used.", &fact.by),
        }
    }
    if let Some(fact) = evidence.offline.as_ref().filter(|fact| fact.value) {
        said.good("It needs nothing outside the cluster.", &fact.by);
    }
    match &evidence.clusters {
        Some(fact) if fact.value > 1 => said.bad(
            format!("Each cluster has a key of its own: every value is sealed {} times, at every change.", fact.value),
            &fact.by,
        ),
        Some(fact) => said.good("The key of one controller is all there is to keep.", &fact.by),
        None => {}
    }
    if let Some((interval, fact)) = evidence.interval().zip(evidence.rotation.as_ref()) {
        said.bad(
            format!("Every change is sealed and committed by somebody, for each value, every {interval}."),
            format!("{}{}", fact.by, ages(evidence)),
        );
    }
    records(
        said,
        "git records who changed a ciphertext, and nothing records who read a value.",
    );
    vec![
        "A controller in each cluster, and a safe copy of its private keys: without them nothing can be decrypted.",
        "Whoever changes a value seals it and commits; what was once committed stays in the history.",
    ]
}

fn external(said: &mut Said<'_>) -> Vec<&'static str> {
    let evidence = said.evidence;
    presence(
        said,
        |place| (place.external, place.external_controller.as_deref()),
        "ExternalSecrets",
        "The External Secrets Operator",
    );
    for place in &evidence.places {
        let ready = place
            .stores
            .iter()
            .filter(|store| store.ready == Some(true));
        let names: Vec<String> = ready
            .map(|store| StoreRef::short(&store.reference))
            .collect();
        if let Some(named) = first_of(&names) {
            said.good(
                "A store is connected.",
                format!("{named} in {} ready", place.words),
            );
        }
        if place.hides_stores {
            said.bad(
                "Whether there is a store for all namespaces is not known.",
                format!("ClusterSecretStores of {} may not be listed", place.server),
            );
        }
        let of = |wanted: Option<bool>| -> Vec<String> {
            let stores = place.stores.iter().filter(|store| store.ready == wanted);
            stores.map(|store| store.reference.short()).collect()
        };
        if let Some(named) = first_of(&of(Some(false))) {
            said.bad(
                "A store that is there cannot be used: its controller says that it is not ready.",
                format!("{named} in {}", place.words),
            );
        }
        if let Some(named) = first_of(&of(None)).filter(|_| !place.is_cluster) {
            said.good(
                "A store is among the manifests; whether it can be used is not known.",
                format!("{named} in {}", place.words),
            );
        }
    }
    if let Some(fact) = evidence.many() {
        said.good(
            format!(
                "One value in the store is the same in {} clusters.",
                fact.value
            ),
            &fact.by,
        );
    }
    if let Some((_, fact)) = evidence.interval().zip(evidence.rotation.as_ref()) {
        said.good(
            "A value changes in one place, by the store itself where it can, and reaches every cluster within the refresh interval.",
            format!("{}{}", fact.by, ages(evidence)),
        );
    }
    if let Some(fact) = evidence.audit.as_ref().filter(|fact| fact.value) {
        said.good(
            "A store such as Vault records who read and who changed a value.",
            &fact.by,
        );
    }
    if let Some(fact) = evidence.compliance.as_ref().filter(|fact| fact.value) {
        said.good(
            "A store has policies, versions and records to show, and git has no value.",
            &fact.by,
        );
    }
    if let Some(fact) = evidence.gitops.as_ref().filter(|fact| fact.value) {
        said.good("git has only the names of places in the store.", &fact.by);
    }
    if let Some(fact) = evidence.offline.as_ref().filter(|fact| fact.value) {
        said.bad(
            "The clusters reach no store outside: you would run one yourselves, such as Vault or OpenBao.",
            &fact.by,
        );
    }
    if let Some(fact) = evidence
        .clusters
        .as_ref()
        .filter(|fact| fact.value <= 1 && evidence.interval().is_none())
    {
        said.bad(
            "A store for one cluster is one more thing to run.",
            &fact.by,
        );
    }
    vec![
        "A store to run or to pay for, the operator in each cluster, and a way for the operator to log in to the store.",
        "While the store cannot be reached, Secrets stay as they are and do not change.",
    ]
}

/// The first name, and how many more there are.
fn first_of(names: &[String]) -> Option<String> {
    let (first, others) = names.split_first()?;
    Some(match others.len() {
        0 => first.clone(),
        more => format!("{first} and {more} more"),
    })
}

/// What no level changes.
pub(super) fn always(evidence: &Evidence) -> Vec<Reason> {
    let mut always = vec![Reason {
        text: "Every level ends in a Secret in the cluster, whose values are base64, which is not encryption: whoever may read it has them."
            .to_owned(),
        evidence: "how Kubernetes and the controllers work".to_owned(),
    }];
    for place in &evidence.places {
        if let Some((secret, count)) = &place.most_read {
            always.push(Reason {
                text: format!(
                    "{count} subjects can read {secret} by RBAC, and no level changes that."
                ),
                evidence: format!("roles and bindings in {}", place.words),
            });
        }
    }
    for place in &evidence.places {
        if evidence.interval().is_none() && place.ages.old > 0 {
            always.push(Reason {
                text: "Values stay as they are until somebody changes them, and how often they have to change was not said."
                    .to_owned(),
                evidence: of_age(place),
            });
        }
    }
    let servers: Vec<_> = evidence
        .places
        .iter()
        .filter(|place| place.is_cluster)
        .collect();
    for place in &servers {
        match place.encryption {
            Encryption::NotSeen => always.push(unknown_at_rest(&format!(
                "no kube-apiserver was seen in {}",
                place.words
            ))),
            Encryption::NotConfigured => {
                always.push(Reason {
                    text: "etcd has Secrets unencrypted, unless its disk is: configure encryption at rest.".to_owned(),
                    evidence: format!("kube-apiserver in {} runs without --encryption-provider-config", place.server),
                });
            }
            Encryption::Configured => {
                always.push(Reason {
                    text: "Encryption at rest is configured; whether its first provider encrypts is not seen.".to_owned(),
                    evidence: format!("kube-apiserver in {} runs with --encryption-provider-config", place.server),
                });
            }
        }
    }
    if servers.is_empty() {
        always.push(unknown_at_rest("no cluster was asked"));
    }
    always
}

fn unknown_at_rest(evidence: &str) -> Reason {
    Reason {
        text: "Whether etcd has Secrets encrypted is unknown: encryption at rest cannot be seen through the API.".to_owned(),
        evidence: evidence.to_owned(),
    }
}
