//! Connecting, without a server; the real API server is asked in the
//! integration tests.

use super::*;
use crate::cluster::{Ownership, ServerDryRun, WriteOptions};
use crate::secret::SecretValue;

fn connected(kubeconfig: &str) -> Result<Cluster, ClusterError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, kubeconfig.as_bytes()).unwrap();
    let flags = ConnectionFlags {
        kubeconfig: Some(file.path().to_owned()),
        ..ConnectionFlags::default()
    };
    let environment = Environment::for_tests(&[("KUBERC", "off")], "/nonexistent");
    on_runtime(Cluster::connect_in(&flags, environment))
}

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn kubeconfig(cluster: &str, user: &str) -> String {
    format!(
        "clusters: [{{name: c, cluster: {cluster}}}]\nusers: [{{name: u, user: {user}}}]\n\
         contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\ncurrent-context: x\n"
    )
}

#[test]
fn a_secret_is_not_written_to_another_machine_over_http() {
    let cluster = connected(&kubeconfig("{server: 'http://192.0.2.1:1'}", "{}")).unwrap();
    assert_eq!(cluster.take_warnings().len(), 1);
    let options = WriteOptions {
        field_manager: "t".to_owned(),
        ownership: Ownership::Respect,
        dry_run: ServerDryRun::No,
    };
    let body = SecretValue::from_bytes(b"{}".to_vec());
    let error = on_runtime(cluster.apply_secret("a", "b", body, &options))
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(error, ClusterError::Unencrypted { .. }), "{error}");
}

#[test]
fn an_unchecked_certificate_is_warned_about() {
    let skipping = "{server: 'https://192.0.2.1', insecure-skip-tls-verify: true}";
    let cluster = connected(&kubeconfig(skipping, "{}")).unwrap();
    assert_eq!(cluster.take_warnings().len(), 1);
    let checking = connected(&kubeconfig("{server: 'https://192.0.2.1'}", "{}")).unwrap();
    assert_eq!(checking.take_warnings().len(), 0);
}

#[test]
fn the_plugin_runs_once_also_when_it_gives_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("runs");
    let key = rcgen::generate_simple_self_signed(["client".to_owned()]).unwrap();
    let status = serde_json::json!({"status": {
        "clientCertificateData": key.cert.pem(),
        "clientKeyData": key.signing_key.serialize_pem(),
    }});
    let answer = folder.path().join("answer");
    std::io::Write::write_all(
        &mut std::fs::File::create_new(&answer).unwrap(),
        status.to_string().as_bytes(),
    )
    .unwrap();
    let script = format!("echo run >> {}; cat {}", log.display(), answer.display());
    let user = serde_json::json!({"exec": {"command": "sh", "args": ["-c", script]}});
    connected(&kubeconfig(
        "{server: 'https://192.0.2.1'}",
        &user.to_string(),
    ))
    .unwrap();
    assert_eq!(std::fs::read_to_string(log).unwrap(), "run\n");
}

#[test]
fn addresses_and_certificates_that_cannot_be_used_are_refused_without_content() {
    for (cluster, user) in [
        ("{server: 'ftp://a'}", "{}"),
        ("{server: 'https://u:hunter2@a'}", "{}"),
        ("{server: 'https://a:hunter2'}", "{}"),
        (
            "{server: 'https://a', certificate-authority-data: hunter2}",
            "{}",
        ),
        (
            "{server: 'https://a'}",
            "{client-certificate-data: aHVudGVyMg==, client-key-data: aHVudGVyMg==}",
        ),
        (
            "{server: 'https://a', proxy-url: 'ftp://u:hunter2@b'}",
            "{}",
        ),
        ("{server: 'https://a'}", "{as: \"hunter2\\n\"}"),
    ] {
        let error = connected(&kubeconfig(cluster, user)).map(|_| ());
        let Err(ClusterError::Configuration { problem, advice }) = error else {
            panic!("{cluster} must be refused");
        };
        assert!(
            !format!("{problem}{advice}").contains("hunter2"),
            "{problem}"
        );
    }
}
