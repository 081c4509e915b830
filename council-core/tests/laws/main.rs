//! Laws of execution as properties over random graphs, delays and failures.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod by_hand;
mod crashes;
mod damage;
mod edits;
mod going_on;
mod graphs;
mod lab;
mod model;
mod mortal;
mod order;
mod other_programs;
mod past;
mod plans;
mod programs;
mod projection;
mod readers;
mod records;
mod stored;
mod third_programs;
mod upgraded_twice;
mod upgrades;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{Detail, Event, Graph, Limits, Outcome, RunBuilder, RunError};
use lab::Lab;
use plans::{Doc, Plan, plans};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases())]

    /// The order in which tasks end is invisible in the result, errors included.
    #[test]
    fn arrival_order_is_invisible(plan in plans(), other in delays()) {
        let first = ending(run(&plan.build(&plan.delays, &Lab::new()).graph));
        let second = ending(run(&plan.build(&other, &Lab::new()).graph));
        prop_assert_eq!(first, second);
    }

    /// Two tasks of one superstep that write a plain field are refused, in the words for the first two in their fixed order;
    /// and nothing else is.
    #[test]
    fn two_writes_of_a_plain_field_are_refused(plan in plans()) {
        let lab = Lab::new();
        let ended = run(&plan.build(&plan.delays, &lab).graph);
        let tasks = lab.tasks();
        let mut writers: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for &(superstep, node, item) in tasks.iter().filter(|task| plan.plain.contains(&task.1)) {
            writers.entry(superstep).or_default().push(Plan::task(node, item));
        }
        let expected = writers.iter().find(|(_, writers)| writers.len() > 1).map(|(superstep, writers)| {
            let [first, second] = [&writers[0], &writers[1]];
            format!("node `{second}` replaces `plain`, which node `{first}` replaced in the same superstep, {superstep};")
        });
        let refused = ended.err().map(|error| error.failure().to_string());
        match (&refused, &expected) {
            (Some(refused), Some(expected)) => prop_assert!(refused.starts_with(expected), "{}, {}", refused, expected),
            _ => prop_assert!(refused.is_none() && expected.is_none(), "{:?}, {:?}", refused, expected),
        }
    }

    /// A write of a concurrent field replaces what earlier supersteps wrote, and is put together with those of its own.
    #[test]
    fn concurrent_writes_are_merged_in_order(plan in plans()) {
        let plan = Plan { plain: Vec::new(), ..plan };
        let lab = Lab::new();
        let outcome = run(&plan.build(&plan.delays, &lab).graph).unwrap();
        let tasks = lab.tasks();
        let last = tasks.last().map(|task| task.0);
        let writers = tasks.iter().filter(|task| Some(task.0) == last).map(|&(_, node, item)| Plan::task(node, item));
        prop_assert_eq!(&outcome.state().writers, &writers.collect::<Vec<_>>(), "in {:?}", tasks);
    }

    /// A join fires only when all its sources have run since it last did, and then once.
    #[test]
    fn a_join_runs_once_for_all_its_sources(plan in plans()) {
        // Other tests cover guards and deferred nodes before a join, and items that choose its target.
        let mut plan = plan;
        (plan.guard, plan.deferred, plan.plain, plan.items_decide) = (None, None, Vec::new(), false);
        let lab = Lab::new();
        run(&plan.build(&plan.delays, &lab).graph).unwrap();
        let tasks = lab.tasks();
        let ran = |node: usize, superstep: u64| {
            plan.takes_usual_exits(node) && tasks.iter().any(|task| (task.0, task.1) == (superstep, node))
        };
        // A worker without items has no task, and counts for the join.
        let arrives = |node: usize, superstep: u64| {
            ran(node, superstep)
                || (node == plan.worker() && plan.sends.iter().any(|(from, _)| ran(*from, superstep - 1)))
        };
        let mut expected = Vec::new();
        let mut arrived = BTreeSet::new();
        for superstep in 1..=tasks.last().unwrap().0 + 1 {
            arrived.extend(plan.join_sources.iter().copied().filter(|source| arrives(*source, superstep)));
            if arrived.len() == plan.join_sources.len() {
                expected.push(superstep + 1);
                arrived.clear();
            }
        }
        let joined: Vec<_> = tasks.iter().filter(|task| task.1 == plan.nodes).map(|task| task.0).collect();
        prop_assert_eq!(joined, expected, "in {:?}", tasks);
    }

    /// No more tasks run at once than the limits of node and run allow, and the limits do not change the result.
    #[test]
    fn no_concurrency_limit_is_exceeded(plan in plans(), bound in 1_usize..4) {
        let lab = Lab::new();
        let limits = Limits { concurrency: NonZeroUsize::new(bound), ..Limits::default() };
        let bounded = on_a_runtime(plan.build(&plan.delays, &lab).graph.run(Doc::default()).limits(limits).into_future());
        let mut free = plan.clone();
        free.bound = None;
        prop_assert_eq!(ending(bounded), ending(run(&free.build(&plan.delays, &Lab::new()).graph)));
        let (node, of_node) = plan.bound.unwrap_or((0, bound));
        let (at_once, of_all) = lab.peaks(node);
        prop_assert!(at_once <= of_node && of_all <= bound, "{} of {}, {} of {}", at_once, of_node, of_all, bound);
    }

    /// Observers do not change a run, and see every event.
    #[test]
    fn observers_do_not_change_a_run(plan in plans(), buffer in 1_usize..50) {
        let numbers = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&numbers);
        let graph = plan.build(&plan.delays, &Lab::new()).graph;
        let watched = graph.run(Doc::default()).values().observe(move |event: &Event<Doc>| {
            log.lock().unwrap().push(event.sequence);
        });
        let (watched, _reader) = watched.channel(Detail::ALL, buffer);
        let watched = ending(on_a_runtime(watched.into_future()));
        prop_assert_eq!(watched, ending(run(&plan.build(&plan.delays, &Lab::new()).graph)));
        let numbers = numbers.lock().unwrap();
        prop_assert_eq!(&*numbers, &(1..=numbers.len() as u64).collect::<Vec<_>>());
    }

    /// A run that is dropped in the middle leaves no task behind, neither its own nor those of spawned nodes.
    #[test]
    fn a_dropped_run_leaves_no_task(plan in plans(), after in 0_u64..20) {
        let graph = plan.build(&plan.delays, &Lab::new()).graph;
        on_a_runtime(async {
            let run = graph.run(Doc::default()).start();
            let _ = tokio::time::timeout(Duration::from_millis(after), run).await;
            // The paused clock advances only when all tasks wait.
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
        });
    }
}

/// The number of random graphs for each law: `COUNCIL_LAW_CASES`, or 64.
fn cases() -> ProptestConfig {
    let cases = std::env::var("COUNCIL_LAW_CASES")
        .map_or(64, |cases| cases.parse().expect("COUNCIL_LAW_CASES is a number of cases"));
    ProptestConfig { cases, ..ProptestConfig::default() }
}

fn delays() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(0_u64..20, plans::MOST_NODES + 2)
}

fn run(graph: &Graph<Doc>) -> Result<Outcome<Doc>, RunError<Doc>> {
    on_a_runtime(graph.run(Doc::default()).into_future())
}

/// Runs with each of these limits in turn, each from the position of the stop before, and then without a limit.
fn in_pieces(graph: &Graph<Doc>, pieces: Vec<Limits>) -> Result<Outcome<Doc>, RunError<Doc>> {
    on_a_runtime(async {
        let mut builder: RunBuilder<Doc> = graph.run(Doc::default());
        for limits in pieces {
            match builder.limits(limits).await {
                Ok(Outcome::Stopped { position, .. }) => builder = graph.resume(position),
                ended => return ended,
            }
        }
        builder.limits(Limits::default()).await
    })
}

/// A runtime with one thread and a paused clock: delays decide the order of the tasks, and take no real time.
fn on_a_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

/// The end of a run, for comparison: the state, or the failure without the id of the run.
fn ending(result: Result<Outcome<Doc>, RunError<Doc>>) -> Result<(bool, Doc), String> {
    match result {
        Ok(outcome) => Ok((outcome.is_finished(), outcome.into_state())),
        Err(error) => Err(error.failure().to_string()),
    }
}
