import { Cluster, Redis } from "ioredis";
import { Redis as Valkey, Cluster as ValkeyCluster } from "iovalkey";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import type { RedisLike } from "../../../src/client/index.js";
import { createScriptClient, type Operations, type ScriptClient } from "../../../src/client/index.js";
import { nodes, single } from "../../support/client/connections.js";
import { scripts } from "../../support/client/fixtures.js";
import { nodeRedis, nodeRedisCluster } from "../../support/client/node-redis.js";
import { freshNamespace } from "../../support/redis.js";

interface Owned {
  disconnect(): void;
}

const connections: [name: string, open: () => RedisLike & Owned][] = [
  ["ioredis Redis", () => new Redis(single())],
  ["ioredis Redis, RESP3", () => new Redis({ ...single(), protocol: 3 })],
  ["ioredis Redis with stringNumbers", () => new Redis({ ...single(), stringNumbers: true })],
  ["ioredis Redis, lazy", () => new Redis({ ...single(), lazyConnect: true })],
  ["ioredis Redis with automatic pipelines", () => new Redis({ ...single(), enableAutoPipelining: true })],
  ["ioredis Cluster", () => new Cluster(nodes())],
  ["ioredis Cluster, lazy", () => new Cluster(nodes(), { lazyConnect: true })],
  ["iovalkey Redis", () => new Valkey(single())],
  ["iovalkey Cluster", () => new ValkeyCluster(nodes())],
  ...([5, 6] as const).flatMap((version): [string, () => RedisLike & Owned][] => [
    [`node-redis ${version}`, () => nodeRedis(version, single())],
    [`node-redis ${version}, RESP2`, () => nodeRedis(version, single(), { RESP: 2 })],
    [`node-redis ${version}, RESP3`, () => nodeRedis(version, single(), { RESP: 3 })],
    [`node-redis ${version}, not connected`, () => nodeRedis(version, single(), { isLazy: true })],
    [
      `node-redis ${version}, without a queue`,
      () => nodeRedis(version, single(), { disableOfflineQueue: true }),
    ],
    [`node-redis ${version} cluster`, () => nodeRedisCluster(version, nodes())],
    [`node-redis ${version} cluster, not connected`, () => nodeRedisCluster(version, nodes(), true)],
  ]),
];

describe.each(connections)("a client of an %s", (_, open) => {
  const opened: { redis: Owned; client: ScriptClient<Operations<typeof scripts>> }[] = [];
  const start = () => {
    const redis = open();
    const client = createScriptClient(redis, scripts, { namespace: freshNamespace() });
    opened.push({ redis, client });
    return client;
  };
  afterEach(() => {
    for (const { redis, client } of opened.splice(0)) {
      client.close();
      redis.disconnect();
    }
  });

  test("makes typed calls", async () => {
    const client = start();
    const { tally } = client.tenant("acme");
    expect(await tally.add({ tally: "a", change: 3, operation: "one" })).toEqual({
      outcome: "added",
      total: 3,
    });
    expect(await tally.add({ tally: "a", change: 3, operation: "one" })).toEqual({
      outcome: "repeated",
      total: 3,
    });
    expect(await tally.bump({ tally: "a", change: 2 })).toEqual({ total: 5 });
    expect(await tally.read({ tally: "a" })).toEqual({ total: 5 });
    expect(await client.tenant("other").tally.read({ tally: "a" })).toEqual({ total: 0 });
  });

  test("resolves ready(), and makes many calls over all slots", async () => {
    const client = start();
    await client.ready();
    const { tally } = client.tenant("acme");
    const totals = await Promise.all(
      Array.from({ length: 300 }, (_unused, index) => tally.add({ tally: `t${index}`, change: index })),
    );
    expect(totals.map(({ total }) => total)).toEqual(Array.from({ length: 300 }, (_unused, index) => index));
  });
});

test("a client has functions that are typed by their scripts", () => {
  type Tally = ReturnType<ScriptClient<Operations<typeof scripts>>["tenant"]>["tally"];
  expectTypeOf<Tally["add"]>().parameter(0).toEqualTypeOf<{
    readonly tally: string;
    readonly change: number;
    readonly operation?: string | undefined;
  }>();
  expectTypeOf<Tally["add"]>().returns.resolves.toEqualTypeOf<{
    outcome: "added" | "repeated";
    total: number;
  }>();
});
