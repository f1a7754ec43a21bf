//! The printed policies on a real API server: what they refuse, what they let pass, and that
//! `--who` says the same. Each is bound to the namespace of its trial; since all have one name,
//! the trials run one after the other.

mod corpus;
mod variants;

use std::collections::BTreeMap;
use std::fs;
use std::process::Output;
use std::sync::{Mutex, MutexGuard, PoisonError};

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::doctor::scene::Scene;
use crate::harness::{Invocation, cluster, node_trial, trial};
use variants::{VARIANTS, Variant, object};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "policy::deny_refuses_what_is_new_and_passes_the_secure_twins",
            deny,
        ),
        trial("policy::warn_is_seen_through_kubectl", warn),
        trial("policy::audit_is_seen_in_the_audit_log_alone", audit),
        node_trial("policy::what_was_there_before_passes", before),
        trial("policy::fix_sets_read_only_on_new_mounts", fix),
        trial("policy::who_says_what_the_server_says", corpus::equal),
        trial("policy::objects_of_files_fit_the_server", of_files),
        trial("policy::exempt_objects_and_owned_ones_pass", exempt),
        trial("policy::ephemeral_containers_are_judged", ephemeral),
    ]
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A policy that counts, until it is dropped.
struct Installed<'a> {
    scene: &'a Scene,
    names: Vec<String>,
    _turn: MutexGuard<'static, ()>,
}

impl Drop for Installed<'_> {
    fn drop(&mut self) {
        let words = ["delete", "--ignore-not-found"].map(str::to_owned);
        let deleted = self
            .scene
            .namespace
            .kubectl(words.iter().chain(&self.names));
        assert!(deleted.status.success() || std::thread::panicking());
    }
}

/// What `policy` prints for the namespace of a trial.
fn printed(scene: &Scene, words: &str) -> Value {
    let selector = format!("kubernetes.io/metadata.name={}", scene.namespace.name());
    let outcome = Invocation::of(&scene.namespace.kubeconfig())
        .words("policy -q -o json --namespace-selector")
        .word(selector)
        .words(words)
        .run()
        .status(0);
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// Installs what is printed, and waits until it counts.
fn install<'a>(scene: &'a Scene, words: &str) -> Installed<'a> {
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let list = printed(scene, words);
    scene.namespace.apply(&list.to_string());
    let names = list["items"].as_array().unwrap().iter().map(|item| {
        let kind = item["kind"].as_str().unwrap().to_lowercase();
        format!("{kind}/{}", item["metadata"]["name"].as_str().unwrap())
    });
    let installed = Installed {
        scene,
        names: names.collect(),
        _turn: turn,
    };
    let probe = VARIANTS[0].insecure("probe");
    scene.wait("the policy counts", || {
        let output = dry_run(scene, "create", &probe);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match words.contains("audit") {
            true => is_observed(scene),
            false => said.contains("SS013"),
        }
    });
    // The types that the server knows were found to fit.
    let status = [
        "get",
        "validatingadmissionpolicy",
        "secretsafe-workloads",
        "-ojson",
    ];
    scene.wait("the types are checked", || {
        let policy: Value = read(&scene.namespace.kubectl(status));
        let checked = &policy["status"];
        assert!(
            checked["typeChecking"]["expressionWarnings"].is_null(),
            "{checked}"
        );
        checked["observedGeneration"] == policy["metadata"]["generation"]
    });
    installed
}

fn is_observed(scene: &Scene) -> bool {
    let before = failures(scene, "probe").len();
    let probe = VARIANTS[0].insecure("probe");
    assert!(dry_run(scene, "create", &probe).status.success());
    failures(scene, "probe").len() > before
}

fn read(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(output)))
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}

/// A command of kubectl with a manifest in a file.
fn with_file(scene: &Scene, words: &[&str], manifest: &Value) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("object.json");
    fs::write(&file, manifest.to_string()).unwrap();
    let file = file.display().to_string();
    scene
        .namespace
        .kubectl(words.iter().copied().chain(["-f", &file]))
}

fn dry_run(scene: &Scene, verb: &str, manifest: &Value) -> Output {
    with_file(scene, &[verb, "--dry-run=server"], manifest)
}

#[track_caller]
fn passes(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
    assert!(!said(output).contains("SS0"), "{}", said(output));
}

#[track_caller]
fn is_refused(output: &Output, rule: &str) {
    let said = said(output);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("ValidatingAdmissionPolicy 'secretsafe-workloads'"),
        "{said}"
    );
    assert!(
        said.contains(&format!("{rule}: ")),
        "{rule} is not in {said}"
    );
    assert!(said.contains("(kubectl secretsafe "), "{said}");
}

/// Every kind that is judged, with every variant.
fn deny() {
    let scene = Scene::new("policy-deny");
    let _policy = install(&scene, "--mode deny");
    for variant in VARIANTS {
        for kind in variants::KINDS {
            let insecure = object(kind, "one", &variant.pod(variants::Twin::Insecure));
            is_refused(&dry_run(&scene, "create", &insecure), variant.rule);
            let secure = object(kind, "one", &variant.pod(variants::Twin::Secure));
            passes(&dry_run(&scene, "create", &secure));
        }
    }
    // An update that brings it in, to each secure one.
    for (number, variant) in VARIANTS.iter().enumerate() {
        let name = format!("late-{number}");
        passes(&with_file(&scene, &["create"], &variant.secure(&name)));
        is_refused(
            &dry_run(&scene, "replace", &variant.insecure(&name)),
            variant.rule,
        );
    }
}

fn warn() {
    let scene = Scene::new("policy-warn");
    let _policy = install(&scene, "--mode warn");
    for (number, variant) in VARIANTS.iter().enumerate() {
        let name = format!("warned-{number}");
        let output = with_file(&scene, &["create"], &variant.insecure(&name));
        let said = said(&output);
        assert!(output.status.success(), "{said}");
        assert!(
            said.contains("Warning: ") && said.contains(variant.rule),
            "{said}"
        );
    }
    // The command in the message is for the object that is there now.
    let output = dry_run(&scene, "create", &VARIANTS[0].insecure("named"));
    let wanted = format!("migrate deployment/named -n {})", scene.namespace.name());
    assert!(said(&output).contains(&wanted), "{}", said(&output));
}

/// What the audit log says of an object's requests.
fn failures(scene: &Scene, name: &str) -> Vec<String> {
    const FAILURE: &str = "validation.policy.admission.k8s.io/validation_failure";
    let log = fs::read_to_string(cluster().audit_log()).unwrap();
    let events = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    events
        .filter(|event| {
            event["objectRef"]["namespace"] == scene.namespace.name()
                && (event["objectRef"]["name"] == name
                    || event["requestObject"]["metadata"]["name"] == name
                    || name == "probe")
        })
        .filter_map(|event| event["annotations"][FAILURE].as_str().map(str::to_owned))
        .collect()
}

fn audit() {
    let scene = Scene::new("policy-audit");
    let _policy = install(&scene, "--mode audit");
    let output = with_file(&scene, &["create"], &VARIANTS[0].insecure("silent"));
    passes(&output);
    assert!(!said(&output).contains("Warning"), "{}", said(&output));
    scene.wait("the audit log has it", || {
        failures(&scene, "probe")
            .iter()
            .any(|text| text.contains("SS013"))
    });
}

/// Insecure workloads of every kind that were there before the policy.
fn before() {
    let scene = Scene::new("policy-before");
    scene.create("db --stdin password", "x");
    let kinds = [
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "ReplicationController",
        "Deployment",
        "CronJob",
        "Deployment",
    ];
    let all: Vec<(&str, String, Value, &Variant)> = VARIANTS
        .iter()
        .zip(kinds)
        .enumerate()
        .map(|(number, (variant, kind))| {
            let name = format!("old-{number}");
            let object = object(kind, &name, &variant.pod(variants::Twin::Insecure));
            (kind, name, object, variant)
        })
        .collect();
    for (_, _, object, _) in &all {
        scene.namespace.apply(&object.to_string());
    }
    let _policy = install(&scene, "--mode deny");
    let namespace = &scene.namespace;
    for (kind, name, object, _) in &all {
        let subject = format!("{}/{name}", kind.to_lowercase());
        passes(&with_file(&scene, &["apply"], object));
        let mut noted = object.clone();
        noted["metadata"]["annotations"] = json!({"note": "changed"});
        passes(&with_file(&scene, &["apply"], &noted));
        passes(&namespace.kubectl(["label", &subject, "more=labels"]));
        let has_scale = !matches!(*kind, "DaemonSet" | "CronJob");
        if has_scale {
            passes(&namespace.kubectl(["scale", &subject, "--replicas=2"]));
        }
        if matches!(*kind, "Deployment" | "StatefulSet" | "DaemonSet") {
            passes(&namespace.kubectl(["rollout", "restart", &subject]));
        }
        let status = r#"{"status": {"observedGeneration": 1}}"#;
        let status = match *kind {
            "CronJob" => r#"{"status": {"lastScheduleTime": "2026-01-01T00:00:00Z"}}"#,
            _ => status,
        };
        passes(&namespace.kubectl([
            "patch",
            &subject,
            "--subresource=status",
            "--type=merge",
            "-p",
            status,
        ]));
    }
    // A Job of the CronJob, made by hand as its controller makes them.
    passes(&namespace.kubectl(["create", "job", "by-hand", "--from=cronjob/old-6"]));
    rescheduled(&scene, &all);
    // What is new is refused there, too.
    for (kind, name, object, variant) in &all {
        if *kind == "CronJob" || variant.rule == "SS013" {
            continue;
        }
        let mut changed = object.clone();
        let container = &mut changed["spec"]["template"]["spec"]["containers"][0];
        let mut env = container["env"].as_array().cloned().unwrap_or_default();
        env.push(json!({"name": "MORE", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}));
        container["env"] = json!(env);
        let output = dry_run(&scene, "apply", &changed);
        is_refused(&output, "SS013");
        assert!(
            said(&output).contains("variable MORE of container main takes"),
            "{name}: {}",
            said(&output)
        );
    }
}

/// A drained node evicts pods, and the controllers make new ones.
fn rescheduled(scene: &Scene, all: &[(&str, String, Value, &Variant)]) {
    let pods = |name: &str| -> Vec<String> {
        let selector = format!("app={name}");
        let list = read(
            &scene
                .namespace
                .kubectl(["get", "pods", "-l", &selector, "-ojson"]),
        );
        let items = list["items"].as_array().unwrap().iter();
        items
            .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
            .map(|pod| {
                pod["metadata"]["name"].as_str().unwrap().to_owned()
                    + pod["metadata"]["uid"].as_str().unwrap()
            })
            .collect()
    };
    for (kind, name, ..) in all.iter().filter(|(kind, ..)| *kind != "CronJob") {
        scene.wait(&format!("{name} has pods"), || !pods(name).is_empty());
        let first =
            read(
                &scene
                    .namespace
                    .kubectl(["get", "pods", "-l", &format!("app={name}"), "-ojson"]),
            );
        let first = first["items"][0]["metadata"]["name"]
            .as_str()
            .unwrap()
            .to_owned();
        let before = pods(name);
        let eviction =
            json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": first}});
        let path = format!(
            "/api/v1/namespaces/{}/pods/{first}/eviction",
            scene.namespace.name()
        );
        let evicted = with_file(scene, &["create", "--raw", &path], &eviction);
        assert!(
            evicted.status.success() || said(&evicted).contains("not found"),
            "{}",
            said(&evicted)
        );
        scene.wait(&format!("{kind} {name} makes another pod"), || {
            pods(name).iter().any(|pod| !before.contains(pod))
        });
    }
}

/// New mounts get it; those that were there stay as they are, so that nothing restarts.
fn fix() {
    let scene = Scene::new("policy-fix");
    let mount = variants::of_rule("SS044");
    scene.namespace.apply(&mount.insecure("old").to_string());
    let _policy = install(&scene, "--mode deny --fix");
    let read_only = |output: &Output, place: &str| {
        let object = read(output);
        object.pointer(place).cloned().unwrap_or_default()
    };
    const AT: &str = "/spec/template/spec/containers/0/volumeMounts/0/readOnly";
    for (kind, place) in [
        ("Deployment", AT.to_owned()),
        ("StatefulSet", AT.to_owned()),
        ("Job", AT.to_owned()),
        ("Pod", AT.replace("/template/spec", "")),
        (
            "CronJob",
            AT.replace("/template", "/jobTemplate/spec/template"),
        ),
    ] {
        let object = object(kind, "new", &mount.pod(variants::Twin::Insecure));
        let words = ["create", "--dry-run=server", "-ojson"];
        let output = with_file(&scene, &words, &object);
        assert!(output.status.success(), "{kind}: {}", said(&output));
        assert_eq!(read_only(&output, &place), true, "{kind}");
    }
    // An init container, behind one that has it.
    let mut two = mount.insecure("two");
    let pod = &mut two["spec"]["template"]["spec"];
    let first = pod["containers"][0].clone();
    pod["initContainers"] = json!([
        {"name": "a", "image": "x"},
        {"name": "b", "image": "x", "volumeMounts": [
            {"name": "v", "mountPath": "/1", "readOnly": true}, {"name": "v", "mountPath": "/2"}]},
    ]);
    pod["containers"] = json!([first]);
    let output = with_file(&scene, &["create", "--dry-run=server", "-ojson"], &two);
    let found = read_only(
        &output,
        "/spec/template/spec/initContainers/1/volumeMounts/1/readOnly",
    );
    assert_eq!(found, true);
    // The old one: another field changes, the template does not.
    let template = || {
        let found = scene.namespace.kubectl(["get", "deployment/old", "-ojson"]);
        let object: Value = read(&found);
        assert!(object.pointer(AT).is_none(), "{object}");
        object["spec"].clone()
    };
    let was = template();
    passes(&with_file(&scene, &["apply"], &mount.insecure("old")));
    passes(
        &scene
            .namespace
            .kubectl(["annotate", "deployment/old", "note=x"]),
    );
    assert_eq!(template(), was);
    // Whoever replaces the object without the field does not lose it.
    let kept = || {
        scene
            .namespace
            .kubectl(["get", "deployment/kept", "-ojson"])
    };
    passes(&with_file(&scene, &["create"], &mount.insecure("kept")));
    let before: Value = read(&kept());
    passes(&with_file(&scene, &["replace"], &mount.insecure("kept")));
    assert_eq!(read_only(&kept(), AT), true);
    // The same template, so nothing is rolled out.
    let after: Value = read(&kept());
    assert_eq!(after["spec"]["template"], before["spec"]["template"]);
}

/// The API refuses their names, and nothing else about them.
fn of_files() {
    let scene = Scene::new("policy-files");
    for words in ["--static --mode deny", "--static --fix"] {
        let list = printed(&scene, words);
        for item in list["items"].as_array().unwrap() {
            let output = dry_run(&scene, "create", item);
            let refused = said(&output);
            assert!(!output.status.success(), "{refused}");
            assert!(refused.contains(".static.k8s.io"), "{refused}");
            let mut renamed = item.clone();
            let rename = |value: &mut Value| {
                if let Some(name) = value.as_str() {
                    *value = json!(name.replace(".static.k8s.io", "-static"));
                }
            };
            rename(&mut renamed["metadata"]["name"]);
            if renamed["spec"].get("policyName").is_some() {
                rename(&mut renamed["spec"]["policyName"]);
            }
            let output = dry_run(&scene, "create", &renamed);
            assert!(output.status.success(), "{}", said(&output));
        }
    }
}

fn exempt() {
    let scene = Scene::new("policy-exempt");
    let _policy = install(
        &scene,
        "--mode deny --exempt-label secretsafe.dev/exempt=yes",
    );
    let labelled = |value: &str| {
        let mut object = VARIANTS[0].insecure("labelled");
        object["metadata"]["labels"]["secretsafe.dev/exempt"] = json!(value);
        object
    };
    passes(&dry_run(&scene, "create", &labelled("yes")));
    is_refused(&dry_run(&scene, "create", &labelled("no")), "SS013");
    // The label and what it exempts, in one change.
    passes(&with_file(
        &scene,
        &["create"],
        &VARIANTS[0].secure("labelled"),
    ));
    passes(&dry_run(&scene, "replace", &labelled("yes")));
    // What migrate keeps to take its change back lets that one variable back in.
    let journal = r#"{"apiVersion":"secretsafe.dev/v1","undo":[[{"op":"add","path":"/x","value":{"name":"P","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}}]]}"#;
    let note = format!("secretsafe.dev/migration={journal}");
    passes(
        &scene
            .namespace
            .kubectl(["annotate", "deployment/labelled", &note]),
    );
    let mut back = VARIANTS[0].insecure("labelled");
    back["metadata"]["annotations"] = json!({"secretsafe.dev/migration": journal});
    passes(&dry_run(&scene, "replace", &back));
    let mut other = VARIANTS[0].insecure("labelled");
    other["spec"]["template"]["spec"]["containers"][0]["env"][0]["name"] = json!("Q");
    is_refused(&dry_run(&scene, "replace", &other), "SS013");
    let mut other = back.clone();
    other["spec"]["template"]["spec"]["containers"][0]["env"][0]["valueFrom"]["secretKeyRef"]["name"] =
        json!("another");
    is_refused(&dry_run(&scene, "replace", &other), "SS013");
    // A pod that a controller made, and one that only names an owner.
    for (kind, version, owner, controller, refused) in [
        ("Pod", "apps/v1", "ReplicaSet", true, false),
        ("Pod", "apps/v1", "ReplicaSet", false, true),
        ("ReplicaSet", "argoproj.io/v1alpha1", "Rollout", true, false),
        ("Job", "tekton.dev/v1", "TaskRun", true, false),
        ("Job", "tekton.dev/v1", "TaskRun", false, true),
    ] {
        let mut owned = object(kind, "owned", &VARIANTS[0].pod(variants::Twin::Insecure));
        owned["metadata"]["ownerReferences"] = json!([{
            "apiVersion": version, "kind": owner, "name": "r",
            "uid": "0d9f7c4e-1b2a-4c3d-8e5f-6a7b8c9d0e1f", "controller": controller,
        }]);
        let output = dry_run(&scene, "create", &owned);
        match refused {
            true => is_refused(&output, "SS013"),
            false => passes(&output),
        }
    }
}

fn ephemeral() {
    let scene = Scene::new("policy-debug");
    scene.create("db --stdin password", "x");
    scene
        .namespace
        .apply(&object("Pod", "bare", &VARIANTS[0].pod(variants::Twin::Insecure)).to_string());
    let _policy = install(&scene, "--mode deny");
    let add = |env: Value| {
        let patch =
            json!({"spec": {"ephemeralContainers": [{"name": "debug", "image": "x", "env": env}]}});
        scene.namespace.kubectl([
            "patch",
            "pod/bare",
            "--subresource=ephemeralcontainers",
            "--dry-run=server",
            "-p",
            &patch.to_string(),
        ])
    };
    passes(&add(json!([{"name": "LEVEL", "value": "debug"}])));
    is_refused(
        &add(
            json!([{"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]),
        ),
        "SS013",
    );
    is_refused(
        &add(json!([{"name": "API_KEY", "value": "a1b2c3d4"}])),
        "SS014",
    );
}

/// The names of the workloads that `--who` lists, with the rules.
fn who(scene: &Scene, file: &str) -> BTreeMap<String, Vec<String>> {
    let outcome = Invocation::of(&scene.namespace.kubeconfig())
        .words("policy --who -o json -f")
        .word(file)
        .run()
        .status(1);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let refused = report["parts"][0]["refused"].as_array().unwrap().iter();
    refused
        .map(|one| {
            let breaches = one["breaches"].as_array().unwrap().iter();
            let mut rules: Vec<_> = breaches
                .map(|breach| breach["rule"].as_str().unwrap().to_owned())
                .collect();
            rules.dedup();
            (one["name"].as_str().unwrap().to_owned(), rules)
        })
        .collect()
}
