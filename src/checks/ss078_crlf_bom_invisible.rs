//! SS078: bytes that an editor or another system added.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::verdict::KeyFacts;
use crate::secret::inspection::Suspicion;
use crate::secret::key::names_a_document;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS078",
    name: "crlf-bom-invisible",
    severity: Severity::Warning,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a value has Windows line endings, a byte order mark, quotes or invisible characters",
    why: "Apps treat every byte as part of the value: the byte order mark that Windows editors \
          write first, the carriage return before each newline, the quotes that kubectl keeps \
          from an env file, the no-break space from the clipboard. Documents whose readers expect \
          these are not reported: XML, JSON and configuration files of Windows.",
    remedy: "Set the value again from a file without them (dos2unix), or at a prompt.",
    example: "# an env file; kubectl keeps the quotes\nPASSWORD=\"s3cret\"   # found\n",
    source: "kubernetes/kubectl#1610; kubernetes/kubernetes#71098",
};

/// One finding per value.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, key, verdict) in content::values(inventory) {
        let found = troubles(key, verdict);
        let Some(first) = found.first() else {
            continue;
        };
        let finding = content::finding(
            &RULE,
            inventory,
            facts,
            Some(key),
            format!(
                "The value of key {key} of Secret {} {}.",
                facts.name,
                first.sentence()
            ),
            "has invisible bytes",
        );
        let finding = found[1..].iter().fold(finding, |finding, other| {
            finding.because(format!("The value also {}.", other.sentence()))
        });
        results.report(content::set_again(
            finding,
            facts,
            key,
            "Set the value again, without these bytes.",
        ));
    }
}

fn troubles(key: &str, verdict: &KeyFacts) -> Vec<Suspicion> {
    let for_windows = key.rsplit_once('.').is_some_and(|(_, extension)| {
        matches!(
            extension.to_ascii_lowercase().as_str(),
            "xml" | "ini" | "cfg" | "config" | "bat" | "cmd" | "ps1" | "reg"
        )
    });
    let mut found = Vec::new();
    // SS060 reports the carriage return of the last line ending.
    if verdict.has(Suspicion::CarriageReturns)
        && !verdict.has(Suspicion::TrailingNewline)
        && !verdict.has(Suspicion::TrailingReturn)
        && !for_windows
    {
        found.push(Suspicion::CarriageReturns);
    }
    if verdict.has(Suspicion::ByteOrderMark) && !for_windows {
        found.push(Suspicion::ByteOrderMark);
    }
    if !names_a_document(key) {
        found.extend(
            [Suspicion::SurroundingQuotes, Suspicion::Invisible]
                .into_iter()
                .filter(|suspicion| verdict.has(*suspicion)),
        );
    }
    found
}
