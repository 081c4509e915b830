//! A provider that decides on each request, and remembers what it has done with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::dialect::{Dialect, Say};
use crate::server::{Received, Reply, Server};

pub(crate) const DOCUMENT: &str = "# The document";

/// A provider in front of many councils. Its critic approves each first draft, so a council has three calls.
pub(crate) struct Provider {
    pub(crate) dialect: Dialect,
    server: Server,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// A request, and what the provider has done with it.
struct Call {
    topic: String,
    agent: &'static str,
    outcome: Outcome,
}

/// What a provider has done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It has sent the whole answer.
    Answered,
    /// It has begun an answer and not finished it.
    Broken,
    /// It has sent an error instead of an answer.
    Refused,
}

impl Provider {
    /// A provider whose `rule` gets a [whole answer](Reply) to each request, and returns what is sent.
    pub(crate) async fn new(
        dialect: Dialect,
        mut rule: impl FnMut(Instant, Reply) -> (Outcome, Reply) + Send + 'static,
    ) -> Self {
        let calls = Arc::<Mutex<Vec<Call>>>::default();
        let seen = Arc::clone(&calls);
        let server = Server::deciding(move |request| {
            let agent = agent(request);
            let (outcome, reply) = rule(request.at, answer(dialect, agent));
            seen.lock().unwrap().push(Call { topic: topic(request), agent, outcome });
            reply
        })
        .await;
        Self { dialect, server, calls }
    }

    pub(crate) fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// The number of requests with this outcome.
    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| call.outcome == outcome).count()
    }

    /// The number of requests with each outcome.
    pub(crate) fn figures(&self) -> String {
        let [answered, broken, refused] =
            [Outcome::Answered, Outcome::Broken, Outcome::Refused].map(|outcome| self.count(outcome));
        format!("{:?}: {answered} answers, {broken} broken, {refused} refused", self.dialect)
    }

    /// Checks that each of the three agents of each run got one whole answer, so that no answer was paid for twice.
    pub(crate) fn check_answers(&self, runs: usize) {
        let mut answers = BTreeMap::<(String, &str), usize>::new();
        for call in self.calls.lock().unwrap().iter().filter(|call| call.outcome == Outcome::Answered) {
            *answers.entry((call.topic.clone(), call.agent)).or_default() += 1;
        }
        assert_eq!(answers.len(), 3 * runs);
        assert!(answers.values().all(|count| *count == 1), "answers that were paid for twice: {answers:#?}");
    }
}

/// The whole answer to an agent, which takes a second.
fn answer(dialect: Dialect, agent: &str) -> Reply {
    let text = match agent {
        "Critic AI" => "SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: Good.",
        "Writer AI" => DOCUMENT,
        _ => "# The draft",
    };
    let said = [Say::Start, Say::Text(text), Say::Stop, Say::End];
    Reply::events(dialect.events(&said)).in_one_piece().after(Duration::from_secs(1))
}

/// The agent that the system prompt names.
fn agent(request: &Received) -> &'static str {
    let body = request.body.to_string();
    ["Master AI", "Critic AI", "Writer AI"].into_iter().find(|agent| body.contains(agent)).unwrap()
}

/// The topic in the message of the user.
fn topic(request: &Received) -> String {
    let messages = request.body["messages"].as_array().unwrap();
    // A system prompt, which is the first message of OpenAI, mentions the tag too.
    let text = messages.last().unwrap()["content"].as_str().unwrap();
    let (_, rest) = text.split_once("<topic>\n").unwrap();
    rest.split_once("\n</topic>").unwrap().0.to_owned()
}

/// The error with this status.
pub(crate) fn refusal(dialect: Dialect, status: u16) -> Reply {
    Reply::json(status, &dialect.error("not_now", "Not now"))
}
