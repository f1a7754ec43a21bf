//! The program against input that has no end, is no file, or is far larger than
//! it looks: it ends by itself, says what was wrong with what, and stays within
//! its memory. And what is a file to kubectl is one here: a shell's `<(…)`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Fault, FaultServer, Reply, Rule};

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubectl-secretsafe");
/// Address space of a run, in KiB. The program begins with about a third of it.
const MEMORY: u32 = 1_000_000;

/// Runs a script of bash in which `$P` is the program, within [`MEMORY`].
fn bash(folder: &Path, script: &str) -> Output {
    Command::new("bash")
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY}\n{script}"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("P", PROGRAM)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// On both streams: what is wrong with a manifest stands in the report.
fn said(output: &Output) -> String {
    let of = |bytes| String::from_utf8_lossy(bytes).into_owned();
    of(&output.stdout) + &of(&output.stderr)
}

/// What a server of a test has, in files of their own.
struct Parts {
    server: FaultServer,
    folder: PathBuf,
}

impl Parts {
    fn new() -> Self {
        let server = FaultServer::start();
        let folder = server.folder().to_owned();
        let text = fs::read_to_string(server.kubeconfig()).unwrap();
        let whole: Value = serde_saphyr::from_str(&text).unwrap();
        let authority = &whole["clusters"][0]["cluster"]["certificate-authority-data"];
        let authority = STANDARD.decode(authority.as_str().unwrap()).unwrap();
        fs::write(folder.join("ca.pem"), authority).unwrap();
        fs::write(folder.join("token"), server.token()).unwrap();
        let parts = Self { server, folder };
        parts.kubeconfig("bare", json!({}), json!({}));
        parts
    }

    /// Writes a kubeconfig with these fields of the cluster and of the user.
    fn kubeconfig(&self, name: &str, cluster: Value, user: Value) {
        let mut cluster = cluster;
        cluster["server"] = json!(self.server.url());
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "x",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        });
        fs::write(self.folder.join(name), config.to_string()).unwrap();
    }

    /// Creates a Secret by a script whose words end in those of the connection.
    fn creates(&self, script: &str) {
        let output = bash(&self.folder, script);
        assert!(output.status.success(), "{script}: {}", said(&output));
        assert!(self.server.secret("default", "db").is_some(), "{script}");
        self.server.delete_secret("default", "db");
    }
}

#[test]
fn what_a_shell_makes_of_programs_is_a_file() {
    let parts = Parts::new();
    parts.kubeconfig("with-token-9", json!({}), json!({"tokenFile": "/dev/fd/9"}));
    parts.kubeconfig(
        "with-all",
        json!({"certificate-authority": "/dev/fd/8"}),
        json!({"tokenFile": "/dev/fd/9"}),
    );
    let create = "echo -n value | $P create db --stdin key";
    parts.creates(&format!("{create} --kubeconfig kubeconfig"));
    parts.creates(&format!("{create} --kubeconfig <(cat kubeconfig)"));
    parts.creates(&format!(
        "KUBECONFIG=<(cat kubeconfig) {}",
        "$P create db --file key=token"
    ));
    parts.creates(&format!(
        "{create} --kubeconfig <(sleep 0.5; cat kubeconfig; sleep 0.5)"
    ));
    parts.creates(&format!(
        "{create} --kubeconfig bare --certificate-authority <(cat ca.pem) --token \"$(cat token)\""
    ));
    parts.creates(&format!(
        "exec 9< <(cat token)\n{create} --kubeconfig with-token-9 --certificate-authority ca.pem"
    ));
    parts.creates(&format!(
        "exec 9< <(cat token) 8< <(cat ca.pem)\n{create} --kubeconfig <(cat with-all)"
    ));
    // A pipe with a name, whose writer comes late.
    parts.creates(&format!(
        "mkfifo pipe; (sleep 0.5; cat kubeconfig > pipe) & {create} --kubeconfig pipe"
    ));
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    fs::write(parts.folder.join("a.yaml"), manifest).unwrap();
    let output = bash(&parts.folder, "$P doctor -f <(sleep 0.2; cat a.yaml)");
    assert!(output.status.success(), "{}", said(&output));
}

/// The ways to name a file, with `FILE` where its name stands.
const FILES: &[&str] = &[
    "$P doctor --kubeconfig FILE",
    "KUBECONFIG=FILE $P doctor",
    "KUBECONFIG=absent:FILE $P consumers secret/db",
    "$P create db --file key=token --kubeconfig FILE",
    "$P doctor --kubeconfig bare --certificate-authority FILE",
    "$P doctor --kubeconfig bare --client-certificate FILE",
    "$P doctor --kubeconfig bare --client-key FILE",
    "$P doctor --kubeconfig token-file",
    "$P doctor --kubeconfig exec",
    "$P doctor -f FILE",
    "$P doctor -f FILE --fix --yes",
    "$P consumers secret/db -f FILE",
    "$P migrate -f FILE",
    "$P doctor -f a.yaml --config FILE",
    "$P doctor -f a.yaml --baseline FILE",
    "$P create db --file key=FILE --dry-run=client",
    "$P create db --env-file FILE --dry-run=client",
    "KUBERC=FILE $P doctor --kubeconfig exec-kuberc",
];

#[test]
fn what_has_no_end_or_is_no_file_is_named_and_left() {
    let parts = Parts::new();
    let mut runs = Vec::new();
    for (number, file) in ["pipe", "/dev/zero", "folder", "/dev/fd/9"]
        .iter()
        .enumerate()
    {
        let folder = parts.folder.join(number.to_string());
        fs::create_dir_all(folder.join("folder")).unwrap();
        let made = Command::new("mkfifo").arg(folder.join("pipe")).status();
        assert!(made.unwrap().success());
        fs::write(folder.join("a.yaml"), "kind: ConfigMap\n").unwrap();
        fs::write(folder.join("token"), "token").unwrap();
        let place = folder.join(file).display().to_string();
        let plugin = |words: &[&str]| {
            let api = "client.authentication.k8s.io/v1";
            json!({"exec": {"command": words[0], "args": words[1..], "apiVersion": api}})
        };
        for (name, user) in [
            ("bare", json!({})),
            ("token-file", json!({"tokenFile": place})),
            ("exec", plugin(&["cat", &place])),
            ("exec-kuberc", plugin(&["true"])),
        ] {
            parts.kubeconfig(&format!("{number}/{name}"), json!({}), user);
        }
        for script in FILES {
            let is_exec = script.ends_with(" exec");
            let is_manifest = script.contains("-f FILE");
            let is_left_out = match *file {
                // A plugin that waits for a pipe is waited for longer than a file.
                "pipe" => is_exec,
                // It is read, as a folder is.
                "folder" => is_manifest,
                // A quarter of a gibibyte, which takes a while.
                _ => is_manifest && *script != "$P doctor -f FILE",
            };
            if is_left_out {
                continue;
            }
            let script = script.replace("FILE", file);
            let script = format!("exec 9< <(exec yes)\n{script}");
            runs.push((folder.clone(), file, is_exec, script));
        }
    }
    // Who waits for a pipe waits beside the others; what is large is read by one
    // run after the other.
    let (waiting, reading): (Vec<_>, Vec<_>) =
        runs.into_iter().partition(|(_, file, ..)| **file == "pipe");
    thread::scope(|scope| {
        let waiting: Vec<_> = waiting
            .into_iter()
            .map(|run| scope.spawn(move || complaint(run)))
            .collect();
        let of_reading: Vec<_> = reading.into_iter().filter_map(complaint).collect();
        let of_waiting = waiting.into_iter().filter_map(|run| run.join().unwrap());
        let complaints: Vec<_> = of_reading.into_iter().chain(of_waiting).collect();
        assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    });
}

/// A run has to end by itself and name the file, or the plugin that reads it.
fn complaint((folder, file, is_exec, script): (PathBuf, &&str, bool, String)) -> Option<String> {
    let output = bash(&folder, &script);
    let said = said(&output);
    let named = said.contains(*file) || (is_exec && said.contains("\"cat\""));
    let is_left = matches!(output.status.code(), Some(2 | 3)) && named && said.len() < 2000;
    (!is_left).then(|| format!("{script}: {:?}: {said:.2000}", output.status))
}

#[test]
fn bytes_that_aliases_multiply_are_not_written_out() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = format!(
        "long: &a \"{}\"\nmany:\n{}",
        "x".repeat(95_000),
        "- *a\n".repeat(19_000)
    );
    fs::write(folder.path().join("bomb.yaml"), bomb).unwrap();
    for script in [
        "$P doctor -f bomb.yaml",
        "$P doctor --kubeconfig bomb.yaml",
        "$P doctor -f bomb.yaml --config bomb.yaml",
    ] {
        let output = bash(folder.path(), script);
        assert!(
            matches!(output.status.code(), Some(2 | 3)),
            "{script}: {output:?}"
        );
        assert!(said(&output).contains("bomb.yaml"), "{}", said(&output));
    }
}

#[test]
fn what_a_server_says_is_short_and_without_what_it_was_shown() {
    let parts = Parts::new();
    let token = parts.server.token().to_owned();
    let quoted = format!(
        "{} as {token} and {}",
        "long ".repeat(100_000),
        STANDARD.encode(&token)
    );
    let first = format!(
        "as {token} and {}",
        STANDARD.encode(STANDARD.encode(&token))
    );
    let warning = format!("299 - \"{first}\"");
    for message in [&quoted, &first] {
        parts.server.clear_script();
        parts
            .server
            .script(Rule::on(Method::PATCH).fault(Reply::status(422, "Invalid", message)));
        parts
            .server
            .script(Rule::on(Method::GET).fault(Fault::WarningHeaders(vec![warning.clone()])));
        let output = bash(
            &parts.folder,
            "echo -n value-value | $P create db --stdin key --kubeconfig kubeconfig",
        );
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("(422): ") && said.contains("***"), "{said}");
        assert!(!said.contains(&token[..8]), "{said}");
        assert!(said.len() < 10_000, "{}", said.len());
        assert_eq!(
            said.contains("(cut: the server said "),
            message.len() > 4096
        );
    }
}

#[test]
fn a_plugin_that_prints_without_end_is_ended() {
    let parts = Parts::new();
    let plugin = json!({"command": "yes", "apiVersion": "client.authentication.k8s.io/v1"});
    parts.kubeconfig("yes", json!({}), json!({"exec": plugin}));
    let output = bash(&parts.folder, "$P doctor --kubeconfig yes");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("plugin \"yes\" printed more than 1 MiB"),
        "{said}"
    );
}
