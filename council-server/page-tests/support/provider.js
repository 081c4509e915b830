// A model provider on loopback with the API of OpenAI. It answers from a script, or when a test tells it to.

import http from "node:http";
import { once } from "node:events";

/** Answers every call by `script(call)`, except those that a test holds back. */
export class Provider {
  #server;
  #script;
  #holds = [];

  /** Listens on a free port. */
  static async start(script) {
    const provider = new Provider();
    provider.#script = script;
    provider.#server = http.createServer((request, response) => provider.#serve(request, response));
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    return provider;
  }

  /** The value for `OPENAI_BASE_URL`. */
  get baseUrl() {
    return `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  /** Holds back the answers to later calls for which `matches(call)` is true. */
  hold(matches) {
    const hold = new Hold(matches);
    this.#holds.push(hold);
    return hold;
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request, response) {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const call = new Call(JSON.parse(body), response, this.#script);
    const hold = this.#holds.find((hold) => hold.holds(call));
    if (hold) hold.take(call);
    else call.answer();
  }
}

/** The calls that a test holds back. */
class Hold {
  #matches;
  #calls = [];
  #waiting = [];
  #released = false;

  constructor(matches) {
    this.#matches = matches;
  }

  holds(call) {
    return !this.#released && this.#matches(call);
  }

  take(call) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(call);
    else this.#calls.push(call);
  }

  /** The next call that is held back, once it has arrived. */
  next() {
    const call = this.#calls.shift();
    return call ? Promise.resolve(call) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Answers all waiting calls, and holds no later calls back. */
  release() {
    this.#released = true;
    for (const call of this.#calls.splice(0)) call.answer();
  }
}

/** One call of a model: its request, and the stream of its answer. */
export class Call {
  #response;
  #script;

  constructor(body, response, script) {
    this.model = body.model;
    this.system = body.messages.find((message) => message.role === "system")?.content ?? "";
    this.user = body.messages.filter((message) => message.role === "user").map((message) => message.content).join("\n");
    this.agent = AGENTS.find(([name]) => this.system.includes(name))?.[1] ?? null;
    this.topic = /^<topic(?:-\d+)?>\n([^]*?)\n<\/topic/.exec(this.user)?.[1] ?? this.user;
    /** The number of reworks so far. */
    this.reworks = this.user.split("<feedback").length - 1;
    this.#response = response;
    this.#script = script;
  }

  /** Sends a piece of the answer. */
  write(text) {
    this.#begin();
    this.#send({ choices: [{ index: 0, delta: { content: text } }] });
  }

  /** Ends the answer, for this reason. */
  end(reason = "stop") {
    this.#begin();
    this.#send({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
    this.#send({ choices: [], usage: { prompt_tokens: 120, completion_tokens: 80 } });
    this.#response.end("data: [DONE]\n\n");
  }

  /** Sends the answer that the script has for this call, in pieces. */
  answer() {
    for (const piece of this.#script(this).match(/\s*\S+/g) ?? []) this.write(piece);
    this.end();
  }

  /** Closes the connection in the middle of the answer, after the pieces that were written are sent. */
  breakOff() {
    this.#response.write(": the end\n\n", () => this.#response.destroy());
  }

  /** Refuses the call; `retryAfter` are the seconds that it asks to wait. */
  refuse(status, message, { retryAfter } = {}) {
    this.#response.writeHead(status, { "content-type": "application/json", ...(retryAfter && { "retry-after": retryAfter }) });
    this.#response.end(JSON.stringify({ error: { message } }));
  }

  #begin() {
    if (!this.#response.headersSent) this.#response.writeHead(200, { "content-type": "text/event-stream" });
  }

  #send(data) {
    // The server may have been killed.
    if (!this.#response.destroyed) this.#response.write(`data: ${JSON.stringify(data)}\n\n`);
  }
}

const AGENTS = [
  ["Master AI", "master_agent"],
  ["Critic AI", "critic_agent"],
  ["Writer AI", "writer_agent"],
];
