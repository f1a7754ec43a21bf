//! Examples of each command, for its help and its manual page.

/// What an example is for, and its command line; `kubectl secretsafe` stands for
/// however the program was called.
pub type Example = (&'static str, &'static str);

/// The examples of a command, by its path without the program's name.
pub fn of(path: &[&str]) -> &'static [Example] {
    match path {
        [] => &[
            (
                "Create a Secret; the value is prompted for and hidden",
                "kubectl secretsafe create db --prompt password",
            ),
            (
                "Check the Secrets of the current namespace, or of manifests",
                "kubectl secretsafe doctor\nkubectl secretsafe doctor -f manifests/",
            ),
            (
                "List the workloads that use a Secret",
                "kubectl secretsafe consumers db",
            ),
            (
                "Move a Deployment from environment variables to mounted files",
                "kubectl secretsafe migrate deploy/api --dry-run",
            ),
            (
                "Change a value and restart exactly what takes it",
                "kubectl secretsafe rotate secret/db password --generate password",
            ),
        ],
        ["rotate"] => &[
            (
                "Show who uses the key and what would be restarted",
                "kubectl secretsafe rotate secret/db password --generate password --dry-run=server",
            ),
            (
                "Change a value that another system gave out",
                "vault kv get -field=password db | kubectl secretsafe rotate secret/db password --stdin password",
            ),
            (
                "Test the new value in a new pod of each workload",
                "kubectl secretsafe rotate secret/db password --generate password --verify-exec app -- pg_isready",
            ),
            (
                "Restart one workload first, then the others in two waves",
                "kubectl secretsafe rotate secret/db password --generate password --canary deploy/api --order deploy/worker",
            ),
            (
                "Keep the old value for a day, and bring it back",
                "kubectl secretsafe rotate secret/db password --generate password --keep 24h\nkubectl secretsafe rotate secret/db --undo",
            ),
            (
                "Go on with a run that was killed, or take it back",
                "kubectl secretsafe rotate --status\nkubectl secretsafe rotate secret/db --resume\nkubectl secretsafe rotate secret/db --abort",
            ),
        ],
        ["restart"] => &[
            (
                "Restart every workload in which a container has an old value",
                "kubectl secretsafe restart --stale",
            ),
            (
                "Show what takes a key when it starts",
                "kubectl secretsafe restart --secret db:password --plan",
            ),
        ],
        ["create"] | ["create", "generic"] => &[
            (
                "Prompt for a value",
                "kubectl secretsafe create db --prompt password",
            ),
            (
                "Read a value from a pipe, byte for byte",
                "vault kv get -field=password db | kubectl secretsafe create db --stdin password",
            ),
            (
                "Generate a random value; read others from files",
                "kubectl secretsafe create db --generate password --file ca.crt --env-file db.env",
            ),
            (
                "Change one key of an existing Secret",
                "kubectl secretsafe create db --update --prompt password",
            ),
            (
                "Overwrite and remove the source file afterwards",
                "kubectl secretsafe create db --file password.txt --shred",
            ),
            (
                "Show what would be created, with masked values",
                "kubectl secretsafe create db --generate password --dry-run=client -o yaml",
            ),
        ],
        ["create", "tls"] => &[(
            "Create a TLS Secret from a certificate and its key",
            "kubectl secretsafe create tls web --cert tls.crt --key tls.key",
        )],
        ["create", "docker-registry"] => &[
            (
                "Prompt for the password",
                "kubectl secretsafe create docker-registry pull --docker-server ghcr.io --docker-username me",
            ),
            (
                "Use an existing Docker configuration",
                "kubectl secretsafe create docker-registry pull --from-file ~/.docker/config.json",
            ),
        ],
        ["create", "basic-auth"] => &[(
            "Prompt for the user name and the password",
            "kubectl secretsafe create basic-auth login --prompt username --prompt password",
        )],
        ["create", "ssh-auth"] => &[(
            "Create a Secret from an SSH key",
            "kubectl secretsafe create ssh-auth deploy-key --file ssh-privatekey=id_ed25519",
        )],
        ["doctor"] => &[
            (
                "Check the current namespace, or all of them",
                "kubectl secretsafe doctor\nkubectl secretsafe doctor -A",
            ),
            (
                "Check one Deployment",
                "kubectl secretsafe doctor deploy/api -n shop",
            ),
            (
                "Check manifests, or a kustomization",
                "kubectl secretsafe doctor -f manifests/ -R\nkubectl secretsafe doctor -k overlays/prod",
            ),
            (
                "In CI: fail on errors only, and write SARIF",
                "kubectl secretsafe doctor -f manifests/ --fail-on error -o sarif=secrets.sarif",
            ),
            (
                "Fix manifests; shows each diff and asks first",
                "kubectl secretsafe doctor -f manifests/ --fix",
            ),
        ],
        ["consumers"] => &[
            (
                "List the workloads that use a Secret",
                "kubectl secretsafe consumers secret/db",
            ),
            (
                "List those that use one of its keys, in all namespaces",
                "kubectl secretsafe consumers db:password -A",
            ),
            (
                "Draw them as a graph, for Markdown",
                "kubectl secretsafe consumers db -o mermaid",
            ),
        ],
        ["migrate"] => &[
            (
                "Show the plan for a Deployment",
                "kubectl secretsafe migrate deploy/api --dry-run",
            ),
            (
                "Mount the files and keep the variables; then remove them",
                "kubectl secretsafe migrate deploy/api\nkubectl secretsafe migrate deploy/api --remove-env --reads-files all",
            ),
            ("Undo that", "kubectl secretsafe migrate deploy/api --undo"),
            (
                "Change manifests instead",
                "kubectl secretsafe migrate -f manifests/ --write",
            ),
        ],
        ["explain"] => &[
            ("List all rules", "kubectl secretsafe explain"),
            ("Explain one", "kubectl secretsafe explain SS003"),
        ],
        ["completion"] | ["completion", "install"] => &[(
            "Complete the words of kubectl secretsafe",
            "kubectl secretsafe completion install",
        )],
        ["completion", "bash"] => &[(
            "Load it in this shell",
            "source <(kubectl-secretsafe completion bash)",
        )],
        ["completion", "zsh"] => &[(
            "Load it in this shell",
            "source <(kubectl-secretsafe completion zsh)",
        )],
        ["completion", "fish"] => &[(
            "Load it in this shell",
            "kubectl-secretsafe completion fish | source",
        )],
        ["completion", "powershell"] => &[(
            "Load it in this shell",
            "kubectl-secretsafe completion powershell | Out-String | Invoke-Expression",
        )],
        _ => &[],
    }
}

/// The examples as a part of help; `None` where there are none.
pub(super) fn help(path: &[&str], program: &str) -> Option<String> {
    let examples = of(path);
    (!examples.is_empty()).then(|| {
        let mut text = "Examples:".to_owned();
        for (what, lines) in examples {
            text += &format!("\n  # {what}");
            for line in lines.lines() {
                text += &format!("\n  {}", line.replace("kubectl secretsafe", program));
            }
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn walk(command: &clap::Command, path: &[&str]) {
        let examples = of(path);
        assert!(!examples.is_empty(), "{path:?} has no example");
        for line in examples.iter().flat_map(|(_, lines)| lines.lines()) {
            let own = line
                .split(['|', '(', ')'])
                .find_map(|part| {
                    let part = part.trim();
                    part.strip_prefix("kubectl secretsafe")
                        .or_else(|| part.strip_prefix("kubectl-secretsafe"))
                })
                .unwrap_or_else(|| panic!("{line}"));
            let words = own.split_whitespace().map(OsString::from);
            let parsed = crate::cli::parse("kubectl secretsafe", words);
            if let Err(crate::cli::Ending::Error(error)) = parsed {
                panic!("{line}: {}", error.message());
            }
        }
        for child in command.get_subcommands() {
            let mut path = path.to_vec();
            path.push(child.get_name());
            walk(child, &path);
        }
    }

    #[test]
    fn every_command_has_examples_that_can_be_run() {
        walk(&crate::cli::command("kubectl secretsafe"), &[]);
    }
}
