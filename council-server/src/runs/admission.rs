//! Admission queue: at most `max_runs` runs execute, the others start first in, first out.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of running runs, and the queued runs in the order in which they were accepted.
pub(super) struct AdmissionQueue<T> {
    max_running: usize,
    max_queued: usize,
    running: usize,
    /// The number of runs that are being stored before they are queued.
    arriving: usize,
    queued: BTreeMap<QueueKey, T>,
}

/// When a run was accepted, and its id, which makes the key unique.
pub(super) type QueueKey = (u64, Arc<str>);

/// Whether a run starts at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It starts.
    Admitted,
    /// It is queued.
    Queued,
}

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The queue is full: {waiting} runs are waiting. Try again later.")]
pub(crate) struct QueueFull {
    pub(crate) waiting: usize,
}

impl<T> AdmissionQueue<T> {
    pub(super) fn new(max_running: usize, max_queued: usize) -> Self {
        Self { max_running: max_running.max(1), max_queued, running: 0, arriving: 0, queued: BTreeMap::new() }
    }

    /// Admits a new run, or reserves a place in the queue, which [`arrived`](Self::arrived) gives back.
    pub(super) fn admit(&mut self) -> Result<Admission, QueueFull> {
        let waiting = self.queued.len() + self.arriving;
        if self.running >= self.max_running && waiting >= self.max_queued {
            return Err(QueueFull { waiting });
        }
        Ok(self.admit_accepted())
    }

    /// Admits or queues a run that was accepted earlier. It is never refused.
    pub(super) fn admit_accepted(&mut self) -> Admission {
        if self.running < self.max_running {
            self.running += 1;
            return Admission::Admitted;
        }
        self.arriving += 1;
        Admission::Queued
    }

    /// Gives back a reserved place: the run is queued next, or could not be stored.
    pub(super) fn arrived(&mut self) {
        self.arriving -= 1;
    }

    /// Queues a run.
    pub(super) fn enqueue(&mut self, accepted: QueueKey, run: T) {
        self.queued.insert(accepted, run);
    }

    /// Takes the next run, if one may start.
    pub(super) fn start_next(&mut self) -> Option<T> {
        if self.running >= self.max_running {
            return None;
        }
        let (_, next) = self.queued.pop_first()?;
        self.running += 1;
        Some(next)
    }

    /// Notes that a run goes on after a wait. There may be more running runs than allowed for a time, because it is not queued again.
    pub(super) fn take_again(&mut self) {
        self.running += 1;
    }

    /// Notes that a running run has stopped, or waits.
    pub(super) fn release(&mut self) {
        self.running -= 1;
    }

    /// Removes a run, if it is queued.
    pub(super) fn remove(&mut self, accepted: &QueueKey) {
        self.queued.remove(accepted);
    }

    /// The position of a run, from 1; `None` if it is not queued.
    pub(super) fn position(&self, accepted: &QueueKey) -> Option<usize> {
        self.queued.contains_key(accepted).then(|| self.queued.range(..=accepted).count())
    }
}

#[cfg(test)]
mod tests {
    use super::{Admission, AdmissionQueue, QueueFull, QueueKey};

    fn at(time: u64) -> QueueKey {
        (time, format!("run {time}").into())
    }

    fn wait(queue: &mut AdmissionQueue<u64>, time: u64) {
        queue.arrived();
        queue.enqueue(at(time), time);
    }

    #[test]
    fn those_that_were_accepted_first_go_first() {
        let mut queue = AdmissionQueue::new(2, 10);
        assert_eq!([queue.admit(), queue.admit(), queue.admit(), queue.admit()].map(Result::unwrap), {
            use Admission::{Admitted, Queued};
            [Admitted, Admitted, Queued, Queued]
        });
        wait(&mut queue, 4);
        wait(&mut queue, 3);
        assert_eq!((queue.position(&at(3)), queue.position(&at(4)), queue.position(&at(1))), (Some(1), Some(2), None));
        assert_eq!(queue.start_next(), None, "all permits are taken");

        // A paused run resumes: it was accepted before all queued ones.
        assert_eq!(queue.admit_accepted(), Admission::Queued);
        wait(&mut queue, 1);
        queue.release();
        assert_eq!([queue.start_next(), queue.start_next()], [Some(1), None]);
        queue.release();
        queue.release();
        assert_eq!([queue.start_next(), queue.start_next(), queue.start_next()], [Some(3), Some(4), None]);
    }

    #[test]
    fn the_queue_has_an_end_for_those_that_are_new() {
        let mut queue = AdmissionQueue::new(1, 2);
        let admitted = [queue.admit(), queue.admit(), queue.admit(), queue.admit()];
        assert_eq!(admitted[3], Err(QueueFull { waiting: 2 }), "reserved places count too");
        wait(&mut queue, 2);
        wait(&mut queue, 3);
        assert_eq!(queue.admit(), Err(QueueFull { waiting: 2 }));
        assert_eq!(queue.admit_accepted(), Admission::Queued);
        queue.arrived();
        queue.remove(&at(2));
        assert_eq!(queue.admit(), Ok(Admission::Queued));
    }

    #[test]
    fn a_run_at_least_is_at_work() {
        assert_eq!(AdmissionQueue::<u64>::new(0, 0).admit(), Ok(Admission::Admitted));
    }
}
