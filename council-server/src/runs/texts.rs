//! The texts that agents are writing, for watchers that connect meanwhile.

/// The tokens of each agent since its start, as one text. An agent that has sent none is missing.
#[derive(Default)]
pub(super) struct TextsSoFar(Vec<(String, String)>);

impl TextsSoFar {
    /// Adds a token of an agent.
    pub(super) fn add(&mut self, node: &str, token: &str) {
        match self.0.iter_mut().find(|(known, _)| known == node) {
            Some((_, text)) => text.push_str(token),
            None => self.0.push((node.to_owned(), token.to_owned())),
        }
    }

    /// Empties the text of an agent. The agent stays, because watchers that return have to withdraw its tokens.
    pub(super) fn withdraw(&mut self, node: &str) {
        if let Some((_, text)) = self.0.iter_mut().find(|(known, _)| known == node) {
            text.clear();
        }
    }

    /// Forgets an agent, which starts or has ended.
    pub(super) fn remove(&mut self, node: &str) {
        self.0.retain(|(known, _)| known != node);
    }

    /// Forgets all agents, because none of them is at work.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Each agent with its text.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(node, text)| (node.as_str(), text.as_str()))
    }
}
