use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, header};

use crate::ProviderTime;

/// How long the provider asks to be left alone: at most 60 seconds are obeyed (RFC 9110 section 10.2.3, checklist E22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(Duration);

impl RetryAfter {
    const LONGEST: Duration = Duration::from_secs(60);

    /// The pause, between zero and 60 seconds.
    pub const fn pause(self) -> Duration {
        self.0
    }

    /// Reads the header in either form. Anything else is as if it were absent.
    pub(crate) fn read(headers: &HeaderMap, now: ProviderTime) -> Option<Self> {
        let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
        let pause = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Duration::from_secs(text.parse().unwrap_or(u64::MAX))
        } else {
            let moment = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
            moment.saturating_sub(Duration::from_secs(now.as_secs()))
        };
        Some(Self(pause.min(Self::LONGEST)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, value.parse().unwrap());
        // 1994-11-06 08:49:37 UTC
        RetryAfter::read(&headers, ProviderTime::from_secs(784_111_777)).map(|retry| retry.pause().as_secs())
    }

    #[test]
    fn e22_both_forms_are_obeyed_up_to_a_minute() {
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("17"), Some(17));
        assert_eq!(read("1000000000"), Some(60));
        assert_eq!(read("99999999999999999999999999"), Some(60));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:07 GMT"), Some(30));
        assert_eq!(read("Sun, 06 Nov 1994 09:50:07 GMT"), Some(60));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
    }

    #[test]
    fn e22_garbage_counts_as_absent() {
        for garbage in ["-5", "soon", "", "1.5", "+3"] {
            assert_eq!(read(garbage), None, "{garbage:?}");
        }
    }
}
