use council_core::{NodeResult, State};

#[derive(State)]
struct Doc {
    draft: String,
}

async fn write(_: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update().drafft("text"))
}

fn main() {}
