//! The workloads without an engine: a loop over boxed async functions that borrow the state and return an update.

use std::pin::Pin;

use futures_util::future::join_all;

use crate::harness::Program;
use crate::programs::runtime;

type Boxed<'a, U> = Pin<Box<dyn Future<Output = Result<U, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>>;
type Step<S, U> = Box<dyn for<'a> Fn(&'a S) -> Boxed<'a, U> + Send + Sync>;

/// A chain of `nodes` functions that return nothing.
pub(crate) fn chain(nodes: usize) -> Program {
    let steps: Vec<Step<Vec<u64>, Vec<u64>>> =
        (0..nodes).map(|_| -> Step<_, _> { Box::new(|_| Box::pin(async { Ok(Vec::new()) })) }).collect();
    let runtime = runtime();
    Box::new(move || {
        let messages = runtime.block_on(async {
            let mut messages: Vec<u64> = Vec::new();
            for step in &steps {
                messages.extend(step(&messages).await.expect("no step fails"));
            }
            messages
        });
        assert!(messages.is_empty());
    })
}

#[derive(Default)]
struct Council {
    draft: String,
    feedback: Vec<String>,
    iteration: usize,
    score: f64,
}

#[derive(Default)]
struct Update {
    draft: Option<String>,
    feedback: Vec<String>,
    iteration: usize,
    score: Option<f64>,
}

impl Council {
    fn apply(&mut self, update: Update) {
        if let Some(draft) = update.draft {
            self.draft = draft;
        }
        self.feedback.extend(update.feedback);
        self.iteration += update.iteration;
        if let Some(score) = update.score {
            self.score = score;
        }
    }
}

/// Master and critic `iterations` times, then the writer.
pub(crate) fn council(iterations: usize) -> Program {
    let master: Step<Council, Update> = Box::new(|_| {
        Box::pin(async { Ok(Update { draft: Some("d".repeat(1_024)), iteration: 1, ..Update::default() }) })
    });
    let critic: Step<Council, Update> = Box::new(|council| {
        Box::pin(async {
            let feedback = vec!["too short so far".to_owned()];
            Ok(Update { feedback, score: Some(council.iteration as f64), ..Update::default() })
        })
    });
    let writer: Step<Council, Update> =
        Box::new(|council| Box::pin(async { Ok(Update { draft: Some(council.draft.clone()), ..Update::default() }) }));
    let runtime = runtime();
    Box::new(move || {
        let council = runtime.block_on(async {
            let mut council = Council::default();
            while council.iteration < iterations {
                let update = master(&council).await.expect("no step fails");
                council.apply(update);
                let update = critic(&council).await.expect("no step fails");
                council.apply(update);
            }
            let update = writer(&council).await.expect("no step fails");
            council.apply(update);
            council
        });
        assert_eq!(council.feedback.len(), iterations);
    })
}

/// `branches` functions at once, each of which appends a number.
pub(crate) fn fan(branches: usize) -> Program {
    let steps: Vec<Step<Vec<usize>, Vec<usize>>> = (0..branches)
        .map(|number| -> Step<_, _> { Box::new(move |_| Box::pin(async move { Ok(vec![number]) })) })
        .collect();
    let runtime = runtime();
    Box::new(move || {
        let numbers = runtime.block_on(async {
            let mut numbers: Vec<usize> = Vec::new();
            for update in join_all(steps.iter().map(|step| step(&numbers))).await {
                numbers.extend(update.expect("no step fails"));
            }
            numbers
        });
        assert_eq!(numbers.len(), branches);
    })
}
