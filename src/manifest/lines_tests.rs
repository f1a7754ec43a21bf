//! The trees of lines against those of the reader of all YAML.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::super::yaml::all_documents;
use super::super::{Content, Node, SourceText, kubectl, parse};
use super::*;

/// Whether both readers make the same of a text, bytes and all; `None` where it is not
/// read by its lines.
fn agree(text: &str) -> Option<bool> {
    let part = Span {
        start: 0,
        end: text.len(),
    };
    let read = document(text, part, 7)?;
    // What is said to be usual is so for kubectl too.
    if read.lines == Lines::Usual {
        let source = SourceText::new("test", text.to_owned());
        let judged = kubectl::all_obstacles(&source);
        assert!(judged.is_empty(), "{text:?}: {judged:?}");
    }
    let (mut outcomes, nodes) = all_documents(text, part, 7);
    let same = match outcomes.pop() {
        Some(Ok(other)) => same(&read.root, &other),
        _ => false,
    };
    Some(same && outcomes.is_empty() && read.nodes == nodes)
}

fn same(one: &Node, other: &Node) -> bool {
    let content = match (&one.content, &other.content) {
        (Content::Scalar(one), Content::Scalar(other)) => {
            (&one.text, one.style, one.type_) == (&other.text, other.style, other.type_)
        }
        (Content::Sequence(one), Content::Sequence(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Content::Mapping(one), Content::Mapping(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| {
                    one.origin == other.origin
                        && same(&one.key, &other.key)
                        && same(&one.value, &other.value)
                })
        }
        _ => false,
    };
    content && one.span == other.span && one.sharing == other.sharing
}

#[test]
fn usual_documents_are_read_and_are_the_same() {
    for text in [
        "a: b\n",
        "a: b",
        "---\na: b\n",
        "--- # first\n# second\n\na: b # c\n",
        "a:\n  b: c\n  d:\n    e: f\ng: h\n",
        "a:\n- b\n- c\nd: e\n",
        "a:\n  - b: c\n    d: e\n  - f: g\n",
        "a:\n-   b: c\n    d: e\n",
        "- a\n- b: c\n-  - d\n   - e\n- - - f\n    - g\n",
        "a: \"b\"\nc: 'd' # e\nf: \"\"\ng: ''\n",
        "a: {}\nb: [] # c\nd:\n- {}\n- []\n",
        "on: yes\nyes: 0400\n1a: b\n",
        "a.b/c-d_e: f:g#h?i\n",
        "a: -1\nb: /x\nc: .5\nd: $(X)\ne: <f>\ng: =\n",
        "a: b\r\nc:\r\n- d\r\n",
        "a:   b   \nc:  \n   d: e\n",
        "a:\n    b: c\n\n  # between\n    d: \u{e9} \u{1f511}\n",
        "a: # b\n  c: d\n",
        "a: 'b \"c\" d'\n",
        "a: null\nb: ~x\n",
        "a: {b: c, d: {e: [f, 'g', \"h\"], i: {}}} # j\n",
        "a: [1, 0400, yes, -1, --x=y, /z, a b, c:d, $(E), (f)]\nb: [ c , d ]\ne: { }\n",
        "- {a: b}\n- [c]\n-  {d: e}   \n",
    ] {
        // Not all of them are: what is, is the same.
        assert_ne!(agree(text), Some(false), "{text:?}");
    }
    for text in [
        "a:\n- b: c\n  d: e\nf: g\n",
        "--- # x\na: 'b' # c\nd: {}\n",
        "- - a\n  - b\n",
    ] {
        assert_eq!(agree(text), Some(true), "{text:?}");
    }
}

#[test]
fn what_goes_over_lines_or_means_more_is_left_to_the_other_reader() {
    for text in [
        "a: b\n  c\n",
        "a: b\n  c: d\n",
        "a:\n",
        "a:\nb: c\n",
        "- a\n  b\n",
        "-\n  a: b\n",
        "- a\nb: c\n",
        "a: b\n- c\n",
        "a: |\n  b\n",
        "a: {b}\n",
        "a: {b: }\n",
        "a: {b:c}\n",
        "a: {'b': c}\n",
        "a: [b: c]\n",
        "a: [b,]\n",
        "a: [b\n  ]\n",
        "a: [b] c\n",
        "a: [b]#c\n",
        "a: [b?]\n",
        "a: [- b]\n",
        "a: [b:]\n",
        "a: [*b]\n",
        "a: &b c\n",
        "a: *b\n",
        "a: !b c\n",
        "<<: a\n",
        "a: <<\n",
        "a: \"b\\n\"\n",
        "a: 'b''c'\n",
        "a: 'b\n  c'\n",
        "a: 'b'#c\n",
        "a: b: c\n",
        "a: b:\n",
        "a: - b\n",
        "a:\tb\n",
        "a: ? b\n",
        "? a\n",
        "null: a\n",
        "a\n",
        "'a': b\n",
        "...\n",
        "a: b\n...\n",
        "%YAML 1.2\n---\na: b\n",
        "\u{feff}a: b\n",
        "a: b\u{2028}c\n",
        "a: b\n c: d\n",
        "  a: b\nc: d\n",
        "--- a\n",
        "---\na: b\n---\nc: d\n",
        "",
        "---\n",
        "# a\n",
    ] {
        assert_eq!(agree(text), None, "{text:?}");
    }
}

#[test]
fn what_says_nothing_hinders_nothing() {
    for (text, lines) in [
        ("a: b\n---\n", Lines::Usual),
        ("---\na: b\n---\n# c\n\n---\nd: e\n---\n", Lines::Usual),
        ("a: b\n---\n# \u{7}\n", Lines::Others),
        ("a: b\n---\n\t\n", Lines::Others),
        ("a: b\n---\n~\n", Lines::Others),
        ("a: b\n--- c\n", Lines::Others),
        ("a: {b: c}\n", Lines::Others),
        ("a: .inf\n", Lines::Others),
    ] {
        let source = SourceText::new("test", text.to_owned());
        let read = parse(&source);
        assert_eq!(read.lines, lines, "{text:?}");
        if lines == Lines::Usual {
            assert_eq!(kubectl::all_obstacles(&source), [], "{text:?}");
        }
    }
}

/// All manifests of this repository, document by document.
#[test]
fn manifests_of_the_repository_are_the_same() {
    let mut files = Vec::new();
    for folder in ["tests", "examples", "docs"] {
        below(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut files,
        );
    }
    let (mut read, mut all) = (0, 0);
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        for document in text.split("\n---\n") {
            all += 1;
            if let Some(same) = agree(document) {
                read += 1;
                assert!(same, "{}: {document}", file.display());
            }
        }
    }
    assert!(read * 4 > all && read > 100, "{read} of {all}");
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => below(&path, files),
            Some("yaml" | "yml") => files.push(path),
            _ => {}
        }
    }
}

/// Lines that manifests have, and some that only look like it.
const LINES: &[&str] = &[
    "a: b",
    "kind: Secret",
    "key:",
    "- a",
    "- a: b",
    "- - b",
    "-   c: d",
    "-",
    "x.y/z: 'q'",
    "q: \"r\" # s",
    "e: {}",
    "f: []",
    "g: 0400",
    "fa: {a: b, c: 'd'}",
    "fb: [a, \"b\", -c, {d: e}] # f",
    "fc: [a:b, c: d]",
    "fd: {a: b:}",
    "fe: [ a b , - ]",
    "ff: {a: [b, c], d: {}}",
    "- {a: b}",
    "- [a, [b, c]]",
    "fg: [a",
    "fh: {a, b}",
    "fi: [a]x",
    "fj: [--- , ...]",
    "fk: [=, <, <<, .]",
    "fl: {<<: a}",
    "fm: ['it''s', a'b]",
    "h: yes",
    "# note",
    "",
    "i: a b  c",
    "j:  # k",
    "l: m: n",
    "o: |",
    "p: [q]",
    "text that goes on",
    "r: -1",
    "---",
    "--- # x",
    "...",
    "s: t\r",
    "t: 'u",
    "v: \"w\\\"\"",
    "\ty: z",
    "1: 2",
    "null: x",
    "? x",
    ": y",
    "~: z",
    "z: ~",
    "a: b:",
    "b: a:c",
    "- ---",
    "c: ---",
    "d: ...",
    "- {}",
    "- 'x' # y",
    "aa: x#y",
    "bb: x #y",
    "cc: 'x'#y",
    "\u{e9}: \u{1f511}",
    "dd: \u{e9}",
    "<<: a",
    "a: b :c",
    "fn: [a :b]",
    "- \"x\": y",
    "a: b\u{a0}",
    "\r%YAML 1.2",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands below whatever, what is read is the same.
    #[test]
    fn any_lines_are_the_same(lines in prop::collection::vec((0..5_usize, prop::sample::select(LINES)), 1..9), ends in any::<bool>()) {
        let mut text: Vec<String> = Vec::new();
        for (indentation, line) in lines {
            text.push(format!("{}{line}", " ".repeat(indentation)));
        }
        let mut text = text.join("\n");
        if ends {
            text.push('\n');
        }
        prop_assert_ne!(agree(&text), Some(false), "{:?}", text);
    }
}
