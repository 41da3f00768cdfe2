import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import model from "../../../generated/model.json" with { type: "json" };
import { type RedisServer, redisFromUrl, startRedis } from "../../../src/testing/index.js";
import { send } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { samples } from "../../support/lua/samples/index.js";
import { bytesOf } from "../../support/lua/state.js";
import { type TestTenant, tenantOn } from "../../support/lua/tenants.js";

// Letting go has to work on a full Redis, or it stays full.
const lettingGo = [
  "lock.release",
  "idempotency.fail",
  "expiry.ack",
  "expiry.cancel",
  "expiry.retry",
  "expiry.dead_letter",
  "stock.commit",
  "stock.release",
  "stock.sweep",
  "price.remove_sale",
  "views.ack",
  "job.finish",
  "cache.release",
  "cache.invalidate",
  "cache.expire",
  "cache.invalidate_tag",
  "cache.expire_tag",
  "cache.end_write",
  "writebehind.ack",
  "writebehind.retry",
  "writebehind.resolve",
  "writebehind.purge",
];

let server: RedisServer;
let context: TestTenant<Redis>;

beforeAll(async () => {
  server = await startRedis({ own: true });
  const client = redisFromUrl(server.url);
  if (!(client instanceof Redis)) throw new Error("one server was asked for");
  context = tenantOn(client);
});

afterAll(async () => {
  context?.redis.disconnect();
  await server?.stop();
});

test.each(samples)("$script runs or fails on a full Redis as its flags say", async (sample) => {
  const flags = model.scripts.find(({ name }) => name === sample.script)?.flags ?? [];
  const runs = flags.includes("allow-oom") || flags.includes("no-writes");
  if (lettingGo.includes(sample.script)) expect(runs).toBe(true);
  const { redis, scope, tenant } = context;
  const keys = sample.keysOf(scope, sample.script);
  await send(redis, keys, sample.given);
  const before = await bytesOf(redis, keys);
  await redis.config("SET", "maxmemory", "1");
  try {
    if (runs) expect(await sample.call(tenant, sample.script)).toMatchObject(sample.reply);
    else {
      expect(await failure(sample.call(tenant, sample.script))).toMatchObject({ code: "OUT_OF_MEMORY" });
      expect(await bytesOf(redis, keys)).toEqual(before);
    }
  } finally {
    await redis.config("SET", "maxmemory", "0");
  }
});
