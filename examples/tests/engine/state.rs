//! The examples of what nodes read and write.

use expect_test::expect;

use crate::support::run;

#[test]
fn reducers_merge_in_the_order_of_the_nodes() {
    expect![[r#"
        replace    booked the bus
        append     ["2 before this"], after an overwrite
        add        5 requests
        max        700 ms at most
        min        from 35 euros
        merge      {"bus": 35, "night bus": 49, "train": 89}
        by_id      warning: The night bus is full
        by_id      ticket: One seat
        function   The train takes 4 hours
        untracked  40000 bytes in the state; a journal stores the update {"requests":1}

        run `hasty`: node `Bo` replaces `booked`, which node `Ada` replaced in the same superstep, 2; give the field a reducer, or let the nodes run one after the other
    "#]].assert_eq(&run("reducers", &[]));
}

#[test]
fn context_is_given_identified_and_cancelled() {
    expect![[r#"
        superstep 1: load #1 (attempt 2) says loading: "for Ada & Co, at (\"r-1\", \"load\", 1, 1, 2)"
        superstep 2: translate #1 has done 1 of 4
        superstep 2: translate #1 has done 2 of 4
        stopped: cancelled
        ["OPEN", "PRESS"] so far

        superstep 3: translate #2 has done 3 of 4
        superstep 3: translate #2 has done 4 of 4
        superstep 4: proofread #1 says supersteps left: 2
        superstep 5: proofread #2 says supersteps left: 1
        superstep 6: proofread #3 says supersteps left: 0
        finished after 6 supersteps
        ["OPEN", "PRESS", "TURN", "CLOSE"]
    "#]]
    .assert_eq(&run("context", &[]));
}
