import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { createMoonpath } from "../../../src/index.js";
import { startOwn } from "../../support/own-server.js";

const CALLS = 320;

async function readsOf(redis: Redis): Promise<number> {
  const [, reads] = /total_reads_processed:(\d+)/.exec(await redis.info("stats")) ?? [];
  return Number(reads);
}

test("calls of one turn of the event loop share system calls, and so do the calls after their replies", async () => {
  const server = await startOwn();
  const redis = new Redis(server.url);
  const moonpath = createMoonpath(redis, { namespace: "shop" });
  onTestFinished(() => {
    moonpath.close();
    redis.disconnect();
  });
  await moonpath.ready();
  const acme = moonpath.tenant("acme");
  const read = (product: string) => acme.stock.read({ product, low: 1 });
  await read("lamp");
  const before = await readsOf(redis);
  await Promise.all(
    Array.from({ length: CALLS }, async (_, index) => {
      await read(`lamp-${index}`);
      return read(`chair-${index}`);
    }),
  );
  // 20 and about 20; the replies may come in more parts.
  expect((await readsOf(redis)) - before).toBeLessThan(80);
});

test("a call alone is sent in the same turn of the event loop", async () => {
  const server = await startOwn();
  const redis = new Redis(server.url);
  const moonpath = createMoonpath(redis, { namespace: "shop" });
  onTestFinished(() => {
    moonpath.close();
    redis.disconnect();
  });
  await moonpath.ready();
  const reply = moonpath.tenant("acme").stock.read({ product: "lamp", low: 1 });
  await new Promise((resolve) => process.nextTick(resolve));
  expect(redis.stream.writableLength).toBe(0);
  expect(await reply).toEqual({ outcome: "unknown" });
});
