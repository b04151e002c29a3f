//! Independent jobs on all cores.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use crate::LabError;

/// Does `work` on every job, `threads` at a time (at least one), and returns the results in the
/// order of the jobs. Jobs are begun in their order, so the longest should come first.
///
/// # Errors
/// That of the first job, in their order, that fails; once one fails, no other is begun.
pub fn map<J: Sync, T: Send, E: Send>(
    jobs: &[J],
    threads: usize,
    work: impl Fn(&J) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let done: Mutex<Vec<(usize, Result<T, E>)>> = Mutex::new(Vec::with_capacity(jobs.len()));
    let worker = || {
        while !failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(index) else { break };
            let result = work(job);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    };
    thread::scope(|scope| {
        // The caller's own thread is one of them.
        for _ in 1..threads.min(jobs.len()) {
            scope.spawn(worker);
        }
        worker();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// A panic as an error, so that it can be told which job it was.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, LabError>) -> Result<T, LabError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Err(LabError::Missing(format!("it panicked: {text}")))
    })
}

/// How many threads this machine can run at once.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn results_keep_the_order_of_the_jobs() {
        let jobs: Vec<u64> = (0..50).collect();
        for threads in [0, 1, 4] {
            let squares = map(&jobs, threads, |&job| {
                thread::sleep(std::time::Duration::from_micros(50 * (50 - job)));
                Ok::<_, Infallible>(job * job)
            });
            assert_eq!(squares, Ok(jobs.iter().map(|j| j * j).collect()));
        }
        assert_eq!(map(&[], 2, |&job: &u64| Ok::<_, Infallible>(job)), Ok(Vec::new()));
    }

    #[test]
    fn a_job_that_fails_stops_the_rest() {
        let begun = AtomicUsize::new(0);
        let result = map(&[1, 2, 3, 4, 5, 6], 1, |&job| {
            begun.fetch_add(1, Ordering::Relaxed);
            if job == 3 { Err("there is no three") } else { Ok(job) }
        });
        assert_eq!((result, begun.into_inner()), (Err("there is no three"), 3));
    }
}
