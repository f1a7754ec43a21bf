//! The image of the Dockerfile, as the node runs it: the CronJobs that `doctor` and
//! `audit` print, with the roles that they print.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use testcluster::process::wait_until;

use crate::canary::Canary;
use crate::harness::{Invocation, cluster, node_trial};

const IMAGE: &str = "testcluster.local/secretsafe:test";

pub fn trials() -> Vec<Trial> {
    vec![
        node_trial("delivery::the_image_runs_what_is_scheduled", scheduled)
            .with_kind("delivery")
            .with_ignored_flag(true),
    ]
}

/// Where `tests/delivery` has put the archives, or `SECRETSAFE_DIST` says.
fn dist() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let given = std::env::var_os("SECRETSAFE_DIST").unwrap_or_else(|| "target/dist-trial".into());
    root.join(given)
}

/// The image as an archive, made of the Dockerfile by buildah.
fn image(folder: &Path) -> PathBuf {
    let archive = folder.join("image.tar");
    let buildah = |words: &[&str]| {
        let mut command = Command::new("buildah");
        command
            .arg("--root")
            .arg(folder.join("root"))
            .arg("--runroot")
            .arg(folder.join("run"))
            .args(["--storage-driver", "vfs"])
            .args(words)
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = command.output().expect("buildah is installed");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{command:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let version = concat!("VERSION=v", env!("CARGO_PKG_VERSION"));
    let dist = dist();
    let context = dist.to_str().unwrap();
    buildah(&[
        "bud",
        "--isolation",
        "chroot",
        "--build-arg",
        version,
        "--file",
        "Dockerfile",
        "--tag",
        IMAGE,
        context,
    ]);
    let told: Value =
        serde_json::from_str(&buildah(&["inspect", "--type", "image", IMAGE])).unwrap();
    assert_eq!(told["OCIv1"]["config"]["User"], "65532:65532");
    let target = format!("docker-archive:{}:{IMAGE}", archive.display());
    buildah(&["push", IMAGE, &target]);
    archive
}

fn scheduled() {
    let folder = tempfile::tempdir().unwrap();
    cluster().import_image(&image(folder.path())).unwrap();
    let namespace = cluster().namespace("image");
    let canary = Canary::new(24);
    Invocation::of(&namespace.kubeconfig())
        .words("create db --stdin password")
        .input(canary.text())
        .run()
        .status(0);
    namespace.apply(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 0
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: x
        env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}]
",
    );
    let run = |command: &str| -> String {
        let printed = Invocation::of(&namespace.kubeconfig())
            .words(command)
            .words("--schedule --image")
            .word(IMAGE)
            .run()
            .status(0);
        let mut name = String::new();
        for document in printed.stdout.split("---\n") {
            let mut object: Value = serde_saphyr::from_str(document).unwrap();
            if object["kind"] == "CronJob" {
                name = object["metadata"]["name"].as_str().unwrap().to_owned();
                for_this_node(&mut object);
            }
            namespace.apply(&object.to_string());
        }
        let job = format!("{name}-now");
        let from = format!("cronjob/{name}");
        let created = namespace.kubectl(["create", "job", &job, "--from", &from]);
        assert!(created.status.success());
        let text = |words: &[&str]| {
            let output = namespace.kubectl(words);
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let path = "jsonpath={.status.conditions[*].type}";
        let status = || text(&["get", "job", &job, "-o", path]);
        let ended = wait_until(Duration::from_secs(120), || {
            let status = status();
            status.contains("Complete") || status.contains("Failed")
        });
        let log = text(&["logs", &format!("job/{job}")]);
        let pods = text(&["describe", "pods", "-l", &format!("job-name={job}")]);
        assert!(ended, "{command} does not end: {log}\n{pods}");
        assert!(!log.contains(canary.text()), "{command} shows a value");
        assert!(
            status().contains("Complete"),
            "{command} fails: {log}\n{pods}"
        );
        log
    };
    let metrics = run("doctor -o prometheus --fail-on never");
    assert!(metrics.contains("# TYPE secretsafe_"), "{metrics}");
    assert!(metrics.contains("rule=\"SS013\""), "{metrics}");
    let audited = run("audit");
    assert!(audited.contains("db:password"), "{audited}");
}

/// Without a proxy for Services, the API server is reached on the loopback interface of
/// the node only, and nothing can be pulled.
fn for_this_node(cron_job: &mut Value) {
    let pod = &mut cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    pod["hostNetwork"] = true.into();
    let container = &mut pod["containers"][0];
    container["imagePullPolicy"] = "Never".into();
    let cluster = cluster();
    let port = cluster.server().rsplit(':').next().unwrap();
    container["env"] = json!([
        {"name": "KUBERNETES_SERVICE_HOST", "value": "127.0.0.1"},
        {"name": "KUBERNETES_SERVICE_PORT", "value": port},
    ]);
}
