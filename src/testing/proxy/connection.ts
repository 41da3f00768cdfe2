import { connect, type Socket } from "node:net";
import type { Address } from "../redis/connection.js";
import { DelayQueue } from "./delay-queue.js";

/** What a proxy has seen and done so far. */
export interface ProxyCounters {
  /** Connections accepted. */
  connections: number;
  /** Connections dropped on purpose. */
  cuts: number;
  /** Bytes passed to the server. */
  requestBytes: number;
  /** Bytes passed to the clients. */
  replyBytes: number;
  /** Bytes lost in the black hole. */
  swallowedBytes: number;
}

/** The faults in force; the proxy changes them, its connections look at every piece of data. */
export interface ProxyFaults {
  delayMs: number;
  blackHole: boolean;
  /** Decides anew for each piece of reply data. */
  cutReply: () => boolean;
}

/** One client's connection through the proxy and the one to the server behind it. */
export class ProxiedConnection {
  /** Resolves when both ends are closed. */
  readonly closed: Promise<void>;
  /** Whether bytes of it were swallowed. */
  hasGaps = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #faults: ProxyFaults;
  readonly #counters: ProxyCounters;
  readonly #lines: DelayQueue[] = [];

  constructor(client: Socket, target: Address, faults: ProxyFaults, counters: ProxyCounters) {
    const server = connect({ host: target.host, port: target.port, allowHalfOpen: true, noDelay: true });
    this.#client = client;
    this.#server = server;
    this.#faults = faults;
    this.#counters = counters;
    this.closed = Promise.all([client, server].map(untilClosed)).then(() => undefined);
    this.#pass(client, server, "requestBytes");
    this.#pass(server, client, "replyBytes");
    for (const socket of [client, server]) {
      socket.on("error", () => this.#destroy());
      socket.on("close", () => this.#destroy());
    }
  }

  /** Drops the connection. What was already passed to the server stays passed. */
  cut(): void {
    this.#counters.cuts++;
    this.#destroy();
  }

  /** Passes on what is held back. */
  hurry(): void {
    for (const line of this.#lines) line.hurry();
  }

  /** Passes data on in order, after the delay in force when it came. */
  #pass(from: Socket, to: Socket, counter: "requestBytes" | "replyBytes"): void {
    const line = new DelayQueue();
    this.#lines.push(line);
    const later = (work: () => void) => line.add(this.#faults.delayMs, work);
    from.on("data", (data: Buffer) => {
      if (this.#faults.blackHole) return this.#swallow(data);
      if (counter === "replyBytes" && this.#faults.cutReply()) return this.cut();
      later(() => {
        if (to.destroyed) return;
        if (this.#faults.blackHole) return this.#swallow(data);
        this.#counters[counter] += data.length;
        if (!to.write(data)) from.pause();
      });
    });
    to.on("drain", () => from.resume());
    from.on("end", () => later(() => to.end()));
  }

  #swallow(data: Buffer): void {
    this.hasGaps = true;
    this.#counters.swallowedBytes += data.length;
  }

  #destroy(): void {
    for (const line of this.#lines) line.clear();
    this.#client.destroy();
    this.#server.destroy();
  }
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
