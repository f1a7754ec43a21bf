//! The mounts of Secrets, collected once for SS030 to SS046.
//!
//! One problem is one finding: a mode that is a slip is SS031 and not also SS030 or SS032; a
//! mount in the token's way is SS035 and not also SS036 or SS038.

use crate::finding::{Finding, Rule};
use crate::inventory::{Inventory, Pod};
use crate::manifest::{Operation, path};
use crate::workload::access::Process;
use crate::workload::files::FileMode;
use crate::workload::{Container, Mode, Mount, RunAs, Volume, Workload, mode};

/// A Secret's volume in a container.
#[derive(Clone, Copy)]
pub(super) struct Mounted<'a> {
    pub workload: &'a Workload,
    pub container: &'a Container,
    pub mount: &'a Mount,
    pub volume: &'a Volume,
}

impl Mounted<'_> {
    /// A finding about it, at its `mountPath`.
    pub fn finding(&self, rule: &'static Rule, message: String, label: &str) -> Finding {
        about(rule, self.workload, self.volume, message)
            .in_container(&self.container.name)
            .at(self.workload.origin, &self.mount.path.site, label)
    }
}

/// Every mount of a Secret. Windows has other paths and no modes: SS041 covers it.
pub(super) fn all(inventory: &Inventory) -> impl Iterator<Item = Mounted<'_>> {
    volumes(inventory).flat_map(|(workload, volume)| {
        workload
            .pod
            .mounters(&volume.name.value)
            .map(move |(container, mount)| Mounted {
                workload,
                container,
                mount,
                volume,
            })
    })
}

/// Every volume with Secrets, mounted or not, except on Windows.
pub(super) fn volumes(inventory: &Inventory) -> impl Iterator<Item = (&Workload, &Volume)> {
    inventory
        .workloads
        .iter()
        .filter(|workload| !workload.pod.windows)
        .flat_map(|workload| {
            let volumes = workload.pod.volumes.iter();
            volumes
                .filter(|volume| volume.has_secrets())
                .map(move |volume| (workload, volume))
        })
}

/// A finding about a volume.
pub(super) fn about(
    rule: &'static Rule,
    workload: &Workload,
    volume: &Volume,
    message: String,
) -> Finding {
    Finding::new(rule, &workload.id, message).about(
        &workload.id.namespace,
        volume.secret_name(),
        None,
    )
}

/// Whether the workload runs well: it has pods, and all are ready, so nothing keeps its
/// containers from starting.
pub(super) fn runs_well(inventory: &Inventory, workload: &Workload) -> bool {
    let mut pods = inventory
        .pods_of(&workload.id)
        .filter(|pod| !pod.metadata.deleting && !pod.is_finished())
        .peekable();
    pods.peek().is_some() && pods.all(|pod| pod.ready)
}

/// The user a container runs as, and the pod's fsGroup: from the newest pod that this template
/// can have made, because admission may add both; otherwise from the template.
pub(super) fn process(
    inventory: &Inventory,
    workload: &Workload,
    container: &Container,
) -> (Process, Option<i64>) {
    let newest = inventory
        .pods_of(&workload.id)
        .filter(|pod| !pod.metadata.deleting && is_made_by(pod, workload, container))
        .max_by_key(|pod| pod.metadata.created);
    let live = newest.and_then(|pod| {
        let name = &container.name;
        let container = pod.spec.containers.iter().find(|one| one.name == *name)?;
        let process = match pod.status(name) {
            Some(status) => Process::in_container(&pod.spec, container, status.uid)
                .with_groups(status.gid, &status.groups),
            None => Process::in_container(&pod.spec, container, None),
        };
        Some((process, &pod.spec))
    });
    let (process, spec) = live.unwrap_or_else(|| {
        (
            Process::in_container(&workload.pod, container, None),
            &workload.pod,
        )
    });
    let fs_group = spec.security.fs_group.as_ref().map(|group| group.value);
    (process, fs_group)
}

/// Whether a pod has every user and group that the template asks for.
fn is_made_by(pod: &Pod, workload: &Workload, container: &Container) -> bool {
    let same_user = |template: &RunAs, found: &RunAs| {
        let value = |run_as: &RunAs| run_as.user.as_ref().map(|user| user.value);
        value(template).is_none() || value(template) == value(found)
    };
    let fs_group = |spec: &crate::workload::PodSpec| {
        let group = spec.security.fs_group.as_ref();
        group.map(|group| group.value)
    };
    let (template, found) = (&workload.pod, &pod.spec);
    let same_container = found
        .containers
        .iter()
        .find(|one| one.name == container.name)
        .is_some_and(|one| same_user(&container.run_as, &one.run_as));
    same_container
        && same_user(&template.security.run_as, &found.security.run_as)
        && (fs_group(template).is_none() || fs_group(template) == fs_group(found))
}

/// The operations that set the mode of files: where it is written, or as the volume's default.
pub(super) fn set_mode(volume: &Volume, modes: &[FileMode<'_>], bits: u32) -> Vec<Operation> {
    let mut sites: Vec<Option<&Mode>> = Vec::new();
    for file in modes {
        if !sites.contains(&file.written) {
            sites.push(file.written);
        }
    }
    sites
        .into_iter()
        .filter_map(|written| match written {
            Some(mode) => Some(replace_mode(mode, bits)),
            None => {
                let mapping = volume.kind.mapping()?;
                Some(vec![Operation::Add {
                    pointer: path::pointer(&path::child(&mapping.path, "defaultMode")),
                    value: bits.into(),
                }])
            }
        })
        .flatten()
        .collect()
}

/// The operations that replace a mode that is unchanged since it was read.
pub(super) fn replace_mode(mode: &Mode, bits: u32) -> Vec<Operation> {
    let pointer = path::pointer(&mode.site.path);
    let value = mode
        .bits
        .map_or_else(|| mode.lexeme.as_str().into(), Into::into);
    vec![
        Operation::Test {
            pointer: pointer.clone(),
            value,
        },
        Operation::Replace {
            pointer,
            value: bits.into(),
        },
    ]
}

/// Whether a mode is judged by SS031.
pub(super) fn is_slip(file: &FileMode<'_>) -> bool {
    file.written.is_some_and(|mode| mode::slip(mode).is_some())
}
