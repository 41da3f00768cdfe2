import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import type { Credentials } from "../../../src/client/index.js";
import { type Address, redisFromUrl } from "../../../src/testing/index.js";
import { afterTest } from "../cleanup.js";

/** How many users exist at the same time. Connections of an older one are closed by Redis. */
const VALID_USERS = 6;

const rights = ["on", "allcommands", "allkeys", "allchannels"];

/** Connections of the default user to these servers, closed after the test. */
export function administrators(servers: readonly Address[]): Redis[] {
  return servers.map(({ host, port, password = "" }) => {
    const redis = redisFromUrl(`redis://:${password}@${host}:${port}`);
    if (!(redis instanceof Redis)) throw new Error("one URL is one server");
    afterTest(() => redis.disconnect());
    return redis;
  });
}

/**
 * Credentials that end, on real servers: each call makes a new user on all of them, and removes the one
 * of six calls before. Redis then closes the connections that are still logged in as the removed user.
 */
export class RotatingUsers {
  readonly #servers: readonly Redis[];
  readonly #lifetimeMs: number;
  rotations = 0;

  constructor(servers: readonly Address[], lifetimeMs: number) {
    this.#servers = administrators(servers);
    this.#lifetimeMs = lifetimeMs;
  }

  readonly next = async (): Promise<Credentials> => {
    const number = ++this.rotations;
    const password = randomBytes(16).toString("hex");
    const ended = `service-${number - VALID_USERS}`;
    await Promise.all(
      this.#servers.map(async (redis) => {
        await redis.call("acl", "setuser", `service-${number}`, `>${password}`, ...rights);
        if (number > VALID_USERS) await redis.call("acl", "deluser", ended);
      }),
    );
    return { username: `service-${number}`, password, expiresAtMs: Date.now() + this.#lifetimeMs };
  };
}

/** One user, whose password is another one after each call. The old one is refused at once. */
export function rotatingPassword(server: Address, lifetimeMs: number) {
  const [redis] = administrators([server]);
  return async (): Promise<Credentials> => {
    const password = randomBytes(16).toString("hex");
    await redis?.call("acl", "setuser", "service", "resetpass", `>${password}`, ...rights);
    return { username: "service", password, expiresAtMs: Date.now() + lifetimeMs };
  };
}
