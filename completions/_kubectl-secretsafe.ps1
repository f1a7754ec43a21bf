
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
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create or update a Secret without leaking its values')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find problems with Secrets and their use')
            [CompletionResult]::new('consumers', 'consumers', [CompletionResultType]::ParameterValue, 'List who uses a Secret, how, and whether a change has reached them')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Move Secrets from environment variables to mounted files')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Change a value, restart its consumers, and prove that all of them have it')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Restart the workloads that have an old value, or take a Secret when they start')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a rule of doctor, or list all rules')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print or install shell completion')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;create' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Type of the Secret [default: Opaque]')
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Read the value of KEY from standard input, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY, hidden and twice; repeatable')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read a value from a file; KEY defaults to the file''s name; repeatable')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Read every file in a directory as a key; works for mounted Secrets, too')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read every KEY=VALUE line of an env file; repeatable')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N; repeatable')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY, of 32 letters and digits by default; repeatable')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'Read a file or a directory by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'Read an env file by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Add a label; repeatable')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Add an annotation; repeatable')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name, random or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name of the field manager for server-side apply')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one trailing newline from values read from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep trailing newlines, without a warning')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, replace all of its keys with these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept an empty standard input or file descriptor')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('generic', 'generic', [CompletionResultType]::ParameterValue, 'Create a Secret with keys of your choice (the default)')
            [CompletionResult]::new('tls', 'tls', [CompletionResultType]::ParameterValue, 'Create a TLS Secret from a certificate chain and its private key')
            [CompletionResult]::new('docker-registry', 'docker-registry', [CompletionResultType]::ParameterValue, 'Create a Secret with credentials for an image registry')
            [CompletionResult]::new('basic-auth', 'basic-auth', [CompletionResultType]::ParameterValue, 'Create a Secret with a user name and a password (kubernetes.io/basic-auth)')
            [CompletionResult]::new('ssh-auth', 'ssh-auth', [CompletionResultType]::ParameterValue, 'Create a Secret with an SSH private key (kubernetes.io/ssh-auth)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;create;generic' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Type of the Secret [default: Opaque]')
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Read the value of KEY from standard input, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY, hidden and twice; repeatable')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read a value from a file; KEY defaults to the file''s name; repeatable')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Read every file in a directory as a key; works for mounted Secrets, too')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read every KEY=VALUE line of an env file; repeatable')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N; repeatable')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY, of 32 letters and digits by default; repeatable')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'Read a file or a directory by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'Read an env file by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Add a label; repeatable')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Add an annotation; repeatable')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name, random or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name of the field manager for server-side apply')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one trailing newline from values read from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep trailing newlines, without a warning')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, replace all of its keys with these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept an empty standard input or file descriptor')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
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
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Add a label; repeatable')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Add an annotation; repeatable')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name, random or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name of the field manager for server-side apply')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--allow-expired', '--allow-expired', [CompletionResultType]::ParameterName, 'Accept an expired certificate')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, replace all of its keys with these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept an empty standard input or file descriptor')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;docker-registry' {
            [CompletionResult]::new('--docker-server', '--docker-server', [CompletionResultType]::ParameterName, 'Registry that the credentials are for')
            [CompletionResult]::new('--docker-username', '--docker-username', [CompletionResultType]::ParameterName, 'User name at the registry')
            [CompletionResult]::new('--docker-email', '--docker-email', [CompletionResultType]::ParameterName, 'E-mail address stored with the credentials')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'Use an existing Docker configuration file, instead of a user name and a password')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Use an existing Docker configuration file, instead of a user name and a password')
            [CompletionResult]::new('--docker-password', '--docker-password', [CompletionResultType]::ParameterName, 'Refused: the process list would show the password')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Add a label; repeatable')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Add an annotation; repeatable')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name, random or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name of the field manager for server-side apply')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--docker-password-stdin', '--docker-password-stdin', [CompletionResultType]::ParameterName, 'Read the password from standard input')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, replace all of its keys with these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept an empty standard input or file descriptor')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;basic-auth' {
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Read the value of KEY from standard input, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY, hidden and twice; repeatable')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read a value from a file; KEY defaults to the file''s name; repeatable')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Read every file in a directory as a key; works for mounted Secrets, too')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read every KEY=VALUE line of an env file; repeatable')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N; repeatable')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY, of 32 letters and digits by default; repeatable')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'Read a file or a directory by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'Read an env file by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Add a label; repeatable')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Add an annotation; repeatable')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name, random or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name of the field manager for server-side apply')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one trailing newline from values read from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep trailing newlines, without a warning')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, replace all of its keys with these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept an empty standard input or file descriptor')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;ssh-auth' {
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Read the value of KEY from standard input, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY, hidden and twice; repeatable')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read a value from a file; KEY defaults to the file''s name; repeatable')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Read every file in a directory as a key; works for mounted Secrets, too')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read every KEY=VALUE line of an env file; repeatable')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N; repeatable')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY, of 32 letters and digits by default; repeatable')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'Read a file or a directory by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'Read an env file by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'Add a label; repeatable')
            [CompletionResult]::new('--annotation', '--annotation', [CompletionResultType]::ParameterName, 'Add an annotation; repeatable')
            [CompletionResult]::new('--append-hash', '--append-hash', [CompletionResultType]::ParameterName, 'Append a suffix to the name, random or kubectl''s hash of the values')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the object instead of a summary; values are masked')
            [CompletionResult]::new('--field-manager', '--field-manager', [CompletionResultType]::ParameterName, 'Name of the field manager for server-side apply')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one trailing newline from values read from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep trailing newlines, without a warning')
            [CompletionResult]::new('--immutable', '--immutable', [CompletionResultType]::ParameterName, 'Make the Secret immutable: its values can never change again')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'If the Secret exists, set these keys and keep the others')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'If the Secret exists, replace all of its keys with these')
            [CompletionResult]::new('--show-values', '--show-values', [CompletionResultType]::ParameterName, 'Show the values as base64, which is not encryption (with -o yaml, json or kyaml)')
            [CompletionResult]::new('--shred', '--shred', [CompletionResultType]::ParameterName, 'Overwrite and remove the source files once the cluster''s copy is proven equal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the source files without asking')
            [CompletionResult]::new('--allow-empty', '--allow-empty', [CompletionResultType]::ParameterName, 'Accept an empty standard input or file descriptor')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the result, warnings and errors')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before changing an existing Secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;create;help' {
            [CompletionResult]::new('generic', 'generic', [CompletionResultType]::ParameterValue, 'Create a Secret with keys of your choice (the default)')
            [CompletionResult]::new('tls', 'tls', [CompletionResultType]::ParameterValue, 'Create a TLS Secret from a certificate chain and its private key')
            [CompletionResult]::new('docker-registry', 'docker-registry', [CompletionResultType]::ParameterValue, 'Create a Secret with credentials for an image registry')
            [CompletionResult]::new('basic-auth', 'basic-auth', [CompletionResultType]::ParameterValue, 'Create a Secret with a user name and a password (kubernetes.io/basic-auth)')
            [CompletionResult]::new('ssh-auth', 'ssh-auth', [CompletionResultType]::ParameterValue, 'Create a Secret with an SSH private key (kubernetes.io/ssh-auth)')
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
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Manifest file or directory, or - for standard input; repeatable')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Manifest file or directory, or - for standard input; repeatable')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Kustomization directory to build and read; repeatable')
            [CompletionResult]::new('--kustomize', '--kustomize', [CompletionResultType]::ParameterName, 'Kustomization directory to build and read; repeatable')
            [CompletionResult]::new('--contexts', '--contexts', [CompletionResultType]::ParameterName, 'Search several contexts of the kubeconfig, in one report')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only objects with these labels')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only objects with these labels')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Check only these rules, by ID or name')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Skip these rules')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Warn about keys that were not written for this long, such as 90d or 12h')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: .secretsafe.yaml in this directory or a parent]')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Ignore the findings that are listed in this file, written by --write-baseline')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Write the current findings to FILE; the exit status is then 0 if everything could be checked')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format, or FORMAT=FILE to write to a file; repeatable [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format, or FORMAT=FILE to write to a file; repeatable [default: text]')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with status 1 at this severity or higher')
            [CompletionResult]::new('--unsafe', '--unsafe', [CompletionResultType]::ParameterName, 'With --fix, also propose edits that may break something, for all rules or only these')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Recurse into directories')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Recurse into directories')
            [CompletionResult]::new('--assume-complete', '--assume-complete', [CompletionResultType]::ParameterName, 'Treat the files as complete: report Secrets that they lack as missing')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Search all namespaces')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Search all namespaces')
            [CompletionResult]::new('--all-contexts', '--all-contexts', [CompletionResultType]::ParameterName, 'Search every context of the kubeconfig')
            [CompletionResult]::new('--inspect-values', '--inspect-values', [CompletionResultType]::ParameterName, 'Also read and check the values of Secrets; they are never shown')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Fix the files where that does not affect running programs; shows each diff and asks first')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'With --fix, do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'With --fix, do not ask for confirmation')
            [CompletionResult]::new('--print-rbac', '--print-rbac', [CompletionResultType]::ParameterName, 'Print the Role that doctor needs, and exit')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the report, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the report, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;consumers' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Manifest file or directory, or - for standard input; repeatable')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Manifest file or directory, or - for standard input; repeatable')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Kustomization directory to build and read; repeatable')
            [CompletionResult]::new('--kustomize', '--kustomize', [CompletionResultType]::ParameterName, 'Kustomization directory to build and read; repeatable')
            [CompletionResult]::new('--contexts', '--contexts', [CompletionResultType]::ParameterName, 'Search several contexts of the kubeconfig, in one report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Recurse into directories')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Recurse into directories')
            [CompletionResult]::new('--assume-complete', '--assume-complete', [CompletionResultType]::ParameterName, 'Treat the files as complete: report Secrets that they lack as missing')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Search all namespaces')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Search all namespaces')
            [CompletionResult]::new('--all-contexts', '--all-contexts', [CompletionResultType]::ParameterName, 'Search every context of the kubeconfig')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the report, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the report, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;migrate' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Manifest file or directory, or - for standard input; repeatable')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Manifest file or directory, or - for standard input; repeatable')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Kustomization directory to render with kubectl and plan for')
            [CompletionResult]::new('--kustomize', '--kustomize', [CompletionResultType]::ParameterName, 'Kustomization directory to render with kubectl and plan for')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only workloads with these labels')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only workloads with these labels')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Only variables from this Secret; repeatable')
            [CompletionResult]::new('--reads-files', '--reads-files', [CompletionResultType]::ParameterName, 'Confirm that your app reads the files of these variables, or of all')
            [CompletionResult]::new('--mount-path', '--mount-path', [CompletionResultType]::ParameterName, 'Directory to mount each Secret at; {secret} is replaced by its name')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'File name for a key, if your app expects a certain one; repeatable')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'Mode of the files in octal [default: 0400, or a mode that the process is known to be able to read]')
            [CompletionResult]::new('--fs-group', '--fs-group', [CompletionResultType]::ParameterName, 'Set the pod''s fsGroup, so that a process that is not root can read the files')
            [CompletionResult]::new('--snippets', '--snippets', [CompletionResultType]::ParameterName, 'Show code that reads the files, in these languages')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file; its fileConventions list images that read files [default: .secretsafe.yaml in this directory or a parent]')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write the changed files to this directory instead (with -f)')
            [CompletionResult]::new('--emit', '--emit', [CompletionResultType]::ParameterName, 'Print patches instead of a diff (with -f or -k)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format of the plan')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format of the plan')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the plan to a file as well, as .html or .json')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for new pods to become ready, such as 90s or 5m')
            [CompletionResult]::new('--settle', '--settle', [CompletionResultType]::ParameterName, 'How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Recurse into directories')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Recurse into directories')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Search all namespaces')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Search all namespaces')
            [CompletionResult]::new('--remove-env', '--remove-env', [CompletionResultType]::ParameterName, 'Remove variables whose files are already mounted and read by your app')
            [CompletionResult]::new('--complete', '--complete', [CompletionResultType]::ParameterName, 'Mount the files and remove the variables in one step')
            [CompletionResult]::new('--default-user', '--default-user', [CompletionResultType]::ParameterName, 'Set defaultUser (Kubernetes 1.38), so that the files belong to the user that reads them')
            [CompletionResult]::new('--verify-read', '--verify-read', [CompletionResultType]::ParameterName, 'If runAsUser is not set, test in a running container whether it can read the files')
            [CompletionResult]::new('--resolve-images', '--resolve-images', [CompletionResultType]::ParameterName, 'Look up in the registry which user an image runs as, and what it starts')
            [CompletionResult]::new('--force-unproven', '--force-unproven', [CompletionResultType]::ParameterName, 'Remove variables even if the process may be unable to read the file')
            [CompletionResult]::new('--shim', '--shim', [CompletionResultType]::ParameterName, 'Wrap commands in the manifest so that they set the variable from the file')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the files (with -f)')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with status 1 if something would change')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--undo', '--undo', [CompletionResultType]::ParameterName, 'Undo the last migration of these workloads')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Print how far the workloads are (mounted, app ready, removed), and change nothing')
            [CompletionResult]::new('--print-rbac', '--print-rbac', [CompletionResultType]::ParameterName, 'Print the Role that migrate needs, and exit')
            [CompletionResult]::new('--no-undo', '--no-undo', [CompletionResultType]::ParameterName, 'Keep the change even if the pods do not become ready')
            [CompletionResult]::new('--force-live', '--force-live', [CompletionResultType]::ParameterName, 'Also change workloads that Helm, Argo CD or Flux manage')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the plan, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the plan, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;rotate' {
            [CompletionResult]::new('--stdin', '--stdin', [CompletionResultType]::ParameterName, 'Read the value of KEY from standard input, byte for byte')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY, hidden and twice; repeatable')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read a value from a file; KEY defaults to the file''s name; repeatable')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Read every file in a directory as a key; works for mounted Secrets, too')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Read every KEY=VALUE line of an env file; repeatable')
            [CompletionResult]::new('--env-dialect', '--env-dialect', [CompletionResultType]::ParameterName, 'How to parse env files: like kubectl (verbatim) or like dotenv (quotes, escapes, comments)')
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the value of KEY from the inherited file descriptor N; repeatable')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Generate a random value for KEY, of 32 letters and digits by default; repeatable')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'Read a file or a directory by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-env-file', '--from-env-file', [CompletionResultType]::ParameterName, 'Read an env file by kubectl''s rules; repeatable')
            [CompletionResult]::new('--from-literal', '--from-literal', [CompletionResultType]::ParameterName, 'Prompt for the value of KEY')
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'Workloads to restart before all others, in this order; repeat for each wave')
            [CompletionResult]::new('--max-parallel', '--max-parallel', [CompletionResultType]::ParameterName, 'How many workloads of a wave are restarted at the same time')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for new pods to become ready, such as 90s or 5m')
            [CompletionResult]::new('--settle', '--settle', [CompletionResultType]::ParameterName, 'How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]')
            [CompletionResult]::new('--budget', '--budget', [CompletionResultType]::ParameterName, 'Refuse if more pods than this would be replaced')
            [CompletionResult]::new('--strategy', '--strategy', [CompletionResultType]::ParameterName, 'How the new value takes the old one''s place')
            [CompletionResult]::new('--canary', '--canary', [CompletionResultType]::ParameterName, 'Restart this workload first, alone, and go on only if it is well')
            [CompletionResult]::new('--verify-exec', '--verify-exec', [CompletionResultType]::ParameterName, 'Run a command in this container of one new pod of each workload; it must succeed')
            [CompletionResult]::new('--grace', '--grace', [CompletionResultType]::ParameterName, 'How long to wait after all consumers have the new value, before what is left of the old one is removed')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the old value for this long, so that --undo can bring it back')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format of the plan and of the result')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format of the plan and of the result')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--stdin-env', '--stdin-env', [CompletionResultType]::ParameterName, 'Read an env file from standard input')
            [CompletionResult]::new('--trim-newline', '--trim-newline', [CompletionResultType]::ParameterName, 'Remove one trailing newline from values read from files, descriptors and standard input')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep trailing newlines, without a warning')
            [CompletionResult]::new('--include-volumes', '--include-volumes', [CompletionResultType]::ParameterName, 'Also restart workloads that mount the Secret as a directory')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'Write the value and restart nothing; restart --stale does that later')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Go on with the run that changes this Secret, from wherever it stopped')
            [CompletionResult]::new('--abort', '--abort', [CompletionResultType]::ParameterName, 'Take back the run that changes this Secret')
            [CompletionResult]::new('--undo', '--undo', [CompletionResultType]::ParameterName, 'Bring the old value back after a run with --keep')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Show runs that are not over; with --exit-code, 1 if there are any')
            [CompletionResult]::new('--gc', '--gc', [CompletionResultType]::ParameterName, 'Remove old values that are not to be kept any longer')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with status 1 if something would change, or a run is not over')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the plan, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the plan, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;restart' {
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Restart what takes this Secret, or this key of it, when it starts; repeatable')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only workloads with these labels')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only workloads with these labels')
            [CompletionResult]::new('--order', '--order', [CompletionResultType]::ParameterName, 'Workloads to restart before all others, in this order; repeat for each wave')
            [CompletionResult]::new('--max-parallel', '--max-parallel', [CompletionResultType]::ParameterName, 'How many workloads of a wave are restarted at the same time')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for new pods to become ready, such as 90s or 5m')
            [CompletionResult]::new('--settle', '--settle', [CompletionResultType]::ParameterName, 'How long a new pod must stay up before it counts, such as 45s or 2m [default: 30s, or longer if probes or earlier restarts need it]')
            [CompletionResult]::new('--budget', '--budget', [CompletionResultType]::ParameterName, 'Refuse if more pods than this would be replaced')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing: client only plans, server also lets the API server check the change')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format of the plan and of the result')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format of the plan and of the result')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Kubeconfig user to use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace to use')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for the API server')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'CA certificate of the API server (PEM)')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate for TLS (PEM)')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Private key of the client certificate (PEM)')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to expect in the API server''s certificate')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the API server''s certificate')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy for requests to the API server, instead of the kubeconfig''s or $HTTPS_PROXY')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--stale', '--stale', [CompletionResultType]::ParameterName, 'Only workloads with a container that has an old value')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Search all namespaces')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Search all namespaces')
            [CompletionResult]::new('--include-volumes', '--include-volumes', [CompletionResultType]::ParameterName, 'Also restart workloads that mount the Secret as a directory')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show the plan and change nothing')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with status 1 if something would be restarted')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only the plan, warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only the plan, warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;explain' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('bash', 'bash', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for bash')
            [CompletionResult]::new('zsh', 'zsh', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for zsh')
            [CompletionResult]::new('fish', 'fish', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for fish')
            [CompletionResult]::new('powershell', 'powershell', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for PowerShell')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Enable `kubectl secretsafe <TAB>`, by a link that kubectl looks for')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;completion;bash' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;zsh' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;fish' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;powershell' {
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;install' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Directory on PATH for the link [default: where this program is]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--verbosity', '--verbosity', [CompletionResultType]::ParameterName, 'Verbose output: 1 logs requests and their status, never contents')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'kubectl-secretsafe;completion;help' {
            [CompletionResult]::new('bash', 'bash', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for bash')
            [CompletionResult]::new('zsh', 'zsh', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for zsh')
            [CompletionResult]::new('fish', 'fish', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for fish')
            [CompletionResult]::new('powershell', 'powershell', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for PowerShell')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Enable `kubectl secretsafe <TAB>`, by a link that kubectl looks for')
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
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create or update a Secret without leaking its values')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find problems with Secrets and their use')
            [CompletionResult]::new('consumers', 'consumers', [CompletionResultType]::ParameterValue, 'List who uses a Secret, how, and whether a change has reached them')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Move Secrets from environment variables to mounted files')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Change a value, restart its consumers, and prove that all of them have it')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Restart the workloads that have an old value, or take a Secret when they start')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a rule of doctor, or list all rules')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print or install shell completion')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'kubectl-secretsafe;help;create' {
            [CompletionResult]::new('generic', 'generic', [CompletionResultType]::ParameterValue, 'Create a Secret with keys of your choice (the default)')
            [CompletionResult]::new('tls', 'tls', [CompletionResultType]::ParameterValue, 'Create a TLS Secret from a certificate chain and its private key')
            [CompletionResult]::new('docker-registry', 'docker-registry', [CompletionResultType]::ParameterValue, 'Create a Secret with credentials for an image registry')
            [CompletionResult]::new('basic-auth', 'basic-auth', [CompletionResultType]::ParameterValue, 'Create a Secret with a user name and a password (kubernetes.io/basic-auth)')
            [CompletionResult]::new('ssh-auth', 'ssh-auth', [CompletionResultType]::ParameterValue, 'Create a Secret with an SSH private key (kubernetes.io/ssh-auth)')
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
        'kubectl-secretsafe;help;rotate' {
            break
        }
        'kubectl-secretsafe;help;restart' {
            break
        }
        'kubectl-secretsafe;help;explain' {
            break
        }
        'kubectl-secretsafe;help;completion' {
            [CompletionResult]::new('bash', 'bash', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for bash')
            [CompletionResult]::new('zsh', 'zsh', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for zsh')
            [CompletionResult]::new('fish', 'fish', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for fish')
            [CompletionResult]::new('powershell', 'powershell', [CompletionResultType]::ParameterValue, 'Print the completion script of kubectl-secretsafe for PowerShell')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Enable `kubectl secretsafe <TAB>`, by a link that kubectl looks for')
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
