//! The examples of what leads where.

use expect_test::expect;

use crate::support::run;

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

        At most 3 tasks ran at the same time.
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
        Events from inside have the path of the subgraph:
          story[0] > shorten, visit 1
          story[1] > shorten, visit 1
          story[1] > shorten, visit 2
          story[2] > shorten, visit 1
          headline > shorten, visit 1
          3 short stories! Our old bridge! The loud owl! Rain! In 5 rounds.

        Limits also stop a run inside a subgraph, and it resumes there:
          stopped by the limit of 2 supersteps; unfinished stories: [1]
          3 short stories! Our old bridge! The loud owl! Rain! In 5 rounds.
          stopped by the clock; unfinished stories: [0, 1, 2]
          3 short stories! Our old bridge! The loud owl! Rain! In 5 rounds.
    "#]]
    .assert_eq(&run("subgraphs", &[]));
}
