//! SS012: a Secret on the command line of a process.

use super::Settings;
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::credential::{is_credential_name, may_be_credential};
use crate::workload::environment::expanded_names;
use crate::workload::shell_arguments::{Part, arguments, script};
use crate::workload::{Container, EnvFromSource, EnvSource, Located, Workload};

pub static RULE: Rule = Rule {
    id: "SS012",
    name: "secret-in-argv",
    severity: Severity::Warning,
    data: &[Data::Workloads],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a Secret's value, or what looks like a password, is an argument of a process",
    why: "Kubernetes expands $(NAME) before it starts the process. So the value is in the process \
          list of the node, in /proc/PID/cmdline for everybody in the pod, in the runtime's logs \
          and in crash reports. The script of sh -c does the same if it passes $NAME or $(cat \
          FILE) to a program; what stays in the shell, as with echo, export and here-documents, \
          is not reported. An argument such as --password=text contains the value itself.",
    remedy: "Have the app read a file: mount the Secret and use the app's option for a file \
             (--password-file=/etc/secrets/db/password).",
    example: "command: [app]\nargs: [\"--password=$(DB_PASSWORD)\"]   # found; write:\nargs: \
              [\"--password-file=/etc/secrets/db/password\"]\n",
    source: "kubernetes/kubernetes third_party/forked/golang/expansion; proc(5) (cmdline)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (workload, container) in inventory.containers() {
        let mut flag: Option<&Located<String>> = None;
        for text in container.command.iter().chain(&container.args) {
            expanded(workload, container, text, results);
            literal(workload, container, text, flag, results);
            flag = Some(text);
        }
        in_script(workload, container, results);
    }
}

/// What the script of a shell passes to the programs that it starts.
fn in_script(workload: &Workload, container: &Container, results: &mut Results) {
    let texts: Vec<_> = container.command.iter().chain(&container.args).collect();
    let words: Vec<_> = texts.iter().map(|text| text.value.as_str()).collect();
    let Some(script) = script(&words).map(|at| texts[at]) else {
        return;
    };
    for part in arguments(&script.value) {
        let (what, found) = match &part {
            Part::Variable(name) => (
                format!("${name}"),
                source_of(container, name).map(|(secret, key)| (secret, key.map(str::to_owned))),
            ),
            Part::File(file) => (
                format!("the content of {file}"),
                secret_at(workload, container, file),
            ),
            Part::FileOf(name) => (
                format!("the content of the file that {name} names"),
                path_in(container, name).and_then(|file| secret_at(workload, container, file)),
            ),
        };
        let Some((secret, key)) = found else { continue };
        results.report(
            Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "The script of container {} passes {what}, a value of Secret {secret}, to a \
                     program as an argument.",
                    container.name
                ),
            )
            .about(&workload.id.namespace, secret, key.as_deref())
            .in_container(&container.name)
            .at(
                workload.origin,
                &script.site,
                "the process list shows the value",
            )
            .advise(
                "Mount the Secret and use the app's option for a file, or pass the value on its \
                 standard input.",
            ),
        );
    }
}

/// The Secret of which a mounted file has a value, and the key where the file is called so.
fn secret_at<'a>(
    workload: &'a Workload,
    container: &Container,
    file: &str,
) -> Option<(&'a str, Option<String>)> {
    let mount = container.mount_of(file)?;
    let volume = workload.pod.volume(&mount.volume.value)?;
    let sources = volume.kind.secret_sources();
    let [source] = sources[..] else {
        return None;
    };
    let place = file
        .strip_prefix(mount.path.value.as_str())?
        .trim_start_matches('/');
    let key = (mount.sub_path.is_none() && source.items.is_none() && !place.contains('/'))
        .then(|| place.to_owned())
        .filter(|key| !key.is_empty());
    Some((source.secret.value.as_str(), key))
}

/// The path that a variable of the manifest holds.
fn path_in<'a>(container: &'a Container, name: &str) -> Option<&'a str> {
    let entry = container
        .env
        .iter()
        .rfind(|entry| entry.name.value == name)?;
    match &entry.source {
        EnvSource::Literal(text) if text.value.starts_with('/') => Some(&text.value),
        _ => None,
    }
}

fn expanded(
    workload: &Workload,
    container: &Container,
    text: &Located<String>,
    results: &mut Results,
) {
    for name in expanded_names(&text.value) {
        let Some((secret, key)) = source_of(container, name) else {
            continue;
        };
        results.report(
            Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "Container {} has $({name}), a value of Secret {secret}, on its command line.",
                    container.name
                ),
            )
            .about(&workload.id.namespace, secret, key)
            .in_container(&container.name)
            .at(
                workload.origin,
                &text.site,
                "the process list shows the value",
            )
            .advise("Mount the Secret and use the app's option for a file instead."),
        );
    }
}

/// The Secret that a variable of a container comes from.
fn source_of<'a>(container: &'a Container, name: &str) -> Option<(&'a str, Option<&'a str>)> {
    let entry = container
        .env
        .iter()
        .rev()
        .find(|entry| entry.name.value == name);
    match entry.map(|entry| &entry.source) {
        Some(EnvSource::SecretKey { secret, key, .. }) => Some((&secret.value, Some(&key.value))),
        Some(_) => None,
        // With a prefix of its own, envFrom is the only place it can come from.
        None => container
            .env_from
            .iter()
            .find_map(|source| match &source.source {
                EnvFromSource::Secret(secret)
                    if !source.prefix.is_empty() && name.starts_with(&source.prefix) =>
                {
                    Some((secret.value.as_str(), None))
                }
                _ => None,
            }),
    }
}

/// `--password=text`, or `--password text`.
fn literal(
    workload: &Workload,
    container: &Container,
    text: &Located<String>,
    before: Option<&Located<String>>,
    results: &mut Results,
) {
    let flag_name = |text: &str| {
        text.starts_with('-')
            .then(|| text.trim_start_matches('-').to_owned())
            .filter(|name| !name.contains([' ', '=']))
    };
    let (name, value) = match text.value.split_once('=') {
        Some((flag, value)) if flag.starts_with('-') => (flag_name(flag), value),
        _ => match before.and_then(|before| flag_name(&before.value)) {
            Some(name) if !text.value.starts_with('-') => (Some(name), text.value.as_str()),
            _ => return,
        },
    };
    let Some(name) = name else { return };
    if !is_credential_name(&name) || !may_be_credential(value) {
        return;
    }
    results.report(
        Finding::new(
            &RULE,
            &workload.id,
            format!(
                "Container {} has what looks like a credential as argument --{name}.",
                container.name
            ),
        )
        .in_container(&container.name)
        .at(
            workload.origin,
            &text.site,
            "visible in the process list and in this manifest",
        )
        .advise("Put it into a Secret, mount that Secret, and use the app's option for a file.")
        .advise("Rotate it: it is in this manifest and in its history."),
    );
}
