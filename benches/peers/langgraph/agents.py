"""The workloads subgraph and tools."""

import operator
import warnings
from functools import partial
from typing import Annotated, TypedDict
from uuid import uuid4

from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import create_react_agent, tools_condition
from langgraph.types import Send

from measure import Workload
from plain import function

BUMPED = " a" * 10


class Jokes(TypedDict):
    subjects: list[str]
    jokes: Annotated[list[str], operator.add]


class Subject(TypedDict):
    subject: str


class Told(TypedDict):
    jokes: list[str]


class Joke(Subject, Told):
    pass


def subgraph(subjects: int) -> Workload:
    """The entry sends each subject to a compiled graph of twelve supersteps."""

    def edit(joke):
        return {"subject": joke["subject"] + " - hohoho"}

    def generate(joke):
        return {"jokes": ["Joke about " + joke["subject"]]}

    def bump(joke):
        return {"jokes": [joke["jokes"][0] + " a"]}

    def route(joke):
        return END if joke["jokes"][0].endswith(BUMPED) else "bump"

    def send(jokes):
        return [Send("generate_joke", {"subject": subject}) for subject in jokes["subjects"]]

    def build(asynchronous: bool):
        inner = StateGraph(Joke, input_schema=Subject, output_schema=Told)
        for name, body in (("edit", edit), ("generate", generate), ("bump", bump)):
            inner.add_node(name, function(body, asynchronous))
        inner.add_edge(START, "edit")
        inner.add_edge("edit", "generate")
        inner.add_edge("generate", "bump")
        inner.add_conditional_edges("bump", function(route, asynchronous), [END, "bump"])
        outer = StateGraph(Jokes)
        outer.add_node("generate_joke", inner.compile())
        outer.add_conditional_edges(START, function(send, asynchronous), ["generate_joke"])
        outer.add_edge("generate_joke", END)
        return outer.compile()

    texts = [f"{number:05}" * 1000 for number in range(subjects)]

    def check(states: list[dict]) -> None:
        state = states[-1]
        assert state["jokes"] == [f"Joke about {text} - hohoho{BUMPED}" for text in texts], len(state["jokes"])

    return Workload(f"subgraph {subjects}", "run", 1, build, lambda: {"subjects": texts}, check, subjects)


def tools(calls: int, prebuilt: bool) -> Workload:
    """A model that calls a tool `calls` times and then answers.

    With `prebuilt` it is LangGraph's own agent, as in its benchmarks. Without it both nodes are plain functions.
    """
    asks = [
        AIMessage("", id=f"ask {number}", tool_calls=[
            {"id": f"call {number}", "name": "look_up", "args": {"query": str(uuid4()) * 100}}
        ])
        for number in range(calls)
    ]
    script = [*asks, AIMessage("answer" * 100, id="answer")]
    name = f"tools {calls}" if prebuilt else f"tools {calls}, plain nodes"

    def check(states: list[dict]) -> None:
        messages = states[-1]["messages"]
        assert len(messages) == 2 * calls + 2, len(messages)
        assert messages[-1].content == "answer" * 100
        assert all(len(message.content) == 36_180 for message in messages[2:-1:2])

    return Workload(
        name,
        "run",
        1,
        partial(prebuilt_agent if prebuilt else plain_agent, script),
        lambda: {"messages": [HumanMessage("hi?")]},
        check,
        2 * calls + 1,
    )


def look_up(query: str) -> str:
    return f"result for query: {query}" * 10


async def look_up_later(query: str) -> str:
    return look_up(query)


class ScriptedModel(FakeMessagesListChatModel):
    """Gives the answers of its list, in order, and starts again at the end."""

    def bind_tools(self, tools, **_kwargs):
        return self

    async def _agenerate(self, messages, stop=None, run_manager=None, **kwargs):
        return self._generate(messages, stop=stop, **kwargs)


def prebuilt_agent(script: list[AIMessage], asynchronous: bool):
    later = look_up_later if asynchronous else None
    tool = StructuredTool.from_function(look_up, coroutine=later, name="look_up", description="")
    with warnings.catch_warnings(action="ignore"):
        return create_react_agent(ScriptedModel(responses=script), [tool])


def plain_agent(script: list[AIMessage], asynchronous: bool):
    def agent(state):
        return {"messages": [script[(len(state["messages"]) - 1) // 2]]}

    def use_tool(state):
        call = state["messages"][-1].tool_calls[0]
        return {"messages": [ToolMessage(look_up(**call["args"]), tool_call_id=call["id"])]}

    builder = StateGraph(MessagesState)
    builder.add_node("agent", function(agent, asynchronous))
    builder.add_node("tools", function(use_tool, asynchronous))
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", function(tools_condition, asynchronous), ["tools", END])
    builder.add_edge("tools", "agent")
    return builder.compile()
