//! Manifests are read as kubectl reads them, or it is told that they are not.
//! kubectl's own reader is asked, for the public YAML test suite and for
//! manifests with random mistakes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(
    clippy::print_stdout,
    clippy::use_debug,
    reason = "how much was compared is worth telling"
)]

use std::collections::BTreeMap;

use kubectl_secretsafe::manifest::edit::edit;
use kubectl_secretsafe::manifest::kubectl::{Effect, obstacles};
use kubectl_secretsafe::manifest::{Node, Operation, ScalarType, SourceText, json_patch, parse};
use serde_json::{Map, Value, json};
use testcluster::reading::{Answer, Reader, suite};

/// How what is read here stands to what kubectl reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Agreement {
    /// The same data.
    Equal,
    /// The same first document, and it is told that kubectl leaves out the rest.
    RestLeftOut,
    /// Both refuse it.
    BothRefuse,
    /// kubectl refuses it, and that is told.
    RefusalTold,
    /// Other data, and that is told.
    DifferenceTold,
    /// kubectl refuses it, and nothing is told.
    NotTold,
    /// kubectl reads it, and it is said that it does not.
    FalseAlarm,
    /// kubectl reads it, and it is refused here.
    Refused,
    /// Other data, and nothing is told.
    Different,
}

impl Agreement {
    fn is_right(self) -> bool {
        self <= Self::DifferenceTold
    }
}

fn agreement(text: &str, kubectl: &Answer) -> Agreement {
    let source = SourceText::new("case", text.to_owned());
    let parsed = parse(&source);
    let told = obstacles(&source);
    let has = |effect| told.iter().any(|obstacle| obstacle.effect == effect);
    match (&kubectl.error, parsed.problems.is_empty()) {
        (Some(_), false) => return Agreement::BothRefuse,
        (Some(_), true) if has(Effect::Refused) => return Agreement::RefusalTold,
        (Some(_), true) => return Agreement::NotTold,
        (None, _) if has(Effect::Refused) => return Agreement::FalseAlarm,
        (None, false) => return Agreement::Refused,
        (None, true) => {}
    }
    let own: Vec<Value> = parsed
        .documents
        .iter()
        .map(|document| plain(json_patch::value(&document.root).unwrap()))
        .collect();
    let theirs: Vec<Value> = kubectl.documents.iter().cloned().map(plain).collect();
    if own == theirs {
        Agreement::Equal
    } else if has(Effect::LeftOut) && own.first() == theirs.first() {
        Agreement::RestLeftOut
    } else if has(Effect::Otherwise) {
        Agreement::DifferenceTold
    } else {
        Agreement::Different
    }
}

/// Numbers that are whole, however they are written.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => Value::from(float as i64),
            Some(float) => Value::from(float),
            None => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, plain(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        other => other,
    }
}

fn print(title: &str, table: &BTreeMap<Agreement, usize>) {
    println!("{title}");
    for (agreement, number) in table {
        println!("{number:>6}  {agreement:?}");
    }
}

/// Cases of the suite in which nothing is told of a difference, and why.
const KNOWN: &[(&str, &str)] = &[
    (
        "565N-0",
        "binary text is kept as base64: nothing here looks at it",
    ),
    (
        "FRK4-0",
        "the second place of a part is not looked for: kubectl reads its first as text",
    ),
    (
        "WZ62-0",
        "a tag that a comma ends: libyaml's port is not asked",
    ),
    (
        "U99R-0",
        "a tag that a comma ends: libyaml's port is not asked",
    ),
];

#[test]
fn the_yaml_test_suite_is_read_as_kubectl_reads_it() {
    let cases = match suite() {
        Ok(cases) => cases,
        Err(reason) => {
            println!("skipped, for want of its data: {reason}");
            return;
        }
    };
    assert!(cases.len() > 400, "{} cases", cases.len());
    let mut kubectl = Reader::start().unwrap();
    let mut table = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let answer = kubectl.read(&case.text).unwrap();
        let found = agreement(&case.text, &answer);
        *table.entry(found).or_insert(0) += 1;
        if !found.is_right() {
            wrong.push((case.name.as_str(), found));
        }
    }
    print(
        &format!("{} cases of the YAML test suite", cases.len()),
        &table,
    );
    for (name, reason) in KNOWN {
        println!("        {name}: {reason}");
    }
    let names: Vec<_> = wrong.iter().map(|(name, _)| *name).collect();
    let mut known: Vec<_> = KNOWN.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(names, known, "{wrong:?}");
}

/// Why a difference is known and not mended.
fn excuse(text: &str) -> Option<&'static str> {
    fn has_other_keys(node: &Node) -> bool {
        node.items().iter().any(has_other_keys)
            || node.entries().iter().any(|entry| {
                entry.key.scalar_type() != Some(ScalarType::Text) || has_other_keys(&entry.value)
            })
    }
    let mark_inside = text.char_indices().any(|(at, c)| at > 0 && c == '\u{feff}');
    let tag_ends_oddly = text.match_indices('!').any(|(at, _)| {
        let rest = text[at..].split_whitespace().next().unwrap_or_default();
        rest.contains([',', '\'', '"', '%'])
    });
    let parsed = parse(&SourceText::new("case", text.to_owned()));
    if mark_inside {
        Some("a byte order mark inside: where a line begins, libyaml's ports differ")
    } else if tag_ends_oddly {
        Some("a tag that a comma or a quote ends: libyaml's port is not asked")
    } else if parsed
        .documents
        .iter()
        .any(|document| has_other_keys(&document.root))
    {
        Some("keys that are numbers or booleans keep their spelling")
    } else {
        None
    }
}

const MANIFESTS: [&str; 3] = [
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {a: b}}\nspec:\n  containers:\n  \
     - name: c\n    image: \"b\"\n    args: [\"a\", 'b', c d]\n    env:\n    - name: A\n      \
     value: |\n        one\n          two\n    - {name: B, valueFrom: {secretKeyRef: {name: creds, \
     key: k}}}\n  # note\n  volumes:\n  - name: v\n    secret: {secretName: s, defaultMode: 0400}\n\
     ---\nkind: ConfigMap\napiVersion: v1\ndata:\n  a: \"x\\ty\"\n  b: >-\n    three\n    four\n  \
     c: &x {k: 1}\n  d: *x\n  e:\n    <<: *x\n    l: 2\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\n  annotations:\n    text: \
     'it''s\n      more'\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        \
     image: shop:1\n        command: [sh, -c, \"exec x --url=http://h/?a=b\"]\n        env:\n        \
     - name: T\n          value: \"two\n            lines\"\n",
    "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": {\"a\": \"x\\/y\", \"b\": \"\\u00e9\"}}\n\
     ---\napiVersion: v1\nkind: List\nitems:\n- kind: A\n  list:\n  -\n    - 1\n    - [2, 3]\n  -  - 4\n",
];

/// What YAML gives a meaning to.
const PIECES: &[&str] = &[
    "",
    "\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\t",
    "-",
    "- ",
    ":",
    ": ",
    "?",
    "? ",
    ",",
    "[",
    "]",
    "{",
    "}",
    "#",
    " # x",
    "&",
    "&a ",
    "*",
    "*a",
    "*x",
    "!",
    "!a ",
    "!!str ",
    "!!int ",
    ">",
    "|",
    ">-",
    "|+",
    "|2",
    "'",
    "\"",
    "\\",
    "\\/",
    "\\x41",
    "\\'",
    "\\\n",
    "%",
    "%YAML 1.1\n",
    "@",
    "`",
    "---",
    "---\n",
    "...\n",
    "\n...\n",
    "<<: ",
    "~",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "é",
    "\0",
    "1",
    "0x",
    ".inf",
    "null",
    "key: value\n",
    "  : x\n",
    "--- x\n",
    "\u{7}",
    "\u{7f}",
    "= ",
];

/// Numbers below the given one, the same in each run.
fn random(mut state: u64) -> impl FnMut(usize) -> usize {
    move |most| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    }
}

fn with_mistakes(random: &mut impl FnMut(usize) -> usize) -> String {
    let mut text = MANIFESTS[random(MANIFESTS.len())].to_owned();
    for _ in 0..=random(3) {
        let start = text.floor_char_boundary(random(text.len()));
        let end = text.floor_char_boundary(start + [0, 0, 1, 2, 5][random(5)]);
        text.replace_range(start..end.max(start), PIECES[random(PIECES.len())]);
    }
    text
}

#[test]
fn manifests_with_mistakes_are_read_as_kubectl_reads_them() {
    const TEXTS: usize = 6_000;
    let mut random = random(11);
    let mut kubectl = Reader::start().unwrap();
    let mut table = BTreeMap::new();
    let mut excused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for _ in 0..TEXTS {
        let text = with_mistakes(&mut random);
        let answer = kubectl.read(&text).unwrap();
        let found = agreement(&text, &answer);
        *table.entry(found).or_insert(0) += 1;
        if !found.is_right() {
            match excuse(&text) {
                Some(reason) => *excused.entry(reason).or_insert(0) += 1,
                None => wrong.push((text, found, answer)),
            }
        }
    }
    print(&format!("{TEXTS} manifests with mistakes"), &table);
    for (reason, number) in &excused {
        println!("{number:>6}  known: {reason}");
    }
    let first = wrong.first();
    assert!(first.is_none(), "{} of them: {first:?}", wrong.len());
    let equal = table.get(&Agreement::Equal).copied().unwrap_or(0);
    assert!(
        equal > TEXTS / 10,
        "most mistakes must not hide all that is right"
    );
}

/// An edit of such a text means to kubectl what was planned, or it is refused;
/// whatever the text is, nothing panics.
#[test]
fn edits_of_manifests_with_mistakes_mean_what_was_planned() {
    const TEXTS: usize = 3_000;
    let mut random = random(23);
    let mut kubectl = Reader::start().unwrap();
    let (mut made, mut refused) = (0, 0);
    for _ in 0..TEXTS {
        let text = with_mistakes(&mut random);
        let before = kubectl.read(&text).unwrap();
        let is_read = agreement(&text, &before) == Agreement::Equal;
        let parsed = parse(&SourceText::new("case", text.clone()));
        for (index, document) in parsed.documents.iter().enumerate() {
            for operation in [
                Operation::Add {
                    pointer: "/metadata".to_owned(),
                    value: json!({"name": "edited", "labels": {"a": "b"}}),
                },
                Operation::Add {
                    pointer: "/added".to_owned(),
                    value: json!(["x"]),
                },
                Operation::Remove {
                    pointer: "/spec".to_owned(),
                },
                Operation::Replace {
                    pointer: "/kind".to_owned(),
                    value: json!("Other"),
                },
            ] {
                let operations = [operation];
                let edited = edit(&text, document.span, document.format, "", &operations);
                let Ok(edited) = edited else {
                    refused += 1;
                    continue;
                };
                made += 1;
                if !is_read {
                    continue;
                }
                let mut expected: Vec<Value> =
                    before.documents.iter().cloned().map(plain).collect();
                json_patch::apply(&mut expected[index], &operations).unwrap();
                let after = kubectl.read(&edited).unwrap();
                let found: Vec<Value> = after.documents.into_iter().map(plain).collect();
                assert_eq!(found, expected, "{text:?} {operations:?} {edited:?}");
            }
        }
    }
    println!("{made} edits made, {refused} refused");
    assert!(made > TEXTS / 2, "{made} edits of {TEXTS} texts");
}

/// What nobody writes on purpose: each is read as kubectl reads it, or told.
#[test]
fn what_nobody_writes_is_read_or_told() {
    let mut kubectl = Reader::start().unwrap();
    let long = format!("a: \"{}\"\n", "x".repeat(1_000_000));
    let long_key = format!("{}: b\n", "k".repeat(2_000));
    let deep = format!("{}1{}\n", "[".repeat(90), "]".repeat(90));
    for text in [
        "a:\n- :\n",
        "a:\n- : b\n",
        "a:\n- ? b\n",
        "a: {? b}\n",
        "a: {: }\n",
        "? {a: b}\n: c\n",
        "? [a, b]\n",
        "a: &x\nb: *x\n",
        "&x a: b\nc: *x\n",
        "a: &x\n",
        "&x :\n",
        "a: &x [*x]\n",
        "*x : a\n",
        "a: &x {b: c}\n*x : d\n",
        "a: \"\\ud800\"\n",
        "a: \"\\udc00\\ud800\"\n",
        "{\"a\": \"\\ud800\"}\n",
        "a: b\0c\n",
        "\0",
        "a:\n\u{feff}  b: c\n",
        "\u{feff}\u{feff}a: b\n",
        "\u{feff}---\na: b\n",
        "\u{feff}# only\n",
        "a: b\r\rc: d\r",
        "a: b # c\r\n---\r\nd: e\r\n",
        "- - - - a\n",
        "-\n-\n-\n",
        "--- |\n  a\n",
        "---\n---\n---\n",
        "...\n",
        "...\n...\na: b\n",
        "a: 1\na: 2\n",
        "a: .nan\n",
        ".nan: a\n",
        "null: a\n",
        "~: a\n",
        "'': a\n",
        "! a: b\n",
        "a: !<tag:yaml.org,2002:str> 1\n",
        "a: !!float 1\n",
        "a: !!bool yes\n",
        "a: !!bool maybe\n",
        "a: !!null x\n",
        "a: !!timestamp 2001-01-01\n",
        "a: !!binary aGk\n",
        "{a: b} trailing\n",
        "\"a\" \"b\"\n",
        "[a]\n[b]\n",
        "a: 'x'y\n",
        "a: b: c\n",
        "\ta: b\n",
        "a:\t b\n",
        "a: b\t# c\n",
        "{}\n{}\n",
        "{}{}",
        "[1][2]",
        "{} []\n",
        "{\"a\": 1}\n---\n{\"b\": \"\\/\"}\n",
        "{\"a\": 1}{\"b\": 2}\n---\nc: 3\n",
        "{\"a\": 1} # c\n",
        "  {\"a\": 1}\n",
        "{\"a\": 01}\n",
        "{\"a\": \"\t\"}\n",
        "a: [b, c]#d\n",
        "a: \"b\"#c\n",
        "a: {b: c}#d\ne: f\n",
        "a: [-]\n",
        "a: [-, b]\n",
        "a: [--]\n",
        "a: [?]\n",
        "a: [b?]\n",
        "a: |\n\tb\n",
        "a: |1\n b\n",
        "a: |0\n b\n",
        "a: |-#c\n  b\n",
        "a: >\n\n\n  b\n\n   c\n",
        "%YAML 1.1\n---\na: b\n",
        "%TAG ! tag:x,2000:\n---\na: !b c\n",
        "a: b\n...\n%YAML 1.2\n---\nc: d\n",
        "a: b\n%YAML 1.2\n---\nc: d\n",
        long.as_str(),
        long_key.as_str(),
        deep.as_str(),
    ] {
        let answer = kubectl.read(text).unwrap();
        let found = agreement(text, &answer);
        let shown: String = text.chars().take(60).collect();
        assert!(
            found.is_right() || excuse(text).is_some(),
            "{shown:?}: {found:?}, {:?}",
            answer.error
        );
    }
}

/// kubectl puts an end to the last line of a text before it parses.
#[test]
fn texts_that_end_in_a_block_are_read_as_kubectl_reads_them() {
    let mut kubectl = Reader::start().unwrap();
    let mut wrong = Vec::new();
    for header in ["|", "|+", "|-", ">", ">+", ">-", "|2", "|2+", ">1-"] {
        for lines in [
            "",
            "\n",
            "\n ",
            "\n   ",
            "\n\n",
            "\n\n ",
            "\n\n   ",
            "\n  x",
            "\n  x\n",
            "\n  x\n ",
            "\n  x\n  ",
            "\n  x\n   ",
            "\n  x\n\n",
            "\n  x\n\n ",
            "\n  x\n\n    ",
            "\n  x  ",
            "\n  x\n   y",
            "\n  x\n  y",
            "\n  x\r",
            "\n  x\r\n",
            "\n  x\n# c",
            "\n  x\n # c",
            "\n  x\n...",
            "\n  x\n---",
            "\n  x\n---\nb: 1",
            "\n  x\n\n\n\n  ",
        ] {
            for before in ["a: ", "- ", "a:\n  b: ", "- - "] {
                let text = format!("{before}{header}{lines}");
                let answer = kubectl.read(&text).unwrap();
                let found = agreement(&text, &answer);
                if !found.is_right() {
                    wrong.push(format!("{text:?}: {found:?} {:?}", answer.documents));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
