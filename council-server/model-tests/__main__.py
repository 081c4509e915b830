"""Whole councils by the real council server over real servers of models, and over a scripted one that breaks. One line for each scenario."""

import sys
import tempfile
import threading
import time
import traceback

import broken
import faults
import proxied
import smollm
from council import Council, Failed
from servers import LiteLlm, Llama, LlMock

# Threads print and note their faults here.
PRINTING, FAULTS = threading.Lock(), []


def scenario(name, play, *arguments):
    """Plays a scenario, and prints what came out of it."""
    begun = time.monotonic()
    try:
        outcome, mark = play(*arguments), "ok    "
    except Exception as error:
        outcome, mark = str(error) if isinstance(error, Failed) else traceback.format_exc(), "FAILED"
    with PRINTING:
        print(f"{mark} {name}: {outcome} ({time.monotonic() - begun:.0f} s)", flush=True)
        if mark == "FAILED":
            FAULTS.append(name)


def scripted(folder):
    for dialect in ("openai", "anthropic"):
        for streamed in (True, False):
            name = f"{dialect}, {'streamed' if streamed else 'whole'} answers cut at every byte"
            scenario(name, broken.cut_at_every_byte, f"{folder}/{dialect}-{streamed}", dialect, streamed)


def outage(folder):
    scenario("a provider that is away for 20 s under 40 runs", broken.away, folder, 20, 40)


def llmock(folder):
    with LlMock(folder) as server:
        for dialect in ("openai", "anthropic"):
            with Council(f"{folder}/{dialect}", faults.settings(server, dialect)) as council:
                for name, behaviors in faults.PASSING.items():
                    scenario(f"llmock, {dialect}, {name}", faults.passing, server, council, behaviors)
                for name, (behaviors, word) in faults.FINAL.items():
                    scenario(f"llmock, {dialect}, {name}", faults.final, server, council, behaviors, word)


def litellm(folder):
    with LiteLlm(folder) as server:
        for dialect in ("openai", "anthropic"):
            def play(name, play, *arguments, **wrong):
                place = f"{folder}/{dialect}-{name.replace(' ', '-')}"
                scenario(f"LiteLLM, {dialect}, {name}", lambda: play(server, place, dialect, *arguments, **wrong))

            play("a council", proxied.council)
            # LiteLLM mocks 408 in OpenAI's dialect only.
            for status in (429, 500, 408)[: 3 if dialect == "openai" else 2]:
                play(f"a third of the calls fail with {status}", proxied.often, status)
                play(f"all calls fail with {status}", proxied.always, status)
            play("a wrong key", proxied.told_at_once, ["answered HTTP 40"], key="sk-wrong")
            play("an unknown model", proxied.told_at_once, ["answered HTTP 40"], author="unknown")
            play("a request that is too long", proxied.told_at_once, ["context window"], author="too-long")


def llama(folder):
    with Llama(folder) as server:
        def play(name, play, *arguments):
            scenario(f"llama.cpp, {name}", play, server, f"{folder}/{name.replace(' ', '-')}", *arguments)

        for dialect in ("openai", "anthropic"):
            play(f"{dialect}, two authors", smollm.streamed, dialect)
            play(f"{dialect}, two authors and a critic", smollm.judged, dialect)
        play("a cancel in the middle of a stream", smollm.cancelled)
        play("a topic that is too long", smollm.too_long)
        play("one slot under four runs, queued by the model", smollm.in_order, "")
        play("one slot under four runs, queued by the server", smollm.in_order, "concurrency = 1\n")
        play("a wrong key", smollm.wrong_key)


def quota(folder):
    with LlMock(folder, "--rpm", "120") as server, Council(f"{folder}/council", faults.settings(server, "openai")) as council:
        scenario("llmock, a quota of 120 calls a minute under 50 runs", faults.quota, server, council, 50)


GROUPS = {"llama": llama, "litellm": litellm, "llmock": llmock, "quota": quota, "scripted": scripted, "outage": outage}


def main():
    names = sys.argv[1:] or list(GROUPS)
    with tempfile.TemporaryDirectory() as folder:
        threads = [threading.Thread(target=GROUPS[name], args=(f"{folder}/{name}",)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if FAULTS:
        sys.exit("FAILED: " + "; ".join(FAULTS))


main()
