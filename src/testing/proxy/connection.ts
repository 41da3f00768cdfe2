import { connect, type Socket } from "node:net";
import type { Address } from "../redis/connection.js";
import { DelayQueue } from "./delay-queue.js";

/** Counts of a proxy since its start. */
export interface ProxyCounters {
  /** Connections accepted. */
  connections: number;
  /** Connections that the proxy dropped because of a fault. */
  cuts: number;
  /** Bytes forwarded to the server. */
  requestBytes: number;
  /** Bytes forwarded to the clients. */
  replyBytes: number;
  /** Bytes dropped by `blackHole()`. */
  swallowedBytes: number;
}

/**
 * The active faults. The proxy changes them, and its connections read them for each chunk of data.
 */
export interface ProxyFaults {
  delayMs: number;
  blackHole: boolean;
  /** Whether to drop the connection before this chunk of a reply. */
  cutReply: () => boolean;
}

/** A client's connection to the proxy, and the proxy's connection to the server. */
export class ProxiedConnection {
  /** Resolves when both ends are closed. */
  readonly closed: Promise<void>;
  /** Whether bytes of it were dropped. */
  hasGaps = false;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #faults: ProxyFaults;
  readonly #counters: ProxyCounters;
  readonly #queues: DelayQueue[] = [];

  constructor(client: Socket, target: Address, faults: ProxyFaults, counters: ProxyCounters) {
    const server = connect({ host: target.host, port: target.port, allowHalfOpen: true, noDelay: true });
    this.#client = client;
    this.#server = server;
    this.#faults = faults;
    this.#counters = counters;
    this.closed = Promise.all([client, server].map(untilClosed)).then(() => undefined);
    this.#forward(client, server, "requestBytes");
    this.#forward(server, client, "replyBytes");
    for (const socket of [client, server]) {
      socket.on("error", () => this.#destroy());
      socket.on("close", () => this.#destroy());
    }
  }

  /** Drops the connection. The server keeps the bytes that it has received. */
  cut(): void {
    this.#counters.cuts++;
    this.#destroy();
  }

  /** Forwards all delayed bytes now. */
  flush(): void {
    for (const queue of this.#queues) queue.flush();
  }

  /** Forwards data in order, each chunk after the delay that was active on its arrival. */
  #forward(from: Socket, to: Socket, counter: "requestBytes" | "replyBytes"): void {
    const queue = new DelayQueue();
    this.#queues.push(queue);
    const later = (work: () => void) => queue.add(this.#faults.delayMs, work);
    from.on("data", (data: Buffer) => {
      if (this.#faults.blackHole) return this.#drop(data);
      if (counter === "replyBytes" && this.#faults.cutReply()) return this.cut();
      later(() => {
        if (to.destroyed) return;
        if (this.#faults.blackHole) return this.#drop(data);
        this.#counters[counter] += data.length;
        if (!to.write(data)) from.pause();
      });
    });
    to.on("drain", () => from.resume());
    from.on("end", () => later(() => to.end()));
  }

  #drop(data: Buffer): void {
    this.hasGaps = true;
    this.#counters.swallowedBytes += data.length;
  }

  #destroy(): void {
    for (const queue of this.#queues) queue.clear();
    this.#client.destroy();
    this.#server.destroy();
  }
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
