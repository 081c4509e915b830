//! The example of a custom journal.

use expect_test::expect;

use crate::support::run;

#[test]
fn a_journal_of_ones_own_keeps_the_rules_and_stores_a_run() {
    expect![[r#"
        the journal keeps every rule of the kit
        {"v":3,"record":{"started":{"graph":"greeting","program":{"fields":{"replace":["text"]}},"input":{"text":""},"next":["greet"]}}}
        {"v":3,"record":{"task_done":{"node":"greet","update":{"text":"Good morning."},"committed":{"next":[],"end":true}}}}
        {"v":3,"record":{"finished":{}}}
        loaded: Good morning.
    "#]]
    .assert_eq(&run("own_journal", &[]));
}
