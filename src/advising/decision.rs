//! One level, why, and what an answer to an open question would change.

use super::evidence::{Evidence, Fact, Question};
use super::place::Presence;
use super::reasons::{OfLevel, Reason, about, always};
use super::{Level, Place, Step, steps};

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub question: Question,
    /// The level that would be recommended if it were answered with yes, where that is
    /// another one.
    pub would_be: Option<Level>,
}

/// The recommendation.
#[derive(Clone, Debug)]
pub struct Advice {
    pub level: Level,
    /// Why: a sentence.
    pub because: String,
    pub evidence: Evidence,
    /// In the order of [`Level::ALL`].
    pub levels: Vec<OfLevel>,
    pub open: Vec<Open>,
    /// What is true at every level.
    pub always: Vec<Reason>,
    pub steps: Vec<Step>,
}

impl Advice {
    /// Recommends a level.
    pub fn new(evidence: Evidence) -> Self {
        let (level, because) = recommend(&evidence);
        let levels = Level::ALL
            .into_iter()
            .map(|of| about(of, &evidence, of == level))
            .collect();
        let open = Question::ALL
            .into_iter()
            .filter(|question| evidence.fact(*question).is_none())
            .map(|question| {
                let (supposed, _) = recommend(&evidence.supposing(question));
                Open {
                    question,
                    would_be: (supposed != level).then_some(supposed),
                }
            })
            .collect();
        Self {
            level,
            because,
            levels,
            open,
            always: always(&evidence),
            steps: steps::of(level, &evidence),
            evidence,
        }
    }
}

fn is_yes(fact: &Option<Fact<bool>>) -> bool {
    fact.as_ref().is_some_and(|fact| fact.value)
}

/// The level, and why in one sentence. What asks for a store decides before git does, and
/// what is there decides only where nothing else does.
fn recommend(evidence: &Evidence) -> (Level, String) {
    let mut asks = Vec::new();
    if let Some(interval) = evidence.interval() {
        asks.push(format!("values that change every {interval}"));
    }
    let records = is_yes(&evidence.audit);
    if records {
        asks.push("a record of who read and changed a value".to_owned());
    }
    if let Some(clusters) = evidence.many() {
        asks.push(format!("{} clusters with the same values", clusters.value));
    }
    let complies = is_yes(&evidence.compliance);
    if complies {
        asks.push("a standard to comply with".to_owned());
    }
    let offline = is_yes(&evidence.offline);
    // A schedule alone can be kept by hand, which is less than to run a store.
    let needs_a_store = records || complies || evidence.many().is_some();
    // A store that works is reached, wherever it is.
    let is_reached = !offline || steps::ready_store(evidence).is_some();
    if needs_a_store || !asks.is_empty() && is_reached {
        let own = match offline {
            true => " Here it has to be one that you run yourselves.",
            false => "",
        };
        return (
            Level::External,
            format!(
                "A store outside the clusters is needed for {}.{own}",
                listed(&asks)
            ),
        );
    }
    if let Some(place) = having(evidence, |place| place.external) {
        return (Level::External, there("ExternalSecrets", place));
    }
    let unmet = match asks.is_empty() {
        true => String::new(),
        false => format!(
            " A store would suit {} better, and these clusters reach none outside.",
            listed(&asks)
        ),
    };
    if is_yes(&evidence.gitops) {
        return (
            Level::Sealed,
            format!("Manifests are kept in git, and SealedSecrets can be there, too.{unmet}"),
        );
    }
    if let Some(place) = having(evidence, |place| place.sealed) {
        return (
            Level::Sealed,
            format!("{}{unmet}", there("SealedSecrets", place)),
        );
    }
    match asks.is_empty() {
        true => (
            Level::Plain,
            "Nothing that was said or seen asks for more.".to_owned(),
        ),
        false => (
            Level::Plain,
            format!("Nothing else was said or seen that asks for more.{unmet}"),
        ),
    }
}

/// Files show what is meant for a cluster, and not what is there.
fn there(objects: &str, place: &Place) -> String {
    match place.is_cluster {
        true => format!("{objects} are in use in {}.", place.words),
        false => format!("There are {objects} in {}.", place.words),
    }
}

/// Texts with commas and "and".
fn listed(texts: &[String]) -> String {
    match texts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The first place in which objects of a level are.
fn having(evidence: &Evidence, presence: impl Fn(&Place) -> Presence) -> Option<&Place> {
    evidence
        .places
        .iter()
        .find(|place| matches!(presence(place), Presence::Objects(_)))
}
