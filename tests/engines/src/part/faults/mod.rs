//! The table of faults: what becomes of users, sessions and logouts when an engine is treated badly.

mod engine;
mod failover;
mod logout;
mod network;
mod outage;
mod postgres;
mod queue;
mod redis;
mod refresh;
mod stage;

use engines::{Postgres, redis::Redis};
use steps::report::{Report, Stopped};

use self::engine::Engine;

pub(super) async fn run(report: &mut Report) -> Result<(), Stopped> {
    table::<Redis>(report).await;
    report.part("Faults that only Redis knows, with three nodes");
    let _ = report.measured("it may evict", redis::bm12_may_evict()).await;
    let _ = report.measured("no memory left", redis::out_of_memory()).await;
    let _ = report.measured("FLUSHALL under sealed sessions", redis::flushed()).await;
    let _ = report.measured("Sentinel promotes a replica", redis::h09_by_sentinel()).await;
    table::<Postgres>(report).await;
    Ok(())
}

/// What makes this program a node of its own: the name of the engine and its URL follow.
pub(crate) const NODE: &str = "a-node-of-the-faults";

/// Is such a node.
pub(crate) async fn node(engine: &str, url: &str) -> anyhow::Result<()> {
    if engine == Redis::NAME { logout::node::<Redis>(url).await } else { logout::node::<Postgres>(url).await }
}

/// Each row by itself, on an engine of its own.
async fn table<E: Engine>(report: &mut Report) {
    report.part(&format!("Faults of {}, with three nodes", E::NAME));
    let _ = report.measured("absent at the start, then there", outage::h07_absent_at_the_start::<E>()).await;
    let _ = report
        .measured("killed under load (SIGKILL), then started again", outage::h07_killed_under_load::<E>())
        .await;
    let _ = report.measured("it comes back empty", outage::h07_back_without_data::<E>()).await;
    let _ = report.measured("paused past every time-out (SIGSTOP)", outage::h08_paused::<E>()).await;
    let _ = report.measured("slow: 100 ms each way", network::h08_slow::<E>()).await;
    let _ = report.measured("every connection cut under load", network::h08_cut::<E>()).await;
    let _ = report.measured("answers lost in the middle of a logout", network::h08_answers_lost::<E>()).await;
    let _ = report.measured("the network swallows everything", network::h08_swallowed::<E>()).await;
    let _ = report.measured("a replica that may only be read", failover::h08_read_only::<E>()).await;
    let _ = report.measured("a replica takes over", failover::h09_to_a_replica::<E>()).await;
    let _ = report.measured("failover to a slower clock", failover::h09_to_a_slower_clock::<E>()).await;
    let _ = report
        .measured(
            "one node cut off, and it hears of a logout",
            queue::bm08_bm09_cut_off_from_the_store::<E>(),
        )
        .await;
    let _ = report.measured("killed beside a logout", logout::bm14_killed_beside_a_logout::<E>()).await;
    let _ = report.measured("a node stopped with a warm cache", logout::bm13_a_stopped_node::<E>()).await;
    let _ = report
        .measured("fifty requests find an expired token", refresh::d14_fifty_requests_at_three_nodes::<E>())
        .await;
    let _ = report.measured("a node's clock is off by ten minutes", outage::h11_clock_off::<E>()).await;
}
