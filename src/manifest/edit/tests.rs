//! Edits against texts.

use serde_json::json;

use super::*;
use crate::manifest::Operation::{Add, Remove, Replace, Test};

fn edited(text: &str, operations: &[Operation]) -> Result<String, Refusal> {
    let parsed = parse(&SourceText::new("t", text.to_owned()));
    let document = &parsed.documents[0];
    edit(text, document.span, document.format, "", operations)
}

fn remove(pointer: &str) -> Operation {
    Remove {
        pointer: pointer.to_owned(),
    }
}

fn add(pointer: &str, value: serde_json::Value) -> Operation {
    Add {
        pointer: pointer.to_owned(),
        value,
    }
}

fn replace(pointer: &str, value: serde_json::Value) -> Operation {
    Replace {
        pointer: pointer.to_owned(),
        value,
    }
}

#[test]
fn items_go_with_their_lines_and_nothing_else() {
    for (before, pointer, after) in [
        (
            "a:\n- x: 1 # one\n- x: 2 # two\n# end\n",
            "/a/0",
            "a:\n- x: 2 # two\n# end\n",
        ),
        (
            "a:\n- x: 1\n  # note\n- x: 2\n  y: 3\nb: 4\n",
            "/a/1",
            "a:\n- x: 1\n  # note\nb: 4\n",
        ),
        ("a:\r\n  - 1\r\n  - 2\r\n", "/a/1", "a:\r\n  - 1\r\n"),
        ("a:\n- 1\n- 2", "/a/1", "a:\n- 1"),
        ("a: [1, 2, 3]\n", "/a/1", "a: [1, 3]\n"),
        ("a: [1, 2, 3]\n", "/a/2", "a: [1, 2]\n"),
        ("a: [1]\n", "/a/0", "a: []\n"),
        ("a:\n- 1\nb: 2\n", "/a/0", "a: []\nb: 2\n"),
        ("a:\n  b: 1\nc: 2\n", "/a/b", "a: {}\nc: 2\n"),
        ("- a: 1\n  b: 2\n", "/0/a", "- b: 2\n"),
        ("a: {b: 1, c: 2}\n", "/a/b", "a: {c: 2}\n"),
        (
            "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
            "/b",
            "{\n  \"a\": 1\n}\n",
        ),
        ("a:\n  t: |\n    x\n\n  u: 1\n", "/a/t", "a:\n\n  u: 1\n"),
    ] {
        assert_eq!(
            edited(before, &[remove(pointer)]).as_deref(),
            Ok(after),
            "{before:?}"
        );
    }
}

#[test]
fn own_comments_go_with_what_they_are_about() {
    let own = |before: &str, pointer: &str, after: &str| {
        let result = edited(before, &[remove(pointer)]);
        assert_eq!(result.as_deref(), Ok(after), "{before:?}");
    };
    // Directly above, in its column.
    own(
        "env:\n- name: A\n# rotated weekly\n- name: PASSWORD # old\n- name: B\n",
        "/env/1",
        "env:\n- name: A\n- name: B\n",
    );
    own(
        "env:\n  # one\n  # and two\n  - name: A\n    value: x\n  - name: B\n",
        "/env/0",
        "env:\n  - name: B\n",
    );
    own(
        "spec:\n  # of a\n  a: 1\n  # of b\n  b: 2\n",
        "/spec/b",
        "spec:\n  # of a\n  a: 1\n",
    );
    own("kind: x\r\n# of a\r\na: 1\r\nb: 1", "/a", "kind: x\r\nb: 1");
    own("a: 1\n# of b\nb: 1", "/b", "a: 1");
    own(
        "a:\n- t: |\n    # text\n# of b\n- b\n",
        "/a/1",
        "a:\n- t: |\n    # text\n",
    );
    // Brackets.
    own(
        "a: [\n  x,\n  # of y\n  y, # behind\n  # of z\n  z # last\n]\n",
        "/a/1",
        "a: [\n  x,\n  # of z\n  z # last\n]\n",
    );
    own(
        "a: [\n  x, # first\n  # of z\n  z # last\n]\n",
        "/a/1",
        "a: [\n  x # first\n]\n",
    );
    // It names it, and not what follows.
    own(
        "env:\n# the password of the pool\n- name: DB_PASSWORD\n- name: DB_HOST\n",
        "/env/0",
        "env:\n- name: DB_HOST\n",
    );
    // Nothing follows that it could be about too.
    own(
        "env:\n- name: A\n\n# Database\n- name: DB_USER\n\n- name: DB_PASSWORD\n",
        "/env/1",
        "env:\n- name: A\n\n\n- name: DB_PASSWORD\n",
    );
    // What several entries have goes with the last of them.
    let several = "env:\n# Database\n- name: DB_USER\n- name: DB_PASSWORD\n# other\n- name: C\n";
    let both = [remove("/env/1"), remove("/env/0")];
    let result = edited(several, &both);
    assert_eq!(result.as_deref(), Ok("env:\n# other\n- name: C\n"));
}

#[test]
fn comments_stay_that_may_be_about_something_else() {
    for (comment, rest) in [
        // A blank line, another column, another line's comment.
        ("# about env\n\n", "- name: B\n"),
        ("  # of A\n", "- name: B\n"),
        ("#\n\n", "- name: B\n"),
        // Several entries.
        ("# Database\n", "- name: DB_HOST\n"),
        ("# Database:\n", "- name: HOST\n"),
        ("# these come from the vault\n", "- name: HOST\n"),
        ("# password and host of the pool\n", "- name: DB_HOST\n"),
        ("\n# Database\n", "- name: HOST\n"),
        ("# ---- Database ----\n", ""),
        // What is commented out, and what tools read.
        ("# - name: OLD\n#   value: x\n", ""),
        ("# renovate: datasource=docker\n", ""),
        ("# yamllint disable\n# of the pool\n", ""),
        ("# {\"$ref\": \"#/definitions/x\"}\n", ""),
        ("# {{- if .Values.db }}\n", ""),
        ("#@ if data.values.db:\n", ""),
        ("# endregion\n", ""),
    ] {
        let before = format!("env:\n- name: A\n{comment}- name: DB_PASSWORD\n{rest}");
        let after = format!("env:\n- name: A\n{comment}{rest}");
        let result = edited(&before, &[remove("/env/1")]);
        assert_eq!(result.as_deref(), Ok(&*after));
    }
    // What heads a document.
    for head in [
        "# licence\n",
        "---\n# licence\n",
        "# licence\n\n# about it\n",
    ] {
        let result = edited(&format!("{head}a: 1\nb: 2\n"), &[remove("/a")]);
        assert_eq!(result, Ok(format!("{head}b: 2\n")));
    }
}

#[test]
fn new_lines_follow_the_style_around_them() {
    let volume = json!({"name": "db", "secret": {"secretName": "db", "defaultMode": 256}});
    for (before, pointer, after) in [
        (
            "spec:\n  containers:\n  - name: a # main\n# end\n",
            "/spec/volumes",
            "spec:\n  containers:\n  - name: a # main\n  volumes:\n  - name: db\n    secret:\n      secretName: db\n      defaultMode: 0400\n# end\n",
        ),
        (
            "spec:\n    containers:\n        - name: a\n",
            "/spec/volumes",
            "spec:\n    containers:\n        - name: a\n    volumes:\n        - name: db\n          secret:\n              secretName: db\n              defaultMode: 0400\n",
        ),
        (
            "spec: {containers: [{name: a}]}\n",
            "/spec/volumes",
            "spec: {containers: [{name: a}], volumes: [{name: db, secret: {secretName: db, defaultMode: 0400}}]}\n",
        ),
        (
            "{\"spec\":{\"containers\":[]}}",
            "/spec/volumes",
            "{\"spec\":{\"containers\":[],\"volumes\":[{\"name\":\"db\",\"secret\":{\"secretName\":\"db\",\"defaultMode\":256}}]}}",
        ),
        (
            "spec:\r\n  a: 1",
            "/spec/volumes",
            "spec:\r\n  a: 1\r\n  volumes:\r\n  - name: db\r\n    secret:\r\n      secretName: db\r\n      defaultMode: 0400",
        ),
        (
            "spec:\n  volumes:\n  a: 1\n",
            "/spec/volumes",
            "spec:\n  volumes:\n  - name: db\n    secret:\n      secretName: db\n      defaultMode: 0400\n  a: 1\n",
        ),
    ] {
        let result = edited(before, &[add(pointer, json!([volume]))]);
        assert_eq!(result.as_deref(), Ok(after), "{before:?}");
    }
}

#[test]
fn line_breaks_that_a_text_keeps_stay_its_own() {
    // The reader ends such a text behind the blanks of the next line.
    for (before, pointer, after) in [
        (
            "a:\n  t: |+\n    x\nb: 1\n",
            "/a/u",
            "a:\n  t: |+\n    x\n  u: 1\nb: 1\n",
        ),
        (
            "l:\n  - a:\n      t: |+\n        x\n\n  - b\n",
            "/l/0/a/u",
            "l:\n  - a:\n      t: |+\n        x\n\n      u: 1\n  - b\n",
        ),
        (
            "l:\n  - t: |+\n      x\n    # note\n",
            "/l/0/u",
            "l:\n  - t: |+\n      x\n    u: 1\n    # note\n",
        ),
    ] {
        let result = edited(before, &[add(pointer, json!(1))]);
        assert_eq!(result.as_deref(), Ok(after), "{before:?}");
    }
}

#[test]
fn items_are_added_behind_the_last_one_or_where_they_belong() {
    for (before, pointer, after) in [
        (
            "a:\n- x: 1 # one\n\n# end\nb: 1\n",
            "/a/-",
            "a:\n- x: 1 # one\n- new\n\n# end\nb: 1\n",
        ),
        ("a:\n- x: 1\n", "/a/0", "a:\n- new\n- x: 1\n"),
        ("a: []\n", "/a/-", "a:\n- new\n"),
        ("a: [1, 2,]\n", "/a/-", "a: [1, 2, new,]\n"),
        (
            "a: [\n  1,\n  2\n]\n",
            "/a/-",
            "a: [\n  1,\n  2,\n  new\n]\n",
        ),
        (
            "{\n  \"a\": [\n    1\n  ]\n}\n",
            "/a/-",
            "{\n  \"a\": [\n    1,\n    \"new\"\n  ]\n}\n",
        ),
    ] {
        let result = edited(before, &[add(pointer, json!("new"))]);
        assert_eq!(result.as_deref(), Ok(after), "{before:?}");
    }
}

#[test]
fn scalars_keep_their_quotes_and_modes_are_octal() {
    for (before, pointer, value, after) in [
        ("a: 'x' # c\n", "/a", json!("it's"), "a: 'it''s' # c\n"),
        ("a: \"x\"\n", "/a", json!("y"), "a: \"y\"\n"),
        ("a: x\n", "/a", json!("yes"), "a: \"yes\"\n"),
        ("a: x\n", "/a", json!("y, z"), "a: y, z\n"),
        ("a: [x]\n", "/a/0", json!("y, z"), "a: [\"y, z\"]\n"),
        ("a: 1 # c\n", "/a", json!(true), "a: true # c\n"),
        (
            "a: |  # c\n  x\nb: 1\n",
            "/a",
            json!("z"),
            "a: z  # c\nb: 1\n",
        ),
        ("mode: 0\n", "/mode", json!(0), "mode: 0000\n"),
        ("mode: 0\n", "/mode", json!(36), "mode: 0044\n"),
        ("- {mode: 1}\n", "/0/mode", json!(256), "- {mode: 0400}\n"),
        (
            "--- {\"mode\": 1}\n",
            "/mode",
            json!(256),
            "--- {\"mode\": 256}\n",
        ),
        (
            "defaultMode: 400\n",
            "/defaultMode",
            json!(256),
            "defaultMode: 0400\n",
        ),
        (
            "defaultMode: \"0400\"\n",
            "/defaultMode",
            json!(256),
            "defaultMode: 0400\n",
        ),
        (
            "{\"defaultMode\": 400}",
            "/defaultMode",
            json!(256),
            "{\"defaultMode\": 256}",
        ),
        ("a: 1\n", "/a", json!({"b": [1]}), "a:\n  b:\n  - 1\n"),
    ] {
        let result = edited(before, &[replace(pointer, value)]);
        assert_eq!(result.as_deref(), Ok(after), "{before:?}");
    }
}

#[test]
fn scalars_are_quoted_as_they_are_written() {
    let quote = |pointer: &str| {
        [Operation::Quote {
            pointer: pointer.to_owned(),
        }]
    };
    let secret = "kind: Secret\nstringData:\n  pin: 0400 # four\n  on: yes\n";
    for (before, pointer, after) in [
        (
            secret,
            "/stringData/pin",
            "kind: Secret\nstringData:\n  pin: \"0400\" # four\n  on: yes\n",
        ),
        (
            "env:\n- value: 1e3\n",
            "/env/0/value",
            "env:\n- value: \"1e3\"\n",
        ),
        ("a: {b: null, c: ~}\n", "/a/b", "a: {b: \"null\", c: ~}\n"),
        ("{\"a\": 8080}\n", "/a", "{\"a\": \"8080\"}\n"),
    ] {
        assert_eq!(
            edited(before, &quote(pointer)).as_deref(),
            Ok(after),
            "{before}"
        );
    }
    let both = [quote("/stringData/pin"), quote("/stringData/on")].concat();
    let after = edited(secret, &both).unwrap();
    assert!(after.contains("on: \"yes\""), "{after}");
    for (text, pointer) in [
        ("a: \"1\"\n", "/a"),
        ("a: !!int 1\n", "/a"),
        ("a:\n", "/a"),
        ("a: [1]\n", "/a"),
        ("a: &x 1\nb: *x\n", "/a"),
    ] {
        assert!(edited(text, &quote(pointer)).is_err(), "{text}");
    }
}

#[test]
fn what_cannot_be_edited_is_refused() {
    let refused = |text: &str, operation: Operation| edited(text, &[operation]).unwrap_err();
    assert!(matches!(
        refused("a: &x {b: 1}\nc: *x\n", remove("/a/b")),
        Refusal::Shared(_)
    ));
    assert!(matches!(
        refused("a: &x {b: 1}\nc: *x\n", remove("/c/b")),
        Refusal::Shared(_)
    ));
    assert!(matches!(
        refused("x: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n", remove("/c/b")),
        Refusal::Shared(_)
    ));
    assert_eq!(
        refused("a: 1\na: 2\n", remove("/a")),
        Refusal::DuplicateKeys
    );
    assert!(matches!(
        refused("a: 1\n", remove("/b")),
        Refusal::Missing(_)
    ));
    assert!(matches!(
        refused("a: [1]\n", remove("/a/01")),
        Refusal::Missing(_)
    ));
    let test = Test {
        pointer: "/a".to_owned(),
        value: json!(2),
    };
    assert!(matches!(refused("a: 1\n", test), Refusal::Differs(_)));
}

#[test]
fn other_documents_and_other_items_stay() {
    let text = "# head\n---\na: 1 # x\n---\nkind: List\nitems:\n- a: 1\n- a:\n  - 1\n  - 2\n...\n";
    let parsed = parse(&SourceText::new("t", text.to_owned()));
    let document = &parsed.documents[1];
    let result = edit(
        text,
        document.span,
        document.format,
        "items[1]",
        &[remove("/a/0")],
    );
    let expected = "# head\n---\na: 1 # x\n---\nkind: List\nitems:\n- a: 1\n- a:\n  - 2\n...\n";
    assert_eq!(result.as_deref(), Ok(expected));
}

/// A small generator of numbers, so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn value(&mut self, depth: usize) -> serde_json::Value {
        match self.roll(if depth == 0 { 4 } else { 7 }) {
            0 => json!(self.roll(1000)),
            1 => json!(
                [
                    "true", "0400", "no", "a: b", "x # y", "", "it's", "é", "- z"
                ][self.roll(9)]
            ),
            2 => json!(self.roll(2) == 0),
            3 => json!(["db", "password", "two\nlines\n", "/etc/secrets"][self.roll(4)]),
            4 => (0..self.roll(4)).map(|_| self.value(depth - 1)).collect(),
            _ => self.mapping(depth - 1),
        }
    }

    fn mapping(&mut self, depth: usize) -> serde_json::Value {
        let keys = ["name", "env", "data.key", "mode", "on", "x y", "volumes"];
        let entries = (0..1 + self.roll(4))
            .map(|_| (keys[self.roll(keys.len())].to_owned(), self.value(depth)));
        serde_json::Value::Object(entries.collect())
    }

    /// Some operation that fits a document.
    fn operation(&mut self, document: &serde_json::Value) -> Operation {
        let mut pointers = Vec::new();
        collect(document, String::new(), &mut pointers);
        let (pointer, place) = pointers[self.roll(pointers.len())].clone();
        match (place, self.roll(3)) {
            (Place::List, _) => add(&format!("{pointer}/-"), self.value(2)),
            (Place::Mapping, _) => add(&format!("{pointer}/new"), self.value(2)),
            (Place::Child, 0) => replace(&pointer, json!("changed")),
            (Place::Child, _) => remove(&pointer),
        }
    }
}

#[derive(Clone, Copy)]
enum Place {
    List,
    Mapping,
    Child,
}

fn collect(value: &serde_json::Value, at: String, found: &mut Vec<(String, Place)>) {
    if !at.is_empty() {
        found.push((at.clone(), Place::Child));
    }
    match value {
        serde_json::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{at}/{index}"), found);
            }
            found.push((at, Place::List));
        }
        serde_json::Value::Object(entries) => {
            for (key, value) in entries {
                collect(value, format!("{at}/{key}"), found);
            }
            found.push((at, Place::Mapping));
        }
        _ => {}
    }
}

/// Prints a value in one of many spellings, with comments.
fn spelled(dice: &mut Dice, value: &serde_json::Value) -> String {
    use locate::Surroundings::Flow;
    let step = [2, 4][dice.roll(2)];
    let style = style::Style {
        step,
        lists: [0, step][dice.roll(2)],
        notation: style::Notation::Yaml,
    };
    let mut text = match dice.roll(5) {
        0 => serde_json::to_string_pretty(value).unwrap() + "\n",
        1 => serde_json::to_string(value).unwrap(),
        2 => render::inline(value, None, Flow) + "\n",
        _ => {
            let mut lines = Vec::new();
            for (key, value) in value.as_object().unwrap() {
                lines.extend(render::entry(key, value, 0, style));
            }
            let noted: Vec<_> = lines
                .iter()
                .map(|line| match dice.roll(6) {
                    0 if !line.contains(['"', '\'']) => format!("{line} # note"),
                    1 => format!("# above\n{line}"),
                    _ => line.clone(),
                })
                .collect();
            noted.join("\n") + "\n"
        }
    };
    if dice.roll(4) == 0 {
        text = text.replace('\n', "\r\n");
    }
    text
}

#[test]
fn thousands_of_random_edits_are_right_or_refused() {
    let mut dice = Dice(41);
    let mut refused = Vec::new();
    const EDITS: usize = 2_000;
    for _ in 0..EDITS {
        let value = dice.mapping(3);
        let body = spelled(&mut dice, &value);
        let (head, tail) = if body.starts_with(['{', '[']) {
            ("", "")
        } else {
            (
                "# first\n---\nother: document # x\n---\n",
                "---\nlast: [1, 2]\n",
            )
        };
        let text = format!("{head}{body}{tail}");
        let parsed = parse(&SourceText::new("t", text.clone()));
        assert_eq!(parsed.problems, [], "{text:?}");
        let document = &parsed.documents[usize::from(!head.is_empty())];
        let operation = dice.operation(&value);
        match edit(
            &text,
            document.span,
            document.format,
            "",
            std::slice::from_ref(&operation),
        ) {
            Ok(result) => {
                assert!(
                    result.starts_with(head) && result.ends_with(tail),
                    "{text:?}"
                );
                // Comments are nobody's to take, except those of what goes.
                if matches!(operation, Add { .. }) {
                    assert_eq!(
                        result.matches("# ").count(),
                        text.matches("# ").count() + result.matches("x # y").count()
                            - text.matches("x # y").count(),
                        "{text}\n{operation:?}\n{result}"
                    );
                }
            }
            Err(refusal) => refused.push(format!("{refusal} {operation:?} {text:?}")),
        }
    }
    assert!(
        refused.len() * 100 < EDITS,
        "{} of {EDITS} refused:\n{}",
        refused.len(),
        refused[..refused.len().min(40)].join("\n")
    );
}
