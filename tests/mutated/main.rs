//! Texts from outside, changed at random: none makes a reader panic or hang.
//!
//! `MUTATIONS=1000000 cargo test --test mutated` tries more. A text that was once
//! too much goes into the corpus of its reader and stays there.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for more"
)]

#[path = "../meaning/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};

use kubectl_secretsafe::journal::{Annotation, Journal};
use kubectl_secretsafe::manifest::{Operation, SourceText, json_patch, parse};
use kubectl_secretsafe::secret::SecretValue;
use kubectl_secretsafe::secret::source::env_file::{self, Dialect};
use kubectl_secretsafe::secret::stored::StoredSecret;
use kubectl_secretsafe::workload::{Object, Place};
use random::Random;
use serde_json::{Value, json};

/// What reads a text, and texts it can read.
struct Reader {
    name: &'static str,
    corpus: &'static [&'static str],
    /// Whether it could be read.
    reads: fn(&[u8]) -> bool,
}

const READERS: [Reader; 5] = [
    Reader {
        name: "manifest",
        corpus: &[
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  b: |\n    c\n  d: \"e\\n\"\n---\nkind: List\nitems: [&x {a: b}, *x]\n",
            "{\"kind\": \"Secret\", \"data\": {\"k\": \"dg==\"}}",
            "%YAML 1.1\n--- !!map\n? a\n: - b\n  - {<<: {c: 0o17, d: 1_000, e: ~}}\n...\n",
        ],
        reads: |bytes| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            parse(&SourceText::new("m.yaml", text)).problems.is_empty()
        },
    },
    Reader {
        name: "env file",
        corpus: &[
            "A=1\n# c\nexport B='two lines\nof it'\nC=\"$A\\n\"\nD=\nE=\n",
            "KEY=value with blanks \nOTHER==x=y\n",
        ],
        reads: |bytes| {
            let content = SecretValue::from_bytes(bytes.to_vec());
            let _ = env_file::differing_keys(&content);
            [Dialect::Kubectl, Dialect::Dotenv]
                .iter()
                .any(|dialect| env_file::parse(&content, *dialect, &|_| None).is_ok())
        },
    },
    Reader {
        name: "answer of the API server",
        corpus: &[
            r#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"n","namespace":"d","uid":"u","resourceVersion":"1","creationTimestamp":"2026-06-01T12:00:00Z","labels":{"a":"b"},"annotations":{"c":"d"},"ownerReferences":[{"kind":"K","name":"o","controller":true}],"managedFields":[{"manager":"m","operation":"Apply","time":"2026-06-01T12:00:00Z","fieldsV1":{"f:data":{"f:k":{}},"f:type":{}}}]},"immutable":true,"type":"Opaque","data":{"k":"AP8=","l":""}}"#,
        ],
        reads: |bytes| StoredSecret::parse(&SecretValue::from_bytes(bytes.to_vec())).is_ok(),
    },
    Reader {
        name: "patch",
        corpus: &[
            r#"[{"op":"test","path":"/a","value":1},{"op":"add","path":"/b/-","value":{"c":[]}},{"op":"remove","path":"/b/0"},{"op":"replace","path":"/d~1e","value":null}]"#,
        ],
        reads: |bytes| {
            let operations = serde_json::from_slice::<Value>(bytes).ok();
            let operations: Option<Vec<Operation>> =
                operations.and_then(|value| json_patch::from_json(&value));
            let mut document = json!({"a": 1, "b": [2], "d/e": {"f": true}});
            operations
                .is_some_and(|operations| json_patch::apply(&mut document, &operations).is_ok())
        },
    },
    Reader {
        name: "journal of a migration",
        corpus: &[
            r#"{"apiVersion":"secretsafe.dev/v1","undo":[[{"op":"remove","path":"/spec/template/spec/volumes/0"}]],"guard":{"seconds":40,"before":1},"readers":[]}"#,
        ],
        reads: |bytes| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let object = json!({"apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": {"name": "a", "annotations": {Annotation::MIGRATION.name(): text}}});
            let source = SourceText::new("workload", object.to_string());
            let root = parse(&source).documents.remove(0).root;
            let object = Object::new(root, Place::live(), "default");
            object.is_some_and(|object| Journal::read(&object, Annotation::MIGRATION).is_ok())
        },
    },
];

/// Bytes that change what follows them, somewhere.
const SPICES: [&str; 24] = [
    "\0",
    "\r",
    "\n",
    "\t",
    "\u{feff}",
    "\u{2028}",
    "\u{fffd}",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    ":",
    "- ",
    "&x ",
    "*x",
    "<<: ",
    "!!",
    "|",
    "\\u0000",
    "\\",
    "9999999999999999999999",
    "null",
];

fn mutated(text: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let changes = if random.one_in(2) { 1 } else { random.below(5) };
    for _ in 0..changes {
        let at = random.below(bytes.len() + 1);
        match random.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, random.pick(&SPICES).bytes())),
            3 => {
                let end = (at + random.below(20)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + random.below(40)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let times = 1 + random.below(50);
                bytes.splice(at..at, piece.repeat(times));
            }
            _ => drop(bytes.splice(
                at..at,
                random.pick(&SPICES).repeat(random.below(300)).bytes(),
            )),
        }
    }
    bytes
}

/// Shows I2. Seen to fail with an index past the end of a list accepted.
#[test]
fn no_text_from_outside_is_too_much_for_its_reader() {
    let rounds: u64 = std::env::var("MUTATIONS").map_or(20_000, |text| text.parse().unwrap());
    for reader in READERS {
        for text in reader.corpus {
            assert!(
                (reader.reads)(text.as_bytes()),
                "{} reads {text}",
                reader.name
            );
        }
        let mut read = 0;
        for seed in 0..rounds {
            let mut random = Random::new(seed);
            let text = mutated(
                reader.corpus[random.below(reader.corpus.len())],
                &mut random,
            );
            match catch_unwind(AssertUnwindSafe(|| (reader.reads)(&text))) {
                Ok(could) => read += u64::from(could),
                Err(_) => panic!(
                    "{}, {seed}: {:?}",
                    reader.name,
                    String::from_utf8_lossy(&text)
                ),
            }
        }
        // All or none would show little.
        assert!(
            read > 0 && read < rounds,
            "{}: {read} of {rounds}",
            reader.name
        );
        println!("{}: {read} of {rounds} can be read", reader.name);
    }
}

/// A kubeconfig is read by the program itself, and tells nothing of what is in it.
///
/// Shows I2, L5. Seen to fail with the file in the message about it.
#[test]
fn no_kubeconfig_is_too_much_and_none_is_quoted() {
    const CANARY: &str = "canary-of-a-token";
    let rounds: u64 =
        std::env::var("MUTATIONS").map_or(60, |text| text.parse::<u64>().unwrap() / 100);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let whole = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: x\nclusters:\n- name: c\n  cluster: {{server: 'https://127.0.0.1:1', tls-server-name: a}}\nusers:\n- name: u\n  user: {{token: {CANARY}, username: {CANARY}}}\ncontexts:\n- name: x\n  context: {{cluster: c, user: u, namespace: d}}\n"
    );
    let mut asked: BTreeMap<bool, u64> = BTreeMap::new();
    for seed in 0..rounds {
        let mut random = Random::new(seed);
        let text = mutated(&whole, &mut random);
        fs::write(&path, &text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .args([
                "consumers",
                "secret/a",
                "-v",
                "10",
                "--request-timeout",
                "1s",
                "--kubeconfig",
            ])
            .arg(&path)
            .env_clear()
            .env("HOME", folder.path())
            .env("RUST_BACKTRACE", "full")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(output.status.code(), Some(2 | 3)),
            "{seed}: {:?} {said}",
            output.status
        );
        assert!(!said.contains("internal error"), "{seed}: {said}");
        // Where the change made a name of it, it is told by right.
        let is_a_secret = |line: &&str| line.contains("token") || line.contains("username");
        let before = String::from_utf8_lossy(&text)
            .lines()
            .filter(is_a_secret)
            .count();
        assert!(
            before == 0 || !said.contains(CANARY),
            "{seed}: {said}\n{}",
            String::from_utf8_lossy(&text)
        );
        *asked.entry(said.contains("127.0.0.1:1")).or_default() += 1;
    }
    assert!(
        asked.len() > 1,
        "some can be read and some cannot: {asked:?}"
    );
}
