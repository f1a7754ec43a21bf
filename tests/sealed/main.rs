//! SealedSecret files of every spelling: one key is set, and no byte elsewhere changes.
//! Hostile files end in an error. `SEALED_FILES` says how many there are.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod cluster;
mod spelling;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use kubectl_secretsafe::levels::ciphertext::layout;
use kubectl_secretsafe::levels::sealed::SealedSecret;
use kubectl_secretsafe::levels::stamp::{self, Fingerprint, STAMP, Stamped};
use kubectl_secretsafe::manifest::edit::edit;
use kubectl_secretsafe::manifest::{SourceText, Span, parse};
use kubectl_secretsafe::sealing::{change, objects};
use kubectl_secretsafe::secret::KeyName;
use spelling::{Dice, Spelled, ciphertext};

static CERTIFICATE: LazyLock<String> = LazyLock::new(|| {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let params = rcgen::CertificateParams::new(["controller".to_owned()]).unwrap();
    params.self_signed(&key).unwrap().pem()
});

fn files() -> u64 {
    let wish = std::env::var("SEALED_FILES").ok();
    wish.and_then(|number| number.parse().ok()).unwrap_or(1000)
}

/// Where a value stands: of the ciphertext of a key, or of the stamp.
fn spans(text: &str, name: &str, key: &str) -> Vec<Span> {
    let parsed = parse(&SourceText::new("file", text.to_owned()));
    assert!(parsed.problems.is_empty(), "{text}");
    let mut spans = Vec::new();
    for (_, node) in parsed.documents.iter().flat_map(objects) {
        let Some(sealed) = SealedSecret::of(node) else {
            continue;
        };
        if sealed.name != name {
            continue;
        }
        let map = node.at(&["spec", "encryptedData"]);
        spans.extend(map.and_then(|map| map.get(key)).map(|node| node.span));
        let annotations = node.at(&["metadata", "annotations"]);
        spans.extend(
            annotations
                .and_then(|map| map.get(STAMP))
                .map(|node| node.span),
        );
    }
    // A block scalar ends where the next thing begins; the lines between are kept.
    for span in &mut spans {
        span.end = span.start + text[span.start..span.end].trim_end().len();
    }
    spans.sort();
    spans
}

/// The text without these values.
fn without(text: &str, spans: &[Span]) -> String {
    let mut rest = String::new();
    let mut at = 0;
    for span in spans {
        rest += &text[at..span.start];
        at = span.end;
    }
    rest + &text[at..]
}

/// Bytes that are not the same in front and at the end.
fn inserted(before: &str, after: &str) -> usize {
    let (old, new) = (before.as_bytes(), after.as_bytes());
    let front = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let back = old[front..]
        .iter()
        .rev()
        .zip(new[front..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    old.len() - front - back
}

/// Shows no row of its own: `seal set` keeps every other byte. Seen to fail with a blank
/// added behind the key.
#[test]
fn every_other_byte_stays_in_a_thousand_spellings() {
    let fingerprint = Fingerprint::of_public_key(b"the newest");
    let (mut replaced, mut added, mut stamped) = (0, 0, 0);
    for number in 0..files() {
        let mut dice = Dice::new(number);
        let Spelled { text, name, keys } = spelling::file(&mut dice);
        let is_new = dice.one_of(4) == 0;
        let key = match is_new {
            true => "added.key".to_owned(),
            false => keys[dice.one_of(keys.len())].clone(),
        };
        let parsed = parse(&SourceText::new("file", text.clone()));
        assert!(parsed.problems.is_empty(), "{number}: {text}");
        let (document, base, sealed) = parsed
            .documents
            .iter()
            .flat_map(|document| {
                objects(document)
                    .into_iter()
                    .map(move |(base, node)| (document, base, node))
            })
            .find_map(|(document, base, node)| {
                let sealed = SealedSecret::of(node)?;
                (sealed.name == name).then_some((document, base, sealed))
            })
            .unwrap();
        let fits = matches!(stamp::compare(&sealed, None), Stamped::Fits(_));
        let new = ciphertext(&mut dice);
        let key_name = KeyName::new(&key).unwrap();
        let operations = change::set(&sealed, None, &key_name, &new, &fingerprint);
        assert_eq!(operations.len(), 1 + usize::from(fits));
        let after = edit(&text, document.span, document.format, &base, &operations)
            .unwrap_or_else(|refusal| panic!("{number}: {refusal}\n{text}"));
        if is_new {
            added += 1;
            let before = without(&text, &spans(&text, &name, &key));
            let after = without(&after, &stamp_spans(&after, &name));
            assert_eq!(inserted(&before, &after), 0, "{number}:\n{text}\n{after}");
        } else {
            replaced += 1;
            let before = without(&text, &spans(&text, &name, &key));
            let kept = without(&after, &spans(&after, &name, &key));
            assert_eq!(before, kept, "{number}");
        }
        let parsed = parse(&SourceText::new("file", after.clone()));
        let read = parsed
            .documents
            .iter()
            .flat_map(objects)
            .find_map(|(_, node)| SealedSecret::of(node).filter(|sealed| sealed.name == name));
        let read = read.unwrap();
        let written = read.encrypted().into_iter().find(|(own, _)| *own == key);
        assert_eq!(written.unwrap().1.as_str(), Some(new.as_str()), "{number}");
        if fits {
            stamped += 1;
            assert!(matches!(stamp::compare(&read, None), Stamped::Fits(_)));
        }
    }
    assert!(replaced > added && added > files() / 10 && stamped > files() / 10);
}

fn stamp_spans(text: &str, name: &str) -> Vec<Span> {
    spans(text, name, "no such key")
}

fn seal(folder: &Path, words: &[&str], input: &[u8]) -> Output {
    use std::io::Write as _;

    let mut child = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("KUBECONFIG", "/nowhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it reads.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The same by the program, with its own ciphertexts, mode and all.
#[test]
fn the_program_writes_what_the_library_does() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cert.pem"), &*CERTIFICATE).unwrap();
    for number in 0..24 {
        let mut dice = Dice::new(90_000 + number);
        let Spelled {
            text: before,
            name,
            keys,
        } = spelling::file(&mut dice);
        let path = folder.path().join("sealed.yaml");
        fs::write(&path, &before).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let key = keys[0].as_str();
        let words = [
            "seal",
            "set",
            "sealed.yaml",
            "--name",
            &name,
            "--stdin",
            key,
            "--cert",
            "cert.pem",
        ];
        let ran = seal(folder.path(), &words, b"hunter2-canary");
        assert_eq!(ran.status.code(), Some(0), "{}\n{before}", text(&ran));
        assert!(!text(&ran).contains("canary"));
        let after = fs::read_to_string(&path).unwrap();
        assert_eq!(
            without(&before, &spans(&before, &name, key)),
            without(&after, &spans(&after, &name, key))
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o640
        );
        // What it has put there is a ciphertext of 14 bytes.
        let parsed = parse(&SourceText::new("file", after));
        let found = parsed
            .documents
            .iter()
            .flat_map(objects)
            .find_map(|(_, node)| SealedSecret::of(node).filter(|sealed| sealed.name == name))
            .unwrap();
        let (_, node) = found
            .encrypted()
            .into_iter()
            .find(|(own, _)| *own == key)
            .unwrap();
        assert_eq!(layout(node.as_str().unwrap()).unwrap().value_bytes, 14);
    }
}

/// Files that others made up: an error or a finding, and never a panic.
#[test]
fn hostile_files_end_in_an_error_or_a_finding() {
    const HEAD: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cert.pem"), &*CERTIFICATE).unwrap();
    let long = "A".repeat(3 * 1024 * 1024);
    let many: String = (0..4000).map(|key| format!("    k{key}: AQ==\n")).collect();
    let deep = "[".repeat(5000);
    let stamp = format!(
        "v1 scope=strict namespace=a name=b key={} ciphertexts=x",
        "s,".repeat(9000)
    );
    for (what, text) in [
        ("no metadata", HEAD.to_owned()),
        (
            "a name with escapes",
            format!(
                "{HEAD}metadata: {{name: \"a\\e[31m\\nb\", namespace: n}}\nspec: {{encryptedData: {{k: AQ==}}}}\n"
            ),
        ),
        (
            "a key with escapes",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n}}\nspec: {{encryptedData: {{\"k\\e]0;x\\a\": AQ==}}}}\n"
            ),
        ),
        (
            "a namespace that is a list",
            format!(
                "{HEAD}metadata: {{name: a, namespace: [n]}}\nspec: {{encryptedData: {{k: AQ==}}}}\n"
            ),
        ),
        (
            "data that is text",
            format!("{HEAD}metadata: {{name: a, namespace: n}}\nspec: {{encryptedData: no}}\n"),
        ),
        (
            "values of every type",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n}}\nspec: {{encryptedData: {{a: 1, b: null, c: [x], d: {{e: f}}, g: true, h: 2001-01-01}}}}\n"
            ),
        ),
        (
            "a template that is a number",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n}}\nspec: {{encryptedData: {{k: AQ==}}, template: 7}}\n"
            ),
        ),
        (
            "annotations of every type",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n, annotations: {{sealedsecrets.bitnami.com/cluster-wide: [true], secretsafe.dev/sealed: {{a: b}}}}}}\nspec: {{encryptedData: {{k: AQ==}}}}\n"
            ),
        ),
        (
            "a long stamp",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n, annotations: {{secretsafe.dev/sealed: '{stamp}'}}}}\nspec: {{encryptedData: {{k: AQ==}}}}\n"
            ),
        ),
        (
            "a huge value",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n}}\nspec: {{encryptedData: {{k: {long}}}}}\n"
            ),
        ),
        (
            "many keys",
            format!("{HEAD}metadata: {{name: a, namespace: n}}\nspec:\n  encryptedData:\n{many}"),
        ),
        ("no end", format!("{HEAD}spec: {deep}")),
        (
            "aliases",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n}}\nspec: {{encryptedData: &x {{k: AQ==}}, template: {{data: *x}}}}\n"
            ),
        ),
        (
            "the same key twice",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n}}\nspec: {{encryptedData: {{k: AQ==, k: Ag==}}}}\n"
            ),
        ),
        (
            "a list in a list",
            "apiVersion: v1\nkind: List\nitems: [[{kind: SealedSecret}], 7, null]\n".to_owned(),
        ),
        (
            "old data",
            format!(
                "{HEAD}metadata: {{name: a, namespace: n}}\nspec: {{data: AQ==, encryptedData: {{}}}}\n"
            ),
        ),
        ("bytes that are no text", "\u{0}\u{1}\u{7f}".to_owned()),
    ] {
        let path = folder.path().join("hostile.yaml");
        fs::write(&path, &text).unwrap();
        for words in [
            &["seal", "check", "hostile.yaml"][..],
            &[
                "seal",
                "check",
                "hostile.yaml",
                "-o",
                "json",
                "--cert",
                "cert.pem",
            ],
            &[
                "seal",
                "set",
                "hostile.yaml",
                "--stdin",
                "k",
                "--cert",
                "cert.pem",
            ],
            &[
                "seal",
                "-f",
                "hostile.yaml",
                "--cert",
                "cert.pem",
                "-n",
                "n",
            ],
        ] {
            let ran = seal(folder.path(), words, b"hunter2-canary");
            let said = self::text(&ran);
            let status = ran.status.code();
            assert!(
                matches!(status, Some(0..=3)),
                "{what} {words:?}: {status:?} {said}"
            );
            assert!(!said.contains("internal error"), "{what} {words:?}: {said}");
            assert!(
                !said.contains(['\u{1b}', '\u{7}']),
                "{what} {words:?}: {said:?}"
            );
            assert!(!said.contains("canary"), "{what} {words:?}");
            if words[1] == "check" {
                assert_ne!(status, Some(0), "{what} {words:?}: {said}");
            }
            // Nothing that failed has changed the file.
            if status != Some(0) {
                assert_eq!(fs::read_to_string(&path).unwrap(), text, "{what} {words:?}");
            }
            fs::write(&path, &text).unwrap();
        }
    }
}

/// Certificates come from addresses, too: bounded, over TLS or from this machine.
#[test]
fn addresses_of_certificates_are_asked_with_care() {
    use std::io::{Read as _, Write as _};

    let folder = tempfile::tempdir().unwrap();
    let serve = |answer: Vec<u8>| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            // It may have seen enough.
            let _ = stream.write_all(&answer);
        });
        format!("http://{address}/v1/cert.pem")
    };
    let ok = |body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    };
    let try_it = |address: &str| {
        let words = [
            "create", "db", "--stdin", "k", "--seal", "-n", "n", "--cert", address,
        ];
        let ran = seal(folder.path(), &words, b"v");
        (ran.status.code(), text(&ran))
    };
    let (status, said) = try_it(&serve(ok(&CERTIFICATE)));
    assert_eq!(status, Some(0), "{said}");
    let long = "x".repeat(1024 * 1024);
    for (answer, expected, words) in [
        (ok(&long), 3, "more than"),
        (ok("<html>"), 2, "holds no certificate"),
        (
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
            3,
            "status 404",
        ),
        (
            b"HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n"
                .to_vec(),
            3,
            "not contacted",
        ),
        (b"nonsense".to_vec(), 3, "cannot be reached"),
    ] {
        let (status, said) = try_it(&serve(answer));
        assert_eq!(status, Some(expected), "{said}");
        assert!(said.contains(words), "{words}: {said}");
    }
    for address in [
        "http://192.0.2.1/cert.pem",
        "http://localhost.example/cert.pem",
        "https://user:password@127.0.0.1/cert.pem",
    ] {
        let (status, said) = try_it(address);
        assert_eq!(status, Some(2), "{said}");
        assert!(
            said.contains("only https, or http on this machine"),
            "{said}"
        );
    }
}

/// What the cluster, or a reader of the file, would not take as it is meant.
#[test]
fn what_would_come_to_nothing_is_refused() {
    const HEAD: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n";
    const PLAIN: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: b}\n";
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    put("cert.pem", &CERTIFICATE);
    put("plain.yaml", PLAIN);
    let run = |words: &str, input: &[u8]| {
        let words: Vec<_> = words.split(' ').collect();
        let ran = seal(folder.path(), &words, input);
        (ran.status.code(), text(&ran))
    };
    let sealed = |metadata: &str, data: &str| {
        format!("{HEAD}metadata: {metadata}\nspec: {{encryptedData: {data}}}\n")
    };
    let set = "seal set s.yaml --stdin k --cert cert.pem";
    // A value of nearly a mebibyte, and one more.
    let large = {
        use base64::Engine as _;
        let mut bytes = 256_u16.to_be_bytes().to_vec();
        bytes.resize(2 + 256 + 16 + 1024 * 1024 - 5, 7);
        base64::prelude::BASE64_STANDARD.encode(bytes)
    };
    const WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";
    let wide = format!("{{name: a, namespace: shop, annotations: {{{WIDE}: 'true'}}}}");
    let both = wide.replace(
        "'true'",
        "'true', sealedsecrets.bitnami.com/namespace-wide: 'true'",
    );
    for (file, words, status, says) in [
        (
            sealed(&wide.replace("'true'", "true"), "{}"),
            set,
            2,
            "is not text",
        ),
        (
            sealed("{name: a, namespace: 7}", "{}"),
            set,
            2,
            "metadata.namespace is not text",
        ),
        (sealed(&both, "{}"), set, 2, "are both set"),
        (
            sealed("{name: a, namespace: shop}", &format!("{{o: {large}}}")),
            set,
            2,
            "at most 1048576",
        ),
        (
            sealed("{name: a, namespace: shop}", &format!("{{k: {large}}}")),
            set,
            0,
            "changed",
        ),
        (
            sealed("{name: a, namespace: n.o}", "{}"),
            set,
            2,
            "namespace \"n.o\" is not legal",
        ),
        (
            sealed(&wide, "{}"),
            "seal set s.yaml --stdin k --cert cert.pem -n other",
            0,
            "changed",
        ),
        (
            sealed("{name: a, namespace: shop}", "{}"),
            "seal set s.yaml --stdin k --cert cert.pem -n other",
            2,
            "-n says",
        ),
    ] {
        put("s.yaml", &file);
        let (ended, said) = run(words, b"123456");
        assert_eq!(ended, Some(status), "{words}: {said}");
        assert!(said.contains(says), "{words}: {said}");
    }
    // A file is replaced only by what it has already.
    let write = "seal -f plain.yaml --cert cert.pem -n shop -w s.yaml --replace";
    for (file, status) in [
        ("", 0),
        ("# Ask before you change this\n", 2),
        ("apiVersion: v1\nkind: List\nitems: []\n", 2),
        (&sealed("{name: other, namespace: shop}", "{}"), 2),
        (&sealed("{name: db, namespace: shop}", "{}"), 0),
    ] {
        put("s.yaml", file);
        let (ended, said) = run(write, b"");
        assert_eq!(ended, Some(status), "{file}: {said}");
        if status != 0 {
            assert_eq!(
                fs::read_to_string(folder.path().join("s.yaml")).unwrap(),
                file
            );
        }
    }
    for (words, status, says) in [
        (
            "seal -f plain.yaml --cert cert.pem -n n -w q{}.yaml",
            2,
            "stands for the name of a cluster",
        ),
        (
            "seal -f plain.yaml --cert cert.pem -n n -w -",
            2,
            "names no file",
        ),
        (
            "seal -f plain.yaml --cert d=cert.pem -n n -w q{}.yaml",
            0,
            "qd.yaml",
        ),
        ("seal -f plain.yaml --cert cert.pem -n a.b", 2, "not legal"),
        (
            "seal -f - --cert cert.pem -n n",
            2,
            "standard input is empty",
        ),
        (
            "seal -f plain.yaml --cert /dev/zero -n n",
            2,
            "larger than 256 KiB",
        ),
        (
            "seal -f plain.yaml --cert http://u:hunter2@127.0.0.1:1/?token=hunter2 -n n",
            2,
            "http://127.0.0.1:1/ ",
        ),
        (
            "seal -f plain.yaml --cert http://127.0.0.1:1/?token=hunter2 -n n",
            3,
            "http://127.0.0.1:1/ ",
        ),
    ] {
        let (ended, said) = run(words, b"");
        assert_eq!(ended, Some(status), "{words}: {said}");
        assert!(said.contains(says), "{words}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    // The template's copy of the values is seen, and what is no text.
    let copy = "kubectl.kubernetes.io/last-applied-configuration";
    let file = format!(
        "{HEAD}metadata: {{name: a, namespace: shop, annotations: {{{WIDE}: true}}}}\nspec: {{encryptedData: {{}}, template: {{metadata: {{annotations: {{{copy}: 'x'}}}}}}}}\n"
    );
    put("s.yaml", &file);
    let (ended, said) = run("seal check s.yaml -o json", b"");
    assert_eq!(ended, Some(1), "{said}");
    assert!(
        said.contains("plaintextCopy") && said.contains("notText"),
        "{said}"
    );
}
