import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, cache, keysOf, heard } = await cacheScripts();
const begin = (entry: string, writer: string) => cache.beginWrite({ entry, writer, blockMs: hour });
const end = (entry: string, writer: string) => cache.endWrite({ entry, writer });

test("the next caller gets the lease, when the last writer has ended", async () => {
  await begin("two", a);
  await begin("two", b);
  const read = () => cache.read({ entry: "two", fillId: "cccccccccccc", leaseMs: hour });
  expect(await end("two", a)).toEqual({ outcome: "ended" });
  expect(await read()).toMatchObject({ lease: "blocked" });
  expect(await end("two", b)).toEqual({ outcome: "ended" });
  expect(await read()).toMatchObject({ lease: "granted" });
});

test("the other writer keeps its block, and the end of it", async () => {
  await begin("other", a);
  await begin("other", b);
  const ends = await redis.pexpiretime(keysOf("other").block);
  await end("other", a);
  expect(await redis.pexpiretime(keysOf("other").block)).toBe(ends);
  // It was not alone from the beginning.
  expect(await cache.commitWrite({ entry: "other", writer: b, ...content() })).toEqual({
    outcome: "removed",
  });
});

test("if only a settle time is left, the block ends with it", async () => {
  const { block } = keysOf("settles");
  await cache.invalidate({ entry: "settles", settleMs: 600_000 });
  await begin("settles", a);
  await begin("settles", b);
  await end("settles", a);
  expect(Math.abs((await redis.pttl(block)) - hour)).toBeLessThan(60_000);
  await end("settles", b);
  expect(Math.abs((await redis.pttl(block)) - 600_000)).toBeLessThan(60_000);
  expect(await redis.hkeys(block)).toEqual(["settle"]);
});

test.each(["soon", "-1", "1.5", "8640000000000001"])("the settle time %j is corrupt", async (settle) => {
  const { block } = keysOf("corrupt");
  await redis.hset(block, { settle, [`writer:${a}`]: 1, setter: a });
  const before = await redis.hgetall(block);
  expect(await failure(end("corrupt", a))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.hgetall(block)).toEqual(before);
});

test.each(["0", "8640000000000000"])(
  "the settle time %s is the first or the last that fits",
  async (settle) => {
    const { block } = keysOf(settle);
    await redis.hset(block, { settle, [`writer:${a}`]: 1, setter: a });
    expect(await end(settle, a)).toEqual({ outcome: "ended" });
    expect(await redis.exists(block)).toBe(settle === "0" ? 0 : 1);
  },
);

test("refuses a load that began after the end of its block, and wakes those that wait", async () => {
  for (const [entry, lease] of [
    ["alone", b],
    ["waited", `${b} waited`],
  ] as const) {
    await begin(entry, a);
    await redis.del(keysOf(entry).block);
    await redis.set(keysOf(entry).lease, lease, "PX", hour);
    expect(await end(entry, a)).toEqual({ outcome: "unknown" });
    expect(await cache.fill({ entry, fillId: b, ...content("old") })).toEqual({ outcome: "refused" });
  }
  expect(await heard("alone")).toEqual([]);
  expect(await heard("waited")).toEqual(["invalidated"]);
});
