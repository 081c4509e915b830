"""Scenarios with the LiteLLM proxy, whose models are mocked by its own settings in litellm.yaml."""

import faults
from council import Council, expect

TEXT = "# Kettles\n\nBoil the water first."


def settings(litellm, dialect, key="sk-of-the-proxy", author="author"):
    path = "/v1" if dialect == "openai" else ""
    return (
        f'model = "proxy/{author}"\ncritic-model = "proxy/judge"\nmodel-patience = 60\n'
        f'[providers.proxy]\ndialect = "{dialect}"\nbase-url = "{litellm.address}{path}"\nkey = "{key}"\n'
    )


def council(litellm, folder, dialect):
    with Council(folder, settings(litellm, dialect)) as server:
        run = server.run("Kettles").watch()
        result = run.completed()
        run.next("end")
        expect(result["final_draft"] == TEXT, f"the document is {result['final_draft']!r}")
        usage = result["usage"]
        expect(usage["input_tokens"] > 0 and usage["output_tokens"] > 0, f"the usage is {usage}")
        counted = server.metric("council_tokens_total")
        expect(counted == usage["input_tokens"] + usage["output_tokens"], f"the metrics count {counted} tokens, not {usage}")
        tokens = run.count()["token"]
        return f"completed; {tokens} pieces of text, {usage['input_tokens']} tokens in, {usage['output_tokens']} out"


def often(litellm, folder, dialect, status):
    """A third of the calls of master and writer fail."""
    with Council(folder, settings(litellm, dialect, author=f"often-{status}")) as server:
        runs = [server.run("Kettles") for _ in range(3)]
        for run in runs:
            result = run.completed()
            expect(result["final_draft"] == TEXT, f"the document is {result['final_draft']!r}")
        return f"3 of 3 runs completed; {server.metric('council_call_retries_total'):.0f} calls were made again"


def always(litellm, folder, dialect, status):
    """Every call of the master fails, until the run has no patience left."""
    with Council(folder, settings(litellm, dialect, author=f"always-{status}").replace("= 60", "= 2")) as server:
        error = server.run("Kettles").failed(f"HTTP {status}")
        retries = server.metric("council_call_retries_total")
        expect(retries >= 1, "the call was not made again")
        return f"failed when its patience had ended, after {retries:.0f} further attempts: {error}"


def told_at_once(litellm, folder, dialect, words, **wrong):
    with Council(folder, settings(litellm, dialect, **wrong)) as server:
        error = server.run("Kettles").failed(*words)
        expect(server.metric("council_call_retries_total") == 0, "the call was made again")
        return f"failed at once: {error}"


def relayed(litellm, folder, dialect, llmock, fault):
    """The proxy is in front of another server, whose first streams break."""
    faults.script(llmock, [fault])
    with Council(folder, settings(litellm, dialect, author="relayed")) as server:
        document = server.run("Kettles").completed()["final_draft"]
        expect(document == faults.DRAFT, f"the document is {document!r}")
        retries = server.metric("council_call_retries_total")
        expect(retries >= 1, "the call was not made again")
        return f"completed; {retries:.0f} calls were made again"
