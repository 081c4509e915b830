//! The workload tools: a scripted model that calls a tool many times and then answers. Messages are merged by id.

use council_core::{IdList, Identified, NodeId, State, StateGraph, node};

use crate::measure::{Program, expect};
use crate::program;

#[derive(Clone)]
struct Message {
    id: String,
    says: Says,
}

#[derive(Clone)]
enum Says {
    Question(String),
    Call { query: String },
    Result(String),
    Answer(String),
}

impl Identified for Message {
    type Id = str;

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(State, Default)]
struct Chat {
    #[state(by_id)]
    messages: IdList<Message>,
}

pub(crate) fn tools(calls: usize) -> Program {
    let ask = |number: usize| {
        let says = Says::Call { query: format!("{number:036}").repeat(100) };
        Message { id: format!("ask {number}"), says }
    };
    let answer = Message { id: "answer".to_owned(), says: Says::Answer("answer".repeat(100)) };
    let script: Vec<_> = (0..calls).map(ask).chain([answer]).collect();

    let mut graph = StateGraph::<Chat>::new("agent");
    let agent = node!(graph, "agent", async move |chat| {
        Ok(Chat::update().messages(script[(chat.messages.len() - 1) / 2].clone()))
    });
    let tools = node!(graph, "tools", async move |chat| {
        let Some(Message { id, says: Says::Call { query } }) = chat.messages.last() else {
            return Err("nobody called".into());
        };
        let says = Says::Result(format!("result for query: {query}").repeat(10));
        Ok(Chat::update().messages(Message { id: format!("result of {id}"), says }))
    });
    graph.start(agent);
    graph.route(agent, [tools, NodeId::END], |chat, [tools, done]| {
        let calls = chat.messages.last().is_some_and(|message| matches!(message.says, Says::Call { .. }));
        if calls { tools } else { done }
    });
    graph.edge(tools, agent);
    let graph = graph.compile().expect("an agent is a graph");

    let question = || Message { id: "question".to_owned(), says: Says::Question("hi?".to_owned()) };
    let input = move || Chat { messages: [question()].into_iter().collect() };
    program(graph, input, move |chat| {
        expect("messages", chat.messages.len(), 2 * calls + 2)?;
        for message in &chat.messages {
            match &message.says {
                Says::Question(text) => expect("length of the question", text.len(), 3)?,
                Says::Call { query } => expect("length of a query", query.len(), 3_600)?,
                Says::Result(text) => expect("length of a result", text.len(), 36_180)?,
                Says::Answer(text) => expect("length of the answer", text.len(), 600)?,
            }
        }
        Ok(())
    })
}
