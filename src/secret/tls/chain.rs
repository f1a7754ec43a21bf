//! What a stored chain tells, all of it public.

use jiff::Timestamp;

use super::certificate::Certificate;
use super::{Part, SecretValue, TlsProblem, certificates, check_order, parse};

/// What is known of a chain.
#[derive(Clone, Debug)]
pub struct ChainFacts {
    /// Its certificates, in the order of the text.
    pub certificates: Vec<CertificateFacts>,
    /// What is wrong with their order.
    pub order: Option<TlsProblem>,
}

/// What is known of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Its common name, or its whole subject.
    pub subject: String,
    /// The host names and addresses it is for.
    pub names: Vec<String>,
    pub from: Timestamp,
    pub until: Timestamp,
    pub issuer: Issuer,
}

/// Who issued a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// Its own subject: a root, or a certificate that was signed by its own key.
    Itself,
    /// Another, whose certificate it says where to fetch.
    Published,
    Other,
}

impl CertificateFacts {
    /// Whether a client that asks for `host` accepts its names: a wildcard
    /// stands for exactly one label (RFC 6125, 6.4.3).
    pub fn is_for(&self, host: &str) -> bool {
        self.names.iter().any(|name| {
            name.eq_ignore_ascii_case(host)
                || name.strip_prefix("*.").is_some_and(|domain| {
                    host.split_once('.').is_some_and(|(label, rest)| {
                        !label.is_empty() && rest.eq_ignore_ascii_case(domain)
                    })
                })
        })
    }
}

/// Reads a chain.
///
/// # Errors
/// [`TlsProblem`] when there is no certificate that can be read.
pub fn chain(pem: &SecretValue) -> Result<ChainFacts, TlsProblem> {
    let ders = certificates(pem, Part::Certificate)?;
    let chain = parse(&ders, Part::Certificate)?;
    Ok(ChainFacts {
        certificates: chain.iter().map(facts).collect(),
        order: check_order(&chain).err(),
    })
}

fn facts(certificate: &Certificate<'_>) -> CertificateFacts {
    let (from, until) = certificate.valid();
    CertificateFacts {
        subject: certificate.subject(),
        names: certificate.names(),
        from,
        until,
        issuer: if certificate.issued(certificate) {
            Issuer::Itself
        } else if certificate.tells_where_its_issuer_is() {
            Issuer::Published
        } else {
            Issuer::Other
        },
    }
}
