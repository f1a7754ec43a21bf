//! Existing Secrets: refusing, updating, replacing, and the guards.

use std::fs;

use libtest_mimic::Trial;

use crate::harness::{Invocation, cluster, exists, stored, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("existing::create_never_changes_a_secret", never_changes),
        trial(
            "existing::impossible_version_is_a_guard",
            impossible_version,
        ),
        trial("existing::update_keeps_the_other_keys", update_keeps),
        trial(
            "existing::update_twice_keeps_what_we_set_before",
            update_twice,
        ),
        trial("existing::replace_leaves_exactly_the_given_keys", replace),
        trial("existing::owned_secrets_are_refused", owned),
        trial(
            "existing::immutable_and_typed_secrets_are_refused",
            immutable,
        ),
        trial(
            "existing::no_copy_and_no_digest_is_published",
            nothing_published,
        ),
        trial("existing::dry_runs_store_nothing", dry_runs),
        trial(
            "existing::metadata_that_repeats_a_value_is_masked",
            masked_metadata,
        ),
        trial("existing::a_random_suffix_and_kubectls_own", suffixes),
    ]
}

fn never_changes() {
    let cluster = cluster();
    let namespace = cluster.namespace("taken");
    namespace
        .apply("{apiVersion: v1, kind: Secret, metadata: {name: db}, data: {a: b25l, b: dHdv}}");
    let outcome = Invocation::of(&namespace.kubeconfig())
        .words("create db --stdin a")
        .input("other-value")
        .run()
        .status(2)
        .says("a would be changed")
        .says("b would be kept")
        .says("--update");
    assert_eq!(outcome.stdout, "");
    assert!(!outcome.stderr.contains("other-value"));
    assert_eq!(stored(&namespace, "db")["a"], b"one");
}

/// The observation behind the guarded create: apply with a resourceVersion
/// that no object has creates a missing object and refuses an existing one.
fn impossible_version() {
    let cluster = cluster();
    let namespace = cluster.namespace("guard");
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("secret.yaml");
    let apply = |value: &str| {
        fs::write(
            &manifest,
            format!(
                "{{apiVersion: v1, kind: Secret, metadata: {{name: guarded, resourceVersion: '1'}}, data: {{a: {value}}}}}"
            ),
        )
        .unwrap();
        namespace.kubectl(["apply", "--server-side", "-f", manifest.to_str().unwrap()])
    };
    assert!(apply("b25l").status.success());
    let second = apply("dHdv");
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("has been modified"));
    assert_eq!(stored(&namespace, "guarded")["a"], b"one");
}

fn update_keeps() {
    let cluster = cluster();
    let namespace = cluster.namespace("update");
    namespace
        .apply("{apiVersion: v1, kind: Secret, metadata: {name: db}, data: {a: b25l, b: dHdv}}");
    let outcome = Invocation::of(&namespace.kubeconfig())
        .words("create db --update --yes --stdin b")
        .input("new")
        .run()
        .status(0)
        .says("a: kept")
        .says("b: changed");
    assert_eq!(outcome.stdout, "secret/db configured\n");
    let values = stored(&namespace, "db");
    assert_eq!((&*values["a"], &*values["b"]), (&b"one"[..], &b"new"[..]));
    Invocation::of(&namespace.kubeconfig())
        .words("create db --update --yes --stdin b")
        .input("new")
        .run()
        .status(0);
    let again = Invocation::of(&namespace.kubeconfig())
        .words("create db --update --yes --stdin b")
        .input("new")
        .run()
        .status(0);
    assert_eq!(again.stdout, "secret/db unchanged\n");
}

/// Annotations of other tools, and labels, may hold the values that an update
/// keeps: they are no less masked than the values.
fn masked_metadata() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let cluster = cluster();
    let namespace = cluster.namespace("metadata");
    let kept = crate::canary::Canary::new(24);
    let value = kept.text();
    let whole = format!("{{\"data\":{{\"kept\":\"{}\"}}}}", STANDARD.encode(value));
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let annotations = [
        ("banzaicloud.com/last-applied", STANDARD.encode(&whole)),
        (
            "banzaicloud.com/last-applied-2",
            format!("UEsDBBQACAAI{}", STANDARD.encode(value)),
        ),
        ("example.com/json", whole.clone()),
        (
            "example.com/in-json",
            format!("{{\"o\":{}}}", quoted(&whole)),
        ),
        ("example.com/url", format!("https://x/?p={value}")),
        (
            "example.com/hex",
            value.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ),
        (
            "example.com/packed",
            "H4sIAAAAAAAAA6tWSkksSVSyUqqtBQAAAAAA".to_owned(),
        ),
        ("example.com/owner", "platform-team".to_owned()),
    ];
    let annotations: Vec<_> = annotations
        .iter()
        .map(|(name, text)| format!("{}: {}", quoted(name), quoted(text)))
        .collect();
    namespace.apply(&format!(
        "{{apiVersion: v1, kind: Secret, metadata: {{name: db, labels: {{copy: {value}, team: web}}, \
         annotations: {{{}}}}}, data: {{kept: {}, short: {}}}}}",
        annotations.join(", "),
        STANDARD.encode(value),
        STANDARD.encode("4"),
    ));
    for output in ["yaml", "json"] {
        for dry_run in ["", "--dry-run=server"] {
            let outcome = Invocation::of(&namespace.kubeconfig())
                .words(&format!(
                    "create db --update --yes --stdin new -o {output} {dry_run}"
                ))
                .input(format!("another-value-{output}{dry_run}"))
                .run()
                .status(0);
            for text in [&outcome.stdout, &outcome.stderr] {
                assert!(kept.hits(text.as_bytes()).is_empty(), "{text}");
                for packed in ["UEsDBBQ", "H4sIAAAA", "eyJkYXRhIjp7"] {
                    assert!(!text.contains(packed), "{text}");
                }
            }
            if dry_run.is_empty() {
                for shown in ["platform-team", "web", "example.com/json"] {
                    assert!(outcome.stdout.contains(shown), "{}", outcome.stdout);
                }
            }
        }
    }
    // Labels that somebody gives on the command line are no exception.
    let given = Invocation::of(&namespace.kubeconfig())
        .words("create other --stdin a --dry-run=client -o yaml --annotation")
        .word(format!("example.com/copy=it is {value}"))
        .input(value)
        .run()
        .status(0);
    assert!(
        kept.hits(given.stdout.as_bytes()).is_empty(),
        "{}",
        given.stdout
    );
    // The control: with the values, all of it is shown.
    let shown = Invocation::of(&namespace.kubeconfig())
        .words("create db --update --yes --stdin new -o yaml --show-values")
        .input("yet-another-value")
        .run()
        .status(0);
    assert!(shown.stdout.contains("UEsDBBQ") && !kept.hits(shown.stdout.as_bytes()).is_empty());
}

fn update_twice() {
    let cluster = cluster();
    let namespace = cluster.namespace("restate");
    let create = |words: &str| {
        Invocation::of(&namespace.kubeconfig())
            .words("create db")
            .words(words)
            .input("v")
            .run()
            .status(0)
    };
    create("--stdin a --label tier=gold --annotation example.com/team=x");
    create("--update --yes --stdin b");
    create("--update --yes --stdin c --label other=1");
    assert_eq!(
        stored(&namespace, "db").keys().collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    let metadata = namespace.kubectl([
        "get",
        "secret",
        "db",
        "-o",
        "jsonpath={.metadata.labels} {.metadata.annotations}",
    ]);
    let metadata = String::from_utf8(metadata.stdout).unwrap();
    for expected in [
        "\"tier\":\"gold\"",
        "\"other\":\"1\"",
        "\"example.com/team\":\"x\"",
    ] {
        assert!(metadata.contains(expected), "{metadata}");
    }
}

fn replace() {
    let cluster = cluster();
    let namespace = cluster.namespace("replace");
    namespace
        .apply("{apiVersion: v1, kind: Secret, metadata: {name: db}, data: {a: b25l, b: dHdv}}");
    Invocation::of(&namespace.kubeconfig())
        .words("create db --replace --yes --label x=y --annotation example.com/a=b --stdin c")
        .input("three")
        .run()
        .status(0)
        .says("a: removed")
        .says("c: added");
    let values = stored(&namespace, "db");
    assert_eq!(values.keys().collect::<Vec<_>>(), ["c"]);
    assert_eq!(values["c"], b"three");
}

fn owned() {
    let cluster = cluster();
    let namespace = cluster.namespace("owned");
    for (name, metadata, who) in [
        (
            "sealed",
            "ownerReferences: [{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, name: sealed, uid: 11111111-1111-1111-1111-111111111111, controller: true}]",
            "SealedSecret/sealed",
        ),
        (
            "eso",
            "labels: {reconcile.external-secrets.io/managed: 'true'}",
            "External Secrets Operator",
        ),
        (
            "cert",
            "annotations: {cert-manager.io/certificate-name: web}",
            "cert-manager",
        ),
        (
            "helm",
            "labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: shop}",
            "Helm (release shop)",
        ),
        (
            "argo",
            "annotations: {argocd.argoproj.io/tracking-id: 'shop:/Secret:a/b'}",
            "Argo CD (Application shop)",
        ),
        (
            "flux",
            "labels: {kustomize.toolkit.fluxcd.io/name: apps}",
            "Flux",
        ),
    ] {
        namespace.apply(&format!(
            "{{apiVersion: v1, kind: Secret, metadata: {{name: {name}, {metadata}}}, data: {{a: b25l}}}}"
        ));
        for flag in ["--update", "--replace"] {
            Invocation::of(&namespace.kubeconfig())
                .words("create --stdin a -y")
                .word(flag)
                .word(name)
                .input("other")
                .run()
                .status(2)
                .says(who);
        }
        assert_eq!(stored(&namespace, name)["a"], b"one");
    }
}

fn immutable() {
    let cluster = cluster();
    let namespace = cluster.namespace("immutable");
    let create = |words: &str, value: &str| {
        Invocation::of(&namespace.kubeconfig())
            .words("create")
            .words(words)
            .input(value)
            .run()
    };
    create("frozen --immutable --stdin a", "one").status(0);
    create("frozen --update --yes --stdin a", "two")
        .status(2)
        .says("immutable");
    create("frozen --update --yes --stdin a", "one").status(0);
    create("typed --type example.com/a --stdin a", "one").status(0);
    create("typed --update --yes --type example.com/b --stdin a", "one")
        .status(2)
        .says("example.com/a");
    assert_eq!(stored(&namespace, "frozen")["a"], b"one");
}

fn nothing_published() {
    let cluster = cluster();
    let namespace = cluster.namespace("published");
    Invocation::of(&namespace.kubeconfig())
        .words("create db --stdin password")
        .input("correct-horse")
        .run()
        .status(0);
    let output = namespace.kubectl(["get", "secret", "db", "-o", "json", "--show-managed-fields"]);
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(object["metadata"].get("annotations").is_none());
    assert!(object["metadata"].get("labels").is_none());
    let managers = object["metadata"]["managedFields"].as_array().unwrap();
    assert_eq!(managers.len(), 1);
    assert_eq!(managers[0]["manager"], "kubectl-secretsafe");
    assert_eq!(managers[0]["operation"], "Apply");
}

fn dry_runs() {
    let cluster = cluster();
    let namespace = cluster.namespace("dry");
    for (kind, line) in [("client", "(dry run)"), ("server", "(server dry run)")] {
        let outcome = Invocation::of(&namespace.kubeconfig())
            .words("create db --stdin a")
            .word(format!("--dry-run={kind}"))
            .input("value")
            .run()
            .status(0);
        assert_eq!(outcome.stdout, format!("secret/db created {line}\n"));
    }
    assert!(!exists(&namespace, "db"));
}

fn suffixes() {
    let cluster = cluster();
    let namespace = cluster.namespace("suffix");
    let create = |words: &str| {
        Invocation::of(&namespace.kubeconfig())
            .words("create s --stdin a -o name")
            .words(words)
            .input("b")
            .run()
            .status(0)
    };
    let first = create("--append-hash").stdout;
    let second = create("--append-hash=random").stdout;
    assert_ne!(first, second);
    assert_eq!(first.trim().len(), "secret/s-".len() + 10);
    let hashed = create("--append-hash=kubectl").says("guess");
    assert_eq!(hashed.stdout, "secret/s-7fd2tm89d8\n");
}
