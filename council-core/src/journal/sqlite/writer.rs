//! The writer thread: one transaction for all pending requests.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::connections::Connections;
use super::errors::{LedgerError, of_sqlite};
use super::ledger::{Ledger, LedgerWork};
use crate::journal::error::JournalError;

/// A request, and the channel for its reply.
pub(super) struct Job {
    pub(super) work: LedgerWork,
    pub(super) reply: Reply,
}

type Reply = oneshot::Sender<Result<u64, JournalError>>;

/// Starts the thread. It ends when all senders are dropped and all jobs are done.
pub(super) fn start(connection: Connection, connections: Arc<Connections>) -> Result<mpsc::Sender<Job>, JournalError> {
    let (sender, jobs) = mpsc::channel(WAITING);
    let ledger = Ledger::new(connection).map_err(|error| of_sqlite(error, &connections.name))?;
    let mut writer = Writer { ledger, connections };
    writer.check_file()?;
    std::thread::Builder::new()
        .name("council-journal".to_owned())
        .spawn(move || writer.serve(jobs))
        .map_err(JournalError::backend)?;
    Ok(sender)
}

struct Writer {
    ledger: Ledger,
    connections: Arc<Connections>,
}

impl Writer {
    fn serve(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut closing = Vec::new();
        while let Some(first) = jobs.blocking_recv() {
            let mut group = vec![first];
            while group.len() < WAITING
                && let Ok(job) = jobs.try_recv()
            {
                group.push(job);
            }
            if group.iter().any(|job| matches!(job.work, LedgerWork::Close)) {
                jobs.close();
                let (closes, rest) = group.into_iter().partition(|job| matches!(job.work, LedgerWork::Close));
                group = rest;
                closing.extend::<Vec<Job>>(closes);
            }
            self.write(group);
        }
        // Empties the log, because other connections may still be open, and then the log file stays. An error is ignored: the next process
        // to open the file recovers the log.
        _ = self.ledger.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        drop(self);
        for job in closing {
            _ = job.reply.send(Ok(0));
        }
    }

    /// Executes a group of jobs in one transaction and replies. If the database fails at one job, each job gets a transaction of its
    /// own, so a job that is too big, for example, does not fail the others.
    fn write(&mut self, group: Vec<Job>) {
        if group.is_empty() {
            return;
        }
        if let Err(error) = self.ledger.begin() {
            self.ledger.roll_back();
            return refuse(group, &of_sqlite(error, &self.connections.name));
        }
        let mut answers = Vec::with_capacity(group.len());
        for job in &group {
            match self.ledger.apply(&job.work) {
                Ok(done) => answers.push(Ok(done)),
                Err(LedgerError::Rule(error)) => answers.push(Err(error)),
                Err(trouble) => {
                    self.ledger.roll_back();
                    if group.len() == 1 {
                        return refuse(group, &trouble.at(&self.connections.name));
                    }
                    return group.into_iter().for_each(|job| self.write(vec![job]));
                }
            }
        }
        if let Err(error) = self.check_file().and_then(|()| self.commit()) {
            self.ledger.roll_back();
            return refuse(group, &error);
        }
        for (job, answer) in group.into_iter().zip(answers) {
            // The caller may have dropped its future; the job is done all the same.
            _ = job.reply.send(answer);
        }
    }
}

impl Writer {
    /// Checks that the transaction goes to the file that others will read.
    fn check_file(&mut self) -> Result<(), JournalError> {
        let Connections { name, file, .. } = &*self.connections;
        let Some(file) = file else { return Ok(()) };
        let bytes = file.check()?;
        let is_whole = self.ledger.is_whole(bytes).map_err(|error| of_sqlite(error, name))?;
        if is_whole { Ok(()) } else { Err(file.truncated()) }
    }

    fn commit(&mut self) -> Result<(), JournalError> {
        self.ledger.commit().map_err(|error| of_sqlite(error, &self.connections.name))
    }
}

fn refuse(group: Vec<Job>, error: &JournalError) {
    for job in group {
        _ = job.reply.send(Err(error.clone()));
    }
}

/// The capacity of the queue of jobs, beyond which callers wait, and the greatest number of jobs in one transaction.
const WAITING: usize = 1_024;
