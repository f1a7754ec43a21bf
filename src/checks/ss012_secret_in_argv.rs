//! SS012: a Secret on the command line of a process.

use std::collections::BTreeSet;

use super::Settings;
use super::value_sources::{Origin, Origins, Share, literal_of, secret_at};
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
          is not reported. Nor is what cannot be seen: scripts in files, in eval, in traps and in \
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
        if container.command.is_empty() && container.args.is_empty() {
            continue;
        }
        let origins = Origins::of(container);
        let mut flag: Option<&Located<String>> = None;
        for text in container.command.iter().chain(&container.args) {
            expanded(workload, container, &origins, text, results);
            literal(workload, container, text, flag, results);
            flag = Some(text);
        }
        in_script(inventory, workload, container, &origins, results);
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

/// What the script of a shell passes to the programs that it starts.
fn in_script(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    origins: &Origins<'_>,
    results: &mut Results,
) {
    let texts: Vec<_> = container.command.iter().chain(&container.args).collect();
    let words: Vec<_> = texts.iter().map(|text| text.value.as_str()).collect();
    let Some(script) = script(&words).map(|at| texts[at]) else {
        return;
    };
    let literal = |name: &str| literal_of(container, name).map(str::to_owned);
    for part in arguments(&origins.as_started(&script.value), literal) {
        let (what, found) = match &part {
            Part::Variable(name) => (
                format!("${name}"),
                (origins.behind(name).into_iter())
                    .map(|origin| {
                        let key = origin.key.map(str::to_owned);
                        (shown(&origin), origin.secret, key)
                    })
                    .collect(),
            ),
            Part::File(file) => (
                format!("the content of {file}"),
                (secret_at(inventory, workload, container, file).into_iter())
                    .map(|(secret, key)| (format!("a value of Secret {secret}"), secret, key))
                    .collect::<Vec<_>>(),
            ),
        };
        for (shown, secret, key) in found {
            results.report(
            Finding::new(
                &RULE,
                &workload.id,
                format!(
                    "The script of container {} passes {what}, {shown}, to a program as an \
                     argument.",
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
        let (secret, key) = (origin.secret, origin.key);
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
