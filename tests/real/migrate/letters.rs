//! Whatever letters a template has, a change of it can be made and taken back:
//! the server compares what a patch expects byte for byte as it spells it
//! itself. The workloads are paused, so the writes are all there is.

use std::collections::BTreeMap;
use std::process::Command;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::app::{ask, migrate, spec};
use crate::doctor::scene::Scene;
use crate::harness::{cluster, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("migrate::any_letters_there_and_back", random),
        trial("migrate::each_letter_there_and_back", each),
        trial("migrate::fifty_come_back_as_they_were", fifty),
        trial("migrate::printed_patches_have_any_letters", printed),
    ]
}

const OBJECT: &str = "deployment/letters";
const WORDS: &str = "--complete --shim --reads-files all";

/// What Go, JSON, YAML and terminals have rules of their own for, and what one
/// of two spellings may stand for.
const SPECIAL: [char; 24] = [
    '<',
    '>',
    '&',
    '"',
    '\'',
    '\\',
    '/',
    '$',
    '\u{0}',
    '\u{8}',
    '\u{c}',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{a0}',
    '\u{301}',
    '\u{200d}',
    '\u{2028}',
    '\u{2029}',
    '\u{e000}',
    '\u{feff}',
    '\u{fffd}',
    '\u{1f511}',
    '\u{10ffff}',
];

/// Numbers from a seed (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or_default() % most
    }

    fn text(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| match self.below(4) {
                0 => SPECIAL[self.below(SPECIAL.len())],
                1 => char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap()).unwrap_or('é'),
                _ => char::from(u8::try_from(self.below(128)).unwrap()),
            })
            .collect()
    }

    /// A name that the API takes for a variable: printable ASCII without `=`.
    fn name(&mut self) -> String {
        (0..12)
            .map(|_| char::from(b' ' + u8::try_from(self.below(95)).unwrap()))
            .map(|letter| if letter == '=' { '<' } else { letter })
            .collect()
    }
}

fn container(at: usize, command: Vec<String>, name: &str, text: &str) -> Value {
    let key = json!({"secretKeyRef": {"name": "db-creds", "key": "password"}});
    json!({
        "name": format!("c{at}"), "image": "none", "command": command, "args": [text],
        "env": [{"name": "DB_PASSWORD", "valueFrom": key}, {"name": name, "valueFrom": key},
            {"name": "LETTERS", "value": text}],
    })
}

fn deployment(containers: &[Value], text: &str) -> Value {
    let labels = json!({"app": "letters"});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "letters", "annotations": {"example.test/letters": text}},
        "spec": {"paused": true, "replicas": 1, "selector": {"matchLabels": labels}, "template": {
            "metadata": {"labels": labels, "annotations": {"example.test/letters": text}},
            "spec": {"securityContext": {"runAsUser": 0}, "containers": containers}}},
    })
}

fn annotations(scene: &Scene) -> String {
    ask(
        scene,
        &["get", OBJECT, "-ojsonpath={.metadata.annotations}"],
    )
}

fn template(scene: &Scene) -> Value {
    serde_json::from_str(&ask(scene, &["get", OBJECT, "-ojsonpath={.spec.template}"])).unwrap()
}

/// All commands are wrapped, and nothing else of their words is changed.
fn is_wrapped(template: &Value, before: &Value) {
    let containers = |template: &Value| template["spec"]["containers"].as_array().unwrap().clone();
    for (after, before) in containers(template).iter().zip(containers(before)) {
        let command = after["command"].as_array().unwrap();
        assert_eq!(command[..2], [json!("/bin/sh"), json!("-c")]);
        assert_eq!(command[4..], before["command"].as_array().unwrap()[..]);
        assert_eq!(after["args"], before["args"]);
        assert_eq!(after["env"], json!([before["env"][2]]));
    }
}

fn there_and_back(scene: &Scene, deployment: &Value) {
    scene.namespace.apply(&deployment.to_string());
    let before = (spec(scene, OBJECT), annotations(scene));
    let templates = template(scene);
    migrate(scene, &format!("{OBJECT} {WORDS} -y")).status(0);
    is_wrapped(&template(scene), &templates);
    migrate(scene, &format!("--undo {OBJECT} --dry-run")).status(0);
    migrate(scene, &format!("--undo {OBJECT} -y")).status(0);
    assert_eq!((spec(scene, OBJECT), annotations(scene)), before);
    let gone = scene.namespace.kubectl(["delete", OBJECT, "--wait=true"]);
    assert!(gone.status.success());
}

fn random_deployment(seed: u64) -> Value {
    let mut numbers = Numbers(seed);
    let containers: Vec<_> = (0..8)
        .map(|at| {
            let command = (0..3).map(|_| numbers.text(12)).collect();
            let (name, text) = (numbers.name(), numbers.text(40));
            container(at, command, &name, &text)
        })
        .collect();
    deployment(&containers, &numbers.text(60))
}

/// Invariants 41, 46.
fn random() {
    let scene = Scene::new("migrate-letters");
    scene.create("db-creds --stdin password", "pw");
    for seed in 1..=6_u64 {
        there_and_back(
            &scene,
            &random_deployment(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed)),
        );
    }
}

/// All that is to come back, by name.
fn all(scene: &Scene) -> BTreeMap<String, Value> {
    let listed: Value =
        serde_json::from_str(&ask(scene, &["get", "deployments", "-ojson"])).unwrap();
    let objects = listed["items"].as_array().unwrap().iter();
    objects
        .map(|object| {
            let name = object["metadata"]["name"].as_str().unwrap().to_owned();
            let kept = json!([
                object["spec"],
                object["metadata"]["annotations"],
                object["metadata"]["labels"]
            ]);
            (name, kept)
        })
        .collect()
}

/// Invariant 46.
fn fifty() {
    let scene = Scene::new("migrate-fifty");
    scene.create("db-creds --stdin password", "pw");
    let made: Vec<_> = (1..=50_u64)
        .map(|seed| {
            let mut object = random_deployment(0x2545_f491_4f6c_dd1d_u64.wrapping_mul(seed));
            object["metadata"]["name"] = json!(format!("letters-{seed}"));
            // Some of the containers, from one to eight.
            let containers = &mut object["spec"]["template"]["spec"]["containers"];
            let count = usize::try_from(seed % 8).unwrap() + 1;
            containers.as_array_mut().unwrap().truncate(count);
            object
        })
        .collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": made});
    scene.namespace.apply(&list.to_string());
    let before = all(&scene);
    assert_eq!(before.len(), 50);
    let objects: Vec<_> = before
        .keys()
        .map(|name| format!("deployment/{name}"))
        .collect();
    let objects = objects.join(" ");
    migrate(&scene, &format!("{objects} {WORDS} -y")).status(0);
    let changed = all(&scene);
    assert!(before.iter().all(|(name, object)| changed[name] != *object));
    migrate(&scene, &format!("--undo {objects} -y")).status(0);
    assert_eq!(all(&scene), before);
}

/// Invariants 41, 46.
fn each() {
    let scene = Scene::new("migrate-letter");
    scene.create("db-creds --stdin password", "pw");
    let letters = (0..128).map(char::from).chain(SPECIAL);
    let words: Vec<String> = letters.map(|letter| format!("{letter}")).collect();
    let all: String = words.concat();
    let shell = ["sh", "-c", "a > b && c < d || e"]
        .map(str::to_owned)
        .to_vec();
    let containers = [
        container(0, words, "name of < and >", &all),
        container(1, shell, "&&&&&&&&", "\u{2028}\u{2029}"),
    ];
    there_and_back(&scene, &deployment(&containers, &all));
}

/// What `--emit patch` prints works as it is printed, and does the same.
fn printed() {
    let scene = Scene::new("migrate-printed");
    scene.create("db-creds --stdin password", "pw");
    let folder = tempfile::tempdir().unwrap();
    let mut deployment = random_deployment(7);
    deployment["metadata"]["namespace"] = json!(scene.namespace.name());
    let file = folder.path().join("letters.json");
    std::fs::write(&file, deployment.to_string()).unwrap();
    scene.namespace.apply(&deployment.to_string());
    let before = template(&scene);
    let words = format!("-f {} {WORDS} --emit patch -q", file.display());
    let printed = migrate(&scene, &words).status(0).stdout;
    let ran = Command::new("/bin/sh")
        .args(["-c", &printed])
        .env("KUBECONFIG", scene.namespace.kubeconfig())
        .env("PATH", cluster().kubectl().parent().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}\n{printed}");
    is_wrapped(&template(&scene), &before);
}
