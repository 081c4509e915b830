//! Streams that break in the middle, once something of them has been shown.

use council_core::{Outcome, error_chain};
use council_llm::{Council, CouncilBuilder};
use expect_test::{Expect, expect};

use crate::dialect::Say;
use crate::provider::Provider;
use crate::request::roles;
use crate::server::{Reply, Server};
use crate::watched::{the_same, watched};

const DRAFT: &str = "# Ein 🌲.";
const REWORK: &str = "SCORE: 5 FEEDBACK: Mehr.";
const BETTER: &str = "# Zwei 🌲🌲.";
const APPROVAL: &str = "SCORE: 9 FEEDBACK: Schön.";
const DOCUMENT: &str = "# Zwei schöne 🌲🌲.";

/// Runs a council whose writer is interrupted, with every provider; draws what was shown, the error, and what came when the
/// run was taken up again.
async fn check(interrupted: impl Fn(Provider) -> Reply, expected: Expect) {
    let mut pictures = Vec::new();
    for provider in Provider::streaming() {
        let before = [DRAFT, REWORK, BETTER, APPROVAL].map(|text| provider.answer(text));
        let replies = before.into_iter().chain([interrupted(provider), provider.answer(DOCUMENT)]);
        let server = Server::answering(replies).await;
        let graph = CouncilBuilder::new(provider.model(&server)).build().unwrap();

        let (written, failed) = watched(graph.run(Council::new("Wälder"))).await;
        let error = failed.unwrap_err();
        let (name, dialect) = (provider.name(), provider.dialect.provider());
        let causes = error_chain(&error).replace(&format!("127.0.0.1:{}", server.port()), "ADDRESS");
        let causes = causes.replace(&name, "MODEL").replace(dialect, "PROVIDER");
        // The text after the connection's failure is the text of the HTTP client.
        let causes = causes.split_inclusive("ADDRESS failed").next().unwrap();
        assert_eq!(server.received().len(), 5, "what was shown is not begun again");

        let position = error.into_position();
        let council = position.state();
        let Council { draft, iteration, score, document, .. } = council;
        assert_eq!((draft.as_str(), *iteration, *score, document), (BETTER, 2, Some(9.0), &None));
        assert_eq!(council.feedback_history(), ["Score: 5/10\nMehr."]);

        let (written_again, ended) = watched(graph.resume(position)).await;
        let Outcome::Finished(council) = ended.unwrap() else { panic!("the run was stopped") };
        assert_eq!(council.document.as_deref(), Some(DOCUMENT));
        let expected_roles = ["Master AI", "Critic AI", "Master AI", "Critic AI", "Writer AI", "Writer AI"];
        assert_eq!(roles(&server, provider), expected_roles);
        pictures.push(format!("{written}\n{causes}\n\n{written_again}"));
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
        writer_agent #1 try 1: "# " "Zwei " "schö" failed

        run `test`: node `writer_agent` failed in superstep 5, attempt 1: model `MODEL` gave no answer: the connection to PROVIDER at ADDRESS failed

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
        writer_agent #1 try 1: "# " "Zwei " failed

        run `test`: node `writer_agent` failed in superstep 5, attempt 1: model `MODEL` gave no answer: the answer was cut off before the model had finished it

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
        writer_agent #1 try 1: "# Zwei " failed

        run `test`: node `writer_agent` failed in superstep 5, attempt 1: model `MODEL` gave no answer: PROVIDER reported an error while answering: overloaded_error: Not now

        writer_agent #1 try 2: "# " "Zwei " "schöne " "🌲🌲."
    "##]],
    )
    .await;
}
