//! SS012: a Secret on the command line of a process.

use std::collections::BTreeSet;

use super::Settings;
use super::value_sources::{as_started, literal_of, secret_at, source_of};
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
        let mut flag: Option<&Located<String>> = None;
        for text in container.command.iter().chain(&container.args) {
            expanded(workload, container, text, results);
            literal(workload, container, text, flag, results);
            flag = Some(text);
        }
        in_script(inventory, workload, container, results);
    }
}

/// What the script of a shell passes to the programs that it starts.
fn in_script(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
    results: &mut Results,
) {
    let texts: Vec<_> = container.command.iter().chain(&container.args).collect();
    let words: Vec<_> = texts.iter().map(|text| text.value.as_str()).collect();
    let Some(script) = script(&words).map(|at| texts[at]) else {
        return;
    };
    let literal = |name: &str| literal_of(container, name).map(str::to_owned);
    for part in arguments(&as_started(container, &script.value), literal) {
        let (what, found) = match &part {
            Part::Variable(name) => (
                format!("${name}"),
                source_of(container, name).map(|(secret, key)| (secret, key.map(str::to_owned))),
            ),
            Part::File(file) => (
                format!("the content of {file}"),
                secret_at(inventory, workload, container, file),
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

fn expanded(
    workload: &Workload,
    container: &Container,
    text: &Located<String>,
    results: &mut Results,
) {
    let names: BTreeSet<_> = expanded_names(&text.value).into_iter().collect();
    for name in names {
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
