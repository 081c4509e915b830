//! One limiter for each address and key.

use std::collections::HashMap;
use std::sync::Arc;

use crate::chat::limiter::Limiter;
use crate::chat::limiter::settings::RateLimits;
use crate::lock::Lock;

/// The limiters of an environment. Clones share them.
///
/// An address can contain the name of a model, which users choose. So the limiters that no model uses are forgotten once there are many.
#[derive(Clone, Default)]
pub(crate) struct Limiters(Arc<Lock<HashMap<Account, Limiter>>>);

/// An address and a key.
#[derive(PartialEq, Eq, Hash)]
struct Account {
    address: String,
    key: Option<String>,
}

impl Limiters {
    /// The limiter of an address and a key. It obeys the smaller of these limits and those of all other models that share it.
    pub(crate) fn of(&self, address: String, key: Option<String>, limits: RateLimits) -> Limiter {
        let account = Account { address, key };
        let mut limiters = self.0.lock();
        if limiters.len() >= KEPT && !limiters.contains_key(&account) {
            limiters.retain(|_, limiter| limiter.is_shared());
        }
        let limiter = limiters.entry(account).or_default().clone();
        limiter.restrict(limits);
        limiter
    }
}

impl PartialEq for Limiters {
    /// Limiters are no data: environments with the same settings are equal.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Limiters {}

/// The number of limiters from which those without a model are forgotten.
const KEPT: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limiters_without_a_model_are_forgotten_once_there_are_many() {
        let limiters = Limiters::default();
        let of = |number: usize| limiters.of(format!("http://host/{number}"), None, RateLimits::default());
        let used = of(0);
        for number in 1..10 * KEPT {
            of(number);
            assert!(limiters.0.lock().len() <= KEPT, "{number}");
        }
        assert!(limiters.0.lock().values().any(Limiter::is_shared), "the limiter of a model is forgotten");
        drop(used);
        assert!(!limiters.0.lock().values().any(Limiter::is_shared));
    }
}
