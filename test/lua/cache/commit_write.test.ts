import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, cache, keysOf, given, stored, heard } = await cacheScripts();
const begin = (entry: string, writer: string) => cache.beginWrite({ entry, writer, blockMs: hour });
const commit = (entry: string, writer: string, value = "new") =>
  cache.commitWrite({ entry, writer, ...content(value) });
/** The writer's time is over, as if it were only slow. */
const endBlock = (entry: string) => redis.del(keysOf(entry).block);

test("stores the entry for keep_ms, each byte as it is", async () => {
  const value = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  await begin("bytes", a);
  await cache.commitWrite({ entry: "bytes", writer: a, ...content(), value });
  const found = await redis.getBuffer(keysOf("bytes").entry);
  expect([...(found?.subarray(found.indexOf(10) + 1) ?? [])]).toEqual([...value]);
  expect(Math.abs((await redis.pttl(keysOf("bytes").entry)) - 2 * hour)).toBeLessThan(60_000);
  expect(await cache.peek({ entry: "bytes" })).toMatchObject({ outcome: "fresh" });
});

test.each([
  ["an invalidation", () => cache.invalidate({ entry: "between" })],
  ["a soft one", () => cache.expire({ entry: "between" })],
  ["another write", () => begin("between", b)],
  ["the end of a write whose block has ended", () => cache.endWrite({ entry: "between", writer: b })],
  ["the value of a write whose block has ended", () => commit("between", b)],
  ["a value that could not be set", () => cache.set({ entry: "between", fillId: b, ...content() })],
  ["the end of its own block", () => endBlock("between")],
])("after %s it only removes", async (_, event) => {
  await redis.del(...Object.values(keysOf("between")));
  await begin("between", a);
  await event();
  await given("between", true);
  expect(await commit("between", a)).toEqual({ outcome: "removed" });
  expect(await stored("between")).toBeUndefined();
});

test("a value that an earlier writer has set is replaced by a later one", async () => {
  await begin("turns", a);
  await commit("turns", a, "first");
  await begin("turns", b);
  expect(await stored("turns")).toBeUndefined();
  expect(await commit("turns", b, "second")).toEqual({ outcome: "set" });
  expect(await stored("turns")).toMatch(/\nsecond$/);
});

test("keeps a settle time, and its end", async () => {
  await cache.invalidate({ entry: "settles", settleMs: 2 * hour });
  await begin("settles", a);
  expect(await commit("settles", a)).toEqual({ outcome: "set" });
  expect(await redis.hkeys(keysOf("settles").block)).toEqual(["settle"]);
  expect(Math.abs((await redis.pttl(keysOf("settles").block)) - 2 * hour)).toBeLessThan(60_000);
});

test("takes a lease that was granted after the end of its block, and wakes those that wait", async () => {
  for (const [entry, lease] of [
    ["alone", b],
    ["waited", `${b} waited`],
    ["setter", `${b} waited`],
  ] as const) {
    await begin(entry, a);
    if (entry !== "setter") await endBlock(entry);
    await redis.set(keysOf(entry).lease, lease, "PX", hour);
    await commit(entry, a);
    expect(await redis.exists(keysOf(entry).lease)).toBe(0);
  }
  expect(await heard("alone")).toEqual([]);
  expect(await heard("waited")).toEqual(["invalidated"]);
  expect(await heard("setter")).toEqual(["filled"]);
});

test("an argument that no entry may have changes nothing", async () => {
  await begin("wrong", a);
  const tokens = "9b1e64d02a77.5d0c31aa\n";
  const error = await failure(cache.commitWrite({ entry: "wrong", writer: a, ...content(), tokens }));
  expect(error).toMatchObject({ code: "ARGUMENT" });
  expect(await redis.hget(keysOf("wrong").block, "setter")).toBe(a);
});
