//! The index of the smallest Roles: for each command that asks a cluster, the file or the
//! rules that are enough.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::Command;
use kubectl_secretsafe::api::{self, Exec, Restarts, RoleScope, Task};

use crate::{WRITTEN_BY, built, check, walk};

/// Commands that print their Role, with the files of it in the order of their scope.
fn printed() -> Vec<(&'static str, &'static [&'static str], String)> {
    let scope = RoleScope::Namespace("my-namespace");
    let of = |task: Task| task.role(scope);
    vec![
        (
            "audit",
            &["audit-role", "audit-clusterrole"],
            api::audit_roles(scope),
        ),
        (
            "doctor",
            &["doctor-role", "doctor-clusterrole"],
            api::role(scope),
        ),
        ("external", &["external-role"], of(Task::External)),
        ("migrate", &["migrate-role"], of(Task::Migrate)),
        ("restart", &["restart-role"], of(Task::Restart)),
        ("rotate", &["rotate-role"], of(Task::Rotate(Exec::No))),
        ("sync", &["sync-role"], of(Task::Sync(Restarts::No))),
    ]
}

/// Commands that read what `doctor` reads, and have its Role.
const AS_DOCTOR: [(&str, &str); 3] = [
    ("advise", "without `-f`, and without answers alone"),
    ("consumers", "without `-f` or `-k`"),
    (
        "policy",
        "only `policy --who`; printing a policy needs nothing",
    ),
];

/// Commands with rules of their own.
const SMALL: [(&str, &str); 3] = [
    (
        "create",
        "rules:\n- apiGroups: [\"\"]\n  resources: [secrets]\n  verbs: [get, create, patch]\n",
    ),
    (
        "edit",
        "rules:\n- apiGroups: [\"\"]\n  resources: [secrets]\n  verbs: [get, patch]\n",
    ),
    (
        "seal",
        "rules:\n- apiGroups: [\"\"]\n  resources: [secrets]\n  verbs: [get]\n",
    ),
];

/// Commands that ask no cluster.
const NONE: [&str; 4] = ["completion", "explain", "scaffold", "selftest"];

/// What a Role lets somebody do besides looking, in words.
fn writes(role: &str) -> String {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut resources = "";
    for line in role.lines() {
        if let Some(list) = line.trim().strip_prefix("resources: [") {
            resources = list.trim_end_matches(']');
        }
        let Some(verbs) = line.trim().strip_prefix("verbs: [") else {
            continue;
        };
        let verbs = verbs.trim_end_matches(']').split(", ");
        for verb in verbs.filter(|verb| !matches!(*verb, "get" | "list" | "watch")) {
            found.entry(verb).or_default().extend(resources.split(", "));
        }
    }
    let told = found.iter().map(|(verb, resources)| {
        let resources: Vec<_> = resources.iter().copied().collect();
        format!("{verb} {}", resources.join(", "))
    });
    match told.collect::<Vec<_>>().join("; ") {
        none if none.is_empty() => "nothing".to_owned(),
        told => told,
    }
}

/// How a Role lets somebody read Secrets; each way shows the values.
fn reads(role: &str) -> String {
    let mut found = BTreeSet::new();
    for (line, verbs) in role.lines().zip(role.lines().skip(1)) {
        let resources = line.trim().strip_prefix("resources: [").unwrap_or_default();
        let resources = resources.trim_end_matches(']').split(", ");
        if resources.into_iter().any(|resource| resource == "secrets") {
            let verbs = verbs.trim().trim_start_matches("verbs: [");
            let verbs = verbs.trim_end_matches(']').split(", ");
            found.extend(verbs.filter(|verb| matches!(*verb, "get" | "list")));
        }
    }
    found.into_iter().collect::<Vec<_>>().join(", ")
}

#[test]
fn index_of_roles() {
    let mut text = format!(
        "<!-- {WRITTEN_BY} -->\n\
         # Smallest RBAC for each command\n\n\
         Each file here is a Role or ClusterRole that is enough for all that its command does, and \
         for no more. The commands print the same for your namespace:\n\n\
         ```sh\nkubectl secretsafe rotate --print-rbac -n prod\n```\n\n\
         To grant it, save it, bind it to a user, a group or a ServiceAccount, and check it:\n\n\
         ```text\n\
         kubectl secretsafe rotate --print-rbac -n prod | kubectl apply -f -\n\
         kubectl create rolebinding secretsafe-rotate --role=secretsafe-rotate --user=jane -n prod\n\
         kubectl auth can-i patch deployments --as jane -n prod\n```\n\n\
         Two limits of RBAC matter here. `list` on `secrets` cannot be restricted to metadata: \
         whoever may list Secrets can read their values, although `doctor`, `consumers` and `audit` \
         request only metadata. And whoever may create pods, or run commands in them, can read the \
         Secrets that these pods mount.\n\n\
         ## Commands that print their Role\n\n\
         | Command | May change | May read Secrets by | For a namespace | For the cluster |\n\
         |---|---|---|---|---|\n"
    );
    for (command, files, role) in printed() {
        let link = |at: usize| {
            files.get(at).map_or_else(
                || "`-A` prints it".to_owned(),
                |name| format!("[{name}]({name}.yaml)"),
            )
        };
        let cluster = match command {
            "audit" | "doctor" | "sync" => link(1),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "| `{command}` | {} | {} | {} | {cluster} |",
            writes(&role),
            reads(&role),
            link(0),
        );
    }
    text += "\nSome uses need more. `--print-rbac` prints it with the flag, unless the table says otherwise:\n\n\
             | Use | Needs in addition |\n|---|---|\n\
             | `rotate --verify-exec` | `get` and `create` on `pods/exec` |\n\
             | `migrate --verify-read` | `get` and `create` on `pods/exec` (not printed) |\n\
             | `rotate --compromised` | the ClusterRole of `audit`; without it, who can read the Secret is not known (not printed) |\n\
             | `sync --restart` | the rules of `restart` |\n\
             | `audit` of one namespace | a ClusterRole for what is outside the namespace; without it the column `READERS` is not known |\n\n\
             ## Commands that use the Role of `doctor`\n\n\
             | Command | When |\n|---|---|\n";
    for (command, when) in AS_DOCTOR {
        let _ = writeln!(text, "| `{command}` | {when} |");
    }
    text += "\n`doctor --inspect-values` and `rotate --find-copies` read values with the same `list`.\n\n\
             ## Commands with rules of their own\n\n\
             A `resourceNames` entry with the names of the Secrets makes each of these narrower.\n";
    for (command, rules) in SMALL {
        let _ = write!(text, "\n### `{command}`\n\n```yaml\n{rules}```\n");
    }
    text += "\n`seal` without `--cert` also asks the controller for its certificate: `get` \
             and `list` on `services`, and `get` on `services/proxy` in the controller's namespace. `seal --adopt` \
             also needs `patch` on `secrets`, and `get`, `create` and `delete` on \
             `sealedsecrets.bitnami.com`. `seal reseal` needs `get` on `secrets` and on \
             `sealedsecrets.bitnami.com`; with `--through-controller` it needs `create` on \
             `services/proxy` instead of `get` on `secrets`. `seal check`, and `seal -f` with \
             `--cert`, ask no cluster.\n\n\
             ## Commands that ask no cluster\n\n";
    let names = NONE.map(|name| format!("`{name}`"));
    let _ = writeln!(
        text,
        "{}. With `-f` or `-k`, `doctor`, `consumers`, `migrate`, `advise` and `policy --who` ask none \
         either. Completion lists names of Secrets and workloads, where you may list them.",
        names.join(", ")
    );
    check("docs/rbac/README.md", text.as_bytes());
}

/// Every command is in the index, and those that print a Role are in the first table.
#[test]
fn every_command_is_in_the_index() {
    let mut known: BTreeSet<&str> = NONE.into_iter().collect();
    known.extend(AS_DOCTOR.map(|row| row.0));
    known.extend(SMALL.map(|row| row.0));
    let prints: BTreeSet<&str> = printed().iter().map(|row| row.0).collect();
    known.extend(&prints);
    let mut commands = BTreeSet::new();
    let mut printing = BTreeSet::new();
    walk(&built(), "", &mut |command: &Command, path: &str| {
        if path.split(' ').count() == 2 {
            let name = command.get_name().to_owned();
            if command
                .get_arguments()
                .any(|arg| arg.get_id() == "print_rbac")
            {
                printing.insert(name.clone());
            }
            commands.insert(name);
        }
    });
    let commands: BTreeSet<&str> = commands.iter().map(String::as_str).collect();
    let printing: BTreeSet<&str> = printing.iter().map(String::as_str).collect();
    assert_eq!(commands, known);
    assert_eq!(printing, prints);
}
