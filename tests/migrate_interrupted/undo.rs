//! `--undo` as a command of its own.

use http::Method;
use serde_json::{Value, json};
use testcluster::fault::{Reply, Resource, Rule};

use crate::scene::{MIGRATE, Scene, State, UNDO};

#[test]
fn trying_an_undo_changes_nothing() {
    let scene = Scene::of(Resource::CronJobs);
    let dry = [UNDO, &["--dry-run"]].concat();
    let said = scene.run(&dry).ends(2);
    assert!(said.contains("no migration"), "{said}");
    scene.run(MIGRATE).ends(0);
    let before = scene.patches();
    let said = scene.run(&dry).ends(0);
    assert!(
        said.contains("would get the template it had before"),
        "{said}"
    );
    scene.run(&[&dry[..], &["--exit-code"]].concat()).ends(1);
    assert_eq!(scene.patches(), before);
    assert_eq!(scene.state(), State::Migrated);
    scene
        .server
        .edit_workload(Resource::CronJobs, "default", "app", |object| {
            let pod = &mut object["spec"]["jobTemplate"]["spec"]["template"]["spec"];
            pod["volumes"][0]["secret"]["defaultMode"] = json!(0o440);
        });
    let said = scene.run(&dry).ends(2);
    assert!(said.contains("has changed since"), "{said}");
}

#[test]
fn what_has_no_template_of_its_own_is_no_success() {
    let scene = Scene::of(Resource::CronJobs);
    let said = scene.run_for(&["secret/db-creds"], UNDO).ends(2);
    assert!(said.contains("there is nothing to undo"), "{said}");
}

/// Of several workloads the second one fails: what was done is told, in place of
/// a status that says that nothing was.
///
/// Invariant 63.
#[test]
fn one_of_several_that_fails_does_not_hide_the_others() {
    let scene = Scene::of(Resource::CronJobs);
    let mut other = scene.stored();
    other["metadata"]["annotations"] = json!({});
    scene
        .server
        .put_workload(Resource::CronJobs, "default", "other", other);
    let both = ["cronjob/app", "cronjob/other"];
    let no = || {
        let words = "cronjobs.batch \"other\" is forbidden: User \"dev\" cannot patch resource \
                     \"cronjobs\" in API group \"batch\" in the namespace \"default\"";
        Rule::on(Method::PATCH)
            .path("/other")
            .fault(Reply::status(403, "Forbidden", words))
    };
    scene.server.script(no());
    let said = scene.run_for(&both, MIGRATE).ends(5);
    assert!(said.contains("not allowed to patch cronjobs"), "{said}");
    assert!(
        said.contains("1 of the workloads were migrated before that"),
        "{said}"
    );
    assert_eq!(scene.state(), State::Migrated);
    scene.server.clear_script();
    scene.run_for(&both, MIGRATE).ends(0);
    scene.server.script(no());
    let said = scene.run_for(&both, UNDO).ends(5);
    assert!(
        said.contains("1 of the workloads were taken back before that"),
        "{said}"
    );
    assert_eq!(scene.state(), State::Original);
}

fn pods(revision: &str, ready: bool) -> Reply {
    let state = if ready {
        json!({"running": {}})
    } else {
        json!({"waiting": {"reason": "ImagePullBackOff", "message": ""}})
    };
    let pod = json!({
        "metadata": {
            "name": "app-0", "namespace": "default", "uid": revision,
            "labels": {"controller-revision-hash": revision},
            "ownerReferences": [{
                "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "app", "uid": "1",
                "controller": true,
            }],
        },
        "spec": {"containers": [{"name": "app", "image": "registry.example/app:1"}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": if ready { "True" } else { "False" }}],
            "containerStatuses": [{"name": "app", "ready": ready, "restartCount": 0, "state": state}],
        },
    });
    Reply::json(
        200,
        &json!({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [pod]}),
    )
}

/// A pod of the revision that failed stays in the way of the one that is back.
///
/// Invariant 46.
#[test]
fn pods_that_a_stateful_set_leaves_behind_are_replaced_or_named() {
    let scene = Scene::with(Resource::StatefulSets, |object: &mut Value| {
        object["status"] = json!({
            "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "updateRevision": "good",
        });
    });
    let list = || Rule::on(Method::GET).path("/pods?");
    let by_hand = "kubectl delete pod app-0 -n default";
    for kept in [false, true] {
        scene.server.script(list().fault(pods("good", true)));
        scene.run(MIGRATE).ends(0);
        scene.server.clear_script();
        // The first look is at everything, the second one for such pods.
        for look in 1..=2 {
            scene
                .server
                .script(list().nth(look).fault(pods("bad", false)));
        }
        scene.server.script(list().fault(pods("good", true)));
        if kept {
            let words = "Cannot evict pod as it would violate the pod's disruption budget.";
            let reply = Reply::status(429, "TooManyRequests", words);
            scene
                .server
                .script(Rule::on(Method::POST).path("/eviction").fault(reply));
        }
        let before = scene.server.requests().len();
        let said = scene.run(UNDO).ends(0);
        scene.server.clear_script();
        assert_eq!(scene.state(), State::Original);
        let evictions = scene.server.requests()[before..]
            .iter()
            .filter(|request| request.path.contains("/pods/app-0/eviction"))
            .count();
        assert!(evictions > 0);
        assert_eq!(
            said.contains("a disruption budget keeps pod/app-0"),
            kept,
            "{said}"
        );
        assert_eq!(said.contains(by_hand), kept, "{said}");
    }
    // Killed before it was replaced: another run finds no migration, and the pod.
    scene.server.script(list().fault(pods("bad", false)));
    let said = scene.run(UNDO).ends(2);
    assert!(
        said.contains("no migration") && said.contains(by_hand),
        "{said}"
    );
}
