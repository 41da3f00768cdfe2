import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { describe, expect, test } from "vitest";
import { single } from "../../support/client/connections.js";
import { nodeRedis } from "../../support/client/node-redis.js";
import { bytesClient, EVERY_BYTE, found, stored, VALUES } from "../../support/client/raw-bytes.js";
import { sharedRedis } from "../../support/redis.js";

describe.each([
  ["ioredis", () => new Redis(single())],
  ["ioredis with RESP3", () => new Redis({ ...single(), protocol: 3 })],
  ["ioredis with automatic pipelines", () => new Redis({ ...single(), enableAutoPipelining: true })],
  ["iovalkey", () => new Valkey(single())],
  ["node-redis 5", () => nodeRedis(5, single())],
  ["node-redis 6", () => nodeRedis(6, single())],
  ["node-redis 6 with RESP3", () => nodeRedis(6, single(), { RESP: 3 })],
] as const)("over %s, raw bytes are kept", (_, connect) => {
  test.each([true, false])("in single calls (batching: %s)", async (batching) => {
    const { stock } = bytesClient(connect(), { batching });
    for (const [index, body] of VALUES.entries()) {
      const product = `p${index}`;
      expect(await stock.store(stored(product, body))).toEqual({ before: undefined });
      expect(await stock.store(stored(product, EVERY_BYTE))).toEqual({ before: body });
      await stock.store(stored(product, body));
      expect(await stock.fetch({ product })).toEqual(
        body.length === 1 ? { ...found(body), preview: EVERY_BYTE.subarray(0, -1) } : found(body),
      );
    }
    expect(await stock.fetch({ product: "none" })).toEqual({
      outcome: "unknown",
      preview: undefined,
      shelves: [],
    });
  });

  test("in calls that are ready together", async () => {
    const { client, stock } = bytesClient(connect());
    await client.ready();
    const products = VALUES.map((body, index) => ({ product: `p${index}`, body }));
    await Promise.all(products.map(({ product, body }) => stock.store(stored(product, body))));
    const replies = await Promise.all(products.map(({ product }) => stock.fetch({ product })));
    expect(replies).toEqual(VALUES.map(found));
  });

  test("in many calls, and in one of them", async () => {
    const { stock } = bytesClient(connect());
    const calls = Array.from({ length: 25 }, (_, index) =>
      stored(`p${index}`, VALUES[index % VALUES.length] ?? EVERY_BYTE),
    );
    expect(await stock.store.many(calls)).toEqual(
      calls.map(() => ({ ok: true, reply: { before: undefined } })),
    );
    const read = await stock.fetch.many(calls.map(({ product }) => ({ product })));
    expect(read).toEqual(calls.map(({ body }) => ({ ok: true, reply: found(body) })));
    expect(await stock.store.many([stored("p0", EVERY_BYTE)])).toEqual([
      { ok: true, reply: { before: VALUES[0] } },
    ]);
    expect(await stock.fetch.many([{ product: "p0" }])).toEqual([{ ok: true, reply: found(EVERY_BYTE) }]);
  });
});

test("values of a megabyte are kept", async () => {
  const { stock } = bytesClient(sharedRedis());
  const body = Buffer.alloc(1_048_576, EVERY_BYTE);
  const large = (product: string) => ({ ...stored(product, body), preview: undefined });
  await stock.store(large("a"));
  await stock.store.many([large("b"), large("c")]);
  const replies = [
    await stock.fetch({ product: "b" }),
    ...(await stock.fetch.many([{ product: "a" }, { product: "c" }])).map((one) =>
      one.ok ? one.reply : one.error,
    ),
  ];
  for (const reply of replies) {
    expect("outcome" in reply && reply.outcome === "found" && reply.body.equals(body)).toBe(true);
  }
});

test("a value of a reply does not keep the reply in memory, unless it is most of it", async () => {
  const { stock } = bytesClient(sharedRedis());
  const bodies = Array.from({ length: 10 }, (_, index) => Buffer.alloc(20_000, index));
  await stock.store.many(bodies.map((body, index) => ({ ...stored(`p${index}`, body), preview: undefined })));
  const replies = await stock.fetch.many(bodies.map((_, index) => ({ product: `p${index}` })));
  for (const result of replies) {
    if (!result.ok || result.reply.outcome !== "found") throw new Error("a value is missing");
    expect(result.reply.body.buffer.byteLength).toBeLessThanOrEqual(2 * 20_000);
  }
});
