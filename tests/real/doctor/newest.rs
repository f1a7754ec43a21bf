//! "Has the newest value" is said only where it is so: what nodes keep, what
//! init containers made, what entries hide, and what times are worth.

use libtest_mimic::Trial;
use serde_json::Value;

use super::scene::Scene;
use crate::harness::{Invocation, cluster, node_trial, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("doctor::immutable_recreated_and_restarted", recreated),
        node_trial("doctor::first_immutable_secret_is_no_trouble", first),
        node_trial("doctor::init_containers_and_hidden_keys", made_and_hidden),
        trial(
            "doctor::every_write_of_a_manager_moves_its_time",
            times_move,
        ),
        node_trial(
            "doctor::a_second_write_by_one_manager_is_seen",
            second_write,
        ),
    ]
}

const VARIABLE: &str =
    "env:\n- name: PASSWORD\n  valueFrom: {secretKeyRef: {name: SECRET, key: password}}";

/// `newest` of the pods of a report, for uses that are not hidden.
fn newest(report: &Value) -> Vec<String> {
    report["parts"][0]["secrets"][0]["consumers"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|consumer| consumer["pods"].as_array().unwrap())
        .map(|pod| pod["newest"].as_str().unwrap().to_owned())
        .collect()
}

fn consumers(scene: &Scene, secret: &str) -> (Value, String) {
    let run = |output: &str| {
        Invocation::of(&scene.namespace.kubeconfig())
            .words(&format!("consumers secret/{secret} -o {output}"))
            .run()
            .status(0)
            .stdout
    };
    (serde_json::from_str(&run("json")).unwrap(), run("text"))
}

fn held(scene: &Scene, name: &str) -> String {
    let output = scene
        .namespace
        .exec(&format!("deploy/{name}"), &["cat", "/proc/1/environ"]);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn kubectl(scene: &Scene, words: &str) {
    let output = scene.namespace.kubectl(words.split(' '));
    assert!(
        output.status.success(),
        "{words}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Kubelet serves the old content to new pods too; whether the new Secret is
/// immutable makes no difference, nor does a restart in the pod.
fn recreated() {
    let scene = Scene::new("recreated");
    for (name, kind) in [("again", "--immutable"), ("mutable", "")] {
        scene.create(&format!("{name}-creds --stdin password --immutable"), "old");
        scene.deploy(
            name,
            "",
            &VARIABLE.replace("SECRET", &format!("{name}-creds")),
        );
        scene.wait_ready(name);
        assert!(held(&scene, name).contains("PASSWORD=old"));
        another_second();
        kubectl(&scene, &format!("delete secret {name}-creds"));
        scene.create(&format!("{name}-creds --stdin password {kind}"), "new");
        kubectl(&scene, &format!("rollout restart deploy/{name}"));
        scene.wait_ready(name);
        scene.wait("only the new pod is left", || {
            let selector = format!("app={name}");
            let pods = scene
                .namespace
                .kubectl(["get", "pods", "-l", &selector, "-o", "name"]);
            String::from_utf8_lossy(&pods.stdout).lines().count() == 1
        });
        // The ground truth: what was restarted holds the old value.
        assert!(
            held(&scene, name).contains("PASSWORD=old"),
            "the node does not keep it"
        );
        let (report, text) = consumers(&scene, &format!("{name}-creds"));
        assert_eq!(newest(&report), ["notKnown"], "{text}");
        assert!(!text.contains("has the newest"), "{text}");
        assert!(!text.contains("kubectl rollout restart"), "{text}");
        assert!(text.contains("new name"), "{text}");
    }
    let examination = scene.doctor("deploy/again");
    let finding = examination.only(
        "SS055",
        "warning",
        "deployment/again",
        "again-creds:password",
    );
    assert!(!finding["fixes"].to_string().contains("rollout restart"));
    in_place(&scene);
}

/// Times are whole seconds: what follows is later by them, too.
fn another_second() {
    std::thread::sleep(std::time::Duration::from_millis(1100));
}

/// The same without a new pod: its container starts again, and gets the old.
fn in_place(scene: &Scene) {
    scene.create("place-creds --stdin password --immutable", "old");
    scene.deploy("place", "", &VARIABLE.replace("SECRET", "place-creds"));
    // The first process of a container is ended from within only if it asks
    // for that.
    let command = r#"[{"op": "replace", "path": "/spec/template/spec/containers/0/command", "value": ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"]}]"#;
    let patched = scene
        .namespace
        .kubectl(["patch", "deploy/place", "--type=json", "-p", command]);
    assert!(patched.status.success());
    scene.wait_ready("place");
    another_second();
    kubectl(scene, "delete secret place-creds");
    scene.create("place-creds --stdin password --immutable", "new");
    let restarts = "{.status.containerStatuses[0].restartCount}";
    scene
        .namespace
        .exec("deploy/place", &["kill", "-TERM", "1"]);
    scene.wait_for_pods("place", restarts, "1");
    scene.wait_ready("place");
    assert!(
        held(scene, "place").contains("PASSWORD=old"),
        "the node does not keep it"
    );
    let (report, text) = consumers(scene, "place-creds");
    assert!(!newest(&report).contains(&"yes".to_owned()), "{text}");
    assert!(!text.contains("kubectl rollout restart"), "{text}");
    let examination = scene.doctor("deploy/place");
    examination.of_rule("SS055");
}

/// Nothing speaks for an earlier one: no doubt, though the Deployment waited
/// for it, and though it is older.
fn first() {
    let scene = Scene::new("first");
    scene.create("creds --stdin password --immutable", "only");
    scene.deploy("before", "", &VARIABLE.replace("SECRET", "creds"));
    scene.wait_ready("before");
    let (report, text) = consumers(&scene, "creds");
    assert_eq!(newest(&report), ["yes"], "{text}");
    scene.doctor("deploy/before").is_clean();
    assert!(
        !scene
            .doctor("deploy/before")
            .rules()
            .contains(&"SS055".to_owned())
    );
    // A template that names it only now.
    scene.deploy("later", "", "");
    scene.wait_ready("later");
    scene.create("other --stdin password --immutable", "only");
    another_second();
    scene.deploy("later", "", &VARIABLE.replace("SECRET", "other"));
    scene.wait_ready("later");
    let (report, text) = consumers(&scene, "other");
    assert!(newest(&report).contains(&"yes".to_owned()), "{text}");
    assert!(!newest(&report).contains(&"notKnown".to_owned()), "{text}");
    assert!(
        !scene
            .doctor("deploy/later")
            .rules()
            .contains(&"SS055".to_owned())
    );
}

fn made_and_hidden() {
    let scene = Scene::new("made");
    scene.create("creds --stdin password", "old");
    let cluster = cluster();
    let image = cluster.test_image();
    let init = format!(
        "volumes: [{{name: out, emptyDir: {{}}}}]\ninitContainers:\n- name: render\n  image: {image}\n  \
         imagePullPolicy: Never\n  command: [sh, -c, 'echo $PASSWORD >/out/conf']\n  \
         volumeMounts: [{{name: out, mountPath: /out}}]\n  {}",
        VARIABLE.replace("SECRET", "creds").replace('\n', "\n  ")
    );
    scene.deploy(
        "rendered",
        &init,
        "volumeMounts: [{name: out, mountPath: /out}]",
    );
    scene.deploy(
        "hides",
        "",
        "envFrom: [{secretRef: {name: creds}}]\nenv: [{name: password, value: its-own}]",
    );
    for name in ["rendered", "hides"] {
        scene.wait_ready(name);
    }
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let fresh = consumers(&scene, "creds");
    assert!(
        fresh.1.contains("had the newest value when it ran"),
        "{}",
        fresh.1
    );
    assert!(!fresh.1.contains("does not run"), "{}", fresh.1);
    scene.create("creds --stdin password --update --yes", "new");
    let conf = scene
        .namespace
        .exec("deploy/rendered", &["cat", "/out/conf"]);
    assert_eq!(String::from_utf8_lossy(&conf.stdout).trim(), "old");
    assert!(held(&scene, "hides").contains("password=its-own"));
    for words in ["creds", "creds:password"] {
        let (report, text) = consumers(&scene, words);
        assert!(text.contains("what it made of it is as old"), "{text}");
        assert!(
            text.contains("kubectl rollout restart deployment/rendered"),
            "{text}"
        );
        assert!(
            !text.contains("kubectl rollout restart deployment/hides"),
            "{text}"
        );
        assert!(text.contains("the program does not get it"), "{text}");
        assert!(text.contains("1 use by 1 object"), "{text}");
        assert_eq!(newest(&report), ["no"], "{text}");
    }
}

/// Two changes in a row by the same manager, in every way there is.
fn times_move() {
    let scene = Scene::new("times");
    let time = |name: &str| {
        let output = scene.namespace.kubectl([
            "get",
            "secret",
            name,
            "--show-managed-fields",
            "-ojsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.time}{\"\\n\"}{end}",
        ]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for way in WAYS {
        let name = format!("{way}-creds");
        write(&scene, "create", &name, "a0");
        let mut seen = Vec::new();
        for value in ["a1", "a2", "a3"] {
            // Times are of whole seconds.
            std::thread::sleep(std::time::Duration::from_millis(1100));
            write(&scene, way, &name, value);
            let after = time(&name);
            assert!(!seen.contains(&after), "{way}: {after} did not move");
            seen.push(after);
        }
    }
}

const WAYS: [&str; 6] = [
    "edit",
    "patch",
    "apply",
    "server-side",
    "replace",
    "secretsafe",
];

/// Sets the one key of a Secret in a way, always as the same manager.
fn write(scene: &Scene, way: &str, name: &str, value: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret.yaml");
    let manifest = format!(
        "{{apiVersion: v1, kind: Secret, metadata: {{name: {name}}}, stringData: {{password: {value}}}}}"
    );
    std::fs::write(&file, &manifest).unwrap();
    let file = file.to_str().unwrap();
    let patch = format!("{{\"stringData\":{{\"password\":\"{value}\"}}}}");
    let output = match way {
        "create" => scene
            .namespace
            .kubectl(["create", "-f", file, "--field-manager=first"]),
        "patch" => scene
            .namespace
            .kubectl(["patch", "secret", name, "-p", &patch]),
        "apply" => scene.namespace.kubectl(["apply", "-f", file]),
        "server-side" => {
            scene
                .namespace
                .kubectl(["apply", "--server-side", "--force-conflicts", "-f", file])
        }
        "replace" => scene.namespace.kubectl(["replace", "-f", file]),
        "secretsafe" => {
            scene.create(&format!("{name} --stdin password --update --yes"), value);
            return;
        }
        _ => {
            use base64::Engine as _;
            let encoded = base64::engine::general_purpose::STANDARD.encode(value);
            let editor = folder.path().join("editor");
            std::fs::write(
                &editor,
                format!("#!/bin/sh\nsed -i 's/^  password: .*/  password: {encoded}/' \"$1\"\n"),
            )
            .unwrap();
            std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
            let edited = std::process::Command::new(cluster().kubectl())
                .args(["edit", "secret", name])
                .env("KUBECONFIG", scene.namespace.kubeconfig())
                .env("KUBE_EDITOR", &editor)
                .env("HOME", "/nonexistent")
                .output()
                .unwrap();
            assert!(
                edited.status.success(),
                "{}",
                String::from_utf8_lossy(&edited.stderr)
            );
            edited
        }
    };
    assert!(
        output.status.success(),
        "{way}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A pod that started after the first write and before the second holds the
/// first: both by one manager.
fn second_write() {
    let scene = Scene::new("second");
    let mut entries = String::from("env:\n");
    for way in WAYS {
        let name = format!("{way}-creds");
        write(&scene, "create", &name, "a0");
        write(&scene, way, &name, "a1");
        let variable = way.to_uppercase().replace('-', "_");
        entries += &format!(
            "- name: {variable}\n  valueFrom: {{secretKeyRef: {{name: {name}, key: password}}}}\n"
        );
    }
    std::thread::sleep(std::time::Duration::from_millis(1100));
    scene.deploy("all", "", &entries);
    scene.wait_ready("all");
    for way in WAYS {
        let (report, text) = consumers(&scene, &format!("{way}-creds"));
        assert_eq!(newest(&report), ["yes"], "{way}: {text}");
    }
    std::thread::sleep(std::time::Duration::from_millis(1100));
    for way in WAYS {
        write(&scene, way, &format!("{way}-creds"), "a2");
        let (report, text) = consumers(&scene, &format!("{way}-creds"));
        assert_eq!(newest(&report), ["no"], "{way}: {text}");
        let variable = way.to_uppercase().replace('-', "_");
        assert!(held(&scene, "all").contains(&format!("{variable}=a1")));
    }
}
