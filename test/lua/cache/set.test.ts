import { expect, test } from "vitest";
import { a, b, c, cacheScripts, content, hour } from "../../support/cache/scripts.js";

const { redis, cache, keysOf, given, stored, heard, wait } = await cacheScripts();
const set = (entry: string, value = "new") => cache.set({ entry, fillId: b, ...content(value) });

test("replaces the entry for keep_ms, and wakes those that wait", async () => {
  await given("one");
  await cache.read({ entry: "one", fillId: a, leaseMs: hour });
  await wait("one");
  expect(await set("one")).toEqual({ outcome: "set" });
  expect(await stored("one")).toBe(`1j- ${b} 9b1e64d02a77.5d0c31aa\nnew`);
  expect(Math.abs((await redis.pttl(keysOf("one").entry)) - 2 * hour)).toBeLessThan(60_000);
  expect(await cache.peek({ entry: "one" })).toMatchObject({ outcome: "fresh" });
  expect(await heard("one")).toEqual(["filled"]);
});

test("wakes nobody if nobody waits", async () => {
  await cache.read({ entry: "alone", fillId: a, leaseMs: hour });
  await set("alone");
  expect(await heard("alone")).toEqual([]);
});

test("under a block it takes the entry, the lease and the writer's right to set", async () => {
  await cache.beginWrite({ entry: "blocked", writer: c, blockMs: hour });
  await given("blocked");
  await redis.set(keysOf("blocked").lease, `${a} waited`, "PX", hour);
  expect(await set("blocked")).toEqual({ outcome: "blocked" });
  expect(await redis.exists(keysOf("blocked").entry, keysOf("blocked").lease)).toBe(0);
  expect(await heard("blocked")).toEqual(["invalidated"]);
  // The value of the write may be older than the one that was refused.
  const write = { entry: "blocked", writer: c, ...content("written") };
  expect(await cache.commitWrite(write)).toEqual({ outcome: "removed" });
});

test("is blocked while the source settles", async () => {
  await cache.invalidate({ entry: "settles", settleMs: hour });
  expect(await set("settles")).toEqual({ outcome: "blocked" });
});
