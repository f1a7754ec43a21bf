//! What the policy does not let pass, in CEL: what is wrong in an object and was not wrong in
//! it before. A thing counts as the same by its name: a variable by its own and its
//! container's, a mount by its path, a volume by its name. The Secret may be another one, as
//! it is whenever a generator appends a hash to its name.
//!
//! The environment is that of Kubernetes 1.30, in which the API is stable
//! (kubernetes/apiserver `pkg/cel/environment/base.go`); with `--fix` that of 1.36.

use serde_json::{Value, json};

use super::Mode;
use super::breach::Concern;
use super::credential;
use super::scope::pod_of;
use super::undo;

/// The mode of files for which nothing is said
/// (kubernetes/api `core/v1/types.go`, `SecretVolumeSourceDefaultMode`).
const DEFAULT_MODE: u32 = crate::workload::access::DEFAULT_MODE;

/// All variables, in the order in which they need each other.
pub(super) fn variables(mode: Mode) -> Value {
    let mut all = common();
    all.extend(credential::variables());
    all.extend([
        ("undo", undo::journal()),
        ("changed", changed()),
        ("secretVariables", secret_variables()),
        ("newVariables", new_variables()),
        ("texts", texts()),
        ("credentials", credentials()),
        ("newCredentials", new_of("credentials")),
        ("mounts", mounts()),
        ("newWritable", new_mounts("writable")),
        ("newParts", new_mounts("part")),
        ("openVolumes", open_volumes()),
        ("newOpen", NEW_OPEN.to_owned()),
        ("workload", workload(mode)),
        ("found", found()),
    ]);
    as_objects(all)
}

/// Those of the policy that sets `readOnly`.
pub(super) fn correcting_variables() -> Value {
    let mut all = common();
    all.push(("at", at()));
    as_objects(all)
}

fn as_objects(all: Vec<(&str, String)>) -> Value {
    let all = all.into_iter();
    all.map(|(name, expression)| json!({"name": name, "expression": expression}))
        .collect()
}

/// The pods, containers and volumes with Secrets, of the object and of what was there before.
fn common() -> Vec<(&'static str, String)> {
    let pod = pod_of("workload");
    vec![
        (
            "pods",
            format!(
                "[dyn(object), dyn(oldObject)].map(workload, workload == null ? dyn({{}}) : dyn({pod}))"
            ),
        ),
        (
            "containers",
            "variables.pods.map(pod,
  pod.?initContainers.orValue([]) + pod.?containers.orValue([]) + pod.?ephemeralContainers.orValue([]))"
                .to_owned(),
        ),
        (
            // On Windows files have no modes. A field that must be there may be null.
            "volumes",
            "variables.pods.map(pod,
  pod.?os.name.orValue('') == 'windows' || pod.?nodeSelector[?'kubernetes.io/os'].orValue('') == 'windows'
    ? dyn([])
    : dyn(pod.?volumes.orValue([]).filter(volume,
        has(volume.secret)
        || [volume.?projected.?sources.orValue(null)].exists(sources,
             sources != null && sources.exists(source, has(source.secret))))))"
                .to_owned(),
        ),
    ]
}

/// The containers whose variables are not as they were, and what those were before.
fn changed() -> String {
    "[variables.containers[0].filter(container, !variables.containers[1].exists(old,
   old.name == container.name && old.?env == container.?env && old.?envFrom == container.?envFrom))]
.map(changed, [dyn(changed),
   dyn(variables.containers[1].filter(old, changed.exists(container, container.name == old.name)))])[0]"
        .to_owned()
}

fn secret_variables() -> String {
    let [undo, sorted] = undo::variable(
        "entry.name",
        "entry.valueFrom.secretKeyRef.?name.orValue('')",
        "entry.valueFrom.secretKeyRef.key",
    );
    format!(
        "variables.changed.map(containers, containers.map(container,
  container.?env.orValue([]).filter(entry, has(entry.valueFrom) && has(entry.valueFrom.secretKeyRef))
    .map(entry, {{
      'text': 'variable ' + entry.name + ' of container ' + container.name,
      'undo': {undo},
      'sorted': {sorted}}})))"
    )
}

/// `envFrom` has no names that stay, so its entries are counted.
fn new_variables() -> String {
    let secrets = |container: &str| {
        format!("{container}.?envFrom.orValue([]).filter(from, has(from.secretRef))")
    };
    format!(
        "variables.secretVariables[0].map(all, all.filter(one,
  !variables.secretVariables[1].exists(olds, olds.exists(old, old.text == one.text))
  && !{variable})
  .map(one, one.text))
+ [variables.changed[0].filter(container, {now}.size() > 0
    && !variables.changed[1].exists(old, old.name == container.name && {before}.size() >= {now}.size())
    && !{now}.all(from,
      variables.changed[1].exists(old, old.name == container.name && from in old.?envFrom.orValue([]))
      || {source}))
  .map(container, 'envFrom of container ' + container.name)]",
        variable = undo::has(&["one.undo", "one.sorted"]),
        source = undo::has(&[&undo::source("from.secretRef.?name.orValue('')")]),
        now = secrets("container"),
        before = secrets("old"),
    )
}

/// Texts that cost less to judge than to look up among all others.
const SHORT: usize = 200;

/// The variables with texts that are to be judged: those that are new or have another text,
/// and what had their names before. What is as it was costs little, whatever it is: whether it
/// is costs as much as there are variables, and whether it is of interest as much as it is long.
fn texts() -> String {
    let is_new = "!variables.changed[1].exists(old, old.name == container.name && entry in old.?env.orValue([]))";
    let told = "{'container': container.name, 'name': entry.name, 'value': entry.value}";
    format!(
        "[variables.changed[0].map(container,
  container.?env.orValue([]).filter(entry, has(entry.value)
      && (entry.value.size() < {SHORT} || {is_new})
      && {}
      && {is_new})
    .map(entry, {told}))]
.map(texts, [texts, variables.changed[1].map(container,
  container.?env.orValue([]).filter(entry, has(entry.value)
      && texts.exists(some, some.exists(text, text.container == container.name && text.name == entry.name)))
    .map(entry, {told}))])[0]",
        credential::may_concern("entry")
    )
}

fn credentials() -> String {
    format!(
        "variables.texts.map(side, side.map(some, some.filter(entry,
    {})
  .map(entry, 'variable ' + entry.name + ' of container ' + entry.container)))",
        credential::expression("entry").replace('\n', "\n    ")
    )
}

fn new_of(variable: &str) -> String {
    format!(
        "variables.{variable}[0].map(names, names.filter(name,
  !variables.{variable}[1].exists(old, name in old)))"
    )
}

/// The mounts of Secrets of each container.
fn mounts() -> String {
    "[0, 1].map(side, variables.containers[side].map(container,
  container.?volumeMounts.orValue([])
    .filter(mount, variables.volumes[side].exists(volume, volume.name == mount.name))
    .map(mount, {
      'name': 'volume ' + mount.name + ' of container ' + container.name,
      'place': container.name + ' ' + mount.mountPath,
      'writable': mount.?readOnly.orValue(false) ? 'no' : 'yes',
      'part': mount.?subPath.orValue('') + mount.?subPathExpr.orValue('') == '' ? 'no' : 'yes'})))"
        .to_owned()
}

fn new_mounts(what: &str) -> String {
    format!(
        "variables.mounts[0].map(mounts, mounts.filter(mount, mount.{what} == 'yes'
  && !variables.mounts[1].exists(olds, olds.exists(old, old.place == mount.place && old.{what} == 'yes')))
  .map(mount, mount.name))"
    )
}

fn open_volumes() -> String {
    let is_open = |source: &str, holder: &str| {
        let default = format!("{holder}.?defaultMode.orValue({DEFAULT_MODE})");
        format!(
            "({source}.?items.orValue([]).size() == 0 ? {default} % 8 >= 4
        : {source}.items.exists(item, item.?mode.orValue({default}) % 8 >= 4))"
        )
    };
    format!(
        "variables.volumes.map(volumes, volumes.filter(volume,
  has(volume.secret)
    ? {}
    : volume.projected.sources.exists(source, has(source.secret) &&
      {}))
  .map(volume, 'volume ' + volume.name))",
        is_open("volume.secret", "volume.secret"),
        is_open("source.secret", "volume.projected"),
    )
}

const NEW_OPEN: &str =
    "[variables.openVolumes[0].filter(name, !(name in variables.openVolumes[1]))]";

/// What a command calls the object: itself where it is let pass and `migrate` can change it.
fn workload(mode: Mode) -> String {
    match mode {
        Mode::Deny => "'-f FILE'".to_owned(),
        Mode::Warn | Mode::Audit => {
            "request.resource.resource in ['deployments', 'statefulsets', 'daemonsets', 'cronjobs']
? request.kind.kind.lowerAscii() + '/' + object.metadata.name + ' -n ' + request.namespace
: '-f FILE'"
                .to_owned()
        }
    }
}

/// A sentence for each concern, with what it is about and the next step.
fn found() -> String {
    let sentences: Vec<_> = Concern::ALL.into_iter().map(sentence).collect();
    sentences.join("\n+ ")
}

/// The first name, how many more there are, what is wrong, and what to do.
fn sentence(concern: Concern) -> String {
    let (variable, advice) = match concern {
        Concern::Variable => (
            "newVariables",
            "'mount files instead (kubectl secretsafe migrate ' + variables.workload + ')'",
        ),
        Concern::Credential => (
            "newCredentials",
            "'put it into a Secret (kubectl secretsafe create ' + object.metadata.name + '-credentials -n ' + request.namespace + ')'",
        ),
        Concern::Writable => (
            "newWritable",
            "'set readOnly (kubectl secretsafe doctor --fix -f FILE)'",
        ),
        Concern::Open => (
            "newOpen",
            "'set defaultMode: 0400, with an fsGroup where the container does not run as root (kubectl secretsafe explain SS032)'",
        ),
        Concern::Part => (
            "newParts",
            "'mount the directory (kubectl secretsafe explain SS034)'",
        ),
    };
    let (one, several) = concern.words();
    let id = concern.rule().id;
    format!(
        "(variables.{variable}.exists(names, names.size() > 0)
  ? ['{id}: ' + variables.{variable}.filter(names, names.size() > 0)[0][0]
     + [variables.{variable}.map(names, names.size()).sum() - 1].map(more, more > 0 ? ' and ' + string(more) + ' more {several}; ' : ' {one}; ')[0]
     + {advice}]
  : [])"
    )
}

/// Whether the object may pass.
pub(super) const PASSES: &str = "variables.found.size() == 0";

/// What is said of an object that may not; one line, as the API server wants it.
pub(super) const MESSAGE: &str = "variables.found.join('. ')";

/// The same where the message would be too long for the API server.
pub(super) fn short_message() -> String {
    let ids: Vec<_> = Concern::ALL
        .into_iter()
        .map(|concern| concern.rule().id)
        .collect();
    format!(
        "Secrets are used in a way that the policy no longer allows ({}); kubectl secretsafe policy --who -f FILE lists it",
        ids.join(", ")
    )
}

/// Where the pod's specification stands in the object, as a JSON pointer.
fn at() -> String {
    "has(dyn(object).spec.jobTemplate) ? '/spec/jobTemplate/spec/template/spec'
: has(dyn(object).spec.template) ? '/spec/template/spec' : '/spec'"
        .to_owned()
}

/// Sets `readOnly: true` on mounts of Secrets that do not have it, unless they were there
/// before without it: a change of the template would restart the pods.
pub(super) fn correction() -> String {
    "['initContainers', 'containers', 'ephemeralContainers'].map(list,
  variables.pods[0][?list].orValue([]).transformList(place, container,
    container.?volumeMounts.orValue([]).transformList(number, mount,
      variables.volumes[0].exists(volume, volume.name == mount.name)
      && !mount.?readOnly.orValue(false)
      && !variables.containers[1].exists(old, old.name == container.name
        && old.?volumeMounts.orValue([]).exists(before,
          before.mountPath == mount.mountPath && !before.?readOnly.orValue(false))),
      JSONPatch{
        op: 'add',
        path: variables.at + '/' + list + '/' + string(place) + '/volumeMounts/' + string(number) + '/readOnly',
        value: true
      })
  ).flatten()
).flatten()"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(variables: &Value) -> Vec<&str> {
        let all = variables.as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap()).collect()
    }

    #[test]
    fn every_variable_is_defined_before_it_is_used() {
        for variables in [
            variables(Mode::Warn),
            variables(Mode::Deny),
            correcting_variables(),
        ] {
            let names = names(&variables);
            for (place, variable) in variables.as_array().unwrap().iter().enumerate() {
                let expression = variable["expression"].as_str().unwrap();
                for part in expression.split("variables.").skip(1) {
                    let end = part.find(|c: char| !c.is_ascii_alphanumeric());
                    let used = &part[..end.unwrap_or(part.len())];
                    assert!(
                        names[..place].contains(&used),
                        "{} uses {used}",
                        names[place]
                    );
                }
            }
        }
    }

    /// The brackets of an expression that are open at its end, and are none in a text.
    fn open_brackets(expression: &str) -> String {
        let mut open = String::new();
        let mut rest = expression.chars().peekable();
        let mut before = ' ';
        while let Some(letter) = rest.next() {
            match letter {
                '\'' => {
                    let is_raw = before == 'r';
                    while let Some(inside) = rest.next() {
                        match inside {
                            '\'' => break,
                            '\\' if !is_raw => {
                                rest.next();
                            }
                            _ => {}
                        }
                    }
                }
                '(' | '[' | '{' => open.push(letter),
                ')' | ']' | '}' => {
                    let last = open.pop();
                    let fits = matches!(
                        (last, letter),
                        (Some('('), ')') | (Some('['), ']') | (Some('{'), '}')
                    );
                    assert!(fits, "{letter} after {last:?}: {expression}");
                }
                _ => {}
            }
            before = letter;
        }
        open
    }

    #[test]
    fn brackets_and_quotes_of_expressions_match() {
        assert_eq!(open_brackets("a('(' + r'\\[', [x"), "([");
        let all = [
            variables(Mode::Warn),
            variables(Mode::Deny),
            correcting_variables(),
        ];
        let expressions = all.iter().flat_map(|all| all.as_array().unwrap());
        for variable in expressions {
            let text = variable["expression"].as_str().unwrap();
            assert_eq!(open_brackets(text), "", "{text}");
            assert!(text.lines().all(|line| !line.ends_with(' ')), "{text}");
            assert!(!text.contains('\t'));
        }
        assert_eq!(open_brackets(&correction()), "");
    }

    #[test]
    fn the_short_message_names_every_rule() {
        let message = short_message();
        for concern in Concern::ALL {
            assert!(message.contains(concern.rule().id));
        }
    }

    #[test]
    fn messages_name_the_object_only_where_it_exists_afterwards() {
        assert_eq!(workload(Mode::Deny), "'-f FILE'");
        assert!(workload(Mode::Warn).contains("object.metadata.name"));
    }

    /// What may not hold a credential is told apart before the dear expressions, once for each
    /// side.
    #[test]
    fn only_new_texts_are_judged() {
        let dear = "PRIVATE KEY-----";
        let variables = variables(Mode::Deny).to_string();
        assert_eq!(variables.matches(dear).count(), 1);
        assert!(credentials().starts_with("variables.texts."));
    }
}
