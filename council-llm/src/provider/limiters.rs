//! One limiter for each address and key.

use std::collections::HashMap;
use std::sync::Arc;

use crate::chat::limiter::Limiter;
use crate::chat::limiter::settings::RateLimits;
use crate::lock::Lock;

/// The limiters of an environment. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Limiters(Arc<Lock<HashMap<Account, Limiter>>>);

/// An address and a key.
#[derive(PartialEq, Eq, Hash)]
struct Account {
    address: String,
    key: Option<String>,
}

impl Limiters {
    /// The limiter of an address and a key. The limits count if it is new.
    pub(crate) fn of(&self, address: String, key: Option<String>, limits: RateLimits) -> Limiter {
        self.0.lock().entry(Account { address, key }).or_insert_with(|| Limiter::new(limits)).clone()
    }
}

impl PartialEq for Limiters {
    /// Limiters are no data: environments with the same settings are equal.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Limiters {}
