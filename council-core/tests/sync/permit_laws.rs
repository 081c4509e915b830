//! Random sequences of calls of the semaphore, compared with a simple model.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;

use crate::Waiter;
use crate::permits::{Permit, Permits};

/// One call. A number chooses a waiting future or a permit.
#[derive(Clone, Debug)]
enum Step {
    /// Makes a future, which is not polled yet.
    Acquire,
    Poll(usize),
    /// Drops a future.
    Cancel(usize),
    /// Drops a permit.
    Release(usize),
    TryAcquire,
}

/// A queue of the numbers of futures.
struct Model {
    free: usize,
    waiting: VecDeque<usize>,
    /// Futures that have a permit and were not polled since.
    granted: BTreeSet<usize>,
}

impl Model {
    fn take(&mut self) -> bool {
        let is_free = self.free > 0;
        self.free -= usize::from(is_free);
        is_free
    }

    fn poll(&mut self, future: usize) -> bool {
        if self.granted.remove(&future) {
            return true;
        }
        if self.waiting.contains(&future) {
            return false;
        }
        let is_ready = self.take();
        if !is_ready {
            self.waiting.push_back(future);
        }
        is_ready
    }

    fn cancel(&mut self, future: usize) {
        self.waiting.retain(|waiting| *waiting != future);
        if self.granted.remove(&future) {
            self.release();
        }
    }

    fn release(&mut self) {
        match self.waiting.pop_front() {
            Some(first) => drop(self.granted.insert(first)),
            None => self.free += 1,
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Acquire),
        6 => any::<usize>().prop_map(Step::Poll),
        2 => any::<usize>().prop_map(Step::Cancel),
        3 => any::<usize>().prop_map(Step::Release),
        1 => Just(Step::TryAcquire),
    ];
    prop::collection::vec(step, 0..80)
}

proptest! {
    /// Permits are given in the order of the first polls, each to one future, which is woken once. A cancelled future gives its permit to
    /// the next one. In the end, all permits are free again.
    #[test]
    fn permits_are_given_in_order_and_none_is_lost(total in 0_usize..4, steps in steps()) {
        follow(total, &steps);
    }
}

fn follow(total: usize, steps: &[Step]) {
    let permits = Permits::new(total);
    let mut model = Model { free: total, waiting: VecDeque::new(), granted: BTreeSet::new() };
    let mut futures: BTreeMap<usize, Waiter<'_, Permit<'_>>> = BTreeMap::new();
    let mut held = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let chosen = |choice: usize| futures.keys().nth(choice % futures.len().max(1)).copied();
        match *step {
            Step::Acquire => drop(futures.insert(number, Waiter::new(permits.acquire()))),
            Step::Poll(choice) => {
                let Some(future) = chosen(choice) else { continue };
                let permit = futures.get_mut(&future).unwrap().poll();
                assert_eq!(permit.is_some(), model.poll(future), "poll of future {future}");
                if permit.is_some() {
                    futures.remove(&future);
                }
                held.extend(permit);
            }
            Step::Cancel(choice) => {
                let Some(future) = chosen(choice) else { continue };
                futures.remove(&future);
                model.cancel(future);
            }
            Step::Release(choice) if !held.is_empty() => {
                held.swap_remove(choice % held.len());
                model.release();
            }
            Step::Release(_) => {}
            Step::TryAcquire => {
                let permit = permits.try_acquire();
                assert_eq!(permit.is_some(), model.take());
                held.extend(permit);
            }
        }
        assert_eq!(held.len() + model.granted.len() + model.free, total);
        for (future, waiter) in &futures {
            assert_eq!(waiter.wakes(), usize::from(model.granted.contains(future)), "wakes of future {future}");
        }
    }
    drop(futures);
    held.clear();
    held.extend(std::iter::from_fn(|| permits.try_acquire()));
    assert_eq!(held.len(), total);
}
