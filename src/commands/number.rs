//! Numbers as they are typed.

use std::ops::RangeInclusive;

use crate::error::UnusableValue;

/// Reads a number of a range. A number is no secret, so an error names it.
pub(super) fn between<T: TryFrom<i64>>(
    range: RangeInclusive<i64>,
) -> impl Fn(&str) -> Result<T, UnusableValue> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| {
                UnusableValue::measure(format!(
                    "use a number from {} to {}",
                    range.start(),
                    range.end()
                ))
            })
    }
}
