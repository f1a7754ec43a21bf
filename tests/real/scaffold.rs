//! The exercise of the lesson: a login, an API key and a TLS pair, from one `scaffold` and
//! the commands that it prints to a process of the real node that reads all five files.

use std::collections::BTreeMap;
use std::fs;

use libtest_mimic::Trial;
use serde_json::Value;
use testcluster::Namespace;
use testcluster::process;

use crate::doctor::scene::Scene;
use crate::harness::{Invocation, cluster, levels_cluster, levels_trial, node_trial, stored};
use crate::levels::PATIENCE;

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("scaffold::the_exercise_of_the_lesson_runs", exercise),
        levels_trial("scaffold::levels_every_kind_at_every_level_is_taken", taken),
        levels_trial(
            "scaffold::levels_first_manifests_of_advise_are_taken",
            advised,
        ),
    ]
}

const VALUE: &str = "typed-at-the-terminal";

fn exercise() {
    let scene = Scene::new("scaffold");
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["api.example".to_owned()]).unwrap();
    let pair = [
        ("tls.crt", made.cert.pem()),
        ("tls.key", made.signing_key.serialize_pem()),
    ];
    for (name, text) in &pair {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let printed = Invocation::of(&scene.namespace.kubeconfig())
        .words("scaffold api --secret db:username,password --secret api:key --tls web --image")
        .word(cluster().test_image())
        .words("-o json -n")
        .word(scene.namespace.name())
        .run()
        .status(0);
    // As they are printed, at a terminal, in the folder with the pair.
    let hints = printed
        .stderr
        .lines()
        .filter_map(|line| line.split_once(": kubectl "));
    let commands: Vec<_> = hints.map(|(_, rest)| format!("kubectl {rest}")).collect();
    assert_eq!(commands.len(), 3, "{}", printed.stderr);
    for command in &commands {
        let there = format!("cd {} && {command}", folder.path().display());
        scene.run_fix(&there, VALUE);
    }
    // The image of the tests has no program that stays.
    let mut objects: Value = serde_json::from_str(&printed.stdout).unwrap();
    let workload = objects["items"].as_array_mut().unwrap().last_mut().unwrap();
    let pod = &mut workload["spec"]["template"]["spec"];
    pod["terminationGracePeriodSeconds"] = 0.into();
    pod["containers"][0]["command"] = serde_json::json!(["sleep", "100000"]);
    scene.namespace.apply(&objects.to_string());
    scene.wait_ready("api");

    let exec = |words: &[&str]| {
        let output = scene.namespace.exec("deploy/api", words);
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    assert_eq!(exec(&["id", "-u"]), (true, "1000\n".to_owned()));
    let wanted: BTreeMap<&str, &str> = [
        ("/etc/secrets/db/username", VALUE),
        ("/etc/secrets/db/password", VALUE),
        ("/etc/secrets/api/key", VALUE),
        ("/etc/secrets/web/tls.crt", &pair[0].1),
        ("/etc/secrets/web/tls.key", &pair[1].1),
    ]
    .into();
    for (path, value) in wanted {
        assert_eq!(exec(&["cat", path]), (true, value.to_owned()), "{path}");
        let (_, mode) = exec(&["stat", "-L", "-c", "%a %u %g", path]);
        assert_eq!(mode, "440 0 1000\n", "{path}");
        assert!(
            !exec(&["sh", "-c", &format!("echo x > {path}")]).0,
            "{path}"
        );
    }
    // Nothing else can be written, and there is no token.
    assert!(!exec(&["sh", "-c", "echo x > /file"]).0);
    assert!(exec(&["sh", "-c", "echo x > /tmp/file"]).0);
    assert!(!exec(&["ls", "/var/run/secrets/kubernetes.io"]).0);
    let (_, environment) = exec(&["cat", "/proc/1/environ"]);
    assert!(!environment.contains(VALUE));
    scene.doctor("").is_clean();
}

/// kubectl's server-side dry run of a text, validated strictly.
fn take(namespace: &Namespace, what: &str, text: &str) {
    let mut command = std::process::Command::new(levels_cluster().kubectl());
    command
        .arg("--kubeconfig")
        .arg(namespace.kubeconfig())
        .args(["apply", "--dry-run=server", "--validate=strict", "-f", "-"]);
    let output = process::run(&mut command, text.as_bytes(), PATIENCE).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {said}\n{text}");
}

fn taken() {
    let namespace = levels_cluster().namespace("scaffold");
    let mut count = 0;
    for kind in ["deployment", "statefulset", "cronjob"] {
        for level in [
            "plain",
            "sealed",
            "external --store vault --path {name}#{key}",
            "external --store vault --store-kind ClusterSecretStore --path {name}#{key}",
        ] {
            for format in ["yaml", "kyaml", "json"] {
                let words = format!(
                    "scaffold api --secret db:username,password --secret api:key,ca.crt=ca.pem --tls web \
                     --kind {kind} --level {level} -o {format}"
                );
                let made = Invocation::of(&namespace.kubeconfig())
                    .words(&words)
                    .run()
                    .status(0);
                take(&namespace, &words, &made.stdout);
                count += 1;
            }
        }
    }
    assert_eq!(count, 36);
}

/// The three scenarios: local development, one cluster with GitOps, and five clusters with
/// values that change every 90 days and an audit trail.
fn advised() {
    let namespace = levels_cluster().namespace("advised");
    let folder = tempfile::tempdir().unwrap();
    let program = || {
        Invocation::of(&namespace.kubeconfig())
            .env(
                "XDG_CACHE_HOME",
                folder.path().join("cache").to_str().unwrap(),
            )
            .folder(folder.path())
    };
    for (answers, level) in [
        ("--clusters 1", "plain"),
        ("--clusters 1 --gitops", "sealed"),
        (
            "--clusters 5 --gitops --rotate-every 90d --audit",
            "external",
        ),
    ] {
        let advice = program()
            .words("advise -o json")
            .words(answers)
            .run()
            .status(0);
        let advice: Value = serde_json::from_str(&advice.stdout).unwrap();
        assert_eq!(advice["recommended"], level);
        let steps = advice["steps"].as_array().unwrap();
        let commands: Vec<_> = steps
            .iter()
            .filter_map(|step| step["command"].as_str())
            .collect();
        assert!(commands.len() >= 2, "{level}");
        for command in commands {
            let words = command.strip_prefix("kubectl secretsafe ").unwrap();
            // Without a terminal, values come from somewhere else.
            let words = words.replace("--prompt", "--generate").replace('\'', "");
            let made = program().words(&words).run().status(0);
            let text = match words.split_once("-w ") {
                Some((_, file)) => fs::read_to_string(folder.path().join(file)).unwrap(),
                None => made.stdout,
            };
            if words.starts_with("create db") && level == "plain" {
                assert_eq!(stored(&namespace, "db").len(), 2);
                continue;
            }
            take(&namespace, command, &text);
        }
    }
    // A look at the cluster itself: what is there is named.
    let advice = program().words("advise -A -o json --clusters 1").run();
    assert!(matches!(advice.status, Some(0 | 3)), "{}", advice.stderr);
    let advice: Value = serde_json::from_str(&advice.stdout).unwrap();
    let place = &advice["places"][0];
    for level in ["sealedSecrets", "externalSecrets"] {
        let state = place[level]["state"].as_str().unwrap();
        assert!(matches!(state, "inUse" | "served"), "{level}: {place}");
    }
    assert_eq!(place["encryptionAtRest"], "notSeen");
}
