//! A container's environment as kubelet makes it (kubernetes/kubernetes
//! `pkg/kubelet/kubelet_pods.go` makeEnvironmentVariables, and
//! `third_party/forked/golang/expansion`), by names only.

use std::collections::BTreeMap;

use super::expansion::expanded_names;
use super::pod::{Container, EnvFromSource, EnvSource};
use super::{Located, PodSpec};

/// Where a variable's value comes from in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// `env[index]`.
    Entry(usize),
    /// `envFrom[index]`, of this key.
    Source(usize, &'a str),
}

/// What a container ends up with.
#[derive(Debug, Default)]
pub struct Environment<'a> {
    /// Each name, and where its value comes from; later entries win.
    pub names: BTreeMap<String, Origin<'a>>,
    /// Sources whose keys are not known: any name may come from them.
    pub open: Vec<usize>,
}

/// The environment of a container: `envFrom` in order, then `env` in order.
/// `keys` tells the keys of the object of an `envFrom` entry, or that they are
/// not known; an optional object that is missing has none.
pub fn environment<'a>(
    container: &Container,
    keys: impl Fn(&EnvFromSource) -> Option<Vec<&'a str>>,
    is_set: impl Fn(&EnvSource) -> bool,
) -> Environment<'a> {
    let mut found = Environment::default();
    for (index, source) in container.env_from.iter().enumerate() {
        match keys(&source.source) {
            None => found.open.push(index),
            Some(keys) => {
                for key in keys {
                    let name = format!("{}{key}", source.prefix);
                    found.names.insert(name, Origin::Source(index, key));
                }
            }
        }
    }
    for (index, entry) in container.env.iter().enumerate() {
        // Optional and missing means not set: what was there stays.
        if is_set(&entry.source) {
            found
                .names
                .insert(entry.name.value.clone(), Origin::Entry(index));
        }
    }
    found
}

/// A text of a container that Kubernetes expands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `env[index].value`: sees what comes before it.
    Value(usize),
    /// `command` or `args`.
    Argument,
    /// `subPathExpr`.
    SubPath,
    /// The command of an exec probe: sees literal values only.
    Probe,
}

/// The texts of a container that Kubernetes expands.
pub fn expanded_texts(container: &Container) -> Vec<(Field, &Located<String>)> {
    let values = container
        .env
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| match &entry.source {
            EnvSource::Literal(text) => Some((Field::Value(index), text)),
            _ => None,
        });
    let arguments = container
        .command
        .iter()
        .chain(&container.args)
        .map(|text| (Field::Argument, text));
    let sub_paths = container
        .mounts
        .iter()
        .filter_map(|mount| match &mount.sub_path {
            Some(super::SubPath::Expression(text)) => Some((Field::SubPath, text)),
            _ => None,
        });
    let probes = container
        .probes
        .iter()
        .flat_map(|probe| &probe.command)
        .map(|text| (Field::Probe, text));
    values
        .chain(arguments)
        .chain(sub_paths)
        .chain(probes)
        .collect()
}

/// A place that uses a variable of the process environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    pub text: Located<String>,
    /// How: `$(X)`, `$X in a shell`, …
    pub how: &'static str,
}

/// How a text uses a variable that Kubernetes expands.
pub const EXPANDED: &str = "$(NAME), which Kubernetes expands";

/// The values of `env` that a variable is expanded in.
pub fn uses_in_values(container: &Container, name: &str) -> Vec<Consumer> {
    expanded_texts(container)
        .into_iter()
        .filter(|(field, _)| matches!(field, Field::Value(_)))
        .filter(|(_, text)| expanded_names(&text.value).contains(&name))
        .map(|(_, text)| Consumer {
            text: text.clone(),
            how: EXPANDED,
        })
        .collect()
}

/// Everything in a pod that visibly uses a variable of one of its containers:
/// what would break if the variable went.
pub fn consumers(pod: &PodSpec, container: &Container, name: &str) -> Vec<Consumer> {
    let mut found = Vec::new();
    // Nothing is expanded in a hook, and yet whoever writes `$(X)` there means X.
    let hooks = container.hooks.iter().flat_map(|hook| &hook.command);
    let expanded = expanded_texts(container).into_iter().map(|(_, text)| text);
    for text in expanded.chain(hooks) {
        if expanded_names(&text.value).contains(&name) {
            found.push(Consumer {
                text: text.clone(),
                how: EXPANDED,
            });
        }
    }
    let own = container
        .command
        .iter()
        .chain(&container.args)
        .chain(container.probes.iter().flat_map(|probe| &probe.command))
        .chain(container.hooks.iter().flat_map(|hook| &hook.command));
    for text in own {
        if let Some(how) = mentioned(&text.value, name, pod.windows) {
            found.push(Consumer {
                text: text.clone(),
                how,
            });
        }
    }
    found
}

/// How a text of a shell or a script uses a variable.
fn mentioned(text: &str, name: &str, windows: bool) -> Option<&'static str> {
    let continues = |rest: &str| {
        rest.chars()
            .next()
            .is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
    };
    let after = |start: &str| {
        text.match_indices(start)
            .map(|(at, found)| &text[at + found.len()..])
            .collect::<Vec<_>>()
    };
    if after(&format!("${name}"))
        .into_iter()
        .any(|rest| !continues(rest))
    {
        return Some("$NAME in a shell");
    }
    if after(&format!("${{{name}"))
        .into_iter()
        .any(|rest| !continues(rest))
    {
        return Some("${NAME} in a shell");
    }
    if windows && text.contains(&format!("%{name}%")) {
        return Some("%NAME% in a command");
    }
    let in_script = [
        "printenv",
        "os.environ",
        "os.getenv",
        "process.env",
        "getenv",
        "ENV[",
    ]
    .iter()
    .any(|word| text.contains(word));
    let as_word = after(name).into_iter().any(|rest| !continues(rest));
    (in_script && as_word).then_some("by its name in a script")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 5.
    #[test]
    fn shells_and_scripts_are_read_for_names() {
        for (text, expected) in [
            ("mysql -p\"$PW\"", true),
            ("echo ${PW:-x}", true),
            ("echo $PWD ${PWX}", false),
            ("printenv PW", true),
            ("python -c 'import os; os.environ[\"PW\"]'", true),
            ("--pw=PW", false),
        ] {
            assert_eq!(mentioned(text, "PW", false).is_some(), expected, "{text}");
        }
        assert!(mentioned("echo %PW%", "PW", true).is_some());
        assert!(mentioned("echo %PW%", "PW", false).is_none());
    }
}
