//! Item deciders: workers whose items choose the successors of the superstep.

use std::time::Duration;

use council_core::{
    Context, DecideItem, DeciderResult, Failure, Goto, Graph, NodeId, Outcome, Policy, Retry, State, StateGraph,
    Subgraph, Worker, async_trait, item_decider, worker,
};
use expect_test::expect;

use crate::support::check;
use crate::{Doc, note, pack};

/// Splits items of 2 and more in two parts.
struct Split;

#[async_trait]
impl DecideItem<Doc, u32> for Split {
    type Choice = Vec<u32>;

    async fn run(&self, _: &Doc, item: &u32, context: &Context<Doc>) -> DeciderResult<Doc, Vec<u32>> {
        let parts = if *item < 2 { Vec::new() } else { vec![item / 2, item - item / 2] };
        Ok((Doc::update().notes(format!("{}: {item}", context.item().unwrap())), parts))
    }
}

/// `split` sends itself the parts of its items until they are small. Then the run ends.
fn splitting() -> Graph<Doc> {
    let mut graph = StateGraph::<Doc>::new("splitting");
    let split = graph.item_decider("split", Split);
    graph.fan_out(NodeId::START, split, |_| [3, 1, 2]).end(split);
    graph.decide(
        split,
        split,
        |parts: Vec<u32>, split| {
            if parts.is_empty() { Goto::nowhere() } else { split.send(parts) }
        },
    );
    graph.compile().unwrap()
}

#[tokio::test]
async fn each_item_sends_items_on_until_none_is_left() {
    let outcome = check(
        splitting().run(Doc::default()),
        expect![[r#"
            superstep 1: split[0] #1 started
            superstep 1: split[0] #1 completed with DocUpdate(notes)
            superstep 1: split[1] #1 started
            superstep 1: split[1] #1 completed with DocUpdate(notes)
            superstep 1: split[2] #1 started
            superstep 1: split[2] #1 completed with DocUpdate(notes)
            superstep 2: split[0] #2 started
            superstep 2: split[0] #2 completed with DocUpdate(notes)
            superstep 2: split[1] #2 started
            superstep 2: split[1] #2 completed with DocUpdate(notes)
            superstep 2: split[2] #2 started
            superstep 2: split[2] #2 completed with DocUpdate(notes)
            superstep 2: split[3] #2 started
            superstep 2: split[3] #2 completed with DocUpdate(notes)
            superstep 3: split[0] #3 started
            superstep 3: split[0] #3 completed with DocUpdate(notes)
            superstep 3: split[1] #3 started
            superstep 3: split[1] #3 completed with DocUpdate(notes)
            finished after 3 supersteps
        "#]],
    )
    .await
    .unwrap();
    let notes = ["0: 3", "1: 1", "2: 2", "0: 1", "1: 2", "2: 1", "3: 1", "0: 1", "1: 1"];
    assert_eq!(outcome.state().notes, notes);
}

#[tokio::test]
async fn the_choices_of_all_items_meet_in_one_superstep() {
    let mut graph = StateGraph::<Doc>::new("meeting");
    let sort = item_decider!(graph, "sort", async move |_, item: &u32| Ok((Doc::update(), *item)));
    let pack = graph.worker("pack", pack);
    let [alarm, edge, joined, last] = ["alarm", "edge", "joined", "last"].map(|name| graph.node(name, note));
    graph.fan_out(NodeId::START, sort, |_| [3, 8, 1, 9]);
    graph.decide(sort, (pack, alarm), |item, (pack, alarm)| match item {
        8.. => alarm.into(),
        1 => pack.send([10, 11]).and(pack.send([12])),
        item => pack.send([item]).and(alarm),
    });
    graph.edge(sort, edge).join([sort.id(), edge], joined);
    graph.route(sort, pack, |_, pack: Worker<Doc, u32>| pack.send([99]));
    graph.end(alarm).end(pack).join([joined], last).end(last);
    let outcome = check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: sort[0] #1 started
            superstep 1: sort[0] #1 completed with DocUpdate
            superstep 1: sort[1] #1 started
            superstep 1: sort[1] #1 completed with DocUpdate
            superstep 1: sort[2] #1 started
            superstep 1: sort[2] #1 completed with DocUpdate
            superstep 1: sort[3] #1 started
            superstep 1: sort[3] #1 completed with DocUpdate
            superstep 2: pack[0] #1 started
            superstep 2: pack[0] #1 completed with DocUpdate(notes)
            superstep 2: pack[1] #1 started
            superstep 2: pack[1] #1 completed with DocUpdate(notes)
            superstep 2: pack[2] #1 started
            superstep 2: pack[2] #1 completed with DocUpdate(notes)
            superstep 2: pack[3] #1 started
            superstep 2: pack[3] #1 completed with DocUpdate(notes)
            superstep 2: pack[4] #1 started
            superstep 2: pack[4] #1 completed with DocUpdate(notes)
            superstep 2: alarm #1 started
            superstep 2: alarm #1 completed with DocUpdate(notes)
            superstep 2: edge #1 started
            superstep 2: edge #1 completed with DocUpdate(notes)
            superstep 3: joined #1 started
            superstep 3: joined #1 completed with DocUpdate(notes)
            superstep 4: last #1 started
            superstep 4: last #1 completed with DocUpdate(notes)
            finished after 4 supersteps
        "#]],
    )
    .await
    .unwrap();
    // By the item that sent them, then by the order of its sends; the items of the route come last.
    let packed: Vec<_> = outcome.state().notes[..5].iter().map(|note| note.rsplit(' ').next().unwrap()).collect();
    assert_eq!(packed, ["3", "10", "11", "12", "99"]);
}

/// `sort` sends an item below 5 to `small` and the others to `large`.
fn sorting(graph: &mut StateGraph<Doc>, items: &'static [u32]) -> [NodeId<Doc>; 2] {
    let sort = item_decider!(graph, "sort", async move |_, item: &u32, context| {
        if *item == 4 && context.attempt() == 1 {
            return Err("not yet".into());
        }
        Ok((Doc::update().notes(format!("{item} in attempt {}", context.attempt())), *item < 5))
    });
    let targets @ [small, large] = ["small", "large"].map(|name| graph.node(name, note));
    graph.fan_out(NodeId::START, sort, move |_| items.to_vec()).end(small).end(large);
    graph.decide(sort, targets, |is_small, [small, large]| if is_small { small } else { large });
    [sort.id(), small]
}

#[tokio::test]
async fn a_join_of_the_targets_of_items_fires_if_both_are_chosen() {
    let mut graph = StateGraph::<Doc>::new("both");
    let [_, small] = sorting(&mut graph, &[3, 7]);
    let both = graph.node("both", note);
    let large = graph.node("beside", note);
    graph.edge(small, large).join([small, large], both).end(both);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["3 in attempt 1", "7 in attempt 1", "small", "large", "beside", "both"]);
}

#[tokio::test]
async fn items_that_choose_nothing_need_another_way_out() {
    let run = |has_end: bool, items: &'static [u32]| async move {
        let mut graph = StateGraph::<Doc>::new("nothing");
        let idle = item_decider!(graph, "idle", async move |_, _item: &u32| Ok((Doc::update().notes("idle"), ())));
        let never = graph.node("never", note);
        graph.fan_out(NodeId::START, idle, move |_| items.to_vec()).end(never);
        graph.decide(idle, [never], |(), _| Goto::nowhere());
        if has_end {
            graph.end(idle);
        }
        let ended = graph.compile().unwrap().run(Doc::default()).await;
        ended.map(|outcome| outcome.state().notes.len()).map_err(|error| error.failure().to_string())
    };
    assert_eq!(run(true, &[1, 2]).await, Ok(2));
    assert_eq!(run(true, &[]).await, Ok(0));
    let error = run(false, &[1]).await.unwrap_err();
    expect!["nothing is left to run after superstep 1, and the end was not reached: the routes chose no target"]
        .assert_eq(&error);
    assert_eq!(run(false, &[]).await.unwrap_err(), error);
}

#[tokio::test(start_paused = true)]
async fn retries_time_limits_and_threads_apply_to_each_item() {
    let mut graph = StateGraph::<Doc>::new("policies");
    let [sort, _] = sorting(&mut graph, &[4, 7]);
    graph.policy(sort, Policy::default().retry(Retry::default()).spawned(true));
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["4 in attempt 2", "7 in attempt 1", "small", "large"]);

    let mut graph = StateGraph::<Doc>::new("slow");
    let wait = item_decider!(graph, "wait", async move |_, item: &u64| {
        tokio::time::sleep(Duration::from_secs(*item)).await;
        Ok((Doc::update(), ()))
    });
    graph.fan_out(NodeId::START, wait, |_| [1, 9]).item_timeout(wait, |_, _| Duration::from_secs(5));
    graph.decide(wait, [NodeId::END], |(), [end]| end);
    let error = graph.compile().unwrap().run(Doc::default()).await.unwrap_err();
    assert!(matches!(error.failure(), Failure::NodeTimedOut { item: Some(1), .. }), "{error:?}");
}

#[tokio::test]
async fn a_visit_limit_and_a_deferred_node_see_whole_supersteps() {
    let mut graph = StateGraph::<Doc>::new("rounds");
    let again = item_decider!(graph, "again", async move |_, item: &u32, context| {
        Ok((Doc::update().notes(format!("{}, visit {}", item, context.visit())), item + 1))
    });
    let report = graph.node("report", note);
    graph.fan_out(NodeId::START, again, |_| [0, 10]).edge(again, report).defer(report).end(report);
    graph.decide(again, again, |next, again| again.send([next]));
    graph.visit_limit(again, 2, report);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["0, visit 1", "10, visit 1", "1, visit 2", "11, visit 2", "report"]);
}

#[tokio::test]
async fn a_run_pauses_before_an_item_decider_and_an_edit_takes_the_place_of_an_item() {
    let graph = splitting();
    let mut run = graph.run(Doc::default()).pause_before(["split"]);
    let mut visits = 0;
    let notes = loop {
        let mut position = match run.await.unwrap() {
            Outcome::Paused { position } => position,
            outcome => break outcome.into_state().notes,
        };
        visits += 1;
        if visits == 1 {
            // The item chooses nothing.
            graph.edit_instead_of_item(&mut position, "split", 0, "the chair", Doc::update().notes("by hand")).unwrap();
        }
        run = graph.resume(position).pause_before(["split"]);
    };
    assert_eq!((visits, notes.join(", ")), (2, "by hand, 1: 1, 2: 2, 0: 1, 1: 1".to_owned()));
}

#[tokio::test]
async fn an_item_decider_runs_inside_a_subgraph_for_each_item() {
    let mut outer = StateGraph::<Doc>::new("outer");
    let inside = Subgraph::per_item(
        splitting(),
        |_: &Doc, text: &String| Doc { text: text.clone(), ..Doc::default() },
        |inner| Doc::update().notes(format!("{}: {} items", inner.text, inner.notes.len())),
    );
    let inside = outer.worker("inside", inside);
    outer.fan_out(NodeId::START, inside, |_| ["a".to_owned(), "b".to_owned()]).end(inside);
    let outcome = outer.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["a: 9 items", "b: 9 items"]);
}

#[tokio::test]
async fn a_worker_sent_no_items_by_any_item_leads_on() {
    let mut graph = StateGraph::<Doc>::new("empty");
    let sort = item_decider!(graph, "sort", async move |_, _item: &u32| Ok((Doc::update(), ())));
    let work = worker!(graph, "work", async move |_, _item: &u32| Ok(Doc::update().notes("work")));
    let last = graph.node("last", note);
    graph.fan_out(NodeId::START, sort, |_| [1, 2]).edge(work, last).end(last);
    graph.decide(sort, work, |(), work| work.send([]));
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["last"]);
}
