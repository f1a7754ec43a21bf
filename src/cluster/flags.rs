//! kubectl's connection flags, and the namespace a command acts in.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::command_line::Connection;
use crate::error::UnusableValue;
use crate::reading::ReadOnce;

/// kubectl's connection flags, with kubectl's spelling and meaning.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Cluster")]
pub struct ConnectionFlags {
    /// Kubeconfig file, instead of $KUBECONFIG or ~/.kube/config
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Kubeconfig context to use
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
    /// Kubeconfig cluster to use
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,
    /// Kubeconfig user to use
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Namespace to use
    #[arg(long, short = 'n', value_name = "NAME")]
    pub namespace: Option<String>,
    /// Address of the API server
    #[arg(long, short = 's', value_name = "URL")]
    pub server: Option<String>,
    /// Bearer token for the API server
    ///
    /// The process list shows it; a token in a kubeconfig stays hidden.
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<SecretString>,
    /// User to impersonate
    #[arg(long = "as", value_name = "USER")]
    pub impersonate: Option<String>,
    /// Group to impersonate; repeatable
    #[arg(long = "as-group", value_name = "GROUP")]
    pub impersonate_groups: Vec<String>,
    /// UID to impersonate
    #[arg(long = "as-uid", value_name = "UID")]
    pub impersonate_uid: Option<String>,
    /// CA certificate of the API server (PEM)
    #[arg(long, value_name = "FILE")]
    pub certificate_authority: Option<PathBuf>,
    /// Client certificate for TLS (PEM)
    #[arg(long, value_name = "FILE")]
    pub client_certificate: Option<PathBuf>,
    /// Private key of the client certificate (PEM)
    #[arg(long, value_name = "FILE")]
    pub client_key: Option<PathBuf>,
    /// Server name to expect in the API server's certificate
    #[arg(long, value_name = "NAME")]
    pub tls_server_name: Option<String>,
    /// Do not verify the API server's certificate
    ///
    /// Anyone on the network path can then read the Secrets.
    #[arg(
        long,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "true|false"
    )]
    pub insecure_skip_tls_verify: Option<bool>,
    /// Timeout of a single request, such as 10s or 1m30s; 0 means no timeout [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = parse_timeout)]
    pub request_timeout: Option<RequestTimeout>,
    /// Proxy for requests to the API server, instead of the kubeconfig's or $HTTPS_PROXY
    #[arg(long, value_name = "URL")]
    pub proxy_url: Option<String>,
    /// What was read of the files that these flags and the kubeconfig name
    #[arg(skip)]
    pub files: ReadOnce,
}

/// What `--request-timeout` said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestTimeout {
    /// `0`: wait for ever.
    Never,
    /// Give up after this long.
    After(Duration),
}

/// How long one request may take when nothing else is said.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

impl ConnectionFlags {
    /// The namespace given with `-n`, if any.
    pub fn explicit_namespace(&self) -> Option<&str> {
        self.namespace.as_deref().filter(|name| !name.is_empty())
    }

    /// What commands that are printed need to reach the same cluster as the
    /// same user. A token is left out, and an address with a password in it:
    /// whoever gave one gives it again.
    pub fn for_commands(&self) -> Connection {
        let address = self.server.as_ref().filter(|url| !url.contains('@'));
        let texts = [
            ("--context", self.context.as_ref()),
            ("--cluster", self.cluster.as_ref()),
            ("--user", self.user.as_ref()),
            ("--server", address),
            ("--tls-server-name", self.tls_server_name.as_ref()),
            ("--as", self.impersonate.as_ref()),
            ("--as-uid", self.impersonate_uid.as_ref()),
        ];
        let files = [
            ("--kubeconfig", &self.kubeconfig),
            ("--certificate-authority", &self.certificate_authority),
            ("--client-certificate", &self.client_certificate),
            ("--client-key", &self.client_key),
        ];
        let mut connection = Connection::default();
        for (flag, path) in files {
            if let Some(path) = path {
                connection = connection.with_file(flag, path);
            }
        }
        for (flag, text) in texts {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                connection = connection.with(flag, text);
            }
        }
        for group in &self.impersonate_groups {
            connection = connection.with("--as-group", group);
        }
        match self.insecure_skip_tls_verify {
            None => connection,
            Some(skips) => connection.with_joined("--insecure-skip-tls-verify", &skips.to_string()),
        }
    }

    /// Whether a flag says which cluster or namespace is meant, or how it is asked.
    pub fn is_given(&self) -> bool {
        let Self {
            kubeconfig,
            context,
            cluster,
            user,
            namespace,
            server,
            token,
            impersonate,
            impersonate_groups,
            impersonate_uid,
            certificate_authority,
            client_certificate,
            client_key,
            tls_server_name,
            insecure_skip_tls_verify,
            request_timeout,
            proxy_url,
            files: _,
        } = self;
        let texts = [
            context,
            cluster,
            user,
            namespace,
            server,
            impersonate,
            impersonate_uid,
            tls_server_name,
            proxy_url,
        ];
        let paths = [
            kubeconfig,
            certificate_authority,
            client_certificate,
            client_key,
        ];
        texts.into_iter().any(Option::is_some)
            || paths.into_iter().any(Option::is_some)
            || token.is_some()
            || !impersonate_groups.is_empty()
            || insecure_skip_tls_verify.is_some()
            || request_timeout.is_some()
    }

    /// Files named by flags that the connection is made with.
    pub fn named_files(&self) -> Vec<PathBuf> {
        [
            &self.kubeconfig,
            &self.certificate_authority,
            &self.client_certificate,
            &self.client_key,
        ]
        .into_iter()
        .flatten()
        .cloned()
        .collect()
    }

    /// How long one request may take, its retries included.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self.request_timeout {
            None => Some(DEFAULT_DEADLINE),
            Some(RequestTimeout::Never) => None,
            Some(RequestTimeout::After(duration)) => Some(duration),
        }
    }
}

/// Reads Go's durations (`1h2m3.5s`, `250ms`); a plain number means seconds,
/// as kubectl has it.
fn parse_timeout(text: &str) -> Result<RequestTimeout, UnusableValue> {
    const ADVICE: &str = "use a duration such as 10s or 1m30s, or a number of seconds";
    match duration(text).ok_or_else(|| UnusableValue::measure(ADVICE))? {
        Duration::ZERO => Ok(RequestTimeout::Never),
        after => Ok(RequestTimeout::After(after)),
    }
}

/// Reads a duration as kubectl's flags do: Go's, or a number of seconds.
pub fn duration(text: &str) -> Option<Duration> {
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds as f64,
        Err(_) => go_duration(text)?,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

fn go_duration(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 8] = [
        ("ns", 1e-9),
        ("us", 1e-6),
        ("µs", 1e-6),
        ("μs", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3600.0),
    ];
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut sum = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .filter(|length| *length > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit_length = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let (_, factor) = UNITS
            .iter()
            .find(|(unit, _)| *unit == &rest[..unit_length])?;
        sum += number * factor;
        rest = &rest[unit_length..];
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::super::environment::Environment;
    use super::super::kubeconfig::namespace_in;
    use super::*;

    #[test]
    fn timeouts_are_read_as_kubectl_reads_them() {
        let after = |milliseconds| Ok(RequestTimeout::After(Duration::from_millis(milliseconds)));
        for (text, expected) in [
            ("10s", after(10_000)),
            ("1m30s", after(90_000)),
            ("1.5s", after(1_500)),
            ("250ms", after(250)),
            ("7", after(7_000)),
            ("0", Ok(RequestTimeout::Never)),
            ("0s", Ok(RequestTimeout::Never)),
        ] {
            assert_eq!(parse_timeout(text), expected, "{text}");
        }
        for text in [
            "", "s", "-1s", "10x", "1m 30s", "1..5s", "10s5", "1e3s", "inf", "٣s",
        ] {
            assert!(parse_timeout(text).is_err(), "{text}");
        }
        let endless = "9".repeat(400);
        assert!(parse_timeout(&format!("{endless}s")).is_err());
    }

    #[test]
    fn the_default_deadline_holds_only_when_nothing_is_said() {
        let mut flags = ConnectionFlags::default();
        assert_eq!(flags.deadline(), Some(DEFAULT_DEADLINE));
        flags.request_timeout = Some(RequestTimeout::Never);
        assert_eq!(flags.deadline(), None);
    }

    #[test]
    fn every_flag_is_spelled_as_in_kubectl() {
        use clap::Args as _;
        let command = ConnectionFlags::augment_args(clap::Command::new("x"));
        let mut names: Vec<_> = command
            .get_arguments()
            .filter_map(|argument| argument.get_long())
            .collect();
        names.sort_unstable();
        assert_eq!(
            names.join(" "),
            "as as-group as-uid certificate-authority client-certificate client-key cluster context \
             insecure-skip-tls-verify kubeconfig namespace proxy-url request-timeout server tls-server-name token user"
        );
        let matches = command
            .try_get_matches_from([
                "x",
                "-n",
                "a",
                "-s",
                "https://b",
                "--insecure-skip-tls-verify",
            ])
            .unwrap();
        assert_eq!(
            matches.get_one::<bool>("insecure_skip_tls_verify"),
            Some(&true)
        );
    }

    #[test]
    fn a_token_does_not_show_in_debug_output() {
        let flags = ConnectionFlags {
            token: Some(SecretString::from("tok-5ecret")),
            ..ConnectionFlags::default()
        };
        assert!(!format!("{flags:?}").contains("5ecret"));
    }

    #[test]
    fn namespaces_come_from_flag_context_pod_default_in_this_order() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            std::io::Write::write_all(
                &mut std::fs::File::create_new(folder.path().join(name)).unwrap(),
                text.as_bytes(),
            )
            .unwrap();
            folder.path().join(name).to_str().unwrap().to_owned()
        };
        let config = write(
            "config",
            "contexts:\n- {name: a, context: {cluster: c, namespace: from-context}}\n\
             - {name: b, context: {cluster: c}}\ncurrent-context: a\n",
        );
        write("token", "t");
        write("namespace", "from-pod");
        let at_home = Environment::for_tests(&[("KUBECONFIG", &config)], "/nonexistent");
        let in_pod = Environment::for_tests(
            &[
                ("KUBECONFIG", &config),
                ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
                ("KUBERNETES_SERVICE_PORT", "443"),
            ],
            folder.path(),
        );
        let flags = |context: Option<&str>, namespace: Option<&str>| ConnectionFlags {
            context: context.map(str::to_owned),
            namespace: namespace.map(str::to_owned),
            ..ConnectionFlags::default()
        };
        for (flags, environment, expected) in [
            (flags(None, Some("from-flag")), &in_pod, "from-flag"),
            (flags(None, None), &in_pod, "from-context"),
            (flags(Some("b"), None), &in_pod, "from-pod"),
            (flags(Some("b"), None), &at_home, "default"),
        ] {
            assert_eq!(namespace_in(&flags, environment).unwrap(), expected);
        }
        assert!(namespace_in(&flags(Some("absent"), None), &at_home).is_err());
    }
}
