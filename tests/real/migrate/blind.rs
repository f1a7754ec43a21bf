//! Users who may not look: that is no reason to say that nothing is there.

use libtest_mimic::Trial;
use testcluster::{Rule, User};

use super::app::{App, ENV, ROOT, ask, spec};
use crate::doctor::scene::{Scene, deployment};
use crate::harness::{Invocation, Outcome, node_trial, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("migrate::says_what_it_may_not_look_at", blind),
        node_trial(
            "migrate::changes_nothing_that_it_cannot_watch",
            cannot_watch,
        ),
    ]
}

/// All that is listed, without some of it.
fn without(scene: &Scene, left_out: &[&str], named: &[Rule<'_>]) -> User {
    let rules: Vec<_> = [
        (
            "",
            &[
                "pods",
                "events",
                "secrets",
                "configmaps",
                "serviceaccounts",
                "replicationcontrollers",
            ][..],
        ),
        (
            "apps",
            &["deployments", "replicasets", "statefulsets", "daemonsets"][..],
        ),
        ("batch", &["jobs", "cronjobs"][..]),
    ]
    .into_iter()
    .map(|(group, all)| {
        let kept: Vec<_> = all
            .iter()
            .copied()
            .filter(|resource| !left_out.contains(resource))
            .collect();
        (group, kept)
    })
    .collect();
    let mut rules: Vec<_> = rules
        .iter()
        .filter(|(_, kept)| !kept.is_empty())
        .map(|(api_group, resources)| Rule {
            api_group,
            resources,
            resource_names: &[],
            verbs: &["get", "list", "patch"],
        })
        .collect();
    rules.extend_from_slice(named);
    scene.namespace.user(&rules)
}

fn run(user: &User, words: &str) -> Outcome {
    Invocation::of(user.kubeconfig()).words(words).run()
}

/// What is missing, and the command that prints the Role, which works.
#[track_caller]
fn is_refused(scene: &Scene, user: &User, words: &str, right: &str) {
    let namespace = scene.namespace.name();
    let command = words.split(' ').next().unwrap_or_default();
    let role = format!("kubectl secretsafe {command} --print-rbac -n {namespace}");
    let outcome = run(user, words)
        .status(3)
        .says(&format!("you may not {right} in namespace {namespace}"))
        .says(&role);
    assert!(
        !outcome.stderr.contains("nothing to do"),
        "{}",
        outcome.stderr
    );
    assert!(
        !outcome.stderr.contains("there is no"),
        "{}",
        outcome.stderr
    );
    let printed = run(user, role.trim_start_matches("kubectl secretsafe ")).status(0);
    assert!(printed.stdout.contains("kind: Role"), "{}", printed.stdout);
}

/// Invariants 62, 63.
fn blind() {
    let scene = Scene::new("migrate-blind");
    scene.create("db-creds --stdin password", "pw");
    let text = deployment("api", "none", ROOT, ENV);
    scene
        .namespace
        .apply(&text.replace("  replicas: 1\n", "  replicas: 1\n  paused: true\n"));
    let before = spec(&scene, "deployment/api");
    let nobody = scene.namespace.user(&[]);
    for words in [
        "migrate",
        "migrate --dry-run -o json",
        "migrate -y --complete --reads-files all",
        "migrate -l app=api",
        "migrate deployment/api --dry-run",
        "migrate deployment/api -y",
        "migrate --undo deployment/api -y",
        "doctor deployment/api",
    ] {
        is_refused(&scene, &nobody, words, "list deployments.apps");
    }
    is_refused(
        &scene,
        &nobody,
        "migrate cronjob/nightly -y",
        "list cronjobs.batch",
    );
    is_refused(&scene, &nobody, "doctor secret/db-creds", "list secrets");
    is_refused(&scene, &nobody, "doctor pod/api-0", "list pods");
    // One kind that may not be listed may have any number of variables.
    let no_cron_jobs = without(&scene, &["cronjobs"], &[]);
    for words in ["migrate --dry-run", "migrate -y", "migrate -l app=api -y"] {
        is_refused(&scene, &no_cron_jobs, words, "list cronjobs.batch");
    }
    assert_eq!(spec(&scene, "deployment/api"), before);
    // What is named and seen is migrated, and what is seen not to be there is not.
    run(&no_cron_jobs, "migrate deployment/api -y").status(0);
    run(&no_cron_jobs, "migrate deployment/gone -y")
        .status(2)
        .says("deployment/gone not found");
    run(&no_cron_jobs, "migrate --undo deployment/api -y").status(0);
    // With a document the outcome is in it.
    let outcome = run(&no_cron_jobs, "migrate --dry-run -o json").status(3);
    assert!(
        outcome.stdout.contains("\"outcome\": \"notKnown\""),
        "{}",
        outcome.stdout
    );
}

/// Who may change a Deployment and not see its pods could not tell what becomes
/// of them.
///
/// Invariants 62, 63.
fn cannot_watch() {
    let scene = Scene::new("migrate-unseen");
    scene.create("db-creds --stdin password", "pw");
    App::USUAL.start(&scene);
    let before = spec(&scene, "deployment/api");
    for list in ["replicasets", "pods"] {
        let user = without(&scene, &[list], &[]);
        let group = if list == "pods" { "" } else { ".apps" };
        for words in [
            "migrate deployment/api -y",
            "migrate deployment/api --dry-run",
        ] {
            is_refused(&scene, &user, words, &format!("list {list}{group}"));
        }
    }
    // Its pods are seen, and it is not: what it is is not known.
    let user = without(&scene, &["deployments"], &[]);
    for words in [
        "migrate deployment/api -y",
        "migrate --undo deployment/api -y",
    ] {
        is_refused(&scene, &user, words, "list deployments.apps");
    }
    assert_eq!(spec(&scene, "deployment/api"), before);
    let annotations = ask(
        &scene,
        &[
            "get",
            "deployment/api",
            "-ojsonpath={.metadata.annotations}",
        ],
    );
    assert!(!annotations.contains("secretsafe"), "{annotations}");
}
