//! What taking a migration back may do to a workload: the inverse of what a
//! migration can write, and nothing else.
//!
//! The journal is an annotation, so others may have written it, and whoever
//! takes a migration back may do more than they may. So the operations are
//! never trusted: what they make of the workload as it is now is compared with
//! it, field by field. Only references to Secrets that the same container
//! mounts come back, only mounts and volumes of Secrets go, with an `fsGroup`,
//! and a wrapped command is unwrapped.

use serde_json::{Value, json};

use crate::manifest::path::pointer;
use crate::manifest::{Operation, json_patch};
use crate::workload::{Object, Workload};

use super::mounted::Files;
use crate::journal;
use crate::journal::restoration::{NotOurs, Restoration};

/// Checks the operations of one step against the workload as it is now.
///
/// # Errors
/// [`NotOurs`].
pub fn check(object: &Object, operations: &[Operation]) -> Result<Restoration, NotOurs> {
    let overtaken = |error: json_patch::PatchError| NotOurs::Overtaken(line(&error.to_string()));
    for operation in operations {
        let (Operation::Test { pointer, .. }
        | Operation::Add { pointer, .. }
        | Operation::Replace { pointer, .. }
        | Operation::Remove { pointer }
        | Operation::Quote { pointer }) = operation;
        if !pointer.starts_with("/spec/") {
            return Err(NotOurs::Foreign(place(pointer)));
        }
    }
    let mut now = journal::specification(object).map_err(overtaken)?;
    let mut then = now.clone();
    json_patch::apply(&mut then, operations).map_err(overtaken)?;
    let workload = Workload::from_object(object)
        .ok_or_else(|| NotOurs::Foreign("the whole object".to_owned()))?;
    let pod = pointer(&workload.pod.site.path);
    let mut told = Vec::new();
    {
        let mut both = Both {
            now: now.pointer_mut(&pod),
            then: then.pointer_mut(&pod),
            told: &mut told,
        };
        both.pod()
            .map_err(|at| NotOurs::Foreign(place(&format!("{pod}{at}"))))?;
    }
    // What may differ is equal now.
    match json_patch::differences(&now, &then).first() {
        Some(at) => Err(NotOurs::Foreign(place(at))),
        None => Ok(Restoration(told)),
    }
}

/// `/spec/template/spec/hostPID` as a path that fits a line.
fn place(pointer: &str) -> String {
    let path = pointer.trim_start_matches('/').replace('/', ".");
    match path.is_empty() {
        true => "the whole object".to_owned(),
        false => line(&path),
    }
}

/// A text of others as one that fits a line and holds no line of its own.
fn line(text: &str) -> String {
    const MOST: usize = 120;
    let mut letters = text
        .chars()
        .map(|letter| if letter.is_control() { '?' } else { letter });
    let shown: String = letters.by_ref().take(MOST).collect();
    match letters.next() {
        None => shown,
        Some(_) => format!("{shown}…"),
    }
}

/// A name of the workload in a sentence.
fn word(text: &str) -> String {
    line(text).replace(' ', "?")
}

/// The pod as it is now and as it would be.
struct Both<'a> {
    now: Option<&'a mut Value>,
    then: Option<&'a mut Value>,
    told: &'a mut Vec<String>,
}

impl Both<'_> {
    /// Compares the fields that a migration writes and takes them out of both;
    /// where they differ in what it does not write: a pointer below the pod.
    fn pod(&mut self) -> Result<(), String> {
        let (Some(now), Some(then)) = (self.now.as_deref_mut(), self.then.as_deref_mut()) else {
            return Err(String::new());
        };
        let volumes = list(now, "volumes");
        for field in ["initContainers", "containers"] {
            let at = format!("/{field}");
            let (Some(now), Some(then)) = (now.get_mut(field), then.get_mut(field)) else {
                continue;
            };
            let (Some(now), Some(then)) = (now.as_array_mut(), then.as_array_mut()) else {
                continue;
            };
            if now.len() != then.len() {
                return Err(at);
            }
            for (index, (now, then)) in now.iter_mut().zip(then).enumerate() {
                container(&volumes, now, then, self.told)
                    .map_err(|field| format!("{at}/{index}/{field}"))?;
            }
        }
        let gone = without(
            &volumes,
            &list(then, "volumes"),
            super::mounted::is_of_secrets,
        )
        .ok_or("/volumes")?;
        self.told.extend(
            gone.iter()
                .map(|volume| format!("volume {} goes", name(volume))),
        );
        fs_group(now, then, self.told).ok_or("/securityContext")?;
        forget(now, then, &["volumes", "securityContext"]);
        Ok(())
    }
}

fn container(
    volumes: &[Value],
    now: &mut Value,
    then: &mut Value,
    told: &mut Vec<String>,
) -> Result<(), &'static str> {
    let files = Files::of(now, volumes);
    let whose = word(name(now));
    for variable in variables(&list(now, "env"), &list(then, "env"), &files).ok_or("env")? {
        told.push(format!("container {whose}: {variable} comes back"));
    }
    let sources = without(&list(then, "envFrom"), &list(now, "envFrom"), |source| {
        files.source(source).is_some()
    });
    for source in sources.ok_or("envFrom")? {
        if let Some(secret) = files.source(&source) {
            let secret = word(secret);
            told.push(format!(
                "container {whose}: envFrom with Secret {secret} comes back"
            ));
        }
    }
    let mounts = without(
        &list(now, "volumeMounts"),
        &list(then, "volumeMounts"),
        |mount| super::mounted::is_plain_mount(mount, volumes),
    );
    for mount in mounts.ok_or("volumeMounts")? {
        let path = mount.get("mountPath").and_then(Value::as_str);
        told.push(format!(
            "container {whose}: the mount at {} is removed",
            word(path.unwrap_or_default())
        ));
    }
    if now.get("command") != then.get("command") {
        match list(now, "command").as_slice() {
            [shell, flag, script, zero, rest @ ..]
                if *shell == json!("/bin/sh")
                    && *flag == json!("-c")
                    && *zero == json!("sh")
                    && !rest.is_empty()
                    && script.as_str().is_some_and(is_wrapper)
                    && list(then, "command") == rest =>
            {
                told.push(format!(
                    "container {whose}: its command is no longer wrapped"
                ));
            }
            _ => return Err("command"),
        }
    }
    forget(now, then, &["env", "envFrom", "volumeMounts", "command"]);
    Ok(())
}

/// Whether a script is one that a migration puts before a command: it sets
/// variables from files, and then starts the command.
fn is_wrapper(script: &str) -> bool {
    let Some(mut rest) = script.strip_suffix("exec \"$@\"") else {
        return false;
    };
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix("if [ -e ") {
            Some(optional) => {
                let Some((file_and_step, after)) = optional.split_once("; fi && ") else {
                    return false;
                };
                let Some((_, step)) = file_and_step.split_once(" ]; then ") else {
                    return false;
                };
                (step, after)
            }
            None => {
                const EXPORT: &str = " && export ";
                let Some(from) = rest.find(EXPORT).map(|at| at + EXPORT.len()) else {
                    return false;
                };
                let Some(end) = rest[from..].find(" && ").map(|at| from + at) else {
                    return false;
                };
                (&rest[..end], &rest[end + " && ".len()..])
            }
        };
        let Some((name, value)) = step.split_once("=\"$$(cat ") else {
            return false;
        };
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !is_name || !value.ends_with(&format!(")\" && export {name}")) {
            return false;
        }
        rest = after;
    }
    true
}

/// The entries of `env` that come back, if nothing else becomes of the list:
/// each is a reference to a file's key, in a place of its own or in that of the
/// variable that names the file.
fn variables(now: &[Value], then: &[Value], files: &Files) -> Option<Vec<String>> {
    let mut told = Vec::new();
    let mut left = now.iter().peekable();
    for (index, entry) in then.iter().enumerate() {
        if left.next_if_eq(&entry).is_some() {
            continue;
        }
        let reference = files.variable(entry)?;
        // No migration takes one of two entries of a name: what is there now is
        // of others, and would be set anew.
        let is_there = |other: &&Value| name(other) == reference.variable;
        if now
            .iter()
            .any(|other| is_there(&other) && !files.names(other, &reference))
        {
            return None;
        }
        let stays = |candidate: &&Value| then[index..].contains(candidate);
        left.next_if(|candidate| files.names(candidate, &reference) && !stays(candidate));
        told.push(format!(
            "variable {} from key {} of Secret {}",
            word(reference.variable),
            word(reference.key),
            word(reference.secret)
        ));
    }
    left.next().is_none().then_some(told)
}

/// What `more` has and `fewer` has not, if each such entry may be left out and
/// nothing else differs.
fn without(more: &[Value], fewer: &[Value], may_go: impl Fn(&Value) -> bool) -> Option<Vec<Value>> {
    let mut gone = Vec::new();
    let mut left = fewer.iter().peekable();
    for entry in more {
        if left.next_if_eq(&entry).is_none() {
            if !may_go(entry) {
                return None;
            }
            gone.push(entry.clone());
        }
    }
    left.next().is_none().then_some(gone)
}

/// The pod's security context is what it is, or loses its `fsGroup`.
fn fs_group(now: &Value, then: &Value, told: &mut Vec<String>) -> Option<()> {
    let of = |pod: &Value| pod.get("securityContext").cloned().unwrap_or(json!({}));
    let (mut now, then) = (of(now), of(then));
    if now == then {
        return Some(());
    }
    let group = now.as_object_mut()?.remove("fsGroup")?;
    (group.is_i64() && now == then).then(|| told.push(format!("fsGroup {group} goes")))
}

fn list(of: &Value, field: &str) -> Vec<Value> {
    let list = of.get(field).and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

fn name(of: &Value) -> &str {
    of.get("name").and_then(Value::as_str).unwrap_or_default()
}

fn forget(now: &mut Value, then: &mut Value, fields: &[&str]) {
    for side in [now, then] {
        if let Some(side) = side.as_object_mut() {
            side.retain(|field, _| !fields.contains(&field.as_str()));
        }
    }
}

#[cfg(test)]
#[path = "restoration_tests.rs"]
mod tests;
