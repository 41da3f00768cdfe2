import { Cluster, Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { describe, expect, test } from "vitest";
import type { RedisLike } from "../../../src/client/index.js";
import { type CredentialsProvider, createMoonpath, MoonpathError } from "../../../src/index.js";
import { startRedisCluster } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import { administrators, RotatingUsers, rotatingPassword } from "../../support/client/rotating-users.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

const LIFETIME_MS = 30;
const LIMIT_MS = 60_000;
const deadlineMs = 20_000;

interface Connection {
  disconnect(): void;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** A client with these credentials, and what has happened to it. */
function start(redis: RedisLike & Connection, credentials: CredentialsProvider) {
  const seen = { errors: 0, renewed: 0, failed: 0 };
  redis.on("error", () => seen.errors++);
  const moonpath = createMoonpath(redis, {
    namespace: freshNamespace(),
    deadlineMs,
    credentials,
    observers: [{ onCredentials: ({ outcome }) => void seen[outcome]++ }],
  });
  afterTest(
    () => moonpath.close(),
    () => redis.disconnect(),
  );
  return { moonpath, acme: moonpath.tenant("acme"), seen };
}

/** Sells, reads and locks without a pause until `isOver`. Returns the calls, and the errors of calls. */
async function load({ acme }: ReturnType<typeof start>, isOver: () => boolean) {
  const errors: string[] = [];
  let calls = 0;
  await acme.stock.setLevel({ product: "p0", warehouse: "w", quantity: 1_000_000, sequence: 1, low: 0 });
  const works = [
    (product: string) => acme.stock.read({ product, low: 0 }),
    (product: string) =>
      acme.stock.adjust({ product, change: -1, backorder: false, low: 0, rememberMs: 120_000 }),
    (product: string) =>
      acme.stock.read.many([
        { product, low: 0 },
        { product: "p0", low: 0 },
      ]),
    // Two callers of each lock, so that one waits for a message.
    (product: string) => acme.lock.using(product, { leaseMs: 10_000, waitMs: deadlineMs }, async () => {}),
  ];
  const worker = async (index: number) => {
    while (!isOver()) {
      const product = `p${index >> 1}`;
      await works[calls++ % works.length]?.(product).catch((error: unknown) => {
        errors.push(error instanceof MoonpathError ? `${error.code} ${error.message}` : String(error));
      });
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => worker(index)));
  return { errors, calls };
}

describe("100 rotations of users under load fail no call, and close no connection", () => {
  const clients: [name: string, open: (options: object) => Redis | Valkey][] = [
    ["ioredis", (options) => new Redis({ ...options, lazyConnect: true })],
    ["iovalkey", (options) => new Valkey({ ...options, lazyConnect: true })],
  ];
  test.each(clients)(
    "over %s",
    async (_, open) => {
      const server = await startOwn();
      const users = new RotatingUsers([server], LIFETIME_MS);
      const redis = open({ host: server.host, port: server.port });
      let closes = 0;
      redis.on("close", () => closes++);
      const client = start(redis, users.next);
      const { errors, calls } = await load(client, () => users.rotations >= 100);
      expect(errors).toEqual([]);
      expect(calls).toBeGreaterThan(500);
      expect({ closes, ...client.seen, renewed: 0 }).toEqual({ closes: 0, errors: 0, renewed: 0, failed: 0 });
      expect(client.seen.renewed).toBeGreaterThanOrEqual(99);
    },
    LIMIT_MS,
  );

  test(
    "on a cluster",
    async () => {
      const servers = await startRedisCluster({ own: true, masters: 3, replicasPerMaster: 0 });
      afterTest(() => servers.stop());
      const users = new RotatingUsers(servers.nodes, 2 * LIFETIME_MS);
      const cluster = new Cluster(
        servers.nodes.map(({ host, port }) => ({ host, port })),
        { lazyConnect: true, slotsRefreshTimeout: 5_000 },
      );
      let closes = 0;
      cluster.on("+node", (node: Redis) => node.on("close", () => closes++));
      const client = start(cluster, users.next);
      const { errors, calls } = await load(client, () => users.rotations >= 100);
      expect(errors).toEqual([]);
      expect(calls).toBeGreaterThan(500);
      expect(closes).toBe(0);
    },
    LIMIT_MS,
  );
});

test(
  "a connection that is closed connects with the new password, and no call fails",
  async () => {
    const server = await startOwn();
    const [administrator] = administrators([server]);
    let rotations = 0;
    const next = rotatingPassword(server, 100);
    // The first password is in the options of the caller, and ends with the first rotation.
    const first = await next();
    const redis = new Redis({ port: server.port, username: "service", password: first.password });
    const client = start(redis, () => {
      rotations++;
      return next();
    });
    let kills = 0;
    const killer = setInterval(() => {
      kills++;
      administrator?.call("client", "kill", "user", "service").catch(() => {});
    }, 200);
    afterTest(() => clearInterval(killer));
    const { errors, calls } = await load(client, () => rotations >= 30 && kills >= 8);
    clearInterval(killer);
    expect(errors).toEqual([]);
    expect(calls).toBeGreaterThan(50);
  },
  LIMIT_MS,
);

test(
  "a listener hears messages while it changes its connection, or is told that it may have missed some",
  async () => {
    const server = await startOwn();
    const users = new RotatingUsers([server], 4 * LIFETIME_MS);
    const [administrator] = administrators([server]);
    const { moonpath } = start(new Redis({ port: server.port, lazyConnect: true }), users.next);
    const heard = new Set<string>();
    let gaps = 0;
    const listening = moonpath.listen("news", (message) => {
      if (message) heard.add(message.text);
      else gaps++;
    });
    await listening.ready;
    let sent = 0;
    while (users.rotations < 20) await administrator?.publish("news", `${sent++}`);
    await administrator?.publish("news", "last");
    await eventually("the last message is heard", () => expect(heard).toContain("last"));
    expect(gaps).toBeGreaterThan(5);
    expect(sent + 1 - heard.size).toBeLessThanOrEqual(gaps * 5);
    // Connections of earlier users are closed.
    await eventually("one connection is left", async () => {
      const list = String(await administrator?.call("client", "list", "type", "pubsub"));
      expect(list.trim().split("\n").length).toBeLessThanOrEqual(2);
    });
  },
  LIMIT_MS,
);
