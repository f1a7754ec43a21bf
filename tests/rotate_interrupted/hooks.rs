//! Programs that work on the other side of a credential: one whose password stands in a
//! file here.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use testcluster::fault::{PodOutcome, Rule, When};

use crate::kills::ROTATE;
use crate::scene::{NEW, OLD, Scene, at_once};

/// A scene with a server whose password is in a file, and the programs that know it.
struct Other {
    scene: Scene,
}

/// Sets the password if the one before is that of the server, or if it is done already.
const SET: &str = r#"
value=$(cat <&3); other=$(cat <&4); now=$(cat "$DIR/server")
echo "$SECRETSAFE_PHASE $SECRETSAFE_DIRECTION $SECRETSAFE_SECRET $SECRETSAFE_KEYS" >> "$DIR/log"
if [ "$now" = "$value" ]; then exit 10; fi
if [ "$now" != "$other" ]; then exit 5; fi
printf %s "$value" > "$DIR/server"
"#;
/// Signs in.
const TEST: &str = r#"
echo "$SECRETSAFE_PHASE $SECRETSAFE_DIRECTION" >> "$DIR/log"
[ "$(cat <&3)" = "$(cat "$DIR/server")" ]
"#;

impl Other {
    fn of(scene: Scene) -> Self {
        let other = Self { scene };
        fs::write(other.path("server"), OLD).unwrap();
        other.program("set", SET);
        other.program("test", TEST);
        other
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scene.server.folder().join(name)
    }

    fn program(&self, name: &str, script: &str) {
        let folder = self.scene.server.folder().display().to_string();
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/sh\nDIR='{folder}'\n{script}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    }

    fn flags(&self, tasks: &[&str]) -> Vec<String> {
        let flag = |task: &&str| {
            let (flag, program) = task.split_once('=').unwrap_or((task, task));
            [
                format!("--{flag}-exec"),
                self.path(program).display().to_string(),
            ]
        };
        tasks.iter().flat_map(flag).collect()
    }

    fn words<'w>(&self, words: &'w [&'w str], flags: &'w [String]) -> Vec<&'w str> {
        words
            .iter()
            .copied()
            .chain(flags.iter().map(String::as_str))
            .collect()
    }

    fn run(&self, words: &[&str], tasks: &[&str]) -> crate::scene::Ran {
        let flags = self.flags(tasks);
        self.scene.run(&self.words(words, &flags))
    }

    fn server(&self) -> String {
        fs::read_to_string(self.path("server")).unwrap()
    }

    fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

const ALL: &[&str] = &["set", "test", "test-old=test"];

/// The order of things: the other side first, and its old value dead at the end.
#[test]
fn both_sides_get_the_new_value() {
    let other = Other::of(Scene::of(2));
    let said = other.run(ROTATE, ALL).ends(0);
    other.scene.is_rotated();
    assert_eq!(other.server(), NEW);
    assert!(
        said.contains("the other side refuses the old value"),
        "{said}"
    );
    assert!(!said.contains("not proven: that whoever checks"), "{said}");
    assert_eq!(
        other.log(),
        [
            "set forward db password",
            "test forward",
            "test-old forward"
        ]
    );
}

/// Whatever fails after the other side was told, it is told the old value first, and
/// everything is as before.
#[test]
fn the_other_side_goes_back_with_the_rest() {
    let cases = ["set fails", "test fails", "pods crash"];
    at_once(&cases, |case| {
        let other = Other::of(Scene::of(2));
        match *case {
            // It has done its work, and says that it has not.
            "set fails" => other.program(
                "set",
                &format!("{SET}\n[ \"$SECRETSAFE_DIRECTION\" = back ]"),
            ),
            "test fails" => other.program("test", "exit 1"),
            _ => other.scene.server.pods_become(|template| {
                let marks = &template["metadata"]["annotations"];
                match marks["kubectl.kubernetes.io/restartedAt"].is_null() {
                    true => PodOutcome::Ready,
                    false => PodOutcome::Crashes,
                }
            }),
        }
        let said = other.run(ROTATE, &["set", "test"]).ends(4);
        assert!(
            said.contains("everything is what it was before"),
            "{case}: {said}"
        );
        other.scene.is_untouched();
        assert_eq!(other.server(), OLD, "{case}");
        let log = other.log();
        assert_eq!(
            log.last().map(String::as_str),
            Some("set back db password"),
            "{case}"
        );
    });
}

/// If even that fails, it is told, and nothing is given up: both values are kept.
#[test]
fn a_way_back_that_fails_is_left_open() {
    let other = Other::of(Scene::of(1));
    other.program(
        "set",
        &format!("[ \"$SECRETSAFE_DIRECTION\" = back ] && exit 9\n{SET}"),
    );
    other.program("test", "echo \"no, not $(cat <&3)\"; exit 1");
    let said = other.run(ROTATE, &["set", "test"]).ends(5);
    assert!(said.contains("may still have the new value"), "{said}");
    assert!(said.contains("  | no, not ***"), "{said}");
    assert!(other.scene.has_run(), "the old value is lost");
    other.scene.nothing_is_lost();
    // Without the program there is no way back, and that is told before anything is done.
    let abort = ["--abort", "-y", "--timeout", "20s"];
    let said = other.scene.run(&abort).ends(2);
    assert!(said.contains("--set-exec"), "{said}");
    other.program("set", SET);
    other.run(&abort, &["set"]).ends(0);
    assert_eq!(other.server(), OLD);
    other.scene.is_untouched();
}

/// Killed at any write, also between `set` and the Secret, a run is gone on with or
/// taken back, and both sides have one value.
///
/// Invariant 84.
///
/// Shows N3.
#[test]
fn killed_at_any_write_both_sides_have_one_value() {
    let resume = &["--resume", "-y", "--settle", "1s", "--timeout", "20s"][..];
    let abort = &["--abort", "-y", "--timeout", "20s"][..];
    let mut points = Vec::new();
    for way in [resume, abort] {
        for when in [When::BeforeCommit, When::AfterCommit] {
            points.extend((5..=15).map(|nth| (Method::PATCH, nth, when, way)));
            points.push((Method::DELETE, 1, when, way));
        }
    }
    let (new, old) = (AtomicUsize::new(0), AtomicUsize::new(0));
    at_once(&points, |(method, nth, when, way)| {
        let other = Other::of(Scene::of(2));
        let flags = other.flags(&["set", "test"]);
        let rule = Rule::on(method.clone()).nth(*nth);
        if !other
            .scene
            .killed(&other.words(ROTATE, &flags), rule, *when)
        {
            return;
        }
        other.scene.nothing_is_lost();
        let ran = other.run(way, &["set", "test"]);
        assert!(
            matches!(ran.status, Some(0 | 2)),
            "{method} {nth} {when:?} {way:?}: {}",
            ran.said
        );
        assert!(!other.scene.has_run(), "{}", ran.said);
        assert_eq!(
            other.server(),
            other.scene.value(),
            "{method} {nth} {when:?} {way:?}"
        );
        match other.scene.value() == NEW {
            true => other.scene.is_rotated(),
            false => other.scene.is_untouched(),
        }
        let count = match other.scene.value() == NEW {
            true => &new,
            false => &old,
        };
        count.fetch_add(1, Ordering::SeqCst);
    });
    let counts = [&new, &old].map(|count| count.load(Ordering::SeqCst));
    assert!(counts.iter().all(|count| *count > 5), "{counts:?}");
}

/// A run that is gone on with needs the programs that it began with.
#[test]
fn a_resumed_run_needs_its_programs() {
    let other = Other::of(Scene::of(1));
    let flags = other.flags(ALL);
    let rule = Rule::on(Method::PATCH).path("secrets/db?").nth(2);
    assert!(
        other
            .scene
            .killed(&other.words(ROTATE, &flags), rule, When::BeforeCommit)
    );
    assert_eq!(other.server(), NEW);
    let status = other.run(&["--status"], &[]).ends(0);
    assert!(
        status.contains("It began with --set-exec, --test-exec, --test-old-exec"),
        "{status}"
    );
    let resume = ["--resume", "-y", "--settle", "1s", "--timeout", "20s"];
    for (tasks, missing) in [
        (&["test", "test-old=test"][..], "--set-exec"),
        (&["set"], "--test-exec"),
    ] {
        let said = other.run(&resume, tasks).ends(2);
        assert!(said.contains(missing), "{said}");
    }
    other.run(&resume, ALL).ends(0);
    other.scene.is_rotated();
    assert_eq!(other.server(), NEW);
}

/// Programs that print values, hang, fork, close descriptors or die: no value is shown,
/// and the run ends as it would with any other failure.
#[test]
fn hostile_programs_show_nothing() {
    let scripts = [
        "cat <&3; cat <&4; cat; exit 1",
        "cat <&3 >&2; base64 <&4; exit 1",
        "cat >/dev/null; sleep 100",
        "(sleep 100; echo late) & cat <&3; exit 1",
        "exec 0<&- 1>&- 2>&- 3<&- 4<&-; sleep 100",
        "kill -9 $$",
        "kill -9 0",
        "trap '' TERM INT HUP; cat <&3; sleep 100",
        "yes \"$(cat <&3)\"",
        "printf '\\033]0;x\\007\\033[2J'; exit 1",
        "exec 3<&- 4<&-; exit 1",
    ];
    at_once(&scripts, |script| {
        let other = Other::of(Scene::of(1));
        other.program(
            "set",
            &format!("[ \"$SECRETSAFE_DIRECTION\" = back ] && exit 10\n{script}"),
        );
        let mut words = ROTATE.to_vec();
        words.push("--hook-timeout=2s");
        let said = other.run(&words, &["set"]).ends(4);
        assert!(!said.contains('\u{1b}'), "{script}: {said:?}");
        other.scene.is_untouched();
    });
}

/// Where the old value stands in another key, that key follows; where nobody knows how,
/// nothing is changed.
///
/// Invariant 85.
#[test]
fn keys_that_hold_the_value_follow_it() {
    let url = format!("postgres://app:{OLD}@db:5432/shop");
    let scene = |url: &str| {
        let scene = Scene::of(1);
        let values = [("password", OLD), ("user", "alice-of-before"), ("url", url)];
        scene.server.put_secret("default", "db", &values, "kubectl");
        scene
    };
    let ours = scene(&url);
    ours.run(ROTATE).ends(0);
    ours.is_rotated();
    let stored = ours.server.secret("default", "db").unwrap();
    assert_eq!(
        stored.values["url"],
        format!("postgres://app:{NEW}@db:5432/shop").as_bytes()
    );
    let unsure = scene(&format!("x{OLD}x"));
    let said = unsure.run(ROTATE).ends(2);
    assert!(
        said.contains("url in secret/db holds the old value of password"),
        "{said}"
    );
    unsure.is_untouched();
    unsure.run(&[ROTATE, &["--leave", "url"]].concat()).ends(0);
    unsure.is_rotated();
}

/// Two users take turns: the Secret names the other one, who has the new value.
#[test]
fn two_users_take_turns() {
    let other = Other::of(Scene::of(1));
    // Sets the password of the user that it is told.
    other.program(
        "set",
        r#"cat > "$DIR/document"; grep -q '"key":"user","value":"bob-of-after"' "$DIR/document""#,
    );
    let words = [
        ROTATE,
        &[
            "--strategy",
            "alternate",
            "--users",
            "user=alice-of-before,bob-of-after",
        ],
    ]
    .concat();
    let said = other.scene.run(&words).ends(2);
    assert!(said.contains("--set-exec"), "{said}");
    let said = other.run(&words, &["set", "test-old=test"]).ends(2);
    assert!(said.contains("do not fit"), "{said}");
    other.run(&words, &["set"]).ends(0);
    let stored = other.scene.server.secret("default", "db").unwrap();
    assert_eq!(stored.values["user"], b"bob-of-after");
    assert_eq!(stored.values["password"], NEW.as_bytes());
    let third = [
        ROTATE,
        &["--strategy", "alternate", "--users", "user=carol,dave"],
    ]
    .concat();
    let said = other.run(&third, &["set"]);
    // The value is the same, so nothing is due.
    assert_eq!(said.status, Some(0), "{}", said.said);
}

/// Somebody else has the value: it is ended at once, and the receipt tells.
#[test]
fn a_compromised_value_is_ended_at_once() {
    let other = Other::of(Scene::of(1));
    for keeps in ["--keep=1h", "--grace=5s", "--stage"] {
        let words = [ROTATE, &["--compromised", keeps]].concat();
        let said = other.run(&words, &["set"]).ends(2);
        assert!(said.contains("keeps it; nothing was changed"), "{said}");
        other.scene.is_untouched();
    }
    let copy = [("token", OLD), ("other", "x")];
    other
        .scene
        .server
        .put_secret("default", "elsewhere", &copy, "kubectl");
    let receipt = other.path("receipt.json");
    let flag = format!("--receipt={}", receipt.display());
    let words = [ROTATE, &["--compromised", &flag]].concat();
    let said = other.run(&words, ALL).ends(0);
    assert!(
        said.contains("token in secret/elsewhere in default has the old value of password"),
        "{said}"
    );
    assert!(
        said.contains("the other side refuses the old value"),
        "{said}"
    );
    let text = fs::read_to_string(receipt).unwrap();
    let receipt: serde_json::Value = serde_json::from_str(&text).unwrap();
    let tasks: Vec<_> = receipt["hooks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["task"], &one["result"]))
        .collect();
    assert_eq!(
        format!("{tasks:?}").matches("String(\"done\")").count(),
        2,
        "{tasks:?}"
    );
    assert_eq!(receipt["hooks"][2]["exitCode"], 1);
    assert_eq!(receipt["hooks"][2]["result"], "refused");
    assert!(!text.contains(OLD) && !text.contains(NEW));
    let elsewhere = other.scene.server.secret("default", "elsewhere").unwrap();
    assert_eq!(
        elsewhere.values["token"],
        OLD.as_bytes(),
        "a copy is only shown"
    );
}

/// A consumer that takes the value at its first start only keeps the old one: that is
/// no rotation.
///
/// Invariant 83.
#[test]
fn a_database_is_not_rotated_on_one_side() {
    let other = Other::of(Scene::of(1));
    other.scene.server.edit_workload(
        testcluster::fault::Resource::Deployments,
        "default",
        "app-0",
        |object| {
            let container = &mut object["spec"]["template"]["spec"]["containers"][0];
            container["image"] = "docker.io/library/postgres:16".into();
            container["env"][0]["name"] = "POSTGRES_PASSWORD".into();
        },
    );
    let said = other.scene.run(ROTATE).ends(2);
    assert!(said.contains("only when it initialises its data"), "{said}");
    assert_eq!(other.scene.value(), OLD);
    other.run(ROTATE, &["set"]).ends(0);
    assert_eq!(
        (other.scene.value().as_str(), other.server().as_str()),
        (NEW, NEW)
    );
}

/// A program that is not there is refused before anything is begun.
#[test]
fn a_program_that_is_not_there_is_refused() {
    let scene = Scene::of(1);
    for flag in ["--set-exec", "--test-old-exec"] {
        let words = [ROTATE, &[flag, "/no/such/program"]].concat();
        let said = scene.run(&words).ends(2);
        assert!(
            said.contains("there is no program /no/such/program"),
            "{said}"
        );
        scene.is_untouched();
    }
}

/// Each Secret of a run has its own proof: one that is still accepted is told, whichever
/// it is.
#[test]
fn the_old_value_of_each_secret_is_tried() {
    let other = Other::of(Scene::of(1));
    let values = [("token", "old-token-of-web")];
    other
        .scene
        .server
        .put_secret("default", "web", &values, "kubectl");
    other.program(
        "test-old",
        "echo \"$SECRETSAFE_SECRET\" >> \"$DIR/log\"; [ \"$SECRETSAFE_SECRET\" = web ]",
    );
    let words = [
        "password",
        "secret/web",
        "token",
        "--stdin",
        "password",
        "--generate",
        "token",
        "-y",
        "--settle=1s",
        "--timeout=20s",
    ];
    let said = other.run(&words, &["test-old"]).ends(5);
    assert!(
        said.contains("the other side still accepts the old value"),
        "{said}"
    );
    assert_eq!(other.log(), ["db", "web"]);
    assert!(other.scene.has_run(), "the old values are kept");
    other.program("test-old", "exit 1");
    let resume = ["--resume", "-y", "--settle=1s", "--timeout=20s"];
    other.run(&resume, &["test-old"]).ends(0);
    assert!(!other.scene.has_run());
}

/// Somebody writes the Secret while the question waits: the other side is not told a
/// value that goes nowhere.
#[test]
fn a_secret_of_somebody_else_is_not_told_to_the_other_side() {
    let other = Other::of(Scene::of(1));
    let rule = Rule::on(Method::PATCH)
        .path("fieldValidation=Strict&force=false")
        .nth(2);
    let flags = other.flags(&["set"]);
    // The run's Secret is stored, and the process is killed.
    assert!(
        other
            .scene
            .killed(&other.words(ROTATE, &flags), rule, When::AfterCommit)
    );
    other.scene.server.edit_secret("default", "db", |object| {
        object["data"]["password"] = "dGhpcmQ=".into();
    });
    let ran = other.run(&["--resume", "-y", "--timeout=20s"], &["set"]);
    assert!(matches!(ran.status, Some(2 | 5)), "{}", ran.said);
    assert_eq!(other.server(), OLD, "{}", ran.said);
    assert_eq!(other.log(), [""; 0]);
}

/// An old value that was ended on the other side does not come back on one side only.
#[test]
fn a_retired_value_comes_back_on_both_sides_or_not() {
    let other = Other::of(Scene::of(1));
    other.program("retire", "exit 0");
    let kept = [ROTATE, &["--keep=1h"]].concat();
    other.run(&kept, &["retire"]).ends(0);
    let undo = ["--undo", "-y", "--timeout=20s"];
    let said = other.scene.run(&undo).ends(2);
    assert!(
        said.contains("the old value was ended on the other side"),
        "{said}"
    );
    assert_eq!(other.scene.value(), NEW);
    fs::write(other.path("server"), NEW).unwrap();
    other.run(&undo, &["set"]).ends(0);
    assert_eq!(
        (other.scene.value().as_str(), other.server().as_str()),
        (OLD, OLD)
    );
}

/// The commands that a run prints name its programs, and work.
#[test]
fn printed_commands_name_the_programs() {
    let other = Other::of(Scene::of(1));
    other.program("test", "exit 1");
    other.program(
        "set",
        &format!("[ \"$SECRETSAFE_DIRECTION\" = back ] && exit 9\n{SET}"),
    );
    let said = other.run(ROTATE, &["set", "test"]).ends(5);
    let way = format!("--set-exec {}", other.path("set").display());
    assert!(said.contains(&way), "{said}");
}

/// A run that is interrupted before it has written has changed no Secret.
#[test]
fn a_document_tells_no_change_that_was_not_made() {
    let other = Other::of(Scene::of(1));
    other.program("set", &format!("kill -INT $PPID; sleep 1\n{SET}"));
    let flags = other.flags(&["set"]);
    let words = [other.words(ROTATE, &flags), vec!["-o", "json"]].concat();
    let output = other.scene.start(&words).wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(output.status.code(), Some(5), "{text}");
    assert_eq!(other.scene.value(), OLD);
    let run = &document["run"];
    assert_eq!(run["exitStatus"], 5, "{text}");
    assert!(run["changed"].is_null(), "{text}");
    assert_eq!(run["refused"][0], "secret/db in default", "{text}");
}
