//! Whose turn it is: so many runs are at work at once, and the others wait, those that were accepted first before the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The runs that are at work, by their number, and those that wait for their turn.
pub(super) struct Turns<T> {
    most: usize,
    most_waiting: usize,
    at_work: usize,
    /// How many are on their way into the queue.
    coming: usize,
    waiting: BTreeMap<Accepted, T>,
}

/// When a run was accepted, and its id: no two runs were accepted at once.
pub(super) type Accepted = (u64, Arc<str>);

/// Where a run that begins, or goes on, finds itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is its turn.
    Now,
    /// It has to wait.
    Later,
}

/// So many wait already that no other is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{waiting} runs wait for their turn, and more are not accepted: try again later.")]
pub(crate) struct Full {
    pub(crate) waiting: usize,
}

impl<T> Turns<T> {
    pub(super) fn new(most: usize, most_waiting: usize) -> Self {
        Self { most: most.max(1), most_waiting, at_work: 0, coming: 0, waiting: BTreeMap::new() }
    }

    /// A new run comes. If it has to wait, it is [expected](Self::enter) in the queue.
    pub(super) fn admit(&mut self) -> Result<Admission, Full> {
        let waiting = self.waiting.len() + self.coming;
        if self.at_work >= self.most && waiting >= self.most_waiting {
            return Err(Full { waiting });
        }
        Ok(self.admit_known())
    }

    /// A run that was accepted earlier goes on: however many wait, it is not refused.
    pub(super) fn admit_known(&mut self) -> Admission {
        if self.at_work < self.most {
            self.at_work += 1;
            return Admission::Now;
        }
        self.coming += 1;
        Admission::Later
    }

    /// One that was expected in the queue has come, or comes not.
    pub(super) fn has_come(&mut self) {
        self.coming -= 1;
    }

    /// Lets a run wait.
    pub(super) fn enter(&mut self, accepted: Accepted, run: T) {
        self.waiting.insert(accepted, run);
    }

    /// The next one, if it can begin.
    pub(super) fn call(&mut self) -> Option<T> {
        if self.at_work >= self.most {
            return None;
        }
        let (_, next) = self.waiting.pop_first()?;
        self.at_work += 1;
        Some(next)
    }

    /// A run that was at work is not any more.
    pub(super) fn leave(&mut self) {
        self.at_work -= 1;
    }

    /// A run does not wait any more, whether or not it did.
    pub(super) fn remove(&mut self, accepted: &Accepted) {
        self.waiting.remove(accepted);
    }

    /// Its place in the queue, from 1, if it is there.
    pub(super) fn place(&self, accepted: &Accepted) -> Option<usize> {
        self.waiting.contains_key(accepted).then(|| self.waiting.range(..=accepted).count())
    }
}

#[cfg(test)]
mod tests {
    use super::{Accepted, Admission, Full, Turns};

    fn at(time: u64) -> Accepted {
        (time, format!("run {time}").into())
    }

    fn wait(turns: &mut Turns<u64>, time: u64) {
        turns.has_come();
        turns.enter(at(time), time);
    }

    #[test]
    fn those_that_were_accepted_first_go_first() {
        let mut turns = Turns::new(2, 10);
        assert_eq!([turns.admit(), turns.admit(), turns.admit(), turns.admit()].map(Result::unwrap), {
            use Admission::{Later, Now};
            [Now, Now, Later, Later]
        });
        wait(&mut turns, 4);
        wait(&mut turns, 3);
        assert_eq!((turns.place(&at(3)), turns.place(&at(4)), turns.place(&at(1))), (Some(1), Some(2), None));
        assert_eq!(turns.call(), None, "all places are taken");

        // One that was paused goes on: it was accepted before all that wait.
        assert_eq!(turns.admit_known(), Admission::Later);
        wait(&mut turns, 1);
        turns.leave();
        assert_eq!([turns.call(), turns.call()], [Some(1), None]);
        turns.leave();
        turns.leave();
        assert_eq!([turns.call(), turns.call(), turns.call()], [Some(3), Some(4), None]);
    }

    #[test]
    fn the_queue_has_an_end_for_those_that_are_new() {
        let mut turns = Turns::new(1, 2);
        let admitted = [turns.admit(), turns.admit(), turns.admit(), turns.admit()];
        assert_eq!(admitted[3], Err(Full { waiting: 2 }), "those on their way count too");
        wait(&mut turns, 2);
        wait(&mut turns, 3);
        assert_eq!(turns.admit(), Err(Full { waiting: 2 }));
        assert_eq!(turns.admit_known(), Admission::Later);
        turns.has_come();
        turns.remove(&at(2));
        assert_eq!(turns.admit(), Ok(Admission::Later));
    }

    #[test]
    fn a_run_at_least_is_at_work() {
        assert_eq!(Turns::<u64>::new(0, 0).admit(), Ok(Admission::Now));
    }
}
