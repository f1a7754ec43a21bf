//! What looks wrong about a value, said without saying what the value is.
//!
//! Each suspicion is a warning, never a refusal: a value may well be meant as
//! it is. So a rule must not fire on ordinary passwords, keys, certificates,
//! JSON or binary data.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::SecretValue;

/// The longest single line, in bytes, whose newline is suspicious. Passwords
/// and tokens are shorter; a text that long may be a document.
const LONGEST_LINE: usize = 4096;
/// The shortest value, in base64 digits, that is taken for base64. By chance a
/// random value of 16 digits decodes to 12 printable ASCII bytes once in 10^5;
/// one of 8 digits, the length of a common password, once in 400.
const SHORTEST_BASE64: usize = 16;
/// The longest value that is compared with the placeholders, in bytes.
const LONGEST_PLACEHOLDER: usize = 64;

/// What may be wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// There is no byte.
    Empty,
    /// A single line of text ends with its newline, or with several.
    TrailingNewline,
    /// A single line of text ends with a carriage return.
    TrailingReturn,
    /// The value is base64 of printable text.
    Base64Text,
    /// Lines end with CR LF.
    CarriageReturns,
    /// A UTF-8 byte order mark stands first.
    ByteOrderMark,
    /// The first and last character are the same kind of quote.
    SurroundingQuotes,
    /// Text that is meant to be replaced.
    Placeholder,
    /// A single line begins or ends with a blank.
    SurroundingBlanks,
    /// A single line has a character that nobody sees.
    Invisible,
    /// The text that Python prints for bytes: `b'…'`.
    PythonBytes,
}

/// Whether a value can be an environment variable's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AsVariable {
    #[default]
    Text,
    /// It is no UTF-8: the messages between kubelet and runtime hold text, and
    /// some kubelets do not care for that (kubernetes/kubernetes#139132).
    NotUtf8,
    /// It has a NUL byte, at which the value of a variable ends (environ(7)).
    HasNul,
}

impl Suspicion {
    /// A fragment that follows the name of the key.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::TrailingNewline => {
                "ends with a newline, which most apps treat as part of the value"
            }
            Self::TrailingReturn => {
                "ends with a carriage return, which most apps treat as part of the value"
            }
            Self::Base64Text => {
                "looks like base64 of text; Kubernetes adds its own base64, so apps will see it encoded"
            }
            Self::CarriageReturns => "has Windows line endings (CR LF)",
            Self::ByteOrderMark => {
                "begins with a byte order mark, which most apps treat as part of the value"
            }
            Self::SurroundingQuotes => "is in quotes, which apps will treat as part of the value",
            Self::Placeholder => "looks like a placeholder",
            Self::SurroundingBlanks => {
                "begins or ends with a space, which most apps treat as part of the value"
            }
            Self::Invisible => "has an invisible character, such as a no-break or zero-width space",
            Self::PythonBytes => {
                "looks like Python's notation for bytes (b'…'), not the bytes themselves"
            }
        }
    }
}

/// All suspicions about `value`, in the order of [`Suspicion`].
pub fn inspect(value: &SecretValue) -> Vec<Suspicion> {
    let bytes = value.expose();
    if bytes.is_empty() {
        return vec![Suspicion::Empty];
    }
    if is_utf16_text(bytes) {
        return vec![Suspicion::ByteOrderMark];
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Vec::new();
    };
    if text.bytes().any(|byte| byte == 0) {
        return Vec::new();
    }
    let line = text.trim_end_matches(['\r', '\n']);
    let single_line = !line.contains('\n');
    let has_line_end = single_line
        && line.len() < text.len()
        && text.len() <= LONGEST_LINE
        && !is_json_collection(line)
        // Lines of old Macs.
        && !line.contains('\r');
    let found = [
        (
            Suspicion::TrailingNewline,
            has_line_end && text.ends_with('\n'),
        ),
        (
            Suspicion::TrailingReturn,
            has_line_end && text.ends_with('\r'),
        ),
        (Suspicion::Base64Text, is_base64_of_text(line)),
        (Suspicion::CarriageReturns, text.contains("\r\n")),
        (Suspicion::ByteOrderMark, text.starts_with('\u{feff}')),
        (Suspicion::SurroundingQuotes, single_line && is_quoted(line)),
        (Suspicion::Placeholder, is_placeholder(line)),
        (
            Suspicion::SurroundingBlanks,
            single_line && (line.starts_with(BLANKS) || line.ends_with(BLANKS)),
        ),
        (
            Suspicion::Invisible,
            single_line && line.trim_start_matches('\u{feff}').contains(is_invisible),
        ),
        (Suspicion::PythonBytes, single_line && is_python_bytes(line)),
    ];
    found
        .into_iter()
        .filter(|(_, applies)| *applies)
        .map(|(suspicion, _)| suspicion)
        .collect()
}

/// Whether a value can be an environment variable's.
pub fn as_variable(value: &SecretValue) -> AsVariable {
    let bytes = value.expose();
    if bytes.contains(&0) {
        AsVariable::HasNul
    } else if std::str::from_utf8(bytes).is_err() {
        AsVariable::NotUtf8
    } else {
        AsVariable::Text
    }
}

/// Removes one LF or CR LF from the end.
pub fn trim_newline(value: SecretValue) -> SecretValue {
    let bytes = value.expose();
    let kept = match bytes {
        [kept @ .., b'\r', b'\n'] | [kept @ .., b'\n'] => kept,
        _ => return value,
    };
    SecretValue::from_bytes(kept.to_vec())
}

/// Base64 of printable text: the standard alphabet in a canonical form, at
/// least [`SHORTEST_BASE64`] digits, and printable ASCII (or line ends) inside.
fn is_base64_of_text(line: &str) -> bool {
    const CANONICAL: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let mut digits = Zeroizing::new(Vec::with_capacity(line.len()));
    digits.extend(line.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    if digits.len() < SHORTEST_BASE64 {
        return false;
    }
    let mut decoded = Zeroizing::new(vec![0; digits.len()]);
    let Ok(length) = CANONICAL.decode_slice(&*digits, &mut decoded) else {
        return false;
    };
    decoded[..length]
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'))
}

const BLANKS: [char; 2] = [' ', '\t'];

/// UTF-16 text behind its byte order mark, as some editors save it.
fn is_utf16_text(bytes: &[u8]) -> bool {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return false,
    };
    let (pairs, rest) = bytes[2..].as_chunks::<2>();
    // Nearly every secret is ASCII; random bytes are not, even two of them.
    rest.is_empty()
        && !pairs.is_empty()
        && pairs.iter().all(|pair| {
            let unit = unit(*pair);
            matches!(unit, 0x20..=0x7e | 0x09 | 0x0a | 0x0d)
        })
}

/// A JSON object or list, whose reader passes over the blanks around it.
fn is_json_collection(line: &str) -> bool {
    line.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok()
}

/// Characters without a glyph that copying out of documents brings along. Those
/// that join emoji and letters are not among them.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{a0}' | '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'
            ..='\u{202f}' | '\u{2060}' | '\u{feff}'
    )
}

fn is_python_bytes(line: &str) -> bool {
    ['\'', '"'].into_iter().any(|quote| {
        line.strip_prefix('b')
            .and_then(|rest| rest.strip_prefix(quote)?.strip_suffix(quote))
            .is_some_and(|inner| !inner.contains(quote))
    })
}

fn is_quoted(line: &str) -> bool {
    let curly = [
        ('\u{201c}', '\u{201d}'),
        ('\u{2018}', '\u{2019}'),
        ('\u{201e}', '\u{201c}'),
    ];
    if curly
        .into_iter()
        .any(|(open, close)| line.starts_with(open) && line.ends_with(close))
    {
        return true;
    }
    let inside = |quote| line.strip_prefix(quote)?.strip_suffix(quote);
    // A quote inside makes it text that merely begins and ends with quotes,
    // such as a list of quoted names.
    ['"', '\'', '`']
        .into_iter()
        .any(|quote| inside(quote).is_some_and(|inner: &str| !inner.contains(quote)))
}

/// Words that stand in examples and templates, compared without case, blanks,
/// `-` and `_`.
const PLACEHOLDERS: [&str; 32] = [
    "changeme",
    "changeit",
    "changethis",
    "replaceme",
    "replacethis",
    "fixme",
    "fillme",
    "fillin",
    "todo",
    "tbd",
    "tba",
    "placeholder",
    "example",
    "sample",
    "dummy",
    "foobar",
    "redacted",
    "removed",
    "secret",
    "mysecret",
    "yoursecret",
    "yoursecrethere",
    "supersecret",
    "password",
    "mypassword",
    "yourpassword",
    "yourpasswordhere",
    "yourtoken",
    "yourtokenhere",
    "yourapikey",
    "yourapikeyhere",
    "insertpasswordhere",
];

fn is_placeholder(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.len() > LONGEST_PLACEHOLDER || line.contains('\n') {
        return false;
    }
    let mut word = Zeroizing::new(Vec::with_capacity(line.len()));
    word.extend(
        line.bytes()
            .filter(|byte| !matches!(byte, b' ' | b'-' | b'_'))
            .map(|byte| byte.to_ascii_lowercase()),
    );
    let between = |open: &str, close: &str| {
        line.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|name| !name.is_empty() && name.bytes().all(is_name_byte))
    };
    PLACEHOLDERS
        .iter()
        .any(|placeholder| placeholder.as_bytes() == word.as_slice())
        || is_one_filler(line.as_bytes())
        || between("<", ">")
        || between("${", "}")
        || between("$(", ")")
        || between("{{", "}}")
        || between("%", "%")
        || between("__", "__")
}

/// Three or more of one character that stands for others.
fn is_one_filler(line: &[u8]) -> bool {
    let first = line[0].to_ascii_lowercase();
    line.len() >= 3
        && matches!(first, b'x' | b'*' | b'.' | b'?')
        && line.iter().all(|byte| byte.to_ascii_lowercase() == first)
}

/// Whether a value is the PEM of a private key.
pub fn is_private_key(value: &SecretValue) -> bool {
    const LABEL: &[u8] = b"PRIVATE KEY-----";
    let bytes = value.expose();
    bytes.trim_ascii_start().starts_with(b"-----BEGIN ")
        && bytes.windows(LABEL.len()).any(|window| window == LABEL)
}

/// Whether a password is one that everybody tries first.
pub fn is_well_known_password(value: &SecretValue) -> bool {
    const WELL_KNOWN: [&[u8]; 24] = [
        b"admin",
        b"administrator",
        b"root",
        b"test",
        b"test123",
        b"testing",
        b"guest",
        b"user",
        b"default",
        b"letmein",
        b"welcome",
        b"qwerty",
        b"qwerty123",
        b"abc123",
        b"passw0rd",
        b"p@ssw0rd",
        b"password1",
        b"password123",
        b"admin123",
        b"postgres",
        b"mysql",
        b"redis",
        b"12345678",
        b"123456",
    ];
    let bytes = value.expose().trim_ascii();
    WELL_KNOWN
        .iter()
        .any(|known| bytes.eq_ignore_ascii_case(known))
}

/// Whether a password can be guessed: fewer than 40 bits, were each character
/// chosen at random from the classes that are used (20 bits are tried in a
/// second over a network, 40 in a day of offline work). A repeated or counted up
/// character adds nothing.
pub fn is_guessable(value: &SecretValue) -> bool {
    const LEAST_BITS: f64 = 40.0;
    let bytes = value.expose().trim_ascii();
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut pool = 0_u32;
    for (class, size) in [
        (u8::is_ascii_lowercase as fn(&u8) -> bool, 26),
        (u8::is_ascii_uppercase, 26),
        (u8::is_ascii_digit, 10),
        (|byte| !byte.is_ascii_alphanumeric(), 33),
    ] {
        if text.as_bytes().iter().any(class) {
            pool += size;
        }
    }
    let mut surprises = 0_u32;
    let mut before = None;
    for character in text.chars() {
        let now = u32::from(character);
        let follows = before.is_some_and(|before: u32| now == before || now == before + 1);
        if !follows {
            surprises += 1;
        }
        before = Some(now);
    }
    f64::from(surprises) * f64::from(pool.max(1)).log2() < LEAST_BITS
}

/// What the name of a thing to fill in is made of.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_' | b'.' | b':')
}

/// Whether a value is none yet: a template expression, a variable that
/// something replaces, or ciphertext of SOPS.
pub fn is_filled_in_later(value: &SecretValue) -> bool {
    std::str::from_utf8(value.expose()).is_ok_and(names_another_value)
}

/// The same of a value of one line: a longer text with template expressions in it, such
/// as a configuration or a script, is a value like any other.
pub fn is_line_filled_in_later(value: &SecretValue) -> bool {
    let text = std::str::from_utf8(value.expose());
    text.is_ok_and(|text| !text.trim().contains('\n') && names_another_value(text))
}

/// How texts begin that SOPS made, and the references of vals, Vault's injectors and 1Password.
pub(crate) const REFERENCES: [&str; 4] = ["ENC[", "vault:", "op://", "ref+"];

/// Whether a text is filled in later, or names where its value is kept.
pub fn names_another_value(text: &str) -> bool {
    let text = text.trim();
    let between = |open: &str, close: &str| {
        text.split_once(open)
            .is_some_and(|(_, rest)| rest.contains(close))
    };
    let is_variable = text.strip_prefix('$').is_some_and(|name| {
        name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    });
    text.contains("{{")
        || between("${", "}")
        || (text.starts_with("$(") && text.ends_with(')'))
        || (text.starts_with('<') && text.ends_with('>') && !text.contains('\n'))
        || is_variable
        || REFERENCES.iter().any(|prefix| text.starts_with(prefix))
}

/// Whether a file is encrypted as a whole: by git-crypt, age, PGP or SOPS.
pub fn is_encrypted(value: &SecretValue) -> bool {
    const BEGINNINGS: [&[u8]; 6] = [
        b"\0GITCRYPT",
        b"age-encryption.org/",
        b"-----BEGIN AGE ENCRYPTED FILE-----",
        b"-----BEGIN PGP MESSAGE-----",
        b"ENC[",
        b"$ANSIBLE_VAULT;",
    ];
    let bytes = value.expose();
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    BEGINNINGS
        .iter()
        .any(|beginning| bytes.starts_with(beginning))
        // SOPS keeps its own keys beside the values.
        || (has(b"ENC[AES256_GCM,") && has(b"sops"))
}

#[cfg(test)]
mod tests {
    use super::Suspicion::{
        Base64Text, ByteOrderMark, CarriageReturns, Empty, Invisible, Placeholder, PythonBytes,
        SurroundingBlanks, SurroundingQuotes, TrailingNewline, TrailingReturn,
    };
    use super::*;

    fn suspicions(bytes: impl AsRef<[u8]>) -> Vec<Suspicion> {
        inspect(&SecretValue::from_bytes(bytes.as_ref().to_vec()))
    }

    #[test]
    fn suspicious_values() {
        for (value, expected) in [
            ("", vec![Empty]),
            ("s3cret!\n", vec![TrailingNewline]),
            ("s3cret!\r\n", vec![TrailingNewline, CarriageReturns]),
            ("\n", vec![TrailingNewline]),
            ("s3cret!\n\n", vec![TrailingNewline]),
            ("s3cret!\r\n\r\n", vec![TrailingNewline, CarriageReturns]),
            ("s3cret!\r", vec![TrailingReturn]),
            ("s3cret!\r\r\n", vec![TrailingNewline, CarriageReturns]),
            ("s3cret!\n\r", vec![TrailingReturn]),
            ("\r", vec![TrailingReturn]),
            ("one\rtwo\r", vec![]),
            ("one\ntwo\n\n", vec![]),
            ("'s3cret!'\n\n", vec![TrailingNewline, SurroundingQuotes]),
            ("one\r\ntwo\r\n", vec![CarriageReturns]),
            ("\u{feff}s3cret!", vec![ByteOrderMark]),
            ("\"s3cret!\"", vec![SurroundingQuotes]),
            ("'s3cret!'\n", vec![TrailingNewline, SurroundingQuotes]),
            ("\u{201c}s3cret!\u{201d}", vec![SurroundingQuotes]),
            (" s3cret!", vec![SurroundingBlanks]),
            ("s3cret!\t", vec![SurroundingBlanks]),
            ("s3cret! \n", vec![TrailingNewline, SurroundingBlanks]),
            ("s3\u{a0}cret!", vec![Invisible]),
            ("s3cret!\u{200b}", vec![Invisible]),
            ("b's3cret!'", vec![PythonBytes]),
            ("b\"s3cret!\"\n", vec![TrailingNewline, PythonBytes]),
            // "correct horse battery", with and without padding
            ("Y29ycmVjdCBob3JzZSBiYXR0ZXJ5", vec![Base64Text]),
            ("cG9zdGdyZXM6Ly91c2VyOnB3QGRi", vec![Base64Text]),
            ("aHVudGVyMmh1bnRlcjI=", vec![Base64Text]),
            ("aHVudGVyMmh1bnRlcjI", vec![Base64Text]),
            ("aHVudGVyMmh1bnRlcjI=\n", vec![TrailingNewline, Base64Text]),
            ("LS0tLS1CRUdJTiBQUklWQVRF\nIEtFWS0tLS0t\n", vec![Base64Text]),
        ] {
            assert_eq!(suspicions(value), expected, "{value:?}");
        }
    }

    #[test]
    fn placeholders() {
        for value in [
            "changeme",
            "CHANGE_ME",
            "change-me",
            "Change Me",
            "xxx",
            "XXXXXXXX",
            "password",
            "Password",
            "todo",
            "TBD",
            "<password>",
            "<your api key>",
            "${DB_PASSWORD}",
            "$(TOKEN)",
            "{{ .Values.password }}",
            "%PASSWORD%",
            "__TOKEN__",
            "***",
            "...",
            "your-api-key-here",
            "secret",
            "replace_me",
        ] {
            assert_eq!(suspicions(value), [Placeholder], "{value:?}");
        }
    }

    #[test]
    fn ordinary_values_raise_no_suspicion() {
        for value in [
            "password1!",
            "xX",
            "x",
            "Passw0rd",
            "abcdefgh",
            "aGVsbG8h",
            "dGVzdDEyMw==",
            "correct horse battery staple",
            "changeme2024!",
            "<a>b</a>",
            "$2y$10$abcdefghijklmnopqrstuv",
            "it's",
            "\"a\", \"b\"",
            "'",
            "\"",
            "a\"b\"",
            "https://user:pw@host/db?x=${y}",
            "true",
            "0",
            "7c4a8d09ca3762af61e59520943dc26494f8941b",
            "{\"auths\":{}}\n{}",
            "multi\nline\n",
            "-----BEGIN X-----\nMIIB\n-----END X-----\n",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "a b\tc",
            "\u{20ac}uro",
            "{\"a\":1}\n",
            "b'",
            "b'a'b'",
            "\u{1f468}\u{200d}\u{1f469}",
            "two\u{a0}lines\n of prose\n",
        ] {
            assert_eq!(suspicions(value), [], "{value:?}");
        }
        assert_eq!(suspicions([0xff, 0xfe, b'\n']), []);
        assert_eq!(suspicions(b"\0\x01\r\n\n"), []);
        assert_eq!(
            suspicions([b"x".repeat(5000), b"\n".to_vec()].concat().as_slice()),
            []
        );
        let json = "{\n  \"a\": \"b\"\n}\n";
        assert_eq!(suspicions(json), []);
    }

    #[test]
    fn text_in_utf_16_is_told_from_binary_data() {
        assert_eq!(suspicions(b"\xff\xfea\0b\0"), [ByteOrderMark]);
        assert_eq!(suspicions(b"\xfe\xff\0a\0b"), [ByteOrderMark]);
        for binary in [&b"\xff\xfe"[..], b"\xff\xfe\x01\x02", b"\xff\xfea\0b"] {
            assert_eq!(suspicions(binary), []);
        }
    }

    #[test]
    fn passwords_are_judged_by_how_many_guesses_they_take() {
        let guessable = |text: &str| is_guessable(&SecretValue::from_bytes(text.into()));
        for text in [
            "a",
            "hunter2",
            "abcdefghijklmnop",
            "11111111111111111",
            "correct",
        ] {
            assert!(guessable(text), "{text}");
        }
        for text in ["aK7#pq2Lz", "correct horse battery", "8f14e45fceea167a"] {
            assert!(!guessable(text), "{text}");
        }
        assert!(!guessable("k3jT9wQx"));
        let known = |text: &str| is_well_known_password(&SecretValue::from_bytes(text.into()));
        assert!(known("Admin") && known("qwerty\n") && !known("admin of prod"));
    }

    #[test]
    fn random_base64_and_random_passwords_raise_no_suspicion() {
        for length in 12..60 {
            let mut random = vec![0; length];
            getrandom::fill(&mut random).expect("random bytes");
            random[5] |= 0x80;
            let encoded = base64::engine::general_purpose::STANDARD.encode(&random);
            assert_eq!(suspicions(encoded), [], "{length}");
        }
    }

    #[test]
    fn no_sentence_holds_content() {
        for suspicion in suspicions("aHVudGVyMmh1bnRlcjI=\n") {
            assert!(!suspicion.sentence().contains("aHVud"));
        }
    }

    #[test]
    fn one_line_end_is_trimmed() {
        for (value, expected) in [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("a\r", "a\r"),
            ("a", "a"),
            ("\n", ""),
            ("", ""),
        ] {
            let trimmed = trim_newline(SecretValue::from_bytes(value.into()));
            assert_eq!(trimmed.expose(), expected.as_bytes(), "{value:?}");
        }
    }
}
