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

#[test]
fn subgraphs_are_stopped_inside_and_go_on_from_there() {
    expect![[r#"
        What happens inside is told, with the way that leads there:
          story[0] > shorten, the visit number 1
          story[1] > shorten, the visit number 1
          story[1] > shorten, the visit number 2
          story[2] > shorten, the visit number 1
          headline > shorten, the visit number 1
          3 short stories! Our old bridge! The loud owl! Rain! In 5 rounds.

        Limits reach inside. A run that stops there goes on from there:
          stopped by the limit of 2 supersteps, with the stories [1] open
          3 short stories! Our old bridge! The loud owl! Rain! In 5 rounds.
          stopped by the clock, with the stories [0, 1, 2] open
          3 short stories! Our old bridge! The loud owl! Rain! In 5 rounds.
    "#]]
    .assert_eq(&run("subgraphs", &[]));
}

#[test]
fn resilience_retries_recovers_and_remembers() {
    expect![[r#"
        A parcel to Rome
          node `forecast` took longer than its 0.03 s in superstep 2, attempt 1; given up
          node `charge` failed in superstep 3, attempt 1: the bank is busy; again in 2ms
          weather unknown, paid 450 at attempt 2
        A parcel to Rome
          rate is known already
          node `forecast` took longer than its 0.03 s in superstep 2, attempt 1; given up
          node `charge` failed in superstep 3, attempt 1: the bank is busy; again in 2ms
          weather unknown, paid 450 at attempt 2
        A parcel to Oslo
          node `forecast` took longer than its 0.03 s in superstep 2, attempt 1; given up
          node `charge` failed in superstep 3, attempt 1: the bank is busy; again in 2ms
          node `charge` failed in superstep 3, attempt 2: the card is declined; given up
          weather unknown, an invoice over 900, by mail
    "#]]
    .assert_eq(&run("resilience", &[]));
}

#[test]
fn valves_end_loops_and_limits_lose_nothing() {
    expect![[r#"
        How tall is Mont Blanc? At most 10 searches, 100 cents.
          an answer from 2 sources for 12 cents
        What is the meaning of life? At most 3 searches, 100 cents.
          valve: search has had its 3 visits, so answer comes next
          an answer from 3 sources for 18 cents
        What is the meaning of life? At most 10 searches, 100 cents.
          valve: the guard budget, so answer comes next
          an answer from 5 sources for 139 cents
        The same, 5 supersteps at a time.
          stopped by the limit of 5 supersteps: 3 sources, 17 cents
          valve: the guard budget, so answer comes next
          an answer from 5 sources for 139 cents
    "#]]
    .assert_eq(&run("valves", &[]));
}

#[test]
fn events_reach_each_reader_in_its_detail() {
    expect![[r#"
        The stream, as it comes:
          superstep 1: read #1 started
          page: {"bytes":4200,"title":"Owls"}
          superstep 1: read #1 has done 1 of 2
          page: {"bytes":1100,"title":"Bridges"}
          superstep 1: read #1 has done 2 of 2
          read wants ReportUpdate
          superstep 2: write #1 started
          write wants ReportUpdate(text, words)
          superstep 3: sign #1 started
          sign wants ReportUpdate(text)
          finished after 3 supersteps

        The state after each superstep:
          1: 0 words, ""
          2: 12 words, "Owls sleep under bridges while the town above them is wide awake"
          3: 12 words, "Owls sleep under bridges while the town above them is wide awake. Yours, the desk"

        A reader that came only after the end:
          number 9: superstep 2: write #1 wrote "Owls "
          number 10: superstep 2: write #1 wrote "sleep "
          number 11: superstep 2: write #1 wrote "under "
          number 26: 9 events lost
          number 26: finished after 3 supersteps

        The observer was told 26 events of run `monday`.
        The run did not wait for anybody: Owls sleep under bridges while the town above them is wide awake. Yours, the desk.
    "#]].assert_eq(&run("events", &[]));
}

#[test]
fn cores_change_nothing_but_the_time() {
    expect![[r#"
        17984 primes below 200000
             0 to  25000:  2762 primes
         25000 to  50000:  2371 primes
         50000 to  75000:  2260 primes
         75000 to 100000:  2199 primes
        100000 to 125000:  2142 primes
        125000 to 150000:  2114 primes
        150000 to 175000:  2068 primes
        175000 to 200000:  2068 primes
        17984 primes below 200000
    "#]]
    .assert_eq(&run("cores", &[]));
}
