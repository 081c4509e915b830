//! The examples of how a run is watched.

use expect_test::expect;

use crate::support::run;

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
fn spans_say_where_a_line_was_said() {
    expect![[r#"
        run{run="r-1" graph="month end"}:node{node="pay" superstep=1 visit=1 attempt=1}:run{run="r-1" graph="payment" path=pay}:node{node="charge" superstep=1 visit=1 attempt=1}: the bank is busy
        run{run="r-1" graph="month end"}:node{node="pay" superstep=1 visit=1 attempt=1}:run{run="r-1" graph="payment" path=pay}:node{node="charge" superstep=1 visit=1 attempt=2}: charged customer="Ada"
        run{run="r-1" graph="month end"}:node{node="mail" superstep=2 visit=1 attempt=1}: the receipt is out
    "#]].assert_eq(&run("spans", &[]));
}
