//! The plan as a JSON Patch. Everything that is taken away is tested first, so
//! that a template which has changed meanwhile is left alone.

use serde_json::{Value, json};

use crate::manifest::path::pointer;
use crate::manifest::{Node, Operation, Sharing};
use crate::workload::{Container, EnvFromSource, EnvSource};

use super::context::Context;
use super::plan::{Fate, Plan, Variable};
use super::volumes;

pub(super) fn write(context: &Context<'_>, plan: &mut Plan) {
    let mut operations = Vec::new();
    for container in &context.workload.pod.containers {
        variables(plan, container, &mut operations);
        sources(plan, container, &mut operations);
        mounts(context, plan, container, &mut operations);
        shim(context, plan, container, &mut operations);
    }
    let volumes: Vec<Value> = plan.volumes.iter().map(volumes::entry).collect();
    let pod = pointer(&context.workload.pod.site.path);
    append(context, &format!("{pod}/volumes"), volumes, &mut operations);
    fs_group(context, plan, &mut operations);
    plan.operations = operations;
}

/// Entries of `env` go, or name the file in their place.
fn variables(plan: &Plan, container: &Container, operations: &mut Vec<Operation>) {
    let mut gone = Vec::new();
    for (index, entry) in container.env.iter().enumerate() {
        let Some(variable) = plan
            .variables
            .iter()
            .find(|variable| variable.site == entry.site)
        else {
            continue;
        };
        let at = pointer(&entry.site.path);
        match (&variable.fate, &variable.file) {
            (Fate::Replaced { by }, Some(file)) => {
                operations.extend(tests(&at, variable));
                operations.extend([
                    Operation::Replace {
                        pointer: format!("{at}/name"),
                        value: json!(by),
                    },
                    Operation::Remove {
                        pointer: format!("{at}/valueFrom"),
                    },
                    Operation::Add {
                        pointer: format!("{at}/value"),
                        value: json!(file),
                    },
                ]);
            }
            (Fate::Removed | Fate::Shimmed, _) => gone.push((index, at, variable)),
            _ => {}
        }
    }
    for (_, at, variable) in &gone {
        operations.extend(tests(at, variable));
    }
    let list = format!("{}/env", pointer(&container.site.path));
    remove(
        &list,
        gone.into_iter().map(|(index, ..)| index),
        container.env.len(),
        operations,
    );
}

/// What an entry must still be before it is touched.
fn tests(at: &str, variable: &Variable) -> [Operation; 3] {
    [
        ("name", &variable.name),
        ("valueFrom/secretKeyRef/name", &variable.secret),
        ("valueFrom/secretKeyRef/key", &variable.key),
    ]
    .map(|(field, value)| Operation::Test {
        pointer: format!("{at}/{field}"),
        value: json!(value),
    })
}

/// Entries of `envFrom` go when every variable of theirs does.
fn sources(plan: &Plan, container: &Container, operations: &mut Vec<Operation>) {
    let goes = |site| {
        let mut of_entry = plan
            .variables
            .iter()
            .filter(|variable| variable.site == site)
            .peekable();
        of_entry.peek().is_some()
            && of_entry.all(|variable| matches!(variable.fate, Fate::Removed | Fate::Shimmed))
    };
    let mut gone = Vec::new();
    for (index, source) in container.env_from.iter().enumerate() {
        let EnvFromSource::Secret(secret) = &source.source else {
            continue;
        };
        if goes(source.site.clone()) {
            operations.push(Operation::Test {
                pointer: format!("{}/secretRef/name", pointer(&source.site.path)),
                value: json!(secret.value),
            });
            gone.push(index);
        }
    }
    let list = format!("{}/envFrom", pointer(&container.site.path));
    remove(
        &list,
        gone.into_iter(),
        container.env_from.len(),
        operations,
    );
}

/// Removes entries of a list, the last first; the whole list when nothing is
/// left of it.
fn remove(
    list: &str,
    indices: impl DoubleEndedIterator<Item = usize> + ExactSizeIterator,
    length: usize,
    operations: &mut Vec<Operation>,
) {
    if indices.len() == 0 {
        return;
    }
    if indices.len() == length {
        operations.push(Operation::Remove {
            pointer: list.to_owned(),
        });
        return;
    }
    operations.extend(indices.rev().map(|index| Operation::Remove {
        pointer: format!("{list}/{index}"),
    }));
}

fn mounts(
    context: &Context<'_>,
    plan: &Plan,
    container: &Container,
    operations: &mut Vec<Operation>,
) {
    let mounts: Vec<Value> = plan
        .mounts
        .iter()
        .filter(|mount| mount.site == container.site && !mount.existing)
        .map(|mount| json!({"name": mount.volume, "mountPath": mount.path, "readOnly": true}))
        .collect();
    let list = format!("{}/volumeMounts", pointer(&container.site.path));
    append(context, &list, mounts, operations);
}

/// Adds entries behind the last one; makes the list where there is none.
fn append(context: &Context<'_>, list: &str, entries: Vec<Value>, operations: &mut Vec<Operation>) {
    if entries.is_empty() {
        return;
    }
    let there = context
        .object
        .root
        .lookup(list)
        .is_some_and(Node::is_sequence);
    if there {
        operations.extend(entries.into_iter().map(|value| Operation::Add {
            pointer: format!("{list}/-"),
            value,
        }));
    } else {
        operations.push(Operation::Add {
            pointer: list.to_owned(),
            value: Value::from(entries),
        });
    }
}

/// Wraps a command: a shell reads the files, then becomes the program.
fn shim(
    context: &Context<'_>,
    plan: &Plan,
    container: &Container,
    operations: &mut Vec<Operation>,
) {
    let mut script = String::new();
    let shimmed = plan
        .variables
        .iter()
        .filter(|variable| variable.container == container.name && variable.fate == Fate::Shimmed);
    for variable in shimmed {
        let Some(file) = &variable.file else { continue };
        // `$$(` reaches the shell as `$(`: Kubernetes expands commands.
        let file = crate::command_line::quoted(file);
        let name = &variable.name;
        let set = format!("{name}=\"$$(cat {file})\" && export {name}");
        // An optional file may be missing, as the variable was not set then.
        script += &if is_optional(container, variable) {
            format!("if [ -e {file} ]; then {set}; fi && ")
        } else {
            format!("{set} && ")
        };
    }
    if script.is_empty() {
        return;
    }
    script += "exec \"$@\"";
    let at = format!("{}/command", pointer(&container.site.path));
    let mut after = vec!["/bin/sh", "-c", &script, "sh"];
    // What others share in the file cannot be changed in place.
    let shared = context.object.root.lookup(&at).is_some_and(is_shared);
    if shared {
        let before: Vec<&str> = container
            .command
            .iter()
            .map(|word| word.value.as_str())
            .collect();
        after.extend(&before);
        operations.push(Operation::Test {
            pointer: at.clone(),
            value: json!(before),
        });
        operations.push(Operation::Replace {
            pointer: at,
            value: json!(after),
        });
        return;
    }
    // Word by word: later words of a command may be credentials, which no patch
    // and no annotation needs to repeat.
    operations.extend(container.command.first().map(|program| Operation::Test {
        pointer: format!("{at}/0"),
        value: json!(program.value),
    }));
    operations.extend(after.into_iter().rev().map(|word| Operation::Add {
        pointer: format!("{at}/0"),
        value: json!(word),
    }));
}

/// Whether a list, or some of it, is an alias or has an alias elsewhere.
fn is_shared(list: &Node) -> bool {
    list.sharing != Sharing::Own || list.items().iter().any(|item| item.sharing != Sharing::Own)
}

fn is_optional(container: &Container, variable: &Variable) -> bool {
    let entry = container
        .env
        .iter()
        .find(|entry| entry.site == variable.site)
        .is_some_and(|entry| matches!(entry.source, EnvSource::SecretKey { optional: true, .. }));
    let source = container
        .env_from
        .iter()
        .find(|source| source.site == variable.site)
        .is_some_and(|source| source.optional);
    entry || source
}

fn fs_group(context: &Context<'_>, plan: &Plan, operations: &mut Vec<Operation>) {
    let pod = &context.workload.pod;
    let Some(group) = plan.adds_group.filter(|_| !plan.mounts.is_empty()) else {
        return;
    };
    let at = format!("{}/securityContext", pointer(&pod.site.path));
    let there = context
        .object
        .root
        .lookup(&at)
        .is_some_and(Node::is_mapping);
    operations.push(if there {
        Operation::Add {
            pointer: format!("{at}/fsGroup"),
            value: json!(group),
        }
    } else {
        Operation::Add {
            pointer: at,
            value: json!({"fsGroup": group}),
        }
    });
}
