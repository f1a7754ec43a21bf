//! Which proxy leads to the cluster, by the rules of Go's `httpproxy`
//! (golang.org/x/net/http/httpproxy), which kubectl follows.

use std::net::IpAddr;

use http::Uri;

use super::environment::Environment;
use super::error::ClusterError;

/// The proxy to use for `server`: the configured one, which `origin` names, else
/// the environment's.
///
/// # Errors
/// A proxy address that cannot be read; the message does not repeat it,
/// because it may hold a password.
pub(super) fn choose(
    server: &Uri,
    configured: Option<&str>,
    origin: &str,
    environment: &Environment,
) -> Result<Option<Uri>, ClusterError> {
    if let Some(address) = configured.filter(|address| !address.is_empty()) {
        return parse(address, origin).map(Some);
    }
    let names = match server.scheme_str() {
        Some("https") => ["HTTPS_PROXY", "https_proxy"],
        _ => ["HTTP_PROXY", "http_proxy"],
    };
    let Some((name, address)) = names
        .into_iter()
        .find_map(|name| Some((name, environment.text(name)?)))
    else {
        return Ok(None);
    };
    let exceptions = environment
        .text("NO_PROXY")
        .or_else(|| environment.text("no_proxy"))
        .unwrap_or_default();
    if is_direct(server, exceptions) {
        return Ok(None);
    }
    parse(address, name).map(Some)
}

fn parse(address: &str, origin: &str) -> Result<Uri, ClusterError> {
    let with_scheme = if address.contains("://") {
        address.to_owned()
    } else {
        format!("http://{address}")
    };
    let uri: Option<Uri> = with_scheme.parse().ok();
    uri.filter(|uri| {
        names_a_host(uri)
            && matches!(
                uri.scheme_str(),
                Some("http" | "https" | "socks5" | "socks5h")
            )
    })
    .ok_or_else(|| {
        ClusterError::configuration(
            format!("{origin} is not a proxy address"),
            "Write http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT.",
        )
    })
}

/// Whether an address has a host and, if it has a port, one that is a number.
pub(super) fn names_a_host(uri: &Uri) -> bool {
    let (Some(host), Some(authority)) = (uri.host(), uri.authority()) else {
        return false;
    };
    !host.is_empty() && (authority.as_str().ends_with(host) || uri.port_u16().is_some())
}

/// Whether `server` is reached without a proxy.
fn is_direct(server: &Uri, exceptions: &str) -> bool {
    let host = server
        .host()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_ascii_lowercase();
    let port = server.port_u16().unwrap_or(match server.scheme_str() {
        Some("https") => 443,
        _ => 80,
    });
    let address = canonical(&host);
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    exceptions
        .split(',')
        .map(|rule| rule.trim().to_ascii_lowercase())
        .any(|rule| matches(&rule, &host, port, address))
}

/// An IPv4 address inside IPv6 is the IPv4 address, as in Go.
fn canonical(host: &str) -> Option<IpAddr> {
    host.parse::<IpAddr>()
        .ok()
        .map(|address| address.to_canonical())
}

fn matches(rule: &str, host: &str, port: u16, address: Option<IpAddr>) -> bool {
    if rule.is_empty() {
        return false;
    }
    if rule == "*" {
        return true;
    }
    if let Ok(network) = rule.parse::<ipnet::IpNet>() {
        return address.is_some_and(|address| network.contains(&address));
    }
    let (name, wanted_port) = split_port(rule);
    if wanted_port.is_some_and(|wanted| wanted.parse() != Ok(port)) {
        return false;
    }
    if let Some(wanted) = canonical(name) {
        return address == Some(wanted);
    }
    // `*.example.org` and `.example.org` mean the names below it,
    // `example.org` means itself as well.
    let name = name
        .strip_prefix("*.")
        .map_or(name.to_owned(), |rest| format!(".{rest}"));
    if name.is_empty() {
        return false;
    }
    match name.strip_prefix('.') {
        Some(_) => host.ends_with(&name),
        None => host == name || host.ends_with(&format!(".{name}")),
    }
}

/// `host:port`, `[v6]:port`, `[v6]`, or a bare host or address.
fn split_port(rule: &str) -> (&str, Option<&str>) {
    if let Some(inside) = rule.strip_prefix('[')
        && let Some((address, rest)) = inside.split_once(']')
    {
        return (address, rest.strip_prefix(':'));
    }
    match rule.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => (name, Some(port)),
        _ => (rule, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direct(server: &str, exceptions: &str) -> bool {
        is_direct(&server.parse().unwrap(), exceptions)
    }

    #[test]
    fn exceptions_follow_go() {
        for (server, exceptions, expected) in [
            ("https://api.example.org:6443", "", false),
            ("https://api.example.org:6443", "example.org", true),
            ("https://api.example.org:6443", ".example.org", true),
            ("https://api.example.org:6443", "*.example.org", true),
            ("https://api.example.org:6443", "API.Example.ORG,", true),
            (
                "https://api.example.org:6443",
                " , x, api.example.org ,",
                true,
            ),
            ("https://example.org", ".example.org", false),
            ("https://example.org", "example.org", true),
            ("https://badexample.org", "example.org", false),
            ("https://api.example.org:6443", "api.example.org:6443", true),
            ("https://api.example.org:6443", "api.example.org:443", false),
            ("https://api.example.org", "api.example.org:443", true),
            ("https://api.example.org", ":443", false),
            ("https://anything", "*", true),
            ("https://anything", "a,*", true),
            ("https://10.1.2.3:6443", "10.0.0.0/8", true),
            ("https://10.1.2.3:6443", "11.0.0.0/8", false),
            ("https://10.1.2.3:6443", "10.1.2.3", true),
            ("https://10.1.2.3:6443", "10.1.2.3:6443", true),
            ("https://10.1.2.3:6443", "10.1.2.3:1", false),
            ("https://[fd00::1]:6443", "fd00::/8", true),
            ("https://[fd00::1]:6443", "[fd00::1]:6443", true),
            ("https://[fd00::1]:6443", "fd00::1", true),
            ("https://localhost:6443", "", true),
            ("https://127.0.0.5:6443", "", true),
            ("https://[::1]:6443", "", true),
            ("https://localhost.example.org", "", false),
        ] {
            assert_eq!(
                direct(server, exceptions),
                expected,
                "{server} {exceptions:?}"
            );
        }
    }

    fn chosen(
        server: &str,
        configured: Option<&str>,
        variables: &[(&'static str, &str)],
    ) -> String {
        let environment = Environment::for_tests(variables, "/nonexistent");
        match choose(
            &server.parse().unwrap(),
            configured,
            "the kubeconfig's proxy-url",
            &environment,
        ) {
            Ok(Some(uri)) => uri.to_string(),
            Ok(None) => "direct".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_kubeconfig_wins_then_the_variable_for_the_scheme() {
        let both = [
            ("HTTPS_PROXY", "s:1"),
            ("HTTP_PROXY", "p:1"),
            ("NO_PROXY", "c"),
        ];
        assert_eq!(chosen("https://a", None, &both), "http://s:1/");
        assert_eq!(chosen("http://a", None, &both), "http://p:1/");
        assert_eq!(chosen("https://c", None, &both), "direct");
        assert_eq!(
            chosen("https://c", Some("socks5://k:1"), &both),
            "socks5://k:1/"
        );
        assert_eq!(
            chosen("https://a", None, &[("https_proxy", "l:1")]),
            "http://l:1/"
        );
        assert_eq!(chosen("https://a", None, &[("ALL_PROXY", "l:1")]), "direct");
        assert_eq!(chosen("https://a", None, &[("HTTPS_PROXY", "")]), "direct");
    }

    #[test]
    fn a_bad_address_is_not_repeated() {
        for address in ["ftp://u:hunter2@h", "http://u:hunter2@h:x", "http://"] {
            let said = chosen("https://a", Some(address), &[]);
            assert_eq!(said, "the kubeconfig's proxy-url is not a proxy address");
        }
    }
}
