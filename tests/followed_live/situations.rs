//! Situations in which commands are printed.

use http::Method;
use serde_json::json;
use testcluster::fault::{PodOutcome, Reply, Resource, Rule};

use crate::scene::{NEW, Ran, Scene, deployment};

pub struct Situation {
    pub what: &'static str,
    /// What was there before the command.
    before: fn(&Scene),
    pub command: &'static str,
    pub status: i32,
    /// Whether it may print no command.
    pub silent: bool,
}

impl Situation {
    /// A new scene in which the command has run.
    pub fn play(&self) -> (Scene, Ran) {
        let scene = Scene::new();
        (self.before)(&scene);
        let ran = scene.run(self.command, NEW);
        (scene, ran)
    }
}

const fn when(
    what: &'static str,
    before: fn(&Scene),
    command: &'static str,
    status: i32,
) -> Situation {
    Situation {
        what,
        before,
        command,
        status,
        silent: false,
    }
}

const fn silent(situation: Situation) -> Situation {
    Situation {
        silent: true,
        ..situation
    }
}

macro_rules! rotate {
    ($more:literal) => {
        concat!(
            "kubectl secretsafe rotate secret/db password --stdin password -y --settle 1s --timeout 20s ",
            $more
        )
    };
}

macro_rules! restart {
    ($more:literal) => {
        concat!(
            "kubectl secretsafe restart -y --settle 1s --timeout 20s ",
            $more
        )
    };
}

macro_rules! migrate {
    ($more:literal) => {
        concat!(
            "kubectl secretsafe migrate --settle 1s --timeout 20s ",
            $more
        )
    };
}

fn nothing(_: &Scene) {}

/// Nothing at all is allowed.
fn no_rights(scene: &Scene) {
    scene.server.only_allow("rules:\n");
}

/// Everything may be looked at, and nothing changed.
fn looks_only(scene: &Scene) {
    let role = scene.run("kubectl secretsafe doctor --print-rbac", "").said;
    scene.server.only_allow(&role);
}

fn crashes(scene: &Scene) {
    scene.server.pods_become(|_| PodOutcome::Crashes);
}

/// Of two workloads one does not get ready.
fn half(scene: &Scene) {
    let mut web = deployment();
    web["spec"]["template"]["metadata"]["labels"]["fails"] = "yes".into();
    scene
        .server
        .put_workload(Resource::Deployments, "default", "web", web);
    scene.server.pods_become(
        |template| match template["metadata"]["labels"]["fails"] == "yes" {
            true => PodOutcome::Crashes,
            false => PodOutcome::Ready,
        },
    );
}

fn two(scene: &Scene) {
    scene
        .server
        .put_workload(Resource::Deployments, "default", "web", deployment());
}

/// New pods end, and nothing can be written when that is seen.
fn no_way_back(scene: &Scene) {
    crashes(scene);
    for nth in 3..40 {
        let writes = Rule::on(Method::PATCH).path("/deployments/").nth(nth);
        let refusal = Reply::status(403, "Forbidden", "a policy says no");
        scene.server.script(writes.fault(refusal));
    }
}

fn paused(scene: &Scene) {
    let mut paused = deployment();
    paused["spec"]["paused"] = true.into();
    scene
        .server
        .put_workload(Resource::Deployments, "default", "api", paused);
}

fn immutable(scene: &Scene) {
    let change = |object: &mut serde_json::Value| object["immutable"] = true.into();
    scene.server.edit_secret("default", "db", change);
}

/// A rotation that was killed while it restarted workloads.
fn killed(scene: &Scene) {
    let rule = Rule::on(Method::PATCH).path("deployments").nth(2);
    scene.kill(rotate!(""), NEW, rule);
}

fn staged(scene: &Scene) {
    let ran = scene.run(rotate!("--stage"), NEW);
    assert_eq!(ran.status, 0, "{}", ran.said);
}

fn kept(scene: &Scene) {
    let ran = scene.run(rotate!("--keep 1h"), NEW);
    assert_eq!(ran.status, 0, "{}", ran.said);
}

fn mounted(scene: &Scene) {
    let ran = scene.run(migrate!("deploy/api -y"), "");
    assert_eq!(ran.status, 0, "{}", ran.said);
}

/// The files are there, and without its variables the program ends.
fn mounted_and_needed(scene: &Scene) {
    mounted(scene);
    scene.server.pods_become(|template| {
        match template["spec"]["containers"][0]["env"].is_array() {
            true => PodOutcome::Ready,
            false => PodOutcome::Crashes,
        }
    });
}

/// A workload whose user is unknown.
fn user_unknown(scene: &Scene) {
    let mut object = deployment();
    object["spec"]["template"]["spec"]["securityContext"] = json!({});
    scene
        .server
        .put_workload(Resource::Deployments, "default", "api", object);
}

/// Another user than root, without a group.
fn user_without_group(scene: &Scene) {
    let mut object = deployment();
    object["spec"]["template"]["spec"]["securityContext"] = json!({"runAsUser": 1000});
    scene
        .server
        .put_workload(Resource::Deployments, "default", "api", object);
}

pub const SITUATIONS: &[Situation] = &[
    // rotate
    when("rotate without rights", no_rights, rotate!(""), 3),
    when("rotate, and may only look", looks_only, rotate!(""), 3),
    when(
        "plan a rotation, and may only look",
        looks_only,
        rotate!("--dry-run"),
        3,
    ),
    when(
        "--verify-exec, and may only look",
        looks_only,
        rotate!("--verify-exec app -- true"),
        3,
    ),
    when(
        "runs without rights",
        no_rights,
        "kubectl secretsafe rotate --status",
        3,
    ),
    when(
        "resume without rights",
        no_rights,
        "kubectl secretsafe rotate secret/db --resume -y",
        3,
    ),
    when("stage", nothing, rotate!("--stage"), 0),
    when("rotate what is staged", staged, rotate!(""), 2),
    when("rotate what was killed", killed, rotate!(""), 2),
    when(
        "resume a kept one",
        kept,
        "kubectl secretsafe rotate secret/db --resume -y",
        2,
    ),
    when(
        "abort a kept one",
        kept,
        "kubectl secretsafe rotate secret/db --abort -y",
        2,
    ),
    when(
        "undo one that is not over",
        killed,
        "kubectl secretsafe rotate secret/db --undo -y",
        2,
    ),
    when(
        "status of a killed one",
        killed,
        "kubectl secretsafe rotate --status",
        0,
    ),
    when("keep", nothing, rotate!("--keep 1h"), 0),
    when("rotate, taken back", crashes, rotate!(""), 4),
    when("rotate, and not back", no_way_back, rotate!(""), 5),
    when("rotate, and a paused one", paused, rotate!(""), 5),
    when(
        "no run to resume",
        nothing,
        "kubectl secretsafe rotate secret/db --resume -y",
        2,
    ),
    when(
        "no run to abort",
        nothing,
        "kubectl secretsafe rotate secret/db --abort -y",
        2,
    ),
    when(
        "no such Secret",
        nothing,
        "kubectl secretsafe rotate secret/new password --stdin password -y",
        2,
    ),
    silent(when("an immutable Secret", immutable, rotate!(""), 0)),
    // restart
    when(
        "restart without rights",
        no_rights,
        restart!("deploy/api"),
        3,
    ),
    when(
        "restart stale ones without rights",
        no_rights,
        restart!("--stale"),
        3,
    ),
    when(
        "restart, and may only look",
        looks_only,
        restart!("deploy/api"),
        3,
    ),
    when("restart, taken back", crashes, restart!("deploy/api"), 4),
    when(
        "restart, half",
        half,
        restart!("--secret db --max-parallel 1"),
        5,
    ),
    when(
        "restart, and not back",
        no_way_back,
        restart!("deploy/api"),
        5,
    ),
    when("restart a paused one", paused, restart!("deploy/api"), 5),
    // migrate
    when(
        "migrate without rights",
        no_rights,
        migrate!("deploy/api -y"),
        3,
    ),
    when(
        "migrate all without rights",
        no_rights,
        migrate!("--dry-run"),
        3,
    ),
    when(
        "migrate, and may only look",
        looks_only,
        migrate!("deploy/api -y"),
        3,
    ),
    when("a live plan", nothing, migrate!("--dry-run"), 0),
    when("a live plan of two", two, migrate!("--dry-run"), 0),
    when("status", nothing, migrate!("--status"), 0),
    when("status of two", two, migrate!("--status"), 0),
    silent(when("status, mounted", mounted, migrate!("--status"), 0)),
    when("migrated", nothing, migrate!("deploy/api -y"), 0),
    when("migrated, both", two, migrate!("-y"), 0),
    silent(when(
        "migrate once more",
        mounted,
        migrate!("deploy/api -y"),
        0,
    )),
    when(
        "remove",
        mounted,
        migrate!("deploy/api --remove-env --reads-files all -y"),
        0,
    ),
    silent(when(
        "remove without a word",
        mounted,
        migrate!("deploy/api --remove-env -y"),
        5,
    )),
    when("migrate, taken back", crashes, migrate!("deploy/api -y"), 4),
    when("migrate, half taken back", half, migrate!("-y"), 5),
    when(
        "migrate, and it stays",
        crashes,
        migrate!("deploy/api -y --no-undo"),
        5,
    ),
    when(
        "migrate, and not back",
        no_way_back,
        migrate!("deploy/api -y"),
        5,
    ),
    when(
        "remove, taken back",
        mounted_and_needed,
        migrate!("deploy/api --remove-env --reads-files all -y"),
        4,
    ),
    when(
        "user unknown",
        user_unknown,
        migrate!("deploy/api --dry-run"),
        0,
    ),
    silent(when(
        "no group",
        user_without_group,
        migrate!("deploy/api --dry-run"),
        5,
    )),
    silent(when(
        "undo nothing",
        nothing,
        migrate!("deploy/api --undo -y"),
        2,
    )),
    silent(when("undone", mounted, migrate!("deploy/api --undo -y"), 0)),
    // consumers and doctor
    when(
        "consumers without rights",
        no_rights,
        "kubectl secretsafe consumers db",
        3,
    ),
    when("consumers", nothing, "kubectl secretsafe consumers db", 0),
    when(
        "consumers of a staged one",
        staged,
        "kubectl secretsafe consumers db",
        0,
    ),
    when(
        "doctor without rights",
        no_rights,
        "kubectl secretsafe doctor",
        3,
    ),
    when("doctor", nothing, "kubectl secretsafe doctor", 1),
    when(
        "doctor of a mounted one",
        mounted,
        "kubectl secretsafe doctor",
        1,
    ),
    // edit, advise and policy
    when("edit", nothing, "kubectl secretsafe edit secret/db -y", 0),
    // They print a Role for the request.
    silent(when(
        "edit without rights",
        no_rights,
        "kubectl secretsafe edit secret/db -y",
        3,
    )),
    silent(when(
        "edit, and may only look",
        looks_only,
        "kubectl secretsafe edit secret/db -y",
        3,
    )),
    when(
        "edit one that is not there",
        nothing,
        "kubectl secretsafe edit secret/nobody -y",
        2,
    ),
    silent(when(
        "edit an immutable one",
        immutable,
        "kubectl secretsafe edit secret/db -y",
        2,
    )),
    when(
        "advise",
        nothing,
        "kubectl secretsafe advise -n default --clusters 1",
        0,
    ),
    when(
        "advise without rights",
        no_rights,
        "kubectl secretsafe advise -n default --clusters 1",
        3,
    ),
    when(
        "who would be refused",
        nothing,
        "kubectl secretsafe policy --who",
        1,
    ),
    when(
        "who would be refused, without rights",
        no_rights,
        "kubectl secretsafe policy --who",
        3,
    ),
];
