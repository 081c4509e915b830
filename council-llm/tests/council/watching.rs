//! Events and usage of a running council.

use council_core::EventKind;
use council_llm::{CRITIC, Council, CouncilBuilder, MASTER, ScriptedAnswer, ScriptedModel, Usage, WRITER};
use expect_test::expect;

use crate::picture::scripted;

#[tokio::test]
async fn tokens_are_observed_as_they_are_written() {
    let draft = "# Grüße\n\nEin  Wald 🌲, zwei Wälder.\n";
    let model = scripted([draft, "SCORE: 9\nFEEDBACK: Gut.", "Das Dokument."]);
    let graph = CouncilBuilder::new(model).build().unwrap();

    let mut run = graph.run(Council::new("Wald")).start();
    let (mut picture, mut texts) = (String::new(), [MASTER, CRITIC, WRITER].map(|node| (node, String::new())));
    while let Some(event) = run.next().await {
        if let EventKind::Token { task, text, .. } = &event.kind {
            texts.iter_mut().find(|(node, _)| **node == *task.node).unwrap().1.push_str(text);
        }
        picture += &format!("{event}\n");
    }
    let council = run.await.unwrap().into_state();

    expect![[r##"
        superstep 1: master_agent #1 started
        superstep 1: master_agent #1 wrote "# "
        superstep 1: master_agent #1 wrote "Grüße\n\n"
        superstep 1: master_agent #1 wrote "Ein  "
        superstep 1: master_agent #1 wrote "Wald "
        superstep 1: master_agent #1 wrote "🌲, "
        superstep 1: master_agent #1 wrote "zwei "
        superstep 1: master_agent #1 wrote "Wälder.\n"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 started
        superstep 2: critic_agent #1 wrote "SCORE: "
        superstep 2: critic_agent #1 wrote "9\n"
        superstep 2: critic_agent #1 wrote "FEEDBACK: "
        superstep 2: critic_agent #1 wrote "Gut."
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 started
        superstep 3: writer_agent #1 wrote "Das "
        superstep 3: writer_agent #1 wrote "Dokument."
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
    "##]]
    .assert_eq(&picture);
    let [(_, master), (_, critic), (_, writer)] = texts;
    assert_eq!(master, draft);
    assert_eq!(master, council.draft);
    assert_eq!(critic, "SCORE: 9\nFEEDBACK: Gut.");
    assert_eq!(Some(writer), council.document);
}

#[tokio::test]
async fn usage_adds_up_over_all_calls() {
    let answer = |text: &str, input_tokens| {
        ScriptedAnswer::from(text).usage(Usage::new(input_tokens, 1).cached(input_tokens / 10))
    };
    let model = ScriptedModel::new(
        "scripted",
        [
            answer("One.", 10),
            answer("SCORE: 5", 200),
            answer("Two.", 3_000),
            answer("SCORE: 9", 40_000),
            answer("The document.", 500_000),
        ],
    );
    let graph = CouncilBuilder::new(model).build().unwrap();

    let mut run = graph.run(Council::new("Rust")).start();
    let mut updates = Vec::new();
    while let Some(event) = run.next().await {
        if let EventKind::NodeCompleted { update: Some(update), .. } = event.kind {
            updates.push(update);
        }
    }
    let council = run.await.unwrap().into_state();
    assert_eq!(council.usage, Usage::new(543_210, 5).cached(54_321));

    let mut replayed = Council::new("Rust");
    for update in updates {
        council_core::State::apply(&mut replayed, update);
    }
    assert_eq!(replayed, council, "the updates that were told are the ones that were made");
}
