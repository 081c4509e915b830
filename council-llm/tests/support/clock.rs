//! A clock for tests with sockets and time limits.

use std::future::Future;
use std::time::Duration;

/// Runs a test on a paused clock that advances by a millisecond in each real millisecond, or later.
pub(crate) async fn on_a_slow_clock<T>(test: impl Future<Output = T>) -> T {
    on_a_clock(TURN, test).await
}

/// Runs a test on a paused clock that advances by `step` in each turn of the runtime. A turn takes at least a real millisecond, so bytes
/// on a socket arrive. If the machine is busy, this clock is slow too, so no limit ends while bytes wait to be read.
pub(crate) async fn on_a_clock<T>(step: Duration, test: impl Future<Output = T>) -> T {
    tokio::time::pause();
    let clock = async {
        loop {
            // A paused clock does not advance by itself while a blocking task runs.
            tokio::task::spawn_blocking(|| std::thread::sleep(TURN)).await.unwrap();
            tokio::time::advance(step).await;
        }
    };
    let output = tokio::select! {
        output = test => output,
        () = clock => unreachable!("the loop that advances the clock has no end"),
    };
    tokio::time::resume();
    output
}

const TURN: Duration = Duration::from_millis(1);
