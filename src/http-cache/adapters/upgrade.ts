import { type IncomingMessage, STATUS_CODES, request as startRequest } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { endToEnd, Fields } from "../message/fields.js";
import { hasBody, headOf } from "./node-message.js";
import type { Origin } from "./proxy.js";

/** What a proxy does with requests that leave HTTP, such as those for WebSocket. */
export interface UpgradeLimits {
  /** The names of protocols that may be asked for, in lower case. */
  readonly protocols: readonly string[];
  /** The most connections that have left HTTP. */
  readonly maxConnections: number;
  /** Milliseconds without a byte in either direction after which such a connection ends. */
  readonly idleMs: number;
}

/** Connections that have left HTTP, each with its own connection to the origin. The cache sees none of it. */
export class Upgrades {
  readonly #origin: Origin;
  readonly #limits: UpgradeLimits;
  readonly #sockets = new Set<Duplex>();

  constructor(origin: Origin, limits: UpgradeLimits) {
    this.#origin = origin;
    this.#limits = limits;
  }

  /** Never throws. @param head the first bytes after the request */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const protocol = request.headers.upgrade?.trim().toLowerCase() ?? "";
    const status = this.#refusal(request, protocol);
    if (status !== undefined) {
      refuse(socket, status);
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    this.#ask(request, protocol, socket, head);
  }

  #refusal(request: IncomingMessage, protocol: string): number | undefined {
    if (request.method !== "GET" || hasBody(request)) return 400;
    // A second HTTP in the connection, such as h2c, would pass all checks before this server.
    if (!this.#limits.protocols.includes(protocol)) return 501;
    return this.#sockets.size >= this.#limits.maxConnections ? 503 : undefined;
  }

  /** Ends all connections. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #ask(request: IncomingMessage, protocol: string, socket: Duplex, head: Buffer): void {
    const { host, port, idleMs } = this.#origin;
    const { fields, target, authority } = headOf(request);
    const sent = endToEnd(fields)
      .without(HOST)
      .with(["Host", authority], ["Connection", "Upgrade"], ["Upgrade", protocol]);
    const asked = startRequest({
      host,
      port,
      agent: false,
      path: target,
      headers: sent.toRaw(),
      setHost: false,
      timeout: idleMs,
    });
    socket.once("close", () => asked.destroy());
    asked.on("timeout", () => asked.destroy(new Error("the origin did not answer")));
    asked.on("error", () => {
      // After the response has begun, its reader ends the connection.
      if (!socket.destroyed && !isAnswered) refuse(socket, 502);
    });
    let isAnswered = false;
    asked.on("upgrade", (response, other: Duplex, otherHead: Buffer) => {
      isAnswered = true;
      const own = endToEnd(Fields.ofRaw(response.rawHeaders));
      const answered = response.headers.upgrade ?? protocol;
      socket.write(headText(101, own.with(["Connection", "Upgrade"], ["Upgrade", answered])), "latin1");
      this.#join(socket, head, other, otherHead);
    });
    asked.on("response", (response) => {
      isAnswered = true;
      const own = endToEnd(Fields.ofRaw(response.rawHeaders));
      socket.write(headText(response.statusCode ?? 502, own.with(["Connection", "close"])), "latin1");
      pipeline(response, socket).catch(() => socket.destroy());
    });
    asked.end();
  }

  #join(socket: Duplex, head: Buffer, other: Duplex, otherHead: Buffer): void {
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      other.destroy();
    };
    const timer = setTimeout(end, this.#limits.idleMs);
    for (const each of [socket, other]) {
      each.on("data", () => timer.refresh());
      each.on("error", end);
      each.once("close", end);
    }
    if (head.length > 0) other.write(head);
    if (otherHead.length > 0) socket.write(otherHead);
    socket.pipe(other);
    other.pipe(socket);
  }
}

const HOST = new Set(["host"]);

function refuse(socket: Duplex, status: number): void {
  socket.end(
    headText(
      status,
      new Fields([
        ["Connection", "close"],
        ["Content-Length", "0"],
      ]),
    ),
  );
}

function headText(status: number, { pairs }: Fields): string {
  const lines = pairs.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`;
}
