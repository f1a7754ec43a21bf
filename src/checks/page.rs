//! The page of a rule: for `explain` and for docs/checks.md.

use std::fmt::Write as _;

use super::{AutoFix, Check, Offline, Rule};

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
        "\nOffline: {}. Fix by program: {}.\nSource: {}\n",
        offline(rule.offline),
        auto_fix(rule.auto_fix),
        rule.source
    );
    page
}

/// The page as Markdown, below a heading of level 2.
pub fn markdown(rule: &Rule) -> String {
    format!(
        "## {id} {name}\n\n{summary}.\n\n| Severity | Offline | Fix by program |\n|---|---|---|\n\
         | {severity} | {offline} | {fix} |\n\n**Why.** {why}\n\n**Remedy.** {remedy}\n\n\
         ```yaml\n{example}\n```\n\nSource: {source}\n",
        id = rule.id,
        name = rule.name,
        summary = sentence(rule.summary),
        severity = rule.severity,
        offline = offline(rule.offline),
        fix = auto_fix(rule.auto_fix),
        why = rule.why,
        remedy = rule.remedy,
        example = rule.example.trim_end(),
        source = rule.source,
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

fn sentence(summary: &str) -> String {
    let mut characters = summary.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}

fn offline(offline: Offline) -> &'static str {
    match offline {
        Offline::Yes => "yes",
        Offline::Partly => "if the objects it names are among the files",
        Offline::No => "no, needs a cluster",
    }
}

fn auto_fix(fix: AutoFix) -> &'static str {
    match fix {
        AutoFix::No => "no",
        AutoFix::File => "in files",
        AutoFix::Live => "in a cluster",
        AutoFix::FileAndLive => "in files and in a cluster",
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
