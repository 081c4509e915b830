//! Providers that refuse: some for a moment, some for good.

use std::time::Duration;

use council_core::error_chain;
use council_llm::{CallLimits, Council, CouncilBuilder, OpenAi};
use expect_test::expect;

use crate::dialect::{Dialect, KEY};
use crate::provider::{Provider, hurried};
use crate::request::roles;
use crate::server::{Reply, Server};
use crate::watched::{outline, the_same, watched};

const DRAFT: &str = "# Ein 🌲.";
const APPROVAL: &str = "SCORE: 9 FEEDBACK: Schön.";
const DOCUMENT: &str = "# Ein schöner 🌲.";

#[tokio::test]
async fn a_busy_critic_is_called_again_after_the_requested_delay() {
    for provider in Provider::ALL {
        let replies = [
            provider.answer(DRAFT),
            provider.refusal(529, "overloaded_error", "Overloaded"),
            provider.refusal(500, "api_error", "Oops"),
            provider.refusal(429, "rate_limit_error", "Slow down").header("retry-after-ms", "60"),
            provider.answer(APPROVAL),
            provider.answer(DOCUMENT),
        ];
        let server = Server::answering(replies).await;
        let graph = CouncilBuilder::new(provider.model(&server)).retry(hurried()).build().unwrap();

        let council = graph.run(Council::new("Wälder")).await.unwrap().into_state();
        assert_eq!(council.document.as_deref(), Some(DOCUMENT));
        assert_eq!((council.iteration, council.score), (1, Some(9.0)), "a refusal is neither a draft nor a verdict");

        let expected = ["Master AI", "Critic AI", "Critic AI", "Critic AI", "Critic AI", "Writer AI"];
        assert_eq!(roles(&server, provider), expected);
        let requests = server.received();
        assert!(requests[1..5].iter().all(|request| request.body == requests[1].body), "{provider:?}");
        let waited = requests[4].at - requests[3].at;
        assert!(waited >= Duration::from_millis(60), "the provider asked for 60 ms, and got {waited:?}");
    }
}

#[tokio::test]
async fn attempts_that_fail_before_the_first_token_are_not_observed() {
    let mut pictures = Vec::new();
    for provider in Provider::streaming() {
        let replies = [provider.answer(DRAFT), Reply::hang_up(), provider.beginning(""), provider.answer(APPROVAL)];
        let server = Server::answering(replies.into_iter().chain([provider.answer(DOCUMENT)])).await;
        let graph = CouncilBuilder::new(provider.model(&server)).retry(hurried()).build().unwrap();

        let (written, ended) = watched(graph.run(Council::new("Wälder"))).await;
        assert!(ended.unwrap().is_finished());
        assert_eq!(server.received().len(), 5);
        pictures.push(outline(&written, provider, &server));
    }
    expect![[r##"
        master_agent #1 try 1: "# " "Ein " "🌲."
        critic_agent #1 try 1:
          failed: model `MODEL` gave no answer: the connection to PROVIDER at ADDRESS failed
        critic_agent #1 try 2:
          failed: model `MODEL` gave no answer: the answer was cut off before the model had finished it
        critic_agent #1 try 3: "SCORE: " "9 " "FEEDBACK: " "Schön."
        writer_agent #1 try 1: "# " "Ein " "schöner " "🌲."
    "##]]
    .assert_eq(the_same(&pictures));
}

#[tokio::test]
async fn a_whole_answer_that_is_cut_is_asked_for_again() {
    for provider in Provider::ALL.into_iter().filter(|provider| !provider.streaming) {
        let half = &provider.dialect.reply(APPROVAL).to_string()[..40];
        let replies = [
            provider.answer(DRAFT),
            Reply::new(200, "application/json", half).then_cut(),
            provider.answer(APPROVAL),
            provider.answer(DOCUMENT),
        ];
        let server = Server::answering(replies).await;
        let graph = CouncilBuilder::new(provider.model(&server)).retry(hurried()).build().unwrap();
        let council = graph.run(Council::new("Wälder")).await.unwrap().into_state();
        assert_eq!(council.document.as_deref(), Some(DOCUMENT));
        assert_eq!(roles(&server, provider), ["Master AI", "Critic AI", "Critic AI", "Writer AI"]);
    }
}

#[tokio::test]
async fn an_answer_that_always_breaks_after_its_status_is_asked_for_five_times() {
    for provider in Provider::ALL {
        let reply = if provider.streaming { provider.beginning("") } else { provider.answer(DRAFT).cut_at(9).unwrap() };
        let server = Server::deciding(move |_| reply.clone().then_cut()).await;
        let graph = CouncilBuilder::new(provider.model(&server)).retry(hurried()).build().unwrap();
        let error = graph.run(Council::new("Wälder")).await.unwrap_err();
        assert!(error.failure().cause().contains("failed"), "{provider:?}: {error}");
        assert_eq!(server.received().len(), 5, "{provider:?}");
    }
}

#[tokio::test]
async fn a_provider_on_another_machine_that_is_silent_is_called_twice() {
    let server = Server::deciding(|_| Reply::nothing()).await;
    // It is this machine, with an address that does not look like it.
    let address = format!("http://[::ffff:127.0.0.1]:{}/v1", server.port());
    let limits = CallLimits::default().first_token(Duration::from_millis(50));
    let model = OpenAi::new("gpt-test", None).limits(limits).base_url(&address).unwrap();
    let graph = CouncilBuilder::new(model).retry(hurried()).build().unwrap();
    let error = graph.run(Council::new("Wälder")).await.unwrap_err();
    assert!(error.failure().cause().contains("sent no first token"), "{error}");
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_key_that_is_not_accepted_ends_the_run_at_once() {
    let mut pictures = Vec::new();
    for provider in Provider::ALL {
        let master = Server::answering([provider.answer(DRAFT)]).await;
        let echo = if provider.dialect == Dialect::Ollama { "***" } else { KEY }; // an Ollama is given no key
        let refusal = provider.refusal(401, "authentication_error", &format!("invalid key {echo}"));
        let critic = Server::answering([refusal, provider.answer(APPROVAL)]).await;
        let council = CouncilBuilder::new(provider.model(&master)).critic_model(provider.model(&critic));

        let error = council.build().unwrap().run(Council::new("Wälder")).id("test").await.unwrap_err();
        let (name, dialect) = (provider.name(), provider.dialect.provider());
        let error_of_run = error_chain(&error).replace(&name, "MODEL").replace(dialect, "PROVIDER");
        // An Ollama is given other advice than the others.
        pictures.push(error_of_run.split_once(" (").unwrap().0.to_owned());
        assert_eq!(critic.received().len(), 1);
        assert_eq!(error.state().draft, DRAFT);
        assert!(!format!("{error:?}").contains(KEY));
    }
    expect![[r#"
        run `test`: node `critic_agent` failed in superstep 2, attempt 1: model `MODEL` gave no answer: PROVIDER answered HTTP 401: invalid key ***"#]]
    .assert_eq(the_same(&pictures));
}

#[tokio::test]
async fn a_provider_that_stays_away_for_too_long_fails_the_run_which_can_be_resumed() {
    let provider = Provider::ALL[0];
    let refusals = (0..4).map(|_| provider.refusal(529, "overloaded_error", "Overloaded"));
    let server = Server::answering(refusals.chain([DRAFT, APPROVAL, DOCUMENT].map(|text| provider.answer(text)))).await;
    let retry = hurried().attempts(4);
    let graph = CouncilBuilder::new(provider.model(&server)).retry(retry).build().unwrap();

    let error = graph.run(Council::new("Wälder")).id("test").await.unwrap_err();
    expect!["run `test`: node `master_agent` failed in superstep 1, attempt 4: model `anthropic/claude-test` gave no answer (asked 4 times: start again, or retry a stored run, or choose another model for the agent): anthropic answered HTTP 529: Overloaded"]
    .assert_eq(&error_chain(&error));
    assert_eq!(server.received().len(), 4);

    let council = graph.resume(error.into_position()).await.unwrap().into_state();
    assert_eq!((council.iteration, council.document.as_deref()), (1, Some(DOCUMENT)));
}
