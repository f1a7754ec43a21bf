//! What the checks need to know of one certificate.

use jiff::Timestamp;
use x509_parser::der_parser::{Oid, oid};
use x509_parser::oid_registry::{OID_PKCS1_MD5WITHRSAENC, OID_PKCS1_SHA1WITHRSA};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};
use x509_parser::public_key::PublicKey;

/// ecdsa-with-SHA1 (RFC 3279).
const ECDSA_WITH_SHA1: Oid<'static> = oid!(1.2.840.10045.4.1);
/// id-ad-caIssuers (RFC 5280).
const CA_ISSUERS: Oid<'static> = oid!(1.3.6.1.5.5.7.48.2);

pub(super) struct Certificate<'a>(X509Certificate<'a>);

impl<'a> Certificate<'a> {
    pub(super) fn parse(der: &'a [u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        rest.is_empty().then_some(Self(certificate))
    }

    /// The common name, or the whole subject where there is none.
    pub(super) fn subject(&self) -> String {
        let subject = self.0.subject();
        subject
            .iter_common_name()
            .next()
            .and_then(|name| name.as_str().ok())
            .map_or_else(|| subject.to_string(), str::to_owned)
    }

    /// From when until when it is valid.
    pub(super) fn valid(&self) -> (Timestamp, Timestamp) {
        let time = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
        let validity = self.0.validity();
        (
            time(validity.not_before.timestamp()),
            time(validity.not_after.timestamp()),
        )
    }

    /// Whether this is named as the issuer of `other`.
    pub(super) fn issued(&self, other: &Certificate<'_>) -> bool {
        self.0.subject().as_raw() == other.0.issuer().as_raw()
    }

    /// Whether this is the issuer of `other`, by name and by signature.
    pub(super) fn signed(&self, other: &Certificate<'_>) -> bool {
        self.issued(other) && other.0.verify_signature(Some(self.0.public_key())).is_ok()
    }

    pub(super) fn is_same_as(&self, other: &Certificate<'_>) -> bool {
        self.0.tbs_certificate.as_ref() == other.0.tbs_certificate.as_ref()
    }

    pub(super) fn is_authority(&self) -> bool {
        self.0.is_ca()
    }

    /// Whether it names any host or address in its subject alternative names.
    pub(super) fn has_names(&self) -> bool {
        self.0
            .subject_alternative_name()
            .is_ok_and(|names| names.is_some_and(|names| !names.value.general_names.is_empty()))
    }

    /// The host names and addresses it is for.
    pub(super) fn names(&self) -> Vec<String> {
        let Ok(Some(names)) = self.0.subject_alternative_name() else {
            return Vec::new();
        };
        names
            .value
            .general_names
            .iter()
            .filter_map(|name| match name {
                GeneralName::DNSName(name) => Some((*name).to_owned()),
                GeneralName::IPAddress(bytes) => address(bytes),
                _ => None,
            })
            .collect()
    }

    /// Whether it says where its issuer's certificate can be fetched (RFC 5280,
    /// 4.2.2.1), as those of public authorities do.
    pub(super) fn tells_where_its_issuer_is(&self) -> bool {
        self.0.extensions().iter().any(|extension| {
            matches!(extension.parsed_extension(),
                ParsedExtension::AuthorityInfoAccess(access)
                    if access.accessdescs.iter().any(|access| access.access_method == CA_ISSUERS))
        })
    }

    /// Size of an RSA key, in bits; `None` for other kinds.
    pub(super) fn rsa_bits(&self) -> Option<usize> {
        let modulus = self.rsa_modulus()?;
        let first = modulus.first()?;
        Some(modulus.len() * 8 - first.leading_zeros() as usize)
    }

    /// Modulus of an RSA key, without leading zeros; `None` for other kinds.
    pub(super) fn rsa_modulus(&self) -> Option<&[u8]> {
        let Ok(PublicKey::RSA(key)) = self.0.public_key().parsed() else {
            return None;
        };
        let start = key.modulus.iter().position(|byte| *byte != 0)?;
        Some(&key.modulus[start..])
    }

    /// Whether it is signed with MD5 or SHA-1.
    pub(super) fn has_weak_signature(&self) -> bool {
        let algorithm = self.0.signature_algorithm.oid();
        [
            OID_PKCS1_MD5WITHRSAENC,
            OID_PKCS1_SHA1WITHRSA,
            ECDSA_WITH_SHA1,
        ]
        .contains(algorithm)
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    let four: Result<[u8; 4], _> = bytes.try_into();
    let sixteen: Result<[u8; 16], _> = bytes.try_into();
    match (four, sixteen) {
        (Ok(four), _) => Some(std::net::Ipv4Addr::from(four).to_string()),
        (_, Ok(sixteen)) => Some(std::net::Ipv6Addr::from(sixteen).to_string()),
        _ => None,
    }
}
