use proptest::prelude::*;

use super::*;

fn values(pairs: &[(&str, &[u8])]) -> Values {
    pairs
        .iter()
        .map(|(key, bytes)| {
            let value = SecretValue::from_bytes(bytes.to_vec());
            (KeyName::new(key).unwrap(), value)
        })
        .collect()
}

fn text_of(values: &Values) -> String {
    String::from_utf8(write(values, &[]).expose().to_vec()).unwrap()
}

fn read_text(text: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    match read(&SecretValue::from_bytes(text.as_bytes().to_vec())) {
        Ok(Edited::Nothing) => Ok(vec![("nothing".to_owned(), Vec::new())]),
        Ok(Edited::Values(found)) => Ok(found
            .iter()
            .map(|(key, value)| (key.to_string(), value.expose().to_vec()))
            .collect()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn values_are_shown_as_people_type_them() {
    let shown = text_of(&values(&[
        ("a.key", b"it's \"all\" #plain \\n: here"),
        ("b.pem", b"-----BEGIN X-----\nabc\n-----END X-----\n"),
        ("c", b""),
        ("d", b"\xff\x00\x01"),
        ("e", b"  indented\n\n# no comment\nend"),
        ("f", "zero\u{200b}width\r\n".as_bytes()),
        ("g", b"two\n\n"),
        ("h", b"ends with a blank "),
        ("next", b"x"),
    ]));
    assert_eq!(
        shown,
        "a.key: |-\n  it's \"all\" #plain \\n: here\n\
         b.pem: |\n  -----BEGIN X-----\n  abc\n  -----END X-----\n\
         c: \"\"\n\
         d: !!binary |\n  /wAB\n\
         e: |2-\n    indented\n\n  # no comment\n  end\n\
         f: \"zero\\u200Bwidth\\r\\n\"\n\
         g: \"two\\n\\n\"\n\
         h: \"ends with a blank \"\n\
         next: |-\n  x\n"
    );
}

#[test]
fn remarks_are_comments_whatever_they_hold() {
    let remarks = ["why".to_owned(), String::new(), "two\nb: forged".to_owned()];
    let text = write(&values(&[("a", b"1")]), &remarks);
    let text = std::str::from_utf8(text.expose()).unwrap();
    assert_eq!(text, "# why\n#\n# two b: forged\na: |-\n  1\n");
}

#[test]
fn what_people_type_is_text() {
    for (typed, expected) in [
        ("a: 0123\n", "0123"),
        ("a: yes", "yes"),
        ("a: ~\n", "~"),
        ("a: null\n", "null"),
        ("a: 1e3\r\n", "1e3"),
        ("a: 'it''s'\n", "it's"),
        ("\u{feff}a: \"x\\ty\"\n", "x\ty"),
        ("---\n# hint\na: b#c\n", "b#c"),
        ("a: !!str 12\n", "12"),
        ("a: >-\n  one\n  two\n", "one two"),
        ("a: !!binary aGk=\n", "hi"),
        ("a: !!binary |\n  aG\n  k=\n", "hi"),
        ("{a: b}", "b"),
        ("a: |2-\n     foo\n", "   foo"),
        ("a: |-\n foo\n", "foo"),
        ("a: |-\r\n  foo\r\n", "foo"),
        ("a: http://x:y@z/?q=1\n", "http://x:y@z/?q=1"),
    ] {
        let expected = vec![("a".to_owned(), expected.as_bytes().to_vec())];
        assert_eq!(read_text(typed), Ok(expected), "{typed}");
    }
    for nothing in [
        "",
        "\n\n",
        "# only\n  # comments\n",
        "---\n",
        "--- # x\n",
        "...\n",
        "%YAML 1.2\n---\n",
    ] {
        assert_eq!(read_text(nothing).unwrap()[0].0, "nothing", "{nothing:?}");
    }
    assert_eq!(read_text("{}\n"), Ok(Vec::new()));
}

#[test]
fn what_would_be_lost_is_refused_with_its_line() {
    for (typed, line, word) in [
        ("a: 1\nb: p#x #y\n", 2, "comment"),
        ("a:\n", 1, "no value"),
        ("a: 1\na: 2\n", 2, "twice"),
        ("a: *x\n", 1, ""),
        ("a: &x y\n", 1, "anchor"),
        ("a: !x y\n", 1, "tag"),
        ("a: [1]\n", 1, "not a text"),
        ("a: {b: c}\n", 1, "not a text"),
        ("a: !!binary '%%'\n", 1, "not base64"),
        ("a b: c\n", 1, "name for a key"),
        ("- a\n", 1, "not a key"),
        ("just words\n", 1, "not a key"),
        ("a: foo\n  bar\n", 1, "several lines"),
        ("a: 'foo\n  bar'\n", 1, "several lines"),
        ("a: foo  \n", 1, "blanks at its end"),
        ("a: |-\n     foo\n", 2, "begins with blanks"),
        (
            "b: |\n  x\na: |-\n\n   foo\n   x\n",
            5,
            "begins with blanks",
        ),
        ("a: 'open\n", 1, "YAML"),
        ("a: 1\n---\nb: 2\n", 3, "follows"),
        ("? [x]\n: y\n", 1, "not a key"),
    ] {
        let error = read_text(typed).unwrap_err();
        assert!(
            error.starts_with(&format!("line {line}: ")),
            "{typed}: {error}"
        );
        assert!(error.contains(word), "{typed}: {error}");
    }
    let error = read(&SecretValue::from_bytes(b"a: 1\nb: \xff\n".to_vec()));
    assert_eq!(error.err().map(|error| error.line), Some(2));
}

fn odd_text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("  ".to_owned()),
        Just("\t".to_owned()),
        Just("# x".to_owned()),
        Just("---".to_owned()),
        Just("...".to_owned()),
        Just("a: b".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("\u{85}".to_owned()),
        Just("\u{2028}".to_owned()),
        Just("\u{7f}".to_owned()),
        Just("'\"\\".to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,6}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// Shows E12. Seen to fail with a literal block for texts that begin with a blank.
    #[test]
    fn untouched_values_stay_the_same(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        text in odd_text(),
    ) {
        let before = values(&[("bytes", &bytes), ("next", b"end"), ("text", &text)]);
        let Ok(Edited::Values(after)) = read(&write(&before, &["remark".to_owned()])) else {
            panic!("not read");
        };
        prop_assert!(before.len() == after.len());
        for (key, value) in &before {
            prop_assert!(after.get(key).is_some_and(|read| read.same_as(value)));
        }
    }
}

#[test]
fn other_values_stand_above_as_comments() {
    let remarks = ["why".to_owned()];
    let text = write_beside(
        &values(&[("a", b"mine")]),
        &remarks,
        &values(&[("a", b"two\nlines"), ("b", b"\r")]),
    );
    let shown = std::str::from_utf8(text.expose()).unwrap();
    assert_eq!(
        shown,
        "# why\n# a: |-\n#   two\n#   lines\n# b: \"\\r\"\na: |-\n  mine\n"
    );
    let again = retitled(&text, &remarks);
    assert_eq!(
        std::str::from_utf8(again.expose()).unwrap(),
        "# why\na: |-\n  mine\n"
    );
}
