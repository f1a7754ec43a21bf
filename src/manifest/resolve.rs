//! What kubectl takes a scalar for: YAML 1.1 as go-yaml v2 resolves it
//! (its resolve table, beneath sigs.k8s.io/yaml).

use std::borrow::Cow;

use super::{ScalarStyle, ScalarType};

/// A core tag that overrides the look of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    /// `!!str`, `!!binary`, or one that is not known.
    Text,
    /// `!!null`.
    Null,
    /// `!!bool`, `!!int`, `!!float`: read as it looks, quoted or not.
    AsItLooks,
}

impl Tag {
    /// What follows `tag:yaml.org,2002:`; `None` for any other tag.
    pub(super) fn of_core(suffix: Option<&str>) -> Self {
        match suffix {
            Some("null") => Self::Null,
            Some("bool" | "int" | "float" | "timestamp") => Self::AsItLooks,
            _ => Self::Text,
        }
    }
}

pub(super) fn resolve(text: &str, style: ScalarStyle, tag: Tag) -> ScalarType {
    match tag {
        Tag::Text => ScalarType::Text,
        Tag::Null => ScalarType::Null,
        Tag::AsItLooks => plain(text),
        Tag::None if style == ScalarStyle::Plain => plain(text),
        Tag::None => ScalarType::Text,
    }
}

fn plain(text: &str) -> ScalarType {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ScalarType::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return ScalarType::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return ScalarType::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF"
        | "-.inf" | "-.Inf" | "-.INF" => return ScalarType::Float,
        _ => {}
    }
    let may_be_a_number = text
        .bytes()
        .next()
        .is_some_and(|first| first.is_ascii_digit() || b"+-.".contains(&first));
    if !may_be_a_number {
        return ScalarType::Text;
    }
    if is_timestamp(text) {
        return ScalarType::Timestamp;
    }
    match number(text) {
        Some(Number::Integer(_)) => ScalarType::Integer,
        Some(_) => ScalarType::Float,
        None => ScalarType::Text,
    }
}

/// The number of a scalar that was resolved to [`ScalarType::Integer`].
pub(super) fn integer(text: &str) -> Option<i64> {
    match number(text)? {
        Number::Integer(number) => Some(number),
        _ => None,
    }
}

/// A number, as go-yaml reads it.
pub(super) enum Number {
    Integer(i64),
    Unsigned(u64),
    Float(f64),
}

pub(super) fn number(text: &str) -> Option<Number> {
    let digits: Cow<'_, str> = match text.contains('_') {
        true => text.replace('_', "").into(),
        false => text.into(),
    };
    whole(&digits).or_else(|| float(&digits))
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`.
fn whole(text: &str) -> Option<Number> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = rest.to_ascii_lowercase();
    let (digits, radix) = if let Some(digits) = lower.strip_prefix("0x") {
        (digits, 16)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (digits, 2)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (digits, 8)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (&lower[1..], 8)
    } else {
        (lower.as_str(), 10)
    };
    // `from_str_radix` would take another sign.
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return None;
    }
    let number = i128::from_str_radix(digits, radix).ok()?;
    let number = if negative { -number } else { number };
    match i64::try_from(number) {
        Ok(number) => Some(Number::Integer(number)),
        Err(_) => u64::try_from(number).ok().map(Number::Unsigned),
    }
}

/// go-yaml's pattern for floats; a whole one is an integer again in the JSON
/// that kubectl makes of it (`0888`, `1e3`).
fn float(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, part)) => {
            all_digits(whole) && all_digits(part) && !(whole.is_empty() && part.is_empty())
        }
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    if !mantissa_fits || !exponent_fits {
        return None;
    }
    const EXACT: f64 = 9_007_199_254_740_992.0;
    // What is too large for a number is a text.
    let number: f64 = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())?;
    Some(if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "checked above")]
        let whole = number as i64;
        Number::Integer(whole)
    } else {
        Number::Float(number)
    })
}

/// `2001-1-2`, alone or followed by a time.
fn is_timestamp(text: &str) -> bool {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let parts: Vec<_> = date.split('-').collect();
    let fits = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
    };
    let [year, month, day] = parts[..] else {
        return false;
    };
    fits(year, 4, 4)
        && fits(month, 1, 2)
        && fits(day, 1, 2)
        && time.is_none_or(|time| {
            time.bytes().filter(|byte| *byte == b':').count() >= 2
                && time
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b":.+-Zz ".contains(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 51.
    #[test]
    fn plain_scalars_are_read_as_kubectl_reads_them() {
        use ScalarType::{Bool, Float, Integer, Null, Text, Timestamp};
        for (text, expected, number) in [
            ("", Null, None),
            ("~", Null, None),
            ("null", Null, None),
            ("nULL", Text, None),
            ("yes", Bool(true), None),
            ("On", Bool(true), None),
            ("y", Bool(true), None),
            ("N", Bool(false), None),
            ("off", Bool(false), None),
            ("yEs", Text, None),
            ("0400", Integer, Some(256)),
            ("0o400", Integer, Some(256)),
            ("0x100", Integer, Some(256)),
            ("0b11", Integer, Some(3)),
            ("0_400", Integer, Some(256)),
            ("400", Integer, Some(400)),
            ("0888", Integer, Some(888)),
            ("+1", Integer, Some(1)),
            ("-17", Integer, Some(-17)),
            ("1_000", Integer, Some(1000)),
            ("1e3", Integer, Some(1000)),
            ("1.5", Float, None),
            (".5", Float, None),
            (".inf", Float, None),
            ("18446744073709551615", Float, None),
            ("1e999", Text, None),
            ("0", Integer, Some(0)),
            ("-", Text, None),
            ("--1", Text, None),
            ("+-1", Text, None),
            ("1.2.3", Text, None),
            ("0x", Text, None),
            ("1e", Text, None),
            (".", Text, None),
            ("12:30:45", Text, None),
            ("2001-12-14", Timestamp, None),
            ("2001-12-14T21:59:43.10-05:00", Timestamp, None),
            ("2001-12-14 21:59:43", Timestamp, None),
            ("10.0.0.1", Text, None),
            ("hello", Text, None),
        ] {
            assert_eq!(
                resolve(text, ScalarStyle::Plain, Tag::None),
                expected,
                "{text:?}"
            );
            if expected == Integer {
                assert_eq!(integer(text), number, "{text:?}");
            }
            assert_eq!(resolve(text, ScalarStyle::DoubleQuoted, Tag::None), Text);
            assert_eq!(resolve(text, ScalarStyle::Plain, Tag::Text), Text);
        }
    }
}
