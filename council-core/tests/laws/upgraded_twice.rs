//! Three versions of a program follow each other in one run. All readers of the third one give the same state.

use council_core::journal::Memory;
use council_core::{Graph, Limits, Position};
use proptest::prelude::*;

use crate::crashes::answered;
use crate::lab::Lab;
use crate::model::{Model, Modelled, without_nulls};
use crate::order::orders;
use crate::other_programs::{Migrated, Reducing};
use crate::past::{Past, pasts};
use crate::plans::{Document, Plan};
use crate::programs::{Extended, Renamed, Sheet};
use crate::readers::{compare, json, lines, read};
use crate::third_programs::{MigratedAgain, ReducingAgain, RenamedAgain};
use crate::upgrades::end_alike;
use crate::{cases, on_a_runtime};

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_third_version_of_a_program_reads_the_run(past in pasts(), middle in middles(), chain in 0..4) {
        on_a_runtime(async {
            match chain {
                0 => check::<Sheet, Renamed, RenamedAgain>(&past, &middle).await,
                1 => check::<Sheet, Reducing, ReducingAgain>(&past, &middle).await,
                2 => check::<Sheet, Migrated, MigratedAgain>(&past, &middle).await,
                _ => check::<Sheet, Sheet, Extended>(&past, &middle).await,
            }
        })?;
    }
}

/// What the second program does.
#[derive(Clone, Debug)]
struct Middle {
    order: Vec<u8>,
    supersteps: u64,
    /// Whether the second and the third program edit the run in the name of a node, where they can.
    edits: [bool; 2],
}

fn middles() -> impl Strategy<Value = Middle> {
    let all = (orders(), 0_u64..4, any::<[bool; 2]>());
    all.prop_map(|(order, supersteps, edits)| Middle { order, supersteps, edits })
}

/// Runs a program with the state `A`, resumes the run with a program with the state `B`, and ends it with one with the state `C`.
async fn check<A: Modelled, B: Modelled, C: Modelled>(past: &Past, middle: &Middle) -> Result<(), TestCaseError> {
    let journal = Memory::default();
    past.run::<A>(&journal).await;
    let plan = Plan { order: middle.order.clone(), ..past.plan.clone() };
    let second = plan.build_of::<B>(&plan.delays, &Lab::new()).graph;
    let mut position = answered(second.load(&journal, "r").await.unwrap());
    if middle.edits[0] {
        edit_in_the_name_of_a_node(&second, &plan, &mut position);
    }
    let limits = Limits { supersteps: position.supersteps() + middle.supersteps, ..Limits::default() };
    // It stops, waits, fails or ends.
    let _ = second.resume(position).journal(journal.clone()).limits(limits).await;
    let expected = Model::read::<B>(&lines(&journal, "r").await);
    compare(&read(&second, &journal, "r").await, &expected)?;

    let third = past.plan.build_of::<C>(&past.plan.delays, &Lab::new()).graph;
    let expected = Model::read::<C>(&lines(&journal, "r").await);
    let mut readings = read(&third, &journal, "r").await;
    compare(&readings, &expected)?;
    for position in readings.iter_mut().filter_map(|(_, position, _)| position.as_mut()).filter(|_| middle.edits[1]) {
        edit_in_the_name_of_a_node(&third, &past.plan, position);
    }
    end_alike(&third, &journal, readings).await?;
    let expected = Model::read::<C>(&lines(&journal, "r").await);
    compare(&read(&third, &journal, "r").await, &expected)?;
    let changes = third.history(&journal, "r").await;
    let changes = changes.map(|all| all.iter().map(|change| json(&change.update)).collect::<Vec<_>>());
    if let (Ok(changes), Ok(model)) = (changes, expected) {
        let expected: Vec<_> = model.changes.into_iter().map(without_nulls).collect();
        prop_assert_eq!(changes, expected);
    }
    Ok(())
}

/// Edits the run in the name of the first node after which it stands, if there is one.
fn edit_in_the_name_of_a_node<S: Document>(graph: &Graph<S>, plan: &Plan, position: &mut Position<S>) {
    for number in 0..plan.nodes {
        let update = S::update_of(plan, number, None, "edited".to_owned());
        if graph.edit_as(position, Plan::name(number), "the chair", update).is_ok() {
            return;
        }
    }
}
