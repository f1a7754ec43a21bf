//! Changes that cannot end well: refused, or taken back, with the old pods
//! serving throughout.

use super::{ENV, migrate, template, watched};
use crate::doctor::scene::Scene;

const ROOT: &str = "securityContext: {runAsUser: 0}";

/// No room for a further pod: the reason is named, and the template goes back.
///
/// Invariants 46, 48, 63.
pub(super) fn quota() {
    let scene = Scene::new("migrate-quota");
    scene.create("db-creds --stdin password", "pw");
    scene.deploy("api", ROOT, ENV);
    scene.wait_ready("api");
    scene.namespace.apply(
        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: full}, spec: {hard: {pods: 1}}}",
    );
    scene.wait("the quota counts", || {
        let query = "-ojsonpath={.status.used.pods}";
        scene.namespace.kubectl(["get", "quota/full", query]).stdout == b"1"
    });
    let before = template(&scene, "deployment/api");
    let (outcome, gaps) = watched(&scene, "api", || {
        migrate(
            &scene,
            "deployment/api -y --complete --reads-files all --timeout 15",
        )
    });
    outcome.status(4).says("a ResourceQuota is exceeded");
    assert_eq!(gaps, 0, "moments without a ready pod");
    assert_eq!(template(&scene, "deployment/api"), before);
}

/// A required key that is not there is refused before any change.
///
/// Invariants 30, 63.
pub(super) fn missing_key() {
    let scene = Scene::new("migrate-key");
    scene.create("db-creds --stdin password", "pw");
    scene.deploy("api", ROOT, ENV);
    scene.wait_ready("api");
    let before = template(&scene, "deployment/api");
    let remove = "[{\"op\": \"remove\", \"path\": \"/data/password\"}]";
    let lost = scene
        .namespace
        .kubectl(["patch", "secret/db-creds", "--type=json", "-p", remove]);
    assert!(lost.status.success());
    let (outcome, gaps) = watched(&scene, "api", || {
        migrate(&scene, "deployment/api -y --complete --reads-files all")
    });
    assert!(
        outcome.stdout.contains("has no key password"),
        "{}",
        outcome.stdout
    );
    outcome.status(2);
    assert_eq!(gaps, 0);
    assert_eq!(template(&scene, "deployment/api"), before);
}
