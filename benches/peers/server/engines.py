"""The two engines: a loop, and LangGraph."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypedDict

from model import Model

# No tracing: no data of a run leaves the machine.
os.environ["LANGSMITH_TRACING"] = "false"

Drive = Callable[[Any, str], Awaitable[None]]

MASTER, CRITIC, WRITER = "master_agent", "critic_agent", "writer_agent"


class Council(TypedDict, total=False):
    topic: str
    draft: str
    score: float
    document: str


def agents(model: Model) -> dict[str, Callable[[Council, Any], Awaitable[Council]]]:
    async def master(council: Council, run: Any) -> Council:
        text = await model.ask("You are the Master AI.", council["topic"], lambda text: run.token(MASTER, text))
        return {"draft": text}

    async def critic(council: Council, run: Any) -> Council:
        text = await model.ask("You are the Critic AI.", council["draft"], lambda text: run.token(CRITIC, text))
        return {"score": float(text.split("SCORE:", 1)[1].split(None, 1)[0])}

    async def writer(council: Council, run: Any) -> Council:
        text = await model.ask("You are the Writer AI.", council["draft"], lambda text: run.token(WRITER, text))
        return {"document": text}

    return {MASTER: master, CRITIC: critic, WRITER: writer}


def successor(node: str, council: Council) -> str | None:
    """The node after a node; None at the end."""
    if node == CRITIC:
        return WRITER if council["score"] >= 8 else MASTER
    return {MASTER: CRITIC, WRITER: None}[node]


async def emit_completed(run: Any, node: str, council: Council) -> str | None:
    """Emits the end of a node, and the start of the next one or the end of the run. Returns the next node."""
    complete = {"event": "node_complete", "node": node, "score": council.get("score")}
    if (following := successor(node, council)) is None:
        await run.emit(complete, {"event": "run_complete", "final_draft": council["document"]})
    else:
        await run.emit(complete, {"event": "node_start", "node": following})
    return following


@asynccontextmanager
async def plain(model: Model, _: str) -> AsyncIterator[Drive]:
    nodes = agents(model)

    async def drive(run: Any, topic: str) -> None:
        council: Council = {"topic": topic}
        node: str | None = MASTER
        while node:
            council |= await nodes[node](council, run)
            node = await emit_completed(run, node, council)

    yield drive


@asynccontextmanager
async def langgraph(model: Model, database: str) -> AsyncIterator[Drive]:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(Council)
    for name, agent in agents(model).items():

        async def node(council: Council, config: RunnableConfig, agent: Any = agent) -> Council:
            return await agent(council, config["configurable"]["run"])

        graph.add_node(name, node)
    graph.add_edge(START, MASTER)
    graph.add_edge(MASTER, CRITIC)
    graph.add_conditional_edges(CRITIC, lambda council: successor(CRITIC, council), [MASTER, WRITER])
    graph.add_edge(WRITER, END)

    async with AsyncSqliteSaver.from_conn_string(f"{database}.checkpoints") as saver:
        compiled = graph.compile(checkpointer=saver)

        async def drive(run: Any, topic: str) -> None:
            council: Council = {"topic": topic}
            config = {"configurable": {"thread_id": run.run_id, "run": run}}
            async for update in compiled.astream(council, config, stream_mode="updates", durability="sync"):
                for node, written in update.items():
                    council |= written
                    await emit_completed(run, node, council)

        yield drive


ENGINES = {"plain": plain, "langgraph": langgraph}
