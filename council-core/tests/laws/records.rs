//! Properties of records: a position is the fold of its records.

use council_core::plan::{self, Next};
use council_core::{Goto, Graph, Limits, NodeId, OpenTask, Position, Record};
use proptest::prelude::*;

use crate::cases;
use crate::graphs::{Built, choice_of_item};
use crate::lab::Lab;
use crate::plans::{Doc, Plan, plans};

proptest! {
    #![proptest_config(cases())]

    /// At every record the live position equals the fold of the records so far.
    #[test]
    fn the_position_is_the_fold_of_its_records(plan in plans()) {
        let built = plan.build(&plan.delays, &Lab::new());
        let limits = Limits { supersteps: 40, ..Limits::default() };
        let mut live = plan::begin(&built.graph, Doc::default());
        let mut records: Vec<Record<Doc>> = Vec::new();
        loop {
            let turn = plan::advance(&built.graph, &limits, &mut live);
            if turn.committed {
                records.push(live.committed());
            }
            if let Next::Fail(_) = turn.next {
                break;
            }
            let folded = fold(&built.graph, &records);
            prop_assert_eq!(folded.state(), live.state());
            prop_assert_eq!(format!("{folded:?}"), format!("{live:?}"));
            if !matches!(turn.next, Next::Run) {
                break;
            }
            // By hand, the last open task first: the order must not matter.
            if let Some(task) = live.open_tasks().last() {
                let (task, goto) = (task.place, goto(&plan, &built, &task, live.supersteps()));
                let ran = live.open_tasks().last().unwrap();
                let done = Record::TaskDone { task, update: plan.update(ran.node, ran.item), goto };
                records.push(done.clone());
                plan::fold(&built.graph, &mut live, done).unwrap();
            }
        }
    }
}

fn fold(graph: &Graph<Doc>, records: &[Record<Doc>]) -> Position<Doc> {
    let mut folded = plan::begin(graph, Doc::default());
    for record in records {
        plan::fold(graph, &mut folded, record.clone()).unwrap();
    }
    folded
}

/// Where a task that decides sends the run: to the end, to a node, or to the worker with items.
fn goto(plan: &Plan, built: &Built, task: &OpenTask<'_>, superstep: u64) -> Option<Goto<Doc>> {
    if task.item.is_some() && plan.items_decide {
        return Some(choice_of_item(superstep % 4, built.work, built.ids[plan.nodes]));
    }
    plan.decides(task.node).then(|| match superstep % 3 {
        0 => NodeId::END.into(),
        1 => built.work.send(0..superstep).and(built.ids[plan.nodes - 1]),
        _ => built.ids[0].into(),
    })
}
