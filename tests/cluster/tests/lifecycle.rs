//! One cluster from start to end, and one whose starter is killed.
//!
//! A program of its own: `keeper_entry` must come first in `main`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use testcluster::binaries::{self, Binaries};
use testcluster::process::{ProcessId, wait_until};
use testcluster::progress::say;
use testcluster::{Cluster, Namespace, NodeWish, Rule, leftovers};

/// Makes this program start a cluster, name its folder, and wait to be killed.
const VICTIM: &str = "TESTCLUSTER_VICTIM";

fn main() -> ExitCode {
    if let Some(code) = testcluster::keeper_entry() {
        return code;
    }
    if std::env::var_os(VICTIM).is_some() {
        let cluster = Cluster::start(NodeWish::ControlPlaneOnly).unwrap();
        let line = format!("{}\n", cluster.folder().display());
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_secs(120));
        return ExitCode::FAILURE;
    }
    given_programs();
    say("ok: programs in KUBEBUILDER_ASSETS are used and nothing is built");
    a_whole_life();
    say("ok: a cluster from start to end");
    a_killed_starter();
    say("ok: the keeper ends a cluster whose starter was killed");
    ExitCode::SUCCESS
}

/// A folder with all programs and an empty cache, without Go: what is given is
/// used, and it is the same kubectl.
fn given_programs() {
    let binaries = Binaries::locate().unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap();
    let assets = folder.path().join("assets");
    std::fs::create_dir(&assets).unwrap();
    for program in binaries::names() {
        std::os::unix::fs::symlink(binaries.path(program), assets.join(program)).unwrap();
    }
    let build = |assets: &Path| {
        Command::new(env!("CARGO_BIN_EXE_testcluster"))
            .arg("build")
            .env_clear()
            .env("KUBEBUILDER_ASSETS", assets)
            .env("XDG_CACHE_HOME", folder.path().join("cache"))
            .output()
            .unwrap()
    };
    let found = build(&assets);
    assert!(found.status.success(), "{found:?}");
    let kubectl = PathBuf::from(String::from_utf8(found.stdout).unwrap().trim());
    assert_eq!(kubectl, assets.join("kubectl"));
    let version = Command::new(kubectl).args(["version", "--client"]).output();
    let version = String::from_utf8(version.unwrap().stdout).unwrap();
    assert!(version.contains(binaries::KUBERNETES_VERSION), "{version}");
    assert!(!folder.path().join("cache").exists(), "nothing is built");
}

fn a_whole_life() {
    let cluster =
        Cluster::start(NodeWish::WithNodeWhenPossible).unwrap_or_else(|error| panic!("{error}"));
    let folder = cluster.folder().to_owned();
    let namespace = cluster.namespace("life");
    a_user_may_only_what_its_rules_say(&cluster, &namespace);
    match cluster.node() {
        Ok(()) => a_pod_reads_the_bytes(&cluster, &namespace),
        Err(reason) => {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "no node: {reason}"
            );
            say(&format!("skipped: the pod, because {reason}"));
        }
    }
    assert!(
        !processes(&folder).is_empty(),
        "the search for processes must find those of a running cluster"
    );
    drop(namespace);
    drop(cluster);
    nothing_is_left(&folder);
}

fn a_user_may_only_what_its_rules_say(cluster: &Cluster, namespace: &Namespace) {
    let rule = Rule {
        api_group: "",
        resources: &["configmaps"],
        resource_names: &[],
        verbs: &["list"],
    };
    let user = namespace.user(&[rule]);
    let get = |resource: &str| {
        Command::new(cluster.kubectl())
            .arg("--kubeconfig")
            .arg(user.kubeconfig())
            .args(["get", resource])
            .output()
            .unwrap()
    };
    assert!(get("configmaps").status.success());
    let refused = get("secrets");
    assert!(!refused.status.success());
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("Forbidden"),
        "{refused:?}"
    );
}

fn a_pod_reads_the_bytes(cluster: &Cluster, namespace: &Namespace) {
    let image = cluster.test_image();
    namespace
        .apply("{apiVersion: v1, kind: Secret, metadata: {name: bytes}, data: {value: AP8NCv4=}}");
    namespace.apply(&format!(
        "
apiVersion: v1
kind: Pod
metadata: {{name: reader}}
spec:
  containers:
  - {{name: main, image: '{image}', imagePullPolicy: Never, volumeMounts: [{{name: secret, mountPath: /etc/s, readOnly: true}}]}}
  volumes: [{{name: secret, secret: {{secretName: bytes, defaultMode: 0400}}}}]
"
    ));
    namespace
        .wait_pod_ready("reader", Duration::from_secs(30))
        .unwrap_or_else(|words| panic!("{words}"));
    let read = namespace.exec("reader", &["cat", "/etc/s/value"]);
    assert_eq!(read.stdout, b"\x00\xff\r\n\xfe", "{read:?}");
    let mode = namespace.exec("reader", &["stat", "-L", "-c", "%a", "/etc/s/value"]);
    assert_eq!(mode.stdout, b"400\n", "{mode:?}");
}

fn a_killed_starter() {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(victim.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let folder = PathBuf::from(line.trim());
    let keeper = leftovers::owner(&folder).unwrap();
    assert!(keeper.is_alive());
    // Child::kill sends SIGKILL: no destructor of the victim runs.
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert!(
        keeper.wait_gone(Duration::from_secs(30)),
        "the keeper lives on"
    );
    nothing_is_left(&folder);
}

fn nothing_is_left(folder: &Path) {
    let gone = wait_until(Duration::from_secs(5), || processes(folder).is_empty());
    assert!(gone, "processes are left: {:?}", processes(folder));
    assert_eq!(leftovers::mounts(folder), Vec::<PathBuf>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
}

/// Processes that name the folder in their arguments.
fn processes(folder: &Path) -> Vec<ProcessId> {
    let name = folder.to_str().unwrap();
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| {
            let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&words).contains(name)
        })
        .filter_map(ProcessId::of)
        .collect()
}
