"""The workload wide: a state of fifteen fields with reducers of several kinds."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from langgraph.graph import END, START, StateGraph

from measure import Workload
from plain import function


def unless_empty(current, update):
    return update or current


def if_present(current, update):
    return current if update is None else update


def replaced(_current, update):
    return update


Appended = Annotated[list, operator.add]
Union = Annotated[dict, operator.or_]


@dataclass(kw_only=True)
class Wide:
    messages: Appended = field(default_factory=list)
    trigger_events: Appended = field(default_factory=list)
    primary_issue_medium: Annotated[str, unless_empty] = "email"
    autoresponse: Annotated[dict | None, replaced] = None
    issue: Annotated[dict | None, unless_empty] = None
    relevant_rules: list | None = None
    memory_docs: list | None = None
    categorizations: Appended = field(default_factory=list)
    responses: Appended = field(default_factory=list)
    user_info: Annotated[dict | None, if_present] = None
    crm_info: Annotated[dict | None, if_present] = None
    email_thread_id: Annotated[str | None, if_present] = None
    slack_participants: Union = field(default_factory=dict)
    bot_id: str | None = None
    notified_assignees: Union = field(default_factory=dict)


LISTS = {"messages", "trigger_events", "categorizations", "responses", "relevant_rules", "memory_docs"}
TEXTS = {"primary_issue_medium", "email_thread_id", "bot_id"}
# Which field a node reads and which it writes.
NODES = {
    "one": ("messages", ["trigger_events", "primary_issue_medium"]),
    "two": ("trigger_events", ["autoresponse", "issue"]),
    "three": ("autoresponse", ["relevant_rules"]),
    "four": ("trigger_events", ["categorizations", "responses", "memory_docs"]),
    "five": (
        "categorizations",
        ["user_info", "crm_info", "email_thread_id", "slack_participants", "bot_id", "notified_assignees"],
    ),
    "six": ("responses", ["messages"]),
}


def wide(limit: int) -> Workload:
    """Six nodes in a loop until there are more messages than the limit."""

    def written(name: str, value: Any):
        if name in LISTS:
            return value if isinstance(value, list) else [value]
        if name in TEXTS:
            return "x" * limit
        return value[-1] if isinstance(value, list) else value

    def body(read: str, writes: Sequence[str]):
        return lambda state: {name: written(name, getattr(state, read)) for name in writes}

    def build(asynchronous: bool):
        builder = StateGraph(Wide)
        for name, (read, writes) in NODES.items():
            builder.add_node(name, function(body(read, writes), asynchronous))
        builder.add_edge(START, "one")
        builder.add_edge("one", "two")
        builder.add_edge("two", "three")
        builder.add_edge("two", "four")
        builder.add_edge(["three", "four"], "five")
        builder.add_edge("five", "six")
        route = function(lambda state: END if len(state.messages) > limit else "one", asynchronous)
        builder.add_conditional_edges("six", route, [END, "one"])
        return builder.compile()

    def check(states: list[dict]) -> None:
        lengths = list(dict.fromkeys(len(state["messages"]) for state in states))
        assert lengths == [1, 2, 6, 19, 60, 189, 595], lengths
        assert len(states[-1]["responses"]) == len(states[-1]["categorizations"]) == 406
        assert len(states[-1]["bot_id"]) == limit

    # Six rounds of six nodes.
    return Workload(f"wide {limit}", "run", 1, build, lambda: {"messages": [MESSAGE]}, check, 36)


SMALL = ["words" * 8, True, 1, 6_327_816_386_138, None]
MESSAGE = {f"key {outer}": {f"key {inner}": [SMALL] * 5 for inner in range(5)} for outer in range(5)}
