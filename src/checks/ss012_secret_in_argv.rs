//! SS012: a Secret on the command line of a process.

use std::collections::BTreeSet;

use super::Settings;
use super::file_sources::secret_at;
use super::value_sources::{Origin, Origins, Share};
use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::workload::credential::{is_credential_name, may_be_credential};
use crate::workload::expansion::expanded_names;
use crate::workload::shell_arguments::{Part, arguments, script};
use crate::workload::{Container, Located, Workload};

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
          is not reported. Scripts of probes and lifecycle hooks are read, too. Not reported is what \
          cannot be seen: scripts in files, in eval, in traps and in \
          another sh -c, what xargs or a file hands on, commands that an unknown variable names or \
          that may be functions of a sourced file, and scripts that are very long or not \
          understood. An argument such as --password=text contains the value itself.",
    remedy: "Have the app read a file: mount the Secret and use the app's option for a file \
             (--password-file=/etc/secrets/db/password).",
    example: "command: [app]\nargs: [\"--password=$(DB_PASSWORD)\"]   # found; write:\nargs: \
              [\"--password-file=/etc/secrets/db/password\"]\n",
    source: "kubernetes/kubernetes third_party/forked/golang/expansion; proc(5) (cmdline)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for (workload, container) in inventory.containers() {
        let commands = commands(container);
        if commands.iter().all(|command| command.words.is_empty()) {
            continue;
        }
        let origins = Origins::of(inventory, workload, container);
        let mut flag: Option<&Located<String>> = None;
        for text in container.command.iter().chain(&container.args) {
            expanded(workload, container, &origins, text, results);
            literal(workload, container, text, flag, results);
            flag = Some(text);
        }
        for command in &commands {
            in_script(inventory, workload, container, &origins, command, results);
        }
    }
}

/// What the process list shows of a Secret.
fn shown(origin: &Origin<'_>) -> String {
    let Origin { secret, share, .. } = origin;
    match share {
        Share::Whole => format!("a value of Secret {secret}"),
        Share::Part => format!("which contains a value of Secret {secret}"),
    }
}

/// A command that may be the script of a shell.
struct Command<'a> {
    /// Whose it is.
    of: String,
    words: Vec<&'a Located<String>>,
    expansion: Expansion,
}

/// What Kubernetes expands in a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expansion {
    Environment,
    /// Of `env` only the texts.
    Probe,
    Nothing,
}

/// The commands of a container: its own, and those of its probes and hooks.
fn commands(container: &Container) -> Vec<Command<'_>> {
    let of = format!("container {}", container.name);
    let probes = container.probes.iter().map(|probe| Command {
        of: format!("the {} of {of}", probe.kind),
        words: probe.command.iter().collect(),
        expansion: Expansion::Probe,
    });
    let hooks = container.hooks.iter().map(|hook| Command {
        of: format!("the {} hook of {of}", hook.kind),
        words: hook.command.iter().collect(),
        expansion: Expansion::Nothing,
    });
    let own = Command {
        of: of.clone(),
        words: container.command.iter().chain(&container.args).collect(),
        expansion: Expansion::Environment,
    };
    std::iter::once(own).chain(probes).chain(hooks).collect()
}

/// What the script of a shell passes to the programs that it starts.
fn in_script(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    origins: &Origins<'_>,
    command: &Command<'_>,
    results: &mut Results,
) {
    let words: Vec<_> = (command.words.iter())
        .map(|text| text.value.as_str())
        .collect();
    let Some(script) = script(&words).map(|at| command.words[at]) else {
        return;
    };
    let text = match command.expansion {
        Expansion::Environment => origins.as_started(&script.value),
        Expansion::Probe => origins.as_probed(&script.value),
        Expansion::Nothing => Some(script.value.clone()),
    };
    let Some(text) = text else { return };
    for part in arguments(&text, |name| origins.literal(name)) {
        let what = match &part {
            Part::Variable(name) => format!("${name}"),
            Part::File(file) => format!("the content of {file}"),
        };
        for origin in behind(inventory, workload, container, origins, &part) {
            let passed = Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "The script of {} passes {what}, {}, to a program as an argument.",
                    command.of,
                    shown(&origin)
                ),
            );
            results.report(
                passed
                    .about(&workload.id.namespace, origin.secret, origin.key.as_deref())
                    .in_container(&container.name)
                    .at(
                        workload.origin,
                        &script.site,
                        "the process list shows the value",
                    )
                    .advise(
                        "Mount the Secret and use the app's option for a file, or pass the value \
                         on its standard input.",
                    ),
            );
        }
    }
}

/// The Secrets that a part of an argument comes from.
fn behind<'a>(
    inventory: &Inventory,
    workload: &'a Workload,
    container: &Container,
    origins: &Origins<'a>,
    part: &Part,
) -> Vec<Origin<'a>> {
    match part {
        Part::Variable(name) => origins.behind(name),
        Part::File(file) => secret_at(inventory, workload, container, file)
            .map(|(secret, key)| Origin {
                secret,
                key,
                share: Share::Whole,
            })
            .into_iter()
            .collect(),
    }
}

fn expanded(
    workload: &Workload,
    container: &Container,
    origins: &Origins<'_>,
    text: &Located<String>,
    results: &mut Results,
) {
    let names: BTreeSet<_> = expanded_names(&text.value).into_iter().collect();
    let all = names
        .into_iter()
        .flat_map(|name| origins.behind(name).into_iter().map(move |one| (name, one)));
    for (name, origin) in all {
        results.report(
            Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "Container {} has $({name}), {}, on its command line.",
                    container.name,
                    shown(&origin)
                ),
            )
            .about(&workload.id.namespace, origin.secret, origin.key.as_deref())
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
