import { createServer, type Server, type Socket } from "node:net";
import { checkInteger, TestingError } from "../errors.js";
import type { Address } from "../redis/connection.js";
import { urlOf } from "../redis/password.js";
import { ProxiedConnection, type ProxyCounters, type ProxyFaults } from "./connection.js";

export type { ProxyCounters } from "./connection.js";

const MAX_DELAY_MS = 600_000;

/** A TCP proxy on 127.0.0.1 in front of a server. It injects network faults. */
export interface Proxy extends Address {
  /** `redis://:password@127.0.0.1:port`, with the password of the server. */
  readonly url: string;
  /** The password of the server; empty if there is none. */
  readonly password: string;
  /** Counts since the start. */
  readonly counters: Readonly<ProxyCounters>;
  /** Drops all open connections and accepts new ones. Returns the number of dropped connections. */
  cut(): number;
  /**
   * Drops the connection before a reply with this probability (0 to 1). The server has run the
   * request, but the client cannot know. The same `seed` (default 1) gives the same decisions.
   *
   * @throws TestingError `TESTING_BAD_OPTION` for another probability
   */
  cutReplies(options: { readonly probability: number; readonly seed?: number }): void;
  /**
   * Delays all bytes in each direction by so many milliseconds, 0 to 600,000. Fractions are allowed,
   * for example 0.25. A delay below 1 ms keeps one core busy while bytes wait.
   *
   * @throws TestingError `TESTING_BAD_OPTION` for another delay
   */
  delay(ms: number): void;
  /** Accepts connections and drops all bytes in both directions. */
  blackHole(): void;
  /**
   * Ends all faults and forwards delayed bytes. Connections that lost bytes are dropped, because
   * their stream has gaps.
   */
  heal(): void;
  /** Drops all connections and stops listening. */
  stop(): Promise<void>;
}

/**
 * Starts a proxy in front of `target`.
 *
 * ```ts
 * const proxy = await startProxy(server);
 * const redis = redisFromUrl(proxy.url);
 * proxy.cutReplies({ probability: 0.05, seed: 7 });
 * ```
 *
 * @throws TestingError `TESTING_BAD_OPTION` for a port out of bounds
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
      const random = seededRandom(seed);
      faults.cutReply = () => random() < probability;
    },
    delay: (ms) => {
      if (!(ms >= 0 && ms <= MAX_DELAY_MS)) {
        throw new TestingError("TESTING_BAD_OPTION", `ms must be from 0 to ${MAX_DELAY_MS}, got ${ms}.`);
      }
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
      for (const connection of connections) connection.flush();
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
  if (address === null || typeof address === "string") throw new Error("the TCP server has no port");
  return address.port;
}

/** Mulberry32, a pseudo-random generator of numbers from 0 to 1. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
