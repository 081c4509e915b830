//! Councils that go well.

use council_llm::{Council, CouncilBuilder, Usage};
use expect_test::expect;

use crate::dialect::Dialect;
use crate::provider::Provider;
use crate::request::received;
use crate::server::Server;
use crate::watched::{the_same, watched};

const DRAFT: &str = "# Grüße\n\nEin 🌲.";
const REWORK: &str = "SCORE: 6,5\nVERDICT: REWORK\nFEEDBACK: Mehr Bäume.";
const BETTER: &str = "# Grüße\n\nZwei 🌲🌲.";
const APPROVAL: &str = "SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: Schön.";
const DOCUMENT: &str = "# Größte Grüße\n\n„Zwei“ 🌲🌲.";

#[tokio::test]
async fn a_council_is_the_same_with_every_provider() {
    let (mut requests, mut streamed, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for provider in Provider::ALL {
        let answers = [DRAFT, REWORK, BETTER, APPROVAL, DOCUMENT];
        let server = Server::answering(answers.map(|text| provider.answer(text))).await;
        let graph = CouncilBuilder::new(provider.model(&server)).build().unwrap();

        let (written, ended) = watched(graph.run(Council::new("Wälder"))).await;
        let council = ended.unwrap().into_state();
        let (feedback, verdict) = (council.feedback_history(), council.verdict().unwrap());
        let Council { draft, iteration, score, document, usage, .. } = &council;

        assert_eq!((draft.as_str(), *iteration), (BETTER, 2), "{provider:?}");
        assert_eq!(feedback, ["Score: 6.5/10\nMehr Bäume."]);
        assert_eq!((*score, verdict.feedback.as_str()), (Some(9.0), "Schön."));
        assert_eq!(document.as_deref(), Some(DOCUMENT));
        assert_eq!(*usage, Usage::new(60, 25).cached(15));

        requests.push(received(&server, provider));
        if provider.streaming { &mut streamed } else { &mut whole }.push(written);
    }
    expect![[r#"
        Master AI, temperature 0.7, "user": <topic> Wälder </topic>
        Critic AI, temperature 0.2, "user": <topic> Wälder </topic>  <draft> # Grüße  Ein 🌲. </draft>
        Master AI, temperature 0.7, "user": <topic> Wälder </topic>  <draft> # Grüße  Ein 🌲. </draft>  <feedback round="1"> Score: 6.5/10 Mehr Bäume. </feedback>
        Critic AI, temperature 0.2, "user": <topic> Wälder </topic>  <draft> # Grüße  Zwei 🌲🌲. </draft>
        Writer AI, temperature 0.4, "user": <topic> Wälder </topic>  <draft> # Grüße  Zwei 🌲🌲. </draft>
    "#]].assert_eq(the_same(&requests));
    expect![[r##"
        master_agent #1 try 1: "# " "Grüße\n\nEin " "🌲."
        critic_agent #1 try 1: "SCORE: " "6,5\nVERDICT: " "REWORK\nFEEDBACK: " "Mehr " "Bäume."
        master_agent #2 try 1: "# " "Grüße\n\nZwei " "🌲🌲."
        critic_agent #2 try 1: "SCORE: " "9\nVERDICT: " "APPROVE\nFEEDBACK: " "Schön."
        writer_agent #1 try 1: "# " "Größte " "Grüße\n\n„Zwei“ " "🌲🌲."
    "##]]
    .assert_eq(the_same(&streamed));
    expect![[r##"
        master_agent #1 try 1: "# Grüße\n\nEin 🌲."
        critic_agent #1 try 1: "SCORE: 6,5\nVERDICT: REWORK\nFEEDBACK: Mehr Bäume."
        master_agent #2 try 1: "# Grüße\n\nZwei 🌲🌲."
        critic_agent #2 try 1: "SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: Schön."
        writer_agent #1 try 1: "# Größte Grüße\n\n„Zwei“ 🌲🌲."
    "##]]
    .assert_eq(the_same(&whole));
}

#[tokio::test]
async fn each_agent_can_have_another_provider() {
    let providers = [Dialect::Anthropic, Dialect::OpenAi, Dialect::Ollama];
    let providers = providers.map(|dialect| Provider { dialect, streaming: true });
    let [anthropic, openai, ollama] = providers;
    let master = Server::answering([DRAFT, BETTER].map(|text| anthropic.answer(text))).await;
    let critic = Server::answering([REWORK, APPROVAL].map(|text| openai.answer(text))).await;
    let writer = Server::answering([ollama.answer(DOCUMENT)]).await;
    let graph = CouncilBuilder::new(anthropic.model(&master))
        .critic_model(openai.model(&critic))
        .writer_model(ollama.model(&writer))
        .build()
        .unwrap();

    let council = graph.run(Council::new("Wälder")).await.unwrap().into_state();
    assert_eq!(council.document.as_deref(), Some(DOCUMENT));
    assert_eq!(council.usage, Usage::new(60, 25).cached(15));

    let servers = [&master, &critic, &writer];
    let drawn = servers.iter().zip(providers).map(|(server, provider)| {
        let name = provider.name();
        format!("{name} was asked\n{}", received(server, provider))
    });
    expect![[r#"
        anthropic/claude-test was asked
        Master AI, temperature 0.7, "user": <topic> Wälder </topic>
        Master AI, temperature 0.7, "user": <topic> Wälder </topic>  <draft> # Grüße  Ein 🌲. </draft>  <feedback round="1"> Score: 6.5/10 Mehr Bäume. </feedback>
        openai/gpt-test was asked
        Critic AI, temperature 0.2, "user": <topic> Wälder </topic>  <draft> # Grüße  Ein 🌲. </draft>
        Critic AI, temperature 0.2, "user": <topic> Wälder </topic>  <draft> # Grüße  Zwei 🌲🌲. </draft>
        ollama/llama-test was asked
        Writer AI, temperature 0.4, "user": <topic> Wälder </topic>  <draft> # Grüße  Zwei 🌲🌲. </draft>
    "#]].assert_eq(&drawn.collect::<String>());
}
