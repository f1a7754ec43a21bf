//! Durations as Go writes them (`time.ParseDuration`), which is how the objects of
//! External Secrets Operator say them.

use jiff::SignedDuration;

/// `1h30m`, `0`, `1.5h`, `-2s`; `None` for anything that Go would refuse, or that is longer than
/// its type holds (about 292 years).
pub fn parse(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut nanoseconds: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        nanoseconds = nanoseconds.checked_add(amount(number, unit)?)?;
        rest = after;
    }
    let nanoseconds = i64::try_from(nanoseconds).ok()?;
    let sign = if negative { -1 } else { 1 };
    Some(SignedDuration::from_nanos(nanoseconds * sign))
}

/// Nanoseconds of a number and its unit.
fn amount(number: &str, unit: &str) -> Option<i128> {
    let unit: i128 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && part.is_empty() || whole.len() > 19 || part.contains('.') {
        return None;
    }
    let whole: i128 = match whole {
        "" => 0,
        whole => whole.parse().ok()?,
    };
    // More digits than nanoseconds change nothing.
    let part = &part[..part.len().min(15)];
    let fraction = match part {
        "" => 0,
        part => part.parse::<i128>().ok()? * unit / 10_i128.pow(u32::try_from(part.len()).ok()?),
    };
    whole.checked_mul(unit)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        for (text, seconds) in [
            ("0", 0),
            ("0s", 0),
            ("1h", 3600),
            ("1h0m0s", 3600),
            ("1h30m", 5400),
            ("1.5h", 5400),
            ("-2s", -2),
            (".5m", 30),
            ("15m", 900),
        ] {
            let expected = SignedDuration::from_secs(seconds);
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "-",
            "1",
            "h",
            "1d",
            "1 h",
            "1h30",
            "..h",
            ".h",
            "1.2.3s",
            "1e3s",
            "9999999999999h",
            "99999999999999999999999s",
            "١h",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
