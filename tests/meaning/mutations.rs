//! Broken manifests: whatever they look like, `doctor` says so quickly, and
//! says nothing of what is in them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Scope};
use kubectl_secretsafe::manifest::{Content, Node, SourceText, parse};
use kubectl_secretsafe::outcome::Outcome;
use kubectl_secretsafe::output::{self, Format};
use kubectl_secretsafe::report::{Examined, InputProblem, Report, Selection};
use kubectl_secretsafe::ui::Colour;

use super::meanings::{self, CANARY, Meaning};
use super::random::Random;
use super::spelling::{self, SPELLINGS, spell};

const MUTATIONS: u64 = 10_000;
const SLOWEST: Duration = Duration::from_secs(1);

const FORMATS: &[Format] = &[
    Format::Text,
    Format::Wide,
    Format::Json,
    Format::Yaml,
    Format::Sarif,
    Format::Junit,
    Format::Github,
    Format::Html,
    Format::Prometheus,
    Format::Name,
];

/// Everything `doctor` can say about a text.
fn outputs(text: &str, rules: &Selection) -> Vec<u8> {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut builder = Builder::new(Scope::Files(FileSet::Complete), "default", now);
    builder.inspect_values();
    let source = SourceText::new("x.yaml", text.to_owned());
    let problems = builder
        .add_file(source, GitStatus::Tracked)
        .into_iter()
        .map(|problem| InputProblem {
            source: "x.yaml".to_owned(),
            position: Some(problem.position),
            message: problem.message,
        })
        .collect();
    let report = Report {
        parts: vec![Examined::new(builder.finish(), rules)],
        problems,
        unreachable: Vec::new(),
        fix_command: None,
        outcome: Outcome::default(),
        fail_on: kubectl_secretsafe::report::FailOn::Severity(
            kubectl_secretsafe::finding::Severity::Warning,
        ),
    };
    let mut written = Vec::new();
    for format in FORMATS {
        output::write(&report, *format, Colour::On, &mut written).unwrap();
    }
    written
}

/// The canary, and its base64 at the three places it can have in one.
fn canaries() -> Vec<String> {
    let mut all = vec![CANARY.to_owned(), CANARY.to_uppercase()];
    for (before, skipped) in [("", 0), ("x", 2), ("xx", 3)] {
        let text = spelling::base64(&format!("{before}{CANARY}"));
        // The last letters depend on what follows.
        all.push(text[skipped..text.len() - 4].to_owned());
    }
    all
}

fn holds(written: &[u8], canaries: &[String]) -> Option<String> {
    let found = |canary: &&String| memchr::memmem::find(written, canary.as_bytes()).is_some();
    canaries.iter().find(found).cloned()
}

/// Fields whose content is told because it is a name, a path or an image.
fn is_told(field: &str) -> bool {
    !matches!(
        field,
        "value" | "command" | "args" | "data" | "stringData" | "annotations"
    )
}

/// Whether a mutation made a name of a canary: then it is told by right.
fn is_a_name(node: &Node, told: bool, canaries: &[String]) -> bool {
    match &node.content {
        Content::Scalar(scalar) => told && holds(scalar.text.as_bytes(), canaries).is_some(),
        Content::Sealed(_) => false,
        Content::Sequence(items) => items.iter().any(|item| is_a_name(item, told, canaries)),
        Content::Mapping(entries) => entries.iter().any(|entry| {
            let field = entry.key.scalar_text().unwrap_or_default();
            is_a_name(&entry.key, true, canaries)
                || is_a_name(&entry.value, told && is_told(field), canaries)
        }),
    }
}

/// Shows I1, I5.
#[test]
fn ten_thousand_broken_manifests_are_told_quickly_and_without_values() {
    let texts = corpus();
    let canaries = canaries();
    let workers = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| {
                let (texts, canaries) = (&texts, &canaries);
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    for seed in (worker..MUTATIONS).step_by(workers as usize) {
                        one(seed, texts, canaries, &mut tally);
                    }
                    tally
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .collect()
    });
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let wrong: Vec<_> = tallies.iter().flat_map(|tally| &tally.wrong).collect();
    assert!(
        wrong.is_empty(),
        "{} are wrong: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(5)]
    );
    // Mutations that all break the text, or none, would show little.
    let (readable, named) = (sum(|tally| tally.readable), sum(|tally| tally.named));
    assert!((1_000..9_500).contains(&readable), "{readable} can be read");
    assert!(named < 1_000, "{named} make a name of a value");
    let slowest = tallies.iter().map(|tally| tally.slowest.as_millis()).max();
    println!("the slowest takes {} ms", slowest.unwrap_or_default());
    println!("{readable} of {MUTATIONS} can be read, {named} make a name of a value");
}

#[derive(Default)]
struct Tally {
    wrong: Vec<String>,
    readable: usize,
    named: usize,
    slowest: Duration,
}

/// What this thread has used of a processor so far: a busy machine is not a
/// slow program. (`schedstat` of proc(5): the first number, in nanoseconds.)
fn time_on_processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = text.split(' ').next().unwrap().parse().unwrap();
    Duration::from_nanos(nanoseconds)
}

fn one(seed: u64, texts: &[String], canaries: &[String], tally: &mut Tally) {
    let mut random = Random::new(seed);
    let text = mutated(texts, &mut random);
    let rules = Selection::default();
    let start = time_on_processor();
    let Ok(written) = catch_unwind(AssertUnwindSafe(|| outputs(&text, &rules))) else {
        tally.wrong.push(format!("{seed} panics"));
        return;
    };
    let taken = time_on_processor() - start;
    tally.slowest = tally.slowest.max(taken);
    if taken > SLOWEST {
        tally.wrong.push(format!("{seed} takes {taken:?}"));
    }
    let parsed = parse(&SourceText::new("x.yaml", text.clone()));
    tally.readable += usize::from(parsed.problems.is_empty());
    if let Some(canary) = holds(&written, canaries) {
        let named = parsed
            .documents
            .iter()
            .any(|document| is_a_name(&document.root, true, canaries));
        if named {
            tally.named += 1;
        } else {
            tally
                .wrong
                .push(format!("{seed} tells {canary} of:\n{text}"));
        }
    }
}

/// What is broken: meanings with canaries in many spellings.
fn corpus() -> Vec<String> {
    let mut texts = Vec::new();
    for meaning in meanings::by_hand() {
        let Meaning { objects, .. } = meaning;
        for spelling in SPELLINGS {
            texts.push(spell(&objects, spelling, &mut Random::new(1)));
        }
        for seed in 0..4 {
            let mut random = Random::new(seed);
            let spelling = spelling::mixed(&mut random);
            texts.push(spell(&objects, &spelling, &mut random));
        }
    }
    texts
}

fn mutated(texts: &[String], random: &mut Random) -> String {
    let text = random.pick(texts).clone();
    let times = 1 + random.below(4);
    let mut bytes = text.into_bytes();
    for _ in 0..times {
        mutate(&mut bytes, texts, random);
    }
    // What is not UTF-8 is refused before it gets here.
    String::from_utf8_lossy(&bytes).into_owned()
}

fn mutate(bytes: &mut Vec<u8>, texts: &[String], random: &mut Random) {
    const INDICATORS: &[u8] = b"{}[],:?-&*!|>'\"%@`#<~\\ \t\r\n\x00\x1b0.";
    let at = random.below(bytes.len());
    match random.below(15) {
        0 if !bytes.is_empty() => bytes[at] = (random.next() & 0xff) as u8,
        1 if !bytes.is_empty() => bytes[at] = *random.pick(INDICATORS),
        2 => bytes.insert(at.min(bytes.len()), *random.pick(INDICATORS)),
        3 => {
            let end = (at + 1 + random.below(40)).min(bytes.len());
            bytes.drain(at.min(end)..end);
        }
        4 => bytes.truncate(at),
        5 => lines(
            bytes,
            |lines, random| {
                let at = random.below(lines.len());
                lines.remove(at);
            },
            random,
        ),
        6 => lines(
            bytes,
            |lines, random| {
                let line = random.pick(lines).clone();
                let at = random.below(lines.len());
                lines.insert(at, line);
            },
            random,
        ),
        7 => lines(
            bytes,
            |lines, random| {
                let (a, b) = (random.below(lines.len()), random.below(lines.len()));
                lines.swap(a, b);
            },
            random,
        ),
        8 => lines(
            bytes,
            |lines, random| {
                let at = random.below(lines.len());
                let blanks = " ".repeat(random.below(5));
                lines[at] = format!("{blanks}{}", lines[at].trim_start());
            },
            random,
        ),
        9 => lines(
            bytes,
            |lines, random| {
                let at = random.below(lines.len());
                lines[at] = format!("\t{}", lines[at]);
            },
            random,
        ),
        10 => {
            let odd = [
                "\u{feff}",
                "\u{202e}",
                "\u{85}",
                "\u{2028}",
                "\u{0}",
                "é",
                "🔑",
                "\u{1b}[31m",
                "\u{fffe}",
            ];
            insert(bytes, at, random.pick::<&str>(&odd));
        }
        11 => {
            let huge = [
                "99999999999999999999999",
                "-9223372036854775809",
                "0x",
                "0o8",
                "1e999",
                ".nan",
                "1_0",
                "0b2",
                "-0",
                "2001-99-99",
                "190:20:30",
            ];
            insert(bytes, at, &format!(" {} ", random.pick(&huge)));
        }
        12 => {
            let deep = 1 + random.below(400);
            let (open, close) = *random.pick(&[
                ("[", "]"),
                ("{a: ", "}"),
                ("- ", ""),
                ("? ", ""),
                ("!!a ", ""),
            ]);
            insert(
                bytes,
                at,
                &format!("{}{}", open.repeat(deep), close.repeat(deep)),
            );
        }
        13 => {
            let other = random.pick(texts).as_bytes();
            let from = random.below(other.len());
            let to = (from + random.below(600)).min(other.len());
            let at = at.min(bytes.len());
            bytes.splice(at..at, other[from..to].iter().copied());
        }
        _ => {
            let mut bomb = String::from("\nbomb: &z0 [x, x, x, x, x, x, x, x, x]\n");
            for level in 1..=1 + random.below(12) {
                let before = format!("*z{}, ", level - 1).repeat(9);
                bomb += &format!(
                    "bomb{level}: &z{level} [{}]\n",
                    before.trim_end_matches(", ")
                );
            }
            let at = if random.one_in(2) { bytes.len() } else { at };
            insert(bytes, at, &bomb);
        }
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, text: &str) {
    let at = at.min(bytes.len());
    bytes.splice(at..at, text.bytes());
}

fn lines(bytes: &mut Vec<u8>, change: impl Fn(&mut Vec<String>, &mut Random), random: &mut Random) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    change(&mut lines, random);
    *bytes = lines.join("\n").into_bytes();
}

/// Shows I3.
#[test]
fn texts_that_stand_for_too_much_are_refused() {
    let laughs = |levels: usize| {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..levels {
            let before = vec![format!("*a{}", level - 1); 9].join(", ");
            text += &format!("a{level}: &a{level} [{before}]\n");
        }
        text
    };
    let keys: String = (0..200_000).map(|key| format!("k{key}: v\n")).collect();
    let cases = [
        ("nine laughs", laughs(9), true),
        ("twenty laughs", laughs(20), true),
        ("deep flow", "[".repeat(100_000), true),
        ("deep block", "- ".repeat(100_000), true),
        (
            "deep JSON",
            format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)),
            true,
        ),
        (
            "a loop of merges",
            "a: &a\n  <<: *a\n  b: 1\n".to_owned(),
            true,
        ),
        ("a loop of aliases", "a: &a [*a]\n".to_owned(), true),
        ("many documents", "---\na: 1\n".repeat(100_000), false),
        ("many keys", keys, false),
    ];
    for (name, text, refused) in cases {
        let start = time_on_processor();
        let parsed = parse(&SourceText::new("x.yaml", text));
        let taken = time_on_processor() - start;
        assert_eq!(!parsed.problems.is_empty(), refused, "{name}");
        // A release build is some ten times as fast.
        assert!(taken < 5 * SLOWEST, "{name}: {taken:?}");
    }
}
