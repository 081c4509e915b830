// The program itself, as a user starts it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A server with a database of its own. */
export class Server {
  #child;
  #log = [];
  #options;
  #folder;
  /** The path of the page, with a slash at its end. */
  #path;

  /** Starts the program on a free port; `provider` is the address of its models. */
  static async start({ provider, model = "openai/example", flags = [] } = {}) {
    const server = new Server();
    server.#options = { provider, model, flags };
    server.#folder = await mkdtemp(path.join(tmpdir(), "council-page-"));
    await server.#run("127.0.0.1:0");
    return server;
  }

  /** The address of the page. */
  get url() {
    return this.origin + this.#path;
  }

  /** The text on standard error. */
  get log() {
    return this.#log.join("");
  }

  /** Sends a request to the API. */
  async request(method, path, body) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(this.url + path.slice(1), { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  }

  /** Kills the process. */
  async kill() {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  /** Starts the server again on the same port and database, with these options instead of the former ones. */
  async again(options = {}) {
    await this.#run(new URL(this.origin).host, options);
  }

  /** Ends the server, and removes its database. */
  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(listen, options = {}) {
    const { provider, model, flags } = { ...this.#options, ...options };
    const database = path.join(this.#folder, "council.db");
    const environment = Object.entries(process.env).filter(([name]) => !READ.some((prefix) => name.startsWith(prefix)));
    const arguments_ = ["--listen", listen, "--model", model, "--database", database, ...flags];
    this.#child = spawn(program(), arguments_, {
      env: { ...Object.fromEntries(environment), ...(provider && { OPENAI_BASE_URL: provider.baseUrl }) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => this.#log.push(text));
    const ended = once(this.#child, "exit").then(([code]) => {
      throw new Error(`the server ended with ${code}: ${this.log}`);
    });
    const said = once(createInterface(this.#child.stdout), "line");
    const [line] = await Promise.race([said, ended]);
    ended.catch(() => {});
    const address = new URL(line.replace("council-server listening on ", ""));
    this.origin = address.origin;
    this.#path = address.pathname;
  }
}

/** The binary that cargo has built. */
function program() {
  const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../../target", import.meta.url));
  return path.join(target, "debug", "council-server");
}

/** The variables of the environment that the program reads. */
const READ = ["COUNCIL_", "ANTHROPIC_", "OPENAI_", "OLLAMA_", "RUST_"];
