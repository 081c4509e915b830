use council_core::StateGraph;

struct Doc;

fn main() {
    let _ = StateGraph::<Doc>::new("doc");
}
