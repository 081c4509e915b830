//! Deciders: nodes that choose the next node. A support ticket goes from desk to desk until a desk closes it.
//!
//! `cargo run --example triage`

use std::error::Error;

use council_core::{Context, Decide, DeciderResult, Graph, NodeId, State, StateGraph, async_trait};

#[derive(State, Default)]
struct Ticket {
    text: String,
    #[state(append)]
    notes: Vec<String>,
}

/// The choices of the first desk. A decider knows its choices and not the graph.
enum Topic {
    Money,
    Software,
    Spam,
}

async fn triage(ticket: &Ticket) -> DeciderResult<Ticket, Topic> {
    let has = |words: &[&str]| words.iter().any(|word| ticket.text.contains(word));
    let (topic, note) = if has(&["lottery", "prince"]) {
        (Topic::Spam, "spam")
    } else if has(&["refund"]) {
        (Topic::Money, "for billing")
    } else {
        (Topic::Software, "for the engineers")
    };
    Ok((Ticket::update().notes(format!("triage: {note}")), topic))
}

/// The choices of the two other desks.
enum Next {
    Close,
    HandOver,
}

/// A desk. Two nodes use this implementation and can hand a ticket to each other.
struct Desk {
    name: &'static str,
    knows: &'static str,
}

#[async_trait]
impl Decide<Ticket> for Desk {
    type Choice = Next;

    async fn run(&self, ticket: &Ticket, context: &Context<Ticket>) -> DeciderResult<Ticket, Next> {
        let (next, note) = if ticket.text.contains(self.knows) || context.visit() > 1 {
            (Next::Close, "closed")
        } else {
            (Next::HandOver, "not ours")
        };
        Ok((Ticket::update().notes(format!("{}: {note}", self.name)), next))
    }
}

fn support() -> Result<Graph<Ticket>, council_core::BuildError> {
    let mut graph = StateGraph::<Ticket>::new("support");
    let triage = graph.decider("triage", triage);
    let billing = graph.decider("billing", Desk { name: "billing", knows: "invoice" });
    let engineers = graph.decider("engineers", Desk { name: "engineers", knows: "crash" });

    graph.start(triage);
    // A `match` over an enum: a missing choice or a misspelt target does not compile.
    graph
        .decide(triage, [billing.id(), engineers.id(), NodeId::END], |topic, [billing, engineers, end]| match topic {
            Topic::Money => billing,
            Topic::Software => engineers,
            Topic::Spam => end,
        })
        .labels(["money", "software", "spam"]);
    for (desk, other) in [(billing, engineers), (engineers, billing)] {
        graph
            .decide(desk, [other.id(), NodeId::END], |next, [other, end]| match next {
                Next::HandOver => other,
                Next::Close => end,
            })
            .labels(["not ours", "closed"]);
    }
    graph.compile()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let graph = support()?;
    let tickets = [
        "The app shows a crash after the update",
        "A refund, please: it is slow",
        "It stops in the middle of an invoice",
        "A prince has a fortune for you",
    ];
    for text in tickets {
        let ticket = graph.run(Ticket { text: text.to_owned(), ..Ticket::default() }).await?.into_state();
        println!("{text}\n  {}", ticket.notes.join("\n  "));
    }
    Ok(())
}
