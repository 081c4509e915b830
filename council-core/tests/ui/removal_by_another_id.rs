use council_core::{Identified, State};

#[derive(Clone)]
struct Message {
    id: u32,
}

impl Identified for Message {
    type Id = u32;

    fn id(&self) -> &u32 {
        &self.id
    }
}

#[derive(State)]
struct Doc {
    #[state(by_id)]
    messages: Vec<Message>,
}

fn main() {
    let _ = Doc::update().remove_messages("1");
}
