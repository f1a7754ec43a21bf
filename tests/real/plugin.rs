//! The program as kubectl's plugin, and what restricted users see.

mod shells;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Trial;
use testcluster::Rule;

use crate::harness::{Invocation, cluster, exists, program, stored, trial, write_apart};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("plugin::kubectl_finds_and_names_it", through_kubectl),
        trial("plugin::kubectl_completes_its_words", completion),
        trial("plugin::names_of_the_cluster_are_completed", names),
        shells::trial("bash"),
        shells::trial("zsh"),
        shells::trial("fish"),
        trial("plugin::a_masked_manifest_is_refused", masked_manifest),
        trial("access::a_refusal_names_the_smallest_role", smallest_role),
        trial(
            "access::written_but_not_readable_is_not_verified",
            not_readable,
        ),
        trial("access::missing_namespaces_and_servers", missing),
        trial(
            "access::a_closed_standard_output_changes_nothing",
            closed_output,
        ),
    ]
}

/// A directory for `PATH` that holds the program under its name.
fn installed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(program(), folder.path().join("kubectl-secretsafe")).unwrap();
    folder
}

fn path_with(folder: &Path) -> String {
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

fn through_kubectl() {
    let cluster = cluster();
    let namespace = cluster.namespace("plugin");
    let folder = installed();
    let kubectl = |words: &str| {
        Invocation::of_program(cluster.kubectl(), &namespace.kubeconfig())
            .env("PATH", &path_with(folder.path()))
            .words(words)
    };
    let help = kubectl("secretsafe create --help").run().status(0);
    assert!(
        help.stdout.contains("Usage: kubectl secretsafe create"),
        "{}",
        help.stdout
    );
    let direct = Invocation::of(&namespace.kubeconfig())
        .words("create --help")
        .run()
        .status(0);
    assert!(
        direct.stdout.contains("Usage: kubectl-secretsafe create"),
        "{}",
        direct.stdout
    );
    let created = kubectl("secretsafe create db --stdin password")
        .input("v")
        .run()
        .status(0);
    assert_eq!(created.stdout, "secret/db created\n");
    assert_eq!(stored(&namespace, "db")["password"], b"v");
    kubectl("secretsafe create db --stdin password")
        .input("w")
        .run()
        .status(2);
}

fn completion() {
    let cluster = cluster();
    let folder = installed();
    Invocation::of(cluster.kubeconfig())
        .words("completion install --dir")
        .word(folder.path().display().to_string())
        .run()
        .status(0);
    let words = Invocation::of_program(cluster.kubectl(), cluster.kubeconfig())
        .env("PATH", &path_with(folder.path()))
        .words("__complete secretsafe create --env-d")
        .run()
        .status(0);
    assert!(
        words.stdout.starts_with("--env-dialect\t"),
        "{}",
        words.stdout
    );
    assert!(words.stdout.trim_end().ends_with(":4"), "{}", words.stdout);
}

fn names() {
    let cluster = cluster();
    let namespace = cluster.namespace("names");
    let folder = installed();
    std::os::unix::fs::symlink(program(), folder.path().join("kubectl_complete-secretsafe"))
        .unwrap();
    Invocation::of(&namespace.kubeconfig())
        .words("create completed --stdin password")
        .input("hunter2hunter2")
        .run()
        .status(0);
    let complete = |words: &str| {
        Invocation::of_program(cluster.kubectl(), &namespace.kubeconfig())
            .env("PATH", &path_with(folder.path()))
            .words("__complete secretsafe")
            .words(words)
            .run()
            .status(0)
            .stdout
    };
    assert_eq!(complete("consumers comp"), "completed\n:4\n");
    assert_eq!(complete("consumers secret/comp"), "secret/completed\n:4\n");
    assert_eq!(complete("consumers completed:"), "completed:password\n:4\n");
    assert_eq!(complete("migrate --secret comp"), "completed\n:4\n");
    // Nobody answers there.
    let away = complete("consumers -s https://127.0.0.1:1 comp");
    assert_eq!(away, ":0\n");
}

/// Shown with masks, a Secret cannot be applied by mistake.
fn masked_manifest() {
    let cluster = cluster();
    let namespace = cluster.namespace("masked");
    for format in ["yaml", "json", "kyaml"] {
        let masked = Invocation::of(&namespace.kubeconfig())
            .words("create db --stdin password --dry-run=client -o")
            .words(format)
            .input("hunter2hunter2")
            .run()
            .status(0);
        assert!(masked.stdout.contains("masked"), "{}", masked.stdout);
        for how in [
            "apply",
            "create",
            "apply --server-side",
            "apply --validate=false",
        ] {
            let kubectl = Invocation::of_program(cluster.kubectl(), &namespace.kubeconfig())
                .words(how)
                .words("-f -")
                .input(masked.stdout.as_str())
                .run()
                .status(1);
            assert!(
                kubectl.stderr.contains("illegal base64"),
                "{}",
                kubectl.stderr
            );
            assert!(!exists(&namespace, "db"), "{how}");
        }
    }
}

const fn rule<'a>(verbs: &'a [&'a str]) -> Rule<'a> {
    Rule {
        api_group: "",
        resources: &["secrets"],
        resource_names: &[],
        verbs,
    }
}

fn smallest_role() {
    let cluster = cluster();
    let namespace = cluster.namespace("role");
    let user = namespace.user(&[rule(&["get"])]);
    Invocation::of(user.kubeconfig())
        .words("create db --stdin password")
        .input("v")
        .run()
        .status(3)
        .says("kind: Role")
        .says("patch")
        .says(namespace.name());
    assert!(!exists(&namespace, "db"));
}

fn not_readable() {
    let cluster = cluster();
    let namespace = cluster.namespace("blind");
    let user = namespace.user(&[rule(&["create", "patch"])]);
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("password");
    write_apart(&source, b"v");
    let create = || {
        Invocation::of(user.kubeconfig())
            .words("create db --shred --file")
            .word(source.display().to_string())
            .run()
    };
    let outcome = create()
        .status(5)
        .says("not verified")
        .says("plaintext remains");
    assert_eq!(outcome.stdout, "");
    assert_eq!(fs::read(&source).unwrap(), b"v");
    assert_eq!(stored(&namespace, "db")["password"], b"v");
    // The guard holds for those who cannot look: a taken name is not touched.
    write_apart(&source, b"other");
    create().status(2).says("exists already");
    assert_eq!(stored(&namespace, "db")["password"], b"v");
}

fn missing() {
    let cluster = cluster();
    let namespace = cluster.namespace("there");
    let near = format!("{}x", namespace.name());
    Invocation::of(cluster.kubeconfig())
        .words("create db --stdin password -n")
        .word(near)
        .input("v")
        .run()
        .status(2)
        .says("does not exist")
        .says(namespace.name());
    Invocation::of(cluster.kubeconfig())
        .words("create db --stdin password -s https://127.0.0.1:1")
        .input("v")
        .run()
        .status(3)
        .says("127.0.0.1:1");
}

fn closed_output() {
    let cluster = cluster();
    let namespace = cluster.namespace("closed");
    let run = |redirection: &str, name: &str| {
        let line = format!(
            "exec '{}' create {name} --stdin k {redirection}",
            program().display()
        );
        Invocation::of_program(Path::new("/bin/sh"), &namespace.kubeconfig())
            .words("-c")
            .word(line)
            .input("v")
            .run()
    };
    run(">&-", "closed")
        .status(2)
        .says("standard output is closed");
    assert!(!exists(&namespace, "closed"));
    run(">/dev/null", "null").status(0);
    assert!(exists(&namespace, "null"));
    // As other programs hand it over.
    run("1<>/dev/null", "both-ways").status(0);
    assert!(exists(&namespace, "both-ways"));
    // A pipe that nobody reads any more.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(program())
        .args(["create", "gone", "--generate", "k"])
        .env("KUBECONFIG", namespace.kubeconfig())
        .stdout(writer)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(!exists(&namespace, "gone"));
}
