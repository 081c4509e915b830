//! Runs that stop or fail and are resumed: the result equals that of an uninterrupted run, and no task ends twice.

use std::time::Duration;

use council_core::{Failure, Limits};
use proptest::prelude::*;

use crate::lab::Lab;
use crate::plans::plans;
use crate::{cases, ending, in_pieces, on_a_runtime, run};

proptest! {
    #![proptest_config(cases())]

    /// The run stops after any superstep of the graph or of its subgraphs.
    #[test]
    fn a_run_that_stops_and_resumes_equals_an_uninterrupted_run(plan in plans(), stops in prop::collection::vec(0_u64..12, 0..4)) {
        let (whole, pieces) = (Lab::new(), Lab::new());
        let expected = ending(run(&plan.build(&plan.delays, &whole).graph));
        let mut stops = stops;
        stops.sort_unstable();
        let limits = |supersteps| Limits { supersteps, ..Limits::default() };
        let result = in_pieces(&plan.build(&plan.delays, &pieces).graph, stops.into_iter().map(limits).collect());
        prop_assert_eq!(ending(result), expected);
        prop_assert_eq!(pieces.ran(), whole.ran());
    }

    /// The run stops in the middle of supersteps of the graph or of its subgraphs.
    #[test]
    fn a_run_that_reaches_time_limits_and_resumes_equals_an_uninterrupted_run(plan in plans(), times in prop::collection::vec(0_u64..30, 0..6)) {
        let (whole, pieces) = (Lab::new(), Lab::new());
        let expected = ending(run(&plan.build(&plan.delays, &whole).graph));
        let limits = |time| Limits { wall_clock: Some(Duration::from_millis(time)), ..Limits::default() };
        let result = in_pieces(&plan.build(&plan.delays, &pieces).graph, times.into_iter().map(limits).collect());
        prop_assert_eq!(ending(result), expected);
        prop_assert_eq!(pieces.ran(), whole.ran());
    }

    /// The run is resumed from the position of the error.
    #[test]
    fn a_resumed_run_repeats_no_ended_task_after_a_failure(plan in plans(), failing in prop::collection::vec(0_usize..9, 1..4)) {
        let (whole, pieces) = (Lab::new(), Lab::breaking(failing));
        let expected = ending(run(&plan.build(&plan.delays, &whole).graph));
        let graph = plan.build(&plan.delays, &pieces).graph;
        let mut result = run(&graph);
        let mut resumed = 0;
        loop {
            match result {
                Err(error) if matches!(error.failure(), Failure::Node { .. }) => {
                    resumed += 1;
                    prop_assert!(resumed < 10, "a node fails more than once");
                    result = on_a_runtime(graph.resume(error.into_position()).into_future());
                }
                _ => break,
            }
        }
        prop_assert_eq!(ending(result), expected);
        prop_assert_eq!(pieces.ran(), whole.ran());
    }
}
