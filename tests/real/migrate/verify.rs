//! `--verify-read`: what the manifest does not tell, the running container
//! does.

use libtest_mimic::Trial;
use serde_json::Value;
use testcluster::Rule;

use super::app::{App, ENV, FILE, in_container, migrate, migrate_soon, spec, template, watched};
use crate::doctor::scene::{Scene, deployment};
use crate::harness::{Invocation, cluster, node_trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        node_trial("migrate::asks_the_container_that_is_root", root),
        node_trial("migrate::keeps_what_is_not_verified", refused),
        node_trial("migrate::takes_back_the_second_step_alone", second_step),
    ]
}

const WORDS: &str = "-y --complete --reads-files all --verify-read";

/// The image decides who the process is, and it is root: files first, then the
/// variable goes, each a step that can be taken back.
///
/// Invariants 24, 47.
fn root() {
    let scene = Scene::new("migrate-verify");
    scene.create("db-creds --stdin password", "pw-canary");
    scene.deploy("api", "", ENV);
    scene.wait_ready("api");
    let object = "deployment/api";
    let before = template(&scene, object);
    let withheld = migrate_soon(&scene, &format!("{object} -y --complete --reads-files all"));
    withheld.status(5);
    let mounted = template(&scene, object);
    assert!(mounted.contains("secretKeyRef"), "not proven: it stays");
    migrate_soon(&scene, &format!("--undo {object} -y")).status(0);
    assert_eq!(template(&scene, object), before);

    let outcome = migrate_soon(&scene, &format!("{object} {WORDS}")).status(0);
    assert!(!outcome.stdout.contains("pw-canary") && !outcome.stderr.contains("pw-canary"));
    assert!(
        outcome.stdout.contains("in a second step"),
        "{}",
        outcome.stdout
    );
    outcome.says("can read /etc/secrets/db-creds/password");
    assert!(!template(&scene, object).contains("secretKeyRef"));
    let environment = in_container(&scene, object, &["cat", "/proc/1/environ"]);
    assert!(!environment.contains("DB_PASSWORD"));
    assert_eq!(in_container(&scene, object, &["cat", FILE]), "pw-canary");
    migrate_soon(&scene, &format!("{object} {WORDS}")).status(0);

    migrate_soon(&scene, &format!("--undo {object} -y")).status(0);
    assert_eq!(template(&scene, object), mounted);
    // The files are there: asking comes before the plan, and one step is enough.
    let second = format!("{object} -y --remove-env --reads-files all --verify-read -o json");
    let outcome = migrate_soon(&scene, &second).status(0);
    assert!(
        outcome.stdout.contains("\"readable\": \"verified\""),
        "{}",
        outcome.stdout
    );
    for expected in [&mounted, &before] {
        migrate_soon(&scene, &format!("--undo {object} -y")).status(0);
        assert_eq!(template(&scene, object), *expected);
    }
    // Two steps are one document.
    let outcome = migrate_soon(&scene, &format!("{object} {WORDS} -o json")).status(0);
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let plan = &document["plans"][0];
    assert_eq!(plan["variables"][0]["fate"], "kept", "{document}");
    assert_eq!(
        plan["then"][0]["variables"][0]["fate"], "removed",
        "{document}"
    );
}

/// The image's process is not root and cannot read the file, or the user may
/// not ask: the variable stays.
///
/// Invariant 24.
fn refused() {
    let scene = Scene::new("migrate-unread");
    scene.create("db-creds --stdin password", "pw");
    let text = deployment("user", cluster().user_image(), "", ENV);
    scene.namespace.apply(&text);
    scene.wait_ready("user");
    let object = "deployment/user";
    let before = template(&scene, object);
    let limited = scene.namespace.user(&[Rule {
        api_group: "*",
        resources: &["*"],
        resource_names: &[],
        verbs: &["get", "list", "patch"],
    }]);
    Invocation::of(limited.kubeconfig())
        .words("migrate")
        .words(&format!("{object} {WORDS}"))
        .run()
        .status(3)
        .says("needs the verb create on pods/exec");
    assert_eq!(template(&scene, object), before);
    migrate_soon(&scene, &format!("{object} {WORDS}"))
        .status(5)
        .says("cannot read /etc/secrets/db-creds/password");
    let environment = in_container(&scene, object, &["cat", "/proc/1/environ"]);
    assert!(environment.contains("DB_PASSWORD"));
    migrate_soon(&scene, &format!("--undo {object} -y")).status(0);
    assert_eq!(template(&scene, object), before);
}

/// The file can be read, and the program still needs its variable: only the
/// removal is taken back, and the way back from the first step is told.
///
/// Invariants 46, 47, 48, 63.
fn second_step() {
    let scene = Scene::new("migrate-second");
    scene.create("db-creds --stdin password", "pw");
    let app = App {
        pod: "",
        command: "command: [sh, -c, 'env | grep -q \"^DB_PASS\"\"WORD=\" || exit 1; sleep 100000']",
        ..App::USUAL
    };
    app.start(&scene);
    let object = "deployment/api";
    let before = spec(&scene, object);
    let (outcome, gaps) = watched(&scene, "api", || {
        migrate(&scene, &format!("{object} {WORDS} --settle 10s"))
    });
    outcome
        .status(4)
        .says("ends again and again")
        .says("The step before stays")
        .says("kubectl secretsafe migrate --undo deployment/api");
    assert_eq!(gaps, 0);
    let mounted = spec(&scene, object);
    assert!(mounted.contains("secretKeyRef") && mounted.contains("/etc/secrets/db-creds"));
    migrate_soon(&scene, &format!("--undo {object} -y")).status(0);
    assert_eq!(spec(&scene, object), before);
}
