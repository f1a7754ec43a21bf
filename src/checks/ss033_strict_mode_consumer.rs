//! SS033: fsGroup, and a program that refuses group-readable files.

use crate::finding::{AutoFix, Data, Finding, Offline, Results, Rule, Severity};
use crate::inventory::Inventory;
use crate::words::listed;
use crate::workload::ContainerClass;
use crate::workload::access::User;
use crate::workload::strict_program::{Program, Refuses};

use super::Settings;
use super::mounts::{self, Mounted};
use super::strict_files::strict_files;

pub static RULE: Rule = Rule {
    id: "SS033",
    name: "strict-mode-consumer",
    severity: Severity::Warning,
    data: &[Data::Workloads, Data::SecretNames, Data::SecretKeys],
    offline: Offline::Partly,
    auto_fix: AutoFix::No,
    summary: "a program gets a file that fsGroup makes group-readable, and may refuse it",
    why: "With fsGroup every file of a Secret has at least mode 0440, whatever defaultMode says. \
          Some programs refuse a file that a group can read: ssh a private key that its own user \
          owns (\"UNPROTECTED PRIVATE KEY FILE\"; as a user other than root it accepts a file of \
          root), libpq a password file, sssd its configuration, mongod its key file, Erlang its \
          cookie, older Elasticsearch the files of its _FILE variables. The programs are guessed \
          from names of keys and variables and from the commands of containers, so this may be \
          wrong. Programs that only refuse what everybody can read, as PostgreSQL does with its \
          key, are not reported; but a wider mode is not proposed for any of these programs \
          (SS030).",
    remedy: "Have an init container copy the file to an emptyDir (medium Memory) with install -m \
             0400, as the user that reads it. Or do not set fsGroup for this pod.",
    example: "securityContext: {fsGroup: 1000}\nvolumes:\n- name: deploy-key\n  secret: {secretName: \
              deploy-key, defaultMode: 0400}   # id_rsa becomes 0440\n",
    source: "openssh authfile.c (sshkey_perm_ok); elastic/elasticsearch#144144, \
             element-hq/ess-helm#881; kubernetes/kubernetes pkg/volume/volume_linux.go",
};

/// One finding per mount.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for mounted in mounts::all(inventory) {
        let (process, fs_group) = mounts::process(inventory, mounted.workload, mounted.container);
        if fs_group.is_none() {
            continue;
        }
        let mut strict = strict_files(inventory, &mounted);
        // With fsGroup a group can read a file, not everybody.
        strict.retain(|(program, _)| program.refuses() == Refuses::Group);
        if !strict.is_empty() {
            results.report(found(&mounted, process.user, &strict));
        }
    }
}

fn found(mounted: &Mounted<'_>, user: User, strict: &[(Program, String)]) -> Finding {
    let files: Vec<&str> = strict.iter().map(|(_, file)| file.as_str()).collect();
    let mut programs: Vec<&str> = strict.iter().map(|(program, _)| program.name()).collect();
    programs.dedup();
    let mut finding = mounted
        .finding(
            &RULE,
            format!(
                "fsGroup makes {} of Secret {} group-readable in container {}, which {} may \
                 refuse.",
                listed(files),
                mounted.volume.secret_name(),
                mounted.container.name,
                listed(programs)
            ),
            "at least mode 0440",
        )
        .because("With fsGroup a file has at least mode 0440 (288), whatever defaultMode says.");
    if let Some(group) = &mounted.workload.pod.security.fs_group {
        finding = finding.at(mounted.workload.origin, &group.site, "fsGroup is set here");
    }
    // OpenSSH only checks the mode of files that its own user owns, and these files belong to
    // root.
    let as_another = !matches!(user, User::Uid(0) | User::Unknown);
    if as_another && strict.iter().all(|(program, _)| *program == Program::Ssh) {
        finding = finding.severity(Severity::Info).because(
            "OpenSSH accepts a file of root when it runs as another user; other programs \
                      may not.",
        );
    }
    let copier = match mounted.container.class {
        ContainerClass::Init => "an earlier init container",
        _ => "an init container",
    };
    finding
        .advise(format!(
            "Copy the file in {copier} to an emptyDir (medium Memory) with install -m 0400, as \
             the user that reads it."
        ))
        .advise("Or do not set fsGroup for this pod.")
}
