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
        ["seal"] => &[
            (
                "Seal the Secrets of a manifest with a certificate; no cluster is needed",
                "kubectl secretsafe seal -f secret.yaml --cert controller.pem -n shop -w sealed.yaml",
            ),
            (
                "Seal a Secret of the cluster for git",
                "kubectl secretsafe seal secret/db -w sealed.yaml",
            ),
            (
                "Hand a Secret over to a SealedSecret, without a moment in which it is absent",
                "kubectl secretsafe seal secret/db --adopt -w sealed.yaml",
            ),
            (
                "Seal for two clusters, one file for each",
                "kubectl secretsafe seal -f secret.yaml -n shop --cert dev=dev.pem --cert prod=prod.pem -w 'clusters/{}/db.yaml'",
            ),
        ],
        ["seal", "set"] => &[
            (
                "Prompt for a value and put it into the file",
                "kubectl secretsafe seal set sealed.yaml password",
            ),
            (
                "Generate one, with a certificate from a file",
                "kubectl secretsafe seal set sealed.yaml --generate password --cert controller.pem",
            ),
        ],
        ["seal", "reseal"] => &[
            (
                "Show which files are not sealed under the newest key",
                "kubectl secretsafe seal reseal -R sealed/ --dry-run",
            ),
            (
                "Have the controller encrypt them again, without the right to read Secrets",
                "kubectl secretsafe seal reseal -R sealed/ --through-controller --yes",
            ),
        ],
        ["seal", "check"] => &[
            (
                "Check the files of a repository in CI",
                "kubectl secretsafe seal check -R sealed/ --cert controller.pem",
            ),
            (
                "Refuse a file that is for another namespace",
                "kubectl secretsafe seal check sealed.yaml -n shop",
            ),
        ],
        ["external"] => &[
            (
                "Print the ExternalSecret of a Secret whose values are in Vault",
                "kubectl secretsafe external secret/db --store vault --path '{namespace}/{name}#{key}'",
            ),
            (
                "Print a store to fill in",
                "kubectl secretsafe external --store-skeleton vault --kind ClusterSecretStore",
            ),
            (
                "Print commands that load the values into the store",
                "kubectl secretsafe external secret/db --store vault --path '{namespace}/{name}#{key}' --push-commands vault",
            ),
            (
                "Let an ExternalSecret take the Secret over, once the store is proven to have the same values",
                "kubectl secretsafe external secret/db --store vault --path '{namespace}/{name}#{key}' --adopt --compare-values --own",
            ),
        ],
        ["sync"] => &[
            (
                "Read the store of one ExternalSecret now, and restart what has an old value",
                "kubectl secretsafe sync db --wait --restart",
            ),
            (
                "After a change in a store, in all namespaces",
                "kubectl secretsafe sync --store vault --kind ClusterSecretStore -A --wait",
            ),
        ],
        ["advise"] => &[
            (
                "Look at all namespaces of the cluster",
                "kubectl secretsafe advise -A",
            ),
            (
                "Say what is needed, without a cluster",
                "kubectl secretsafe advise --clusters 5 --rotate-every 90d --audit",
            ),
            (
                "Look at several clusters, and write a page",
                "kubectl secretsafe advise -A --contexts dev,prod --gitops -o text -o html=advice.html",
            ),
        ],
        ["scaffold"] => &[
            (
                "Print a Deployment that reads a login, an API key and a TLS pair",
                "kubectl secretsafe scaffold api --secret db:username,password --secret api:key --tls web --image registry.example/api:1.0.0",
            ),
            (
                "Write a CronJob whose Secret is sealed for git",
                "kubectl secretsafe scaffold report --kind cronjob --secret db:password --level sealed -w report.yaml",
            ),
            (
                "Read the values from Vault, and show how the app reads the files",
                "kubectl secretsafe scaffold api -n shop --secret db:password --level external --store vault --path '{namespace}/{name}#{key}' --snippets python",
            ),
        ],
        ["selftest"] | ["selftest", "leak"] => &[(
            "Run create with a made-up value, and look for traces of it",
            "kubectl secretsafe selftest leak",
        )],
        ["policy"] => &[
            (
                "Warn of insecure new uses of Secrets, in the namespaces of a team",
                "kubectl secretsafe policy --namespace-selector team=shop | kubectl apply -f -",
            ),
            (
                "List what would not pass if it were created again, in the cluster or in manifests",
                "kubectl secretsafe policy --who -A\nkubectl secretsafe policy --who -f manifests/ -R",
            ),
            (
                "Refuse them, and set readOnly: true on new mounts",
                "kubectl secretsafe policy --mode deny --fix --exempt-label secretsafe.dev/exempt | kubectl apply -f -",
            ),
            (
                "Print it for the files that the API server reads when it starts",
                "kubectl secretsafe policy --mode deny --static",
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
        ["audit"] => &[
            (
                "List what is due in all namespaces",
                "kubectl secretsafe audit -A",
            ),
            (
                "Allow values to be a month old, and write a page and a spreadsheet",
                "kubectl secretsafe audit -A --max-age 30d -o html=secrets.html -o csv=secrets.csv",
            ),
            (
                "Run it every week in the cluster",
                "kubectl secretsafe audit -A --schedule --image registry.example/secretsafe:1 | kubectl apply -f -",
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
        ["edit"] => &[
            (
                "Edit all values of a Secret",
                "kubectl secretsafe edit secret/db",
            ),
            (
                "Edit one of its keys",
                "kubectl secretsafe edit secret/db password -n prod",
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
