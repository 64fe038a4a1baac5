use std::time::Duration;

use metrics::{counter, gauge, histogram};

/// Sessions were asked for that often.
pub(crate) fn near_cache_asked(hits: u64, misses: u64, stale: u64) {
    for (outcome, count) in [("hit", hits), ("miss", misses), ("stale", stale)] {
        if count > 0 {
            counter!("vestibule_near_cache_total", "outcome" => outcome).increment(count);
        }
    }
}

/// One realm's cache held so many sessions before, and holds so many now.
pub(crate) fn near_cache_holds(before: u64, now: u64) {
    let gauge = gauge!("vestibule_near_cache_entries");
    if now > before {
        gauge.increment((now - before) as f64);
    } else if now < before {
        gauge.decrement((before - now) as f64);
    }
}

/// The log was known to be read until so long ago, just before it was read again.
pub(crate) fn near_cache_lag(age: Duration) {
    histogram!("vestibule_near_cache_lag_seconds").record(age);
}
