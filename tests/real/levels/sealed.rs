//! `seal` and `create --seal` with the real controller and the real kubeseal.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use testcluster::process::wait_until;
use testcluster::{Bed, Namespace};

use super::PATIENCE;
use crate::harness::{Invocation, exists, levels_cluster, levels_trial, stored};

pub fn trials() -> Vec<Trial> {
    vec![
        levels_trial(
            "levels::sealed_values_come_back_in_every_scope_and_size",
            values,
        ),
        levels_trial("levels::kubeseal_and_seal_read_each_other", both_ways),
        levels_trial(
            "levels::a_file_for_another_namespace_is_refused_before",
            other_namespace,
        ),
        levels_trial("levels::a_secret_is_adopted_and_never_absent", adopted),
        levels_trial("levels::an_adoption_that_fails_is_taken_back", taken_back),
        levels_trial("levels::sealed_anew_nothing_is_lost", anew),
        levels_trial("levels::the_certificate_is_kept_for_later", kept),
    ]
}

fn program(namespace: &Namespace, folder: &Path) -> Invocation {
    // A cache of its own: another cluster may have the same address later.
    Invocation::of(&namespace.kubeconfig())
        .env("XDG_CACHE_HOME", folder.join("cache").to_str().unwrap())
        .folder(folder)
}

/// kubeseal with words and an input; what it wrote.
fn kubeseal(words: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let kubeseal = Bed::SealedSecrets.locate().unwrap().join("kubeseal");
    let mut command = Command::new(kubeseal);
    command
        .arg("--kubeconfig")
        .arg(levels_cluster().kubeconfig())
        .args(words);
    // It takes two a second, of everybody together.
    for _ in 0..20 {
        let output = testcluster::process::run(&mut command, input, PATIENCE).unwrap();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            return Ok(output.stdout);
        }
        if !words.contains("Too Many Requests") && !words.contains("429") {
            return Err(words);
        }
        std::thread::sleep(Duration::from_millis(600));
    }
    Err("too many requests".to_owned())
}

fn apply(namespace: &Namespace, file: &Path) {
    let words = ["apply", "--server-side", "-f", file.to_str().unwrap()];
    let output = namespace.kubectl(words);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn data(namespace: &Namespace, name: &str) -> BTreeMap<String, Vec<u8>> {
    assert!(
        wait_until(PATIENCE, || exists(namespace, name)),
        "{name}: {}",
        String::from_utf8_lossy(
            &namespace
                .kubectl(["get", "sealedsecret", name, "-o", "yaml"])
                .stdout
        )
    );
    stored(namespace, name)
}

fn get(namespace: &Namespace, what: &str, name: &str) -> Value {
    let output = namespace.kubectl(["get", what, name, "-o", "json"]);
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// Values of 0 bytes to 1 MiB, in every scope, unseal to equal bytes; kubeseal finds
/// them valid.
fn values() {
    let namespace = levels_cluster().namespace("sealed-values");
    let folder = tempfile::tempdir().unwrap();
    let sizes = [0, 1, 31, 32, 4096, 100_000, 1024 * 1024];
    for scope in ["strict", "namespace-wide", "cluster-wide"] {
        for size in sizes {
            let bytes: Vec<u8> = (0..size).map(|at: usize| (at * 7 % 256) as u8).collect();
            let name = format!("{scope}-{size}");
            let file = folder.path().join(format!("{name}.yaml"));
            program(&namespace, folder.path())
                .words(&format!(
                    "create {name} --stdin value --allow-empty --seal --scope {scope} -n {} -w",
                    namespace.name()
                ))
                .word(file.to_str().unwrap())
                .input(bytes.clone())
                .run()
                .status(0)
                .says(&format!(
                    "sealed for {}/{name}, scope {scope}",
                    namespace.name()
                ));
            kubeseal(&["--validate"], &fs::read(&file).unwrap()).unwrap();
            apply(&namespace, &file);
            assert!(data(&namespace, &name)["value"] == bytes, "{name}");
        }
    }
    // A Secret with all that it can have.
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/basic-auth",
        "immutable": true,
        "metadata": {"name": "whole", "namespace": namespace.name(),
            "labels": {"team": "web"}, "annotations": {"owner": "platform"}},
        "stringData": {"username": "u", "password": "p"},
    });
    let source = folder.path().join("secret.json");
    fs::write(&source, secret.to_string()).unwrap();
    for format in ["yaml", "json", "kyaml"] {
        let file = folder.path().join(format!("whole.{format}.yaml"));
        program(&namespace, folder.path())
            .words(&format!(
                "seal -f secret.json -o {format} -n {} -w",
                namespace.name()
            ))
            .word(file.to_str().unwrap())
            .run()
            .status(0);
        kubeseal(&["--validate"], &fs::read(&file).unwrap()).unwrap();
    }
    apply(&namespace, &folder.path().join("whole.kyaml.yaml"));
    assert_eq!(data(&namespace, "whole")["password"], b"p");
    let made = get(&namespace, "secret", "whole");
    assert_eq!(made["type"], "kubernetes.io/basic-auth");
    assert_eq!(made["immutable"], true);
    assert_eq!(made["metadata"]["labels"]["team"], "web");
    assert_eq!(made["metadata"]["annotations"]["owner"], "platform");
    assert!(made["metadata"]["annotations"]["secretsafe.dev/sealed"].is_null());
}

/// A file of kubeseal is read, one key of it is set, and it is valid.
fn both_ways() {
    let namespace = levels_cluster().namespace("sealed-both");
    let folder = tempfile::tempdir().unwrap();
    for (scope, format) in [
        ("strict", "yaml"),
        ("namespace-wide", "json"),
        ("cluster-wide", "yaml"),
    ] {
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": scope, "namespace": namespace.name()},
            "stringData": {"a": "first", "b": "second"},
        });
        let sealed = kubeseal(
            &["--scope", scope, "-o", format],
            secret.to_string().as_bytes(),
        )
        .unwrap();
        let file = folder.path().join(format!("{scope}.{format}"));
        fs::write(&file, &sealed).unwrap();
        program(&namespace, folder.path())
            .words("seal set")
            .word(file.to_str().unwrap())
            .words("--stdin b")
            .input(&b"changed \x00\xff"[..])
            .run()
            .status(0);
        program(&namespace, folder.path())
            .words("seal set")
            .word(file.to_str().unwrap())
            .words("--stdin new.key")
            .input("added")
            .run()
            .status(0);
        let after = fs::read(&file).unwrap();
        kubeseal(&["--validate"], &after).unwrap();
        apply(&namespace, &file);
        let expected = [
            ("a", &b"first"[..]),
            ("b", b"changed \x00\xff"),
            ("new.key", b"added"),
        ];
        let expected: BTreeMap<_, _> = expected
            .map(|(key, value)| (key.to_owned(), value.to_vec()))
            .into();
        assert_eq!(data(&namespace, scope), expected);
        // Without a stamp nothing is known of its key.
        program(&namespace, folder.path())
            .words("seal check")
            .word(file.to_str().unwrap())
            .run()
            .status(0);
    }
    // What kubeseal merges into our file is seen.
    let file = folder.path().join("ours.yaml");
    program(&namespace, folder.path())
        .words(&format!(
            "create ours --stdin a --seal -n {} -w",
            namespace.name()
        ))
        .word(file.to_str().unwrap())
        .input("value")
        .run()
        .status(0);
    let secret = json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "ours", "namespace": namespace.name()},
        "stringData": {"b": "merged"}});
    kubeseal(
        &["-o", "yaml", "--merge-into", file.to_str().unwrap()],
        secret.to_string().as_bytes(),
    )
    .unwrap();
    let seen = program(&namespace, folder.path())
        .words("seal check")
        .word(file.to_str().unwrap())
        .run()
        .status(1);
    assert!(
        seen.stdout.contains("changed by another tool"),
        "{}",
        seen.stdout
    );
}

fn other_namespace() {
    let cluster = levels_cluster();
    let (namespace, other) = (
        cluster.namespace("sealed-here"),
        cluster.namespace("sealed-there"),
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db.yaml");
    program(&namespace, folder.path())
        .words(&format!(
            "create db --stdin k --seal -n {} -w",
            namespace.name()
        ))
        .word(file.to_str().unwrap())
        .input("value")
        .run()
        .status(0);
    let seen = program(&other, folder.path())
        .words(&format!("seal check db.yaml -n {}", other.name()))
        .run()
        .status(1);
    assert!(
        seen.stdout.contains("unsealing there fails"),
        "{}",
        seen.stdout
    );
    // The same file, edited to be for the other namespace: its stamp tells.
    let text = fs::read_to_string(&file).unwrap();
    let moved = text.replace(
        &format!("namespace: {}\n", namespace.name()),
        &format!("namespace: {}\n", other.name()),
    );
    assert_ne!(text, moved);
    fs::write(&file, &moved).unwrap();
    let seen = program(&other, folder.path())
        .words("seal check db.yaml")
        .run()
        .status(1);
    assert!(seen.stdout.contains("its stamp says"), "{}", seen.stdout);
    // The control: the controller does not unseal it there.
    apply(&other, &file);
    assert!(wait_until(PATIENCE, || {
        get(&other, "sealedsecret", "db")["status"]["conditions"][0]["status"] == "False"
    }));
    assert!(!exists(&other, "db"));
    // A plain Secret for one namespace is not sealed for another.
    let secret = json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "db", "namespace": namespace.name()}, "stringData": {"k": "v"}});
    fs::write(folder.path().join("secret.json"), secret.to_string()).unwrap();
    program(&other, folder.path())
        .words(&format!("seal -f secret.json -n {}", other.name()))
        .run()
        .status(2)
        .says("nothing was sealed");
}

/// Looks at a Secret again and again; how often it was there, and how often not.
fn watched<T>(namespace: &Namespace, name: &str, work: impl FnOnce() -> T) -> (T, usize, usize) {
    let (stop, there, absent) = (
        AtomicBool::new(false),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let done = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::SeqCst) {
                match exists(namespace, name) {
                    true => there.fetch_add(1, Ordering::SeqCst),
                    false => absent.fetch_add(1, Ordering::SeqCst),
                };
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let done = work();
        std::thread::sleep(Duration::from_secs(1));
        stop.store(true, Ordering::SeqCst);
        done
    });
    (done, there.into_inner(), absent.into_inner())
}

fn plain_secret(namespace: &Namespace, name: &str) -> Value {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": name, "labels": {"team": "web"}, "annotations": {"owner": "platform"}},
        "data": {"password": "aHVudGVyMg==", "binary": "AAECAwT/"},
    });
    namespace.apply(&secret.to_string());
    get(namespace, "secret", name)
}

fn adopted() {
    let namespace = levels_cluster().namespace("sealed-adopted");
    let folder = tempfile::tempdir().unwrap();
    let before = plain_secret(&namespace, "db");
    let (outcome, there, absent) = watched(&namespace, "db", || {
        program(&namespace, folder.path())
            .words("seal secret/db --adopt --yes -w db.yaml")
            .run()
    });
    outcome.status(0);
    assert!(there > 1, "{there} looks");
    assert_eq!(absent, 0);
    let after = get(&namespace, "secret", "db");
    assert_eq!(after["metadata"]["uid"], before["metadata"]["uid"]);
    assert_eq!(after["data"], before["data"]);
    assert_eq!(after["metadata"]["labels"], before["metadata"]["labels"]);
    assert_eq!(after["metadata"]["annotations"]["owner"], "platform");
    let owner = &after["metadata"]["ownerReferences"][0];
    assert_eq!(
        (&owner["kind"], &owner["controller"]),
        (&json!("SealedSecret"), &json!(true))
    );
    // The file is what the cluster has.
    let text = fs::read_to_string(folder.path().join("db.yaml")).unwrap();
    let deployed = get(&namespace, "sealedsecret", "db");
    let sealed = deployed["spec"]["encryptedData"]["password"]
        .as_str()
        .unwrap();
    assert!(text.contains(sealed));
    // Once more: it is done already.
    program(&namespace, folder.path())
        .words("seal secret/db --adopt --yes")
        .run()
        .status(0);
}

/// With the certificate of another cluster nothing can be unsealed.
fn taken_back() {
    let namespace = levels_cluster().namespace("sealed-back");
    let folder = tempfile::tempdir().unwrap();
    let before = plain_secret(&namespace, "db");
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let params = rcgen::CertificateParams::new(["other".to_owned()]).unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    fs::write(folder.path().join("other.pem"), pem).unwrap();
    let (outcome, there, absent) = watched(&namespace, "db", || {
        program(&namespace, folder.path())
            .words("seal secret/db --adopt --yes --cert other.pem")
            .run()
    });
    outcome.status(4).says("is as it was");
    assert!(there > 1, "{there} looks");
    assert_eq!(absent, 0);
    let after = get(&namespace, "secret", "db");
    assert_eq!(after["metadata"]["uid"], before["metadata"]["uid"]);
    assert_eq!(after["data"], before["data"]);
    assert_eq!(after["metadata"]["labels"], before["metadata"]["labels"]);
    let annotations = &after["metadata"]["annotations"];
    assert_eq!(annotations["owner"], "platform");
    assert!(annotations["sealedsecrets.bitnami.com/managed"].is_null());
    assert!(after["metadata"]["ownerReferences"].is_null());
    assert_eq!(get(&namespace, "sealedsecret", "db"), Value::Null);
}

/// `template.data`, which the controller does not give back, stays from either source.
fn anew() {
    let namespace = levels_cluster().namespace("sealed-anew");
    let folder = tempfile::tempdir().unwrap();
    let secret = json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "app", "namespace": namespace.name()},
        "stringData": {"user": "u", "password": "hunter2"}});
    let kubeseals = || {
        let sealed = kubeseal(&["-o", "yaml"], secret.to_string().as_bytes()).unwrap();
        let sealed = String::from_utf8(sealed).unwrap();
        let data = "    data:\n      url: 'db://{{ .user }}:{{ .password }}@db' # made\n";
        let text = sealed.replace("  template:\n", &format!("  template:\n{data}"));
        assert_ne!(text, sealed);
        text.replace("kind: SealedSecret\n", "kind: SealedSecret # of the app\n")
    };
    let mut before = None;
    for (name, flag) in [
        ("live.yaml", ""),
        ("controller.yaml", "--through-controller"),
    ] {
        // Of the second one the cluster knows nothing.
        let text = kubeseals();
        let file = folder.path().join(name);
        fs::write(&file, &text).unwrap();
        if flag.is_empty() {
            apply(&namespace, &file);
            before = Some(data(&namespace, "app"));
        } else {
            program(&namespace, folder.path())
                .words(&format!("seal reseal {name} --yes"))
                .run()
                .status(5)
                .says("--through-controller");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        let reseal = format!("seal reseal {name} --yes {flag}");
        let tried = program(&namespace, folder.path())
            .words(&format!("{reseal} --dry-run"))
            .run()
            .status(0);
        assert!(tried.stdout.contains("would change"), "{}", tried.stdout);
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        program(&namespace, folder.path())
            .words(&reseal)
            .run()
            .status(0);
        let after = fs::read_to_string(&file).unwrap();
        let known = [
            "user:",
            "password:",
            "annotations:",
            "secretsafe.dev/sealed:",
        ];
        let changed = lines_that_differ(&text, &after);
        let is_known = |line: &String| {
            let line = line.trim_start();
            known.iter().any(|word| line.starts_with(word))
        };
        assert!(changed.iter().all(is_known), "{changed:?}");
        assert!(changed.len() >= 4, "{changed:?}");
        // What is done is skipped.
        let again = program(&namespace, folder.path())
            .words(&reseal)
            .run()
            .status(0);
        assert!(again.stdout.contains("unchanged"), "{}", again.stdout);
        assert_eq!(fs::read_to_string(&file).unwrap(), after);
        kubeseal(&["--validate"], after.as_bytes()).unwrap();
        apply(&namespace, &file);
        assert!(wait_until(PATIENCE, || {
            let sealed = get(&namespace, "sealedsecret", "app");
            sealed["status"]["observedGeneration"] == sealed["metadata"]["generation"]
                && sealed["status"]["conditions"][0]["status"] == "True"
        }));
        let now = stored(&namespace, "app");
        assert_eq!(Some(&now), before.as_ref());
        assert_eq!(now["url"], b"db://u:hunter2@db");
    }
}

fn lines_that_differ(before: &str, after: &str) -> Vec<String> {
    let old: Vec<_> = before.lines().collect();
    let new: Vec<_> = after.lines().collect();
    let only = |some: &[&str], other: &[&str]| -> Vec<String> {
        some.iter()
            .filter(|line| !other.contains(line))
            .map(|line| (*line).to_owned())
            .collect()
    };
    [only(&old, &new), only(&new, &old)].concat()
}

/// Where the proxy is closed, the certificate of before is used, and said so.
fn kept() {
    let namespace = levels_cluster().namespace("sealed-kept");
    let folder = tempfile::tempdir().unwrap();
    let seal = |kubeconfig: &Path| {
        Invocation::of(kubeconfig)
            .env(
                "XDG_CACHE_HOME",
                folder.path().join("cache").to_str().unwrap(),
            )
            .folder(folder.path())
            .words(&format!(
                "create db --stdin k --seal -n {}",
                namespace.name()
            ))
            .input("value")
            .run()
    };
    let user = namespace.user(&[]);
    // Nobody may use the proxy, and nothing is kept.
    let refused = seal(user.kubeconfig()).status(3);
    assert!(
        refused.stderr.contains("services/proxy") || refused.stderr.contains("services"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("--cert FILE"), "{}", refused.stderr);
    assert_eq!(refused.stdout, "");
    seal(&namespace.kubeconfig()).status(0);
    let copied = seal(user.kubeconfig())
        .status(0)
        .says("was fetched today is used");
    assert!(
        copied.stdout.contains("kind: SealedSecret"),
        "{}",
        copied.stdout
    );
}
