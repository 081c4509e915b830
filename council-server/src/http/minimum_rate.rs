//! A stream whose reader has to take a minimum of bytes while data waits for it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// Wraps a stream, and ends it with [`TimedOut`](io::ErrorKind::TimedOut) if its reader is too slow.
///
/// Only the time counts in which data waits for the reader. In each 30 s of it the reader has to take 240 KiB, which is 8 KiB/s.
pub(crate) struct MinimumRate<S> {
    stream: S,
    /// Since when data waits; `None` if none waits.
    waiting_since: Option<Instant>,
    /// How long data has waited, and how much of it was taken, in the current window.
    waited: Duration,
    taken: usize,
    /// Wakes the writer at the end of the window.
    end: Pin<Box<Sleep>>,
}

impl<S> MinimumRate<S> {
    pub(crate) fn new(stream: S) -> Self {
        let (waited, taken) = (Duration::ZERO, 0);
        Self { stream, waiting_since: None, waited, taken, end: Box::pin(sleep_until(Instant::now())) }
    }

    /// Follows the result of a write.
    fn follow(&mut self, written: Poll<io::Result<usize>>, waker: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let now = Instant::now();
        if let Some(since) = self.waiting_since.take() {
            self.waited += now - since;
        }
        if let Poll::Ready(Ok(bytes)) = &written {
            self.taken += bytes;
        }
        if self.taken >= LEAST_BYTES {
            (self.waited, self.taken) = (Duration::ZERO, 0);
        }
        if self.waited >= WINDOW {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if written.is_pending() {
            self.waiting_since = Some(now);
            self.end.as_mut().reset(now + WINDOW.saturating_sub(self.waited));
            // The timer wakes the writer, which writes again.
            if self.end.as_mut().poll(waker).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        written
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for MinimumRate<S> {
    fn poll_write(mut self: Pin<&mut Self>, waker: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(waker, bytes);
        self.follow(written, waker)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        waker: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(waker, bytes);
        self.follow(written, waker)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(waker)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(waker)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for MinimumRate<S> {
    fn poll_read(mut self: Pin<&mut Self>, waker: &mut Context<'_>, bytes: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(waker, bytes)
    }
}

/// The time in which data waits, after which the bytes are compared.
const WINDOW: Duration = Duration::from_secs(30);
/// How many bytes a reader has to take in this time.
const LEAST_BYTES: usize = 240 << 10;

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    /// Writes 1 MiB to a reader that takes `bytes` every 2 s. Returns the kind of the error, and the seconds until the end.
    async fn write(bytes: usize) -> (Option<io::ErrorKind>, u64) {
        let (near, mut far) = duplex(1 << 10);
        let mut stream = MinimumRate::new(near);
        let reading = tokio::spawn(async move {
            let mut taken = vec![0; bytes];
            while far.read_exact(&mut taken).await.is_ok() {
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        });
        let start = Instant::now();
        let written = stream.write_all(&vec![0; 1 << 20]).await;
        reading.abort();
        (written.err().map(|error| error.kind()), start.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_below_the_minimum_is_ended_and_one_above_it_is_served() {
        assert_eq!(write(1 << 10).await, (Some(io::ErrorKind::TimedOut), 30));
        assert_eq!(write(14 << 10).await, (Some(io::ErrorKind::TimedOut), 30));
        assert_eq!(write(32 << 10).await, (None, 62));
    }

    /// A watcher of a run waits long between two events.
    #[tokio::test(start_paused = true)]
    async fn the_time_between_two_writes_does_not_count() {
        let (near, mut far) = duplex(1 << 10);
        let mut stream = MinimumRate::new(near);
        for _ in 0..10 {
            let mut event = vec![0; 2 << 10];
            let (written, read) = tokio::join!(stream.write_all(&[1; 2 << 10]), async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                far.read_exact(&mut event).await
            });
            assert!(written.is_ok() && read.is_ok());
            tokio::time::sleep(Duration::from_secs(600)).await;
        }
    }
}
