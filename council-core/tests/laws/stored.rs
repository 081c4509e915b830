//! Properties of stored runs: the position that is loaded equals the live position.

use std::time::Duration;

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::stored::{At, Durability};
use council_core::{Limits, Outcome, RunBuilder, RunError, State, StateGraph, node, plan};
use proptest::prelude::*;

use crate::crashes::{answered, to_the_end};
use crate::edits::edits;
use crate::lab::Lab;
use crate::plans::{Doc, stored_plans};
use crate::{cases, on_a_runtime};

proptest! {
    #![proptest_config(cases())]

    /// If a run is held, stops, fails or asks, the position that is read from the journal equals its position, and the run can be resumed.
    #[test]
    fn the_live_position_equals_the_stored_position(
        plan in stored_plans(),
        stops in prop::collection::vec(stops(), 0..6),
        failing in prop::collection::vec(0_usize..9, 0..3),
        pauses in any::<bool>(),
        is_watched in any::<bool>(),
        is_held in any::<bool>(),
        edits in prop::collection::vec(edits(), 0..4),
    ) {
        on_a_runtime(async {
            let journal = Memory::default();
            let graph = plan.build(&plan.delays, &Lab::breaking(failing)).graph;
            let mut builder = graph.run(Doc::default()).id("r").journal(journal.clone());
            let mut edits = edits.into_iter();
            for stop in stops.into_iter().chain([Stop::Never; 9]) {
                if is_held {
                    let position = builder.hold().await.unwrap();
                    let stored = graph.load(&journal, "r").await.unwrap();
                    prop_assert_eq!(graph.snapshot(&stored).unwrap(), graph.snapshot(&position).unwrap());
                    builder = graph.resume(if is_watched { stored } else { position }).journal(journal.clone());
                }
                let builder_now = if pauses { builder.pause_always() } else { builder };
                let builder_now = if is_watched { builder_now.observe(|_| ()) } else { builder_now };
                let ended = stop.put_to(builder_now).await;
                let position = match ended {
                    Ok(Outcome::Paused { position } | Outcome::Stopped { position, .. }) => position,
                    Ok(_) => return Ok(()),
                    Err(error) => error.into_position(),
                };
                let stored = graph.load(&journal, "r").await.unwrap();
                prop_assert_eq!(stored.state(), position.state());
                prop_assert_eq!(graph.snapshot(&stored).unwrap(), graph.snapshot(&position).unwrap());
                let mut position = answered(if is_watched { stored } else { position });
                if let Some(edit) = edits.next() {
                    edit.apply(&graph, &plan, &mut position);
                }
                builder = graph.resume(position).journal(journal.clone());
            }
            Ok(())
        })?;
    }

    /// A number is read as it was written, to its last digit.
    #[test]
    fn numbers_keep_their_digits(level in prop::num::f64::NORMAL) {
        let mut graph = StateGraph::<Doc>::new("numbers");
        let node = node!(graph, "node", async move |_| Ok(Doc::update()));
        graph.start(node).end(node);
        let graph = graph.compile().unwrap();
        let position = plan::begin(&graph, Doc { level, ..Doc::default() });
        let restored = graph.restore(&graph.snapshot(&position).unwrap()).unwrap();
        prop_assert_eq!(restored.state().level.to_bits(), level.to_bits());
    }

    /// A snapshot of any record and the records after it give what all records give.
    #[test]
    fn a_snapshot_equals_the_fold_of_its_records(plan in stored_plans(), some in prop::collection::vec(any::<prop::sample::Index>(), 5)) {
        on_a_runtime(async {
            let journal = Memory::default();
            let graph = plan.build(&plan.delays, &Lab::new()).graph;
            let run = graph.run(Doc::default()).id("r").journal(journal.clone());
            let _ = to_the_end(&graph, &journal, Durability::Sync, run).await;
            let records = journal.read("r", ReadFrom::Record(0)).await.unwrap().entries.len();
            let last = graph.load(&journal, "r").await.unwrap();
            for record in some.into_iter().map(|record| 1 + record.index(records)).chain([records]) {
                let position = graph.load_at(&journal, "r", At::Record(record as u64)).await.unwrap();
                let json = graph.snapshot(&position).unwrap();
                let restored = graph.restore(&json).unwrap();
                prop_assert_eq!(restored.state(), position.state());
                prop_assert_eq!(format!("{restored:?}"), format!("{position:?}"));
                prop_assert_eq!(graph.snapshot(&restored).unwrap(), json.clone());
                if record == records {
                    prop_assert_eq!(graph.snapshot(&last).unwrap(), json);
                }
            }
            Ok(())
        })?;
    }
}

/// A reason for a run to stop before its end.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Supersteps(u64),
    Time(u64),
    /// A cancel once this number of records is in the journal.
    Records(u64),
    Never,
}

fn stops() -> impl Strategy<Value = Stop> {
    prop_oneof![
        (0_u64..12).prop_map(Stop::Supersteps),
        (0_u64..30).prop_map(Stop::Time),
        (1_u64..40).prop_map(Stop::Records),
    ]
}

impl Stop {
    async fn put_to(self, run: RunBuilder<Doc>) -> Result<Outcome<Doc>, RunError<Doc>> {
        match self {
            Self::Supersteps(supersteps) => run.limits(Limits { supersteps, ..Limits::default() }).await,
            Self::Time(time) => {
                let limits = Limits { wall_clock: Some(Duration::from_millis(time)), ..Limits::default() };
                run.limits(limits).await
            }
            Self::Records(records) => {
                let cancel = run.canceller();
                let run = run.on_saved(move |saved| {
                    if saved.first + saved.entries.len() as u64 >= records {
                        cancel.cancel();
                    }
                });
                run.await
            }
            Self::Never => run.await,
        }
    }
}
