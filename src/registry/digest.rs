//! What names the content of registries (opencontainers/image-spec
//! `descriptor.md`). SHA-256 is the only algorithm that is taken.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};

/// A SHA-256 digest as registries write it: `sha256:…`, 64 lower-case digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    pub fn compute(content: &[u8]) -> Self {
        let mut text = String::from("sha256:");
        for byte in digest(&SHA256, content).as_ref() {
            // Writing into a text does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// Reads one; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("sha256:")?;
        let legal = digits.len() == 64
            && digits
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        legal.then(|| Self(text.to_owned()))
    }

    /// As registries write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_registries() {
        let abc = Digest::compute(b"abc");
        assert_eq!(
            abc.as_str(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(Digest::parse(abc.as_str()), Some(abc.clone()));
        for text in [
            "",
            "latest",
            "sha256:",
            "sha256:../../x",
            "sha512:00",
            &abc.as_str().to_uppercase(),
            &format!("{}0", abc.as_str()),
            &abc.as_str().replace("sha256", "sha512"),
        ] {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
    }
}
