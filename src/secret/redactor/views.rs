//! A text decoded in every way a value may stand in it. Each decoded byte
//! remembers the stretch of text it came from.

use std::ops::Range;

use zeroize::Zeroizing;

use super::html;

/// Decoded bytes and where they stand in the text.
pub(super) struct View {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    places: Vec<(u32, u32)>,
}

impl View {
    /// A view for at most `capacity` bytes, so that it never moves.
    fn new(capacity: usize) -> Self {
        Self {
            bytes: Zeroizing::new(Vec::with_capacity(capacity)),
            places: Vec::with_capacity(capacity),
        }
    }

    fn push(&mut self, byte: u8, place: Range<usize>) {
        // Texts of 4 GiB do not come here: answers are capped far below.
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.bytes.push(byte);
        self.places.push((narrow(place.start), narrow(place.end)));
    }

    fn push_character(&mut self, character: char, place: &Range<usize>) {
        let mut encoded = [0; 4];
        for byte in character.encode_utf8(&mut encoded).bytes() {
            self.push(byte, place.clone());
        }
    }

    /// The stretch of text from decoded byte `first` to `last`.
    pub(super) fn range(&self, first: usize, last: usize) -> Range<usize> {
        self.places[first].0 as usize..self.places[last].1 as usize
    }

    /// The stretch of text that decoded byte `at` came from.
    fn place(&self, at: usize) -> Range<usize> {
        self.range(at, at)
    }
}

/// How often an encoding may be encoded again: a value in base64, in a text of
/// JSON, in what HTML escapes.
const DEPTH: usize = 4;
/// Shorter stretches of a decoded text hold no encoded value of four bytes.
const SHORTEST_STRETCH: usize = 6;
/// All that is decoded from a text, in its lengths. Encodings of two levels
/// are within it, whatever the text is.
const MOST_LENGTHS: usize = 160;

/// All views of `text`: it is decoded in every way, and what comes out again.
pub(super) fn of(text: &str) -> Vec<View> {
    let mut found = vec![plain(text)];
    let mut left = text.len().saturating_mul(MOST_LENGTHS);
    let mut done = 0;
    for depth in 0..DEPTH {
        let end = found.len();
        for at in done..end {
            let readable = (depth > 0).then(|| legible(&found[at]));
            let source = readable.as_ref().unwrap_or(&found[at]);
            let next: Vec<View> = decoded(source)
                .into_iter()
                .chain(without_nul(&found[at]))
                .collect();
            for view in next {
                let length = view.bytes.len();
                let is_new = || found.iter().all(|known| known.bytes != view.bytes);
                if length > 0 && length <= left && is_new() {
                    left -= length;
                    found.push(view);
                }
            }
        }
        done = end;
    }
    found
}

/// What a text comes to, decoded once in each way that changes it.
fn decoded(source: &View) -> Vec<View> {
    let has = |wanted: u8| source.bytes.contains(&wanted);
    let mut views = Vec::with_capacity(12);
    if has(b'\\') {
        views.push(unescaped(source));
    }
    if has(b'&') {
        views.push(html_decoded(source));
    }
    // A plus is a blank in forms only.
    if has(b'+') || has(b'%') {
        views.push(url_decoded(source, b' '));
        views.push(url_decoded(source, b'+'));
    }
    views.extend((0..4).map(|phase| base64_decoded(source, phase)));
    views.extend((0..2).map(|phase| hexadecimal(source, phase)));
    views.push(numbers(source));
    views
}

/// The stretches of a decoded text that are text themselves, with a NUL after
/// each. Only they can be an encoding of something; what was decoded out of
/// step has next to none.
fn legible(source: &View) -> View {
    let mut view = View::new(source.bytes.len() + source.bytes.len() / SHORTEST_STRETCH + 1);
    let mut take = |from: usize, to: usize| {
        if to - from >= SHORTEST_STRETCH {
            (from..to).for_each(|at| view.push(source.bytes[at], source.place(at)));
            view.push(0, source.place(to - 1));
        }
    };
    let mut at = 0;
    for chunk in source.bytes.utf8_chunks() {
        let mut begin = at;
        for character in chunk.valid().chars() {
            if character.is_control() && !character.is_ascii_whitespace() {
                take(begin, at);
                begin = at + character.len_utf8();
            }
            at += character.len_utf8();
        }
        take(begin, at);
        at += chunk.invalid().len();
    }
    view
}

fn plain(text: &str) -> View {
    let mut view = View::new(text.len());
    for (at, byte) in text.bytes().enumerate() {
        view.push(byte, at..at + 1);
    }
    view
}

/// Resolves the escapes of JSON and of Go's quoted strings.
fn unescaped(source: &View) -> View {
    let bytes = &source.bytes;
    let mut view = View::new(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (length, character) = match (bytes[at], bytes.get(at + 1)) {
            (b'\\', Some(kind)) => escape(*kind, &bytes[at + 2..]),
            _ => (1, Escaped::Byte(bytes[at])),
        };
        let place = source.range(at, at + length - 1);
        match character {
            Escaped::Byte(byte) => view.push(byte, place),
            Escaped::Character(character) => view.push_character(character, &place),
        }
        at += length;
    }
    view
}

enum Escaped {
    Byte(u8),
    Character(char),
}

/// The escape `\kind` followed by `rest`: its length and what it means. What
/// is no escape means its backslash.
fn escape(kind: u8, rest: &[u8]) -> (usize, Escaped) {
    let simple = |byte| (2, Escaped::Byte(byte));
    let unit = |from: usize, digits: usize| number(rest.get(from..from + digits)?, 16);
    let found = match kind {
        b'n' => Some(simple(b'\n')),
        b'r' => Some(simple(b'\r')),
        b't' => Some(simple(b'\t')),
        b'a' => Some(simple(0x07)),
        b'b' => Some(simple(0x08)),
        b'f' => Some(simple(0x0c)),
        b'v' => Some(simple(0x0b)),
        b'"' | b'\\' | b'/' | b'\'' => Some(simple(kind)),
        b'x' => unit(0, 2).and_then(|n| Some((4, Escaped::Byte(u8::try_from(n).ok()?)))),
        b'U' => unit(0, 8).and_then(|n| Some((10, Escaped::Character(char::from_u32(n)?)))),
        b'u' if rest.first() == Some(&b'{') => braced(rest),
        b'u' => unit(0, 4).and_then(|high| match char::from_u32(high) {
            Some(character) => Some((6, Escaped::Character(character))),
            None if rest.get(4..6) == Some(b"\\u") => {
                let pair = [u16::try_from(high).ok()?, u16::try_from(unit(6, 4)?).ok()?];
                let character = char::decode_utf16(pair).next()?.ok()?;
                Some((12, Escaped::Character(character)))
            }
            None => None,
        }),
        b'0'..=b'3' => rest
            .get(..2)
            .and_then(|digits| number(&[kind, digits[0], digits[1]], 8))
            .and_then(|n| Some((4, Escaped::Byte(u8::try_from(n).ok()?)))),
        _ => None,
    };
    found.unwrap_or((1, Escaped::Byte(b'\\')))
}

/// Rust's `\u{7d}`, of which `rest` begins with the brace.
fn braced(rest: &[u8]) -> Option<(usize, Escaped)> {
    let length = rest.iter().take(8).position(|byte| *byte == b'}')?;
    let digits = rest.get(1..length).filter(|digits| !digits.is_empty())?;
    let character = char::from_u32(number(digits, 16)?)?;
    Some((length + 3, Escaped::Character(character)))
}

/// Resolves `&amp;`, `&#39;` and `&#x27;`, with and without their semicolon.
fn html_decoded(source: &View) -> View {
    let bytes = &source.bytes;
    let mut view = View::new(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let entity = (bytes[at] == b'&').then(|| html::entity(&bytes[at..]));
        match entity.flatten() {
            Some((length, character)) => {
                let place = source.range(at, at + length - 1);
                view.push_character(character, &place);
                at += length;
            }
            None => {
                view.push(bytes[at], source.place(at));
                at += 1;
            }
        }
    }
    view
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        number.checked_mul(radix)?.checked_add(digit)
    })
}

/// Resolves `%assert_eq!(hexadecimal(&plain("f4142"), 1).bytes.as_slice(), b"AB");`; `plus` is what `+` means.
fn url_decoded(source: &View, plus: u8) -> View {
    let bytes = &source.bytes;
    let mut view = View::new(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let encoded = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = encoded.and_then(|digits| u8::try_from(number(digits, 16)?).ok());
        let (length, byte) = match (byte, bytes[at]) {
            (Some(byte), _) => (3, byte),
            (None, b'+') => (1, plus),
            (None, byte) => (1, byte),
        };
        view.push(byte, source.range(at, at + length - 1));
        at += length;
    }
    view
}

/// Decodes runs of base64, of either alphabet, from their digit `phase` on:
/// with four phases one of them is in step with a value anywhere in the run.
/// Line ends inside a run are skipped.
fn base64_decoded(source: &View, phase: usize) -> View {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let skipped = |byte: u8| matches!(byte, b'\r' | b'\n');
    decode_runs(source, phase, 6, digit, skipped)
}

/// Decodes hexadecimal digits, two a byte, also as `53 55`, `53:55` and
/// `0x53, 0x55`.
fn hexadecimal(source: &View, phase: usize) -> View {
    let digit = |byte: u8| {
        let digit = char::from(byte).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let skipped = |byte: u8| matches!(byte, b' ' | b':' | b',' | b'-' | b'\r' | b'\n');
    decode_runs(&without_0x(source), phase, 4, digit, skipped)
}

/// `0x` before each number would put its zero between the digits.
fn without_0x(source: &View) -> View {
    let bytes = &source.bytes;
    let mut view = View::new(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'0' && matches!(bytes.get(at + 1), Some(b'x' | b'X')) {
            at += 2;
        } else {
            view.push(bytes[at], source.place(at));
            at += 1;
        }
    }
    view
}

fn decode_runs(
    source: &View,
    phase: usize,
    digit_bits: u32,
    digit: impl Fn(u8) -> Option<u8>,
    skipped: impl Fn(u8) -> bool,
) -> View {
    let mut view = View::new(source.bytes.len());
    let mut ignore = phase;
    // Up to 14 bits that wait for a whole byte, and where they began.
    let (mut bits, mut held) = (0_u32, 0);
    let mut begin = 0;
    for (at, byte) in source.bytes.iter().enumerate() {
        let Some(value) = digit(*byte) else {
            if !skipped(*byte) {
                (ignore, held, bits) = (phase, 0, 0);
            }
            continue;
        };
        if ignore > 0 {
            ignore -= 1;
            continue;
        }
        let place = source.place(at);
        if held == 0 {
            begin = place.start;
        }
        bits = bits << digit_bits | u32::from(value);
        held += digit_bits;
        if held >= 8 {
            held -= 8;
            view.push((bits >> held) as u8, begin..place.end);
            bits &= (1 << held) - 1;
            begin = place.start;
        }
    }
    view
}

/// Decodes lists of numbers below 256, as `[83, 85]` or `83 85`.
fn numbers(source: &View) -> View {
    let mut view = View::new(source.bytes.len() / 2 + 1);
    let bytes = &source.bytes;
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if digits > 0 {
            let value = number(&bytes[at..at + digits], 10);
            if let Some(byte) = value.and_then(|value| u8::try_from(value).ok()) {
                view.push(byte, source.range(at, at + digits - 1));
            }
        }
        at += digits.max(1);
    }
    view
}

/// UTF-16 in a text of bytes has a NUL beside each ASCII character.
fn without_nul(source: &View) -> Option<View> {
    if !source.bytes.contains(&0) {
        return None;
    }
    let mut view = View::new(source.bytes.len());
    for (at, byte) in source.bytes.iter().enumerate() {
        if *byte != 0 {
            view.push(*byte, source.place(at));
        }
    }
    Some(view)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a view decoded, and the stretch of text that each byte came from.
    fn places(view: &View) -> Vec<(u8, Range<usize>)> {
        let bytes = view.bytes.iter().copied().enumerate();
        bytes.map(|(at, byte)| (byte, view.place(at))).collect()
    }

    #[test]
    fn escapes_mean_what_json_go_and_rust_mean() {
        for (text, expected) in [
            (r#"\n\r\t\a\b\f\v"#, &b"\n\r\t\x07\x08\x0c\x0b"[..]),
            (r#"\"\\\/\'"#, b"\"\\/'"),
            (r"\x41\x7fz", b"A\x7fz"),
            (r"\xff", b"\xff"),
            (r"\xg1", b"\\xg1"),
            (r"\x4", b"\\x4"),
            (r"\u0041z", b"Az"),
            (r"\u00e4", "ä".as_bytes()),
            (r"\u004", b"\\u004"),
            (r"\ud83d\ude00z", "😀z".as_bytes()),
            (r"\ud83d\u0041", b"\\ud83dA"),
            (r"\ud83d", b"\\ud83d"),
            (r"\U0001f600z", "😀z".as_bytes()),
            (r"\Uffffffff", b"\\Uffffffff"),
            (r"\u{1f600}z", "😀z".as_bytes()),
            (r"\u{41}", b"A"),
            (r"\u{000041}", b"A"),
            (r"\u{0000041}", b"\\u{0000041}"),
            (r"\u{}", b"\\u{}"),
            (r"\u{41", b"\\u{41"),
            (r"\101\0018", b"A\x018"),
            (r"\377", b"\xff"),
            (r"\400", b"\\400"),
            (r"\18", b"\\18"),
            (r"\z", b"\\z"),
            (r"\", b"\\"),
        ] {
            assert_eq!(unescaped(&plain(text)).bytes.as_slice(), expected, "{text}");
        }
        assert_eq!(
            places(&unescaped(&plain(r"a\n\u00e4\101b"))),
            [
                (b'a', 0..1),
                (b'\n', 1..3),
                (0xc3, 3..9),
                (0xa4, 3..9),
                (b'A', 9..13),
                (b'b', 13..14),
            ]
        );
    }

    #[test]
    fn entities_and_percent_signs_cover_all_that_they_stand_for() {
        assert_eq!(
            places(&html_decoded(&plain("a&amp;&#66&x"))),
            [
                (b'a', 0..1),
                (b'&', 1..6),
                (b'B', 6..10),
                (b'&', 10..11),
                (b'x', 11..12)
            ]
        );
        assert_eq!(
            places(&url_decoded(&plain("a%42+%4%zz"), b' ')),
            [
                (b'a', 0..1),
                (b'B', 1..4),
                (b' ', 4..5),
                (b'%', 5..6),
                (b'4', 6..7),
                (b'%', 7..8),
                (b'z', 8..9),
                (b'z', 9..10),
            ]
        );
    }

    #[test]
    fn digits_are_put_together_from_their_phase_on() {
        let decoded = |text: &str, phase| base64_decoded(&plain(text), phase).bytes.to_vec();
        assert_eq!(decoded("QUJD", 0), b"ABC");
        assert_eq!(decoded("xQUJD", 1), b"ABC");
        assert_eq!(decoded("QU\r\nJD", 0), b"ABC");
        // What is no digit begins anew.
        assert_eq!(decoded("Q.QUJD", 0), b"ABC");
        assert_eq!(decoded("xQ.xQUJD", 1), b"ABC");
        assert_eq!(decoded("+/-_", 0), decoded("-_+/", 0));
        assert_eq!(decoded("+/+/", 0), [0xfb, 0xff, 0xbf]);
        assert_eq!(
            places(&base64_decoded(&plain(" QUJD"), 0)),
            [(b'A', 1..3), (b'B', 2..4), (b'C', 3..5)]
        );
        assert_eq!(
            places(&hexadecimal(&plain("4142, 0x43:44-45"), 0)),
            [
                (b'A', 0..2),
                (b'B', 2..4),
                (b'C', 8..10),
                (b'D', 11..13),
                (b'E', 14..16)
            ]
        );
        assert_eq!(hexadecimal(&plain("f4142"), 1).bytes.as_slice(), b"AB");
        assert_eq!(hexadecimal(&plain("40x41"), 0).bytes.as_slice(), b"\x44");
        assert_eq!(
            places(&numbers(&plain("[65, 256,66]"))),
            [(b'A', 1..3), (b'B', 9..11)]
        );
        assert_eq!(numbers(&plain("99999999999 7")).bytes.as_slice(), [7]);
    }

    #[test]
    fn stretches_of_six_characters_are_legible() {
        let legible = |bytes: &[u8]| {
            let mut view = View::new(bytes.len());
            for (at, byte) in bytes.iter().enumerate() {
                view.push(*byte, at..at + 1);
            }
            places(&super::legible(&view))
        };
        assert_eq!(legible(b"12345\x01"), []);
        assert_eq!(legible(b"a\xff12345"), []);
        let found = |bytes: &[u8]| {
            legible(bytes)
                .into_iter()
                .map(|(byte, _)| byte)
                .collect::<Vec<_>>()
        };
        assert_eq!(found(b"ab\n def"), b"ab\n def\0");
        assert_eq!(found(b"123456\x01abcdef"), b"123456\0abcdef\0");
        assert_eq!(
            found(b"123456\xffabcdef\xfe\xfeghijkl"),
            b"123456\0abcdef\0ghijkl\0"
        );
        assert_eq!(found("äöü\x01".as_bytes()), "äöü\0".as_bytes());
        assert_eq!(
            legible(b"\x01\x01abcdef\xff").last(),
            Some(&(0, 7..8)),
            "the mark stands where the stretch ends"
        );
        assert_eq!(legible(b"\x01\x01abcdef\xff")[0], (b'a', 2..3));
    }

    #[test]
    fn bytes_of_utf_16_lose_their_nul() {
        assert!(without_nul(&plain("ab")).is_none());
        let view = without_nul(&plain("a\0b\0")).expect("a view");
        assert_eq!(places(&view), [(b'a', 0..1), (b'b', 2..3)]);
    }

    #[test]
    fn what_is_decoded_is_decoded_again_within_limits() {
        let has = |text: &str, wanted: &[u8]| {
            of(text)
                .iter()
                .any(|view| view.bytes.windows(wanted.len()).any(|part| part == wanted))
        };
        let encode = |bytes: &[u8]| {
            use base64::Engine as _;
            base64::prelude::BASE64_STANDARD.encode(bytes)
        };
        let mut text = "a secret of some length".to_owned();
        for depth in 1..=DEPTH + 1 {
            text = encode(text.as_bytes());
            assert_eq!(
                has(&text, b"a secret of some length"),
                depth <= DEPTH,
                "{depth}"
            );
        }
        // No view twice, none that is empty, and not more than the limit.
        let text = encode(&[b"QUJDREVG".repeat(50), b"%41%41".repeat(50)].concat());
        let views = of(&text);
        for (at, view) in views.iter().enumerate() {
            assert!(!view.bytes.is_empty());
            assert!(views[..at].iter().all(|known| known.bytes != view.bytes));
        }
        let length: usize = views[1..].iter().map(|view| view.bytes.len()).sum();
        assert!(length <= text.len() * MOST_LENGTHS);
    }
}
