//! The prompt and the limits of an agent, and the request that it builds from the state of a council.

use super::prompts;
use super::verdict::{Doubt, Reading};
use crate::blueprint::data::Agent;
use crate::chat::purpose::{Material, Purpose};
use crate::chat::request::ChatRequest;
use crate::state::council::Council;
use crate::state::decision::DEFAULT_THRESHOLD;

/// The configuration of an agent. With the state, it determines each request.
pub(super) struct Brief {
    task: Task,
    system: Option<String>,
    temperature: f32,
    /// The limit of an answer, in tokens; 0 leaves it to the provider.
    pub(super) max_tokens: u32,
}

/// The task of an agent.
#[derive(Clone, Copy)]
enum Task {
    /// Write the next draft, with the prompt of the built-in council.
    Draft,
    /// Write the next draft as the system prompt says.
    DoPart,
    /// Score the draft. It passes if the score is not below this threshold.
    Judge(f64),
    /// Turn the draft into the document.
    Polish,
}

impl Brief {
    /// The built-in master.
    pub(super) fn master() -> Self {
        let system = Some(prompts::master_system().to_owned());
        Self { task: Task::Draft, system, temperature: 0.7, max_tokens: 0 }
    }

    /// The built-in critic.
    pub(super) fn critic(threshold: f64) -> Self {
        let system = Some(prompts::critic_system(threshold));
        Self { task: Task::Judge(threshold), system, temperature: 0.2, max_tokens: 0 }
    }

    /// The built-in writer.
    pub(super) fn writer() -> Self {
        let system = Some(prompts::writer_system().to_owned());
        Self { task: Task::Polish, system, temperature: 0.4, max_tokens: 0 }
    }

    /// An agent of a blueprint.
    pub(super) fn of(agent: &Agent) -> Self {
        let prompt = Some(agent.system_prompt.as_str()).filter(|prompt| !prompt.trim().is_empty());
        let (task, system) = if agent.is_critic() {
            let form = prompts::verdict_form(DEFAULT_THRESHOLD);
            let system = prompt.map_or_else(|| form.clone(), |prompt| format!("{prompt}\n\n{form}"));
            (Task::Judge(DEFAULT_THRESHOLD), Some(system))
        } else {
            (Task::DoPart, prompt.map(str::to_owned))
        };
        let temperature = agent.temperature.unwrap_or(TEMPERATURE);
        Self { task, system, temperature, max_tokens: agent.max_tokens.unwrap_or_default() }
    }

    /// The request to the model without this number of the oldest feedbacks: a function of the brief and the state.
    pub(super) fn request(&self, council: &Council, feedback_left_out: usize) -> ChatRequest {
        let mut feedback = council.feedback_history();
        feedback.drain(..feedback_left_out.min(feedback.len()));
        let (topic, draft) = (&council.topic, council.current_draft());
        let user = match self.task {
            Task::Draft => prompts::master_user(topic, draft, &feedback),
            Task::DoPart => prompts::agent_user(topic, draft, &feedback),
            Task::Judge(_) => prompts::critic_user(topic, &council.draft),
            Task::Polish => prompts::writer_user(topic, &council.draft),
        };
        self.asking(user, council, feedback)
    }

    /// The number of feedbacks in a request that leaves none out.
    pub(super) fn feedback_in(&self, council: &Council) -> usize {
        if self.reads_feedback() { council.feedback_history().len() } else { 0 }
    }

    fn reads_feedback(&self) -> bool {
        matches!(self.task, Task::Draft | Task::DoPart)
    }

    /// The request to a critic whose answer could not be read for sure. It depends on nothing but the brief, the state and that answer.
    pub(super) fn clarification(&self, council: &Council, answer: &str) -> ChatRequest {
        let Task::Judge(threshold) = self.task else { return self.request(council, 0) };
        let problem = match Reading::of_text(answer, &council.draft, threshold) {
            Reading::Unclear { why, .. } => why.to_string(),
            // The doubt was about the reasoning before it.
            Reading::Score(_) => Doubt::Mark.to_string(),
            Reading::Contradiction { score, .. } => format!("its score is {score}, and its verdict says otherwise"),
        };
        let user = prompts::critic_clarification(&council.topic, &council.draft, answer, &problem, threshold);
        self.asking(user, council, Vec::new())
    }

    fn asking(&self, user: String, council: &Council, feedback: Vec<String>) -> ChatRequest {
        ChatRequest {
            system: self.system.clone(),
            max_tokens: self.max_tokens,
            temperature: Some(self.temperature),
            purpose: Some(self.purpose(council, feedback)),
            ..ChatRequest::user(user)
        }
    }

    fn purpose(&self, council: &Council, feedback: Vec<String>) -> Purpose {
        let mut material = Material::new(council.topic.as_str());
        material.draft = council.current_draft().filter(|draft| !draft.trim().is_empty()).map(str::to_owned);
        match self.task {
            Task::Draft | Task::DoPart => Purpose::Draft(material.feedback(feedback)),
            Task::Judge(threshold) => Purpose::critique(material, threshold),
            Task::Polish => Purpose::Polish(material),
        }
    }
}

const TEMPERATURE: f32 = 0.7;
