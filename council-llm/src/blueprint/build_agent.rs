//! Builder methods of an agent of a blueprint.

use std::time::Duration;

use super::data::{Agent, CanvasPosition, Tools};
use super::role::AgentRole;
use crate::chat::timeouts::CallTimeouts;

impl Agent {
    /// An agent with this id, role and model. Its label is its id, and its prompt is empty.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "ollama/llama3.2")
    ///     .label("Author")
    ///     .system_prompt("You write essays.")
    ///     .temperature(0.9)
    ///     .max_tokens(2_000);
    /// assert_eq!((agent.label.as_str(), agent.max_tokens), ("Author", Some(2_000)));
    /// ```
    #[must_use]
    pub fn new(id: impl Into<String>, role: AgentRole, model: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            label: id.clone(),
            id,
            system_prompt: String::new(),
            model: model.into(),
            tools: Tools::default(),
            position: CanvasPosition::default(),
            role: Some(role),
            temperature: None,
            max_tokens: None,
            timeouts: CallTimeouts::default(),
            patience: None,
        }
    }

    /// Sets the name for people.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").label("Author");
    /// assert_eq!(agent.label, "Author");
    /// ```
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// Sets the system prompt.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").system_prompt("You write essays.");
    /// assert_eq!(agent.system_prompt, "You write essays.");
    /// ```
    #[must_use]
    pub fn system_prompt(self, system_prompt: impl Into<String>) -> Self {
        Self { system_prompt: system_prompt.into(), ..self }
    }

    /// Sets the tools.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Tools};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").tools(Tools::default().web_search(true));
    /// assert!(agent.tools.web_search && !agent.tools.pdf_reader);
    /// ```
    #[must_use]
    pub fn tools(self, tools: Tools) -> Self {
        Self { tools, ..self }
    }

    /// Sets the position in the editor.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, CanvasPosition};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").position(CanvasPosition { x: 40.0, y: 80.0 });
    /// assert_eq!(agent.position.y, 80.0);
    /// ```
    #[must_use]
    pub fn position(self, position: CanvasPosition) -> Self {
        Self { position, ..self }
    }

    /// Sets the sampling temperature of the model, 0 to 2.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").temperature(0.9);
    /// assert_eq!(agent.temperature, Some(0.9));
    /// ```
    #[must_use]
    pub fn temperature(self, temperature: f32) -> Self {
        Self { temperature: Some(temperature), ..self }
    }

    /// Sets the limit of an answer, in tokens of the model, at least 1.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").max_tokens(2_000);
    /// assert_eq!(agent.max_tokens, Some(2_000));
    /// ```
    #[must_use]
    pub fn max_tokens(self, max_tokens: u32) -> Self {
        Self { max_tokens: Some(max_tokens), ..self }
    }

    /// Sets time limits of each call, which come before those of the model's client.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{Agent, AgentRole, CallTimeouts};
    ///
    /// let slow = CallTimeouts::default().first_token(Duration::from_secs(7_200));
    /// let agent = Agent::new("author", AgentRole::Agent, "ollama/llama3.2").timeouts(slow);
    /// assert_eq!(agent.timeouts.first_token, Some(Duration::from_secs(7_200)));
    /// ```
    #[must_use]
    pub fn timeouts(self, timeouts: CallTimeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Sets how long the model is called again if it does not answer.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{Agent, AgentRole};
    ///
    /// let agent = Agent::new("author", AgentRole::Agent, "rehearsal").patience(Duration::from_secs(600));
    /// assert_eq!(agent.patience, Some(Duration::from_secs(600)));
    /// ```
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }
}

impl Tools {
    /// Switches the search of the web on or off.
    ///
    /// ```
    /// use council_llm::Tools;
    ///
    /// assert!(Tools::default().web_search(true).web_search);
    /// ```
    #[must_use]
    pub fn web_search(self, web_search: bool) -> Self {
        Self { web_search, ..self }
    }

    /// Switches the reader of PDF files on or off.
    ///
    /// ```
    /// use council_llm::Tools;
    ///
    /// assert!(Tools::default().pdf_reader(true).pdf_reader);
    /// ```
    #[must_use]
    pub fn pdf_reader(self, pdf_reader: bool) -> Self {
        Self { pdf_reader, ..self }
    }
}
