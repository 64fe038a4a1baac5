//! How long a process and its children have been on a processor, as Linux counts it.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context as _, Result};

/// The time of all threads of the process and of its children that are there now.
pub(crate) fn of_tree(pid: u32) -> Result<Duration> {
    let mut total = Duration::ZERO;
    let mut processes = vec![pid];
    while let Some(pid) = processes.pop() {
        let tasks = format!("/proc/{pid}/task");
        for task in fs::read_dir(&tasks).with_context(|| format!("cannot read {tasks}: it needs Linux"))? {
            let task = task?.path();
            total += of_thread(&task)?;
            let children = fs::read_to_string(task.join("children"))?;
            for child in children.split_whitespace() {
                processes.push(child.parse()?);
            }
        }
    }
    Ok(total)
}

/// In nanoseconds; the clock ticks of `stat` are too coarse.
fn of_thread(task: &Path) -> Result<Duration> {
    let times = fs::read_to_string(task.join("schedstat"))?;
    let on_cpu = times.split_whitespace().next().context("no time on a processor")?;
    Ok(Duration::from_nanos(on_cpu.parse()?))
}
