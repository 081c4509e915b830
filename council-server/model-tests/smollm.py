"""Scenarios with a real language model: llama.cpp's server with SmolLM2-135M. Its texts are poor, so their quality is not tested."""

import time

from council import Council, expect, until


def settings(llama, dialect="openai", key=None, more=""):
    path = "/v1" if dialect == "openai" else ""
    return (
        f'model = "local/smollm2"\n[providers.local]\ndialect = "{dialect}"\n'
        f'base-url = "{llama.address}{path}"\nkey = "{key or llama.key}"\n{more}'
    )


def agent(name, prompt, role="agent", most=200):
    parts = {"id": name, "role": role, "systemPrompt": prompt, "model": "local/smollm2"}
    return {**parts, "temperature": 0, "maxTokens": most}


def blueprint(*agents, edges):
    edges = [{"source": source, "target": target, **more} for source, target, more in edges]
    return {"version": 2, "name": "Small", "start": agents[0]["id"], "nodes": agents, "edges": edges}


# Prompts that the model can follow.
FIRST, SECOND = (agent(name, "Write one short sentence.") for name in ("first", "second"))
CRITIC = agent("critic", "You are kind.", "critic")
AUTHORS = blueprint(FIRST, SECOND, edges=[("first", "second", {})])
WITH_CRITIC = blueprint(
    FIRST,
    CRITIC,
    SECOND,
    edges=[
        ("first", "critic", {}),
        ("critic", "second", {"type": "conditional", "condition": "approve"}),
        ("critic", "second", {"type": "conditional", "condition": "rework"}),
    ],
)
NOVELIST = blueprint(agent("novelist", "You write long novels.", most=4000), edges=[])


def streamed(llama, folder, dialect):
    with Council(folder, settings(llama, dialect)) as council:
        run = council.run("Boil an egg.", AUTHORS).watch()
        document = run.completed(120)["final_draft"]
        run.next("end")
        pieces = []
        for event in run.events:
            if event.get("node") == "second" and event["event"] == "token":
                pieces.append(event["text"])
            elif event.get("node") == "second" and event["event"] in ("tokens_withdrawn", "node_retry"):
                pieces.clear()
        expect("".join(pieces).strip() == document.strip(), f"{''.join(pieces)!r} was streamed, the document is {document!r}")
        return f"completed; the document is {document!r}, streamed in {len(pieces)} pieces"


def judged(llama, folder):
    """So small a model seldom gives a verdict: then nothing is approved. If its verdict comes to no end, the run fails with advice."""
    with Council(folder, settings(llama)) as council:
        run = council.run("Boil an egg.", WITH_CRITIC)
        result = run.end(600)
        if result["status"] == "failed":
            return f"failed with advice: {run.failed('local/smollm2', 'max tokens')}"
        score, calls = run.completed()["critic_score"], len(result["calls"])
        expect(result["approved"] == (score is not None and score >= 8), f"approved: {result['approved']}, score: {score}")
        return f"completed after {calls} calls; the score is {score}, approved: {result['approved']}"


def cancelled(llama, folder):
    with Council(folder, settings(llama)) as council:
        run = council.run("The sea", NOVELIST).watch()
        run.next("token", 120)
        expect(llama.busy_slots() == 1, "the model is not at work")
        run.cancel()
        begun = time.monotonic()
        until(30, "the end of the call at the model", lambda: llama.busy_slots() == 0)
        status = run.end()["status"]
        expect(status == "cancelled", f"the run is {status}")
        return f"the model has stopped {time.monotonic() - begun:.1f} s after the cancel"


def killed(llama, folder):
    """The model is killed in the middle of a stream, and started again while two runs wait for it."""
    with Council(folder, settings(llama)) as council:
        run = council.run("The sea", NOVELIST).watch()
        run.next("token", 120)
        llama.kill()
        reason = run.next("node_retry")["reason"]
        second = council.run("Boil an egg.", AUTHORS)
        until(60, "a run that waits", lambda: second.result()["waiting"])
        llama.start()
        run.next("token", 120)
        run.cancel()
        second.completed(120)
        return f"both runs have gone on by themselves, after: {reason}"


def too_long(llama, folder):
    with Council(folder, settings(llama)) as council:
        error = council.run("Kettles boil water. " * 450).failed("choose a model with a longer context", seconds=60)
        expect(council.metric("council_call_retries_total") == 0, "the call was made again")
        return f"failed at once: {error}"


def in_order(llama, folder, more):
    """Runs that queue, one after the other, in front of a model with one slot, which is busy. The model says how many calls it queues."""
    with Council(folder, settings(llama, more=more)) as council:
        novel = council.run("The sea", NOVELIST).watch()
        novel.next("token", 120)
        runs = []
        for number in range(1, 5):
            runs.append(council.run("Boil an egg.", AUTHORS).watch())
            runs[-1].next("node_start")
            if not more:
                until(60, f"{number} calls in the queue of the model", lambda: llama.deferred() == number)
        if more:
            expect(llama.deferred() == 0, f"{llama.deferred()} calls are in the queue of the model")
        novel.cancel()
        for run in runs:
            run.completed(240)
        # A call is made again, and loses its place, if the model has just closed the idle connection that the call takes. In the
        # queue of the server, nothing tells when a call takes its place.
        retries = council.metric("council_call_retries_total")
        ends = [run.stored("run_complete")[0]["at"] for run in runs]
        expect(more or retries or ends == sorted(ends), f"the runs have ended at {ends}")
        return f"4 of 4 runs completed, {'in order' if ends == sorted(ends) else 'not in order'}; {retries:.0f} calls were made again"


def wrong_key(llama, folder):
    with Council(folder, settings(llama, key="sk-wrong")) as council:
        run = council.run("Boil an egg.", AUTHORS)
        error = run.failed("401", seconds=60)
        expect(council.metric("council_call_retries_total") == 0, "the call was made again")
        council.stop()
        council.settings = settings(llama)
        council.start()
        run.retry()
        run.completed(120)
        return f"failed at once, completed after a retry with the right key: {error}"
