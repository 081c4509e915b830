//! Whether a call may begin: slots, rates, quotas, and the times that a provider asks for. The clock is handed in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::lessons::{LONGEST_CLOSURE, Lessons, Quota};
use super::quotas::{Quotas, Unanswered};
use super::settings::RateLimits;
use super::wait::Wait;
use crate::chat::wait::WaitReason;

/// Decides whether a call may begin.
#[derive(Debug, Default)]
pub(super) struct Gate {
    settings: RateLimits,
    /// The number of slots that a busy server has revealed, and when it is forgotten.
    slots: Option<(usize, Instant)>,
    /// What the provider has reported about all models together.
    shared: Quotas,
    /// What the provider has reported about each model.
    models: BTreeMap<Arc<str>, Quotas>,
    running: BTreeMap<CallId, Running>,
    /// The calls of the last minute, in the order of their times.
    counted: Vec<Counted>,
    next: CallId,
}

/// The number of a call.
pub(super) type CallId = u64;

/// A call that has not ended.
#[derive(Debug)]
struct Running {
    model: Arc<str>,
    tokens: u64,
    is_answered: bool,
}

/// A call that counts to the rates per minute.
///
/// The provider's minute begins when the call arrives there, between its begin and its answer. The latest time counts, so that the provider
/// never sees more calls in a minute than it takes.
#[derive(Debug)]
struct Counted {
    call: CallId,
    arrived: Instant,
    tokens: u64,
}

impl Gate {
    pub(super) fn new(settings: RateLimits) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Obeys these limits too.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(super) fn restrict(&mut self, settings: RateLimits) {
        self.settings = self.settings.smaller(settings);
    }

    /// Whether a call of about so many tokens may begin.
    pub(super) fn check(&mut self, now: Instant, model: &str, tokens: u64) -> Result<(), Wait> {
        self.counted.retain(|counted| counted.arrived + MINUTE > now);
        self.slots = self.slots.filter(|(_, until)| *until > now);
        let slot = (self.running.len() >= self.slots()).then_some(Wait::SLOT);
        let rates = [self.request_rate(), self.token_rate(tokens)].map(|until| until.map(Wait::quota));
        let quotas = [self.shared.check(now, tokens, self.unanswered(None)), self.check_model(now, model, tokens)];
        Wait::longest([slot].into_iter().chain(rates).chain(quotas).flatten()).map_or(Ok(()), Err)
    }

    /// The wait for the quotas of the model alone.
    pub(super) fn check_model(&mut self, now: Instant, model: &str, tokens: u64) -> Option<Wait> {
        let unanswered = self.unanswered(Some(model));
        self.models.get_mut(model)?.check(now, tokens, unanswered)
    }

    /// Counts a call that begins.
    pub(super) fn begin(&mut self, now: Instant, model: &Arc<str>, tokens: u64) -> CallId {
        let call = self.next;
        self.next += 1;
        self.shared.spend(tokens);
        if let Some(quotas) = self.models.get_mut(model) {
            quotas.spend(tokens);
        }
        self.running.insert(call, Running { model: Arc::clone(model), tokens, is_answered: false });
        if self.settings.requests_per_minute.is_some() || self.settings.tokens_per_minute.is_some() {
            self.counted.push(Counted { call, arrived: now + LONGEST_WAY, tokens });
        }
        call
    }

    /// Learns from the headers or the error of a call. Returns whether the call has to wait again, because other calls have all slots.
    pub(super) fn answered(&mut self, now: Instant, call: CallId, lessons: &Lessons) -> bool {
        self.arrived(now, call);
        let others = self.running.len().saturating_sub(1);
        if lessons.is_busy {
            let slots = self.slots.map_or(others, |(slots, _)| slots.min(others));
            self.slots = Some((slots.max(1), now + SLOTS_KNOWN));
        }
        let Some(running) = self.running.get_mut(&call) else { return false };
        running.is_answered = true;
        let model = Arc::clone(&running.model);
        let closed = lessons.closed.map(|(time, reason)| (now + time.min(LONGEST_CLOSURE), reason));
        match closed {
            Some((until, WaitReason::Quota)) => self.quotas(now, &model).close(until, WaitReason::Quota),
            Some((until, reason)) => self.shared.close(until, reason),
            None if lessons.is_spent => self.quotas(now, &model).pause(now),
            None => drop(self.models.get_mut(&model).map(Quotas::take)),
        }
        if [lessons.requests, lessons.tokens].iter().any(|quota| quota.remaining.is_some()) {
            let unanswered = self.unanswered(Some(&model));
            self.quotas(now, &model).learn(now, lessons.requests, lessons.tokens, unanswered);
        }
        self.shared.learn(now, lessons.shared_requests, Quota::default(), self.unanswered(None));
        lessons.is_busy && others > 0
    }

    /// The quotas of a model. If many models are known, those are forgotten which hold no call back. If too many hold calls back, the one is
    /// forgotten that does so for the shortest time.
    fn quotas(&mut self, now: Instant, model: &Arc<str>) -> &mut Quotas {
        if self.models.len() >= MANY_MODELS && !self.models.contains_key(model) {
            self.models.retain(|_, quotas| quotas.hold_back(now));
            if self.models.len() >= MOST_MODELS {
                let soonest = self.models.iter().min_by_key(|(_, quotas)| quotas.end());
                let soonest = soonest.map(|(model, _)| Arc::clone(model));
                soonest.and_then(|model| self.models.remove(&model));
            }
        }
        self.models.entry(Arc::clone(model)).or_default()
    }

    /// The calls for a model, or for all models, that the provider has not answered.
    fn unanswered(&self, model: Option<&str>) -> Unanswered {
        let is_counted =
            |running: &&Running| !running.is_answered && model.is_none_or(|model| *model == *running.model);
        self.running.values().filter(is_counted).fold(Unanswered::default(), |sum, running| Unanswered {
            calls: sum.calls + 1,
            tokens: sum.tokens.saturating_add(running.tokens),
        })
    }

    /// Corrects the tokens of a call, once they are known.
    pub(super) fn used(&mut self, call: CallId, tokens: u64) {
        if let Some(counted) = self.counted.iter_mut().find(|counted| counted.call == call) {
            counted.tokens = tokens;
        }
    }

    /// Frees the slot of a call.
    pub(super) fn end(&mut self, now: Instant, call: CallId) {
        self.running.remove(&call);
        self.arrived(now, call);
    }

    /// A call has arrived at the provider by now.
    fn arrived(&mut self, now: Instant, call: CallId) {
        if let Some(counted) = self.counted.iter_mut().find(|counted| counted.call == call) {
            counted.arrived = counted.arrived.min(now);
            self.counted.sort_by_key(|counted| counted.arrived);
        }
    }

    /// The smaller of the setting and what the server has revealed.
    fn slots(&self) -> usize {
        let learnt = self.slots.map(|(slots, _)| slots);
        self.settings.concurrency.into_iter().chain(learnt).min().map_or(usize::MAX, |slots| slots.max(1))
    }

    /// The end of the minute in which no further call may begin.
    fn request_rate(&self) -> Option<Instant> {
        let limit = self.settings.requests_per_minute?.max(1) as usize;
        let oldest = self.counted.len().checked_sub(limit)?;
        Some(self.counted[oldest].arrived + MINUTE)
    }

    /// The end of the minute that has no room for these tokens.
    fn token_rate(&self, tokens: u64) -> Option<Instant> {
        let limit = self.settings.tokens_per_minute?;
        let room = limit.saturating_sub(tokens);
        let mut sum = self.counted.iter().fold(0_u64, |sum, counted| sum.saturating_add(counted.tokens));
        let mut until = None;
        for counted in &self.counted {
            if sum <= room {
                break;
            }
            sum = sum.saturating_sub(counted.tokens);
            until = Some(counted.arrived + MINUTE);
        }
        until
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// The longest way of a call to the provider. A provider that thinks for long answers later.
const LONGEST_WAY: Duration = Duration::from_secs(5);

/// How long the slots of a busy server are known after its last answer that it is busy. Other programs may have used its slots.
pub(super) const SLOTS_KNOWN: Duration = Duration::from_secs(10 * 60);

/// The number of models with quotas from which some are forgotten.
const MANY_MODELS: usize = 64;

/// The largest number of models with quotas. Users choose the names of models.
const MOST_MODELS: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quotas_of_many_models_are_forgotten_unless_they_hold_calls_back() {
        let (mut gate, now) = (Gate::default(), Instant::now());
        for model in 0..1000 {
            let call = gate.begin(now, &model.to_string().into(), 1);
            let (remaining, reset) = if model == 0 { (0, MINUTE) } else { (9, Duration::ZERO) };
            let requests = Quota { limit: Some(10), remaining: Some(remaining), reset: Some(reset) };
            gate.answered(now, call, &Lessons { requests, ..Lessons::default() });
            gate.end(now, call);
        }
        assert!(gate.models.len() <= MANY_MODELS, "{} models", gate.models.len());
        assert_eq!(gate.check(now, "0", 1), Err(Wait::quota(now + MINUTE)));
    }
}
