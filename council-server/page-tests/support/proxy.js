// A reverse proxy in front of the server, with the habits of real ones.

import http from "node:http";
import net from "node:net";
import { once } from "node:events";

/** A proxy that passes everything on, except what its options say. */
export class Proxy {
  #listener;
  #target;
  #options;

  /**
   * Listens on a free port. Without `sockets`, WebSockets are refused. With `buffers`, answers are held back until they are complete.
   * With `ownHost`, the header `Host` has the address of the server instead of the address of the proxy, as many proxies send it.
   */
  static async start(server, options = {}) {
    const proxy = new Proxy();
    proxy.#target = new URL(server.origin);
    proxy.#options = { sockets: false, buffers: false, ownHost: false, ...options };
    proxy.#listener = http.createServer((request, response) => proxy.#pass(request, response));
    proxy.#listener.on("upgrade", (request, socket, head) => proxy.#upgrade(request, socket, head));
    proxy.#listener.listen(0, "127.0.0.1");
    await once(proxy.#listener, "listening");
    proxy.origin = `http://127.0.0.1:${proxy.#listener.address().port}`;
    return proxy;
  }

  get url() {
    return `${this.origin}/`;
  }

  stop() {
    this.#listener.close();
    this.#listener.closeAllConnections();
  }

  #headers({ headers }) {
    return this.#options.ownHost ? { ...headers, host: this.#target.host } : headers;
  }

  #pass(request, response) {
    const { hostname: host, port } = this.#target;
    const passed = http.request({ host, port, path: request.url, method: request.method, headers: this.#headers(request) }, async (answer) => {
      if (!this.#options.buffers) {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
        return;
      }
      const pieces = await answer.toArray().catch(() => []);
      response.writeHead(answer.statusCode, answer.headers);
      response.end(Buffer.concat(pieces));
    });
    passed.on("error", () => response.destroy());
    response.on("close", () => passed.destroy());
    request.pipe(passed);
  }

  #upgrade(request, socket, head) {
    socket.on("error", () => socket.destroy());
    if (!this.#options.sockets) return socket.end("HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n");
    const passed = net.connect(Number(this.#target.port), this.#target.hostname, () => {
      const headers = Object.entries(this.#headers(request)).map(([name, value]) => `${name}: ${value}\r\n`);
      passed.write(`GET ${request.url} HTTP/1.1\r\n${headers.join("")}\r\n`);
      passed.write(head);
      passed.pipe(socket).pipe(passed);
    });
    passed.on("error", () => socket.destroy());
    socket.on("close", () => passed.destroy());
  }
}
