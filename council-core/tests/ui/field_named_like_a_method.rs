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
    #[state(append)]
    notes: Vec<String>,
    extend_notes: bool,
    #[state(add)]
    r#loop: u32,
    overwrite_loop: u32,
    #[state(by_id)]
    messages: Vec<Message>,
    #[state(append)]
    remove_messages: Vec<u32>,
}

fn main() {
    let _ = Doc::update();
}
