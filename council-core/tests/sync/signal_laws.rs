//! Random sequences of calls of the signal, compared with a simple model.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use crate::Waiter;
use crate::signal::Signal;

/// One call. The number of `Poll` and `Cancel` chooses a future.
#[derive(Clone, Debug)]
enum Step {
    /// Makes a future that waits until the level is reached. It is not polled yet.
    WaitFor(usize),
    Poll(usize),
    /// Drops a future.
    Cancel(usize),
    /// Raises the level by 1, and wakes all.
    Raise,
}

/// A future, with the model of its state.
struct Waiting<'a> {
    waiter: Waiter<'a, ()>,
    level: usize,
    is_registered: bool,
    is_woken: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0_usize..6).prop_map(Step::WaitFor),
        6 => any::<usize>().prop_map(Step::Poll),
        2 => any::<usize>().prop_map(Step::Cancel),
        2 => Just(Step::Raise),
    ];
    prop::collection::vec(step, 0..80)
}

proptest! {
    /// Each future that was polled since the last wake is woken once. A future is ready if its condition holds.
    #[test]
    fn every_waiting_future_is_woken(steps in steps()) {
        let (signal, level) = (Signal::default(), AtomicUsize::new(0));
        let mut futures: BTreeMap<usize, Waiting<'_>> = BTreeMap::new();
        for (number, step) in steps.iter().enumerate() {
            let chosen = |choice: usize| futures.keys().nth(choice % futures.len().max(1)).copied();
            match *step {
                Step::WaitFor(least) => {
                    let now = &level;
                    let waiter = Waiter::new(signal.until(move || now.load(Ordering::Relaxed) >= least));
                    futures.insert(number, Waiting { waiter, level: least, is_registered: false, is_woken: false });
                }
                Step::Poll(choice) => {
                    let Some(future) = chosen(choice) else { continue };
                    let waiting = futures.get_mut(&future).unwrap();
                    let is_ready = waiting.waiter.poll().is_some();
                    prop_assert_eq!(is_ready, level.load(Ordering::Relaxed) >= waiting.level);
                    (waiting.is_registered, waiting.is_woken) = (true, false);
                    if is_ready {
                        futures.remove(&future);
                    }
                }
                Step::Cancel(choice) => drop(chosen(choice).and_then(|future| futures.remove(&future))),
                Step::Raise => {
                    level.fetch_add(1, Ordering::Relaxed);
                    signal.wake_all();
                    for waiting in futures.values_mut() {
                        waiting.is_woken = waiting.is_registered;
                    }
                }
            }
            for waiting in futures.values() {
                prop_assert_eq!(waiting.waiter.wakes(), usize::from(waiting.is_woken));
            }
        }
    }
}
