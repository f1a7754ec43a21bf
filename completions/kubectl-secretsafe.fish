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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "migrate" -d 'Move Secrets from environment variables to mounted files'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "rotate" -d 'Change a value, restart its consumers, and prove that all of them have it'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "restart" -d 'Restart the workloads that have an old value, or take a Secret when they start'
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l label -d 'Add a label; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l annotation -d 'Add an annotation; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l append-hash -d 'Append a suffix to the name, random or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which reveal nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
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
SS099\t''"
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
SS099\t''"
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
SS099\t''"
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s f -l filename -d 'Manifest file or directory, or - for standard input; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s k -l kustomize -d 'Kustomization directory to render with kubectl and plan for' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s l -l selector -d 'Only workloads with these labels' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l secret -d 'Only variables from this Secret; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l reads-files -d 'Confirm that your app reads the files of these variables, or of all' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l mount-path -d 'Directory to mount each Secret at; {secret} is replaced by its name' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l path -d 'File name for a key, if your app expects a certain one; repeatable' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l mode -d 'Mode of the files in octal [default: 0400, or a mode that the process is known to be able to read]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l fs-group -d 'Set the pod\'s fsGroup, so that a process that is not root can read the files' -r
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
overlap\t'The old value stays under KEY_PREVIOUS until the end'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l canary -d 'Restart this workload first, alone, and go on only if it is well' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l verify-exec -d 'Run a command in this container of one new pod of each workload; it must succeed' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l grace -d 'How long to wait after all consumers have the new value, before what is left of the old one is removed' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l keep -d 'Keep the old value for this long, so that --undo can bring it back' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l dry-run -d 'Change nothing: client only plans, server also lets the API server check the change' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -s o -l output -d 'Output format of the plan and of the result' -r -f -a "text\t'Text'
json\t'JSON; its schema is docs/schema/rotation-v1.json'
yaml\t'The same as YAML'
kyaml\t'The same as KYAML, the flow style of kubectl 1.34 and later'"
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l include-volumes -d 'Also restart workloads that mount the Secret as a directory'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l stage -d 'Write the value and restart nothing; restart --stale does that later'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l resume -d 'Go on with the run that changes this Secret, from wherever it stopped'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l abort -d 'Take back the run that changes this Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l undo -d 'Bring the old value back after a run with --keep'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l status -d 'Show runs that are not over; with --exit-code, 1 if there are any'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l gc -d 'Remove old values that are not to be kept any longer'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand rotate" -l exit-code -d 'Exit with status 1 if something would change, or a run is not over'
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s y -l yes -d 'Do not ask for confirmation'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s q -l quiet -d 'Print only the plan, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand restart" -s V -l version -d 'Print version'
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
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "create" -d 'Create or update a Secret without leaking its values'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "doctor" -d 'Find problems with Secrets and their use'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "consumers" -d 'List who uses a Secret, how, and whether a change has reached them'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "migrate" -d 'Move Secrets from environment variables to mounted files'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "rotate" -d 'Change a value, restart its consumers, and prove that all of them have it'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "restart" -d 'Restart the workloads that have an old value, or take a Secret when they start'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "explain" -d 'Explain a rule of doctor, or list all rules'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "completion" -d 'Print or install shell completion'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate rotate restart explain completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "generic" -d 'Create a Secret with keys of your choice (the default)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "tls" -d 'Create a TLS Secret from a certificate chain and its private key'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "docker-registry" -d 'Create a Secret with credentials for an image registry'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "basic-auth" -d 'Create a Secret with a user name and a password (kubernetes.io/basic-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "ssh-auth" -d 'Create a Secret with an SSH private key (kubernetes.io/ssh-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "bash" -d 'Print the completion script of kubectl-secretsafe for bash'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "zsh" -d 'Print the completion script of kubectl-secretsafe for zsh'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "fish" -d 'Print the completion script of kubectl-secretsafe for fish'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "powershell" -d 'Print the completion script of kubectl-secretsafe for PowerShell'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "install" -d 'Enable `kubectl secretsafe <TAB>`, by a link that kubectl looks for'
