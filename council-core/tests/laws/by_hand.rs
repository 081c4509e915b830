//! A run whose tasks a loop calls equals a run of the driver.

use std::error::Error;

use council_core::plan::{self, Called, Caller, Next};
use council_core::{Failure, Graph, Limits};
use proptest::prelude::*;

use crate::lab::Lab;
use crate::plans::{Doc, Plan, plans};
use crate::{cases, ending, on_a_runtime, run};

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_run_called_by_hand_equals_a_run(plan in plans()) {
        // A subgraph needs a loop of its own.
        let plan = Plan { nested: None, ..plan };
        let (driven, called) = (Lab::new(), Lab::new());
        let expected = ending(run(&plan.build(&plan.delays, &driven).graph));
        let ended = on_a_runtime(by_hand(&plan.build(&plan.delays, &called).graph));
        prop_assert_eq!(&ended, &expected);
        if expected.is_ok() {
            prop_assert_eq!(called.ran(), driven.ran());
        }
    }
}

/// Calls the last open task first. The order does not matter.
async fn by_hand(graph: &Graph<Doc>) -> Result<(bool, Doc), String> {
    let caller = Caller::new(graph, "r", ());
    let mut position = plan::begin(graph, Doc::default());
    loop {
        match plan::advance(graph, &Limits::default(), &mut position).next {
            Next::Run => {}
            Next::Finish => return Ok((true, position.into_state())),
            Next::Stop(_) => return Ok((false, position.into_state())),
            Next::Fail(failure) => return Err(failure.to_string()),
        }
        while let Some(place) = position.open_tasks().last().map(|task| task.place) {
            let Called { mut records, failure, .. } = caller.call(&position, place).await.unwrap();
            if let Some(failure) = failure.filter(|failure| !is_retried(failure)) {
                let recovered = caller.recover(&position, place, failure).unwrap();
                if let Some(failure) = recovered.failure {
                    return Err(failure.to_string());
                }
                records.extend(recovered.records);
            }
            for record in records {
                plan::fold(graph, &mut position, record).unwrap();
            }
        }
    }
}

fn is_retried(failure: &Failure) -> bool {
    failure.source().is_some_and(|source| source.to_string() == "shaky")
}
