# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_secretsafe_global_optspecs
    string join \n v/verbosity= color= h/help V/version
end

function __fish_kubectl_secretsafe_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kubectl_secretsafe_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kubectl_secretsafe_using_subcommand
    set -l cmd (__fish_kubectl_secretsafe_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "create" -d 'Create or update a Secret without leaking its values'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "doctor" -d 'Find problems with Secrets and their use'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "consumers" -d 'List who uses a Secret, how, and whether a change has reached them'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "audit" -d 'List for every key how old it is, who uses it and who can read it'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "migrate" -d 'Move Secrets from environment variables to mounted files'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "rotate" -d 'Change a value, restart its consumers, and prove that all of them have it'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "restart" -d 'Restart the workloads that have an old value, or take a Secret when they start'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "seal" -d 'Turn Secrets into SealedSecrets, and keep those up to date'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "external" -d 'Make ExternalSecrets for Secrets, or let one take a Secret over without a gap'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "sync" -d 'Have ExternalSecrets read their stores now, and restart what has an old value'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "edit" -d 'Edit the values of a Secret in your editor, without leaving a copy'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "scaffold" -d 'Print a workload that reads its Secrets as files, to begin with'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "advise" -d 'Recommend where to keep values: in Secrets, SealedSecrets or an external store'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "policy" -d 'Print admission policies that keep insecure new uses of Secrets out'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "selftest" -d 'Check on this machine that values leave no trace'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "explain" -d 'Explain a rule of doctor, or list all rules'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "completion" -d 'Print or install shell completion'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l type -d 'Type of the Secret [default: Opaque]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l stdin -d 'Read the value of KEY from standard input, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l prompt -d 'Prompt for the value of KEY, hidden and twice; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l file -d 'Read a value from a file; KEY defaults to the file\'s name; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l dir -d 'Read every file in a directory as a key; works for mounted Secrets, too' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l env-file -d 'Read every KEY=VALUE line of an env file; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l env-dialect -d 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)' -r -f -a "kubectl\t'Like kubectl: values verbatim'
dotenv\t'Like dotenv: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l fd -d 'Read the value of KEY from the inherited file descriptor N; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l generate -d 'Generate a random value for KEY, of 32 letters and digits by default; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l from-file -d 'Read a file or a directory by kubectl\'s rules; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l from-env-file -d 'Read an env file by kubectl\'s rules; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l from-literal -d 'Prompt for the value of KEY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l cert -d 'Certificate of the controller to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l controller -d 'Service of the controller of Sealed Secrets [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l scope -d 'Where the SealedSecret can be unsealed [default: strict]' -r -f -a "strict\t'Only under its namespace and name'
namespace-wide\t'Under any name in its namespace'
cluster-wide\t'Under any name in any namespace'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l allow-repeated -d 'Accept that this label or annotation has the same text as a value; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s w -l write -d 'Write the SealedSecret to a file; {} stands for the name before a certificate' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s o -l output -d 'Print the object instead of a summary; values are masked' -r -f -a "name\t'Only secret/NAME'
yaml\t'The object as YAML'
json\t'The object as JSON'
kyaml\t'The object as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l field-manager -d 'Name of the field manager for server-side apply' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l trim-newline -d 'Remove one trailing newline from values read from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l keep-newline -d 'Keep trailing newlines, without a warning'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l replace -d 'If the Secret exists, replace all of its keys with these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l seal -d 'Print a SealedSecret instead of creating the Secret; the cluster is not changed'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l show-values -d 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l allow-empty -d 'Accept an empty standard input or file descriptor'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s y -l yes -d 'Do not ask before changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "generic" -d 'Create a Secret with keys of your choice (the default)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "tls" -d 'Create a TLS Secret from a certificate chain and its private key'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "docker-registry" -d 'Create a Secret with credentials for an image registry'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "basic-auth" -d 'Create a Secret with a user name and a password (kubernetes.io/basic-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "ssh-auth" -d 'Create a Secret with an SSH private key (kubernetes.io/ssh-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l type -d 'Type of the Secret [default: Opaque]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l stdin -d 'Read the value of KEY from standard input, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l prompt -d 'Prompt for the value of KEY, hidden and twice; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l file -d 'Read a value from a file; KEY defaults to the file\'s name; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l dir -d 'Read every file in a directory as a key; works for mounted Secrets, too' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l env-file -d 'Read every KEY=VALUE line of an env file; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l env-dialect -d 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)' -r -f -a "kubectl\t'Like kubectl: values verbatim'
dotenv\t'Like dotenv: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l fd -d 'Read the value of KEY from the inherited file descriptor N; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l generate -d 'Generate a random value for KEY, of 32 letters and digits by default; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l from-file -d 'Read a file or a directory by kubectl\'s rules; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l from-env-file -d 'Read an env file by kubectl\'s rules; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l from-literal -d 'Prompt for the value of KEY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l cert -d 'Certificate of the controller to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l controller -d 'Service of the controller of Sealed Secrets [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l scope -d 'Where the SealedSecret can be unsealed [default: strict]' -r -f -a "strict\t'Only under its namespace and name'
namespace-wide\t'Under any name in its namespace'
cluster-wide\t'Under any name in any namespace'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l allow-repeated -d 'Accept that this label or annotation has the same text as a value; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s w -l write -d 'Write the SealedSecret to a file; {} stands for the name before a certificate' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s o -l output -d 'Print the object instead of a summary; values are masked' -r -f -a "name\t'Only secret/NAME'
yaml\t'The object as YAML'
json\t'The object as JSON'
kyaml\t'The object as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l field-manager -d 'Name of the field manager for server-side apply' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l trim-newline -d 'Remove one trailing newline from values read from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l keep-newline -d 'Keep trailing newlines, without a warning'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l replace -d 'If the Secret exists, replace all of its keys with these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l seal -d 'Print a SealedSecret instead of creating the Secret; the cluster is not changed'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l show-values -d 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l allow-empty -d 'Accept an empty standard input or file descriptor'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s y -l yes -d 'Do not ask before changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l cert -d 'PEM file with the certificate, followed by its intermediates' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l key -d 'PEM file with the private key of the certificate' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l ca -d 'PEM file with the CA certificate, stored as ca.crt' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l seal-cert -d 'Certificate of the controller to seal with, as --cert of other kinds' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l controller -d 'Service of the controller of Sealed Secrets [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l scope -d 'Where the SealedSecret can be unsealed [default: strict]' -r -f -a "strict\t'Only under its namespace and name'
namespace-wide\t'Under any name in its namespace'
cluster-wide\t'Under any name in any namespace'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l allow-repeated -d 'Accept that this label or annotation has the same text as a value; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s w -l write -d 'Write the SealedSecret to a file; {} stands for the name before a certificate' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s o -l output -d 'Print the object instead of a summary; values are masked' -r -f -a "name\t'Only secret/NAME'
yaml\t'The object as YAML'
json\t'The object as JSON'
kyaml\t'The object as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l field-manager -d 'Name of the field manager for server-side apply' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l allow-expired -d 'Accept an expired certificate'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l replace -d 'If the Secret exists, replace all of its keys with these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l seal -d 'Print a SealedSecret instead of creating the Secret; the cluster is not changed'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l show-values -d 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l allow-empty -d 'Accept an empty standard input or file descriptor'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s y -l yes -d 'Do not ask before changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-server -d 'Registry that the credentials are for' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-username -d 'User name at the registry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-email -d 'E-mail address stored with the credentials' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l from-file -l file -d 'Use an existing Docker configuration file, instead of a user name and a password' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-password -d 'Refused: the process list would show the password' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l cert -d 'Certificate of the controller to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l controller -d 'Service of the controller of Sealed Secrets [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l scope -d 'Where the SealedSecret can be unsealed [default: strict]' -r -f -a "strict\t'Only under its namespace and name'
namespace-wide\t'Under any name in its namespace'
cluster-wide\t'Under any name in any namespace'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l allow-repeated -d 'Accept that this label or annotation has the same text as a value; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s w -l write -d 'Write the SealedSecret to a file; {} stands for the name before a certificate' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s o -l output -d 'Print the object instead of a summary; values are masked' -r -f -a "name\t'Only secret/NAME'
yaml\t'The object as YAML'
json\t'The object as JSON'
kyaml\t'The object as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l field-manager -d 'Name of the field manager for server-side apply' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-password-stdin -d 'Read the password from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l replace -d 'If the Secret exists, replace all of its keys with these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l seal -d 'Print a SealedSecret instead of creating the Secret; the cluster is not changed'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l show-values -d 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l allow-empty -d 'Accept an empty standard input or file descriptor'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s y -l yes -d 'Do not ask before changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l stdin -d 'Read the value of KEY from standard input, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l prompt -d 'Prompt for the value of KEY, hidden and twice; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l file -d 'Read a value from a file; KEY defaults to the file\'s name; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l dir -d 'Read every file in a directory as a key; works for mounted Secrets, too' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l env-file -d 'Read every KEY=VALUE line of an env file; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l env-dialect -d 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)' -r -f -a "kubectl\t'Like kubectl: values verbatim'
dotenv\t'Like dotenv: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l fd -d 'Read the value of KEY from the inherited file descriptor N; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l generate -d 'Generate a random value for KEY, of 32 letters and digits by default; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l from-file -d 'Read a file or a directory by kubectl\'s rules; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l from-env-file -d 'Read an env file by kubectl\'s rules; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l from-literal -d 'Prompt for the value of KEY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l cert -d 'Certificate of the controller to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l controller -d 'Service of the controller of Sealed Secrets [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l scope -d 'Where the SealedSecret can be unsealed [default: strict]' -r -f -a "strict\t'Only under its namespace and name'
namespace-wide\t'Under any name in its namespace'
cluster-wide\t'Under any name in any namespace'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l allow-repeated -d 'Accept that this label or annotation has the same text as a value; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s w -l write -d 'Write the SealedSecret to a file; {} stands for the name before a certificate' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s o -l output -d 'Print the object instead of a summary; values are masked' -r -f -a "name\t'Only secret/NAME'
yaml\t'The object as YAML'
json\t'The object as JSON'
kyaml\t'The object as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l field-manager -d 'Name of the field manager for server-side apply' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l trim-newline -d 'Remove one trailing newline from values read from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l keep-newline -d 'Keep trailing newlines, without a warning'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l replace -d 'If the Secret exists, replace all of its keys with these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l seal -d 'Print a SealedSecret instead of creating the Secret; the cluster is not changed'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l show-values -d 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l allow-empty -d 'Accept an empty standard input or file descriptor'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s y -l yes -d 'Do not ask before changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l stdin -d 'Read the value of KEY from standard input, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l prompt -d 'Prompt for the value of KEY, hidden and twice; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l file -d 'Read a value from a file; KEY defaults to the file\'s name; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l dir -d 'Read every file in a directory as a key; works for mounted Secrets, too' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l env-file -d 'Read every KEY=VALUE line of an env file; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l env-dialect -d 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)' -r -f -a "kubectl\t'Like kubectl: values verbatim'
dotenv\t'Like dotenv: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l fd -d 'Read the value of KEY from the inherited file descriptor N; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l generate -d 'Generate a random value for KEY, of 32 letters and digits by default; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l from-file -d 'Read a file or a directory by kubectl\'s rules; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l from-env-file -d 'Read an env file by kubectl\'s rules; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l from-literal -d 'Prompt for the value of KEY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l cert -d 'Certificate of the controller to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l controller -d 'Service of the controller of Sealed Secrets [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l scope -d 'Where the SealedSecret can be unsealed [default: strict]' -r -f -a "strict\t'Only under its namespace and name'
namespace-wide\t'Under any name in its namespace'
cluster-wide\t'Under any name in any namespace'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l allow-repeated -d 'Accept that this label or annotation has the same text as a value; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s w -l write -d 'Write the SealedSecret to a file; {} stands for the name before a certificate' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s o -l output -d 'Print the object instead of a summary; values are masked' -r -f -a "name\t'Only secret/NAME'
yaml\t'The object as YAML'
json\t'The object as JSON'
kyaml\t'The object as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l field-manager -d 'Name of the field manager for server-side apply' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l trim-newline -d 'Remove one trailing newline from values read from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l keep-newline -d 'Keep trailing newlines, without a warning'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l replace -d 'If the Secret exists, replace all of its keys with these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l seal -d 'Print a SealedSecret instead of creating the Secret; the cluster is not changed'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l show-values -d 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l allow-empty -d 'Accept an empty standard input or file descriptor'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s y -l yes -d 'Do not ask before changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "generic" -d 'Create a Secret with keys of your choice (the default)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "tls" -d 'Create a TLS Secret from a certificate chain and its private key'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "docker-registry" -d 'Create a Secret with credentials for an image registry'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "basic-auth" -d 'Create a Secret with a user name and a password (kubernetes.io/basic-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "ssh-auth" -d 'Create a Secret with an SSH private key (kubernetes.io/ssh-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s f -l filename -d 'Manifest file or directory, or - for standard input; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s k -l kustomize -d 'Kustomization directory to build and read; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l contexts -d 'Search several contexts of the kubeconfig, in one report' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s l -l selector -d 'Only objects with these labels' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l only -d 'Check only these rules, by ID or name' -r -f -a "SS001\t''
SS002\t''
SS003\t''
SS004\t''
SS005\t''
SS006\t''
SS007\t''
SS008\t''
SS009\t''
SS010\t''
SS011\t''
SS012\t''
SS013\t''
SS014\t''
SS015\t''
SS016\t''
SS017\t''
SS018\t''
SS019\t''
SS020\t''
SS021\t''
SS022\t''
SS023\t''
SS024\t''
SS025\t''
SS026\t''
SS027\t''
SS028\t''
SS030\t''
SS031\t''
SS032\t''
SS033\t''
SS034\t''
SS035\t''
SS036\t''
SS037\t''
SS038\t''
SS039\t''
SS040\t''
SS041\t''
SS042\t''
SS043\t''
SS044\t''
SS045\t''
SS046\t''
SS047\t''
SS048\t''
SS049\t''
SS050\t''
SS051\t''
SS052\t''
SS053\t''
SS054\t''
SS055\t''
SS056\t''
SS057\t''
SS058\t''
SS060\t''
SS061\t''
SS062\t''
SS063\t''
SS064\t''
SS065\t''
SS066\t''
SS067\t''
SS068\t''
SS069\t''
SS070\t''
SS071\t''
SS072\t''
SS073\t''
SS074\t''
SS075\t''
SS076\t''
SS077\t''
SS078\t''
SS079\t''
SS080\t''
SS081\t''
SS082\t''
SS083\t''
SS084\t''
SS085\t''
SS086\t''
SS087\t''
SS088\t''
SS089\t''
SS090\t''
SS091\t''
SS092\t''
SS093\t''
SS094\t''
SS095\t''
SS097\t''
SS098\t''
SS099\t''
SS100\t''
SS101\t''
SS102\t''
SS103\t''
SS104\t''
SS105\t''
SS110\t''
SS111\t''
SS112\t''
SS113\t''
SS114\t''
SS115\t''
SS116\t''
SS117\t''
SS118\t''
SS119\t''
SS120\t''
SS121\t''
SS122\t''
SS123\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l skip -d 'Skip these rules' -r -f -a "SS001\t''
SS002\t''
SS003\t''
SS004\t''
SS005\t''
SS006\t''
SS007\t''
SS008\t''
SS009\t''
SS010\t''
SS011\t''
SS012\t''
SS013\t''
SS014\t''
SS015\t''
SS016\t''
SS017\t''
SS018\t''
SS019\t''
SS020\t''
SS021\t''
SS022\t''
SS023\t''
SS024\t''
SS025\t''
SS026\t''
SS027\t''
SS028\t''
SS030\t''
SS031\t''
SS032\t''
SS033\t''
SS034\t''
SS035\t''
SS036\t''
SS037\t''
SS038\t''
SS039\t''
SS040\t''
SS041\t''
SS042\t''
SS043\t''
SS044\t''
SS045\t''
SS046\t''
SS047\t''
SS048\t''
SS049\t''
SS050\t''
SS051\t''
SS052\t''
SS053\t''
SS054\t''
SS055\t''
SS056\t''
SS057\t''
SS058\t''
SS060\t''
SS061\t''
SS062\t''
SS063\t''
SS064\t''
SS065\t''
SS066\t''
SS067\t''
SS068\t''
SS069\t''
SS070\t''
SS071\t''
SS072\t''
SS073\t''
SS074\t''
SS075\t''
SS076\t''
SS077\t''
SS078\t''
SS079\t''
SS080\t''
SS081\t''
SS082\t''
SS083\t''
SS084\t''
SS085\t''
SS086\t''
SS087\t''
SS088\t''
SS089\t''
SS090\t''
SS091\t''
SS092\t''
SS093\t''
SS094\t''
SS095\t''
SS097\t''
SS098\t''
SS099\t''
SS100\t''
SS101\t''
SS102\t''
SS103\t''
SS104\t''
SS105\t''
SS110\t''
SS111\t''
SS112\t''
SS113\t''
SS114\t''
SS115\t''
SS116\t''
SS117\t''
SS118\t''
SS119\t''
SS120\t''
SS121\t''
SS122\t''
SS123\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l max-age -d 'Warn about keys that were not written for this long, such as 90d or 12h' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l config -d 'Configuration file [default: .secretsafe.yaml in this directory or a parent]' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l baseline -d 'Ignore the findings that are listed in this file, written by --write-baseline' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l write-baseline -d 'Write the current findings to FILE; the exit status is then 0 if everything could be checked' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s o -l output -d 'Output format, or FORMAT=FILE to write to a file; repeatable [default: text]' -r -f -a "text\t'Text, with the lines of the files'
wide\t'Text, with reasons and all evidence'
json\t'JSON; its schema is docs/schema/doctor-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'
sarif\t'SARIF 2.1.0, for code scanning'
junit\t'JUnit XML, for CI systems'
github\t'Annotations of GitHub Actions'
codequality\t'Code Quality report of GitLab, for merge requests'
html\t'A self-contained HTML page'
prometheus\t'Metrics for the textfile collector of the Prometheus node exporter'
name\t'One object per line, as kubectl accepts it'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l fail-on -d 'Exit with status 1 at this severity or higher' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
info\t'All findings'
never\t'Always exit with status 0 if everything was checked'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l unsafe -d 'With --fix, also propose edits that may break something, for all rules or only these' -r -f -a "SS001\t''
SS002\t''
SS003\t''
SS004\t''
SS005\t''
SS006\t''
SS007\t''
SS008\t''
SS009\t''
SS010\t''
SS011\t''
SS012\t''
SS013\t''
SS014\t''
SS015\t''
SS016\t''
SS017\t''
SS018\t''
SS019\t''
SS020\t''
SS021\t''
SS022\t''
SS023\t''
SS024\t''
SS025\t''
SS026\t''
SS027\t''
SS028\t''
SS030\t''
SS031\t''
SS032\t''
SS033\t''
SS034\t''
SS035\t''
SS036\t''
SS037\t''
SS038\t''
SS039\t''
SS040\t''
SS041\t''
SS042\t''
SS043\t''
SS044\t''
SS045\t''
SS046\t''
SS047\t''
SS048\t''
SS049\t''
SS050\t''
SS051\t''
SS052\t''
SS053\t''
SS054\t''
SS055\t''
SS056\t''
SS057\t''
SS058\t''
SS060\t''
SS061\t''
SS062\t''
SS063\t''
SS064\t''
SS065\t''
SS066\t''
SS067\t''
SS068\t''
SS069\t''
SS070\t''
SS071\t''
SS072\t''
SS073\t''
SS074\t''
SS075\t''
SS076\t''
SS077\t''
SS078\t''
SS079\t''
SS080\t''
SS081\t''
SS082\t''
SS083\t''
SS084\t''
SS085\t''
SS086\t''
SS087\t''
SS088\t''
SS089\t''
SS090\t''
SS091\t''
SS092\t''
SS093\t''
SS094\t''
SS095\t''
SS097\t''
SS098\t''
SS099\t''
SS100\t''
SS101\t''
SS102\t''
SS103\t''
SS104\t''
SS105\t''
SS110\t''
SS111\t''
SS112\t''
SS113\t''
SS114\t''
SS115\t''
SS116\t''
SS117\t''
SS118\t''
SS119\t''
SS120\t''
SS121\t''
SS122\t''
SS123\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l image -d 'With --schedule, the image that has kubectl-secretsafe' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l assume-complete -d 'Treat the files as complete: report Secrets that they lack as missing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s A -l all-namespaces -d 'Search all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l all-contexts -d 'Search every context of the kubeconfig'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l inspect-values -d 'Also read and check the values of Secrets; they are never shown'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l fix -d 'Fix the files where that does not affect running programs; shows each diff and asks first'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s y -l yes -d 'With --fix, do not ask for confirmation'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l schedule -d 'Print a CronJob that runs doctor every week, with the smallest role, and exit'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l print-rbac -d 'Print the Role that doctor needs, and exit'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s q -l quiet -d 'Print only the report, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s f -l filename -d 'Manifest file or directory, or - for standard input; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s k -l kustomize -d 'Kustomization directory to build and read; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l contexts -d 'Search several contexts of the kubeconfig, in one report' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'JSON; its schema is docs/schema/consumers-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'
dot\t'A graph for Graphviz'
mermaid\t'A graph for Mermaid, as in Markdown'
name\t'One object per line, as kubectl accepts it'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l assume-complete -d 'Treat the files as complete: report Secrets that they lack as missing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s A -l all-namespaces -d 'Search all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l all-contexts -d 'Search every context of the kubeconfig'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s q -l quiet -d 'Print only the report, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l contexts -d 'Search several contexts of the kubeconfig, in one report' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s l -l selector -d 'Only Secrets with these labels' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l receipts -d 'Directory with receipts of rotations, one JSON file each' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l max-age -d 'How old a value may be, such as 90d or 12h' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s o -l output -d 'Output format, or FORMAT=FILE to write to a file; repeatable [default: text]' -r -f -a "text\t'Text, by namespace'
wide\t'Text with all columns'
json\t'JSON; its schema is docs/schema/audit-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'
csv\t'One line per key, for spreadsheets'
html\t'A self-contained HTML page'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l schedule -d 'Print manifests that run the audit every week, and exit' -r -f -a "cronjob\t'A CronJob with a ServiceAccount and the smallest roles; needs --image'
ci\t'A workflow of GitHub Actions'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l image -d 'With --schedule, the image that has kubectl-secretsafe' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s A -l all-namespaces -d 'Search all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l all-contexts -d 'Search every context of the kubeconfig'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -l print-rbac -d 'Print the roles that audit needs, and exit'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s q -l quiet -d 'Print only the report, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand audit" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s f -l filename -d 'Manifest file or directory, or - for standard input; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s k -l kustomize -d 'Kustomization directory to render with kubectl and plan for' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s l -l selector -d 'Only workloads with these labels' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l secret -d 'Only variables from this Secret; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l reads-files -d 'Confirm that your app reads the files of these variables, or of all' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l mount-path -d 'Directory to mount each Secret at; {secret} is replaced by its name' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l path -d 'File name for a key, if your app expects a certain one; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l mode -d 'Mode of the files in octal [default: 0400, or a mode that the process is known to be able to read]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l fs-group -d 'Set the pod\'s fsGroup where a process could not read the files without it' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l snippets -d 'Show code that reads the files, in these languages' -r -f -a "python\t'Python'
typescript\t'TypeScript on Node.js'
go\t'Go'
java\t'Java'
rust\t'Rust'
shell\t'POSIX shell'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l config -d 'Configuration file; its fileConventions list images that read files [default: .secretsafe.yaml in this directory or a parent]' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l output-dir -d 'Write the changed files to this directory instead (with -f)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l emit -d 'Print patches instead of a diff (with -f or -k)' -r -f -a "patch\t'JSON Patches for kubectl patch; not with -k'
kustomize\t'A kustomization with these patches, to add to one that includes the workloads'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s o -l output -d 'Output format of the plan' -r -f -a "text\t'One workload in detail, several as a table'
wide\t'Every workload in detail'
diff\t'The change as a diff (files only)'
json\t'JSON; its schema is docs/schema/migration-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l report -d 'Write the plan to a file as well, as .html or .json' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l timeout -d 'How long to wait for new pods to become ready, such as 90s or 5m' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l settle -d 'How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s A -l all-namespaces -d 'Search all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l remove-env -d 'Remove variables whose files are already mounted and read by your app'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l complete -d 'Mount the files and remove the variables in one step'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l default-user -d 'Set defaultUser (Kubernetes 1.38), so that the files belong to the user that reads them'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l verify-read -d 'If runAsUser is not set, test in a running container whether it can read the files'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l resolve-images -d 'Look up in the registry which user an image runs as, and what it starts'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l force-unproven -d 'Remove variables even if the process may be unable to read the file'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l shim -d 'Wrap commands in the manifest so that they set the variable from the file'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l write -d 'Write the files (with -f)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l exit-code -d 'Exit with status 1 if something would change'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s y -l yes -d 'Do not ask for confirmation'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l undo -d 'Undo the last migration of these workloads'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l status -d 'Print how far the workloads are (mounted, app ready, removed), and change nothing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l print-rbac -d 'Print the Role that migrate needs, and exit'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l no-undo -d 'Keep the change even if the pods do not become ready'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l force-live -d 'Also change workloads that Helm, Argo CD or Flux manage'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s q -l quiet -d 'Print only the plan, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l stdin -d 'Read the value of KEY from standard input, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l prompt -d 'Prompt for the value of KEY, hidden and twice; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l file -d 'Read a value from a file; KEY defaults to the file\'s name; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l dir -d 'Read every file in a directory as a key; works for mounted Secrets, too' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l env-file -d 'Read every KEY=VALUE line of an env file; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l env-dialect -d 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)' -r -f -a "kubectl\t'Like kubectl: values verbatim'
dotenv\t'Like dotenv: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l fd -d 'Read the value of KEY from the inherited file descriptor N; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l generate -d 'Generate a random value for KEY, of 32 letters and digits by default; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l from-file -d 'Read a file or a directory by kubectl\'s rules; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l from-env-file -d 'Read an env file by kubectl\'s rules; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l from-literal -d 'Prompt for the value of KEY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l order -d 'Workloads to restart before all others, in this order; repeat for each wave' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l max-parallel -d 'How many workloads of a wave are restarted at the same time' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l timeout -d 'How long to wait for new pods to become ready, such as 90s or 5m' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l settle -d 'How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l budget -d 'Refuse if more pods than this would be replaced' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l strategy -d 'How the new value takes the old one\'s place' -r -f -a "in-place\t'The new value replaces the old one'
overlap\t'The old value stays under KEY_PREVIOUS until the end'
alternate\t'Two users take turns (--users): the other one\'s login stays valid until the next rotation'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l users -d 'The key with the user\'s name, and the two users that take turns' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l new-name -d 'Name of the Secret that takes the place of an immutable one [default: its name and the id of the run]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l canary -d 'Restart this workload first, alone, and go on only if it is well' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l rehearse -d 'Before the Secret is written, try the new value in one throw-away pod like those of a consumer' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l verify-exec -d 'Run a command in this container of one new pod of each workload; it must succeed' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l grace -d 'How long to wait after all consumers have the new value, before what is left of the old one is removed' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l keep -d 'Keep the old value for this long, so that --undo can bring it back' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l set-exec -d 'Program that tells the other side the new value, before the Secret is written' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l set-job -d 'The same by a Job in the cluster, for a server that this machine cannot reach; FILE is its manifest' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l test-exec -d 'Program that signs in with the new value; it must succeed before the Secret is written' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l retire-exec -d 'Program that ends the old value on the other side, after all consumers have the new one' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l test-old-exec -d 'Program that signs in with the old value; it must be refused at the end' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l hook-timeout -d 'How long each of these programs may take' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l leave -d 'Leave this key as it is, although it holds the old value of another one' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s o -l output -d 'Output format of the plan and of the result' -r -f -a "text\t'Text'
json\t'JSON; its schema is docs/schema/rotation-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l receipt -d 'Write what the run did to this file, as JSON: who, when, which containers before and after; no value (docs/schema/receipt-v1.json)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l trim-newline -d 'Remove one trailing newline from values read from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l keep-newline -d 'Keep trailing newlines, without a warning'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l trust-overlap -d 'For a TLS Secret whose CA changes, too: trust both CAs first, then change the certificate, then drop the old CA'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l accept-ca-swap -d 'Change CA and certificate in one step, although consumers that talk to each other may not trust each other meanwhile'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l include-volumes -d 'Also restart workloads that mount the Secret as a directory'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l stage -d 'Write the value and restart nothing; restart --stale does that later'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l verify-pull -d 'For a registry\'s login: have a pod pull an image of each consumer with it before going on'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l accept-init-only -d 'Rotate although a consumer takes the credential only when it initialises its data'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l compromised -d 'Somebody else has the value: show who may have come by it, look for copies, end the old value at once, and write a receipt'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l find-copies -d 'Read all Secrets that you may read, and show those that hold the old value; they are not changed'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l resume -d 'Go on with the run that changes this Secret, from wherever it stopped'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l abort -d 'Take back the run that changes this Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l undo -d 'Bring the old value back after a run with --keep'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l status -d 'Show runs that are not over; with --exit-code, 1 if there are any'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l gc -d 'Remove old values that are not to be kept any longer'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l exit-code -d 'Exit with status 1 if something would change, or a run is not over'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l print-rbac -d 'Print the Role that rotate needs, and exit; with --verify-exec, also what that needs'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s y -l yes -d 'Do not ask for confirmation'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s q -l quiet -d 'Print only the plan, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l secret -d 'Restart what takes this Secret, or this key of it, when it starts; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s l -l selector -d 'Only workloads with these labels' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l order -d 'Workloads to restart before all others, in this order; repeat for each wave' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l max-parallel -d 'How many workloads of a wave are restarted at the same time' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l timeout -d 'How long to wait for new pods to become ready, such as 90s or 5m' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l settle -d 'How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l budget -d 'Refuse if more pods than this would be replaced' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s o -l output -d 'Output format of the plan and of the result' -r -f -a "text\t'Text'
json\t'JSON; its schema is docs/schema/rotation-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l stale -d 'Only workloads with a container that has an old value'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s A -l all-namespaces -d 'Search all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l include-volumes -d 'Also restart workloads that mount the Secret as a directory'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l plan -d 'Show the plan and change nothing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l exit-code -d 'Exit with status 1 if something would be restarted'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -l print-rbac -d 'Print the Role that restart needs, and exit'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s y -l yes -d 'Do not ask for confirmation'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s q -l quiet -d 'Print only the plan, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s f -l filename -d 'Manifest file or directory with Secrets to seal, or - for standard input; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l timeout -d 'How long to wait for the controller, such as 90s or 5m' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l cert -d 'Certificate to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l controller -d 'Service of the controller [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l scope -d 'Where it can be unsealed [default: strict, or as the annotations of the Secret say]' -r -f -a "strict\t'Only under its namespace and name'
namespace-wide\t'Under any name in its namespace'
cluster-wide\t'Under any name in any namespace'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l allow-repeated -d 'Accept that this label or annotation has the same text as a value; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s o -l output -d 'Format of the SealedSecret [default: yaml, or json for a file that is called so]' -r -f -a "yaml\t'YAML'
json\t'JSON'
kyaml\t'KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s w -l write -d 'Write to a file instead of standard output' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l adopt -d 'Hand the Secret over to the SealedSecret, which is created in the cluster'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s y -l yes -d 'Do not ask before handing over'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -l replace -d 'Replace the file if it has the same SealedSecret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -a "set" -d 'Set one key in a SealedSecret file; every other byte stays'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -a "reseal" -d 'Encrypt SealedSecret files again with the controller\'s newest key'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -a "check" -d 'Check SealedSecret files without a cluster'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and not __fish_seen_subcommand_from set reseal check help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l name -d 'Which SealedSecret, if the file has several' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l stdin -d 'Read the value of KEY from standard input, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l prompt -d 'Prompt for the value of KEY, hidden and twice; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l file -d 'Read a value from a file; KEY defaults to the file\'s name; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l dir -d 'Read every file in a directory as a key; works for mounted Secrets, too' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l env-file -d 'Read every KEY=VALUE line of an env file; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l env-dialect -d 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)' -r -f -a "kubectl\t'Like kubectl: values verbatim'
dotenv\t'Like dotenv: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l fd -d 'Read the value of KEY from the inherited file descriptor N; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l generate -d 'Generate a random value for KEY, of 32 letters and digits by default; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l from-file -d 'Read a file or a directory by kubectl\'s rules; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l from-env-file -d 'Read an env file by kubectl\'s rules; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l from-literal -d 'Prompt for the value of KEY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l cert -d 'Certificate to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l controller -d 'Service of the controller [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l trim-newline -d 'Remove one trailing newline from values read from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l keep-newline -d 'Keep trailing newlines, without a warning'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -l allow-empty -d 'Accept an empty standard input or file descriptor'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from set" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l cert -d 'Certificate to seal with: a file, or an https address; repeatable with a name for each cluster [default: ask the controller]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l controller -d 'Service of the controller [default: found by its labels]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l through-controller -d 'Have the controller encrypt again, instead of reading the Secrets'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -l all -d 'Encrypt again what is sealed under the newest key already'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -s y -l yes -d 'Do not ask before files are changed'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from reseal" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l cert -d 'Certificate whose key is in use: a file, or an https address; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'JSON; its schema is docs/schema/seal-check-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print only the report, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from help" -f -a "set" -d 'Set one key in a SealedSecret file; every other byte stays'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from help" -f -a "reseal" -d 'Encrypt SealedSecret files again with the controller\'s newest key'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check SealedSecret files without a cluster'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand seal; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s f -l filename -d 'Manifest file or directory with Secrets, or - for standard input; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l key -d 'Only this key; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l store -d 'Name of the store that has the values' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l kind -d 'Kind of the store' -r -f -a "SecretStore\t'A store of the namespace'
ClusterSecretStore\t'A store of the whole cluster'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l path -d 'Where each value is in the store: PATH, or PATH#PROPERTY of an entry that has several' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l base64 -d 'A key whose value is in the store as base64, because it is not text; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l refresh-interval -d 'How often the operator reads the store, as Go writes durations' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l creation-policy -d 'What the operator does to the Secret [default: Owner, or Merge with --adopt or a part of the keys]' -r -f -a "Owner\t'Makes the Secret, owns it, and removes other keys'
Orphan\t'As Owner, without an owner reference'
Merge\t'Adds its keys to an existing Secret'
CreateOrMerge\t'As Merge, and makes the Secret where there is none; only where the operator knows it'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l push-commands -d 'Print commands that load the values into the store, through pipes' -r -f -a "vault\t'HashiCorp Vault or OpenBao, a KV engine'
aws\t'AWS Secrets Manager'
gcp\t'Google Cloud Secret Manager'
azure\t'Azure Key Vault'
1password\t'1Password'
kubernetes\t'Secrets of another namespace or cluster'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l vault -d 'Mount (Vault), key vault (Azure) or vault (1Password) for --push-commands [default: that of the store, or secret for Vault]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l region -d 'Region of AWS Secrets Manager for --push-commands [default: that of the store]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l project -d 'Project of Google Cloud for --push-commands [default: that of the store]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l store-skeleton -d 'Print a store to fill in, without any credential, and exit' -r -f -a "vault\t'HashiCorp Vault or OpenBao, a KV engine'
aws\t'AWS Secrets Manager'
gcp\t'Google Cloud Secret Manager'
azure\t'Azure Key Vault'
1password\t'1Password'
kubernetes\t'Secrets of another namespace or cluster'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l sync-timeout -d 'How long to wait for a sync, such as 90s or 5m' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s o -l output -d 'Format of what is printed or written [default: yaml]' -r -f -a "yaml\t'YAML'
json\t'JSON'
kyaml\t'KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s w -l write -d 'Write to this file, which must not exist or be equal, instead of standard output' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l push-secret -d 'Print a PushSecret, with which the operator writes the values into the store'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l adopt -d 'Make the ExternalSecret in the cluster, so that it takes the Secret over without a gap'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l compare-values -d 'Before anything is changed, compare the values of the store with those of the Secret, in memory'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l own -d 'Then change to Owner: the Secret goes with the ExternalSecret; refused where that would remove keys'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -l print-rbac -d 'Print the Role that --adopt needs, and exit'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s y -l yes -d 'Do not ask for confirmation'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand external" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s l -l selector -d 'Only ExternalSecrets with these labels' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l store -d 'Only ExternalSecrets that read this store' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l kind -d 'Kind of the store [default: either]' -r -f -a "SecretStore\t'A store of the namespace'
ClusterSecretStore\t'A store of the whole cluster'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l sync-timeout -d 'How long to wait for the syncs, such as 90s or 5m' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l order -d 'Workloads to restart before all others, in this order; repeat for each wave' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l max-parallel -d 'How many workloads of a wave are restarted at the same time' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l timeout -d 'How long to wait for new pods to become ready, such as 90s or 5m' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l settle -d 'How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l budget -d 'Refuse if more pods than this would be replaced' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s o -l output -d 'Output format of the result' -r -f -a "text\t'Text'
json\t'JSON; its schema is docs/schema/sync-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l all -d 'All ExternalSecrets of the namespace, or of all with -A'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s A -l all-namespaces -d 'Search all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l include-generated -d 'Also sync those whose generator then makes a new random value, which nothing else knows'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l wait -d 'Wait until each is synced and its keys are in the Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l restart -d 'Then restart, once, what still has an old value of a Secret that got a new one; implies --wait'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l include-volumes -d 'Also restart workloads that mount such a Secret as a directory'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -l print-rbac -d 'Print the Role that sync needs, and exit; with --restart, also what that needs'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s y -l yes -d 'Do not ask before workloads are restarted'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand sync" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l field-manager -d 'Name of the field manager' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -l allow-disk -d 'Allow the text to be written to a disk if there is no memory that is never swapped'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -s y -l yes -d 'Do not ask before changing the Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand edit" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l secret -d 'A Secret and the keys that the app reads, each in a file of its name or of FILE; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l tls -d 'A TLS Secret that the app reads, with the files tls.crt and tls.key; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l level -d 'Where the values are kept' -r -f -a "plain\t'Secrets that are created in the cluster: prints the commands'
sealed\t'SealedSecrets, for git: prints the commands that seal the values'
external\t'ExternalSecrets that read a store; needs --store and --path'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l kind -d 'Kind of the workload' -r -f -a "deployment\t''
statefulset\t'With the Service that it needs'
cronjob\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l image -d 'Image of the app [default: an example that has to be replaced]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l port -d 'Port on which the app listens' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l replicas -d 'Number of pods [default: 2, or 1 for a statefulset]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l schedule -d 'When a cronjob runs [default: 17 3 * * *]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l uid -d 'User and group of the process, which is also the group of the files' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l store -d 'Name of the store that has the values' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l store-kind -d 'Kind of the store [default: SecretStore]' -r -f -a "SecretStore\t'A store of the namespace'
ClusterSecretStore\t'A store of the whole cluster'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l path -d 'Where each value is in the store, as in external: {namespace}/{name}#{key}' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l refresh-interval -d 'How often the operator reads the store [default: 1h]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l snippets -d 'Add code that reads the files, in these languages, as comments' -r -f -a "python\t'Python'
typescript\t'TypeScript on Node.js'
go\t'Go'
java\t'Java'
rust\t'Rust'
shell\t'POSIX shell'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -s o -l output -d 'Format; json has no comments' -r -f -a "yaml\t'YAML'
json\t'JSON'
kyaml\t'KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -s w -l write -d 'Write to this file, which must not exist or be equal, instead of standard output' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand scaffold" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s f -l filename -d 'Manifest file or directory, or - for standard input; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s k -l kustomize -d 'Kustomization directory to build and read; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l contexts -d 'Search several contexts of the kubeconfig, in one report' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l clusters -d 'How many clusters need the same values' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l gitops -d 'Manifests are kept in git, as with GitOps' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l rotate-every -d 'How often values have to change, such as 90d; or never' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l audit -d 'It must be recorded who read and changed a value' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l compliance -d 'There is a standard to comply with, such as SOC 2 or HIPAA' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l offline -d 'The clusters have no connections to a store outside' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s o -l output -d 'Output format, or FORMAT=FILE to write to a file; repeatable [default: text]' -r -f -a "text\t'Text'
json\t'JSON; its schema is docs/schema/advice-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'
html\t'A self-contained HTML page'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l assume-complete -d 'Treat the files as complete: report Secrets that they lack as missing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s A -l all-namespaces -d 'Search all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -l all-contexts -d 'Search every context of the kubeconfig'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s q -l quiet -d 'Print only the recommendation, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand advise" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l mode -d 'What happens to a request that breaks the policy' -r -f -a "warn\t'It passes with a warning, and the audit log has it'
audit\t'It passes, and the audit log has it'
deny\t'It is refused'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l namespace-selector -d 'Labels of the namespaces that are judged [default: that of -n, or all but kube-system]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l exempt-label -d 'Label of objects that always pass' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s f -l filename -d 'Manifest file or directory, or - for standard input; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s k -l kustomize -d 'Kustomization directory to build and read; repeatable' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l contexts -d 'Search several contexts of the kubeconfig, in one report' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s o -l output -d 'Output format [default: yaml, or text with --who]' -r -f -a "text\t'Text (only with --who)'
yaml\t'YAML'
json\t'JSON; with --who its schema is docs/schema/policy-who-v1.json'
kyaml\t'KYAML, the flow style of kubectl 1.34 and later'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l kubeconfig -d 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s n -l namespace -d 'Namespace to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l token -d 'Bearer token for the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l as -d 'User to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l as-group -d 'Group to impersonate; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l certificate-authority -d 'CA certificate of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l client-key -d 'Private key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l tls-server-name -d 'Server name to expect in the API server\'s certificate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l insecure-skip-tls-verify -d 'Do not verify the API server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l request-timeout -d 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l proxy-url -d 'Proxy for requests to the API server, instead of the kubeconfig\'s or $HTTPS_PROXY' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l static -d 'Print it for the files that an API server of 1.37 or later reads when it starts'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l fix -d 'Also print a policy that sets readOnly: true on new mounts of Secrets (1.36 or later)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l who -d 'List the workloads that would not pass if they were created again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s R -l recursive -d 'Recurse into directories'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l assume-complete -d 'Treat the files as complete: report Secrets that they lack as missing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s A -l all-namespaces -d 'Search all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -l all-contexts -d 'Search every context of the kubeconfig'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand policy" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and not __fish_seen_subcommand_from leak help" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and not __fish_seen_subcommand_from leak help" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and not __fish_seen_subcommand_from leak help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and not __fish_seen_subcommand_from leak help" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and not __fish_seen_subcommand_from leak help" -f -a "leak" -d 'Check that create leaves no trace of a value on this machine'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and not __fish_seen_subcommand_from leak help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and __fish_seen_subcommand_from leak" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'A table'
json\t'JSON; its schema is docs/schema/selftest-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and __fish_seen_subcommand_from leak" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and __fish_seen_subcommand_from leak" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and __fish_seen_subcommand_from leak" -l dump -d 'Let the control dump core even if dumps are collected by a program or in a directory'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and __fish_seen_subcommand_from leak" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and __fish_seen_subcommand_from leak" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and __fish_seen_subcommand_from help" -f -a "leak" -d 'Check that create leaves no trace of a value on this machine'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand selftest; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand explain" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand explain" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand explain" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "bash" -d 'Print the completion script of kubectl-secretsafe for bash'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "zsh" -d 'Print the completion script of kubectl-secretsafe for zsh'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "fish" -d 'Print the completion script of kubectl-secretsafe for fish'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "powershell" -d 'Print the completion script of kubectl-secretsafe for PowerShell'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "install" -d 'Enable `kubectl secretsafe <TAB>`, by a link that kubectl looks for'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from bash" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from bash" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from bash" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from bash" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from zsh" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from zsh" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from zsh" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from zsh" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from fish" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from fish" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from fish" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from fish" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from powershell" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from powershell" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from powershell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from powershell" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -l dir -d 'Directory on PATH for the link [default: where this program is]' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -s v -l verbosity -d 'Verbose output: 1 logs requests and their status, never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Also in pipes and files, whatever the environment says'
never\t'Nowhere'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "bash" -d 'Print the completion script of kubectl-secretsafe for bash'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "zsh" -d 'Print the completion script of kubectl-secretsafe for zsh'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "fish" -d 'Print the completion script of kubectl-secretsafe for fish'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "powershell" -d 'Print the completion script of kubectl-secretsafe for PowerShell'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "install" -d 'Enable `kubectl secretsafe <TAB>`, by a link that kubectl looks for'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "create" -d 'Create or update a Secret without leaking its values'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "doctor" -d 'Find problems with Secrets and their use'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "consumers" -d 'List who uses a Secret, how, and whether a change has reached them'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "audit" -d 'List for every key how old it is, who uses it and who can read it'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "migrate" -d 'Move Secrets from environment variables to mounted files'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "rotate" -d 'Change a value, restart its consumers, and prove that all of them have it'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "restart" -d 'Restart the workloads that have an old value, or take a Secret when they start'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "seal" -d 'Turn Secrets into SealedSecrets, and keep those up to date'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "external" -d 'Make ExternalSecrets for Secrets, or let one take a Secret over without a gap'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "sync" -d 'Have ExternalSecrets read their stores now, and restart what has an old value'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "edit" -d 'Edit the values of a Secret in your editor, without leaving a copy'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "scaffold" -d 'Print a workload that reads its Secrets as files, to begin with'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "advise" -d 'Recommend where to keep values: in Secrets, SealedSecrets or an external store'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "policy" -d 'Print admission policies that keep insecure new uses of Secrets out'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "selftest" -d 'Check on this machine that values leave no trace'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "explain" -d 'Explain a rule of doctor, or list all rules'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "completion" -d 'Print or install shell completion'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers audit migrate rotate restart seal external sync edit scaffold advise policy selftest explain completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "generic" -d 'Create a Secret with keys of your choice (the default)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "tls" -d 'Create a TLS Secret from a certificate chain and its private key'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "docker-registry" -d 'Create a Secret with credentials for an image registry'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "basic-auth" -d 'Create a Secret with a user name and a password (kubernetes.io/basic-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "ssh-auth" -d 'Create a Secret with an SSH private key (kubernetes.io/ssh-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from seal" -f -a "set" -d 'Set one key in a SealedSecret file; every other byte stays'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from seal" -f -a "reseal" -d 'Encrypt SealedSecret files again with the controller\'s newest key'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from seal" -f -a "check" -d 'Check SealedSecret files without a cluster'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from selftest" -f -a "leak" -d 'Check that create leaves no trace of a value on this machine'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "bash" -d 'Print the completion script of kubectl-secretsafe for bash'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "zsh" -d 'Print the completion script of kubectl-secretsafe for zsh'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "fish" -d 'Print the completion script of kubectl-secretsafe for fish'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "powershell" -d 'Print the completion script of kubectl-secretsafe for PowerShell'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "install" -d 'Enable `kubectl secretsafe <TAB>`, by a link that kubectl looks for'
