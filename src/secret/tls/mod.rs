//! Checks a certificate chain and its private key before they are stored.
//!
//! kubectl checks only that the key fits; the server checks nothing. What
//! clients refuse later is told here first.

use std::fmt;

use jiff::Timestamp;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::SecretValue;

mod certificate;
mod chain;
mod passphrase;
mod problem;
mod rsa;

use certificate::Certificate;

pub use chain::{CertificateFacts, ChainFacts, Issuer, chain};
pub use passphrase::{decrypt_key, needs_passphrase};
pub use problem::{TlsProblem, TlsWarning};

/// A certificate that ends sooner than this many days is warned about.
const SOON_DAYS: i64 = 30;
/// RSA keys below this many bits are weak: many clients and servers refuse them.
const RSA_BITS: usize = 2048;
/// RSA keys below this many bits are of no use: Go, and so most of Kubernetes,
/// neither signs nor verifies with them (`crypto/rsa`, "Minimum key size").
const LEAST_RSA_BITS: usize = 1024;

/// What is to be stored.
pub struct Pair<'a> {
    /// PEM of the certificate, followed by its intermediates.
    pub certificate: &'a SecretValue,
    /// PEM of its private key.
    pub key: &'a SecretValue,
    /// PEM of the authority's certificate.
    pub ca: Option<&'a SecretValue>,
}

/// What happens to an expired certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    Refuse,
    /// It is warned about.
    Allow,
}

/// Which file a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Certificate,
    Key,
    Authority,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Certificate => "the certificate file (--cert)",
            Self::Key => "the key file (--key)",
            Self::Authority => "the authority file (--ca)",
        })
    }
}

/// Checks `pair` as of `now`.
///
/// # Errors
/// [`TlsProblem`] for what no client would accept. Subjects, names and dates
/// of certificates are public and may be told; nothing of the key is.
pub fn check(
    pair: &Pair<'_>,
    now: Timestamp,
    expiry: Expiry,
) -> Result<Vec<TlsWarning>, TlsProblem> {
    let ders = certificates(pair.certificate, Part::Certificate)?;
    let key = private_key(pair.key)?;
    let mut warnings = Vec::new();

    let chain = parse(&ders, Part::Certificate)?;
    if let Some(leaf) = chain.first() {
        check_key(leaf, &ders, &key, &mut warnings)?;
    }
    check_order(&chain)?;
    for (position, certificate) in chain.iter().enumerate() {
        check_dates(certificate, position, now, expiry, &mut warnings)?;
        check_strength(certificate, &mut warnings);
    }
    if chain.first().is_some_and(|leaf| !leaf.has_names()) {
        warnings.push(TlsWarning::NoNames);
    }
    if let Some(ca) = pair.ca {
        check_authority(ca, &chain, now, &mut warnings)?;
    }
    Ok(warnings)
}

fn certificates(pem: &SecretValue, part: Part) -> Result<Vec<CertificateDer<'static>>, TlsProblem> {
    let bytes = pem.expose();
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let found = found.map_err(|_| TlsProblem::BrokenPem(part))?;
    if !found.is_empty() {
        return Ok(found);
    }
    Err(if contains(bytes, b"PRIVATE KEY-----") {
        TlsProblem::Swapped
    } else if bytes.first() == Some(&0x30) {
        TlsProblem::Der(part)
    } else {
        TlsProblem::NoPem(part)
    })
}

fn private_key(pem: &SecretValue) -> Result<PrivateKeyDer<'static>, TlsProblem> {
    let bytes = pem.expose();
    if needs_passphrase(pem) {
        return Err(TlsProblem::Encrypted);
    }
    if contains(bytes, b"Proc-Type: 4,ENCRYPTED") {
        return Err(TlsProblem::OldEncryption);
    }
    PrivateKeyDer::from_pem_slice(bytes).map_err(|_| {
        if contains(bytes, b"BEGIN CERTIFICATE-----") {
            TlsProblem::Swapped
        } else if bytes.first() == Some(&0x30) {
            TlsProblem::Der(Part::Key)
        } else if contains(bytes, b"PRIVATE KEY-----") {
            TlsProblem::BrokenPem(Part::Key)
        } else {
            TlsProblem::NoPem(Part::Key)
        }
    })
}

/// The key must be that of the first certificate.
fn check_key(
    leaf: &Certificate<'_>,
    ders: &[CertificateDer<'static>],
    key: &PrivateKeyDer<'static>,
    warnings: &mut Vec<TlsWarning>,
) -> Result<(), TlsProblem> {
    let weak = leaf.rsa_bits().filter(|bits| *bits < RSA_BITS);
    if let Some(bits) = weak {
        // The TLS library does not load such a key, so it is compared here.
        let subject = leaf.subject();
        return match rsa::modulus(key) {
            _ if bits < LEAST_RSA_BITS => Err(TlsProblem::WeakKey { subject, bits }),
            modulus if modulus == leaf.rsa_modulus() => Ok(()),
            _ => Err(TlsProblem::OtherKey),
        };
    }
    let signing = any_supported_type(key).map_err(|_| match rsa::modulus(key) {
        Some(_) => TlsProblem::OtherKey,
        None => TlsProblem::UnsupportedKey,
    })?;
    match CertifiedKey::new(ders.to_vec(), signing).keys_match() {
        Ok(()) => Ok(()),
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
            warnings.push(TlsWarning::KeyNotCompared);
            Ok(())
        }
        Err(_) => Err(TlsProblem::OtherKey),
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn parse<'a>(
    ders: &'a [CertificateDer<'_>],
    part: Part,
) -> Result<Vec<Certificate<'a>>, TlsProblem> {
    ders.iter()
        .map(|der| Certificate::parse(der).ok_or(TlsProblem::BrokenPem(part)))
        .collect()
}

/// Each certificate must be issued by the next one.
fn check_order(chain: &[Certificate<'_>]) -> Result<(), TlsProblem> {
    let in_order = chain.windows(2).all(|pair| pair[1].issued(&pair[0]));
    if in_order {
        return Ok(());
    }
    let mut right = vec![&chain[0]];
    let mut left: Vec<_> = chain[1..].iter().collect();
    while let Some(next) = left
        .iter()
        .position(|candidate| right.last().is_some_and(|last| candidate.issued(last)))
    {
        right.push(left.remove(next));
    }
    Err(if left.is_empty() {
        TlsProblem::WrongOrder(right.iter().map(|one| one.subject()).collect())
    } else {
        TlsProblem::Unrelated(left.iter().map(|one| one.subject()).collect())
    })
}

fn check_dates(
    certificate: &Certificate<'_>,
    position: usize,
    now: Timestamp,
    expiry: Expiry,
    warnings: &mut Vec<TlsWarning>,
) -> Result<(), TlsProblem> {
    let subject = certificate.subject();
    let (from, until) = certificate.valid();
    if until < now {
        if expiry == Expiry::Refuse {
            return Err(TlsProblem::Expired { subject, until });
        }
        warnings.push(TlsWarning::Expired { subject, until });
    } else if from > now {
        warnings.push(TlsWarning::NotYetValid { subject, from });
    } else if position == 0 && until.as_second() - now.as_second() < SOON_DAYS * 86_400 {
        warnings.push(TlsWarning::ExpiresSoon { subject, until });
    }
    Ok(())
}

fn check_strength(certificate: &Certificate<'_>, warnings: &mut Vec<TlsWarning>) {
    let subject = certificate.subject();
    if let Some(bits) = certificate.rsa_bits()
        && bits < RSA_BITS
    {
        warnings.push(TlsWarning::WeakKey {
            subject: subject.clone(),
            bits,
        });
    }
    if certificate.has_weak_signature() {
        warnings.push(TlsWarning::WeakSignature { subject });
    }
}

fn check_authority(
    ca: &SecretValue,
    chain: &[Certificate<'_>],
    now: Timestamp,
    warnings: &mut Vec<TlsWarning>,
) -> Result<(), TlsProblem> {
    let ders = certificates(ca, Part::Authority)?;
    let authorities = parse(&ders, Part::Authority)?;
    for authority in &authorities {
        if !authority.is_authority() {
            return Err(TlsProblem::NotAnAuthority(authority.subject()));
        }
        check_dates(authority, 1, now, Expiry::Allow, warnings)?;
        check_strength(authority, warnings);
    }
    let last = chain.last();
    let issued = last.is_some_and(|last| {
        authorities
            .iter()
            .any(|authority| authority.signed(last) || authority.is_same_as(last))
    });
    if !issued {
        warnings.push(TlsWarning::OtherAuthority);
    }
    Ok(())
}

/// A bundle of both: who trusts it trusts what either has signed.
pub fn both(one: &SecretValue, other: &SecretValue) -> SecretValue {
    let (one, other) = (one.expose(), other.expose());
    let mut bundle = Vec::with_capacity(one.len() + other.len() + 2);
    for part in [one, other] {
        bundle.extend_from_slice(part);
        if !part.ends_with(b"\n") {
            bundle.push(b'\n');
        }
    }
    SecretValue::from_bytes(bundle)
}

#[cfg(test)]
pub(in crate::secret) mod tests;
