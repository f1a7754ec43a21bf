//! Commands and outputs as documents show them, and whether an output is what was printed.

use std::ops::Range;

use regex::Regex;

pub const NAME: &str = "kubectl secretsafe ";

/// A command, and the lines below it in a block that shows what is printed.
pub struct Step {
    pub command: String,
    pub shown: Option<Range<usize>>,
    /// How far the block stands to the right, in a list.
    pub indent: usize,
}

/// What is run one after the other, and the stage that is set for it.
pub struct Block {
    pub stage: Option<String>,
    /// A sentence, not a block.
    pub is_span: bool,
    pub steps: Vec<Step>,
}

/// The stage that a comment before a block names.
fn stage(line: &str) -> Option<&str> {
    line.trim()
        .strip_prefix("<!-- stage: ")?
        .strip_suffix(" -->")
}

/// The commands of each block and sentence; those of other programs, too, where they are
/// wanted.
pub fn blocks(lines: &[String], with_others: bool) -> Vec<Block> {
    let mut found = Vec::new();
    let mut next = None;
    let mut number = 0;
    while number < lines.len() {
        let line = &lines[number];
        if let Some(name) = stage(line) {
            next = Some(name.to_owned());
        } else if line.trim_start().starts_with("```") {
            let rest = lines[number + 1..].iter();
            let inside = rest.take_while(|line| !line.trim_start().starts_with("```"));
            let inside = number + 1..number + 1 + inside.count();
            let indent = line.len() - line.trim_start().len();
            let steps = match line.trim() {
                "```console" => shown(lines, inside.clone(), indent),
                // Output, or what no played cluster can answer.
                "```text" => Vec::new(),
                "```sh" => typed(&lines[inside.clone()], with_others),
                _ => typed(&lines[inside.clone()], false),
            };
            number = inside.end;
            if !steps.is_empty() {
                found.push(Block {
                    stage: next.take(),
                    is_span: false,
                    steps,
                });
            }
        } else {
            let spans = line.split('`').skip(1).step_by(2);
            found.extend(spans.filter(|span| span.starts_with(NAME)).map(|span| {
                let command = span.to_owned();
                let steps = vec![Step {
                    command,
                    shown: None,
                    indent: 0,
                }];
                Block {
                    stage: None,
                    is_span: true,
                    steps,
                }
            }));
        }
        number += 1;
    }
    found
}

/// The commands behind `$`, and what is below each of them.
fn shown(lines: &[String], inside: Range<usize>, indent: usize) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for number in inside {
        if let Some(command) = lines[number].trim_start().strip_prefix("$ ") {
            let shown = Some(number + 1..number + 1);
            let command = command.to_owned();
            steps.push(Step {
                command,
                shown,
                indent,
            });
        } else if let Some(Step {
            command,
            shown: Some(shown),
            ..
        }) = steps.last_mut()
        {
            // A command that goes on in the next line.
            if let Some(start) = command
                .strip_suffix('\\')
                .filter(|_| shown.start == shown.end)
            {
                *command = format!("{}{}", start, lines[number].trim_start());
                shown.start = number + 1;
            }
            shown.end = number + 1;
        }
    }
    steps
}

/// The commands of a block without outputs, with what is piped into them.
fn typed(lines: &[String], with_others: bool) -> Vec<Step> {
    let text = lines.join("\n").replace("\\\n", " ");
    let commands = text.lines().filter_map(|line| {
        let line = line.trim_start().trim_start_matches("$ ");
        let line = line.trim_start_matches("- run: ");
        if with_others && !line.is_empty() && !line.contains(NAME) {
            return Some(line.to_owned());
        }
        let at = line.find(NAME)?;
        let before = line[..at].trim_end();
        let from = match before.is_empty() || before.ends_with(['|', '&']) {
            true => 0,
            false => at,
        };
        let line = &line[from..];
        let end = line.find(", or ").unwrap_or(line.len());
        Some(line[..end].split_whitespace().collect::<Vec<_>>().join(" "))
    });
    let step = |command| Step {
        command,
        shown: None,
        indent: 0,
    };
    commands.map(step).collect()
}

/// The printed text as a document shows it: with the names and times of a cluster in which
/// pods live for days, instead of those of the played one.
pub fn told(said: &str, waits_as_usual: bool) -> String {
    let mut text = said.to_owned();
    for (pattern, instead) in [
        (r"https://127\.0\.0\.1:\d+", "https://cluster.example:6443"),
        (r"-[0-9a-f]{8,16}-pod\b", "-7c9d5f6b8-x4q2z"),
        (r"(?m)[ \t]+$", ""),
    ] {
        text = replaced(&text, pattern, instead);
    }
    if waits_as_usual {
        for (pattern, instead) in [
            (r"watched for (at least )?\d+ s", "watched for ${1}30 s"),
            (r"minReadySeconds is \d+ ", "minReadySeconds is 40 "),
            (r" --(settle 1s|timeout 20s)", ""),
        ] {
            text = replaced(&text, pattern, instead);
        }
    }
    text
}

/// What differs from run to run.
fn steady(line: &str) -> String {
    let mut line = line.trim_end().to_owned();
    for (pattern, instead) in [
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
        (r"the run [a-z0-9]{10}\b", "the run RUN"),
        (r"sha256:[0-9a-f]{12}\b", "sha256:KEY"),
        (r"rotation-[a-z0-9]{10}\.json", "rotation-RUN.json"),
        (r#""run": "[a-z0-9]{10}""#, r#""run": "RUN""#),
    ] {
        line = replaced(&line, pattern, instead);
    }
    line
}

fn replaced(text: &str, pattern: &str, instead: &str) -> String {
    let pattern = Regex::new(pattern).unwrap();
    pattern.replace_all(text, instead).into_owned()
}

/// Whether the shown lines are those that were printed. `…` stands for lines that are left
/// out.
pub fn is_shown(shown: &[String], told: &str) -> bool {
    let told: Vec<String> = told.lines().map(steady).collect();
    let shown: Vec<String> = shown.iter().map(|line| steady(line)).collect();
    let parts: Vec<&[String]> = shown.split(|line| line.trim() == "…").collect();
    let (first, others) = parts.split_first().unwrap();
    let Some((last, between)) = others.split_last() else {
        return told == *first;
    };
    if told.len() < first.len() + last.len() || !told.starts_with(first) || !told.ends_with(last) {
        return false;
    }
    let mut left = &told[first.len()..told.len() - last.len()];
    between.iter().all(|part| {
        let at = left
            .windows(part.len().max(1))
            .position(|lines| lines == *part);
        left = &left[at.map_or(0, |at| at + part.len())..];
        at.is_some()
    })
}

#[test]
fn outputs_are_told_from_others() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let printed = "one\ntwo\n2026-11-29T23:24:52Z three\nfour\n";
    for (shown, fits) in [
        ("one\ntwo\n2020-01-01T00:00:00Z three\nfour", true),
        ("one\n…\nfour", true),
        ("…\ntwo\n…", true),
        ("one\n…\n2020-01-01T00:00:00Z three\n…\nfour", true),
        ("one\ntwo", false),
        ("one\n…\nfive", false),
        ("one\n…\nfour\n…\nfour", false),
        ("…\ntoo\n…", false),
        ("", false),
    ] {
        assert_eq!(is_shown(&lines(shown), printed), fits, "{shown}");
    }
}
