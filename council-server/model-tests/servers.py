"""The real servers of models, which nobody of this project wrote: each is started unmodified, on a port of its own."""

import itertools
import json
import os
import random
import socket
import urllib.error

import programs
from council import ENVIRONMENT, OPENER, Failed, expect, http, until

HERE = os.path.dirname(os.path.abspath(__file__))
# The programs of the virtual environment.
PROGRAMS = os.path.abspath(os.environ.get("MODEL_SERVERS", "target/chaos/venv")) + "/bin"


# Below the ports that a system gives to outgoing connections, so no connection takes a port before its server listens.
PORTS = itertools.count(random.randrange(10_000, 30_000))


def free_port():
    """A port that nothing uses. No two servers get the same."""
    for port in PORTS:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class ModelServer:
    """A process that listens on `port`, until the end of the `with` block."""

    def __init__(self, folder, name, command, health, **environment):
        self.port, self.log = free_port(), f"{folder}/{name}.log"
        self.address = f"http://127.0.0.1:{self.port}"
        os.makedirs(folder, exist_ok=True)
        self.command, self.health = [word.replace("PORT", str(self.port)) for word in command], health
        self.environment = {**ENVIRONMENT, **environment}
        self.start()

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = programs.start(self.command, env=self.environment, stdout=log, stderr=log)
        try:
            until(300, "a server of models that answers", lambda: self.answers(self.health))
        except BaseException:
            self.kill()
            raise

    def kill(self):
        programs.kill(self.process)

    def answers(self, path):
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                raise Failed(f"the server of models has ended: {log.read()[-1000:]}")
        try:
            with OPENER.open(self.address + path, timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        programs.stop(self.process, 10)


class Llama(ModelServer):
    """llama.cpp's server with the model SmolLM2-135M and one slot."""

    key = "sk-of-the-model"

    def __init__(self, folder):
        super().__init__(folder, "llama", [f"{PROGRAMS}/python", f"{HERE}/llama_server.py", "PORT", self.key], "/health")

    def get(self, path):
        return http("GET", self.address + path, headers={"authorization": f"Bearer {self.key}"})

    def busy_slots(self):
        return sum(slot["is_processing"] for slot in json.loads(self.get("/slots")))

    def deferred(self):
        """The number of calls that wait for a slot."""
        lines = self.get("/metrics").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("llamacpp:requests_deferred "))


class LiteLlm(ModelServer):
    """The LiteLLM proxy. Its models are mocked by its own settings, but for one that is behind llmock."""

    def __init__(self, folder, llmock):
        command = [f"{PROGRAMS}/litellm", "--config", f"{HERE}/litellm.yaml", "--host", "127.0.0.1", "--port", "PORT"]
        offline = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}
        super().__init__(folder, "litellm", command, "/health/liveliness", LLMOCK_BASE=f"{llmock.address}/v1", **offline)


class LlMock(ModelServer):
    """llmock: breaks its answers on demand, and judges how its client takes it."""

    def __init__(self, folder, *options):
        super().__init__(folder, "llmock", [f"{PROGRAMS}/llmock", "serve", "--port", "PORT", *options], "/health")

    def script(self, *behaviors):
        """Forgets everything, and has these behaviours for the next requests."""
        http("POST", f"{self.address}/_llmock/reset")
        http("POST", f"{self.address}/_llmock/scenario", {"behaviors": list(behaviors)})

    def attempts(self):
        return json.loads(http("GET", f"{self.address}/_llmock/verdict"))["attempts"]

    def expect_no_finding(self, severity=""):
        findings = json.loads(http("GET", f"{self.address}/_llmock/verdict"))["findings"]
        findings = [finding for finding in findings if severity in finding["severity"]]
        found = "; ".join(f"{finding['code']}: {finding['title']}" for finding in findings)
        expect(not findings, f"llmock has found {found}")
