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

use jiff::Timestamp;
use kubectl_secretsafe::checks::{CHECKS, Settings};
use kubectl_secretsafe::finding::Results;
use kubectl_secretsafe::inventory::{Builder, FileSet, GitStatus, Scope};
use kubectl_secretsafe::journal::{Annotation, Journal};
use kubectl_secretsafe::manifest::{Operation, SourceText, json_patch, parse, parse_json};
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

const READERS: [Reader; 6] = [
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
        name: "objects of stores and seals",
        corpus: &[
            r#"{"apiVersion":"external-secrets.io/v1","kind":"ExternalSecret","metadata":{"name":"a","namespace":"n","generation":2,"creationTimestamp":"2026-05-01T00:00:00Z","annotations":{"meta.helm.sh/release-name":"r","meta.helm.sh/release-namespace":"n"},"managedFields":[{"manager":"helm","apiVersion":"external-secrets.io/v1beta1","time":"2026-05-01T00:00:00Z"}]},"spec":{"refreshInterval":"1h30m","refreshPolicy":"OnChange","secretStoreRef":{"name":"s","kind":"ClusterSecretStore"},"data":[{"secretKey":"k","remoteRef":{"key":"x"},"sourceRef":{"storeRef":{"name":"t"}}}],"dataFrom":[{"sourceRef":{"generatorRef":{"kind":"Password","name":"p"}}}],"target":{"name":"b","creationPolicy":"Merge","immutable":true,"template":{"engineVersion":"v1","type":"kubernetes.io/tls","mergePolicy":"Merge","data":{"u":"{{ .k | b64enc }}{{ .z }}"},"templateFrom":[{"configMap":{"name":"c","items":[{"key":"f"}]}}]}}},"status":{"refreshTime":"2026-05-02T00:00:00Z","syncedResourceVersion":"2-a","conditions":[{"type":"Ready","status":"False","reason":"SecretSyncedError","message":"m"}]}}"#,
            r#"{"apiVersion":"external-secrets.io/v1","kind":"ClusterSecretStore","metadata":{"name":"s"},"spec":{"conditions":[{"namespaces":["a"],"namespaceRegexes":["^b+$"],"namespaceSelector":{"matchLabels":{"c":"d"},"matchExpressions":[{"key":"e","operator":"In","values":["f"]}]}}],"provider":{"vault":{"caProvider":{"type":"Secret","name":"ca"},"auth":{"tokenSecretRef":{"name":"t","key":"k"}}}}},"status":{"capabilities":"ReadOnly","conditions":[{"type":"Ready","status":"False"}]}}"#,
            r#"{"apiVersion":"external-secrets.io/v1alpha1","kind":"PushSecret","metadata":{"name":"p","namespace":"n"},"spec":{"secretStoreRefs":[{"name":"s","kind":"ClusterSecretStore"}],"selector":{"secret":{"name":"b"}},"data":[{"match":{"secretKey":"k","remoteRef":{"remoteKey":"r"}}}]}}"#,
            r#"{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","metadata":{"name":"d","namespace":"n","generation":3,"annotations":{"sealedsecrets.bitnami.com/namespace-wide":"true"},"managedFields":[{"time":"2026-05-01T00:00:00Z"}]},"spec":{"encryptedData":{"k":"AgBy"},"template":{"type":"kubernetes.io/tls","metadata":{"name":"e","namespace":"o","annotations":{"sealedsecrets.bitnami.com/cluster-wide":"true"}},"data":{"u":"{{ .k }}{{ .z }}","k":null}}},"status":{"observedGeneration":2,"conditions":[{"type":"Synced","status":"False","message":"no key could decrypt secret"}]}}"#,
            r#"{"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClass","metadata":{"name":"c","namespace":"n"},"spec":{"provider":"azure","parameters":{"objects":"array:\n  - |\n    objectName: a\n    objectAlias: b\n    objectVersionHistory: 2\n"},"secretObjects":[{"secretName":"f","type":"Opaque","data":[{"objectName":"a","key":"k"}]}]}}"#,
            r#"{"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClass","metadata":{"name":"c","namespace":"n"},"spec":{"provider":"aws","parameters":{"pathTranslation":"False","objects":"- objectName: a/b\n  jmesPath: [{path: p, objectAlias: q}]\n"},"secretObjects":[{"secretName":"f","type":"Opaque","data":[{"objectName":"a","key":"k"}]}]}}"#,
        ],
        reads: |bytes| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let Ok(root) = parse_json(&text) else {
                return false;
            };
            let cluster = Scope::Cluster {
                name: "test".to_owned(),
                minor: Some(37),
            };
            // As an answer of an API server, and as a file.
            let mut live = Builder::new(cluster, "n", Timestamp::UNIX_EPOCH);
            live.add_live(root);
            let files = Scope::Files(FileSet::Complete);
            let mut file = Builder::new(files, "n", Timestamp::UNIX_EPOCH);
            file.add_file(SourceText::new("m.yaml", text), GitStatus::Outside);
            for inventory in [live.finish(), file.finish()] {
                let mut results = Results::default();
                for check in CHECKS.iter().filter(|check| check.rule.id >= "SS100") {
                    (check.run)(&inventory, &Settings::default(), &mut results);
                }
            }
            true
        },
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
