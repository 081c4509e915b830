//! The examples of how nodes are run, and what ends a run.

use expect_test::expect;

use crate::support::run;

#[test]
fn resilience_retries_recovers_and_remembers() {
    expect![[r#"
        A parcel to Rome
          took longer than its 0.03 s; given up
          the bank is busy; again in 2ms
          weather unknown, paid 450 at attempt 2
        A parcel to Rome
          rate: from the cache
          took longer than its 0.03 s; given up
          the bank is busy; again in 2ms
          weather unknown, paid 450 at attempt 2
        A parcel to Oslo
          took longer than its 0.03 s; given up
          the bank is busy; again in 2ms
          the card is declined; given up
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
          valve: search has had its 3 visits; next is answer
          an answer from 3 sources for 18 cents
        What is the meaning of life? At most 10 searches, 100 cents.
          valve: the guard `budget`; next is answer
          an answer from 5 sources for 139 cents
        The last one again, 5 supersteps at a time.
          stopped by the limit of 5 supersteps: 3 sources, 17 cents
          valve: the guard `budget`; next is answer
          an answer from 5 sources for 139 cents
    "#]]
    .assert_eq(&run("valves", &[]));
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
