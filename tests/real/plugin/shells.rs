//! Completion at a terminal: the real kubectl in real shells, Tab by Tab.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use rexpect::session::{PtySession, spawn_command};
use serde_json::{Value, json};

use super::{installed, path_with};
use crate::harness::{Invocation, cluster, program, trial_that_needs};

/// Ten times what a completion may take, for machines that do much else.
const PATIENCE: u64 = 30_000;

pub fn trial(shell: &'static str) -> Trial {
    let there = match Path::new("/usr/bin").join(shell).exists() {
        true => Ok(()),
        false => Err(format!("{shell} is not installed")),
    };
    let name = format!("plugin::{shell}_completes_at_a_terminal");
    trial_that_needs("shell", &name, there, move || completes(shell))
}

/// A shell with the completion of kubectl.
struct Shell {
    name: &'static str,
    session: PtySession,
    _home: tempfile::TempDir,
}

impl Shell {
    fn start(name: &'static str, kubeconfig: &Path) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = installed();
        let bin = home.path().join("bin");
        fs::rename(folder.keep(), &bin).unwrap();
        std::os::unix::fs::symlink(cluster().kubectl(), bin.join("kubectl")).unwrap();
        std::os::unix::fs::symlink(program(), bin.join("kubectl_complete-secretsafe")).unwrap();
        let mut command = Command::new(Path::new("/usr/bin").join(name));
        match name {
            "bash" => command.args(["--noprofile", "--norc", "-i"]),
            "zsh" => command.args(["-f", "-i"]),
            _ => command.args(["--no-config", "-i"]),
        };
        command
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", path_with(&bin))
            .env("KUBECONFIG", kubeconfig)
            .env("TERM", "dumb")
            .env("LC_ALL", "C.UTF-8")
            .current_dir(home.path());
        let mut session = spawn_command(command, Some(PATIENCE)).unwrap();
        let begin = match name {
            "bash" => {
                "PS1=; . /usr/share/bash-completion/bash_completion; . <(kubectl completion bash)"
            }
            "zsh" => {
                "PS1=; unsetopt zle_bracketed_paste prompt_sp; bindkey -e; autoload -U compinit; \
                 compinit -u; . <(kubectl completion zsh)"
            }
            _ => "kubectl completion fish | source",
        };
        session.send_line(begin).unwrap();
        session.send_line("echo be''gun").unwrap();
        session.exp_string("begun").unwrap();
        Self {
            name,
            session,
            _home: home,
        }
    }

    /// The line that `typed` becomes with a Tab. The beginning of the line becomes `echo`
    /// afterwards, so that the shell prints what it would run.
    fn completed(&mut self, typed: &str) -> String {
        let mark = format!("mark{}", typed.len());
        self.session
            .send(&format!("kubectl secretsafe {typed}\t"))
            .unwrap();
        self.session.flush().unwrap();
        // The shell asks kubectl, which asks the program; what is typed meanwhile waits.
        self.session
            .send(&format!(" {mark}\u{1}echo \"<\" "))
            .unwrap();
        self.session.send_line("").unwrap();
        self.session
            .exp_regex("\n< kubectl secretsafe ")
            .unwrap_or_else(|error| panic!("{}: {typed}: {error}", self.name));
        let line = self.session.exp_string(&mark).unwrap();
        line.trim().to_owned()
    }
}

fn completes(name: &'static str) {
    let cluster = cluster();
    // Each shell has a namespace that begins as no other does.
    let namespace = cluster.namespace(&format!("{name}-completes"));
    Invocation::of(&namespace.kubeconfig())
        .words("create completed --stdin password")
        .input("hunter2hunter2")
        .run()
        .status(0);
    namespace.apply(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {name: webshop}
spec:
  replicas: 0
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: x}]}
",
    );
    // A context whose name a shell would run.
    let kubeconfig = namespace.kubeconfig();
    let mut config: Value =
        serde_json::from_str(&fs::read_to_string(&kubeconfig).unwrap()).unwrap();
    for name in ["$(touch made)", "staging-eu"] {
        let context = json!({"name": name, "context": {"cluster": "x", "user": "y"}});
        config["contexts"].as_array_mut().unwrap().push(context);
    }
    fs::write(&kubeconfig, config.to_string()).unwrap();

    let mut shell = Shell::start(name, &kubeconfig);
    let own = namespace.name();
    let almost = &own[..own.len() - 1];
    for (typed, wanted) in [
        ("consu", "consumers"),
        ("doctor --fail-o", "doctor --fail-on"),
        ("consumers comp", "consumers completed"),
        ("consumers completed:pa", "consumers completed:password"),
        ("rotate secret/comp", "rotate secret/completed"),
        (
            "rotate secret/completed pa",
            "rotate secret/completed password",
        ),
        ("migrate deployment/web", "migrate deployment/webshop"),
        ("explain SS01", "explain SS01"),
        ("explain SS016", "explain SS016"),
        ("doctor --context stag", "doctor --context staging-eu"),
        (&format!("doctor -n {almost}"), &format!("doctor -n {own}")),
    ] {
        assert_eq!(shell.completed(typed), wanted, "{name}");
    }
    assert!(!shell._home.path().join("made").exists());
}
