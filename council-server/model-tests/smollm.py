"""Scenarios with a real language model: llama.cpp's server with SmolLM2-135M. Its texts are poor, so only their way is tested."""

import time

from council import Council, expect, until


def settings(llama, dialect="openai", key="none", longest=24, **more):
    path = "/v1" if dialect == "openai" else ""
    more = "".join(f"{name.replace('_', '-')} = {value}\n" for name, value in more.items())
    return (
        f'model = "local/smollm2"\nmax-iterations = 1\nmax-tokens = {longest}\n'
        f'[providers.local]\ndialect = "{dialect}"\nbase-url = "{llama.address}{path}"\nkey = "{key}"\n{more}'
    )


# Two authors, one after the other, with prompts that the model can follow.
AUTHORS = {
    "version": 2,
    "name": "Two authors",
    "start": "first",
    "nodes": [
        {"id": name, "role": "agent", "systemPrompt": "Write one short sentence.", "temperature": 0, "maxTokens": 40}
        for name in ("first", "second")
    ],
    "edges": [{"source": "first", "target": "second"}],
}


def authors(llama, folder, dialect):
    with Council(folder, settings(llama, dialect)) as council:
        run = council.run("Boil an egg.", AUTHORS).watch()
        result = run.completed(120)
        run.next("end")
        streamed = "".join(event["text"] for event in run.events if event["event"] == "token" and event["node"] == "second")
        expect(streamed.strip() == result["final_draft"].strip(), f"streamed {streamed!r}, the document is {result['final_draft']!r}")
        return f"completed; {run.count()['token']} tokens streamed; {result['final_draft']!r}"


def cancelled(llama, folder):
    """A cancel in the middle of a stream ends the call at the model, too."""
    with Council(folder, settings(llama, longest=2000)) as council:
        run = council.run("Boil an egg.").watch()
        run.next("token")
        expect(llama.busy_slots() == 1, "the model is not at work")
        run.cancel()
        begun = time.monotonic()
        until(20, "the end of the call at the model", lambda: llama.busy_slots() == 0)
        expect(run.end()["status"] == "cancelled", f"the run is {run.result()['status']}")
        return f"the model stopped after {time.monotonic() - begun:.1f} s"
