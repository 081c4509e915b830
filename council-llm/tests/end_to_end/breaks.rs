//! Streams that break: the council completes, and only the broken call is made again.

use council_llm::{Council, CouncilBuilder, ScriptedModel, Usage};
use expect_test::{Expect, expect};
use serde_json::json;

use crate::dialect::{Dialect, Say};
use crate::provider::{Provider, hurried};
use crate::request::roles;
use crate::server::{Reply, Server};
use crate::watched::{outline, the_same, watched};

const DRAFT: &str = "# Ein 🌲.";
const REWORK: &str = "SCORE: 5 FEEDBACK: Mehr.";
const BETTER: &str = "# Zwei 🌲🌲.";
const APPROVAL: &str = "SCORE: 9 FEEDBACK: Schön.";
const DOCUMENT: &str = "# Zwei schöne 🌲🌲.";

/// Runs a council whose writer is interrupted, with every provider; draws the tokens that a watcher has seen, and the failure.
async fn check(interrupted: impl Fn(Provider) -> Reply, expected: Expect) {
    let mut pictures = Vec::new();
    for provider in Provider::streaming() {
        let before = [DRAFT, REWORK, BETTER, APPROVAL].map(|text| provider.answer(text));
        let replies = before.into_iter().chain([interrupted(provider), provider.answer(DOCUMENT)]);
        let server = Server::answering(replies).await;
        let graph = CouncilBuilder::new(provider.model(&server)).retry(hurried()).build().unwrap();

        let (written, ended) = watched(graph.run(Council::new("Wälder"))).await;
        let council = ended.unwrap().into_state();
        assert_eq!((council.document.as_deref(), council.iteration, council.score), (Some(DOCUMENT), 2, Some(9.0)));
        let expected_roles = ["Master AI", "Critic AI", "Master AI", "Critic AI", "Writer AI", "Writer AI"];
        assert_eq!(roles(&server, provider), expected_roles, "only the broken call is made again");

        pictures.push(outline(&written, provider, &server));
    }
    expected.assert_eq(the_same(&pictures));
}

#[tokio::test]
async fn a_writer_whose_connection_breaks_is_asked_again_alone() {
    check(
        |provider| provider.beginning("# Zwei schö").then_cut(),
        expect![[r##"
            master_agent #1 try 1: "# " "Ein " "🌲."
            critic_agent #1 try 1: "SCORE: " "5 " "FEEDBACK: " "Mehr."
            master_agent #2 try 1: "# " "Zwei " "🌲🌲."
            critic_agent #2 try 1: "SCORE: " "9 " "FEEDBACK: " "Schön."
            writer_agent #1 try 1: "# " "Zwei " "schö"
              failed: the answer of model `MODEL` broke off after 11 characters: the connection to PROVIDER at ADDRESS failed
            writer_agent #1 try 2: "# " "Zwei " "schöne " "🌲🌲."
        "##]],
    )
    .await;
}

#[tokio::test]
async fn a_writer_whose_stream_has_no_end_is_asked_again_alone() {
    check(
        |provider| provider.beginning("# Zwei ").until_close(),
        expect![[r##"
            master_agent #1 try 1: "# " "Ein " "🌲."
            critic_agent #1 try 1: "SCORE: " "5 " "FEEDBACK: " "Mehr."
            master_agent #2 try 1: "# " "Zwei " "🌲🌲."
            critic_agent #2 try 1: "SCORE: " "9 " "FEEDBACK: " "Schön."
            writer_agent #1 try 1: "# " "Zwei "
              failed: the answer of model `MODEL` broke off after 7 characters: the answer was cut off before the model had finished it
            writer_agent #1 try 2: "# " "Zwei " "schöne " "🌲🌲."
        "##]],
    )
    .await;
}

#[tokio::test]
async fn a_writer_who_reports_an_overload_is_asked_again_alone() {
    let overloaded = |provider: Provider| {
        let said = [Say::Start, Say::Text("# Zwei "), Say::Error("overloaded_error")];
        Reply::events(provider.dialect.events(&said))
    };
    check(
        overloaded,
        expect![[r##"
            master_agent #1 try 1: "# " "Ein " "🌲."
            critic_agent #1 try 1: "SCORE: " "5 " "FEEDBACK: " "Mehr."
            master_agent #2 try 1: "# " "Zwei " "🌲🌲."
            critic_agent #2 try 1: "SCORE: " "9 " "FEEDBACK: " "Schön."
            writer_agent #1 try 1: "# Zwei "
              failed: the answer of model `MODEL` broke off after 7 characters: PROVIDER reported an error while answering: overloaded_error: Not now
            writer_agent #1 try 2: "# " "Zwei " "schöne " "🌲🌲."
        "##]],
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_is_cut_at_any_byte_is_asked_for_again() {
    for provider in Provider::ALL {
        let whole = || provider.answer(DOCUMENT).in_one_piece();
        let broken: Vec<_> = (0..).map_while(|cut| whole().cut_at(cut)).collect();
        let cuts = broken.len();
        let server = Server::answering(broken.into_iter().flat_map(|broken| [broken, whole()])).await;
        let author = ScriptedModel::new("author", [DRAFT]).repeating();
        let critic = ScriptedModel::new("critic", [APPROVAL]).repeating();
        let council = CouncilBuilder::new(author).critic_model(critic).writer_model(provider.model(&server));
        let graph = council.retry(hurried()).build().unwrap();
        for cut in 0..cuts {
            let council = graph.run(Council::new("Wälder")).await.unwrap().into_state();
            assert_eq!(council.document.as_deref(), Some(DOCUMENT), "{}, cut after {cut} bytes", provider.name());
            // Once the whole answer has arrived, a break after it is none.
            if server.received().len() == 2 * cut + 1 {
                break;
            }
        }
    }
}

/// Anthropic reports the tokens of the prompt at the beginning, and some servers with the API of OpenAI report them with each piece.
#[tokio::test]
async fn the_tokens_that_were_reported_before_a_break_count() {
    for provider in Provider::streaming() {
        let piece = json!({ "choices": [{ "index": 0, "delta": { "content": "# Ein " } }], "usage": { "prompt_tokens": 9, "completion_tokens": 2 } });
        let (of_anthropic, of_openai) = (Usage::new(12, 1).cached(3), Usage::new(9, 2));
        let cases = match provider.dialect {
            Dialect::Anthropic => vec![(provider.beginning("# Ein "), of_anthropic)],
            _ => vec![
                (provider.beginning("# Ein "), Usage::default()),
                (Reply::events(format!("data: {piece}\n\n")), of_openai),
            ],
        };
        for (beginning, expected) in cases {
            for broken in [beginning.clone().then_cut(), beginning.until_close()] {
                let replies = [DRAFT, APPROVAL, DOCUMENT].map(|text| provider.answer(text));
                let server = Server::answering([broken].into_iter().chain(replies)).await;
                let graph = CouncilBuilder::new(provider.model(&server)).retry(hurried()).build().unwrap();
                let council = graph.run(Council::new("Wälder")).await.unwrap().into_state();
                assert!(council.calls[0].fault.is_some());
                assert_eq!(council.calls[0].usage, expected, "{:?}", provider.dialect);
                assert_eq!(council.usage, council.calls.iter().map(|call| call.usage).sum());
            }
        }
    }
}
