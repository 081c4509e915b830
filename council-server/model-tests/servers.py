"""The real servers of models, which nobody of this project wrote: each is started unmodified, on a port of its own."""

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request

from council import ENVIRONMENT, expect, http, until

HERE = os.path.dirname(os.path.abspath(__file__))
# The programs of the virtual environment.
PROGRAMS = os.path.abspath(os.environ.get("MODEL_SERVERS", "target/chaos/venv")) + "/bin"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until(120, f"a server that answers, see {self.log}", lambda: self.answers(self.health))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def answers(self, path):
        expect(self.process.poll() is None, f"the server has ended: see {self.log}")
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


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
