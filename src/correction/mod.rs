//! What `doctor --fix` is about to do to files, as a value without I/O.
//!
//! Paths in a document move when something is removed from it, so an object
//! is changed once, everything is checked again, and the next change is
//! planned from what is found then. A change after which its finding is still
//! there is taken back.

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use crate::checks::Rule;
use crate::finding::{Applies, Finding, Fix, Operation};
use crate::inventory::DocumentFacts;
use crate::manifest::edit::{self, edit};
use crate::manifest::{Format, Span};
use crate::output::fingerprint;
use crate::report::Examined;
use crate::workload::{ObjectId, Origin};

/// Changes of one object, at most. More are left for the next run.
const MOST_ROUNDS: usize = 100;

/// The new texts, and what was done and not done.
pub struct Plan {
    /// One for each source, in their order; those without a change are equal
    /// to the old ones.
    pub texts: Vec<Zeroizing<String>>,
    /// What is changed, by source.
    pub changes: Vec<Change>,
    /// What is not changed, and why.
    pub hindered: Vec<Hindered>,
}

/// A change of an object.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which of the sources.
    pub source: usize,
    /// Whose remedy it is.
    pub rule: &'static Rule,
    /// The object.
    pub subject: ObjectId,
    /// What it does: a sentence.
    pub what: String,
    finding: Identity,
}

/// A change that is not made.
#[derive(Clone, Debug)]
pub struct Hindered {
    /// Which of the sources.
    pub source: usize,
    /// Whose remedy it would be.
    pub rule: &'static Rule,
    /// The object.
    pub subject: ObjectId,
    /// Why it is not made.
    pub why: Hindrance,
}

/// Why a change is not made: fragments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hindrance {
    /// The text has a shape that is not edited.
    #[error(transparent)]
    Refused(#[from] edit::Refusal),
    /// There is no file to write.
    #[error("it was not read from a file")]
    NotAFile,
    /// SOPS keeps a checksum of the document.
    #[error("SOPS guards the document with a checksum; edit it with sops")]
    Sops,
    /// The place is not in one object of that name.
    #[error("the document has no object, or several, of that name")]
    Ambiguous,
    /// It was tried.
    #[error("the change would not help")]
    NoEffect,
}

/// Whether a source can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writable {
    /// It is a file.
    Yes,
    /// It is standard input or a rendered kustomization.
    No,
}

/// What tells a finding from another while its object is edited.
type Identity = (String, String);

fn identity(finding: &Finding) -> Identity {
    (fingerprint(finding), finding.message.clone())
}

/// Plans every change that findings offer. `examine` looks at texts, one for
/// each source.
///
/// # Errors
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
    let mut futile = BTreeSet::new();
    let mut part = examine(&plan.texts)?;
    for _ in 0..MOST_ROUNDS {
        let mut texts = plan.texts.clone();
        let round = round(&part, &mut texts, writable, &futile);
        plan.hindered = round.hindered;
        if round.changes.is_empty() {
            break;
        }
        let next = examine(&texts)?;
        let (before, after) = (counted(&part), counted(&next));
        let in_vain: Vec<_> = round
            .changes
            .iter()
            .map(|change| &change.finding)
            .filter(|finding| after.get(finding) >= before.get(finding))
            .cloned()
            .collect();
        if in_vain.is_empty() {
            plan.texts = texts;
            plan.changes.extend(round.changes);
            part = next;
        } else {
            futile.extend(in_vain);
        }
    }
    let place = |source: usize, subject: &ObjectId, rule: &Rule| (source, subject.clone(), rule.id);
    plan.changes
        .sort_by_key(|change| place(change.source, &change.subject, change.rule));
    plan.hindered
        .sort_by_key(|hindered| place(hindered.source, &hindered.subject, hindered.rule));
    Ok(plan)
}

/// How many places each finding has: one finding may tell several references,
/// and its patch may change the first.
fn counted(part: &Examined) -> BTreeMap<Identity, usize> {
    let mut counted = BTreeMap::new();
    for finding in &part.findings {
        *counted.entry(identity(finding)).or_default() += finding.places.len();
    }
    counted
}

struct Round {
    changes: Vec<Change>,
    hindered: Vec<Hindered>,
}

/// A change that is on offer.
struct Offer<'a> {
    finding: &'a Finding,
    what: &'a str,
    operations: &'a [Operation],
    source: usize,
    document: usize,
}

/// Makes one change an object in `texts`.
fn round(
    part: &Examined,
    texts: &mut [Zeroizing<String>],
    writable: &[Writable],
    futile: &BTreeSet<Identity>,
) -> Round {
    let mut round = Round {
        changes: Vec::new(),
        hindered: Vec::new(),
    };
    let mut offers: Vec<_> = part.findings.iter().filter_map(offer).collect();
    // From the end of a file to its start: what is changed moves nothing that
    // is still to be changed. Within a document the order is kept.
    offers.sort_by_key(|offer| (offer.source, std::cmp::Reverse(offer.document)));
    let mut edited = BTreeSet::new();
    let mut spans: BTreeMap<(usize, usize), Span> = BTreeMap::new();
    for offer in offers {
        let Offer {
            finding, source, ..
        } = offer;
        let place = (source, offer.document);
        let outcome = target(part, &offer, writable, futile).and_then(|target| {
            if edited.contains(&(place, target.base.clone())) {
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
                round.changes.push(Change {
                    source,
                    rule: finding.rule,
                    subject: finding.subject.clone(),
                    what: offer.what.to_owned(),
                    finding: identity(finding),
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

fn offer(finding: &Finding) -> Option<Offer<'_>> {
    let Origin::File { source, document } = finding.places.first()?.origin else {
        return None;
    };
    finding.fixes.iter().find_map(|fix| match fix {
        Fix::Patch {
            what,
            operations,
            applies: Applies::OnRequest,
        } => Some(Offer {
            finding,
            what,
            operations,
            source,
            document,
        }),
        _ => None,
    })
}

/// Where a patch goes.
struct Target<'a> {
    base: &'a String,
    span: Span,
    format: Format,
}

fn target<'a>(
    part: &'a Examined,
    offer: &Offer<'_>,
    writable: &[Writable],
    futile: &BTreeSet<Identity>,
) -> Result<Target<'a>, Hindrance> {
    if writable.get(offer.source) != Some(&Writable::Yes) {
        return Err(Hindrance::NotAFile);
    }
    if futile.contains(&identity(offer.finding)) {
        return Err(Hindrance::NoEffect);
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
        .objects
        .iter()
        .filter(|object| object.origin == origin && object.id == offer.finding.subject);
    match (objects.next(), objects.next()) {
        (Some(object), None) => Ok(Target {
            base: &object.base,
            span: facts.span,
            format: facts.format,
        }),
        _ => Err(Hindrance::Ambiguous),
    }
}

#[cfg(test)]
mod tests;
