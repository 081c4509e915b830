//! The ids of runs that are given none.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::types::clock::now;

/// An id for a run that is not stored: unique within the process, and cheap.
pub(super) fn local_id() -> Arc<str> {
    static RUNS: AtomicU64 = AtomicU64::new(1);
    format!("run-{}", RUNS.fetch_add(1, Ordering::Relaxed)).into()
}

/// An id for a run that is stored: unique among all processes, and sorted by time. It is a UUID of version 7 (RFC 9562).
pub(super) fn unique_id() -> Arc<str> {
    let (time, high, low) = (now(), random(), random());
    let version_and_high = 0x7000 | (high & 0x0fff);
    let variant_and_low = (0b10 << 62) | (low >> 2);
    let (upper_time, lower_time) = (time >> 16 & 0xffff_ffff, time & 0xffff);
    let (clock, node) = (variant_and_low >> 48, variant_and_low & 0xffff_ffff_ffff);
    format!("{upper_time:08x}-{lower_time:04x}-{version_and_high:04x}-{clock:04x}-{node:012x}").into()
}

/// A random number. The standard library seeds the keys of its hash maps from the operating system, and each has other keys.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
