//! SS033: fsGroup, and a program that wants its file for itself.

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
    summary: "a program gets a file that fsGroup makes readable for a group, and may refuse it",
    why: "With fsGroup every file of a Secret has mode 0440 at least, whatever defaultMode says. Some \
          programs refuse a file that a group can read: ssh a private key of its own user \
          (\"UNPROTECTED PRIVATE KEY FILE\"; as another user than root it takes root's file), libpq a \
          password file, sssd its configuration, mongod its key file, Erlang its cookie, older \
          Elasticsearch the files of its _FILE variables. It is told from names of keys and \
          variables and from the commands of containers, so it may be wrong. Programs that refuse \
          only what everybody can read, as PostgreSQL does with its key, are not concerned; but \
          for none of these a wider mode is proposed (SS030).",
    remedy: "Let an init container copy the file to an emptyDir (medium Memory) with install -m 0400, \
             as the user that reads it. Or leave fsGroup out for this pod.",
    example: "securityContext: {fsGroup: 1000}\nvolumes:\n- name: deploy-key\n  secret: {secretName: \
              deploy-key, defaultMode: 0400}   # id_rsa becomes 0440\n",
    source: "openssh authfile.c (sshkey_perm_ok); elastic/elasticsearch#144144, \
             element-hq/ess-helm#881; kubernetes/kubernetes pkg/volume/volume_linux.go",
};

/// Looks for it: one finding a mount.
pub fn check(inventory: &Inventory, _: &Settings, results: &mut Results) {
    for mounted in mounts::all(inventory) {
        let (process, fs_group) = mounts::process(inventory, mounted.workload, mounted.container);
        if fs_group.is_none() {
            continue;
        }
        let mut strict = strict_files(inventory, &mounted);
        // With fsGroup a file is readable for a group, not for everybody.
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
                "fsGroup makes {} of Secret {} readable for a group in container {}, which {} may \
                 not accept.",
                listed(files),
                mounted.volume.secret_name(),
                mounted.container.name,
                listed(programs)
            ),
            "mode 0440 at least",
        )
        .because("With fsGroup a file has mode 0440 (288) at least, whatever defaultMode says.");
    if let Some(group) = &mounted.workload.pod.security.fs_group {
        finding = finding.at(mounted.workload.origin, &group.site, "fsGroup is set here");
    }
    // OpenSSH looks at the mode of a file of its own user only, and the files
    // belong to root.
    let as_another = !matches!(user, User::Uid(0) | User::Unknown);
    if as_another && strict.iter().all(|(program, _)| *program == Program::Ssh) {
        finding = finding
            .severity(Severity::Info)
            .because("OpenSSH takes root's file as another user; other programs may not.");
    }
    let copier = match mounted.container.class {
        ContainerClass::Init => "an earlier init container",
        _ => "an init container",
    };
    finding
        .advise(format!(
            "Copy the file in {copier} to an emptyDir (medium Memory) with install -m 0400, as the \
             user that reads it."
        ))
        .advise("Or leave fsGroup out for this pod.")
}
