//! What is noted on a SealedSecret when it is sealed: for which namespace, name and
//! scope, under which key, and a digest over the ciphertexts. All of it is public.
//!
//! `secretsafe.dev/sealed: v1 scope=strict namespace=shop name=db key=sha256:… ciphertexts=sha256:…`
//!
//! Values that were set later, under another key, are named behind it:
//! `key=sha256:…,sha256:…:password:token`.
//!
//! The digest makes the stamp one of this content: after `kubeseal --merge-into` or
//! `--re-encrypt`, which keep annotations, it no longer fits, and the file counts as
//! changed by another tool. It is no signature: whoever can write the file can write a
//! stamp that fits.
//!
//! The controller copies annotations of the SealedSecret into the answer of
//! `/v1/rotate`, from where they may reach the Secret. A stamp on a Secret means nothing
//! and is ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Write as _};

use aws_lc_rs::digest::{Context, SHA256};

use crate::secret::KeyName;

use super::sealed::{Scope, SealedSecret};

/// The annotation.
pub const STAMP: &str = "secretsafe.dev/sealed";

/// Longest stamp that is read, in bytes: a name has at most 253, and so has each key that
/// is named.
const MAX_BYTES: usize = 16 * 1024;
/// First bytes of everything that is digested for a stamp.
const DOMAIN: &[u8] = b"secretsafe sealed v1\0";
const PREFIX: &str = "sha256:";
const FINGERPRINT_BYTES: usize = PREFIX.len() + 64;

/// A SHA-256 digest of public data, written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Of the `SubjectPublicKeyInfo` (DER) of a certificate: a certificate that is made
    /// again for the same key has the same fingerprint.
    pub fn of_public_key(der: &[u8]) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(der);
        Self::finish(context)
    }

    /// One that was written down.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (digits.len() == 64 && digits.bytes().all(hexadecimal)).then(|| Self(text.to_owned()))
    }

    fn finish(context: Context) -> Self {
        let mut text = PREFIX.to_owned();
        for byte in context.finish().as_ref() {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// Enough of it to tell keys apart in a message.
    pub fn short(&self) -> &str {
        &self.0[..PREFIX.len() + 12]
    }
}

impl Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a stamp says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub scope: Scope,
    /// Namespace that it was sealed for; empty where a cluster-wide one has none.
    pub namespace: String,
    pub name: String,
    /// The key of the cluster that its values were sealed under.
    pub key: Fingerprint,
    /// Values that were sealed under another one, with that.
    pub others: BTreeMap<String, Fingerprint>,
    /// [`digest`] of its ciphertexts.
    pub ciphertexts: Fingerprint,
}

impl Stamp {
    /// The keys of the cluster that its values were sealed under.
    pub fn keys(&self) -> BTreeSet<Fingerprint> {
        let others = self.others.values().cloned();
        others.chain([self.key.clone()]).collect()
    }

    /// What the key of the cluster is that a value was sealed under.
    pub fn of_value(&self, key: &str) -> &Fingerprint {
        self.others.get(key).unwrap_or(&self.key)
    }

    /// The same for these values, of which one or more were set: no key stays that no
    /// value has. `None` if that cannot be written so that it can be read.
    pub fn with(
        mut self,
        values: &BTreeMap<&str, Fingerprint>,
        ciphertexts: Fingerprint,
    ) -> Option<Self> {
        let mut numbers: BTreeMap<&Fingerprint, usize> = BTreeMap::new();
        for fingerprint in values.values() {
            *numbers.entry(fingerprint).or_default() += 1;
        }
        let most = numbers.into_iter().max_by_key(|(_, number)| *number);
        self.key = most?.0.clone();
        self.others = values
            .iter()
            .filter(|(_, fingerprint)| **fingerprint != self.key)
            .map(|(key, fingerprint)| ((*key).to_owned(), fingerprint.clone()))
            .collect();
        self.ciphertexts = ciphertexts;
        (Self::parse(&self.to_string()).as_ref() == Some(&self)).then_some(self)
    }

    /// Reads the text of the annotation. Anybody may have written it: everything in it
    /// is on a list of allowed characters, in one order, and bounded.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let mut words = text.split(' ');
        if words.next() != Some("v1") {
            return None;
        }
        let mut field = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        let scope = Scope::parse(field("scope")?)?;
        let namespace = field("namespace")?;
        let name = field("name")?;
        let keys = field("key")?;
        let ciphertexts = Fingerprint::parse(field("ciphertexts")?)?;
        let namespace_is_said = is_name(namespace) || namespace.is_empty();
        if words.next().is_some()
            || !is_name(name)
            || !namespace_is_said
            || namespace.is_empty() && scope != Scope::ClusterWide
        {
            return None;
        }
        let mut keys = keys.split(',');
        let key = Fingerprint::parse(keys.next()?)?;
        let mut others = BTreeMap::new();
        for word in keys {
            let (fingerprint, values) = word.split_at_checked(FINGERPRINT_BYTES)?;
            let fingerprint = Fingerprint::parse(fingerprint)?;
            for value in values.strip_prefix(':')?.split(':') {
                let value = KeyName::new(value).ok()?.as_str().to_owned();
                let is_new = others.insert(value, fingerprint.clone()).is_none();
                if !is_new || fingerprint == key {
                    return None;
                }
            }
        }
        Some(Self {
            scope,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            key,
            others,
            ciphertexts,
        })
    }
}

impl Display for Stamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut others: BTreeMap<&Fingerprint, Vec<&str>> = BTreeMap::new();
        for (value, key) in &self.others {
            others.entry(key).or_default().push(value);
        }
        write!(
            formatter,
            "v1 scope={} namespace={} name={} key={}",
            self.scope.as_str(),
            self.namespace,
            self.name,
            self.key
        )?;
        for (key, values) in others {
            write!(formatter, ",{key}:{}", values.join(":"))?;
        }
        write!(formatter, " ciphertexts={}", self.ciphertexts)
    }
}

/// Characters of the names of objects (RFC 1123 subdomains).
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    (1..=253).contains(&text.len()) && text.bytes().all(allowed)
}

/// A digest over keys and ciphertexts, in the order of the keys. Line ends and blanks in
/// a ciphertext do not count, so that a formatter of YAML changes nothing.
pub fn digest<'t>(ciphertexts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Fingerprint {
    let mut sorted: Vec<_> = ciphertexts.into_iter().collect();
    sorted.sort_unstable();
    let mut context = Context::new(&SHA256);
    context.update(DOMAIN);
    for (key, text) in sorted {
        let text: String = text.split_ascii_whitespace().collect();
        for part in [key, &text] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
    }
    Fingerprint::finish(context)
}

/// [`digest`] of what a SealedSecret has; what is not text counts as empty.
pub fn digest_of(sealed: &SealedSecret<'_>) -> Fingerprint {
    let encrypted = sealed.encrypted();
    digest(
        encrypted
            .iter()
            .map(|(key, node)| (*key, node.as_str().unwrap_or_default())),
    )
}

/// How a SealedSecret and its stamp go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stamped {
    /// It has none: kubeseal or somebody else sealed it. Nothing is known of its key.
    No,
    /// It has one that is not ours to read.
    Unreadable,
    /// Its ciphertexts are others than when it was stamped.
    Changed(Stamp),
    /// It was sealed for another namespace, name or scope than it has now: unsealing
    /// will fail.
    Elsewhere(Stamp),
    /// It is as it was when it was sealed.
    Fits(Stamp),
}

/// Compares a SealedSecret with its stamp. `namespace` is the one that it is deployed to,
/// where that is known and the object does not say it.
pub fn compare(sealed: &SealedSecret<'_>, namespace: Option<&str>) -> Stamped {
    let Some(text) = sealed.annotation(STAMP) else {
        return Stamped::No;
    };
    let Some(stamp) = Stamp::parse(text) else {
        return Stamped::Unreadable;
    };
    let namespace = sealed.namespace.or(namespace);
    let other_namespace = namespace.is_some_and(|namespace| namespace != stamp.namespace);
    let elsewhere = sealed.scope() != stamp.scope
        || match stamp.scope {
            Scope::Strict => other_namespace || sealed.name != stamp.name,
            Scope::NamespaceWide => other_namespace,
            Scope::ClusterWide => false,
        };
    match () {
        () if digest_of(sealed) != stamp.ciphertexts => Stamped::Changed(stamp),
        () if elsewhere => Stamped::Elsewhere(stamp),
        () => Stamped::Fits(stamp),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::{SourceText, parse};

    fn stamp() -> Stamp {
        Stamp {
            scope: Scope::Strict,
            namespace: "shop".to_owned(),
            name: "db".to_owned(),
            key: Fingerprint::of_public_key(b"a"),
            others: BTreeMap::new(),
            ciphertexts: digest([("a", "AQ=="), ("b", "Ag==")]),
        }
    }

    fn compared(stamp: &str, name: &str, scope: &str, b: &str) -> Stamped {
        let text = format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: {name}\n  \
             namespace: shop\n  annotations: {{{STAMP}: '{stamp}', {scope}}}\nspec:\n  \
             encryptedData: {{b: {b}, a: AQ==}}\n"
        );
        let source = SourceText::new("test", text);
        let parsed = parse(&source);
        let root = &parsed.documents[0].root;
        compare(&SealedSecret::of(root).expect("a SealedSecret"), None)
    }

    #[test]
    fn a_stamp_fits_only_what_was_stamped() {
        let (text, fits) = (stamp().to_string(), Stamped::Fits(stamp()));
        assert_eq!(compared(&text, "db", "", "Ag=="), fits);
        assert_eq!(compared(&text, "db", "", "\"Ag\\n==\""), fits, "layout");
        assert_eq!(
            compared(&text, "db", "", "Aw=="),
            Stamped::Changed(stamp()),
            "other bytes"
        );
        assert_eq!(
            compared(&text, "other", "", "Ag=="),
            Stamped::Elsewhere(stamp())
        );
        assert_eq!(
            compared(
                &text,
                "db",
                "sealedsecrets.bitnami.com/cluster-wide: 'true'",
                "Ag=="
            ),
            Stamped::Elsewhere(stamp())
        );
        assert_eq!(compared("", "db", "", "Ag=="), Stamped::Unreadable);
    }

    #[test]
    fn keys_and_ciphertexts_are_told_apart() {
        let digests = [
            digest([]),
            digest([("a", "b")]),
            digest([("ab", "")]),
            digest([("a", ""), ("b", "")]),
            digest([("a", "c"), ("b", "d")]),
            digest([("a", "d"), ("b", "c")]),
        ];
        let different: BTreeSet<_> = digests.iter().collect();
        assert_eq!(different.len(), digests.len());
        assert_eq!(
            digest([("b", "2"), ("a", "1")]),
            digest([("a", "1"), ("b", "2")])
        );
    }

    #[test]
    fn a_stamp_of_another_shape_is_not_read() {
        let good = stamp().to_string();
        assert!(Stamp::parse(&good).is_some());
        let other = Stamp {
            key: Fingerprint::of_public_key(b"b"),
            ..stamp()
        };
        let later = good.replace(" ciphertexts", &format!(",{}:a:b ciphertexts", other.key));
        let later = Stamp::parse(&later).expect("a stamp");
        assert_eq!(later.of_value("b"), &other.key);
        assert_eq!(later.of_value("c"), &stamp().key);
        assert_eq!(later.keys().len(), 2);
        for bad in [
            good.replace("v1", "v2"),
            good.replace("name=db", "name=DB"),
            good.replace("name=db", "name=d\u{1b}b"),
            good.replace("namespace=shop", "namespace="),
            good.replace("scope=strict", "scope=all"),
            format!("{good} more"),
            good.replace("key=", "key=,"),
            good.replace(" ciphertexts", ", ciphertexts"),
            good.replace(" ciphertexts", &format!(",{} ciphertexts", other.key)),
            good.replace(" ciphertexts", &format!(",{}: ciphertexts", other.key)),
            good.replace(" ciphertexts", &format!(",{}:a:a ciphertexts", other.key)),
            good.replace(" ciphertexts", &format!(",{}:a/b ciphertexts", other.key)),
            good.replace(" ciphertexts", &format!(",{}:a ciphertexts", stamp().key)),
            good.replace("name=db ", &format!("name={} ", "d".repeat(254))),
            good.replace(' ', "\n"),
            good.to_uppercase(),
        ] {
            assert!(Stamp::parse(&bad).is_none(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "\\PC{0,300}") {
            let _ = Stamp::parse(&text);
        }

        #[test]
        fn what_is_written_is_read(
            scope in 0..3_usize,
            namespace in "[a-z0-9][a-z0-9-]{0,20}",
            name in "[a-z0-9][a-z0-9.-]{0,40}",
            keys in prop::collection::btree_map("[-._a-zA-Z0-9]{1,9}", 1..5_u64, 0..9),
        ) {
            let key = |key: u64| Fingerprint::of_public_key(&key.to_be_bytes());
            let legal = |name: &String| KeyName::new(name).is_ok();
            let stamp = Stamp {
                scope: Scope::ALL[scope],
                namespace,
                name,
                key: key(0),
                others: keys
                    .into_iter()
                    .filter(|(name, _)| legal(name))
                    .map(|(name, number)| (name, key(number)))
                    .collect(),
                ciphertexts: digest([]),
            };
            prop_assert_eq!(Stamp::parse(&stamp.to_string()), Some(stamp));
        }
    }
}
