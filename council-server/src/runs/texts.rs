//! The texts that agents are writing, and their repeated calls, for watchers that connect meanwhile.

use super::event_frame::EventFrame;

/// The agents at work that have sent tokens since their start, or whose call has failed since then.
#[derive(Default)]
pub(super) struct TextsSoFar(Vec<AgentText>);

/// The text of an agent at work.
pub(super) struct AgentText {
    pub(super) node: String,
    /// Its tokens that count, as one text.
    pub(super) text: String,
    /// The event of its last repeated call.
    pub(super) retry: Option<EventFrame>,
}

impl TextsSoFar {
    /// Adds a token of an agent.
    pub(super) fn add(&mut self, node: &str, token: &str) {
        self.of(node).text.push_str(token);
    }

    /// Empties the text of an agent. The agent stays, because watchers that return have to withdraw its tokens.
    pub(super) fn withdraw(&mut self, node: &str) {
        if let Some(known) = self.0.iter_mut().find(|known| known.node == node) {
            known.text.clear();
        }
    }

    /// Empties the text of an agent whose call is repeated.
    pub(super) fn retry(&mut self, node: &str, event: EventFrame) {
        let known = self.of(node);
        known.text.clear();
        known.retry = Some(event);
    }

    /// Forgets an agent, which starts or has ended.
    pub(super) fn remove(&mut self, node: &str) {
        self.0.retain(|known| known.node != node);
    }

    /// Forgets all agents, because none of them is at work.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &AgentText> {
        self.0.iter()
    }

    fn of(&mut self, node: &str) -> &mut AgentText {
        let place = self.0.iter().position(|known| known.node == node).unwrap_or_else(|| {
            self.0.push(AgentText { node: node.to_owned(), text: String::new(), retry: None });
            self.0.len() - 1
        });
        &mut self.0[place]
    }
}
