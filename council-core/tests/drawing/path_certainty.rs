//! Edges of a path that are certain, and edges that are not counted.

use council_core::{Command, NodeId, State, StateGraph};
use expect_test::expect;

use super::paths::check;
use super::{Doc, fail, pass, turn, work};

#[tokio::test]
async fn a_worker_without_items_may_have_led_to_its_successor() {
    let mut graph = StateGraph::<Doc>::new("maybe");
    let read = graph.node("read", pass);
    let other = graph.node("other", pass);
    let count = graph.worker("count", work);
    let sum = graph.node("sum", pass);
    let after = graph.node("after", pass);
    graph.start(read).edge(read, other).edge(count, sum).edge(sum, after).end(after);
    graph.fan_out(read, count, |doc| doc.items.clone());
    graph.route(other, [sum, NodeId::END], |_, [_, end]| end);
    // The worker led to `sum`, but no event says so, and the route may have led there.
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        read: 1
        other: 1
        sum: 1
        after: 1
        __end__: 1
        __start__ -> read: 1
        read -> other: 1
        sum -> after: 1
        after -> __end__: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn only_what_is_certain_is_counted() {
    let mut graph = StateGraph::<Doc>::new("doubt");
    let one = graph.node("one", pass);
    let two = graph.node("two", pass);
    let three = graph.node("three", pass);
    let four = graph.node("four", pass);
    graph.start(one).start(two);
    // One of the two routes led to `three`. The nodes that ran do not tell which.
    graph.route(one, [three, four], |_, [three, _]| three);
    graph.route(two, [three, four], |_, [_, four]| four);
    graph.end(three).end(four);
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        one: 1
        two: 1
        three: 1
        four: 1
        __end__: 1
        __start__ -> one: 1
        __start__ -> two: 1
        three -> __end__: 1
        four -> __end__: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_join_and_an_edge_into_one_node() {
    let mut graph = StateGraph::<Doc>::new("join");
    let one = graph.node("one", pass);
    let two = graph.node("two", pass);
    let later = graph.node("later", pass);
    let sum = graph.node("sum", pass);
    graph.start(one).start(two).edge(two, later).edge(one, sum);
    graph.join([one, two], sum).join([sum, later], later).end(sum).end(later);
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        one: 1
        two: 1
        later: 2
        sum: 1
        __end__: 1
        __start__ -> one: 1
        __start__ -> two: 1
        one -> sum: 1
        one -> __join__:0: 1
        two -> later: 1
        two -> __join__:0: 1
        later -> __end__: 2
        later -> __join__:1: 2
        sum -> __end__: 1
        sum -> __join__:1: 1
        __join__:0 -> sum: 1
        __join__:1 -> later: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_deferred_node_and_the_end() {
    let mut graph = StateGraph::<Doc>::new("deferred");
    let fork = graph.node("fork", pass);
    let short = graph.node("short", pass);
    let long = graph.node("long", turn);
    let last = graph.node("last", pass);
    graph.start(fork).edge(fork, short).edge(fork, long).edge(short, last).defer(last).end(last);
    graph.route(long, [long, last], |doc, [long, last]| if doc.round < 3 { long } else { last });
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        fork: 1
        short: 1
        long: 3
        last: 1
        __end__: 1
        __start__ -> fork: 1
        fork -> short: 1
        fork -> long: 1
        short -> last: 1
        long -> long: 2
        last -> __end__: 1
    "#]],
    )
    .await;
}

#[tokio::test]
async fn an_error_handler_redirects_the_run() {
    let mut graph = StateGraph::<Doc>::new("errors");
    let risky = graph.node("risky", fail);
    let mild = graph.node("mild", fail);
    let rescue = graph.node("rescue", pass);
    let after = graph.node("after", pass);
    graph.start(risky).start(mild).edge(risky, after).edge(mild, after).end(after).end(rescue);
    graph.on_error(risky, [rescue], |_, _, [rescue]| Some(Command::goto(rescue)));
    graph.on_error(mild, [rescue], |_, _, _| Some(Command::update(Doc::update())));
    check(
        graph,
        Doc::default(),
        expect![[r#"
        __start__: 1
        risky: 1
        mild: 1
        rescue: 1
        after: 1
        __end__: 1
        __start__ -> risky: 1
        __start__ -> mild: 1
        rescue -> __end__: 1
        after -> __end__: 1
    "#]],
    )
    .await;
}
