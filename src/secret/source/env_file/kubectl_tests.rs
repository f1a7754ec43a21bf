//! A corpus of env files, with what `kubectl create secret generic
//! --from-env-file` v1.37.2 makes of each: the keys and values, or a refusal.

use super::super::{Dialect, EnvFileError, Problem, Remark, parse};
use super::*;

type Expected<'a> = Option<&'a [(&'a str, &'a [u8])]>;

/// With `PARITY_SET=from env`, `PARITY_EMPTY=` and without `PARITY_UNSET`.
const CORPUS: &[(&[u8], Expected<'_>)] = &[
    (b"", Some(&[])),
    (b"\n", Some(&[])),
    (b"A=1", Some(&[("A", b"1")])),
    (b"A=1\n", Some(&[("A", b"1")])),
    (b"A=1\r\n", Some(&[("A", b"1")])),
    (b"A=1\r\nB=2\r", Some(&[("A", b"1"), ("B", b"2")])),
    (b"A=1\r\r\n", Some(&[("A", b"1\r")])),
    (b"\xef\xbb\xbfA=1\n", Some(&[("A", b"1")])),
    (b"A=1\n\xef\xbb\xbfB=2\n", None),
    (b"\xef\xbb\xbf\xef\xbb\xbfA=1\n", None),
    (b"  A=1\n", Some(&[("A", b"1")])),
    (b"\tA=1\n", Some(&[("A", b"1")])),
    (b"\xc2\xa0A=1\n", Some(&[("A", b"1")])),
    (b"\xe3\x80\x80A=1\n", Some(&[("A", b"1")])),
    (b"\xe2\x80\x8bA=1\n", None),
    (b"\x0bA=1\n", Some(&[("A", b"1")])),
    (b"\x1cA=1\n", None),
    (b"A=1  \n", Some(&[("A", b"1  ")])),
    (b"A= 1\n", Some(&[("A", b" 1")])),
    (b"A =1\n", None),
    (b"A=1 # c\n", Some(&[("A", b"1 # c")])),
    (b"#c\nA=1\n", Some(&[("A", b"1")])),
    (b"  # c\nA=1\n", Some(&[("A", b"1")])),
    (b"A=#1\n", Some(&[("A", b"#1")])),
    (b"A=\"1\"\n", Some(&[("A", b"\"1\"")])),
    (b"A='1'\n", Some(&[("A", b"'1'")])),
    (b"A=\"1\n2\"\n", None),
    (b"A=a\\nb\n", Some(&[("A", b"a\\nb")])),
    (b"A=$HOME\n", Some(&[("A", b"$HOME")])),
    (b"A=x=y=z\n", Some(&[("A", b"x=y=z")])),
    (b"A==\n", Some(&[("A", b"=")])),
    (b"A=\n", Some(&[("A", b"")])),
    (b"=x\n", None),
    (b"=\n", None),
    (b"export A=1\n", None),
    (b"1A=x\n", None),
    (b"A1=x\n", Some(&[("A1", b"x")])),
    (b".=x\n", None),
    (b"..=x\n", None),
    (b"..a=x\n", None),
    (b".a=x\n", Some(&[(".a", b"x")])),
    (b"-=x\n", Some(&[("-", b"x")])),
    (b"_=x\n", Some(&[("_", b"x")])),
    (b"a-b.c_d=x\n", Some(&[("a-b.c_d", b"x")])),
    (b"a b=x\n", None),
    (b"a/b=x\n", None),
    (b"\xc3\xa4=x\n", None),
    (
        b"A=\xc3\xa4\xf0\x9f\x98\x80\n",
        Some(&[("A", b"\xc3\xa4\xf0\x9f\x98\x80")]),
    ),
    (b"A=\xff\n", None),
    (b"# \xff\nA=1\n", None),
    (b"A=1\nA=2\n", None),
    (b"A=1\na=2\n", Some(&[("A", b"1"), ("a", b"2")])),
    (b"A=\x00x\n", Some(&[("A", b"\x00x")])),
    (b"A\x00=x\n", None),
    (b"PARITY_SET\n", Some(&[("PARITY_SET", b"from env")])),
    (b"PARITY_UNSET\n", Some(&[("PARITY_UNSET", b"")])),
    (b"PARITY_EMPTY\n", Some(&[("PARITY_EMPTY", b"")])),
    (b"  PARITY_SET  \n", None),
    (b"PARITY_SET\nPARITY_SET=1\n", None),
    (b"A=1\n\n\n\nB=2", Some(&[("A", b"1"), ("B", b"2")])),
    (b"A=1\x0cB=2\n", Some(&[("A", b"1\x0cB=2")])),
    (b"\x85A=1\n", None),
    (b"\xc2\x85A=1\n", Some(&[("A", b"1")])),
    (b"A=\r\n", Some(&[("A", b"")])),
    (b"\r\nA=1\n", Some(&[("A", b"1")])),
    (b"\rA=1\n", Some(&[("A", b"1")])),
    (b"A: 1\n", None),
    (b"true\n", Some(&[("true", b"")])),
    (b"\xef\xbb\xbf\n# x\nA=1\n", Some(&[("A", b"1")])),
    (b"\xef\xbb\xbf  #x\nA=1", Some(&[("A", b"1")])),
    (b"A=\xef\xbb\xbf1\n", Some(&[("A", b"\xef\xbb\xbf1")])),
];

fn environment(name: &str) -> Option<std::ffi::OsString> {
    match name {
        "PARITY_SET" => Some("from env".into()),
        "PARITY_EMPTY" => Some("".into()),
        _ => None,
    }
}

fn read(content: &[u8]) -> Result<Vec<(String, Vec<u8>)>, EnvFileError> {
    let content = SecretValue::from_bytes(content.into());
    let mut entries: Vec<_> = parse(&content, Dialect::Kubectl, &environment)?
        .into_iter()
        .map(|entry| (entry.key.to_string(), entry.value.expose().to_vec()))
        .collect();
    entries.sort();
    Ok(entries)
}

#[test]
fn the_corpus_means_what_kubectl_makes_of_it() {
    assert!(CORPUS.len() >= 40);
    for (content, expected) in CORPUS {
        let expected = expected.map(|entries| {
            let owned = |(key, value): &(&str, &[u8])| ((*key).to_owned(), value.to_vec());
            entries.iter().map(owned).collect::<Vec<_>>()
        });
        let shown = String::from_utf8_lossy(content);
        assert_eq!(read(content).ok(), expected, "{shown:?}");
    }
}

#[test]
fn a_key_may_have_253_bytes() {
    assert!(read(&[&[b'K'; 253][..], b"=1\n"].concat()).is_ok());
    assert!(read(&[&[b'K'; 254][..], b"=1\n"].concat()).is_err());
}

#[test]
fn a_line_over_64_kib_is_read_and_so_is_what_follows() {
    let long = [b"A=", &[b'x'; 70_000][..], b"\nB=2\n"].concat();
    let entries = read(&long).expect("legal");
    assert_eq!(entries[0].1.len(), 70_000);
    assert_eq!(entries[1], ("B".to_owned(), b"2".to_vec()));
}

#[test]
fn errors_name_the_line() {
    assert_eq!(
        read(b"A=1\n# x\nB=\xff\n"),
        Err(EnvFileError {
            line: 3,
            problem: Problem::NotUtf8
        })
    );
    assert_eq!(
        read(b"A=1\n\nB C=1\n"),
        Err(EnvFileError {
            line: 3,
            problem: Problem::IllegalKey
        })
    );
}

#[test]
fn lines_without_equals_are_marked() {
    let content = SecretValue::from_bytes(b"PARITY_SET\nPARITY_UNSET\nA=1".to_vec());
    let remarks: Vec<_> = parse(&content, Dialect::Kubectl, &environment)
        .unwrap_or_else(|error| panic!("{error}"))
        .iter()
        .map(|entry| entry.remark)
        .collect();
    assert_eq!(
        remarks,
        [
            Some(Remark::TakenFromEnvironment),
            Some(Remark::UnsetInEnvironment),
            None
        ]
    );
}
