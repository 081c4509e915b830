//! The agents of a blueprint as nodes.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};

use super::prompts;
use crate::agent::prompter::Voice;
use crate::blueprint::data::Agent;
use crate::chat::model::ChatModel;
use crate::state::council::Council;
use crate::state::decision::{DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, Decision};

/// Writes the draft, the first or the one that takes the place of what is there.
pub(crate) struct Author {
    voice: Voice,
}

impl Author {
    pub(crate) fn new(agent: &Agent, model: Arc<dyn ChatModel>) -> Self {
        let prompt = Some(agent.system_prompt.clone()).filter(|prompt| !prompt.trim().is_empty());
        Self { voice: voice(agent, model, prompt) }
    }
}

#[async_trait]
impl Node<Council> for Author {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let user = prompts::agent_user(&council.topic, council.current_draft(), &council.feedback);
        let (text, usage, call) = self.voice.write(user, context).await?;
        let update = Council::update().draft(text).usage(usage).calls(call);
        Ok(if council.iteration == 0 { update.iteration(1) } else { update })
    }
}

/// Scores the draft and decides, and begins a new round with a rework. In the last round it lets the draft pass, whatever its score.
pub(crate) struct Judge {
    voice: Voice,
}

impl Judge {
    pub(crate) fn new(agent: &Agent, model: Arc<dyn ChatModel>) -> Self {
        let form = prompts::verdict_form(DEFAULT_THRESHOLD);
        let prompt =
            if agent.system_prompt.trim().is_empty() { form } else { format!("{}\n\n{form}", agent.system_prompt) };
        Self { voice: voice(agent, model, Some(prompt)) }
    }
}

#[async_trait]
impl Node<Council> for Judge {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let (verdict, usage, calls) = self.voice.judge(council, context).await?;
        let by_score = Decision::of(Some(verdict.score), DEFAULT_THRESHOLD);
        let is_over = by_score == Decision::Rework && council.iteration >= DEFAULT_MAX_ITERATIONS;
        let decision = if is_over { Decision::Approve } else { by_score };
        let mut update = Council::update()
            .score(Some(verdict.score))
            .decision(decision)
            .valve_opened(is_over)
            .usage(usage)
            .extend_calls(calls);
        if by_score == Decision::Rework {
            update = update.feedback(verdict.history_entry());
        }
        // What is sent back before there was a draft begins no round.
        if decision == Decision::Rework && council.iteration > 0 {
            update = update.iteration(council.iteration + 1);
        }
        Ok(update.verdict(verdict))
    }
}

fn voice(agent: &Agent, model: Arc<dyn ChatModel>, system: Option<String>) -> Voice {
    let temperature = agent.temperature.unwrap_or(TEMPERATURE);
    Voice { model, system, temperature, max_tokens: agent.max_tokens.unwrap_or(MAX_TOKENS) }
}

const TEMPERATURE: f32 = 0.7;
const MAX_TOKENS: u32 = 4_096;
