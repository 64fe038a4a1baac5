use std::time::Duration;

use http::{HeaderMap, header::CACHE_CONTROL};

/// How long a key set counts as fresh (checklist E12): `max-age` where the answer says so, within a minute and a day;
/// a minute when it is not to be stored; ten minutes when it says nothing.
pub(crate) fn lifetime(headers: &HeaderMap) -> Duration {
    let directives = || {
        headers
            .get_all(CACHE_CONTROL)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
    };
    if directives().any(|one| one.eq_ignore_ascii_case("no-store") || one.eq_ignore_ascii_case("no-cache")) {
        return SHORTEST;
    }
    directives().find_map(max_age).unwrap_or(DEFAULT).clamp(SHORTEST, LONGEST)
}

const DEFAULT: Duration = Duration::from_secs(10 * 60);
const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// RFC 9111 section 5.2.2.1. A number too large to hold is a long time.
fn max_age(directive: &str) -> Option<Duration> {
    let (name, value) = directive.split_once('=')?;
    let digits = value.trim().trim_matches('"');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (name.trim().eq_ignore_ascii_case("max-age") && is_number)
        .then(|| digits.parse().map_or(LONGEST, Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(cache_control: &'static str) -> u64 {
        let headers = HeaderMap::from_iter([(CACHE_CONTROL, cache_control.parse().unwrap())]);
        lifetime(&headers).as_secs()
    }

    #[test]
    fn e12_ten_minutes_when_nothing_is_said() {
        assert_eq!(lifetime(&HeaderMap::new()).as_secs(), 600);
        for nothing in ["public", "max-age", "max-age=", "max-age=soon", "max-age=-1", "s-maxage=5"] {
            assert_eq!(seconds(nothing), 600, "{nothing}");
        }
    }

    #[test]
    fn e12_max_age_is_kept_between_a_minute_and_a_day() {
        assert_eq!(seconds("public, max-age=3600, must-revalidate"), 3600);
        assert_eq!(seconds("Max-Age=\"120\""), 120);
        assert_eq!(seconds("max-age=0"), 60);
        assert_eq!(seconds("max-age=59"), 60);
        assert_eq!(seconds("max-age=1000000000"), 86_400);
        assert_eq!(seconds("max-age=99999999999999999999999"), 86_400);
    }

    #[test]
    fn e12_no_store_is_a_minute() {
        assert_eq!(seconds("no-store, max-age=3600"), 60);
        assert_eq!(seconds("No-Cache"), 60);
    }
}
