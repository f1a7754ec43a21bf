//! How old something may be, as it is typed.

use jiff::SignedDuration;

use crate::error::UnusableValue;

/// Days, hours and minutes: `90d`, `1d12h`, `30m`.
pub(super) fn age(text: &str) -> Result<SignedDuration, UnusableValue> {
    let unusable = || UnusableValue::measure("use a duration such as 90d, 12h or 1d12h");
    let mut rest = text;
    let mut seconds: i64 = 0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(unusable)?;
        let number: i64 = rest[..digits].parse().map_err(|_| unusable())?;
        let unit = match rest[digits..].chars().next() {
            Some('d') => 86_400,
            Some('h') => 3_600,
            Some('m') => 60,
            _ => return Err(unusable()),
        };
        seconds = number
            .checked_mul(unit)
            .and_then(|part| seconds.checked_add(part))
            .ok_or_else(unusable)?;
        rest = &rest[digits + 1..];
    }
    if seconds == 0 {
        return Err(unusable());
    }
    Ok(SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_days_hours_and_minutes() {
        assert_eq!(age("90d"), Ok(SignedDuration::from_hours(90 * 24)));
        assert_eq!(age("1d12h30m"), Ok(SignedDuration::from_mins(36 * 60 + 30)));
        for text in ["", "d", "90", "0d", "-1d", "1y", "99999999999999999d"] {
            assert!(age(text).is_err(), "{text}");
        }
    }
}
