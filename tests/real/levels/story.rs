//! The whole life of a secret on the real node, as one run: from an insecure Deployment to a
//! store with an operator, each step as a person types it, and no value in anything that
//! was printed.

use std::cell::RefCell;
use std::fmt::Write;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use testcluster::process::wait_until;

use super::PATIENCE;
use super::external::{get, store};
use crate::canary::Canary;
use crate::doctor::scene::{Scene, deployment};
use crate::harness::{Outcome, levels_cluster, levels_trial, stored};

pub fn trials() -> Vec<Trial> {
    vec![levels_trial("levels::the_whole_story_of_a_secret", story)]
}

const ENV: &str =
    "env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]";
const FILE: &str = "/etc/secrets/db/password";
/// How long kubelet may take to write a new value into a volume, at its own pace.
const KUBELET: std::time::Duration = std::time::Duration::from_secs(150);

/// What was typed and what came of it.
struct Record<'a> {
    scene: &'a Scene,
    text: RefCell<String>,
}

impl Record<'_> {
    /// Runs a line of the shell, which ends with `status`.
    #[track_caller]
    fn run(&self, line: &str, input: &str, status: i32) -> Outcome {
        let outcome = self.scene.shell(line, input);
        let _ = write!(
            self.text.borrow_mut(),
            "$ {line}\n{}{}",
            outcome.stdout,
            outcome.stderr
        );
        outcome.status(status)
    }

    fn in_pod(&self, command: &[&str]) -> String {
        let output = self.scene.namespace.exec("deploy/api", command);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[track_caller]
    fn file_becomes(&self, value: &Canary) {
        assert!(
            wait_until(KUBELET, || self.in_pod(&["cat", FILE]) == value.text()),
            "the file did not get the new value\n{}",
            self.text.borrow()
        );
    }
}

fn story() {
    let cluster = levels_cluster();
    let scene = Scene::on(&cluster, "story");
    let namespace = &scene.namespace;
    let record = Record {
        scene: &scene,
        text: RefCell::default(),
    };
    let values: [Canary; 5] = std::array::from_fn(|_| Canary::new(40));
    let [user, first, rotated, sealed, fetched] = &values;

    // Made without an argument that holds a value, and used as everybody uses it.
    let pair = format!("user={}\npassword={}\n", user.text(), first.text());
    record.run("kubectl secretsafe create db --stdin-env", &pair, 0);
    let insecure = deployment(
        "api",
        cluster.test_image(),
        "securityContext: {runAsUser: 1000}",
        ENV,
    );
    namespace.apply(&insecure);
    scene.wait_ready("api");
    assert!(record.in_pod(&["env"]).contains(first.text()));
    record
        .run("kubectl secretsafe doctor --fail-on info", "", 1)
        .prints("SS013");

    record.run(
        "kubectl secretsafe migrate deployment/api --complete --reads-files all --fs-group 1000 --yes --settle 3s",
        "",
        0,
    );
    assert_eq!(record.in_pod(&["cat", FILE]), first.text());
    assert!(!record.in_pod(&["env"]).contains(first.text()));
    let clean = || {
        let outcome = record.run("kubectl secretsafe doctor", "", 0);
        assert!(!outcome.stdout.contains("SS013"), "{}", outcome.stdout);
    };
    clean();

    record.run(
        "kubectl secretsafe rotate secret/db password --stdin password --yes --settle 3s",
        rotated.text(),
        0,
    );
    record.file_becomes(rotated);

    // The next level: the value is in Git, for the controller alone.
    record.run(
        "kubectl secretsafe seal secret/db --adopt --yes -w sealed.yaml",
        "",
        0,
    );
    let owner = |kind: &str| {
        let secret = get(namespace, "secret", "db");
        secret["metadata"]["ownerReferences"][0]["kind"] == kind
    };
    assert!(wait_until(PATIENCE, || owner("SealedSecret")));
    // Now a value is changed there.
    record
        .run(
            "kubectl secretsafe rotate secret/db password --generate password --yes",
            "",
            2,
        )
        .says("seal set");
    record.run(
        "kubectl secretsafe seal set sealed.yaml --stdin password && kubectl apply -f sealed.yaml",
        sealed.text(),
        0,
    );
    assert!(wait_until(PATIENCE, || {
        stored(namespace, "db")["password"] == sealed.text().as_bytes()
    }));
    record.file_becomes(sealed);
    clean();

    // And the next: the value is in a store. Two that write it would fight, so the first
    // one lets go, as it is said.
    store(
        namespace,
        &json!({"user": user.text(), "password": sealed.text()}),
    );
    let before = get(namespace, "secret", "db")["metadata"]["uid"].clone();
    let adopt = "kubectl secretsafe external secret/db --store fake --path '{name}#{key}' \
                 --adopt --compare-values --own --yes";
    let refused = record.run(adopt, "", 2).says("SealedSecret");
    let way = refused
        .stderr
        .lines()
        .find_map(|line| line.split_once(": kubectl delete "))
        .unwrap_or_else(|| panic!("{}", refused.stderr))
        .1;
    record.run(&format!("kubectl delete {way}"), "", 0);
    record.run(adopt, "", 0);
    assert!(owner("ExternalSecret"));
    assert_eq!(get(namespace, "secret", "db")["metadata"]["uid"], before);
    store(
        namespace,
        &json!({"user": user.text(), "password": fetched.text()}),
    );
    record
        .run("kubectl secretsafe sync db --wait", "", 0)
        .prints("new value");
    record.file_becomes(fetched);
    clean();

    // What was won is kept.
    let selector = format!("kubernetes.io/metadata.name={}", namespace.name());
    record.run(
        &format!(
            "kubectl secretsafe policy --mode deny --namespace-selector {selector} | kubectl apply -f -"
        ),
        "",
        0,
    );
    let typed = |text: &str| scene.shell("kubectl create --dry-run=server -f -", text);
    let twin = insecure.replace("name: api", "name: twin");
    assert!(wait_until(PATIENCE, || {
        typed(&twin).stderr.contains("SS013")
    }));
    record
        .run("kubectl create -f -", &twin, 1)
        .says("kubectl secretsafe ");
    record.run(
        "kubectl rollout restart deployment/api && kubectl rollout status deployment/api --timeout 90s",
        "",
        0,
    );
    assert_eq!(record.in_pod(&["cat", FILE]), fetched.text());
    record.run(
        "kubectl delete validatingadmissionpolicy,validatingadmissionpolicybinding --all",
        "",
        0,
    );
    let audit = record.run("kubectl secretsafe audit -o json", "", 0);
    let audit: Value = serde_json::from_str(&audit.stdout).unwrap();
    assert!(audit.to_string().contains("db"));

    let text = record.text.borrow();
    for value in &values {
        assert_eq!(value.hits(text.as_bytes()), [], "\n{text}");
    }
    // The search finds what is there.
    let shown = stored(namespace, "db");
    assert_ne!(fetched.hits(&shown["password"]), []);
    if std::env::var_os("STORY").is_some() {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
    }
}
