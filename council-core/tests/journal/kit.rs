//! The conformance checks of a journal, and wrong journals: each keeps all rules but one, and the checks find that rule.

use std::fmt::Write;
use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use council_core::journal::{
    AppendRequest, Entry, Head, Journal, JournalError, Memory, ReadFrom, RunEntry, RunFilter, Status, StoredRun, kit,
};
use expect_test::expect;
use futures_util::FutureExt;

/// The rule that a journal breaks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    BeginsAtAnyNumber,
    ReadsTwice,
    TrimsRecords,
    TrimsNames,
    FoldsCase,
    CutsIds,
    DeletesByPrefix,
    RoundsTimes,
    LosesSnapshots,
    LosesLoneHeads,
    ChecksRecordsAlone,
    BeginsTwice,
    KeepsTheLatestTime,
    CopiesAll,
    SparesRunningRuns,
    CutsBeforeFiltering,
    FiltersInclusively,
    ComparesIdsByUtf16,
}

use Fault::*;

const FAULTS: [Fault; 18] = [
    BeginsAtAnyNumber,
    ReadsTwice,
    TrimsRecords,
    TrimsNames,
    FoldsCase,
    CutsIds,
    DeletesByPrefix,
    RoundsTimes,
    LosesSnapshots,
    LosesLoneHeads,
    ChecksRecordsAlone,
    BeginsTwice,
    KeepsTheLatestTime,
    CopiesAll,
    SparesRunningRuns,
    CutsBeforeFiltering,
    FiltersInclusively,
    ComparesIdsByUtf16,
];

struct Wrong {
    right: Memory,
    fault: Fault,
}

impl Wrong {
    fn new(fault: Fault) -> Self {
        Self { right: Memory::default(), fault }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn id(&self, run: &str) -> String {
        match self.fault {
            FoldsCase => run.to_lowercase(),
            CutsIds => run.chars().take(255).collect(),
            TrimsNames => run.trim().to_owned(),
            _ => run.to_owned(),
        }
    }

    async fn count(&self, run: &str) -> Option<u64> {
        let stored = self.right.read(run, ReadFrom::Record(u64::MAX)).await.ok()?;
        Some(stored.head.records)
    }

    async fn all(&self) -> Vec<RunEntry> {
        self.right.runs(&RunFilter::default()).await.unwrap()
    }
}

fn rounded(at: u64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "the fault"
    )]
    let rounded = at as f64 as u64;
    rounded
}

#[async_trait]
impl Journal for Wrong {
    async fn append(&self, mut append: AppendRequest) -> Result<(), JournalError> {
        append.run = self.id(&append.run).into();
        let found = self.count(&append.run).await;
        match self.fault {
            BeginsAtAnyNumber if found.is_none() && append.head.is_some() => append.expected = 0,
            TrimsRecords => append.entries.iter_mut().for_each(|entry| entry.json = entry.json.trim().to_owned()),
            TrimsNames => append.head.iter_mut().for_each(|head| head.graph = head.graph.trim().to_owned()),
            RoundsTimes => append.entries.iter_mut().for_each(|entry| entry.at = rounded(entry.at)),
            LosesLoneHeads if append.entries.is_empty() && found.is_some() => append.head = None,
            ChecksRecordsAlone if append.entries.is_empty() => append.expected = found.unwrap_or(append.expected),
            BeginsTwice if append.expected == 0 && found.is_none() => {
                tokio::task::yield_now().await;
                _ = self.right.delete(&append.run).await;
            }
            _ => {}
        }
        self.right.append(append).await
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        let run = self.id(run);
        let head = self.right.read(&run, from).await?.head;
        if self.is(ReadsTwice) {
            tokio::task::yield_now().await;
        }
        let mut stored = self.right.read(&run, from).await?;
        if self.is(ReadsTwice) {
            stored.head = head;
        }
        if self.is(LosesSnapshots) && from == ReadFrom::Snapshot && !stored.entries.is_empty() {
            return self.right.read(&run, ReadFrom::Record(0)).await;
        }
        if self.is(KeepsTheLatestTime) {
            let all = self.right.read(&run, ReadFrom::Record(0)).await?.entries;
            let latest = all.iter().map(|entry: &Entry| entry.at).max().unwrap_or_default();
            stored.head.changed_at = stored.head.changed_at.max(latest);
        }
        Ok(stored)
    }

    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        let mut filter = filter.clone();
        if self.is(FiltersInclusively) {
            filter.changed_before = filter.changed_before.map(|before| before.saturating_add(1));
        }
        if self.is(CutsBeforeFiltering) {
            let cut = RunFilter { limit: filter.limit, offset: filter.offset, ..RunFilter::default() };
            let mut runs = self.right.runs(&cut).await?;
            runs.retain(|run| filter.matches(run));
            return Ok(runs);
        }
        let mut runs = self.right.runs(&filter).await?;
        if self.is(ComparesIdsByUtf16) {
            let units = |run: &RunEntry| (run.created_at, run.run.encode_utf16().collect::<Vec<_>>());
            runs.sort_by_key(units);
            runs.reverse();
        }
        Ok(runs)
    }

    async fn delete(&self, run: &str) -> Result<(), JournalError> {
        let run = self.id(run);
        self.right.delete(&run).await?;
        if self.is(DeletesByPrefix) {
            for other in self.all().await.into_iter().filter(|other| other.run.starts_with(&run)) {
                self.right.delete(&other.run).await?;
            }
        }
        Ok(())
    }

    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError> {
        let mut doomed = self.runs(filter).await?;
        doomed.retain(|run| !(self.is(SparesRunningRuns) && run.status == Status::Running));
        for run in &doomed {
            self.right.delete(&run.run).await?;
        }
        Ok(doomed.len() as u64)
    }

    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError> {
        let (run, to) = (self.id(run), self.id(to));
        let count = self.count(&run).await.unwrap_or_default();
        let records = if self.is(CopiesAll) && records < count { count } else { records };
        self.right.copy(&run, records, &to, head).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_conforms_to_the_journal_rules() {
    kit::conformance(async || Memory::default()).await;
    kit::reopening(async || Memory::default(), async |journal| journal).await;
}

#[tokio::test]
async fn a_journal_that_does_not_notice_a_changed_record_is_found() {
    let verdict = verdict(kit::damage(async || Memory::default(), async |_: &str, _: u64| {})).await;
    assert!(verdict.starts_with("a changed record is an error of its run"), "{verdict}");
}

/// The beginning of a check's panic message, or `passes`.
async fn verdict(check: impl Future<Output = ()>) -> String {
    let Err(panic) = AssertUnwindSafe(check).catch_unwind().await else { return "passes".to_owned() };
    let text = panic.downcast::<String>().map_or_else(
        |panic| panic.downcast::<&str>().map_or_else(|_| "panics".to_owned(), |text| (*text).to_owned()),
        |text| *text,
    );
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("assertion `left == right` failed: ").chars().take(90).collect()
}

#[tokio::test]
async fn each_wrong_journal_is_found() {
    let mut picture = String::new();
    for fault in FAULTS {
        let verdict = verdict(kit::conformance(async || Wrong::new(fault))).await;
        writeln!(picture, "{fault:?}: {verdict}").unwrap();
    }
    expect![[r#"
        BeginsAtAnyNumber: a run that is not there: expected JournalError::NotFound { run }, found Ok(())
        ReadsTwice: a read has the head and the records of one moment
        TrimsRecords: a record comes back as it was
        TrimsNames: an id comes back as it was
        FoldsCase: an id comes back as it was
        CutsIds: an append is accepted: run `longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglo
        DeletesByPrefix: no other run is deleted with a run
        RoundsTimes: the time of a record comes back as it was
        LosesSnapshots: a snapshot stands after the records it came with
        LosesLoneHeads: a head replaces graph and status
        ChecksRecordsAlone: an append that expects too few or too many: expected JournalError::Conflict { run, expecte
        BeginsTwice: a run is begun once
        KeepsTheLatestTime: a run was changed at its last record, and not before its first
        CopiesAll: a copy has the first 0 records and their times
        SparesRunningRuns: a prune without a filter deletes all runs
        CutsBeforeFiltering: a list is filtered before it is cut, by RunFilter { graphs: [], statuses: [Finished], chan
        FiltersInclusively: a filter compares all digits of a time
        ComparesIdsByUtf16: runs of the same time come by the bytes of their ids
    "#]]
    .assert_eq(&picture);
}

/// A copy of a reopened journal that has lost one kind of data.
async fn opened_again(journal: Memory, lost: &str) -> Memory {
    let again = Memory::default();
    let mut runs = journal.runs(&RunFilter::default()).await.unwrap();
    runs.reverse();
    for run in runs {
        let stored = journal.read(&run.run, ReadFrom::Snapshot).await.unwrap();
        let mut entries = journal.read(&run.run, ReadFrom::Record(0)).await.unwrap().entries;
        let before = stored.snapshot.as_ref().map_or(entries.len(), |(at, _)| usize::try_from(*at).unwrap());
        let mut head = Head::new(run.graph, run.status);
        (head.summary, head.parent) = (run.summary, run.parent);
        if lost == "heads" {
            (head.status, head.summary) = (Status::Running, None);
        }
        if lost == "last records" {
            entries.pop();
        }
        let later = entries.split_off(before.min(entries.len()));
        let count = entries.len() as u64;
        let mut first = AppendRequest::new(run.run.as_str(), 0, entries).head(head);
        first.snapshot = stored.snapshot.map(|(_, json)| json).filter(|_| lost != "snapshots");
        again.append(first).await.unwrap();
        again.append(AppendRequest::new(run.run.as_str(), count, later)).await.unwrap();
    }
    again
}

#[tokio::test]
async fn each_journal_that_loses_data_when_it_is_opened_again_is_found() {
    let mut picture = String::new();
    for lost in ["nothing", "all", "heads", "snapshots", "last records"] {
        let reopen = async |journal| match lost {
            "nothing" => journal,
            "all" => Memory::default(),
            lost => opened_again(journal, lost).await,
        };
        let verdict = verdict(kit::reopening(async || Memory::default(), reopen)).await;
        writeln!(picture, "{lost}: {verdict}").unwrap();
    }
    expect![[r#"
        nothing: passes
        all: a journal that is opened again has what was appended
        heads: a journal that is opened again has what was appended
        snapshots: a journal that is opened again has what was appended
        last records: a journal that is opened again has what was appended
    "#]]
    .assert_eq(&picture);
}
