//! What a live plan says before it asks, and what it does not touch at all.

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Fault, Resource, Rule};

use crate::scene::{MIGRATE, Scene, State, UNDO};

/// Nobody can be asked: the plan was shown, and nothing was tried.
fn shown_before_asking(scene: &Scene, words: &str) {
    let ran = scene.run(&["--complete", "--reads-files", "all"]);
    assert!(ran.shown.contains(words), "{}", ran.shown);
    assert!(ran.said.contains("no terminal"), "{}", ran.said);
    ran.ends(2);
    assert_eq!(scene.patches(), 0);
    assert_eq!(scene.state(), State::Original);
}

/// Invariants 33, 34.
#[test]
fn what_others_write_is_left_to_them() {
    let helm = |object: &mut Value| {
        object["metadata"]["annotations"]["meta.helm.sh/release-name"] = json!("shop");
        object["metadata"]["labels"] = json!({"app.kubernetes.io/managed-by": "Helm"});
    };
    let argo = |object: &mut Value| {
        let id = json!("shop:apps/Deployment:default/app");
        object["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] = id;
    };
    let operator = |object: &mut Value| {
        object["metadata"]["ownerReferences"] = json!([{
            "apiVersion": "example.org/v1", "kind": "Shop", "name": "shop", "uid": "1",
            "controller": true,
        }]);
    };
    for (who, change, forced) in [
        ("Helm (release shop)", helm as fn(&mut Value), 0),
        ("Argo CD", argo, 0),
        ("Shop", operator, 5),
    ] {
        let scene = Scene::with(Resource::Deployments, change);
        let ran = scene.run(MIGRATE);
        assert!(ran.shown.contains(who), "{who}: {}", ran.shown);
        ran.ends(5);
        assert_eq!(scene.patches(), 0, "{who}");
        let ran = scene.run(&[MIGRATE, &["--force-live"]].concat());
        assert!(ran.shown.contains(who), "{who}: {}", ran.shown);
        ran.ends(forced);
        let changed = scene.state() == State::Migrated;
        assert_eq!(changed, forced == 0, "{who}");
    }
}

/// Invariant 35.
#[test]
fn of_a_paused_deployment_it_says_that_nothing_rolls_out() {
    let scene = Scene::with(Resource::Deployments, |object| {
        object["spec"]["paused"] = json!(true);
    });
    shown_before_asking(
        &scene,
        "It is paused: nothing rolls out until somebody resumes it.",
    );
    let said = scene.run(MIGRATE).ends(0);
    assert!(said.contains("migrated; it is paused"), "{said}");
    assert_eq!(scene.state(), State::Migrated);
    scene.run(UNDO).ends(0);
    assert_eq!(scene.state(), State::Original);
}

/// Invariants 36, 38.
#[test]
fn how_pods_will_be_replaced_is_told_before() {
    let recreate = json!({"type": "Recreate"});
    let in_place = json!({
        "type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
    });
    let partition = json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 1}});
    for (resource, field, strategy, words) in [
        (
            Resource::Deployments,
            "strategy",
            recreate,
            "for a moment there are none",
        ),
        (
            Resource::Deployments,
            "strategy",
            in_place,
            "the old pod stops before the new one starts",
        ),
        (
            Resource::StatefulSets,
            "updateStrategy",
            json!({"type": "OnDelete"}),
            "pods get the change when somebody deletes them",
        ),
        (
            Resource::StatefulSets,
            "updateStrategy",
            partition,
            "Its partition is 1: pods with a lower ordinal stay as they are.",
        ),
    ] {
        let scene = Scene::with(resource, |object| object["spec"][field] = strategy.clone());
        shown_before_asking(&scene, words);
        scene.run(MIGRATE).ends(0);
        assert_eq!(scene.state(), State::Migrated, "{words}");
    }
}

/// Pods here have a container and a Secret that admission gives them.
///
/// Invariant 39.
#[test]
fn what_pods_have_besides_their_template_stays_out_of_it() {
    let scene = Scene::of(Resource::Deployments);
    let ran = scene.run(MIGRATE);
    let shown = ran.shown.clone();
    ran.ends(0);
    assert_eq!(scene.state(), State::Migrated);
    let requests = scene.server.requests();
    let bodies = requests
        .iter()
        .filter(|request| request.method == Method::PATCH);
    let bodies = bodies.map(|request| String::from_utf8_lossy(&request.body).into_owned());
    let written: Vec<_> = bodies.chain([shown]).collect();
    assert_eq!(written.len(), 3);
    for text in written {
        assert!(text.contains("db-creds"), "{text}");
        for foreign in ["injected", "mesh", "TOKEN"] {
            assert!(!text.contains(foreign), "{foreign} in {text}");
        }
    }
}

/// The list that the plan was made from was old: what is planned anew stands in
/// the same document.
#[test]
fn plans_as_json_are_one_document() {
    let scene = Scene::of(Resource::CronJobs);
    let old = Fault::mutate(|list| {
        let pod = &mut list["items"][0]["spec"]["jobTemplate"]["spec"]["template"]["spec"];
        let env = pod["containers"][0]["env"].as_array_mut().unwrap();
        env.insert(0, json!({"name": "OLD", "value": "x"}));
    });
    let listed = Rule::on(Method::GET).path("cronjobs").nth(1);
    scene.server.script(listed.fault(old));
    let ran = scene.run(&[MIGRATE, &["-o", "json"]].concat());
    assert!(ran.said.contains("has changed meanwhile"), "{}", ran.said);
    let document: Value = serde_json::from_str(&ran.shown).unwrap();
    ran.ends(0);
    assert_eq!(scene.state(), State::Migrated);
    let plans = document["plans"].as_array().unwrap();
    assert_eq!(plans.len(), 1);
    let path = |plan: &Value| plan["variables"][0]["path"].as_str().unwrap().to_owned();
    assert!(path(&plans[0]).ends_with("env[1]"), "{document}");
    assert!(path(&plans[0]["then"][0]).ends_with("env[0]"), "{document}");
}
