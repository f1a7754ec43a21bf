//! SS019: a file that this plugin can read, but kubectl cannot.

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
    summary: "kubectl cannot read the file, or ignores a part of it",
    why: "kubectl reads YAML 1.1, and splits a file at its --- lines before it parses anything. \
          It refuses things that newer parsers and most editors accept: text after ---, tabs \
          after a dash, an empty key, the JSON escape \\/, a directive. Then nothing of the file \
          is applied. It silently ignores what follows the end of a document.",
    remedy: "Write the line as YAML 1.1. Check with kubectl apply --dry-run=client -f FILE.",
    example: "--- {kind: Secret}    # text after ---: found\ndata:\n  : x                 # an \
              empty key: found\n",
    source: "kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/yaml/decoder.go; \
             sigs.k8s.io/yaml; yaml/go-yaml v2",
};

/// One finding per file for what is refused, one for what is ignored, one for what is read
/// differently.
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
                "kubectl silently ignores a part of this file: {} (line {line}).",
                first.what
            ),
            "kubectl stops reading here",
        ),
        Effect::Otherwise => (
            format!(
                "kubectl reads this file differently: {} (line {line}).",
                first.what
            ),
            "kubectl reads this differently",
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
                (Effect::Refused, 1) => "place that kubectl refuses",
                (Effect::Refused, _) => "places that kubectl refuses",
                (Effect::LeftOut, 1) => "place where kubectl stops reading",
                (Effect::LeftOut, _) => "places where kubectl stops reading",
                (Effect::Otherwise, 1) => "place that kubectl reads differently",
                (Effect::Otherwise, _) => "places that kubectl reads differently",
            }
        ));
    }
    results.report(finding.advise(match first.effect {
        Effect::Refused => "Write it as YAML 1.1; until then nothing of the file is applied.",
        Effect::LeftOut => "Put --- on a line of its own before each document.",
        Effect::Otherwise => "Put a space after the ':', or quote the text.",
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
