use council_core::{Context, NodeResult, State};

#[derive(State, Default)]
struct Letter {
    text: String,
}

async fn sign(_: &Letter, context: &Context<Letter>) -> NodeResult<Letter> {
    Ok(Letter::update().text(context.ask("Who signs it?").await?))
}

fn main() {}
