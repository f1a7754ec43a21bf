//! Questions before a file is changed, at a real terminal: what is written after
//! yes, and that every other answer changes nothing.

#![cfg(unix)]

use std::fs;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;
use testcluster::fault::{FaultServer, Resource};

const MANIFEST: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: api
spec:
  securityContext:
    runAsUser: 0
  containers:
  - name: api
    image: registry.example/api:1
    env:
    - name: MODE
      value: one
    - name: MODE
      value: two
    - name: DB_PASSWORD
      valueFrom:
        secretKeyRef: {name: db, key: password}
";
const FILES: [&str; 2] = ["one.yaml", "two.yaml"];

/// What both commands ask of a file.
const QUESTION: &str = "Write this change to";

/// A command that changes both files.
struct Scene {
    words: &'static [&'static str],
    /// What a changed file does not hold, or holds, in place of the other.
    changed: fn(&str) -> bool,
}

const SCENES: [Scene; 2] = [
    Scene {
        words: &["doctor", "--fix", "--unsafe", "--only", "SS009"],
        changed: |text| !text.contains("value: one"),
    },
    Scene {
        words: &["migrate", "--write"],
        changed: |text| text.contains("mountPath: /etc/secrets/db"),
    },
];

struct Run {
    folder: TempDir,
    session: PtySession,
}

impl Run {
    /// Starts it and waits for the question about the first file.
    fn start(scene: &Scene) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "\"$0\" \"$@\"; echo ended-with-$?."])
            .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .args(scene.words)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env("KUBECONFIG", "/nonexistent/kubeconfig");
        for (index, name) in FILES.into_iter().enumerate() {
            let text = MANIFEST.replace("name: api\nspec", &format!("name: api-{index}\nspec"));
            fs::write(folder.path().join(name), text).expect("a file");
            command.args(["-f", name]);
        }
        let session = spawn_command(command, Some(30_000)).expect("it starts");
        let mut run = Self { folder, session };
        run.await_question(FILES[0]);
        run
    }

    fn await_question(&mut self, file: &str) {
        self.session.exp_string(QUESTION).expect("a question");
        self.session.exp_string(file).expect("about the file");
        self.session
            .exp_string("[y/N/a/q] (a: yes to all, q: quit)")
            .expect("no is what return means");
    }

    fn press(&mut self, keys: &str) {
        self.session.send(keys).expect("keys are taken");
        self.session.flush().expect("keys are taken");
    }

    /// The exit status, what was said last, and which files were changed.
    fn end(mut self, scene: &Scene) -> (i32, String, [bool; 2]) {
        let said = self.session.exp_string("ended-with-").expect("it ends");
        let status = self.session.exp_string(".").expect("it has a status");
        let status = status.parse().expect("a number");
        let changed = FILES.map(|name| {
            let text = fs::read_to_string(self.folder.path().join(name)).expect("a file");
            (scene.changed)(&text)
        });
        (status, said, changed)
    }
}

#[test]
fn yes_writes_the_file_and_no_the_next_one_not() {
    for scene in &SCENES {
        let mut run = Run::start(scene);
        run.press("y\r");
        run.await_question(FILES[1]);
        run.press("n\r");
        let (_, said, changed) = run.end(scene);
        assert_eq!(changed, [true, false], "{:?}", scene.words);
        assert!(said.contains("two.yaml unchanged"), "{said}");
    }
}

#[test]
fn words_are_answers_and_what_is_none_is_asked_again() {
    for scene in &SCENES {
        let mut run = Run::start(scene);
        run.press("maybe\r");
        run.await_question(FILES[0]);
        // A slip of the finger, taken back.
        run.press("nn\u{7f}\u{7f}Yes\r");
        run.await_question(FILES[1]);
        run.press("no\r");
        let (_, _, changed) = run.end(scene);
        assert_eq!(changed, [true, false], "{:?}", scene.words);
    }
}

#[test]
fn answers_typed_ahead_belong_to_their_questions() {
    for scene in &SCENES {
        let mut run = Run::start(scene);
        run.press("y\rn\r");
        let (_, _, changed) = run.end(scene);
        assert_eq!(changed, [true, false], "{:?}", scene.words);
    }
}

#[test]
fn one_answer_may_be_for_all_the_rest() {
    let [breaks, migrates] = &SCENES;
    for (scene, answer, expected) in [
        (migrates, "a\r", [true, true]),
        (migrates, "q\r", [false, false]),
        (breaks, "q\r", [false, false]),
    ] {
        let mut run = Run::start(scene);
        run.press(answer);
        let (_, said, changed) = run.end(scene);
        assert_eq!(changed, expected, "{:?} {answer}", scene.words);
        assert!(!said.contains(QUESTION), "{said}");
    }
}

/// What may break something is agreed to one by one, whatever was said before.
#[test]
fn no_answer_covers_the_next_change_that_may_break_something() {
    let mut run = Run::start(&SCENES[0]);
    run.press("a\r");
    run.await_question(FILES[1]);
    run.press("n\r");
    let (_, _, changed) = run.end(&SCENES[0]);
    assert_eq!(changed, [true, false]);
}

#[test]
fn return_means_no() {
    for scene in &SCENES {
        let mut run = Run::start(scene);
        run.press("\r");
        run.await_question(FILES[1]);
        run.press("\r");
        let (_, _, changed) = run.end(scene);
        assert_eq!(changed, [false, false], "{:?}", scene.words);
    }
}

#[test]
fn an_interrupted_question_changes_nothing_and_says_so() {
    for scene in &SCENES {
        let mut run = Run::start(scene);
        run.press("\x03");
        let (status, said, changed) = run.end(scene);
        assert_eq!((status, changed), (130, [false, false]), "{said}");
        assert!(said.contains("no answer; one.yaml unchanged"), "{said}");
    }
}

#[test]
fn an_interrupted_question_after_a_change_is_half_of_the_work() {
    for scene in &SCENES {
        let mut run = Run::start(scene);
        run.press("y\r");
        run.await_question(FILES[1]);
        run.press("\x03");
        let (status, said, changed) = run.end(scene);
        assert_eq!((status, changed), (5, [true, false]), "{said}");
        assert!(said.contains("no answer; two.yaml unchanged"), "{said}");
    }
}

/// Ctrl-C at the questions of a `create` that was told nothing.
#[test]
fn an_interrupted_create_says_so_and_shows_the_cursor() {
    let answers = [
        ("Key, for example password", "password\r"),
        ("Value of password", ""),
    ];
    for interrupted in 0..answers.len() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("/bin/sh");
        command
            .args([
                "-c",
                "\"$0\" create -n shop --dry-run=client; echo ended-with-$?.",
            ])
            .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .env("HOME", folder.path())
            .env("KUBECONFIG", "/nonexistent/kubeconfig");
        let mut session = spawn_command(command, Some(30_000)).expect("it starts");
        for (question, answer) in &answers[..interrupted] {
            session.exp_string(question).expect("a question");
            session.send(answer).expect("keys are taken");
            session.flush().expect("keys are taken");
        }
        let (question, _) = answers[interrupted];
        session.exp_string(question).expect("a question");
        session.send("\x03").expect("keys are taken");
        session.flush().expect("keys are taken");
        let said = session.exp_string("ended-with-").expect("it ends");
        let status = session.exp_string(".").expect("it has a status");
        assert_eq!(status, "130", "{question}: {said}");
        assert!(said.contains("no answer; nothing was created"), "{said}");
        let [hidden, shown] = ["\x1b[?25l", "\x1b[?25h"].map(|code| said.rfind(code));
        assert!(hidden <= shown, "{question}: {said:?}");
    }
}

/// `advise`, that was told nothing.
fn advice(answers: &[(&str, &str)]) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "\"$0\" advise; echo ended-with-$?."])
        .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
        .env("HOME", folder.path())
        .env("KUBECONFIG", "/nonexistent/kubeconfig");
    let mut session = spawn_command(command, Some(30_000)).expect("it starts");
    for (question, answer) in answers {
        session.exp_string(question).expect("a question");
        session.send(answer).expect("keys are taken");
        session.flush().expect("keys are taken");
    }
    let said = session.exp_string("ended-with-").expect("it ends");
    (said, session.exp_string(".").expect("it has a status"))
}

#[test]
fn advice_is_asked_for_where_nothing_says_where_to_look() {
    let questions = |clusters, gitops, interval, audit| {
        [
            ("How many clusters", clusters),
            ("as with GitOps? [y/N]", gitops),
            ("on a schedule?", interval),
            ("who read and changed a value? [y/N]", audit),
            ("such as SOC 2 or HIPAA? [y/N]", "\r"),
            ("a store outside? [y/N]", "n\r"),
        ]
    };
    for (answers, level) in [
        (questions("\r", "n\r", "\r", "\r"), "Kubernetes Secrets"),
        (questions("1\r", "y\r", "\r", "n\r"), "Sealed Secrets"),
        (questions("5\r", "y\r", "90d\r", "y\r"), "External Secrets"),
    ] {
        let (said, status) = advice(&answers);
        assert_eq!(status, "0", "{said}");
        let recommended = said
            .lines()
            .find(|line| line.contains("Recommended: "))
            .expect("a recommendation");
        assert!(recommended.contains(level), "{said}");
        assert!(!said.contains("unknown; "), "all is answered: {said}");
        let again = said
            .lines()
            .find_map(|line| line.split_once("kubectl-secretsafe advise "))
            .or_else(|| said.split_once("kubectl secretsafe advise "))
            .map(|(_, rest)| rest.lines().next().unwrap_or_default().trim().to_owned())
            .expect("a command");
        let again = Command::new(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
            .arg("advise")
            .args(again.split(' '))
            .output()
            .expect("it runs");
        let again = String::from_utf8_lossy(&again.stdout).into_owned();
        let first = again.lines().next().unwrap_or_default();
        assert!(first.ends_with(level), "{first}\n{said}");
    }
    let (said, status) = advice(&[("How many clusters", "hunter2\r")]);
    assert_eq!(status, "2", "{said}");
    let (said, status) = advice(&[("How many clusters", "\x03")]);
    assert_eq!(status, "130", "{said}");
    assert!(said.contains("no answer"), "{said}");
}

/// Everything that asks before it changes a cluster: the question, and the command. Whoever
/// says no has changed nothing, in the text, in the document and in the exit status.
#[test]
fn no_changes_nothing_in_a_cluster() {
    let asks = [
        (
            "Rotate secret/db and",
            "rotate secret/db password --generate password",
        ),
        ("Restart", "restart deployment/api"),
        ("deployment/api", "migrate deployment/api"),
        (
            "Change secret/db?",
            "create db --generate password --replace",
        ),
    ];
    for (question, words) in asks {
        for with_document in [false, true] {
            // It prints the name of the object, and no document.
            if with_document && words.starts_with("create") {
                continue;
            }
            let server = cluster();
            let folder = tempfile::tempdir().expect("a folder");
            let end = match with_document {
                true => "-o json > document; echo ended-with-$?.",
                false => "; echo ended-with-$?.",
            };
            let mut command = Command::new("/bin/sh");
            command
                .args(["-c", &format!("\"$0\" {words} {end}")])
                .arg(env!("CARGO_BIN_EXE_kubectl-secretsafe"))
                .current_dir(folder.path())
                .env("HOME", folder.path())
                .env("KUBECONFIG", server.kubeconfig());
            let mut session = spawn_command(command, Some(30_000)).expect("it starts");
            let before = session.exp_string("[y/N").expect("a question");
            assert!(before.contains(question), "{words}: {before}");
            session.send("n\r").expect("keys are taken");
            session.flush().expect("keys are taken");
            let said = session.exp_string("ended-with-").expect("it ends");
            let status = session.exp_string(".").expect("it has a status");
            assert_eq!(status, "2", "{words}: {said}");
            assert!(said.contains("not confirmed"), "{words}: {said}");
            let written: Vec<_> = server
                .requests()
                .into_iter()
                .filter(|request| {
                    request.method != "GET"
                        && !request.path.contains("authorization.k8s.io")
                        && !request.path.contains("dryRun=All")
                })
                .map(|request| format!("{} {}", request.method, request.path))
                .collect();
            assert_eq!(written, [""; 0], "{words}");
            if with_document {
                let text = fs::read_to_string(folder.path().join("document")).expect("a file");
                let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                let run = &document["run"];
                assert_eq!(run["exitStatus"], 2, "{words}: {text}");
                assert!(run["changed"].is_null(), "{words}: {text}");
            }
        }
    }
}

/// A Secret, and a Deployment with a variable of it.
fn cluster() -> FaultServer {
    let server = FaultServer::start();
    let values = [("password", "zebra-old-value"), ("user", "alice")];
    server.put_secret("default", "db", &values, "kubectl");
    let variable = serde_json::json!({"name": "DB_PASSWORD",
        "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}});
    let deployment = serde_json::json!({"metadata": {"labels": {"app": "api"}}, "spec": {
        "replicas": 1, "selector": {"matchLabels": {"app": "api"}},
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {"securityContext": {"runAsUser": 0}, "containers": [
                {"name": "app", "image": "registry.example/app:1", "env": [variable]},
            ]},
        },
    }});
    server.put_workload(Resource::Deployments, "default", "api", deployment);
    server
}
