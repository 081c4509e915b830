"""Whole councils by the real council server over real servers of models, and a scripted one that breaks. One line for each scenario."""

import signal
import sys
import tempfile
import threading
import time
import traceback

import broken
import faults
import programs
import proxied
import smollm
from council import Council, Failed
from servers import LiteLlm, Llama, LlMock

PRINTING, FAULTS = threading.Lock(), []


def scenario(name, play, *arguments):
    """Plays a scenario, and prints what came out of it."""
    begun = time.monotonic()
    try:
        outcome = play(*arguments)
    except Exception as error:
        failed(name, error)
    else:
        say(f"ok     {name}: {outcome} ({time.monotonic() - begun:.0f} s)")


def failed(name, error):
    FAULTS.append(name)
    say(f"FAILED {name}: {error if isinstance(error, Failed) else ''.join(traceback.format_exception(error))}")


def say(line):
    with PRINTING:
        print(line, flush=True)


def scripted(folder):
    for dialect in DIALECTS:
        for streamed in (True, False):
            name = f"{dialect}, {'streamed' if streamed else 'whole'} answers cut at every byte"
            scenario(name, broken.cut_at_every_byte, f"{folder}/{dialect}-{streamed}", dialect, streamed)


def outage(folder):
    scenario("a provider that is away for 20 s under 40 runs", broken.away, folder, 20, 40)


def llama(folder):
    with Llama(folder) as server:

        def play(name, play, *arguments):
            scenario(f"llama.cpp, {name}", play, server, f"{folder}/{name.replace(' ', '-')}", *arguments)

        for dialect in DIALECTS:
            play(f"{dialect}, two authors", smollm.streamed, dialect)
        play("two authors and a critic", smollm.judged)
        play("a cancel in the middle of a stream", smollm.cancelled)
        play("killed in the middle of a stream", smollm.killed)
        play("a topic that is too long", smollm.too_long)
        play("one slot under four runs, queued by the model", smollm.in_order, "")
        play("one slot under four runs, queued by the server", smollm.in_order, "concurrency = 1\n")
        play("a wrong key", smollm.wrong_key)


def litellm(folder):
    def in_dialect(dialect):
        place = f"{folder}/{dialect}"

        def play(name, play, *arguments, **wrong):
            council = f"{place}/{name.replace(' ', '-')}"
            scenario(f"LiteLLM, {dialect}, {name}", lambda: play(server, council, dialect, *arguments, **wrong))

        with LlMock(place, "--stream-chunk-delay-ms", "30") as behind, LiteLlm(place, behind) as server:
            play("a council", proxied.council)
            # LiteLLM mocks 408 in OpenAI's dialect only.
            for status in (429, 500, 408) if dialect == "openai" else (429, 500):
                play(f"a third of the calls fail with {status}", proxied.often, status)
                play(f"all calls fail with {status}", proxied.always, status)
            play("a stream that breaks behind the proxy", proxied.relayed, behind, faults.stream_fault("disconnect"))
            play("429 behind the proxy", proxied.relayed, behind, faults.fail(429, retry_after=1))
            play("a wrong key", proxied.told_at_once, ["answered HTTP 40"], key="sk-wrong")
            play("an unknown model", proxied.told_at_once, ["answered HTTP 40"], author="unknown")
            play("a request that is too long", proxied.told_at_once, ["context window"], author="too-long")

    side_by_side({dialect: in_dialect for dialect in DIALECTS})


def llmock(folder):
    def in_dialect(dialect):
        place = f"{folder}/{dialect}"
        # Pauses between the pieces, so that no stream ends before its client has seen the fault.
        with LlMock(place, "--stream-chunk-delay-ms", "30") as server, Council(place, faults.settings(server, dialect)) as council:
            for name, behaviors in faults.PASSING.items():
                scenario(f"llmock, {dialect}, {name}", faults.passing, server, council, behaviors)
            for name, (behaviors, word) in faults.FINAL.items():
                scenario(f"llmock, {dialect}, {name}", faults.final, server, council, behaviors, word)

    side_by_side({dialect: in_dialect for dialect in DIALECTS})


def quota(folder):
    with LlMock(folder, "--rpm", "120") as server, Council(folder, faults.settings(server, "openai")) as council:
        scenario("llmock, a quota of 120 calls a minute under 50 runs", faults.quota, server, council, 50)


def storm(folder):
    def in_dialect(dialect):
        place = f"{folder}/{dialect}"
        with LlMock(place, *faults.STORM) as server, Council(place, faults.settings(server, dialect)) as council:
            scenario(f"llmock, {dialect}, random faults under 50 runs", faults.storm, server, council, 50)

    side_by_side({dialect: in_dialect for dialect in DIALECTS})


DIALECTS = ("openai", "anthropic")
GROUPS = {group.__name__: group for group in (scripted, outage, llama, litellm, llmock, quota, storm)}


def side_by_side(plays):
    """Plays each of these with its name, at the same time."""
    threads = [threading.Thread(target=play, args=(name,), daemon=True) for name, play in plays.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    names = sys.argv[1:] or list(GROUPS)
    # As Ctrl-C does: the programs that the scenarios have started end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            side_by_side({name: lambda name: group(name, f"{folder}/{name}") for name in names})
        finally:
            # Scenarios that are not at an end say nothing about the programs that are killed.
            PRINTING.acquire()
            programs.kill_all()
    if FAULTS:
        sys.exit("FAILED: " + "; ".join(FAULTS))


def group(name, folder):
    """Plays a group of scenarios. A server of models that does not start is a fault of the group."""
    try:
        GROUPS[name](folder)
    except Exception as error:
        failed(name, error)


main()
