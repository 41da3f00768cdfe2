import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { Command, Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { afterTest } from "../../support/cleanup.js";
import { single } from "../../support/client/connections.js";
import { errorOf } from "../../support/client/fixtures.js";
import { byteScripts, bytesClient, EVERY_BYTE, found, stored } from "../../support/client/raw-bytes.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

describe("a caller may change its array when it has the promise", () => {
  const body = () => Uint8Array.from(EVERY_BYTE);

  test.each([
    ["before the connection is ready", false, {}],
    ["of a call in a batch", true, {}],
    ["of a call that leaves by itself", true, { batching: false }],
    ["of a call that waits for replicas", true, { minReplicas: 1, replicaWaitMs: 1 }],
    ["of such a call before the connection is ready", false, { minReplicas: 1, replicaWaitMs: 1 }],
  ])("%s", async (_, isReady, options) => {
    const { client, stock } = bytesClient(new Redis(single()));
    if (isReady) await client.ready();
    const [first, second] = [body(), body()];
    const running = [stock.store(stored("a", first), options), stock.store(stored("b", second), options)];
    first.fill(7);
    second.fill(7);
    await Promise.allSettled(running);
    expect(await stock.fetch({ product: "a" })).toEqual(found(EVERY_BYTE));
    expect(await stock.fetch({ product: "b" })).toEqual(found(EVERY_BYTE));
  });

  test("of many calls", async () => {
    const { stock } = bytesClient(new Redis(single()));
    const [first, second] = [body(), body()];
    const running = stock.store.many([stored("a", first), stored("b", second)]);
    first.fill(7);
    second.fill(7);
    await running;
    expect(await stock.fetch.many([{ product: "a" }, { product: "b" }])).toEqual([
      { ok: true, reply: found(EVERY_BYTE) },
      { ok: true, reply: found(EVERY_BYTE) },
    ]);
  });
});

test("the script itself checks the number of bytes", async () => {
  const redis = sharedRedis();
  const { digest, lua } = byteScripts.stock.store;
  await redis.script("LOAD", lua);
  const keys = ["{x}:label", "{x}:stock"].map((key) => `${freshNamespace()}:${key}`);
  const call = (sum: Buffer, body: Buffer) => redis.evalsha(digest, 2, ...keys, body, sum, "", "3");
  expect(await errorOf(call(Buffer.alloc(5, 0xff), EVERY_BYTE))).toMatchObject({
    message: expect.stringContaining("ARGUMENT stock.store sum: expected 4 to 4 bytes"),
  });
  expect(await errorOf(call(Buffer.alloc(4), Buffer.alloc(1_048_577)))).toMatchObject({
    message: expect.stringContaining("ARGUMENT stock.store body: expected 1 to 1048576 bytes"),
  });
});

describe("an error shows no raw bytes", () => {
  /** `stock.store` that fails with its value in the message. */
  function storeThatTells() {
    const lua = "#!lua flags=\nreturn redis.error_reply('WEIRD value ' .. ARGV[1] .. ' is refused')\n";
    const { store } = byteScripts.stock;
    return { ...store, lua, digest: createHash("sha1").update(lua).digest("hex") };
  }

  test.each([
    ["of a text", Buffer.from("a secret value")],
    ["that end at a zero byte", Buffer.from("a secret\0of two parts")],
    ["that are no UTF-8", Buffer.from([0x73, 0x65, 0x63, 0x72, 0x65, 0x74, 0xff, 0xfe, 0xc3])],
  ])("%s", async (_, body) => {
    const client = createScriptClient(
      sharedRedis(),
      { stock: { store: storeThatTells() } },
      { namespace: freshNamespace() },
    );
    afterTest(() => client.close());
    const { stock } = client.tenant("acme");
    for (const options of [{}, { batching: false }, { minReplicas: 1 }]) {
      const error = await errorOf(stock.store(stored("lamp", body), options));
      expect(error).toMatchObject({ code: "SCRIPT", message: expect.stringContaining("WEIRD value …") });
      expect(inspect(error)).not.toContain("secret");
    }
  });
});

describe("the error of a reply", () => {
  const queued = { code: "REPLY", reason: "queued" };

  test("tells that the caller has an open transaction", async () => {
    const redis = new Redis(single());
    const { client, stock } = bytesClient(redis);
    await client.ready();
    for (const options of [{}, { batching: false }]) {
      await redis.multi({ pipeline: false });
      expect(await errorOf(stock.fetch({ product: "a" }, options))).toMatchObject(queued);
      await redis.exec();
    }
    await redis.multi({ pipeline: false });
    const [result] = await stock.fetch.many([{ product: "a" }]);
    expect(result).toMatchObject({ ok: false, error: queued });
    await redis.exec();
  });

  test("tells that the connection has changed bytes to texts", async () => {
    const { client, stock } = bytesClient(new Redis(single()));
    await client.ready();
    await stock.store(stored("a", EVERY_BYTE));
    Command.setReplyTransformer("evalsha", (reply) =>
      Array.isArray(reply) ? reply.map((value) => (Buffer.isBuffer(value) ? String(value) : value)) : reply,
    );
    afterTest(() => Command.setReplyTransformer("evalsha", (reply) => reply));
    const [result] = await stock.fetch.many([{ product: "a" }]);
    expect(result).toMatchObject({
      ok: false,
      error: { code: "REPLY", reason: "transformed", field: "body" },
    });
  });

  test("tells that the script breaks its contract", async () => {
    const lua = "#!lua flags=no-writes\nreturn { 'found', 5, 3 }\n";
    const fetch = { ...byteScripts.stock.fetch, lua, digest: createHash("sha1").update(lua).digest("hex") };
    const client = createScriptClient(sharedRedis(), { stock: { fetch } }, { namespace: freshNamespace() });
    afterTest(() => client.close());
    const call = client.tenant("acme").stock.fetch({ product: "a" });
    expect(await errorOf(call)).toMatchObject({ code: "REPLY", reason: "contract", field: "body" });
  });
});
