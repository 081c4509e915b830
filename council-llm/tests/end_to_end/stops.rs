//! Runs that are stopped while a provider is silent.

use std::time::Duration;

use council_core::{EventKind, Limits, Outcome, Run, StopReason};
use council_llm::{CRITIC, Council, CouncilBuilder, MASTER};

use crate::provider::Provider;
use crate::request::roles;
use crate::server::Server;

const DRAFT: &str = "# Ein 🌲.";
const APPROVAL: &str = "SCORE: 9 FEEDBACK: Schön.";
const DOCUMENT: &str = "# Ein schöner 🌲.";

/// Waits for the first token of an agent.
async fn first_token(run: &mut Run<Council>, agent: &str) {
    while let Some(event) = run.next().await {
        if matches!(&event.kind, EventKind::Token { task, .. } if *task.node == *agent) {
            return;
        }
    }
    panic!("{agent} has no text");
}

#[tokio::test]
async fn a_run_that_is_dropped_hangs_up_on_its_provider() {
    for provider in Provider::streaming() {
        let server = Server::answering([provider.beginning("# Ein ").then_silence()]).await;
        let graph = CouncilBuilder::new(provider.model(&server)).build().unwrap();
        let mut run = graph.run(Council::new("Wälder")).start();
        first_token(&mut run, MASTER).await;
        drop(run);
        server.hung_up().await;
    }
}

#[tokio::test]
async fn a_run_out_of_time_keeps_its_draft_and_goes_on_with_the_critic() {
    for provider in Provider::streaming() {
        let silence = provider.beginning("SCORE: ").then_silence();
        let replies = [provider.answer(DRAFT), silence, provider.answer(APPROVAL), provider.answer(DOCUMENT)];
        let server = Server::answering(replies).await;
        let graph = CouncilBuilder::new(provider.model(&server)).build().unwrap();

        let limits = Limits { wall_clock: Some(Duration::from_secs(20)), ..Limits::default() };
        let mut run = graph.run(Council::new("Wälder")).limits(limits).start();
        first_token(&mut run, CRITIC).await;
        tokio::time::pause(); // From here on, nobody waits: the clock jumps to the limit.
        let stopped = run.await.unwrap();
        tokio::time::resume();
        server.hung_up().await;

        let Outcome::Stopped { reason: StopReason::WallClock(_), position } = stopped else { panic!("{stopped:?}") };
        assert_eq!((position.state().draft.as_str(), position.state().score), (DRAFT, None));

        let council = graph.resume(position).limits(limits).await.unwrap().into_state();
        assert_eq!((council.iteration, council.document.as_deref()), (1, Some(DOCUMENT)));
        assert_eq!(roles(&server, provider), ["Master AI", "Critic AI", "Critic AI", "Writer AI"]);
    }
}
