"""Scenarios with a scripted provider: answers that break at every byte, and a provider that is away."""

import collections
import time

from council import Council, expect, until
from scripted import AGENTS, DOCUMENT, Provider, answer


def settings(address, dialect, streamed=True):
    path = "/v1" if dialect == "openai" else ""
    return (
        f'model = "scripted/model"\n[providers.scripted]\ndialect = "{dialect}"\nbase-url = "{address}{path}"\n'
        f'key = "none"\nstreaming = {str(streamed).lower()}\n'
    )


def cut(call, connection):
    """Breaks the first answer of each agent after as many bytes as its topic says, in one of three ways."""
    kind, body, _ = call.answer()
    if call.attempt > 1 or call.topic >= len(body):
        return connection.send(kind, body, len(body))
    part = body[: call.topic]
    way = (list(AGENTS).index(call.agent) + call.topic) % 3
    # Without a length, nothing tells a broken connection from the end of the answer.
    connection.send(kind, part, None if way == 0 else len(body))
    if way == 1:
        connection.reset()


def cut_at_every_byte(folder, dialect, streamed):
    bodies = {agent: answer(dialect, agent, streamed) for agent in AGENTS}
    longest = max(len(body) for _, body, _ in bodies.values())
    with Provider(cut) as provider, Council(folder, settings(provider.address, dialect, streamed)) as council:
        runs = [council.run(f"Topic {place}.") for place in range(longest)]
        for place, run in enumerate(runs):
            result = run.completed(120)
            got = result["final_draft"], result["critic_score"], result["approved"]
            expect(got == (DOCUMENT, 9, True), f"cut after {place} bytes: {got}")
            for agent, (_, body, needed) in bodies.items():
                # An answer that lacks only its end marker is complete. Without the blank line after the stop reason it may be, too.
                allowed = [1] if place >= needed else [1, 2] if streamed and place >= needed - 2 else [2]
                calls = provider.calls[place, agent]
                expect(calls in allowed, f"cut after {place} bytes: {calls} calls of the {agent}, not {allowed}")
        return f"{len(runs)} of {len(runs)} runs completed, with {provider.calls.total()} calls"


def slowly(call, connection):
    """Answers in five parts within a second. While the provider is away, its connections break."""
    provider = connection.server.provider
    kind, body, _ = call.answer()
    for part in range(5):
        time.sleep(0.2)
        if not provider.server:
            return connection.reset()
        piece = body[part * len(body) // 5 : (part + 1) * len(body) // 5]
        if part == 0:
            connection.send(kind, piece, len(body))
        else:
            connection.wfile.write(piece)
    provider.ends(call)


def away(folder, seconds, count):
    """The provider goes away when some runs are at their first agent and some at a later one, and comes back."""
    with Provider(slowly) as provider, Council(folder, settings(provider.address, "openai")) as council:
        runs = [council.run(f"Topic {number}.") for number in range(count)]
        until(60, "answers", lambda: provider.answered.total() > count * 3 // 2)
        provider.close()
        time.sleep(seconds)
        states = collections.Counter("waits" if run.result()["waiting"] else run.result()["status"] for run in runs)
        expect(set(states) <= {"waits", "running", "completed"}, f"the runs while the provider is away: {dict(states)}")
        expect(states["waits"] > 0, f"no run waits while the provider is away: {dict(states)}")
        provider.open()
        for run in runs:
            run.completed(120)
        paid_twice = [piece for piece, answers in provider.answered.items() if answers > 1]
        expect(not paid_twice, f"answered twice: {paid_twice}")
        waited = f"{states['waits']} of them were waiting"
        return f"{count} of {count} runs completed, {waited}; {provider.calls.total()} calls, no answer paid for twice"
