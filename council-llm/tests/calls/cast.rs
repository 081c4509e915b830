//! The models of a council, and what they remember of their calls.

use std::collections::BTreeMap;

use council_llm::{ChatError, ChatRequest, End, ScriptedAnswer, ScriptedModel};

/// One answer of a model.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Whole(String),
    /// It reached the limit of its length.
    Cut(String),
    /// It fails: the stream breaks after this text.
    Broken(String),
    /// It fails: the model refuses after this text.
    Refused(String),
    /// It fails: it was reasoning. It ended for this reason.
    Reasoning(String, &'static str),
    /// It costs nothing: the request is too long.
    TooLong,
}

impl Reply {
    fn scripted(&self) -> ScriptedAnswer {
        match self {
            Self::Whole(text) => text.as_str().into(),
            Self::Cut(text) => ScriptedAnswer::from(text.as_str()).then_end(End::new("length")),
            Self::Broken(text) => ScriptedAnswer::from(text.as_str()).then_error(|| ChatError::Truncated),
            Self::Refused(text) => ScriptedAnswer::from(text.as_str()).then_end(End::new("refusal")),
            Self::Reasoning(text, reason) => ScriptedAnswer::from(text.as_str()).then_end(End::new(*reason)),
            Self::TooLong => ScriptedAnswer::error(|| ChatError::in_stream("gpt", "context_length_exceeded", "no")),
        }
    }

    /// The text, if it is used.
    fn result(&self) -> Option<&str> {
        match self {
            Self::Whole(text) | Self::Cut(text) => Some(text),
            Self::Broken(_) | Self::Refused(_) | Self::Reasoning(..) | Self::TooLong => None,
        }
    }
}

/// The agents by their nodes: what the model of each answers, the last answer again and again, and the model.
pub(crate) struct Cast(pub(crate) BTreeMap<String, (Vec<Reply>, ScriptedModel)>);

impl Cast {
    pub(crate) fn new<'a>(agents: impl IntoIterator<Item = (&'a str, Vec<Reply>)>) -> Self {
        let agent = |(node, answers): (&str, Vec<Reply>)| {
            let model = ScriptedModel::new(node, answers.iter().map(Reply::scripted)).repeating();
            (node.to_owned(), (answers, model))
        };
        Self(agents.into_iter().map(agent).collect())
    }

    pub(crate) fn model(&self, node: &str) -> ScriptedModel {
        self.0[node].1.clone()
    }

    /// What the model of this agent was asked and has answered, where the text is used.
    pub(crate) fn calls(&self, node: &str) -> Vec<(ChatRequest, String)> {
        let calls = self.all_calls(node).into_iter();
        calls.filter_map(|(request, answer)| Some((request, answer.result()?.to_owned()))).collect()
    }

    /// The number of calls that failed and may have cost something.
    pub(crate) fn failures(&self, node: &str) -> usize {
        let calls = self.all_calls(node).into_iter();
        calls.filter(|(_, answer)| answer.result().is_none() && !matches!(answer, Reply::TooLong)).count()
    }

    fn all_calls(&self, node: &str) -> Vec<(ChatRequest, &Reply)> {
        let (answers, model) = &self.0[node];
        let answers = answers.iter().chain(std::iter::repeat(answers.last().unwrap()));
        model.requests().into_iter().zip(answers).collect()
    }
}
