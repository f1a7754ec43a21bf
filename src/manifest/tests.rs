//! Trees against their texts.

use super::*;

fn one(text: &str) -> Node {
    let mut parsed = parse(&SourceText::new("test", text.to_owned()));
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.documents.len(), 1, "{text:?}");
    parsed.documents.remove(0).root
}

fn own<'a>(text: &'a str, node: &Node) -> &'a str {
    &text[node.span.start..node.span.end]
}

#[test]
fn every_spelling_means_the_same_and_knows_its_bytes() {
    for (text, name, list) in [
        ("a:\n  b: x\n  c:\n  - 1\n  - 2\n", "x", "- 1\n  - 2"),
        (
            "a:\r\n  b: x\r\n  c:\r\n    - 1\r\n    - 2\r\n",
            "x",
            "- 1\r\n    - 2",
        ),
        ("a: {b: x, c: [1, 2]}", "x", "[1, 2]"),
        (
            "{\"a\": {\"b\": \"x\", \"c\": [1, 2]}}\n",
            "\"x\"",
            "[1, 2]",
        ),
        (
            "\u{feff}a:\n  b: 'x'\n  c: [1,\n    2]\n",
            "'x'",
            "[1,\n    2]",
        ),
        (
            "%YAML 1.2\n---\n# é\n\"a\": {\"b\": \"\\x78\", c: [1, 2,]} # t\n...\n",
            "\"\\x78\"",
            "[1, 2,]",
        ),
        ("é: &n x\na:\n  b: *n\n  c: [1, 2]\n", "*n", "[1, 2]"),
        (
            "a: !!map\n  b: !!str x\n  c:\n  - 1\n  # note\n  - 2\n# end\n",
            "x",
            "- 1\n  # note\n  - 2",
        ),
        (
            "base: &base {b: x, c: [1, 2]}\na:\n  <<: *base\n",
            "*base",
            "*base",
        ),
        (
            "a:\n  b: >-\n    x\n  c:\n  - 1\n  - 2",
            ">-\n    x",
            "- 1\n  - 2",
        ),
    ] {
        let root = one(text);
        let b = root.at(&["a", "b"]).unwrap();
        let c = root.at(&["a", "c"]).unwrap();
        assert_eq!(b.as_str(), Some("x"), "{text:?}");
        let numbers: Vec<_> = c.items().iter().map(|item| item.as_integer()).collect();
        assert_eq!(numbers, [Some(1), Some(2)], "{text:?}");
        assert_eq!(own(text, b).trim_end(), name, "{text:?}");
        assert_eq!(own(text, c), list, "{text:?}");
    }
}

/// Invariant 52.
#[test]
fn documents_are_read_one_by_one_and_a_broken_one_does_not_hide_the_rest() {
    let text = "a: 1\n---\n---\nb: [1\n---\nc: 3\n";
    let parsed = parse(&SourceText::new("test", text.to_owned()));
    assert_eq!(parsed.documents.len(), 2);
    assert_eq!(parsed.problems.len(), 1);
    assert!(parsed.problems[0].position.line >= 4);
    let json = parse(&SourceText::new("test", "{\"a\":1}\n{\"b\":2}".to_owned()));
    assert_eq!(json.documents.len(), 2);
    assert_eq!(json.documents[1].format, Format::Json);
}

/// Invariants 2, 60, 61.
#[test]
fn values_of_secrets_are_out_of_reach() {
    let secret = "kind: Secret\ndata: {a: Y2FuYXJ5, b: [Y2FuYXJ5]}\nstringData:\n  c: canary\n\
                  metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: canary\n";
    let list = format!(
        "kind: List\nitems:\n- {}",
        secret.trim_end().replace('\n', "\n  ")
    );
    let typed = list
        .replace("kind: List", "kind: SecretList")
        .replace("- kind: Secret\n  data", "- data");
    assert!(!typed.contains("kind: Secret\n"));
    for text in [secret, list.as_str(), typed.as_str()] {
        let root = one(text);
        assert!(!reachable(&root).contains("canary"), "{text}");
        assert!(!reachable(&root).contains("Y2FuYXJ5"), "{text}");
        assert!(reachable(&root).contains("stringData"));
    }
    let map = one("kind: ConfigMap\ndata: {a: plain}");
    assert!(reachable(&map).contains("plain"), "the search must work");
}

fn reachable(node: &Node) -> String {
    let mut text = node.scalar_text().unwrap_or_default().to_owned() + " ";
    for item in node.items() {
        text += &reachable(item);
    }
    for entry in node.entries() {
        text += &reachable(&entry.key);
        text += &reachable(&entry.value);
    }
    text
}

/// Invariant 53.
#[test]
fn shared_nodes_say_so() {
    let root = one("a: &x {k: 1}\nb: *x\nc: &unused 2\n");
    assert_eq!(root.get("a").unwrap().sharing, Sharing::Anchored);
    assert_eq!(root.at(&["b", "k"]).unwrap().sharing, Sharing::Alias);
    assert_eq!(root.get("c").unwrap().sharing, Sharing::Own);
}

#[test]
fn own_keys_win_over_merged_ones() {
    let root = one("x: &x {k: 1, l: 2}\ny: &y {k: 3, m: 4}\nz:\n  <<: [*x, *y]\n  l: 5\n");
    let z = root.get("z").unwrap();
    let value = |key: &str| z.get(key).and_then(Node::as_integer);
    assert_eq!(
        (value("k"), value("l"), value("m")),
        (Some(1), Some(5), Some(4))
    );
}

/// Invariant 56.
#[test]
fn keys_that_stand_twice_are_told() {
    let parsed = parse(&SourceText::new("t", "a:\n  k: 1\n  k: 2\n".to_owned()));
    let doubled = &parsed.documents[0].duplicates;
    assert_eq!(doubled.len(), 1);
    assert_eq!(doubled[0].path, "a.k");
    assert_eq!(
        parsed.documents[0]
            .root
            .at(&["a", "k"])
            .unwrap()
            .as_integer(),
        Some(2)
    );
}

/// Invariant 54.
#[test]
fn templates_are_told_from_text_that_looks_like_them() {
    for text in [
        "name: {{ .Values.name }}\n",
        "a: 1\n{{- if .Values.x }}\nb: 2\n{{- end }}\n",
        "spec:\n  {{- toYaml . | nindent 2 }}\n",
    ] {
        let parsed = parse(&SourceText::new("t", text.to_owned()));
        assert!(
            parsed.problems[0].message.contains("render it first"),
            "{text}"
        );
    }
    let quoted = parse(&SourceText::new(
        "t",
        "a: \"{{workflow.name}}\"\n".to_owned(),
    ));
    assert_eq!(quoted.problems, []);
}

#[test]
fn a_small_text_cannot_become_a_huge_tree() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{list}]\n");
    }
    let parsed = parse(&SourceText::new("t", text));
    assert!(parsed.documents.is_empty());
    assert_eq!(parsed.problems.len(), 1);
    for text in ["[".repeat(5000), "{\"a\":".repeat(5000), "- ".repeat(5000)] {
        assert!(!parse(&SourceText::new("t", text)).problems.is_empty());
    }
}

/// Invariant 56.
#[test]
fn broken_texts_give_problems_and_no_panic() {
    let good = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: &x {b: \"c\"}}\n\
                stringData:\n  k: |\n    two\n    lines\n  l: *x\n---\n{\"a\": [1, \"\\u00e9\\n\"]}\n";
    let mut state: u64 = 7;
    let mut random = |most: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    };
    for _ in 0..10_000 {
        let mut bytes = good.as_bytes().to_vec();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(3) {
                0 => bytes[at] = b"\n\t :-{}[]&*!|>'\"%@`#,\\"[random(22)],
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"\n {}[]&*"[random(8)]),
            }
        }
        if let Ok(text) = String::from_utf8(bytes) {
            let source = SourceText::new("t", text);
            for document in parse(&source).documents {
                assert!(document.span.end <= source.text().len());
            }
        }
    }
}

#[test]
fn a_block_scalar_begins_at_its_indicator() {
    for (text, expected) in [
        ("k: |\n  a\n  b\nl: 1\n", "|\n  a\n  b"),
        (
            "k: |2-  # note | >\n    a\nl: 1\n",
            "|2-  # note | >\n    a",
        ),
        ("k: >+\n\n\n  a\n\nl: 1\n", ">+\n\n\n  a"),
        ("k: \"x | y\"\nm: |\n  a", "|\n  a"),
        ("k: |-\nl: 1\n", "|-"),
        ("- |\n a\n- 1\n", "|\n a"),
    ] {
        let root = one(text);
        let scalar = ["m", "k"].iter().find_map(|key| root.get(key));
        let scalar = scalar.unwrap_or_else(|| &root.items()[0]);
        assert_eq!(own(text, scalar).trim_end(), expected, "{text:?}");
    }
}

/// Everything a tree says, but for what is sealed.
fn told(node: &Node) -> String {
    let content = match &node.content {
        Content::Scalar(scalar) => format!("{:?} {:?}", scalar.text, scalar.type_),
        Content::Sealed(_) => "sealed".to_owned(),
        Content::Sequence(items) => format!("{:?}", items.iter().map(told).collect::<Vec<_>>()),
        Content::Mapping(entries) => {
            let entries = entries.iter();
            let told = entries.map(|entry| (told(&entry.key), told(&entry.value), entry.origin));
            format!("{:?}", told.collect::<Vec<_>>())
        }
    };
    format!("{:?} {:?} {content}", node.span, node.sharing)
}

#[test]
fn parts_of_a_text_are_read_as_the_whole() {
    let documents = [
        "kind: A\nlist:\n- a\n-  - b\n# --- no document\n",
        "text: |\n  ---\n  one\n\n  ---\nfolded: >-\n  a\n  ---\n",
        "quoted: 'a\n  --- b'\nflow: {a: [1, 2]}\n---not: a document\n",
        "base: &base {x: 1}\nlist:\n- <<: *base\n- *base\n",
        "kind: Secret\nstringData:\n  a: \"\u{fc}\"\n",
        "",
        "--- {a: 1}\n...\n# end\n",
    ];
    let text: String = (0..70)
        .flat_map(|number| [documents[number % documents.len()], "---\n"])
        .collect();
    let whole = parse(&SourceText::new("test", text.clone()));
    assert_eq!(whole.problems, []);
    let roots = whole.documents.iter().map(|document| &document.root);
    let whole: Vec<String> = roots.map(told).collect();
    for most in 1..=8 {
        let parts = parse::parts(&text, most);
        assert_eq!(parts.len(), most);
        let apart: Vec<String> = parts
            .into_iter()
            .flat_map(|part| yaml::documents(&text, part).outcomes)
            .map(|outcome| outcome.map_err(|_| "a failure").unwrap())
            .map(|mut root| {
                seal::seal(&mut root);
                told(&root)
            })
            .collect();
        assert_eq!(apart, whole);
    }
}

#[test]
fn a_long_text_with_a_mistake_tells_it_once_and_in_its_place() {
    let mut text = "kind: A\nname: some-name-or-other\n---\n".repeat(10_000);
    let at = text.len() / 3 * 2;
    let line = text[..at].matches('\n').count() + 1;
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    text.insert_str(start, "a: [1\n---\n");
    let parsed = parse(&SourceText::new("test", text));
    assert!(parsed.documents.len() >= 9_999);
    let [problem] = &parsed.problems[..] else {
        panic!("{} problems", parsed.problems.len());
    };
    assert!((line..line + 2).contains(&problem.position.line));
}

#[test]
fn directives_stay_with_their_document() {
    let text = "kind: A\n...\n%YAML 1.2\n---\nkind: B\n".repeat(100);
    assert_eq!(parse::parts(&text, 4).len(), 1);
}

/// As kubectl 1.37 reads them; YAML's description of `<<` would let `a` keep 1.
#[test]
fn a_merge_outweighs_what_stands_before_it() {
    let root = one("a: 1\nb: 1\n<<: {a: 2, c: 2}\nc: 3\n");
    let read = ["a", "b", "c"].map(|key| root.get(key).and_then(Node::as_integer));
    assert_eq!(read, [Some(2), Some(1), Some(3)]);
    assert_eq!(root.entries().len(), 3);
    assert_eq!(
        root.entry("a").map(|entry| entry.origin),
        Some(EntryOrigin::Merged)
    );
}

/// A text of so many aliases of one long text.
fn multiplied(length: usize, times: usize, alias: &str) -> String {
    format!(
        "long: &a {{k: \"{}\"}}\nmany:\n{}",
        "x".repeat(length),
        alias.repeat(times)
    )
}

#[test]
fn bytes_that_aliases_multiply_are_counted() {
    let problems = |text: String| {
        let parsed = parse(&SourceText::new("a.yaml", text));
        parsed.problems.into_iter().map(|problem| problem.message)
    };
    for alias in ["- *a\n", "- <<: *a\n", "- {b: [*a]}\n"] {
        // What people write.
        assert_eq!(
            problems(multiplied(100_000, 50, alias)).count(),
            0,
            "{alias}"
        );
        let refused: Vec<_> = problems(multiplied(95_000, 6_000, alias)).collect();
        assert_eq!(refused.len(), 1, "{alias}");
        assert!(refused[0].contains("aliases written out"), "{refused:?}");
    }
}
