//! The cutoff of a scope says what the whole history of its logouts says.

use proptest::{collection::vec, option, prelude::*};
use vestibule_web::store::{Cutoff, SessionKey, StoreTime};

use crate::command::key;

type Logout = (u64, Option<u32>);

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cutoff_is_the_history_of_its_logouts(history in vec((0..6u64, option::of(0..3u32)), 1..7)) {
        let cutoff = merged(&history);
        for browser in 0..4 {
            for began in 0..7 {
                prop_assert_eq!(
                    cutoff.covers(&key(browser), moment(began)),
                    history.iter().any(|(at, spared)| began <= *at && *spared != Some(browser)),
                    "browser {} began {} after {:?}", browser, began, history
                );
            }
        }
    }

    #[test]
    fn neither_order_nor_repetition_matters(
        (history, shuffled) in vec((0..6u64, option::of(0..3u32)), 1..7)
            .prop_flat_map(|history| (Just(history.clone()), Just(history).prop_shuffle())),
        again in 0..7usize,
    ) {
        let mut cutoff = merged(&shuffled);
        prop_assert_eq!(cutoff, merged(&history));
        let (at, spared) = history[again % history.len()];
        prop_assert!(!cutoff.strike(moment(at), spared.map(key)), "hearing it again changes nothing");
        prop_assert_eq!(cutoff, merged(&history));
    }
}

fn merged(history: &[Logout]) -> Cutoff {
    let logout =
        |(at, spared): &Logout| -> (StoreTime, Option<SessionKey>) { (moment(*at), spared.map(key)) };
    let (at, spare) = logout(&history[0]);
    let mut cutoff = Cutoff::new(at, spare);
    for (at, spare) in history[1..].iter().map(logout) {
        cutoff.strike(at, spare);
    }
    cutoff
}

fn moment(millis: u64) -> StoreTime {
    StoreTime::from_millis(millis)
}
