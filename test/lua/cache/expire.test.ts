import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, cache, keysOf, given, heard, wait } = await cacheScripts();

test("the entry keeps its value and its end; one caller loads it", async () => {
  await given("one", true, "old");
  const before = await redis.pexpiretime(keysOf("one").entry);
  expect(await cache.expire({ entry: "one" })).toEqual({ outcome: "expired" });
  expect(await redis.pexpiretime(keysOf("one").entry)).toBe(before);
  const read = (fillId: string) => cache.read({ entry: "one", fillId, leaseMs: hour });
  expect(await read(a)).toMatchObject({ outcome: "stale", lease: "granted" });
  expect(await read(b)).toMatchObject({ outcome: "stale", lease: "busy" });
});

test("wakes those that wait for the lease, and nobody else", async () => {
  for (const entry of ["alone", "waited"]) await cache.read({ entry, fillId: a, leaseMs: hour });
  await wait("waited");
  for (const entry of ["alone", "waited"]) await cache.expire({ entry });
  expect(await heard("alone")).toEqual([]);
  expect(await heard("waited")).toEqual(["invalidated"]);
});

test("a writer may not set its value any more, and keeps its block", async () => {
  await cache.beginWrite({ entry: "writer", writer: a, blockMs: hour });
  await cache.expire({ entry: "writer" });
  expect(await redis.hkeys(keysOf("writer").block)).toEqual([`writer:${a}`]);
  const write = { entry: "writer", writer: a, ...content() };
  expect(await cache.commitWrite(write)).toEqual({ outcome: "removed" });
});

test.each(["1", "1x", "1j- soon"])("the entry %j is corrupt, and stays as it is", async (entry) => {
  await redis.set(keysOf("corrupt").entry, entry, "PX", hour);
  expect(await failure(cache.expire({ entry: "corrupt" }))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.get(keysOf("corrupt").entry)).toBe(entry);
});
