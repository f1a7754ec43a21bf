//! Private keys that are encrypted with a passphrase.

use pkcs8::der::SecretDocument;
use pkcs8::{EncryptedPrivateKeyInfo, LineEnding};

use super::{SecretValue, TlsProblem};

/// First line of an encrypted PKCS#8 key.
const ENCRYPTED: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";

/// Whether the key can be read only with a passphrase.
pub fn needs_passphrase(key: &SecretValue) -> bool {
    super::contains(key.expose(), ENCRYPTED)
}

/// The key in the clear, as PKCS#8 PEM: programs that mount the Secret have
/// nobody to ask for a passphrase.
///
/// # Errors
/// [`TlsProblem::WrongPassphrase`], or [`TlsProblem::UnsupportedEncryption`]
/// for anything but PBES2.
pub fn decrypt_key(key: &SecretValue, passphrase: &SecretValue) -> Result<SecretValue, TlsProblem> {
    let text =
        std::str::from_utf8(key.expose()).map_err(|_| TlsProblem::BrokenPem(super::Part::Key))?;
    // Text may stand around the block; the decoder wants the block alone.
    let start = text.find("-----BEGIN ENCRYPTED").unwrap_or_default();
    let end_line = "-----END ENCRYPTED PRIVATE KEY-----";
    let end = text
        .find(end_line)
        .map_or(text.len(), |at| at + end_line.len());
    let (_, document) = SecretDocument::from_pem(&text[start..end])
        .map_err(|_| TlsProblem::BrokenPem(super::Part::Key))?;
    let encrypted = EncryptedPrivateKeyInfo::try_from(document.as_bytes())
        .map_err(|_| TlsProblem::UnsupportedEncryption)?;
    let clear = encrypted
        .decrypt(passphrase.expose())
        .map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::UnsupportedAlgorithm {
                ..
            }) => TlsProblem::UnsupportedEncryption,
            _ => TlsProblem::WrongPassphrase,
        })?;
    let pem = clear
        .to_pem("PRIVATE KEY", LineEnding::LF)
        .map_err(|_| TlsProblem::WrongPassphrase)?;
    Ok(SecretValue::from_bytes(pem.as_bytes().to_vec()))
}
