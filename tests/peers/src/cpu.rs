//! How long a process and its children have been on a processor, as Linux counts it.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context as _, Result};

/// The time of all threads of the process and of its children that are there now.
pub(crate) fn of_tree(pid: u32) -> Result<Duration> {
    let threads = format!("/proc/{pid}/task");
    let threads = fs::read_dir(&threads).with_context(|| format!("cannot read {threads}: it needs Linux"))?;
    let mut total = Duration::ZERO;
    for thread in threads {
        // One that has ended meanwhile is left out.
        let Ok((time, children)) = of_thread(&thread?.path()) else { continue };
        total += time;
        total += children.into_iter().filter_map(|child| of_tree(child).ok()).sum::<Duration>();
    }
    Ok(total)
}

/// In nanoseconds, since the clock ticks of `stat` are too coarse; and the processes that it started.
fn of_thread(thread: &Path) -> Result<(Duration, Vec<u32>)> {
    let times = fs::read_to_string(thread.join("schedstat"))?;
    let on_cpu = times.split_whitespace().next().context("no time on a processor")?;
    let children = fs::read_to_string(thread.join("children"))?;
    let children = children.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    Ok((Duration::from_nanos(on_cpu.parse()?), children))
}
