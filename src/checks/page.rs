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
        "\nData: {}.\nWorks on files: {}.\nAutofix: {}.\nSource: {}\n",
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
        "## {id} {name}\n\n{summary}.\n\n| Severity | Data | Works on files | Autofix |\n\
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
    document.push_str("\n## Retired rules\n");
    for rule in RETIRED {
        document.push('\n');
        document.push_str(&retired(rule));
    }
    document
}

const INTRODUCTION: &str = "\
# Rules of doctor

`kubectl secretsafe explain SS001` prints the same pages.

**Ids never change.** The id of a rule is never reused for another rule; gaps
between ids mean nothing. You can use the name of a rule instead of its id.

**Three results.** A rule finds something, finds nothing, or the result is
unknown: a list was refused, the server does not report the keys of a Secret, or
only files were read and what they refer to is not among them. An unknown result
is not a finding, but it does not count as clean either. The report lists it
under \u{201c}What could not be checked\u{201d}. If the cluster refused or did not
report something, the exit status is 3. What is only missing from the given files
does not change the exit status; with `--assume-complete` it is reported as
missing.

**Severities.** An *error* fails or leaks now. A *warning* will fail, or is
insecure. An *info* is for your information. The table shows the usual severity.
A finding may have a lower or higher one: for example, a lower one for a suspended
CronJob. doctor exits with status 1 if a finding has the severity of `--fail-on`
or a higher one (default: warning). `severity:` in `.secretsafe.yaml` changes the
severity of a rule.

**One problem, one finding.** It is reported for the object that you have to
change: the Deployment, not each of its pods. Similar names, and pods that wait
because of the problem, are part of the same finding.

**Safe and unsafe fixes.** A *safe* fix provably changes nothing for a running
app, or the API server refuses the manifest as it is. `doctor --fix -f FILE` shows
the safe fixes and asks once per file (`--yes` skips the question). An *unsafe* fix
may break something; the report says what. `doctor --fix --unsafe -f FILE` asks for
each of them, `--unsafe=SS030` only for those of the given rules. `--yes` applies
unsafe fixes only of the rules in `--unsafe=RULE,…`. After every change all rules
run again: a change that causes another finding, or does not help, is reverted.
`none` means that you have to make the change yourself.

**No values.** In a cluster no value is read without `--inspect-values`. In files,
a few rules check the form of the text (whether it is base64, how large it is).
A report contains only the result, never a value, a length or a digest.

| Rule | Severity | Name | Finds |
|---|---|---|---|
";

/// The page of a retired rule, as plain text; it is also Markdown.
pub fn retired(rule: &Retired) -> String {
    format!(
        "{} {} is retired; use {} instead.\n\n{}\n",
        rule.id, rule.name, rule.told_by, rule.why
    )
}

/// One line per rule.
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

/// Text as Markdown, with markup characters escaped.
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
        Offline::Partly => "if the objects it refers to are among them",
        Offline::No => "no, only on a cluster",
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

const LIVE: &str = "in a cluster, with the printed command";

fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Safe => "safe (doctor --fix)",
        Tier::Unsafe => "unsafe (doctor --fix --unsafe)",
        Tier::Either => {
            "safe or unsafe, depending on the finding (doctor --fix, doctor --fix --unsafe)"
        }
    }
}

/// Wraps lines at spaces.
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
    fn markup_is_escaped() {
        assert_eq!(escaped("a_b <c> *d* [e]"), r"a\_b \<c> \*d\* \[e]");
    }
}
