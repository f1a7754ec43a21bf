use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256,
};

use super::*;

/// The moment all checks are made as of: 2026-06-01.
fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([format!("{name}.example")]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    params
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn self_signed(params: CertificateParams, key: &KeyPair) -> String {
    params.self_signed(key).unwrap().pem()
}

fn value(text: &str) -> SecretValue {
    SecretValue::from_bytes(text.as_bytes().to_vec())
}

fn checked(certificate: &str, key: &str, ca: Option<&str>) -> Result<Vec<TlsWarning>, TlsProblem> {
    let ca = ca.map(value);
    let pair = Pair {
        certificate: &value(certificate),
        key: &value(key),
        ca: ca.as_ref(),
    };
    check(&pair, now(), Expiry::Refuse)
}

#[test]
fn the_key_must_belong_to_the_certificate_for_each_kind_of_key() {
    let kinds = [&PKCS_RSA_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519];
    let pairs = kinds.map(|kind| {
        let key = KeyPair::generate_for(kind).unwrap();
        let pem = self_signed(params("leaf"), &key);
        (pem, key.serialize_pem())
    });
    for (number, (certificate, key)) in pairs.iter().enumerate() {
        assert_eq!(checked(certificate, key, None), Ok(vec![]), "kind {number}");
        let (_, other) = &pairs[(number + 1) % pairs.len()];
        assert_eq!(checked(certificate, other, None), Err(TlsProblem::OtherKey));
    }
}

#[test]
fn files_that_are_not_what_they_should_be() {
    let key = KeyPair::generate().unwrap();
    let certificate = self_signed(params("leaf"), &key);
    let key = key.serialize_pem();
    assert_eq!(checked(&key, &certificate, None), Err(TlsProblem::Swapped));
    assert_eq!(
        checked(&certificate, &certificate, None),
        Err(TlsProblem::Swapped)
    );
    assert_eq!(
        checked("text", &key, None),
        Err(TlsProblem::NoPem(Part::Certificate))
    );
    assert_eq!(
        checked(&certificate, "text", None),
        Err(TlsProblem::NoPem(Part::Key))
    );
    assert_eq!(
        checked("0\u{3}", &key, None),
        Err(TlsProblem::Der(Part::Certificate))
    );
    assert_eq!(
        checked(&certificate, "0\u{3}", None),
        Err(TlsProblem::Der(Part::Key))
    );
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    assert_eq!(
        checked(&certificate, old, None),
        Err(TlsProblem::OldEncryption)
    );
    let broken = certificate.replace("MII", "!!!");
    assert_eq!(
        checked(&broken, &key, None),
        Err(TlsProblem::BrokenPem(Part::Certificate))
    );
}

#[test]
fn the_chain_is_in_order_or_its_order_is_told() {
    let root = authority("root");
    let mut middle = params("middle");
    middle.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let middle = CertifiedIssuer::signed_by(middle, KeyPair::generate().unwrap(), &root).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = params("leaf").signed_by(&key, &middle).unwrap().pem();
    let key = key.serialize_pem();
    let (middle, root) = (middle.pem(), root.pem());
    assert_eq!(
        checked(&format!("{leaf}{middle}{root}"), &key, None),
        Ok(vec![])
    );
    assert_eq!(
        checked(&format!("{leaf}{middle}"), &key, Some(&root)),
        Ok(vec![])
    );
    let Err(TlsProblem::WrongOrder(order)) = checked(&format!("{leaf}{root}{middle}"), &key, None)
    else {
        panic!("a wrong order is an error");
    };
    assert_eq!(order, ["leaf", "middle", "root"]);
    let stranger = authority("stranger").pem();
    assert_eq!(
        checked(&format!("{leaf}{middle}{stranger}"), &key, None),
        Err(TlsProblem::Unrelated(vec!["stranger".to_owned()]))
    );
    assert_eq!(
        checked(&leaf, &key, Some(&stranger)),
        Ok(vec![TlsWarning::OtherAuthority])
    );
    assert_eq!(
        checked(&leaf, &key, Some(&leaf)),
        Err(TlsProblem::NotAnAuthority("leaf".to_owned()))
    );
}

#[test]
fn an_authority_of_the_same_name_with_another_key_is_noticed() {
    let (root, impostor) = (authority("root"), authority("root"));
    let key = KeyPair::generate().unwrap();
    let leaf = params("leaf").signed_by(&key, &root).unwrap().pem();
    let key = key.serialize_pem();
    assert_eq!(checked(&leaf, &key, Some(&root.pem())), Ok(vec![]));
    assert_eq!(
        checked(&leaf, &key, Some(&impostor.pem())),
        Ok(vec![TlsWarning::OtherAuthority])
    );
}

#[test]
fn dates() {
    let key = KeyPair::generate().unwrap();
    let pem = key.serialize_pem();
    let with = |from: (i32, u8, u8), until: (i32, u8, u8)| {
        let mut params = params("leaf");
        params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
        params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
        self_signed(params, &key)
    };
    let expired = with((2020, 1, 1), (2026, 5, 31));
    assert!(matches!(
        checked(&expired, &pem, None),
        Err(TlsProblem::Expired { .. })
    ));
    let allowed = check(
        &Pair {
            certificate: &value(&expired),
            key: &value(&pem),
            ca: None,
        },
        now(),
        Expiry::Allow,
    );
    assert!(matches!(
        allowed.as_deref(),
        Ok([TlsWarning::Expired { .. }])
    ));
    let soon = checked(&with((2020, 1, 1), (2026, 6, 30)), &pem, None);
    assert!(
        matches!(soon.as_deref(), Ok([TlsWarning::ExpiresSoon { .. }])),
        "{soon:?}"
    );
    assert_eq!(
        checked(&with((2020, 1, 1), (2026, 7, 2)), &pem, None),
        Ok(vec![])
    );
    let later = checked(&with((2026, 7, 1), (2027, 7, 1)), &pem, None);
    assert!(matches!(
        later.as_deref(),
        Ok([TlsWarning::NotYetValid { .. }])
    ));
}

#[test]
fn names_and_strength() {
    let key = KeyPair::generate().unwrap();
    let mut nameless = params("leaf");
    nameless.subject_alt_names.clear();
    assert_eq!(
        checked(&self_signed(nameless, &key), &key.serialize_pem(), None),
        Ok(vec![TlsWarning::NoNames])
    );
    let key = KeyPair::generate().unwrap();
    let leaf = self_signed(params("leaf"), &key);
    let warnings = checked(&leaf, &key.serialize_pem(), Some(WEAK_CERTIFICATE)).unwrap();
    assert!(
        warnings.contains(&TlsWarning::WeakKey {
            subject: "weak".to_owned(),
            bits: 1024
        }),
        "{warnings:?}"
    );
    assert!(
        warnings.contains(&TlsWarning::WeakSignature {
            subject: "weak".to_owned()
        }),
        "{warnings:?}"
    );
}

#[test]
fn a_weak_key_is_warned_about_and_must_belong_all_the_same() {
    let weak = TlsWarning::WeakKey {
        subject: "weak".to_owned(),
        bits: 1024,
    };
    let pkcs8 = PrivateKeyDer::from_pem_slice(WEAK_KEY.as_bytes()).unwrap();
    let info = pkcs8::PrivateKeyInfo::try_from(pkcs8.secret_der()).unwrap();
    let document = pkcs8::der::SecretDocument::try_from(info.private_key).unwrap();
    let pkcs1 = document
        .to_pem("RSA PRIVATE KEY", pkcs8::LineEnding::LF)
        .unwrap();
    for key in [WEAK_KEY, &pkcs1] {
        let warnings = checked(WEAK_CERTIFICATE, key, None).unwrap();
        assert!(warnings.contains(&weak), "{warnings:?}");
    }
    let strong = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let curve = KeyPair::generate().unwrap();
    for other in [strong.serialize_pem(), curve.serialize_pem()] {
        assert_eq!(
            checked(WEAK_CERTIFICATE, &other, None),
            Err(TlsProblem::OtherKey)
        );
    }
    let leaf = self_signed(params("leaf"), &strong);
    assert_eq!(checked(&leaf, WEAK_KEY, None), Err(TlsProblem::OtherKey));
}

#[test]
fn a_key_that_no_server_can_use_is_refused_with_the_reason() {
    let problem = checked(TINY_CERTIFICATE, TINY_KEY, None).unwrap_err();
    assert_eq!(
        problem,
        TlsProblem::WeakKey {
            subject: "tiny".to_owned(),
            bits: 512
        }
    );
    assert!(problem.to_string().contains("less than 1024"));
    assert!(problem.hint().unwrap().contains("2048"));
}

#[test]
fn encrypted_keys_open_with_their_passphrase_only() {
    let encrypted = value(ENCRYPTED_KEY);
    assert!(needs_passphrase(&encrypted));
    assert!(!needs_passphrase(&value(WEAK_KEY)));
    let clear =
        decrypt_key(&encrypted, &value("correct horse")).unwrap_or_else(|error| panic!("{error}"));
    assert!(clear.expose().starts_with(b"-----BEGIN PRIVATE KEY-----\n"));
    assert!(PrivateKeyDer::from_pem_slice(clear.expose()).is_ok());
    let wrong = decrypt_key(&encrypted, &value("wrong"));
    assert_eq!(wrong.err(), Some(TlsProblem::WrongPassphrase));
}

/// RSA 1024, signed with SHA-1, made by openssl for this test.
pub(in crate::secret) const WEAK_CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIICEzCCAXygAwIBAgIUNiaf83q6WCqZpaL72JZAfywPBBwwDQYJKoZIhvcNAQEF
BQAwDzENMAsGA1UEAwwEd2VhazAeFw0yNjExMjQwMzA1MDdaFw0zNjExMjEwMzA1
MDdaMA8xDTALBgNVBAMMBHdlYWswgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGB
ANS3qgug1A5Dhi7kRqEY0zD99aAuhJnHXocfKTqre4kED7KCnggcBTHPXNqDAnja
5mfnNhZMdgHGZi6kpHgXRmuv3lp8fjRd7RRQBjs0SCeHosPQ143dp9qt35xJRLLM
m0I+DlWg5Q7IeMPp6bUpvtMJiGNAl3JHfBt+qRulM3d5AgMBAAGjbDBqMB0GA1Ud
DgQWBBRQlNR9JYizIY7u8KYhhA98pafMCjAfBgNVHSMEGDAWgBRQlNR9JYizIY7u
8KYhhA98pafMCjAPBgNVHRMBAf8EBTADAQH/MBcGA1UdEQQQMA6CDHdlYWsuZXhh
bXBsZTANBgkqhkiG9w0BAQUFAAOBgQALgGnOVULHMK6fmA2vizCVDcSE3dE8FJlh
RlxlvT2UW5hojb/TMbjMXZgZosNSWvHUwSRKv2kwBUo2wEjB5OLRg/pm916nXf/A
Fwkpsc8hW1+vUW9ev5M7yNMXdNgWM7n+0R5yCEw4H5pjBi5lvM6YSVPDu0egdI4p
eyxHM5PkUQ==
-----END CERTIFICATE-----
";
pub(in crate::secret) const WEAK_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBANS3qgug1A5Dhi7k
RqEY0zD99aAuhJnHXocfKTqre4kED7KCnggcBTHPXNqDAnja5mfnNhZMdgHGZi6k
pHgXRmuv3lp8fjRd7RRQBjs0SCeHosPQ143dp9qt35xJRLLMm0I+DlWg5Q7IeMPp
6bUpvtMJiGNAl3JHfBt+qRulM3d5AgMBAAECgYEAwqD52YHiBNsLn0QGy8enFKCJ
aXKmqP2eJAwC8UeN1KP+qNqSNeFNb3HIB7bvQB0py8/l0SlMn/sj63GBes/xAVIj
hDjoQ1VCxWQ8gUbAgO96G9qytLH9QEPbAhRhKDtYYS+p5wKgOvjamQhR6fu9aSso
i9Z0lUzH0cEVafCiHsECQQD/5WHugL869fUdpn2rU+b713y7gnUgmHN4byp3YVgg
aM6qzpkNZVLDIf2slSVR1vs3nOzqqSHZ9miDH9VGunVdAkEA1M3KV7wRrJRE9UPD
DdJskgf9K8cSDvhFeiSL6n/LDbzf6TNyaKxd3wdb0iSd/jqTqeJY81gW8OygwfTY
tZ2szQJAEWMfnVoIJFRz/DjEzzBbQH9qzT7XAIj7R5KeGxB1MXaNnFN/WMaqsfGM
T/6uU3o9BZFXE7a8QxgYD9jI4A5pTQJBAKaAIXpF1xpNpCq2iw3sfzA++fJfvpxh
2pJ3t9WRiYFFL3hZ3YFSo9vV+RzRs6BvmouIYwp6+PAmZJ19AnYPWV0CQQCQACBv
GstA1f0UB4nEKCn1HOMP5UW1joX3R70ABxj8Nc3Z/qH+WEWNw4oclpcmnuZmcNoU
s8XBDCrDR9KJvB0S
-----END PRIVATE KEY-----
";
/// An Ed25519 key under the passphrase "correct horse", made by openssl for this test.
const ENCRYPTED_KEY: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjskl/LylR3DgICA+gw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBvFBt85OQMCsyx3O2GnzbIEQBck
JuSmrhMhDsWasNGW2iURyJ9wfjo4aOH0IOR0mssk2KMw51OMFVZQ18oP/TFjt3iy
5YMuKkIod22oFJDIIpw=
-----END ENCRYPTED PRIVATE KEY-----
";
/// RSA 512, made by openssl for this test.
pub(in crate::secret) const TINY_CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBjjCCATigAwIBAgIUBluRkg+rjoA3kv/9ovYbZVwGoAYwDQYJKoZIhvcNAQEL
BQAwDzENMAsGA1UEAwwEdGlueTAeFw0yNjExMjUwODUxNTRaFw0zNjExMjIwODUx
NTRaMA8xDTALBgNVBAMMBHRpbnkwXDANBgkqhkiG9w0BAQEFAANLADBIAkEAqn80
3NscFp7eE81nSBhCOz7HLhkJXaZqr8u06e/fNAIaXzBRpAURW51VDey2gg2MDPaM
AfSxvqNgaEiP+dKaFwIDAQABo2wwajAdBgNVHQ4EFgQU3sMPIr2DU1LTZk9aN38s
t0THOBMwHwYDVR0jBBgwFoAU3sMPIr2DU1LTZk9aN38st0THOBMwDwYDVR0TAQH/
BAUwAwEB/zAXBgNVHREEEDAOggx0aW55LmV4YW1wbGUwDQYJKoZIhvcNAQELBQAD
QQCkchm6oqdFtxaMQ2vxrugKhMDeKwrzWDyUeKatrRbrFa4dqXI3x8Htn0nKv6mv
BuJsjiCisDZpvyFzHnHxRxsS
-----END CERTIFICATE-----
";
const TINY_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEAqn803NscFp7eE81n
SBhCOz7HLhkJXaZqr8u06e/fNAIaXzBRpAURW51VDey2gg2MDPaMAfSxvqNgaEiP
+dKaFwIDAQABAkEAliB6gLpiijyLWa508hOCRj6qDho3mAHQUUky3Qa9aEG93Rch
E9RabUsbqoQct5/6YanM8xwi+kpjOKe3jwcmwQIhANLAwQCXkk35eJOlpQehbuct
kX1qETK9Tfw6UIW0ZQRhAiEAzxnuDcKuYni9PcYG36ML6qR0XRaAgHjBKYT7GsZn
MXcCIQCfL0JYTSQPy1e8xcfR7KhU6wFSZjQZTA1Eb1N0uh324QIgBNQd8MQxPKqD
/wS29E/g3z+mVuVHabdnCYjIMf+eOFECIQCMazrxMD1xfC+A3EVgnwaoVIucKaO1
J/iEtkFeJPu9CA==
-----END PRIVATE KEY-----
";
