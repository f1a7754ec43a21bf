# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_secretsafe_global_optspecs
    string join \n v/verbosity= h/help V/version
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

complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "create" -d 'Create a Secret without its value ever reaching the process list, the shell history, a log or a leftover file'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "doctor" -d 'Find what is wrong with Secrets and their use, without reading a value'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "consumers" -d 'Tell who uses a Secret, how, and whether a change has arrived'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "migrate" -d 'Move Secrets from environment variables to mounted files'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "explain" -d 'Explain a rule of doctor, or list all'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "completion" -d 'Print or install shell completion'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l type -d 'Type of the Secret (default: Opaque, chosen by the server)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l stdin -d 'Take all of standard input as the value of KEY, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l prompt -d 'Ask for the value of KEY at a hidden prompt, twice' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l file -d 'Take a file\'s content; KEY is the file\'s name unless given' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l dir -d 'Take every file of a directory; follows the links of a mounted Secret' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l env-file -d 'Take every KEY=VALUE line of an env file' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l env-dialect -d 'How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)' -r -f -a "kubectl\t'As kubectl reads them: values verbatim'
dotenv\t'As dotenv tools read them: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l fd -d 'Read the value of KEY from the inherited file descriptor N' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l generate -d 'Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l from-file -d 'kubectl\'s spelling of --file and --dir, with kubectl\'s rules' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l from-env-file -d 'kubectl\'s spelling of --env-file, with kubectl\'s rules' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l from-literal -d 'Ask for the value of KEY (kubectl\'s KEY=VALUE is refused: the process list would show it)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l label -d 'Set a label' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l annotation -d 'Set an annotation' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l append-hash -d 'Append a suffix to the name: random, or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which tell nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l dry-run -d 'Show what would happen: client sends nothing, server lets the server check it' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s o -l output -d 'Print the object instead of a line about it; values are masked' -r -f -a "name\t'`secret/NAME`'
yaml\t'The object as YAML'
json\t'The object as JSON'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l field-manager -d 'Name under which the server records who set which field' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l trim-newline -d 'Remove one line end from the end of values that come from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l keep-newline -d 'Keep line ends at the end of values, and do not warn about them'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l replace -d 'If the Secret exists, make its keys exactly these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l show-values -d 'With -o yaml or json: show the values as base64 (an encoding, not encryption)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s y -l yes -d 'Answer yes to questions about changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "generic" -d 'A Secret with keys of your choice (the default kind)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "tls" -d 'A TLS certificate chain and its private key (kubernetes.io/tls)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "docker-registry" -d 'Credentials for an image registry (kubernetes.io/dockerconfigjson)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "basic-auth" -d 'A user name and a password (kubernetes.io/basic-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "ssh-auth" -d 'An SSH private key (kubernetes.io/ssh-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and not __fish_seen_subcommand_from generic tls docker-registry basic-auth ssh-auth help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l type -d 'Type of the Secret (default: Opaque, chosen by the server)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l stdin -d 'Take all of standard input as the value of KEY, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l prompt -d 'Ask for the value of KEY at a hidden prompt, twice' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l file -d 'Take a file\'s content; KEY is the file\'s name unless given' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l dir -d 'Take every file of a directory; follows the links of a mounted Secret' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l env-file -d 'Take every KEY=VALUE line of an env file' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l env-dialect -d 'How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)' -r -f -a "kubectl\t'As kubectl reads them: values verbatim'
dotenv\t'As dotenv tools read them: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l fd -d 'Read the value of KEY from the inherited file descriptor N' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l generate -d 'Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l from-file -d 'kubectl\'s spelling of --file and --dir, with kubectl\'s rules' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l from-env-file -d 'kubectl\'s spelling of --env-file, with kubectl\'s rules' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l from-literal -d 'Ask for the value of KEY (kubectl\'s KEY=VALUE is refused: the process list would show it)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l label -d 'Set a label' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l annotation -d 'Set an annotation' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l append-hash -d 'Append a suffix to the name: random, or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which tell nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l dry-run -d 'Show what would happen: client sends nothing, server lets the server check it' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s o -l output -d 'Print the object instead of a line about it; values are masked' -r -f -a "name\t'`secret/NAME`'
yaml\t'The object as YAML'
json\t'The object as JSON'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l field-manager -d 'Name under which the server records who set which field' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l trim-newline -d 'Remove one line end from the end of values that come from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l keep-newline -d 'Keep line ends at the end of values, and do not warn about them'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l replace -d 'If the Secret exists, make its keys exactly these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l show-values -d 'With -o yaml or json: show the values as base64 (an encoding, not encryption)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s y -l yes -d 'Answer yes to questions about changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from generic" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l cert -d 'PEM file with the certificate, followed by its intermediates' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l key -d 'PEM file with the private key of the certificate' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l ca -d 'PEM file with the CA certificate, stored as ca.crt' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l label -d 'Set a label' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l annotation -d 'Set an annotation' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l append-hash -d 'Append a suffix to the name: random, or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which tell nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l dry-run -d 'Show what would happen: client sends nothing, server lets the server check it' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s o -l output -d 'Print the object instead of a line about it; values are masked' -r -f -a "name\t'`secret/NAME`'
yaml\t'The object as YAML'
json\t'The object as JSON'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l field-manager -d 'Name under which the server records who set which field' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l allow-expired -d 'Accept an expired certificate'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l replace -d 'If the Secret exists, make its keys exactly these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l show-values -d 'With -o yaml or json: show the values as base64 (an encoding, not encryption)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s y -l yes -d 'Answer yes to questions about changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from tls" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-server -d 'Registry the credentials are for' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-username -d 'User name at the registry; the password is asked for, or read with --docker-password-stdin' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-email -d 'E-mail address stored with the credentials' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l from-file -l file -d 'An existing docker configuration file instead of user name and password' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-password -d 'Refused: the process list would show the password' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l label -d 'Set a label' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l annotation -d 'Set an annotation' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l append-hash -d 'Append a suffix to the name: random, or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which tell nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l dry-run -d 'Show what would happen: client sends nothing, server lets the server check it' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s o -l output -d 'Print the object instead of a line about it; values are masked' -r -f -a "name\t'`secret/NAME`'
yaml\t'The object as YAML'
json\t'The object as JSON'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l field-manager -d 'Name under which the server records who set which field' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l docker-password-stdin -d 'Read the password from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l replace -d 'If the Secret exists, make its keys exactly these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l show-values -d 'With -o yaml or json: show the values as base64 (an encoding, not encryption)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s y -l yes -d 'Answer yes to questions about changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from docker-registry" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l stdin -d 'Take all of standard input as the value of KEY, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l prompt -d 'Ask for the value of KEY at a hidden prompt, twice' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l file -d 'Take a file\'s content; KEY is the file\'s name unless given' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l dir -d 'Take every file of a directory; follows the links of a mounted Secret' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l env-file -d 'Take every KEY=VALUE line of an env file' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l env-dialect -d 'How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)' -r -f -a "kubectl\t'As kubectl reads them: values verbatim'
dotenv\t'As dotenv tools read them: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l fd -d 'Read the value of KEY from the inherited file descriptor N' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l generate -d 'Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l from-file -d 'kubectl\'s spelling of --file and --dir, with kubectl\'s rules' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l from-env-file -d 'kubectl\'s spelling of --env-file, with kubectl\'s rules' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l from-literal -d 'Ask for the value of KEY (kubectl\'s KEY=VALUE is refused: the process list would show it)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l label -d 'Set a label' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l annotation -d 'Set an annotation' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l append-hash -d 'Append a suffix to the name: random, or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which tell nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l dry-run -d 'Show what would happen: client sends nothing, server lets the server check it' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s o -l output -d 'Print the object instead of a line about it; values are masked' -r -f -a "name\t'`secret/NAME`'
yaml\t'The object as YAML'
json\t'The object as JSON'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l field-manager -d 'Name under which the server records who set which field' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l trim-newline -d 'Remove one line end from the end of values that come from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l keep-newline -d 'Keep line ends at the end of values, and do not warn about them'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l replace -d 'If the Secret exists, make its keys exactly these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l show-values -d 'With -o yaml or json: show the values as base64 (an encoding, not encryption)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s y -l yes -d 'Answer yes to questions about changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from basic-auth" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l stdin -d 'Take all of standard input as the value of KEY, byte for byte' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l prompt -d 'Ask for the value of KEY at a hidden prompt, twice' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l file -d 'Take a file\'s content; KEY is the file\'s name unless given' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l dir -d 'Take every file of a directory; follows the links of a mounted Secret' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l env-file -d 'Take every KEY=VALUE line of an env file' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l env-dialect -d 'How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)' -r -f -a "kubectl\t'As kubectl reads them: values verbatim'
dotenv\t'As dotenv tools read them: quotes, escapes, comments'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l fd -d 'Read the value of KEY from the inherited file descriptor N' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l generate -d 'Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l from-file -d 'kubectl\'s spelling of --file and --dir, with kubectl\'s rules' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l from-env-file -d 'kubectl\'s spelling of --env-file, with kubectl\'s rules' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l from-literal -d 'Ask for the value of KEY (kubectl\'s KEY=VALUE is refused: the process list would show it)' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l label -d 'Set a label' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l annotation -d 'Set an annotation' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l append-hash -d 'Append a suffix to the name: random, or kubectl\'s hash of the values' -r -f -a "random\t'Random characters, which tell nothing about the values'
kubectl\t'kubectl\'s hash of the values'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l dry-run -d 'Show what would happen: client sends nothing, server lets the server check it' -r -f -a "none\t'No dry run'
client\t'Nothing is sent'
server\t'The server checks and answers, and stores nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s o -l output -d 'Print the object instead of a line about it; values are masked' -r -f -a "name\t'`secret/NAME`'
yaml\t'The object as YAML'
json\t'The object as JSON'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l field-manager -d 'Name under which the server records who set which field' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l stdin-env -d 'Read an env file from standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l trim-newline -d 'Remove one line end from the end of values that come from files, descriptors and standard input'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l keep-newline -d 'Keep line ends at the end of values, and do not warn about them'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l immutable -d 'Make the Secret immutable: its values can never change again'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l update -d 'If the Secret exists, set these keys and keep the others'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l replace -d 'If the Secret exists, make its keys exactly these'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l show-values -d 'With -o yaml or json: show the values as base64 (an encoding, not encryption)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l shred -d 'Overwrite and remove the source files once the cluster\'s copy is proven equal'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -l keep -d 'Keep the source files without asking'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s q -l quiet -d 'Print only the result, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s y -l yes -d 'Answer yes to questions about changing an existing Secret'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from ssh-auth" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "generic" -d 'A Secret with keys of your choice (the default kind)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "tls" -d 'A TLS certificate chain and its private key (kubernetes.io/tls)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "docker-registry" -d 'Credentials for an image registry (kubernetes.io/dockerconfigjson)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "basic-auth" -d 'A user name and a password (kubernetes.io/basic-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "ssh-auth" -d 'An SSH private key (kubernetes.io/ssh-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s f -l filename -d 'Manifest file or folder; - is standard input; may be repeated. Nothing is asked of a cluster then' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s k -l kustomize -d 'Folder of a kustomization to build and look at' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l contexts -d 'Several clusters of the kubeconfig, one report' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s l -l selector -d 'Only workloads with these labels' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l only -d 'Look for these rules only, by id or name' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l skip -d 'Do not look for these rules' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l max-age -d 'Warn of keys that were not written for this long: 90d, 12h. Files do not tell that' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l config -d 'Configuration file [default: .secretsafe.yaml of this folder or one above]' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l baseline -d 'Do not count findings that this file (of --write-baseline) already has' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l write-baseline -d 'Write what is found now to FILE, and end well' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s o -l output -d 'How to print it: FORMAT, or FORMAT=FILE to write a file; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l fail-on -d 'From which severity on to end with status 1' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
info\t'Everything'
never\t'Nothing'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l unsafe -d 'With --fix: ask for each edit that may break something as well; of these rules only, if any are named' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s R -l recursive -d 'Read the folders in folders too'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l assume-complete -d 'Take the files for all there is: a Secret that is not among them is missing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s A -l all-namespaces -d 'Look at all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l all-contexts -d 'Every cluster of the kubeconfig'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l inspect-values -d 'Also read the values of Secrets and judge them; only verdicts are told, never content'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l fix -d 'Make the edits in the files that change nothing for a running program; shows them and asks first'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s y -l yes -d 'With --fix: do not ask. It agrees to edits that may break something only where --unsafe names their rules'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -l print-rbac -d 'Print the role that lets doctor see everything, and end'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s q -l quiet -d 'Print only the report, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s f -l filename -d 'Manifest file or folder; - is standard input; may be repeated. Nothing is asked of a cluster then' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s k -l kustomize -d 'Folder of a kustomization to build and look at' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l contexts -d 'Several clusters of the kubeconfig, one report' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s o -l output -d 'How to print it' -r -f -a "text\t'Text for people'
json\t'JSON; its schema is docs/schema/consumers-v1.json'
dot\t'A graph for Graphviz'
mermaid\t'A graph for Mermaid, which Markdown pages show'
name\t'One object a line, as kubectl takes it'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s R -l recursive -d 'Read the folders in folders too'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l assume-complete -d 'Take the files for all there is: a Secret that is not among them is missing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s A -l all-namespaces -d 'Look at all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -l all-contexts -d 'Every cluster of the kubeconfig'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s q -l quiet -d 'Print only the report, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand consumers" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s f -l filename -d 'Manifest file or folder; - is standard input; may be repeated. No cluster is asked then' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s k -l kustomize -d 'Kustomization to render with kubectl and plan on. No file is written: put the patches of --emit kustomize into it, or migrate its base with -f' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s l -l selector -d 'Only workloads with these labels' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l secret -d 'Only variables that come from this Secret; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l reads-files -d 'For these variables the program reads the file; all for every one' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l mount-path -d 'Where Secrets are mounted; {secret} stands for the Secret\'s name' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l path -d 'File name for a key, where the program expects a certain one; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l mode -d 'Mode of the files in octal [default: 0400, or what the process is known to be able to read]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l fs-group -d 'Give the pod this fsGroup, so that a process that is not root can read the files' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l snippets -d 'Show how the program reads the files, in these languages' -r -f -a "python\t'Python'
typescript\t'TypeScript on Node.js'
go\t'Go'
java\t'Java'
rust\t'Rust'
shell\t'POSIX shell'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l config -d 'Configuration file, whose fileConventions are images that read files [default: .secretsafe.yaml of this folder or one above]' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l output-dir -d 'With -f: write the changed files below this folder instead' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l emit -d 'With -f or -k: print patches instead of a diff' -r -f -a "patch\t'JSON Patches for kubectl patch; not with -k'
kustomize\t'A kustomization with these patches, to be added to one that includes the workloads'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s o -l output -d 'Print the plan as text or json' -r -f -a "text\t'One workload in detail, several as a table'
wide\t'Every workload in detail'
diff\t'The change as a diff (files only)'
json\t'JSON; its schema is docs/schema/migration-v1.json'"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l timeout -d 'How long to wait for new pods to be ready; the time for which they have to stay so comes on top' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l settle -d 'How long a new pod has to stay up before it takes an old one\'s place and counts, such as 45s or 2m [default: 30s, or longer where probes or earlier restarts take longer to show]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l kubeconfig -d 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s n -l namespace -d 'The namespace to act in' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s s -l server -d 'The address of the API server' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l token -d 'Bearer token for the API server; it shows in the process list, a kubeconfig does not' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l as -d 'The user to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l as-group -d 'A group to impersonate; may be repeated' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l as-uid -d 'The UID to impersonate' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l certificate-authority -d 'Certificate authority of the API server (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l client-certificate -d 'Client certificate for TLS (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l client-key -d 'Key of the client certificate (PEM)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l tls-server-name -d 'The name the server\'s certificate must carry' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; anyone on the way can then read the Secrets' -r -f -a "true\t''
false\t''"
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l request-timeout -d 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s R -l recursive -d 'Read the folders in folders too'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s A -l all-namespaces -d 'Look at all namespaces'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l remove-env -d 'Remove variables whose file is mounted already and whose program reads it'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l complete -d 'Add the files and remove the variables in one go'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l default-user -d 'Let the files belong to the uid of the process that reads them, where nothing else lets it; the server is asked by a dry run whether it keeps defaultUser (Kubernetes 1.38)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l verify-read -d 'Where the image decides as whom a process runs, ask its running container once whether it can read the files; no value is read'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l resolve-images -d 'Ask the registries of images as whom they run and what they start, where that decides something, with docker\'s logins; answers are kept by digest in the user\'s cache folder'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l force-unproven -d 'Remove variables even where it is not proven that the process can read the file, or known that it cannot'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l shim -d 'Wrap commands that are written in the manifest so that the variable is set from the file when the program starts'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l dry-run -d 'Show the plan and change nothing'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l write -d 'With -f: write the files'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l exit-code -d 'End with status 1 when something would change'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s y -l yes -d 'Do not ask; files are then written without showing the diff'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l undo -d 'Take back the last migration of these workloads'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l no-undo -d 'Keep a change whose pods do not become ready'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -l force-live -d 'Change workloads that Helm, Argo CD or Flux write, too'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s q -l quiet -d 'Print only the plan, warnings and errors'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand migrate" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand explain" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand explain" -s h -l help -d 'Print help'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand explain" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -s h -l help -d 'Print help'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "bash" -d 'Completion of kubectl-secretsafe for bash'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "zsh" -d 'Completion of kubectl-secretsafe for zsh'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "fish" -d 'Completion of kubectl-secretsafe for fish'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "powershell" -d 'Completion of kubectl-secretsafe for PowerShell'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "install" -d 'Make `kubectl secretsafe <TAB>` work: a link beside the plugin, which kubectl looks for'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and not __fish_seen_subcommand_from bash zsh fish powershell install help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from bash" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from bash" -s h -l help -d 'Print help'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from bash" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from zsh" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from zsh" -s h -l help -d 'Print help'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from zsh" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from fish" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from fish" -s h -l help -d 'Print help'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from fish" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from powershell" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from powershell" -s h -l help -d 'Print help'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from powershell" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -l dir -d 'Directory on PATH for the link (default: where this program is)' -r -F
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -s v -l verbosity -d 'Tell more about what is done: 1 requests and their status; never contents' -r
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from install" -s V -l version -d 'Print version'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "bash" -d 'Completion of kubectl-secretsafe for bash'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "zsh" -d 'Completion of kubectl-secretsafe for zsh'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "fish" -d 'Completion of kubectl-secretsafe for fish'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "powershell" -d 'Completion of kubectl-secretsafe for PowerShell'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "install" -d 'Make `kubectl secretsafe <TAB>` work: a link beside the plugin, which kubectl looks for'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand completion; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate explain completion help" -f -a "create" -d 'Create a Secret without its value ever reaching the process list, the shell history, a log or a leftover file'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate explain completion help" -f -a "doctor" -d 'Find what is wrong with Secrets and their use, without reading a value'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate explain completion help" -f -a "consumers" -d 'Tell who uses a Secret, how, and whether a change has arrived'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate explain completion help" -f -a "migrate" -d 'Move Secrets from environment variables to mounted files'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate explain completion help" -f -a "explain" -d 'Explain a rule of doctor, or list all'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate explain completion help" -f -a "completion" -d 'Print or install shell completion'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and not __fish_seen_subcommand_from create doctor consumers migrate explain completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "generic" -d 'A Secret with keys of your choice (the default kind)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "tls" -d 'A TLS certificate chain and its private key (kubernetes.io/tls)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "docker-registry" -d 'Credentials for an image registry (kubernetes.io/dockerconfigjson)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "basic-auth" -d 'A user name and a password (kubernetes.io/basic-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "ssh-auth" -d 'An SSH private key (kubernetes.io/ssh-auth)'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "bash" -d 'Completion of kubectl-secretsafe for bash'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "zsh" -d 'Completion of kubectl-secretsafe for zsh'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "fish" -d 'Completion of kubectl-secretsafe for fish'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "powershell" -d 'Completion of kubectl-secretsafe for PowerShell'
complete -c kubectl-secretsafe -n "__fish_kubectl_secretsafe_using_subcommand help; and __fish_seen_subcommand_from completion" -f -a "install" -d 'Make `kubectl secretsafe <TAB>` work: a link beside the plugin, which kubectl looks for'
