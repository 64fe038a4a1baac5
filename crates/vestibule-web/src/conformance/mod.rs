//! The promises of a session store as tests that any engine can run (feature `conformance`).
//!
//! Each public function here checks one promise of [`store`](crate::store) on a fresh engine and panics when it is
//! broken. [`store_conformance!`](crate::store_conformance) makes a test of each; [`all`] runs them one after another.
//! Promises may be added and sharpened in any release.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//!
//! use vestibule::{Clock as _, testing::TestClock};
//! use vestibule_web::{
//!     conformance::{NoHand, Subject},
//!     memory::MemoryStore,
//!     store::StoreBackend,
//! };
//!
//! #[derive(Default)]
//! struct Memory(TestClock);
//!
//! #[async_trait::async_trait]
//! impl Subject for Memory {
//!     async fn fresh(&self) -> Arc<dyn StoreBackend> {
//!         Arc::new(MemoryStore::builder().clock(Arc::new(self.0.clone())).log_length(32).build())
//!     }
//!
//!     async fn advance(&self, span: Duration) {
//!         self.0.advance(span);
//!     }
//!
//!     fn log_bound(&self) -> usize {
//!         32
//!     }
//!
//!     async fn wipe_indexes(&self) -> Result<(), NoHand> {
//!         Err(NoHand("its indexes go with its sessions"))
//!     }
//!
//!     async fn lose_everything(&self) -> Result<(), NoHand> {
//!         Err(NoHand("whoever could ask it ends with it"))
//!     }
//!
//!     async fn step_back(&self, span: Duration) -> Result<(), NoHand> {
//!         self.0.set_wall(self.0.unix_time().saturating_sub(span));
//!         Ok(())
//!     }
//!
//!     async fn operations(&self) -> Result<u64, NoHand> {
//!         Err(NoHand("it does not count them"))
//!     }
//! }
//!
//! vestibule_web::store_conformance!(Memory::default());
//! ```
//!
//! [`Faulty`] is the other tool for those who build on a store: it fails when told to.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod data;
mod ending;
mod faulty;
mod fixture;
mod invariants;
mod leases;
mod lifetimes;
mod listing;
pub mod model;
mod promise;
mod reaping;
mod refreshing;
mod replays;
mod revoking;
mod sealed;
mod sparing;
mod storing;
mod subject;
mod telling;

pub use data::*;
pub use ending::*;
pub use faulty::{Faulty, Moment, Stalled, Verb};
pub use invariants::*;
pub use leases::*;
pub use lifetimes::*;
pub use listing::*;
pub use promise::{Broken, Promise};
pub use reaping::*;
pub use refreshing::*;
pub use replays::*;
pub use revoking::*;
pub use sealed::*;
pub use sparing::*;
pub use storing::*;
pub use subject::{NoHand, Subject};
pub use telling::*;

/// Every promise with its name, for runners of their own.
pub fn promises() -> Vec<Promise> {
    crate::store_conformance!(@each list ())
}

/// Checks every promise, one after another.
pub async fn all(subject: &dyn Subject) {
    for promise in promises() {
        promise.check(subject).await;
    }
}

/// Makes a `#[tokio::test]` of every promise, each on a [`Subject`](crate::conformance::Subject) of its own.
///
/// The argument is the expression that makes the subject. The calling crate needs `tokio` with `macros` and
/// `rt-multi-thread`.
#[macro_export]
macro_rules! store_conformance {
    ($subject:expr) => {
        $crate::store_conformance!(@each tests $subject);
    };
    (@tests $subject:expr; $($promise:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::conformance::$promise(&$subject).await;
            }
        )+
    };
    (@list $subject:expr; $($promise:ident)+) => {
        ::std::vec![$(
            $crate::conformance::Promise::new(::core::stringify!($promise), |subject| {
                ::std::boxed::Box::pin($crate::conformance::$promise(subject))
            })
        ),+]
    };
    (@each $what:ident $subject:expr) => {
        $crate::store_conformance! { @$what $subject;
            a_record_comes_back_whole
            insert_never_overwrites
            insert_ends_the_old_session
            insert_is_refused_when_covered
            insert_refuses_what_is_older_than_the_store
            a_start_ahead_counts_as_now
            no_session_outlives_the_cutoffs
            an_unused_session_ends_at_its_idle_end
            a_used_session_ends_at_its_absolute_end
            a_touch_only_extends
            a_touch_never_revives
            an_update_is_never_lost
            parallel_updates_all_arrive
            data_and_tokens_change_apart
            replace_never_creates
            end_ends_one_session
            nothing_revives_an_ended_session
            nothing_revives_a_revoked_session
            nothing_revives_a_lapsed_session
            a_lease_has_one_holder
            a_lease_that_ran_out_passes_on
            a_lease_is_its_holders
            an_attempt_needs_lease_and_token
            an_attempt_tells_of_those_before
            an_attempt_can_be_left_without_an_outcome
            a_refresh_is_stored_by_the_token_it_spent
            a_second_outcome_is_superseded
            parallel_outcomes_have_one_winner
            a_refresh_adds_scopes
            a_refresh_that_learns_a_struck_scope_ends_the_session
            an_outcome_after_the_logout_is_dropped
            a_refusal_counts_for_the_current_token_only
            a_refusal_waits_for_open_attempts
            a_logout_strikes_exactly_its_scope
            sid_and_sub_strike_together
            a_logout_stays_in_its_realm
            equal_moments_are_covered
            a_later_login_lives_and_clears_nothing
            the_moment_first_heard_counts
            a_logout_from_the_future_counts_as_now
            cutoffs_merge_by_maximum
            one_logout_ends_many_at_once
            a_logout_of_nobody_is_remembered
            a_logout_token_acts_once
            a_logout_token_at_many_nodes_acts_once
            a_spent_logout_token_is_remembered
            a_logout_token_is_spent_in_its_realm_only
            ending_all_others_keeps_this_one
            a_spared_session_ends_by_a_later_logout
            a_spared_session_ends_by_an_earlier_logout_that_arrives_late
            sparing_revives_nobody
            only_the_latest_is_spared
            a_login_under_way_is_among_the_others
            a_sealed_session_ends_like_a_stored_one
            a_sealed_session_outlives_neither_store_nor_cutoffs
            a_list_shows_ones_own_live_sessions
            a_list_ends_ones_own_sessions_only
            ends_and_logouts_are_told
            replacements_are_told
            what_changed_nothing_is_not_told
            waiting_ends_with_the_news
            waiting_in_vain_keeps_the_place
            who_lags_is_told
            reaping_changes_no_answer
            reaping_comes_in_batches
            store_time_goes_ahead
            invariant_01_after_the_logout_no_node_accepts_what_began_before
            invariant_02_a_login_that_began_later_always_gets_in
            invariant_03_killed_between_any_two_steps_a_logout_is_done_or_can_be_repeated
            invariant_04_revocation_rests_on_no_index
            invariant_05_touch_beside_commit_never_loses_a_refresh_token
            invariant_06_a_paused_holder_and_a_second_one_keep_the_user_signed_in
            invariant_07_sid_and_sub_end_a_session_without_sid_and_spare_siblings
            invariant_08_nothing_older_than_an_empty_store_lives
            invariant_09_a_clock_that_steps_back_lengthens_no_life_and_breaks_no_order
            invariant_10_a_logout_token_is_spent_by_success_alone
            invariant_11_a_logout_costs_the_same_among_few_and_many
            invariant_12_ending_all_others_keeps_this_one
            invariant_13_whoever_waits_hears_of_an_end
        }
    };
}
