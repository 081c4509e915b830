//! The example that forks a run.

use expect_test::expect;

use crate::support::run;

#[test]
fn a_fork_goes_its_own_way_and_the_first_run_stays() {
    expect![[r#"
        `first`                             `second`
         1  master_agent  draft 1            1  master_agent  draft 1
         2  critic_agent  4.8 of 10          2  critic_agent  4.8 of 10
         3  master_agent  draft 2            3  a person      adds feedback
         4  critic_agent  7.7 of 10          3  master_agent  draft 2
         5  master_agent  draft 3            4  critic_agent  9.6 of 10
         6  critic_agent  9.6 of 10          5  writer_agent  the document
         7  writer_agent  the document
        first: 3 drafts, 9.6 of 10, 620 words
        second: 2 drafts, 9.6 of 10, 658 words
        `second` is finished, forked from `first`
        `first` is finished
    "#]]
    .assert_eq(&run("fork", &[]));
}
