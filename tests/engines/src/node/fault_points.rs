use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::process::{Signal, getpid, kill_process};

const STOPPED_BY_THEN: Duration = Duration::from_millis(50);

/// The points at which a process can die: before and after whatever others can see of its work.
#[derive(Debug, Default)]
pub(super) struct FaultPoints(Mutex<Course>);

#[derive(Debug, Default)]
struct Course {
    struck: Option<(usize, Signal)>,
    passed: Vec<String>,
}

impl FaultPoints {
    /// From now on points count from 0, and at this one the process sends itself this signal.
    pub(super) fn arm(&self, point: usize, signal: Signal) {
        *self.course() = Course { struck: Some((point, signal)), passed: Vec::new() };
    }

    pub(super) fn passed(&self) -> Vec<String> {
        self.course().passed.clone()
    }

    /// Carries out one step, unless this process dies before or after it.
    pub(super) async fn around<T>(&self, step: &str, work: impl Future<Output = T>) -> T {
        self.pass(step, "before");
        let done = work.await;
        self.pass(step, "after");
        done
    }

    fn pass(&self, step: &str, moment: &str) {
        let mut course = self.course();
        let next = course.passed.len();
        if let Some((_, signal)) = course.struck.take_if(|(point, _)| *point == next) {
            // There is no return from SIGKILL, and from SIGSTOP there is when somebody says so.
            let _ = kill_process(getpid(), signal);
            // A stop reaches one thread after the other, and this one is not to get any further.
            std::thread::sleep(STOPPED_BY_THEN);
        }
        course.passed.push(format!("{step}, {moment}"));
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
