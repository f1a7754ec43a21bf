//! SS019: a file that can be read here, and not by kubectl.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Unreadable};
use crate::manifest::Span;
use crate::manifest::kubectl::{Effect, Obstacle};
use crate::workload::{Object, Origin, Site};

pub static RULE: Rule = Rule {
    id: "SS019",
    name: "kubectl-cannot-read",
    severity: Severity::Error,
    data: &[Data::Files],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "kubectl cannot read the file, or leaves out a part of it",
    why: "kubectl reads an old YAML, 1.1, and takes a file apart at its lines --- before it reads \
          any of it. What newer readers take, and most editors, it refuses: text behind ---, tabs \
          behind a dash, an empty key, the escape \\/ of JSON, a directive; then nothing of the \
          file is applied. What stands behind the end of a document it leaves out without a word.",
    remedy: "Write the line as YAML 1.1 has it. kubectl apply --dry-run=client -f FILE tells whether \
             kubectl reads it.",
    example: "--- {kind: Secret}    # text behind ---: found\ndata:\n  : x                 # an empty \
              key: found\n",
    source: "kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/yaml/decoder.go; \
             sigs.k8s.io/yaml; yaml/go-yaml v2",
};

/// Looks for it: one finding a file for what is refused, one for what is left
/// out, one for what is taken otherwise.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for file in inventory.unreadable() {
        for effect in [Effect::Refused, Effect::LeftOut, Effect::Otherwise] {
            let found: Vec<_> = file
                .obstacles
                .iter()
                .filter(|obstacle| obstacle.effect == effect)
                .collect();
            if let Some(first) = found.first() {
                report(inventory, &file, first, found.len() - 1, results);
            }
        }
    }
}

fn report(
    inventory: &Inventory,
    file: &Unreadable<'_>,
    first: &Obstacle,
    others: usize,
    results: &mut Results,
) {
    let (Some(object), Some(source)) = (
        nearest(inventory, file, first.at),
        inventory.sources.get(file.source),
    ) else {
        return;
    };
    let line = source.text.position(first.at).line;
    let (message, label) = match first.effect {
        Effect::Refused => (
            format!(
                "kubectl cannot read this file: {} (line {line}).",
                first.what
            ),
            "kubectl refuses this",
        ),
        Effect::LeftOut => (
            format!(
                "kubectl leaves out a part of this file without a word: {} (line {line}).",
                first.what
            ),
            "kubectl reads no further",
        ),
        Effect::Otherwise => (
            format!(
                "kubectl takes this file otherwise: {} (line {line}).",
                first.what
            ),
            "kubectl takes this otherwise",
        ),
    };
    let site = Site {
        path: String::new(),
        span: Span {
            start: first.at,
            end: (first.at + 1).min(source.text.text().len()),
        },
    };
    let mut finding = Finding::new(&RULE, &object.id, message).at(object.origin, &site, label);
    if others > 0 {
        finding = finding.because(format!(
            "{others} more {}.",
            match (first.effect, others) {
                (Effect::Refused, 1) => "place hinders the reading",
                (Effect::Refused, _) => "places hinder the reading",
                (Effect::LeftOut, 1) => "place ends the reading of a part",
                (Effect::LeftOut, _) => "places end the reading of a part",
                (Effect::Otherwise, 1) => "place is taken otherwise",
                (Effect::Otherwise, _) => "places are taken otherwise",
            }
        ));
    }
    results.report(finding.advise(match first.effect {
        Effect::Refused => {
            "Write it as YAML 1.1 has it; until then nothing of the file is applied."
        }
        Effect::LeftOut => "Begin each document with a line of its own: ---",
        Effect::Otherwise => "Put a blank behind the ':', or the text into quotes.",
    }));
}

/// The object whose document is nearest before a byte.
fn nearest<'a>(inventory: &Inventory, file: &Unreadable<'a>, at: usize) -> Option<&'a Object> {
    let documents = &inventory.sources.get(file.source)?.documents;
    let start = |object: &&&Object| match object.origin {
        Origin::File { document, .. } => documents.get(document).map(|facts| facts.span.start),
        Origin::Live => None,
    };
    let mut objects = file.objects.iter();
    objects
        .by_ref()
        .filter(|object| start(object).is_some_and(|start| start <= at))
        .max_by_key(|object| start(object))
        .or_else(|| file.objects.iter().min_by_key(|object| start(object)))
        .copied()
}
