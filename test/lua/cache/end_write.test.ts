import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";

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
