//! Commands that load a store, run in a shell with programs that note how they were called:
//! each value arrives byte for byte, and never through arguments or the environment.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const VALUE: &str = "it's \"a\" $(value) \\ with `quotes`\nand lines\n";

/// Notes arguments and the environment, and what comes on standard input.
const STUB: &str = r#"#!/bin/sh
n=$(ls "$NOTES" | wc -l)
{ printf '%s\n' "$0" "$@"; env; } >"$NOTES/$n.words"
input=/dev/stdin
cat "$input" >"$NOTES/$n.input"
printf '{"id": "i", "title": "t"}\n'
"#;

fn stub(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The commands for a Secret with this name and these keys.
fn commands(folder: &Path, provider: &str, path: &str, encoded: bool) -> Vec<String> {
    let manifest = serde_json::json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "db", "namespace": "prod"},
        "stringData": {"password": VALUE, "tls.key": "other value"},
    });
    let file = folder.join("secret.json");
    fs::write(&file, manifest.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"));
    command
        .arg("external")
        .arg("-f")
        .arg(&file)
        .args(["--store", "s", "--vault", "my vault", "--path", path])
        .args(["--push-commands", provider])
        .env_clear();
    if encoded {
        command.args(["--base64", "password", "--base64", "tls.key"]);
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        !printed.contains("quotes") && !printed.contains("other value"),
        "{printed}"
    );
    printed.lines().map(str::to_owned).collect()
}

/// What the program of a store was given: standard inputs by its arguments.
fn run(commands: &[String], folder: &Path) -> BTreeMap<Vec<String>, Vec<u8>> {
    let programs = folder.join("programs");
    let notes = folder.join("notes");
    fs::create_dir_all(&programs).unwrap();
    fs::create_dir_all(&notes).unwrap();
    for program in ["vault", "aws", "gcloud", "op"] {
        stub(&programs, program, STUB);
    }
    let nothing = "#!/bin/sh\ncase \"$1 $3\" in \"keyvault list\") echo '[]'; exit;; esac\n";
    stub(&programs, "az", &STUB.replacen("#!/bin/sh\n", nothing, 1));
    // As kubectl: the Secret as JSON, or the template, of which only this form is known.
    let kubectl = r#"#!/usr/bin/env python3
import base64, json, re, sys
data = {"password": VALUE, "tls.key": "other value"}
data = {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}
words = sys.argv[1:]
assert words[:5] == ["get", "secret", "db", "-n", "prod"] and words[5] == "-o", words
if words[6] == "json":
    print(json.dumps({"kind": "Secret", "data": data}))
else:
    found = re.fullmatch(r'go-template=\{\{index \.data "([^"]+)"( \| base64decode)?\}\}', words[6])
    text = data[found[1]]
    sys.stdout.buffer.write(base64.b64decode(text) if found[2] else text.encode())
"#;
    let literal = serde_json::to_string(VALUE).unwrap();
    stub(&programs, "kubectl", &kubectl.replace("VALUE", &literal));
    for command in commands {
        let ran = Command::new("/bin/sh")
            .args(["-c", command])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
            .env("NOTES", &notes)
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{command}\n{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        let shown = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(!shown.contains("quotes"), "{command} shows a value");
    }
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(&notes).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|own| own == "words") {
            let words = fs::read_to_string(&path).unwrap();
            assert!(
                !words.contains("quotes") && !words.contains("other value"),
                "{words}"
            );
            let input = fs::read(path.with_extension("input")).unwrap();
            let words = words
                .lines()
                .take_while(|line| !line.starts_with("NOTES=") && !line.starts_with("PWD="))
                .map(str::to_owned)
                .collect();
            seen.insert(words, input);
        }
    }
    seen
}

#[test]
fn values_arrive_byte_for_byte_and_only_through_pipes() {
    for (provider, path, calls) in [
        ("vault", "{name}-fixed", 1),
        ("aws", "{namespace}/{name}/{key}", 2),
        ("gcp", "{name}-fixed", 1),
        ("azure", "{name}-fixed", 1),
    ] {
        for encoded in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let commands = match calls {
                // Names of these stores take no dot.
                1 => commands(folder.path(), provider, "{name}-fixed#{key}", encoded),
                _ => commands(folder.path(), provider, path, encoded),
            };
            let seen = run(&commands, folder.path());
            assert_eq!(seen.len(), calls, "{provider}: {commands:?}");
            let wanted = match encoded {
                true => base64_of(VALUE),
                false => VALUE.to_owned(),
            };
            let has = seen.values().any(|input| match calls {
                1 => {
                    let object: Value = serde_json::from_slice(input).unwrap();
                    object["password"] == *wanted
                }
                _ => *input == wanted.as_bytes(),
            });
            assert!(has, "{provider}: {seen:?}");
        }
    }
}

#[test]
fn one_password_gets_an_item_and_shows_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands(
        folder.path(),
        "1password",
        "{namespace} {name}#{key}",
        false,
    );
    let seen = run(&commands, folder.path());
    assert_eq!(seen.len(), 1);
    let (words, input) = seen.first_key_value().unwrap();
    assert!(words.contains(&"my vault".to_owned()), "{words:?}");
    let item: Value = serde_json::from_slice(input).unwrap();
    assert_eq!(item["title"], "prod db");
    let fields = item["fields"].as_array().unwrap();
    assert!(
        fields
            .iter()
            .any(|field| field["label"] == "password" && field["value"] == VALUE)
    );
}

/// A value that is no text would be changed on its way through JSON.
#[test]
fn what_is_no_text_is_refused_by_the_command_itself() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands(folder.path(), "aws", "{name}#{key}", false);
    let program = commands[0].rsplit(" | jq ").next().unwrap();
    let program = program.split(" | aws ").next().unwrap();
    let secret = serde_json::json!({"data": {"password": "/wD+", "tls.key": "eA=="}});
    let ran = Command::new("/bin/sh")
        .args(["-c", &format!("printf '%s' '{secret}' | jq {program}")])
        .output()
        .unwrap();
    assert!(!ran.status.success());
    assert!(ran.stdout.is_empty());
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;

    base64::prelude::BASE64_STANDARD.encode(text)
}

/// Runs `external` on a file.
fn printed(folder: &Path, manifest: &Value, words: &str) -> (Option<i32>, String, String) {
    let file = folder.join("secrets.json");
    fs::write(&file, manifest.to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .arg("external")
        .arg("-f")
        .arg(&file)
        .args(words.split(' '))
        .env_clear()
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn secret(namespace: &str, name: &str) -> Value {
    serde_json::json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace}, "stringData": {"password": VALUE}})
}

/// No two values share a place, whichever Secrets they are of.
#[test]
fn no_two_secrets_share_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let two = |first: Value, second: Value| serde_json::json!({"apiVersion": "v1", "kind": "List", "items": [first, second]});
    for (manifest, path) in [
        (
            two(secret("prod", "a"), secret("prod", "b")),
            "shared#{key}",
        ),
        (
            two(secret("prod", "db"), secret("dev", "db")),
            "{name}#{key}",
        ),
        (
            two(secret("prod", "db"), secret("dev", "db")),
            "{name}-{key}",
        ),
    ] {
        for words in ["", " --push-secret", " --push-commands aws"] {
            let words = format!("--store s --path {path}{words}");
            let (status, out, said) = printed(folder.path(), &manifest, &words);
            assert_eq!(status, Some(2), "{words}: {out}{said}");
            assert!(said.contains("the same place"), "{said}");
            assert!(out.is_empty(), "{out}");
        }
    }
    let apart = two(secret("prod", "db"), secret("dev", "db"));
    let (status, ..) = printed(
        folder.path(),
        &apart,
        "--store s --path {namespace}/{name}#{key}",
    );
    assert_eq!(status, Some(0));
    // Different fields of one entry: the second command could not make the entry again.
    let mut other = secret("prod", "b");
    other["stringData"] = serde_json::json!({"user": "x"});
    let one_entry = two(secret("prod", "a"), other);
    let words = "--store s --path shared#{key}";
    assert_eq!(printed(folder.path(), &one_entry, words).0, Some(0));
    for provider in ["vault", "aws", "gcp", "1password --vault v"] {
        let words = format!("{words} --push-commands {provider}");
        let (status, _, said) = printed(folder.path(), &one_entry, &words);
        assert_eq!(status, Some(2), "{provider}");
        assert!(said.contains("the same entry"), "{said}");
    }
    // Azure takes no notice of case.
    let cases = two(secret("prod", "db"), secret("PROD", "db"));
    let words = "--store s --path {namespace}-{name} --push-commands azure --vault v";
    assert_eq!(printed(folder.path(), &cases, words).0, Some(2));
}

/// A program that reads nothing because kubectl failed is not started, or fails; and what
/// exists in the store stays.
#[test]
fn what_exists_stays_and_nothing_empty_is_stored() {
    for (provider, path) in [
        ("vault", "{namespace}/{name}#{key}"),
        ("aws", "{namespace}/{name}#{key}"),
        ("aws", "{namespace}/{name}/{key}"),
        ("gcp", "{name}-fixed#{key}"),
        ("azure", "{name}-fixed#{key}"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let commands = commands(folder.path(), provider, path, false);
        let programs = folder.path().join("programs");
        let notes = folder.path().join("notes");
        fs::create_dir_all(&programs).unwrap();
        fs::create_dir_all(&notes).unwrap();
        // As vault does with -cas=0 and standard input; the others take whatever comes.
        for program in ["vault", "aws", "gcloud", "az"] {
            let nothing =
                "#!/bin/sh\ncase \"$1 $3\" in \"keyvault list\") echo '[]'; exit;; esac\n";
            stub(
                &programs,
                program,
                &STUB.replacen("#!/bin/sh\n", nothing, 1),
            );
        }
        stub(
            &programs,
            "kubectl",
            "#!/bin/sh\necho refused >&2\nexit 1\n",
        );
        for command in &commands {
            let ran = Command::new("/bin/sh")
                .args(["-c", command])
                .env_clear()
                .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
                .env("NOTES", &notes)
                .output()
                .unwrap();
            let started: Vec<_> = fs::read_dir(&notes)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|own| own == "words"))
                .collect();
            match provider {
                // It refuses what is no JSON.
                "vault" => {
                    assert!(command.contains("-cas=0"), "{command}");
                    assert!(command.trim_end().ends_with(" -"), "{command}");
                    assert!(!command.contains("kv patch"), "{command}");
                }
                _ => {
                    assert!(started.is_empty(), "{command}");
                    assert!(!ran.status.success(), "{command}");
                }
            }
        }
    }
}

/// Azure would make a new version of what exists: it is asked before.
#[test]
fn azure_is_asked_for_what_exists() {
    for (listed, is_set) in [
        ("[]", true),
        ("[\"other\"]", true),
        ("[\"DB-fixed\"]", false),
        ("", false),
        ("not JSON", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let commands = commands(folder.path(), "azure", "{name}-fixed#{key}", false);
        let programs = folder.path().join("programs");
        let notes = folder.path().join("notes");
        fs::create_dir_all(&programs).unwrap();
        fs::create_dir_all(&notes).unwrap();
        let list = format!(
            "#!/bin/sh\ncase \"$1 $2 $3\" in \"keyvault secret list\") printf '%s' '{listed}'; exit;; esac\n"
        );
        stub(&programs, "az", &STUB.replacen("#!/bin/sh\n", &list, 1));
        let secret =
            serde_json::json!({"data": {"password": base64_of(VALUE), "tls.key": base64_of("x")}});
        stub(
            &programs,
            "kubectl",
            &format!("#!/bin/sh\ncat <<'E'\n{secret}\nE\n"),
        );
        for command in &commands {
            let ran = Command::new("/bin/sh")
                .args(["-c", command])
                .env_clear()
                .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
                .env("NOTES", &notes)
                .output()
                .unwrap();
            assert_eq!(ran.status.success(), is_set, "{listed}: {command}");
        }
        let set = fs::read_dir(&notes).unwrap().count() > 0;
        assert_eq!(set, is_set, "{listed}");
    }
}
