//! Whose turn it is: so many runs are at work at once, and the others wait, those that were accepted first before the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The runs that are at work, by their number, and those that wait for their turn.
pub(super) struct AdmissionQueue<T> {
    max_running: usize,
    max_queued: usize,
    running: usize,
    /// How many are on their way into the queue.
    arriving: usize,
    queued: BTreeMap<QueueKey, T>,
}

/// When a run was accepted, and its id: no two runs were accepted at once.
pub(super) type QueueKey = (u64, Arc<str>);

/// Where a run that begins, or goes on, finds itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is its turn.
    Admitted,
    /// It has to wait.
    Queued,
}

/// So many wait already that no other is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{waiting} runs wait for their turn, and more are not accepted: try again later.")]
pub(crate) struct QueueFull {
    pub(crate) waiting: usize,
}

impl<T> AdmissionQueue<T> {
    pub(super) fn new(max_running: usize, max_queued: usize) -> Self {
        Self { max_running: max_running.max(1), max_queued, running: 0, arriving: 0, queued: BTreeMap::new() }
    }

    /// A new run comes. If it has to wait, it is [expected](Self::enqueue) in the queue.
    pub(super) fn admit(&mut self) -> Result<Admission, QueueFull> {
        let waiting = self.queued.len() + self.arriving;
        if self.running >= self.max_running && waiting >= self.max_queued {
            return Err(QueueFull { waiting });
        }
        Ok(self.admit_accepted())
    }

    /// A run that was accepted earlier goes on: however many wait, it is not refused.
    pub(super) fn admit_accepted(&mut self) -> Admission {
        if self.running < self.max_running {
            self.running += 1;
            return Admission::Admitted;
        }
        self.arriving += 1;
        Admission::Queued
    }

    /// One that was expected in the queue has come, or comes not.
    pub(super) fn arrived(&mut self) {
        self.arriving -= 1;
    }

    /// Lets a run wait.
    pub(super) fn enqueue(&mut self, accepted: QueueKey, run: T) {
        self.queued.insert(accepted, run);
    }

    /// The next one, if it can begin.
    pub(super) fn start_next(&mut self) -> Option<T> {
        if self.running >= self.max_running {
            return None;
        }
        let (_, next) = self.queued.pop_first()?;
        self.running += 1;
        Some(next)
    }

    /// A run that was at work is not any more.
    pub(super) fn release(&mut self) {
        self.running -= 1;
    }

    /// A run does not wait any more, whether or not it did.
    pub(super) fn remove(&mut self, accepted: &QueueKey) {
        self.queued.remove(accepted);
    }

    /// Its place in the queue, from 1, if it is there.
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
        assert_eq!(queue.start_next(), None, "all places are taken");

        // One that was paused goes on: it was accepted before all that wait.
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
        assert_eq!(admitted[3], Err(QueueFull { waiting: 2 }), "those on their way count too");
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
