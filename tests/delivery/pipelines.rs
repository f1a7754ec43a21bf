//! The action, the job for GitLab and the hooks of pre-commit, run as their hosts run them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::{Releases, VERSION, archive, here, root, succeeds, told, unpacked, wheel};

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

/// A runner of GitHub's: where steps leave what later steps find.
struct Runner {
    folder: tempfile::TempDir,
    inputs: Vec<(String, String)>,
}

impl Runner {
    /// The inputs of the action, some of them set.
    fn new(set: &[(&str, &str)]) -> Self {
        let action = yaml("action.yml");
        let inputs = action["inputs"].as_object().unwrap();
        let given = |name: &str| set.iter().find(|(other, _)| *other == name);
        for (name, _) in set {
            assert!(inputs.contains_key(*name), "{name} is no input");
        }
        let inputs = inputs.iter().map(|(name, input)| {
            let default = input["default"].as_str();
            assert!(default.is_some() || input["required"] == true, "{name}");
            let default = default.unwrap_or_default();
            let value = given(name).map_or(default, |(_, value)| value);
            (name.clone(), value.to_owned())
        });
        Self {
            inputs: inputs.collect(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs the steps in `workspace` until one fails; the output of the last one.
    fn run(&self, workspace: &Path) -> Output {
        let path_file = self.folder.path().join("path");
        fs::write(&path_file, "").unwrap();
        let action = yaml("action.yml");
        assert_eq!(action["runs"]["using"], "composite");
        let mut last = None;
        for step in action["runs"]["steps"].as_array().unwrap() {
            assert_eq!(step["shell"], "bash");
            let added = fs::read_to_string(&path_file).unwrap().trim().to_owned();
            let path = std::env::var("PATH").unwrap();
            let mut command = Command::new("bash");
            command
                .args(["--noprofile", "--norc", "-eo", "pipefail", "-c"])
                .arg(step["run"].as_str().unwrap())
                .current_dir(workspace)
                .env_clear()
                .env("PATH", format!("{added}:{path}"))
                .env("HOME", self.folder.path())
                .env("GITHUB_ACTIONS", "true")
                .env("GITHUB_ACTION_PATH", root())
                .env("GITHUB_PATH", &path_file)
                .env("RUNNER_TEMP", self.folder.path())
                .stdin(Stdio::null());
            for (name, value) in step["env"].as_object().unwrap() {
                let input = value.as_str().unwrap();
                let input = input.strip_prefix("${{ inputs.").unwrap();
                let input = input.strip_suffix(" }}").unwrap();
                let (_, value) = self.inputs.iter().find(|(name, _)| name == input).unwrap();
                command.env(name, value);
            }
            let output = command.output().unwrap();
            let ended = !output.status.success();
            last = Some(output);
            if ended {
                break;
            }
        }
        last.unwrap()
    }
}

/// A repository with the examples.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let deploy = folder.path().join("deploy");
    fs::create_dir(&deploy).unwrap();
    let insecure = root().join("examples/task-api/insecure.yaml");
    fs::copy(insecure, deploy.join("insecure.yaml")).unwrap();
    fs::write(deploy.join("secure.yaml"), SECURE).unwrap();
    folder
}

/// Nothing is wrong with it.
const SECURE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop}
spec:
  automountServiceAccountToken: false
  securityContext: {runAsUser: 1000, fsGroup: 1000}
  containers:
  - name: api
    image: registry.example/api:1.0.0
    volumeMounts: [{name: db, mountPath: /etc/secrets/db, readOnly: true}]
  volumes:
  - name: db
    secret: {secretName: db, defaultMode: 0400}
";

#[test]
#[ignore = "builds a release"]
fn the_action_installs_checks_and_annotates() {
    let releases = Releases::serve();
    let address = releases.address();
    let workspace = workspace();
    let run = |set: &[(&str, &str)]| {
        let all = [&[("releases", address.as_str()), ("version", VERSION)], set].concat();
        Runner::new(&all).run(workspace.path())
    };
    let found = run(&[("paths", "deploy/insecure.yaml\n"), ("sarif", "out.sarif")]);
    assert_eq!(found.status.code(), Some(1), "{}", told(&found));
    let line = "::warning file=deploy/insecure.yaml,line=";
    assert!(told(&found).contains(line), "{}", told(&found));
    let sarif = fs::read_to_string(workspace.path().join("out.sarif")).unwrap();
    assert!(sarif.contains("\"version\": \"2.1.0\""));
    let clean = run(&[("paths", "deploy/secure.yaml")]);
    assert!(clean.status.success(), "{}", told(&clean));
    let tolerant = run(&[("paths", "deploy"), ("fail-on", "never")]);
    assert!(tolerant.status.success(), "{}", told(&tolerant));
    let several = run(&[("paths", "deploy/secure.yaml\ndeploy/insecure.yaml")]);
    assert_eq!(several.status.code(), Some(1), "{}", told(&several));
    // What others may have written is a word, never a command or a flag.
    for ugly in ["$(touch made)", "`touch made`", "'; touch made; '", "--fix"] {
        let output = run(&[("paths", ugly)]);
        assert_eq!(output.status.code(), Some(2), "{ugly}: {}", told(&output));
        let output = run(&[("paths", "deploy"), ("fail-on", ugly)]);
        assert_eq!(output.status.code(), Some(2), "{ugly}: {}", told(&output));
    }
    assert!(!workspace.path().join("made").exists());
    let none = run(&[("paths", "\n")]);
    assert_eq!(none.status.code(), Some(2), "{}", told(&none));
}

#[test]
#[ignore = "builds a release"]
fn the_action_runs_nothing_that_it_cannot_trust() {
    let releases = Releases::serve();
    let address = releases.address();
    let workspace = workspace();
    let run = |set: &[(&str, &str)]| {
        let all = [&[("releases", address.as_str())], set].concat();
        let output = Runner::new(&all).run(workspace.path());
        (output.status.code(), told(&output))
    };
    for version in ["v9.9.9", "../v0.1.0", "v0.1.0/../..", "latest", ""] {
        let (code, said) = run(&[("version", version)]);
        assert_eq!(code, Some(3), "{version}: {said}");
        assert!(
            said.contains("::error title=kubectl-secretsafe::"),
            "{said}"
        );
    }
    let (code, said) = run(&[("version", VERSION), ("sha256", &"0".repeat(64))]);
    assert_eq!(code, Some(3), "{said}");
    // Another archive than the sums describe.
    let name = archive(here());
    releases.replace(name.file_name().unwrap().to_str().unwrap(), b"another");
    let (code, said) = run(&[("version", VERSION)]);
    assert_eq!(code, Some(3), "{said}");
    // What stands in its place is no command of the runner's.
    let name = name.file_name().unwrap().to_str().unwrap();
    let sums = format!("::stop-commands::x  {name}\n::add-mask::pw  {name}\n");
    releases.replace("SHA256SUMS", sums.as_bytes());
    let (code, said) = run(&[("version", VERSION)]);
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.lines()
            .all(|line| !line.starts_with("::add-mask") && !line.starts_with("::stop")),
        "{said}"
    );
    // No sum for it.
    releases.replace("SHA256SUMS", b"");
    let (code, said) = run(&[("version", VERSION)]);
    assert_eq!(code, Some(3), "{said}");
}

/// The lines of the job in busybox' shell, as they run in alpine.
#[test]
#[ignore = "builds a release"]
fn the_job_for_gitlab_writes_both_reports() {
    let job = &yaml("examples/ci/gitlab-ci.yml")["secretsafe"];
    let lines = ["before_script", "script"].map(|part| {
        let lines = job[part].as_array().unwrap().iter();
        let lines: Vec<_> = lines.map(|line| line.as_str().unwrap()).collect();
        lines.join("\n")
    });
    let releases = Releases::serve();
    let run = |path: &str| {
        let workspace = workspace();
        let mut command = Command::new("/usr/bin/busybox");
        command.args(["sh", "-e", "-c", &lines.join("\n")]);
        for (name, value) in job["variables"].as_object().unwrap() {
            command.env(name, value.as_str().unwrap());
        }
        // Programs of busybox, not those of this machine.
        let programs = workspace.path().join("bin");
        fs::create_dir(&programs).unwrap();
        succeeds(
            Command::new("/usr/bin/busybox")
                .args(["--install", "-s"])
                .arg(&programs),
        );
        let output = command
            .env("PATH", &programs)
            .env("SECRETSAFE_RELEASES", releases.address())
            .env("SECRETSAFE_VERSION", VERSION)
            .env("SECRETSAFE_PATH", path)
            .current_dir(workspace.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (workspace, output)
    };
    let (workspace, output) = run("deploy");
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let text = |name: &str| fs::read_to_string(workspace.path().join(name)).unwrap();
    let reports = &job["artifacts"]["reports"];
    let quality: Value =
        serde_json::from_str(&text(reports["codequality"].as_str().unwrap())).unwrap();
    assert_eq!(quality[0]["location"]["path"], "deploy/insecure.yaml");
    let junit = text(reports["junit"].as_str().unwrap());
    assert!(junit.contains("<failure"), "{junit}");
    let (_, clean) = run("deploy/secure.yaml");
    assert!(clean.status.success(), "{}", told(&clean));
    // A sum that does not fit ends the job before anything of the archive runs.
    releases.replace(
        "SHA256SUMS",
        format!(
            "{}  kubectl-secretsafe-{VERSION}-linux-amd64.tar.gz\n",
            "0".repeat(64)
        )
        .as_bytes(),
    );
    let (workspace, refused) = run("deploy");
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(
        !workspace
            .path()
            .join(".secretsafe/kubectl-secretsafe")
            .exists()
    );
}

/// The real pre-commit in a repository that uses the hook.
#[test]
#[ignore = "builds a release"]
fn the_hook_stops_a_commit() {
    let program = unpacked(here());
    let repository = workspace();
    let path = std::env::join_paths([
        program.path().to_owned(),
        wheel("lint"),
        PathBuf::from("/usr/bin"),
        PathBuf::from("/bin"),
    ])
    .unwrap();
    let within = |name: &str, words: &[&str]| {
        let mut command = Command::new(name);
        command
            .args(words)
            .current_dir(repository.path())
            .env_clear()
            .env("PATH", &path)
            .env("HOME", program.path())
            .env("GIT_AUTHOR_NAME", "hook")
            .env("GIT_AUTHOR_EMAIL", "hook@example.com")
            .env("GIT_COMMITTER_NAME", "hook")
            .env("GIT_COMMITTER_EMAIL", "hook@example.com")
            .stdin(Stdio::null());
        command.output().unwrap()
    };
    // The hooks, as a repository of their own.
    let hooks = program.path().join("hooks");
    fs::create_dir(&hooks).unwrap();
    fs::copy(
        root().join(".pre-commit-hooks.yaml"),
        hooks.join(".pre-commit-hooks.yaml"),
    )
    .unwrap();
    let at = hooks.to_str().unwrap();
    for words in [
        &["-C", at, "init", "--quiet"][..],
        &["-C", at, "add", "-A"],
        &["-C", at, "commit", "--quiet", "-m", "hooks"],
        &["-C", at, "tag", VERSION],
        &["init", "--quiet"],
    ] {
        let output = within("git", words);
        assert!(output.status.success(), "{}", told(&output));
    }
    fs::write(
        repository.path().join(".pre-commit-config.yaml"),
        format!(
            "repos:\n- repo: file://{at}\n  rev: {VERSION}\n  hooks:\n  - id: secretsafe\n    args: [-f, deploy, -R]\n"
        ),
    )
    .unwrap();
    let install = within("pre-commit", &["install"]);
    assert!(install.status.success(), "{}", told(&install));
    within("git", &["add", "-A"]);
    let commit = ["commit", "-m", "deploy"];
    let stopped = within("git", &commit);
    assert!(!stopped.status.success(), "{}", told(&stopped));
    assert!(told(&stopped).contains("SS013"), "{}", told(&stopped));
    // Without the insecure file it passes.
    fs::remove_file(repository.path().join("deploy/insecure.yaml")).unwrap();
    within("git", &["add", "-A"]);
    let passed = within("git", &commit);
    assert!(passed.status.success(), "{}", told(&passed));
}

/// The plugins of k9s: with its variables filled in, each command runs.
#[test]
#[ignore = "builds a release"]
fn the_plugins_of_k9s_run() {
    let plugins = yaml("examples/k9s/plugins.yaml");
    let program = unpacked(here());
    symlink("/bin/cat", program.path().join("less")).unwrap();
    let mut short_cuts = Vec::new();
    for (name, plugin) in plugins["plugins"].as_object().unwrap() {
        short_cuts.push(plugin["shortCut"].as_str().unwrap().to_owned());
        assert!(!plugin["description"].as_str().unwrap().is_empty());
        assert!(
            plugin["scopes"]
                .as_array()
                .is_some_and(|scopes| !scopes.is_empty())
        );
        // A name that begins with a dash stays a name.
        for subject in ["db", "--help"] {
            let fill = |word: &Value| {
                let mut word = word.as_str().unwrap().to_owned();
                for (variable, value) in [
                    ("$KUBECONFIG", "/nonexistent/kubeconfig"),
                    ("$CONTEXT", "dev"),
                    ("$NAMESPACE", "shop"),
                    ("$NAME", subject),
                    ("$RESOURCE_NAME", "deployments"),
                ] {
                    word = word.replace(variable, value);
                }
                word
            };
            let words = plugin["args"].as_array().unwrap().iter().map(fill);
            let output = Command::new(plugin["command"].as_str().unwrap())
                .args(words)
                .env_clear()
                .env(
                    "PATH",
                    format!("{}:/usr/bin:/bin", program.path().display()),
                )
                .env("PAGER", "cat")
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let said = told(&output);
            // As far as one comes without a cluster, or with what is no name.
            let wanted = match subject {
                "db" => "/nonexistent/kubeconfig",
                _ => "error: ",
            };
            assert!(said.contains(wanted), "{name}: {said}");
            assert!(!said.contains("Usage:"), "{name}: {said}");
        }
    }
    short_cuts.sort();
    short_cuts.dedup();
    let count = plugins["plugins"].as_object().unwrap().len();
    assert_eq!(short_cuts.len(), count, "two plugins have one key");
}
