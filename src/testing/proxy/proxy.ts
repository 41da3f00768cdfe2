import { createServer, type Server, type Socket } from "node:net";
import { checkInteger, TestingError } from "../errors.js";
import type { Address } from "../redis/connection.js";
import { urlOf } from "../redis/password.js";
import { ProxiedConnection, type ProxyCounters, type ProxyFaults } from "./connection.js";

export type { ProxyCounters } from "./connection.js";

/** A TCP proxy on 127.0.0.1 in front of one server, that does to connections what networks do. */
export interface Proxy extends Address {
  /** `redis://127.0.0.1:port`, with the password of the server behind it. */
  readonly url: string;
  /** That of the server behind it; empty if there is none. */
  readonly password: string;
  /** What has happened so far. */
  readonly counters: Readonly<ProxyCounters>;
  /** Drops every open connection now. New ones are let through. Returns how many were open. */
  cut(): number;
  /**
   * Before a reply is passed on, drops its connection with this probability (0 to 1): the server has run the
   * request, and the client cannot know. The same `seed` (default 1) gives the same choices.
   */
  cutReplies(options: { readonly probability: number; readonly seed?: number }): void;
  /** Holds every byte back for so long in each direction, in milliseconds, 0 to 600,000. */
  delay(ms: number): void;
  /** Accepts connections and swallows every byte in both directions. */
  blackHole(): void;
  /** Ends all faults; what was held back is passed on. Connections that lost bytes in the black hole are dropped, since their stream has gaps. */
  heal(): void;
  /** Drops all connections and stops listening. */
  stop(): Promise<void>;
}

/**
 * Starts a proxy in front of `target`.
 *
 * @throws TestingError `TESTING_BAD_OPTION`
 * @example
 * const proxy = await startProxy(server);
 * const redis = redisFromUrl(proxy.url);
 * proxy.cutReplies({ probability: 0.05, seed: 7 });
 */
export async function startProxy(target: Address): Promise<Proxy> {
  checkInteger("port", target.port, 1, 65_535);
  const { password = "" } = target;
  const connections = new Set<ProxiedConnection>();
  const counters: ProxyCounters = {
    connections: 0,
    cuts: 0,
    requestBytes: 0,
    replyBytes: 0,
    swallowedBytes: 0,
  };
  const faults: ProxyFaults = { delayMs: 0, blackHole: false, cutReply: () => false };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client: Socket) => {
    counters.connections++;
    const connection = new ProxiedConnection(client, target, faults, counters);
    connections.add(connection);
    connection.closed.then(() => connections.delete(connection));
  });
  const port = await listen(server);
  server.unref();

  const drop = (test: (connection: ProxiedConnection) => boolean) => {
    const dropped = [...connections].filter(test);
    for (const connection of dropped) connection.cut();
    return dropped.length;
  };
  return {
    host: "127.0.0.1",
    port,
    password,
    url: urlOf({ host: "127.0.0.1", port, password }),
    counters,
    cut: () => drop(() => true),
    cutReplies: ({ probability, seed = 1 }) => {
      if (!(probability >= 0 && probability <= 1)) {
        throw new TestingError("TESTING_BAD_OPTION", `probability must be from 0 to 1, got ${probability}.`);
      }
      const random = seeded(seed);
      faults.cutReply = () => random() < probability;
    },
    delay: (ms) => {
      checkInteger("ms", ms, 0, 600_000);
      faults.delayMs = ms;
    },
    blackHole: () => {
      faults.blackHole = true;
    },
    heal: () => {
      faults.delayMs = 0;
      faults.blackHole = false;
      faults.cutReply = () => false;
      drop((connection) => connection.hasGaps);
      for (const connection of connections) connection.hurry();
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      drop(() => true);
      await closed;
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  return address.port;
}

/** Mulberry32: a small generator of numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
