//! The signals that shut the program down.

use std::io;

use tracing::info;

/// The signals that shut the program down: Ctrl-C, and SIGTERM and SIGHUP on Unix.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// The terminal was closed. `None` if the program was started so that it outlives its terminal.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    /// Installs the handlers.
    #[cfg(unix)]
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = if ignores_hang_up() { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())?, hang_up })
    }

    /// Nothing to install: tokio waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Resolves at the first signal. The second Ctrl-C or SIGTERM ends the program at once. A second SIGHUP does not: a terminal that
    /// is closed sends more than one.
    pub(crate) async fn end(mut self) {
        self.first().await;
        info!("shutting down; a second signal ends the program at once");
        tokio::spawn(async move {
            self.stop().await;
            std::process::exit(130);
        });
    }

    #[cfg(unix)]
    async fn first(&mut self) {
        // Its handler stays installed, so further signals change nothing.
        let Some(mut hang_up) = self.hang_up.take() else {
            return self.stop().await;
        };
        tokio::select! {
            _ = hang_up.recv() => {}
            () = self.stop() => {}
        }
    }

    #[cfg(not(unix))]
    async fn first(&mut self) {
        self.stop().await;
    }

    #[cfg(unix)]
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn stop(&mut self) {
        // An error means that no signal can arrive.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Whether the program was started with SIGHUP ignored, as `nohup` does. Only Linux tells.
#[cfg(unix)]
fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    // Bit 0 is signal 1, SIGHUP.
    ignored & 1 == 1
}
