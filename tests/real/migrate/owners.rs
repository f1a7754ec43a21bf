//! Files that belong to the process that reads them (`defaultUser`), on a
//! server that drops the field and on one that keeps it.

use libtest_mimic::Trial;
use testcluster::{Cluster, NodeWish};

use super::app::{App, FILE, in_container, migrate, migrate_soon, template};
use crate::doctor::scene::Scene;
use crate::harness::node_trial;

pub(super) fn trials() -> Vec<Trial> {
    vec![node_trial(
        "migrate::files_that_belong_to_the_process",
        owners,
    )]
}

/// On until Kubernetes has it on by itself (1.38).
const GATE: &str = "AtomicWriteVolumeUserFields";

const APP: App<'static> = App {
    name: "own",
    pod: "securityContext: {runAsUser: 1000}",
    ..App::USUAL
};

/// Volumes with owners as people write them; whether uid 1000 can read the
/// file is asked of the node.
const VOLUMES: &[(&str, &str, &str)] = &[
    (
        "owner",
        "",
        "secret: {secretName: db-creds, defaultMode: 0400, defaultUser: 1000}",
    ),
    (
        "another",
        "",
        "secret: {secretName: db-creds, defaultMode: 0400, defaultUser: 1001}",
    ),
    (
        "item",
        "",
        "secret: {secretName: db-creds, defaultMode: 0400, items: [{key: password, path: password, user: 1000}]}",
    ),
    (
        "item-over",
        "",
        "secret: {secretName: db-creds, defaultMode: 0400, defaultUser: 1000, items: [{key: password, path: password, user: 1001}]}",
    ),
    (
        "projected",
        "",
        "projected: {defaultMode: 0400, defaultUser: 1000, sources: [{secret: {name: db-creds}}]}",
    ),
    (
        "with-group",
        ", fsGroup: 2000",
        "secret: {secretName: db-creds, defaultMode: 0400, defaultUser: 1000}",
    ),
    (
        "group-another",
        ", fsGroup: 2000",
        "secret: {secretName: db-creds, defaultMode: 0400, defaultUser: 1001}",
    ),
];

fn owners() {
    let scene = Scene::new("owners-dropped");
    scene.create("db-creds --stdin password", "pw");
    APP.start(&scene);
    let words = "deployment/own --complete --reads-files all";
    let outcome = migrate(&scene, &format!("{words} --default-user --dry-run"));
    assert!(
        outcome.stderr.contains("this server drops defaultUser"),
        "{}",
        outcome.stderr
    );
    assert!(
        !outcome.stdout.contains("defaultUser: 1000"),
        "{}",
        outcome.stdout
    );

    let cluster = Cluster::with_gates(NodeWish::WithNodeWhenPossible, &[GATE]).unwrap();
    cluster.node().unwrap();
    let scene = Scene::on(&cluster, "owners-kept");
    scene.create("db-creds --stdin password", "pw");
    APP.start(&scene);
    let offer = migrate(&scene, &format!("{words} --dry-run"));
    assert!(offer.stdout.contains("--default-user"), "{}", offer.stdout);
    // The template does not prove it: an old kubelet drops the field too. So the
    // files come first, and a container is asked.
    migrate_soon(&scene, "deployment/own -y --default-user").status(0);
    migrate_soon(&scene, &format!("{words} -y --default-user --verify-read")).status(0);
    let file = ["stat", "-L", "-c", "%u %a", FILE];
    assert_eq!(
        in_container(&scene, "deployment/own", &file).trim(),
        "1000 400"
    );
    assert_eq!(in_container(&scene, "deployment/own", &["cat", FILE]), "pw");
    let environment = in_container(&scene, "deployment/own", &["cat", "/proc/1/environ"]);
    assert!(!environment.contains("DB_PASSWORD"));
    assert!(!template(&scene, "deployment/own").contains("fsGroup"));
    as_doctor_says(&scene);
    // And the way back.
    migrate_soon(&scene, "deployment/own -y --undo").status(0);
    migrate_soon(&scene, "deployment/own -y --undo").status(0);
    let environment = in_container(&scene, "deployment/own", &["cat", "/proc/1/environ"]);
    assert!(environment.contains("DB_PASSWORD=pw"));
}

/// What doctor calls unreadable is unreadable on the node, and nothing else.
fn as_doctor_says(scene: &Scene) {
    for (name, group, volume) in VOLUMES {
        let pod = format!(
            "securityContext: {{runAsUser: 1000{group}}}\nvolumes: [{{name: v, {volume}}}]"
        );
        scene.deploy(
            name,
            &pod,
            "volumeMounts: [{name: v, mountPath: /etc/secrets/db-creds, readOnly: true}]",
        );
    }
    for (name, ..) in VOLUMES {
        scene.wait_ready(name);
        let object = format!("deployment/{name}");
        let can_read = in_container(scene, &object, &["cat", FILE]) == "pw";
        let told = scene.doctor(&object).rules().contains(&"SS030".to_owned());
        assert_eq!(
            !told,
            can_read,
            "{name}: SS030 {told}; owner and mode {}",
            in_container(scene, &object, &["stat", "-L", "-c", "%u:%g %a", FILE])
        );
    }
}
