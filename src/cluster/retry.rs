//! When a request is sent again.
//!
//! A request is sent again only if that cannot make anything happen twice:
//! a read in every passing trouble, a write only when it was certainly not
//! carried out, which is when the connection could not be made, or the server
//! answered 429. A 503 can come from a gateway that had passed the write on, so
//! it is not on that list. Waits double from 100 ms, follow `Retry-After`, and
//! all of it happens within the request's deadline.

use std::time::Duration;

use http::StatusCode;

/// How often a request is sent, all in all.
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// What sending a request twice could do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Read,
    /// It may change an object.
    Write,
}

/// How one attempt ended, as far as trying again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// No connection was made.
    NotSent,
    /// The connection ended early.
    Cut,
    /// An answer, with the wait its `Retry-After` asks for.
    Answered(StatusCode, Option<Duration>),
}

/// How long to wait before attempt number `done + 1`; `None` to leave it.
/// `left` is what remains of the deadline.
pub(super) fn pause(
    done: u32,
    effect: Effect,
    ending: Ending,
    left: Option<Duration>,
) -> Option<Duration> {
    let asked = match (ending, effect) {
        (Ending::NotSent, _) | (Ending::Cut, Effect::Read) => Duration::ZERO,
        (Ending::Answered(StatusCode::TOO_MANY_REQUESTS, asked), _) => asked.unwrap_or_default(),
        (
            Ending::Answered(
                StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT,
                asked,
            ),
            Effect::Read,
        ) => asked.unwrap_or_default(),
        _ => return None,
    };
    if done >= ATTEMPTS {
        return None;
    }
    let own = FIRST_PAUSE * 2_u32.pow(done.saturating_sub(1));
    // Without a deadline a server could make the program sleep for ever.
    const LONGEST: Duration = Duration::from_secs(60);
    let wait = asked.max(own);
    (wait < left.unwrap_or(LONGEST)).then_some(wait)
}

/// Reads `Retry-After` in seconds; a date or junk counts as absent.
pub(super) fn retry_after(value: Option<&http::HeaderValue>) -> Option<Duration> {
    value?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Option<Duration> = Some(Duration::from_secs(30));

    #[test]
    fn a_write_is_repeated_only_when_it_was_certainly_not_carried_out() {
        for (ending, read, write) in [
            (Ending::NotSent, true, true),
            (Ending::Cut, true, false),
            (
                Ending::Answered(StatusCode::TOO_MANY_REQUESTS, None),
                true,
                true,
            ),
            (
                Ending::Answered(
                    StatusCode::SERVICE_UNAVAILABLE,
                    Some(Duration::from_secs(1)),
                ),
                true,
                false,
            ),
            (
                Ending::Answered(StatusCode::GATEWAY_TIMEOUT, None),
                true,
                false,
            ),
            (
                Ending::Answered(StatusCode::INTERNAL_SERVER_ERROR, None),
                false,
                false,
            ),
            (Ending::Answered(StatusCode::OK, None), false, false),
            (Ending::Answered(StatusCode::CONFLICT, None), false, false),
        ] {
            assert_eq!(
                pause(1, Effect::Read, ending, LEFT).is_some(),
                read,
                "{ending:?}"
            );
            assert_eq!(
                pause(1, Effect::Write, ending, LEFT).is_some(),
                write,
                "{ending:?}"
            );
        }
    }

    #[test]
    fn attempts_and_waits_are_bounded() {
        let waits: Vec<_> = (1..)
            .map_while(|done| pause(done, Effect::Read, Ending::NotSent, LEFT))
            .collect();
        assert_eq!(waits, [100, 200, 400].map(Duration::from_millis));
        for left in [LEFT, None] {
            for seconds in [3_600, 1_000_000_000, u64::MAX] {
                let asked = Some(Duration::from_secs(seconds));
                let ending = Ending::Answered(StatusCode::TOO_MANY_REQUESTS, asked);
                assert_eq!(pause(1, Effect::Read, ending, left), None);
            }
        }
    }

    /// Shows I13.
    #[test]
    fn retry_after_takes_seconds_and_ignores_everything_else() {
        let read = |text: &str| {
            retry_after(Some(
                &http::HeaderValue::from_bytes(text.as_bytes()).unwrap(),
            ))
        };
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            read("18446744073709551615"),
            Some(Duration::from_secs(u64::MAX))
        );
        for junk in [
            "-1",
            "1.5",
            "18446744073709551616",
            "Wed, 21 Oct 2026 07:28:00 GMT",
            "x",
            "é",
        ] {
            assert_eq!(read(junk), None, "{junk}");
        }
        assert_eq!(retry_after(None), None);
    }
}
