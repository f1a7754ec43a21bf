use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

/// Every kind of character that some encoding treats in its own way.
const VALUE: &str = "S3cr\"t <&>\\ pä ss+/%word\n!~7";

fn redactor(values: &[&[u8]]) -> Redactor {
    let values: Vec<SecretValue> = values
        .iter()
        .map(|value| SecretValue::from_bytes(value.to_vec()))
        .collect();
    Redactor::new(&values)
}

fn mask(value: &str, text: &str) -> String {
    redactor(&[value.as_bytes()]).mask(text)
}

fn go_json(value: &str) -> String {
    let json = serde_json::to_string(value).expect("JSON");
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

fn go_quoted(value: &str) -> String {
    let escape = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        b'\n' => "\\n".to_owned(),
        _ => format!("\\x{byte:02x}"),
    };
    format!("\"{}\"", value.bytes().map(escape).collect::<String>())
}

fn joined(value: &str, separator: &str, show: impl Fn(u8) -> String) -> String {
    value.bytes().map(show).collect::<Vec<_>>().join(separator)
}

/// The value as each encoder writes it, by name.
fn encodings(value: &str) -> Vec<(String, String)> {
    let mut forms = vec![
        ("plain".to_owned(), value.to_owned()),
        (
            "JSON".to_owned(),
            serde_json::to_string(value).expect("JSON"),
        ),
        (
            "JSON twice".to_owned(),
            serde_json::to_string(&go_json(value)).expect("JSON"),
        ),
        ("Go JSON".to_owned(), go_json(value)),
        ("Go %q".to_owned(), go_quoted(value)),
        (
            "hex".to_owned(),
            joined(value, "", |byte| format!("{byte:02x}")),
        ),
        (
            "HEX".to_owned(),
            joined(value, "", |byte| format!("{byte:02X}")),
        ),
        (
            "hex, odd".to_owned(),
            format!("f{}", joined(value, "", |byte| format!("{byte:02x}"))),
        ),
        (
            "hex, spaced".to_owned(),
            joined(value, " ", |byte| format!("{byte:02x}")),
        ),
        (
            "hex, 0x".to_owned(),
            joined(value, ", ", |byte| format!("{byte:#04x}")),
        ),
        ("Rust numbers".to_owned(), format!("{:?}", value.as_bytes())),
        (
            "Go numbers".to_owned(),
            joined(value, " ", |byte| byte.to_string()),
        ),
        (
            "URL".to_owned(),
            joined(value, "", |byte| format!("%{byte:02X}")),
        ),
        (
            "URL path".to_owned(),
            value
                .replace('%', "%25")
                .replace(' ', "%20")
                .replace('<', "%3C"),
        ),
        (
            "form".to_owned(),
            value
                .replace('%', "%25")
                .replace('+', "%2B")
                .replace(' ', "+"),
        ),
        (
            "UTF-16".to_owned(),
            value
                .replace('ä', "")
                .chars()
                .map(|c| format!("{c}\0"))
                .collect(),
        ),
        (
            "UTF-16 JSON".to_owned(),
            value
                .replace('ä', "")
                .bytes()
                .map(|b| format!("\\u{b:04x}\\u0000"))
                .collect(),
        ),
    ];
    for glued in 1..4 {
        // Letters right before the run are digits of base64 too.
        let form = format!("{}{}", &"key"[..glued], STANDARD.encode(value));
        forms.push((format!("base64 after {glued} letters"), form));
    }
    for before in 0..3 {
        let shifted = [&b"xyz"[..before], value.as_bytes(), b"t"].concat();
        forms.push((format!("base64 at {before}"), STANDARD.encode(&shifted)));
        forms.push((
            format!("base64url at {before}"),
            URL_SAFE_NO_PAD.encode(&shifted),
        ));
        let wrapped: Vec<String> = STANDARD
            .encode(&shifted)
            .as_bytes()
            .chunks(5)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        forms.push((format!("base64 in lines at {before}"), wrapped.join("\n")));
    }
    forms
}

/// Whether any eight characters of `form` are left in `shown`.
fn leaks(form: &str, shown: &str) -> bool {
    let characters: Vec<char> = form.chars().collect();
    characters
        .windows(8)
        .any(|part| shown.contains(&part.iter().collect::<String>()))
}

#[test]
fn every_encoding_of_a_long_value_is_masked() {
    for (name, form) in encodings(VALUE) {
        let text = format!("field is wrong: {form}; see the log");
        assert!(leaks(&form, &text), "control: {name}");
        let shown = mask(VALUE, &text);
        assert!(
            shown.contains(MASK) && !leaks(&form, &shown),
            "{name}: {shown}"
        );
        assert!(
            shown.starts_with("field is wrong: ") && shown.ends_with(" see the log"),
            "{name}: {shown}"
        );
    }
}

#[test]
fn every_encoding_of_a_short_value_is_masked() {
    for value in ["p\"<7", "hunt3", "s3cret!"] {
        for (name, form) in encodings(value) {
            let shown = mask(value, &format!("bad: {form}. End"));
            assert!(shown.contains(MASK), "{name} of {value}: {shown}");
        }
    }
}

#[test]
fn a_text_without_the_value_stays_as_it_is() {
    let text =
        "Secret \"a\" is invalid: data[k8]: Too long (1234, 0x1f, YWJj, %20) at 10:15:00 – ö";
    assert_eq!(mask(VALUE, text), text);
    assert_eq!(redactor(&[]).mask(text), text);
    assert_eq!(redactor(&[b"", b" \n"]).mask(text), text);
}

#[test]
fn a_part_of_eight_bytes_is_masked_and_the_rest_stays() {
    let value = "abcdefghijklmnopqrstuvwxyz0123456789";
    assert_eq!(mask(value, "got \"efghijkl...\""), "got \"***...\"");
    assert_eq!(mask(value, "got efghijk."), "got efghijk.");
    assert_eq!(
        mask(value, &format!("{value} and {value}!")),
        "*** and ***!"
    );
    assert_eq!(mask("abcdefgh\n", "<abcdefgh>"), "<***>");
}

#[test]
fn the_newline_of_a_value_need_not_be_quoted() {
    assert_eq!(
        mask("secret7\n", "password secret7 refused"),
        "password *** refused"
    );
}

#[test]
fn a_plus_in_a_url_is_a_blank_or_itself() {
    assert_eq!(mask("a+b%c+d%", "/v?a+b%25c+d%25."), "/v?***.");
    assert_eq!(mask("a b%c d%", "/v?a+b%25c+d%25."), "/v?***.");
}

#[test]
fn bytes_that_are_no_text_are_masked_as_numbers() {
    let bytes: Vec<u8> = (0..=255).collect();
    let shown = redactor(&[&bytes]).mask(&format!("{bytes:?} {}", STANDARD.encode(&bytes)));
    assert_eq!(
        shown.replace(MASK, "").trim_matches(['[', ']', ' ', '=']),
        "",
        "{shown}"
    );
}

#[test]
fn short_values_withhold_the_whole_text() {
    let redactor = redactor(&[b"long enough", b"abc"]);
    assert!(!redactor.can_mask_all());
    assert_eq!(redactor.mask("anything"), WITHHELD);
    assert!(super::Redactor::new(&[SecretValue::from_bytes(b"abcd".to_vec())]).can_mask_all());
}

#[test]
fn control_characters_of_a_server_are_escaped() {
    let text =
        ServerText::new("a\x1b[31m\r\u{9b}\u{7f}\u{202e}\u{200b}\u{feff}ö hidden-value".to_owned());
    assert_eq!(
        redactor(&[b"hidden-value"]).show(&text),
        "a\\u{1b}[31m\\u{d}\\u{9b}\\u{7f}\\u{202e}\\u{200b}\\u{feff}ö ***"
    );
}

#[test]
fn a_large_value_and_a_long_text_take_little_time() {
    let mut bytes = vec![0; 1024 * 1024];
    getrandom::fill(&mut bytes).expect("random bytes");
    let encoded = STANDARD.encode(&bytes);
    let text = format!("refused: {}", &encoded[4000..4000 + 64 * 1024 - 9]);
    let redactor = redactor(&[&bytes]);
    let begin = time_on_the_processor();
    let shown = redactor.mask(&text);
    let taken = time_on_the_processor() - begin;
    assert_eq!(shown, "refused: ***");
    // 100 ms is what a user may feel; unoptimised code is allowed more.
    let allowed = if cfg!(debug_assertions) { 1000 } else { 100 };
    assert!(taken < Duration::from_millis(allowed), "{taken:?}");
}

/// Of this thread, so that a busy machine does not count.
fn time_on_the_processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("schedstat");
    let nanoseconds = text
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}
