//! Answers that providers cut or withhold: they are continued, or asked for again.

use council_llm::{Council, CouncilBuilder, StopKind};

use crate::provider::{Provider, hurried};
use crate::request::{parts, roles};
use crate::server::Server;

#[tokio::test]
async fn an_answer_that_a_provider_cuts_is_continued_and_a_withheld_one_is_asked_for_again() {
    for provider in Provider::ALL {
        let cut = |text| provider.ending(text, "max_tokens", "length");
        let server = Server::answering([
            cut("# Ein "),
            provider.answer("🌲."),
            cut("SCORE: 1"),
            provider.answer("0"),
            provider.ending("# Ein schö", "refusal", "content_filter"),
            cut("# Ein schöner Wa"),
            provider.answer("Ein schöner Wald."),
        ])
        .await;
        let graph = CouncilBuilder::new(provider.model(&server)).retry(hurried()).build().unwrap();
        let council = graph.run(Council::new("Wälder")).await.unwrap().into_state();
        assert_eq!((council.draft.as_str(), council.score), ("# Ein 🌲.", Some(10.0)), "{}", provider.name());
        assert_eq!(council.document.as_deref(), Some("# Ein schöner Wald."), "{}", provider.name());

        let agents = ["Master AI", "Master AI", "Critic AI", "Critic AI", "Writer AI", "Writer AI", "Writer AI"];
        assert_eq!(roles(&server, provider), agents);
        let mut calls = council.calls;
        let withheld = calls.remove(4);
        assert!(withheld.fault.is_some() && withheld.usage.output_tokens > 0, "{withheld:?}");
        let kinds: Vec<_> = calls.iter().map(|call| (call.kind, call.attempt)).collect();
        let (length, completed) = (StopKind::Length, StopKind::Completed);
        let expected = [(length, 1), (completed, 1), (length, 1), (completed, 1), (length, 2), (completed, 2)];
        assert_eq!(kinds, expected, "{}", provider.name());

        let requests = server.received();
        let (_, messages) = parts(&requests[1], provider);
        let said: Vec<_> = messages.iter().map(|message| message["role"].as_str().unwrap()).collect();
        assert_eq!((said, &messages[1]["content"]), (vec!["user", "assistant", "user"], &"# Ein ".into()));
    }
}
