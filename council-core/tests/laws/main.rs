//! The laws of execution as properties over random graphs: whatever the shape, the delays and the failures.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod plans;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::plan::{self, Next};
use council_core::{Graph, Limits, Outcome, Record, RunError};
use plans::{Doc, Journal, Plan, plans};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// The order in which tasks end is invisible in the result, errors included.
    #[test]
    fn arrival_order_is_invisible(plan in plans(), other in delays()) {
        let first = ending(run(&plan.graph(&plan.delays, &Journal::default())));
        let second = ending(run(&plan.graph(&other, &Journal::default())));
        prop_assert_eq!(first, second);
    }

    /// A join fires only when all its sources have run since it last did, and then once.
    #[test]
    fn a_join_runs_once_for_all_its_sources(plan in plans()) {
        let ran = Journal::default();
        let graph = plan.graph(&plan.delays, &ran);
        if run(&graph).is_ok() {
            let ran = ran.lock().unwrap();
            let last = ran.iter().map(|(_, superstep)| *superstep).max().unwrap_or_default();
            let mut expected = Vec::new();
            let mut arrived = BTreeSet::new();
            for superstep in 1..=last {
                let sources = plan.join_sources.iter().copied();
                arrived.extend(sources.filter(|source| ran.contains(&(Plan::name(*source), superstep))));
                if arrived.len() == plan.join_sources.len() {
                    expected.push((Plan::name(plan.nodes), superstep + 1));
                    arrived.clear();
                }
            }
            let joined: Vec<_> = ran.iter().filter(|(name, _)| *name == Plan::name(plan.nodes)).cloned().collect();
            prop_assert_eq!(joined, expected, "in {:?}", ran);
        }
    }

    /// Stopping after any superstep and going on gives what an uninterrupted run gives, and runs no task twice.
    #[test]
    fn stopping_and_going_on_changes_nothing(plan in plans(), stops in prop::collection::vec(0_u64..12, 0..4)) {
        let whole = Journal::default();
        let expected = ending(run(&plan.graph(&plan.delays, &whole)));
        let pieces = Journal::default();
        let graph = plan.graph(&plan.delays, &pieces);
        let mut stops = stops;
        stops.sort_unstable();
        let result = on_a_runtime(async {
            let mut builder = graph.run(Doc::default());
            for stop in stops {
                let limits = Limits { supersteps: stop, ..Limits::default() };
                match builder.limits(limits).await {
                    Ok(Outcome::Stopped { position, .. }) => builder = graph.resume(position),
                    ended => return ended,
                }
            }
            builder.limits(Limits::default()).await
        });
        prop_assert_eq!(ending(result), expected);
        prop_assert_eq!(sorted(&pieces), sorted(&whole));
    }

    /// Stopping in the middle of supersteps and going on gives what an uninterrupted run gives, and completes no task twice.
    #[test]
    fn running_out_of_time_and_going_on_changes_nothing(plan in plans(), times in prop::collection::vec(0_u64..30, 0..6)) {
        let whole = Journal::default();
        let expected = ending(run(&plan.graph(&plan.delays, &whole)));
        let pieces = Journal::default();
        let graph = plan.graph(&plan.delays, &pieces);
        let result = on_a_runtime(async {
            let mut builder = graph.run(Doc::default());
            for time in times {
                let limits = Limits { wall_clock: Some(Duration::from_millis(time)), ..Limits::default() };
                match builder.limits(limits).await {
                    Ok(Outcome::Stopped { position, .. }) => builder = graph.resume(position),
                    ended => return ended,
                }
            }
            builder.limits(Limits::default()).await
        });
        prop_assert_eq!(ending(result), expected);
        prop_assert_eq!(sorted(&pieces), sorted(&whole));
    }

    /// After a failure, the run goes on from the position of the error: the same result, and what had ended is not run again.
    #[test]
    fn a_failed_run_goes_on_without_repeating_itself(plan in plans(), failing in prop::collection::vec(0_usize..9, 1..4)) {
        let whole = Journal::default();
        let expected = ending(run(&plan.graph(&plan.delays, &whole)));
        let pieces = Journal::default();
        let broken = Arc::new(Mutex::new(failing));
        let graph = plan.failing_graph(&plan.delays, &pieces, &broken);
        let mut result = run(&graph);
        let mut resumed = 0;
        while let Err(error) = result {
            if !error.to_string().contains("failed in superstep") {
                result = Err(error);
                break;
            }
            resumed += 1;
            prop_assert!(resumed < 10, "every failure is mended after its first time");
            result = on_a_runtime(graph.resume(error.into_position()).into_future());
        }
        prop_assert_eq!(ending(result), expected);
        prop_assert_eq!(sorted(&pieces), sorted(&whole));
    }

    /// At every record the live position equals the fold of the records so far.
    #[test]
    fn the_position_is_the_fold_of_its_records(plan in plans()) {
        let graph = plan.graph(&plan.delays, &Journal::default());
        let limits = Limits { supersteps: 40, ..Limits::default() };
        let mut live = plan::begin(&graph, Doc::default());
        let mut records: Vec<Record<Doc>> = Vec::new();
        loop {
            let turn = plan::advance(&graph, &limits, &mut live);
            if turn.committed {
                records.push(live.committed());
            }
            if let Next::Fail(_) = turn.next {
                break;
            }
            let mut folded = plan::begin(&graph, Doc::default());
            for record in &records {
                plan::fold(&graph, &mut folded, record.clone());
            }
            prop_assert_eq!(folded.state(), live.state());
            prop_assert_eq!(format!("{folded:?}"), format!("{live:?}"));
            if !matches!(turn.next, Next::Run) {
                break;
            }
            // By hand, the last open task first: the order must not matter.
            let Some(task) = live.open_tasks().last() else { break };
            let done = Record::TaskDone { task: task.place, update: plan.update(task.node), goto: None };
            records.push(done.clone());
            plan::fold(&graph, &mut live, done);
        }
    }

    /// A run that is dropped in the middle leaves no task behind.
    #[test]
    fn a_dropped_run_leaves_nothing_behind(plan in plans(), after in 0_u64..20) {
        let graph = plan.graph(&plan.delays, &Journal::default());
        on_a_runtime(async {
            let run = graph.run(Doc::default()).start();
            let _ = tokio::time::timeout(Duration::from_millis(after), run).await;
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
        });
    }
}

fn delays() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(0_u64..20, plans::MOST_NODES + 1)
}

fn run(graph: &Graph<Doc>) -> Result<Outcome<Doc>, RunError<Doc>> {
    on_a_runtime(graph.run(Doc::default()).into_future())
}

/// One thread, and a clock that jumps: delays order the tasks and cost nothing.
fn on_a_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

/// How a run ended, to be compared: the state, or the failure without the run's id.
fn ending(result: Result<Outcome<Doc>, RunError<Doc>>) -> Result<(bool, Doc), String> {
    match result {
        Ok(outcome) => Ok((outcome.is_finished(), outcome.into_state())),
        Err(error) => Err(error.failure().to_string()),
    }
}

fn sorted(journal: &Journal) -> Vec<(String, u64)> {
    let mut ran = journal.lock().unwrap().clone();
    ran.sort();
    ran
}
