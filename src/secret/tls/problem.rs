//! What can be wrong with a certificate and its key.

use jiff::Timestamp;

use super::Part;

/// What no client would accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsProblem {
    /// Text without a PEM block.
    #[error("{0} holds no PEM block")]
    NoPem(Part),
    #[error("{0} is DER, not PEM")]
    Der(Part),
    /// A PEM block that cannot be decoded.
    #[error("{0} holds a PEM block that cannot be read")]
    BrokenPem(Part),
    /// Certificate and key are in each other's place.
    #[error("certificate and key are swapped: --cert names a key, or --key a certificate")]
    Swapped,
    /// The key needs a passphrase.
    #[error("the key is encrypted")]
    Encrypted,
    /// The key is encrypted in OpenSSL's old way.
    #[error("the key uses the legacy PEM encryption, which is not supported")]
    OldEncryption,
    /// The key is encrypted with an algorithm we do not have.
    #[error("the key is encrypted with an algorithm that is not supported")]
    UnsupportedEncryption,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open the key")]
    WrongPassphrase,
    /// Not RSA, EC or Ed25519.
    #[error("the key is of a kind that servers do not use: RSA, ECDSA and Ed25519 are")]
    UnsupportedKey,
    /// The key belongs to another certificate.
    #[error("the key does not belong to the first certificate")]
    OtherKey,
    /// The chain is complete, but in another order.
    #[error("the certificates are in the wrong order")]
    WrongOrder(Vec<String>),
    /// Certificates that do not belong to the chain.
    #[error("the file holds certificates that are not in the chain of the first one: {}", .0.join(", "))]
    Unrelated(Vec<String>),
    /// The server's own key is an RSA key so short that no server can use it.
    #[error(
        "the key of {subject} is too weak: RSA with {bits} bits, and TLS libraries do not sign with less than 1024"
    )]
    WeakKey { subject: String, bits: usize },
    /// The certificate has expired.
    #[error("the certificate of {subject} expired at {until}")]
    Expired { subject: String, until: Timestamp },
    /// `--ca` names a certificate that may not issue others.
    #[error("{0} in the authority file (--ca) is not an authority's certificate")]
    NotAnAuthority(String),
}

impl TlsProblem {
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Der(Part::Key) => {
                "Convert it: openssl pkey -inform DER -in KEY -out key.pem".to_owned()
            }
            Self::Der(_) => "Convert it: openssl x509 -inform DER -in CERT -out cert.pem".to_owned(),
            Self::Swapped => "Swap the paths after --cert and --key.".to_owned(),
            Self::OldEncryption | Self::UnsupportedEncryption => {
                "Convert it; the new file stays encrypted and its passphrase is asked for here: openssl pkcs8 -topk8 -in KEY -out new.pem".to_owned()
            }
            Self::WrongOrder(order) => {
                format!("Put them in this order, the server's own first: {}.", order.join(", "))
            }
            Self::Unrelated(_) => {
                "Keep the server's certificate and its intermediates, each followed by its issuer.".to_owned()
            }
            Self::WeakKey { .. } => "Issue a new pair: ECDSA P-256, or RSA with 2048 bits or more.".to_owned(),
            Self::OtherKey => {
                "Find the key that was made for this certificate, or issue a new pair.".to_owned()
            }
            Self::Expired { .. } => {
                "Renew it, or store it all the same with --allow-expired.".to_owned()
            }
            _ => return None,
        })
    }
}

/// What some clients will not accept, or soon no client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsWarning {
    /// The key's kind cannot be compared with the certificate.
    #[error("the key could not be compared with the certificate")]
    KeyNotCompared,
    #[error("the certificate of {subject} expired at {until}")]
    Expired { subject: String, until: Timestamp },
    /// It ends within 30 days.
    #[error("the certificate of {subject} expires at {until}, within 30 days")]
    ExpiresSoon { subject: String, until: Timestamp },
    #[error("the certificate of {subject} is not valid before {from}")]
    NotYetValid { subject: String, from: Timestamp },
    /// Only the common name tells whose it is.
    #[error(
        "the certificate has no subject alternative names; clients no longer look at the common name"
    )]
    NoNames,
    /// A short RSA key.
    #[error(
        "the key of {subject} is weak: RSA with {bits} bits, and many TLS libraries refuse it below 2048"
    )]
    WeakKey { subject: String, bits: usize },
    #[error("the certificate of {subject} is signed with MD5 or SHA-1, which clients refuse")]
    WeakSignature { subject: String },
    /// `--ca` did not issue the chain.
    #[error("the authority (--ca) is not the issuer of the last certificate in the chain")]
    OtherAuthority,
}
