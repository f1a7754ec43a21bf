//! What looks like a credential, in CEL: the same as [`crate::workload::plaintext::variable`],
//! written with the lists of words and shapes that it uses.
//!
//! Expressions are RE2 (kubernetes/apiserver `pkg/cel/library/regex.go`), whose cost is the
//! product of both lengths, and no variable may cost more than 1,000,000 (`pkg/apis/cel`). So
//! long texts are cut, and a cheap test stands before each dear one.

use std::collections::BTreeSet;

use crate::secret::inspection::REFERENCES;
use crate::secret::key::MAX_NAME_BYTES;
use crate::workload::credential::{ACCESS_KEYS, POSITIONS, TOKENS, UNITS, name};
use crate::workload::digest::{BASE64, DIGEST_WORDS, HEXADECIMAL, OBJECT_WORDS, PREFIXES};

use super::breach::{LONGEST_NAME, LONGEST_TEXT};

/// What parts the words of a name, in a class of characters.
const MARKS: &str = "-_./: ";
/// What texts with a token of a service have around it: blanks, and what begins or ends a word.
const ENDS: &str = r"[\t-\r\x{85}\p{Z}=:,;\x22\x27<>()\[\]{}]";
/// What a program draws keys from.
const DRAWN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";

/// The lists of words, as variables of the policy. A map is looked up at once.
pub(super) fn variables() -> Vec<(&'static str, String)> {
    let map = |words: &[&str]| {
        let words: Vec<_> = words.iter().map(|word| format!("'{word}': true")).collect();
        format!("{{{}}}", words.join(", "))
    };
    vec![
        ("credentialWords", map(name::CREDENTIALS)),
        ("qualifiers", map(name::QUALIFIERS)),
        ("about", map(name::ABOUT)),
        ("switches", map(name::SWITCHES)),
        ("positions", map(POSITIONS)),
    ]
}

/// The text of an entry, as far as it is judged.
fn head(entry: &str) -> String {
    format!(
        "({entry}.value.size() > {LONGEST_TEXT} ? {entry}.value.substring(0, {LONGEST_TEXT}).trim() : {entry}.value.trim())"
    )
}

/// The name of an entry, as far as it is judged.
fn name_of(entry: &str) -> String {
    format!("({entry}.name.size() > {LONGEST_NAME} ? '' : {entry}.name)")
}

/// Whether an entry of `env` that has a `value` may hold a credential: what is none is told
/// apart here, at little cost, and some of the others.
pub(super) fn may_concern(entry: &str) -> String {
    format!(
        "({}.lowerAscii().matches('{}') || {}.matches(r'{}'))",
        name_of(entry),
        interesting(),
        head(entry),
        shapes_begin()
    )
}

/// Whether such an entry holds one.
pub(super) fn expression(entry: &str) -> String {
    let value = format!("{entry}.value");
    let names = name_of(entry);
    let head = head(entry);
    let digest = digest();
    let shape = shape();
    let words = words();
    let heads = heads();
    let is_name = is_name();
    let may_be = may_be();
    let names_a_secret = names_a_secret(&value);
    let is_key = is_key();
    let drawn = drawn();
    format!(
        "\
[{names}].exists(name, [{head}].exists(text,
  !({digest})
  && (({shape})
    || [{words}].exists(words, words.size() > 0 && !({switch}) && {heads}.exists(head,
      !(head.word in variables.about)
      && [head.ahead.split('_')].map(ahead, ahead[ahead.size() - 1]).exists(before,
        ({is_name}
          && ({value}.size() > {LONGEST_TEXT} || (({may_be}) && !({names_a_secret}))))
        || ({is_key} && ({may_be}) && {drawn})))))))",
        switch = is_switch(),
    )
}

/// A part of every name that is of interest.
fn interesting() -> String {
    let all: BTreeSet<&str> = name::CREDENTIALS
        .iter()
        .chain(name::GLUED)
        .copied()
        .chain(["key", "connection"])
        .collect();
    let holds_another = |word: &str| {
        all.iter()
            .any(|other| *other != word && word.contains(*other))
    };
    let least: Vec<_> = all
        .iter()
        .copied()
        .filter(|word| !holds_another(word))
        .collect();
    least.join("|")
}

/// A part of every text whose shape is of interest.
fn shapes_begin() -> String {
    let parts: Vec<_> = ["-----BEGIN ", "(?i:bearer) ", "eyJ", "://"]
        .into_iter()
        .chain(tokens_begin())
        .collect();
    parts.join("|")
}

/// Whether the variable publishes a digest.
fn digest() -> String {
    let hexadecimal: Vec<_> = HEXADECIMAL
        .iter()
        .map(|length| format!("[0-9a-fA-F]{{{length}}}"))
        .collect();
    let base64: Vec<_> = BASE64
        .iter()
        .map(|(length, padding)| format!("[A-Za-z0-9+/_-]{{{}}}={{{padding}}}", length - padding))
        .collect();
    format!(
        "text.size() <= {longest} && ((name.startsWith('STAKATER_') && name.endsWith('_SECRET')) \
         || (name.lowerAscii().matches('{}') && name.lowerAscii().matches('{}'))) \
         && text.matches(r'^(?:{})?(?:{}|{})$')",
        DIGEST_WORDS.join("|"),
        OBJECT_WORDS.join("|"),
        PREFIXES.join("|"),
        hexadecimal.join("|"),
        base64.join("|"),
        longest = longest_digest(),
    )
}

fn longest_digest() -> usize {
    let prefix = PREFIXES.iter().map(|prefix| prefix.len()).max();
    let base64 = BASE64.iter().map(|(length, _)| *length);
    let digest = HEXADECIMAL.iter().copied().chain(base64).max();
    prefix.unwrap_or_default() + digest.unwrap_or_default()
}

/// Whether the text is a credential whatever its name.
fn shape() -> String {
    let keys = format!("(?:{})[A-Z0-9]{{16}}", ACCESS_KEYS.join("|"));
    let services = TOKENS
        .iter()
        .map(|(prefix, least, _)| format!("{prefix}[A-Za-z0-9_-]{{{least},}}"));
    let tokens: Vec<_> = std::iter::once(keys).chain(services).collect();
    let tokens = tokens.join("|");
    let begins = tokens_begin().join("|");
    // A JSON web token has two dots and more than forty characters.
    format!(
        "(text.startsWith('-----BEGIN ') && text.contains('PRIVATE KEY-----'))
    || (text.matches('^(?i:bearer) ') && text.matches(r'^(?i:bearer) [A-Za-z0-9._~+/=-]{{8,}}$') && text.matches('[0-9]'))
    || (text.matches('{begins}') && text.matches(r'(?:^|{ENDS})(?:{tokens})(?:{ENDS}|$)'))
    || (text.startsWith('eyJ') && text.size() > 40 && text.matches(r'^eyJ[A-Za-z0-9_=-]*\\.[A-Za-z0-9_=-]*\\.[A-Za-z0-9_=-]*$'))
    || (text.contains('://') && text.matches(r'^[A-Za-z0-9+.-]*://[^:/?#]*:[^/?#${{<*]+@[^@/?#]*(?:[/?#]|$)'))"
    )
}

fn tokens_begin() -> Vec<&'static str> {
    let services = TOKENS.iter().map(|(prefix, ..)| *prefix);
    ACCESS_KEYS.iter().copied().chain(services).collect()
}

/// The words of a name, in small letters. `findAll` parts it where a mark stands and where a
/// capital begins a word; a capital that goes on a word is a piece without a mark around it.
fn words() -> String {
    let other = format!("[^A-Za-z0-9{}]", class(MARKS));
    let small = format!("[^A-Z{}]", class(MARKS));
    // After a character that is neither letter nor digit, a capital begins nothing.
    let rest = format!("(?:{small}*{other}[A-Z])*{small}*");
    let pieces = format!(
        "[{marks}]|[A-Z][a-z]{rest}|(?:{other}[A-Z]|{small}){rest}|[A-Z]",
        marks = class(MARKS)
    );
    let stem = "word.find('^.*[^0-9]')";
    format!(
        "name.findAll(r'{pieces}').map(piece,
      piece.matches(r'^[{marks}]$') ? '_'
        : (piece.matches('^[A-Z][a-z]') ? '_' : '') + piece + (piece.matches('[a-z0-9]$') ? '_' : ''))
      .join('').lowerAscii().split('_').filter(word, word != '')
      .map(word, word.matches('[0-9]$') && {stem} in variables.credentialWords ? {stem} : word)",
        marks = class(MARKS)
    )
}

/// The characters in a class of RE2, where a hyphen would be a range.
fn class(characters: &str) -> String {
    characters.replace('-', r"\-")
}

fn is_switch() -> String {
    format!(
        "words.size() > 1 && (words[0] in variables.switches || words.exists(word, word in {}))",
        list(name::SWITCHING)
    )
}

/// The word that says what it is, and what stands ahead of it; at most one.
fn heads() -> String {
    "(words.size() > 1 && words[words.size() - 2] == 'connection' ? [words]
        : [words.filter(word, !(word in variables.qualifiers) && !word.matches('^[0-9]+$'))])
      .filter(named, named.size() > 0).map(named, named[named.size() - 1])
      .map(word, {'word': word, 'ahead': ('_' + words.join('_') + '_').substring(0, ('_' + words.join('_') + '_').lastIndexOf('_' + word + '_'))})"
        .to_owned()
}

/// Whether the name is that of a credential.
fn is_name() -> String {
    let glued = |word: &str| format!("{word}.matches('(?:{})$')", name::GLUED.join("|"));
    format!(
        "(head.word == 'key' ? before in {keys} || {glued_before}
          : head.word == 'string' ? before == 'connection'
          : head.word == 'secret' && before in {objects} ? false
          : head.word == 'token' && before in {tokens} ? false
          : head.word == 'pwd' && head.ahead == '' ? words.size() > 1 || name != 'PWD'
          : words.exists(word, word in variables.credentialWords || {glued_word}))",
        keys = list(name::KEYS),
        objects = list(name::OBJECTS),
        tokens = list(name::TOKENS),
        glued_before = glued("before"),
        glued_word = glued("word"),
    )
}

/// Whether the name is that of a key that may be a credential.
fn is_key() -> String {
    format!(
        "head.word == 'key' && before in {}",
        list(name::PERHAPS_KEYS)
    )
}

/// Whether the text is the name of a Secret, by the name of its variable.
fn names_a_secret(value: &str) -> String {
    let label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
    format!(
        "words.size() > 1 && words[words.size() - 1] == 'secret' && words[words.size() - 2] in {held} \
         && {value}.contains('-') && {value}.size() <= {MAX_NAME_BYTES} \
         && {value}.matches(r'^{label}(?:\\.{label})*$')",
        held = list(name::HELD)
    )
}

/// Whether the text may be a credential where its name says so.
fn may_be() -> String {
    let references: Vec<_> = REFERENCES
        .iter()
        .map(|prefix| format!("text.startsWith('{prefix}')"))
        .collect();
    let amounts: Vec<_> = UNITS
        .iter()
        .map(|unit| {
            let letters: Vec<String> = unit.chars().map(String::from).collect();
            letters.join("[0-9.]*")
        })
        .collect();
    let port =
        "0*(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
    format!(
        "text != '' && !text.startsWith('$') && !text.contains('$(') && !text.contains('${{') && !text.contains('{{{{')
          && !(text.startsWith('<') && text.endsWith('>') && !text.contains('\\n'))
          && !({references})
          && !(text.lowerAscii() in variables.positions)
          && !(text.startsWith('/') && !text.contains(' '))
          && !(text.matches('^[-+.0-9INin]') && text.matches(r'^[+-]?(?:(?i:inf|infinity|nan)|(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?)$'))
          && !(text.matches('^[0-9]') && text.matches(r'^[0-9][0-9.]*(?:{amounts})[0-9.]*$'))
          && !(text.contains('://')
            ? text.indexOf('://') > 0 && [text.substring(text.indexOf('://') + 3)].exists(rest,
                !rest.contains('=') && !rest.matches('^[^/?#]*@'))
            : text.matches(r'^[A-Za-z0-9.-]*\\.[A-Za-z0-9.-]*:\\+?{port}$'))",
        references = references.join(" || "),
        amounts = amounts.join("|"),
    )
}

/// Whether the text looks as if a program drew it.
fn drawn() -> String {
    format!(
        "text.matches(r'^[A-Za-z0-9+/_-]{{16,}}=*$')
          && (text.matches('[0-9][^0-9]*[0-9]')
            || (text.matches('(?:[a-z][^a-z]*){{4}}') && text.matches('(?:[A-Z][^A-Z]*){{4}}')))
          && !(text.matches(r'[A-Za-z0-9+]{{2}}.*[/_-].*[A-Za-z0-9+]{{2}}')
            && !text.matches(r'[A-Za-z0-9+][0-9]|[0-9][A-Za-z0-9+]'))
          && '{DRAWN}'.split('').filter(letter, text.contains(letter)).size() >= 8"
    )
}

/// A list of CEL.
fn list(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
    format!("[{}]", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written between quotes and into expressions is taken as it is.
    #[test]
    fn words_and_prefixes_are_plain() {
        let lists = [
            name::CREDENTIALS,
            name::GLUED,
            name::KEYS,
            name::PERHAPS_KEYS,
            name::QUALIFIERS,
            name::ABOUT,
            name::SWITCHES,
            name::SWITCHING,
            name::OBJECTS,
            name::HELD,
            name::TOKENS,
            POSITIONS,
            DIGEST_WORDS,
            OBJECT_WORDS,
            ACCESS_KEYS,
        ];
        let is_plain = |text: &str, more: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        for word in lists.into_iter().flatten() {
            assert!(is_plain(word, "_"), "{word}");
        }
        for (prefix, ..) in TOKENS {
            assert!(is_plain(prefix, "_-"), "{prefix}");
        }
        for prefix in PREFIXES.iter().chain(&REFERENCES) {
            assert!(!prefix.contains(['\'', '\\']), "{prefix}");
        }
        for prefix in PREFIXES {
            assert!(is_plain(prefix, ":"), "{prefix}");
        }
        for unit in UNITS {
            assert!(is_plain(unit, "%"), "{unit}");
        }
    }

    /// Words behind the head are left out of it, so none of them may be a credential: the
    /// expression looks at all words.
    #[test]
    fn no_qualifier_is_a_credential() {
        for word in name::QUALIFIERS {
            assert!(!name::is_credential_name(word), "{word}");
            assert!(!name::CREDENTIALS.contains(word), "{word}");
            assert!(!name::GLUED.iter().any(|end| word.ends_with(end)), "{word}");
        }
    }

    #[test]
    fn every_name_of_a_credential_is_of_interest() {
        let parts = interesting();
        let parts: Vec<_> = parts.split('|').collect();
        for word in name::CREDENTIALS.iter().chain(name::GLUED) {
            assert!(parts.iter().any(|part| word.contains(part)), "{word}");
        }
        assert!(parts.len() < 12, "{parts:?}");
    }
}
