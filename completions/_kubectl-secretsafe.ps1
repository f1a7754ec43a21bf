
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'kubectl-secretsafe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'kubectl-secretsafe'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'kubectl-secretsafe' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a Secret without its value ever reaching the process list, the shell history, a log or a leftover file')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find what is wrong with Secrets and their use, without reading a value')
            [CompletionResult]::new('consumers', 'consumers', [CompletionResultType]::ParameterValue, 'Tell who uses a Secret, how, and whether a change has arrived')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Move Secrets from environment variables to mounted files')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a rule of doctor, or list all')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print or install shell completion')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;create' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Type of the Secret (default: Opaque, chosen by the server)')
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Take all of standard input as the value of KEY, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Ask for the value of KEY at a hidden prompt, twice')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Take a file''s content; KEY is the file''s name unless given')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Take every file of a directory; follows the links of a mounted Secret')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Take every KEY=VALUE line of an env file')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'kubectl''s spelling of --file and --dir, with kubectl''s rules')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'kubectl''s spelling of --env-file, with kubectl''s rules')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Ask for the value of KEY (kubectl''s KEY=VALUE is refused: the process list would show it)')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Set a label')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Set an annotation')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name: random, or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would happen: client sends nothing, server lets the server check it')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name under which the server records who set which field')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one line end from the end of values that come from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep line ends at the end of values, and do not warn about them')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, make its keys exactly these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'With -o yaml or json: show the values as base64 (an encoding, not encryption)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('generic', 'generic', [CompletionResultType]::ParameterValue, 'A Secret with keys of your choice (the default kind)')
            [CompletionResult]::new('tls', 'tls', [CompletionResultType]::ParameterValue, 'A TLS certificate chain and its private key (kubernetes.io/tls)')
            [CompletionResult]::new('docker-registry', 'docker-registry', [CompletionResultType]::ParameterValue, 'Credentials for an image registry (kubernetes.io/dockerconfigjson)')
            [CompletionResult]::new('basic-auth', 'basic-auth', [CompletionResultType]::ParameterValue, 'A user name and a password (kubernetes.io/basic-auth)')
            [CompletionResult]::new('ssh-auth', 'ssh-auth', [CompletionResultType]::ParameterValue, 'An SSH private key (kubernetes.io/ssh-auth)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;create;generic' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Type of the Secret (default: Opaque, chosen by the server)')
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Take all of standard input as the value of KEY, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Ask for the value of KEY at a hidden prompt, twice')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Take a file''s content; KEY is the file''s name unless given')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Take every file of a directory; follows the links of a mounted Secret')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Take every KEY=VALUE line of an env file')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'kubectl''s spelling of --file and --dir, with kubectl''s rules')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'kubectl''s spelling of --env-file, with kubectl''s rules')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Ask for the value of KEY (kubectl''s KEY=VALUE is refused: the process list would show it)')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Set a label')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Set an annotation')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name: random, or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would happen: client sends nothing, server lets the server check it')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name under which the server records who set which field')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one line end from the end of values that come from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep line ends at the end of values, and do not warn about them')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, make its keys exactly these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'With -o yaml or json: show the values as base64 (an encoding, not encryption)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;tls' {
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'PEM file with the certificate, followed by its intermediates')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'PEM file with the private key of the certificate')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'PEM file with the CA certificate, stored as ca.crt')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Set a label')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Set an annotation')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name: random, or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would happen: client sends nothing, server lets the server check it')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name under which the server records who set which field')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--allow-expired', '--allow-expired', [CompletionResultType]::ParameterName, 'Accept an expired certificate')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, make its keys exactly these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'With -o yaml or json: show the values as base64 (an encoding, not encryption)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;docker-registry' {
            [CompletionResult]::new('--docker-server', '--docker-server', [CompletionResultType]::ParameterName, 'Registry the credentials are for')
            [CompletionResult]::new('--docker-username', '--docker-username', [CompletionResultType]::ParameterName, 'User name at the registry; the password is asked for, or read with --docker-password-stdin')
            [CompletionResult]::new('--docker-email', '--docker-email', [CompletionResultType]::ParameterName, 'E-mail address stored with the credentials')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'An existing docker configuration file instead of user name and password')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'An existing docker configuration file instead of user name and password')
            [CompletionResult]::new('--docker-password', '--docker-password', [CompletionResultType]::ParameterName, 'Refused: the process list would show the password')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Set a label')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Set an annotation')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name: random, or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would happen: client sends nothing, server lets the server check it')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name under which the server records who set which field')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--docker-password-stdin', '--docker-password-stdin', [CompletionResultType]::ParameterName, 'Read the password from standard input')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, make its keys exactly these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'With -o yaml or json: show the values as base64 (an encoding, not encryption)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;basic-auth' {
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Take all of standard input as the value of KEY, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Ask for the value of KEY at a hidden prompt, twice')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Take a file''s content; KEY is the file''s name unless given')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Take every file of a directory; follows the links of a mounted Secret')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Take every KEY=VALUE line of an env file')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'kubectl''s spelling of --file and --dir, with kubectl''s rules')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'kubectl''s spelling of --env-file, with kubectl''s rules')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Ask for the value of KEY (kubectl''s KEY=VALUE is refused: the process list would show it)')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Set a label')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Set an annotation')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name: random, or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would happen: client sends nothing, server lets the server check it')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name under which the server records who set which field')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one line end from the end of values that come from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep line ends at the end of values, and do not warn about them')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, make its keys exactly these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'With -o yaml or json: show the values as base64 (an encoding, not encryption)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;ssh-auth' {
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Take all of standard input as the value of KEY, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Ask for the value of KEY at a hidden prompt, twice')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Take a file''s content; KEY is the file''s name unless given')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Take every file of a directory; follows the links of a mounted Secret')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Take every KEY=VALUE line of an env file')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How env files are read: as kubectl does (values verbatim), or as dotenv tools do (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY (default: 32 characters, alnum; ALPHABET is alnum, hex, base64url, ascii, digits, lower, or the characters themselves)')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'kubectl''s spelling of --file and --dir, with kubectl''s rules')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'kubectl''s spelling of --env-file, with kubectl''s rules')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Ask for the value of KEY (kubectl''s KEY=VALUE is refused: the process list would show it)')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Set a label')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Set an annotation')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name: random, or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would happen: client sends nothing, server lets the server check it')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a line about it; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name under which the server records who set which field')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one line end from the end of values that come from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep line ends at the end of values, and do not warn about them')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, make its keys exactly these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'With -o yaml or json: show the values as base64 (an encoding, not encryption)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to questions about changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;help' {
            [CompletionResult]::new('generic', 'generic', [CompletionResultType]::ParameterValue, 'A Secret with keys of your choice (the default kind)')
            [CompletionResult]::new('tls', 'tls', [CompletionResultType]::ParameterValue, 'A TLS certificate chain and its private key (kubernetes.io/tls)')
            [CompletionResult]::new('docker-registry', 'docker-registry', [CompletionResultType]::ParameterValue, 'Credentials for an image registry (kubernetes.io/dockerconfigjson)')
            [CompletionResult]::new('basic-auth', 'basic-auth', [CompletionResultType]::ParameterValue, 'A user name and a password (kubernetes.io/basic-auth)')
            [CompletionResult]::new('ssh-auth', 'ssh-auth', [CompletionResultType]::ParameterValue, 'An SSH private key (kubernetes.io/ssh-auth)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;create;help;generic' {
            break
        }
        'kubectl-secretsafe;create;help;tls' {
            break
        }
        'kubectl-secretsafe;create;help;docker-registry' {
            break
        }
        'kubectl-secretsafe;create;help;basic-auth' {
            break
        }
        'kubectl-secretsafe;create;help;ssh-auth' {
            break
        }
        'kubectl-secretsafe;create;help;help' {
            break
        }
        'kubectl-secretsafe;doctor' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Manifest file or folder; - is standard input; may be repeated. Nothing is asked of a cluster then')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Manifest file or folder; - is standard input; may be repeated. Nothing is asked of a cluster then')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Folder of a kustomization to build and look at')
            [CompletionResult]::new('--kustomize', '--kustomize', [CompletionResultType]::ParameterName, 'Folder of a kustomization to build and look at')
            [CompletionResult]::new('--contexts', '--contexts', [CompletionResultType]::ParameterName, 'Several clusters of the kubeconfig, one report')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only workloads with these labels')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only workloads with these labels')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Look for these rules only, by id or name')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Do not look for these rules')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Warn of keys that were not written for this long: 90d, 12h. Files do not tell that')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: .secretsafe.yaml of this folder or one above]')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Do not count findings that this file (of --write-baseline) already has')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Write what is found now to FILE, and end well')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print it: FORMAT, or FORMAT=FILE to write a file; may be repeated')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print it: FORMAT, or FORMAT=FILE to write a file; may be repeated')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'From which severity on to end with status 1')
            [CompletionResult]::new('--unsafe', '--unsafe', [CompletionResultType]::ParameterName, 'With --fix: ask for each edit that may break something as well; of these rules only, if any are named')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read the folders in folders too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read the folders in folders too')
            [CompletionResult]::new('--assume-complete', '--assume-complete', [CompletionResultType]::ParameterName, 'Take the files for all there is: a Secret that is not among them is missing')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Look at all namespaces')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Look at all namespaces')
            [CompletionResult]::new('--all-contexts', '--all-contexts', [CompletionResultType]::ParameterName, 'Every cluster of the kubeconfig')
            [CompletionResult]::new('--inspect-values', '--inspect-values', [CompletionResultType]::ParameterName, 'Also read the values of Secrets and judge them; only verdicts are told, never content')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Make the edits in the files that change nothing for a running program; shows them and asks first')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'With --fix: do not ask. It agrees to edits that may break something only where --unsafe names their rules')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'With --fix: do not ask. It agrees to edits that may break something only where --unsafe names their rules')
            [CompletionResult]::new('--print-rbac', '--print-rbac', [CompletionResultType]::ParameterName, 'Print the role that lets doctor see everything, and end')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the report, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the report, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;consumers' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Manifest file or folder; - is standard input; may be repeated. Nothing is asked of a cluster then')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Manifest file or folder; - is standard input; may be repeated. Nothing is asked of a cluster then')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Folder of a kustomization to build and look at')
            [CompletionResult]::new('--kustomize', '--kustomize', [CompletionResultType]::ParameterName, 'Folder of a kustomization to build and look at')
            [CompletionResult]::new('--contexts', '--contexts', [CompletionResultType]::ParameterName, 'Several clusters of the kubeconfig, one report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read the folders in folders too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read the folders in folders too')
            [CompletionResult]::new('--assume-complete', '--assume-complete', [CompletionResultType]::ParameterName, 'Take the files for all there is: a Secret that is not among them is missing')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Look at all namespaces')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Look at all namespaces')
            [CompletionResult]::new('--all-contexts', '--all-contexts', [CompletionResultType]::ParameterName, 'Every cluster of the kubeconfig')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the report, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the report, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;migrate' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Manifest file or folder; - is standard input; may be repeated. No cluster is asked then')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Manifest file or folder; - is standard input; may be repeated. No cluster is asked then')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Kustomization to render with kubectl and plan on. No file is written: put the patches of --emit kustomize into it, or migrate its base with -f')
            [CompletionResult]::new('--kustomize', '--kustomize', [CompletionResultType]::ParameterName, 'Kustomization to render with kubectl and plan on. No file is written: put the patches of --emit kustomize into it, or migrate its base with -f')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only workloads with these labels')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only workloads with these labels')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Only variables that come from this Secret; may be repeated')
            [CompletionResult]::new('--reads-files', '--reads-files', [CompletionResultType]::ParameterName, 'For these variables the program reads the file; all for every one')
            [CompletionResult]::new('--mount-path', '--mount-path', [CompletionResultType]::ParameterName, 'Where Secrets are mounted; {secret} stands for the Secret''s name')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'File name for a key, where the program expects a certain one; may be repeated')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'Mode of the files in octal [default: 0400, or what the process is known to be able to read]')
            [CompletionResult]::new('--fs-group', '--fs-group', [CompletionResultType]::ParameterName, 'Give the pod this fsGroup, so that a process that is not root can read the files')
            [CompletionResult]::new('--snippets', '--snippets', [CompletionResultType]::ParameterName, 'Show how the program reads the files, in these languages')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, whose fileConventions are images that read files [default: .secretsafe.yaml of this folder or one above]')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'With -f: write the changed files below this folder instead')
            [CompletionResult]::new('--emit', '--emit', [CompletionResultType]::ParameterName, 'With -f or -k: print patches instead of a diff')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the plan as text or json')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the plan as text or json')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for new pods to be ready; the time for which they have to stay so comes on top')
            [CompletionResult]::new('--settle', '--settle', [CompletionResultType]::ParameterName, 'How long a new pod has to stay up before it takes an old one''s place and counts, such as 45s or 2m [default: 30s, or longer where probes or earlier restarts take longer to show]')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace to act in')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server; it shows in the process list, a kubeconfig does not')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The user to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'A group to impersonate; may be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'The UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate authority of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'The name the server''s certificate must carry')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate; anyone on the way can then read the Secrets')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request may take: 10s, 1m30s, or a number of seconds; 0 means for ever [default: 30s]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read the folders in folders too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read the folders in folders too')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Look at all namespaces')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Look at all namespaces')
            [CompletionResult]::new('--remove-env', '--remove-env', [CompletionResultType]::ParameterName, 'Remove variables whose file is mounted already and whose program reads it')
            [CompletionResult]::new('--complete', '--complete', [CompletionResultType]::ParameterName, 'Add the files and remove the variables in one go')
            [CompletionResult]::new('--default-user', '--default-user', [CompletionResultType]::ParameterName, 'Let the files belong to the uid of the process that reads them, where nothing else lets it; the server is asked by a dry run whether it keeps defaultUser (Kubernetes 1.38)')
            [CompletionResult]::new('--verify-read', '--verify-read', [CompletionResultType]::ParameterName, 'Where the image decides as whom a process runs, ask its running container once whether it can read the files; no value is read')
            [CompletionResult]::new('--resolve-images', '--resolve-images', [CompletionResultType]::ParameterName, 'Ask the registries of images as whom they run and what they start, where that decides something, with docker''s logins; answers are kept by digest in the user''s cache folder')
            [CompletionResult]::new('--force-unproven', '--force-unproven', [CompletionResultType]::ParameterName, 'Remove variables even where it is not proven that the process can read the file, or known that it cannot')
            [CompletionResult]::new('--shim', '--shim', [CompletionResultType]::ParameterName, 'Wrap commands that are written in the manifest so that the variable is set from the file when the program starts')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the plan and change nothing')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'With -f: write the files')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'End with status 1 when something would change')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask; files are then written without showing the diff')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; files are then written without showing the diff')
            [CompletionResult]::new('--undo', '--undo', [CompletionResultType]::ParameterName, 'Take back the last migration of these workloads')
            [CompletionResult]::new('--no-undo', '--no-undo', [CompletionResultType]::ParameterName, 'Keep a change whose pods do not become ready')
            [CompletionResult]::new('--force-live', '--force-live', [CompletionResultType]::ParameterName, 'Change workloads that Helm, Argo CD or Flux write, too')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the plan, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the plan, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;explain' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('bash', 'bash', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for bash')
            [CompletionResult]::new('zsh', 'zsh', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for zsh')
            [CompletionResult]::new('fish', 'fish', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for fish')
            [CompletionResult]::new('powershell', 'powershell', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for PowerShell')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Make `kubectl secretsafe <TAB>` work: a link beside the plugin, which kubectl looks for')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;completion;bash' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;zsh' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;fish' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;powershell' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;install' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Directory on PATH for the link (default: where this program is)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Tell more about what is done: 1 requests and their status; never contents')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;help' {
            [CompletionResult]::new('bash', 'bash', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for bash')
            [CompletionResult]::new('zsh', 'zsh', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for zsh')
            [CompletionResult]::new('fish', 'fish', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for fish')
            [CompletionResult]::new('powershell', 'powershell', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for PowerShell')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Make `kubectl secretsafe <TAB>` work: a link beside the plugin, which kubectl looks for')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;completion;help;bash' {
            break
        }
        'kubectl-secretsafe;completion;help;zsh' {
            break
        }
        'kubectl-secretsafe;completion;help;fish' {
            break
        }
        'kubectl-secretsafe;completion;help;powershell' {
            break
        }
        'kubectl-secretsafe;completion;help;install' {
            break
        }
        'kubectl-secretsafe;completion;help;help' {
            break
        }
        'kubectl-secretsafe;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a Secret without its value ever reaching the process list, the shell history, a log or a leftover file')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find what is wrong with Secrets and their use, without reading a value')
            [CompletionResult]::new('consumers', 'consumers', [CompletionResultType]::ParameterValue, 'Tell who uses a Secret, how, and whether a change has arrived')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Move Secrets from environment variables to mounted files')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a rule of doctor, or list all')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print or install shell completion')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;help;create' {
            [CompletionResult]::new('generic', 'generic', [CompletionResultType]::ParameterValue, 'A Secret with keys of your choice (the default kind)')
            [CompletionResult]::new('tls', 'tls', [CompletionResultType]::ParameterValue, 'A TLS certificate chain and its private key (kubernetes.io/tls)')
            [CompletionResult]::new('docker-registry', 'docker-registry', [CompletionResultType]::ParameterValue, 'Credentials for an image registry (kubernetes.io/dockerconfigjson)')
            [CompletionResult]::new('basic-auth', 'basic-auth', [CompletionResultType]::ParameterValue, 'A user name and a password (kubernetes.io/basic-auth)')
            [CompletionResult]::new('ssh-auth', 'ssh-auth', [CompletionResultType]::ParameterValue, 'An SSH private key (kubernetes.io/ssh-auth)')
            break
        }
        'kubectl-secretsafe;help;create;generic' {
            break
        }
        'kubectl-secretsafe;help;create;tls' {
            break
        }
        'kubectl-secretsafe;help;create;docker-registry' {
            break
        }
        'kubectl-secretsafe;help;create;basic-auth' {
            break
        }
        'kubectl-secretsafe;help;create;ssh-auth' {
            break
        }
        'kubectl-secretsafe;help;doctor' {
            break
        }
        'kubectl-secretsafe;help;consumers' {
            break
        }
        'kubectl-secretsafe;help;migrate' {
            break
        }
        'kubectl-secretsafe;help;explain' {
            break
        }
        'kubectl-secretsafe;help;completion' {
            [CompletionResult]::new('bash', 'bash', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for bash')
            [CompletionResult]::new('zsh', 'zsh', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for zsh')
            [CompletionResult]::new('fish', 'fish', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for fish')
            [CompletionResult]::new('powershell', 'powershell', [CompletionResultType]::ParameterValue, 'Completion of kubectl-secretsafe for PowerShell')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Make `kubectl secretsafe <TAB>` work: a link beside the plugin, which kubectl looks for')
            break
        }
        'kubectl-secretsafe;help;completion;bash' {
            break
        }
        'kubectl-secretsafe;help;completion;zsh' {
            break
        }
        'kubectl-secretsafe;help;completion;fish' {
            break
        }
        'kubectl-secretsafe;help;completion;powershell' {
            break
        }
        'kubectl-secretsafe;help;completion;install' {
            break
        }
        'kubectl-secretsafe;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
