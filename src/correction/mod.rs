//! The changes that `doctor --fix` would make to files, as a value without I/O.
//!
//! Paths in a document change when something is removed from it. So an object is changed once,
//! everything is checked again, and the next change is planned from the new findings. A change is
//! reverted if its finding is still there, or if it causes another finding.
//!
//! The safe changes make one [`Plan`]. Those that may break something need a person's consent one
//! by one: [`proposal`] returns the next.

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use crate::finding::{Applies, Finding, Fix, Rule, fingerprint};
use crate::inventory::DocumentFacts;
use crate::manifest::edit::{self, edit};
use crate::manifest::{Format, Operation, Span};
use crate::report::Examined;
use crate::workload::{ObjectId, Origin};

/// The maximum number of changes of one object. The next run makes the rest.
const MOST_ROUNDS: usize = 100;

/// The new texts, and what was changed and skipped.
pub struct Plan {
    /// One for each source, in order; those without a change equal the old ones.
    pub texts: Vec<Zeroizing<String>>,
    /// What is changed, by source.
    pub changes: Vec<Change>,
    /// What is skipped, and why.
    pub hindered: Vec<Hindered>,
}

/// A change of an object.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which of the sources.
    pub source: usize,
    /// The rule that proposes it.
    pub rule: &'static Rule,
    pub subject: ObjectId,
    /// What it does: a sentence.
    pub what: String,
    finding: Identity,
}

/// A skipped change.
#[derive(Clone, Debug)]
pub struct Hindered {
    /// Which of the sources.
    pub source: usize,
    /// The rule that would propose it.
    pub rule: &'static Rule,
    pub subject: ObjectId,
    /// Why it is skipped.
    pub why: Hindrance,
}

/// Why a change is skipped: fragments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hindrance {
    /// The text has a form that is not edited.
    #[error(transparent)]
    Refused(#[from] edit::Refusal),
    /// There is no file to write.
    #[error("it was not read from a file")]
    NotAFile,
    /// SOPS stores a checksum of the document.
    #[error("SOPS protects the document with a checksum; edit it with sops")]
    Sops,
    /// The place is not in exactly one object of that name.
    #[error("the document has no object of that name, or several")]
    Ambiguous,
    #[error("the change would not help")]
    NoEffect,
    /// It was tried, and caused a finding of this rule.
    #[error("it would cause a finding of {0}; decide this yourself")]
    BringsUp(&'static str),
}

/// Whether a source can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writable {
    /// It is a file.
    Yes,
    /// It is standard input or a rendered kustomization.
    No,
}

/// What distinguishes a finding from others while its object is edited.
type Identity = (String, String);

fn identity(finding: &Finding) -> Identity {
    (fingerprint(finding), finding.message.clone())
}

/// Which changes are wanted: by the rule that proposes them and what they may break.
type Wanted<'w> = &'w dyn Fn(&Rule, Applies) -> bool;

/// What is not to be tried, or not again. A reason is reported; a declined change needs none.
pub type Settled = BTreeMap<Identity, Option<Hindrance>>;

/// What to ask next.
pub enum Next {
    Proposal(Box<Proposal>),
    /// Nothing more; these are skipped, and why.
    Done(Vec<Hindered>),
}

/// A change that may break something.
pub struct Proposal {
    /// One for each source, in order, with this change.
    pub texts: Vec<Zeroizing<String>>,
    pub change: Change,
    /// What it may break: a sentence.
    pub risk: &'static str,
}

impl Proposal {
    /// Records that it is declined.
    pub fn decline(&self, settled: &mut Settled) {
        settled.insert(self.change.finding.clone(), None);
    }
}

/// The next change that may break something, of a rule that is `wanted`. Failed attempts are
/// added to `settled`. `examine` checks texts, one for each source.
///
/// # Errors
///
/// Those of `examine`.
pub fn proposal<E>(
    texts: &[Zeroizing<String>],
    writable: &[Writable],
    wanted: &dyn Fn(&Rule) -> bool,
    settled: &mut Settled,
    examine: impl Fn(&[Zeroizing<String>]) -> Result<Examined, E>,
) -> Result<Next, E> {
    let wanted =
        |rule: &Rule, applies: Applies| matches!(applies, Applies::Unsafe(_)) && wanted(rule);
    let before = examine(texts)?;
    loop {
        let mut tried = texts.to_vec();
        let round = round(&before, &mut tried, writable, &wanted, settled, Most::One);
        let Some(Made { change, applies }) = round.changes.into_iter().next() else {
            return Ok(Next::Done(round.hindered));
        };
        match (fault(&before, &examine(&tried)?, &change), applies.risk()) {
            (None, Some(risk)) => {
                return Ok(Next::Proposal(Box::new(Proposal {
                    texts: tried,
                    change,
                    risk,
                })));
            }
            (why, _) => drop(settled.insert(change.finding, why)),
        }
    }
}

/// Plans every safe change. `examine` checks texts, one for each source.
///
/// # Errors
///
/// Those of `examine`.
pub fn plan<E>(
    texts: Vec<Zeroizing<String>>,
    writable: &[Writable],
    examine: impl Fn(&[Zeroizing<String>]) -> Result<Examined, E>,
) -> Result<Plan, E> {
    let mut plan = Plan {
        texts,
        changes: Vec::new(),
        hindered: Vec::new(),
    };
    let wanted = |_: &Rule, applies: Applies| applies == Applies::Safe;
    let mut settled = Settled::new();
    let mut part = examine(&plan.texts)?;
    let mut most = Most::OneAnObject;
    for _ in 0..MOST_ROUNDS {
        let mut texts = plan.texts.clone();
        let round = round(&part, &mut texts, writable, &wanted, &settled, most);
        plan.hindered = round.hindered;
        if round.changes.is_empty() {
            break;
        }
        let next = examine(&texts)?;
        let faults: Vec<_> = round
            .changes
            .iter()
            .filter_map(|made| Some((&made.change, fault(&part, &next, &made.change)?)))
            .collect();
        if faults.is_empty() {
            plan.texts = texts;
            plan.changes
                .extend(round.changes.into_iter().map(|made| made.change));
            part = next;
            most = Most::OneAnObject;
        } else if round.changes.len() == 1 || faults.iter().all(|(_, why)| why.is_its_own()) {
            for (change, why) in faults {
                settled.insert(change.finding.clone(), Some(why));
            }
        } else {
            // Making them one by one shows which of them it was.
            most = Most::One;
        }
    }
    let place = |source: usize, subject: &ObjectId, rule: &Rule| (source, subject.clone(), rule.id);
    plan.changes
        .sort_by_key(|change| place(change.source, &change.subject, change.rule));
    plan.hindered
        .sort_by_key(|hindered| place(hindered.source, &hindered.subject, hindered.rule));
    Ok(plan)
}

impl Hindrance {
    /// Whether the change itself is at fault, whatever else is changed.
    fn is_its_own(&self) -> bool {
        !matches!(self, Hindrance::BringsUp(_))
    }
}

/// Why a tried change is reverted: its finding is still there, or some rule has more findings
/// than before.
fn fault(before: &Examined, after: &Examined, change: &Change) -> Option<Hindrance> {
    let (old, new) = (counted(before), counted(after));
    if new.get(&change.finding) >= old.get(&change.finding) {
        return Some(Hindrance::NoEffect);
    }
    let (old, new) = (by_object(before), by_object(after));
    let more = new
        .into_iter()
        .find(|(place, number)| old.get(place).is_none_or(|old| old < number));
    more.map(|((rule, _), _)| Hindrance::BringsUp(rule))
}

/// How many places each finding has: one finding may report several references, and its patch may
/// change the first.
fn counted(part: &Examined) -> BTreeMap<Identity, usize> {
    let mut counted = BTreeMap::new();
    for finding in &part.findings {
        *counted.entry(identity(finding)).or_default() += finding.places.len();
    }
    counted
}

/// How many findings of each rule an object has. Their messages contain names, which a change may
/// correct.
fn by_object(part: &Examined) -> BTreeMap<(&'static str, &ObjectId), usize> {
    let mut counted = BTreeMap::new();
    for finding in &part.findings {
        *counted
            .entry((finding.rule.id, &finding.subject))
            .or_default() += finding.overlays.len().max(1);
    }
    counted
}

struct Round {
    changes: Vec<Made>,
    hindered: Vec<Hindered>,
}

/// A change that was made in the texts.
struct Made {
    change: Change,
    applies: Applies,
}

/// How many changes a round makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Most {
    One,
    OneAnObject,
}

/// A proposed change.
struct Offer<'a> {
    finding: &'a Finding,
    what: &'a str,
    operations: &'a [Operation],
    applies: Applies,
    source: usize,
    document: usize,
}

/// Makes one change, or one per object, in `texts`.
fn round(
    part: &Examined,
    texts: &mut [Zeroizing<String>],
    writable: &[Writable],
    wanted: Wanted<'_>,
    settled: &Settled,
    most: Most,
) -> Round {
    let mut round = Round {
        changes: Vec::new(),
        hindered: Vec::new(),
    };
    let mut offers: Vec<_> = part
        .findings
        .iter()
        .filter_map(|finding| offer(finding, wanted))
        .collect();
    // From the end of a file to its start: a change moves nothing that is still to be changed.
    // Within a document the order is kept.
    offers.sort_by_key(|offer| (offer.source, std::cmp::Reverse(offer.document)));
    let mut edited = BTreeSet::new();
    let mut spans: BTreeMap<(usize, usize), Span> = BTreeMap::new();
    for offer in offers {
        let Offer {
            finding, source, ..
        } = offer;
        if settled.get(&identity(finding)) == Some(&None) {
            continue;
        }
        let place = (source, offer.document);
        let outcome = target(part, &offer, writable, settled).and_then(|target| {
            let enough = most == Most::One && !round.changes.is_empty();
            if enough || edited.contains(&(place, target.base.clone())) {
                return Ok(None);
            }
            let span = *spans.get(&place).unwrap_or(&target.span);
            let text = &texts[source];
            let new = edit(text, span, target.format, target.base, offer.operations)?;
            // Only the end moves: the change lies inside the document.
            let end = (span.end + new.len()).saturating_sub(text.len());
            spans.insert(place, Span { end, ..span });
            edited.insert((place, target.base.clone()));
            Ok(Some(new))
        });
        match outcome {
            Ok(None) => {}
            Ok(Some(new)) => {
                texts[source] = Zeroizing::new(new);
                round.changes.push(Made {
                    applies: offer.applies,
                    change: Change {
                        source,
                        rule: finding.rule,
                        subject: finding.subject.clone(),
                        what: offer.what.to_owned(),
                        finding: identity(finding),
                    },
                });
            }
            Err(why) => round.hindered.push(Hindered {
                source,
                rule: finding.rule,
                subject: finding.subject.clone(),
                why,
            }),
        }
    }
    round
}

/// The first change of a finding that is wanted.
fn offer<'a>(finding: &'a Finding, wanted: Wanted<'_>) -> Option<Offer<'a>> {
    let Origin::File { source, document } = finding.places.first()?.origin else {
        return None;
    };
    finding.fixes.iter().find_map(|fix| match fix {
        Fix::Patch {
            what,
            operations,
            applies,
        } if wanted(finding.rule, *applies) => Some(Offer {
            finding,
            what,
            operations,
            applies: *applies,
            source,
            document,
        }),
        _ => None,
    })
}

/// The target of a patch.
struct Target<'a> {
    base: &'a String,
    span: Span,
    format: Format,
}

fn target<'a>(
    part: &'a Examined,
    offer: &Offer<'_>,
    writable: &[Writable],
    settled: &Settled,
) -> Result<Target<'a>, Hindrance> {
    if writable.get(offer.source) != Some(&Writable::Yes) {
        return Err(Hindrance::NotAFile);
    }
    if let Some(Some(why)) = settled.get(&identity(offer.finding)) {
        return Err(why.clone());
    }
    let inventory = &part.inventory;
    let facts: &DocumentFacts = inventory
        .sources
        .get(offer.source)
        .and_then(|source| source.documents.get(offer.document))
        .ok_or(Hindrance::Ambiguous)?;
    if facts.sops {
        return Err(Hindrance::Sops);
    }
    let origin = Origin::File {
        source: offer.source,
        document: offer.document,
    };
    let mut objects = inventory
        .objects_from(origin)
        .filter(|object| object.id == offer.finding.subject);
    let object = match (offer.finding.overlays.is_empty(), objects.next()) {
        // What is built has the names of its overlay.
        (false, _) => offer
            .finding
            .places
            .first()
            .and_then(|place| inventory.written(offer.source, place.site.span)),
        (true, one) => one.filter(|_| objects.next().is_none()),
    };
    let object = object.ok_or(Hindrance::Ambiguous)?;
    Ok(Target {
        base: &object.base,
        span: facts.span,
        format: facts.format,
    })
}

#[cfg(test)]
mod tests;
