//! What printed commands promise.

use crate::scene::{NEW, OLD, Scene};
use crate::situations::Situation;

/// Whether a command is one that somebody agrees to.
fn agrees(command: &str) -> bool {
    let does = |word: &str| command.split(' ').any(|other| other == word);
    let looks = ["--dry-run", "--status", "--print-rbac", "--plan", "-f"];
    let changes = command.starts_with("kubectl secretsafe rotate")
        || command.starts_with("kubectl secretsafe restart")
        || command.starts_with("kubectl secretsafe migrate");
    changes && !looks.into_iter().any(does)
}

/// Runs the command in its situation, and looks whether it has done what it says.
pub fn judge(scene: &Scene, situation: &Situation, command: &str) -> Result<(), String> {
    let has = |word: &str| command.split(' ').any(|other| other == word);
    let is = |name: &str| command.starts_with(&format!("kubectl secretsafe {name}"));
    // Pods get well again before somebody follows an advice.
    scene.server.clear_script();
    let mut typed = command.to_owned();
    if agrees(command) {
        typed.push_str(" -y");
        if !has("--timeout") {
            typed.push_str(" --timeout 20s");
        }
        if !has("--abort") && !has("--undo") && !has("--settle") {
            typed.push_str(" --settle 1s");
        }
    }
    let input = match is("create") {
        // Nobody is there to be asked.
        true if has("--prompt") => {
            typed = typed.replace("--prompt", "--generate");
            ""
        }
        true => {
            typed.push_str(" --stdin password");
            OLD
        }
        false => "",
    };
    let name = match command.contains("deployment/web") {
        true => "web",
        false => "api",
    };
    // First steps are for whoever may do them.
    if situation.what == "advise without rights" && !has("--print-rbac") {
        return Ok(());
    }
    let before = scene.template(name);
    let ran = scene.run(&typed, input);
    let told = |why: &str| Err(format!("{why} ({}): {}", ran.status, ran.said));
    let ends = |statuses: &[i32]| match statuses.contains(&ran.status) {
        true => Ok(()),
        false => told("ends otherwise"),
    };
    if has("--print-rbac") {
        ends(&[0])?;
        scene.server.only_allow(&ran.said);
        let again = scene.run(situation.command, NEW);
        return match again.status {
            3 => Err(format!("is refused with the Role: {}", again.said)),
            _ => Ok(()),
        };
    }
    match () {
        () if is("rotate") && has("--status") => ends(&[0]),
        () if is("rotate") && has("--resume") => {
            // A paused workload keeps the old value.
            if situation.what.contains("paused") {
                return ends(&[5]);
            }
            ends(&[0])?;
            match scene.value() == NEW && !scene.has_run() {
                true => Ok(()),
                false => told("the new value is not there alone"),
            }
        }
        () if is("rotate") && (has("--abort") || has("--undo")) => {
            ends(&[0])?;
            match scene.value() == OLD && !scene.has_run() {
                true => Ok(()),
                false => told("the old value is not back"),
            }
        }
        () if is("restart") => {
            ends(&[0])?;
            match scene.template("api") == before {
                true => told("restarts nothing"),
                false => Ok(()),
            }
        }
        () if is("create") => ends(&[0]),
        () if is("migrate") && has("--undo") => {
            ends(&[0])?;
            match scene.template(name) == before {
                true => told("undoes nothing"),
                false => Ok(()),
            }
        }
        () if is("migrate") && !agrees(command) => ends(&[0]),
        () if is("migrate") => {
            ends(&[0])?;
            match scene.template(name) == before {
                true => told("changes nothing"),
                false => Ok(()),
            }
        }
        () if is("scaffold") => ends(&[0]),
        () if ["doctor", "consumers", "explain", "audit"]
            .into_iter()
            .any(is) =>
        {
            ends(&[0, 1])
        }
        () => told("nobody has said what it promises"),
    }
}
