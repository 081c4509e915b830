"""Scenarios with llmock: it breaks its answers in the provider's own format, and judges how its client takes it."""

from council import Council, expect

DRAFT = "# Kettles\n\nFill the kettle, boil the water, warm the pot, put the tea in, pour, and wait for four minutes."
DOCUMENT = "# Kettles\n\nBoil the water first. Then pour."
REPLIES = {"author": DRAFT, "judge": "SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: Good.", "editor": DOCUMENT}


def fail(status, times=2, **more):
    return {"type": "fail", "status": status, "times": times, **more}


def stream_fault(kind, **more):
    return {"type": "stream_fault", "kind": kind, "after_chunks": 4, "times": 2, **more}


# Faults after which the council completes: the first calls of the master have them.
PASSING = {
    "429 with Retry-After": [fail(429, retry_after=1)],
    "429 without Retry-After": [fail(429)],
    "408, then 500": [fail(408, 1), fail(500, 1)],
    "502, 503, 504": [fail(502, 1), fail(503, 1), fail(504, 1)],
    "529": [fail(529)],
    "a connection that breaks": [stream_fault("disconnect")],
    "a stream that ends without its end": [stream_fault("truncate")],
    "a chunk that is no JSON": [stream_fault("malformed")],
    "a stream that stalls": [stream_fault("stall", stall_seconds=20, times=1)],
    "a first token after 3 s": [{"type": "slow_first_token", "seconds": 3}],
    "an empty answer": [{"type": "reply", "text": " ", "times": 1}],
    "a call of a tool": [{"type": "reply", "tool_calls": [{"name": "search", "arguments": {}}], "times": 1}],
    "a filtered answer": [{"type": "reply", "text": "# Kettles", "finish_reason": "content_filter", "times": 1}],
}

# Faults that are told at once, with the words that the error has to contain. The run can be taken up once they have been mended.
FINAL = {
    "401": ([fail(401, None)], "401"),
    "403": ([fail(403, None)], "403"),
    "404": ([fail(404, None)], "404"),
    "400": ([fail(400, None)], "400"),
    "an exhausted account": ([fail(429, None, code="insufficient_quota", message="You exceeded your current quota")], "quota"),
}


def settings(llmock, dialect):
    path = "/v1" if dialect == "openai" else "/anthropic"
    return (
        'model = "mock/author"\ncritic-model = "mock/judge"\nwriter-model = "mock/editor"\n'
        f'[providers.mock]\ndialect = "{dialect}"\nbase-url = "{llmock.address}{path}"\nkey = "sk-mock"\nbetween-tokens-timeout = 2\n'
    )


def script(llmock, faults):
    first = [{**fault, "match": {"model": "author"}} for fault in faults]
    replies = [{"type": "reply", "text": text, "times": None, "match": {"model": name}} for name, text in REPLIES.items()]
    llmock.script(*first, *replies)


def passing(llmock, council, faults):
    script(llmock, faults)
    result = council.run("Kettles").completed(60)
    got = result["final_draft"], result["critic_score"], result["approved"]
    expect(got == (DOCUMENT, 9, True), f"the result is {got}")
    llmock.expect_no_finding()
    return f"completed with {llmock.attempts()} attempts; llmock has found nothing"


def final(llmock, council, faults, word):
    script(llmock, faults)
    run = council.run("Kettles")
    error = run.failed(word)
    expect(llmock.attempts() == 1, f"{llmock.attempts()} attempts")
    script(llmock, [])
    run.retry()
    run.completed()
    return f"failed at once, completed after a retry: {error}"


def quota(llmock, council, count):
    """llmock has a quota of requests, which refills evenly. Each answer says how much is left, a refusal says how long to wait."""
    script(llmock, [])
    runs = [council.run(f"Topic {number}.") for number in range(count)]
    for run in runs:
        run.completed(150)
    llmock.expect_no_finding()
    return f"{count} of {count} runs completed; {llmock.attempts() - 3 * count} calls were refused; llmock has found nothing"


# About one call in five is refused or breaks.
STORM = "--error-rate 429=0.07 --error-rate 500=0.03 --error-rate 503=0.03 --stream-chunk-delay-ms 10".split()
STORM += "--stream-fault disconnect=0.03 --stream-fault truncate=0.03 --stream-fault malformed=0.02".split()


def storm(llmock, council, count):
    script(llmock, [])
    runs = [council.run(f"Topic {number}.") for number in range(count)]
    for run in runs:
        document = run.completed(150)["final_draft"]
        expect(document == DOCUMENT, f"the document is {document!r}")
    llmock.expect_no_finding("error")
    retries = council.metric("council_call_retries_total")
    return f"{count} of {count} runs completed; {retries:.0f} calls were made again; llmock has found no error"
