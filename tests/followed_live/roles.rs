//! Roles that commands print: each is enough for all of the command's work, and each verb
//! of it that changes something is needed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use testcluster::fault::{PodOutcome, Rule};

use crate::scene::{NEW, OLD, Scene, at_once};
use crate::stage::Stage;

const ROTATE: &str =
    "kubectl secretsafe rotate secret/db password --stdin password -y --settle 1s --timeout 20s";
const RESTART: &str = "kubectl secretsafe restart deploy/api -y --settle 1s --timeout 20s";
const MIGRATE: &str = "kubectl secretsafe migrate deploy/api -y --settle 1s --timeout 20s";

/// A command, what is run with its Role and how each ends, and whether new pods end.
type Flow = (&'static str, &'static [(&'static str, i32)], bool);

fn with_role(task: &str) -> Scene {
    let scene = Scene::new();
    let role = scene.run(&format!("kubectl secretsafe {task} --print-rbac"), "");
    assert_eq!(role.status, 0, "{}", role.said);
    scene.server.only_allow(&role.said);
    scene
}

/// Runs of all kinds, with the printed Role and no other right.
#[test]
fn a_printed_role_is_enough_for_the_whole_command() {
    let crashes = |scene: &Scene| scene.server.pods_become(|_| PodOutcome::Crashes);
    let flows: &[Flow] = &[
        ("rotate", &[(ROTATE, 0)], false),
        ("rotate", &[(ROTATE, 4)], true),
        ("rotate", &[("{} --strategy overlap", 0)], false),
        ("rotate", &[("{} --strategy overlap", 4)], true),
        (
            "rotate",
            &[
                ("{} --keep 1h", 0),
                ("kubectl secretsafe rotate --status", 0),
                (
                    "kubectl secretsafe rotate secret/db --undo -y --timeout 20s",
                    0,
                ),
            ],
            false,
        ),
        (
            "rotate",
            &[
                ("{} --stage", 0),
                (
                    "kubectl secretsafe rotate secret/db --resume -y --settle 1s --timeout 20s",
                    0,
                ),
            ],
            false,
        ),
        (
            "rotate",
            &[
                ("{} --stage", 0),
                (
                    "kubectl secretsafe rotate secret/db --abort -y --timeout 20s",
                    0,
                ),
            ],
            false,
        ),
        (
            "rotate",
            &[
                ("{} --keep 1s", 0),
                ("kubectl secretsafe rotate --gc -y", 0),
            ],
            false,
        ),
        ("restart", &[(RESTART, 0)], false),
        ("restart", &[(RESTART, 4)], true),
        (
            "restart",
            &[(
                "kubectl secretsafe restart --stale -y --settle 1s --timeout 20s",
                0,
            )],
            false,
        ),
        ("migrate", &[(MIGRATE, 0)], false),
        ("migrate", &[(MIGRATE, 4)], true),
        (
            "migrate",
            &[
                (MIGRATE, 0),
                (
                    "kubectl secretsafe migrate deploy/api --undo -y --timeout 20s",
                    0,
                ),
            ],
            false,
        ),
    ];
    at_once(flows, |(task, commands, fails)| {
        let scene = with_role(task);
        if *fails {
            crashes(&scene);
        }
        for (command, status) in *commands {
            let command = command.replace("{}", ROTATE);
            let ran = scene.run(&command, NEW);
            assert_eq!(ran.status, *status, "{command}: {}", ran.said);
            let refused = ran.said.contains("forbidden") || ran.said.contains("not allowed");
            assert!(!refused, "{command}: {}", ran.said);
        }
    });
}

/// The same for a Secret that cannot change, and whose place another one takes.
#[test]
fn a_printed_role_is_enough_for_a_successor() {
    let scene = with_role("rotate");
    let change = |object: &mut serde_json::Value| object["immutable"] = true.into();
    scene.server.edit_secret("default", "db", change);
    let ran = scene.run(ROTATE, NEW);
    assert_eq!(ran.status, 0, "{}", ran.said);
    let env = &scene.template("api")["spec"]["containers"][0]["env"][0];
    let name = env["valueFrom"]["secretKeyRef"]["name"].as_str().unwrap();
    assert!(name.starts_with("db-"), "{name}");
}

/// Without one of the verbs, `rotate` refuses before it changes anything, and names the
/// Role; or it can do all the same.
///
/// Shows N9.
#[test]
fn without_any_one_verb_nothing_is_half_done() {
    let role = Scene::new()
        .run("kubectl secretsafe rotate --print-rbac", "")
        .said;
    let (head, rules) = role.split_once("rules:\n").unwrap();
    let rules: Vec<&str> = rules.split_inclusive("]\n").collect();
    // Three lines are a rule.
    let rules: Vec<[&str; 3]> = rules
        .chunks(3)
        .map(|rule| rule.try_into().unwrap())
        .collect();
    let mut lacking = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let verbs = rule[2].trim().strip_prefix("verbs: [").unwrap();
        let verbs: Vec<&str> = verbs.strip_suffix(']').unwrap().split(", ").collect();
        for lacks in &verbs {
            let mut left = String::new();
            for (other, rule) in rules.iter().enumerate() {
                let kept: Vec<&str> = match other == place {
                    true => verbs.iter().copied().filter(|verb| verb != lacks).collect(),
                    false => vec![
                        rule[2]
                            .trim()
                            .strip_prefix("verbs: [")
                            .unwrap()
                            .strip_suffix(']')
                            .unwrap(),
                    ],
                };
                if !kept.is_empty() {
                    left += &format!("{}{}  verbs: [{}]\n", rule[0], rule[1], kept.join(", "));
                }
            }
            let what = format!("{lacks} {}{}", rule[0].trim(), rule[1].trim());
            lacking.push((what, format!("{head}rules:\n{left}")));
        }
    }
    let refused = AtomicUsize::new(0);
    let needless = Mutex::new(Vec::new());
    at_once(&lacking, |(what, role)| {
        let scene = Scene::new();
        scene.server.only_allow(role);
        let before = scene.template("api");
        let ran = scene.run(ROTATE, NEW);
        match ran.status {
            0 => needless.lock().unwrap().push(what.clone()),
            3 => {
                refused.fetch_add(1, Ordering::SeqCst);
                let named = ran.said.contains("kubectl secretsafe rotate --print-rbac");
                assert!(named, "without {what}: {}", ran.said);
                assert!(
                    ran.said.matches("kind: Role").count() == 0,
                    "without {what}: {}",
                    ran.said
                );
                assert_eq!(
                    (scene.value().as_str(), scene.has_run()),
                    (OLD, false),
                    "without {what}"
                );
                assert_eq!(scene.template("api"), before, "without {what}");
            }
            status => panic!("without {what} it ends {status}: {}", ran.said),
        }
    });
    println!(
        "{} verbs: without {} of them rotate refuses, without {} it does its work here",
        lacking.len(),
        refused.into_inner(),
        needless.lock().unwrap().len()
    );
    for what in needless.into_inner().unwrap() {
        println!("  {what}");
    }
}

/// A refusal that comes in the middle, after the dry runs were allowed, is told with the
/// same Role.
#[test]
fn a_killed_run_is_gone_on_with_by_somebody_else_who_has_the_role() {
    let scene = Scene::new();
    let rule = Rule::on(Method::PATCH).path("deployments").nth(2);
    scene.kill(ROTATE, NEW, rule);
    let resume = "kubectl secretsafe rotate secret/db --resume -y --settle 1s --timeout 20s";
    scene.server.only_allow("rules:\n");
    let ran = scene.run(resume, "");
    assert_eq!(ran.status, 3, "{}", ran.said);
    assert!(
        ran.said
            .contains("kubectl secretsafe rotate --print-rbac -n default"),
        "{}",
        ran.said
    );
    let role = scene
        .run("kubectl secretsafe rotate --print-rbac -n default", "")
        .said;
    scene.server.only_allow(&role);
    let ran = scene.run(resume, "");
    assert_eq!(ran.status, 0, "{}", ran.said);
    assert_eq!(scene.value(), NEW);
}

/// The rules that docs/rbac/README.md shows for commands that print none: each is enough,
/// and without any one of its verbs the command says that it could not do its work.
#[test]
fn the_rules_of_the_index_are_enough_and_needed() {
    const COMMANDS: [(&str, &str); 3] = [
        (
            "create",
            "kubectl secretsafe create new --stdin password && kubectl secretsafe create db --update --generate password -y",
        ),
        ("edit", "kubectl secretsafe edit secret/db -y"),
        ("seal", "kubectl secretsafe seal secret/db --cert cert.pem"),
    ];
    let index = include_str!("../../docs/rbac/README.md");
    at_once(&COMMANDS, |(name, command)| {
        let (_, rules) = index
            .split_once(&format!("### `{name}`\n\n```yaml\n"))
            .unwrap();
        let (rules, _) = rules.split_once("```").unwrap();
        let play = |rules: &str| {
            let stage = Stage::new();
            stage.server().only_allow(rules);
            let command = format!("export EDITOR='sed -i s/alice/bob/'; echo x | {command}");
            let output = stage.run(&command);
            let said = String::from_utf8(output.stdout).unwrap();
            (output.status.code(), said)
        };
        let (status, said) = play(rules);
        assert_eq!(status, Some(0), "{name}: {said}");
        let (head, verbs) = rules.split_once("verbs: [").unwrap();
        let verbs: Vec<&str> = verbs.trim_end().trim_end_matches(']').split(", ").collect();
        for lacks in &verbs {
            let left: Vec<_> = verbs
                .iter()
                .filter(|verb| *verb != lacks)
                .copied()
                .collect();
            let rules = format!("{head}verbs: [{}]\n", left.join(", "));
            let (status, said) = play(&rules);
            // What may be created and not read is there, and not proven.
            let expected = match (*name, *lacks) {
                ("create", "get") => 5,
                _ => 3,
            };
            assert_eq!(status, Some(expected), "{name} without {lacks}: {said}");
        }
    });
}
