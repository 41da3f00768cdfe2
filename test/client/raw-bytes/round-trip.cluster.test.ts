import { describe, expect, test } from "vitest";
import { nodes } from "../../support/client/connections.js";
import { nodeRedisCluster } from "../../support/client/node-redis.js";
import { bytesClient, found, stored, VALUES } from "../../support/client/raw-bytes.js";
import { sharedCluster } from "../../support/redis.js";

const calls = Array.from({ length: 40 }, (_, index) =>
  stored(`p${index}`, VALUES[index % VALUES.length] ?? Buffer.from([index])),
);
const fetches = calls.map(({ product }) => ({ product }));
const replies = calls.map(({ body }) => found(body));

describe.each([
  ["ioredis", () => sharedCluster()],
  ["node-redis 5", () => nodeRedisCluster(5, nodes())],
  ["node-redis 6", () => nodeRedisCluster(6, nodes())],
] as const)("over a cluster of %s, raw bytes are kept", (_, connect) => {
  test("in single calls, alone and together", async () => {
    const { client, stock } = bytesClient(connect());
    await client.ready();
    await Promise.all(calls.map((call) => stock.store(call)));
    expect(await Promise.all(fetches.map((call) => stock.fetch(call)))).toEqual(replies);
    for (const call of calls) await stock.store(call, { batching: false });
    const alone = fetches.map((call) => stock.fetch(call, { batching: false }));
    expect(await Promise.all(alone)).toEqual(replies);
  });

  test("in many calls", async () => {
    const { stock } = bytesClient(connect());
    await stock.store.many(calls);
    expect(await stock.fetch.many(fetches)).toEqual(replies.map((reply) => ({ ok: true, reply })));
  });
});
