"""The council server under test: the real binary, its settings, and its REST API."""

import json
import os
import queue
import re
import threading
import time
import urllib.error
import urllib.request

import programs

BINARY = os.path.abspath(os.environ.get("COUNCIL_SERVER", "target/debug/council-server"))

# No settings but those of the scenario, and no proxy. The scenarios themselves use no proxy either.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

ENDED = ("completed", "failed", "cancelled")


class Failed(Exception):
    """What a scenario expected, and what came instead."""


def expect(holds, message):
    if not holds:
        raise Failed(message)


def until(seconds, what, poll):
    """Polls until the result is true, and returns it."""
    deadline = time.monotonic() + seconds
    while not (found := poll()):
        expect(time.monotonic() < deadline, f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return found


def http(method, url, body=None, headers=None):
    """Sends a request with a JSON body, and returns the body of the answer as text."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with OPENER.open(request, timeout=60) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        raise Failed(f"{method} {url} answered {error.code}: {error.read().decode()}") from None


class Council:
    """A running council server. `settings` is the text of its file, without the address, the database and the level of the log."""

    def __init__(self, folder, settings):
        self.folder, self.settings = folder, settings
        os.makedirs(folder, exist_ok=True)
        self.start()

    def start(self):
        with open(f"{self.folder}/council.toml", "w", encoding="utf-8") as file:
            file.write(f'listen = "127.0.0.1:0"\ndatabase = "council.db"\nlog = "warn"\n{self.settings}')
        with open(f"{self.folder}/log", "a", encoding="utf-8") as log:
            command = [BINARY, "--config", "council.toml"]
            with open(f"{self.folder}/output", "w", encoding="utf-8") as output:
                self.process = programs.start(command, cwd=self.folder, env=ENVIRONMENT, stdout=output, stderr=log)
        try:
            self.address = until(120, "the address of the server", self.listening)[1]
        except BaseException:
            programs.kill(self.process)
            raise

    def listening(self):
        """The line of the server that says its address."""
        ended = self.process.poll() is not None
        with open(f"{self.folder}/output", encoding="utf-8") as output:
            said = re.search(r"listening on (\S+)\n", output.read())
        expect(said or not ended, f"the server did not start: {self.logged()}")
        return said

    def logged(self):
        """The last lines of the server's log."""
        with open(f"{self.folder}/log", encoding="utf-8") as log:
            return log.read()[-1000:]

    def stop(self):
        expect(programs.stop(self.process, 60), "the server did not end within 60 s after SIGTERM")

    def __enter__(self):
        return self

    def __exit__(self, fault, *_):
        if fault:
            programs.stop(self.process, 10)
        else:
            self.stop()

    def call(self, method, path, body=None):
        return json.loads(http(method, self.address + path, body))

    def run(self, topic, blueprint=None):
        """Starts a run of this blueprint, or of the built-in council."""
        path = "/api/councils/run"
        if blueprint:
            path = f"/api/councils/{self.call('POST', '/api/councils/', blueprint)['id']}/run"
        return Run(self, self.call("POST", path, {"input_topic": topic})["run_id"])

    def metric(self, name):
        """The sum of a metric over its labels."""
        lines = http("GET", f"{self.address}/metrics").splitlines()
        return sum(float(line.split()[-1]) for line in lines if re.match(name + r"[{ ]", line))


class Run:
    """A run of a council. Its events arrive as they happen."""

    def __init__(self, server, number):
        self.server, self.id, self.events, self.arrivals = server, number, [], queue.Queue()

    def result(self):
        return self.server.call("GET", f"/api/councils/run/{self.id}")

    def cancel(self):
        return self.server.call("POST", f"/api/councils/run/{self.id}/cancel")

    def retry(self):
        return self.server.call("POST", f"/api/councils/run/{self.id}/retry")

    def stored(self, name):
        """The stored events of this name."""
        events = self.server.call("GET", f"/api/runs/{self.id}/events")
        return [event for event in events if event["event"] == name]

    def watch(self):
        """Collects the events, with the tokens, until the run ends."""
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def _watch(self):
        url = f"{self.server.address}/api/runs/{self.id}/events"
        request = urllib.request.Request(url, headers={"accept": "text/event-stream"})
        with OPENER.open(request, timeout=300) as lines:
            for line in lines:
                if line.startswith(b"data:"):
                    self.events.append(json.loads(line[5:]))
                    self.arrivals.put(self.events[-1])
        self.arrivals.put({"event": "end"})

    def next(self, name, seconds=60):
        """The next event of this name to arrive."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                event = self.arrivals.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f"no `{name}` within {seconds} s, but {self.count()}") from None
            expect(event["event"] != "end" or name == "end", f"the run ended without `{name}`: {self.count()}")
            if event["event"] == name:
                return event

    def count(self):
        """How often each event has arrived."""
        names = [event["event"] for event in self.events]
        return {name: names.count(name) for name in dict.fromkeys(names)}

    def end(self, seconds=60):
        """The result of the run, once it has ended."""
        return until(seconds, f"the end of run {self.id}", lambda: (it := self.result())["status"] in ENDED and it)

    def completed(self, seconds=60):
        result = self.end(seconds)
        expect(result["status"] == "completed", f"{result['status']}: {result['error']}")
        expect(result["final_draft"], "completed without a document")
        return result

    def failed(self, *words, seconds=60):
        """The error of the run, which contains these words."""
        result = self.end(seconds)
        expect(result["status"] == "failed", f"{result['status']} in place of failed")
        for word in words:
            expect(word.lower() in result["error"].lower(), f"the error does not say {word!r}: {result['error']}")
        return result["error"]
