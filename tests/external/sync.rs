//! `sync`: when it is done, what it says of a store, and what it restarts.

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Fault, Reply, Resource, Rule};

use crate::operator::{Does, NEW, Scene, store};

const WAIT: &str = "sync db --wait --sync-timeout 20s";

fn deployment(name: &str) -> Value {
    let variable = json!({"name": "DB_PASSWORD",
        "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}});
    json!({"metadata": {"labels": {"app": name}}, "spec": {
        "replicas": 1, "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": "app", "image": "registry.example/app:1", "env": [variable]}]},
        },
    }})
}

fn mark(scene: &Scene, name: &str) -> Value {
    let found = scene
        .server
        .workload(Resource::Deployments, "default", name);
    found.unwrap()["spec"]["template"]["metadata"]["annotations"].clone()
}

#[test]
fn a_new_value_is_told_from_a_sync_without_one() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    // The first one writes the operator's marks, which are no value; the second changes
    // nothing but the annotation of the ExternalSecret.
    scene.run(WAIT).ends(0);
    scene.run(WAIT).ends(0).says("no new value");
    scene.store_has("db#password", NEW);
    scene.run(WAIT).ends(0).says("new value in secret/db");
    let stored = scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.values["password"], NEW.as_bytes());
    let document = scene.run(&format!("{WAIT} -o json")).ends(0).document();
    assert_eq!(document["externalSecrets"][0]["state"], "noNewValue");
    assert_eq!(document["outcome"], "nothingToDo");
}

#[test]
fn a_new_value_restarts_its_consumers_once_and_no_new_value_restarts_nobody() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    scene.run(WAIT).ends(0);
    for name in ["api", "web"] {
        scene
            .server
            .put_workload(Resource::Deployments, "default", name, deployment(name));
    }
    let restart = "sync db --restart -y --settle 1s --timeout 20s --sync-timeout 20s";
    scene.run(restart).ends(0).says("nothing is restarted");
    assert!(mark(&scene, "api").is_null());
    // A pod that starts in the second of a write is not known to be older.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    scene.store_has("db#password", NEW);
    scene
        .run(restart)
        .ends(0)
        .says("0 of 2 pods are from before the restart");
    let (api, web) = (mark(&scene, "api"), mark(&scene, "web"));
    assert!(api.is_object() && web.is_object());
    scene.run(restart).ends(0).says("nothing is restarted");
    assert_eq!((mark(&scene, "api"), mark(&scene, "web")), (api, web));
}

/// Twenty failures of one store, and one message that says why.
#[test]
fn a_store_is_explained_once() {
    let scene = Scene::new();
    let names = ["a", "b", "c", "d", "e", "f"];
    for name in names {
        scene.external(name, json!({"target": {"name": name}}));
    }
    scene.operator_does(|_| Does::Fails("could not get secret data from provider".to_owned()));
    let ran = scene.run("sync --all --wait --sync-timeout 20s").ends(5);
    assert_eq!(
        ran.said.matches("could not get secret data").count(),
        1,
        "{}",
        ran.said
    );
    assert!(
        ran.said.contains("6 ExternalSecrets were not synced"),
        "{}",
        ran.said
    );
    // One that is not ready is told before anything is asked for.
    let hostile = "\u{1b}[31mno\u{202e}::error::x <b>";
    scene.server.put_workload(
        Resource::SecretStores,
        "default",
        "vault",
        store("False", hostile),
    );
    let before = scene.server.requests().len();
    let ran = scene
        .run("sync --all --wait")
        .ends(5)
        .says("it is not ready: R: ");
    assert!(
        !ran.said.contains('\u{1b}') && !ran.said.contains('\u{202e}'),
        "{}",
        ran.said
    );
    assert_eq!(
        ran.said.matches("it is not ready").count(),
        1,
        "{}",
        ran.said
    );
    let patches = scene.server.requests()[before..]
        .iter()
        .filter(|request| request.method == Method::PATCH)
        .count();
    assert_eq!(patches, 0);
    let document = scene.run("sync --all --wait -o json").ends(5).document();
    assert_eq!(document["failures"].as_array().unwrap().len(), 1);
    assert_eq!(
        document["failures"][0]["externalSecrets"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
}

/// What ignores a forced sync is said before, and nothing is sent for it.
#[test]
fn what_ignores_a_sync_is_not_asked() {
    let scene = Scene::new();
    scene.external("a", json!({"refreshPolicy": "CreatedOnce"}));
    scene.external("b", json!({"refreshInterval": "0s"}));
    scene.external("c", json!({"target": {"name": "db", "immutable": true}}));
    let before = scene.server.requests().len();
    scene
        .run("sync --all --wait")
        .ends(5)
        .says("CreatedOnce")
        .says("refreshInterval is 0")
        .says("immutable");
    let requests = scene.server.requests();
    let patched = |request: &testcluster::fault::Recorded| request.method == Method::PATCH;
    assert!(!requests[before..].iter().any(patched));
}

#[test]
fn a_condition_that_lies_is_not_believed() {
    let scene = Scene::new();
    scene.external("a", json!({"target": {"name": "other"}}));
    scene.external(
        "b",
        json!({"data": [{"secretKey": "extra", "remoteRef": {"key": "db", "property": "user"}}]}),
    );
    scene.operator_does(|_| Does::Lies);
    scene
        .run("sync a --wait --sync-timeout 20s")
        .ends(5)
        .says("secret/other does not exist");
    scene
        .run("sync b --wait --sync-timeout 20s")
        .ends(5)
        .says("lacks extra");
}

#[test]
fn an_operator_that_does_nothing_is_not_waited_for_for_ever() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    scene.operator_does(|_| Does::Nothing);
    scene
        .run("sync db --wait --sync-timeout 2s")
        .ends(5)
        .says("not over after 2 s");
    scene.run("sync db").ends(0).says("sync requested");
}

/// Whatever fails on the way: nothing is sent twice, and no success is claimed that is none.
#[test]
fn requests_that_fail_claim_nothing() {
    for (name, fault) in Fault::of_each_kind("no") {
        if name == "stall" {
            continue;
        }
        let scene = Scene::new();
        scene.external("db", json!({}));
        scene.store_has("db#password", NEW);
        scene.server.script(
            Rule::on(Method::PATCH)
                .path("externalsecrets")
                .nth(1)
                .fault(fault),
        );
        let ran = scene.run(WAIT);
        let stored = scene.server.secret("default", "db").unwrap();
        match ran.status {
            Some(0) => assert_eq!(stored.values["password"], NEW.as_bytes(), "{name}"),
            Some(2 | 3) => assert!(
                scene.externals("db").unwrap()["metadata"]["annotations"].is_null(),
                "{name}"
            ),
            other => panic!("{name}: {other:?} {}", ran.said),
        }
    }
}

/// Somebody else changes the object just before: it is read anew and asked for again.
#[test]
fn a_race_with_another_writer_is_won() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    scene.operator_does(|_| Does::Nothing);
    let server = std::sync::Arc::clone(&scene.server);
    let race = std::thread::spawn(move || {
        for n in 0..40 {
            server.edit_workload(Resource::ExternalSecrets, "default", "db", |object| {
                object["metadata"]["labels"]["n"] = json!(n.to_string());
            });
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    });
    scene.run("sync db").ends(0);
    race.join().unwrap();
    let object = scene.externals("db").unwrap();
    assert!(object["metadata"]["annotations"]["force-sync"].is_string());
}

#[test]
fn names_labels_and_stores_choose() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    for (words, status, says) in [
        (
            "sync -l team=billing",
            0,
            "externalsecret/db sync requested",
        ),
        (
            "sync -l team=other",
            2,
            "no ExternalSecret here has the labels",
        ),
        ("sync --store vault", 0, "externalsecret/db sync requested"),
        ("sync --store valut", 2, "Did you mean vault?"),
        (
            "sync --store vault --kind ClusterSecretStore",
            2,
            "reads the store",
        ),
        ("sync secret/db", 0, "externalsecret/db sync requested"),
        (
            "sync externalsecret/db",
            0,
            "externalsecret/db sync requested",
        ),
        ("sync bd", 2, "externalsecret/bd does not exist"),
        ("sync deploy/db", 2, "can be named"),
        ("sync clusterexternalsecret/x", 2, "belongs to"),
        ("sync db --dry-run", 0, "would be synced"),
        ("sync db --dry-run=server", 0, "would be synced"),
        ("sync", 2, "nothing says what to sync"),
        ("sync db --restart", 2, "no terminal"),
    ] {
        scene.run(words).ends(status).says(says);
    }
}

/// Wrong types, huge texts and escapes end in errors or escaped words.
#[test]
fn hostile_objects_are_no_trouble() {
    let scene = Scene::new();
    let huge = "x".repeat(200_000);
    for spec in [
        json!({"target": 5, "data": {"a": 1}, "secretStoreRef": []}),
        json!({"target": {"name": "\u{1b}[31m", "creationPolicy": {}}, "data": [null, {"secretKey": huge}]}),
        json!({"refreshInterval": {"a": []}, "refreshPolicy": 1, "dataFrom": "x"}),
    ] {
        scene.external("a", spec);
        scene.server.edit_workload(Resource::ExternalSecrets, "default", "a", |object| {
            object["status"] = json!({"conditions": [{"type": "Ready", "status": "False",
                "reason": "\u{1b}]0;x\u{7}", "message": huge}], "refreshTime": [], "syncedResourceVersion": 7});
        });
        scene.operator_does(|_| Does::Nothing);
        for words in [
            "sync a --wait --sync-timeout 1s",
            "sync a --dry-run -o json",
            "sync --all",
        ] {
            let ran = scene.run(words);
            assert!(
                matches!(ran.status, Some(0 | 2 | 3 | 5)),
                "{words}: {:?} {}",
                ran.status,
                ran.said
            );
            assert!(!ran.said.contains('\u{1b}') && !ran.said.contains('\u{7}'));
            assert!(ran.said.len() < 10_000, "{words}: {} bytes", ran.said.len());
        }
    }
}

/// `rotate` writes no value that the operator would replace, and names the way.
#[test]
fn rotate_names_the_way_of_the_level() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    let rotate = "rotate secret/db password --generate password -y";
    // Before the first sync nothing on the Secret tells it.
    let ran = scene.run(rotate).ends(2);
    let way = "kubectl secretsafe sync db -n default --wait --restart";
    assert!(ran.said.contains(way), "{}", ran.said);
    scene.run(WAIT).ends(0);
    let ran = scene.run(rotate).ends(2).says("nothing was changed");
    assert!(
        ran.said.contains("kubectl secretsafe sync "),
        "{}",
        ran.said
    );
    let named = ran.said.split("kubectl secretsafe ").nth(1).unwrap();
    let command = named
        .lines()
        .next()
        .unwrap()
        .replace("--restart", "")
        .trim()
        .to_owned();
    scene.run(&format!("{command} --sync-timeout 20s")).ends(0);
}

#[test]
fn who_may_not_is_told_the_role() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    scene.server.only_allow("rules:\n");
    let ran = scene.run(WAIT).ends(3);
    assert!(
        ran.said.contains("kubectl secretsafe sync --print-rbac"),
        "{}",
        ran.said
    );
    let role = scene.run("sync --print-rbac -n default").ends(0).stdout;
    scene.server.only_allow(&role);
    scene.run(WAIT).ends(0);
    let role = scene
        .run("sync --print-rbac --restart -n default")
        .ends(0)
        .stdout;
    scene.server.only_allow(&role);
    scene
        .server
        .put_workload(Resource::Deployments, "default", "api", deployment("api"));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    scene.store_has("db#password", NEW);
    scene
        .run("sync db --restart -y --settle 1s --timeout 20s --sync-timeout 20s")
        .ends(0)
        .says("0 of 1 pods");
}

#[test]
fn a_server_without_the_operator_is_said() {
    let scene = Scene::new();
    let reply = Reply::status(
        404,
        "NotFound",
        "the server could not find the requested resource",
    );
    scene.server.script(
        Rule::on_any()
            .path("/apis/external-secrets.io/")
            .fault(reply),
    );
    scene
        .run("sync db")
        .ends(2)
        .says("does not serve external-secrets.io/v1");
}

fn patches(scene: &Scene, since: usize) -> usize {
    let requests = scene.server.requests();
    let patched = requests[since..]
        .iter()
        .filter(|request| request.method == Method::PATCH);
    patched.count()
}

/// A generator that makes a new random value each time is not asked by the way: the database
/// would not know the new password.
#[test]
fn a_new_random_password_is_made_only_on_request() {
    for (kind, is_asked) in [
        ("Password", false),
        ("UUID", false),
        ("SSHKey", false),
        ("ClusterGenerator", false),
        ("ECRAuthorizationToken", true),
    ] {
        let scene = Scene::new();
        scene.external(
            "db",
            json!({"refreshPolicy": "OnChange", "dataFrom": [{"sourceRef": {"generatorRef":
                {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": kind, "name": "g"}}}]}),
        );
        let before = scene.server.requests().len();
        let ran = scene.run("sync --all --restart -y");
        match is_asked {
            true => assert!(patches(&scene, before) > 0, "{kind}: {}", ran.said),
            false => {
                assert_eq!(patches(&scene, before), 0, "{kind}");
                ran.ends(5).says(kind).says("--include-generated");
                scene.run("sync db --include-generated").ends(0);
                assert!(patches(&scene, before) > 0, "{kind}");
            }
        }
    }
}

/// A sync of one child reaches all namespaces of its ClusterExternalSecret.
#[test]
fn a_child_of_a_cluster_external_secret_is_not_synced_alone() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    scene
        .server
        .edit_workload(Resource::ExternalSecrets, "default", "db", |object| {
            object["metadata"]["ownerReferences"] = json!([{"apiVersion": "external-secrets.io/v1",
            "kind": "ClusterExternalSecret", "name": "shared", "uid": "u", "controller": true}]);
        });
    let before = scene.server.requests().len();
    for words in [
        "sync db",
        "sync --all",
        "sync -l team=billing",
        "sync secret/db --wait",
    ] {
        scene
            .run(words)
            .ends(5)
            .says("clusterexternalsecret/shared");
    }
    assert_eq!(patches(&scene, before), 0);
    // Named, or all of all namespaces, it is asked for; this cluster has none.
    scene
        .run("sync clusterexternalsecret/shared --dry-run")
        .ends(0)
        .says("would be synced");
    scene
        .run("sync --all -A --dry-run")
        .ends(0)
        .says("would be synced");
}

/// What still has the old value is said, and nothing is called restarted that is not.
#[test]
fn what_keeps_the_old_value_is_said() {
    for with_another in [false, true] {
        let scene = Scene::new();
        scene.external("db", json!({}));
        scene.run(WAIT).ends(0);
        let mut paused = deployment("api");
        paused["spec"]["paused"] = json!(true);
        scene
            .server
            .put_workload(Resource::Deployments, "default", "api", paused);
        if with_another {
            scene
                .server
                .put_workload(Resource::Deployments, "default", "web", deployment("web"));
        }
        std::thread::sleep(std::time::Duration::from_millis(1100));
        scene.store_has("db#password", NEW);
        let ran = scene
            .run("sync db --restart -y --settle 1s --timeout 20s --sync-timeout 20s -o json")
            .ends(5);
        assert!(
            !ran.said.contains("no container has an old value"),
            "{}",
            ran.said
        );
        assert!(ran.said.contains("deployment/api"), "{}", ran.said);
        let row = &ran.document()["externalSecrets"][0];
        assert_eq!(row["state"], "newValue");
        assert_eq!(row["restarted"], false, "{row}");
    }
}

/// A sync that is not over says nothing of its store.
#[test]
fn a_sync_that_is_not_over_is_no_failure_of_the_store() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    scene.operator_does(|_| Does::Nothing);
    let words = "sync db --wait --sync-timeout 2s";
    let ran = scene.run(words).ends(5).says("not over after 2 s");
    assert!(!ran.said.contains("secretstore/vault"), "{}", ran.said);
    assert!(
        ran.said
            .contains("kubectl describe externalsecret/db -n default"),
        "{}",
        ran.said
    );
    let document = scene.run(&format!("{words} -o json")).ends(5).document();
    assert_eq!(document["externalSecrets"][0]["state"], "notOver");
    assert_eq!(document["failures"], json!([]));
    // Missing keys are not the store's either.
    scene.operator_does(|_| Does::Lies);
    scene.external("a", json!({"target": {"name": "other"}}));
    let ran = scene.run("sync a --wait --sync-timeout 20s").ends(5);
    assert!(!ran.said.contains("secretstore/vault"), "{}", ran.said);
}

/// The clocks of the operator and the API server need not agree.
#[test]
fn an_operator_whose_clock_is_behind_is_seen() {
    let scene = Scene::new();
    scene.clock_is_behind(90);
    scene.external("db", json!({}));
    scene.store_has("db#password", NEW);
    scene.run(WAIT).ends(0).says("new value in secret/db");
}

/// An ExternalSecret that makes something else than a Secret has none to be looked at.
#[test]
fn what_makes_no_secret_is_synced_without_one() {
    let scene = Scene::new();
    scene.external(
        "a",
        json!({"target": {"name": "settings", "manifest": {"apiVersion": "v1", "kind": "ConfigMap"}}}),
    );
    scene.operator_does(|_| Does::Lies);
    scene.run("sync a --wait --sync-timeout 20s").ends(0);
    scene.run("sync secret/settings").ends(2);
}

/// A store that is only named, and not used, keeps nothing from being synced.
#[test]
fn a_store_that_is_not_used_is_not_missed() {
    let scene = Scene::new();
    scene.external(
        "a",
        json!({"secretStoreRef": {"name": "dummy"}, "target": {"name": "db", "creationPolicy": "Merge"},
            "data": [{"secretKey": "user", "remoteRef": {"key": "db", "property": "user"},
                "sourceRef": {"storeRef": {"name": "vault", "kind": "SecretStore"}}}]}),
    );
    scene.run("sync a --wait --sync-timeout 20s").ends(0);
}

/// Ctrl-C and no answer at the question about restarts: the new values are there.
#[test]
fn no_answer_about_restarts_is_a_part_done() {
    let scene = Scene::new();
    scene.external("db", json!({}));
    scene.run(WAIT).ends(0);
    scene
        .server
        .put_workload(Resource::Deployments, "default", "api", deployment("api"));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    scene.store_has("db#password", NEW);
    let mut command = std::process::Command::new("/bin/sh");
    command
        .args(["-c", "\"$0\" \"$@\"; echo ended-with-$?."])
        .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .args("sync db --restart --sync-timeout 20s".split(' '))
        .env("KUBECONFIG", scene.server.kubeconfig())
        .env("HOME", scene.server.folder());
    let mut session = rexpect::session::spawn_command(command, Some(30_000)).unwrap();
    session.exp_string("Restart 1 workload").unwrap();
    session.exp_string("[y/N]").unwrap();
    session.send("\u{3}").unwrap();
    session.flush().unwrap();
    let said = session.exp_string("ended-with-").unwrap();
    let status = session.exp_string(".").unwrap();
    assert_eq!(status, "5", "{said}");
    assert!(said.contains("the new values are there"), "{said}");
}

/// Operators before 0.18 do not hand the request of a ClusterExternalSecret on.
#[test]
fn a_request_that_is_not_passed_on_is_told() {
    for passes in [false, true] {
        let scene = Scene::new();
        scene.external("db", json!({}));
        let change = |object: &mut Value| {
            object["metadata"]["ownerReferences"] = json!([{"apiVersion": "external-secrets.io/v1",
                "kind": "ClusterExternalSecret", "name": "shared", "uid": "u", "controller": true}]);
        };
        scene
            .server
            .edit_workload(Resource::ExternalSecrets, "default", "db", change);
        let cluster = json!({"apiVersion": "external-secrets.io/v1", "kind": "ClusterExternalSecret",
            "metadata": {"name": "shared", "uid": "u", "resourceVersion": "1"}, "spec": {}});
        for method in [Method::GET, Method::PATCH] {
            let rule = Rule::on(method).path("/clusterexternalsecrets/shared");
            scene.server.script(rule.fault(Reply::json(200, &cluster)));
        }
        let server = std::sync::Arc::clone(&scene.server);
        scene.operator_does(move |object| {
            let requests = server.requests();
            let asked = requests
                .iter()
                .find(|request| request.method == Method::PATCH);
            let body =
                asked.and_then(|request| serde_json::from_slice::<Value>(&request.body).ok());
            let text = body.and_then(|body| {
                let operations = body.as_array()?.iter();
                let mut texts =
                    operations.filter(|one| one["path"].as_str().unwrap().contains("force-sync"));
                Some(texts.next()?["value"].clone())
            });
            if let (true, Some(text)) = (passes, text)
                && object["metadata"]["annotations"].is_null()
            {
                server.edit_workload(Resource::ExternalSecrets, "default", "db", |object| {
                    object["metadata"]["annotations"] =
                        json!({"external-secrets.io/force-sync": text});
                });
            }
            Does::Nothing
        });
        let ran = scene.run("sync clusterexternalsecret/shared");
        match passes {
            true => ran.ends(0).says("sync requested"),
            false => ran.ends(5).says("does not pass the request"),
        };
    }
}
