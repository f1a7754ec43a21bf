//! SS084: a credential that can be guessed.

use crate::finding::{AutoFix, Data, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::inventory::verdict::Strength;

use super::{Settings, content};

pub static RULE: Rule = Rule {
    id: "SS084",
    name: "low-entropy-value",
    severity: Severity::Info,
    data: &[Data::Values],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a credential is so short or regular that it can be guessed",
    why: "Apps can use long passwords, so there is no reason for a short one. A value is reported \
          if it has fewer than 40 bits, assuming that each character is drawn at random from the \
          character classes in it: eight lower-case letters, or a sequence. A longer dictionary \
          word is not reported, because no dictionary is used. Only keys whose name is that of a \
          credential are checked.",
    remedy: "Generate a random value: kubectl secretsafe create --generate KEY.",
    example: "stringData:\n  password: hunter2   # found\n",
    source: "NIST SP 800-63B, 5.1.1 (memorised secrets)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (facts, key, verdict) in content::values(inventory) {
        if verdict.strength == Strength::Guessable {
            let finding = content::finding(
                &RULE,
                inventory,
                facts,
                Some(key),
                format!(
                    "The value of key {key} of Secret {} is short or regular enough to be guessed.",
                    facts.name
                ),
                "can be guessed",
            );
            results.report(content::set_again(
                finding,
                facts,
                key,
                "Set a longer, random value.",
            ));
        }
    }
}
