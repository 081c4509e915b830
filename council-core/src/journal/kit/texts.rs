//! Checks of texts, ids and numbers: they come back as they were.

use super::steps::{add, append, entry, head, held, ids, records};
use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head, Parent};
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::journal::stored_run::ReadFrom;

pub(super) async fn any_text_comes_back(journal: &impl Journal) {
    let odd = "\u{0}'\"\\ \u{1f9d1}\u{200d}\u{1f680} e\u{301} \u{202e}\r\n\u{10ffff}; DROP TABLE runs; --%";
    let wide = " \t\n\u{a0}\u{3000}white space and zero at both ends\u{0}\u{3000}\u{a0}\r\n ";
    for (run, odd) in [(odd, odd), (wide, wide), ("", odd), (" ", ""), ("R", " "), ("r", "\n")] {
        let mut begin = append(run, 0, &[odd, ""]);
        let parent = Some(Parent { run: odd.to_owned(), records: 1 });
        begin.head =
            Some(Head { graph: odd.to_owned(), summary: Some(odd.to_owned()), parent, ..head(Status::Running) });
        begin.snapshot = Some(odd.to_owned());
        add(journal, begin).await;
        let stored = held("a run with an odd name can be read", journal.read(run, ReadFrom::Snapshot).await);
        assert_eq!(stored.head.run, run, "an id comes back as it was");
        assert_eq!(stored.head.graph, odd, "a graph's name comes back as it was");
        assert_eq!(stored.head.parent.map(|parent| parent.run).as_deref(), Some(odd), "a parent comes back as it was");
        assert_eq!(stored.head.summary.as_deref(), Some(odd), "a summary comes back as it was");
        assert_eq!(stored.snapshot, Some((2, odd.to_owned())), "a snapshot comes back as it was");
        assert_eq!(records(journal, run).await, [odd, ""], "a record comes back as it was");
    }
}

/// Ids that a store could take for the same: of another case or normal form, one the beginning of the other, or very long.
pub(super) async fn ids_that_are_alike_are_not_the_same(journal: &impl Journal) {
    let long = "long".repeat(250);
    let (first, second) = (format!("{long}1"), format!("{long}2"));
    let alike =
        ["a", "A", "a ", " a", "a\u{0}", "a/1", "a:1", "a%", "a1", "\u{e9}", "e\u{301}", "1", "01", &first, &second];
    for run in alike {
        add(journal, append(run, 0, &[run])).await;
    }
    for run in alike {
        assert_eq!(records(journal, run).await, [run], "each id is a run of its own");
    }
    held("a run can be deleted", journal.delete("a").await);
    held("a run can be deleted", journal.delete(&first).await);
    let left = ids(journal, &RunFilter::default()).await.len();
    assert_eq!(left, alike.len() - 2, "no other run is deleted with a run");
    for run in &alike[1..alike.len() - 2] {
        assert_eq!(records(journal, run).await, [*run], "a run keeps its records when another is deleted");
    }
}

/// Above 2^53, numbers differ that are the same as floating-point numbers.
pub(super) async fn big_numbers_come_back(journal: &impl Journal) {
    let big = (1 << 53) + 1;
    let head = Head { parent: Some(Parent { run: "p".to_owned(), records: big }), ..head(Status::Running) };
    let entries = vec![entry(big, "0"), entry(big + 1, "1")];
    add(journal, AppendRequest { entries: entries.clone(), head: Some(head), ..append("r", 0, &[]) }).await;
    let stored = held("a run can be read", journal.read("r", ReadFrom::Record(0)).await);
    assert_eq!(stored.entries, entries, "the time of a record comes back as it was");
    assert_eq!((stored.head.created_at, stored.head.changed_at), (big, big + 1), "a run has the times of its records");
    assert_eq!(stored.head.parent.map(|parent| parent.records), Some(big), "a parent comes back as it was");
    for (changed_before, found) in [(big + 1, 0), (big + 2, 1)] {
        let filter = RunFilter { changed_before: Some(changed_before), ..RunFilter::default() };
        assert_eq!(ids(journal, &filter).await.len(), found, "a filter compares all digits of a time");
    }
}

pub(super) async fn big_records_come_back(journal: &impl Journal) {
    let big: String = (0_u32..900_000).map(|n| char::from_u32(0x4e00 + n % 20_000).unwrap_or('?')).collect();
    let many: Vec<_> = (0..2_000).map(|n| n.to_string()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    add(journal, append("r", 0, &[&big, "small", &big])).await;
    add(journal, append("r", 3, &many)).await;
    let read = records(journal, "r").await;
    assert!(read[0] == big && read[1] == "small" && read[2] == big, "records of megabytes come back as they were");
    assert!(read[3..] == many, "thousands of records can be added at once");
}
