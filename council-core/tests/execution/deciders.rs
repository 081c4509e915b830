//! Deciders: nodes that choose their successors.

use council_core::{
    Context, Decide, DeciderResult, Failure, NodeId, State, StateGraph, async_trait, decider, error_chain,
};
use expect_test::expect;

use crate::support::check;
use crate::{Doc, note, pack};

/// The choices of a critic. The compiler checks that the graph handles each of them.
#[derive(Clone, Copy)]
enum Verdict {
    Rework,
    Publish,
    Both,
}

struct Critic(&'static [Verdict]);

#[async_trait]
impl Decide<Doc> for Critic {
    type Choice = Verdict;

    async fn run(&self, _: &Doc, context: &Context<Doc>) -> DeciderResult<Doc, Verdict> {
        let visit = context.visit();
        Ok((Doc::update().notes(format!("visit {visit}")), self.0[visit as usize - 1]))
    }
}

#[tokio::test]
async fn a_decider_returns_an_update_and_may_choose_several_nodes() {
    let mut graph = StateGraph::<Doc>::new("council");
    let master = graph.node("master", note);
    let critic = graph.decider("critic", Critic(&[Verdict::Rework, Verdict::Both, Verdict::Publish]));
    let writer = graph.node("writer", note);
    graph.start(master).edge(master, critic).end(writer);
    graph.decide(critic, [master, writer], |verdict, [master, writer]| match verdict {
        Verdict::Rework => vec![master],
        Verdict::Publish => vec![writer],
        Verdict::Both => vec![writer, master],
    });
    check(
        graph.compile().unwrap().run(Doc::default()),
        expect![[r#"
            superstep 1: master #1 started
            superstep 1: master #1 completed with DocUpdate(notes)
            superstep 2: critic #1 started
            superstep 2: critic #1 completed with DocUpdate(notes)
            superstep 3: master #2 started
            superstep 3: master #2 completed with DocUpdate(notes)
            superstep 4: critic #2 started
            superstep 4: critic #2 completed with DocUpdate(notes)
            superstep 5: master #3 started
            superstep 5: master #3 completed with DocUpdate(notes)
            superstep 5: writer #1 started
            superstep 5: writer #1 completed with DocUpdate(notes)
            superstep 6: critic #3 started
            superstep 6: critic #3 completed with DocUpdate(notes)
            superstep 7: writer #2 started
            superstep 7: writer #2 completed with DocUpdate(notes)
            finished after 7 supersteps
        "#]],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn an_undeclared_choice_is_an_error_and_its_update_is_dropped() {
    let mut graph = StateGraph::<Doc>::new("astray");
    let choose = decider!(graph, "choose", async move |_| Ok((Doc::update().notes("chosen"), ())));
    let (declared, other) = (graph.node("declared", note), graph.node("other", note));
    graph.start(choose).edge(declared, other).end(other);
    graph.decide(choose, [declared], move |(), _| other);
    let error = check(graph.compile().unwrap().run(Doc::default()).id("r"), expect![[r#"
        superstep 1: choose #1 started
        superstep 1: choose #1 failed: the route, decision or error handler of `choose` chose a node that is not among its targets, or a worker without items, in superstep 1
        failed: the route, decision or error handler of `choose` chose a node that is not among its targets, or a worker without items, in superstep 1
    "#]]).await.unwrap_err();
    expect!["run `r`: the route, decision or error handler of `choose` chose a node that is not among its targets, or a worker without items, in superstep 1"].assert_eq(&error_chain(&error));
    assert!(matches!(error.failure(), Failure::UndeclaredTarget { .. }));
    assert!(error.state().notes.is_empty());
    assert_eq!(error.position().open_tasks().count(), 1, "the task of the decider is still open");
}

#[tokio::test]
async fn a_decider_may_also_have_edges_routes_and_joins() {
    let mut graph = StateGraph::<Doc>::new("beside");
    let choose = decider!(graph, "choose", async move |_| Ok((Doc::update().round(1), [4, 5])));
    let (edge, route) = (graph.node("edge", note), graph.node("route", note));
    let pack = graph.worker("pack", pack);
    let joined = graph.node("joined", note);
    graph.start(choose).edge(choose, edge).end(edge).end(route).end(pack).end(joined);
    graph.route(choose, [route], |_, [route]| route);
    graph.join([choose], joined);
    graph.decide(choose, pack, |items, pack: council_core::Worker<Doc, u32>| pack.send(items));
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["edge", "route", "pack[0] got 4", "pack[1] got 5", "joined"]);
}

#[tokio::test]
async fn agents_hand_over_to_each_other_until_the_end() {
    let mut graph = StateGraph::<Doc>::new("handoff");
    let agents = ["ada", "bob", "eve"].map(|name| {
        decider!(graph, name, async move |doc, context| {
            let to = (doc.round as usize * 2 + 1) % 3;
            Ok((Doc::update().notes(context.node()).round(1), (doc.round < 6).then_some(to)))
        })
    });
    graph.start(agents[0]);
    for agent in agents {
        let targets = [agents[0].id(), agents[1].id(), agents[2].id(), NodeId::END];
        graph.decide(agent, targets, |to: Option<usize>, targets| targets[to.unwrap_or(3)]);
    }
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert!(outcome.is_finished());
    assert_eq!(outcome.state().notes, ["ada", "bob", "ada", "eve", "bob", "ada", "eve"]);
}

#[tokio::test]
async fn a_choice_is_made_once_if_the_run_stops_after_it() {
    let mut graph = StateGraph::<Doc>::new("resumed");
    let choose = decider!(graph, "choose", async move |_| Ok((Doc::update().round(1), ())));
    let beside = council_core::node!(graph, "beside", async move |doc, context| {
        if context.attempt() == 1 {
            return Err(format!("not yet, in round {}", doc.round).into());
        }
        Ok(Doc::update())
    });
    let (chosen, other) = (graph.node("chosen", note), graph.node("other", note));
    graph.start(choose).start(beside).edge(beside, other).end(chosen).end(other);
    graph.decide(choose, [chosen, other], |(), [chosen, _]| chosen);
    let graph = graph.compile().unwrap();
    let position = graph.run(Doc::default()).await.unwrap_err().into_position();
    assert_eq!(position.open_tasks().map(|task| task.node).collect::<Vec<_>>(), ["beside"]);
    let outcome = graph.resume(position).await.unwrap();
    assert_eq!((outcome.state().round, &*outcome.state().notes), (1, &["chosen".to_owned(), "other".to_owned()][..]));
}
