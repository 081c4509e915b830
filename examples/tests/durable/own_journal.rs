//! The example of a journal of one's own.

use expect_test::expect;

use crate::support::run;

#[test]
fn a_journal_of_ones_own_keeps_the_rules_and_stores_a_run() {
    expect![[r#""#]].assert_eq(&run("own_journal", &[]));
}
