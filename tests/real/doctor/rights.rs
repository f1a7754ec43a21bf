//! What may not be listed: only what the server has, and every printed command
//! does what it says.

use libtest_mimic::Trial;
use testcluster::Rule;

use super::scene::{Examination, Scene, command};
use crate::harness::{Invocation, cluster, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("doctor::printed_roles_are_made_and_are_enough", roles),
        trial("doctor::absent_resources_are_not_refused_ones", absent),
        trial("doctor::a_printed_role_extends_what_is_there", extended),
        trial("doctor::hostile_namespaces_stay_words", hostile),
    ]
}

const NOTHING: &[Rule<'_>] = &[];

/// Somebody who may nothing runs what is printed, as the administrator would,
/// until nothing is refused.
fn roles() {
    let scene = Scene::new("roles");
    let user = scene.namespace.user(NOTHING);
    for (words, cluster_wide) in [("", false), ("-A", true)] {
        let examine = || {
            Examination::of(
                Invocation::of(user.kubeconfig())
                    .words("doctor -o json")
                    .words(words)
                    .run(),
            )
        };
        let blind = examine();
        assert_eq!(blind.status, Some(3), "{:#}", blind.report);
        let kind = if cluster_wide { "ClusterRole" } else { "Role" };
        let finding = blind
            .all()
            .into_iter()
            .find(|finding| finding["rule"] == "SS093" && finding["object"]["kind"] == kind)
            .unwrap_or_else(|| panic!("{:#}", blind.report))
            .clone();
        // The server still says no, and so it is said.
        let asked = command(&finding, "kubectl auth can-i");
        assert_eq!(
            run(&scene, &format!("{asked} --as {}", user.name())),
            Some(1)
        );
        let create = format!("kubectl create {}", kind.to_lowercase());
        let made = command(&finding, &create);
        assert_eq!(run(&scene, &made), Some(0), "{made}");
        let bind = if cluster_wide {
            format!(
                "kubectl create clusterrolebinding {0} --clusterrole=secretsafe-doctor --user={0}",
                user.name()
            )
        } else {
            format!(
                "kubectl create rolebinding doctor --role=secretsafe-doctor --user={}",
                user.name()
            )
        };
        assert_eq!(run(&scene, &bind), Some(0), "{bind}");
        scene.wait("the role is in force", || {
            run(&scene, &format!("{asked} --as {}", user.name())) == Some(0)
        });
        scene.wait("nothing is refused", || {
            let seeing = examine();
            seeing.report["parts"][0]["denied"] == serde_json::json!([])
        });
        assert_eq!(examine().report["summary"]["complete"], true);
        if cluster_wide {
            let user = user.name();
            run(&scene, &format!("kubectl delete clusterrolebinding {user}"));
            run(&scene, "kubectl delete clusterrole secretsafe-doctor");
        }
    }
}

/// Permissions are looked at before it is known whether there is such a
/// resource; discovery tells.
fn absent() {
    let scene = Scene::new("absent");
    let user = scene.namespace.user(NOTHING);
    let denied = |words: &str| -> Vec<String> {
        let outcome = Invocation::of(user.kubeconfig())
            .words(words)
            .words("-o json")
            .run()
            .status(3);
        let report: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
        serde_json::from_value(report["parts"][0]["denied"].clone()).unwrap()
    };
    for words in ["doctor", "consumers secret/db"] {
        let denied = denied(words);
        assert!(
            denied.iter().any(|grant| grant.contains("pods")),
            "{denied:?}"
        );
        for absent in [
            "sealedsecrets",
            "externalsecrets",
            "gateways",
            "rollouts",
            "kruise",
        ] {
            assert!(
                !denied.iter().any(|grant| grant.contains(absent)),
                "{words}: {absent} does not exist here: {denied:?}"
            );
        }
    }
    // One who may see everything that exists is not blind.
    let core = [
        "pods",
        "secrets",
        "serviceaccounts",
        "replicationcontrollers",
    ];
    let rule = |api_group: &'static str, resources| Rule {
        api_group,
        resources,
        resource_names: &[],
        verbs: &["list"],
    };
    let seeing = scene.namespace.user(&[
        rule("", &core),
        rule(
            "apps",
            &["deployments", "replicasets", "statefulsets", "daemonsets"],
        ),
        rule("batch", &["jobs", "cronjobs"]),
        rule("networking.k8s.io", &["ingresses"]),
    ]);
    scene.create("db --stdin password", "value");
    let outcome = Invocation::of(seeing.kubeconfig())
        .words("consumers secret/db -o json")
        .run()
        .status(0);
    let report: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["complete"], true, "{}", outcome.stdout);
}

/// A role of the name that is there keeps what it allows.
fn extended() {
    let scene = Scene::new("extended");
    let user = scene.namespace.user(NOTHING);
    scene.namespace.apply(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: secretsafe-doctor}, \
         rules: [{apiGroups: [''], resources: [services], verbs: [get]}]}",
    );
    let blind = Examination::of(
        Invocation::of(user.kubeconfig())
            .words("doctor -o json")
            .run(),
    );
    let made = command(blind.of_rule("SS093"), "kubectl create role");
    for _ in 0..2 {
        assert_eq!(run(&scene, &made), Some(0), "{made}");
    }
    let rules = scene
        .namespace
        .kubectl(["get", "role", "secretsafe-doctor", "-o", "json"]);
    let rules = String::from_utf8_lossy(&rules.stdout).into_owned();
    assert!(
        rules.contains("services") && rules.contains("secrets"),
        "{rules}"
    );
}

/// A namespace that only a kubeconfig can name reaches the shell as one word.
fn hostile() {
    let scene = Scene::new("hostile");
    let user = scene.namespace.user(NOTHING);
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "--all",
        "$(touch gone)",
        "a b;touch gone",
        "it's\n- x",
        "`touch gone`",
        "-n=default",
    ] {
        let outcome = Invocation::of(user.kubeconfig())
            .words("doctor -o json")
            .word(format!("--namespace={name}"))
            .run();
        let Ok(report) = serde_json::from_str::<serde_json::Value>(&outcome.stdout) else {
            // Refused before anything was asked.
            assert!(matches!(outcome.status, Some(2 | 3)), "{}", outcome.stderr);
            continue;
        };
        let commands: Vec<_> = report["parts"][0]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|finding| finding["fixes"].as_array().unwrap())
            .filter_map(|fix| fix["command"].as_str())
            .collect();
        for command in commands {
            // What the shell makes of it, word by word.
            let line = command.replace("kubectl", "printf '<%s>'");
            let shown = std::process::Command::new("/bin/sh")
                .args(["-c", line.split(" | ").next().unwrap()])
                .current_dir(folder.path())
                .output()
                .unwrap();
            let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
            if command.contains("amespace") {
                assert!(
                    shown.contains(&format!("<--namespace={name}>")),
                    "{command}\n{shown}"
                );
            }
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "{name}"
        );
    }
}

/// Runs a line as the administrator of the scene would.
fn run(scene: &Scene, line: &str) -> Option<i32> {
    let kubectl = cluster().kubectl().display().to_string();
    let line = line.replace("kubectl ", &format!("{kubectl} "));
    std::process::Command::new("/bin/sh")
        .args(["-c", &format!("{line} >/dev/null 2>&1")])
        .env("KUBECONFIG", scene.namespace.kubeconfig())
        .env("HOME", "/nonexistent")
        .status()
        .unwrap()
        .code()
}
