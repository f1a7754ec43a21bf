//! Comparing RSA keys that the TLS library is too careful to load.

use pkcs8::PrivateKeyInfo;
use pkcs8::der::asn1::UintRef;
use pkcs8::der::{Decode as _, Header, SliceReader, Tag};
use rustls_pki_types::PrivateKeyDer;

/// The modulus of a private key, without leading zeros; `None` for a key that
/// is not RSA. It is public: the certificate has it too.
pub(super) fn modulus<'a>(key: &'a PrivateKeyDer<'_>) -> Option<&'a [u8]> {
    match key {
        PrivateKeyDer::Pkcs1(key) => modulus_of_pkcs1(key.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(key) => {
            let info = PrivateKeyInfo::try_from(key.secret_pkcs8_der()).ok()?;
            modulus_of_pkcs1(info.private_key)
        }
        _ => None,
    }
}

/// `RSAPrivateKey` begins with a version and the modulus (RFC 8017, A.1.2). An
/// `ECPrivateKey` begins with a version and an octet string (RFC 5915).
fn modulus_of_pkcs1(der: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(der).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    header.tag.assert_eq(Tag::Sequence).ok()?;
    UintRef::decode(&mut reader).ok()?;
    Some(UintRef::decode(&mut reader).ok()?.as_bytes())
}
