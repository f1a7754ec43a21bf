//! The page of a rule: for `explain` and for docs/checks.md.

use std::fmt::Write as _;

use super::{Check, RETIRED, Retired};
use crate::finding::{AutoFix, Offline, Rule, Tier};

/// The page as plain text.
pub fn text(rule: &Rule) -> String {
    let mut page = format!(
        "{} {} ({})\n\n{}.\n",
        rule.id,
        rule.name,
        rule.severity,
        sentence(rule.summary)
    );
    for (heading, body) in [("Why", rule.why), ("Remedy", rule.remedy)] {
        let _ = write!(page, "\n{heading}\n{}\n", indented(&wrapped(body, 76)));
    }
    let _ = write!(page, "\nExample\n{}\n", indented(rule.example.trim_end()));
    let _ = write!(
        page,
        "\nLooks at: {}.\nFiles are enough: {}.\nAutofix: {}.\nSource: {}\n",
        data(rule),
        offline(rule.offline),
        auto_fix(rule.auto_fix),
        rule.source
    );
    page
}

/// The page as Markdown, below a heading of level 2.
pub fn markdown(rule: &Rule) -> String {
    format!(
        "## {id} {name}\n\n{summary}.\n\n| Severity | Looks at | Files are enough | Autofix |\n\
         |---|---|---|---|\n| {severity} | {data} | {offline} | {fix} |\n\n**Why.** {why}\n\n\
         **Remedy.** {remedy}\n\n```yaml\n{example}\n```\n\nSource: {source}\n",
        id = rule.id,
        name = rule.name,
        summary = escaped(&sentence(rule.summary)),
        severity = rule.severity,
        data = data(rule),
        offline = offline(rule.offline),
        fix = auto_fix(rule.auto_fix),
        why = escaped(rule.why),
        remedy = escaped(rule.remedy),
        example = rule.example.trim_end(),
        source = escaped(rule.source),
    )
}

/// All pages as one Markdown document.
pub fn document(checks: &[Check]) -> String {
    let mut document = String::from(INTRODUCTION);
    for check in checks {
        let rule = check.rule;
        let _ = writeln!(
            document,
            "| [{id}](#{anchor}-{name}) | {severity} | {name} | {summary} |",
            id = rule.id,
            anchor = rule.id.to_lowercase(),
            name = rule.name,
            severity = rule.severity,
            summary = escaped(rule.summary),
        );
    }
    for check in checks {
        document.push('\n');
        document.push_str(&markdown(check.rule));
    }
    document.push_str("\n## Rules that are no more\n");
    for rule in RETIRED {
        document.push('\n');
        document.push_str(&retired(rule));
    }
    document
}

const INTRODUCTION: &str = "\
# Rules of doctor

`kubectl secretsafe explain SS001` prints the same pages.

**Ids stay.** The id of a rule never changes and is never used for another
rule; gaps between ids mean nothing. Names may be used instead of ids wherever
a rule is named.

**A question has three answers.** A rule finds something, finds nothing, or
could not tell: because a list was refused, because the server does not say
which keys a Secret has, or because only files were read and what they name is
not among them. What could not be told is never a finding and never counts as
clean: it stands under \u{201c}What could not be checked\u{201d}, and if the cluster
refused or did not say something, the exit status is 3. What is merely outside
the given files does not change the status; `--assume-complete` takes it for
missing.

**Severities.** An *error* fails or leaks now. A *warning* will fail, or is
insecure. An *info* is worth knowing. The table has the usual one; the same
rule may be milder or harder on what it finds, for instance milder on a CronJob
that is suspended. `--fail-on` says from which severity on the exit status is 1
(warning, unless told otherwise), and `severity:` in `.secretsafe.yaml` gives a
rule another one.

**One trouble, one finding.** It is told of the object that has to be changed:
the Deployment, not each of its pods. Near names, and pods that wait because of
it, are told in the same finding.

**Fixes have two tiers.** A *safe* one provably changes nothing for a program
that runs, or the API server refuses the manifest as it stands: `doctor --fix -f
FILE` shows these and asks once a file (`--yes` does not ask). An *unsafe* one may
break something; the report says what. `doctor --fix --unsafe -f FILE` asks for
each of them by itself, `--unsafe=SS030` for those of some rules only. `--yes`
agrees to unsafe changes of the rules that `--unsafe=RULE,…` names, and to no
others. After every change all rules look again: what would bring up another
finding, or does not help, is taken back. `none` means that a person has to do it.

**No values.** Of a cluster no value is read unless `--inspect-values` asks for
that. In files a few rules look at the form of the text (whether it is base64,
how large it is). What is told is a verdict, never a value, a length or a digest.

| Rule | Severity | Name | Finds |
|---|---|---|---|
";

/// The page of a rule that is no more, as plain text; it is Markdown too.
pub fn retired(rule: &Retired) -> String {
    format!(
        "{} {} is no longer a rule; {} tells it now.\n\n{}\n",
        rule.id, rule.name, rule.told_by, rule.why
    )
}

/// One line a rule.
pub fn list(checks: &[Check]) -> String {
    checks.iter().fold(String::new(), |mut text, check| {
        let rule = check.rule;
        let _ = writeln!(
            text,
            "{}  {:<8} {:<32} {}",
            rule.id,
            rule.severity.name(),
            rule.name,
            rule.summary
        );
        text
    })
}

/// With a capital first letter, unless the first word is a field's name.
fn sentence(summary: &str) -> String {
    let word = summary.split(' ').next().unwrap_or_default();
    let mut characters = summary.chars();
    match characters.next() {
        Some(first) if !word.contains(char::is_uppercase) => {
            first.to_uppercase().collect::<String>() + characters.as_str()
        }
        _ => summary.to_owned(),
    }
}

fn data(rule: &Rule) -> String {
    let words: Vec<_> = rule.data.iter().map(|data| data.words()).collect();
    words.join(", ")
}

/// Text as Markdown: what could be markup is written so that it is not.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '_' | '<' | '|' | '[' | '\\' | '`') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn offline(offline: Offline) -> &'static str {
    match offline {
        Offline::Yes => "yes",
        Offline::Partly => "if what it names is among them",
        Offline::No => "no, it needs a cluster",
    }
}

fn auto_fix(fix: AutoFix) -> String {
    match fix {
        AutoFix::No => "none".to_owned(),
        AutoFix::File(tier) => tier_words(tier).to_owned(),
        AutoFix::Live => LIVE.to_owned(),
        AutoFix::FileAndLive(tier) => format!("{}; {LIVE}", tier_words(tier)),
    }
}

const LIVE: &str = "in a cluster, by the command it prints";

fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Safe => "safe (doctor --fix)",
        Tier::Unsafe => "unsafe (doctor --fix --unsafe)",
        Tier::Either => "safe or unsafe, by what it finds (doctor --fix, doctor --fix --unsafe)",
    }
}

/// Breaks lines at blanks.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = String::new();
    for (number, paragraph) in text.split('\n').enumerate() {
        if number > 0 {
            lines.push('\n');
        }
        let mut column = 0;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                lines.push('\n');
                column = 0;
            } else if column > 0 {
                lines.push(' ');
                column += 1;
            }
            lines.push_str(word);
            column += length;
        }
    }
    lines
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_keep_their_letters() {
        for (summary, expected) in [
            ("a Secret is missing", "A Secret is missing"),
            ("envFrom takes a Secret", "envFrom takes a Secret"),
            ("$(NAME) is not defined", "$(NAME) is not defined"),
            ("", ""),
        ] {
            assert_eq!(sentence(summary), expected);
        }
    }

    #[test]
    fn markup_is_told_as_text() {
        assert_eq!(escaped("a_b <c> *d* [e]"), r"a\_b \<c> \*d\* \[e]");
    }
}
