//! The examples of the engine's capabilities, each run as a process.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

#[path = "../support/mod.rs"]
mod support;

use expect_test::expect;
use support::run;

#[test]
fn map_reduce_keeps_the_order_of_the_items() {
    expect![[r#"
        Release 1.4.0
        1. Faster start (#812)
        2. Dark mode (#815)
        3. Export as CSV (#816)
        4. A crash on empty files (#820)
        5. Polish translation (#821)

        Release 1.4.1
        Nothing has changed.

        At most 3 at work at the same time.
    "#]]
    .assert_eq(&run("map_reduce", &[]));
}

#[test]
fn joins_wait_for_both_ways_in_each_round() {
    expect![[r#"
         1  plan        round 1
         2  archive     done
         2  interview   done
         3  transcribe  done
         4  write       from 3 pieces of material
         5  plan        round 2
         6  archive     done
         6  interview   done
         7  transcribe  done
         8  write       from 6 pieces of material
         9  publish     done
        10  expenses    330 euros in all
    "#]]
    .assert_eq(&run("joins", &[]));
}

#[test]
fn triage_hands_tickets_from_desk_to_desk() {
    expect![[r#"
        The app shows a crash after the update
          triage: for the engineers
          engineers: closed
        A refund, please: it is slow
          triage: for billing
          billing: not ours
          engineers: not ours
          billing: closed
        It stops in the middle of an invoice
          triage: for the engineers
          engineers: not ours
          billing: closed
        A prince has a fortune for you
          triage: spam
    "#]]
    .assert_eq(&run("triage", &[]));
}
