//! The workload subgraph: the start sends each subject to a compiled graph of twelve supersteps.

use council_core::{Graph, NodeId, NodeResult, State, StateGraph, Subgraph};

use crate::measure::{Program, expect};
use crate::program;

#[derive(State, Clone, Default)]
struct Jokes {
    subjects: Vec<String>,
    #[state(append)]
    jokes: Vec<String>,
}

#[derive(State, Clone, Default)]
struct Joke {
    subject: String,
    jokes: Vec<String>,
}

pub(crate) fn subgraph(subjects: usize) -> Program {
    async fn entry(_: &Jokes) -> NodeResult<Jokes> {
        Ok(Jokes::update())
    }
    let mut graph = StateGraph::<Jokes>::new("jokes");
    let entry = graph.node("entry", entry);
    let subject = |_: &Jokes, subject: &String| Joke { subject: subject.clone(), ..Joke::default() };
    let told = |joke: Joke| Jokes::update().extend_jokes(joke.jokes);
    let generate = graph.worker("generate_joke", Subgraph::per_item(twelve_supersteps(), subject, told));
    graph.start(entry);
    graph.fan_out(entry, generate, |jokes| jokes.subjects.clone());
    graph.end(generate);
    let graph = graph.compile().expect("jokes are a graph");

    let subjects: Vec<_> = (0..subjects).map(|number| format!("{number:05}").repeat(1_000)).collect();
    let bumped = " a".repeat(10);
    let expected: Vec<_> = subjects.iter().map(|text| format!("Joke about {text} - hohoho{bumped}")).collect();
    let input = move || Jokes { subjects: subjects.clone(), ..Jokes::default() };
    program(graph, input, move |jokes| {
        expect("jokes", jokes.jokes.len(), expected.len())?;
        if jokes.jokes == expected { Ok(()) } else { Err("the jokes are not those of the subjects, in order".into()) }
    })
}

fn twelve_supersteps() -> Graph<Joke> {
    async fn edit(joke: &Joke) -> NodeResult<Joke> {
        Ok(Joke::update().subject(format!("{} - hohoho", joke.subject)))
    }
    async fn generate(joke: &Joke) -> NodeResult<Joke> {
        Ok(Joke::update().jokes(vec![format!("Joke about {}", joke.subject)]))
    }
    async fn bump(joke: &Joke) -> NodeResult<Joke> {
        Ok(Joke::update().jokes(vec![format!("{} a", joke.jokes[0])]))
    }
    let mut graph = StateGraph::<Joke>::new("joke");
    let edit = graph.node("edit", edit);
    let generate = graph.node("generate", generate);
    let bump = graph.node("bump", bump);
    graph.start(edit).edge(edit, generate).edge(generate, bump);
    graph.route(
        bump,
        [bump, NodeId::END],
        |joke, [again, done]| {
            if joke.jokes[0].ends_with(" a a a a a a a a a a") { done } else { again }
        },
    );
    graph.compile().expect("a joke is a graph")
}
