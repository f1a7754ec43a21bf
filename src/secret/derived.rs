//! A value inside another one: a password that stands in a URL, in a line of `.pgpass`,
//! in a registry's login. When it changes, the other value has to change with it, in
//! the form of its place, or not at all.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::SecretValue;

/// What another value is when one changes.
pub enum Derived {
    /// It does not hold the value.
    Unrelated,
    /// It holds it, and this is what it has to be.
    New(SecretValue),
    /// It holds it in a form that is not known well enough.
    Unsure,
}

/// Whether a text holds a value by itself.
pub fn holds(text: &SecretValue, value: &SecretValue) -> bool {
    let (text, value) = (text.expose(), value.expose());
    !value.is_empty() && text.windows(value.len()).any(|part| part == value)
}

/// A value that is shorter says nothing by standing in another one.
pub const SHORTEST: usize = 4;
/// What is replaced by itself, without a form around it, is this long at least, or stands
/// behind a name that says what it is.
const SURE: usize = 12;

/// What a value is in the texts that hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Password,
    /// The name of the user.
    User,
}

/// Derives what `text` has to be when `old` becomes `new`. Whether its key's name says
/// that it is a credential, `is_credential` tells: a user or a database may have the name
/// that is a weak password, too.
pub fn derive(
    text: &SecretValue,
    old: &SecretValue,
    new: &SecretValue,
    role: Role,
    is_credential: bool,
) -> Derived {
    // A short name stands in many texts by chance.
    if old.len() < SHORTEST && role == Role::Password {
        return Derived::Unrelated;
    }
    if text.same_as(old) && role == Role::Password {
        return match is_credential {
            true => Derived::New(new.duplicate()),
            false => Derived::Unsure,
        };
    }
    let readable = (
        std::str::from_utf8(text.expose()),
        std::str::from_utf8(old.expose()),
        std::str::from_utf8(new.expose()),
    );
    let (Ok(text), Ok(old), Ok(new)) = readable else {
        let holds = text
            .expose()
            .windows(old.len())
            .any(|part| part == old.expose());
        return match holds {
            true => Derived::Unsure,
            false => Derived::Unrelated,
        };
    };
    let change = Change { old, new, role };
    if !change.is_in(text) {
        return Derived::Unrelated;
    }
    let written = change.in_login(text).or_else(|| {
        let text = change.in_lines(&change.in_urls(text));
        Some(change.alone(&text))
    });
    // The name of a user may stand in other places, as that of a database, for example.
    if let (Role::User, Some(written)) = (role, &written) {
        return match written.as_str() == text {
            true => Derived::Unrelated,
            false => Derived::New(SecretValue::from_bytes(written.as_bytes().to_vec())),
        };
    }
    match written {
        Some(written) if !change.is_in(&written) => {
            Derived::New(SecretValue::from_bytes(written.as_bytes().to_vec()))
        }
        _ => Derived::Unsure,
    }
}

struct Change<'v> {
    old: &'v str,
    new: &'v str,
    role: Role,
}

type Text = Zeroizing<String>;

impl Change<'_> {
    /// Whether a text holds the old value in any form that is looked for.
    fn is_in(&self, text: &str) -> bool {
        if text.contains(self.old) {
            return true;
        }
        let escaped = Zeroizing::new(in_json(self.old));
        [percent(self.old), escaped]
            .iter()
            .any(|form| text.contains(form.as_str()))
            || words(text, is_percent)
                .any(|word| decoded(word).is_some_and(|plain| plain.contains(self.old)))
            || words(text, is_base64).any(|word| {
                plain(word).is_some_and(|plain| {
                    plain
                        .windows(self.old.len())
                        .any(|part| part == self.old.as_bytes())
                })
            })
    }

    /// The logins of a `.dockerconfigjson`; `None` where it is none.
    fn in_login(&self, text: &str) -> Option<Text> {
        let mut config: serde_json::Value = serde_json::from_str(text).ok()?;
        let registries = config.get_mut("auths")?.as_object_mut()?;
        for entry in registries.values_mut() {
            let entry = entry.as_object_mut()?;
            let field = match self.role {
                Role::Password => "password",
                Role::User => "username",
            };
            if entry.get(field).and_then(|one| one.as_str()) == Some(self.old) {
                entry.insert(field.to_owned(), self.new.into());
            }
            let pair = entry.get("auth").and_then(|one| one.as_str());
            let pair = pair.and_then(|pair| BASE64_STANDARD.decode(pair).ok());
            let pair = pair
                .and_then(|pair| String::from_utf8(pair).ok())
                .map(Zeroizing::new);
            let pair = pair.as_ref().and_then(|pair| pair.split_once(':'));
            let pair = match (self.role, pair) {
                (Role::Password, Some((user, password))) if password == self.old => {
                    Zeroizing::new(format!("{user}:{}", self.new))
                }
                (Role::User, Some((user, password))) if user == self.old => {
                    Zeroizing::new(format!("{}:{password}", self.new))
                }
                _ => continue,
            };
            let pair = BASE64_STANDARD.encode(pair.as_bytes());
            entry.insert("auth".to_owned(), pair.into());
        }
        Some(Zeroizing::new(config.to_string()))
    }

    /// The password of each URL: behind the user's name, or in its query.
    fn in_urls(&self, text: &str) -> Text {
        let mut written = Zeroizing::new(String::with_capacity(text.len() + 4 * self.new.len()));
        let mut rest = text;
        while let Some(at) = rest.find("://") {
            let (before, after) = rest.split_at(at + 3);
            written.push_str(before);
            let end = after
                .find(|letter: char| letter.is_whitespace() || "\"'<>`".contains(letter))
                .unwrap_or(after.len());
            let (url, behind) = after.split_at(end);
            self.one_url(url, &mut written);
            rest = behind;
        }
        written.push_str(rest);
        written
    }

    fn one_url(&self, url: &str, written: &mut String) {
        let authority = url.find(['/', '?', '#']).unwrap_or(url.len());
        let (authority, rest) = url.split_at(authority);
        match authority.rsplit_once('@') {
            Some((login, host)) => {
                match login.split_once(':') {
                    Some((user, password)) if self.role == Role::User && self.stands_for(user) => {
                        written.push_str(&percent(self.new));
                        written.push(':');
                        written.push_str(password);
                    }
                    None if self.role == Role::User && self.stands_for(login) => {
                        written.push_str(&percent(self.new));
                    }
                    Some((user, password))
                        if self.role == Role::Password && self.stands_for(password) =>
                    {
                        written.push_str(user);
                        written.push(':');
                        written.push_str(&percent(self.new));
                    }
                    _ => written.push_str(login),
                }
                written.push('@');
                written.push_str(host);
            }
            None => written.push_str(authority),
        }
        let Some((path, query)) = rest.split_once('?') else {
            return written.push_str(rest);
        };
        written.push_str(path);
        written.push('?');
        for (index, field) in query.split('&').enumerate() {
            if index > 0 {
                written.push('&');
            }
            match field.split_once('=') {
                Some((name, value)) if self.is_field(name) && self.stands_for(value) => {
                    written.push_str(name);
                    written.push('=');
                    written.push_str(&percent(self.new));
                }
                _ => written.push_str(field),
            }
        }
    }

    /// Whether a field of a query may have it: of a name only where it is the user's.
    fn is_field(&self, name: &str) -> bool {
        self.role == Role::Password || matches!(name, "user" | "username" | "uid")
    }

    /// Whether a part of a URL is the old value.
    fn stands_for(&self, part: &str) -> bool {
        part == self.old || decoded(part).is_some_and(|plain| *plain == *self.old)
    }

    /// The last field of each line of a `.pgpass`, in which `:` and `\` have a `\`
    /// before them (PostgreSQL's documentation, "The Password File").
    fn in_lines(&self, text: &str) -> Text {
        let mut written = Zeroizing::new(String::with_capacity(text.len() + 2 * self.new.len()));
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let colons = unescaped_colons(content);
            match colons.as_slice() {
                [_, _, from, to]
                    if self.role == Role::User && self.is_escaped(&content[from + 1..*to]) =>
                {
                    written.push_str(&content[..=*from]);
                    self.escaped(&mut written);
                    written.push_str(&line[*to..]);
                }
                [_, _, _, last]
                    if self.role == Role::Password && self.is_escaped(&content[last + 1..]) =>
                {
                    written.push_str(&content[..=*last]);
                    self.escaped(&mut written);
                    written.push_str(&line[content.len()..]);
                }
                _ => written.push_str(line),
            }
        }
        written
    }

    fn escaped(&self, written: &mut String) {
        for letter in self.new.chars() {
            if matches!(letter, ':' | '\\') {
                written.push('\\');
            }
            written.push(letter);
        }
    }

    fn is_escaped(&self, field: &str) -> bool {
        let mut plain = Zeroizing::new(String::with_capacity(field.len()));
        let mut letters = field.chars();
        while let Some(letter) = letters.next() {
            let letter = match letter {
                '\\' => letters.next().unwrap_or('\\'),
                letter => letter,
            };
            plain.push(letter);
        }
        *plain == *self.old
    }

    /// Where it stands for itself between other characters: if neither value has one
    /// that any form would write otherwise, and nothing else can be meant. In a URL other
    /// parts may be the same word, and a short one is meant only behind the name of a
    /// password.
    fn alone(&self, text: &str) -> Text {
        let safe = |value: &str| value.bytes().all(is_unreserved);
        let is_url = text.contains("://");
        if self.role == Role::User || is_url || !safe(self.old) || !safe(self.new) {
            return Zeroizing::new(text.to_owned());
        }
        let mut written = Zeroizing::new(String::with_capacity(text.len() + 4 * self.new.len()));
        let mut at = 0;
        while let Some(found) = text[at..].find(self.old) {
            let (start, end) = (at + found, at + found + self.old.len());
            written.push_str(&text[at..start]);
            let is_it = is_value(&text[..start], &text[end..])
                && (self.old.len() >= SURE || names_password(&text[..start]));
            written.push_str(if is_it { self.new } else { self.old });
            at = end;
        }
        written.push_str(&text[at..]);
        written
    }
}

/// Whether what stands between these is a whole word, and no name of something else.
fn is_value(before: &str, after: &str) -> bool {
    let left = before.bytes().next_back();
    let right = after.bytes().next();
    let ends = |byte: Option<u8>| byte.is_none_or(|byte| !is_unreserved(byte));
    let names = after.trim_start_matches(['"', '\'']).trim_start();
    ends(left) && ends(right) && !names.starts_with(['=', ':', '@', '/'])
}

/// Whether the name before an `=` or `:` is that of a password.
fn names_password(before: &str) -> bool {
    let before = before.trim_end_matches(['"', '\'', ' ']);
    let Some(before) = before.strip_suffix(['=', ':']) else {
        return false;
    };
    let name = before.trim_end_matches(['"', '\'', ' ']);
    let name = name
        .rsplit(|letter: char| !letter.is_alphanumeric() && !"_-.".contains(letter))
        .next();
    let name = name.unwrap_or_default().to_ascii_lowercase();
    ["password", "passwd", "pwd", "secret", "token"]
        .iter()
        .any(|word| name.ends_with(word))
}

fn unescaped_colons(line: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut escaped = false;
    for (at, letter) in line.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ':' => found.push(at),
            _ => {}
        }
    }
    found
}

/// RFC 3986, section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// A text as it stands in any part of a URL.
fn percent(text: &str) -> Text {
    let mut written = Zeroizing::new(String::with_capacity(3 * text.len()));
    for byte in text.bytes() {
        match is_unreserved(byte) {
            true => written.push(char::from(byte)),
            false => {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                written.push('%');
                written.push(char::from(DIGITS[usize::from(byte >> 4)]));
                written.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
    written
}

/// The text that percent encoding stands for; `None` where there is none.
fn decoded(text: &str) -> Option<Text> {
    if !text.contains('%') {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        let digit = |at: usize| {
            others
                .get(at)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).ok()?);
                rest = &others[2..];
            }
            _ => {
                bytes.push(first);
                rest = others;
            }
        }
    }
    String::from_utf8(std::mem::take(&mut *bytes))
        .ok()
        .map(Zeroizing::new)
}

/// The inside of a JSON string.
fn in_json(text: &str) -> String {
    let quoted = Zeroizing::new(serde_json::Value::from(text).to_string());
    quoted[1..quoted.len() - 1].to_owned()
}

fn is_percent(byte: u8) -> bool {
    is_unreserved(byte) || byte == b'%'
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// The runs of bytes of a kind.
fn words(text: &str, is_in: impl Fn(u8) -> bool) -> impl Iterator<Item = &str> {
    text.split(move |letter: char| {
        !u8::try_from(letter).is_ok_and(|byte| byte.is_ascii() && is_in(byte))
    })
    .filter(|word| word.len() >= SHORTEST)
}

/// What a word of base64 stands for.
fn plain(word: &str) -> Option<Zeroizing<Vec<u8>>> {
    let usual = Zeroizing::new(word.replace('+', "-").replace('/', "_"));
    BASE64_URL_SAFE_NO_PAD
        .decode(usual.as_bytes())
        .ok()
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(text: &str, old: &str, new: &str) -> String {
        let value = |text: &str| SecretValue::from_bytes(text.as_bytes().to_vec());
        match derive(&value(text), &value(old), &value(new), Role::Password, true) {
            Derived::Unrelated => "-".to_owned(),
            Derived::Unsure => "?".to_owned(),
            Derived::New(value) => String::from_utf8(value.expose().to_vec()).unwrap(),
        }
    }

    const OLD: &str = "winter-jasmine-1";
    const WILD: &str = "p@ss/w:o rd%?#\\\"é";

    #[test]
    fn a_value_is_found_and_written_in_the_form_of_its_place() {
        for (text, new, expected) in [
            // By itself.
            ("winter-jasmine-1", WILD, WILD),
            // URLs, encoded or not.
            (
                "postgres://app:winter-jasmine-1@db:5432/shop?sslmode=require",
                "new-value-2",
                "postgres://app:new-value-2@db:5432/shop?sslmode=require",
            ),
            (
                "postgres://app:winter%2Djasmine-1@db/shop",
                WILD,
                "postgres://app:p%40ss%2Fw%3Ao%20rd%25%3F%23%5C%22%C3%A9@db/shop",
            ),
            (
                "jdbc:postgresql://db/shop?user=app&password=winter-jasmine-1&ssl=true",
                "a b",
                "jdbc:postgresql://db/shop?user=app&password=a%20b&ssl=true",
            ),
            (
                "redis://:winter-jasmine-1@cache:6379/0 postgres://app:winter-jasmine-1@db/x",
                "a@b",
                "redis://:a%40b@cache:6379/0 postgres://app:a%40b@db/x",
            ),
            // .pgpass.
            (
                "db:5432:*:app:winter-jasmine-1\n# other\ndb:5432:*:admin:other\n",
                "a:b\\c",
                "db:5432:*:app:a\\:b\\\\c\n# other\ndb:5432:*:admin:other\n",
            ),
            // Lists, properties, DSNs: where both need no quotes.
            (
                "\"app\" \"winter-jasmine-1\"\n",
                "new-value-2",
                "\"app\" \"new-value-2\"\n",
            ),
            (
                "host=db user=app password=winter-jasmine-1 dbname=x",
                "new-value-2",
                "host=db user=app password=new-value-2 dbname=x",
            ),
            (
                "password: winter-jasmine-1\nagain: winter-jasmine-1",
                "new-value-2",
                "password: new-value-2\nagain: new-value-2",
            ),
        ] {
            assert_eq!(derived(text, OLD, new), expected, "{text}");
        }
        let login = |password: &str| {
            let auth = BASE64_STANDARD.encode(format!("app:{password}"));
            format!(r#"{{"auths":{{"registry.example":{{"username":"app","auth":"{auth}"}}}}}}"#)
        };
        assert_eq!(derived(&login(OLD), OLD, "a\"b"), login("a\"b"));
    }

    #[test]
    fn a_user_is_changed_where_users_stand() {
        let value = |text: &str| SecretValue::from_bytes(text.as_bytes().to_vec());
        for (text, expected) in [
            (
                "postgres://app:app@app/app",
                Some("postgres://app-b:app@app/app"),
            ),
            (
                "postgres://app@db/app?user=app&x=app",
                Some("postgres://app-b@db/app?user=app-b&x=app"),
            ),
            ("app:5432:app:app:app", Some("app:5432:app:app-b:app")),
            ("app", None),
            ("postgres://other:app@db/x", None),
        ] {
            let found = match derive(
                &value(text),
                &value("app"),
                &value("app-b"),
                Role::User,
                true,
            ) {
                Derived::New(value) => Some(String::from_utf8(value.expose().to_vec()).unwrap()),
                _ => None,
            };
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_well_enough_is_not_written() {
        for (text, new) in [
            // A DSN would need quotes.
            ("host=db password=winter-jasmine-1", "a b"),
            ("password: winter-jasmine-1", "#x"),
            // Another part of the URL may be the same word.
            ("postgres://app:x@winter-jasmine-1:5432/y", "new-value-2"),
            // Inside a longer word.
            ("x-winter-jasmine-12", "new-value-2"),
            // In a form that nothing here writes.
            (
                "Authorization: Basic YXBwOndpbnRlci1qYXNtaW5lLTE=",
                "new-value-2",
            ),
            ("winter%2Djasmine%2D1", "new-value-2"),
        ] {
            assert_eq!(derived(text, OLD, new), "?", "{text}");
        }
        // A weak password is a word that other things are called by, too.
        for (text, expected) in [
            ("postgres://app:postgres@postgres:5432/postgres", "?"),
            ("password=password", "?"),
            ("user: postgres\npassword: postgres", "?"),
            (
                "{\"password\": \"postgres\"}",
                "{\"password\": \"new-value-2\"}",
            ),
            ("host=postgres", "?"),
        ] {
            let old = if text.contains("postgres") {
                "postgres"
            } else {
                "password"
            };
            assert_eq!(derived(text, old, "new-value-2"), expected, "{text}");
        }
        let same = |is_credential| {
            let value = |text: &str| SecretValue::from_bytes(text.as_bytes().to_vec());
            let (text, new) = (value("admin"), value("new-value-2"));
            matches!(
                derive(&text, &value("admin"), &new, Role::Password, is_credential),
                Derived::New(_)
            )
        };
        assert!(same(true) && !same(false));
        for (text, old) in [
            ("postgres://app:other@db/x", OLD),
            ("", OLD),
            ("a1b2", "a1"),
            ("winter-jasmine", OLD),
        ] {
            assert_eq!(derived(text, old, "new-value-2"), "-", "{text}");
        }
        let binary = SecretValue::from_bytes(b"\xff\x00winter-jasmine-1".to_vec());
        let value = |text: &str| SecretValue::from_bytes(text.as_bytes().to_vec());
        assert!(matches!(
            derive(&binary, &value(OLD), &value("x"), Role::Password, true),
            Derived::Unsure
        ));
    }
}
