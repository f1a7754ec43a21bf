//! The certificate authority of one cluster and what it signs.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};

/// Why a certificate was not made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    #[error("cannot store a certificate: {0}")]
    Store(#[from] std::io::Error),
}

/// A certificate and its key, as files.
#[derive(Clone, Debug)]
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Pair {
    pub fn named(folder: &Path, name: &str) -> Pair {
        Pair {
            certificate: folder.join(format!("{name}.crt")),
            key: folder.join(format!("{name}.key")),
        }
    }
}

/// The folder with `ca.crt`, `ca.key` and all that was signed with it.
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes a new authority in `folder`.
    pub fn create(folder: &Path) -> Result<Authority, CertificateError> {
        fs::create_dir_all(folder)?;
        let key = KeyPair::generate()?;
        let certificate = parameters().self_signed(&key)?;
        let pair = Pair::named(folder, "ca");
        fs::write(&pair.certificate, certificate.pem())?;
        store_key(&pair.key, &key.serialize_pem())?;
        Ok(Authority {
            folder: folder.to_owned(),
            issuer: Issuer::new(parameters(), key),
        })
    }

    /// The authority made earlier in `folder`.
    pub fn open(folder: &Path) -> Result<Authority, CertificateError> {
        let key = KeyPair::from_pem(&fs::read_to_string(Pair::named(folder, "ca").key)?)?;
        Ok(Authority {
            folder: folder.to_owned(),
            issuer: Issuer::new(parameters(), key),
        })
    }

    /// A client certificate: `user` is the user name, `group` its group.
    pub fn client(
        &self,
        file: &str,
        user: &str,
        group: Option<&str>,
    ) -> Result<Pair, CertificateError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, user);
        if let Some(group) = group {
            params
                .distinguished_name
                .push(DnType::OrganizationName, group);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(file, params)
    }

    /// A serving certificate for loopback.
    pub fn server(&self, file: &str) -> Result<Pair, CertificateError> {
        let mut params =
            CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.sign(file, params)
    }

    /// A bare key pair, for service account tokens: the private half in
    /// `file.key`, the public half in `file.pub`.
    pub fn key(&self, file: &str) -> Result<(PathBuf, PathBuf), CertificateError> {
        let key = KeyPair::generate()?;
        let private = self.folder.join(format!("{file}.key"));
        let public = self.folder.join(format!("{file}.pub"));
        store_key(&private, &key.serialize_pem())?;
        fs::write(&public, key.public_key_pem())?;
        Ok((private, public))
    }

    fn sign(&self, file: &str, mut params: CertificateParams) -> Result<Pair, CertificateError> {
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let pair = Pair::named(&self.folder, file);
        fs::write(&pair.certificate, certificate.pem())?;
        store_key(&pair.key, &key.serialize_pem())?;
        Ok(pair)
    }
}

fn parameters() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "testcluster");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    params
}

fn store_key(path: &Path, pem: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(pem.as_bytes())
}
