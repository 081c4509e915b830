//! The time that is left for an answer. Only the time that a call waits for the provider is spent.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::chat::error::{NO_FIRST_TOKEN, UNFINISHED};
use crate::provider::limits::CallLimits;

/// The time that is left for an answer.
#[derive(Debug)]
pub(super) struct Patience {
    between_tokens: Duration,
    /// The limit of the current silence, and the rest of it.
    silence: TimeLimit,
    /// The limit of the whole call, and the rest of it.
    total: Option<TimeLimit>,
}

/// A limit, and how much of it is left.
#[derive(Clone, Copy, Debug)]
struct TimeLimit {
    what: &'static str,
    limit: Duration,
    left: Duration,
}

impl Patience {
    /// The patience of a call to a server that is on this machine or not.
    pub(super) fn new(limits: &CallLimits, is_loopback: bool) -> Self {
        let first_token = limits.first_token.unwrap_or(if is_loopback { LOCAL_FIRST_TOKEN } else { FIRST_TOKEN });
        Self {
            between_tokens: limits.between_tokens,
            silence: TimeLimit::new(NO_FIRST_TOKEN, first_token),
            total: limits.total.map(|total| TimeLimit::new(UNFINISHED, total)),
        }
    }

    /// Starts the limit of the silence again, because there was a token.
    pub(super) fn token(&mut self) {
        self.silence = TimeLimit::new("sent no further token", self.between_tokens);
    }

    /// Waits at most this much longer.
    pub(super) fn at_most(&mut self, rest: Duration) {
        self.silence.left = self.silence.left.min(rest).min(self.between_tokens);
    }

    /// Waits for something that the provider does.
    pub(super) async fn wait<T>(&mut self, something: impl Future<Output = T>) -> Result<T, Exceeded> {
        let begin = Instant::now();
        let tightest = match self.total {
            Some(total) if total.left <= self.silence.left => total,
            _ => self.silence,
        };
        let exceeded = Exceeded { what: tightest.what, limit: tightest.limit };
        // `timeout_at` polls the future first, so a provider that always has a byte ready would never time out.
        if tightest.left.is_zero() {
            return Err(exceeded);
        }
        let output = timeout_at(after(begin, tightest.left), something).await;
        let spent = begin.elapsed();
        self.silence.spend(spent);
        if let Some(total) = &mut self.total {
            total.spend(spent);
        }
        output.map_err(|_| exceeded)
    }
}

impl TimeLimit {
    fn new(what: &'static str, limit: Duration) -> Self {
        Self { what, limit, left: limit }
    }

    fn spend(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
    }
}

/// The limit that was exceeded, with the words of [`ChatError::Timeout`](crate::ChatError::Timeout).
#[derive(Clone, Copy, Debug)]
pub(super) struct Exceeded {
    pub(super) what: &'static str,
    pub(super) limit: Duration,
}

/// The time at which a wait of `rest` ends. A time beyond the range of the clock, such as [`Duration::MAX`], ends in 30 years.
fn after(begin: Instant, rest: Duration) -> Instant {
    begin.checked_add(rest).unwrap_or_else(|| begin + A_LIFETIME)
}

const FIRST_TOKEN: Duration = Duration::from_secs(10 * 60);
const LOCAL_FIRST_TOKEN: Duration = Duration::from_secs(60 * 60);
const A_LIFETIME: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    /// What the provider does while the clock is paused.
    enum Step {
        /// It is silent for this time.
        Silent(u64),
        /// It sends a token after this time.
        Token(u64),
        /// The caller reads for this time.
        Reading(u64),
    }
    use Step::{Reading, Silent, Token};

    /// The error after these steps, or the time for which the call waits after them.
    async fn after_steps(limits: CallLimits, is_loopback: bool, steps: &[Step]) -> String {
        let mut patience = Patience::new(&limits, is_loopback);
        for step in steps {
            let (Silent(time) | Token(time) | Reading(time)) = *step;
            let time = Duration::from_secs(time);
            if matches!(step, Reading(_)) {
                tokio::time::sleep(time).await;
            } else if let Err(Exceeded { what, limit }) = patience.wait(tokio::time::sleep(time)).await {
                return format!("{what} within {} s", limit.as_secs());
            }
            if matches!(step, Token(_)) {
                patience.token();
            }
        }
        let begin = Instant::now();
        let Exceeded { what, .. } = patience.wait(pending::<()>()).await.unwrap_err();
        format!("{what} after {} s more", begin.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn every_limit_counts_only_the_time_of_the_provider_and_is_named() {
        let default = CallLimits::default();
        let short = CallLimits::default().first_token(Duration::from_secs(60)).total(Duration::from_secs(100));
        for (limits, is_loopback, steps, expected) in [
            (default, false, [Silent(599)].as_slice(), "sent no first token after 1 s more"),
            (default, false, &[Silent(601)], "sent no first token within 600 s"),
            (default, true, &[Silent(3599)], "sent no first token after 1 s more"),
            (default, true, &[Silent(3601)], "sent no first token within 3600 s"),
            (default, false, &[Reading(9000), Silent(1)], "sent no first token after 599 s more"),
            (default, false, &[Token(599), Silent(200), Reading(9000)], "sent no further token after 100 s more"),
            (default, true, &[Token(3599), Silent(200), Silent(101)], "sent no further token within 300 s"),
            (default, true, &[Token(9), Token(299), Token(299), Token(299)], "sent no further token after 300 s more"),
            (short, true, &[Silent(61)], "sent no first token within 60 s"),
            (short, true, &[Token(59), Reading(9000)], "did not finish after 41 s more"),
            (short, true, &[Token(59), Token(42)], "did not finish within 100 s"),
        ] {
            assert_eq!(after_steps(limits, is_loopback, steps).await, expected);
        }
    }
}
