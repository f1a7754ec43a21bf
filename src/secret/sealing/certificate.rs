//! The certificate of a controller: who may seal with it, and until when.

use std::fmt;

use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::SealingKey;

/// Bytes of a file or an answer that may be a certificate: a chain with keys of 8192
/// bits has a few kilobytes.
pub const LONGEST_CERTIFICATE: usize = 256 * 1024;
/// Sizes of RSA keys that are used, in bits: what the library encrypts with.
const BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A certificate that may be sealed with now.
pub struct SealingCertificate {
    pub key: SealingKey,
    /// Until when it is valid.
    pub until: Timestamp,
    /// How many further certificates follow it, which are not used: the controller
    /// gives the newest first, and kubeseal takes the first.
    pub others: usize,
}

/// Why nothing is sealed with a certificate. It is public, so what it says may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateProblem {
    /// There is no PEM in it.
    NoPem,
    /// It is a certificate without PEM around it.
    Der,
    /// It holds a private key.
    PrivateKey,
    /// It is no certificate that can be read.
    Broken,
    /// Its key is of another kind.
    NotRsa,
    /// Its RSA key has a size that is not used.
    Size {
        bits: usize,
    },
    Expired {
        until: Timestamp,
    },
    NotYetValid {
        from: Timestamp,
    },
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPem => formatter.write_str("holds no certificate in PEM form"),
            Self::Der => formatter.write_str("is a certificate in DER form, not in PEM"),
            Self::PrivateKey => formatter.write_str(
                "holds a private key; sealing needs only the certificate, and the private key stays in the cluster",
            ),
            Self::Broken => formatter.write_str("holds a certificate that cannot be read"),
            Self::NotRsa => {
                formatter.write_str("is the certificate of a key that is not RSA")
            }
            Self::Size { bits } => write!(
                formatter,
                "has an RSA key of {bits} bits; {} to {} bits in whole bytes are used",
                BITS.start(),
                BITS.end()
            ),
            Self::Expired { until } => write!(formatter, "expired on {}", day(*until)),
            Self::NotYetValid { from } => {
                write!(formatter, "is valid only from {} on", day(*from))
            }
        }
    }
}

fn day(time: Timestamp) -> impl fmt::Display {
    time.strftime("%Y-%m-%d").to_string()
}

impl CertificateProblem {
    /// The next step, a whole sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::PrivateKey => {
                "Give the certificate alone, and remove the private key from this machine."
            }
            Self::Expired { .. } | Self::NotYetValid { .. } => {
                "Fetch the current certificate of the controller; check the clock of this machine if the dates look right."
            }
            Self::Der => "Convert it with openssl x509 -inform der.",
            Self::NoPem | Self::Broken | Self::NotRsa | Self::Size { .. } => {
                "Give the certificate that the controller serves at /v1/cert.pem."
            }
        }
    }
}

impl SealingCertificate {
    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// [`CertificateProblem`].
    pub fn read(pem: &[u8], now: Timestamp) -> Result<Self, CertificateProblem> {
        if contains(pem, b"PRIVATE KEY-----") {
            return Err(CertificateProblem::PrivateKey);
        }
        let mut found = CertificateDer::pem_slice_iter(pem);
        let first = match found.next() {
            Some(Ok(der)) => der,
            Some(Err(_)) => return Err(CertificateProblem::Broken),
            None if pem.first() == Some(&0x30) => return Err(CertificateProblem::Der),
            None => return Err(CertificateProblem::NoPem),
        };
        let others = found.filter(Result::is_ok).count();
        let (rest, certificate) =
            X509Certificate::from_der(&first).map_err(|_| CertificateProblem::Broken)?;
        if !rest.is_empty() {
            return Err(CertificateProblem::Broken);
        }
        let public_key = certificate.public_key();
        let bits = match public_key.parsed() {
            Ok(PublicKey::RSA(key)) => bits(key.modulus),
            Ok(_) => return Err(CertificateProblem::NotRsa),
            Err(_) => return Err(CertificateProblem::Broken),
        };
        if !BITS.contains(&bits) || !bits.is_multiple_of(8) {
            return Err(CertificateProblem::Size { bits });
        }
        let time = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
        let validity = certificate.validity();
        let (from, until) = (
            time(validity.not_before.timestamp()),
            time(validity.not_after.timestamp()),
        );
        if until < now {
            return Err(CertificateProblem::Expired { until });
        }
        if from > now {
            return Err(CertificateProblem::NotYetValid { from });
        }
        let key = SealingKey::new(public_key.raw).ok_or(CertificateProblem::Broken)?;
        Ok(Self { key, until, others })
    }
}

/// Size of a number in bits, leading zeros left out.
fn bits(number: &[u8]) -> usize {
    let start = number.iter().position(|byte| *byte != 0);
    start.map_or(0, |start| {
        let number = &number[start..];
        number.len() * 8 - number[0].leading_zeros() as usize
    })
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
