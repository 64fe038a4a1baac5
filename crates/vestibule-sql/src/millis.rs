use std::time::Duration;

use vestibule_web::store::StoreTime;

/// A moment as a column holds it.
pub(crate) fn moment(at: StoreTime) -> i64 {
    i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
}

/// A moment from a column.
pub(crate) fn store_time(millis: i64) -> StoreTime {
    StoreTime::from_millis(u64::try_from(millis).unwrap_or_default())
}

/// A span as a column holds it, small enough to be added to any moment.
pub(crate) fn span(span: Duration) -> i64 {
    const LONGEST: i64 = i64::MAX / 4;
    i64::try_from(span.as_millis()).map_or(LONGEST, |millis| millis.min(LONGEST))
}

/// A span from a column.
pub(crate) fn duration(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}
