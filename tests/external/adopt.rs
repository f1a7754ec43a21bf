//! `external --adopt`: no moment without the Secret, nothing lost, and all of it taken back
//! where something fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::Method;
use serde_json::json;
use testcluster::fault::{Fault, Reply, Resource, Rule};

use crate::operator::{Does, NEW, OLD, Scene, store};

const ADOPT: &str =
    "external secret/db --store vault --path {name}#{key} --adopt -y --sync-timeout 20s";

/// Looks at the Secret all the time; how often it was not there.
struct Watch {
    ends: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<(usize, usize)>,
}

impl Watch {
    fn of(scene: &Scene) -> Self {
        let (server, ends) = (Arc::clone(&scene.server), Arc::new(AtomicBool::new(false)));
        let over = Arc::clone(&ends);
        let thread = std::thread::spawn(move || {
            let (mut looks, mut absent) = (0, 0);
            while !over.load(Ordering::SeqCst) {
                looks += 1;
                absent += usize::from(server.secret("default", "db").is_none());
                std::thread::sleep(Duration::from_millis(2));
            }
            (looks, absent)
        });
        Self { ends, thread }
    }

    /// Never.
    #[track_caller]
    fn was_there(self) {
        self.ends.store(true, Ordering::SeqCst);
        let (looks, absent) = self.thread.join().unwrap();
        assert!(looks > 10, "{looks}");
        assert_eq!(absent, 0, "of {looks} looks");
    }
}

/// Values, keys and labels are those of before.
#[track_caller]
fn is_as_before(scene: &Scene) {
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.values["password"], OLD.as_bytes());
    assert_eq!(stored.values["user"], b"alice");
    let labels = &stored.object["metadata"]["labels"];
    assert!(
        labels["reconcile.external-secrets.io/managed"].is_null(),
        "{labels}"
    );
    assert!(scene.externals("db").is_none());
    no_trial(scene);
}

#[track_caller]
fn no_trial(scene: &Scene) {
    assert!(scene.externals("secretsafe-trial.db").is_none());
    assert!(
        scene
            .server
            .secret("default", "secretsafe-trial.db")
            .is_none()
    );
}

#[test]
fn a_secret_is_adopted_first_with_merge_and_then_owned() {
    let scene = Scene::new();
    let watch = Watch::of(&scene);
    scene.run(ADOPT).ends(0).says("(Merge)");
    let object = scene.externals("db").unwrap();
    assert_eq!(object["spec"]["target"]["creationPolicy"], "Merge");
    assert_eq!(object["spec"]["data"].as_array().unwrap().len(), 2);
    scene
        .run(&format!("{ADOPT} --own --compare-values"))
        .ends(0)
        .says("the store has the same values")
        .says("(Owner)");
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(
        stored.object["metadata"]["ownerReferences"][0]["name"],
        "db"
    );
    assert_eq!(stored.values.len(), 2);
    // Once more changes nothing.
    let before = scene.externals("db").unwrap()["metadata"]["resourceVersion"].clone();
    scene.run(&format!("{ADOPT} --own")).ends(0);
    assert_eq!(
        scene.externals("db").unwrap()["metadata"]["resourceVersion"],
        before
    );
    no_trial(&scene);
    watch.was_there();
}

#[test]
fn owner_is_refused_where_it_would_remove_a_key() {
    let scene = Scene::new();
    scene.server.edit_secret("default", "db", |secret| {
        secret["data"]["extra"] = json!("ZXh0cmE=");
    });
    let of_two = "external secret/db --store vault --path {name}#{key} --key password --key user --adopt -y --sync-timeout 20s";
    scene
        .run(&format!("{of_two} --own"))
        .ends(2)
        .says("Owner would remove extra")
        .says("nothing was changed");
    assert!(scene.externals("db").is_none());
    scene.run(of_two).ends(0).says("Owner would remove extra");
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.values["extra"], b"extra");
    // A key that comes between Merge and Owner is seen, too.
    let plain =
        "external secret/db --store vault --path {name}#{key} --adopt -y --sync-timeout 20s --own";
    scene.run(plain).ends(2).says("does something else");
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.values["extra"], b"extra");
}

/// Values are compared before the Secret is touched.
#[test]
fn other_values_in_the_store_are_seen_before_anything_is_changed() {
    let scene = Scene::new();
    scene.store_has("db#password", NEW);
    let watch = Watch::of(&scene);
    scene
        .run(&format!("{ADOPT} --compare-values"))
        .ends(2)
        .says("the store has another value of password")
        .says("secret/db was not changed");
    is_as_before(&scene);
    watch.was_there();
    // Without the comparison the store wins.
    scene.run(ADOPT).ends(0);
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.values["password"], NEW.as_bytes());
}

#[test]
fn a_failed_sync_is_taken_back() {
    for does in [Does::Fails("no such key".to_owned()), Does::Nothing] {
        let scene = Scene::new();
        let watch = Watch::of(&scene);
        let own = does.clone();
        scene.operator_does(move |_| own.clone());
        // As the real operator does first of all.
        scene.server.edit_secret("default", "db", |secret| {
            secret["metadata"]["labels"] = json!({"app": "db"});
        });
        let words = ADOPT.replace("20s", "4s");
        let ran = scene.run(&words).ends(4);
        assert!(
            ran.said.contains("externalsecret/db is removed"),
            "{}",
            ran.said
        );
        is_as_before(&scene);
        let labels =
            scene.server.secret("default", "db").unwrap().object["metadata"]["labels"].clone();
        assert_eq!(labels, json!({"app": "db"}), "{does:?}");
        watch.was_there();
    }
}

/// The operator marks a Secret before it knows whether the store answers.
#[test]
fn the_marks_of_the_operator_are_taken_back() {
    let scene = Scene::new();
    let server = Arc::clone(&scene.server);
    scene.operator_does(move |_| {
        server.edit_secret("default", "db", |secret| {
            secret["metadata"]["labels"] = json!({"reconcile.external-secrets.io/managed": "true"});
        });
        Does::Fails("no".to_owned())
    });
    scene.run(ADOPT).ends(4);
    is_as_before(&scene);
}

/// Where the change to Owner fails, Merge is there again.
#[test]
fn a_failed_owner_goes_back_to_merge() {
    let scene = Scene::new();
    let watch = Watch::of(&scene);
    scene.operator_does(
        |object| match object["spec"]["target"]["creationPolicy"] == "Owner" {
            true => Does::Fails("failed to take ownership".to_owned()),
            false => Does::Syncs,
        },
    );
    scene
        .run(&format!("{ADOPT} --own"))
        .ends(5)
        .says("stays with Merge");
    let object = scene.externals("db").unwrap();
    assert_eq!(object["spec"]["target"]["creationPolicy"], "Merge");
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.values.len(), 2);
    watch.was_there();
}

#[test]
fn what_cannot_be_adopted_is_refused_before_anything_is_made() {
    type Prepare = fn(&Scene);
    let cases: [(&str, Prepare, &str); 6] = [
        (
            "an owner",
            |scene| {
                scene.server.edit_secret("default", "db", |secret| {
                    secret["metadata"]["ownerReferences"] = json!([{"apiVersion": "bitnami.com/v1alpha1",
                        "kind": "SealedSecret", "name": "s", "uid": "u", "controller": true}]);
                });
            },
            "SealedSecret/s",
        ),
        (
            "immutable",
            |scene| {
                scene
                    .server
                    .edit_secret("default", "db", |secret| secret["immutable"] = true.into());
            },
            "immutable",
        ),
        (
            "another ExternalSecret",
            |scene| scene.external("a", json!({})),
            "externalsecret/a writes it",
        ),
        (
            "a store that is not ready",
            |scene| {
                scene.server.put_workload(
                    Resource::SecretStores,
                    "default",
                    "vault",
                    store("False", "no"),
                );
            },
            "it is not ready",
        ),
        (
            "the name is taken",
            |scene| scene.external("db", json!({"target": {"name": "other"}})),
            "does something else",
        ),
        (
            "a type of a controller",
            |scene| {
                scene.server.edit_secret("default", "db", |secret| {
                    secret["type"] = json!("helm.sh/release.v1");
                });
            },
            "which a controller makes",
        ),
    ];
    for (what, prepare, says) in cases {
        let scene = Scene::new();
        prepare(&scene);
        let before = scene.server.requests().len();
        scene.run(ADOPT).ends(2).says(says);
        let requests = scene.server.requests();
        let writes = requests[before..]
            .iter()
            .filter(|request| request.method != Method::GET)
            .count();
        assert_eq!(writes, 0, "{what}");
    }
}

/// A run that is killed at any of its requests leaves the Secret, and the next one ends.
#[test]
fn a_killed_run_is_gone_on_with() {
    let words = format!("{ADOPT} --compare-values --own");
    for method in [Method::POST, Method::PATCH, Method::DELETE] {
        for nth in 1..6 {
            let scene = Scene::new();
            let watch = Watch::of(&scene);
            scene.server.script(
                Rule::on(method.clone())
                    .nth(nth)
                    .fault(Fault::Stall(testcluster::fault::When::AfterCommit)),
            );
            let mut child = scene
                .command(&words)
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            loop {
                if scene
                    .server
                    .requests()
                    .iter()
                    .any(|request| request.stalled)
                {
                    child.kill().unwrap();
                    break;
                }
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            child.wait().unwrap();
            scene.server.clear_script();
            scene.run(&words).ends(0).says("(Owner)");
            let stored = scene.server.secret("default", "db").unwrap();
            assert_eq!(stored.values["password"], OLD.as_bytes(), "{method} {nth}");
            no_trial(&scene);
            watch.was_there();
        }
    }
}

/// Who has the printed Role can do all of it, and who lacks it is told.
#[test]
fn the_printed_role_is_enough() {
    let scene = Scene::new();
    let role = scene.run("external --print-rbac -n default").ends(0).stdout;
    scene.server.only_allow("rules:\n");
    let ran = scene.run(ADOPT).ends(3);
    assert!(ran.said.contains("external --print-rbac"), "{}", ran.said);
    scene.server.only_allow(&role);
    scene
        .run(&format!("{ADOPT} --compare-values --own"))
        .ends(0)
        .says("(Owner)");
    // Taking back needs nothing more.
    let scene = Scene::new();
    scene.server.only_allow(&role);
    scene.operator_does(|_| Does::Fails("no".to_owned()));
    scene.run(ADOPT).ends(4);
    is_as_before(&scene);
}

/// Newer fields are used only where the cluster's schema has them.
#[test]
fn fields_are_those_of_the_schema() {
    let schema = |policies: &str| {
        format!(
            "{{\"components\":{{\"schemas\":{{\"x\":{{\"x-kubernetes-group-version-kind\":[{{\"group\":\
             \"external-secrets.io\",\"version\":\"v1\",\"kind\":\"ExternalSecret\"}}],\"properties\":{{\"spec\":\
             {{\"properties\":{{\"target\":{{\"properties\":{{\"creationPolicy\":{{\"enum\":[{policies}]}}}}}}}}}}}}}}}}}}}}"
        )
    };
    let policy =
        "external secret/db --store vault --path {name}#{key} --creation-policy CreateOrMerge";
    for (policies, status, says) in [
        (
            Some("\"Owner\",\"Merge\""),
            2,
            "does not know CreateOrMerge",
        ),
        (
            Some("\"Owner\",\"CreateOrMerge\""),
            0,
            "creationPolicy: CreateOrMerge",
        ),
        (None, 2, "cannot find out whether"),
    ] {
        let scene = Scene::new();
        if let Some(policies) = policies {
            let reply = Reply::json(
                200,
                &serde_json::from_str::<serde_json::Value>(&schema(policies)).unwrap(),
            );
            scene
                .server
                .script(Rule::on(Method::GET).path("/openapi/v3").fault(reply));
        }
        scene.run(policy).ends(status).says(says);
        let dry = scene.run(&format!("{ADOPT} --dry-run")).ends(0);
        let new = policies.is_some_and(|policies| policies.contains("CreateOrMerge"));
        assert_eq!(dry.stdout.contains("CreateOrMerge"), new, "{}", dry.stdout);
        assert_eq!(
            dry.said.contains("schema cannot be read"),
            policies.is_none(),
            "{}",
            dry.said
        );
        assert!(scene.externals("db").is_none());
    }
}

/// What an ExternalSecret that is there would do otherwise decides which keys it makes, and
/// what becomes of the Secret: it is not taken for ours.
#[test]
fn an_external_secret_that_does_more_is_not_ours() {
    let target = |more: serde_json::Value| {
        let mut target =
            json!({"name": "db", "creationPolicy": "Merge", "deletionPolicy": "Retain"});
        for (field, value) in more.as_object().unwrap() {
            target[field] = value.clone();
        }
        json!({"target": target})
    };
    let data = |more: serde_json::Value| {
        let mut first =
            json!({"secretKey": "password", "remoteRef": {"key": "db", "property": "password"}});
        for (field, value) in more.as_object().unwrap() {
            match field.as_str() {
                "sourceRef" => first[field] = value.clone(),
                _ => first["remoteRef"][field] = value.clone(),
            }
        }
        json!({"data": [first, {"secretKey": "user", "remoteRef": {"key": "db", "property": "user"}}]})
    };
    for spec in [
        target(json!({"template": {"data": {"password": "{{ .password | trim }}"}}})),
        target(json!({"template": {"templateFrom": [{"target": "Labels", "literal": "a: b"}]}})),
        target(json!({"template": {"mergePolicy": "Merge", "data": {"url": "x"}}})),
        target(json!({"template": {"type": "kubernetes.io/basic-auth"}})),
        target(json!({"template": {"metadata": {"finalizers": ["example.com/x"]}}})),
        target(json!({"template": 5})),
        target(json!({"deletionPolicy": "Delete"})),
        target(json!({"deletionPolicy": "Merge"})),
        target(json!({"immutable": true})),
        target(json!({"manifest": {"apiVersion": "v1", "kind": "ConfigMap"}})),
        target(json!({"somethingNew": "x"})),
        json!({"refreshPolicy": "CreatedOnce"}),
        json!({"refreshPolicy": "OnChange"}),
        json!({"dataFrom": [{"extract": {"key": "db"}}]}),
        json!({"syncWindows": [{"kind": "deny"}]}),
        data(json!({"version": "2"})),
        data(json!({"metadataPolicy": "Fetch"})),
        data(json!({"conversionStrategy": "Unicode"})),
        data(json!({"decodingStrategy": "Auto"})),
        data(json!({"sourceRef": {"storeRef": {"name": "other"}}})),
        json!({"secretStoreRef": {"name": "vault", "kind": "ClusterSecretStore"}}),
    ] {
        let scene = Scene::new();
        scene.external("db", spec.clone());
        let before = scene.server.requests().len();
        let ran = scene.run(&format!("{ADOPT} --own"));
        assert_eq!(ran.status, Some(2), "{spec}: {}{}", ran.stdout, ran.said);
        assert!(
            ran.said.contains("does something else"),
            "{spec}: {}",
            ran.said
        );
        let requests = scene.server.requests();
        assert!(
            requests[before..]
                .iter()
                .all(|request| request.method == Method::GET),
            "{spec}"
        );
        let stored = scene.server.secret("default", "db").unwrap();
        assert_eq!(stored.values.len(), 2, "{spec}");
    }
    for (metadata, says) in [
        (
            json!({"deletionTimestamp": "2026-01-01T00:00:00Z"}),
            "being deleted",
        ),
        (
            json!({"ownerReferences": [{"apiVersion": "external-secrets.io/v1",
                "kind": "ClusterExternalSecret", "name": "all", "uid": "u", "controller": true}]}),
            "clusterexternalsecret/all",
        ),
    ] {
        let scene = Scene::new();
        scene.external("db", json!({}));
        scene
            .server
            .edit_workload(Resource::ExternalSecrets, "default", "db", |object| {
                for (field, value) in metadata.as_object().unwrap() {
                    object["metadata"][field] = value.clone();
                }
            });
        scene.run(&format!("{ADOPT} --own")).ends(2).says(says);
    }
}

/// What the server fills in, and what changes nothing of the keys, is no difference.
#[test]
fn what_the_server_fills_in_is_ours() {
    let scene = Scene::new();
    scene.external(
        "db",
        json!({
            "refreshInterval": "30m", "refreshPolicy": "Periodic",
            "secretStoreRef": {"name": "vault", "kind": "SecretStore"},
            "target": {"name": "db", "creationPolicy": "Merge", "deletionPolicy": "Retain", "immutable": false,
                "template": {"type": "Opaque", "engineVersion": "v2", "mergePolicy": "Replace",
                    "metadata": {"labels": {"app": "x"}}}},
            "data": [
                {"secretKey": "user", "remoteRef": {"key": "db", "property": "user", "nullBytePolicy": "Ignore"}},
                {"secretKey": "password", "remoteRef": {"key": "db", "property": "password",
                    "conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}},
            ],
        }),
    );
    scene.run(ADOPT).ends(0).says("(Merge)");
    scene.run(&format!("{ADOPT} --own")).ends(0).says("(Owner)");
}

/// A run that was interrupted has proven nothing; nor does the next one believe it.
#[test]
fn what_is_there_is_proven_too() {
    let policies = ["Merge", "Owner"];
    for policy in policies {
        let ours =
            json!({"target": {"name": "db", "creationPolicy": policy, "deletionPolicy": "Retain"}});
        // Nobody has synced it.
        let scene = Scene::new();
        scene.operator_does(|_| Does::Nothing);
        scene.external("db", ours.clone());
        scene
            .server
            .edit_workload(Resource::ExternalSecrets, "default", "db", |object| {
                object.as_object_mut().unwrap().remove("status");
            });
        let words = ADOPT.replace("20s", "2s");
        let ran = scene.run(&words).ends(5);
        assert!(!ran.stdout.contains("adopted"), "{policy}: {}", ran.stdout);
        // It says that it fails.
        let scene = Scene::new();
        scene.operator_does(|_| Does::Fails("no such key".to_owned()));
        scene.external("db", ours.clone());
        scene
            .server
            .edit_workload(Resource::ExternalSecrets, "default", "db", |object| {
                object["status"]["conditions"][0]["status"] = json!("False");
            });
        let ran = scene.run(&ADOPT.replace("20s", "5s")).ends(5);
        assert!(!ran.stdout.contains("adopted"), "{policy}: {}", ran.stdout);
        assert!(scene.externals("db").is_some(), "{policy}");
        // It could not be synced before, and can now.
        let scene = Scene::new();
        scene.external("db", ours);
        scene
            .server
            .edit_workload(Resource::ExternalSecrets, "default", "db", |object| {
                object["status"]["syncedResourceVersion"] = json!("0-old");
            });
        scene.run(ADOPT).ends(0).says(&format!("({policy})"));
    }
    // Ready, and another one owns the Secret.
    let scene = Scene::new();
    scene.operator_does(|_| Does::Lies);
    scene.external(
        "db",
        json!({"target": {"name": "db", "creationPolicy": "Owner", "deletionPolicy": "Retain"}}),
    );
    let ran = scene
        .run(ADOPT)
        .ends(5)
        .says("does not name the ExternalSecret as its owner");
    assert!(!ran.stdout.contains("adopted"), "{}", ran.stdout);
}

/// The clocks of the operator and the API server need not agree.
#[test]
fn an_operator_whose_clock_is_behind_is_seen() {
    let scene = Scene::new();
    scene.clock_is_behind(90);
    scene.store_has("db#password", NEW);
    scene
        .run(&format!("{ADOPT} --own"))
        .ends(0)
        .says("may be those of the store: password")
        .says("(Owner)");
}

/// What is said of the Secret afterwards is what it is.
#[test]
fn a_roll_back_claims_only_what_is_so() {
    // Somebody adds a key while the operator writes another value.
    let scene = Scene::new();
    scene.store_has("db#password", NEW);
    let server = Arc::clone(&scene.server);
    std::thread::sleep(Duration::from_millis(1100));
    scene.operator_does(move |_| {
        server.edit_secret("default", "db", |secret| {
            secret["data"]["extra"] = json!("ZXh0cmE=")
        });
        Does::Syncs
    });
    let ran = scene
        .run(ADOPT)
        .ends(5)
        .says("externalsecret/db is removed")
        .says("password")
        .says("kubectl secretsafe restart --stale --secret db -n default");
    assert!(!ran.said.contains("has its values"), "{}", ran.said);
    assert!(scene.externals("db").is_none());
    // Somebody removes the Secret.
    let scene = Scene::new();
    let server = Arc::clone(&scene.server);
    scene.operator_does(move |_| {
        if server.secret("default", "db").is_some() {
            server.delete_secret("default", "db");
        }
        Does::Lies
    });
    let ran = scene.run(ADOPT).ends(5).says("secret/db is gone");
    assert!(!ran.said.contains("has its values"), "{}", ran.said);
}

/// At a question after a change, no answer is not "nothing was changed".
#[test]
fn no_answer_about_owner_is_a_part_done() {
    let scene = Scene::new();
    let mut command = std::process::Command::new("/bin/sh");
    command
        .args(["-c", "\"$0\" \"$@\"; echo ended-with-$?."])
        .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args(ADOPT.split(' ').filter(|word| *word != "-y"))
        .env("KUBECONFIG", scene.server.kubeconfig())
        .env("HOME", scene.server.folder());
    let mut session = rexpect::session::spawn_command(command, Some(30_000)).unwrap();
    session.exp_string("write secret/db").unwrap();
    session.exp_string("[y/N]").unwrap();
    session.send("y\r").unwrap();
    session.flush().unwrap();
    session.exp_string("Change to Owner").unwrap();
    session.exp_string("[y/N]").unwrap();
    session.send("\u{3}").unwrap();
    session.flush().unwrap();
    let said = session.exp_string("ended-with-").unwrap();
    let status = session.exp_string(".").unwrap();
    assert_eq!(status, "5", "{said}");
    assert!(
        said.contains("adopted") && !said.contains("unchanged"),
        "{said}"
    );
}

/// Ctrl-C between two steps stops the next one.
#[test]
fn an_interrupted_run_begins_no_next_step() {
    for (words, method, nth, status, policy) in [
        // While the trial is removed.
        (
            format!("{ADOPT} --compare-values"),
            Method::DELETE,
            1,
            130,
            None,
        ),
        // While it is looked whether the Secret is proven after Merge.
        (format!("{ADOPT} --own"), Method::POST, 2, 5, Some("Merge")),
    ] {
        let scene = Scene::new();
        scene.server.script(
            Rule::on(method.clone())
                .path("externalsecrets")
                .nth(nth)
                .fault(Fault::Delay(Duration::from_millis(1500))),
        );
        let before = scene.server.requests().len();
        let child = scene
            .command(&words)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let arrived = || {
            let requests = scene.server.requests();
            let hits = requests[before..].iter().filter(|request| {
                request.method == method && request.path.contains("externalsecrets")
            });
            hits.count() >= nth
        };
        while !arrived() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let pid = rustix::process::Pid::from_raw(child.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{words}: {said}");
        let policy_now = scene.externals("db").map(|object| {
            object["spec"]["target"]["creationPolicy"]
                .as_str()
                .unwrap()
                .to_owned()
        });
        assert_eq!(policy_now.as_deref(), policy, "{words}: {said}");
        assert_eq!(
            said.contains("nothing was changed"),
            status == 130,
            "{said}"
        );
        no_trial(&scene);
    }
}

/// With an interval of 0 the operator heeds no change after the first sync.
#[test]
fn owner_cannot_follow_an_interval_of_zero() {
    let scene = Scene::new();
    scene
        .run(&format!("{ADOPT} --own --refresh-interval 0s"))
        .ends(2)
        .says("--refresh-interval")
        .says("nothing was changed");
    assert!(scene.externals("db").is_none());
    // Merge alone is fine, and is proven by what the status says.
    scene.run(&format!("{ADOPT} --refresh-interval 0s")).ends(0);
    scene.run(&format!("{ADOPT} --refresh-interval 0s")).ends(0);
    let ran = scene
        .run(&format!("{ADOPT} --own"))
        .ends(2)
        .says("refreshInterval is 0");
    assert!(!ran.stdout.contains("adopted"));
}

/// The answer to the trial's create is lost: the copy of the values does not stay.
#[test]
fn a_trial_whose_answer_is_lost_is_removed() {
    let scene = Scene::new();
    scene.server.script(
        Rule::on(Method::POST)
            .path("externalsecrets")
            .nth(2)
            .fault(Fault::ResetAfter),
    );
    let ran = scene.run(&format!("{ADOPT} --compare-values"));
    assert!(
        matches!(ran.status, Some(0 | 3)),
        "{:?} {}",
        ran.status,
        ran.said
    );
    no_trial(&scene);
    if ran.status == Some(3) {
        is_as_before(&scene);
    }
}

/// Nothing of a dry run of the client is sent.
#[test]
fn a_dry_run_of_the_client_sends_nothing() {
    let scene = Scene::new();
    let before = scene.server.requests().len();
    scene.run(&format!("{ADOPT} --dry-run")).ends(0);
    let requests = scene.server.requests();
    assert!(
        requests[before..]
            .iter()
            .all(|request| request.method == Method::GET),
        "a write was sent"
    );
    scene.run(&format!("{ADOPT} --dry-run=server")).ends(0);
    assert!(scene.externals("db").is_none());
}

/// A provider that fails for some seconds has not failed.
#[test]
fn a_failure_that_passes_is_waited_out() {
    let scene = Scene::new();
    let begun = std::time::Instant::now();
    scene.operator_does(move |_| match begun.elapsed() < Duration::from_secs(7) {
        true => Does::Fails("could not get secret data from provider: 503".to_owned()),
        false => Does::Syncs,
    });
    scene.run(ADOPT).ends(0).says("(Merge)");
}

/// Copies of another Secret, and Secrets of two masters, are found whatever else is on them.
#[test]
fn every_master_is_an_obstacle() {
    for (metadata, says) in [
        (
            json!({"labels": {"reconcile.external-secrets.io/managed": "true",
                "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux"}}),
            "Flux",
        ),
        (
            json!({"labels": {"reconcile.external-secrets.io/managed": "true"},
                "annotations": {"argocd.argoproj.io/tracking-id": "shop:v1/Secret:default/db"}}),
            "Argo CD",
        ),
        (
            json!({"labels": {"reconcile.external-secrets.io/managed": "true", "app.kubernetes.io/managed-by": "Helm"},
                "annotations": {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "default"}}),
            "Helm",
        ),
        (
            json!({"annotations": {"replicator.v1.mittwald.de/replicate-from": "shared/db"}}),
            "copy of secret/db in shared",
        ),
        (
            json!({"annotations": {"reflector.v1.k8s.emberstack.com/reflects": "shared/db"}}),
            "copy of secret/db in shared",
        ),
    ] {
        let scene = Scene::new();
        scene.server.edit_secret("default", "db", |secret| {
            for (field, value) in metadata.as_object().unwrap() {
                secret["metadata"][field] = value.clone();
            }
        });
        scene
            .run(ADOPT)
            .ends(2)
            .says(says)
            .says("nothing was changed");
        assert!(scene.externals("db").is_none(), "{metadata}");
    }
}

/// What is printed is what is in the cluster.
#[test]
fn the_manifest_is_that_of_the_cluster() {
    let scene = Scene::new();
    scene.external(
        "db",
        json!({"refreshInterval": "15m",
        "target": {"name": "db", "creationPolicy": "Merge", "deletionPolicy": "Retain"}}),
    );
    scene
        .server
        .script(Rule::on(Method::GET).path("/openapi/v3").fault(Reply::json(
            200,
            &json!({"components": {"schemas": {"x": {
                "x-kubernetes-group-version-kind":
                    [{"group": "external-secrets.io", "version": "v1", "kind": "ExternalSecret"}],
                "properties": {"spec": {"properties": {"target": {"properties":
                    {"creationPolicy": {"enum": ["Merge", "CreateOrMerge"]}}}}}},
            }}}}),
        )));
    scene.run(ADOPT).ends(0).says("(Merge)");
    let ran = scene.run(&format!("{ADOPT} -o json")).ends(0);
    let object = ran.document();
    assert_eq!(
        object["spec"]["target"]["creationPolicy"], "Merge",
        "{object}"
    );
    assert_eq!(object["spec"]["refreshInterval"], "15m", "{object}");
}

/// A file with other content is found before anything is changed.
#[test]
fn a_file_that_is_in_the_way_is_found_first() {
    let scene = Scene::new();
    let file = scene.server.folder().join("there.yaml");
    std::fs::write(&file, "other").unwrap();
    scene
        .run(&format!("{ADOPT} --write {}", file.display()))
        .ends(2)
        .says("nothing was changed");
    assert!(scene.externals("db").is_none());
}

/// Somebody writes to the object between our look and our change: it is tried again.
#[test]
fn a_race_for_owner_is_won() {
    let scene = Scene::new();
    let server = Arc::clone(&scene.server);
    let patches = |server: &testcluster::fault::FaultServer| {
        let requests = server.requests();
        let is_ours = |request: &&testcluster::fault::Recorded| {
            request.method == Method::PATCH && request.path.contains("externalsecrets")
        };
        requests.iter().filter(is_ours).count()
    };
    let ends = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&ends);
    let race = std::thread::spawn(move || {
        // Until the first tries have lost.
        while !over.load(Ordering::SeqCst) && patches(&server) < 2 {
            if server
                .workload(Resource::ExternalSecrets, "default", "db")
                .is_some()
            {
                server.edit_workload(Resource::ExternalSecrets, "default", "db", |object| {
                    object["status"]["binding"] = json!({"name": "other"});
                });
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let ran = scene.run(&format!("{ADOPT} --own"));
    ends.store(true, Ordering::SeqCst);
    race.join().unwrap();
    ran.ends(0).says("(Owner)");
    assert!(patches(&scene.server) > 1);
}
