//! The commands of README and of the documents, run one after the other as their block
//! shows them: in a folder with the files that they name, and against a cluster that has
//! what they name.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use testcluster::fault::Resource;

use crate::scene::{NEW, OLD, Scene, deployment};

const NAME: &str = "kubectl secretsafe ";

/// The commands of each block or sentence.
fn blocks(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut block: Option<Vec<String>> = None;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            match block.take() {
                Some(lines) => found.push(lines),
                None => block = Some(Vec::new()),
            }
        } else if let Some(lines) = &mut block {
            lines.extend(command(line));
        } else {
            let spans = line.split('`').skip(1).step_by(2);
            let own = spans.filter(|span| span.starts_with(NAME));
            found.extend(own.map(|span| vec![span.to_owned()]));
        }
    }
    found.retain(|lines| !lines.is_empty());
    found
}

/// The command of a line, with what is piped into it.
fn command(line: &str) -> Option<String> {
    let line = line.trim_start().trim_start_matches("$ ");
    let line = line.trim_start_matches("- run: ");
    let at = line.find(NAME)?;
    let before = line[..at].trim_end();
    let is_piped = before.ends_with(['|', '&']) || before.is_empty();
    let from = match is_piped {
        true => 0,
        false => at,
    };
    let line = &line[from..];
    let end = line.find(", or ").unwrap_or(line.len());
    Some(line[..end].to_owned())
}

/// A folder with the files that documents name, and programs that stand for others.
fn folder(scene: &Scene) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["deploy", "chart", "overlays/prod", "bin"] {
        fs::create_dir_all(here(name)).unwrap();
    }
    symlink(root.join("examples"), here("examples")).unwrap();
    let manifest = fs::read(root.join("examples/task-api/insecure.yaml")).unwrap();
    let app = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  selector: \
        {matchLabels: {app: api}}\n  template:\n    metadata: {labels: {app: api}}\n    spec:\n      \
        securityContext: {runAsUser: 0}\n      containers:\n      - name: app\n        image: x\n        \
        env:\n        - name: DB_PASSWORD\n          valueFrom: {secretKeyRef: {name: db, key: password}}\n";
    fs::write(here("deploy/app.yaml"), manifest).unwrap();
    fs::write(here("deployment.yaml"), app).unwrap();
    fs::write(here("overlays/prod/app.yaml"), app).unwrap();
    fs::write(
        here("overlays/prod/kustomization.yaml"),
        "namespace: prod\nresources: [app.yaml]\n",
    )
    .unwrap();
    fs::write(here("username.txt"), "alice").unwrap();
    fs::write(here("password.txt"), NEW).unwrap();
    let names = vec!["task-api.example".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    fs::write(here("server.crt"), made.cert.pem()).unwrap();
    fs::write(here("server.key"), made.signing_key.serialize_pem()).unwrap();
    // A shell writes them: see Scene::new.
    let write = format!(
        "cd {0}/bin; stub() {{ printf '#!/bin/sh\\n%s\\n' \"$2\" >$1; chmod 755 $1; }}; \
         stub helm 'cat {0}/deployment.yaml'; stub vault 'printf {NEW}'; \
         stub pass 'printf \"{NEW}\\nmore\\n\"'; stub cargo true; \
         stub kubectl '[ \"$1\" = secretsafe ] || exec /usr/bin/kubectl \"$@\"; shift; exec {1} \"$@\"'",
        folder.path().display(),
        env!("CARGO_BIN_EXE_kubectl-secretsafe"),
    );
    assert!(
        Command::new("/bin/sh")
            .args(["-c", &write])
            .status()
            .unwrap()
            .success()
    );
    // The cluster under the names of the documents.
    let kubeconfig = fs::read_to_string(scene.server.kubeconfig()).unwrap();
    let contexts = ["staging", "prod"].map(|name| {
        format!("- name: {name}\n  context:\n    cluster: fault\n    user: fault\n    namespace: default\n")
    });
    fs::write(here("kubeconfig"), kubeconfig + &contexts.concat()).unwrap();
    folder
}

/// A cluster that has what documents name.
fn cluster() -> Scene {
    let scene = Scene::new();
    for namespace in ["default", "prod", "task-api"] {
        let db = [("password", OLD), ("user", "alice")];
        scene.server.put_secret(namespace, "db", &db, "kubectl");
        scene
            .server
            .put_workload(Resource::Deployments, namespace, "api", deployment());
    }
    scene
}

/// What is typed: somebody agrees, and does not wait for half a minute.
fn typed(command: &str) -> String {
    let command = command.split(" #").next().unwrap().trim_end();
    let has = |word: &str| command.split(' ').any(|other| other == word);
    let live = !has("-f") && !has("-k");
    let mut typed = command.to_owned();
    let changes = has("migrate") && (live || has("--write")) || has("rotate") && !has("--status");
    if changes && !has("-y") && !has("--emit") {
        typed.push_str(" -y");
    }
    if changes && live && !has("--undo") {
        typed.push_str(" --settle 1s --timeout 20s");
    }
    typed
}

fn run(folder: &Path, command: &str) -> Output {
    Command::new("/bin/sh")
        .args(["-c", command])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}/bin:/usr/bin:/bin", folder.display()))
        .env("HOME", folder)
        .env("KUBECONFIG", folder.join("kubeconfig"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn the_commands_of_documents_do_what_their_blocks_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("README.md"), root.join("SECURITY.md")];
    for folder in ["docs", "docs/adr"] {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap);
        paths.extend(entries.map(|entry| entry.path()).filter(|path| {
            path.extension().is_some_and(|found| found == "md") && !path.ends_with("cli.md")
        }));
    }
    paths.sort();
    let can_build = Path::new("/usr/bin/kubectl").exists();
    let (mut ran, mut prompted, mut wrong) = (0, 0, Vec::new());
    for path in paths {
        for block in blocks(&fs::read_to_string(&path).unwrap()) {
            let scene = cluster();
            let folder = folder(&scene);
            for command in block {
                // An ellipsis, or a word in capitals, is to be filled in.
                let is_pattern = command.contains('…')
                    || command
                        .split(' ')
                        .any(|word| word == "NAME" || word == "KEY");
                let builds = command.contains(" -k ");
                if is_pattern || builds && !can_build {
                    continue;
                }
                let output = run(folder.path(), &typed(&command));
                let said = String::from_utf8_lossy(&output.stdout).into_owned()
                    + &String::from_utf8_lossy(&output.stderr);
                assert!(
                    !said.contains(NEW) && !said.contains(OLD),
                    "{command} shows a value"
                );
                let status = output.status.code().unwrap_or(-1);
                let asks = command.contains("--prompt");
                let fits = match status {
                    0 => true,
                    1 => command.contains("doctor"),
                    // Nobody is there to type.
                    2 if asks && said.contains("terminal") => true,
                    // The page of a rule shows how it is made at first.
                    2 => said.contains("exists already") && path.ends_with("checks.md"),
                    _ => false,
                };
                ran += 1;
                prompted += usize::from(asks);
                if !fits {
                    let name = path.file_name().unwrap().display();
                    wrong.push(format!("{name}: {command} ends {status}: {said}"));
                }
            }
        }
    }
    println!("{ran} commands of documents were run, {prompted} of them up to the question");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(ran >= 30, "only {ran}");
}

/// What the blocks about one file and one workload leave behind.
#[test]
fn the_blocks_of_the_readme_change_what_they_say() {
    let scene = cluster();
    let folder = folder(&scene);
    let file = || fs::read_to_string(folder.path().join("deployment.yaml")).unwrap();
    let before = file();
    run(
        folder.path(),
        "kubectl secretsafe migrate -f deployment.yaml",
    );
    assert_eq!(file(), before);
    run(
        folder.path(),
        "kubectl secretsafe migrate -f deployment.yaml --write -y",
    );
    assert!(file().contains("mountPath: /etc/secrets/db"), "{}", file());
    let container = || -> Value {
        let api = scene.server.workload(Resource::Deployments, "prod", "api");
        api.unwrap()["spec"]["template"]["spec"]["containers"][0].clone()
    };
    let live = |command: &str| {
        let output = run(folder.path(), &typed(command));
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    let original = container();
    live("kubectl secretsafe migrate deploy/api -n prod");
    let mounted = container();
    assert!(mounted["env"].is_array() && mounted["volumeMounts"].is_array());
    live("kubectl secretsafe migrate deploy/api -n prod --remove-env --reads-files DB_PASSWORD");
    assert!(container()["env"].is_null());
    live("kubectl secretsafe migrate --undo deploy/api -n prod");
    assert_eq!(container(), mounted);
    live("kubectl secretsafe migrate --undo deploy/api -n prod");
    assert_eq!(container(), original);
}
