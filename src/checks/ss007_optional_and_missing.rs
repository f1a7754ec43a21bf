//! SS007: an optional reference to something that does not exist.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::{Inventory, Use};
use crate::workload::{Container, EnvSource, Need, Usage, Workload};

use super::Settings;
use super::resolve::{self, Trouble};

pub static RULE: Rule = Rule {
    id: "SS007",
    name: "optional-and-missing",
    severity: Severity::Info,
    data: &[Data::Workloads, Data::SecretNames, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "an optional reference names a Secret or key that does not exist",
    why: "With optional: true the pod starts anyway. A missing key leaves its file out of the \
          volume, and a missing Secret leaves the volume empty. A variable is not set, which is \
          not the same as empty: a variable of that name from an earlier envFrom stays in effect, \
          and $(NAME) in other values is not expanded. It is a warning if something uses the \
          variable as $(NAME).",
    remedy: "If this is intended, do nothing. Otherwise create the Secret, or remove optional so \
             that a missing Secret is noticed.",
    example: "env:\n- name: TOKEN\n  valueFrom:\n    secretKeyRef: {name: extra, key: token, \
              optional: true}   # found when extra does not exist\n",
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables)",
};

pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for used in inventory.uses() {
        if used.reference.need != Need::Optional || !resolve::concerns(used.reference) {
            continue;
        }
        let Some(trouble) = resolve::trouble(inventory, &used) else {
            continue;
        };
        let name = used.reference.secret.as_str();
        let key = used.reference.key.as_ref();
        let missing = match trouble {
            Trouble::Unknown(_) => continue,
            Trouble::NoKey => format!(
                "optional key {} of Secret {name}",
                key.map_or("", |key| key.value.as_str())
            ),
            Trouble::NoSecret | Trouble::Elsewhere(_) => format!("optional Secret {name}"),
        };
        let namespace = resolve::namespace(&used);
        let site = match (&trouble, key) {
            (Trouble::NoKey, Some(key)) => &key.site,
            _ => &used.reference.secret.site,
        };
        let mut finding = Finding::new(
            &RULE,
            used.subject,
            format!(
                "The {missing} does not exist in namespace {namespace}, so {}.",
                effect(&used, &trouble)
            ),
        )
        .about(namespace, name, key.map(|key| key.value.as_str()))
        .at(used.origin, site, "optional, and missing");
        finding.container.clone_from(&used.reference.container);
        if let (Usage::Variable { name }, Some(workload)) = (&used.reference.usage, used.workload)
            && let Some(place) = expanded_in(workload, used.reference.container.as_deref(), name)
        {
            finding = finding
                .severity(Severity::Warning)
                .because(format!("$({name}) at {place} is then not expanded."));
        }
        results.report(finding);
    }
}

/// The effect: a variable is not set, but of a volume only the files are missing
/// (kubernetes/kubernetes `pkg/volume/secret/secret.go`, MakePayload).
fn effect(used: &Use<'_>, trouble: &Trouble) -> String {
    let (Usage::Volume { volume: name } | Usage::Projected { volume: name }) =
        &used.reference.usage
    else {
        return format!("{} is left out", resolve::asker(used.reference));
    };
    let (Trouble::NoKey, Some(key)) = (trouble, &used.reference.key) else {
        return match &used.reference.usage {
            Usage::Projected { .. } => format!("volume {name} has none of its files"),
            _ => format!("volume {name} is empty"),
        };
    };
    let volume = used.workload.and_then(|workload| workload.pod.volume(name));
    let file = volume
        .into_iter()
        .flat_map(|volume| volume.kind.secret_sources())
        .filter(|source| source.secret.value == used.reference.secret.value)
        .filter_map(|source| source.items.as_ref())
        .flatten()
        .find(|item| item.key.site == key.site);
    match file {
        Some(item) => format!("file {} of volume {name} is left out", item.path.value),
        None => format!("its file in volume {name} is left out"),
    }
}

/// Where `$(NAME)` is used in a container that has no other source for it.
fn expanded_in(workload: &Workload, container: Option<&str>, name: &str) -> Option<String> {
    let container: &Container = workload
        .pod
        .containers
        .iter()
        .find(|candidate| Some(candidate.name.as_str()) == container)?;
    let entries = container
        .env
        .iter()
        .filter(|entry| entry.name.value == name);
    if entries.count() > 1 || !container.env_from.is_empty() {
        return None;
    }
    let values = container
        .env
        .iter()
        .filter_map(|entry| match &entry.source {
            EnvSource::Literal(text) => Some(text),
            _ => None,
        });
    let sub_paths = container
        .mounts
        .iter()
        .filter_map(|mount| mount.sub_path.as_ref().map(|path| path.text()));
    values
        .chain(&container.command)
        .chain(&container.args)
        .chain(sub_paths)
        .find(|text| {
            let reference = format!("$({name})");
            text.value.contains(&reference) && !text.value.contains(&format!("${reference}"))
        })
        .map(|text| text.site.path.clone())
}
