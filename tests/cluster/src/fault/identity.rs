//! Who the server is and how a client reaches it: a CA of its own, the
//! certificate it signed, a bearer token, and the kubeconfig that ties them
//! together.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

pub(super) struct Identity {
    pub(super) ca_pem: String,
    pub(super) token: String,
    pub(super) tls: Arc<ServerConfig>,
}

impl Identity {
    /// Fresh keys and a fresh token. Valid for `127.0.0.1` and `localhost`.
    pub(super) fn generate() -> Identity {
        let ca_key = KeyPair::generate().expect("a key for the CA");
        let mut ca = CertificateParams::default();
        ca.distinguished_name
            .push(DnType::CommonName, "fault-server-ca");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        let ca_pem = ca.self_signed(&ca_key).expect("the CA signs itself").pem();
        let issuer = Issuer::new(ca, ca_key);

        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut leaf = CertificateParams::new(names).expect("two valid names");
        leaf.distinguished_name
            .push(DnType::CommonName, "fault-server");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let leaf_key = KeyPair::generate().expect("a key for the server");
        let certificate = leaf
            .signed_by(&leaf_key, &issuer)
            .expect("the CA signs the server");

        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        let mut tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("key and certificate belong together");
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];

        let token = format!("canary-token-{}", hex(&random::<16>()));
        Identity {
            ca_pem,
            token,
            tls: Arc::new(tls),
        }
    }

    /// Writes a kubeconfig for `url`, readable by its owner alone.
    pub(super) fn write_kubeconfig(&self, path: &Path, url: &str) -> io::Result<()> {
        let ca = BASE64_STANDARD.encode(&self.ca_pem);
        let token = &self.token;
        let text = format!(
            "apiVersion: v1\n\
             kind: Config\n\
             current-context: fault\n\
             clusters:\n\
             - name: fault\n  cluster:\n    server: {url}\n    certificate-authority-data: {ca}\n\
             users:\n\
             - name: fault\n  user:\n    token: {token}\n\
             contexts:\n\
             - name: fault\n  context:\n    cluster: fault\n    user: fault\n    namespace: default\n"
        );
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())
    }
}

/// Random bytes of the TLS library's generator.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rustls::crypto::aws_lc_rs::default_provider()
        .secure_random
        .fill(&mut bytes)
        .expect("random bytes");
    bytes
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
