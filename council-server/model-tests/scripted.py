"""A provider of models whose answers a script sends, breaks and withholds, over plain sockets."""

import collections
import json
import re
import socket
import socketserver
import struct
import sys
import threading

DRAFT = "# Kettles\n\nBoil the water first \u2013 then pour."
VERDICT = "SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: \u00bbGood.\u00ab"
DOCUMENT = "# Kettles\n\nBoil the water first \u2013 then pour. Drink."
# Each agent, with words of its prompt and its answer.
AGENTS = {"master": ("Master AI", DRAFT), "critic": ("Critic AI", VERDICT), "writer": ("Writer AI", DOCUMENT)}


def openai(text, streamed):
    """An answer of OpenAI's Chat Completions."""
    usage = {"prompt_tokens": 5, "completion_tokens": 7}
    if not streamed:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return whole({"choices": [choice], "usage": usage})
    deltas = [{"role": "assistant"}, {"content": text[:20]}, {"content": text[20:]}]
    events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return stream([f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events], ["data: [DONE]\n\n"])


def anthropic(text, streamed):
    """An answer of Anthropic's Messages."""
    usage = {"input_tokens": 5, "output_tokens": 7}
    if not streamed:
        content = [{"type": "text", "text": text}]
        return whole({"type": "message", "role": "assistant", "content": content, "stop_reason": "end_turn", "usage": usage})
    events = [
        {"type": "message_start", "message": {"type": "message", "role": "assistant", "content": [], "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text[:20]}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text[20:]}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]
    events = [f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    return stream(events[:-1], events[-1:])


def stream(needed, last):
    return "text/event-stream", "".join(needed + last).encode(), len("".join(needed).encode())


def whole(value):
    body = json.dumps(value, ensure_ascii=False).encode()
    return "application/json", body, len(body)


def answer(dialect, agent, streamed):
    """The type of the answer, its body, and the number of bytes without which it is incomplete."""
    text = AGENTS[agent][1]
    return openai(text, streamed) if dialect == "openai" else anthropic(text, streamed)


class Call:
    """A request: its agent, the number in its topic, and how often the agent of that topic has called."""

    def __init__(self, path, body):
        self.dialect = "anthropic" if path.endswith("/messages") else "openai"
        self.streamed = body.get("stream", False)
        text = json.dumps(body)
        self.agent = next(agent for agent, (words, _) in AGENTS.items() if words in text)
        self.topic = int(re.search(r"Topic (\d+)\.", text)[1])
        self.attempt = 0

    def answer(self):
        return answer(self.dialect, self.agent, self.streamed)


class Provider:
    """A provider of models on loopback. It gives each call to `answer(call, connection)`, and notes the calls and the whole answers."""

    def __init__(self, answer):
        self.answer, self.lock, self.server, self.port = answer, threading.Lock(), None, 0
        self.calls, self.answered = collections.Counter(), collections.Counter()
        self.fault = None
        self.open()

    def open(self):
        self.server = Listener(("127.0.0.1", self.port), Connection)
        self.server.provider, self.port = self, self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        """Refuses connections from now on. Connections that were made before stay open."""
        server, self.server = self.server, None
        if server:
            server.shutdown()
            server.server_close()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def begins(self, call):
        with self.lock:
            self.calls[call.topic, call.agent] += 1
            call.attempt = self.calls[call.topic, call.agent]

    def ends(self, call):
        with self.lock:
            self.answered[call.topic, call.agent] += 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
        if self.fault:
            raise self.fault


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, block_on_close, request_queue_size = True, True, False, 4096

    def handle_error(self, *_):
        """A client that has gone is no fault of the script. Every other exception fails the scenario."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.provider.fault = error


class Connection(socketserver.StreamRequestHandler):
    """A connection with one call."""

    def handle(self):
        request, length = self.rfile.readline().decode(), 0
        while line := self.rfile.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        body = self.rfile.read(length)
        if not request or len(body) < length:
            # The client has gone.
            return
        call = Call(request.split(" ")[1], json.loads(body))
        provider = self.server.provider
        provider.begins(call)
        provider.answer(call, self)

    def send(self, kind, body, length=None):
        """Sends the head of an answer and this part of its body. Without a length the body ends with the connection."""
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n"
        head += "" if length is None else f"content-length: {length}\r\n"
        self.wfile.write(head.encode() + b"\r\n" + body)

    def reset(self):
        """Breaks the connection: the client receives an error in place of an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
