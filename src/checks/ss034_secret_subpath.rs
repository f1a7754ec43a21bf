//! SS034: a single file of a Secret that is mounted with subPath and never updated.

use crate::finding::{Applies, AutoFix, Data, Finding, Fix, Offline, Results, Rule, Severity};
use crate::inventory::{Immutability, Inventory};
use crate::manifest::{Operation, path};
use crate::words::listed;
use crate::workload::SubPath;
use crate::workload::mount_path::{clean, is_below, is_populated};

use super::Settings;
use super::mounts::{self, Mounted};
use super::stale::is_told_of_sub_path;
use super::volume_files::leads_nowhere;

pub static RULE: Rule = Rule {
    id: "SS034",
    name: "secret-subpath",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::SecretMetadata],
    offline: Offline::Yes,
    auto_fix: AutoFix::No,
    summary: "a Secret is mounted with subPath, so a running container never gets a change",
    why: "The kubelet updates a mounted directory, but resolves subPath once, when the container \
          starts. After a rotation the container keeps the old value until it restarts. It is \
          only an info if the Secret is immutable, because it does not change, or if a single \
          file is mounted into a directory that the image fills, because there is hardly another \
          way.",
    remedy: "Mount the directory, with items if you only want some keys, and configure the app to \
             read the file there. Otherwise restart the workload after every change of the \
             Secret.",
    example: "volumeMounts:\n- {name: tls, mountPath: /etc/app/tls.crt, subPath: tls.crt}   # \
              found; this is updated:\n- {name: tls, mountPath: /etc/app/tls, readOnly: true}\n",
    source: "kubernetes/website content/en/docs/concepts/configuration/secret.md; \
             kubernetes/kubernetes#50345, #92296, #68211",
};

/// One finding per volume of a container.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    let mut group: Vec<Mounted<'_>> = Vec::new();
    // A subPath that is not a file is never updated either, but SS004 reports it.
    let with_file = mounts::all(inventory)
        .filter(|mounted| mounted.mount.sub_path.is_some())
        .filter(|mounted| !leads_nowhere(inventory, mounted));
    for mounted in with_file {
        let same = group.first().is_some_and(|first| {
            std::ptr::eq(first.volume, mounted.volume)
                && std::ptr::eq(first.container, mounted.container)
        });
        if !same {
            report(inventory, &group, results);
            group.clear();
        }
        group.push(mounted);
    }
    report(inventory, &group, results);
}

fn report(inventory: &Inventory, group: &[Mounted<'_>], results: &mut Results) {
    let Some(first) = group.first() else { return };
    let is_stale =
        |one: &Mounted<'_>| is_told_of_sub_path(inventory, one.workload, one.container, one.mount);
    if group.iter().any(is_stale) {
        return;
    }
    let paths: Vec<_> = group.iter().map(|one| one.mount.path.as_str()).collect();
    let message = format!(
        "Container {} mounts {} from Secret {} with subPath: it does not get changes of the \
         Secret while it runs.",
        first.container.name,
        listed(paths.iter().copied()),
        first.volume.secret_name()
    );
    let mut finding = mounts::about(&RULE, first.workload, first.volume, message)
        .in_container(&first.container.name);
    for one in group {
        if let Some(part) = &one.mount.sub_path {
            let site = &part.text().site;
            finding = finding.at(
                one.workload.origin,
                site,
                "read once, when the container starts",
            );
        }
    }
    let laid_in = group
        .iter()
        .all(|one| parent(one).is_some_and(|parent| is_laid_into(&parent)));
    let immutable = first.volume.kind.secret_sources().iter().all(|source| {
        inventory
            .secret(&first.workload.id.namespace, &source.secret.value)
            .is_some_and(|facts| facts.immutable != Immutability::No)
    });
    if immutable {
        finding = finding
            .severity(Severity::Info)
            .because("The Secret is immutable, so there is no change to miss.");
    } else if laid_in {
        finding = finding
            .severity(Severity::Info)
            .because("The file is mounted into a directory that images fill.");
    }
    results.report(with_fixes(finding, group));
}

/// The directory a file is mounted into.
fn parent(mounted: &Mounted<'_>) -> Option<String> {
    let path = clean(&mounted.mount.path.value);
    let (parent, _) = path.rsplit_once('/')?;
    Some(if parent.is_empty() {
        "/".to_owned()
    } else {
        parent.to_owned()
    })
}

/// Whether a directory below `/etc` or `/usr` comes with packages. `/etc` itself and `/app` also
/// contain the user's files.
fn is_laid_into(directory: &str) -> bool {
    is_populated(directory) && (is_below(directory, "/etc") || is_below(directory, "/usr"))
}

fn with_fixes(finding: Finding, group: &[Mounted<'_>]) -> Finding {
    let finding = match group {
        [one] => match directory(one) {
            Some((directory, operations)) => finding.fix(Fix::Patch {
                what: format!(
                    "Mount the directory {directory}; the file keeps its path. The mount hides \
                     the image's files there, so decide this yourself."
                ),
                operations,
                applies: Applies::Never,
            }),
            None => finding,
        },
        _ => finding,
    };
    finding
        .advise(
            "Mount the volume without subPath in a directory of its own, and configure the app to \
             read the file there.",
        )
        .advise("Or restart the workload after every change of the Secret.")
}

/// The directory that could be mounted instead of the file, if the file then keeps its path and
/// no other mount is in the way.
fn directory(mounted: &Mounted<'_>) -> Option<(String, Vec<Operation>)> {
    let SubPath::Literal(part) = mounted.mount.sub_path.as_ref()? else {
        return None;
    };
    let file = clean(&mounted.mount.path.value);
    let directory = parent(mounted)?;
    let keeps_its_path = file.rsplit('/').next() == Some(part.value.as_str());
    let others = mounted.container.mounts.iter();
    let is_free = !is_populated(&directory)
        && others
            .filter(|other| other.site != mounted.mount.site)
            .map(|other| clean(&other.path.value))
            .all(|other| other != directory && !is_below(&other, &directory));
    (keeps_its_path && is_free).then(|| {
        let operations = vec![
            Operation::Test {
                pointer: path::pointer(&part.site.path),
                value: part.value.as_str().into(),
            },
            Operation::Remove {
                pointer: path::pointer(&part.site.path),
            },
            Operation::Replace {
                pointer: path::pointer(&mounted.mount.path.site.path),
                value: directory.as_str().into(),
            },
        ];
        (directory, operations)
    })
}
