"""The workloads chain, council and fan."""

import operator
from collections.abc import Callable
from typing import Annotated, TypedDict

from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Send

from measure import Workload


def function(body: Callable, asynchronous: bool) -> Callable:
    """A node or a route: the function itself, or an asynchronous function around it."""
    if not asynchronous:
        return body

    async def run(state):
        return body(state)

    return run


def nothing(_state):
    """A node that returns nothing."""


def chain(nodes: int) -> Workload:
    """A chain of nodes that return nothing."""

    def build(asynchronous: bool):
        builder = StateGraph(MessagesState)
        before = START
        for number in range(nodes):
            name = f"n{number}"
            builder.add_node(name, function(nothing, asynchronous))
            builder.add_edge(before, name)
            before = name
        builder.add_edge(before, END)
        return builder.compile()

    def check(states: list[dict]) -> None:
        assert states[-1]["messages"] == [], states[-1]

    return Workload(f"chain {nodes}", "superstep", nodes, build, lambda: {"messages": []}, check, nodes)


class Council(TypedDict):
    topic: str
    draft: str
    feedback: Annotated[list[str], operator.add]
    iteration: Annotated[int, operator.add]
    score: float


def council(iterations: int) -> Workload:
    """Master and critic in a loop, then the writer."""

    def master(_council):
        return {"draft": "d" * 1024, "iteration": 1}

    def critic(council):
        return {"feedback": ["too short so far"], "score": float(council["iteration"])}

    def writer(council):
        return {"draft": council["draft"]}

    def route(council):
        return "master" if council["iteration"] < iterations else "writer"

    def build(asynchronous: bool):
        builder = StateGraph(Council)
        for name, body in (("master", master), ("critic", critic), ("writer", writer)):
            builder.add_node(name, function(body, asynchronous))
        builder.add_edge(START, "master")
        builder.add_edge("master", "critic")
        builder.add_conditional_edges("critic", function(route, asynchronous), ["master", "writer"])
        builder.add_edge("writer", END)
        return builder.compile()

    def check(states: list[dict]) -> None:
        state = states[-1]
        assert len(state["feedback"]) == state["iteration"] == iterations, state["iteration"]
        assert (len(state["draft"]), len(state["topic"])) == (1024, 16)

    steps = 2 * iterations + 1
    return Workload(
        f"council {iterations}", "superstep", steps, build, lambda: {"topic": "sixteen letters."}, check, steps
    )


class Fan(TypedDict):
    numbers: Annotated[list[int], operator.add]
    count: int


def fan(branches: int, sent: bool) -> Workload:
    """A source, branches that append a number each, and a join that runs once and counts the numbers."""

    def count(fan):
        return {"count": len(fan["numbers"])}

    def append(number: int) -> dict:
        return {"numbers": [number]}

    def send(_fan):
        return [Send("branch", number) for number in range(branches)]

    def build(asynchronous: bool):
        builder = StateGraph(Fan)
        builder.add_node("source", function(nothing, asynchronous))
        builder.add_node("count", function(count, asynchronous))
        builder.add_edge(START, "source")
        if sent:
            builder.add_node("branch", function(append, asynchronous))
            builder.add_conditional_edges("source", function(send, asynchronous), ["branch"])
            builder.add_edge("branch", "count")
        else:
            names = [f"b{number}" for number in range(branches)]
            for number, name in enumerate(names):
                builder.add_node(name, function(lambda _fan, number=number: append(number), asynchronous))
                builder.add_edge("source", name)
            builder.add_edge(names, "count")
        builder.add_edge("count", END)
        return builder.compile()

    def check(states: list[dict]) -> None:
        state = states[-1]
        # LangGraph merges in the order of the nodes' names: b0, b1, b10.
        assert sorted(state["numbers"]) == list(range(branches)), len(state["numbers"])
        assert state["count"] == branches, state["count"]

    name = f"fan {branches} sent" if sent else f"fan {branches}"
    return Workload(name, "branch", branches, build, lambda: {"numbers": []}, check, branches + 2)
